"""Whatever is sent: no server error, no traceback, nothing of another visitor.

``CTCRIMES_HOSTILE_REQUESTS=10000`` sends that many instead of the few that the suite sends.
"""

import itertools
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.openapi import PARAMETERS
from webapp.pages.router import PAGES

_IN_ALL: Final = int(os.environ.get("CTCRIMES_HOSTILE_REQUESTS", "400"))
_TESTS: Final = 4
_CALLBACK: Final = "/_dash-update-component"
_KEYS: Final = sorted({key for of_page in PARAMETERS.values() for key in of_page} | {
    "data", "lang", "place", "v", "town", "theme", "utm_source",
})  # fmt: skip
_CHARTS: Final = sorted({chart for page in PAGES for chart in page.charts})
_markers = itertools.count()

hostile = settings(
    max_examples=_IN_ALL // _TESTS,
    derandomize=_IN_ALL <= 400,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

_ODD = st.sampled_from(
    [
        "", "\0", "%00", "..", "../" * 9, "'", '"', "<script>", "{{7*7}}", "${jndi:x}", "-1", "0",
        "9" * 400, "1e999", "NaN", "Infinity", "null", "undefined", "true", "[]", "{}", "[object]",
        "2024-02-30", "0000-00-00", "9999-12-31", "2024-01-01T00:00:00Z", "alder", "birch,alder",
        ",".join(["alder"] * 200), "all", "2024", "٢٠٢٤", "\u202e", "\ufeff", "é" * 300, "\r\nX: y",
        "x" * 3000,
    ]
)  # fmt: skip
_TEXT = _ODD | st.text(max_size=30)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
_QUERY = st.lists(st.tuples(st.sampled_from(_KEYS) | _TEXT, _TEXT), max_size=6)
_PATH = st.sampled_from(
    ["/", "/compare", "/risk", "/officers", "/methods", "/town/alder", "/town/cedar", "/forecast",
     "/embed/town/alder", "/embed", "/town/", "/data/search.json", "/data/cards.json", "/ready"]
) | st.builds("/data/{}.{}".format, st.sampled_from(_CHARTS) | _TEXT.map(quote),
              st.sampled_from(["csv", "json", "metadata.json", "exe"]))  # fmt: skip


@pytest.fixture(scope="module")
def problems() -> Iterator[list[str]]:
    """What the application calls an error in its log."""
    said: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    handler = Kept(level=logging.ERROR)
    logging.getLogger("ctcrimes").addHandler(handler)
    yield said
    logging.getLogger("ctcrimes").removeHandler(handler)


@pytest.fixture(scope="module")
def client(
    forecast_folder: Path, tmp_path_factory: pytest.TempPathFactory, problems: list[str]
) -> FlaskClient:
    """The application with everything in it that a dataset can have."""
    assert problems == []
    given_settings = settings_for(forecast_folder, cache=tmp_path_factory.mktemp("cache"))
    made: FlaskClient = create_app(given_settings).server.test_client()
    return made


@pytest.fixture(scope="module")
def judge(problems: list[str]) -> Callable[[Any], str]:
    """Look at an answer, and give its text."""

    def look(answer: Any) -> str:  # noqa: ANN401 - Flask's answer
        text: str = answer.get_data().decode("utf-8", "replace")
        told, problems[:] = problems[:], []
        assert told == []
        assert answer.status_code < 500, text[:500]
        assert "Traceback" not in text
        return text

    return look


@hostile
@given(path=_PATH, query=_QUERY, odd=_TEXT)
def test_addresses(
    client: FlaskClient,
    judge: Callable[[Any], str],
    path: str,
    query: list[tuple[str, str]],
    odd: str,
) -> None:
    number = next(_markers)
    marked = [*query, ("of", f"visitor-{number}-{odd}")]
    text = judge(client.get(path, query_string=_url_encoded(marked)))
    assert f"visitor-{number - 1}-" not in text


@hostile
@given(path=st.binary(max_size=40), query=st.binary(max_size=60), name=_TEXT, value=_TEXT)
def test_raw_bytes(
    client: FlaskClient,
    judge: Callable[[Any], str],
    path: bytes,
    query: bytes,
    name: str,
    value: str,
) -> None:
    environ = {
        "PATH_INFO": "/" + path.decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "HTTP_" + "".join(c for c in name.upper() if c.isascii() and c.isalnum()): value,
        "HTTP_ACCEPT_ENCODING": value,
        "HTTP_HOST": "localhost",
    }
    judge(client.get("/", environ_overrides=environ))


@hostile
@given(path=_JSON, search=_JSON, extra=_JSON, charts=st.lists(st.sampled_from(_CHARTS) | _TEXT))
def test_values_of_callbacks(
    client: FlaskClient,
    judge: Callable[[Any], str],
    path: object,
    search: object,
    extra: object,
    charts: list[str],
) -> None:
    number = next(_markers)
    if isinstance(search, str):
        search = f"?of=visitor-{number}-&{search}"
    for message in (
        _showing(path, search, extra=extra),
        _filling(client, path, search, charts=charts),
    ):
        body = json.dumps(message).encode()[: 60 * 1024]
        text = judge(client.post(_CALLBACK, data=body, content_type="application/json"))
        assert f"visitor-{number - 1}-" not in text


@hostile
@given(
    part=st.sampled_from(["output", "outputs", "inputs", "state", "changedPropIds", "new"]),
    value=_JSON,
    inside=st.booleans(),
    kind=st.sampled_from(["application/json", "text/plain", "", "multipart/form-data"]),
)
def test_shapes_of_callbacks(
    client: FlaskClient,
    judge: Callable[[Any], str],
    part: str,
    value: object,
    inside: bool,  # noqa: FBT001 - hypothesis gives it
    kind: str,
) -> None:
    message = _showing("/", "", extra=None)
    if inside and isinstance(message.get(part), list):
        message[part] = [value]
    else:
        message[part] = value
    judge(client.post(_CALLBACK, data=json.dumps(message).encode(), content_type=kind))


def _url_encoded(pairs: list[tuple[str, str]]) -> str:
    from urllib.parse import quote_from_bytes  # noqa: PLC0415 - only here

    def encoded(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{encoded(key)}={encoded(value)}" for key, value in pairs)


def _showing(path: object, search: object, *, extra: object) -> dict[str, Any]:
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [{"id": "location", "property": "pathname", "value": path, "extra": extra}],
        "state": [{"id": "location", "property": "search", "value": search}],
        "changedPropIds": ["location.pathname"],
    }


def _filling(
    client: FlaskClient, path: object, search: object, *, charts: list[str]
) -> dict[str, Any]:
    listed = client.get("/_dash-dependencies").get_json()
    output = next(each["output"] for each in listed if "notice.children" in each["output"])

    def wild(kind: str, prop: str) -> list[dict[str, object]]:
        return [{"id": {"type": kind, "chart": name}, "property": prop} for name in charts]

    return {
        "output": output,
        "outputs": [
            {"id": "notice", "property": "children"},
            {"id": "tab-title", "property": "data"},
            [],
            wild("title", "children"),
            wild("summary", "children"),
            wild("spec", "data"),
            wild("aside", "children"),
        ],
        "inputs": [{"id": "location", "property": "search", "value": search}],
        "state": [{"id": "location", "property": "pathname", "value": path}],
        "changedPropIds": ["location.search"],
    }
