"""The cache of views: scalar keys, one computation at a time, nothing unpickled."""

import pickle
import threading
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask

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


def cache(folder: Path, *, version: str = "1") -> ViewCache:
    settings = Settings(dataset=None, artifacts=folder, cache_dir=folder / "c", log_level="INFO")
    return ViewCache(open_cache(Flask("test"), settings=settings), version=version)


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
def test_a_key_that_is_no_scalar_is_refused(tmp_path: Path, part: object) -> None:
    with pytest.raises(TypeError, match="expected str, int or None"):
        cache(tmp_path).get("view", part, as_type=View, compute=lambda: VIEW)  # type: ignore[arg-type]


def test_kept_over_a_restart_but_not_over_a_version(tmp_path: Path) -> None:
    computed = []

    def compute() -> View:
        computed.append(1)
        return VIEW

    for version in ("1", "1", "2"):
        found = cache(tmp_path, version=version).get("view", "a", as_type=View, compute=compute)
        assert found == VIEW
    assert len(computed) == 2


def test_eight_callers_at_once_compute_once(tmp_path: Path) -> None:
    shared = cache(tmp_path)
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


def test_a_pickle_in_the_folder_is_never_loaded(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (pytest.fail, ("a file of the cache was unpickled",))

    cache(tmp_path).get("view", as_type=View, compute=lambda: VIEW)
    for file in (tmp_path / "c").iterdir():
        file.write_bytes(b"\x00\x00\x00\x00" + pickle.dumps(Bomb()))
    assert cache(tmp_path).get("view", as_type=View, compute=lambda: VIEW) == VIEW
