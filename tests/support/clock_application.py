"""The application under a clock on the wall that a file sets.

The file holds the seconds by which the clock is wrong; it is read at every look at the clock. Only
``time.time`` is changed, which is what the application and its libraries look at: clocks that only
run forward cannot be set on a real machine either. (libfaketime makes Python's ``sleep`` fail.)
"""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ["CLOCK", "server"]

CLOCK = "TEST_CLOCK"
"""Names the file."""

_right_time = time.time


def _wrong_time() -> float:
    return _right_time() + float(Path(os.environ[CLOCK]).read_text() or 0)


time.time = _wrong_time

from webapp.app import create_app  # noqa: E402 - takes the clock as it finds it
from webapp.settings import read_settings  # noqa: E402 - likewise

server: Callable[..., Iterable[bytes]] = create_app(read_settings()).server
