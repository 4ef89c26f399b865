"""Who does the work of a build: this process, or others that it hands tasks to.

A build names its tasks and their order once; whoever does them, the code of a task is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

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
            arguments: What it is given by position.
            options: What it is given by name.
        """


@dataclass(frozen=True, kw_only=True)
class _Due(Job[_Result]):
    """A task of this process, done when its result is asked for: one is in memory at a time."""

    do: Callable[[], _Result]

    def result(self) -> _Result:
        return self.do()


class _Alone(Workers):
    """This process."""

    def start(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> Job[_Result]:
        return _Due(do=lambda: task(*arguments, **options))


ALONE: Workers = _Alone()
"""This process does every task, one after the other."""
