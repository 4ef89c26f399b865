"""Every failure below ``/data`` and ``/geo`` has one shape; pages fail in words of their own."""

import json
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.failures import PROBLEM
from webapp.settings import Settings

LONG = "x" * 5_000


def detail_of(answer: TestResponse, *, status: int) -> str:
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.get_data())
    assert {name: told[name] for name in ("type", "title", "status")} == {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    assert set(told) == {"type", "title", "status", "detail"}
    detail = told["detail"]
    assert isinstance(detail, str)
    return detail


@pytest.mark.parametrize("ending", ["csv", "json", "metadata.json"])
@pytest.mark.parametrize(
    ("table", "query", "expected"),
    [
        ("no", "", "There is no table “no”; /data/openapi.json lists all."),
        ("months", "", "This table is about one place: add “place=”"),
        ("months", "?place=nowhere", "There is no place “nowhere” here; /data/search.json"),
        ("map", "?data=other", "There is no dataset “other” here, only small."),
        ("no", "?lang=es", "No hay ninguna tabla «no»"),
    ],
)
def test_what_is_missing_is_named_with_the_place_to_look(
    client: FlaskClient, table: str, query: str, expected: str, ending: str
) -> None:
    answer = client.get(f"/data/{table}.{ending}{query}")
    assert detail_of(answer, status=404).startswith(expected)


@pytest.mark.parametrize("path", ["/data/no", "/data/map.xml", "/data/a/b/c.json", "/data/no.csv/"])
def test_an_address_of_data_that_no_table_has(client: FlaskClient, path: str) -> None:
    detail = detail_of(client.get(path), status=404)
    assert path.removeprefix("/data/") in detail
    assert "/data/openapi.json" in detail


@pytest.mark.parametrize("path", ["/geo/x/towns.geojson", "/geo/x/state.svg"])
def test_a_map_that_is_gone(client: FlaskClient, path: str) -> None:
    assert "reload the page" in detail_of(client.get(path), status=404)


@pytest.mark.parametrize(
    "path", [f"/data/{LONG}.csv", f"/data/months.csv?place={LONG}", f"/data/map.csv?data={LONG}"]
)
def test_what_was_asked_for_is_not_repeated_at_length(client: FlaskClient, path: str) -> None:
    assert len(detail_of(client.get(path), status=404)) < 300


def test_data_can_only_be_read(client: FlaskClient) -> None:
    answer = client.post("/data/map.csv")
    assert "ask with GET" in detail_of(answer, status=405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_mistake_of_ours_is_told_in_the_same_shape(
    server: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setitem(server.view_functions, "search", broken)
    detail = detail_of(client.get("/data/search.json"), status=500)
    assert detail == "This could not be made. Try again later."


def test_too_many_questions(small_folder: Path, tmp_path: Path) -> None:
    settings = replace(settings_for(small_folder, cache=tmp_path), rate_limit="1/day")
    client = create_app(settings).server.test_client()
    client.get("/data/map.csv")
    answer = client.get("/data/map.csv")
    assert answer.headers["Retry-After"] in detail_of(answer, status=429)


def test_no_dataset(tmp_path: Path) -> None:
    settings = Settings(
        dataset=None, artifacts=tmp_path, cache_dir=tmp_path / "c", log_level="INFO"
    )
    client = create_app(settings).server.test_client()
    for path in ("/data/map.csv", "/geo/x/towns.geojson"):
        assert "could not be opened" in detail_of(client.get(path), status=503)


@pytest.mark.parametrize("path", ["/no", "/town/nowhere", "/embed/no"])
def test_a_page_that_is_missing_stays_a_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
