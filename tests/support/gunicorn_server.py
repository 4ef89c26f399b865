"""The application under the shipped settings of gunicorn, to be hurt by tests."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.support.redis_server import free_port

__all__ = ["Gunicorn"]

_ROOT = Path(__file__).resolve().parents[2]
_HOST = "127.0.0.1"
_PATIENCE = 60.0  # seconds
_RECOVERY = 10.0  # seconds


class Gunicorn:
    """A running server; leaving the context ends it."""

    def __init__(
        self,
        *,
        work: Path,
        settings: Mapping[str, str],
        module: str = "wsgi:server",
        options: Sequence[str] = (),
    ) -> None:
        """Prepare a server.

        Args:
            work: Folder of the log.
            settings: Variables of the environment beside those of this process.
            module: The WSGI application.
            options: Further options of gunicorn's command.
        """
        self.port = free_port()
        self.address = f"http://{_HOST}:{self.port}"
        self._log = work / f"gunicorn-{self.port}.log"
        self._arguments = [*options, module]
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CTCRIMES_") and name not in {"PORT", "WEB_CONCURRENCY"}
        } | {"PYTHONPATH": str(_ROOT), **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self._started_in = 0.0

    def __enter__(self) -> Self:
        self.start()
        self._started_in = self.wait_until(lambda: self.status("/health") == 200)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.terminate()
        self.wait()

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text()

    @property
    def recovery(self) -> float:
        """Seconds in which all must be well again: ten, or more on a machine that is busy now.

        A new worker takes about four seconds on a core of its own; how long the first ones took
        tells how much of a core there is.
        """
        return max(_RECOVERY, 2.5 * self._started_in)

    @property
    def master(self) -> int:
        """Process of gunicorn itself."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it on the same port as before."""
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
        command = [*gunicorn, "--bind", f"{_HOST}:{self.port}", "--access-logfile", os.devnull]
        command += self._arguments
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own server
                command, cwd=_ROOT, env=self._environment, stdout=log, stderr=log
            )

    def workers(self) -> list[int]:
        """Processes of its workers."""
        tasks = Path(f"/proc/{self.master}/task").glob("*/children")
        return sorted(int(child) for task in tasks for child in task.read_text().split())

    def reload(self) -> None:
        os.kill(self.master, signal.SIGHUP)

    def terminate(self) -> None:
        assert self._process is not None
        self._process.terminate()

    def wait(self) -> int:
        """Until it has ended; its exit code."""
        assert self._process is not None
        return self._process.wait(timeout=_PATIENCE)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        try:
            with urlopen(f"{self.address}{path}", timeout=_PATIENCE) as answer:  # noqa: S310 - our own
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def status(self, path: str) -> int:
        """Status of an answer; 0 where there is none."""
        try:
            return self.get(path)[0]
        except (URLError, OSError):
            return 0

    def ready(self) -> dict[str, Any]:
        """What ``/ready`` tells."""
        told: dict[str, Any] = json.loads(self.get("/ready")[1])
        return told

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = _PATIENCE) -> float:
        """Seconds until the condition holds; the test fails where it does not."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if condition():
                return time.monotonic() - started
            assert self._process is not None
            if self._process.poll() is not None:
                pytest.fail(f"gunicorn has ended:\n{self.log[-4000:]}")
            time.sleep(0.05)
        pytest.fail(f"not within {seconds} s:\n{self.log[-4000:]}")
