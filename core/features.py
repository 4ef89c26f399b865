"""What a model may know of a series at an origin: lags, means, calendar, staffing.

Training, the direct forecast and each step of the recursion take their features from a
:class:`core.history.History` by the same function, :func:`features`, which reads nothing later than
the origin it is asked for.

Levels and means enter as logarithms of their ratio to the series' own level, so that one model
serves villages and cities. Days that were not reported are in no sum.
"""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from core.calendar_days import holiday_names, national_holiday_names
from core.history import HALF_LIVES, LONGEST_LAG, LOWEST_LEVEL, History

__all__ = ["FEATURES", "features", "offset", "vocabulary"]

ROLLING_DAYS = (7, 28, 91, 365)
LAGS = (1, 2, 7, 14, 28)
SAME_WEEKDAYS = 4
STATE_HALF_LIVES = HALF_LIVES[:-1]

# All series together moved by this much of what their recent mean says beyond their level.
_DRIFT_ROW = HALF_LIVES.index(14)
_DRIFT_SHARE = 0.5
_SMALL = 0.05

# Windows that end with the origin: the rolling means, then those of dispersion and of zeros.
_WINDOW_DAYS = np.array([*ROLLING_DAYS, 182, 28])
_SPREAD_WINDOW = len(ROLLING_DAYS)
_ZERO_WINDOW = _SPREAD_WINDOW + 1
_LAG_DAYS = np.array(LAGS)
_SAME_WEEKDAY_AGES = 7 * np.arange(SAME_WEEKDAYS)

_GROUPS = {
    "trend": tuple(f"ewm_{days}" for days in HALF_LIVES)
    + tuple(f"mean_{days}" for days in ROLLING_DAYS),
    "lags": tuple(f"lag_{days}" for days in LAGS),
    "state": tuple(f"state_ewm_{days}" for days in STATE_HALF_LIVES),
    "level": ("level", "deviation_30", "dispersion_182", "zero_share_28", "days_reported"),
    "weekdays": ("weekday_factor", "state_weekday_factor", "same_weekday_mean"),
    "calendar": (
        "weekday",
        "day_of_year",
        "day_of_month",
        "holiday",
        "days_from_holiday",
        "lead",
    ),
    "staffing": ("officers_per_1000",),
}
FEATURES: tuple[str, ...] = tuple(name for names in _GROUPS.values() for name in names)
"""Names of the features, in the order of the model's columns."""

_ENDS = list(accumulate(len(names) for names in _GROUPS.values()))
_COLUMNS = {
    group: slice(end - len(names), end)
    for (group, names), end in zip(_GROUPS.items(), _ENDS, strict=True)
}


def vocabulary(state: str, *, national: bool) -> dict[str, list[str]]:
    """What the codes of a model stand for: ``features`` and ``holidays``, in their order.

    Args:
        state: Two-letter code.
        national: Whether the model knows the holidays of all states, not of this one alone.
    """
    names = national_holiday_names() if national else holiday_names(state)
    return {"features": list(FEATURES), "holidays": list(names)}


def offset(
    history: History, *, origins: NDArray[np.int64], targets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Logarithm of level x weekday profile x drift of the state: where every model starts from.

    The drift is the square root of the ratio between the recent mean of all series together
    (half-life 14 days) and the sum of their levels: what is too noisy to be seen in one series is
    seen in all.

    Args:
        history: The series.
        origins: Shape (n,), index of the last day that may be used.
        targets: Shape (n,), index of the day that is forecast.

    Returns:
        Shape (n, series).
    """
    profile = history.profile[origins, history.calendar.weekday[targets]]
    level = history.level.take(origins, axis=0)
    recent = np.add.reduce(history.ewm[origins, _DRIFT_ROW], axis=1) + _SMALL
    drift = np.log(recent / (np.add.reduce(level, axis=1) + _SMALL))
    result: NDArray[np.float64] = np.log(level * profile) + _DRIFT_SHARE * drift[:, None]
    return result


def features(
    history: History, *, origins: NDArray[np.int64], targets: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The features of every series for pairs of origin and target day.

    Args:
        history: The series.
        origins: Shape (n,), index of the last day that may be used.
        targets: Shape (n,), index of the day that is forecast, later than its origin.

    Returns:
        Shape (n, series, features), float32, columns :data:`FEATURES`; NaN where the history is
        too short for a feature or the value was not reported.
    """
    out = np.empty((len(origins), len(FEATURES), history.series), dtype=np.float32)
    level = history.level.take(origins, axis=0)
    sums = _window_sums(history, origins=origins)
    ewm = history.ewm.take(origins, axis=0)
    _trend(out[:, _COLUMNS["trend"]], ewm, sums, level)
    out[:, _COLUMNS["lags"]] = _lags(history, origins=origins, level=level)
    out[:, _COLUMNS["state"]] = _state(ewm, level=level)[:, :, None]
    _level(out[:, _COLUMNS["level"]], history, origins=origins, level=level, sums=sums)
    _weekdays(out[:, _COLUMNS["weekdays"]], history, origins=origins, targets=targets, level=level)
    calendar = out[:, _COLUMNS["calendar"]]
    calendar[:, :-1] = history.calendar.together.take(targets, axis=0)[:, :, None]
    calendar[:, -1] = (targets - origins)[:, None]
    _staffing(out[:, _COLUMNS["staffing"].start], history, origins=origins)
    return out.transpose(0, 2, 1)


def _window_sums(history: History, *, origins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over every window that a feature needs; shape (n, windows, 4, series)."""
    stop = origins[:, None] + 1
    return history.window_sums(stop - _WINDOW_DAYS, stop)


def _trend(
    out: NDArray[np.float32],
    ewm: NDArray[np.float64],
    sums: NDArray[np.float64],
    level: NDArray[np.float64],
) -> None:
    kept, rolling = len(HALF_LIVES), len(ROLLING_DAYS)
    total, days = sums[:, :rolling, 0], sums[:, :rolling, 1]
    base = np.log(level + _SMALL)[:, None]
    np.subtract(np.log(ewm + _SMALL), base, out=out[:, :kept])
    means = total / np.where(days > 0, days, np.nan)
    means += _SMALL
    np.subtract(np.log(means, out=means), base, out=out[:, kept:])


def _lags(
    history: History, *, origins: NDArray[np.int64], level: NDArray[np.float64]
) -> NDArray[np.float64]:
    values = history.padded.take(origins[:, None] + (LONGEST_LAG + 1 - _LAG_DAYS), axis=0)
    values += 0.5
    values /= level[:, None] + 0.5
    ratios: NDArray[np.float64] = np.log(values, out=values)
    return ratios


def _state(ewm: NDArray[np.float64], *, level: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.add.reduce(ewm[:, : len(STATE_HALF_LIVES)], axis=2)
    ratios: NDArray[np.float64] = np.log(
        (sums + _SMALL) / (np.add.reduce(level, axis=1) + _SMALL)[:, None]
    )
    return ratios


def _level(
    out: NDArray[np.float32],
    history: History,
    *,
    origins: NDArray[np.int64],
    level: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    days = np.maximum(sums[:, _SPREAD_WINDOW, 1], 1.0)
    mean = sums[:, _SPREAD_WINDOW, 0] / days
    out[:, 0] = np.log(level)
    out[:, 1] = np.sqrt(history.spread[origins] / level)
    out[:, 2] = (sums[:, _SPREAD_WINDOW, 2] / days - mean * mean) / np.maximum(mean, LOWEST_LEVEL)
    out[:, 3] = sums[:, _ZERO_WINDOW, 3] / np.maximum(sums[:, _ZERO_WINDOW, 1], 1.0)
    out[:, 4] = history.sums[origins + 1, 1]


def _weekdays(
    out: NDArray[np.float32],
    history: History,
    *,
    origins: NDArray[np.int64],
    targets: NDArray[np.int64],
    level: NDArray[np.float64],
) -> None:
    weekday = history.calendar.weekday[targets]
    out[:, 0] = np.log(history.profile[origins, weekday])
    out[:, 1] = np.log(history.state_profile[origins, weekday])[:, None]
    days = (origins - (origins - targets) % 7)[:, None] + (LONGEST_LAG - _SAME_WEEKDAY_AGES)
    values = history.padded.take(days, axis=0)
    known = np.isfinite(values)
    count = np.add.reduce(known, axis=1)
    mean = np.add.reduce(np.where(known, values, 0.0), axis=1)
    mean /= np.where(count > 0, count, np.nan)
    out[:, 2] = np.log((mean + 0.25) / (level + 0.25))


def _staffing(out: NDArray[np.float32], history: History, *, origins: NDArray[np.int64]) -> None:
    """Officers per 1,000 of the year before the origin's, the newest then published."""
    out[:] = history.officers[history.years[origins]]
