"""One model of daily counts for several States against one for each, and a cluster against alone.

Back-tests every dataset three times on the same windows: the boosters learn from the State's own
days, from those of all States in this process, and from those of all on two worker processes.
Prints the measures of what would be served, and the seconds of each back-test.

    python benchmarks/together.py DATASET DATASET... [--out FILE.json]
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from core.cluster import local_cluster
from core.daily_counts import DailyCounts
from core.dataset import open_dataset
from core.errors import RequestError
from core.evaluation.backtest import back_test
from core.evaluation.of_dataset import national_counts
from core.evaluation.protocols import Protocol
from core.evaluation.report import report_on
from core.volume.model import SERVED
from core.volume.training import OWN_STATE, ManyStates, Trainer
from core.workers import ALONE, Workers

_MEASURES = ("wape", "rmse", "deviance", "state_wape", "month_wape", "bias", "crps", "coverage_80")
_WORKERS = 2


def same(counts: DailyCounts) -> DailyCounts:
    return counts


def trainer_of(counts: Mapping[str, DailyCounts], *, workers: Workers) -> ManyStates:
    held = {state: workers.hold(same, each) for state, each in counts.items()}
    return ManyStates(held, workers=workers)


def measured(counts: DailyCounts, *, trainer: Trainer) -> dict[str, float]:
    start = time.perf_counter()
    report = report_on(back_test(counts, trainer=trainer), protocol=Protocol.DEFAULT)
    scores = asdict(report.models[SERVED])
    figures = {name: float(scores[name]) for name in _MEASURES}
    return {**figures, "seconds": time.perf_counter() - start}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    opened = map(open_dataset, options.datasets)
    counts = {each.state: each for each in map(national_counts, opened)}
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with local_cluster(_WORKERS) as cluster:
        for state, each in counts.items():
            ways = {
                "own": (replace(each, national=False), OWN_STATE),
                "together": (each, trainer_of(counts, workers=ALONE)),
                "together, two workers": (each, trainer_of(counts, workers=cluster)),
            }
            for name, (given, trainer) in ways.items():
                try:
                    found = measured(given, trainer=trainer)
                except RequestError as error:
                    print(f"{state}: {error}")
                    break
                figures.setdefault(state, {})[name] = found
                shown = "  ".join(f"{key} {value:.4f}" for key, value in found.items())
                print(f"{state}  {name:<22}  {shown}", flush=True)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
