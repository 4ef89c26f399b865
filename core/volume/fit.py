"""Fitting everything that is served: half-yearly models, each judged before it may speak."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import lightgbm as lgb
import numpy as np
import polars as pl

from core.daily_counts import DailyCounts, daily_counts
from core.errors import RequestError
from core.features import vocabulary
from core.history import History
from core.volume.boosting import DIRECT, ONE_STEP, train, training_rows
from core.volume.dispersion import calibrate
from core.volume.model import Choice, Snapshot, VolumeModels
from core.volume.validation import (
    DIRECT_ROUNDS,
    RECURSIVE_ROUNDS,
    WINDOW_DAYS,
    Boosters,
    Window,
    choose,
    judge_window,
    served_means,
)

__all__ = ["SHORTEST_DATA", "choose_on", "fit_counts", "fit_volume", "train_way"]

SHORTEST_DATA = 365
"""Days of data that a dataset needs for a model."""

_STAGE_DAYS = 90
_STAGES_A_SNAPSHOT = 2
_FIRST_STAGE = 180
_LATEST_WINDOWS = 12


def fit_volume(
    panel: pl.DataFrame,
    *,
    state: str,
    officers: pl.DataFrame | None = None,
    on_snapshot: Callable[[int, int], None] | None = None,
) -> VolumeModels:
    """Fit the models of a dataset.

    Args:
        panel: Columns ``series``, ``date``, ``count`` (Int32, null where not reported), each series
            on each day once.
        state: Two-letter code; decides the holidays.
        officers: Columns ``series``, ``year``, ``officers_per_1000``, or nothing.
        on_snapshot: Called after each stage of the training with its number and how many there are.

    Returns:
        The models; the same panel gives the same models to the bit on one machine.

    Raises:
        RequestError: The panel is malformed, of an unknown state, or shorter than a year.
    """
    return fit_counts(daily_counts(panel, state=state, officers=officers), on_snapshot=on_snapshot)


def fit_counts(
    counts: DailyCounts, *, on_snapshot: Callable[[int, int], None] | None = None
) -> VolumeModels:
    """As :func:`fit_volume`, from counts."""
    stages = _stages(counts.days)
    snapshots = []
    for number, (boosters, known, windows) in enumerate(_judged_stages(counts, stages=stages)):
        if number > 0 and (len(stages) - 1 - number) % _STAGES_A_SNAPSHOT == 0:
            snapshots.append(_snapshot(known, boosters=boosters, windows=windows))
        if on_snapshot is not None:
            on_snapshot(number + 1, len(stages))
    return VolumeModels(
        state=counts.state, vocabulary=vocabulary(counts.state), snapshots=tuple(snapshots)
    )


def choose_on(counts: DailyCounts) -> tuple[Snapshot, tuple[Window, ...]]:
    """The model of the last day alone, with the windows that decided it: for back-tests.

    The windows are 30 days each, end with the data, and follow each other without a gap.
    """
    for boosters, known, windows in _judged_stages(counts, stages=_stages(counts.days)):
        last = (boosters, known, windows)
    return _snapshot(last[1], boosters=last[0], windows=last[2]), tuple(last[2])


def _judged_stages(
    counts: DailyCounts, *, stages: list[int]
) -> Iterator[tuple[Boosters, DailyCounts, list[Window]]]:
    """Train at each stage; give the boosters, the days they have seen, and the latest windows.

    The windows that follow a stage are forecast by its boosters, so each of them is blind.
    """
    windows: list[Window] = []
    for last, following in zip(stages, [*stages[1:], None], strict=True):
        known = counts.until(counts.first_day + timedelta(days=last))
        boosters = _train(History(known))
        yield boosters, known, windows
        if following is not None:
            origins = range(following - WINDOW_DAYS, last - 1, -WINDOW_DAYS)
            judged = [
                judge_window(counts, origin=origin, boosters=boosters)
                for origin in reversed(origins)
            ]
            windows = [*windows, *judged][-_LATEST_WINDOWS:]


def _stages(days: int) -> list[int]:
    """Last training days, a quarter apart, ending with the data; the first only judges."""
    if days < SHORTEST_DATA:
        raise RequestError(
            f"panel: a model needs at least {SHORTEST_DATA} days of data, there are {days}"
        )
    return list(range(days - 1, _FIRST_STAGE - 1, -_STAGE_DAYS))[::-1]


def _train(history: History) -> Boosters:
    return Boosters(
        direct=train(training_rows(history, way=DIRECT), way=DIRECT, rounds=max(DIRECT_ROUNDS)),
        recursive=train(
            training_rows(history, way=ONE_STEP), way=ONE_STEP, rounds=max(RECURSIVE_ROUNDS)
        ),
    )


def train_way(history: History, *, way: str, rounds: int) -> lgb.Booster:
    """Train one booster on all days of a history."""
    kind = DIRECT if way == DIRECT.name else ONE_STEP
    return train(training_rows(history, way=kind), way=kind, rounds=rounds)


def _snapshot(known: DailyCounts, *, boosters: Boosters, windows: list[Window]) -> Snapshot:
    choice = choose(windows)
    booster = boosters.direct if choice.settings.way == DIRECT.name else boosters.recursive
    return Snapshot(
        trained_to=known.last_day,
        booster=_cut(booster, choice=choice),
        choice=choice,
        dispersion=calibrate(
            known.series,
            actual=np.stack([window.actual for window in windows]),
            forecast=np.stack([served_means(window, choice=choice) for window in windows]),
        ),
    )


def _cut(booster: lgb.Booster, *, choice: Choice) -> lgb.Booster:
    """The booster without the trees that are not used, as it comes back from its text."""
    return lgb.Booster(model_str=booster.model_to_string(num_iteration=choice.settings.rounds))
