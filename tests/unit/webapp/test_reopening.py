"""A server whose dataset cannot be opened."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from core.dataset import MANIFEST_NAME
from tests.support.small_dataset import settings_for, write_small_dataset
from webapp.app import create_app
from webapp.reopening import Reopening


def answering(word: bytes) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    return lambda _environ, _start: [word]


def test_a_closed_server_looks_now_and_then_until_it_is_open() -> None:
    now, found, looks = [0.0], [False], []

    def reopen() -> Any:  # noqa: ANN401 - an application or null
        looks.append(now[0])
        return answering(b"open") if found[0] else None

    server = Reopening(answering(b"closed"), reopen=reopen, clock=lambda: now[0])

    def answer() -> Any:  # noqa: ANN401 - the body
        return server({}, lambda: None)

    for now[0] in (0.5, 1.9, 2.0, 3.0):
        assert answer() == [b"closed"]
    found[0], now[0] = True, 4.5
    assert answer() == [b"open"]
    now[0] = 99.0
    assert answer() == [b"open"]
    assert looks == [2.0, 4.5]


def test_a_dataset_that_is_mended_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.reopening._LOOK_AFTER", 0.0)
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / MANIFEST_NAME).write_text("{")
    client = create_app(settings_for(folder, cache=tmp_path / "c")).server.test_client()
    assert client.get("/town/alder").status_code == 503
    assert client.get("/ready").status_code == 503
    write_small_dataset(folder, synthetic=False)
    assert client.get("/ready").get_json()["dataset"] == "small"
    assert client.get("/town/alder").status_code == 200
    assert client.get("/data/map.csv").status_code == 200
