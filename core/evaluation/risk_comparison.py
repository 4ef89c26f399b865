"""The served model of classes, and every other way, on the same rows of one later year."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from core.errors import RequestError
from core.evaluation.classification import log_loss
from core.risk.contexts import Floats, Ints
from core.risk.families import FAMILIES, Predictor, Sample, design_matrix, fit_family, sample_of
from core.risk.frequencies import frequency_tables
from core.risk.lessons import (
    RECIPE,
    Lesson,
    OffenceRows,
    joined,
    lesson_of,
    offence_rows,
    sliced,
)
from core.risk.model import RiskModel, merged, probability_table, with_floor
from core.risk.resampling import CALIBRATIONS, WAYS, BoosterSettings, fit_way
from core.risk.training import booster_parameters, fit_risk

__all__ = ["SERVED", "RiskComparison", "compare_models"]

SERVED: Final = "lightgbm"
"""The name of the served model in a comparison."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskComparison:
    """What each model told of the test rows.

    Attributes:
        model: The served model, trained on all offences before the test.
        test: The test rows.
        incidents: Incident of each test row.
        told: Probabilities of the classes inside by model, shape (rows, classes).
        settings: The setting that validation chose, by family.
        validation: Log loss of the shown classes on the later half of the validation slice, by way
            of meeting imbalance and calibration; trained before it, calibrated on the earlier half.
    """

    model: RiskModel
    test: OffenceRows
    incidents: Ints
    told: Mapping[str, Floats]
    settings: Mapping[str, float]
    validation: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Slices:
    train: OffenceRows
    validation: OffenceRows
    calibration: OffenceRows
    test: OffenceRows
    of_train: Lesson
    of_both: Lesson
    of_all: Lesson


def compare_models(
    offences: pl.DataFrame,
    *,
    places: pl.DataFrame,
    agency_places: pl.DataFrame,
    state: str,
    test_from: date | None = None,
) -> RiskComparison:
    """Train every model on what lies before a day and let it speak of what lies after.

    Args:
        offences: The table ``offences`` of a dataset.
        places: The table ``places``.
        agency_places: The table ``agency_places``.
        state: Two-letter code.
        test_from: First day of the test; the first of January of the last year when absent.

    Raises:
        RequestError: No offence from that day on, or too few months before it.
    """
    first = test_from or date(int(offences["date"].dt.year().to_numpy().max()), 1, 1)
    before = offences.filter(pl.col("date") < first)
    after = offences.filter(pl.col("date") >= first)
    if after.is_empty():
        raise RequestError(f"test_from: no offence is on file from {first} on")
    model = fit_risk(before, places=places, agency_places=agency_places, state=state)

    def rows(frame: pl.DataFrame) -> OffenceRows:
        return offence_rows(
            frame, agency_places=agency_places, vocabulary=model.vocabulary, state=state
        )

    past = rows(before)
    slices = _slices(past, test=rows(after), model=model)
    settings = BoosterSettings(
        parameters=booster_parameters(slices.of_both, recipe=RECIPE, threads=1),
        rounds=model.rounds,
    )
    families, chosen = _families(slices)
    told = {
        SERVED: probability_table(model, slices.test.contexts),
        **families,
        **frequency_tables(past, history=model.history, contexts=slices.test.contexts),
        **_ways(slices, settings=settings),
    }
    return RiskComparison(
        model=model,
        test=slices.test,
        incidents=after["incident_id"].to_numpy(),
        told={
            name: shares if name == SERVED else with_floor(model, shares)
            for name, shares in told.items()
        },
        settings=chosen,
        validation=_validated_ways(slices, model=model, settings=settings),
    )


def _slices(past: OffenceRows, *, test: OffenceRows, model: RiskModel) -> _Slices:
    train, validation, calibration = sliced(past, slices=model.slices)

    # Repetitions with a part hidden are for unknowns; no other way is burdened with them.
    recipe = replace(RECIPE, hidden_share=0.0)

    def lesson(rows: OffenceRows) -> Lesson:
        return lesson_of(rows, vocabulary=model.vocabulary, recipe=recipe)

    return _Slices(
        train=train,
        validation=validation,
        calibration=calibration,
        test=test,
        of_train=lesson(train),
        of_both=lesson(joined(train, validation)),
        of_all=lesson(past),
    )


def _later(rows: OffenceRows, *, lesson: Lesson) -> Sample:
    """Rows that come after a lesson, with the history of the lesson."""
    return Sample(
        matrix=design_matrix(rows.contexts, shares=lesson.history.shares(rows.contexts)),
        classes=rows.classes,
        weights=np.ones(len(rows.classes)),
    )


def _families(slices: _Slices) -> tuple[dict[str, Floats], dict[str, float]]:
    told, chosen = {}, {}
    test = _later(slices.test, lesson=slices.of_all)
    for name in FAMILIES:
        predictor, chosen[name] = fit_family(
            name,
            train=sample_of(slices.of_train),
            judge=_later(slices.validation, lesson=slices.of_train),
            before=sample_of(slices.of_both),
            later=_later(slices.calibration, lesson=slices.of_both),
            everything=sample_of(slices.of_all),
        )
        told[name] = predictor(test.matrix)
    return told, chosen


def _ways(slices: _Slices, *, settings: BoosterSettings) -> dict[str, Floats]:
    """Every way trained before the calibration slice, calibrated on it, speaking of the test."""
    told: dict[str, Floats] = {}
    later = _later(slices.calibration, lesson=slices.of_both)
    test = _later(slices.test, lesson=slices.of_both)
    for way in WAYS:
        predictor = fit_way(way, sample=sample_of(slices.of_both), settings=settings)
        told |= _calibrated(way, predictor=predictor, later=later, test=test)
    return told


def _validated_ways(
    slices: _Slices, *, model: RiskModel, settings: BoosterSettings
) -> dict[str, float]:
    """Every way trained on the training slice, calibrated and judged on halves of validation."""
    days = slices.validation.days
    early = days < np.sort(days)[len(days) // 2]
    later = _later(slices.validation.take(early), lesson=slices.of_train)
    judge = _later(slices.validation.take(~early), lesson=slices.of_train)
    true = model.vocabulary.shown_of_class[judge.classes]
    losses = {}
    for way in WAYS:
        predictor = fit_way(way, sample=sample_of(slices.of_train), settings=settings)
        for name, told in _calibrated(way, predictor=predictor, later=later, test=judge).items():
            shown, _ = merged(with_floor(model, told), vocabulary=model.vocabulary)
            losses[name] = log_loss(shown, true=true)
    return losses


def _calibrated(
    way: str, *, predictor: Predictor, later: Sample, test: Sample
) -> dict[str, Floats]:
    """What a way tells of test rows as it is, and after each calibration on later rows."""
    seen, told = predictor(later.matrix), predictor(test.matrix)
    mended = {
        f"{way}_{name}": calibrate(seen, later.classes)(told)
        for name, calibrate in CALIBRATIONS.items()
    }
    return {way: told, **mended}
