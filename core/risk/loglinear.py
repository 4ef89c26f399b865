"""A log-linear model of place, location, hour and weekday with pairs: smooth where trees are not.

Multinomial logistic regression with a ridge penalty on indicator columns. The penalty draws the
effect of a rare pair toward none, that is toward the sum of its parts, so that a place never seen
keeps what its location and hour say. Its scores are averaged with those of the booster: the two err
differently (docs/decisions/0020-risk-model.md).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.risk.contexts import FEATURES, ContextTable, Floats, Ints
from core.risk.vocabulary import AREAS, LOCATIONS

__all__ = [
    "TERMS",
    "LogLinear",
    "fit_loglinear",
    "loglinear_from_json",
    "loglinear_scores",
    "loglinear_to_json",
    "term_scores",
]

_HOURS: Final = 25
_BANDS: Final = 9
_BAND_HOURS: Final = 3
_DAYS: Final = 7
_HOUR: Final = FEATURES.index("hour")
_WEEKDAY: Final = FEATURES.index("weekday")
_SATURDAY: Final = 5

TERMS: Mapping[str, float] = MappingProxyType(
    {
        "place": 1.0,
        "area": 1.0,
        "location": 1.0,
        "place_area": 0.7,
        "place_location": 0.7,
        "region_location": 0.7,
        "hour": 1.0,
        "area_hour": 0.5,
        "location_hour": 0.4,
        "place_hours": 0.5,
        "place_area_hours": 0.4,
        "weekday": 0.5,
        "location_weekend": 0.4,
        "hour_weekend": 0.4,
    }
)
"""The terms, and the size of their indicators: a smaller one is penalised more. ``hours`` are three
hours of the day together, ``weekend`` is Saturday and Sunday or not."""

_INVERSE_PENALTY: Final = 0.2
_ITERATIONS: Final = 100
_TOLERANCE: Final = 1e-3
_ABSENT: Final = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class LogLinear:
    """A fitted model.

    Attributes:
        intercept: Scores of the classes, float64, shape (classes,).
        terms: For each of :data:`TERMS` the score of each class at each of its codes, float16,
            shape (codes, classes); 0 at codes that were not seen.
    """

    intercept: Floats
    terms: Mapping[str, NDArray[np.float16]]


def fit_loglinear(
    contexts: ContextTable,
    *,
    classes: Ints,
    weights: Floats,
    of: int,
    places: int,
    regions: int,
) -> LogLinear:
    """Fit on offences.

    Args:
        contexts: Where and when.
        classes: Position of the class inside.
        weights: Recent rows weigh more.
        of: How many classes there are; one that does not occur gets a score far below the others.
        places: How many places there are.
        regions: How many regions.
    """
    # A server that only predicts is spared scikit-learn (benchmarks/worker.py).
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder  # noqa: PLC0415

    contexts, classes, weights = _gathered(contexts, classes=classes, weights=weights)
    encoder = OneHotEncoder()
    indicators = encoder.fit_transform(np.column_stack(list(_codes(contexts).values())))
    indicators.data = np.tile(np.array(list(TERMS.values())), len(contexts))
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=_ITERATIONS, tol=_TOLERANCE)
    model.fit(indicators, classes, sample_weight=weights)

    intercept = np.full(of, float(model.intercept_.min()) - _ABSENT)
    intercept[model.classes_] = model.intercept_
    ends = np.cumsum([len(seen) for seen in encoder.categories_])
    lengths = _lengths(places=places, regions=regions)
    terms = {}
    for (name, scale), seen, effect in zip(
        TERMS.items(), encoder.categories_, np.split(model.coef_.T, ends[:-1]), strict=True
    ):
        terms[name] = np.zeros((lengths[name], of), dtype=np.float16)
        terms[name][np.ix_(seen, model.classes_)] = scale * effect
    return LogLinear(intercept=intercept, terms=terms)


def loglinear_scores(model: LogLinear, contexts: ContextTable) -> Floats:
    """Scores of the classes, shape (contexts, classes)."""
    scores = np.tile(model.intercept, (len(contexts), 1))
    for added in term_scores(model, contexts).values():
        scores += added
    return scores


def term_scores(model: LogLinear, contexts: ContextTable) -> dict[str, Floats]:
    """What each term adds to the intercept, shape (contexts, classes)."""
    return {
        name: model.terms[name][code].astype(np.float64) for name, code in _codes(contexts).items()
    }


def loglinear_to_json(model: LogLinear) -> dict[str, Any]:
    """The model as values of JSON: of each term the codes seen and their scores as base64."""
    terms = {}
    for name, table in model.terms.items():
        seen = np.flatnonzero(table.any(axis=1))
        scores = table[seen].astype("<f2").tobytes()
        terms[name] = {"codes": seen.tolist(), "scores": base64.b64encode(scores).decode()}
    return {"intercept": model.intercept.tolist(), "terms": terms}


def loglinear_from_json(content: Mapping[str, Any], *, places: int, regions: int) -> LogLinear:
    """Read a model.

    Raises:
        ValueError: The scores are not of the classes, or not base64.
        KeyError: A term is absent.
        IndexError: A code is not one of the places, regions, location types and hours.
    """
    intercept = np.array(content["intercept"], dtype=np.float64)
    terms = {}
    for name, length in _lengths(places=places, regions=regions).items():
        term = content["terms"][name]
        scores = np.frombuffer(base64.b64decode(term["scores"], validate=True), dtype="<f2")
        table = np.zeros((length, len(intercept)), dtype=np.float16)
        table[term["codes"]] = scores.reshape(len(term["codes"]), len(intercept))
        terms[name] = table
    return LogLinear(intercept=intercept, terms=terms)


def _lengths(*, places: int, regions: int) -> dict[str, int]:
    return {
        "place": places,
        "area": len(AREAS),
        "location": len(LOCATIONS),
        "place_area": places * len(AREAS),
        "place_location": places * len(LOCATIONS),
        "region_location": (regions + 1) * len(LOCATIONS),
        "hour": _HOURS,
        "area_hour": len(AREAS) * _HOURS,
        "location_hour": len(LOCATIONS) * _HOURS,
        "place_hours": places * _BANDS,
        "place_area_hours": places * len(AREAS) * _BANDS,
        "weekday": _DAYS,
        "location_weekend": len(LOCATIONS) * 2,
        "hour_weekend": _HOURS * 2,
    }


def _hour_codes(contexts: ContextTable) -> Ints:
    hour = contexts.matrix[:, _HOUR]
    codes: Ints = np.where(np.isnan(hour), _HOURS - 1, hour).astype(np.int64)
    return codes


def _codes(contexts: ContextTable) -> dict[str, Ints]:
    place, area, location = contexts.place, contexts.area, contexts.location
    hour = _hour_codes(contexts)
    hours = hour // _BAND_HOURS
    weekday = contexts.matrix[:, _WEEKDAY].astype(np.int64)
    weekend = (weekday >= _SATURDAY).astype(np.int64)
    place_area = place * len(AREAS) + area
    return {
        "place": place,
        "area": area,
        "location": location,
        "place_area": place_area,
        "place_location": place * len(LOCATIONS) + location,
        "region_location": (contexts.region + 1) * len(LOCATIONS) + location,
        "hour": hour,
        "area_hour": area * _HOURS + hour,
        "location_hour": location * _HOURS + hour,
        "place_hours": place * _BANDS + hours,
        "place_area_hours": place_area * _BANDS + hours,
        "weekday": weekday,
        "location_weekend": location * 2 + weekend,
        "hour_weekend": hour * 2 + weekend,
    }


def _gathered(
    contexts: ContextTable, *, classes: Ints, weights: Floats
) -> tuple[ContextTable, Ints, Floats]:
    """Rows that are alike in all that :func:`_codes` reads and in class, their weights summed."""
    parts = (
        contexts.place,
        contexts.area,
        contexts.location,
        contexts.region + 1,
        _hour_codes(contexts),
        contexts.matrix[:, _WEEKDAY].astype(np.int64),
        classes,
    )
    # One number a row: sorting rows of as many columns as there are terms takes 30 times the room.
    keys = np.ravel_multi_index(parts, [int(part.max()) + 1 for part in parts])
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    summed = np.bincount(inverse, weights=weights).astype(np.float64)
    return contexts.take(first), classes[first], summed
