"""Reading boundary files: GeoJSON of county subdivisions -> the valid outline of each town."""

import json
from collections.abc import Mapping, Sequence
from math import cos, radians
from pathlib import Path
from typing import TypeAlias

import polars as pl
import shapely

from core.errors import BoundaryError

__all__ = [
    "NO_SUBDIVISION",
    "Geometry",
    "check_valid",
    "feature_collection",
    "geoid_of",
    "on_this_side",
    "read_features",
    "town_outlines",
    "width_of",
]

Geometry: TypeAlias = shapely.Polygon | shapely.MultiPolygon
"""The outline of one town."""

_GEOID_PROPERTIES = ("geoid", "geoid20")

NO_SUBDIVISION = "00000"
"""Census code of the water of a county that belongs to no county subdivision."""

_WORLD = shapely.box(-180, -90, 180, 90)

# How many absent towns a message names.
_NAMED_TOWNS = 5


def read_features(source: bytes | Path) -> list[Mapping[str, object]]:
    """Return the features of a GeoJSON FeatureCollection, given as text or as a path.

    Raises:
        BoundaryError: The file cannot be read, is not JSON, or is no FeatureCollection.
    """
    label = f"boundary file {source.name}" if isinstance(source, Path) else "boundary file"
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
        collection = json.loads(content)
    except OSError as error:
        raise BoundaryError(f"{label} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise BoundaryError(
            f"{label} is not JSON ({error}); convert the Census shapefile to GeoJSON first"
        ) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection":
        raise BoundaryError(f"{label} is no GeoJSON FeatureCollection with a list of features")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            raise BoundaryError(f"{label}: feature {number} is no GeoJSON object")
    return features


def feature_collection(outlines: Mapping[str, shapely.Geometry]) -> bytes:
    """Return outlines by GEOID as a GeoJSON FeatureCollection, feature id = GEOID."""
    features = [
        {"type": "Feature", "id": geoid, "geometry": shapely.geometry.mapping(outline)}
        for geoid, outline in outlines.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def on_this_side(outline: shapely.Geometry) -> shapely.Geometry:
    """Without what lies beyond the antimeridian: Alaska's last islands would double the map."""
    parts = shapely.get_parts(outline)
    west, _, _, _ = outline.bounds
    near = [part for part in parts if west > 0 or part.bounds[0] < 0]
    return outline if len(near) == len(parts) else shapely.union_all(near)


def width_of(outlines: Sequence[shapely.Geometry]) -> float:
    """Return how wide or high all outlines are together, in degrees of latitude."""
    west, south, east, north = shapely.union_all(outlines).bounds
    across = (east - west) * cos(radians((south + north) / 2))
    return float(max(across, north - south))


def town_outlines(
    features: list[Mapping[str, object]], *, towns: pl.DataFrame
) -> dict[str, Geometry]:
    """Return the outline of every town by its GEOID of 2020, in the order of ``towns``.

    Args:
        features: GeoJSON features; the GEOID of 2020 or of 2022 is a property ``GEOID`` or
            ``GEOID20`` in any case, else the feature's ``id``. Water that belongs to no county
            subdivision is left out.
        towns: ``geoid_2020``, ``geoid_2022`` and ``name``, all String, of the towns to expect.

    Raises:
        BoundaryError: A feature has no GEOID, one of no town, or one that stands there twice; a
            town is absent; a geometry is no valid polygon in degrees.
    """
    current = {geoid: geoid for geoid in towns["geoid_2020"]}
    current |= dict(towns.select("geoid_2022", "geoid_2020").iter_rows())
    names = dict(towns.select("geoid_2020", "name").iter_rows())
    found: dict[str, Geometry] = {}
    for number, feature in enumerate(features, start=1):
        given = geoid_of(feature, number=number)
        if given.endswith(NO_SUBDIVISION):
            continue
        geoid = current.get(given)
        if geoid is None:
            raise BoundaryError(
                f"feature {number} has the GEOID {given!r}, which is none of the "
                f"{len(names)} towns; use the county subdivisions of Connecticut (State 09)"
            )
        if geoid in found:
            raise BoundaryError(f"{names[geoid]} ({geoid}) stands in the boundary file twice")
        found[geoid] = _outline(feature.get("geometry"), name=names[geoid])
    absent = [name for geoid, name in names.items() if geoid not in found]
    if absent:
        raise BoundaryError(
            f"the boundary file has {len(found)} of {len(names)} towns; "
            f"without {', '.join(absent[:_NAMED_TOWNS])}{' ...' * (len(absent) > _NAMED_TOWNS)}"
        )
    return {geoid: found[geoid] for geoid in names}


def geoid_of(feature: Mapping[str, object], *, number: int) -> str:
    """Return the GEOID of the feature that stands at ``number`` in its file.

    Raises:
        BoundaryError: It has none as text, neither as a property nor as its id.
    """
    properties = feature.get("properties")
    if isinstance(properties, dict):
        lowered = {str(key).lower(): value for key, value in properties.items()}
        for key in _GEOID_PROPERTIES:
            if isinstance(lowered.get(key), str):
                return str(lowered[key])
    if isinstance(feature.get("id"), str):
        return str(feature["id"])
    raise BoundaryError(
        f"feature {number} has no GEOID as text, neither as a property GEOID or GEOID20 nor as id"
    )


def _outline(geometry: object, *, name: str) -> Geometry:
    """Return the outline as given, valid and in degrees; its height is dropped."""
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    except (shapely.errors.ShapelyError, RecursionError) as error:
        raise BoundaryError(f"the boundary of {name} is no GeoJSON geometry: {error}") from error
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise BoundaryError(
            f"the boundary of {name} is a {shape.geom_type}; expected Polygon or MultiPolygon"
        )
    if shape.is_empty or shapely.is_empty(shapely.get_parts(shape)).any():
        raise BoundaryError(f"the boundary of {name} is empty or has an empty part")
    if not _WORLD.contains(shape):
        raise BoundaryError(
            f"the boundary of {name} is not in degrees of longitude and latitude (it lies within "
            f"{', '.join(f'{edge:g}' for edge in shape.bounds)}); convert it to EPSG:4326"
        )
    check_valid(shape, name=name)
    return shape


def check_valid(outline: Geometry, *, name: str) -> None:
    """Check that the rings of an outline are simple and lie as rings must.

    Raises:
        BoundaryError: They do not; the message has the town's ``name`` and the spot.
    """
    if not shapely.is_valid(outline):
        raise BoundaryError(
            f"the boundary of {name} is invalid: {shapely.is_valid_reason(outline)}"
        )
