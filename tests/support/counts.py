"""Simulated daily counts for tests of the forecasts."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.daily_counts import SERIES_SCHEMA, DailyCounts

LEVELS = (0.2, 0.8, 1.5, 3.0, 6.0, 12.0)
WEEK = np.array([1.0, 0.95, 0.95, 1.0, 1.15, 1.1, 0.85])
START = date(2020, 1, 1)


def simulated_matrix(*, days: int, seed: int = 5) -> NDArray[np.float64]:
    """Six series of Poisson counts with a weekday profile; shape (6, days)."""
    random = np.random.default_rng(seed)
    weekday = np.array([(START + timedelta(days=n)).weekday() for n in range(days)])
    rates = np.array(LEVELS)[:, None] * WEEK[weekday]
    matrix: NDArray[np.float64] = random.poisson(rates).astype(np.float64)
    return matrix


def as_counts(matrix: NDArray[np.float64], *, state: str = "CT") -> DailyCounts:
    return DailyCounts(
        state=state,
        series=tuple(f"s{n}" for n in range(len(matrix))),
        first_day=START,
        counts=matrix,
        officers=np.full((len(matrix), 1), np.nan),
        officers_first_year=START.year,
    )


def as_panel(matrix: NDArray[np.float64]) -> pl.DataFrame:
    """The long panel of a matrix; NaN becomes null."""
    series, days = matrix.shape
    return pl.DataFrame(
        {
            "series": [f"s{n}" for n in range(series) for _ in range(days)],
            "date": [START + timedelta(days=n) for n in range(days)] * series,
            "count": pl.Series(matrix.ravel()).fill_nan(None).cast(pl.Int32),
        },
        schema=SERIES_SCHEMA,
    )
