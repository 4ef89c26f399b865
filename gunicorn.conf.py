"""gunicorn's settings, for development and deployment alike.

The application is never preloaded: Polars and LightGBM keep thread pools that do not survive a
fork, so each worker opens the dataset for itself.
"""

import contextlib
import ctypes
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Requests run beside each other already: threads of LightGBM's and numpy's own would only make them
# wait for one another. Both read this when they are loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# glibc gives each thread memory of its own to hand out, and keeps what each has had at its most:
# some 75 MB more for a worker with four threads. Other C libraries have no such setting.
_MOST_ARENAS = -8  # M_ARENA_MAX of malloc.h
_C_LIBRARY = ctypes.CDLL(None)
with contextlib.suppress(AttributeError, OSError):
    _C_LIBRARY.mallopt(_MOST_ARENAS, 2)
# Polars' allocator (jemalloc) gives back at once what it has freed: tables are made at the start,
# and seldom after it.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")

bind = f"0.0.0.0:{os.environ['PORT']}" if "PORT" in os.environ else "127.0.0.1:8050"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = False
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 100_000
max_requests_jitter = 10_000
accesslog = "-"
# The heartbeat file must not wait for a disk; /dev/shm is memory, where there is one.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - no data in it
# No second way in: the control socket would stand in the home folder.
control_socket_disable = True
access_log_format = (
    '%(h)s "%(r)s" %(s)s %(b)s %(M)sms %({x-request-id}o)s'  # status, bytes, milliseconds, request
)

_TRIM_AFTER = 2.0  # seconds
_trimmed = [time.monotonic()]

_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder of the workers' counts, for the library that writes them."""


def on_starting(server: Any) -> None:  # noqa: ANN401 - gunicorn's name and signature
    """Stop in one line, before any worker starts, for a setting or where nothing is to show.

    What lies in object storage is copied by another process: this one must stay without threads.
    """
    from core.errors import SettingsError  # noqa: PLC0415 - loads numpy, see above
    from webapp.settings import read_settings  # noqa: PLC0415 - likewise

    try:
        settings = read_settings()
    except SettingsError as error:
        sys.exit(str(error))
    if settings.is_remote:
        prepare = [sys.executable, "-m", "webapp.preparation"]
        if subprocess.run(prepare, check=False).returncode:  # noqa: S603 - our own module
            sys.exit(1)
    os.environ.pop(_COUNTS, None)
    if settings.metrics:
        # Counts of an earlier start must not be added to: the folder is a new one.
        server.folder_of_counts = tempfile.mkdtemp(prefix="ctcrimes-metrics-")
        os.environ[_COUNTS] = server.folder_of_counts


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401 - gunicorn's name and signature
    """Give the worker the lowest number that is free: the next one goes on with its counts.

    Named after processes, as is customary, the files of counts would pile up with every recycled
    worker.
    """
    taken = {each.number_of_counts for each in server.WORKERS.values()}
    worker.number_of_counts = next(each for each in itertools.count() if each not in taken)


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401, ARG001 - gunicorn's name and signature
    """Count under that number."""
    if _COUNTS in os.environ:
        from prometheus_client import values  # noqa: PLC0415 - chooses its ways by the folder

        values.ValueClass = values.MultiProcessValue(lambda: worker.number_of_counts)


def post_request(worker: Any, request: Any, environ: dict[str, Any], response: Any) -> None:  # noqa: ANN401, ARG001 - gunicorn's name and signature
    """Do not recycle a worker that still shows what a new one could not open; give memory back."""
    if environ.get("ctcrimes.irreplaceable"):
        worker.max_requests = max(worker.max_requests, worker.nr + max_requests)
    # What many figures at once have taken, glibc keeps for good unless it is asked.
    if time.monotonic() - _trimmed[0] > _TRIM_AFTER:
        _trimmed[0] = time.monotonic()
        with contextlib.suppress(AttributeError):
            _C_LIBRARY.malloc_trim(0)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401, ARG001 - gunicorn's name and signature
    """Forget what was true of a worker only while it lived."""
    if _COUNTS in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 - as above

        multiprocess.mark_process_dead(worker.number_of_counts)


def on_exit(server: Any) -> None:  # noqa: ANN401 - gunicorn's name and signature
    """Remove the folder of counts."""
    folder = getattr(server, "folder_of_counts", "")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
