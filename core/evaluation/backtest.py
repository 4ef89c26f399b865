"""Rolling origins: every method forecasts the same windows from the same days.

Choices and spreads come from windows that end before the first test window. For each origin the
boosters are trained again on all days up to it, with the settings chosen before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.history import History
from core.volume.baselines import BASELINES
from core.volume.boosting import DIRECT, ONE_STEP
from core.volume.dispersion import Dispersion, calibrate
from core.volume.fit import SHORTEST_DATA, choose_on
from core.volume.model import SERVED, Choice, Settings, Snapshot
from core.volume.paths import model_means, served_path
from core.volume.training import OWN_STATE, Trainer
from core.volume.validation import WINDOW_DAYS, Window

__all__ = [
    "ACCURACY_ORIGINS",
    "TEST_ORIGINS",
    "BackTest",
    "Method",
    "back_test",
    "read_predictions",
]

Floats = NDArray[np.float64]

TEST_ORIGINS = 6
ACCURACY_ORIGINS = 12


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method on every window.

    Attributes:
        means: Expected counts, shape (12 origins, series, 30).
        dispersion: Its spread, measured before the first test window.
    """

    means: Floats
    dispersion: Dispersion

    def spread(self, names: tuple[str, ...]) -> Floats:
        """Variance over mean of each day; the shape of ``means``."""
        return np.stack(
            [self.dispersion.daily(names, mean=window, first_lead=1) for window in self.means]
        )


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """What every method said, and what happened.

    Attributes:
        names: Series.
        origins: The last days that the forecasts have seen, ascending; the last six are the test.
        actual: Shape (origins, series, 30), NaN where not reported.
        methods: By name, :data:`core.volume.model.SERVED` among them.
        served_by: What served each series at each origin, the name of a way or of a baseline;
            shape (origins, series).
        choice: What was chosen before the first test window.
        naive_error: Mean absolute and mean squared error of the seasonal naive method over the days
            before the first test window, shape (2, series): the scales of MASE and RMSSE.
    """

    names: tuple[str, ...]
    origins: tuple[date, ...]
    actual: Floats
    methods: Mapping[str, Method]
    served_by: NDArray[np.object_]
    choice: Choice
    naive_error: Floats


def back_test(
    counts: DailyCounts, *, extra: Path | None = None, trainer: Trainer = OWN_STATE
) -> BackTest:
    """Forecast the last twelve windows of 30 days by every method.

    Args:
        counts: All days.
        extra: CSV of further methods, see :func:`read_predictions`.
        trainer: Whose days the boosters learn from, up to each origin.

    Raises:
        RequestError: The data are too short, or the CSV does not hold what is needed.
    """
    if counts.days < SHORTEST_DATA + ACCURACY_ORIGINS * WINDOW_DAYS:
        raise RequestError(
            f"panel: a back-test needs at least {SHORTEST_DATA + ACCURACY_ORIGINS * WINDOW_DAYS} "
            f"days of data, there are {counts.days}"
        )
    columns = [counts.days - 1 - WINDOW_DAYS * n for n in range(ACCURACY_ORIGINS, 0, -1)]
    read = {} if extra is None else read_predictions(extra, counts=counts)
    for name, by_origin in read.items():
        _check_origins(name, by_origin, needed=[_day(counts, column) for column in columns])
    before = counts.until(_day(counts, columns[-TEST_ORIGINS]))
    snapshot, windows = choose_on(before, trainer=trainer)
    methods, served_by = _ways(
        counts, columns=columns, snapshot=snapshot, windows=windows, trainer=trainer
    )
    for name, baseline in BASELINES.items():
        means = np.stack([baseline(counts.counts[:, : o + 1], WINDOW_DAYS) for o in columns])
        methods[name] = _method(counts.series, means, windows=windows, candidate=name)
    for name, by_origin in read.items():
        methods[name] = _extra(by_origin, counts=counts, columns=columns, windows=windows)
    actual = np.stack([counts.counts[:, o + 1 : o + 1 + WINDOW_DAYS] for o in columns])
    return BackTest(
        names=counts.series,
        origins=tuple(_day(counts, column) for column in columns),
        actual=actual,
        methods=methods,
        served_by=served_by,
        choice=snapshot.choice,
        naive_error=_naive_error(before.counts),
    )


def _day(counts: DailyCounts, column: int) -> date:
    return counts.first_day + timedelta(days=column)


def _method(
    names: tuple[str, ...],
    means: Floats,
    *,
    windows: Sequence[Window],
    candidate: Settings | str,
) -> Method:
    return Method(
        means=means,
        dispersion=calibrate(
            names,
            actual=np.stack([window.actual for window in windows]),
            forecast=np.stack([window.means[candidate] for window in windows]),
        ),
    )


def _ways(
    counts: DailyCounts,
    *,
    columns: Sequence[int],
    snapshot: Snapshot,
    windows: Sequence[Window],
    trainer: Trainer,
) -> tuple[dict[str, Method], NDArray[np.object_]]:
    """What is served, and both ways alone, trained again at each origin; and who served whom."""
    leads = range(1, WINDOW_DAYS + 1)
    choice = snapshot.choice
    served: list[Floats] = []
    served_by: list[NDArray[np.object_]] = []
    won: list[Floats] = []
    lost: list[Floats] = []
    for column in columns:
        known = counts.until(_day(counts, column))
        fresh = _trained(snapshot, known=known, settings=choice.settings, trainer=trainer)
        path, names = served_path(fresh, counts=known, leads=leads)
        served.append(path)
        served_by.append(names)
        for settings, means in ((choice.settings, won), (choice.other, lost)):
            one = (
                fresh
                if settings is choice.settings
                else _trained(snapshot, known=known, settings=settings, trainer=trainer)
            )
            history = History(known, room=WINDOW_DAYS)
            means.append(model_means(one, history=history, leads=leads))
    result = {SERVED: Method(means=np.stack(served), dispersion=snapshot.dispersion)}
    for settings, means in ((choice.settings, won), (choice.other, lost)):
        result[settings.way] = _method(
            counts.series, np.stack(means), windows=windows, candidate=settings
        )
    return result, np.stack(served_by)


def _trained(
    snapshot: Snapshot, *, known: DailyCounts, settings: Settings, trainer: Trainer
) -> Snapshot:
    way = DIRECT if settings.way == DIRECT.name else ONE_STEP
    booster = trainer.train(known, rounds={way: settings.rounds})[way]
    choice = replace(snapshot.choice, settings=settings)
    return replace(snapshot, trained_to=known.last_day, booster=booster, choice=choice)


def _naive_error(counts: Floats) -> Floats:
    off = counts[:, 7:] - counts[:, :-7]
    known = np.isfinite(off)
    days = np.maximum(known.sum(axis=1), 1)
    return np.stack([np.where(known, np.abs(off) ** p, 0.0).sum(axis=1) / days for p in (1, 2)])


def read_predictions(path: Path, *, counts: DailyCounts) -> dict[str, dict[date, Floats]]:
    """Read forecasts of other programs.

    Args:
        path: CSV with the columns ``model``, ``series``, ``origin``, ``date``, ``forecast``; 30
            days of every series for each origin.
        counts: The panel that they are for.

    Returns:
        By model and origin, shape (series, 30).

    Raises:
        RequestError: The file or one of its origins is not as described.
    """
    schema = {
        "model": pl.String,
        "series": pl.String,
        "origin": pl.Date,
        "date": pl.Date,
        "forecast": pl.Float64,
    }
    try:
        frame = pl.read_csv(path, schema=schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RequestError(
            f"{path}: expected a CSV with the columns {', '.join(schema)} ({error})"
        ) from error
    result: dict[str, dict[date, Floats]] = {}
    for (model, origin), rows in frame.filter(pl.col("series").is_in(counts.series)).group_by(
        "model", "origin", maintain_order=True
    ):
        ordered = rows.sort("series", "date")
        if ordered.height != len(counts.series) * WINDOW_DAYS:
            raise RequestError(
                f"{path}: {model} from {origin}: expected {WINDOW_DAYS} days of "
                f"{len(counts.series)} series, got {ordered.height} rows"
            )
        means = ordered["forecast"].to_numpy().reshape(len(counts.series), WINDOW_DAYS)
        result.setdefault(str(model), {})[origin] = np.maximum(means, 0.001)
    return result


def _check_origins(name: str, by_origin: Mapping[date, Floats], *, needed: Sequence[date]) -> None:
    missing = [day.isoformat() for day in needed if day not in by_origin]
    if missing:
        raise RequestError(
            f"predictions: {name} has no forecast from {', '.join(missing)}; it needs every origin"
        )


def _extra(
    by_origin: Mapping[date, Floats],
    *,
    counts: DailyCounts,
    columns: Sequence[int],
    windows: Sequence[Window],
) -> Method:
    """A method that was read; its spread is measured on the windows that it covers."""
    covered = [window for window in windows if _day(counts, window.origin) in by_origin]
    return Method(
        means=np.stack([by_origin[_day(counts, column)] for column in columns]),
        dispersion=calibrate(
            counts.series,
            actual=np.stack([window.actual for window in covered]),
            forecast=np.stack([by_origin[_day(counts, window.origin)] for window in covered]),
        ),
    )
