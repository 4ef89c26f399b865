"""Shapes for the map, made once from the dataset's boundaries: hatching and the State's outline.

The hatching is a map layer of its own, thin stripes cut to each town's shape, so that it follows
every zoom and survives the export as PNG and SVG.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely import MultiPolygon, Polygon, box, clip_by_rect, intersection, set_precision, union_all
from shapely.affinity import rotate
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

__all__ = ["STATE_FEATURE", "MapShapes", "map_shapes"]

STATE_FEATURE = "state"
"""Feature id of the State's outline."""

# Of the width of a frame of the card's shape. About 6 px between stripes on a wide screen, 3 on a
# phone.
_SPACING = 0.0085
_WIDTH = 0.0013
_FRAME_SHAPE = 1.35  # wide for one high
_DECIMALS = 4
_CLOCKWISE = -1.0
_LEAST_AREA = 1e-7
_PICTURE_WIDTH = 400
_PICTURE_DETAIL = 0.002  # degrees


@dataclass(frozen=True, kw_only=True)
class MapShapes:
    """GeoJSON texts and the frame that holds them.

    Attributes:
        towns: The boundaries as they are; feature id = GEOID.
        rising: Stripes from lower left to upper right, by town.
        falling: Stripes from upper left to lower right, by town.
        state: One feature, :data:`STATE_FEATURE`: the outline.
        middles: Longitude and latitude of a point inside each feature.
        pictures: Small SVG pictures by feature id, all in the same frame: each town, the State.
        west: Lowest longitude, degrees.
        south: Lowest latitude.
        east: Highest longitude.
        north: Highest latitude.
    """

    towns: bytes
    rising: bytes
    falling: bytes
    state: bytes
    middles: Mapping[str, tuple[float, float]]
    pictures: Mapping[str, bytes]
    west: float
    south: float
    east: float
    north: float


def map_shapes(boundaries: bytes) -> MapShapes:
    """Hatching, outline and frame of a GeoJSON feature collection with clockwise rings."""
    towns = {
        feature["id"]: shape(feature["geometry"]) for feature in json.loads(boundaries)["features"]
    }
    whole = union_all(list(towns.values()), grid_size=10.0**-_DECIMALS)
    west, south, east, north = whole.bounds
    return MapShapes(
        towns=boundaries,
        rising=_collection(_hatched(towns, angle=45)),
        falling=_collection(_hatched(towns, angle=-45)),
        state=_collection({STATE_FEATURE: _without_specks(whole)}),
        middles={
            identifier: (point.x, point.y)
            for identifier, geometry in towns.items()
            for point in (geometry.representative_point(),)
        },
        pictures={
            identifier: _picture(geometry, bounds=whole.bounds)
            for identifier, geometry in {**towns, STATE_FEATURE: whole}.items()
        },
        west=west,
        south=south,
        east=east,
        north=north,
    )


def _hatched(towns: dict[str, Any], *, angle: float) -> dict[str, BaseGeometry]:
    stripes = _stripes(union_all(list(towns.values())).bounds, angle=angle)
    return {geoid: intersection(_near(stripes, town), town) for geoid, town in towns.items()}


def _near(stripes: BaseGeometry, town: BaseGeometry) -> BaseGeometry:
    """Only the part of the stripes in the town's frame: the cut is much faster on it."""
    return clip_by_rect(stripes, *town.bounds)


def _stripes(bounds: tuple[float, float, float, float], *, angle: float) -> MultiPolygon:
    west, south, east, north = bounds
    reach = (east - west) + (north - south)
    high = (north - south) / np.cos(np.radians((south + north) / 2))
    across = max(east - west, _FRAME_SHAPE * high)
    spacing, width = across * _SPACING, across * _WIDTH
    middle = ((west + east) / 2, (south + north) / 2)
    level = box(middle[0] - reach, -width / 2, middle[0] + reach, width / 2)
    offsets = np.arange(-reach, reach, spacing) + middle[1]
    x, y = level.exterior.coords.xy
    bars = [Polygon(zip(x, np.asarray(y) + offset, strict=True)) for offset in offsets]
    turned: MultiPolygon = rotate(MultiPolygon(bars), angle, origin=middle)
    return turned


def _picture(geometry: BaseGeometry, *, bounds: tuple[float, float, float, float]) -> bytes:
    """The shape in black on nothing, to be used as a mask; degrees are shortened to the south."""
    west, south, east, north = bounds
    wide = np.cos(np.radians((south + north) / 2))
    scale = _PICTURE_WIDTH / ((east - west) * wide)
    path = ""
    for part in getattr(geometry.simplify(_PICTURE_DETAIL), "geoms", [geometry]):
        ring = np.asarray(part.exterior.coords)
        x, y = (ring[:, 0] - west) * wide * scale, (north - ring[:, 1]) * scale
        path += "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)) + "Z"
    height = (north - south) * scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_PICTURE_WIDTH} {height:.1f}">'
        f'<path d="{path}"/></svg>'
    ).encode()


def _without_specks(geometry: BaseGeometry) -> BaseGeometry:
    """Without the slivers that rounding leaves between neighbours."""
    return MultiPolygon(
        [
            Polygon(part.exterior)
            for part in getattr(geometry, "geoms", [geometry])
            if isinstance(part, Polygon) and part.area > _LEAST_AREA
        ]
    )


def _collection(shapes: dict[str, BaseGeometry]) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": identifier,
            "properties": {},
            "geometry": mapping(_clockwise(geometry)),
        }
        for identifier, geometry in shapes.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    return text.encode()


def _clockwise(geometry: BaseGeometry) -> MultiPolygon:
    """Rounded, and with outer rings clockwise: the other way round fills the whole map."""
    rounded = set_precision(geometry, 10.0**-_DECIMALS)
    parts = [part for part in getattr(rounded, "geoms", [rounded]) if isinstance(part, Polygon)]
    return MultiPolygon(
        [orient(part, sign=_CLOCKWISE) for part in parts if part.area > _LEAST_AREA]
    )
