"""Daily counts of many series as one matrix: what forecasts are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import RequestError

__all__ = ["SERIES_SCHEMA", "DailyCounts", "daily_counts", "without_thin_blocks"]

SERIES_SCHEMA = pl.Schema({"series": pl.String(), "date": pl.Date(), "count": pl.Int32()})
"""Columns of a long panel; ``count`` is null on days that were not reported."""

# As core.panel judges a month: under a tenth of the usual block (the 75th percentile), where a
# usual block has at least 20. Blocks of 30 days that end with the last day, so that the rule needs
# no day after it.
_BLOCK = 30
_THIN_FRACTION = 0.1
_THIN_FROM_USUAL = 20
_USUAL_QUANTILE = 0.75
_BLOCKS_FOR_A_JUDGEMENT = 3


@dataclass(frozen=True, kw_only=True)
class DailyCounts:
    """Counts by series and day.

    Attributes:
        state: Two-letter code; decides the holidays.
        series: Names, ascending.
        first_day: Day of column 0.
        counts: Shape (series, days), float64; NaN where the day was not reported.
        officers: Officers per 1,000 people by series and year, shape (series, years); NaN where
            unknown.
        officers_first_year: Year of column 0 of ``officers``.
        national: Whether holidays are coded by the names of all states, for a model of many, and
            not by those of this one.
    """

    state: str
    series: tuple[str, ...]
    first_day: date
    counts: NDArray[np.float64]
    officers: NDArray[np.float64]
    officers_first_year: int
    national: bool = False

    @property
    def days(self) -> int:
        """Number of days."""
        return int(self.counts.shape[1])

    @property
    def last_day(self) -> date:
        """The last day of the matrix."""
        return self.first_day + timedelta(days=self.days - 1)

    def index(self, day: date) -> int:
        """Column of a day; may lie outside the matrix."""
        return (day - self.first_day).days

    def until(self, day: date) -> "DailyCounts":
        """The same series with no day after ``day``."""
        return replace(self, counts=self.counts[:, : self.index(day) + 1])

    def only(self, rows: NDArray[np.bool_]) -> "DailyCounts":
        """The series of which ``rows`` (one flag a series) is true."""
        names = tuple(name for name, kept in zip(self.series, rows, strict=True) if kept)
        return replace(self, series=names, counts=self.counts[rows], officers=self.officers[rows])


def daily_counts(
    panel: pl.DataFrame, *, state: str, officers: pl.DataFrame | None = None
) -> DailyCounts:
    """Turn a long panel into a matrix.

    Args:
        panel: Columns :data:`SERIES_SCHEMA`, each series on each day once, in any order.
        state: Two-letter code.
        officers: Columns ``series``, ``year``, ``officers_per_1000`` (null where unknown), or
            nothing at all.

    Returns:
        The counts, series ascending.

    Raises:
        RequestError: The columns are other ones, the panel is empty, or a series misses a day or
            has one twice.

    Examples:
        >>> from datetime import date
        >>> panel = pl.DataFrame(
        ...     {
        ...         "series": ["a", "a"],
        ...         "date": [date(2024, 1, 1), date(2024, 1, 2)],
        ...         "count": pl.Series([3, None], dtype=pl.Int32),
        ...     }
        ... )
        >>> daily_counts(panel, state="CT").counts
        array([[ 3., nan]])
    """
    if dict(panel.schema) != dict(SERIES_SCHEMA):
        raise RequestError(
            f"panel: expected the columns {dict(SERIES_SCHEMA)}, got {dict(panel.schema)}"
        )
    if panel.is_empty():
        raise RequestError("panel: there are no rows; expected a row for each series and day")
    ordered = panel.sort("series", "date")
    names = tuple(ordered["series"].unique().sort().to_list())
    days = ordered["date"].unique().sort()
    first_day = days[0]
    complete = (
        (days[-1] - first_day).days + 1 == days.len()
        and ordered.height == len(names) * days.len()
        and not ordered.select(pl.struct("series", "date").is_duplicated().any()).item()
    )
    if not complete:
        raise RequestError(
            "panel: expected each series on each day once; fill the missing days with null counts"
        )
    counts = ordered["count"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    years = range(first_day.year - 1, days[-1].year + 1)
    return DailyCounts(
        state=state,
        series=names,
        first_day=first_day,
        counts=counts.reshape(len(names), days.len()).copy(),
        officers=_officers_matrix(officers, names=names, years=years),
        officers_first_year=years[0],
    )


def _officers_matrix(
    officers: pl.DataFrame | None, *, names: tuple[str, ...], years: range
) -> NDArray[np.float64]:
    matrix = np.full((len(names), len(years)), np.nan)
    if officers is None:
        return matrix
    row: Mapping[str, int] = {name: n for n, name in enumerate(names)}
    for name, year, value in officers.select("series", "year", "officers_per_1000").rows():
        if name in row and year in years and value is not None:
            matrix[row[name], year - years[0]] = value
    return matrix


def without_thin_blocks(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Set blocks of 30 days to NaN in which a series hardly reported, judged by its own record.

    Two kinds: blocks under a tenth of the usual one where that has at least 20, unless they are the
    newest, and the silence or trickle before a series begins. Only the days given are looked at, so
    that a matrix cut at an origin is judged by what was known there.

    Args:
        counts: Shape (series, days), NaN where not reported.

    Returns:
        A matrix of the same shape.
    """
    series, days = counts.shape
    blocks = days // _BLOCK
    if blocks < _BLOCKS_FOR_A_JUDGEMENT:
        return counts.copy()
    head = days - blocks * _BLOCK
    by_block = counts[:, head:].reshape(series, blocks, _BLOCK)
    known = np.nansum(by_block, axis=2)
    reported = np.isfinite(by_block).any(axis=2)
    # A series without any report has no usual block; 0 stands for it.
    silent = reported.sum(axis=1, keepdims=True) == 0
    considered = np.where(reported | silent, known, np.nan)
    usual = np.nanquantile(considered, _USUAL_QUANTILE, axis=1)[:, None]
    faint = known <= _THIN_FRACTION * usual
    thin = (known < _THIN_FRACTION * usual) & (usual >= _THIN_FROM_USUAL)
    before_it_began = np.cumprod(faint, axis=1).astype(bool)
    # What follows a thin block is not known to be better, so the newest ones stand as they are.
    at_the_end = np.cumprod(thin[:, ::-1], axis=1).astype(bool)[:, ::-1]
    left_out = (thin & ~at_the_end) | before_it_began
    by_day = np.concatenate(
        [np.repeat(left_out[:, :1], head, axis=1), np.repeat(left_out, _BLOCK, axis=1)], axis=1
    )
    return np.where(by_day, np.nan, counts)
