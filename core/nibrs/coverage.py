"""Which agency reported in which month: what tells a quiet month from an unknown one."""

from typing import Final

import polars as pl

from core.nibrs.schema import COVERAGE_SCHEMA, Era, ReportingStatus
from core.nibrs.table import Table

__all__ = ["coverage_frame"]

_MONTHS: Final = 12
_FILED = "I"
_ZERO = "Z"
_NOT_FILED = "U"


def coverage_frame(
    table: Table, *, era: Era, agencies: pl.DataFrame, incidents: pl.DataFrame
) -> pl.DataFrame:
    """The reporting status of every agency in every month of the data year.

    Before 2021 the month file says it: I is reported, Z is zero, U or no row is none. Since 2021 it
    has a row for each document, so that a month with a document is reported and the others are
    none. A month with an incident is reported in every era. Month rows of agencies that the agency
    file lacks are left out.

    Args:
        table: The month member.
        era: The layout of the bundle.
        agencies: :data:`~core.nibrs.schema.AGENCY_SCHEMA`.
        incidents: :data:`~core.nibrs.schema.INCIDENT_SCHEMA`.

    Returns:
        :data:`~core.nibrs.schema.COVERAGE_SCHEMA`, twelve rows for each agency, sorted by
        ``agency_id, month``.

    Raises:
        BadCellError: A month or a status is impossible.
    """
    _check(table)
    calendar = agencies.select("agency_id", "year").join(
        pl.DataFrame({"month": range(1, _MONTHS + 1)}, schema={"month": pl.Int8}), how="cross"
    )
    counts = incidents.group_by("agency_id", month=pl.col("date").dt.month()).agg(
        incidents=pl.len().cast(pl.Int32)
    )
    keys = ["agency_id", "month"]
    frame = (
        calendar.join(_filed(table, era=era), on=keys, how="left", validate="1:1")
        .join(counts, on=keys, how="left", validate="1:1")
        .with_columns(pl.col("incidents").fill_null(0))
        .with_columns(status=_status())
    )
    return frame.select(COVERAGE_SCHEMA.names()).match_to_schema(COVERAGE_SCHEMA).sort(keys)


def _check(table: Table) -> None:
    table.refuse(
        ~pl.col("month_num").is_between(1, _MONTHS),
        column="month_num",
        expected="expected a month 1-12",
    )
    table.refuse(
        ~pl.col("reported_status").is_in([_FILED, _ZERO, _NOT_FILED]),
        column="reported_status",
        expected="expected I (filed), Z (zero report) or U (not filed)",
    )


def _filed(table: Table, *, era: Era) -> pl.DataFrame:
    """Agency and month with ``is_filed`` and ``is_zero``, each pair once."""
    is_zero = pl.lit(value=False) if era is Era.CURRENT else pl.col("reported_status") == _ZERO
    return table.frame.group_by("agency_id", month=pl.col("month_num").cast(pl.Int8)).agg(
        is_filed=(pl.col("reported_status") == _FILED).any(), is_zero=is_zero.any()
    )


def _status() -> pl.Expr:
    return (
        pl.when(pl.col("is_filed") | (pl.col("incidents") > 0))
        .then(pl.lit(ReportingStatus.REPORTED.value))
        .when(pl.col("is_zero"))
        .then(pl.lit(ReportingStatus.ZERO.value))
        .otherwise(pl.lit(ReportingStatus.NONE.value))
        .cast(COVERAGE_SCHEMA["status"])
    )
