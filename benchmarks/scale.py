"""How a build, a forecast and a page grow with the data: Connecticut simulated many times over.

For each scale (``scaled_bundles.py`` says what one is) bundles are written to a temporary folder
and measured, every step in a process of its own:

``tables``    seconds, seconds of the processors and peak memory of ``ctcrimes build
              --without-models``, from the start of the process; the second are disturbed less by
              what else the machine does
``models``    seconds of fitting both models, and peak memory of a whole build with them
``dataset``   megabytes of the dataset on disk, models included where they were fitted
``forecast``  seconds of a served forecast of 30 days for all places; median of three
``pages``     milliseconds of one answer of the map's data, of a town's months and of a town's page
              through the WSGI application, which keeps no finished answer: the first one, and a
              later one, whose view is in the cache; and peak memory of that process

Peak memory is the largest resident size of the process (``ru_maxrss``). This process itself imports
nothing large, because a child's figure begins with the size of its parent.

    python benchmarks/scale.py [--scales 1,3,10,30] [--without-models] [--out FILE.json]
                               [--plot FILE.svg] [--work DIR]
"""

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from growth import plotted

STARTED = time.perf_counter()
TOWN = "hartford"
ADDRESSES = {
    "map_data": "/data/map.json",
    "town_data": f"/data/months.json?place={TOWN}",
    "town_page": f"/town/{TOWN}",
}
REPEATS = 3
HORIZON = 30
Figures = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one process said of itself, its peak memory, and its seconds on processors."""

    said: Figures
    megabytes: float
    processor: float


def say(**figures: float) -> None:
    print(json.dumps(figures))


def run_bundles(scale: int, *, folder: Path) -> None:
    """Write the bundles."""
    from scaled_bundles import shape_of, write_scaled_bundles  # noqa: PLC0415 - see the module

    paths = write_scaled_bundles(folder, scale=scale)
    say(
        copies=shape_of(scale).copies,
        years=len(paths),
        bundle_megabytes=sum(path.stat().st_size for path in paths) / 1e6,
    )


def run_build(bundles: Path, *, out: Path, models: bool) -> None:
    """Build the dataset and tell the seconds until its tables and until its end."""
    from core.build import BuildStep, Model, build_dataset  # noqa: PLC0415 - imports are part of it

    moments: dict[str, float] = {}

    def note(step: BuildStep) -> None:
        moments[step.label] = time.perf_counter() - STARTED

    dataset = build_dataset(
        sorted(bundles.glob("*.zip")),
        out=out,
        models=tuple(Model) if models else (),
        on_step=note,
    )
    *_, last = moments.values()
    counts = moments.get("fitted the model of daily counts", moments["made the tables"])
    files = dataset.manifest.files.values()
    say(
        tables=moments["made the tables"],
        counts=counts - moments["made the tables"],
        classes=moments.get("fitted the model of classes", counts) - counts,
        seconds=last,
        dataset_megabytes=sum(record.size for record in files) / 1e6,
        places=dataset.manifest.files["places"].rows or 0,
        offences=dataset.facts.offences,
        agencies=dataset.facts.agencies,
    )


def run_forecast(dataset: Path) -> None:
    """Forecast all places from the end of the data."""
    from core.dataset import open_dataset  # noqa: PLC0415 - see the module
    from core.volume.forecast import forecast  # noqa: PLC0415 - as above
    from core.volume.inputs import place_counts  # noqa: PLC0415 - as above
    from core.volume.storage import load_models  # noqa: PLC0415 - as above

    opened = open_dataset(dataset)
    models = load_models(opened.model_files())
    counts = place_counts(
        opened.table("panel"), staffing=opened.table("staffing"), state=opened.facts.state
    )
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        forecast(models, counts, origin=counts.last_day, horizon=HORIZON)
        seconds.append(time.perf_counter() - start)
    say(forecast=statistics.median(seconds), series=len(counts.series))


def run_pages(dataset: Path) -> None:
    """Ask for each address once, and then again."""
    from webapp.app import create_app  # noqa: PLC0415 - see the module
    from webapp.settings import read_settings  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as cache:
        settings = read_settings(
            {
                "CTCRIMES_DATASET": str(dataset),
                "CTCRIMES_CACHE_DIR": cache,
                "CTCRIMES_LOG_LEVEL": "ERROR",
                "CTCRIMES_ANSWERS_MB": "0",
            }
        )
        client = create_app(settings).server.test_client()

        def milliseconds(address: str) -> float:
            start = time.perf_counter()
            answer = client.get(address)
            if answer.status_code != 200:  # noqa: PLR2004 - OK
                sys.exit(f"{address}: the answer is {answer.status}")
            return 1000 * (time.perf_counter() - start)

        first = {f"{name}_first": milliseconds(path) for name, path in ADDRESSES.items()}
        later = {
            name: statistics.median(milliseconds(path) for _ in range(REPEATS))
            for name, path in ADDRESSES.items()
        }
    say(**first, **later)


def child(*words: str) -> Step:
    """Run one step of this program in a process of its own."""
    read, write = os.pipe()
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, __file__, *words],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)],
    )
    os.close(write)
    with os.fdopen(read) as answers:
        said = answers.read()
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)}: the step failed with status {status}")
    return Step(
        said=json.loads(said.splitlines()[-1]),
        megabytes=usage.ru_maxrss / 1024,
        processor=usage.ru_utime + usage.ru_stime,
    )


def measure(scale: int, *, work: Path, models: bool) -> Figures:
    """All figures of one scale."""
    bundles, dataset = work / f"bundles-{scale}", work / f"scale-{scale}"
    written = child("--only", "bundles", "--scales", str(scale), "--work", str(bundles))
    where = ("--from", str(bundles), "--work", str(dataset))
    tables = child("--only", "build", "--without-models", *where)
    found = {
        "scale": scale, **written.said, **tables.said, "tables_megabytes": tables.megabytes,
        "tables_processor": tables.processor,
    }  # fmt: skip
    if models:
        fitted = child("--only", "build", *where)
        told = child("--only", "forecast", "--work", str(dataset))
        found |= {**fitted.said, "tables": tables.said["tables"], **told.said}
        found |= {"models_megabytes": fitted.megabytes, "forecast_megabytes": told.megabytes}
        found["models_processor"] = fitted.processor - tables.processor
        found["models"] = found["counts"] + found["classes"]
    pages = child("--only", "pages", "--work", str(dataset))
    return found | pages.said | {"pages_megabytes": pages.megabytes}


COLUMNS: Mapping[str, str] = {
    "scale": "scale", "years": "years", "agencies": "agencies", "offences": "offences",
    "tables": "tables s", "tables_processor": "cpu s", "tables_megabytes": "MB",
    "counts": "counts s", "classes": "classes s", "models_processor": "cpu s",
    "models_megabytes": "MB", "dataset_megabytes": "disk MB", "forecast": "forecast s",
    "map_data_first": "map ms", "map_data": "again", "town_data_first": "months ms",
    "town_data": "again", "town_page_first": "town ms", "town_page": "again",
    "pages_megabytes": "MB",
}  # fmt: skip
GROWING = (
    "tables_processor", "tables_megabytes", "models_processor", "models_megabytes", "forecast",
    "pages_megabytes",
)  # fmt: skip
FINE = 100.0


def exponent(runs: Sequence[Figures], name: str) -> float:
    """Slope of a figure over the scale, both as logarithms, by least squares."""
    x = [math.log(run["scale"]) for run in runs if name in run]
    y = [math.log(run[name]) for run in runs if name in run]
    return statistics.linear_regression(x, y).slope


def report(runs: Sequence[Figures]) -> str:
    """The table, and below it the exponents."""
    names = [name for name in COLUMNS if any(run.get(name) for run in runs)]
    width = 11
    lines = ["".join(f"{COLUMNS[name]:>{width}}" for name in names)]
    lines += ["".join(f"{cell(run.get(name)):>{width}}" for name in names) for run in runs]
    if len(runs) > 1:
        grown = {
            name: exponent([run for run in runs if run.get(name)], name)
            for name in GROWING
            if sum(bool(run.get(name)) for run in runs) > 1
        }
        lines += [f"{name} grows as scale to the {slope:.2f}" for name, slope in grown.items()]
    return "\n".join(lines)


def cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) or value >= FINE else f"{value:,.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--scales", default="1,3,10,30")
    parser.add_argument("--without-models", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--from", dest="source", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    steps = {
        "bundles": lambda: run_bundles(int(options.scales), folder=options.work),
        "build": lambda: run_build(
            options.source, out=options.work, models=not options.without_models
        ),
        "forecast": lambda: run_forecast(options.work),
        "pages": lambda: run_pages(options.work),
    }
    if options.only:
        steps[options.only]()
        return
    runs: list[Figures] = []
    with tempfile.TemporaryDirectory(dir=options.work) as work:
        for scale in map(int, options.scales.split(",")):
            runs.append(measure(scale, work=Path(work), models=not options.without_models))
            print(report(runs), flush=True)
            if options.out:
                options.out.write_text(json.dumps(runs, indent=1) + "\n")
    if options.plot:
        options.plot.write_text(plotted(runs))


if __name__ == "__main__":
    main()
