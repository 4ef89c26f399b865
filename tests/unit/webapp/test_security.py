"""Doors that the threat model names, tried from outside."""

import csv
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.downloads import safe_cell, table_csv
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES
from webapp.site import Site
from webapp.views.table import Cell

_ROOT = Path(__file__).resolve().parents[3]
_CALLBACK = "/_dash-update-component"
_LARGEST_BODY = 64 * 1024
_FORMULA = (*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize(
    "start",
    [
        "/assets/",
        "/assets/topojson/",
        "/data/",
        "/geo/",
        "/town/",
        "/embed/town/",
        "/_dash-component-suites/dash/",
        "/_dash-component-suites/plotly/",
        "/_favicon.ico/",
        "/",
    ],
)
@pytest.mark.parametrize(
    "step", ["../", "..%2f", "%2e%2e/", "..%5c", "....//", "%252e%252e%252f", "..%00/", "/"]
)
def test_no_address_leads_to_a_file_that_is_not_served(
    client: FlaskClient, start: str, step: str
) -> None:
    for target in ("etc/passwd", "pyproject.toml", "webapp/app.py", "artifacts/x/manifest.json"):
        answer = client.get(f"{start}{step * 6}{target}")
        text = answer.get_data(as_text=True)
        assert answer.status_code in (400, 403, 404, 308), answer.status_code
        for content in ("root:", "[project]", "create_app", "schema_version", str(_ROOT)):
            assert content not in text


@pytest.mark.parametrize("parameter", ["data", "place", "towns", "lang", "v", "scope"])
def test_no_parameter_leads_to_a_file(
    client: FlaskClient, parameter: str, tmp_path: Path, small_folder: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a secret")
    for value in (
        str(secret),
        f"../../{secret}",
        f"file://{secret}",
        str(small_folder),
        f"../{small_folder.parent.name}/{small_folder.name}",
    ):
        for path in ("/data/map.csv", "/data/months.json", "/town/alder", "/compare"):
            answer = client.get(path, query_string={parameter: value})
            assert answer.status_code in (200, 404)
            assert b"a secret" not in answer.data
            assert b"Traceback" not in answer.data


@pytest.mark.parametrize("size", [_LARGEST_BODY + 1, 10 * _LARGEST_BODY])
def test_a_body_beyond_the_bound_is_refused_before_it_is_read(
    client: FlaskClient, size: int
) -> None:
    answer = client.post(_CALLBACK, data=b"[" * size, content_type="application/json")
    assert answer.status_code in (400, 413)
    for path in ("/", "/data/map.csv", "/health"):
        assert client.post(path, data=b"x" * size).status_code in (405, 413)


def test_a_body_that_nests_deeply_is_no_server_error(client: FlaskClient) -> None:
    for opening in (b"[", b'{"a":'):
        body = opening * (_LARGEST_BODY // len(opening) - 1)
        answer = client.post(_CALLBACK, data=body, content_type="application/json")
        assert answer.status_code == 400
    closed = b"[" * 30_000 + b"]" * 30_000
    answer = client.post(_CALLBACK, data=closed, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_nothing_is_changed_by_any_method(client: FlaskClient, method: str) -> None:
    for path in ("/", "/data/map.csv", "/health", "/assets/site.css", _CALLBACK):
        assert client.open(path, method=method).status_code == 405


@pytest.mark.parametrize("host", ['evil"><script>alert(1)</script>', "a b", "x'onload='y", "\x7f"])
def test_a_host_that_is_none_stays_out_of_the_page(client: FlaskClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("key", ["of", "year", "towns", "data", "lang", "measure"])
def test_a_value_in_a_page_is_text_and_never_markup(client: FlaskClient, key: str) -> None:
    value = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    for path in ("/", "/town/alder", "/compare", "/embed/town/alder", f"/town/{value}"):
        text = client.get(path, query_string={key: value}).get_data(as_text=True)
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_answers_to_everybody_hold_no_cookie_and_no_server_name(client: FlaskClient) -> None:
    for path in ("/", "/data/map.csv", "/health", "/nothing"):
        headers = client.get(path).headers
        assert "Set-Cookie" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "X-Powered-By" not in headers


def test_only_embedded_charts_may_be_framed_by_others(client: FlaskClient) -> None:
    for path, framed in (("/", False), ("/embed/town/alder", True), ("/embedded", False)):
        headers = client.get(path).headers
        assert ("frame-ancestors *" in headers["Content-Security-Policy"]) is framed
        assert ("X-Frame-Options" in headers) is not framed


def test_a_failure_of_ours_is_told_without_its_reason(
    small_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = create_app(settings_for(small_folder, cache=tmp_path)).server

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret reason")

    monkeypatch.setattr("webapp.downloads._csv_response", fail)
    answer = server.test_client().get("/data/map.csv")
    assert answer.status_code == 500
    assert b"secret" not in answer.data
    assert b"Traceback" not in answer.data
    assert "a secret reason" in caplog.text


@given(
    st.text(max_size=20) | st.sampled_from(_FORMULA).map("{}1+1".format),
    st.sampled_from([None, 1.0]),
)
def test_no_text_becomes_a_formula(text: str, value: float | None) -> None:
    shown = safe_cell(Cell(text=text, value=value))
    assert not shown.startswith(_FORMULA)


def test_no_cell_of_any_chart_becomes_a_formula(small_site: Site) -> None:
    for page in PAGES:
        slug = "alder" if page.about_a_place else ""
        for name, chart in page.charts.items():
            view = chart.table(Visit(site=small_site, slug=slug))
            if view is None:
                continue
            for row in csv.reader(io.StringIO(table_csv(view))):
                for cell in row:
                    assert not cell.startswith(_FORMULA), (name, cell)
