"""The committed map, how it is made, and what is refused."""

import gzip
import importlib.util
import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import shapely

from core.errors import BoundaryError, RequestError
from core.places.boundaries import check_boundaries, neighbour_pairs, simplify_boundaries
from core.places.towns import connecticut_towns

MakeTowns = Callable[..., pl.DataFrame]
MakeGeojson = Callable[..., bytes]

DATA = Path(str(files("core.places") / "data"))

# Two made-up towns side by side, 8 km wide, and a third that meets Beta in a corner only. Between
# Alpha and Beta the boundary wiggles by 17 m twice and has one notch of 800 m.
WIGGLE = [
    *[(10, 0), (10, 1.9), (10.02, 2), (10, 2.1)],
    *[(10, 4), (11, 5), (10, 6)],
    *[(10, 7.9), (9.98, 8), (10, 8.1), (10, 10)],
]
ALPHA = [(0, 0), *WIGGLE, (0, 10), (0, 0)]
BETA = [*WIGGLE[::-1], (20, 0), (20, 10), (10, 10)]
GAMMA = [(0, 10), (10, 10), (10, 20), (0, 20), (0, 10)]
ISLAND = [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]

SQUARE = [(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)]
RIGHT = [(10, 0), (10, 10), (20, 10), (20, 0), (10, 0)]


def polygons(feature: dict[str, Any]) -> list[list[list[list[float]]]]:
    geometry = feature["geometry"]
    coordinates = geometry["coordinates"]
    return [coordinates] if geometry["type"] == "Polygon" else coordinates


def shoelace(ring: list[list[float]]) -> float:
    """Signed area: negative where the ring turns clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def outlines(collection: dict[str, Any]) -> dict[str, Any]:
    return {
        feature["id"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in collection["features"]
    }


def touching(shapes: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every pair of ids whose outlines meet, with what their boundaries have in common."""
    keys = list(shapes)
    tree = shapely.STRtree(list(shapes.values()))
    for first, second in tree.query(list(shapes.values()), predicate="intersects").T:
        if first < second:
            a, b = shapes[keys[first]], shapes[keys[second]]
            yield keys[first], keys[second], shapely.intersection(a.boundary, b.boundary)


@pytest.fixture(scope="module")
def committed() -> bytes:
    return (DATA / "ct_towns.geojson").read_bytes()


@pytest.fixture(scope="module")
def collection(committed: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(committed)
    return loaded


def test_the_committed_map_passes_its_check(committed: bytes) -> None:
    check_boundaries(committed)


def test_the_committed_map_labels_169_towns(collection: dict[str, Any]) -> None:
    labels = {
        (feature["id"], feature["properties"]["name"], feature["properties"]["slug"])
        for feature in collection["features"]
    }
    assert labels == set(connecticut_towns().select("geoid_2020", "name", "place").rows())
    assert len(collection["features"]) == 169
    assert {len(feature["properties"]) for feature in collection["features"]} == {2}


def test_the_committed_map_is_small_and_minified(
    committed: bytes, collection: dict[str, Any]
) -> None:
    assert len(gzip.compress(committed, 9)) < 40_000
    assert committed == json.dumps(collection, separators=(",", ":")).encode()


def test_outer_rings_of_the_committed_map_turn_clockwise(collection: dict[str, Any]) -> None:
    for feature in collection["features"]:
        for outer, *holes in polygons(feature):
            assert shoelace(outer) < 0, feature["properties"]["name"]
            assert not holes


def test_all_vertices_of_the_committed_map_lie_on_one_grid(collection: dict[str, Any]) -> None:
    for feature in collection["features"]:
        for polygon in polygons(feature):
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert all(a != b for a, b in pairwise(ring))
                assert all(round(value, 4) == value for vertex in ring for value in vertex)


def test_the_committed_map_is_valid_without_gap_or_overlap(collection: dict[str, Any]) -> None:
    shapes = outlines(collection)
    assert all(shape.is_valid for shape in shapes.values())
    union = shapely.union_all(list(shapes.values()))
    # An overlap would be counted twice in the sum, a gap would be a hole in the union.
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(union.area, rel=1e-12)
    assert not any(len(part.interiors) for part in union.geoms)


def test_the_committed_neighbours_share_a_length_on_the_committed_map(
    collection: dict[str, Any],
) -> None:
    slugs = {feature["id"]: feature["properties"]["slug"] for feature in collection["features"]}
    pairs = {
        (slugs[a], slugs[b]) for a, b, common in touching(outlines(collection)) if common.length > 0
    }
    rows = set(pl.read_csv(DATA / "neighbours.csv").rows())
    assert pairs | {(b, a) for a, b in pairs} == rows
    assert len(pairs) == 448


def test_simplification_drops_a_wiggle_on_both_sides_and_keeps_a_notch(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    text = simplify_boundaries(make_geojson([ALPHA], [BETA]), towns=make_towns("Alpha", "Beta"))
    alpha, beta = json.loads(text)["features"]
    assert alpha == {
        "type": "Feature",
        "id": "0900100001",
        "properties": {"name": "Alpha", "slug": "alpha"},
        "geometry": {
            "type": "Polygon",
            "coordinates": [
                [
                    [-72.0, 41.0],
                    [-72.0, 41.1],
                    [-71.9, 41.1],
                    [-71.9, 41.06],
                    [-71.89, 41.05],
                    [-71.9, 41.04],
                    [-71.9, 41.0],
                    [-72.0, 41.0],
                ]
            ],
        },
    }
    shared = {tuple(vertex) for vertex in alpha["geometry"]["coordinates"][0]} & {
        tuple(vertex) for vertex in beta["geometry"]["coordinates"][0]
    }
    assert len(shared) == 5
    assert shoelace(beta["geometry"]["coordinates"][0]) < 0


def test_no_tolerance_keeps_every_vertex_up_to_the_grid(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    text = simplify_boundaries(
        make_geojson([ALPHA], [BETA]),
        towns=make_towns("Alpha", "Beta"),
        tolerance=0,
        shore_tolerance=0,
    )
    alpha, _ = json.loads(text)["features"]
    ring = {tuple(vertex) for vertex in alpha["geometry"]["coordinates"][0]}
    assert (-71.8998, 41.02) in ring
    assert (-71.9002, 41.08) in ring


def test_the_map_does_not_depend_on_the_order_of_the_source(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    towns = make_towns("Alpha", "Beta", "Gamma")
    text = simplify_boundaries(make_geojson([ALPHA], [BETA], [GAMMA]), towns=towns)
    turned = [*BETA[3:-1], *BETA[:4]]
    other = make_geojson(
        [GAMMA[::-1]], [turned], [ALPHA], ids=["0900100003", "0900100002", "0900100001"]
    )
    assert simplify_boundaries(other, towns=towns) == text


def test_a_map_simplified_twice_stays_the_same(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    towns = make_towns("Alpha", "Beta")
    text = simplify_boundaries(make_geojson([ALPHA], [BETA]), towns=towns)
    assert simplify_boundaries(text, towns=towns) == text


def test_a_town_inside_another_leaves_a_counter_clockwise_hole(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    towns = make_towns("Alpha", "Beta")
    # Both rings of Alpha are given the wrong way round.
    text = simplify_boundaries(make_geojson([SQUARE[::-1], ISLAND[::-1]], [ISLAND]), towns=towns)
    alpha, beta = json.loads(text)["features"]
    outer, hole = alpha["geometry"]["coordinates"]
    assert shoelace(outer) < 0 < shoelace(hole)
    assert shoelace(beta["geometry"]["coordinates"][0]) < 0
    assert neighbour_pairs(text, towns=towns).rows() == [("alpha", "beta"), ("beta", "alpha")]


def test_a_common_corner_does_not_make_neighbours(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    pairs = neighbour_pairs(
        make_geojson([ALPHA], [BETA], [GAMMA]), towns=make_towns("Alpha", "Beta", "Gamma")
    )
    assert pairs.rows() == [
        ("alpha", "beta"),
        ("alpha", "gamma"),
        ("beta", "alpha"),
        ("gamma", "alpha"),
    ]


def test_the_edges_of_an_island_part_count_too(make_towns: MakeTowns) -> None:
    towns = make_towns("Alpha", "Beta")
    inland, islet, next_door = (
        [[-72 + x, 41.0], [-72 + x, 41.1], [-71.9 + x, 41.1], [-71.9 + x, 41.0], [-72 + x, 41.0]]
        for x in (0.0, 0.3, 0.4)
    )
    features = [
        {"type": "Feature", "id": geoid, "geometry": {"type": kind, "coordinates": coordinates}}
        for geoid, kind, coordinates in (
            ("0900100001", "MultiPolygon", [[islet], [inland]]),
            ("0900100002", "Polygon", [next_door]),
        )
    ]
    source = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert neighbour_pairs(source, towns=towns).height == 2
    alpha, _ = json.loads(simplify_boundaries(source, towns=towns))["features"]
    assert alpha["geometry"]["type"] == "MultiPolygon"
    assert len(alpha["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize("key", ["GEOID", "geoid", "GeoID20"])
@pytest.mark.parametrize("county", ["09001", "09110"])
def test_the_geoid_may_stand_in_a_property_and_be_of_2020_or_2022(
    make_towns: MakeTowns, make_geojson: MakeGeojson, key: str, county: str
) -> None:
    towns = make_towns("Alpha", "Beta")
    source = json.loads(make_geojson([SQUARE], [RIGHT]))
    for number, feature in enumerate(source["features"], start=1):
        feature["properties"] = {"NAME": "anything", key: f"{county}0000{number}"}
        feature["id"] = number
    text = simplify_boundaries(json.dumps(source).encode(), towns=towns)
    assert text == simplify_boundaries(make_geojson([SQUARE], [RIGHT]), towns=towns)


def test_water_of_no_subdivision_is_left_out_and_height_dropped(
    make_towns: MakeTowns, make_geojson: MakeGeojson, tmp_path: Path
) -> None:
    source = json.loads(make_geojson([SQUARE], [RIGHT], ids=["0900100001", "0900100000"]))
    ring = source["features"][0]["geometry"]["coordinates"][0]
    source["features"][0]["geometry"]["coordinates"] = [[[*vertex, 12.5] for vertex in ring]]
    file = tmp_path / "towns.geojson"
    file.write_text(json.dumps(source))
    text = simplify_boundaries(file, towns=make_towns("Alpha"))
    assert text == simplify_boundaries(make_geojson([SQUARE]), towns=make_towns("Alpha"))


def test_a_tolerance_that_costs_a_pair_of_neighbours_is_refused(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    # Alpha and Delta share 3 m between the corners of Beta and Gamma.
    low, high = (10.0, 10.0), (10.003, 10.0)
    towns = make_towns("Alpha", "Beta", "Gamma", "Delta")
    source = make_geojson(
        [[(0, 0), (0, 10), low, high, (10, 0), (0, 0)]],
        [[high, (20, 10), (20, 0), (10, 0), high]],
        [[(0, 10), (0, 20), (10, 20), low, (0, 10)]],
        [[low, (10, 20), (20, 20), (20, 10), high, low]],
    )
    assert ("alpha", "delta") in neighbour_pairs(source, towns=towns).rows()
    with pytest.raises(BoundaryError, match=r"Alpha and Delta would lose .* smaller tolerance"):
        simplify_boundaries(source, towns=towns)


@pytest.mark.parametrize("metres", [-1.0, float("nan"), float("inf")])
def test_an_impossible_tolerance_is_named(
    make_towns: MakeTowns, make_geojson: MakeGeojson, metres: float
) -> None:
    with pytest.raises(RequestError, match=r"shore_tolerance is .*metres"):
        simplify_boundaries(
            make_geojson([SQUARE]), towns=make_towns("Alpha"), shore_tolerance=metres
        )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"PK\x03\x04", "convert the Census shapefile to GeoJSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "no GeoJSON FeatureCollection"),
        (b'{"type": "Topology", "features": []}', "no GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": {}}', "no GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": [3]}', "feature 1 is no GeoJSON object"),
        (b'{"type": "FeatureCollection", "features": [{}]}', "feature 1 has no GEOID"),
        (b'{"type": "FeatureCollection", "features": []}', "0 of 2 towns; without Alpha, Beta$"),
    ],
)
def test_what_is_no_feature_collection_is_refused(
    make_towns: MakeTowns, content: bytes, words: str
) -> None:
    with pytest.raises(BoundaryError, match=words):
        simplify_boundaries(content, towns=make_towns("Alpha", "Beta"))


def test_a_file_that_is_not_there_is_named(make_towns: MakeTowns, tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match=r"absent\.geojson cannot be read: No such file"):
        simplify_boundaries(tmp_path / "absent.geojson", towns=make_towns("Alpha"))


@pytest.mark.parametrize(
    ("rings", "ids", "words"),
    [
        ([SQUARE, RIGHT], ["0900100001", "0900100001"], r"Alpha \(0900100001\) stands .* twice"),
        ([SQUARE], ["0900100002"], "1 of 2 towns; without Alpha$"),
        ([SQUARE, RIGHT], ["0900100001", "5000300002"], r"'5000300002'.*State 09"),
        ([SQUARE, [(9, 0), *RIGHT[1:-1], (9, 0)]], [], "Alpha and Beta overlap"),
        ([SQUARE, SQUARE], [], "Alpha and Beta overlap"),
        (
            [SQUARE, [(10, 0), (10, 5), (10, 10), *RIGHT[2:]]],
            [],
            "boundary of (Alpha|Beta) does not meet its neighbours' vertex for vertex",
        ),
        ([SQUARE, [(10, 0), (20, 10), (20, 0), (10, 10), (10, 0)]], [], "boundary of Beta is inv"),
        ([SQUARE, [(10, 0), (10, 0), (10, 0), (10, 0)]], [], "boundary of Beta is invalid"),
        ([SQUARE, [(10, 0), (20, 10), (20, 0), (11, 0)]], [], "boundary of Beta is no GeoJSON"),
        ([SQUARE, [(30_000, 0), (30_000, 9), (40_000, 9), (30_000, 0)]], [], "Beta is not in deg"),
    ],
)
def test_a_source_that_is_no_coverage_of_the_towns_is_refused(
    make_towns: MakeTowns,
    make_geojson: MakeGeojson,
    rings: list[list[tuple[float, float]]],
    ids: list[str],
    words: str,
) -> None:
    source = make_geojson(*[[ring] for ring in rings], ids=ids)
    with pytest.raises(BoundaryError, match=words):
        simplify_boundaries(source, towns=make_towns("Alpha", "Beta"))


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": []},
        {
            "type": "MultiPolygon",
            "coordinates": [[[[-72, 41], [-72, 42], [-71, 42], [-72, 41]]], []],
        },
        {"type": "Polygon", "coordinates": [[["a", 0], [1, 0], [1, 1], ["a", 0]]]},
        {"type": "Point", "coordinates": [-72, 41]},
        {"type": 7},
    ],
)
def test_a_geometry_that_is_no_polygon_names_the_town(
    make_towns: MakeTowns, geometry: object
) -> None:
    feature = {"type": "Feature", "id": "0900100001", "properties": {}, "geometry": geometry}
    source = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    with pytest.raises(BoundaryError, match="the boundary of Alpha is "):
        simplify_boundaries(source, towns=make_towns("Alpha"))


def test_a_hole_that_no_town_fills_is_a_gap(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    with pytest.raises(BoundaryError, match=r"a gap between Alpha$"):
        simplify_boundaries(make_geojson([SQUARE, ISLAND], [RIGHT]), towns=make_towns("Alpha", "B"))


@pytest.mark.parametrize(
    ("towns", "words"),
    [
        ([[SQUARE[::-1]], [RIGHT]], "outer ring of Alpha turns counter-clockwise"),
        ([[SQUARE, ISLAND[::-1]], [ISLAND[::-1]]], "hole in Alpha turns clockwise"),
        ([[SQUARE, ISLAND], [RIGHT]], "gap between Alpha"),
        ([[SQUARE], [[(9, 0), *RIGHT[1:-1], (9, 0)]]], "Alpha and Beta overlap"),
        ([[SQUARE]], "without Beta"),
    ],
)
def test_the_check_names_what_is_broken(
    make_towns: MakeTowns,
    make_geojson: MakeGeojson,
    towns: list[list[list[tuple[float, float]]]],
    words: str,
) -> None:
    text = make_geojson(*towns, names=["Alpha", "Beta"])
    with pytest.raises(BoundaryError, match=words):
        check_boundaries(text, towns=make_towns("Alpha", "Beta"))


def test_the_check_wants_ids_of_2020_and_our_own_names(
    make_towns: MakeTowns, make_geojson: MakeGeojson
) -> None:
    towns = make_towns("Alpha")
    check_boundaries(make_geojson([SQUARE], names=["Alpha"]), towns=towns)
    with pytest.raises(BoundaryError, match=r"'0911000001'.*GEOID of 2020"):
        check_boundaries(make_geojson([SQUARE], names=["Alpha"], ids=["0911000001"]), towns=towns)
    with pytest.raises(BoundaryError, match=r"Alpha \(0900100001\) has the properties"):
        check_boundaries(make_geojson([SQUARE], names=["Omega"]), towns=towns)


def test_the_check_refuses_another_states_map_and_a_damaged_one(
    make_geojson: MakeGeojson, committed: bytes
) -> None:
    with pytest.raises(BoundaryError, match="'5000300001'"):
        check_boundaries(make_geojson([SQUARE], ids=["5000300001"]))
    with pytest.raises(BoundaryError, match="is not JSON"):
        check_boundaries(committed[: len(committed) // 2])


def test_the_check_sees_one_vertex_of_one_town_moved(committed: bytes) -> None:
    collection = json.loads(committed)
    middle = next(f for f in collection["features"] if f["properties"]["name"] == "Berlin")
    middle["geometry"]["coordinates"][0][3][0] += 0.0005
    with pytest.raises(BoundaryError, match="Berlin"):
        check_boundaries(json.dumps(collection).encode())


@pytest.mark.real
def test_the_committed_map_is_made_from_the_census_file(real_data: Path, committed: bytes) -> None:
    census = real_data / "geo" / "ct_towns.geojson"
    assert simplify_boundaries(census, towns=connecticut_towns()) == committed


@pytest.mark.real
def test_neighbours_and_areas_are_those_of_the_census_file(
    real_data: Path, collection: dict[str, Any]
) -> None:
    source = outlines(json.loads((real_data / "geo" / "ct_towns.geojson").read_bytes()))
    result = outlines(collection)
    before = {(a, b) for a, b, common in touching(source) if common.length > 0}
    after = {(a, b) for a, b, common in touching(result) if common.length > 0}
    assert len(before) == 448
    assert {tuple(sorted(pair)) for pair in before} == {tuple(sorted(pair)) for pair in after}
    for geoid, shape in source.items():
        assert result[geoid].area == pytest.approx(shape.area, rel=0.0015), geoid
        # No boundary moved by more than 0.0012 degree, half a pixel of a map 700 pixels wide.
        assert shapely.hausdorff_distance(result[geoid].boundary, shape.boundary) < 0.0012, geoid
        assert len(getattr(result[geoid], "geoms", [0])) == len(getattr(shape, "geoms", [0]))


@pytest.fixture
def script() -> ModuleType:
    path = Path(__file__).parents[4] / "scripts" / "make_place_tables.py"
    spec = importlib.util.spec_from_file_location("make_place_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.real
def test_the_committed_tables_are_made_by_the_script(real_data: Path, script: ModuleType) -> None:
    folder = real_data / "geo"
    towns = script.town_table(pl.read_csv(folder / "towns.csv", infer_schema=False))
    agencies = script.agency_table(pl.read_csv(folder / "agency_town.csv", infer_schema=False))
    pairs = neighbour_pairs(folder / "ct_towns.geojson", towns=towns)
    assert towns.write_csv() == (DATA / "towns.csv").read_text()
    assert agencies.write_csv() == (DATA / "agency_towns.csv").read_text()
    assert pairs.write_csv() == (DATA / "neighbours.csv").read_text()
