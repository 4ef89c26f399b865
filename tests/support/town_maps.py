"""Made-up Census files of Vermont: squares named after towns, water, a hole; and as a shapefile.

A square of column x and row y lies between 0.2 x and 0.2 (x + 1) degrees east of 73 W, and as far
north of 43 N. Rows from the south, columns from the west:

* Barre city lies inside Barre town (column 0, row 0): the town has a hole.
* Rutland city and Rutland town (columns 1 and 2, row 0), Saint Albans (column 0, row 1), Guildhall
  (column 1, row 1), which touches Rutland town in a corner.
* Water of no subdivision (column 2, row 1).

PYTEST_DONT_REWRITE.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import shapefile

__all__ = ["SUBDIVISIONS", "MadeTown", "collection", "square", "zipped_shapefile"]

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class MadeTown:
    """A feature of a Census file; rings in degrees, counter-clockwise as GeoJSON has them."""

    geoid: str
    name: str
    named: str
    rings: tuple[Ring, ...]


def square(x: float, y: float, *, side: float = 1.0) -> Ring:
    """A square whose lower left corner is in column x and row y, so many columns wide."""
    west, south = round(-73 + 0.2 * x, 4), round(43 + 0.2 * y, 4)
    east, north = round(west + 0.2 * side, 4), round(south + 0.2 * side, 4)
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


_INSIDE = square(0.25, 0.25, side=0.5)
SUBDIVISIONS = (
    MadeTown(geoid="5002303175", name="Barre", named="Barre city", rings=(_INSIDE,)),
    MadeTown(
        geoid="5002303250", name="Barre", named="Barre town",
        rings=(square(0, 0), _INSIDE[::-1]),
    ),
    MadeTown(geoid="5002161225", name="Rutland", named="Rutland city", rings=(square(1, 0),)),
    MadeTown(geoid="5002161300", name="Rutland", named="Rutland town", rings=(square(2, 0),)),
    MadeTown(geoid="5001161675", name="St. Albans", named="St. Albans city", rings=(square(0, 1),)),
    MadeTown(geoid="5000930250", name="Guildhall", named="Guildhall town", rings=(square(1, 1),)),
    MadeTown(
        geoid="5000900000", name="County subdivisions not defined",
        named="County subdivisions not defined", rings=(square(2, 1),),
    ),
)  # fmt: skip


def collection(
    towns: Sequence[MadeTown] = SUBDIVISIONS, *, keys: Mapping[str, str] | None = None
) -> bytes:
    """The towns as GeoJSON with the properties of a Census file, or with other names for them."""
    spelling = {"GEOID": "GEOID", "NAME": "NAME", "NAMELSAD": "NAMELSAD", **(keys or {})}
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {
                spelling["GEOID"]: town.geoid,
                spelling["NAME"]: town.name,
                spelling["NAMELSAD"]: town.named,
            },
            "geometry": {"type": "Polygon", "coordinates": town.rings},
        }
        for town in towns
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def zipped_shapefile(
    towns: Sequence[MadeTown] = SUBDIVISIONS,
    *,
    stem: str = "cb_2020_50_cousub_500k",
    encoding: str = "utf-8",
) -> bytes:
    """The towns as the Census Bureau publishes them."""
    parts = {ending: BytesIO() for ending in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding=encoding) as writer:
        for name, size in (("GEOID", 10), ("NAME", 100), ("NAMELSAD", 100)):
            writer.field(name, "C", size)
        writer.field("ALAND", "N", 14)
        for town in towns:
            # A shapefile has its outer rings clockwise.
            writer.poly([[list(point) for point in ring[::-1]] for ring in town.rings])
            writer.record(town.geoid, town.name, town.named, 1)
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for ending, content in parts.items():
            archive.writestr(f"{stem}.{ending}", content.getvalue())
    return packed.getvalue()
