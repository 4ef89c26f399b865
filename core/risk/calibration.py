"""One number that makes probabilities sharper or flatter: temperature scaling.

Guo et al., "On Calibration of Modern Neural Networks" (2017). It keeps the order of the classes;
with the sharpness 1 nothing changes.
"""

from typing import Final

import numpy as np

from core.risk.contexts import Floats, Ints

__all__ = ["brier_by_row", "fit_sharpness", "softmax"]

_STEPS: Final = 50
_CLOSE: Final = 1e-10
_BOUNDS: Final = (0.05, 20.0)


def softmax(scores: Floats) -> Floats:
    """Probabilities from scores, row by row; any scores, also large ones."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return shares


def fit_sharpness(scores: Floats, *, classes: Ints) -> float:
    """The factor on the scores (one over the temperature) with the least log loss.

    Args:
        scores: Shape (rows, classes).
        classes: What was true, shape (rows,).

    Returns:
        The factor, within 0.05 and 20: Newton's method, as the loss is convex in it.
    """
    true = scores[np.arange(len(classes)), classes]
    sharpness = 1.0
    for _ in range(_STEPS):
        shares = softmax(sharpness * scores)
        mean = (shares * scores).sum(axis=1)
        spread = (shares * scores**2).sum() - (mean**2).sum()
        step = (mean.sum() - true.sum()) / max(spread, _CLOSE)
        sharpness = float(np.clip(sharpness - step, *_BOUNDS))
        if abs(step) < _CLOSE:
            break
    return sharpness


def brier_by_row(probabilities: Floats, *, true: Ints) -> Floats:
    """Sum over classes of the squared distance to what happened, 0 to 2, shape (rows,)."""
    hit = probabilities[np.arange(len(true)), true]
    squares: Floats = (probabilities**2).sum(axis=1) + 1 - 2 * hit
    return squares
