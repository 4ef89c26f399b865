"""Where a forecast is good and where it is not, by group of series."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.evaluation import metrics
from core.volume.dispersion import BAND_NAMES, band_of
from core.volume.distribution import Intervals

__all__ = ["AuditRow", "audit", "reporting_completeness"]

Floats = NDArray[np.float64]

_COMPLETE = 0.99
_PARTLY = 0.8


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """How good the forecast is in one group of series.

    Attributes:
        grouping: By what: ``volume``, or a column of the groups.
        group: The group's name.
        series: Number of series.
        days: Reported days.
        wape: As in :mod:`core.evaluation.metrics`, and so are the others.
        deviance: Mean Poisson deviance.
        bias: Sum of forecasts over sum of actuals, less 1.
        coverage_80: Share of the days within the 80 % interval.
    """

    grouping: str
    group: str
    series: int
    days: int
    wape: float
    deviance: float
    bias: float
    coverage_80: float


def audit(
    names: tuple[str, ...],
    *,
    actual: Floats,
    forecast: Floats,
    limits: Intervals,
    groups: pl.DataFrame | None = None,
) -> tuple[AuditRow, ...]:
    """Measures by volume band and by each grouping that is given.

    Args:
        names: Series.
        actual: Shape (windows, series, days), NaN where not reported.
        forecast: The same shape.
        limits: Intervals of the forecast.
        groups: ``series`` and one String column for each grouping; null leaves a series out.

    Returns:
        A row a group, but for those without a reported offence.
    """
    band = band_of(forecast.mean(axis=(0, 2)))
    labels: dict[str, list[str | None]] = {"volume": [BAND_NAMES[number] for number in band]}
    if groups is not None:
        ordered = pl.DataFrame({"series": list(names)}).join(
            groups, on="series", how="left", validate="1:1", maintain_order="left"
        )
        labels |= {
            column: ordered[column].to_list() for column in groups.columns if column != "series"
        }
    return tuple(
        row
        for grouping, values in labels.items()
        for group in sorted({value for value in values if value is not None})
        if (
            row := _row(
                grouping,
                group,
                where=np.array([value == group for value in values]),
                actual=actual,
                forecast=forecast,
                limits=limits,
            )
        )
    )


def _row(
    grouping: str,
    group: str,
    *,
    where: NDArray[np.bool_],
    actual: Floats,
    forecast: Floats,
    limits: Intervals,
) -> AuditRow | None:
    y, f = actual[:, where], forecast[:, where]
    if not np.nansum(y) > 0:
        return None
    lower, upper = limits.lower[80][:, where], limits.upper[80][:, where]
    return AuditRow(
        grouping=grouping,
        group=group,
        series=int(where.sum()),
        days=int(np.isfinite(y).sum()),
        wape=metrics.wape(y, f),
        deviance=metrics.poisson_deviance(y, f),
        bias=metrics.bias(y, f),
        coverage_80=metrics.interval_coverage(y, lower.astype(float), upper.astype(float)),
    )


def reporting_completeness(panel: pl.DataFrame) -> pl.DataFrame:
    """Group series by the share of their days that was reported.

    Args:
        panel: Columns ``series``, ``date``, ``count``.

    Returns:
        Columns ``series`` and ``reporting``: ``complete``, ``80 to 99 %``, ``under 80 %``.
    """
    share = pl.col("count").is_not_null().mean()
    return (
        panel.group_by("series")
        .agg(share=share)
        .select(
            "series",
            reporting=pl.when(pl.col("share") >= _COMPLETE)
            .then(pl.lit("complete"))
            .when(pl.col("share") >= _PARTLY)
            .then(pl.lit("80 to 99 %"))
            .otherwise(pl.lit("under 80 %")),
        )
        .sort("series")
    )
