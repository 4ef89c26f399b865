"""What a worker of a test's cluster does when it reads a bundle: for ``dask worker --preload``.

``CTCRIMES_TEST_FAULT`` says what: ``die-once`` (the first worker of all), ``die`` (each), ``wait``
(until the test ends it). ``CTCRIMES_TEST_MARK`` is a file that is made when it happens.
"""

import os
import signal
import time
from pathlib import Path

import core.parts
from core.nibrs.bundle import Bundle, read_bundle

_READS = "read_bundle"
_FAULT = os.environ["CTCRIMES_TEST_FAULT"]
_MARK = Path(os.environ["CTCRIMES_TEST_MARK"])


def _read_or_fail(path: Path) -> Bundle:
    try:
        _MARK.touch(exist_ok=False)
        is_first = True
    except FileExistsError:
        is_first = False
    if _FAULT == "die" or (_FAULT == "die-once" and is_first):
        os.kill(os.getpid(), signal.SIGKILL)
    while _FAULT == "wait":
        time.sleep(0.05)
    return read_bundle(path)


setattr(core.parts, _READS, _read_or_fail)
