"""Fitting everything that is served: half-yearly models, each judged before it may speak."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import lightgbm as lgb
import numpy as np
import polars as pl

from core.daily_counts import DailyCounts, daily_counts
from core.errors import NothingToLearnError, RequestError
from core.features import vocabulary
from core.volume.boosting import DIRECT, ONE_STEP
from core.volume.dispersion import calibrate
from core.volume.model import Choice, Snapshot, VolumeModels
from core.volume.training import OWN_STATE, Trainer
from core.volume.validation import (
    DIRECT_ROUNDS,
    RECURSIVE_ROUNDS,
    WINDOW_DAYS,
    Boosters,
    Window,
    choose,
    served_means,
)

__all__ = ["SHORTEST_DATA", "choose_on", "fit_counts", "fit_volume"]

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
    counts: DailyCounts,
    *,
    trainer: Trainer = OWN_STATE,
    on_snapshot: Callable[[int, int], None] | None = None,
) -> VolumeModels:
    """As :func:`fit_volume`, from counts.

    Args:
        counts: All days.
        trainer: Whose days the boosters learn from; choices and spreads are of these counts alone.
        on_snapshot: As for :func:`fit_volume`.

    Raises:
        RequestError: There is less than a year of days, or nothing was reported on enough of them.

    Examples:
        >>> from datetime import date
        >>> random = np.random.default_rng(1)
        >>> counts = DailyCounts(
        ...     state="CT",
        ...     series=("quiet", "busy"),
        ...     first_day=date(2023, 1, 1),
        ...     counts=random.poisson([[1.0], [8.0]], size=(2, 366)).astype(float),
        ...     officers=np.full((2, 1), np.nan),
        ...     officers_first_year=2023,
        ... )
        >>> fit_counts(counts).model_trained_to
        datetime.date(2024, 1, 1)
    """
    stages = _stages(counts.days)
    snapshots = []
    for boosters, known, windows in _judged_stages(counts, stages=stages, trainer=trainer):
        number = stages.index(known.days - 1)
        if windows and (len(stages) - 1 - number) % _STAGES_A_SNAPSHOT == 0:
            snapshots.append(_snapshot(known, boosters=boosters, windows=windows))
        if on_snapshot is not None:
            on_snapshot(number + 1, len(stages))
    if not snapshots:
        raise _nothing_to_judge_by()
    return VolumeModels(
        state=counts.state,
        states=trainer.states or (counts.state,),
        vocabulary=vocabulary(counts.state, national=counts.national),
        snapshots=tuple(snapshots),
    )


def choose_on(
    counts: DailyCounts, *, trainer: Trainer = OWN_STATE
) -> tuple[Snapshot, tuple[Window, ...]]:
    """The model of the last day alone, with the windows that decided it: for back-tests.

    The windows are 30 days each, end with the data, and follow each other without a gap.

    Raises:
        RequestError: There is less than a year of days, or nothing was reported on enough of them.
    """
    stages = _stages(counts.days)
    *_, last = [None, *_judged_stages(counts, stages=stages, trainer=trainer)]
    if last is None or not last[2]:
        raise _nothing_to_judge_by()
    boosters, known, windows = last
    return _snapshot(known, boosters=boosters, windows=windows), tuple(windows)


def _nothing_to_judge_by() -> NothingToLearnError:
    return NothingToLearnError(
        f"panel: no series has enough reported days before the last {_STAGE_DAYS} to learn from "
        "and to judge by; expected more months that were reported"
    )


def _judged_stages(
    counts: DailyCounts, *, stages: list[int], trainer: Trainer
) -> Iterator[tuple[Boosters, DailyCounts, list[Window]]]:
    """Train at each stage; give the boosters, the days they have seen, and the latest windows.

    The windows that follow a stage are forecast by its boosters, so each of them is blind. Stages
    before which nothing was reported that could be learned from are passed over.
    """
    windows: list[Window] = []
    for last, following in zip(stages, [*stages[1:], None], strict=True):
        known = counts.until(counts.first_day + timedelta(days=last))
        try:
            boosters = _train(known, trainer=trainer)
        except NothingToLearnError:
            continue
        yield boosters, known, windows
        if following is not None:
            origins = range(following - WINDOW_DAYS, last - 1, -WINDOW_DAYS)
            jobs = [
                trainer.judge(counts, origin=origin, boosters=boosters)
                for origin in reversed(origins)
            ]
            windows = [*windows, *(job.result() for job in jobs)][-_LATEST_WINDOWS:]


def _stages(days: int) -> list[int]:
    """Last training days, a quarter apart, ending with the data; the first only judges."""
    if days < SHORTEST_DATA:
        raise RequestError(
            f"panel: a model needs at least {SHORTEST_DATA} days of data, there are {days}"
        )
    return list(range(days - 1, _FIRST_STAGE - 1, -_STAGE_DAYS))[::-1]


def _train(known: DailyCounts, *, trainer: Trainer) -> Boosters:
    rounds = {DIRECT: max(DIRECT_ROUNDS), ONE_STEP: max(RECURSIVE_ROUNDS)}
    trained = trainer.train(known, rounds=rounds)
    return Boosters(direct=trained[DIRECT], recursive=trained[ONE_STEP])


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
