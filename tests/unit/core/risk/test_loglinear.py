"""The log-linear model beside a slow loop over its terms."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from core.risk.calibration import softmax
from core.risk.contexts import FEATURES, ContextTable, Ints
from core.risk.explain import FEATURE_GROUPS, TERM_GROUPS
from core.risk.lessons import OffenceRows, offence_rows
from core.risk.loglinear import (
    TERMS,
    LogLinear,
    fit_loglinear,
    loglinear_from_json,
    loglinear_scores,
    loglinear_to_json,
    term_scores,
)
from core.risk.model import RiskModel
from core.risk.vocabulary import AREAS, LOCATIONS

CLASSES, PLACES, REGIONS = 15, 5, 2
HOUR, WEEKDAY = FEATURES.index("hour"), FEATURES.index("weekday")


@dataclass(frozen=True, kw_only=True)
class Fitted:
    model: LogLinear
    rows: OffenceRows


@pytest.fixture(scope="module")
def fitted(
    make_offences: Callable[..., pl.DataFrame], agency_places: pl.DataFrame, model: RiskModel
) -> Fitted:
    rows = offence_rows(
        make_offences(rows=3_000),
        agency_places=agency_places,
        vocabulary=model.vocabulary,
        state="CT",
    )
    words = model.vocabulary
    assert (len(words.places), len(words.regions)) == (PLACES, REGIONS)
    return Fitted(model=fit(rows.contexts, classes=rows.classes), rows=rows)


def fit(
    contexts: ContextTable, *, classes: Ints, weights: NDArray[np.float64] | None = None
) -> LogLinear:
    return fit_loglinear(
        contexts,
        classes=classes,
        weights=np.ones(len(classes)) if weights is None else weights,
        of=CLASSES,
        places=PLACES,
        regions=REGIONS,
    )


def slow_scores(model: LogLinear, contexts: ContextTable, *, row: int) -> list[float]:
    """Term by term, the codes worked out anew."""
    place, location, area = (
        int(column[row]) for column in (contexts.place, contexts.location, contexts.area)
    )
    value = contexts.matrix[row, HOUR]
    hour = 24 if np.isnan(value) else int(value)
    weekday = int(contexts.matrix[row, WEEKDAY])
    weekend = int(weekday in {5, 6})
    code = {
        "place": place,
        "area": area,
        "location": location,
        "place_area": place * len(AREAS) + area,
        "place_location": place * len(LOCATIONS) + location,
        "region_location": (int(contexts.region[row]) + 1) * len(LOCATIONS) + location,
        "hour": hour,
        "area_hour": area * 25 + hour,
        "location_hour": location * 25 + hour,
        "place_hours": place * 9 + hour // 3,
        "place_area_hours": (place * len(AREAS) + area) * 9 + hour // 3,
        "weekday": weekday,
        "location_weekend": 2 * location + weekend,
        "hour_weekend": 2 * hour + weekend,
    }
    scores = list(model.intercept)
    for term in TERMS:
        for n in range(CLASSES):
            scores[n] += float(model.terms[term][code[term], n])
    return scores


def test_scores_are_the_sum_of_the_terms(fitted: Fitted) -> None:
    contexts = fitted.rows.contexts
    unknown_hour = np.flatnonzero(np.isnan(contexts.matrix[:, HOUR]))[:5]
    picked = np.concatenate([np.arange(20), unknown_hour])

    scores = loglinear_scores(fitted.model, contexts.take(picked))

    for position, row in enumerate(picked):
        assert scores[position] == pytest.approx(slow_scores(fitted.model, contexts, row=row))


def test_it_learns_the_shares_and_puts_a_class_that_never_was_last(fitted: Fitted) -> None:
    contexts, classes = fitted.rows.contexts, fitted.rows.classes
    seen = classes != 3
    model = fit(contexts.take(seen), classes=classes[seen])

    told = softmax(loglinear_scores(model, contexts)).mean(axis=0)

    assert told[3] < 1e-4
    happened = np.bincount(classes[seen], minlength=CLASSES) / seen.sum()
    assert told == pytest.approx(happened, abs=0.01)


def test_what_was_never_seen_adds_nothing(fitted: Fitted, model: RiskModel) -> None:
    contexts = fitted.rows.contexts.take(np.arange(1))
    never = ContextTable(
        matrix=contexts.matrix,
        place=np.array([model.vocabulary.place_code("empty")]),
        region=contexts.region,
        location=contexts.location,
        area=contexts.area,
    )

    added = term_scores(fitted.model, never)

    for term in ("place", "place_area", "place_location", "place_hours", "place_area_hours"):
        assert not added[term].any()
    assert added["location"].any()


def test_a_heavy_row_counts_as_many(fitted: Fitted) -> None:
    contexts, classes = fitted.rows.contexts, fitted.rows.classes
    first = np.arange(len(classes)) < 500
    twice = np.concatenate([np.arange(len(classes)), np.flatnonzero(first)])

    weighed = fit(contexts, classes=classes, weights=np.where(first, 2.0, 1.0))
    repeated = fit(contexts.take(twice), classes=classes[twice])

    assert loglinear_scores(weighed, contexts) == pytest.approx(
        loglinear_scores(repeated, contexts), abs=0.01
    )
    assert loglinear_scores(weighed, contexts) != pytest.approx(
        loglinear_scores(fitted.model, contexts), abs=0.1
    )


def test_json_gives_the_same_model_back(fitted: Fitted) -> None:
    content = json.loads(json.dumps(loglinear_to_json(fitted.model)))

    back = loglinear_from_json(content, places=PLACES, regions=REGIONS)

    assert (back.intercept == fitted.model.intercept).all()
    for term in TERMS:
        assert (back.terms[term] == fitted.model.terms[term]).all()


def test_scores_of_other_classes_or_places_are_refused(fitted: Fitted) -> None:
    content = loglinear_to_json(fitted.model)

    with pytest.raises(ValueError, match="reshape"):
        loglinear_from_json({**content, "intercept": [0.0]}, places=PLACES, regions=REGIONS)
    with pytest.raises(IndexError):
        loglinear_from_json(content, places=1, regions=REGIONS)
    with pytest.raises(KeyError):
        loglinear_from_json({**content, "terms": {}}, places=PLACES, regions=REGIONS)


def test_an_explanation_holds_every_term_once() -> None:
    assert sorted(n for names in TERM_GROUPS.values() for n in names) == sorted(TERMS)
    assert set(TERM_GROUPS) <= set(FEATURE_GROUPS)
