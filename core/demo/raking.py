"""Fitting random counts and labels to published totals.

Iterative proportional fitting (Deming and Stephan 1940) for expectations, rounding that keeps the
sums of a row, and small reassignments that take labels from "close to the total" to "equal to it".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "FloatArray",
    "IntArray",
    "Margin",
    "apportion",
    "draw",
    "rake_days",
    "rake_labels",
    "rebalance",
    "round_within_rows",
    "shift_to_neighbours",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Margin:
    """A published total over groups of columns.

    Attributes:
        group: Group of each column, shape (columns,), values 0 to groups - 1.
        target: Total that each group must have, shape (groups,).
    """

    group: IntArray
    target: FloatArray


def apportion(weights: FloatArray, total: int) -> IntArray:
    """Whole numbers in proportion to ``weights`` that sum to ``total`` (largest remainder).

    Args:
        weights: Non-negative, not all 0, shape (n,).
        total: What the result sums to.

    Returns:
        Shape (n,).

    >>> apportion(np.array([1.0, 1.0, 1.0]), 4).tolist()
    [2, 1, 1]
    """
    exact = weights * (total / weights.sum())
    whole: IntArray = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def rake_days(
    matrix: FloatArray, *, period: IntArray, row_targets: FloatArray, margins: Sequence[Margin]
) -> FloatArray:
    """Scale an agency-by-day matrix to totals by agency and period, and by groups of days.

    Args:
        matrix: Non-negative, shape (agencies, days).
        period: Period of each day, shape (days,).
        row_targets: Totals, shape (agencies, periods); a row that is 0 in a period needs 0 there.
        margins: Totals over groups of days.

    Returns:
        The scaled matrix. Totals by agency and period hold to rounding error, the margins as far
        as they are compatible with those and with each other.
    """
    rows = np.ones_like(row_targets)
    columns = np.ones(matrix.shape[1])
    indicator = np.eye(row_targets.shape[1])[period]
    for _ in range(60):
        by_day = ((rows.T @ matrix) * indicator.T).sum(axis=0)
        for margin in margins:
            weights = by_day * columns
            summed = np.bincount(margin.group, weights=weights, minlength=margin.target.size)
            columns *= (margin.target / summed)[margin.group]
        summed_rows = (matrix * columns) @ indicator
        rows = np.divide(row_targets, summed_rows, out=np.zeros_like(rows), where=summed_rows > 0)
    scaled: FloatArray = matrix * columns * rows[:, period]
    return scaled


def round_within_rows(matrix: FloatArray, *, rng: np.random.Generator) -> IntArray:
    """Round every cell up or down so that each row keeps its sum; a cell of 0 stays 0.

    Args:
        matrix: Rows that sum to whole numbers, shape (rows, cells).
        rng: Source of the offsets.

    Returns:
        Whole numbers, same shape.
    """
    offset = rng.uniform(0.05, 0.95, size=(matrix.shape[0], 1))
    edges = np.floor(np.cumsum(matrix, axis=1) + offset).astype(np.int64)
    counts: IntArray = np.diff(edges, axis=1, prepend=np.int64(0))
    return counts


def rake_labels(
    weights: FloatArray, *, rows: FloatArray, target: FloatArray, rounds: int = 40
) -> FloatArray:
    """Scale label weights so that the expected number of each label meets its total.

    Args:
        weights: Non-negative, shape (groups, labels), no row all 0.
        rows: Rows in each group, shape (groups,).
        target: Expected number of each label, shape (labels,), with the sum of ``rows``.
        rounds: Iterations.

    Returns:
        Shares within each group, shape (groups, labels), rows sum to 1.
    """
    factor = np.ones(weights.shape[1])
    for _ in range(rounds):
        norm = weights @ factor
        expected = (rows / norm) @ weights * factor
        factor *= np.divide(target, expected, out=np.zeros_like(target), where=expected > 0)
    scaled = weights * factor
    shares: FloatArray = scaled / scaled.sum(axis=1, keepdims=True)
    return shares


def draw(shares: FloatArray, group: IntArray, *, rng: np.random.Generator) -> IntArray:
    """One label for each row, from the shares of the row's group.

    Args:
        shares: Shape (groups, labels), rows sum to 1.
        group: Group of each row, shape (rows,).
        rng: Source of the draws.

    Returns:
        Labels, shape (rows,).
    """
    # One sorted array for all groups: group g owns the interval from g to g + 1.
    edges = np.cumsum(shares, axis=1)
    edges = edges / edges[:, -1:] + np.arange(shares.shape[0])[:, None]
    position = group + rng.random(group.size) * (1 - 1e-9)
    found = np.searchsorted(edges.ravel(), position, side="right") - group * shares.shape[1]
    labels: IntArray = np.clip(found, 0, shares.shape[1] - 1).astype(np.int64)
    return labels


def _moves(surplus: IntArray, rng: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    """(from, to, how many) that bring every surplus to 0, in a random order of labels."""
    givers = list(rng.permutation(np.flatnonzero(surplus > 0)))
    takers = list(rng.permutation(np.flatnonzero(surplus < 0)))
    left = surplus.copy()
    while givers and takers:
        giver, taker = givers[-1], takers[-1]
        number = int(min(left[giver], -left[taker]))
        yield int(giver), int(taker), number
        left[giver] -= number
        left[taker] += number
        if left[giver] == 0:
            givers.pop()
        if left[taker] == 0:
            takers.pop()


def rebalance(
    labels: IntArray,
    *,
    target: IntArray,
    movable: npt.NDArray[np.bool_],
    weight: Callable[[IntArray, int], FloatArray],
    rng: np.random.Generator,
) -> IntArray:
    """Relabel the few rows that keep the labels from having their totals.

    Args:
        labels: Label of each row, shape (rows,).
        target: Rows that each label must have, shape (labels,).
        movable: Rows that may change, shape (rows,).
        weight: Given rows and a label, how well the label suits each of them.
        rng: Source of the choices.

    Returns:
        New labels. Where a label has too few movable rows, its total stays short of exact.
    """
    result = labels.copy()
    surplus = np.bincount(labels, minlength=target.size) - target
    for giver, taker, number in _moves(surplus, rng):
        rows = np.flatnonzero((result == giver) & movable)
        # Weighted choice without replacement: the largest of log weight + Gumbel noise.
        with np.errstate(divide="ignore"):
            score = np.log(weight(rows, taker)) + rng.gumbel(size=rows.size)
        result[rows[np.argsort(-score, kind="stable")[:number]]] = taker
    return result


def shift_to_neighbours(
    labels: IntArray,
    *,
    target: IntArray,
    movable: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> IntArray:
    """Move the fewest rows from a label to the next or the previous one to meet the totals.

    Args:
        labels: Ordered labels such as hours, shape (rows,).
        target: Rows that each label must have, shape (labels,).
        movable: Rows that may change, shape (rows,).
        rng: Source of the choices.

    Returns:
        New labels, each at most a few steps from the old one.
    """
    result = labels.copy()
    flow = np.cumsum(np.bincount(labels, minlength=target.size) - target)[:-1]
    for label, number in enumerate(flow.tolist()):
        giver, taker = (label, label + 1) if number > 0 else (label + 1, label)
        rows = np.flatnonzero((result == giver) & movable)
        result[rng.permutation(rows)[: abs(number)]] = taker
    return result
