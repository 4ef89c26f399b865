"""docs/api.md says which addresses and parameters there are: all of them, and no others."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.language import Language
from webapp.openapi import PARAMETERS, PLACES_TABLE, openapi_document
from webapp.pages.embed import EMBED_PREFIX, embed_repairs
from webapp.pages.parts import PageKind, Visit
from webapp.pages.router import PAGES
from webapp.site import Site
from webapp.urlstate import DAYS_LAST_6, DAYS_LAST_12, MAP_KEYS, TOWN_KEYS, parse_search, values
from webapp.urlstate.compare import parse_compare
from webapp.urlstate.officers import parse_officers
from webapp.urlstate.risk import ALL_YEARS, ANY_HOUR, parse_risk

_ROOT = Path(__file__).parents[2]
_TEXT = (_ROOT / "docs" / "api.md").read_text(encoding="utf-8")
_EVERYWHERE = "every page, every table"
_EXAMPLES = {"TABLE": "map", "DIGEST": "0123456789ab", "LAYER": "towns", "FEATURE": "0912345"}
_LONG_LIST = 8  # values that a document need not repeat one by one
_WORDS_BESIDE_NUMBERS = {
    ("town", "days"): {DAYS_LAST_12, DAYS_LAST_6},
    ("risk", "hour"): {ANY_HOUR},
    ("risk", "year"): {ALL_YEARS},
}

_ARGUMENT = re.compile(r'request\.args\.get\("(\w+)"')
_HASH_OF_AN_ASSET = "v"

_PAGE_ADDRESSES = ("/", "/<path:path>")
_OF_THE_PAGES = ("/_dash-", "/_favicon.ico", "/_reload-hash", "/assets/", "/bootstrap.css")
"""What a browser fetches to draw a page, and no figure stands in."""


def table_of(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = re.split(rf"^#+ {heading}$", _TEXT, flags=re.MULTILINE)[1]
    rows = re.split(r"^#+ ", section, flags=re.MULTILINE)[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if "|" in row]
    return cells[2:]


def code_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def documented_parameters() -> dict[str, set[str]]:
    """For each page, or what else stands there, the parameters that the document gives it."""
    found: dict[str, set[str]] = {}
    for name, where, *_ in table_of("Parameters"):
        places = [where] if where == _EVERYWHERE else where.split(", ")
        for place in places:
            found.setdefault(place, set()).update(code_in(name))
    return found


class _Noted(dict[str, str]):
    """The values of a query string; tells which were asked for."""

    asked: set[str]

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as dict has it
        self.asked.add(key)
        return super().get(key, default)


@pytest.fixture(scope="module")
def server(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    given = settings_for(small_folder, cache=tmp_path_factory.mktemp("cache"))
    made: Flask = create_app(replace(given, metrics=True)).server
    return made


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every name that a parser looks for in a query string."""
    asked: set[str] = set()
    split = values._split

    def noted(search: object) -> _Noted:
        found = _Noted(split(search))
        found.asked = asked
        return found

    monkeypatch.setattr(values, "_split", noted)
    return asked


def visit_of(page: PageKind, *, site: Site, search: str = "") -> Visit:
    return Visit(site=site, search=search, slug="alder" if page.about_a_place else "")


def read_by(page: PageKind, *, site: Site, names: set[str]) -> set[str]:
    """The parameters whose impossible value the page mends."""
    return {
        name
        for name in names
        if any(
            "no-such-value" in repair
            for repair in page.repairs(visit_of(page, site=site, search=f"?{name}=no-such-value"))
        )
    }


def test_every_parameter_that_a_parser_looks_for_is_documented_and_no_other(
    looked_up: set[str], server: Flask, small_site: Site
) -> None:
    for page in PAGES:
        visit = visit_of(page, site=small_site)
        page.layout(visit)
        page.repairs(visit)
        if page.charts:
            embed_repairs(page, visit)
        for chart in page.charts.values():
            chart.table(visit)
    server.test_client().get("/")  # the dataset and the language are read on the way to a page
    modules = [path.read_text(encoding="utf-8") for path in (_ROOT / "webapp").rglob("*.py")]
    of_flask = {name for text in modules for name in _ARGUMENT.findall(text)} - {_HASH_OF_AN_ASSET}

    assert set().union(*documented_parameters().values()) == looked_up | of_flask


def test_every_page_has_the_parameters_that_it_reads(looked_up: set[str], small_site: Site) -> None:
    for page in PAGES:
        page.repairs(visit_of(page, site=small_site))
    read = {page.name: read_by(page, site=small_site, names=looked_up) for page in PAGES}
    # One parser serves both: each page writes, and leaves in a link, what it shows.
    assert read["map"] == read["town"] == {*MAP_KEYS, *TOWN_KEYS}
    expected = {**read, "map": {*MAP_KEYS}, "town": {*TOWN_KEYS}}

    documented = documented_parameters()
    assert {page.name: documented.get(page.name, set()) for page in PAGES} == expected
    assert documented[_EVERYWHERE] == {"data", "lang"}
    assert documented["embedded"] == {"chart"}
    assert documented["the tables of town"] == {"place"}
    assert documented["every CSV"] == {"cells"}
    others = {_EVERYWHERE, "embedded", "the tables of town", "every CSV"}
    assert documented.keys() <= expected.keys() | others


def test_the_values_of_a_parameter_are_those_that_it_takes() -> None:
    rows = table_of("Parameters")
    for page, parameters in PARAMETERS.items():
        for name, (_, schema) in parameters.items():
            told = [
                row[2] for row in rows if name in code_in(row[0]) and page in row[1].split(", ")
            ]
            assert len(told) == 1, (page, name)
            words = _WORDS_BESIDE_NUMBERS.get((page, name), set())
            taken = {str(value) for value in schema.get("enum", words)}
            if taken and len(taken) <= _LONG_LIST:
                assert set(code_in(told[0])) == taken, (page, name)
            elif taken:
                assert set(code_in(told[0])) - {"/data/definitions.json", "kinds"} <= taken
    languages = [row[2] for row in rows if row[0] == "`lang`"]
    assert set(code_in(languages[0])) == {str(language) for language in Language}


def parsed(page: str, search: str, *, site: Site) -> object:
    """What is chosen, and what had to be mended, as the page knows it."""
    queries = site.queries
    if page in ("map", "town"):
        return parse_search(search, scope=queries.scope)
    if page == "compare":
        return parse_compare(search, scope=queries.compare_scope)
    if page == "risk":
        return parse_risk(search, scope=queries.risk_scope)
    return parse_officers(search, scopes=queries.officers_scopes)


def test_the_defaults_that_are_told_are_those_of_an_empty_address(small_site: Site) -> None:
    told = 0
    for names, where, _, default, _ in table_of("Parameters"):
        for page in where.split(", ") if code_in(default) and where != _EVERYWHERE else ():
            search = f"?{code_in(names)[0]}={code_in(default)[0]}"
            assert parsed(page, search, site=small_site) == parsed(page, "", site=small_site)
            told += 1
    assert told > 10


def test_every_page_is_documented_with_its_address() -> None:
    rows = {name: code_in(address)[0] for name, address, _ in table_of("Pages")}

    assert rows == {
        page.name: f"{page.path}PLACE" if page.about_a_place else page.path for page in PAGES
    }
    embedded = re.search(r"^`(/\w+)` before the address of a page", _TEXT, flags=re.MULTILINE)
    assert embedded is not None
    assert embedded[1] == EMBED_PREFIX


def documented_addresses() -> list[str]:
    """Addresses of data; those of a table stand for each table."""
    return [code_in(row[0])[0] for row in table_of("Data")]


def test_every_address_of_data_is_documented_and_answers(server: Flask) -> None:
    at = server.url_map.bind("localhost")
    matched = set()
    for address in documented_addresses():
        example = re.sub("|".join(_EXAMPLES), lambda found: _EXAMPLES[found[0]], address)
        rule, _ = at.match(example, return_rule=True)
        matched.add(str(rule))
    rules = {str(rule) for rule in server.url_map.iter_rules()}

    others = {rule for rule in rules if rule in _PAGE_ADDRESSES or rule.startswith(_OF_THE_PAGES)}
    nothing = "/data/<path:address>"  # says that there is no such address
    assert matched == rules - others - {"/theme.css", nothing}


def test_the_failure_that_is_shown_is_the_one_that_is_answered(server: Flask) -> None:
    shown = re.search(r'^\{"type": .*\}$', _TEXT, flags=re.MULTILINE)
    assert shown is not None
    answer = server.test_client().get("/data/months.json?place=nowhere")

    assert json.loads(shown[0]) == json.loads(answer.get_data())


def test_the_documented_addresses_are_those_of_the_description() -> None:
    tables = {chart for page in PAGES for chart in page.charts} | {PLACES_TABLE}
    told = {
        address.replace("TABLE", table)
        for address in documented_addresses()
        for table in (tables if "TABLE" in address else {""})
        if not address.startswith(("/geo/", "/metrics"))
    }

    assert told == set(openapi_document(PAGES)["paths"])


def test_every_table_is_documented_with_its_page() -> None:
    rows = [(code_in(name)[0], page) for name, page, _ in table_of("Tables")]

    expected = [(chart, page.name) for page in PAGES for chart in page.charts]
    assert sorted(rows) == sorted([(PLACES_TABLE, "map"), *expected])
