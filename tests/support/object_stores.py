"""Object stores of the test run's own: one in memory that fails on demand, and S3 on loopback."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from core.storage import Store, parse_address
from tests.support.redis_server import free_port

__all__ = ["FaultyFileSystem", "LocalS3", "faulty_store"]

_HOST = "127.0.0.1"


class FaultyFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec is untyped
    """A store in memory that counts what it is asked, and does something before it answers."""

    cachable = False

    def __init__(self) -> None:
        super().__init__(global_store=False)
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda _: None

    def cat_file(self, path: str, *args: object, **options: object) -> bytes:
        self._ask(f"read {path}")
        content: bytes = super().cat_file(path, *args, **options)
        return content

    def get_file(self, rpath: str, lpath: str, *args: object, **options: object) -> None:
        self._ask(f"fetch {rpath}")
        super().get_file(rpath, lpath, *args, **options)

    def put_file(self, lpath: str, rpath: str, *args: object, **options: object) -> None:
        self._ask(f"put {rpath}")
        super().put_file(lpath, rpath, *args, **options)

    def rm_file(self, path: str) -> None:
        self._ask(f"remove {path}")
        super().rm_file(path)

    def ls(self, path: str, *args: object, **options: object) -> Any:  # noqa: ANN401 - inherited
        self._ask(f"list {path}")
        return super().ls(path, *args, **options)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        self.before(what)


def faulty_store(address: str) -> tuple[Store, FaultyFileSystem]:
    """A store, and what can be done to it."""
    filesystem = FaultyFileSystem()
    return Store(parse_address(address), filesystem=filesystem), filesystem


class LocalS3:
    """A server with the protocol of S3 and one bucket, which can be ended and started again."""

    bucket = "bucket"

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://{_HOST}:{self.port}"
        self._server: Any = None

    @property
    def environment(self) -> dict[str, str]:
        """What a client must know; no file of this machine has a say."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "something",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def start(self) -> None:
        """Listen; what was stored before is there again."""
        from moto.server import ThreadedMotoServer  # noqa: PLC0415 - a second, for few tests

        self._server = ThreadedMotoServer(ip_address=_HOST, port=self.port, verbose=False)
        self._server.start()

    def empty(self) -> None:
        """Forget everything but an empty bucket."""
        self._ask("POST", "/moto-api/reset")
        self._ask("PUT", f"/{self.bucket}")

    def end(self) -> None:
        """Let go of the port."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _ask(self, method: str, path: str) -> None:
        with urlopen(Request(f"{self.url}{path}", method=method), timeout=10):  # noqa: S310 - our own
            pass


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalS3]:
    """A running service that this process and those that it starts use for ``s3://``."""
    server = LocalS3()
    server.start()
    server.empty()
    for name in [name for name in os.environ if name.startswith(("AWS_", "FSSPEC_"))]:
        monkeypatch.delenv(name)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.end()


@pytest.fixture
def memory() -> Iterator[None]:
    """Whatever stands under ``memory://`` is forgotten before and after the test."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
