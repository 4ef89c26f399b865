"""What a back-test shows: every method's measures, the noise floor, the audit, ready for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.daily_counts import DailyCounts, daily_counts
from core.evaluation import metrics
from core.evaluation.audit import AuditRow, audit
from core.evaluation.backtest import TEST_ORIGINS, BackTest, Method, back_test
from core.evaluation.protocols import Protocol
from core.volume.baselines import BASELINES
from core.volume.dispersion import BAND_NAMES, band_of
from core.volume.distribution import LEVELS, Intervals, intervals
from core.volume.model import SERVED, Choice
from core.volume.training import OWN_STATE, together

__all__ = [
    "BandQuality",
    "BaselineServed",
    "LeadQuality",
    "PartQuality",
    "Scores",
    "VolumeReport",
    "evaluate_volume",
    "noise_floor",
    "report_on",
]

Floats = NDArray[np.float64]

_DRAWS = 200
_SEED = 20_240_101


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One method on the six test windows; the volume accuracy on all twelve."""

    wape: float
    rmse: float
    deviance: float
    state_wape: float
    month_wape: float
    bias: float
    mase: float
    rmsse: float
    crps: float
    log_score: float
    coverage_50: float
    coverage_80: float
    coverage_95: float
    volume_accuracy_mean: float
    volume_accuracy_min: float


@dataclass(frozen=True, kw_only=True)
class PartQuality:
    """The served forecast on some of the days: measures, coverage and mean width of intervals."""

    days: int
    wape: float
    deviance: float
    crps: float
    log_score: float
    coverage_50: float
    width_50: float
    coverage_80: float
    width_80: float
    coverage_95: float
    width_95: float


@dataclass(frozen=True, kw_only=True)
class BandQuality(PartQuality):
    """Those of the days of one volume band."""

    band: str


@dataclass(frozen=True, kw_only=True)
class LeadQuality(PartQuality):
    """Those of the days at some leads, such as ``1 to 10``."""

    leads: str


@dataclass(frozen=True, kw_only=True)
class BaselineServed:
    """A series that a baseline (``model``) served in so many test windows."""

    series: str
    model: str
    windows: int


@dataclass(frozen=True, kw_only=True)
class VolumeReport:
    """The result of :func:`evaluate_volume`.

    Attributes:
        protocol: ``la``, ``ct`` or ``default``.
        series: Number of series.
        origins: Last days seen by the forecasts, ISO, ascending; the last six are the test.
        windows: First and last forecast day of each of the six test windows, ISO.
        served: The name in ``models`` of what the application serves.
        models: Measures by method.
        choice: What the windows before the test decided.
        baseline_served: Series that a baseline served in the test.
        noise_floor: What a perfect rate would score: ``deviance``, ``wape``, ``state_wape``.
        ratio_to_floor: The served measures over those of the floor.
        by_band: The served forecast in each volume band in which something was reported.
        by_lead: The served forecast on the days 1 to 10, 11 to 20 and 21 to 30.
        pit: Probability integral transform of the served forecast in ten bins; 0.1 is ideal.
        total_coverage: Share of 30-day totals within the served interval by level.
        audit: Rows of the subgroup audit.
        share_beating: Share of series in which the served forecast has a lower deviance than each
            baseline.
    """

    protocol: str
    series: int
    origins: tuple[str, ...]
    windows: tuple[tuple[str, str], ...]
    served: str
    models: Mapping[str, Scores]
    choice: Choice
    baseline_served: tuple[BaselineServed, ...]
    noise_floor: Mapping[str, float]
    ratio_to_floor: Mapping[str, float]
    by_band: tuple[BandQuality, ...]
    by_lead: tuple[LeadQuality, ...]
    pit: tuple[float, ...]
    total_coverage: Mapping[str, float]
    audit: tuple[AuditRow, ...]
    share_beating: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)


def evaluate_volume(
    panel: pl.DataFrame,
    *,
    state: str,
    protocol: Protocol,
    extra_predictions: Path | None = None,
    groups: pl.DataFrame | None = None,
    officers: pl.DataFrame | None = None,
    others: Sequence[DailyCounts] = (),
) -> VolumeReport:
    """Back-test what would have been served beside every baseline.

    Args:
        panel: Columns ``series``, ``date``, ``count``, from :mod:`core.evaluation.protocols`.
        state: Two-letter code.
        protocol: Which panel this is; a label of the report.
        extra_predictions: CSV of further methods, see
            :func:`core.evaluation.backtest.read_predictions`.
        groups: ``series`` and one String column for each grouping of the audit.
        officers: As in :func:`core.volume.fit.fit_volume`.
        others: National counts of other States, whose days the boosters learn from as well, up to
            each origin.

    Raises:
        RequestError: The panel is malformed or too short, or the CSV is not as described.
    """
    counts = daily_counts(panel, state=state, officers=officers)
    if others:
        counts = replace(counts, national=True)
    trainer = together([counts, *others]) if others else OWN_STATE
    result = back_test(counts, extra=extra_predictions, trainer=trainer)
    return report_on(result, protocol=protocol, groups=groups)


def report_on(
    result: BackTest, *, protocol: Protocol, groups: pl.DataFrame | None = None
) -> VolumeReport:
    """Measure a back-test; arguments as in :func:`evaluate_volume`."""
    served = result.methods[SERVED]
    actual = result.actual[-TEST_ORIGINS:]
    means = served.means[-TEST_ORIGINS:]
    spread = served.spread(result.names)[-TEST_ORIGINS:]
    limits = intervals(means, dispersion=spread)
    floor = noise_floor(np.where(np.isfinite(actual), means, np.nan))
    models = {name: _scores(result, method=method) for name, method in result.methods.items()}
    return VolumeReport(
        protocol=protocol.value,
        series=len(result.names),
        origins=tuple(day.isoformat() for day in result.origins),
        windows=_windows(result),
        served=SERVED,
        models=models,
        choice=result.choice,
        baseline_served=_baseline_served(result),
        noise_floor=floor,
        ratio_to_floor={
            name: getattr(models[SERVED], name) / value for name, value in floor.items()
        },
        by_band=_by_band(actual, means, spread=spread, limits=limits),
        by_lead=_by_lead(actual, means, spread=spread, limits=limits),
        pit=tuple(float(share) for share in metrics.pit(actual, means, dispersion=spread)),
        total_coverage=_total_coverage(actual, method=served, spread=spread),
        audit=audit(result.names, actual=actual, forecast=means, limits=limits, groups=groups),
        share_beating=_share_beating(result),
    )


def _windows(result: BackTest) -> tuple[tuple[str, str], ...]:
    days = (timedelta(days=1), timedelta(days=result.actual.shape[2]))
    return tuple(
        ((origin + days[0]).isoformat(), (origin + days[1]).isoformat())
        for origin in result.origins[-TEST_ORIGINS:]
    )


def _baseline_served(result: BackTest) -> tuple[BaselineServed, ...]:
    tested = result.served_by[-TEST_ORIGINS:]
    return tuple(
        BaselineServed(series=name, model=model, windows=int((by == model).sum()))
        for name, by in zip(result.names, tested.T, strict=True)
        for model in sorted(set(by) & set(BASELINES))
    )


def noise_floor(rates: Floats) -> dict[str, float]:
    """What the rates themselves would score if each count were a Poisson draw about its rate.

    Args:
        rates: Shape (origins, series, leads), NaN on days that were not reported.

    Returns:
        ``deviance``, ``wape`` and ``state_wape``: means over 200 draws of fixed seed.
    """
    random = np.random.default_rng(_SEED)
    reported = np.isfinite(rates)
    filled = np.where(reported, rates, 0.0)
    totals = {"deviance": 0.0, "wape": 0.0, "state_wape": 0.0}
    for _ in range(_DRAWS):
        drawn = np.where(reported, random.poisson(filled), np.nan)
        totals["deviance"] += metrics.poisson_deviance(drawn, filled) / _DRAWS
        totals["wape"] += metrics.wape(drawn, filled) / _DRAWS
        totals["state_wape"] += metrics.state_wape(drawn, filled) / _DRAWS
    return totals


def _scores(result: BackTest, *, method: Method) -> Scores:
    actual, means = result.actual[-TEST_ORIGINS:], method.means[-TEST_ORIGINS:]
    spread = method.spread(result.names)[-TEST_ORIGINS:]
    limits = intervals(means, dispersion=spread)
    covered = {level: _coverage(actual, limits=limits, level=level) for level in LEVELS}
    accuracy = metrics.volume_accuracy(result.actual, method.means)
    return Scores(
        wape=metrics.wape(actual, means),
        rmse=metrics.rmse(actual, means),
        deviance=metrics.poisson_deviance(actual, means),
        state_wape=metrics.state_wape(actual, means),
        month_wape=metrics.month_wape(actual, means),
        bias=metrics.bias(actual, means),
        mase=metrics.mase(actual, means, scale=result.naive_error[0]),
        rmsse=metrics.rmsse(actual, means, scale=result.naive_error[1]),
        crps=metrics.crps(actual, means, dispersion=spread),
        log_score=metrics.log_score(actual, means, dispersion=spread),
        coverage_50=covered[50],
        coverage_80=covered[80],
        coverage_95=covered[95],
        volume_accuracy_mean=accuracy[0],
        volume_accuracy_min=accuracy[1],
    )


def _coverage(actual: Floats, *, limits: Intervals, level: int) -> float:
    lower, upper = limits.lower[level].astype(float), limits.upper[level].astype(float)
    return metrics.interval_coverage(actual, lower, upper)


def _width(actual: Floats, *, limits: Intervals, level: int) -> float:
    lower, upper = limits.lower[level].astype(float), limits.upper[level].astype(float)
    return metrics.interval_width(actual, lower, upper)


def _quality(
    actual: Floats,
    means: Floats,
    *,
    spread: Floats,
    limits: Intervals,
    where: NDArray[np.bool_],
) -> PartQuality:
    part = np.where(where, actual, np.nan)
    return PartQuality(
        days=int(np.isfinite(part).sum()),
        wape=metrics.wape(part, means),
        deviance=metrics.poisson_deviance(part, means),
        crps=metrics.crps(part, means, dispersion=spread),
        log_score=metrics.log_score(part, means, dispersion=spread),
        coverage_50=_coverage(part, limits=limits, level=50),
        width_50=_width(part, limits=limits, level=50),
        coverage_80=_coverage(part, limits=limits, level=80),
        width_80=_width(part, limits=limits, level=80),
        coverage_95=_coverage(part, limits=limits, level=95),
        width_95=_width(part, limits=limits, level=95),
    )


def _by_band(
    actual: Floats, means: Floats, *, spread: Floats, limits: Intervals
) -> tuple[BandQuality, ...]:
    band = np.broadcast_to(band_of(means.mean(axis=2))[:, :, None], actual.shape)
    rows = []
    for number, name in enumerate(BAND_NAMES):
        where = band == number
        if np.nansum(actual[where]) > 0:
            part = _quality(actual, means, spread=spread, limits=limits, where=where)
            rows.append(BandQuality(band=name, **asdict(part)))
    return tuple(rows)


def _by_lead(
    actual: Floats, means: Floats, *, spread: Floats, limits: Intervals
) -> tuple[LeadQuality, ...]:
    lead = np.broadcast_to(np.arange(1, actual.shape[2] + 1), actual.shape)
    rows = []
    for first in (1, 11, 21):
        where = (lead >= first) & (lead < first + 10)
        part = _quality(actual, means, spread=spread, limits=limits, where=where)
        rows.append(LeadQuality(leads=f"{first} to {first + 9}", **asdict(part)))
    return tuple(rows)


def _total_coverage(actual: Floats, *, method: Method, spread: Floats) -> dict[str, float]:
    """Of the totals of windows that were reported whole."""
    means = method.means[-len(actual) :]
    whole = np.isfinite(actual).all(axis=2)
    total = np.where(whole, actual.sum(axis=2), np.nan)
    wide = np.stack(
        [
            method.dispersion.of_total(mean=mean, daily=daily, first_lead=1)
            for mean, daily in zip(means, spread, strict=True)
        ]
    )
    limits = intervals(means.sum(axis=2), dispersion=wide)
    return {str(level): _coverage(total, limits=limits, level=level) for level in LEVELS}


def _share_beating(result: BackTest) -> dict[str, float]:
    actual = result.actual[-TEST_ORIGINS:]
    known = [n for n in range(len(result.names)) if np.isfinite(actual[:, n]).any()]

    def deviances(method: Method) -> Floats:
        means = method.means[-TEST_ORIGINS:]
        return np.array([metrics.poisson_deviance(actual[:, n], means[:, n]) for n in known])

    served = deviances(result.methods[SERVED])
    return {
        name: float((served < deviances(method)).mean())
        for name, method in result.methods.items()
        if name != SERVED
    }
