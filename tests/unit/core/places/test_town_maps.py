"""Maps of the towns of any State, from made-up Census files."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from core.errors import BoundaryError
from core.places.boundaries import check_boundaries
from core.places.town_maps import TOWN_MAP_SCHEMA, TownMap, make_town_map, read_town_map
from core.places.towns import NEIGHBOUR_SCHEMA
from tests.support.town_maps import SUBDIVISIONS, MadeTown, collection, square

UNIT = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
PLACES = tuple(
    replace(town, geoid=town.geoid[:2] + town.geoid[5:])
    for town in (SUBDIVISIONS[0], *SUBDIVISIONS[2:5])
)


def features_of(text: bytes) -> dict[str, dict[str, Any]]:
    return {feature["id"]: feature for feature in json.loads(text)["features"]}


def shapes_of(text: bytes) -> dict[str, Any]:
    return {
        geoid: shapely.geometry.shape(feature["geometry"])
        for geoid, feature in features_of(text).items()
    }


def shoelace(ring: list[list[float]]) -> float:
    """Signed area: negative where the ring turns clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


@pytest.fixture
def vermont() -> TownMap:
    return read_town_map(make_town_map(collection(), state="VT"))


def test_towns_of_one_name_are_told_apart_by_what_they_are() -> None:
    found = features_of(make_town_map(collection(), state="VT"))

    assert {geoid: feature["properties"] for geoid, feature in found.items()} == {
        "5002303175": {"name": "Barre City", "slug": "barre-city"},
        "5002303250": {"name": "Barre Town", "slug": "barre-town"},
        "5002161225": {"name": "Rutland City", "slug": "rutland-city"},
        "5002161300": {"name": "Rutland Town", "slug": "rutland-town"},
        "5001161675": {"name": "St. Albans", "slug": "st-albans"},
        "5000930250": {"name": "Guildhall", "slug": "guildhall"},
    }


def test_outlines_stay_turn_clockwise_and_leave_a_hole_for_a_town_inside() -> None:
    text = make_town_map(collection(), state="VT")

    made = {town.geoid: shapely.Polygon(town.rings[0], town.rings[1:]) for town in SUBDIVISIONS}
    for geoid, shape in shapes_of(text).items():
        assert shape.equals(made[geoid]), geoid
    outer, hole = features_of(text)["5002303250"]["geometry"]["coordinates"]
    assert shoelace(outer) < 0 < shoelace(hole)


@pytest.mark.parametrize(
    "keys",
    [
        {"GEOID": "geoid", "NAME": "name", "NAMELSAD": "NameLsad"},
        {"GEOID": "GEOID20", "NAME": "NAME20", "NAMELSAD": "NAMELSAD20"},
    ],
)
def test_properties_may_be_spelled_otherwise(keys: dict[str, str]) -> None:
    assert make_town_map(collection(keys=keys), state="VT") == make_town_map(
        collection(), state="VT"
    )


def test_the_map_does_not_depend_on_the_order_of_the_file() -> None:
    assert make_town_map(collection(SUBDIVISIONS[::-1]), state="VT") == make_town_map(
        collection(), state="VT"
    )


def test_names_that_are_the_same_in_two_counties_take_the_county_then_the_geoid() -> None:
    towns = [
        MadeTown(geoid=geoid, name=name, named=f"{name} town", rings=(square(x, 0),))
        for x, (geoid, name) in enumerate(
            [
                ("5000100001", "Salem"),
                ("5000300001", "Salem"),
                ("5000300002", "McIndoe"),
                ("5000300003", "Mc-Indoe"),
                ("5000300004", "Mc.Indoe"),
            ]
        )
    ]

    found = features_of(make_town_map(collection(towns), state="VT"))

    assert [feature["properties"]["name"] for feature in found.values()] == [
        "Salem Town, Addison County",
        "Salem Town, Bennington County",
        "McIndoe",
        "Mc-Indoe Town, Bennington County, 5000300003",
        "Mc.Indoe Town, Bennington County, 5000300004",
    ]


def test_a_map_of_places_may_leave_gaps_and_has_no_counties() -> None:
    town_map = read_town_map(make_town_map(collection(PLACES), state="VT"))

    assert town_map.table["geoid"].to_list() == ["5003175", "5061225", "5061300", "5061675"]
    assert town_map.table["name"].to_list() == [
        "Barre",
        "Rutland City",
        "Rutland Town",
        "St. Albans",
    ]
    assert town_map.table["county"].null_count() == 4
    assert town_map.neighbours.rows() == [
        ("rutland-city", "rutland-town"),
        ("rutland-town", "rutland-city"),
    ]


def test_the_towns_of_a_map(vermont: TownMap) -> None:
    assert vermont.state == "VT"
    assert vermont.table.schema == TOWN_MAP_SCHEMA
    assert vermont.table.select("place", "county").rows() == [
        ("barre-city", "Washington County"),
        ("barre-town", "Washington County"),
        ("guildhall", "Essex County"),
        ("rutland-city", "Rutland County"),
        ("rutland-town", "Rutland County"),
        ("st-albans", "Franklin County"),
    ]
    shapes = shapes_of(vermont.boundaries)
    for row in vermont.table.iter_rows(named=True):
        assert shapes[row["geoid"]].contains(shapely.Point(row["longitude"], row["latitude"]))


def test_neighbours_share_an_edge_of_the_map(vermont: TownMap) -> None:
    assert vermont.neighbours.schema == NEIGHBOUR_SCHEMA
    pairs = {
        ("barre-city", "barre-town"),
        ("barre-town", "rutland-city"),
        ("barre-town", "st-albans"),
        ("rutland-city", "rutland-town"),
        ("guildhall", "rutland-city"),
        ("guildhall", "st-albans"),
    }
    assert vermont.neighbours.rows() == sorted(pairs | {(b, a) for a, b in pairs})


def jagged_towns(*, columns: int, rows: int, seed: int) -> list[MadeTown]:
    """A coverage whose boundaries wander, some of them by less than the grid of the map."""
    random = np.random.default_rng(seed)
    steps = 40

    def edge(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
        along = np.linspace(0, 1, steps + 1)[:, None]
        points = np.array(start) * (1 - along) + np.array(end) * along
        points[1:-1] += random.normal(0, 0.0004, (steps - 1, 2))
        return [(float(x), float(y)) for x, y in points]

    corners = {
        (x, y): (-73 + 0.05 * x + random.uniform(-0.01, 0.01), 43 + 0.05 * y)
        for x in range(columns + 1)
        for y in range(rows + 1)
    }
    level = {
        (x, y): edge(corners[x, y], corners[x + 1, y])
        for x in range(columns)
        for y in range(rows + 1)
    }
    upright = {
        (x, y): edge(corners[x, y], corners[x, y + 1])
        for x in range(columns + 1)
        for y in range(rows)
    }
    return [
        MadeTown(
            geoid=f"50001{x * rows + y + 1:05}",
            name=f"Town {x} {y}",
            named=f"Town {x} {y} town",
            rings=(
                (
                    *level[x, y][:-1],
                    *upright[x + 1, y][:-1],
                    *level[x, y + 1][:0:-1],
                    *upright[x, y][::-1],
                ),
            ),
        )
        for x in range(columns)
        for y in range(rows)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_boundaries_finer_than_the_grid_still_give_a_sound_map(seed: int) -> None:
    towns = [
        town
        for town in jagged_towns(columns=6, rows=5, seed=seed)
        if shapely.Polygon(town.rings[0]).is_valid
    ]
    assert len(towns) >= 20

    text = make_town_map(collection(towns), state="VT")

    shapes = shapes_of(text)
    for town in towns:
        outline = shapely.Polygon(town.rings[0])
        moved = shapes[town.geoid].symmetric_difference(outline).area
        assert moved < 0.05 * outline.area, town.name
    union = shapely.union_all(list(shapes.values()))
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(union.area, rel=1e-12)
    check_boundaries(text, towns=expected_of(towns), gaps=True)


def expected_of(towns: list[MadeTown]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "place": [town.name.lower().replace(" ", "-") for town in towns],
            "name": [town.name for town in towns],
            "geoid_2020": [town.geoid for town in towns],
            "geoid_2022": [town.geoid for town in towns],
        }
    )


def test_a_file_whose_towns_overlap_a_little_is_cleaned() -> None:
    wide = tuple((round(x + 0.0003 * (x > -72.7), 4), y) for x, y in square(1, 0))
    towns = [replace(SUBDIVISIONS[2], rings=(wide,)), SUBDIVISIONS[3]]

    shapes = shapes_of(make_town_map(collection(towns), state="VT"))

    union = shapely.union_all(list(shapes.values()))
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(union.area, rel=1e-12)


def test_a_town_beyond_the_antimeridian_is_left_out() -> None:
    far = ((173.0, 52.0), (173.2, 52.0), (173.2, 52.1), (173.0, 52.1), (173.0, 52.0))
    towns = [
        MadeTown(geoid="0200001", name="Near", named="Near CDP", rings=(square(0, 0),)),
        MadeTown(geoid="0200002", name="Far", named="Far CDP", rings=(far,)),
    ]

    assert list(features_of(make_town_map(collection(towns), state="AK"))) == ["0200001"]
    alone = make_town_map(collection([replace(towns[1], geoid="6600002")]), state="GU")
    assert list(features_of(alone)) == ["6600002"], "where all lie there"


def scaled(factor: float) -> tuple[tuple[float, float], ...]:
    """A square of 0.2 degree times the factor."""
    return tuple((0.2 * factor * (x - 0.2), 0.2 * factor * y) for x, y in UNIT)


def with_properties(**properties: object) -> bytes:
    source = json.loads(collection(SUBDIVISIONS[2:4]))
    source["features"][0]["properties"] = properties
    return json.dumps(source).encode()


def with_an_id_alone() -> bytes:
    source = json.loads(collection(SUBDIVISIONS[2:4]))
    source["features"][0] |= {"id": "5002161225", "properties": None}
    return json.dumps(source).encode()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (collection([replace(SUBDIVISIONS[2], geoid="3302161225")]), "begin with 50; use"),
        (collection([replace(SUBDIVISIONS[2], geoid="50021")]), "expected 10 digits .* or 7"),
        (collection([replace(SUBDIVISIONS[2], geoid="50021abcde")]), "expected 10 digits .* or 7"),
        (collection([SUBDIVISIONS[2], PLACES[2]]), "mixes county subdivisions and places"),
        (collection([SUBDIVISIONS[2], SUBDIVISIONS[2]]), "of an earlier one"),
        (collection(SUBDIVISIONS[-1:]), "no town in it"),
        (b'{"type": "FeatureCollection", "features": []}', "no town in it"),
        (b"[]", "no GeoJSON FeatureCollection"),
        (with_properties(NAME="Rutland"), "feature 1 has no GEOID"),
        (with_properties(GEOID="5002161225"), "5002161225 has no property NAME"),
        (with_an_id_alone(), "feature 1 has no GEOID|5002161225 has no properties"),
        (
            collection([replace(SUBDIVISIONS[2], rings=(scaled(1e6),))]),
            "not in degrees",
        ),
        (
            collection([replace(SUBDIVISIONS[2], rings=(scaled(1e-4),))]),
            "Rutland is smaller than a step",
        ),
    ],
)  # fmt: skip
def test_what_is_no_file_of_the_states_towns_is_refused(source: bytes, words: str) -> None:
    with pytest.raises(BoundaryError, match=words):
        make_town_map(source, state="VT")


def edited(**changes: object) -> bytes:
    made = json.loads(make_town_map(collection(), state="VT"))
    made["features"][0].update(changes)
    return json.dumps(made).encode()


@pytest.mark.parametrize(
    ("boundaries", "words"),
    [
        (collection(), "no id, slug and name .*ctcrimes boundaries"),
        (edited(properties={"name": "Barre"}), "no id, slug and name .*ctcrimes boundaries"),
        (edited(id="3302303175"), "begin with 33, 50, expected the code of one State"),
        (edited(id="5003175"), "mixes"),
        (edited(id="50"), "expected 10 digits"),
        (edited(properties={"name": "Barre", "slug": "guildhall"}), "slug 'guildhall' 2 times"),
        (edited(properties={"name": "Barre", "slug": "Barre City"}), "slug 'Barre City' 1 times"),
        (edited(geometry={"type": "Polygon", "coordinates": [square(1, 1)]}), "counter-clockwise"),
        (edited(geometry={"type": "Polygon", "coordinates": [square(1, 1)[::-1]]}), "overlap"),
        (b'{"type": "FeatureCollection", "features": []}', "begin with nothing"),
        (b"PK", "is not JSON"),
    ],
)
def test_what_is_no_map_of_ours_is_refused(boundaries: bytes, words: str) -> None:
    with pytest.raises(BoundaryError, match=words):
        read_town_map(boundaries)


@pytest.mark.real
def test_the_towns_of_a_real_file_keep_their_neighbours(real_data: Path) -> None:
    """The county subdivisions of Connecticut, called those of Vermont."""
    source = json.loads((real_data / "geo" / "ct_towns.geojson").read_bytes())
    for feature in source["features"]:
        name = feature["properties"]["name"]
        feature["id"] = f"50{feature['id'][2:]}"
        feature["properties"] = {"GEOID": feature["id"], "NAME": name, "NAMELSAD": f"{name} town"}

    town_map = read_town_map(make_town_map(json.dumps(source).encode(), state="VT"))

    assert town_map.table.height == 169
    assert town_map.neighbours.height == 2 * 448
    assert len(town_map.boundaries) < 250_000
