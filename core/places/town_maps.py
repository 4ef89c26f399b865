"""Maps of the towns of any State: made from a Census file, and read again for a dataset.

Towns are what the Census Bureau calls county subdivisions or places. Places do not cover a State,
and water that is no subdivision is left out, so such a map may have gaps.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import polars as pl
import shapely

from core.errors import BoundaryError
from core.places.boundaries import (
    GRID_PER_DEGREE,
    check_boundaries,
    neighbour_pairs,
    simplify_boundaries,
)
from core.places.counties import counties_of_state
from core.places.naming import slug_of, told_apart
from core.places.outlines import (
    NO_SUBDIVISION,
    Geometry,
    feature_collection,
    geoid_of,
    on_this_side,
    read_features,
    town_outlines,
    width_of,
)
from core.places.states import STATE_CODES

__all__ = ["TOWN_MAP_SCHEMA", "TownMap", "make_town_map", "read_town_map"]

TOWN_MAP_SCHEMA = pl.Schema(
    {
        "place": pl.String(),  # slug, unique key
        "name": pl.String(),
        "geoid": pl.String(),  # ten digits of a county subdivision, seven of a place
        "county": pl.String(),  # as the map of counties names it; null for places
        "longitude": pl.Float64(),  # degrees, a point inside
        "latitude": pl.Float64(),
    }
)

_Feature: TypeAlias = Mapping[str, object]

_SUBDIVISION: Final = 10  # digits of a GEOID
_PLACE: Final = 7
_KINDS: Mapping[int, str] = {_SUBDIVISION: "county subdivisions", _PLACE: "places"}
_COUNTY: Final = 5

# Of a map 3,000 pixels wide, what one vertex may cut off is the square of a pixel.
_PIXELS: Final = 3000
_FINEST: Final = 75.0  # metres
_METRES_PER_DEGREE: Final = 111_000
_SHORE: Final = 0.5  # of the tolerance between towns

_MAKE = "make the map with 'ctcrimes boundaries SOURCE --state {state} --out FILE'"


@dataclass(frozen=True, kw_only=True)
class TownMap:
    """The towns of a State.

    Attributes:
        state: Postal abbreviation.
        table: :data:`TOWN_MAP_SCHEMA`, sorted by slug.
        neighbours: Towns that share a boundary of positive length on the map, in
            :data:`~core.places.towns.NEIGHBOUR_SCHEMA`.
        boundaries: The map, as :func:`make_town_map` makes it.
    """

    state: str
    table: pl.DataFrame
    neighbours: pl.DataFrame
    boundaries: bytes


def make_town_map(source: bytes, *, state: str) -> bytes:
    """Return the map for the web made from a Census file of a State.

    Args:
        source: GeoJSON FeatureCollection in degrees, of county subdivisions (GEOID of ten digits)
            or of places (seven), with a property ``NAME`` and, where several have one name,
            ``NAMELSAD``, in any case. Water of no subdivision is left out.
        state: Postal abbreviation in capitals.

    Returns:
        The map as :func:`core.places.boundaries.simplify_boundaries` makes it. A name that several
        features share becomes the one with what each is ("Rutland City"), then with its county,
        last with its GEOID.

    Raises:
        BoundaryError: The file is of another State, of neither or of both kinds, lacks a GEOID or
            a name, has one feature twice, or its outlines give no sound map.
    """
    features = read_features(source)
    found = _subjects(features, state=state)
    names = _unique_names(found, counties=_county_names(found, state=state))
    table = pl.DataFrame(
        [(slug_of(name), name, geoid) for name, geoid in zip(names, found, strict=True)],
        schema={"place": pl.String, "name": pl.String, "geoid": pl.String},
        orient="row",
    )
    outlines = _on_this_side(town_outlines(list(found.values()), towns=_expected(table)))
    table = table.filter(pl.col("geoid").is_in(list(outlines)))
    tolerance = max(_FINEST, width_of(list(outlines.values())) * _METRES_PER_DEGREE / _PIXELS)
    return simplify_boundaries(
        feature_collection(_on_grid(outlines, table=table)),
        towns=_expected(table),
        tolerance=tolerance,
        shore_tolerance=tolerance * _SHORE,
        gaps=True,
    )


def read_town_map(boundaries: bytes) -> TownMap:
    """Read a map that :func:`make_town_map` made.

    Raises:
        BoundaryError: It is no such map: the message says what is wrong and how to make one.
    """
    features = read_features(boundaries)
    rows = [_labels(feature, number=number) for number, feature in enumerate(features, start=1)]
    geoids = [geoid for _, _, geoid in rows]
    state = _state_of(geoids)
    _check_one_kind(geoids)
    table = pl.DataFrame(rows, schema=["place", "name", "geoid"], orient="row")
    expected = _expected(table)
    _check_unique(table["place"].to_list())
    check_boundaries(boundaries, towns=expected, gaps=True)
    outlines = town_outlines(features, towns=expected)
    middles = [shapely.point_on_surface(outlines[geoid]) for geoid in geoids]
    counties = _county_names(geoids, state=state)
    table = table.with_columns(
        county=pl.Series([counties.get(geoid) for geoid in geoids], dtype=pl.String),
        longitude=pl.Series([point.x for point in middles], dtype=pl.Float64),
        latitude=pl.Series([point.y for point in middles], dtype=pl.Float64),
    )
    return TownMap(
        state=state,
        table=table.select(TOWN_MAP_SCHEMA.names()).sort("place"),
        neighbours=neighbour_pairs(boundaries, towns=expected),
        boundaries=boundaries,
    )


def _on_this_side(outlines: Mapping[str, Geometry]) -> dict[str, Geometry]:
    """Without towns that lie wholly beyond the antimeridian, where others do not."""
    near = {geoid: on_this_side(outline) for geoid, outline in outlines.items()}
    west = {geoid: outline for geoid, outline in near.items() if outline.bounds[0] < 0}
    return west or near


def _on_grid(outlines: Mapping[str, Geometry], *, table: pl.DataFrame) -> dict[str, Geometry]:
    """Return outlines that meet edge to edge, all of whose vertices lie on the published grid.

    What is simplified after this only loses vertices, so no step can make a boundary cross
    another. Where towns lie closer to each other than the grid is fine, they come to touch.
    """
    # An overlap that a file has goes to one of the two.
    clean = dict(zip(outlines, shapely.coverage_clean(list(outlines.values())), strict=True))
    steps = shapely.transform(list(clean.values()), lambda degrees: degrees * GRID_PER_DEGREE)
    lines = shapely.union_all(shapely.boundary(steps), grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside, owners = shapely.STRtree(steps).query(
        shapely.point_on_surface(faces), predicate="within"
    )
    parts: dict[int, list[shapely.Polygon]] = defaultdict(list)
    for face, owner in zip(inside, owners, strict=True):
        parts[owner].append(faces[face])
    for at, name in enumerate(table["name"]):
        if at not in parts:
            raise BoundaryError(
                f"{name} is smaller than a step of the map's grid; leave it out of the file"
            )
    return {
        geoid: shapely.transform(
            shapely.coverage_union_all(parts[at]), lambda grid: np.rint(grid) / GRID_PER_DEGREE
        )
        for at, geoid in enumerate(clean)
    }


def _subjects(features: Sequence[_Feature], *, state: str) -> dict[str, _Feature]:
    """Features by GEOID without water, all of one kind and of the State."""
    found: dict[str, _Feature] = {}
    for number, feature in enumerate(features, start=1):
        geoid = geoid_of(feature, number=number)
        _check_geoid(geoid, number=number)
        if not geoid.startswith(STATE_CODES[state]):
            raise BoundaryError(
                f"feature {number} has the GEOID {geoid!r}, and those of {state} begin with "
                f"{STATE_CODES[state]}; use the Census file of {state}, or name another --state"
            )
        if len(geoid) == _SUBDIVISION and geoid.endswith(NO_SUBDIVISION):
            continue
        if geoid in found:
            raise BoundaryError(
                f"feature {number} has the GEOID {geoid!r} of an earlier one; give each town once"
            )
        found[geoid] = feature
    if not found:
        raise BoundaryError(
            "the boundary file has no town in it; use the Census Bureau's cartographic boundaries "
            f"of {' or of '.join(_KINDS.values())}"
        )
    _check_one_kind(list(found))
    return found


def _check_geoid(geoid: str, *, number: int) -> None:
    if len(geoid) not in _KINDS or not (geoid.isascii() and geoid.isdigit()):
        raise BoundaryError(
            f"feature {number} has the GEOID {geoid!r}, expected {_SUBDIVISION} digits of a county "
            f"subdivision or {_PLACE} of a place; use a Census file of one of these"
        )


def _check_one_kind(geoids: Sequence[str]) -> None:
    if len({len(geoid) for geoid in geoids}) > 1:
        raise BoundaryError(
            f"the boundary file mixes {' and '.join(_KINDS.values())}; use a file of one of them"
        )


def _county_names(geoids: Mapping[str, object] | Sequence[str], *, state: str) -> dict[str, str]:
    """The county of each county subdivision that lies in one that is known."""
    table = counties_of_state(state).table
    names: dict[str, str] = dict(table.select("geoid", "name").iter_rows())
    return {
        geoid: names[geoid[:_COUNTY]]
        for geoid in geoids
        if len(geoid) == _SUBDIVISION and geoid[:_COUNTY] in names
    }


def _unique_names(found: Mapping[str, _Feature], *, counties: Mapping[str, str]) -> list[str]:
    """A name for each GEOID, the last of which no other has."""
    return told_apart(
        [
            _choices(feature, geoid=geoid, county=counties.get(geoid))
            for geoid, feature in found.items()
        ]
    )


def _choices(feature: _Feature, *, geoid: str, county: str | None) -> list[str]:
    """Names of one feature, from the shortest to one that no other has."""
    name = _text(feature, "name", geoid=geoid)
    if name is None:
        raise BoundaryError(
            f"the feature of GEOID {geoid} has no property NAME; use the file as the Census Bureau "
            "publishes it"
        )
    longer = _capitalised(_text(feature, "namelsad", geoid=geoid) or name)
    placed = f"{longer}, {county}" if county else longer
    return [name, longer, placed, f"{placed}, {geoid}"]


def _text(feature: _Feature, key: str, *, geoid: str) -> str | None:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        raise BoundaryError(f"the feature of GEOID {geoid} has no properties, so it has no name")
    lowered = {str(name).lower(): value for name, value in properties.items()}
    for spelling in (key, f"{key}20"):
        value = lowered.get(spelling)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _capitalised(text: str) -> str:
    """With a capital at the start of each word, and the others as they are: ``McIndoe Village``."""
    return re.sub(r"(?<![\w'])\w", lambda match: match.group().upper(), text)


def _expected(table: pl.DataFrame) -> pl.DataFrame:
    return table.select("place", "name", geoid_2020="geoid", geoid_2022="geoid")


def _labels(feature: _Feature, *, number: int) -> tuple[str, str, str]:
    """Slug, name and GEOID of a feature of our own map."""
    geoid, properties = feature.get("id"), feature.get("properties")
    labels = properties if isinstance(properties, dict) else {}
    slug, name = labels.get("slug"), labels.get("name")
    if not (isinstance(geoid, str) and isinstance(slug, str) and isinstance(name, str)):
        raise BoundaryError(
            f"feature {number} of the map has no id, slug and name as text; "
            f"{_MAKE.format(state='STATE')}"
        )
    _check_geoid(geoid, number=number)
    return slug, name, geoid


def _state_of(geoids: Sequence[str]) -> str:
    by_code = {code: state for state, code in STATE_CODES.items()}
    codes = sorted({geoid[:2] for geoid in geoids})
    if len(codes) != 1 or codes[0] not in by_code:
        raise BoundaryError(
            f"the map has GEOIDs that begin with {', '.join(codes) or 'nothing'}, expected the "
            f"code of one State; {_MAKE.format(state='STATE')}"
        )
    return by_code[codes[0]]


def _check_unique(slugs: Sequence[str]) -> None:
    for slug, count in sorted(Counter(slugs).items()):
        if count > 1 or slug != slug_of(slug):
            raise BoundaryError(
                f"the map has the slug {slug!r} {count} times, expected small letters, digits and "
                f"hyphens once; {_MAKE.format(state='STATE')}"
            )
