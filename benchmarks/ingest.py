"""How fast bundles become a dataset, beside two other ways over the same files.

``build``  what ``ctcrimes build --without-models`` does: read, check, join, panel, tables,
           write, hash
``read``   merely reading the same CSV members with Polars, every column, nothing else
``pandas`` the joins of the application that this one succeeds, in pandas: incident, agency, month,
           offence, offence type, location, then offences by city and day

Each way runs in a process of its own, in turn, several rounds; ratios are taken within a round,
because machines change speed between rounds.

    python benchmarks/ingest.py [--rounds 5] [--json] [BUNDLE ...]

Without bundles the simulated Connecticut is written to a temporary folder first.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MEMBERS = (
    "NIBRS_incident.csv",
    "NIBRS_OFFENSE.csv",
    "NIBRS_OFFENSE_TYPE.csv",
    "NIBRS_LOCATION_TYPE.csv",
    "NIBRS_month.csv",
    "agencies.csv",
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of one way: ``seconds`` of wall time, ``megabytes`` of peak memory."""

    way: str
    seconds: float
    megabytes: float


def run_build(bundles: Sequence[Path]) -> None:
    from core.build import build_dataset  # noqa: PLC0415 - imports are part of the measured way

    with tempfile.TemporaryDirectory() as folder:
        build_dataset(bundles, out=Path(folder) / "dataset", models=())


def run_read(bundles: Sequence[Path]) -> None:
    import polars as pl  # noqa: PLC0415 - as above

    for bundle in bundles:
        with zipfile.ZipFile(bundle) as archive:
            for member in MEMBERS:
                pl.read_csv(archive.read(member), infer_schema_length=1000)


def run_pandas(bundles: Sequence[Path]) -> None:
    import pandas as pd  # noqa: PLC0415 - as above

    years = []
    for bundle in bundles:
        with zipfile.ZipFile(bundle) as archive:
            frames = {name: pd.read_csv(archive.open(name), low_memory=False) for name in MEMBERS}
        months = frames["NIBRS_month.csv"][["agency_id", "nibrs_month_id", "did", "month_num"]]
        years.append(
            frames["NIBRS_OFFENSE.csv"]
            .merge(frames["NIBRS_incident.csv"], on="incident_id", suffixes=("", "_incident"))
            .merge(frames["agencies.csv"], on="agency_id", suffixes=("", "_agency"))
            .merge(months, on=["agency_id", "nibrs_month_id", "did"], suffixes=("", "_month"))
            .merge(frames["NIBRS_OFFENSE_TYPE.csv"], on="offense_code")
            .merge(frames["NIBRS_LOCATION_TYPE.csv"], on="location_id")
        )
    offences = pd.concat(years, ignore_index=True)
    offences["incident_date"] = pd.to_datetime(offences["incident_date"])
    daily = offences.groupby(["pub_agency_name", "incident_date"]).size().unstack(0).fillna(0)
    daily.asfreq("D", fill_value=0).stack()


WAYS = {"build": run_build, "read": run_read, "pandas": run_pandas}


def measure(way: str, *, bundles: Sequence[Path]) -> Run:
    command = [sys.executable, __file__, "--only", way, *map(str, bundles)]
    start = time.perf_counter()
    process = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{way}: the run failed with status {status}")
    return Run(way=way, seconds=seconds, megabytes=usage.ru_maxrss / 1024)


def report(rounds: Sequence[dict[str, Run]]) -> dict[str, dict[str, float]]:
    """Medians by way, and the median of the ratios within a round to ``build``."""
    return {
        way: {
            "seconds": statistics.median(runs[way].seconds for runs in rounds),
            "build_over_this": statistics.median(
                runs["build"].seconds / runs[way].seconds for runs in rounds
            ),
            "this_over_build": statistics.median(
                runs[way].seconds / runs["build"].seconds for runs in rounds
            ),
            "megabytes": max(runs[way].megabytes for runs in rounds),
        }
        for way in WAYS
    }


def demo_bundles(folder: Path) -> list[Path]:
    """Written by another process: a child's peak memory begins with the size of its parent."""
    program = "import sys; from core.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "demo", "--to", str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own program
    return sorted(folder.glob("*.zip"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else ""
    )
    parser.add_argument("bundles", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        WAYS[options.only](options.bundles)
        return
    with tempfile.TemporaryDirectory() as folder:
        bundles = options.bundles or demo_bundles(Path(folder))
        rounds = [
            {way: measure(way, bundles=bundles) for way in WAYS} for _ in range(options.rounds)
        ]
    result = report(rounds)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{'way':<8}{'seconds':>10}{'build / it':>12}{'it / build':>12}{'peak MB':>10}")
    for way, row in result.items():
        print(
            f"{way:<8}{row['seconds']:>10.2f}{row['build_over_this']:>12.2f}"
            f"{row['this_over_build']:>12.2f}{row['megabytes']:>10.0f}"
        )


if __name__ == "__main__":
    main()
