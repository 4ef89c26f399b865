"""Whose days a booster learns from: those of one State, or of many together."""

from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Protocol

import lightgbm as lgb
import numpy as np

from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.features import FEATURES
from core.history import History
from core.volume.boosting import Rows, Way, parameters_of, train, training_rows
from core.volume.validation import Boosters, Window, judge_window
from core.workers import ALONE, Job, Workers

__all__ = ["OWN_STATE", "ManyStates", "Trainer", "together"]

_FEWEST_DAYS = 180


class Trainer(Protocol):
    """Trains the boosters of a State, and judges them on its days."""

    @property
    def states(self) -> tuple[str, ...]:
        """The States that it learns from, ascending; none stands for that of the counts alone."""

    def train(self, known: DailyCounts, *, rounds: Mapping[Way, int]) -> Mapping[Way, lgb.Booster]:
        """Train a booster for each way.

        Args:
            known: The State's counts up to the last day that anything may be learned from.
            rounds: Trees by way.
        """

    def judge(self, counts: DailyCounts, *, origin: int, boosters: Boosters) -> Job[Window]:
        """:func:`core.volume.validation.judge_window`, wherever it is done."""


class _OwnState(Trainer):
    """The days of the State itself, in this process."""

    @property
    def states(self) -> tuple[str, ...]:
        return ()

    def train(self, known: DailyCounts, *, rounds: Mapping[Way, int]) -> Mapping[Way, lgb.Booster]:
        history = History(known)
        return {
            way: train(training_rows(history, way=way), way=way, rounds=most)
            for way, most in rounds.items()
        }

    def judge(self, counts: DailyCounts, *, origin: int, boosters: Boosters) -> Job[Window]:
        return ALONE.start(judge_window, counts, origin=origin, boosters=boosters)


OWN_STATE: Trainer = _OwnState()
"""Learns from the State's own days."""


class ManyStates(Trainer):
    """The days of many States, as far as each is known on the day of the training.

    The rows of a State are a task, and so is each judged window; the trees are grown from the rows
    of all States together. What was trained for a day is kept, for another State may have the same.
    """

    def __init__(self, counts: Mapping[str, Job[DailyCounts]], *, workers: Workers) -> None:
        """Learn from these States.

        Args:
            counts: National counts (:attr:`core.daily_counts.DailyCounts.national`) by State, held
                by the workers.
            workers: Who makes rows, grows trees and judges.

        Raises:
            RequestError: There are less than two States.
        """
        if len(counts) < 2:  # noqa: PLR2004 - what "together" means
            raise RequestError(
                f"states: a model of many States needs two or more, got {', '.join(counts) or 0}"
            )
        self._counts = dict(sorted(counts.items()))
        self._workers = workers
        self._trained: dict[tuple[date, Way, int], lgb.Booster] = {}
        self._lock = Lock()

    @property
    def states(self) -> tuple[str, ...]:
        """All of them, ascending."""
        return tuple(self._counts)

    def train(self, known: DailyCounts, *, rounds: Mapping[Way, int]) -> Mapping[Way, lgb.Booster]:
        """Train on every State's days up to the last one of ``known``."""
        return {way: self._once(known.last_day, way, most) for way, most in rounds.items()}

    def judge(self, counts: DailyCounts, *, origin: int, boosters: Boosters) -> Job[Window]:
        """Judge on a worker, by all that it holds of the State."""
        return self._workers.start(
            judge_window, self._counts[counts.state], origin=origin, boosters=boosters
        )

    def _once(self, day: date, way: Way, rounds: int) -> lgb.Booster:
        """One training at a time: two on the same workers would wait for each other for ever."""
        with self._lock:
            if (day, way, rounds) not in self._trained:
                parts = [
                    self._workers.start(_rows_until, counts, day=day, way=way)
                    for counts in self._counts.values()
                ]
                self._trained[day, way, rounds] = self._workers.boost(
                    parts, parameters=parameters_of(way), rounds=rounds
                )
            return self._trained[day, way, rounds]


def together(counts: Sequence[DailyCounts]) -> ManyStates:
    """A trainer on the national counts of several States, in this process.

    Raises:
        RequestError: Two of them are of one State, or there is one only.
    """
    by_state = {each.state: ALONE.hold(_same, each) for each in counts}
    if len(by_state) < len(counts):
        raise RequestError(
            f"states: expected each once, got {', '.join(each.state for each in counts)}"
        )
    return ManyStates(by_state, workers=ALONE)


def _same(counts: DailyCounts) -> DailyCounts:
    return counts


def _rows_until(counts: DailyCounts, *, day: date, way: Way) -> Rows:
    """What a State's days up to one teach; nothing where they are fewer than half a year."""
    if (day - counts.first_day).days + 1 < _FEWEST_DAYS:
        return Rows(
            x=np.empty((0, len(FEATURES)), dtype=np.float32), y=np.empty(0), offset=np.empty(0)
        )
    return training_rows(History(counts.until(day)), way=way)
