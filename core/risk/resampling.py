"""What is done against imbalance elsewhere, done properly, to compare: resampling and weights.

Each way trains the same booster on the same rows: as they are (``plain``), with each class weighing
alike (``class_weights``), thinned to the rarest class (``undersampling``), or filled up to the
commonest with invented rows (``smote``: SMOTENC, because most features are kinds; Chawla et al.,
"SMOTE", 2002). Resampling stands in an imbalanced-learn pipeline and touches training rows only.
Each is judged as it is and calibrated on later rows by temperature, sigmoid (Platt) or isotonic
regression, one class against the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Self

import lightgbm as lgb
import numpy as np
from imblearn.over_sampling import SMOTENC
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from core.risk.calibration import fit_sharpness, softmax
from core.risk.contexts import CATEGORICAL, FEATURES, Floats, Ints
from core.risk.families import DISCRETE, UNKNOWN_HOUR, Predictor, Sample, every_class
from core.risk.lessons import RECIPE

__all__ = [
    "CALIBRATIONS",
    "SMOTE_ROWS",
    "WAYS",
    "BoosterSettings",
    "StartedBooster",
    "fit_way",
]

SMOTE_ROWS: Final = 40_000
"""Training rows that SMOTENC sees at most, drawn by chance: its neighbours take time as the square
of the rows."""

_NEIGHBOURS: Final = 5
_FEWEST_THINNED: Final = 50
_TINY: Final = 1e-6


class StartedBooster(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn is untyped
    """The booster of the served model as a scikit-learn estimator over a design matrix.

    The last columns of the matrix, logarithms of historical shares, are where boosting starts.

    Attributes:
        parameters: Of LightGBM.
        rounds: Boosting rounds.
    """

    def __init__(self, parameters: Mapping[str, Any], rounds: int) -> None:
        self.parameters = parameters
        self.rounds = rounds

    def fit(self, matrix: Floats, classes: Ints, sample_weight: Floats | None = None) -> Self:
        """Fit on the classes that occur."""
        self.classes_, codes = np.unique(classes, return_inverse=True)
        features, start = self._split(matrix)
        data = lgb.Dataset(
            features,
            codes,
            weight=sample_weight,
            init_score=start.ravel(order="F"),
            feature_name=list(FEATURES),
            categorical_feature=list(CATEGORICAL),
        )
        parameters = {**self.parameters, "num_class": len(self.classes_)}
        self.booster_ = lgb.train(parameters, data, self.rounds)
        return self

    def predict_proba(self, matrix: Floats) -> Floats:
        """Probabilities of :attr:`classes_`."""
        features, start = self._split(matrix)
        threads = self.parameters["num_threads"]
        return softmax(start + self.booster_.predict(features, raw_score=True, num_threads=threads))

    def _split(self, matrix: Floats) -> tuple[Floats, Floats]:
        features = matrix[:, : len(FEATURES)].copy()
        features[features < 0] = np.nan
        hour = FEATURES.index("hour")
        features[features[:, hour] == UNKNOWN_HOUR, hour] = np.nan
        start = RECIPE.history_weight * matrix[:, len(FEATURES) :][:, self.classes_]
        return features, start


@dataclass(frozen=True, kw_only=True)
class BoosterSettings:
    """What every way is trained with: LightGBM's parameters and the rounds."""

    parameters: Mapping[str, Any]
    rounds: int


def fit_way(name: str, *, sample: Sample, settings: BoosterSettings) -> Predictor:
    """Train one of :data:`WAYS` on a sample."""
    classes = sample.matrix.shape[1] - len(FEATURES)
    estimator = WAYS[name](sample, StartedBooster(settings.parameters, settings.rounds))

    def predict(matrix: Floats) -> Floats:
        return every_class(
            estimator.predict_proba(matrix), known=estimator.classes_, classes=classes
        )

    return predict


def _plain(sample: Sample, booster: StartedBooster) -> StartedBooster:
    return booster.fit(sample.matrix, sample.classes, sample_weight=sample.weights)


def _class_weights(sample: Sample, booster: StartedBooster) -> StartedBooster:
    rows = np.bincount(sample.classes).astype(np.float64)
    each = len(sample.classes) / (np.count_nonzero(rows) * np.maximum(rows, 1))
    weights = sample.weights * each[sample.classes]
    return booster.fit(sample.matrix, sample.classes, sample_weight=weights)


def _undersampling(sample: Sample, booster: StartedBooster) -> Pipeline:
    """To the rarest class that has at least 50 rows; rarer ones stay as they are."""

    def sizes(classes: Ints) -> dict[int, int]:
        rows = np.bincount(classes)
        to = min(rows[rows >= _FEWEST_THINNED], default=_FEWEST_THINNED)
        return {int(n): int(min(rows[n], to)) for n in np.flatnonzero(rows)}

    sampler = RandomUnderSampler(sampling_strategy=sizes, random_state=RECIPE.seed)
    return Pipeline([("resample", sampler), ("boost", booster)]).fit(sample.matrix, sample.classes)


def _smote(sample: Sample, booster: StartedBooster) -> Pipeline:
    """Every class up to the commonest; one with too few rows for neighbours stays as it is."""
    some = _thinned(sample, rows=SMOTE_ROWS)

    def sizes(classes: Ints) -> dict[int, int]:
        rows = np.bincount(classes)
        return {int(n): int(rows.max()) for n in np.flatnonzero(rows > _NEIGHBOURS)}

    sampler = SMOTENC(
        categorical_features=[FEATURES.index(name) for name in DISCRETE],
        sampling_strategy=sizes,
        k_neighbors=_NEIGHBOURS,
        random_state=RECIPE.seed,
    )
    return Pipeline([("resample", sampler), ("boost", booster)]).fit(some.matrix, some.classes)


def _thinned(sample: Sample, *, rows: int) -> Sample:
    if len(sample.classes) <= rows:
        return sample
    random = np.random.default_rng(RECIPE.seed)
    kept = np.sort(random.choice(len(sample.classes), size=rows, replace=False))
    return replace(
        sample,
        matrix=sample.matrix[kept],
        classes=sample.classes[kept],
        weights=sample.weights[kept],
    )


WAYS: Mapping[str, Callable[[Sample, StartedBooster], Any]] = MappingProxyType(
    {
        "plain": _plain,
        "class_weights": _class_weights,
        "undersampling": _undersampling,
        "smote": _smote,
    }
)
"""How each way trains the booster."""

Calibrator = Callable[[Floats], Floats]


def _temperature(probabilities: Floats, classes: Ints) -> Calibrator:
    sharpness = fit_sharpness(np.log(probabilities), classes=classes)
    return lambda others: softmax(sharpness * np.log(others))


def _sigmoid(probabilities: Floats, classes: Ints) -> Calibrator:
    return _one_against_rest(probabilities, classes, fit=_fit_sigmoid)


def _isotonic(probabilities: Floats, classes: Ints) -> Calibrator:
    return _one_against_rest(probabilities, classes, fit=_fit_isotonic)


def _one_against_rest(
    probabilities: Floats, classes: Ints, *, fit: Callable[[Floats, Ints], Calibrator]
) -> Calibrator:
    """Calibrate class by class and make the rows sum to 1; a class that never occurs stays."""
    each = {
        n: fit(probabilities[:, n], (classes == n).astype(np.int64)) for n in np.unique(classes)
    }

    def calibrate(others: Floats) -> Floats:
        columns = [each[n](column) if n in each else column for n, column in enumerate(others.T)]
        positive = np.maximum(np.column_stack(columns), _TINY)
        shares: Floats = positive / positive.sum(axis=1, keepdims=True)
        return shares

    return calibrate


def _fit_sigmoid(probability: Floats, happened: Ints) -> Calibrator:
    """Platt's two numbers, on the log odds."""
    model = LogisticRegression(C=np.inf).fit(_log_odds(probability), happened)
    return lambda others: np.asarray(model.predict_proba(_log_odds(others))[:, 1])


def _fit_isotonic(probability: Floats, happened: Ints) -> Calibrator:
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit(probability, happened)
    return lambda others: np.asarray(model.predict(others))


def _log_odds(probability: Floats) -> Floats:
    inside = np.clip(probability, _TINY, 1 - _TINY)
    odds: Floats = np.log(inside / (1 - inside))[:, None]
    return odds


CALIBRATIONS: Mapping[str, Callable[[Floats, Ints], Calibrator]] = MappingProxyType(
    {"temperature": _temperature, "sigmoid": _sigmoid, "isotonic": _isotonic}
)
"""From probabilities of later rows and what happened there to a function that mends others."""
