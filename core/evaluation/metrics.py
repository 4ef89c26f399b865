"""How good a forecast is, one function a measure.

``actual`` and ``forecast`` are of shape (origins, series, leads) unless a function says otherwise.
Actual counts of days that were not reported are NaN and count nowhere.
"""

import numpy as np
from numpy.typing import NDArray

from core.volume import distribution

__all__ = [
    "bias",
    "crps",
    "interval_coverage",
    "interval_width",
    "log_score",
    "mase",
    "month_wape",
    "pit",
    "poisson_deviance",
    "rmse",
    "rmsse",
    "state_wape",
    "volume_accuracy",
    "wape",
]

Floats = NDArray[np.float64]

_SMALLEST_RATE = 1e-6


def _known(actual: Floats, forecast: Floats) -> tuple[Floats, Floats]:
    reported = np.isfinite(actual)
    return actual[reported], forecast[reported]


def _summed(actual: Floats, forecast: Floats, *, axis: int) -> tuple[Floats, Floats]:
    """Sums over an axis of what was reported, forecasts of the other days left out as well."""
    reported = np.isfinite(actual)
    return (
        np.where(reported, actual, 0.0).sum(axis=axis),
        np.where(reported, forecast, 0.0).sum(axis=axis),
    )


def wape(actual: Floats, forecast: Floats) -> float:
    """Sum of absolute errors over sum of actuals. Rewards a forecast that is too low.

    Examples:
        >>> wape(np.array([[4.0, np.nan, 2.0]]), np.array([[3.0, 9.0, 2.0]]))
        0.16666666666666666
    """
    y, f = _known(actual, forecast)
    return float(np.abs(y - f).sum() / y.sum())


def rmse(actual: Floats, forecast: Floats) -> float:
    """Root of the mean squared error."""
    y, f = _known(actual, forecast)
    return float(np.sqrt(np.mean((y - f) ** 2)))


def poisson_deviance(actual: Floats, forecast: Floats) -> float:
    """Mean Poisson deviance; punishes a wrong rate by what it costs a count.

    Examples:
        >>> poisson_deviance(np.array([[2.0, 0.0]]), np.array([[2.0, 0.5]]))
        0.5
    """
    y, f = _known(actual, forecast)
    rate = np.maximum(f, _SMALLEST_RATE)
    logs = y * np.log(np.where(y > 0, y, 1.0) / rate)
    return float(2 * np.mean(logs - (y - rate)))


def state_wape(actual: Floats, forecast: Floats) -> float:
    """WAPE of the daily sum over all series."""
    y, f = _summed(actual, forecast, axis=1)
    return float(np.abs(y - f).sum() / y.sum())


def month_wape(actual: Floats, forecast: Floats) -> float:
    """WAPE of each series' total over the window."""
    y, f = _summed(actual, forecast, axis=2)
    return float(np.abs(y - f).sum() / y.sum())


def bias(actual: Floats, forecast: Floats) -> float:
    """Sum of forecasts over sum of actuals, less 1."""
    y, f = _known(actual, forecast)
    return float(f.sum() / y.sum() - 1)


def volume_accuracy(actual: Floats, forecast: Floats) -> tuple[float, float]:
    """Mean and worst over the origins of 1 less the absolute bias of the window's total."""
    reported = np.isfinite(actual)
    y = np.where(reported, actual, 0.0).sum(axis=(1, 2))
    f = np.where(reported, forecast, 0.0).sum(axis=(1, 2))
    accuracy = 1 - np.abs(y - f) / np.maximum(y, 1)
    return float(accuracy.mean()), float(accuracy.min())


def _scaled(actual: Floats, forecast: Floats, *, scale: Floats, power: int) -> Floats:
    reported = np.isfinite(actual)
    errors = np.where(reported, np.abs(actual - forecast) ** power, 0.0).sum(axis=(0, 2))
    mean = errors / np.maximum(reported.sum(axis=(0, 2)), 1)
    usable = (scale > 0) & reported.any(axis=(0, 2))
    result: Floats = mean[usable] / scale[usable]
    return result


def mase(actual: Floats, forecast: Floats, *, scale: Floats) -> float:
    """Mean absolute scaled error.

    Args:
        actual: As above.
        forecast: As above.
        scale: Shape (series,): the mean absolute error of the naive method in training.
    """
    return float(_scaled(actual, forecast, scale=scale, power=1).mean())


def rmsse(actual: Floats, forecast: Floats, *, scale: Floats) -> float:
    """Root mean squared scaled error, the mean over series, as in the M5 competition.

    Args:
        actual: As above.
        forecast: As above.
        scale: Shape (series,): the mean squared error of the naive method in training.
    """
    return float(np.sqrt(_scaled(actual, forecast, scale=scale, power=2)).mean())


def crps(actual: Floats, forecast: Floats, *, dispersion: Floats) -> float:
    """Mean continuous ranked probability score of negative binomial forecasts."""
    y, f = _known(actual, forecast)
    spread = dispersion[np.isfinite(actual)]
    return float(distribution.crps(y, mean=f, dispersion=spread).mean())


def log_score(actual: Floats, forecast: Floats, *, dispersion: Floats) -> float:
    """Mean of minus the logarithm of the probability given to what happened."""
    y, f = _known(actual, forecast)
    spread = dispersion[np.isfinite(actual)]
    return float(-distribution.log_probability(y, mean=f, dispersion=spread).mean())


def pit(actual: Floats, forecast: Floats, *, dispersion: Floats, bins: int = 10) -> Floats:
    """Nonrandomised probability integral transform (Czado, Gneiting and Held, 2009).

    Returns:
        Shape (bins,): the share of forecasts in each bin; 1 / bins everywhere when calibrated.
    """
    y, f = _known(actual, forecast)
    spread = dispersion[np.isfinite(actual)]
    edges = np.linspace(0, 1, bins + 1)
    total = np.zeros(bins + 1)
    order = np.argsort(f, kind="stable")
    for part in np.array_split(order, max(1, len(order) // 2_000)):
        below = distribution.cumulative(f[part], dispersion=spread[part])
        at = np.minimum(y[part].astype(np.int64), below.shape[1] - 1)
        rows = np.arange(len(part))
        high = below[rows, at]
        low = np.where(at > 0, below[rows, np.maximum(at - 1, 0)], 0.0)
        reach = (edges - low[:, None]) / np.maximum(high - low, 1e-12)[:, None]
        reach = np.clip(reach, 0.0, 1.0)
        reach[:, -1] = 1.0  # a count that was next to impossible lies in the last bin
        total += reach.sum(axis=0)
    shares: Floats = np.diff(total) / max(len(y), 1)
    return shares


def interval_coverage(actual: Floats, lower: Floats, upper: Floats) -> float:
    """Share of reported days that lie within the limits, the limits included.

    Examples:
        >>> limits = np.array([[1.0, 1.0]]), np.array([[5.0, 5.0]])
        >>> interval_coverage(np.array([[4.0, 6.0]]), *limits)
        0.5
    """
    reported = np.isfinite(actual)
    inside = (actual >= lower) & (actual <= upper)
    return float(inside[reported].mean())


def interval_width(actual: Floats, lower: Floats, upper: Floats) -> float:
    """Mean distance of the limits on reported days."""
    reported = np.isfinite(actual)
    return float((upper - lower)[reported].mean())
