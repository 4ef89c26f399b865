"""One class for a context: a rule over the probabilities, which stay as they are.

The likeliest class is mostly larceny or assault; a rare class is never the likeliest. A rule that
should find rare classes too divides each probability by what is expected of the class, instead of
teaching the model false probabilities by resampling.
"""

from typing import Final

import numpy as np

from core.risk.contexts import Floats, Ints

__all__ = ["decide", "macro_f1_of", "tune_offsets"]

_STRENGTHS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_STEPS: Final = (-0.8, -0.4, -0.2, -0.1, 0.1, 0.2, 0.4, 0.8)
_ROUNDS: Final = 4
_TINY: Final = 1e-12


def decide(probabilities: Floats, *, offsets: Floats) -> Ints:
    """The class with the largest logarithm of its probability plus its offset, shape (rows,)."""
    decided: Ints = (np.log(probabilities + _TINY) + offsets).argmax(axis=1)
    return decided


def tune_offsets(probabilities: Floats, *, classes: Ints) -> Floats:
    """Offsets with a large macro F1: first against the prior, then class by class.

    Args:
        probabilities: Shape (rows, classes), of rows that the model did not learn from.
        classes: What was true, shape (rows,).

    Returns:
        Offsets, float64, shape (classes,).
    """
    logs = np.log(probabilities + _TINY)
    prior = np.log(probabilities.mean(axis=0) + _TINY)

    def score(offsets: Floats) -> float:
        return macro_f1_of((logs + offsets).argmax(axis=1), classes=classes, of=logs.shape[1])

    best = max((-strength * prior for strength in _STRENGTHS), key=score)
    reached = score(best)
    for _ in range(_ROUNDS):
        before = reached
        for position in range(logs.shape[1]):
            for step in _STEPS:
                tried = best.copy()
                tried[position] += step
                value = score(tried)
                if value > reached:
                    best, reached = tried, value
        if reached == before:
            break
    offsets: Floats = best - best.mean()
    return offsets


def macro_f1_of(decided: Ints, *, classes: Ints, of: int) -> float:
    """Mean over ``of`` classes of F1; 0 for a class that is neither decided nor true."""
    hits = np.bincount(classes[decided == classes], minlength=of)
    sizes = np.bincount(decided, minlength=of) + np.bincount(classes, minlength=of)
    return float((2 * hits / np.maximum(sizes, 1)).mean())
