"""Towns of another State as places, on a map that was given, and the agencies beside them."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from core.errors import PlaceError
from core.places.of_state import Places, places_of_state
from core.places.town_maps import TownMap, make_town_map, read_town_map
from core.places.towns import PLACE_SCHEMA
from tests.support.town_maps import SUBDIVISIONS, collection

MakeAgencies = Callable[..., pl.DataFrame]


def place(places: Places, slug: str) -> dict[str, object]:
    return places.places.row(by_predicate=pl.col("place") == slug, named=True)


@pytest.fixture
def vermont() -> TownMap:
    return read_town_map(make_town_map(collection(), state="VT"))


def vermont_agencies(make_agencies: MakeAgencies) -> pl.DataFrame:
    return make_agencies(
        (20544, "VT0110100", "Rutland", None, "City", "RUTLAND"),
        (20549, "VT0110700", "Rutland Town", "", "City", "RUTLAND"),
        (20543, "VT0110000", "Rutland", None, "County", "RUTLAND"),
        (20528, "VT0060100", "Saint Albans", None, "City", "FRANKLIN"),
        (20585, "VTVSP0700", "State Police:", "St. Albans", "State Police", "FRANKLIN"),
        (20560, "VT0130100", "Bellows Falls", None, "City", "WINDHAM"),
        (20578, "VTVSP0000", "Vermont State Police", None, "State Police", "UNMAPPED COUNTY"),
    )


def test_a_map_of_towns_makes_the_towns_of_another_state_places(
    make_agencies: MakeAgencies, vermont: TownMap
) -> None:
    places = places_of_state("vt", agencies=vermont_agencies(make_agencies), divided_by=vermont)

    assert places.places.schema == PLACE_SCHEMA
    assert places.places.select("place", "kind", "policing", "county").rows() == [
        ("barre-city", "town", "none", "Washington County"),
        ("barre-town", "town", "none", "Washington County"),
        ("guildhall", "town", "none", "Essex County"),
        ("rutland-city", "town", "own", "Rutland County"),
        ("rutland-town", "town", "own", "Rutland County"),
        ("st-albans", "town", "own", "Franklin County"),
        ("bellows-falls", "agency", "own", "Windham County"),
        ("rutland-county", "agency", "own", "Rutland County"),
        ("state-police", "agency", "own", "Franklin County"),
        ("vermont-state-police", "agency", "own", None),
    ]
    assert places.places["region"].to_list() == places.places["county"].to_list()
    assert places.agency_places.rows() == [
        (20528, "st-albans"),
        (20543, "rutland-county"),
        (20544, "rutland-city"),
        (20549, "rutland-town"),
        (20560, "bellows-falls"),
        (20578, "vermont-state-police"),
        (20585, "state-police"),
    ]
    assert place(places, "rutland-county")["name"] == "Rutland (County)"
    assert places.neighbours.equals(vermont.neighbours)
    assert places.boundaries == vermont.boundaries
    assert places.townless == ("Bellows Falls",)


def test_a_town_on_a_map_has_a_point_and_no_population(
    make_agencies: MakeAgencies, vermont: TownMap
) -> None:
    places = places_of_state("VT", agencies=vermont_agencies(make_agencies), divided_by=vermont)

    town = place(places, "guildhall")
    assert (town["geoid"], town["population"]) == ("5000930250", None)
    assert (town["longitude"], town["latitude"]) == (pytest.approx(-72.7), pytest.approx(43.3))


def test_agencies_of_no_town_leave_every_town_without_one(
    make_agencies: MakeAgencies, vermont: TownMap
) -> None:
    agencies = make_agencies((1, "VT1", "Vermont State Police", None, "State Police", ""))

    places = places_of_state("VT", agencies=agencies, divided_by=vermont)

    assert places.agency_places.rows() == [(1, "vermont-state-police")]
    assert places.places.filter(pl.col("policing") == "none").height == 6
    assert places.townless == ()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("NH", "it is of VT and the bundles are of NH"),
        ("CT", "it is of VT and the bundles are of CT"),
    ],
)
def test_a_map_of_towns_that_does_not_go_with_the_rest_is_refused(
    make_agencies: MakeAgencies, vermont: TownMap, state: str, words: str
) -> None:
    agencies = vermont_agencies(make_agencies)

    with pytest.raises(PlaceError, match=words):
        places_of_state(state, agencies=agencies, divided_by=vermont)


def test_connecticut_needs_no_map_of_towns(make_agencies: MakeAgencies) -> None:
    towns = [replace(town, geoid=f"09{town.geoid[2:]}") for town in SUBDIVISIONS]
    town_map = read_town_map(make_town_map(collection(towns), state="CT"))
    agencies = make_agencies((2154, "CT0006400", "Hartford", None, "City"))

    with pytest.raises(PlaceError, match="Connecticut has its own"):
        places_of_state("CT", agencies=agencies, divided_by=town_map)
