"""The places of a dataset, and which agency reports for which of them.

A place is what a visitor can choose: in Connecticut each of the 169 towns, and each agency that is
no town's police (State Police, campus, tribal, railway). In any other State it is each agency, on a
map of counties; or towns and agencies as in Connecticut, where a map of the State's towns is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from core.errors import PlaceError
from core.places.counties import Counties, counties_of_state, match_counties
from core.places.naming import AgencyName, name_agencies, title_case
from core.places.town_maps import TownMap
from core.places.town_police import bare_slugs, match_town_police
from core.places.towns import (
    AGENCY_PLACE_SCHEMA,
    NEIGHBOUR_SCHEMA,
    PLACE_SCHEMA,
    PlaceKind,
    Policing,
    connecticut_agency_towns,
    connecticut_towns,
    data_file,
    read_table,
)

__all__ = ["MapLevel", "Places", "places_of_state"]

_AGENCY_COLUMNS: Mapping[str, pl.DataType] = {
    "agency_id": pl.Int64(),
    "year": pl.Int16(),
    "ori": pl.String(),
    "name": pl.String(),
    "unit": pl.String(),
    "type": pl.String(),
    "county": pl.String(),
}

# What the FBI writes for an agency of no county.
_NO_COUNTY = ("UNMAPPED COUNTY", "NOT SPECIFIED", "")


class MapLevel(StrEnum):
    """What a dataset's map is divided into."""

    TOWNS = "towns"
    COUNTIES = "counties"


@dataclass(frozen=True, kw_only=True)
class Places:
    """The places of one State.

    Attributes:
        places: One row per place in :data:`PLACE_SCHEMA`, towns before agencies, then by slug.
        agency_places: One row per agency in :data:`AGENCY_PLACE_SCHEMA`, sorted by ``agency_id``.
        neighbours: Towns that share a boundary of positive length, in both directions, in
            :data:`NEIGHBOUR_SCHEMA`, sorted.
        boundaries: The simplified map as GeoJSON text: of towns, feature id = ``geoid``, or of
            counties, each with the ``name`` that stands in the column ``county``.
        unmatched: County names of agencies that name no county of the map, sorted.
        townless: Names of municipal agencies that are no town's police on a map of towns that was
            given: none has the name, or several could be meant. Sorted.
    """

    places: pl.DataFrame
    agency_places: pl.DataFrame
    neighbours: pl.DataFrame
    boundaries: bytes
    unmatched: tuple[str, ...] = ()
    townless: tuple[str, ...] = ()


def places_of_state(
    state: str,
    *,
    agencies: pl.DataFrame,
    divided_by: MapLevel | TownMap | None = None,
) -> Places:
    """Return the places of a State and the place of each of its agencies.

    On a map of towns Connecticut always has its 169 towns, also those that no agency of
    ``agencies`` polices. An agency that polices a town reports for that town; any other agency,
    also one that our table does not know, is a place of its own. On a map of counties each agency
    is a place.

    Args:
        state: Postal abbreviation, ``"CT"``; case does not matter.
        agencies: Agencies of one or more years, one row per agency and year, with the columns
            ``agency_id`` Int64, ``year`` Int16, ``ori``, ``name``, ``unit`` (may be null), ``type``
            and ``county`` (may be null; several counties are joined by a semicolon), all String.
            Name, unit and county are those of the newest year.
        divided_by: What the map is divided into: towns or counties, or the towns of a map of
            another State than Connecticut; by default towns in Connecticut, counties elsewhere.

    Returns:
        The places. A slug depends on the newest names of all agencies, not on their order.

    Raises:
        PlaceError: ``agencies`` is empty or lacks a column or a value, or an agency has two ORIs;
            there is no such map of the State, or the map of towns is of another State.
    """
    newest = _newest(agencies)
    code = state.strip().upper()
    if isinstance(divided_by, TownMap):
        _check_town_map(divided_by, state=code)
        return _by_town(newest, town_map=divided_by)
    if divided_by is MapLevel.TOWNS and code != "CT":
        raise PlaceError(
            f"map: there is no map of towns of {code}; expected {MapLevel.COUNTIES.value}, or a "
            f"map that 'ctcrimes boundaries SOURCE --state {code} --out FILE' made, as --boundaries"
        )
    if code == "CT" and divided_by is not MapLevel.COUNTIES:
        return _connecticut(newest)
    return _by_county(newest, counties=counties_of_state(code))


def _check_town_map(town_map: TownMap, *, state: str) -> None:
    if town_map.state != state:
        raise PlaceError(
            f"town map: it is of {town_map.state} and the bundles are of {state}; make one with "
            f"'ctcrimes boundaries SOURCE --state {state} --out FILE'"
        )
    if state == "CT":
        raise PlaceError("town map: Connecticut has its own; leave --boundaries out")


def _by_town(newest: pl.DataFrame, *, town_map: TownMap) -> Places:
    """Towns are places, and so are the agencies that are no town's police."""
    counties = counties_of_state(town_map.state)
    placed, _ = _on_county_map(newest, counties=counties)
    police = match_town_police(placed, towns=town_map.table)
    slug = pl.col("agency_id").replace_strict(police.towns, return_dtype=pl.String, default=None)
    of_town = placed.select("agency_id", place=slug).drop_nulls("place")
    others = _named_agencies(
        placed.join(of_town, on="agency_id", how="anti"),
        taken=frozenset(town_map.table["place"]) | bare_slugs(town_map.table),
    ).with_columns(region="county")
    policing = pl.when(pl.col("place").is_in(of_town["place"].implode()))
    towns = town_map.table.with_columns(
        kind=pl.lit(PlaceKind.TOWN.value),
        region="county",
        policing=policing.then(pl.lit(Policing.OWN.value)).otherwise(pl.lit(Policing.NONE.value)),
    )
    left = others.filter(pl.col("agency_id").is_in(police.left))
    return Places(
        places=_sorted_places(pl.concat([_conform(towns), _conform(others)])),
        agency_places=_sorted_agencies(pl.concat([of_town, others.select("agency_id", "place")])),
        neighbours=town_map.neighbours,
        boundaries=town_map.boundaries,
        townless=tuple(left["name"].sort()),
    )


def _by_county(newest: pl.DataFrame, *, counties: Counties) -> Places:
    """Every agency is a place, and the map is of counties."""
    placed, unmatched = _on_county_map(newest, counties=counties)
    named = _named_agencies(placed, taken=frozenset(counties.table["slug"])).with_columns(
        region="county"
    )
    return Places(
        places=_sorted_places(named),
        agency_places=_sorted_agencies(named),
        neighbours=NEIGHBOUR_SCHEMA.to_frame(),
        boundaries=counties.boundaries,
        unmatched=unmatched,
    )


def _on_county_map(
    newest: pl.DataFrame, *, counties: Counties
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return ``newest`` with counties as the map names them, and the names that it lacks."""
    readable = _readable_counties(newest)
    texts = readable["county"].drop_nulls().unique().sort().to_list()
    match = match_counties(texts, counties=counties)
    county = pl.col("county").replace_strict(match.names, return_dtype=pl.String, default=None)
    return readable.with_columns(county=county), match.unknown


def _newest(agencies: pl.DataFrame) -> pl.DataFrame:
    """Return one row per agency, as its newest year has it, sorted by ``agency_id``."""
    lacking = sorted(_AGENCY_COLUMNS.keys() - set(agencies.columns))
    if lacking:
        raise PlaceError(f"the frame of agencies lacks the columns {', '.join(lacking)}")
    if agencies.is_empty():
        raise PlaceError(
            "the frame of agencies has no rows, so there is no place to show; "
            "read at least one bundle whose agencies.csv names an agency"
        )
    required = ["agency_id", "year", "ori", "name", "type"]
    for column in required:
        if agencies[column].null_count():
            raise PlaceError(
                f"column {column!r} of the agencies has {agencies[column].null_count()} nulls; "
                "every agency needs a value there"
            )
    _check_one_ori_each(agencies)
    return (
        agencies.select(pl.col(name).cast(dtype) for name, dtype in _AGENCY_COLUMNS.items())
        .with_columns(pl.col("unit", "county").str.strip_chars().replace("", None))
        .sort(_AGENCY_COLUMNS.keys(), nulls_last=False)
        .unique("agency_id", keep="last", maintain_order=True)
        .sort("agency_id")
    )


def _check_one_ori_each(agencies: pl.DataFrame) -> None:
    oris = agencies.group_by("agency_id").agg(pl.col("ori").unique().sort())
    double = oris.filter(pl.col("ori").list.len() > 1).sort("agency_id")
    if not double.is_empty():
        agency_id, names = double.row(0)
        raise PlaceError(
            f"agency {agency_id} has {len(names)} ORIs: {', '.join(names)}; an agency has one ORI "
            "in all years, so these bundles do not belong together"
        )


def _connecticut(newest: pl.DataFrame) -> Places:
    towns = connecticut_towns()
    relation = connecticut_agency_towns()
    known = newest.join(
        relation.select("ori", "town", "located_in", "note"),
        on="ori",
        how="left",
        validate="m:1",
    )
    of_town = known.filter(pl.col("town").is_not_null()).select("agency_id", place="town")
    seat = towns.select(located_in="place", seat_region="region", seat_county="county")
    others = (
        _agency_places(
            known.filter(pl.col("town").is_null()), taken=frozenset(towns["place"].to_list())
        )
        .join(seat, on="located_in", how="left", validate="m:1")
        # The FBI gives counties until 2022 and planning regions since: only the seat tells both.
        .with_columns(region="seat_region", county="seat_county", policing_note="note")
    )
    return Places(
        places=_sorted_places(
            pl.concat([_town_places(towns, relation=relation), _conform(others)])
        ),
        agency_places=_sorted_agencies(pl.concat([of_town, others.select("agency_id", "place")])),
        neighbours=read_table("neighbours.csv", schema=NEIGHBOUR_SCHEMA),
        boundaries=data_file("ct_towns.geojson"),
    )


def _town_places(towns: pl.DataFrame, *, relation: pl.DataFrame) -> pl.DataFrame:
    """Return the 169 towns in the place schema."""
    police = (
        relation.filter(pl.col("town").is_not_null())
        .group_by(place="town")
        .agg(
            district_only=(pl.col("covers") == "district").all(),
            policing_note=pl.col("note").drop_nulls().unique().sort().first(),
        )
    )
    policing = (
        pl.when(pl.col("district_only").is_null())
        .then(pl.lit(Policing.STATE.value))
        .when(pl.col("district_only"))
        .then(pl.lit(Policing.PARTIAL.value))
        .otherwise(pl.lit(Policing.OWN.value))
    )
    return _conform(
        towns.join(police, on="place", how="left", validate="1:1").with_columns(
            kind=pl.lit(PlaceKind.TOWN.value), geoid="geoid_2020", policing=policing
        )
    )


def _agency_places(newest: pl.DataFrame, *, taken: frozenset[str]) -> pl.DataFrame:
    """Return ``newest`` with slug, display name and readable county; absent columns are null."""
    return _named_agencies(_readable_counties(newest), taken=taken)


def _named_agencies(newest: pl.DataFrame, *, taken: frozenset[str]) -> pl.DataFrame:
    named = name_agencies(
        [
            AgencyName(agency_id=agency_id, ori=ori, name=name, unit=unit, type=kind)
            for agency_id, ori, name, unit, kind in newest.select(
                "agency_id", "ori", "name", "unit", "type"
            ).iter_rows()
        ],
        taken=taken,
    )
    return newest.with_columns(
        place=pl.Series([agency.slug for agency in named], dtype=pl.String),
        name=pl.Series([agency.name for agency in named], dtype=pl.String),
        kind=pl.lit(PlaceKind.AGENCY.value),
        policing=pl.lit(Policing.OWN.value),
    )


def _readable_counties(newest: pl.DataFrame) -> pl.DataFrame:
    """Return ``newest`` with counties in capitals and small, and null where there is none."""
    county = pl.when(~pl.col("county").str.to_uppercase().is_in(_NO_COUNTY)).then(
        pl.col("county").map_elements(title_case, return_dtype=pl.String)
    )
    return newest.with_columns(county=county)


def _conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of :data:`PLACE_SCHEMA` in order and dtype; those absent are null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in PLACE_SCHEMA.items()
    )


def _sorted_places(frame: pl.DataFrame) -> pl.DataFrame:
    return _conform(frame).sort(pl.col("kind").to_physical(), "place")


def _sorted_agencies(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(AGENCY_PLACE_SCHEMA.names()).sort("agency_id")
