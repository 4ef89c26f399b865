"""The panels that forecasts are compared on: the same series and windows for every method."""

from datetime import timedelta
from enum import StrEnum

import polars as pl

from core.daily_counts import SERIES_SCHEMA
from core.errors import RequestError

__all__ = ["Protocol", "agency_panel"]


class Protocol(StrEnum):
    """What is forecast.

    ``la``: incidents by agency, zero on days without one. ``ct``: offences by agency, zero on days
    without one. ``default``: offences by place as the dataset has them, null where not reported.
    """

    LA = "la"
    CT = "ct"
    DEFAULT = "default"


_SHARE_OF_MONTHS = 0.6
_FEWEST = 150
_SILENT_AT_MOST = timedelta(days=31)


def agency_panel(offences: pl.DataFrame, *, protocol: Protocol) -> pl.DataFrame:
    """Daily counts by agency for the protocols ``la`` and ``ct``.

    Kept are agencies with a count in at least 60 % of the months, 150 in all, and one in the last
    31 days. This looks at the whole record: it makes the comparison, not the forecast.

    Args:
        offences: Columns ``agency_id``, ``incident_id``, ``date``: a row an offence.
        protocol: ``la`` counts incidents, ``ct`` offences.

    Returns:
        Columns ``series``, ``date``, ``count``, complete from the first to the last day of any
        agency, days without a row 0.

    Raises:
        RequestError: The protocol is ``default``, or no agency qualifies.
    """
    if protocol is Protocol.DEFAULT:
        raise RequestError("protocol: default has places, not agencies; expected la or ct")
    rows = offences.select(
        series=pl.col("agency_id").cast(pl.String), date="date", id="incident_id"
    )
    if protocol is Protocol.LA:
        rows = rows.unique(["series", "id"])
    days = rows.select(date=pl.date_range(pl.col("date").min(), pl.col("date").max()))
    spanned = days["date"].dt.truncate("1mo").n_unique()
    qualifying = (
        rows.group_by("series")
        .agg(
            months=pl.col("date").dt.truncate("1mo").n_unique(),
            total=pl.len(),
            last=pl.col("date").max(),
        )
        .filter(
            (pl.col("months") >= _SHARE_OF_MONTHS * spanned)
            & (pl.col("total") >= _FEWEST)
            & (pl.col("last") >= days["date"].max() - pl.lit(_SILENT_AT_MOST))
        )
    )
    if qualifying.is_empty():
        raise RequestError(
            "protocol: no agency reported in 60 % of the months, 150 in all and in the last 31 "
            "days; choose another protocol or more years"
        )
    counted = rows.group_by("series", "date").agg(count=pl.len())
    return (
        qualifying.select("series")
        .join(days, how="cross")
        .join(counted, on=["series", "date"], how="left", validate="1:1")
        .with_columns(pl.col("count").fill_null(0))
        .select(pl.col(name).cast(dtype) for name, dtype in SERIES_SCHEMA.items())
        .sort("series", "date")
    )
