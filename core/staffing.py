"""Who polices a place: sworn officers by sex, civilians, people served, by year.

Figures are the FBI's Police Employee Data as of 31 October of each year. A year in which an agency
did not report its staff is null, never zero.
"""

from enum import StrEnum

import polars as pl

__all__ = ["STAFFING_SCHEMA", "StaffingBasis", "staffing"]


class StaffingBasis(StrEnum):
    """Which year's figures stand in a row."""

    AS_REPORTED = "as-reported"
    LATEST_PROPAGATED = "latest-propagated"


_COUNTS = (
    "officers",
    "male_officers",
    "female_officers",
    "civilians",
    "male_civilians",
    "female_civilians",
)

STAFFING_SCHEMA = pl.Schema(
    {
        "place": pl.String(),
        "year": pl.Int16(),
        "basis": pl.Enum(StaffingBasis),
        "agencies": pl.Int32(),
        "agencies_reporting": pl.Int32(),
        "population": pl.Int64(),
        **{name: pl.Int32() for name in _COUNTS},
    }
)


def staffing(agencies: pl.DataFrame, *, agency_places: pl.DataFrame) -> pl.DataFrame:
    """Add up the staff of each place's agencies, by year.

    Args:
        agencies: A row an agency and year: ``agency_id``, ``year``, ``population``, and the six
            counts ``officers``, ``male_officers``, ``female_officers``, ``civilians``,
            ``male_civilians``, ``female_civilians`` (null where not reported).
        agency_places: Columns ``agency_id``, ``place``.

    Returns:
        Columns :data:`STAFFING_SCHEMA`, sorted by ``place``, ``year``, ``basis``. Rows with
        ``as-reported`` hold each year's own figures. Rows with ``latest-propagated`` write the
        figures and the population of the newest year over the earlier years of the same agencies,
        as the application that this one succeeds did. ``agencies`` counts the agencies listed for
        the place in that year, ``agencies_reporting`` those with staff figures; a count is null
        where none of them has one. ``population`` is the number of people that the FBI assigns to
        the agencies, null where it assigns none.
    """
    listed = agencies.join(agency_places, on="agency_id", how="inner", validate="m:1")
    latest = listed.filter(pl.col("year") == pl.col("year").max().over("agency_id")).drop("year")
    propagated = listed.select("agency_id", "year").join(
        latest, on="agency_id", how="left", validate="m:1"
    )
    return (
        pl.concat(
            [
                _by_place(listed, basis=StaffingBasis.AS_REPORTED),
                _by_place(propagated, basis=StaffingBasis.LATEST_PROPAGATED),
            ]
        )
        .select(pl.col(name).cast(dtype) for name, dtype in STAFFING_SCHEMA.items())
        .sort("place", "year", "basis")
    )


def _by_place(rows: pl.DataFrame, *, basis: StaffingBasis) -> pl.DataFrame:
    people = pl.col("population").sum()
    return rows.group_by("place", "year").agg(
        pl.lit(basis.value).alias("basis"),
        pl.len().alias("agencies"),
        pl.col("officers").is_not_null().sum().alias("agencies_reporting"),
        pl.when(people > 0).then(people).alias("population"),
        *(
            pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
            for name in _COUNTS
        ),
    )
