"""Connecticut's towns, which agency polices which, and the columns that every place has."""

from enum import StrEnum
from importlib.resources import files
from typing import Final

import polars as pl

__all__ = [
    "AGENCY_PLACE_SCHEMA",
    "COUNTIES_JOINED",
    "NEIGHBOUR_SCHEMA",
    "PLACE_SCHEMA",
    "PlaceKind",
    "Policing",
    "connecticut_agency_towns",
    "connecticut_towns",
]


class PlaceKind(StrEnum):
    """What a place is."""

    TOWN = "town"
    AGENCY = "agency"


class Policing(StrEnum):
    """Who polices a place."""

    OWN = "own"
    """Police of its own; every place of kind agency has this value."""
    PARTIAL = "partial"
    """Police of its own in one district, State Police in the rest."""
    STATE = "state"
    """State Police only: what was reported there cannot be told from the State Police's total."""
    NONE = "none"
    """No agency of its own in these data; who polices it is not known."""


PLACE_SCHEMA = pl.Schema(
    {
        "place": pl.String(),  # slug, unique key
        "name": pl.String(),
        "kind": pl.Enum([kind.value for kind in PlaceKind]),
        "geoid": pl.String(),  # Census GEOID, in Connecticut of 2020: the map's feature id, or null
        "region": pl.String(),  # planning region; outside Connecticut the county
        "county": pl.String(),
        "policing": pl.Enum([policing.value for policing in Policing]),
        "policing_note": pl.String(),  # one sentence, or null
        "population": pl.Int64(),  # ACS 2019-2023; of Connecticut's towns, else null
        "longitude": pl.Float64(),  # degrees, a point inside; null for agencies
        "latitude": pl.Float64(),
    }
)

AGENCY_PLACE_SCHEMA = pl.Schema({"agency_id": pl.Int64(), "place": pl.String()})

COUNTIES_JOINED: Final = "; "
"""What stands between the counties of an agency that serves several, as in the FBI's files."""

NEIGHBOUR_SCHEMA = pl.Schema({"place": pl.String(), "neighbour": pl.String()})

_TOWN_SCHEMA = pl.Schema(
    {
        "place": pl.String(),
        "name": pl.String(),
        "geoid_2020": pl.String(),
        "geoid_2022": pl.String(),
        "county": pl.String(),
        "region": pl.String(),
        "population": pl.Int64(),
        "land_km2": pl.Float64(),
        "longitude": pl.Float64(),
        "latitude": pl.Float64(),
    }
)

_AGENCY_TOWN_SCHEMA = pl.Schema(
    {
        "ori": pl.String(),
        "agency_id": pl.Int64(),
        "town": pl.String(),
        "covers": pl.Enum(["town", "district"]),
        "located_in": pl.String(),
        "note": pl.String(),
    }
)


def connecticut_towns() -> pl.DataFrame:
    """Return the 169 towns, sorted by slug.

    Columns: ``place`` slug, ``name``, ``geoid_2020`` and ``geoid_2022`` (Census county-subdivision
    GEOIDs before and after the counties gave way to planning regions), ``county``, ``region``, all
    String; ``population`` Int64 (American Community Survey 2019-2023), ``land_km2`` Float64,
    ``longitude`` and ``latitude`` Float64 in degrees of a point inside.
    """
    return read_table("towns.csv", schema=_TOWN_SCHEMA)


def connecticut_agency_towns() -> pl.DataFrame:
    """Return the town that each agency of 2021-2024 polices, sorted by ``ori``.

    Columns: ``ori`` String, ``agency_id`` Int64, ``town`` slug of the town policed or null,
    ``covers`` Enum ``town`` (alone or with others the whole town) or ``district`` (State Police
    have the rest), ``located_in`` slug of the town where an agency that is no town's has its seat,
    ``note`` one sentence or null.
    """
    return read_table("agency_towns.csv", schema=_AGENCY_TOWN_SCHEMA)


def read_table(name: str, *, schema: pl.Schema) -> pl.DataFrame:
    return pl.read_csv(data_file(name), schema=schema)


def data_file(name: str) -> bytes:
    return (files("core.places") / "data" / name).read_bytes()
