"""The application over HTTP, without a browser."""

import csv
import io
import itertools
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.small_dataset import settings_for, write_small_dataset
from webapp.app import create_app
from webapp.downloads import safe_cell
from webapp.settings import Settings
from webapp.site import Site
from webapp.views.table import Cell

PAGE = {"id": "page", "property": "children"}


def show_page(client: FlaskClient, path: object, search: object = "") -> Any:  # noqa: ANN401 - JSON
    return client.post(
        "/_dash-update-component",
        json={
            "output": "page.children",
            "outputs": PAGE,
            "inputs": [{"id": "location", "property": "pathname", "value": path}],
            "state": [{"id": "location", "property": "search", "value": search}],
            "changedPropIds": ["location.pathname"],
        },
    )


def fill_page(client: FlaskClient, path: object, search: object, *, charts: list[str]) -> Any:  # noqa: ANN401 - JSON
    def wild(kind: str, key: str, prop: str, names: list[str]) -> list[dict[str, object]]:
        return [{"id": {"type": kind, key: name}, "property": prop} for name in names]

    page = "town" if str(path).startswith("/town") else "map"
    return client.post(
        "/_dash-update-component",
        json={
            "output": _fill_output(client),
            "outputs": [
                {"id": "notice", "property": "children"},
                {"id": "tab-title", "property": "data"},
                wild("headline", "page", "children", [page]),
                wild("title", "chart", "children", charts),
                wild("summary", "chart", "children", charts),
                wild("spec", "chart", "data", charts),
                wild("aside", "chart", "children", [charts[0]] if charts else []),
            ],
            "inputs": [{"id": "location", "property": "search", "value": search}],
            "state": [{"id": "location", "property": "pathname", "value": path}],
            "changedPropIds": ["location.search"],
        },
    )


def _fill_output(client: FlaskClient) -> str:
    listed = client.get("/_dash-dependencies").get_json()
    return next(str(each["output"]) for each in listed if "notice.children" in each["output"])


def test_pages_answer_with_their_title_and_description(client: FlaskClient) -> None:
    page = client.get("/town/alder")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert '<html lang="en" data-set="small">' in text
    assert "<title>Alder: reported offences 2024 · CT-Crimes</title>" in text
    assert 'property="og:description" content="Alder police reported 258 offences' in text
    assert text.count("<main") == text.count("<header") == text.count("<footer") == 1
    assert "Simulated" not in text


@pytest.mark.parametrize("path", ["/town/nowhere", "/nothing", "/town/", "/town/alder/more"])
def test_a_page_that_does_not_exist_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    answer = show_page(client, path)
    assert answer.status_code == 200
    assert "There is no such page" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/", "/town/alder", "/health", "/theme.css", "/data/map.csv", "/nothing"]
)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Referrer-Policy" in headers


def test_health_and_ready(client: FlaskClient) -> None:
    assert client.get("/health").get_data(as_text=True) == "OK"
    ready = client.get("/ready").get_json()
    assert (ready["ready"], ready["dataset"], len(ready["dataset_sha256"])) == (True, "small", 64)


@pytest.mark.parametrize(
    ("path", "search"),
    [
        (None, None),
        (7, []),
        ("/town/../etc", "?year=%00"),
        ("/town/alder", {"year": 1}),
        ("\0", "?" * 999),
    ],
)
def test_garbage_in_a_callback_is_no_server_error(
    client: FlaskClient, path: object, search: object
) -> None:
    assert show_page(client, path, search).status_code == 200
    assert fill_page(client, path, search, charts=["map", "no-such-chart"]).status_code == 200


def test_a_filled_page_has_its_parts_and_stays_small(client: FlaskClient) -> None:
    charts = ["months", "days", "kinds", "officers"]
    answer = fill_page(client, "/town/alder", "?year=2031", charts=charts)
    assert len(answer.data) < 60_000
    response = answer.get_json()["response"]
    assert "Year 2031 is not in the data" in json.dumps(response["notice"])
    specs = {json.loads(k)["chart"]: v["data"] for k, v in response.items() if '"spec"' in k}
    assert set(specs) == set(charts)
    assert specs["months"]["layout"]["meta"]["source"].startswith("Source: FBI NIBRS")


def test_two_visitors_do_not_see_each_other(server: Any) -> None:  # noqa: ANN401 - a Flask server
    first, second = server.test_client(), server.test_client()
    wanted = [(first, "/town/alder", "Alder"), (second, "/town/birch", "Birch")] * 3
    for client, path, name in wanted:
        text = fill_page(client, path, "", charts=["months"]).get_data(as_text=True)
        assert f"{name} police reported" in text
        other = "Birch" if name == "Alder" else "Alder"
        assert f"{other} police" not in text


def test_table_csv_is_what_the_page_shows(client: FlaskClient) -> None:
    table = client.get("/data/map.json?year=2024").get_json()
    answer = client.get("/data/map.csv?year=2024")
    assert "attachment" in answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(answer.get_data(as_text=True)))
    assert head[0] == "place"
    assert head[-1] == "source"
    assert len(rows) == len(table["rows"]) == 8
    assert rows[0][:5] == ["Alder", "Southern", "258", "25.8", "'+10\N{NO-BREAK SPACE}%"]
    assert table["links"][0] == "/town/alder"


def test_plain_cells_are_numbers_or_nothing_with_the_reason_beside(client: FlaskClient) -> None:
    table = client.get("/data/map.json?year=2024").get_json()
    answer = client.get("/data/map.csv?year=2024&cells=plain").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(answer)))
    names = list(rows[0])
    assert names[-2:] == ["note", "source"]

    figures = [n for n, (_, kind) in enumerate(table["columns"]) if kind == "number"]
    missing = 0
    for plain, shown in zip(rows, table["rows"], strict=True):
        for n in figures:
            cell = plain[names[n]]
            if isinstance(shown[n], list):
                assert float(cell) == pytest.approx(shown[n][1])
            else:
                assert cell == ""
                assert shown[n] == "\N{EN DASH}" or shown[n] in plain["note"]
                missing += 1
    assert missing > 0
    assert rows[0]["change_on_2023"].startswith("0.1")


@pytest.mark.parametrize("chart", ["months", "days", "kinds", "officers"])
def test_tables_of_a_town(client: FlaskClient, chart: str) -> None:
    table = client.get(f"/data/{chart}.json?place=birch").get_json()
    assert all(len(row) == len(table["columns"]) for row in table["rows"])
    assert "Birch" in table["caption"]
    assert client.get(f"/data/{chart}.csv?place=birch").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/data/months.json",
        "/data/months.json?place=x",
        "/data/no.csv",
        "/geo/x/towns.geojson",
        "/geo/x/state.svg",
    ],
)
def test_what_does_not_exist_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_map_layers_are_kept_forever_and_clockwise(client: FlaskClient, small_site: Site) -> None:
    assert small_site.layers is not None
    for url in (
        small_site.layers.towns,
        small_site.layers.rising,
        small_site.layers.falling,
        small_site.layers.state,
    ):
        answer = client.get(url)
        assert "immutable" in answer.headers["Cache-Control"]
        for feature in json.loads(answer.data)["features"]:
            geometry = feature["geometry"]
            parts = (
                geometry["coordinates"]
                if geometry["type"] == "MultiPolygon"
                else [geometry["coordinates"]]
            )
            assert parts
            for part in parts:
                assert _signed_area(part[0]) < 0, url


def _signed_area(ring: list[list[float]]) -> float:
    pairs = itertools.pairwise(ring)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(text="=1+1"), "'=1+1"),
        (Cell(text="-5"), "'-5"),
        (Cell(text="1,234", value=1234), "1234"),
        (Cell(text="77.9", value=77.9), "77.9"),
        (Cell(text="\N{MINUS SIGN}5 %", value=-0.05), "'-5 %"),
        (Cell(text="Hartford"), "Hartford"),
    ],
)
def test_no_cell_of_a_csv_is_a_formula(cell: Cell, text: str) -> None:
    assert safe_cell(cell) == text


def test_simulated_data_say_so_everywhere(simulated_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(simulated_folder, cache=tmp_path)).server.test_client()
    assert "Simulated incidents." in client.get("/").get_data(as_text=True)
    filled = fill_page(client, "/town/alder", "", charts=["months", "days", "kinds", "officers"])
    response = filled.get_json()["response"]
    for key, value in response.items():
        if '"spec"' in key:
            meta = value["data"]["layout"]["meta"]
            assert "imulated" in meta["title"] + meta["source"], key
    for chart in ("map", "months", "days", "kinds", "officers"):
        text = client.get(f"/data/{chart}.csv?place=alder").get_data(as_text=True)
        assert all("imulated" in line for line in text.splitlines()[1:]), chart
        table = client.get(f"/data/{chart}.json?place=alder").get_json()
        assert "imulated" in table["caption"] + table["source"], chart


def test_a_state_without_a_map_has_a_table(mapless_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(mapless_folder, cache=tmp_path)).server.test_client()
    text = show_page(client, "/").get_data(as_text=True)
    assert '"places"' in text
    assert "plot-map" not in text
    assert len(client.get("/data/map.json").get_json()["rows"]) == 8
    assert show_page(client, "/town/alder").status_code == 200


def test_without_a_dataset_every_page_is_503_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(
        dataset=None, artifacts=tmp_path, cache_dir=tmp_path / "c", log_level="INFO"
    )
    with caplog.at_level(logging.ERROR):
        client = create_app(settings).server.test_client()
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1
    for path in ("/", "/town/alder"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "There is no data to show" in answer.get_data(as_text=True)
    assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == 503


def test_a_damaged_dataset_is_503(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    dataset = write_small_dataset(folder, synthetic=False)
    dataset.path("panel").write_bytes(b"x")
    client = create_app(settings_for(folder, cache=tmp_path / "c")).server.test_client()
    assert client.get("/").status_code == 503
    assert "panel" in client.get("/ready").get_json()["reason"]


def _message(**changes: object) -> dict[str, object]:
    return {
        "output": "page.children",
        "outputs": PAGE,
        "inputs": [{"id": "location", "property": "pathname", "value": "/"}],
        "state": [{"id": "location", "property": "search", "value": ""}],
        "changedPropIds": ["location.pathname"],
        **changes,
    }


@pytest.mark.parametrize(
    "message",
    [
        {},
        [],
        "x",
        1,
        None,
        _message(output="nope.children"),
        _message(output=7),
        _message(output="tab-title.modified_timestamp"),
        _message(inputs=None),
        _message(inputs=[]),
        _message(inputs=[1]),
        _message(inputs=[{}]),
        _message(inputs=[{"id": {}, "property": []}]),
        _message(state=[]),
        _message(outputs=None),
        _message(outputs=[]),
        _message(outputs={"id": "page", "property": "style"}),
        _message(changedPropIds=None),
        _message(changedPropIds=[{}]),
    ],
)
def test_a_message_of_another_shape_is_a_bad_request(client: FlaskClient, message: object) -> None:
    assert client.post("/_dash-update-component", json=message).status_code == 400


@pytest.mark.parametrize("body", [b"\xff\xfe{", b"{", b""])
def test_a_message_that_is_no_json_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_wildcards_of_another_shape_are_a_bad_request(client: FlaskClient) -> None:
    for wrong in ({"id": "x"}, {"id": {"type": "title"}}, {"id": {"type": "x", "chart": "map"}}, 5):
        outputs = [
            {"id": "notice", "property": "children"},
            {"id": "tab-title", "property": "data"},
            [],
            [wrong],
            [],
            [],
            [],
        ]
        message = {
            "output": _fill_output(client),
            "outputs": outputs,
            "inputs": [{"id": "location", "property": "search", "value": ""}],
            "state": [{"id": "location", "property": "pathname", "value": "/"}],
        }
        assert client.post("/_dash-update-component", json=message).status_code == 400


def test_a_dataset_that_is_built_anew_does_not_break_the_running_pages(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    write_small_dataset(folder, synthetic=False)
    client = create_app(settings_for(folder, cache=tmp_path / "c")).server.test_client()
    for file in folder.iterdir():
        file.unlink()
    for path in (
        "/town/alder",
        "/data/days.csv?place=alder&of=larceny",
        "/data/map.json?of=violent",
    ):
        assert client.get(path).status_code == 200


def test_a_fresh_application_knows_its_scripts_before_the_first_visitor(
    small_folder: Path, tmp_path: Path
) -> None:
    app = create_app(settings_for(small_folder, cache=tmp_path))
    assert app.registered_paths["dash"]
