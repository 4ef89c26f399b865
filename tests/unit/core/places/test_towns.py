"""Towns, their police, and the places of any State."""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
import shapely

from core.errors import PlaceError
from core.places.naming import slug_of
from core.places.of_state import MapLevel, Places, places_of_state
from core.places.towns import (
    AGENCY_PLACE_SCHEMA,
    NEIGHBOUR_SCHEMA,
    PLACE_SCHEMA,
    connecticut_agency_towns,
    connecticut_towns,
)

MakeAgencies = Callable[..., pl.DataFrame]

# Towns in each county and planning region, as the Census Bureau lists them.
COUNTIES = {
    "Fairfield": 23,
    "Hartford": 29,
    "Litchfield": 26,
    "Middlesex": 15,
    "New Haven": 27,
    "New London": 21,
    "Tolland": 13,
    "Windham": 15,
}
REGIONS = {
    "Capitol": 38,
    "Greater Bridgeport": 6,
    "Lower Connecticut River Valley": 17,
    "Naugatuck Valley": 19,
    "Northeastern Connecticut": 16,
    "Northwest Hills": 21,
    "South Central Connecticut": 15,
    "Southeastern Connecticut": 19,
    "Western Connecticut": 18,
}


def known_agencies(make_agencies: MakeAgencies) -> pl.DataFrame:
    """Every agency of our table, each by a name of its own."""
    rows = connecticut_agency_towns().select("agency_id", "ori").iter_rows()
    return make_agencies(
        *[(agency_id, ori, f"Police {ori}", None, "City") for agency_id, ori in rows]
    )


def place(places: Places, slug: str) -> dict[str, object]:
    return places.places.row(by_predicate=pl.col("place") == slug, named=True)


def test_there_are_169_towns_with_slugs_of_their_names() -> None:
    towns = connecticut_towns()
    assert towns.height == 169
    assert towns["place"].to_list() == sorted({slug_of(name) for name in towns["name"]})
    assert towns["geoid_2020"].n_unique() == towns["geoid_2022"].n_unique() == 169
    assert not sum(towns.null_count().row(0))


def test_counties_and_regions_have_their_number_of_towns() -> None:
    towns = connecticut_towns()
    assert Counter(towns["county"]) == COUNTIES
    assert Counter(towns["region"]) == REGIONS


def test_geoids_agree_with_county_region_and_each_other() -> None:
    county_codes, region_codes = set(), set()
    for row in connecticut_towns().iter_rows(named=True):
        assert row["geoid_2020"][:2] == row["geoid_2022"][:2] == "09"
        assert row["geoid_2020"][5:] == row["geoid_2022"][5:]
        county_codes.add((row["county"], row["geoid_2020"][2:5]))
        region_codes.add((row["region"], row["geoid_2022"][2:5]))
    assert len(county_codes) == len({code for _, code in county_codes}) == 8
    assert len(region_codes) == len({code for _, code in region_codes}) == 9


def test_population_and_land_add_up_to_the_state() -> None:
    towns = connecticut_towns()
    assert towns["population"].sum() == 3_598_348
    assert towns["land_km2"].sum() == pytest.approx(12_542.6, abs=0.1)
    assert towns.row(by_predicate=pl.col("place") == "union", named=True)["population"] == 991


def test_the_point_of_each_town_lies_in_its_boundary() -> None:
    collection = json.loads((files("core.places") / "data" / "ct_towns.geojson").read_bytes())
    outlines = {
        feature["id"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in collection["features"]
    }
    for row in connecticut_towns().iter_rows(named=True):
        point = shapely.Point(row["longitude"], row["latitude"])
        assert outlines[row["geoid_2020"]].contains(point), row["name"]


def test_agencies_refer_to_towns_that_exist() -> None:
    agencies = connecticut_agency_towns()
    assert agencies.height == agencies["ori"].n_unique() == agencies["agency_id"].n_unique() == 108
    slugs = set(connecticut_towns()["place"])
    assert set(agencies["town"].drop_nulls()) | set(agencies["located_in"].drop_nulls()) <= slugs
    assert agencies.filter(pl.col("town").is_null() != pl.col("covers").is_null()).is_empty()
    assert agencies.filter(
        pl.col("town").is_not_null() & pl.col("located_in").is_not_null()
    ).is_empty()


def test_every_note_is_one_sentence() -> None:
    for note in connecticut_agency_towns()["note"].drop_nulls():
        assert note[0].isupper()
        assert note.endswith(".")
        assert ". " not in note


def test_connecticut_has_all_towns_whatever_agencies_reported(make_agencies: MakeAgencies) -> None:
    places = places_of_state(
        "CT", agencies=make_agencies((2154, "CT0006400", "Hartford", None, "City"))
    )
    assert places.places.schema == PLACE_SCHEMA
    assert places.places.height == places.places["place"].n_unique() == 169
    assert set(places.places["kind"]) == {"town"}
    assert places.agency_places.schema == AGENCY_PLACE_SCHEMA
    assert places.agency_places.rows() == [(2154, "hartford")]
    assert place(places, "hartford")["geoid"] == "0900337070"
    assert places.boundaries is not None


def test_policing_of_the_towns(make_agencies: MakeAgencies) -> None:
    places = places_of_state("ct", agencies=known_agencies(make_agencies))
    towns = places.places.filter(pl.col("kind") == "town")
    assert Counter(towns["policing"]) == {"own": 92, "partial": 1, "state": 76}
    noted = towns.filter(pl.col("policing_note").is_not_null())["place"].to_list()
    assert noted == ["groton", "montville", "winchester", "windham"]
    assert towns.filter(
        (pl.col("policing") == "state") & pl.col("policing_note").is_not_null()
    ).is_empty()


@pytest.mark.parametrize(
    ("agency_id", "slug", "policing", "words"),
    [
        (2151, "groton", "own", "Groton's three police departments"),
        (2237, "groton", "own", "Groton's three police departments"),
        (2238, "groton", "own", "Groton's three police departments"),
        (2214, "windham", "partial", "State Police cover the rest of Windham."),
        (2213, "winchester", "own", "Winsted police"),
        (37041, "montville", "own", "since 2023"),
        (26203, "ledyard", "own", None),
        (2168, "new-haven", "own", None),
    ],
)
def test_awkward_agencies_of_towns(
    make_agencies: MakeAgencies, agency_id: int, slug: str, policing: str, words: str | None
) -> None:
    places = places_of_state("CT", agencies=known_agencies(make_agencies))
    assert places.agency_places.filter(agency_id=agency_id)["place"].to_list() == [slug]
    row = place(places, slug)
    assert row["policing"] == policing
    assert row["policing_note"] is None if words is None else words in str(row["policing_note"])


@pytest.mark.parametrize(
    ("ori", "region", "county"),
    [
        ("CT0019000", "Capitol", "Hartford"),  # Central Connecticut State, New Britain
        ("CT0017000", "Capitol", "Tolland"),  # University of Connecticut, Mansfield
        ("CT0019100", "Southeastern Connecticut", "Windham"),  # Eastern Connecticut State
        ("CT0019300", "Western Connecticut", "Fairfield"),  # Western Connecticut State
        ("CT0019400", "South Central Connecticut", "New Haven"),  # Southern Connecticut State
        ("CT005049E", "South Central Connecticut", "New Haven"),  # Yale
        ("CT0020000", "Capitol", "Hartford"),  # State Capitol Police
        ("CTDI00200", "Southeastern Connecticut", "New London"),  # Mashantucket Pequot
        ("CTDI00300", "Southeastern Connecticut", "New London"),  # Mohegan
        ("CTCSP0000", None, None),  # State Police
        ("CT0018000", None, None),  # Motor Vehicles
        ("CT0018300", None, None),  # Energy and Environmental Protection
        ("CT0018500", None, None),  # Metropolitan Transportation Authority
    ],
)
def test_agencies_that_are_no_towns_police(
    make_agencies: MakeAgencies, ori: str, region: str | None, county: str | None
) -> None:
    places = places_of_state("CT", agencies=known_agencies(make_agencies))
    row = place(places, slug_of(f"Police {ori}"))
    assert (row["kind"], row["policing"], row["region"], row["county"]) == (
        "agency",
        "own",
        region,
        county,
    )
    assert row["geoid"] is row["population"] is row["longitude"] is row["latitude"] is None
    assert row["policing_note"]


def test_an_agency_unknown_to_us_is_a_place_that_takes_no_towns_slug(
    make_agencies: MakeAgencies,
) -> None:
    agencies = make_agencies(
        (90001, "CT0099900", "Windham", None, "County", "WINDHAM", 2021),
        (90001, "CT0099900", "Windham", None, "County", "CAPITOL PLANNING REGION", 2023),
    )
    places = places_of_state("CT", agencies=agencies)
    assert places.places.height == 170
    assert places.agency_places.rows() == [(90001, "windham-county")]
    row = place(places, "windham-county")
    assert (row["name"], row["region"], row["county"]) == ("Windham (County)", None, None)


def test_neighbours_go_both_ways_and_stand_sorted(make_agencies: MakeAgencies) -> None:
    neighbours = places_of_state("CT", agencies=known_agencies(make_agencies)).neighbours
    assert neighbours.schema == NEIGHBOUR_SCHEMA
    pairs = neighbours.rows()
    assert pairs == sorted(set(pairs))
    assert len(pairs) == 2 * 448
    assert {(b, a) for a, b in pairs} == set(pairs)
    assert all(a != b for a, b in pairs)
    assert {town for town, _ in pairs} == set(connecticut_towns()["place"])
    assert ("morris", "thomaston") in pairs  # 15 m in common, the shortest of all
    assert ("cornwall", "salisbury") not in pairs  # they meet in a corner


def test_another_state_has_its_agencies_as_places(make_agencies: MakeAgencies) -> None:
    places = places_of_state(
        "VT",
        agencies=make_agencies(
            (20503, "VT0020100", "Bennington", None, "City", "BENNINGTON"),
            (20502, "VT0020000", "Bennington", None, "County", "BENNINGTON"),
            (20585, "VTVSP0700", "State Police:", "St. Albans", "State Police", "FRANKLIN"),
            (20580, "VTVSP0200", "State Police:", "St. Johnsbury", "State Police", "CALEDONIA"),
            (20528, "VT0060100", "St. Albans", None, "City", "FRANKLIN"),
            (20549, "VT0110700", "Rutland Town", "", "City", "RUTLAND"),
            (20578, "VTVSP0000", "Vermont State Police", None, "State Police", "UNMAPPED COUNTY"),
            (20576, "VTDLC0000", "Department of Liquor Control:", "Division", "Other State Agency"),
        ),
    )
    assert places.places.select("place", "name", "county").rows() == [
        ("bennington-city", "Bennington (City)", "Bennington County"),
        ("bennington-county", "Bennington (County)", "Bennington County"),
        ("department-of-liquor-control", "Department of Liquor Control", "Washington County"),
        ("rutland-town", "Rutland Town", "Rutland County"),
        ("st-albans", "St. Albans", "Franklin County"),
        ("state-police-st-albans", "State Police: St. Albans", "Franklin County"),
        ("state-police-st-johnsbury", "State Police: St. Johnsbury", "Caledonia County"),
        ("vermont-state-police", "Vermont State Police", None),
    ]
    assert places.places.schema == PLACE_SCHEMA
    assert places.places["region"].to_list() == places.places["county"].to_list()
    assert set(places.places["kind"]) == {"agency"}
    assert set(places.places["policing"]) == {"own"}
    assert places.agency_places["agency_id"].to_list() == sorted(places.agency_places["agency_id"])
    assert places.neighbours.is_empty()
    assert places.neighbours.schema == NEIGHBOUR_SCHEMA
    assert len(json.loads(places.boundaries)["features"]) == 14, "a map of counties"
    assert places.unmatched == ()


def test_connecticut_on_a_map_of_counties_has_its_agencies_as_places(
    make_agencies: MakeAgencies,
) -> None:
    agencies = make_agencies(
        (1, "CT0006400", "Hartford", None, "City", "CAPITOL PLANNING REGION", 2023),
        (1, "CT0006400", "Hartford", None, "City", "HARTFORD", 2022),
        (2, "CT0009300", "New Haven", None, "City", "NEW HAVEN", 2022),
    )

    places = places_of_state("CT", agencies=agencies, divided_by=MapLevel.COUNTIES)

    assert places.places.select("place", "kind", "county").rows() == [
        ("hartford", "agency", "Capitol Planning Region"),
        ("new-haven", "agency", "New Haven"),
    ]
    assert places.unmatched == ("New Haven",), "its county of before 2022 is on no map"


def test_there_is_no_map_of_the_towns_of_another_state(make_agencies: MakeAgencies) -> None:
    agencies = make_agencies((1, "VT0020100", "Bennington", None, "City", "BENNINGTON"))

    with pytest.raises(PlaceError, match="no map of towns of VT"):
        places_of_state("VT", agencies=agencies, divided_by=MapLevel.TOWNS)


def test_no_agency_has_the_slug_of_a_county(make_agencies: MakeAgencies) -> None:
    agencies = make_agencies((1, "VT0020100", "County Bennington", None, "City", "BENNINGTON"))

    places = places_of_state("VT", agencies=agencies)

    assert places.places["place"].to_list() == ["county-bennington-city"]


def test_the_newest_year_names_an_agency_in_any_order_of_rows(make_agencies: MakeAgencies) -> None:
    agencies = make_agencies(
        (1, "LA001", "New Name", None, "City", "DE SOTO", 2019),
        (1, "LA001", "Old Name", "Unit", "City", "CADDO", 2016),
        (2, "LA002", "Basile", None, "City", "ACADIA; EVANGELINE", 2016),
        (2, "LA002", "Basile", None, "City", "ACADIA; EVANGELINE", 2016),
    )
    places = places_of_state("LA", agencies=agencies)
    assert places.places.select("place", "name", "county").rows() == [
        ("basile", "Basile", "Acadia Parish; Evangeline Parish"),
        ("new-name", "New Name", "De Soto Parish"),
    ]
    backwards = places_of_state("LA", agencies=agencies.reverse())
    assert backwards.places.equals(places.places)
    assert backwards.agency_places.equals(places.agency_places)


def test_no_agencies_is_an_error(make_agencies: MakeAgencies) -> None:
    with pytest.raises(PlaceError, match="no rows"):
        places_of_state("CT", agencies=make_agencies())


def test_an_agency_with_two_oris_is_an_error(make_agencies: MakeAgencies) -> None:
    agencies = make_agencies(
        (7, "VT0000002", "Salem", None, "City", None, 2021),
        (7, "VT0000001", "Salem", None, "City", None, 2022),
        (8, "VT0000003", "Troy", None, "City", None, 2022),
    )
    with pytest.raises(PlaceError, match="agency 7 has 2 ORIs: VT0000001, VT0000002"):
        places_of_state("VT", agencies=agencies)


def test_a_missing_column_or_value_is_named(make_agencies: MakeAgencies) -> None:
    agencies = make_agencies((1, "VT1", "Salem", None, "City"), (2, None, "Troy", None, "City"))
    with pytest.raises(PlaceError, match="columns type, unit"):
        places_of_state("VT", agencies=agencies.drop("unit", "type"))
    with pytest.raises(PlaceError, match="'ori' of the agencies has 1 null"):
        places_of_state("VT", agencies=agencies)


def read_agency_file(text: str) -> list[tuple[object, ...]]:
    return [
        (
            int(row["agency_id"]),
            row["ori"],
            row["pub_agency_name"],
            row["pub_agency_unit"] or None,
            row["agency_type_name"],
            row["county_name"],
            int(row["data_year"]),
        )
        for row in csv.DictReader(io.StringIO(text))
    ]


def read_bundle_agencies(bundle: Path) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(bundle) as archive:
        return read_agency_file(archive.read("agencies.csv").decode())


@pytest.mark.real
def test_our_table_covers_all_agencies_of_connecticut(
    real_data: Path, make_agencies: MakeAgencies
) -> None:
    folder = real_data / "ct-partial"
    rows = [
        row for bundle in sorted(folder.glob("CT-*.zip")) for row in read_bundle_agencies(bundle)
    ]
    rows += read_agency_file((folder / "CT-2024-agencies.csv").read_text())
    agencies = make_agencies(*rows)
    assert set(agencies.select("agency_id", "ori").rows()) == set(
        connecticut_agency_towns().select("agency_id", "ori").rows()
    )
    places = places_of_state("CT", agencies=agencies)
    assert places.agency_places.height == 108
    assert places.places.height == 169 + 13
    # What the FBI calls a city polices a town, and nothing else does.
    cities = set(agencies.filter(type="City")["agency_id"])
    towns = set(connecticut_towns()["place"])
    assert cities == set(places.agency_places.filter(pl.col("place").is_in(towns))["agency_id"])


@pytest.mark.real
def test_the_agencies_of_vermont_get_readable_unique_slugs(
    real_data: Path, make_agencies: MakeAgencies
) -> None:
    agencies = make_agencies(*read_bundle_agencies(real_data / "vermont" / "VT-2024.zip"))
    places = places_of_state("VT", agencies=agencies)
    slugs = set(places.places["place"])
    assert len(slugs) == places.agency_places.height == 87
    assert {"bennington-city", "bennington-county", "state-police-st-albans", "st-albans"} <= slugs
    assert not any("vt0" in slug for slug in slugs)
