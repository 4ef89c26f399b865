"""What a fault of the cache may cost: time, never an answer.

An error is said in the log once, with its traceback, until the cache is well again. In between the
cache is left alone but for one look every few seconds, so that a server that hangs is not waited
for by every visitor.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TypeVar

__all__ = ["Keeper", "Store"]

_LOG = logging.getLogger("ctcrimes")
_REST: Final = 2.0  # seconds without a try after an error
_SAID_AGAIN_AFTER: Final = 60.0  # seconds: a cache that comes and goes does not fill the log
_PATIENCE: Final = 5.0  # seconds for another worker to make a view; then it is made here as well

Answer = TypeVar("Answer")


class Keeper(Protocol):
    """Where text is kept; every method may raise one of ``errors``."""

    where: str
    errors: tuple[type[Exception], ...]

    def read(self, key: str) -> str | None:
        """What was written under the key; null where there is nothing."""
        ...

    def write(self, key: str, text: str) -> None:
        """Keep the text."""
        ...

    def acquire(self, key: str, *, patience: float) -> Callable[[], None] | None:
        """Wait for the key's lock, and return what lets go of it; null after ``patience`` s."""
        ...


class Store:
    """A keeper whose errors end here."""

    def __init__(
        self,
        keeper: Keeper,
        *,
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        on_error: Callable[[], None] = lambda: None,
    ) -> None:
        """Put a guard before a keeper.

        Args:
            keeper: Where the text is kept.
            patience: Seconds to wait for another worker that makes the same view.
            clock: Seconds from any start.
            on_error: Called at every error, said or not.
        """
        self._on_error = on_error
        self._keeper = keeper
        self._patience = patience
        # A full disk can still be read: each way of using the cache is well or not on its own.
        self._reading, self._writing, self._locking = (
            _Health(f"the cache in {keeper.where} cannot be {use}", clock=clock)
            for use in ("read", "written", "locked")
        )

    def get(self, key: str) -> str | None:
        """The text under the key; null where there is none, or it cannot be had."""
        return self._attempt(self._reading, lambda: self._keeper.read(key))

    def set(self, key: str, text: str) -> None:
        """Keep the text, where that is possible."""
        self._attempt(self._writing, lambda: self._keeper.write(key, text))

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Keep other workers from making the same view, for as long as that is possible."""
        acquire = self._keeper.acquire
        release = self._attempt(self._locking, lambda: acquire(key, patience=self._patience))
        try:
            yield
        finally:
            if release is not None:
                self._attempt(self._locking, release)

    def _attempt(self, health: "_Health", use: Callable[[], Answer | None]) -> Answer | None:
        if not health.may_try():
            return None
        try:
            answer = use()
        except self._keeper.errors as error:
            self._on_error()
            health.failed(error)
            return None
        health.worked()
        return answer


class _Health:
    """Whether one way of using the cache works; tells each change once."""

    def __init__(self, complaint: str, *, clock: Callable[[], float]) -> None:
        self._complaint = complaint
        self._clock = clock
        self._well = True
        self._next_try = 0.0
        self._said = -_SAID_AGAIN_AFTER
        self._owes_good_news = False
        self._guard = threading.Lock()

    def may_try(self) -> bool:
        """Whether to use it now; while it is unwell, one caller at a time finds out."""
        if self._well:
            return True
        with self._guard:
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + _REST
            return True

    def failed(self, error: Exception) -> None:
        with self._guard:
            now = self._clock()
            self._next_try = now + _REST
            is_news = self._well and now - self._said >= _SAID_AGAIN_AFTER
            self._well = False
            if is_news:
                self._said = now
                self._owes_good_news = True
        if is_news:
            _LOG.error(
                "%s: pages are slower until it can: %s", self._complaint, error, exc_info=error
            )

    def worked(self) -> None:
        if self._well:
            return
        with self._guard:
            self._well = True
            is_news, self._owes_good_news = self._owes_good_news, False
        if is_news:
            _LOG.warning("well again: %s", self._complaint)
