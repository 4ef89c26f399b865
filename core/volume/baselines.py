"""The standard methods that a forecast has to beat, for all series at once.

Each takes counts of shape (series, days), NaN where not reported, and gives expected counts of
shape (series, horizon). A series without a reported day in a method's window gets its mean over all
days, or 0 where there is none.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BASELINES",
    "Counts",
    "croston_sba",
    "exponential_smoothing",
    "mean_of",
    "weekday_level",
]

Counts = NDArray[np.float64]
Baseline = Callable[[Counts, int], Counts]

_WEEK = 7
_LEVEL_DAYS = 91
_ALPHAS = np.concatenate([np.linspace(0.005, 0.1, 20), np.linspace(0.12, 0.6, 13)])
_CROSTON_ALPHA = 0.1


def _over_all_days(counts: Counts) -> Counts:
    known = np.isfinite(counts)
    result: Counts = np.where(known, counts, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return result


def _flat(levels: Counts, *, horizon: int) -> Counts:
    return np.repeat(levels[:, None], horizon, axis=1)


def _mean_levels(counts: Counts, *, days: int) -> Counts:
    recent = counts[:, -days:]
    known = np.isfinite(recent)
    mean = np.where(known, recent, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known.any(axis=1), mean, _over_all_days(counts))


def mean_of(days: int) -> Baseline:
    """The mean of the last ``days`` days, the same for every lead."""

    def forecast(counts: Counts, horizon: int) -> Counts:
        return _flat(_mean_levels(counts, days=days), horizon=horizon)

    return forecast


def seasonal_naive(counts: Counts, horizon: int) -> Counts:
    """The last reported count of the same weekday, within four weeks."""
    ahead = np.arange(horizon) % _WEEK
    result = _flat(_mean_levels(counts, days=28), horizon=horizon)
    for weeks in range(min(4, counts.shape[1] // _WEEK), 0, -1):
        values = counts[:, counts.shape[1] - weeks * _WEEK + ahead]
        result = np.where(np.isfinite(values), values, result)
    return result


def weekday_level(counts: Counts, horizon: int) -> Counts:
    """The mean of 91 days times the weekday factor of all series together."""
    levels = _mean_levels(counts, days=_LEVEL_DAYS)
    days = counts.shape[1]
    totals = np.nansum(counts, axis=0)
    expected = np.where(np.isfinite(counts), levels[:, None], 0.0).sum(axis=0)
    place = np.arange(days) % _WEEK
    seen = np.bincount(place, weights=totals, minlength=_WEEK)
    due = np.bincount(place, weights=expected, minlength=_WEEK)
    factors = np.where(due > 0, seen / np.maximum(due, 1e-9), 1.0)
    factors /= max(float(factors.mean()), 1e-9)
    ahead = (days + np.arange(horizon)) % _WEEK
    result: Counts = levels[:, None] * factors[ahead]
    return result


def exponential_smoothing(counts: Counts, horizon: int) -> Counts:
    """Simple exponential smoothing; each series takes the weight that served it best so far.

    The weight is the one of a grid from 0.005 to 0.6 with the least squared error one day ahead.
    A day that was not reported leaves the level as it was.
    """
    level = np.repeat(_over_all_days(counts[:, :28])[None], len(_ALPHAS), axis=0)
    errors = np.zeros_like(level)
    weights = _ALPHAS[:, None]
    for values in counts.T:
        off = np.where(np.isfinite(values), values - level, 0.0)
        errors += off * off
        level = level + weights * off
    best = errors.argmin(axis=0)
    return _flat(level[best, np.arange(counts.shape[0])], horizon=horizon)


def croston_sba(counts: Counts, horizon: int) -> Counts:
    """Croston's method for sparse counts with the correction of Syntetos and Boylan (2005)."""
    series = counts.shape[0]
    mean = np.maximum(_over_all_days(counts), 1e-9)
    size = np.maximum(mean, 1.0)
    gap = np.maximum(1.0 / mean, 1.0)
    since = np.zeros(series)
    for values in counts.T:
        since += np.isfinite(values)
        hit = np.nan_to_num(values) > 0
        size = np.where(hit, size + _CROSTON_ALPHA * (values - size), size)
        gap = np.where(hit, gap + _CROSTON_ALPHA * (since - gap), gap)
        since = np.where(hit, 0.0, since)
    return _flat((1 - _CROSTON_ALPHA / 2) * size / gap, horizon=horizon)


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "seasonal_naive": seasonal_naive,
        "mean_28": mean_of(28),
        "mean_56": mean_of(56),
        "mean_91": mean_of(91),
        "mean_365": mean_of(365),
        "weekday_level": weekday_level,
        "exponential_smoothing": exponential_smoothing,
        "croston_sba": croston_sba,
    }
)
"""Every baseline by its name in reports."""
