"""Census boundaries in, the map of the web out: simplified, clockwise, without gap or overlap.

All work is done on whole numbers, so that a vertex which several towns share stays one vertex and
the same file always gives the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import inf
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from core.errors import BoundaryError, RequestError
from core.places.outlines import Geometry, check_valid, read_features, town_outlines
from core.places.towns import NEIGHBOUR_SCHEMA, connecticut_towns

__all__ = ["GRID_PER_DEGREE", "check_boundaries", "neighbour_pairs", "simplify_boundaries"]

# A plane of whole numbers: 1e-6 degree of longitude is 3 units and of latitude 4, because in
# Connecticut a degree of longitude is cos(41.4 degrees) = 3/4 as long as one of latitude.
_UNITS = np.array([3.0, 4.0])
_UNITS_PER_METRE = 4e6 / 111_000

# The published grid: 1e-4 degree, 11 m by 8 m, a tenth of a pixel on a map 1,900 pixels wide.
_GRID_MICRODEGREES = 100
GRID_PER_DEGREE = 10_000


def simplify_boundaries(
    source: bytes | Path,
    *,
    towns: pl.DataFrame,
    tolerance: float = 75.0,
    shore_tolerance: float = 10.0,
    gaps: bool = False,
) -> bytes:
    """Return the map for the web made from a Census cartographic boundary file.

    Boundaries between towns are simplified once for both sides (coverage simplification of
    Visvalingam and Whyatt, GEOS ``CoverageSimplifier``), the shore and the State line more
    carefully. Then all vertices are moved to one grid of 1e-4 degree. The shore of the source is
    kept: the cartographic files are clipped to it.

    Args:
        source: GeoJSON FeatureCollection, or the path of one, of county subdivisions in degrees.
            The GEOID (of 2020 or of 2022) is read from a property ``GEOID`` or ``GEOID20`` in any
            case, else from the feature's ``id``. Water that belongs to no subdivision is left out.
        towns: The towns to expect, with the columns ``place``, ``name``, ``geoid_2020`` and
            ``geoid_2022``; see :func:`core.places.towns.connecticut_towns`.
        tolerance: Metres; the square root of the area that one vertex may cut off between towns.
        shore_tolerance: Metres; the same for the shore and the State line.
        gaps: Whether towns may leave gaps, as where they do not cover the State.

    Returns:
        Minified GeoJSON, one feature per town from west to east: ``id`` the GEOID of 2020,
        properties ``name`` and ``slug``, outer rings clockwise as d3 and plotly want them.

    Raises:
        BoundaryError: The source cannot be read, is not the file of these towns or is no coverage
            (a town overlaps another), or the tolerances are so large that a town would break or
            lose or gain a neighbour.
        RequestError: A tolerance is negative or not finite.
    """
    for name, metres in (("tolerance", tolerance), ("shore_tolerance", shore_tolerance)):
        if not 0 <= metres < inf:
            raise RequestError(f"{name} is {metres}, expected metres from 0 up")
    outlines = town_outlines(read_features(source), towns=towns)
    exact = {geoid: _to_units(outline) for geoid, outline in outlines.items()}
    names = dict(towns.select("geoid_2020", "name").iter_rows())
    _check_coverage(exact, names=names, gaps=gaps)
    coarse = _on_grid(
        _simplified(
            np.array(list(exact.values())),
            tolerance=tolerance * _UNITS_PER_METRE,
            shore_tolerance=shore_tolerance * _UNITS_PER_METRE,
        )
    )
    simple = dict(zip(exact, coarse, strict=True))
    _check_same_pairs(_pairs(exact), after=_pairs(simple), names=names)
    text = _to_geojson(simple, towns=towns)
    check_boundaries(text, towns=towns, gaps=gaps)
    return text


def neighbour_pairs(source: bytes | Path, *, towns: pl.DataFrame) -> pl.DataFrame:
    """Return which towns share a boundary of positive length; a common corner is not enough.

    Args:
        source: As for :func:`simplify_boundaries`, or its result.
        towns: As for :func:`simplify_boundaries`.

    Returns:
        ``place`` and ``neighbour`` slugs, String, each pair in both directions, sorted.

    Raises:
        BoundaryError: As for :func:`simplify_boundaries`.
    """
    outlines = town_outlines(read_features(source), towns=towns)
    pairs = _pairs({geoid: _to_units(outline) for geoid, outline in outlines.items()})
    slugs = dict(towns.select("geoid_2020", "place").iter_rows())
    rows = [(slugs[a], slugs[b]) for pair in pairs for a, b in (pair, pair[::-1])]
    return pl.DataFrame(rows, schema=NEIGHBOUR_SCHEMA, orient="row").sort("place", "neighbour")


def check_boundaries(
    boundaries: bytes, *, towns: pl.DataFrame | None = None, gaps: bool = False
) -> None:
    """Check that ``boundaries`` is a map as :func:`simplify_boundaries` makes it.

    Args:
        boundaries: GeoJSON text.
        towns: The towns to expect; the 169 of Connecticut by default.
        gaps: Whether towns may leave gaps.

    Raises:
        BoundaryError: The text is not JSON or no FeatureCollection; a town is absent, unknown or
            there twice; a feature's id, name or slug is another; a ring is invalid or turns the
            wrong way; two towns overlap, or there is a gap between towns
            where none may be.
    """
    expected = connecticut_towns() if towns is None else towns
    features = read_features(boundaries)
    _check_labels(features, towns=expected)
    outlines = town_outlines(features, towns=expected)
    names = dict(expected.select("geoid_2020", "name").iter_rows())
    for geoid, outline in outlines.items():
        _check_clockwise(outline, name=names[geoid])
    units = {geoid: _to_units(outline) for geoid, outline in outlines.items()}
    _check_coverage(units, names=names, gaps=gaps)


def _to_units(outline: Geometry) -> Geometry:
    return shapely.transform(outline, lambda degrees: np.rint(degrees * 1e6) * _UNITS)


def _simplified(
    outlines: NDArray[np.object_], *, tolerance: float, shore_tolerance: float
) -> NDArray[np.object_]:
    inner = shapely.coverage_simplify(outlines, tolerance, simplify_boundary=False)
    # The second pass leaves the inner boundaries alone while its tolerance is the smaller one.
    return np.asarray(shapely.coverage_simplify(inner, min(shore_tolerance, tolerance)))


def _on_grid(outlines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the outlines in steps of the published grid, rounded half up, rings oriented."""

    def rounded(units: NDArray[np.float64]) -> NDArray[np.float64]:
        grid = (units / _UNITS + _GRID_MICRODEGREES / 2) / _GRID_MICRODEGREES
        return np.asarray(np.floor(grid))

    snapped = shapely.remove_repeated_points(shapely.transform(outlines, rounded))
    # A neck that closes to a point makes two parts of one ring; no vertex is new.
    pinched = ~shapely.is_valid(snapped)
    snapped[pinched] = shapely.make_valid(
        snapped[pinched], method="structure", keep_collapsed=False
    )
    return np.asarray(shapely.orient_polygons(snapped, exterior_cw=True))


def _pairs(outlines: Mapping[str, Geometry]) -> set[tuple[str, str]]:
    """Return the pairs of keys, sorted, whose outlines have an edge in common."""
    owners: dict[frozenset[tuple[float, float]], list[str]] = {}
    for geoid, outline in outlines.items():
        for ring in shapely.get_rings(shapely.get_parts(outline)):
            for edge in pairwise(map(tuple, shapely.get_coordinates(ring).tolist())):
                owners.setdefault(frozenset(edge), []).append(geoid)
    return {(min(both), max(both)) for both in owners.values() if len(set(both)) > 1}


def _to_geojson(outlines: Mapping[str, Geometry], *, towns: pl.DataFrame) -> bytes:
    """Return minified GeoJSON of outlines in grid steps, from west to east.

    Neighbours that stand near each other in the file share their vertices within the window of
    the compression: fewer bytes than in alphabetical order.
    """
    labels = {
        geoid: (name, slug)
        for geoid, name, slug in towns.select("geoid_2020", "name", "place").iter_rows()
    }
    features = []
    for geoid, outline in sorted(outlines.items(), key=lambda item: (item[1].bounds[0], item[0])):
        name, slug = labels[geoid]
        polygons = sorted(_polygons(outline), key=lambda rings: (-len(rings[0]), rings))
        single = len(polygons) == 1
        geometry = {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": polygons[0] if single else polygons,
        }
        features.append(
            {
                "type": "Feature",
                "id": geoid,
                "properties": {"name": name, "slug": slug},
                "geometry": geometry,
            }
        )
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, separators=(",", ":"), ensure_ascii=False).encode()


def _polygons(outline: Geometry) -> Iterator[list[list[list[float]]]]:
    """Yield the rings of each part in degrees, each from its least vertex on."""
    for part in shapely.get_parts(outline):
        rings = []
        for ring in shapely.get_rings(part):
            steps = shapely.get_coordinates(ring).astype(int).tolist()[:-1]
            first = steps.index(min(steps))
            closed = [*steps[first:], *steps[: first + 1]]
            rings.append([[x / GRID_PER_DEGREE, y / GRID_PER_DEGREE] for x, y in closed])
        yield rings


def _check_labels(features: list[Mapping[str, object]], *, towns: pl.DataFrame) -> None:
    expected = {
        geoid: {"name": name, "slug": slug}
        for geoid, name, slug in towns.select("geoid_2020", "name", "place").iter_rows()
    }
    for number, feature in enumerate(features, start=1):
        geoid = feature.get("id")
        if not isinstance(geoid, str) or geoid not in expected:
            raise BoundaryError(
                f"feature {number} has the id {geoid!r}, which is no town's GEOID of 2020; "
                "make the map again from the Census file"
            )
        if feature.get("properties") != expected[geoid]:
            raise BoundaryError(
                f"{expected[geoid]['name']} ({geoid}) has the properties "
                f"{feature.get('properties')!r}, expected {expected[geoid]!r}"
            )


def _check_clockwise(outline: Geometry, *, name: str) -> None:
    for part in shapely.get_parts(outline):
        if shapely.is_ccw(shapely.get_exterior_ring(part)):
            raise BoundaryError(
                f"an outer ring of {name} turns counter-clockwise; d3 and plotly would fill "
                "everything but the town, so outer rings must be clockwise"
            )
        if not all(shapely.is_ccw(hole) for hole in part.interiors):
            raise BoundaryError(f"a hole in {name} turns clockwise; holes are counter-clockwise")


def _check_coverage(
    outlines: Mapping[str, Geometry], *, names: Mapping[str, str], gaps: bool
) -> None:
    """Check that the outlines are valid, meet edge to edge, and neither overlap nor leave holes."""
    for geoid, outline in outlines.items():
        check_valid(outline, name=names[geoid])
    labels = [names[geoid] for geoid in outlines]
    shapes = np.array(list(outlines.values()))
    tree = shapely.STRtree(shapes)
    for first, second in tree.query(shapes, predicate="intersects").T:
        if first < second and shapely.relate_pattern(shapes[first], shapes[second], "T********"):
            raise BoundaryError(f"{labels[first]} and {labels[second]} overlap")
    for label, edges in zip(labels, shapely.coverage_invalid_edges(shapes), strict=True):
        if not edges.is_empty:
            raise BoundaryError(
                f"the boundary of {label} does not meet its neighbours' vertex for vertex"
            )
    if not gaps:
        _check_no_gap(shapes, labels=labels)


def _check_no_gap(shapes: NDArray[np.object_], *, labels: list[str]) -> None:
    """Check that the union has no hole: in Connecticut no land lies between towns."""
    for part in shapely.get_parts(shapely.coverage_union_all(shapes)):
        for hole in part.interiors:
            around = [
                label
                for label, shape in zip(labels, shapes, strict=True)
                if shapely.intersects(shape, hole)
            ]
            raise BoundaryError(f"there is a gap between {', '.join(around)}")


def _check_same_pairs(
    before: set[tuple[str, str]], *, after: set[tuple[str, str]], names: Mapping[str, str]
) -> None:
    for pair in sorted(before ^ after):
        change = "lose" if pair in before else "gain"
        raise BoundaryError(
            f"{names[pair[0]]} and {names[pair[1]]} would {change} their common boundary; "
            "choose a smaller tolerance"
        )
