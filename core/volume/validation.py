"""Choosing by windows that time has judged: settings, way, baseline, who serves which band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from core.daily_counts import DailyCounts
from core.evaluation import metrics
from core.history import History
from core.volume.baselines import BASELINES
from core.volume.direct import direct_scores
from core.volume.dispersion import BAND_NAMES, band_of
from core.volume.model import Choice, Settings
from core.volume.recursion import recursive_means

__all__ = [
    "DIRECT_ROUNDS",
    "RECURSIVE_ROUNDS",
    "WINDOW_DAYS",
    "Boosters",
    "Window",
    "choose",
    "judge_window",
    "served_means",
]

Floats = NDArray[np.float64]

WINDOW_DAYS = 30
DIRECT_ROUNDS = (30, 60, 100, 150, 200)
RECURSIVE_ROUNDS = (30, 100)
_SHRINKS = (0.25, 0.5, 0.75, 1.0)
_RECURSIVE_SHRINKS = (0.5, 1.0)

# Until this many windows have been judged the assumed settings stand.
_WINDOWS_FOR_A_CHOICE = 3
_ASSUMED = Settings(way="direct", rounds=60, shrink=0.75)
_ASSUMED_OTHER = Settings(way="recursive", rounds=30, shrink=0.5)
_ASSUMED_BASELINE = "mean_56"

# A baseline takes a band over from the model only by a clear lead in deviance, held in three of
# four windows, and the recursive way is preferred to the direct one only by a clear lead in its
# mark: narrower leads did not last on later validation windows.
_BAND_LEAD = 0.98
_BAND_STEADINESS = 0.75
_WAY_LEAD = 0.01


@dataclass(frozen=True, kw_only=True)
class Boosters:
    """One booster for each way, trained on the same days."""

    direct: lgb.Booster
    recursive: lgb.Booster


@dataclass(frozen=True, kw_only=True)
class Window:
    """One judged window: 30 days after an origin, forecast by models that end at it or before.

    Attributes:
        origin: Column of the origin.
        actual: Shape (series, 30), NaN where not reported.
        level: Shape (series,): level at the origin.
        means: Expected counts of shape (series, 30) by candidate: :class:`Settings` of either way,
            or the name of a baseline.
    """

    origin: int
    actual: Floats
    level: Floats
    means: Mapping[Settings | str, Floats]


def judge_window(counts: DailyCounts, *, origin: int, boosters: Boosters) -> Window:
    """Forecast one window every way and put what happened beside it.

    Args:
        counts: All days; those after ``origin`` are only put beside the forecasts.
        origin: Column of the last day that a forecast may see.
        boosters: Trained on days up to ``origin`` or fewer.
    """
    seen = counts.counts[:, : origin + 1]
    known = counts.until(counts.first_day + timedelta(days=origin))
    history = History(known, room=WINDOW_DAYS)
    leads = range(1, WINDOW_DAYS + 1)
    start, _ = direct_scores(history, booster=boosters.direct, rounds=1, leads=leads)
    means: dict[Settings | str, Floats] = {}
    for rounds in DIRECT_ROUNDS:
        _, scores = direct_scores(history, booster=boosters.direct, rounds=rounds, leads=leads)
        for shrink in _SHRINKS:
            settings = Settings(way="direct", rounds=rounds, shrink=shrink)
            means[settings] = np.exp(start + shrink * scores).T
    for rounds in RECURSIVE_ROUNDS:
        for shrink in _RECURSIVE_SHRINKS:
            settings = Settings(way="recursive", rounds=rounds, shrink=shrink)
            means[settings] = recursive_means(
                history.branch(),
                booster=boosters.recursive,
                rounds=rounds,
                shrink=shrink,
                days=WINDOW_DAYS,
            ).T
    for name, baseline in BASELINES.items():
        means[name] = baseline(seen, WINDOW_DAYS)
    return Window(
        origin=origin,
        actual=counts.counts[:, origin + 1 : origin + 1 + WINDOW_DAYS],
        level=history.level[origin],
        means=means,
    )


def choose(windows: Sequence[Window]) -> Choice:
    """Decide by the windows.

    A candidate's mark is the mean logarithm of five measures: WAPE, RMSE, Poisson deviance, and
    the WAPE of the state's days and of the series' 30-day totals. None of them alone may decide:
    WAPE rewards a forecast that is too low, deviance hardly sees the totals.

    Args:
        windows: Judged windows; with fewer than three, assumed settings are returned.
    """
    if len(windows) < _WINDOWS_FOR_A_CHOICE:
        return Choice(
            settings=_ASSUMED,
            other=_ASSUMED_OTHER,
            baseline=_ASSUMED_BASELINE,
            by_band=(_ASSUMED.way,) * len(BAND_NAMES),
            windows=0,
            scores={},
        )
    actual = np.stack([window.actual for window in windows])
    marks = {candidate: _mark(actual, _means(windows, candidate)) for candidate in windows[0].means}
    direct = _best(marks, way="direct")
    recursive = _best(marks, way="recursive")
    settings, other = (
        (recursive, direct) if marks[recursive] < marks[direct] - _WAY_LEAD else (direct, recursive)
    )
    candidates: dict[str, Settings | str] = {"direct": direct, "recursive": recursive}
    candidates |= {name: name for name in BASELINES}
    return Choice(
        settings=settings,
        other=other,
        baseline=min(BASELINES, key=lambda name: marks[name]),
        by_band=_by_band(windows, settings=settings),
        windows=len(windows),
        scores={
            name: _measures(actual, _means(windows, candidate))
            for name, candidate in candidates.items()
        },
    )


def served_means(window: Window, *, choice: Choice) -> Floats:
    """Forecasts of a window as they would have been served; shape (series, 30)."""
    result = window.means[choice.settings].copy()
    band = band_of(window.level)
    for number, name in enumerate(choice.by_band):
        if name != choice.settings.way:
            result[band == number] = window.means[name][band == number]
    return result


def _means(windows: Sequence[Window], candidate: Settings | str) -> Floats:
    return np.stack([window.means[candidate] for window in windows])


def _measures(actual: Floats, forecast: Floats) -> dict[str, float]:
    return {
        "wape": metrics.wape(actual, forecast),
        "rmse": metrics.rmse(actual, forecast),
        "deviance": metrics.poisson_deviance(actual, forecast),
        "state_wape": metrics.state_wape(actual, forecast),
        "month_wape": metrics.month_wape(actual, forecast),
    }


def _mark(actual: Floats, forecast: Floats) -> float:
    return float(np.mean(np.log(list(_measures(actual, forecast).values()))))


def _best(marks: Mapping[Settings | str, float], *, way: str) -> Settings:
    return min(
        (
            candidate
            for candidate in marks
            if isinstance(candidate, Settings) and candidate.way == way
        ),
        key=lambda candidate: marks[candidate],
    )


def _by_band(windows: Sequence[Window], *, settings: Settings) -> tuple[str, ...]:
    """Who serves each band: the way that won, or a baseline with a clear and steady lead."""
    result = []
    for number in range(len(BAND_NAMES)):
        inside = [window for window in windows if _has_actuals(window, band=number)]
        best, takes_over = settings.way, False
        if inside:
            model = _deviances(inside, candidate=settings, band=number)
            rivals = {name: _deviances(inside, candidate=name, band=number) for name in BASELINES}
            best = min(rivals, key=lambda name: float(rivals[name].mean()))
            rival = rivals[best]
            leads = float(rival.mean()) < _BAND_LEAD * float(model.mean())
            takes_over = leads and float((rival < model).mean()) >= _BAND_STEADINESS
        result.append(best if takes_over else settings.way)
    return tuple(result)


def _has_actuals(window: Window, *, band: int) -> bool:
    return bool(np.isfinite(window.actual[band_of(window.level) == band]).any())


def _deviances(windows: Sequence[Window], *, candidate: Settings | str, band: int) -> Floats:
    """Poisson deviance of a candidate on the series of a band, a value a window."""
    values = []
    for window in windows:
        inside = band_of(window.level) == band
        values.append(
            metrics.poisson_deviance(window.actual[inside], window.means[candidate][inside])
        )
    return np.array(values)
