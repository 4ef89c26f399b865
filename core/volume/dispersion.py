"""How far counts lie from their forecasts: learned from blind forecasts that time has judged.

Daily counts are negative binomial about the forecast. Their dispersion (variance over mean)
belongs to the series, shrunk to that of its volume band, and grows with the lead. The total of a
window has a distribution of its own: the spread of independent days, and an error of the level that
all days of the window share; the latter is measured on the totals themselves. A window in which a
series broke off or jumped does not tell of the usual ones: its errors are scaled down.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BAND_EDGES", "BAND_NAMES", "Dispersion", "band_of", "calibrate"]

Floats = NDArray[np.float64]

BAND_EDGES = (0.5, 2.0, 5.0)
BAND_NAMES = ("under 0.5 a day", "0.5 to 2 a day", "2 to 5 a day", "5 a day or more")

_BASE_LEAD = 15.5
_LEAD_SPAN = 30.0
_PRIOR_OFFENCES = 150.0
# A series' own spread is believed by the days it comes from: its band weighs as much as 360 days.
_PRIOR_DAYS = 360.0
# The ratio of variance to mean of a series in one window counts up to this many times the median
# one of its band.
_BROKEN = 3.0
_WIDEST = 15.0
# Without a judged window: near what the real Connecticut offences show.
_ASSUMED_DISPERSION = 1.3
_ASSUMED_LEVEL_ERROR = 0.02
_LEAST_LEVEL_ERROR = 0.0005
TOTAL_DAYS = (7, 14, 30)


def band_of(mean: Floats) -> NDArray[np.int64]:
    """Volume band, an index of :data:`BAND_NAMES`, of expected counts a day."""
    return np.searchsorted(np.array(BAND_EDGES), mean, side="right")


@dataclass(frozen=True, kw_only=True)
class Dispersion:
    """Spread of one model's forecasts.

    Attributes:
        by_band: Variance over mean of daily counts by band, at the middle of 30 days.
        by_series: The same by series, shrunk to its band.
        of_state: The same of the daily sum over all series.
        growth: Share by which the part above 1 grows from the first to the thirtieth day.
        level_error: Squared relative error of a 30-day total that its days do not explain, by
            band.
        state_level_error: The same of the total of all series.
        level_growth: That error at 7 and 14 days as a share of the one at 30 days.
    """

    by_band: tuple[float, ...]
    by_series: dict[str, float]
    of_state: float
    growth: float
    level_error: tuple[float, ...]
    state_level_error: float
    level_growth: tuple[float, float]

    def daily(self, names: tuple[str, ...], *, mean: Floats, first_lead: int) -> Floats:
        """Dispersion of each series on each day.

        Args:
            names: Series.
            mean: Expected counts, shape (series, days).
            first_lead: Lead of column 0, counted from the origin.

        Returns:
            The shape of ``mean``.
        """
        band = band_of(mean.mean(axis=1))
        base = np.array(
            [self.by_series.get(name, self.by_band[b]) for name, b in zip(names, band, strict=True)]
        )
        return 1.0 + (base - 1.0)[:, None] * self._lead_factor(mean.shape[1], first_lead=first_lead)

    def state_daily(self, *, days: int, first_lead: int) -> Floats:
        """Dispersion of the daily sum over all series; shape (days,)."""
        factor = self._lead_factor(days, first_lead=first_lead)
        result: Floats = 1.0 + (self.of_state - 1.0) * factor
        return result

    def _lead_factor(self, days: int, *, first_lead: int) -> Floats:
        lead = first_lead + np.arange(days, dtype=np.float64)
        result: Floats = 1.0 + self.growth * (lead - _BASE_LEAD) / _LEAD_SPAN
        return result

    def of_total(self, *, mean: Floats, daily: Floats, first_lead: int) -> Floats:
        """Dispersion of each series' total over the window.

        Args:
            mean: Expected counts, shape (series, days).
            daily: From :meth:`daily`.
            first_lead: Lead of the first day.

        Returns:
            Shape (series,).
        """
        total = np.maximum(mean.sum(axis=1), 1e-9)
        error = np.array(self.level_error)[band_of(mean.mean(axis=1))]
        error = error * self._level_factor(mean.shape[1], first_lead=first_lead)
        result: Floats = (mean * daily).sum(axis=1) / total + error * total
        return result

    def of_state_total(self, *, mean: Floats, first_lead: int) -> float:
        """Dispersion of the total of all series; ``mean`` of shape (days,)."""
        days = len(mean)
        daily = self.state_daily(days=days, first_lead=first_lead)
        total = max(float(mean.sum()), 1e-9)
        error = self.state_level_error * self._level_factor(days, first_lead=first_lead)
        # The daily dispersion of the sum holds the level's error too; alone it is near Poisson.
        within = np.minimum(daily, self.by_band[-1])
        return float((mean * within).sum() / total + error * total)

    def _level_factor(self, days: int, *, first_lead: int) -> float:
        """Level errors grow with the window and with how far ahead it begins."""
        known = [*self.level_growth, 1.0]
        within = float(np.interp(days, TOTAL_DAYS, known))
        ahead = max(first_lead + days - 1 - TOTAL_DAYS[-1], 0) / _LEAD_SPAN
        return within * (1.0 + ahead)


def calibrate(names: tuple[str, ...], *, actual: Floats, forecast: Floats) -> Dispersion:
    """Measure the spread on windows whose outcome is known.

    Args:
        names: Series.
        actual: Shape (windows, series, 30), NaN where not reported.
        forecast: Blind forecasts of the same shape; NaN where a series had none.

    Returns:
        The spread; assumed figures where there is no window.
    """
    usable = np.isfinite(actual) & np.isfinite(forecast)
    if not usable.any():
        return _assumed()
    mean = np.where(usable, np.maximum(forecast, 1e-6), 0.0)
    level = mean.sum(axis=(0, 2)) / np.maximum(usable.sum(axis=(0, 2)), 1)
    wrong = np.where(usable, np.nan_to_num(actual) - mean, 0.0)
    usual = _without_breaks(wrong, mean, band=band_of(level))
    square = usual**2
    overall = _ratio(square.sum(), mean.sum())
    by_band = []
    for band in range(len(BAND_NAMES)):
        rows = band_of(level) == band
        by_band.append(_shrunk(square[:, rows], mean[:, rows], prior=overall))
    by_series = {
        name: _shrunk(
            square[:, n],
            mean[:, n],
            prior=by_band[int(band_of(level[n]))],
            worth=max(_PRIOR_OFFENCES, _PRIOR_DAYS * float(level[n])),
        )
        for n, name in enumerate(names)
        if usable[:, n].any()
    }
    y = mean + usual
    daily = np.array([by_series.get(name, overall) for name in names])
    level_error = _level_errors(y, mean, daily=daily, band=band_of(level), usable=usable)
    state_error = _level_error((mean + wrong).sum(axis=1), mean.sum(axis=1), daily=by_band[-1])
    return Dispersion(
        by_band=tuple(by_band),
        by_series=by_series,
        of_state=_ratio((wrong.sum(axis=1) ** 2).sum(), mean.sum()),
        growth=_growth(square, mean),
        level_error=level_error,
        state_level_error=max(state_error, _LEAST_LEVEL_ERROR),
        level_growth=_level_growth(y, mean, daily=daily),
    )


def _assumed() -> Dispersion:
    bands = len(BAND_NAMES)
    return Dispersion(
        by_band=(_ASSUMED_DISPERSION,) * bands,
        by_series={},
        of_state=2 * _ASSUMED_DISPERSION,
        growth=0.3,
        level_error=(_ASSUMED_LEVEL_ERROR,) * bands,
        state_level_error=_ASSUMED_LEVEL_ERROR / 4,
        level_growth=(0.8, 0.9),
    )


def _ratio(square: float, mean: float) -> float:
    return float(np.clip(square / max(mean, 1e-9), 1.0, _WIDEST))


def _shrunk(square: Floats, mean: Floats, *, prior: float, worth: float = _PRIOR_OFFENCES) -> float:
    """Variance over mean, as if ``worth`` more offences with the ratio ``prior`` were seen."""
    return _ratio(float(square.sum()) + worth * prior, float(mean.sum()) + worth)


def _without_breaks(wrong: Floats, mean: Floats, *, band: NDArray[np.int64]) -> Floats:
    """Errors, those of windows in which a series was unlike the others of its band scaled down."""
    seen = mean.sum(axis=2)
    ratio = (wrong**2).sum(axis=2) / np.maximum(seen, 1e-9)
    most = np.full(len(BAND_NAMES), np.inf)
    for number in range(len(BAND_NAMES)):
        own = ratio[:, band == number][seen[:, band == number] > 0]
        if len(own):
            most[number] = _BROKEN * max(float(np.median(own)), 1.0)
    share = np.minimum(most[band] / np.maximum(ratio, 1e-9), 1.0)
    result: Floats = wrong * np.sqrt(share)[:, :, None]
    return result


def _growth(square: Floats, mean: Floats) -> float:
    """Slope over the leads of what lies above Poisson, between none and threefold."""
    leads = np.arange(mean.shape[2]) + 1 - _BASE_LEAD
    weight = mean.sum(axis=(0, 1))
    ratio = square.sum(axis=(0, 1)) / np.maximum(weight, 1e-9)
    above = float((weight * ratio).sum() / weight.sum()) - 1.0
    slope = float((weight * leads * ratio).sum() / (weight * leads**2).sum())
    return float(np.clip(slope * _LEAD_SPAN / max(above, 0.02), 0.0, 1.5))


def _level_error(total: Floats, mean: Floats, *, daily: float | Floats) -> float:
    """Weighted least squares of the squared error of totals, less what single days explain."""
    y, f = total.sum(axis=-1), mean.sum(axis=-1)
    excess = (y - f) ** 2 - daily * f
    weight = 1.0 / np.maximum(daily * f + 0.01 * f * f, 1e-9) ** 2
    return float((weight * f * f * excess).sum() / max((weight * f**4).sum(), 1e-12))


def _level_errors(
    y: Floats, mean: Floats, *, daily: Floats, band: NDArray[np.int64], usable: NDArray[np.bool_]
) -> tuple[float, ...]:
    overall = max(_level_error(y, mean, daily=daily), _LEAST_LEVEL_ERROR)
    result = []
    for number in range(len(BAND_NAMES)):
        rows = (band == number) & usable.any(axis=(0, 2))
        own = _level_error(y[:, rows], mean[:, rows], daily=daily[rows])
        # Five series' worth of all series keep a band of few from following one of them.
        share = rows.sum() / (rows.sum() + 5)
        result.append(max(float(share * own + (1 - share) * overall), _LEAST_LEVEL_ERROR))
    return tuple(result)


def _level_growth(y: Floats, mean: Floats, *, daily: Floats) -> tuple[float, float]:
    whole = max(_level_error(y, mean, daily=daily), _LEAST_LEVEL_ERROR)
    parts = [
        _level_error(y[:, :, :days], mean[:, :, :days], daily=daily) for days in TOTAL_DAYS[:2]
    ]
    first, second = (float(np.clip(part / whole, 0.5, 1.5)) for part in parts)
    return first, second
