"""From a dataset's tables to the counts that models are fitted on and forecasts are made from."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from core.daily_counts import SERIES_SCHEMA, DailyCounts, daily_counts
from core.staffing import StaffingBasis

__all__ = ["counts_of_files", "officers_by_place", "place_counts", "place_panel"]

_PER = 1000


def place_panel(panel: pl.DataFrame) -> pl.DataFrame:
    """Daily offences by place.

    Args:
        panel: Columns ``place``, ``date``, ``offences`` (null where not reported), complete.

    Returns:
        Columns ``series``, ``date``, ``count`` of the places with at least one reported day,
        sorted by ``series``, ``date``.
    """
    return (
        panel.select(series="place", date="date", count="offences")
        .filter(pl.col("count").is_not_null().any().over("series"))
        .select(pl.col(name).cast(dtype) for name, dtype in SERIES_SCHEMA.items())
        .sort("series", "date")
    )


def place_counts(panel: pl.DataFrame, *, staffing: pl.DataFrame, state: str) -> DailyCounts:
    """Daily offences by place with the officers per 1,000 people of each year.

    Args:
        panel: As for :func:`place_panel`.
        staffing: Columns ``place``, ``year``, ``basis``, ``officers``, ``population``.
        state: Two-letter code; decides the holidays.

    Returns:
        The counts of the places with at least one reported day.

    Raises:
        RequestError: No place has a reported day.

    Examples:
        >>> from pathlib import Path
        >>> from core.dataset import open_dataset
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> counts = place_counts(
        ...     dataset.table("panel"), staffing=dataset.table("staffing"), state="CT"
        ... )
        >>> counts.series[:2], counts.first_day, counts.days
        (('ansonia', 'avon'), datetime.date(2021, 1, 1), 1461)
    """
    return daily_counts(place_panel(panel), state=state, officers=officers_by_place(staffing))


def counts_of_files(
    *, panel: Path, staffing: Path, state: str, national: bool
) -> DailyCounts | None:
    """As :func:`place_counts`, from Parquet files; nothing where no place has a reported day.

    Args:
        panel: A dataset's table of this name.
        staffing: Likewise.
        state: Two-letter code.
        national: Whether the counts are for a model of many States.
    """
    frame = pl.read_parquet(panel, columns=["place", "date", "offences"], glob=False)
    if frame["offences"].null_count() == frame.height:
        return None
    counts = place_counts(frame, staffing=pl.read_parquet(staffing, glob=False), state=state)
    return replace(counts, national=national)


def officers_by_place(staffing: pl.DataFrame) -> pl.DataFrame:
    """Sworn officers per 1,000 people as reported.

    Args:
        staffing: As for :func:`place_counts`.

    Returns:
        Columns ``series``, ``year``, ``officers_per_1000`` (Float64, null where unknown).
    """
    return staffing.filter(pl.col("basis") == StaffingBasis.AS_REPORTED.value).select(
        series="place",
        year="year",
        officers_per_1000=_PER * pl.col("officers") / pl.col("population"),
    )
