"""The description of the addresses for programs, held against the routes and the parsers."""

import json
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from webapp.openapi import PARAMETERS, PLACES_TABLE, openapi_document
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES
from webapp.site import Site

_WRITTEN = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
_PER_CHART = ("csv", "json", "metadata.json")


def test_the_written_description_is_the_served_one(client: FlaskClient) -> None:
    served = client.get("/data/openapi.json").get_json()
    assert served == openapi_document(PAGES)
    assert json.loads(_WRITTEN.read_text()) == served, "run 'make openapi' and commit the file"


def test_every_address_for_programs_is_described(server: Any) -> None:  # noqa: ANN401 - a Flask server
    rules = {
        str(rule)
        for rule in server.url_map.iter_rules()
        if str(rule).startswith(("/data", "/health", "/ready"))
    }
    described = set(openapi_document(PAGES)["paths"])
    charts = {PLACES_TABLE, *(chart for page in PAGES for chart in page.charts)}
    by_chart = {f"/data/{chart}.{ending}" for chart in charts for ending in _PER_CHART}
    assert by_chart <= described
    assert {
        "/data/<chart>.<any(csv, json):ending>",
        "/data/<chart>.metadata.json",
        "/data/<path:address>",  # says that there is nothing
        *(described - by_chart),
    } == rules


def test_every_page_with_charts_names_its_parameters() -> None:
    assert {page.name for page in PAGES if page.charts} <= set(PARAMETERS)


def test_a_parameter_that_is_described_is_one_that_the_page_reads(small_site: Site) -> None:
    for page in PAGES:
        for name in PARAMETERS.get(page.name, {}):
            slug = "alder" if page.about_a_place else ""
            visit = Visit(site=small_site, search=f"?{name}=no-such-value", slug=slug)
            assert any("no-such-value" in repair for repair in page.repairs(visit)), (page, name)


def test_metadata_stands_beside_every_table(client: FlaskClient) -> None:
    answer = client.get("/data/months.csv?place=birch&year=2024")
    link = answer.headers["Link"]
    assert link.endswith('; rel="describedby"; type="application/json"')
    found = client.get(link[1 : link.index(">")]).get_json()
    table = client.get(found["json"]).get_json()
    assert found["title"] == table["caption"]
    assert found["rows"] == len(table["rows"])
    assert [column["label"] for column in found["columns"]] == [c[0] for c in table["columns"]]
    header = answer.get_data(as_text=True).splitlines()[0].split(",")
    assert [*(column["name"] for column in found["columns"]), "source"] == header
    assert client.get(found["csv"]).get_data() == answer.get_data()
    assert found["dataset"]["sha256"][:12] in found["citation"]
    assert client.get("/data/no.metadata.json").status_code == 404
