"""gunicorn's settings, for development and deployment alike.

The application is never preloaded: Polars and LightGBM keep thread pools that do not survive a
fork, so each worker opens the dataset for itself.
"""

import os
import sys
from pathlib import Path
from typing import Any

# Requests run beside each other already: threads of LightGBM's and numpy's own would only make them
# wait for one another. Both read this when they are loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

bind = f"0.0.0.0:{os.environ['PORT']}" if "PORT" in os.environ else "127.0.0.1:8050"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = False
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 2000
max_requests_jitter = 200
accesslog = "-"
# The heartbeat file must not wait for a disk; /dev/shm is memory, where there is one.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - no data in it
# No second way in: the control socket would stand in the home folder.
control_socket_disable = True
access_log_format = (
    '%(h)s "%(r)s" %(s)s %(b)s %(M)sms %({x-request-id}o)s'  # status, bytes, milliseconds, request
)


def on_starting(server: Any) -> None:  # noqa: ANN401, ARG001 - gunicorn's name and signature
    """Stop in one line, before any worker starts, where a setting is impossible."""
    from core.errors import SettingsError  # noqa: PLC0415 - loads numpy, see above
    from webapp.settings import read_settings  # noqa: PLC0415 - likewise

    try:
        read_settings()
    except SettingsError as error:
        sys.exit(str(error))
