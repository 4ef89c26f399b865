"""Counties and what stands for them: their outlines, and which an agency's county name means.

The outlines are the Census Bureau's cartographic boundaries of 2016 (1:500,000, clipped to the
shore), as the package plotly-geo carries them. Connecticut's counties gave way to planning regions
in 2022, which are put together from its towns here.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import _plotly_geo
import polars as pl
import shapefile
import shapely

from core.errors import BoundaryError, PlaceError
from core.places.boundaries import simplify_boundaries
from core.places.naming import slug_of, spelled, title_case
from core.places.outlines import feature_collection, on_this_side, width_of
from core.places.states import STATE_CODES
from core.places.towns import COUNTIES_JOINED

__all__ = ["COUNTY_SCHEMA", "Counties", "CountyMatch", "counties_of_state", "match_counties"]

COUNTY_SCHEMA = pl.Schema(
    {
        "slug": pl.String(),  # unique key, "county-ouachita": an agency may have the name alone
        "name": pl.String(),  # "Ouachita Parish"
        "short": pl.String(),  # "Ouachita"
        "geoid": pl.String(),  # five digits, the map's feature id
    }
)

# Legal and statistical area descriptions of the Census Bureau: what follows the name.
_DESIGNATIONS: Mapping[str, str] = {
    "00": "", "03": "City and Borough", "04": "Borough", "05": "Census Area", "06": "County",
    "07": "District", "10": "Island", "12": "Municipality", "13": "Municipio", "15": "Parish",
    "25": "(city)",
}  # fmt: skip
_CITY: Final = "25"
_PLANNING_REGION: Final = "Planning Region"

_WORDS_OF_COUNTIES = re.compile(
    r" (CITY AND BOROUGH|BOROUGH|CENSUS AREA|COUNTY|DISTRICT|ISLAND|MUNICIPALITY|MUNICIPIO|PARISH"
    r"|PLANNING REGION)$"
)
# Names given since 2016 to parts of what the map shows whole.
_LATER_NAMES: Mapping[str, Mapping[str, str]] = {
    "AK": {"CHUGACH": "VALDEZCORDOVA", "COPPERRIVER": "VALDEZCORDOVA"}
}

# Of a map 1,500 pixels wide, what one vertex may cut off is the square of a pixel.
_PIXELS: Final = 1500
_FINEST: Final = 75.0  # metres
_METRES_PER_DEGREE: Final = 111_000
_SHORE: Final = 0.5  # of the tolerance between counties
_COARSER: Final = (1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, kw_only=True)
class Counties:
    """The counties of one State.

    Attributes:
        state: Postal abbreviation.
        table: :data:`COUNTY_SCHEMA`, sorted by slug.
        boundaries: The map, as :func:`core.places.boundaries.simplify_boundaries` makes it; feature
            id = ``geoid``.
    """

    state: str
    table: pl.DataFrame
    boundaries: bytes


@dataclass(frozen=True, kw_only=True)
class CountyMatch:
    """Which counties a text of an agency file means.

    Attributes:
        names: Names of the counties in the order of the text, joined by :data:`COUNTIES_JOINED`,
            by the text as it stood in the file; what names no county stays, in capitals and small.
        unknown: Parts of texts that name no county of the State, sorted.
    """

    names: Mapping[str, str]
    unknown: tuple[str, ...]


@lru_cache(maxsize=8)
def counties_of_state(state: str) -> Counties:
    """The counties of a State, or what stands for them: parishes, boroughs, planning regions.

    Args:
        state: Postal abbreviation in capitals.

    Raises:
        PlaceError: There is no such State.
    """
    if state not in STATE_CODES:
        raise PlaceError(
            f"state: no county map of {state!r}; expected a postal abbreviation such as "
            f"{', '.join(sorted(STATE_CODES)[:3])}"
        )
    outlines = dict(_planning_regions() if state == "CT" else _census_counties(state))
    across = width_of(list(outlines.values()))
    clean = _cleaned(list(outlines.values()), detail=across / _PIXELS / 4)
    table = pl.DataFrame(
        [(_slug(county), county.name, county.short, county.geoid) for county in outlines],
        schema=COUNTY_SCHEMA,
        orient="row",
    ).sort("slug")
    boundaries = _simplified(
        feature_collection(
            {county.geoid: outline for county, outline in zip(outlines, clean, strict=True)}
        ),
        table=table,
        tolerance=max(_FINEST, across * _METRES_PER_DEGREE / _PIXELS),
    )
    return Counties(state=state, table=table, boundaries=boundaries)


def match_counties(texts: Sequence[str], *, counties: Counties) -> CountyMatch:
    """Read the county names of an agency file.

    Case, accents, blanks, points and what follows the name ("Parish") do not matter. Where a city
    and a county have one name, the city is the one called ``CITY``.

    Args:
        texts: Such as ``"ACADIA; EVANGELINE"``, without what means no county.
        counties: The counties of the agencies' State.
    """
    by_key = _keys(counties)
    names: dict[str, str] = {}
    unknown: set[str] = set()
    for text in texts:
        found: list[str] = []
        for part in filter(None, map(str.strip, text.split(";"))):
            name = by_key.get(_key(part)) or by_key.get(_key(part, whole=True))
            if name is None:
                unknown.add(part)
                name = title_case(part)
            if name not in found:
                found.append(name)
        names[text] = COUNTIES_JOINED.join(found)
    return CountyMatch(names=names, unknown=tuple(sorted(unknown)))


@dataclass(frozen=True, kw_only=True)
class _County:
    geoid: str
    short: str
    name: str


def _slug(county: _County) -> str:
    city = _DESIGNATIONS[_CITY] in county.name
    return slug_of(f"county {county.short}{' city' if city else ''}")


def _census_counties(state: str) -> Iterator[tuple[_County, shapely.Geometry]]:
    folder = files(_plotly_geo) / "package_data"
    stem = "cb_2016_us_county_500k"
    with (
        (folder / f"{stem}.shp").open("rb") as shapes,
        (folder / f"{stem}.shx").open("rb") as index,
        (folder / f"{stem}.dbf").open("rb") as records,
        shapefile.Reader(shp=shapes, shx=index, dbf=records, encoding="utf-8") as reader,
    ):
        for number, record in enumerate(reader.iterRecords()):
            if record["STATEFP"] != STATE_CODES[state]:
                continue
            short = record["NAME"]
            name = f"{short} {_DESIGNATIONS[record['LSAD']]}".strip()
            outline = shapely.geometry.shape(reader.shape(number).__geo_interface__)
            yield _County(geoid=record["GEOID"], short=short, name=name), on_this_side(outline)


def _cleaned(outlines: Sequence[shapely.Geometry], *, detail: float) -> list[shapely.Geometry]:
    """Without the overlaps that a few counties of the source have, and without detail.

    Args:
        outlines: In degrees.
        detail: Degrees; vertices that lie closer together would cross when they are rounded.
    """
    return list(shapely.coverage_simplify(shapely.coverage_clean(outlines), detail))


def _simplified(source: bytes, *, table: pl.DataFrame, tolerance: float) -> bytes:
    """The map at the finest of a few tolerances at which no narrow neck closes on the grid."""
    expected = table.select("name", place="slug", geoid_2020="geoid", geoid_2022="geoid")
    *coarser, coarsest = (tolerance * factor for factor in _COARSER)
    for metres in coarser:
        with suppress(BoundaryError):
            return simplify_boundaries(
                source, towns=expected, tolerance=metres, shore_tolerance=metres * _SHORE
            )
    return simplify_boundaries(
        source, towns=expected, tolerance=coarsest, shore_tolerance=coarsest * _SHORE
    )


def _planning_regions() -> Iterator[tuple[_County, shapely.Geometry]]:
    data = files("core.places") / "data"
    towns = pl.read_csv((data / "towns.csv").read_bytes(), infer_schema=False)
    features = json.loads((data / "ct_towns.geojson").read_bytes())["features"]
    shapes = {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in features}
    for (geoid, short), members in sorted(
        towns.group_by(pl.col("geoid_2022").str.head(5), "region"), key=lambda group: str(group[0])
    ):
        whole = shapely.coverage_union_all([shapes[geoid] for geoid in members["geoid_2020"]])
        yield (
            _County(geoid=str(geoid), short=str(short), name=f"{short} {_PLANNING_REGION}"),
            whole,
        )


def _keys(counties: Counties) -> dict[str, str]:
    """Names of counties by what an agency file may call them."""
    keys: dict[str, str] = {}
    cities = []
    for name, short in counties.table.select("name", "short").iter_rows():
        if name.endswith(_DESIGNATIONS[_CITY]):
            cities.append((name, short))
        else:
            keys[_key(short, whole=True)] = name
    for name, short in cities:
        keys[_key(f"{short} CITY", whole=True)] = name
        keys.setdefault(_key(short, whole=True), name)
    later = _LATER_NAMES.get(counties.state, {})
    return keys | {new: keys[old] for new, old in later.items() if old in keys}


def _key(text: str, *, whole: bool = False) -> str:
    text = spelled(text)
    named = text if whole else _WORDS_OF_COUNTIES.sub("", text)
    return re.sub(r"[^A-Z]", "", named)
