"""AutoETS, optimised Theta and others of statsforecast on a panel, for the volume report.

statsforecast pins pandas below 3, so this runs in an environment of its own:

    python3 -m venv .cache/statsforecast
    .cache/statsforecast/bin/pip install statsforecast==2.1.1
    .venv/bin/python benchmarks/standard_forecasters.py --panel BUNDLE ... --protocol la > panel.csv
    .cache/statsforecast/bin/python benchmarks/standard_forecasters.py panel.csv > predictions.csv

The first call of this file writes the panel of a protocol (``series,date,count``); the second reads
it and writes ``model,series,origin,date,forecast`` for the last 18 windows of 30 days: six test
windows, and twelve before them on which the spread of each method is measured.
"""

import argparse
import csv
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

WINDOWS = 18
DAYS = 30


def write_panel(bundles: Sequence[Path], *, protocol: str) -> None:
    import polars as pl  # noqa: PLC0415 - each call runs in the environment that has its libraries

    from core.evaluation.protocols import Protocol, agency_panel  # noqa: PLC0415 - as above
    from core.nibrs.bundle import read_bundle  # noqa: PLC0415 - as above

    offences = pl.concat(read_bundle(bundle).offences for bundle in bundles)
    panel = agency_panel(offences, protocol=Protocol(protocol))
    sys.stdout.write(panel.write_csv())


def write_predictions(path: Path) -> None:
    import pandas as pd  # noqa: PLC0415 - as above
    from statsforecast import (  # type: ignore[import-not-found] # noqa: PLC0415 - as above
        StatsForecast,
    )
    from statsforecast.models import (  # type: ignore[import-not-found] # noqa: PLC0415 - as above
        AutoETS,
        CrostonSBA,
        DynamicOptimizedTheta,
        SimpleExponentialSmoothingOptimized,
    )

    warnings.filterwarnings("ignore")
    models = {
        "statsforecast_ses": SimpleExponentialSmoothingOptimized(),
        "statsforecast_croston_sba": CrostonSBA(),
        "statsforecast_auto_ets": AutoETS(season_length=7),
        "statsforecast_theta": DynamicOptimizedTheta(season_length=7),
    }
    frame = pd.read_csv(path, parse_dates=["date"], dtype={"series": str})
    frame.columns = pd.Index(["unique_id", "ds", "y"])
    end = frame["ds"].max()
    out = csv.writer(sys.stdout)
    out.writerow(["model", "series", "origin", "date", "forecast"])
    for number in range(WINDOWS, 0, -1):
        origin = end - pd.Timedelta(days=DAYS * number)
        for name, model in models.items():
            ran = StatsForecast(models=[model], freq="D", n_jobs=1)
            table = ran.forecast(df=frame[frame["ds"] <= origin], h=DAYS)
            for series, day, value in table.itertuples(index=False):
                out.writerow([name, series, origin.date(), day.date(), f"{value:.6f}"])
        print(origin.date(), file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="forecasts of statsforecast for the volume report")
    parser.add_argument("paths", nargs="+", type=Path, help="bundles with --panel, else a panel")
    parser.add_argument("--panel", action="store_true", help="write the panel of a protocol")
    parser.add_argument("--protocol", choices=("la", "ct"), default="la")
    options = parser.parse_args()
    if options.panel:
        write_panel(options.paths, protocol=options.protocol)
    else:
        write_predictions(options.paths[0])


if __name__ == "__main__":
    main()
