"""How fast the model of classes answers, beside the way of the application before.

``one``        one prediction as a page asks for it: checks, history, decision, words
``batch``      10,000 contexts as one frame, a row
``explain``    one prediction taken apart
``reference``  the application that this one succeeds: a pandas frame of one row with categories,
               two scikit-learn LightGBM classifiers (3 and 13 classes), isotonic calibration

All in one process on one thread, in turn, several rounds; ratios are taken within a round, because
machines change speed between rounds. The reference is trained on a sample: its speed depends on its
trees, of which it has as many as its recipe says, not on its rows.

    python benchmarks/risk.py [--rounds 5] [--json] [DATASET]

The dataset is ``artifacts/ct-demo`` by default; its model is trained here first.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from core.dataset import open_dataset
from core.nibrs.codes import LOCATION_TYPES
from core.risk.contexts import CONTEXT_FRAME_SCHEMA, RiskContext
from core.risk.explain import explain
from core.risk.groups import with_agency_populations
from core.risk.model import RiskModel, predict, predict_frame
from core.risk.storage import risk_from_files, risk_to_files
from core.risk.training import fit_risk

BATCH = 10_000
SINGLES = 200
REFERENCE_ROWS = 30_000
REFERENCE_TREES = 200


@dataclass(frozen=True, kw_only=True)
class Round:
    """Milliseconds of one round; ``batch`` and ``reference`` are a row."""

    one: float
    batch: float
    explain: float
    reference: float


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of all rounds: milliseconds and ratios are medians over rounds."""

    train_seconds: float
    load_ms: float
    model_bytes: int
    one_ms: float
    batch_ms_a_row: float
    explain_ms: float
    reference_ms: float
    reference_to_one: float
    reference_to_batch: float


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the model of classes.")
    parser.add_argument("dataset", nargs="?", type=Path, default=Path("artifacts/ct-demo"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="to train with")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.dataset, rounds=options.rounds, threads=options.threads)
    if options.json:
        print(json.dumps(asdict(result), indent=2))
    else:
        for name, value in asdict(result).items():
            print(f"{name.replace('_', ' '):20}  {value:,.3f}")


def measure(folder: Path, *, rounds: int, threads: int) -> Result:
    dataset = open_dataset(folder)
    tables = {name: dataset.table(name) for name in ("offences", "agency_places", "agencies")}
    places = with_agency_populations(
        dataset.table("places"), agencies=tables["agencies"], agency_places=tables["agency_places"]
    )
    started = time.perf_counter()
    trained = fit_risk(
        tables["offences"],
        places=places,
        agency_places=tables["agency_places"],
        state=dataset.facts.state,
        threads=threads,
    )
    train_seconds = time.perf_counter() - started
    files = risk_to_files(trained)
    started = time.perf_counter()
    model = risk_from_files(files, places=frozenset(places["place"]))
    load_ms = 1000 * (time.perf_counter() - started)
    frame = contexts(tables["offences"], agency_places=tables["agency_places"])
    reference = train_reference(tables["offences"], agency_places=tables["agency_places"])
    measured = [one_round(model, frame=frame, reference=reference) for _ in range(rounds)]

    def median(value: Callable[[Round], float]) -> float:
        return statistics.median(value(each) for each in measured)

    return Result(
        train_seconds=train_seconds,
        load_ms=load_ms,
        model_bytes=sum(map(len, files.values())),
        one_ms=median(lambda each: each.one),
        batch_ms_a_row=median(lambda each: each.batch),
        explain_ms=median(lambda each: each.explain),
        reference_ms=median(lambda each: each.reference),
        reference_to_one=median(lambda each: each.reference / each.one),
        reference_to_batch=median(lambda each: each.reference / each.batch),
    )


def contexts(offences: pl.DataFrame, *, agency_places: pl.DataFrame) -> pl.DataFrame:
    """The contexts of some offences, drawn by chance."""
    drawn = offences.sample(BATCH, seed=1).join(agency_places, on="agency_id", how="left")
    return drawn.select(
        "place", "date", "hour", pl.col("location_code").cast(pl.String)
    ).match_to_schema(CONTEXT_FRAME_SCHEMA)


def one_round(
    model: RiskModel, *, frame: pl.DataFrame, reference: Callable[[RiskContext], list[object]]
) -> Round:
    asked = [RiskContext(**row) for row in frame.head(SINGLES).iter_rows(named=True)]
    return Round(
        one=milliseconds(lambda: [predict(model, [each]) for each in asked]) / SINGLES,
        batch=milliseconds(lambda: predict_frame(model, frame)) / BATCH,
        explain=milliseconds(lambda: [explain(model, each) for each in asked[:20]]) / 20,
        reference=milliseconds(lambda: [reference(each) for each in asked[:50]]) / 50,
    )


def milliseconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def train_reference(
    offences: pl.DataFrame, *, agency_places: pl.DataFrame
) -> Callable[[RiskContext], list[object]]:
    """Two calibrated classifiers over a one-row frame with categories, as before."""
    sample = offences.sample(REFERENCE_ROWS, seed=2).join(agency_places, on="agency_id", how="left")
    codes = sample["offence_code"]
    commonest = codes.value_counts(sort=True)["offence_code"].head(12).to_list()
    kinds = {
        "place": sorted(set(sample["place"])),
        "location": list(LOCATION_TYPES),
        "area": sorted({location.area.value for location in LOCATION_TYPES.values()}),
    }

    def frame(rows: list[RiskContext]) -> pd.DataFrame:
        found = pd.DataFrame(
            {
                "place": [row.place for row in rows],
                "location": [row.location_code for row in rows],
                "area": [LOCATION_TYPES[row.location_code].area.value for row in rows],
                "hour": [row.hour or 0 for row in rows],
                "weekday": [row.date.weekday() for row in rows],
                "month": [row.date.month for row in rows],
                "day": [row.date.day for row in rows],
            }
        )
        for name, values in kinds.items():
            found[name] = pd.Categorical(found[name], categories=values)
        found["hour_sin"] = np.sin(2 * np.pi * found["hour"] / 24)
        found["hour_cos"] = np.cos(2 * np.pi * found["hour"] / 24)
        found["weekend"] = found["weekday"].isin([5, 6]).astype(int)
        return found

    columns = sample.select("place", "date", "hour", pl.col("location_code").cast(pl.String))
    matrix = frame([RiskContext(**row) for row in columns.iter_rows(named=True)])
    specific = np.array([commonest.index(code) if code in commonest else 12 for code in codes])
    models = [calibrated(matrix, classes) for classes in (specific % 3, specific)]

    def answer(context: RiskContext) -> list[object]:
        row = frame([context])
        return [model.predict_proba(row) for model in models]

    return answer


def calibrated(matrix: pd.DataFrame, classes: np.ndarray) -> CalibratedClassifierCV:
    booster = lgb.LGBMClassifier(n_estimators=REFERENCE_TREES, n_jobs=1, verbose=-1)
    booster.fit(matrix, classes)
    return CalibratedClassifierCV(FrozenEstimator(booster), method="isotonic").fit(matrix, classes)


if __name__ == "__main__":
    main()
