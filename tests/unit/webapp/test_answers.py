"""Answers that are given again are the same bytes, and never older than the data."""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.dataset import MANIFEST_NAME
from tests.support.small_dataset import settings_for, write_small_dataset
from webapp.answers import Answer, Answers
from webapp.app import SiteDash, create_app
from webapp.guard import CALLBACK_PATH
from webapp.logs import REQUEST_ID
from webapp.queries import Queries
from webapp.reopening import IRREPLACEABLE

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def app(tmp_path: Path) -> SiteDash:
    folder = tmp_path / "artifacts" / "small"
    write_small_dataset(folder, synthetic=False)
    app = create_app(replace(settings_for(folder, cache=tmp_path / "cache"), metrics=True))
    assert isinstance(app, SiteDash)
    return app


@pytest.fixture
def client(app: SiteDash) -> FlaskClient:
    made: FlaskClient = app.server.test_client()
    return made


def message(path: str, search: str) -> dict[str, object]:
    """A callback's message that asks for a page."""
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [{"id": "location", "property": "pathname", "value": path}],
        "state": [{"id": "location", "property": "search", "value": search}],
        "changedPropIds": ["location.pathname"],
    }


def counted(client: FlaskClient, source: str) -> float:
    text = client.get("/metrics").get_data(as_text=True)
    name = f'ctcrimes_answers_total{{source="{source}"}} '
    return sum(float(line.removeprefix(name)) for line in text.splitlines() if name in line)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/town/alder?lang=es",
        "/embed/town/alder?chart=months",
        "/data/map.csv",
        "/data/months.json?place=alder",
        "/data/cards.json?of=violent",
        "/_dash-layout",
    ],
)
def test_a_second_answer_is_the_first_one(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    kept = counted(client, "kept")
    second = client.get(address)
    assert first.status_code == second.status_code == 200
    assert second.data == first.data
    ids = {answer.headers[REQUEST_ID] for answer in (first, second)}
    assert len(ids) == 2
    plain = [
        {name: value for name, value in answer.headers if name != REQUEST_ID}
        for answer in (first, second)
    ]
    assert plain[0] == plain[1]
    assert counted(client, "kept") == kept + 1


def test_a_compressed_answer_goes_only_to_who_takes_it(client: FlaskClient) -> None:
    pages = [client.get("/", headers=headers) for headers in (GZIP, {}, GZIP)]
    assert [page.headers.get("Content-Encoding") for page in pages] == ["gzip", None, "gzip"]
    assert pages[0].data == pages[2].data != pages[1].data


def test_callbacks_are_told_apart_by_their_messages(client: FlaskClient) -> None:
    asked = [("/town/alder", ""), ("/town/alder", "?lang=es"), ("/town/birch", ""), ("/", "")]
    first = [client.post(CALLBACK_PATH, json=message(*each)).data for each in asked]
    again = [client.post(CALLBACK_PATH, json=message(*each)).data for each in asked]
    assert again == first
    assert len(set(first)) == len(asked)
    assert counted(client, "kept") == len(asked)


def test_addresses_of_hosts_are_told_apart(client: FlaskClient) -> None:
    for host in ("one.example", "two.example"):
        page = client.get("/", headers={"Host": host}).get_data(as_text=True)
        assert f"http://{host}/" in page


def test_what_fails_is_made_anew(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as broken, caplog.at_level(logging.CRITICAL, logger="ctcrimes"):
        broken.setattr(Queries, "town", fails)
        said = client.post(CALLBACK_PATH, json=message("/town/alder", ""))
        assert "could not be drawn" in said.get_data(as_text=True)
    whole = client.post(CALLBACK_PATH, json=message("/town/alder", "")).get_data(as_text=True)
    assert "could not be drawn" not in whole
    assert "Alder" in whole


@pytest.mark.parametrize("address", ["/nothing", "/data/nothing.csv", "/health", "/ready"])
def test_faults_and_the_state_of_the_server_are_never_kept(
    client: FlaskClient, address: str
) -> None:
    kept = counted(client, "kept")
    client.get(address)
    client.get(address)
    assert counted(client, "kept") == kept


@pytest.mark.parametrize("address", ["/health", "/ready", "/metrics", "/theme.css"])
def test_what_can_never_be_kept_is_not_counted(client: FlaskClient, address: str) -> None:
    made = counted(client, "made")
    client.get(address)
    assert counted(client, "made") == made


def test_an_answer_is_not_older_than_the_data(
    app: SiteDash, client: FlaskClient, tmp_path: Path
) -> None:
    asked = ("/", "/data/map.metadata.json")
    before = [client.get(address).data for address in asked]
    assert [client.get(address).data for address in asked] == before
    kept = counted(client, "kept")
    write_small_dataset(tmp_path / "artifacts" / "small", synthetic=True)
    app.library.look()
    after = [client.get(address).data for address in asked]
    assert b"simulated" in after[0]
    assert json.loads(after[1])["dataset"]["simulated"] is True
    assert counted(client, "kept") == kept


def test_a_kept_answer_tells_too_that_the_worker_cannot_be_replaced(
    app: SiteDash, client: FlaskClient, tmp_path: Path
) -> None:
    manifest = tmp_path / "artifacts" / "small" / MANIFEST_NAME
    manifest.write_text(manifest.read_text()[:100])
    app.library.look()
    environments: list[dict[str, Any]] = []
    server: Any = app.server
    inner = server.wsgi_app

    def noted(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401 - WSGI
        environments.append(environ)
        return inner(environ, start_response)

    server.wsgi_app = noted
    for _ in range(3):
        client.get("/town/alder")
    assert [environ[IRREPLACEABLE] for environ in environments] == [True] * 3


def test_the_least_used_is_let_go_when_the_room_is_full() -> None:
    answers = Answers(most_bytes=300)
    for name in (b"a", b"b", b"c"):
        answers.keep(name, answer=Answer(headers=(), body=name * 100))
    answers.get(b"a")
    answers.keep(b"d", answer=Answer(headers=(("x", "1"),), body=b"d" * 98))
    kept = {name for name in (b"a", b"b", b"c", b"d") if answers.get(name)}
    assert kept == {b"a", b"c", b"d"}


def test_an_answer_that_is_kept_again_counts_once() -> None:
    answers = Answers(most_bytes=300)
    for _ in range(5):
        answers.keep(b"a", answer=Answer(headers=(), body=b"a" * 100))
    answers.keep(b"b", answer=Answer(headers=(), body=b"b" * 200))
    assert all(map(answers.get, (b"a", b"b")))


def test_nothing_is_kept_where_the_setting_says_so(small_folder: Path, tmp_path: Path) -> None:
    settings = replace(settings_for(small_folder, cache=tmp_path), metrics=True, answers_mb=0)
    client = create_app(settings).server.test_client()
    client.get("/")
    client.get("/")
    assert "ctcrimes_answers_total{" not in client.get("/metrics").get_data(as_text=True)
