"""Offences to a complete panel: null where an agency did not report, zero where it did.

The rule that everything else rests on: a day has a number only if the agencies that police the
place reported that month. A day without a report is null, never zero.
"""

from enum import StrEnum

import polars as pl

from core.nibrs.bundle import ReportingStatus
from core.nibrs.codes import ALL_OFFENCES, SELECTIONS

__all__ = [
    "AGENCY_MONTH_SCHEMA",
    "COUNT_SCHEMA",
    "PANEL_SCHEMA",
    "PLACE_MONTH_SCHEMA",
    "AgencyMonthStatus",
    "PlaceMonthStatus",
    "agency_months",
    "daily_panel",
    "month_counts",
    "place_months",
]


class AgencyMonthStatus(StrEnum):
    """What is known of one agency's report for one month."""

    REPORTED = "reported"
    ZERO = "zero"
    THIN = "thin"
    NONE = "none"


class PlaceMonthStatus(StrEnum):
    """What is known of one place's month, over all agencies that police it."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    NONE = "none"


_SELECTION = pl.Enum([str(selection) for selection in SELECTIONS])

AGENCY_MONTH_SCHEMA = pl.Schema(
    {
        "agency_id": pl.Int64(),
        "month": pl.Date(),
        "status": pl.Enum(AgencyMonthStatus),
        "offences": pl.Int32(),
        "incidents": pl.Int32(),
    }
)
PLACE_MONTH_SCHEMA = pl.Schema(
    {
        "place": pl.String(),
        "month": pl.Date(),
        "status": pl.Enum(PlaceMonthStatus),
        "offences": pl.Int32(),
        "incidents": pl.Int32(),
    }
)
PANEL_SCHEMA = pl.Schema(
    {
        "place": pl.String(),
        "date": pl.Date(),
        "offences": pl.Int32(),
        "incidents": pl.Int32(),
    }
)
COUNT_SCHEMA = pl.Schema(
    {
        "place": pl.String(),
        "month": pl.Date(),
        "selection": _SELECTION,
        "offences": pl.Int32(),
        "incidents": pl.Int32(),
    }
)

# A month on file counts as thin when it holds less than a tenth of the agency's usual month, and
# the usual month is large enough that chance cannot do this: a Poisson count with mean 20 falls
# below 2 less than once in ten million months. Monroe (Louisiana) filed 1 to 12 incidents a month
# in 2016 before it began to report in full at 550.
THIN_FRACTION = 0.1
THIN_FROM_USUAL = 20
_USUAL_QUANTILE = 0.75

# A place has a number when agencies that police at least this share of its people reported.
REPORTING_SHARE = 0.8


def agency_months(coverage: pl.LazyFrame, *, offences: pl.LazyFrame) -> pl.DataFrame:
    """Judge each agency's report of each month.

    Args:
        coverage: :data:`~core.nibrs.schema.COVERAGE_SCHEMA`, of one state's bundles.
        offences: Columns ``agency_id``, ``date``: a row an offence of the same bundles.

    Returns:
        Columns :data:`AGENCY_MONTH_SCHEMA`, a row an agency and month of the years in which the
        agency is listed, sorted by ``agency_id``, ``month``. ``status`` is ``thin`` where a report
        is on file that holds under a tenth of the agency's usual month (its 75th percentile over
        the months on file). ``offences`` and ``incidents`` count what is on file, thin or not;
        both are null where nothing is.
    """
    listed = coverage.select(
        "agency_id",
        "status",
        "incidents",
        month=pl.date(pl.col("year"), pl.col("month"), 1),
    )
    counted = offences.group_by("agency_id", month=pl.col("date").dt.truncate("1mo")).agg(
        offences=pl.len()
    )
    on_file = pl.col("status") != ReportingStatus.NONE.value
    usual = (
        pl.col("incidents")
        .filter(on_file)
        .quantile(_USUAL_QUANTILE, interpolation="linear")
        .over("agency_id")
    )
    thin = (
        on_file
        & (usual >= THIN_FROM_USUAL)
        & (pl.col("incidents") < THIN_FRACTION * usual)
        & (pl.col("status") != ReportingStatus.ZERO.value)
    )
    status = (
        pl.when(thin)
        .then(pl.lit(AgencyMonthStatus.THIN.value))
        .otherwise(pl.col("status").cast(pl.String))
    )
    counts = [
        pl.when(on_file).then(pl.col(unit).fill_null(0)).alias(unit)
        for unit in ("offences", "incidents")
    ]
    return (
        listed.join(counted, on=["agency_id", "month"], how="left", validate="1:1")
        .with_columns(*counts, new_status=status)
        .drop("status")
        .rename({"new_status": "status"})
        .select(pl.col(name).cast(dtype) for name, dtype in AGENCY_MONTH_SCHEMA.items())
        .sort("agency_id", "month")
        .collect()
    )


def place_months(
    months: pl.DataFrame, *, agencies: pl.DataFrame, agency_places: pl.DataFrame, places: pl.Series
) -> pl.DataFrame:
    """Judge each place's months over the agencies that police it.

    A month is ``complete`` when all agencies of the place reported, ``partial`` when those that
    did police at least :data:`REPORTING_SHARE` of its people, else ``none``. Where no agency has a
    population (a campus), each agency weighs the same.

    Args:
        months: The result of :func:`agency_months`.
        agencies: Columns ``agency_id``, ``year``, ``population``: a row an agency and year.
        agency_places: Columns ``agency_id``, ``place``.
        places: Every place, with or without an agency.

    Returns:
        Columns :data:`PLACE_MONTH_SCHEMA`, complete over places and months, sorted by ``place``,
        ``month``. ``offences`` and ``incidents`` sum what is on file, null where nothing is.
    """
    reported = pl.col("status").is_in(
        [AgencyMonthStatus.REPORTED.value, AgencyMonthStatus.ZERO.value]
    )
    weighed = (
        months.with_columns(year=pl.col("month").dt.year().cast(pl.Int16))
        .join(
            agencies.select("agency_id", "year", "population"),
            on=["agency_id", "year"],
            how="left",
            validate="m:1",
        )
        .join(agency_places, on="agency_id", validate="m:1")
        .with_columns(reported=reported)
    )
    whole = pl.col("population").sum()
    share = (
        pl.when(whole > 0)
        .then(pl.col("population").filter(pl.col("reported")).sum() / whole)
        .otherwise(pl.col("reported").mean())
    )
    status = (
        pl.when(pl.col("everyone"))
        .then(pl.lit(PlaceMonthStatus.COMPLETE.value))
        .when(pl.col("share") >= REPORTING_SHARE)
        .then(pl.lit(PlaceMonthStatus.PARTIAL.value))
        .otherwise(pl.lit(PlaceMonthStatus.NONE.value))
    )
    on_file = pl.col("offences").is_not_null().any()
    judged = weighed.group_by("place", "month").agg(
        everyone=pl.col("reported").all(),
        share=share,
        offences=pl.when(on_file).then(pl.col("offences").sum()),
        incidents=pl.when(on_file).then(pl.col("incidents").sum()),
    )
    every_month = months.select(
        month=pl.date_range(pl.col("month").min(), pl.col("month").max(), interval="1mo")
    )
    grid = places.rename("place").to_frame().join(every_month, how="cross")
    return (
        grid.join(judged, on=["place", "month"], how="left", validate="1:1")
        .with_columns(status=status)
        .select(pl.col(name).cast(dtype) for name, dtype in PLACE_MONTH_SCHEMA.items())
        .sort("place", "month")
    )


def daily_panel(
    offences: pl.LazyFrame, *, incidents: pl.LazyFrame, months: pl.DataFrame
) -> pl.LazyFrame:
    """Count offences and incidents of every place on every day.

    Args:
        offences: Columns ``place``, ``date``: a row an offence.
        incidents: Columns ``place``, ``date``: a row an incident.
        months: The result of :func:`place_months`.

    Returns:
        Columns :data:`PANEL_SCHEMA`, complete over places and days of the months, sorted by
        ``place``, ``date``; both counts are null on every day of a month whose status is ``none``.
    """
    days = months.select(
        date=pl.date_range(pl.col("month").min(), pl.col("month").max().dt.month_end())
    ).with_columns(month=pl.col("date").dt.truncate("1mo"))
    grid = (
        months.lazy()
        .select("place", "month", known=pl.col("status") != PlaceMonthStatus.NONE.value)
        .join(days.lazy(), on="month")
        .select("place", "date", "known")
    )
    for name, rows in (("offences", offences), ("incidents", incidents)):
        counted = rows.group_by("place", "date").agg(pl.len().alias(name))
        grid = grid.join(counted, on=["place", "date"], how="left", validate="1:1")
    return grid.select(
        "place",
        "date",
        *(
            pl.when("known").then(pl.col(name).fill_null(0)).cast(pl.Int32).alias(name)
            for name in ("offences", "incidents")
        ),
    ).sort("place", "date")


def month_counts(offences: pl.LazyFrame) -> pl.LazyFrame:
    """Count what is on file by place, month and selection.

    An incident counts once in every selection that one of its offences belongs to, so incidents
    do not add up over categories; offences do.

    Args:
        offences: Columns ``place``, ``date``, ``incident_id``, ``broad_group``, ``category``.

    Returns:
        Columns :data:`COUNT_SCHEMA`, only rows above zero, sorted by ``place``, ``month``,
        ``selection``.
    """
    rows = offences.select(
        "place",
        "incident_id",
        "broad_group",
        "category",
        month=pl.col("date").dt.truncate("1mo"),
    )
    levels = (pl.lit(ALL_OFFENCES), pl.col("broad_group"), pl.col("category"))
    return (
        pl.concat(
            rows.group_by("place", "month", selection=level.cast(pl.String).cast(_SELECTION)).agg(
                offences=pl.len(), incidents=pl.col("incident_id").n_unique()
            )
            for level in levels
        )
        .select(pl.col(name).cast(dtype) for name, dtype in COUNT_SCHEMA.items())
        .sort("place", "month", "selection")
    )
