"""What a server does while its dataset on disk cannot be opened.

A worker that has the old version in memory goes on with it, and asks gunicorn not to replace it by
one that would have nothing to show. A worker that has nothing looks whether there is a dataset now.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Flask, request

from webapp.library import Library

__all__ = ["IRREPLACEABLE", "Reopening", "register_reopening"]

IRREPLACEABLE: Final = "ctcrimes.irreplaceable"
"""Key of the WSGI environment: whether a new worker could not show what this one shows."""

_LOG = logging.getLogger("ctcrimes")
_LOOK_AFTER: Final = 2.0  # seconds

_Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def register_reopening(server: Flask, *, library: Library) -> None:
    """Tell gunicorn's hook with every request whether this worker may be replaced."""

    @server.before_request
    def tell() -> None:
        request.environ[IRREPLACEABLE] = bool(library.refused)


class Reopening:
    """A WSGI application that becomes another one as soon as there is something to show."""

    def __init__(
        self,
        closed: _Application,
        *,
        reopen: Callable[[], _Application | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Answer with ``closed`` at first.

        Args:
            closed: Says that there is nothing to show.
            reopen: Gives the application that has something to show, or null.
            clock: Seconds from any start.
        """
        self._application = closed
        self._reopen = reopen
        self._clock = clock
        self._is_open = False
        self._looked = clock()
        self._guard = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request, after a look where one is due."""
        if not self._is_open and self._guard.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._guard.release()
        return self._application(environ, start_response)

    def _look(self) -> None:
        now = self._clock()
        if self._is_open or now - self._looked < _LOOK_AFTER:
            return
        self._looked = now
        application = self._reopen()
        if application is not None:
            self._application = application
            self._is_open = True
            _LOG.warning("there is a dataset to show now")
