"""The negative binomial: spread, quantiles, intervals of whole counts, CRPS.

A distribution is told by its mean and its dispersion, the ratio of variance to mean (1 is Poisson).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS", "Intervals", "crps", "cumulative", "intervals", "log_probability", "quantile"]

Floats = NDArray[np.float64]

LEVELS = (50, 80, 95)
"""Interval coverages in per cent, each interval inside the next."""

# From this mean on, quantiles come from the gamma distribution of the same mean and variance by
# the cube-root rule of Wilson and Hilferty (1931): no longer worth a table of every count.
_TABLE_UP_TO = 60.0
_NEARLY_POISSON = 1.0005
_TAIL = 9.0


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Median and limits, int64 arrays of one shape; ``lower`` and ``upper`` by level."""

    median: NDArray[np.int64]
    lower: dict[int, NDArray[np.int64]]
    upper: dict[int, NDArray[np.int64]]


def _parts(mean: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """Size and failure share of the negative binomial."""
    ratio = np.maximum(dispersion, _NEARLY_POISSON)
    return np.maximum(mean, 1e-9) / (ratio - 1.0), 1.0 - 1.0 / ratio


def _table(mean: Floats, dispersion: Floats) -> Floats:
    """Probabilities of 0, 1, 2, ... for flat arrays; shape (cells, counts), rows sum to 1."""
    size, share = _parts(mean, dispersion)
    top = mean.max(initial=1.0)
    widest = top + _TAIL * np.sqrt(top * dispersion.max(initial=1.0)) + 12
    counts = np.arange(int(widest))
    steps = np.log((counts + size[:, None]) / (counts + 1)) + np.log(share)[:, None]
    logs = np.concatenate([np.zeros((len(mean), 1)), np.cumsum(steps, axis=1)], axis=1)
    # The count of probability (1 - share) ** size is left out of the sum and comes back with it.
    logs -= logs.max(axis=1, keepdims=True)
    table = np.exp(logs)
    result: Floats = table / table.sum(axis=1, keepdims=True)
    return result


def cumulative(mean: Floats, *, dispersion: Floats) -> Floats:
    """Probability of at most 0, 1, 2, ...; flat arrays in, shape (cells, counts) out."""
    return np.minimum(np.cumsum(_table(mean, dispersion), axis=1), 1.0)


def log_probability(observed: Floats, *, mean: Floats, dispersion: Floats) -> Floats:
    """Logarithm of the probability of each observed count; flat arrays."""
    result = np.empty(len(observed))
    for part in _chunks(mean):
        table = _table(mean[part], dispersion[part])
        column = np.minimum(observed[part].astype(np.int64), table.shape[1] - 1)
        found = table[np.arange(len(column)), column]
        result[part] = np.log(np.maximum(found, 1e-12))
    return result


def crps(observed: Floats, *, mean: Floats, dispersion: Floats) -> Floats:
    """Continuous ranked probability score of each observed count; flat arrays, lower is better.

    The sum over counts of the squared distance between the distribution function and the step at
    the observed count (Gneiting and Raftery, 2007).
    """
    result = np.empty(len(observed))
    for part in _chunks(mean):
        below = cumulative(mean[part], dispersion=dispersion[part])
        columns = np.arange(below.shape[1])
        step = columns >= observed[part][:, None]
        beyond = np.maximum(observed[part] - below.shape[1], 0)
        result[part] = ((below - step) ** 2).sum(axis=1) + beyond
    return result


def _chunks(mean: Floats) -> list[NDArray[np.int64]]:
    """Cells in groups of like means, so that no table is much wider than its cells need."""
    order = np.argsort(mean, kind="stable")
    return [part for part in np.array_split(order, max(1, len(order) // 2_000)) if len(part)]


def quantile(share: float, *, mean: Floats, dispersion: Floats) -> NDArray[np.int64]:
    """The smallest count that is not exceeded with at least the probability ``share``."""
    flat, ratio = mean.ravel(), np.broadcast_to(dispersion, mean.shape).ravel()
    result = _gamma_quantile(share, mean=flat, dispersion=ratio)
    small = np.flatnonzero(flat < _TABLE_UP_TO)
    for part in _chunks(flat[small]):
        cells = small[part]
        below = cumulative(flat[cells], dispersion=ratio[cells])
        result[cells] = (below < share).sum(axis=1)
    return result.reshape(mean.shape)


def _gamma_quantile(share: float, *, mean: Floats, dispersion: Floats) -> NDArray[np.int64]:
    shape = np.maximum(mean / np.maximum(dispersion, 1.0), 1e-6)
    ninth = 1.0 / (9.0 * shape)
    root = np.maximum(1.0 - ninth + NormalDist().inv_cdf(share) * np.sqrt(ninth), 0.0)
    result: NDArray[np.int64] = np.rint(mean * root**3).astype(np.int64)
    return result


def intervals(mean: Floats, *, dispersion: Floats) -> Intervals:
    """Median and the interval of each of :data:`LEVELS`.

    Of whole counts no interval holds exactly 80 %. The one that is given grows from the median by
    the likelier neighbour and stops where its probability comes nearest to the level, so that the
    levels hold on average and each interval lies inside the next.

    Args:
        mean: Expected counts, any shape.
        dispersion: Variance over mean, at least 1, of the same shape.

    Returns:
        Arrays of the shape of ``mean``.
    """
    flat, ratio = mean.ravel(), np.broadcast_to(dispersion, mean.shape).ravel()
    median = _gamma_quantile(0.5, mean=flat, dispersion=ratio)
    lower, upper = {}, {}
    for level in LEVELS:
        tail = (1 - level / 100) / 2
        lower[level] = _gamma_quantile(tail, mean=flat, dispersion=ratio)
        upper[level] = _gamma_quantile(1 - tail, mean=flat, dispersion=ratio)
    small = np.flatnonzero(flat < _TABLE_UP_TO)
    for part in _chunks(flat[small]):
        cells = small[part]
        table = _table(flat[cells], ratio[cells])
        median[cells] = (np.cumsum(table, axis=1) < 0.5 - 1e-12).sum(axis=1)
        grown = _grow(table, start=median[cells])
        for level in LEVELS:
            lower[level][cells], upper[level][cells] = grown[level]
    return Intervals(
        median=median.reshape(mean.shape),
        lower={level: limits.reshape(mean.shape) for level, limits in lower.items()},
        upper={level: limits.reshape(mean.shape) for level, limits in upper.items()},
    )


def _grow(
    table: Floats, *, start: NDArray[np.int64]
) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Grow intervals from ``start`` and keep, for each level, the one nearest to it."""
    cells, counts = table.shape
    rows = np.arange(cells)
    edged = np.concatenate([np.zeros((cells, 1)), table, np.zeros((cells, 1))], axis=1)
    low, high = start.copy(), start.copy()
    held = table[rows, start]
    kept = {level: (low.copy(), high.copy(), np.abs(held - level / 100)) for level in LEVELS}
    widest = max(LEVELS) / 100
    for _ in range(2 * counts):
        if np.all(held >= widest):
            break
        below, above = edged[rows, low], edged[rows, high + 2]
        down = below > above
        low = np.where(down, low - 1, low)
        high = np.where(down | (high >= counts - 1), high, high + 1)
        held = held + np.where(down, below, above)
        for level, (best_low, best_high, best) in kept.items():
            off = np.abs(held - level / 100)
            better = off < best - 1e-12
            kept[level] = (
                np.where(better, low, best_low),
                np.where(better, high, best_high),
                np.where(better, off, best),
            )
    return {level: (low, high) for level, (low, high, _) in kept.items()}
