"""How fast a forecast of all places is made, beside two other ways to the same kind of forecast.

``recursive``  what the application has: all places step together, a day costs one call for the
               features and one for the trees
``direct``     the application's other way: one call for all places and days
``reference``  the way of the application that this one succeeds: for each place and each day a
               frame of one row, its lags and means worked out in pandas, and a predict of its own
``mlforecast`` the recursive predict of mlforecast with the same LightGBM settings and lags, in an
               environment of its own (it pins pandas below 3):
                   python3 -m venv .cache/mlforecast
                   .cache/mlforecast/bin/pip install mlforecast lightgbm

All ways forecast 30 days of every place of a dataset from the end of its data, on one thread, in
turn, several rounds; ratios are taken within a round, because machines change speed between rounds.
The reference forecasts a sample of the places, and its time is scaled up to all of them.

    python benchmarks/forecast.py [--dataset DIR] [--rounds 5] [--mlforecast-python PATH] [--json]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.calendar_days import named_holidays
from core.daily_counts import DailyCounts, daily_counts
from core.dataset import open_dataset
from core.history import History
from core.volume.boosting import DIRECT, ONE_STEP, train, training_rows
from core.volume.direct import direct_scores
from core.volume.inputs import place_panel
from core.volume.recursion import recursive_means

DAYS = 30
ROUNDS_OF_TREES = 150
SAMPLE = 4
LAGS = (1, 3, 7)
WEEK = 7
SATURDAY = 5

MLFORECAST = """
import json, sys, time
import pandas as pd
import lightgbm as lgb
from mlforecast import MLForecast
from mlforecast.lag_transforms import ExponentiallyWeightedMean, RollingMean
frame = pd.read_csv(sys.argv[1], parse_dates=["ds"], dtype={"unique_id": str})
rounds = int(sys.argv[2])
model = lgb.LGBMRegressor(objective="poisson", n_estimators=rounds, num_leaves=15,
    learning_rate=0.05, min_child_samples=60, colsample_bytree=0.6, reg_lambda=10.0, n_jobs=1,
    verbose=-1)
transforms = {1: [RollingMean(n, min_samples=1) for n in (7, 28, 91, 365)]
    + [ExponentiallyWeightedMean(1 - 0.5 ** (1 / n)) for n in (3, 7, 14, 30, 60, 120, 240)]}
forecast = MLForecast(models=[model], freq="D", lags=[1, 2, 7, 14, 28], lag_transforms=transforms,
    date_features=["dayofweek", "dayofyear", "day"], num_threads=1)
forecast.fit(frame)
forecast.predict(30)
start = time.perf_counter()
forecast.predict(30)
print(json.dumps(time.perf_counter() - start))
"""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What every way starts from: counts, and a booster trained once for each."""

    counts: DailyCounts
    direct: lgb.Booster
    one_step: lgb.Booster
    reference: lgb.Booster


class Timed:
    """A booster that adds up the time within its predict."""

    def __init__(self, booster: lgb.Booster) -> None:
        self.booster = booster
        self.seconds = 0.0

    def predict(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - LightGBM's own signature
        """LightGBM's predict."""
        start = time.perf_counter()
        found = self.booster.predict(*given, **named)
        self.seconds += time.perf_counter() - start
        return found


def prepare(dataset: Path) -> Prepared:
    opened = open_dataset(dataset)
    counts = daily_counts(place_panel(opened.table("panel")), state=opened.facts.state)
    # Days that were not reported are 0 for all ways here: the other two know no null.
    counts = DailyCounts(**{**vars(counts), "counts": np.nan_to_num(counts.counts)})
    history = History(counts)
    some = counts.counts[:: max(1, len(counts.series) // SAMPLE)][:SAMPLE]
    rows = pd.concat([reference_rows(values, first=counts.first_day) for values in some])
    parameters = {"objective": "poisson", "num_leaves": 15, "num_threads": 1, "verbose": -1}
    data = lgb.Dataset(rows.drop(columns="y"), rows["y"])
    return Prepared(
        counts=counts,
        direct=train(training_rows(history, way=DIRECT), way=DIRECT, rounds=ROUNDS_OF_TREES),
        one_step=train(training_rows(history, way=ONE_STEP), way=ONE_STEP, rounds=ROUNDS_OF_TREES),
        reference=lgb.train(parameters, data, ROUNDS_OF_TREES),
    )


def reference_features(series: pd.Series, *, day: pd.Timestamp) -> dict[str, float]:
    """The columns of the reference for the day after the last of a series."""
    last = series.rolling(WEEK)
    row = {f"lag_{n}": float(series.iloc[-n]) for n in LAGS}
    row |= {
        "mean_7": float(last.mean().iloc[-1]),
        "deviation_7": float(last.std().iloc[-1]),
        "least_7": float(last.min().iloc[-1]),
        "most_7": float(last.max().iloc[-1]),
    }
    return row | reference_calendar(day)


def reference_calendar(day: pd.Timestamp) -> dict[str, float]:
    near = [named_day(day + pd.Timedelta(days=n)) for n in (-1, 0, 1)]
    return {
        "weekday": day.day_of_week,
        "day_of_month": day.day,
        "day_of_year": day.day_of_year,
        "month": day.month,
        "quarter": day.quarter,
        "weekend": float(day.day_of_week >= SATURDAY),
        "weekday_sine": float(np.sin(2 * np.pi * day.day_of_week / WEEK)),
        "weekday_cosine": float(np.cos(2 * np.pi * day.day_of_week / WEEK)),
        "month_sine": float(np.sin(2 * np.pi * day.month / 12)),
        "month_cosine": float(np.cos(2 * np.pi * day.month / 12)),
        "after_holiday": float(near[0]),
        "holiday": float(near[1]),
        "before_holiday": float(near[2]),
    }


@cache
def holidays_of(year: int) -> frozenset[date]:
    return frozenset(named_holidays("CT", first_year=year, last_year=year))


def named_day(day: pd.Timestamp) -> bool:
    return day.date() in holidays_of(day.year)


def reference_rows(values: NDArray[np.float64], *, first: date) -> pd.DataFrame:
    """The training frame of the reference: the same columns, for all days of one place."""
    y = pd.Series(values, index=pd.date_range(first, periods=len(values)))
    frame = pd.DataFrame({f"lag_{n}": y.shift(n) for n in LAGS})
    last = y.shift(1).rolling(WEEK)
    frame["mean_7"], frame["deviation_7"] = last.mean(), last.std()
    frame["least_7"], frame["most_7"] = last.min(), last.max()
    calendar = pd.DataFrame(
        [reference_calendar(pd.Timestamp(day)) for day in y.index], index=frame.index
    )
    return pd.concat([frame, calendar], axis=1).assign(y=y).dropna()


def run_recursive(given: Prepared) -> tuple[float, float]:
    """Seconds for all places, and the share of them within LightGBM."""
    history = History(given.counts, room=DAYS)
    timed = Timed(given.one_step)
    start = time.perf_counter()
    recursive_means(
        history,
        booster=timed,  # type: ignore[arg-type] # only its predict is used
        rounds=ROUNDS_OF_TREES,
        shrink=1.0,
        days=DAYS,
    )
    seconds = time.perf_counter() - start
    return seconds, timed.seconds / seconds


def run_direct(given: Prepared) -> float:
    history = History(given.counts)
    start = time.perf_counter()
    direct_scores(history, booster=given.direct, rounds=ROUNDS_OF_TREES, leads=range(1, DAYS + 1))
    return time.perf_counter() - start


def run_load(given: Prepared) -> float:
    start = time.perf_counter()
    History(given.counts, room=DAYS)
    return time.perf_counter() - start


def run_reference(given: Prepared) -> float:
    places = given.counts.counts[:: max(1, len(given.counts.series) // SAMPLE)][:SAMPLE]
    first = pd.Timestamp(given.counts.first_day)
    start = time.perf_counter()
    for values in places:
        series = pd.Series(values, index=pd.date_range(first, periods=len(values)))
        for _ in range(DAYS):
            day = series.index[-1] + pd.Timedelta(days=1)
            frame = pd.DataFrame([reference_features(series, day=day)])
            mean = given.reference.predict(frame, num_threads=1)
            series = pd.concat([series, pd.Series(np.asarray(mean), index=[day])])
    return (time.perf_counter() - start) * len(given.counts.series) / len(places)


def run_mlforecast(given: Prepared, *, python: Path) -> float:
    series, days = given.counts.counts.shape
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.csv"
        pd.DataFrame(
            {
                "unique_id": np.repeat(given.counts.series, days),
                "ds": np.tile(pd.date_range(given.counts.first_day, periods=days), series),
                "y": given.counts.counts.ravel(),
            }
        ).to_csv(path, index=False)
        command = [str(python), "-W", "ignore", "-c", MLFORECAST, str(path), str(ROUNDS_OF_TREES)]
        done = subprocess.run(  # noqa: S603 - an interpreter that the caller names
            command, check=True, capture_output=True, text=True
        )
    return float(json.loads(done.stdout))


def measure(given: Prepared, *, python: Path | None) -> dict[str, float]:
    recursive, share = run_recursive(given)
    result = {
        "recursive": recursive,
        "share_in_predict": share,
        "direct": run_direct(given),
        "history": run_load(given),
        "reference": run_reference(given),
    }
    if python is not None:
        result["mlforecast"] = run_mlforecast(given, python=python)
    return result


def report(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Medians, and the medians of the ratios within a round."""
    result = {name: statistics.median(run[name] for run in rounds) for name in rounds[0]}
    for name in ("reference", "mlforecast"):
        if name in rounds[0]:
            result[f"{name}_over_recursive"] = statistics.median(
                run[name] / run["recursive"] for run in rounds
            )
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="time forecasts of all places of a dataset")
    parser.add_argument("--dataset", type=Path, default=Path("artifacts/ct-demo"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mlforecast-python", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    python = options.mlforecast_python
    if python is not None and not python.exists():
        sys.exit(f"--mlforecast-python: there is no {python}")
    given = prepare(options.dataset)
    deque((run_recursive(given) for _ in range(3)), maxlen=0)
    result = report([measure(given, python=python) for _ in range(options.rounds)])
    result["places"] = len(given.counts.series)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    if python is None:
        print("mlforecast: skipped, name its environment's Python with --mlforecast-python")
    for name, value in result.items():
        print(f"{name:<28}{value:>12.4f}")


if __name__ == "__main__":
    main()
