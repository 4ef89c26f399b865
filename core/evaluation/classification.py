"""How good probabilities of classes are, one function a measure.

``probabilities`` is of shape (rows, classes), float64, rows summing to 1; ``true`` holds the
position of the class that was reported, int64, shape (rows,).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.risk.calibration import brier_by_row
from core.risk.decision import macro_f1_of

__all__ = [
    "CalibrationBin",
    "ClassQuality",
    "accuracy",
    "brier_skill",
    "class_qualities",
    "expected_calibration_error",
    "log_loss",
    "log_loss_by_row",
    "macro_f1",
    "multiclass_brier",
    "perfect_calibration_error",
    "reliability_curve",
    "top_k_accuracy",
    "weighted_f1",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS: Final = 10
_SMALLEST: Final = 1e-15
_DRAWS: Final = 10
_SEED: Final = 0


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """Rows whose probability of one class is alike.

    Attributes:
        told: Mean probability of the class.
        happened: Share of the rows where it was the class.
        rows: How many rows.
    """

    told: float
    happened: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class ClassQuality:
    """How well one class is decided; 0 where a ratio has no denominator.

    Attributes:
        precision: Share of the decided rows that are of the class.
        recall: Share of the rows of the class that were decided so.
        f1: Their harmonic mean.
        rows: Rows of the class.
    """

    precision: float
    recall: float
    f1: float
    rows: int


def log_loss_by_row(probabilities: Floats, *, true: Ints) -> Floats:
    """Minus the logarithm of the probability of what happened, in nats, shape (rows,)."""
    losses: Floats = -np.log(np.maximum(_of_true(probabilities, true), _SMALLEST))
    return losses


def log_loss(probabilities: Floats, *, true: Ints) -> float:
    """Mean of :func:`log_loss_by_row`; less is better."""
    return float(log_loss_by_row(probabilities, true=true).mean())


def multiclass_brier(probabilities: Floats, *, true: Ints) -> float:
    """Mean of :func:`~core.risk.calibration.brier_by_row` (Brier 1950); less is better."""
    return float(brier_by_row(probabilities, true=true).mean())


def brier_skill(probabilities: Floats, *, true: Ints, reference: Floats) -> float:
    """One minus the Brier score over the reference's; above 0 is better than the reference."""
    return 1 - multiclass_brier(probabilities, true=true) / multiclass_brier(reference, true=true)


def reliability_curve(
    probability: Floats, *, happened: NDArray[np.bool_]
) -> tuple[CalibrationBin, ...]:
    """Ten bins of equal size by the probability of one class, least first.

    Args:
        probability: Of the class, shape (rows,).
        happened: Whether it was the class, shape (rows,).
    """
    order = np.argsort(probability, kind="stable")
    return tuple(
        CalibrationBin(
            told=float(probability[rows].mean()),
            happened=float(happened[rows].mean()),
            rows=len(rows),
        )
        for rows in np.array_split(order, BINS)
        if len(rows)
    )


def expected_calibration_error(probabilities: Floats, *, true: Ints) -> float:
    """Distance between told and happened: ten quantile bins a class, mean over classes."""
    errors = [
        sum(
            each.rows * abs(each.told - each.happened)
            for each in reliability_curve(probability, happened=true == position)
        )
        / len(true)
        for position, probability in enumerate(probabilities.T)
    ]
    return float(np.mean(errors))


def perfect_calibration_error(probabilities: Floats) -> float:
    """The calibration error that these probabilities would show if every one of them were true.

    What happens is drawn from the probabilities: what is left is the noise of so many rows.
    """
    random = np.random.default_rng(_SEED)
    edges = probabilities.cumsum(axis=1)
    errors = [
        expected_calibration_error(
            probabilities, true=(random.random((len(edges), 1)) > edges[:, :-1]).sum(axis=1)
        )
        for _ in range(_DRAWS)
    ]
    return float(np.mean(errors))


def accuracy(decided: Ints, *, true: Ints) -> float:
    """Share of the rows that were decided right."""
    return float((decided == true).mean())


def top_k_accuracy(probabilities: Floats, *, true: Ints, k: int) -> float:
    """Share of the rows whose class is among the ``k`` likeliest; ties favour earlier classes."""
    likeliest = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((likeliest == true[:, None]).any(axis=1).mean())


def class_qualities(decided: Ints, *, true: Ints, classes: int) -> tuple[ClassQuality, ...]:
    """Precision, recall and F1 of each class."""
    hits = np.bincount(true[decided == true], minlength=classes)
    named = np.bincount(decided, minlength=classes)
    rows = np.bincount(true, minlength=classes)
    return tuple(
        ClassQuality(
            precision=_ratio(hits[n], named[n]),
            recall=_ratio(hits[n], rows[n]),
            f1=_ratio(2 * hits[n], named[n] + rows[n]),
            rows=int(rows[n]),
        )
        for n in range(classes)
    )


def macro_f1(decided: Ints, *, true: Ints, classes: int) -> float:
    """Mean F1 over all classes, each alike."""
    return macro_f1_of(decided, classes=true, of=classes)


def weighted_f1(decided: Ints, *, true: Ints, classes: int) -> float:
    """Mean F1 over classes, each as often as it happened."""
    qualities = class_qualities(decided, true=true, classes=classes)
    return sum(quality.f1 * quality.rows for quality in qualities) / len(true)


def _of_true(probabilities: Floats, true: Ints) -> Floats:
    found: Floats = probabilities[np.arange(len(true)), true]
    return found


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
