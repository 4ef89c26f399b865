"""Who does the work of a build: this process, or others that it hands tasks to.

A build names its tasks and their order once; whoever does them, the code of a task is the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from lightgbm import Booster

    from core.volume.boosting import Rows

__all__ = ["ALONE", "Job", "Workers"]

_Result_co = TypeVar("_Result_co", covariant=True)
_Result = TypeVar("_Result")


class Job(Protocol[_Result_co]):
    """A task that was handed over."""

    def result(self) -> _Result_co:
        """Wait for the task and return what it returns.

        Raises:
            Exception: What the task raises.
            ClusterError: Nobody is left who could do it.
        """


class Workers(Protocol):
    """Who does tasks."""

    def start(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> Job[_Result]:
        """Hand over a task.

        Args:
            task: A function of a module; it, its arguments and its result can be pickled, and it
                may be done twice.
            arguments: What it is given by position; of a job, its result.
            options: What it is given by name.
        """

    def hold(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> Job[_Result]:
        """As :meth:`start`, for a result that several other tasks take: it is made once."""

    def boost(
        self, parts: Sequence[Job["Rows"]], *, parameters: Mapping[str, object], rounds: int
    ) -> "Booster":
        """Train one LightGBM model on the rows of several tasks together.

        Args:
            parts: Tasks that give rows; at least one.
            parameters: LightGBM's.
            rounds: Trees to grow.

        Returns:
            The model; of other workers the same within what the order of sums and each worker's
            own bagging change.
        """


@dataclass(frozen=True, kw_only=True)
class _Due(Job[_Result]):
    """A task of this process, done when its result is asked for: one is in memory at a time."""

    do: Callable[[], _Result]

    def result(self) -> _Result:
        return self.do()


@dataclass(frozen=True, kw_only=True)
class _Done(Job[_Result]):
    """A task of this process whose result is kept."""

    value: _Result

    def result(self) -> _Result:
        return self.value


class _Alone(Workers):
    """This process."""

    def start(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> Job[_Result]:
        return _Due(do=lambda: task(*map(_value, arguments), **options))

    def hold(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> Job[_Result]:
        return _Done(value=task(*map(_value, arguments), **options))

    def boost(
        self, parts: Sequence[Job["Rows"]], *, parameters: Mapping[str, object], rounds: int
    ) -> "Booster":
        # LightGBM takes a second to import, and most builds start without it.
        from core.volume.boosting import boost  # noqa: PLC0415

        return boost([part.result() for part in parts], parameters=parameters, rounds=rounds)


def _value(argument: object) -> object:
    return argument.result() if isinstance(argument, _Due | _Done) else argument


ALONE: Workers = _Alone()
"""This process does every task, one after the other."""
