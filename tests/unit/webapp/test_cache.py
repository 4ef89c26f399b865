"""The cache of views, in a folder and in Redis alike: scalar keys, one computation at a time."""

import multiprocessing
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.redis_server import RedisServer
from webapp.cache import ViewCache, open_cache
from webapp.codec import decode, encode
from webapp.settings import Settings


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Inner:
    when: date
    share: float | None


@dataclass(frozen=True, kw_only=True)
class View:
    name: str
    colour: Colour
    numbers: tuple[int | None, ...]
    rows: tuple[Inner, ...]
    ready: bool


VIEW = View(
    name="Höhe",
    colour=Colour.RED,
    numbers=(1, None, 3),
    rows=(Inner(when=date(2024, 2, 29), share=0.5), Inner(when=date(2023, 1, 1), share=None)),
    ready=True,
)


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with each kind of cache."""
    given = Settings(dataset=None, artifacts=tmp_path, cache_dir=tmp_path / "c", log_level="INFO")
    if request.param == "files":
        return given
    return replace(given, cache_url=request.getfixturevalue("redis_server").url)


def cache(settings: Settings, *, version: str = "1") -> ViewCache:
    """A cache as a worker has it: its own memory, the same folder or Redis."""
    return ViewCache(open_cache(Flask("test"), settings=settings), version=version)


def never() -> Any:  # noqa: ANN401 - it gives nothing
    pytest.fail("computed although it was kept")


def test_codec_round_trip() -> None:
    assert decode(encode(VIEW), as_type=View) == VIEW


@pytest.mark.parametrize(
    "text", ["{}", "[]", '["a","red",[1],[],1]', '["a","blue",[],[],true]', "no"]
)
def test_codec_refuses_what_it_did_not_write(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode(text, as_type=View)


def test_codec_refuses_what_it_cannot_keep() -> None:
    with pytest.raises(TypeError, match="list"):
        encode([1])
    with pytest.raises(ValueError, match="JSON"):
        encode((float("nan"),))


@pytest.mark.parametrize("part", [(1, 2), [1], {"a": 1}, 1.5, object()])
def test_a_key_that_is_no_scalar_is_refused(settings: Settings, part: object) -> None:
    with pytest.raises(TypeError, match="expected str, int or None"):
        cache(settings).get("view", part, as_type=View, compute=lambda: VIEW)  # type: ignore[arg-type]


def test_kept_over_a_restart_but_not_over_a_version(settings: Settings) -> None:
    computed = []

    def compute() -> View:
        computed.append(1)
        return VIEW

    for version in ("1", "1", "2"):
        found = cache(settings, version=version).get("view", "a", as_type=View, compute=compute)
        assert found == VIEW
    assert len(computed) == 2


def test_eight_callers_at_once_compute_once(settings: Settings) -> None:
    shared = cache(settings)
    computed = []
    gate = threading.Barrier(8)

    def compute() -> View:
        computed.append(1)
        return VIEW

    def ask() -> None:
        gate.wait()
        shared.get("view", 1, as_type=View, compute=compute)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(computed) == 1


def _ask_in_a_process(settings: Settings, gate: Any, traces: Path) -> None:  # noqa: ANN401 - a barrier
    def compute() -> View:
        (traces / f"{multiprocessing.current_process().pid}").touch()
        time.sleep(0.2)
        return VIEW

    own = cache(settings)
    gate.wait()
    assert own.get("view", 1, as_type=View, compute=compute) == VIEW


def test_four_processes_at_once_compute_once(settings: Settings, tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    gate, traces = spawning.Barrier(4), tmp_path / "traces"
    traces.mkdir()
    processes = [
        spawning.Process(target=_ask_in_a_process, args=(settings, gate, traces)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert len(list(traces.iterdir())) == 1


def _hold_for_ever(settings: Settings, holding: Any) -> None:  # noqa: ANN401 - an event
    def compute() -> View:
        holding.set()
        time.sleep(3600)
        return VIEW

    cache(settings).get("view", as_type=View, compute=compute)


def test_a_dead_worker_holds_no_lock_for_ever(settings: Settings) -> None:
    spawning = multiprocessing.get_context("spawn")
    holding = spawning.Event()
    process = spawning.Process(target=_hold_for_ever, args=(settings, holding))
    process.start()
    assert holding.wait(timeout=30)
    process.kill()
    process.join()
    started = time.monotonic()
    assert cache(settings).get("view", as_type=View, compute=lambda: VIEW) == VIEW
    assert time.monotonic() - started < 8


def test_a_view_that_cannot_be_made_lets_go_of_its_lock(settings: Settings) -> None:
    def fail() -> View:
        raise OSError("a file of the dataset is gone")

    for each in (cache(settings), cache(settings)):
        with pytest.raises(OSError, match="of the dataset"):
            each.get("view", as_type=View, compute=fail)
    started = time.monotonic()
    assert cache(settings).get("view", as_type=View, compute=lambda: VIEW) == VIEW
    assert time.monotonic() - started < 2


def test_one_view_made_from_another_does_not_wait_for_itself(settings: Settings) -> None:
    own = cache(settings)

    def inner() -> View:
        return own.get("inner", as_type=View, compute=lambda: VIEW)

    assert own.get("outer", as_type=View, compute=inner) == VIEW


def test_locks_of_views_that_were_made_are_not_kept(settings: Settings) -> None:
    own = cache(settings)
    for number in range(50):
        own.get("view", number, as_type=View, compute=lambda: VIEW)
    assert own._locks._wanted == {}


class Bomb:
    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        return (never, ())


def test_a_pickle_in_the_folder_is_never_loaded(tmp_path: Path) -> None:
    settings = Settings(
        dataset=None, artifacts=tmp_path, cache_dir=tmp_path / "c", log_level="INFO"
    )
    cache(settings).get("view", as_type=View, compute=lambda: VIEW)
    for file in (tmp_path / "c").iterdir():
        file.write_bytes(b"\x00\x00\x00\x00" + pickle.dumps(Bomb()))
    assert cache(settings).get("view", as_type=View, compute=lambda: VIEW) == VIEW


@pytest.mark.redis
@pytest.mark.parametrize("prefix", [b"", b"!"])  # cachelib marks pickles in Redis with a "!"
def test_a_pickle_in_redis_is_never_loaded(
    redis_server: RedisServer, tmp_path: Path, prefix: bytes
) -> None:
    settings = Settings(
        dataset=None,
        artifacts=tmp_path,
        cache_dir=tmp_path / "c",
        log_level="INFO",
        cache_url=redis_server.url,
    )
    cache(settings).get("view", as_type=View, compute=lambda: VIEW)
    (key,) = redis_server.client.keys("ctcrimes:view:*")
    redis_server.client.set(key, prefix + pickle.dumps(Bomb()))
    assert cache(settings).get("view", as_type=View, compute=lambda: VIEW) == VIEW
    assert not (tmp_path / "c").exists()
    assert 0 < redis_server.client.ttl(key) <= 7 * 24 * 3600
