"""The other families of models, on the same rows and features: forest, logistic, neural network.

Each learns from one matrix: the columns of :data:`~core.risk.contexts.FEATURES`, unknown as -1 (an
hour as 24), and beside them the logarithm of the historical share of each class. Each takes the
same three fits as the served model: a setting is chosen on validation, the sharpness on
calibration, then it is fitted again on everything before the test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.risk.calibration import fit_sharpness, softmax
from core.risk.contexts import FEATURES, ContextTable, Floats, Ints
from core.risk.lessons import Lesson

__all__ = [
    "DISCRETE",
    "FAMILIES",
    "UNKNOWN_HOUR",
    "Predictor",
    "Sample",
    "design_matrix",
    "every_class",
    "fit_family",
    "sample_of",
]

UNKNOWN_HOUR: Final = 24.0
DISCRETE: Final = tuple(name for name in FEATURES if name != "payday")
"""Features that the other families read as kinds, not as quantities."""

_SMALLEST: Final = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Rows for a family.

    Attributes:
        matrix: From :func:`design_matrix`.
        classes: Position of the class inside.
        weights: Recent rows weigh more.
    """

    matrix: Floats
    classes: Ints
    weights: Floats


def design_matrix(contexts: ContextTable, *, shares: Floats) -> Floats:
    """Contexts and the logarithm of their historical shares, without NaN."""
    matrix = contexts.matrix.copy()
    hour = FEATURES.index("hour")
    matrix[np.isnan(matrix[:, hour]), hour] = UNKNOWN_HOUR
    return np.column_stack([np.nan_to_num(matrix, nan=-1.0), np.log(shares)])


def sample_of(lesson: Lesson) -> Sample:
    """A lesson as rows for a family."""
    return Sample(
        matrix=design_matrix(lesson.contexts, shares=lesson.shares),
        classes=lesson.classes,
        weights=lesson.weights,
    )


def every_class(probabilities: Floats, *, known: Ints, classes: int) -> Floats:
    """Probabilities of the classes a model saw, in columns of all classes; at least a trace."""
    spread = np.full((len(probabilities), classes), _SMALLEST)
    spread[:, known] += probabilities
    shares: Floats = spread / spread.sum(axis=1, keepdims=True)
    return shares


Predictor = Callable[[Floats], Floats]
"""From a design matrix to probabilities of every class inside."""


def _fit_forest(sample: Sample, *, setting: int, classes: int) -> Predictor:
    forest = RandomForestClassifier(
        n_estimators=100, min_samples_leaf=setting, max_features="sqrt", random_state=1, n_jobs=1
    )
    forest.fit(sample.matrix, sample.classes, sample_weight=sample.weights)
    return _predictor(forest, classes=classes)


def _fit_logistic(sample: Sample, *, setting: float, classes: int) -> Predictor:
    model = make_pipeline(
        _encoder(sample.matrix.shape[1]), LogisticRegression(C=setting, max_iter=200, tol=1e-3)
    )
    model.fit(sample.matrix, sample.classes, logisticregression__sample_weight=sample.weights)
    return _predictor(model, classes=classes)


def _fit_network(sample: Sample, *, setting: int, classes: int) -> Predictor:
    """A network with three hidden layers; ``setting`` is the number of passes over the rows."""
    encoder = _encoder(sample.matrix.shape[1])
    inputs = encoder.fit_transform(sample.matrix)
    network = MLPClassifier(
        (128, 64, 32), alpha=1e-3, batch_size=min(512, len(sample.classes)), random_state=1
    )
    for _ in range(setting):
        network.partial_fit(
            inputs,
            sample.classes,
            sample_weight=sample.weights,
            classes=np.unique(sample.classes),
        )
    return _predictor(network, classes=classes, encode=encoder.transform)


def _encoder(columns: int) -> ColumnTransformer:
    kinds = [FEATURES.index(name) for name in DISCRETE]
    quantities = [n for n in range(columns) if n not in kinds]
    return ColumnTransformer(
        [
            ("kinds", OneHotEncoder(handle_unknown="ignore"), kinds),
            ("quantities", StandardScaler(), quantities),
        ]
    )


def _predictor(
    model: ClassifierMixin, *, classes: int, encode: Callable[[Floats], Any] | None = None
) -> Predictor:
    def predict(matrix: Floats) -> Floats:
        found = model.predict_proba(matrix if encode is None else encode(matrix))
        return every_class(found, known=model.classes_, classes=classes)

    return predict


FAMILIES: Mapping[str, tuple[Callable[..., Predictor], tuple[float, ...]]] = MappingProxyType(
    {
        "random_forest": (_fit_forest, (10, 30)),
        "logistic_regression": (_fit_logistic, (0.03, 0.3)),
        "neural_network": (_fit_network, (2, 4, 8)),
    }
)
"""How each family is fitted, and the settings among which the validation slice chooses."""


def fit_family(
    name: str, *, train: Sample, judge: Sample, before: Sample, later: Sample, everything: Sample
) -> tuple[Predictor, float]:
    """Take a family through the three fits.

    Args:
        name: Key of :data:`FAMILIES`.
        train: Of the training slice.
        judge: Of the validation slice, with the history of the training slice.
        before: Of both.
        later: Of the calibration slice, with the history of both.
        everything: Of all three.

    Returns:
        The sharpened predictor, and the setting that was chosen.
    """
    fit, settings = FAMILIES[name]
    classes = train.matrix.shape[1] - len(FEATURES)

    def loss(setting: float) -> float:
        found = fit(train, setting=setting, classes=classes)(judge.matrix)
        return float(-np.log(found[np.arange(len(found)), judge.classes]).mean())

    chosen = min(settings, key=loss)
    sharpness = fit_sharpness(
        np.log(fit(before, setting=chosen, classes=classes)(later.matrix)), classes=later.classes
    )
    final = fit(everything, setting=chosen, classes=classes)
    return lambda matrix: softmax(sharpness * np.log(final(matrix))), chosen
