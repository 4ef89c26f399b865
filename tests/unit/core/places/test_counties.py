"""County maps of all States, and the names by which agencies call their counties."""

import json

import polars as pl
import pytest
import shapely

from core.errors import PlaceError
from core.nibrs.states import STATE_NAMES
from core.places.boundaries import check_boundaries
from core.places.counties import (
    COUNTY_SCHEMA,
    Counties,
    _census_counties,
    _planning_regions,
    counties_of_state,
    match_counties,
)

# Counties and what stands for them, as the Census Bureau lists them (those of 2016; Connecticut's
# planning regions of 2022).
NUMBERS = {"AK": 29, "CT": 9, "DC": 1, "DE": 3, "LA": 64, "TX": 254, "VA": 133, "VT": 14}


@pytest.mark.parametrize("state", sorted(STATE_NAMES))
def test_every_state_has_a_map_of_its_counties(state: str) -> None:
    counties = counties_of_state(state)

    assert counties.table.schema == COUNTY_SCHEMA
    assert counties.table["slug"].to_list() == sorted(set(counties.table["slug"]))
    assert counties.table["name"].n_unique() == counties.table.height
    assert counties.table.height == NUMBERS.get(state, counties.table.height)
    check_boundaries(
        counties.boundaries,
        towns=counties.table.select("name", place="slug", geoid_2020="geoid", geoid_2022="geoid"),
    )
    assert max(outline.bounds[2] for outline in shapes(counties).values()) < 150, "one hemisphere"


def shapes(counties: Counties) -> dict[str, shapely.Geometry]:
    features = json.loads(counties.boundaries)["features"]
    return {each["id"]: shapely.geometry.shape(each["geometry"]) for each in features}


@pytest.mark.parametrize("state", ["LA", "VA", "CT", "AK"])
def test_a_simplified_county_is_where_the_source_has_it(state: str) -> None:
    source = dict(_planning_regions() if state == "CT" else _census_counties(state))
    simple = shapes(counties_of_state(state))

    for county, outline in source.items():
        common = outline.intersection(simple[county.geoid]).area
        assert common / outline.area > 0.9, county
        assert common / simple[county.geoid].area > 0.9, county


def test_what_stands_for_a_county_is_named() -> None:
    names = {
        state: set(counties_of_state(state).table["name"]) for state in ("AK", "CT", "LA", "MO")
    }

    assert {"Anchorage Municipality", "Nome Census Area", "Sitka City and Borough"} <= names["AK"]
    assert {"Capitol Planning Region", "Northwest Hills Planning Region"} <= names["CT"]
    assert "St. John the Baptist Parish" in names["LA"]
    assert {"St. Louis County", "St. Louis (city)"} <= names["MO"]


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        ("LA", "OUACHITA", "Ouachita Parish"),
        ("LA", "ACADIA; EVANGELINE", "Acadia Parish; Evangeline Parish"),
        ("LA", "ACADIA;Acadia", "Acadia Parish"),
        ("LA", "ST JOHN THE BAPTIST", "St. John the Baptist Parish"),
        ("LA", "SAINT MARY PARISH", "St. Mary Parish"),
        ("LA", "LA SALLE", "LaSalle Parish"),
        ("LA", "DESOTO", "De Soto Parish"),
        ("NM", "DONA ANA", "Do\N{LATIN SMALL LETTER N WITH TILDE}a Ana County"),
        ("MD", "PRINCE GEORGES", "Prince George's County"),
        ("MD", "BALTIMORE", "Baltimore County"),
        ("MD", "BALTIMORE CITY", "Baltimore (city)"),
        ("MO", "STE GENEVIEVE", "Ste. Genevieve County"),
        ("MO", "ST LOUIS CITY", "St. Louis (city)"),
        ("VA", "FAIRFAX", "Fairfax County"),
        ("VA", "FAIRFAX CITY", "Fairfax (city)"),
        ("VA", "ALEXANDRIA", "Alexandria (city)"),
        ("VA", "JAMES CITY", "James City County"),
        ("NV", "CARSON CITY", "Carson City"),
        ("DC", "DISTRICT OF COLUMBIA", "District of Columbia"),
        ("AK", "CHUGACH", "Valdez-Cordova Census Area"),
        ("CT", "LOWER CONNECTICUT RIVER VALLEY PLANNING REGION",
         "Lower Connecticut River Valley Planning Region"),
    ],
)  # fmt: skip
def test_a_county_is_known_by_what_agencies_call_it(state: str, text: str, expected: str) -> None:
    match = match_counties([text], counties=counties_of_state(state))

    assert match.names == {text: expected}
    assert match.unknown == ()


def test_a_name_of_no_county_is_listed_and_stays() -> None:
    texts = ["OUACHITA; HARTFORD", "NOWHERE", "CADDO"]

    match = match_counties(texts, counties=counties_of_state("LA"))

    assert match.unknown == ("HARTFORD", "NOWHERE")
    assert match.names == {
        "OUACHITA; HARTFORD": "Ouachita Parish; Hartford",
        "NOWHERE": "Nowhere",
        "CADDO": "Caddo Parish",
    }


def test_connecticuts_regions_are_made_of_its_towns() -> None:
    table = counties_of_state("CT").table

    assert dict(table.select("short", "geoid").iter_rows())["Capitol"] == "09110"
    assert table.filter(pl.col("geoid").str.starts_with("091")).height == 9


def test_a_state_that_there_is_not_is_refused() -> None:
    with pytest.raises(PlaceError, match="no county map of 'XX'"):
        counties_of_state("XX")
