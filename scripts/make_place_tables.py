"""Make the committed tables of Connecticut's towns, of their police, and the map of the web.

Usage::

    python -m scripts.make_place_tables SOURCE

SOURCE is a folder with three files:

- ``towns.csv``, one row per town from the Census Bureau's gazetteers of county subdivisions of 2020
  and 2022 and the American Community Survey 2019-2023: ``name, geoid, geoid2022, county, region,
  aland_m2, pop_acs2019_2023, lon, lat``;
- ``agency_town.csv``, one row per agency of the FBI's agency files of 2021-2024: ``ori, agency_id,
  town, located_in_town``;
- ``ct_towns.geojson``, the Census Bureau's cartographic boundaries of county subdivisions of 2020.

It writes ``towns.csv``, ``agency_towns.csv``, ``neighbours.csv`` and ``ct_towns.geojson`` to
``core/places/data``. The sentences on the awkward cases stand in this script, so that they are ours
and are reviewed with it.
"""

import argparse
from pathlib import Path

import polars as pl

from core.places.boundaries import neighbour_pairs, simplify_boundaries
from core.places.naming import slug_of

DATA = Path(__file__).resolve().parents[1] / "core" / "places" / "data"

GROTON = "Groton's three police departments (City, Town and Long Point) are added together."

# ORI -> one sentence for the visitor; agencies that are not here need no explanation.
NOTES = {
    "CT0005900": GROTON,
    "CT00A5900": GROTON,
    "CT00B5900": GROTON,
    "CT0016300": (
        "Willimantic's police cover the Willimantic district; "
        "State Police cover the rest of Windham."
    ),
    "CT0016200": "Winchester's police are known as the Winsted police and cover all of Winchester.",
    "CT0060200": (
        "Montville has reported with its own police since 2023; "
        "before that it was covered by State Police."
    ),
    "CTCSP0000": (
        "State Police cover the towns without police of their own and the highways; "
        "their figures cannot be split by town."
    ),
    "CT0017000": (
        "The university's police serve all its campuses; the largest is Storrs in Mansfield."
    ),
    "CT0019000": "Campus police in New Britain.",
    "CT0019100": "Campus police in Willimantic, a district of Windham.",
    "CT0019300": "Campus police in Danbury.",
    "CT0019400": "Campus police in New Haven; the campus reaches into Hamden.",
    "CT005049E": "Campus police in New Haven.",
    "CT0018000": "A State agency that works in the whole State.",
    "CT0018300": "The State's environmental conservation police work in the whole State.",
    "CT0020000": "The police of the State Capitol in Hartford.",
    "CT0018500": "Railway police on the Metro-North lines, in several towns.",
    "CTDI00200": "Tribal police; the reservation lies in Ledyard.",
    "CTDI00300": "Tribal police; the reservation lies in Montville.",
}

# Agencies that police only a district of their town: the rest is left to the State Police.
DISTRICT_ONLY = {"CT0016300"}


def town_table(source: pl.DataFrame) -> pl.DataFrame:
    """Return the towns in our own columns, one row each, sorted by slug."""
    return source.select(
        place=pl.col("name").map_elements(slug_of, return_dtype=pl.String),
        name="name",
        geoid_2020="geoid",
        geoid_2022="geoid2022",
        county="county",
        region="region",
        population=pl.col("pop_acs2019_2023").cast(pl.Int64),
        land_km2=(pl.col("aland_m2").cast(pl.Float64) / 1e6).round(3),
        longitude=pl.col("lon").cast(pl.Float64),
        latitude=pl.col("lat").cast(pl.Float64),
    ).sort("place")


def agency_table(source: pl.DataFrame) -> pl.DataFrame:
    """Return which agency polices which town in our own columns, sorted by ORI."""
    unknown = sorted((NOTES.keys() | DISTRICT_ONLY) - set(source["ori"]))
    if unknown:
        message = f"agency_town.csv lacks agencies that this script describes: {', '.join(unknown)}"
        raise SystemExit(message)
    coverage = (
        pl.when(pl.col("town").is_null())
        .then(None)
        .when(pl.col("ori").is_in(sorted(DISTRICT_ONLY)))
        .then(pl.lit("district"))
        .otherwise(pl.lit("town"))
    )
    return source.select(
        ori="ori",
        agency_id=pl.col("agency_id").cast(pl.Int64),
        town=pl.col("town").map_elements(slug_of, return_dtype=pl.String),
        covers=coverage,
        located_in=pl.col("located_in_town").map_elements(slug_of, return_dtype=pl.String),
        note=pl.col("ori").replace_strict(NOTES, default=None, return_dtype=pl.String),
    ).sort("ori")


def main() -> None:
    """Read the source files and write the committed ones."""
    parser = argparse.ArgumentParser(description="Make the files of core/places/data.")
    parser.add_argument(
        "source", type=Path, help="folder with towns.csv, agency_town.csv and ct_towns.geojson"
    )
    folder: Path = parser.parse_args().source
    census = folder / "ct_towns.geojson"
    towns = town_table(pl.read_csv(folder / "towns.csv", infer_schema=False))
    agencies = agency_table(pl.read_csv(folder / "agency_town.csv", infer_schema=False))
    towns.write_csv(DATA / "towns.csv")
    agencies.write_csv(DATA / "agency_towns.csv")
    neighbour_pairs(census, towns=towns).write_csv(DATA / "neighbours.csv")
    (DATA / "ct_towns.geojson").write_bytes(simplify_boundaries(census, towns=towns))
    print(f"{DATA}: {towns.height} towns, {agencies.height} agencies, their neighbours and the map")


if __name__ == "__main__":
    main()
