"""What a worker of a test's cluster does to a task of its: for ``dask worker --preload``.

``CTCRIMES_TEST_FAULT`` says what: while it reads a bundle ``die-once`` (the first worker of all),
``die`` (each), ``wait`` (until the test ends it); while it trains with others
``die-training-once``, ``die-training``. ``CTCRIMES_TEST_MARK`` is a file made when it happens.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any

import lightgbm.dask

import core.parts
from core.nibrs.bundle import Bundle, read_bundle

_READS = "read_bundle"
_TRAINS = "_train_part"
_FAULT = os.environ["CTCRIMES_TEST_FAULT"]
_MARK = Path(os.environ["CTCRIMES_TEST_MARK"])
_train_part = lightgbm.dask._train_part


def _first_of_all() -> bool:
    try:
        _MARK.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _read_or_fail(path: Path) -> Bundle:
    is_first = _first_of_all()
    if _FAULT == "die" or (_FAULT == "die-once" and is_first):
        os.kill(os.getpid(), signal.SIGKILL)
    while _FAULT == "wait":
        time.sleep(0.05)
    return read_bundle(path)


def _train_or_fail(**given: Any) -> Any:  # noqa: ANN401 - as LightGBM's own
    if _FAULT == "die-training" or _first_of_all():
        os.kill(os.getpid(), signal.SIGKILL)
    return _train_part(**given)


if "training" in _FAULT:
    setattr(lightgbm.dask, _TRAINS, _train_or_fail)
else:
    setattr(core.parts, _READS, _read_or_fail)
