"""A cache that is broken, full, deleted or slow: pages take longer, and every answer is right."""

import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from core.errors import SettingsError
from tests.support.redis_server import RedisServer
from webapp.cache import ViewCache, open_cache
from webapp.cache_faults import Store
from webapp.cache_files import FileKeeper, JsonFileSystemCache
from webapp.settings import Settings


@dataclass(frozen=True, kw_only=True)
class View:
    number: int


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Broken:
    """A keeper that answers nothing but errors until it is mended."""

    where = "a broken place"
    errors: tuple[type[Exception], ...] = (OSError,)

    def __init__(self) -> None:
        self.asked = 0
        self.mended = False

    def read(self, key: str) -> str | None:
        self._ask(key)
        return None

    def write(self, key: str, text: str) -> None:
        self._ask(key + text)

    def acquire(self, key: str, *, patience: float) -> None:
        self._ask(key * int(patience))

    def _ask(self, key: str) -> None:
        self.asked += 1
        if not self.mended:
            raise OSError(28, f"no space left for {key}")


def settings_of(folder: Path, *, url: str = "") -> Settings:
    return Settings(
        dataset=None, artifacts=folder, cache_dir=folder / "c", log_level="INFO", cache_url=url
    )


def answers(settings: Settings, *, number: int = 1) -> int:
    """What a worker with an empty memory shows."""
    own = ViewCache(open_cache(Flask("test"), settings=settings), version="1")
    return own.get("view", number, as_type=View, compute=lambda: View(number=number)).number


def test_an_error_is_said_once_until_the_cache_is_well_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper, clock = Broken(), Clock()
    store = Store(keeper, clock=clock)
    for _ in range(20):
        store.set("a", "b")
        clock.now += 1.5
    complaints = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(complaints) == 1
    assert "a broken place cannot be written" in complaints[0].getMessage()
    assert complaints[0].exc_info is not None
    keeper.mended = True
    clock.now += 2.0
    store.set("a", "b")
    assert caplog.records[-1].getMessage().startswith("well again: ")


def test_a_cache_that_comes_and_goes_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper, clock = Broken(), Clock()
    store = Store(keeper, clock=clock)
    for _ in range(10):
        keeper.mended = not keeper.mended
        clock.now += 2.5
        store.get("a")
    assert len(caplog.records) <= 2


def test_a_broken_cache_is_left_alone_for_a_while() -> None:
    keeper, clock = Broken(), Clock()
    store = Store(keeper, clock=clock)
    for _ in range(100):
        store.get("a")
    assert keeper.asked == 1
    clock.now += 2.1
    store.get("a")
    store.get("a")
    assert keeper.asked == 2


def test_an_error_inside_a_lock_is_the_callers_own() -> None:
    store = Store(Broken(), clock=Clock())
    with pytest.raises(OSError, match="mine"), store.lock("a"):
        raise OSError("mine")


def test_a_folder_that_is_deleted_is_made_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path)
    own = ViewCache(open_cache(Flask("test"), settings=settings), version="1")
    for number in range(3):
        own.get("view", number, as_type=View, compute=lambda: View(number=1))
        shutil.rmtree(settings.cache_dir)
    own.get("view", 9, as_type=View, compute=lambda: View(number=1))
    assert settings.cache_dir.stat().st_mode & 0o777 == 0o700
    assert len([p for p in settings.cache_dir.iterdir() if not p.name.endswith("cache")]) == 1
    assert not caplog.records


def test_a_file_in_the_place_of_the_folder_slows_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path)
    settings.cache_dir.write_text("not a folder")
    started = time.monotonic()
    assert [answers(settings, number=n) for n in range(5)] == list(range(5))
    assert time.monotonic() - started < 2
    assert "cannot be written" in caplog.text


def test_a_folder_that_cannot_be_written_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inherited code waits up to ten seconds for each file."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    settings = settings_of(tmp_path)
    monkeypatch.setattr("webapp.cache_files.tempfile.mkstemp", refuse)
    started = time.monotonic()
    assert answers(settings) == 1
    assert time.monotonic() - started < 1


def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = JsonFileSystemCache(str(tmp_path / "c"))
    kept.set("a", "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept.serializer, "dump", full)
    with pytest.raises(OSError, match="No space"):
        kept.set("a", "new")
    assert kept.get("a") == "old"
    assert len(list((tmp_path / "c").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\0\0\0", b'\0\0\0\0["a', b"\1\0\0\0[]"])
def test_half_a_file_is_no_file(tmp_path: Path, content: bytes) -> None:
    settings = settings_of(tmp_path)
    assert answers(settings) == 1
    for file in settings.cache_dir.iterdir():
        file.write_bytes(content)
    assert answers(settings) == 1


def test_the_oldest_files_go_when_there_are_too_many(tmp_path: Path) -> None:
    kept = JsonFileSystemCache(str(tmp_path))
    for number in range(20):
        kept.set(str(number), number)
        os.utime(kept._get_filename(str(number)), (number, number))
    (tmp_path / "dead.__wz_cache").write_text("half")
    os.utime(tmp_path / "dead.__wz_cache", (1, 1))
    kept.prune(most=20)
    assert len(list(tmp_path.iterdir())) == 20
    kept.prune(most=10)
    assert [n for n in range(20) if kept.get(str(n)) is not None] == list(range(11, 20))


def test_the_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.cache_files.os.getuid", lambda: 12345)
    with pytest.raises(SettingsError, match="another user; set CTCRIMES_CACHE_DIR"):
        FileKeeper(Flask("test"), folder=tmp_path)


@pytest.mark.redis
def test_a_redis_that_dies_slows_and_one_that_comes_back_is_used(
    redis_server: RedisServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, clock = settings_of(tmp_path, url=redis_server.url), Clock()
    store = open_cache(Flask("test"), settings=settings)
    for health in (store._reading, store._writing, store._locking):
        health._clock = clock
    own = ViewCache(store, version="1")

    def ask(number: int) -> int:
        return own.get("view", number, as_type=View, compute=lambda: View(number=number)).number

    assert ask(1) == 1
    redis_server.kill()
    started = time.monotonic()
    assert [ask(number) for number in range(2, 12)] == list(range(2, 12))
    assert time.monotonic() - started < 2
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) <= 3
    redis_server.start()
    clock.now += 2.1
    assert ask(12) == 12
    assert len(redis_server.client.keys("ctcrimes:view:*")) == 1


@pytest.mark.redis
def test_a_redis_that_hangs_is_not_waited_for(redis_server: RedisServer, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, url=redis_server.url)
    own = ViewCache(open_cache(Flask("test"), settings=settings), version="1")
    redis_server.freeze()
    try:
        started = time.monotonic()
        for number in range(20):
            shown = own.get("view", number, as_type=View, compute=lambda: View(number=1))
            assert shown == View(number=1)
        assert time.monotonic() - started < 4
    finally:
        redis_server.thaw()


@pytest.mark.redis
def test_a_redis_without_room_is_read_and_not_written(
    redis_server: RedisServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path, url=redis_server.url)
    assert answers(settings, number=1) == 1
    redis_server.client.config_set("maxmemory", "1")
    assert [answers(settings, number=n) for n in (1, 2, 3)] == [1, 2, 3]
    assert "cannot be written" in caplog.text
    assert "cannot be read" not in caplog.text


@pytest.mark.redis
def test_a_value_of_another_kind_in_redis_is_no_answer(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, url=redis_server.url)
    answers(settings)
    (key,) = redis_server.client.keys("ctcrimes:view:*")
    redis_server.client.delete(key)
    redis_server.client.lpush(key, "a list")
    assert answers(settings) == 1
