"""A Redis of the test run's own, on loopback and a free port, that forgets everything."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.client import Redis
from redis.exceptions import RedisError

__all__ = ["RedisServer", "free_port"]

_HOST = "127.0.0.1"
_PATIENCE = 10.0  # seconds


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """A server that can be killed, frozen and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://{_HOST}:{self.port}/0"
        self.client = Redis(host=_HOST, port=self.port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("no redis-server on the path: the tests with Redis cannot run here")
        command = [program, "--bind", _HOST, "--port", str(self.port), "--save", "",
                   "--appendonly", "no", "--dir", str(self.folder), *options]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own server
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self.client.ping()
            except RedisError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End it as the power would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=_PATIENCE)
            self._process = None

    def freeze(self) -> None:
        """Let it take connections and answer none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A running Redis; a test that needs it carries the marker ``redis``."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.client.close()
    server.kill()
