"""Incidents and offences of one bundle: from the FBI's cells to checked, tidy frames."""

from datetime import date
from typing import Final

import polars as pl

from core.errors import (
    BundleError,
    DateOutsideYearError,
    DuplicateIdentifierError,
    OrphanRowError,
    UnknownOffenceCodeError,
)
from core.nibrs.codes import CATEGORY_OF_CODE, LOCATION_TYPES
from core.nibrs.dates import parse_dates
from core.nibrs.schema import INCIDENT_SCHEMA, OFFENCE_SCHEMA
from core.nibrs.table import Table

__all__ = [
    "incidents_frame",
    "location_types_frame",
    "offence_types_frame",
    "offences_frame",
]

_LAST_HOUR: Final = 23
_RANK: Final = "rank of the incident"
_REPORT_DATE_FLAGS = {"": False, "f": False, "t": True, "R": True}


def incidents_frame(table: Table, *, year: int) -> pl.DataFrame:
    """The incidents of a bundle.

    Args:
        table: The incident member.
        year: The data year of the bundle.

    Returns:
        :data:`~core.nibrs.schema.INCIDENT_SCHEMA`, sorted by ``agency_id, date, incident_id``.

    Raises:
        BadCellError: A date, hour or flag is impossible.
        DateOutsideYearError: A date lies outside the data year.
        DuplicateIdentifierError: An ``incident_id`` occurs twice.
    """
    table.refuse(
        ~pl.col("incident_hour").is_between(0, _LAST_HOUR),
        column="incident_hour",
        expected="expected an hour 0-23 or an empty cell",
    )
    table.refuse(
        ~pl.col("report_date_flag").is_in(list(_REPORT_DATE_FLAGS)),
        column="report_date_flag",
        expected="expected t, f, R or an empty cell",
    )
    _refuse_duplicates(table, column="incident_id")
    dates = _checked_dates(table, year=year)
    frame = table.frame.select(
        "incident_id",
        "agency_id",
        date=dates,
        hour=pl.col("incident_hour").cast(pl.Int8),
        date_is_report_date=pl.col("report_date_flag").is_in(["t", "R"]),
    )
    return frame.match_to_schema(INCIDENT_SCHEMA).sort("agency_id", "date", "incident_id")


def _checked_dates(table: Table, *, year: int) -> pl.Series:
    dates = parse_dates(table.frame["incident_date"])
    table.refuse_rows(
        dates.is_null(),
        column="incident_date",
        expected="expected a date such as 2024-02-06 or 14-SEP-19",
    )
    table.refuse_rows(
        (dates < date(year, 1, 1)) | (dates > date(year, 12, 31)),
        column="incident_date",
        expected=f"expected a date in the data year {year}",
        error=DateOutsideYearError,
    )
    return dates


def offence_types_frame(table: Table, *, key: str) -> pl.DataFrame:
    """The look-up of offences, as far as the FBI's published list knows its codes.

    Args:
        table: The offence type member.
        key: The column that offences refer to.

    Returns:
        ``key`` (as in the table), ``offence_code`` String, ``category`` and ``broad_group`` Enum.

    Raises:
        DuplicateIdentifierError: A key occurs twice.
    """
    _refuse_duplicates(table, column=key)
    known = CATEGORY_OF_CODE.values()
    codes = pl.DataFrame(
        {
            "offence_code": list(CATEGORY_OF_CODE),
            "category": [category.slug for category in known],
            "broad_group": [category.broad.value for category in known],
        },
        schema_overrides={name: OFFENCE_SCHEMA[name] for name in ("category", "broad_group")},
    )
    types = table.frame.select(pl.col(key), offence_code=pl.col("offense_code"))
    return types.join(codes, on="offence_code", how="inner", validate="m:1")


def location_types_frame(table: Table) -> pl.DataFrame:
    """The look-up of locations.

    Args:
        table: The location type member.

    Returns:
        ``location_id`` Int64, ``location_code`` Enum.

    Raises:
        BadCellError: A code is not in :data:`~core.nibrs.codes.LOCATION_TYPES`.
        DuplicateIdentifierError: A ``location_id`` occurs twice.
    """
    _refuse_duplicates(table, column="location_id")
    table.refuse(
        ~pl.col("location_code").is_in(list(LOCATION_TYPES)),
        column="location_code",
        expected="expected a location code of the FBI, such as 20",
    )
    return table.frame.select(
        "location_id", pl.col("location_code").cast(OFFENCE_SCHEMA["location_code"])
    )


def offences_frame(
    table: Table,
    *,
    incidents: Table,
    incident_frame: pl.DataFrame,
    types: pl.DataFrame,
    locations: pl.DataFrame,
) -> pl.DataFrame:
    """The offences of a bundle with what their incident and their look-ups say of them.

    Args:
        table: The offence member.
        incidents: The incident member, for messages.
        incident_frame: From :func:`incidents_frame`.
        types: From :func:`offence_types_frame`; its first column is the join key.
        locations: From :func:`location_types_frame`.

    Returns:
        :data:`~core.nibrs.schema.OFFENCE_SCHEMA`, one row per row of the member, sorted by
        ``agency_id, date, incident_id, offence_id``.

    Raises:
        DuplicateIdentifierError: An ``offense_id`` occurs twice.
        OrphanRowError: An offence without its incident or location, or an incident without offence.
        UnknownOffenceCodeError: A code that the look-up or the FBI's list lacks.
    """
    key = types.columns[0]
    _refuse_duplicates(table, column="offense_id")
    frame = table.frame
    # The place of its incident stands for three of the four sort keys, at less than half the time.
    ranked = incident_frame.with_row_index(_RANK)
    for other, on in ((ranked, "incident_id"), (types, key), (locations, "location_id")):
        frame = frame.join(other, on=on, how="left", validate="m:1", maintain_order="left")
    _refuse_fan_out(table, frame=frame)
    _refuse_missing(table, frame=frame, key=key)
    frame = frame.rename({"offense_id": "offence_id"}).select(_RANK, *OFFENCE_SCHEMA.names())
    frame = frame.sort(_RANK, "offence_id")
    _refuse_childless(incidents, offences=table, ranks=frame[_RANK])
    return frame.drop(_RANK).match_to_schema(OFFENCE_SCHEMA)


def _refuse_fan_out(table: Table, *, frame: pl.DataFrame) -> None:
    if frame.height != table.frame.height:
        raise BundleError(
            f"{table.member.archive}: {table.member.name} grew from {table.frame.height:,} to "
            f"{frame.height:,} rows in a join; expected one row per offence. Report this fault."
        )


def _refuse_missing(table: Table, *, frame: pl.DataFrame, key: str) -> None:
    table.refuse_rows(
        frame["date"].is_null(),
        column="incident_id",
        expected="expected an incident of the incident file",
        error=OrphanRowError,
    )
    table.refuse_rows(
        frame["category"].is_null(),
        column=key,
        expected="expected an offence of the bundle's look-up and of the FBI's list",
        error=UnknownOffenceCodeError,
    )
    table.refuse_rows(
        frame["location_code"].is_null(),
        column="location_id",
        expected="expected a location of the bundle's look-up",
        error=OrphanRowError,
    )


def _refuse_childless(incidents: Table, *, offences: Table, ranks: pl.Series) -> None:
    count = 1 + int((ranks.diff() != 0).sum())  # the ranks are sorted
    if count < incidents.frame.height:
        incidents.refuse_rows(
            ~incidents.frame["incident_id"].is_in(offences.frame["incident_id"].implode()),
            column="incident_id",
            expected="expected at least one offence of this incident in the offence file",
            error=OrphanRowError,
        )


def _refuse_duplicates(table: Table, *, column: str) -> None:
    values = table.frame[column]
    if values.n_unique() < values.len():
        table.refuse_rows(
            ~values.is_first_distinct(),
            column=column,
            expected="expected each value once, but it stands on an earlier line too",
            error=DuplicateIdentifierError,
        )
