"""How a risk model is made: three fits, each later slice judging what earlier ones learned.

1. Fitted on the training slice, stopped where the validation slice is best: this fixes the number
   of rounds, and the decision rule is tuned on these probabilities.
2. Fitted on training and validation with those rounds: the calibration slice fixes the sharpness
   of the probabilities. On both judged slices the groups without skill beyond history are found.
3. Fitted on all three with what was fixed: this is served, and this is what a test judges.

Why these settings: docs/decisions/0020-risk-model.md.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import lightgbm as lgb
import numpy as np
import polars as pl

from core.errors import RequestError
from core.risk.calibration import brier_by_row, fit_sharpness
from core.risk.contexts import CATEGORICAL, FEATURES, ContextTable, Floats, Ints
from core.risk.decision import tune_offsets
from core.risk.groups import ContextGroups, bands_of_places, groups_without_skill
from core.risk.lessons import (
    RECIPE,
    Lesson,
    OffenceRows,
    RiskRecipe,
    joined,
    joined_contexts,
    lesson_of,
    offence_rows,
    sliced,
    slices_of,
    thinned,
)
from core.risk.loglinear import LogLinear, fit_loglinear
from core.risk.model import RiskModel, class_scores, merged, probability_table
from core.risk.splits import RiskSlices
from core.risk.vocabulary import RiskVocabulary, freeze_vocabulary

__all__ = ["FEWEST_OFFENCES", "boost", "booster_parameters", "fit_risk", "start_scores"]

FEWEST_OFFENCES: Final = 2_000
"""Offences that a dataset needs for a model; fewer leave each shown class a handful a slice."""

_CALENDAR: Final = ("month", "season", "holiday", "payday")


def fit_risk(
    offences: pl.DataFrame,
    *,
    places: pl.DataFrame,
    agency_places: pl.DataFrame,
    state: str,
    recipe: RiskRecipe = RECIPE,
    threads: int = 1,
) -> RiskModel:
    """Train a model of classes on the offences of a dataset.

    Args:
        offences: The table ``offences``, or of its columns ``agency_id``, ``date``, ``hour``,
            ``offence_code``, ``location_code``; all of it is used, so leave out what is to be a
            test.
        places: The table ``places``: ``place``, ``region``, ``population``. Where populations of
            agencies are wanted too, see :func:`~core.risk.groups.with_agency_populations`.
        agency_places: The table ``agency_places``.
        state: Two-letter code.
        recipe: The settings.
        threads: For LightGBM. Another number may change the last digits.

    Returns:
        The model. The same offences, settings and threads give the same bytes.

    Raises:
        RequestError: No offences, fewer than three months of them, or all of one class.
    """
    vocabulary = freeze_vocabulary(offences, places=places, agency_places=agency_places)
    rows = offence_rows(offences, agency_places=agency_places, vocabulary=vocabulary, state=state)
    slices = slices_of(rows)
    course = _Course(
        vocabulary=vocabulary,
        state=state,
        bands=bands_of_places(places, vocabulary=vocabulary),
        slices=slices,
        recipe=recipe,
        threads=threads,
    )
    train, validation, calibration = sliced(rows, slices=slices)
    if len(np.unique(train.classes)) == 1:
        raise RequestError(
            f"offences: all those before {slices.validation} are of one class; the model of "
            "classes needs two"
        )

    judge, later = (
        thinned(some, most=recipe.most_judged, seed=recipe.seed)
        for some in (validation, calibration)
    )
    first = course.fit(train, judge=judge)
    second = course.fit(joined(train, validation), rounds=first.rounds)
    sharpness = fit_sharpness(class_scores(second, later.contexts), classes=later.classes)
    served = course.fit(rows, rounds=first.rounds)
    return replace(
        served,
        sharpness=sharpness,
        offsets=_decision_offsets(first, validation=judge),
        history_only=_without_skill((first, judge), (replace(second, sharpness=sharpness), later)),
    )


def boost(
    lesson: Lesson,
    *,
    recipe: RiskRecipe,
    threads: int,
    rounds: int | None = None,
    judge: tuple[ContextTable, Ints] | None = None,
) -> tuple[lgb.Booster, int]:
    """Fit a booster beside the historical shares.

    Args:
        lesson: What to learn.
        recipe: The settings.
        threads: For LightGBM.
        rounds: Exactly so many; without a number as many as ``judge`` likes best.
        judge: Contexts of later rows and their classes.

    Returns:
        The LightGBM booster and its rounds.
    """
    data = lgb.Dataset(
        lesson.contexts.matrix,
        lesson.classes,
        weight=lesson.weights,
        init_score=start_scores(lesson.shares, recipe=recipe),
        feature_name=list(FEATURES),
        categorical_feature=list(CATEGORICAL),
    )
    parameters = booster_parameters(lesson, recipe=recipe, threads=threads)
    if judge is None:
        booster = lgb.train(parameters, data, rounds or recipe.most_rounds)
        return booster, booster.num_trees() // lesson.shares.shape[1]
    contexts, classes = judge
    later = lgb.Dataset(
        contexts.matrix,
        classes,
        init_score=start_scores(lesson.history.shares(contexts), recipe=recipe),
        reference=data,
    )
    stop = lgb.early_stopping(recipe.patience, verbose=False)
    booster = lgb.train(parameters, data, recipe.most_rounds, valid_sets=[later], callbacks=[stop])
    return booster, int(booster.best_iteration)


def booster_parameters(lesson: Lesson, *, recipe: RiskRecipe, threads: int) -> dict[str, Any]:
    """The parameters of LightGBM; what smooths rare categories grows with the rows."""
    rows = len(lesson.classes)
    return {
        "objective": "multiclass",
        "num_class": lesson.shares.shape[1],
        "learning_rate": recipe.learning_rate,
        "num_leaves": recipe.leaves,
        "min_data_in_leaf": int(np.clip(rows // 200, 5, 100)),
        "min_sum_hessian_in_leaf": 5.0,
        "feature_fraction_bynode": 0.5,
        "feature_contri": [recipe.calendar_gain if name in _CALENDAR else 1.0 for name in FEATURES],
        "max_bin": 127,
        "max_cat_threshold": 8,
        "cat_l2": 20.0,
        "cat_smooth": float(np.clip(rows / 400, 30, 300)),
        "deterministic": True,
        "force_row_wise": True,
        "seed": recipe.seed,
        "num_threads": threads,
        "verbose": -1,
    }


@dataclass(frozen=True, kw_only=True)
class _Course:
    """What the three fits share."""

    vocabulary: RiskVocabulary
    state: str
    bands: tuple[int, ...]
    slices: RiskSlices
    recipe: RiskRecipe
    threads: int

    def fit(
        self, rows: OffenceRows, *, rounds: int | None = None, judge: OffenceRows | None = None
    ) -> RiskModel:
        """A model of some rows, not sharpened and without a decision rule."""
        lesson = lesson_of(rows, vocabulary=self.vocabulary, recipe=self.recipe)
        booster, used = boost(
            lesson,
            recipe=self.recipe,
            threads=self.threads,
            rounds=rounds,
            judge=None if judge is None else (judge.contexts, judge.classes),
        )
        return RiskModel(
            state=self.state,
            vocabulary=self.vocabulary,
            history=lesson.history,
            history_weight=self.recipe.history_weight,
            booster=booster,
            loglinear=_fit_loglinear(lesson, vocabulary=self.vocabulary),
            loglinear_weight=self.recipe.loglinear_weight,
            sharpness=1.0,
            offsets=(0.0,) * len(self.vocabulary.shown),
            slices=self.slices,
            rounds=used,
            bands=self.bands,
            history_only=ContextGroups(),
        )


def _fit_loglinear(lesson: Lesson, *, vocabulary: RiskVocabulary) -> LogLinear:
    known = (lesson.contexts.place >= 0) & (lesson.contexts.location >= 0)
    return fit_loglinear(
        lesson.contexts.take(known),
        classes=lesson.classes[known],
        weights=lesson.weights[known],
        of=len(vocabulary.classes),
        places=len(vocabulary.places),
        regions=len(vocabulary.regions),
    )


def _decision_offsets(model: RiskModel, *, validation: OffenceRows) -> tuple[float, ...]:
    inside = probability_table(model, validation.contexts)
    shown, _ = merged(inside, vocabulary=model.vocabulary)
    true = model.vocabulary.shown_of_class[validation.classes]
    return tuple(tune_offsets(shown, classes=true).tolist())


def _without_skill(*judged: tuple[RiskModel, OffenceRows]) -> ContextGroups:
    """Groups without skill in rows that the models judging them did not learn from."""
    (model, rows), (_, later) = judged
    losses = [_losses(each, some) for each, some in judged]
    return groups_without_skill(
        np.concatenate([loss for loss, _ in losses]),
        history_loss=np.concatenate([loss for _, loss in losses]),
        contexts=joined_contexts(rows.contexts, later.contexts),
        bands=np.array(model.bands),
        vocabulary=model.vocabulary,
    )


def _losses(model: RiskModel, rows: OffenceRows) -> tuple[Floats, Floats]:
    """Brier score of each row, of the model and of its history."""
    true = model.vocabulary.shown_of_class[rows.classes]

    def loss(inside: Floats) -> Floats:
        shown, _ = merged(inside, vocabulary=model.vocabulary)
        return brier_by_row(shown, true=true)

    return (
        loss(probability_table(model, rows.contexts)),
        loss(model.history.shares(rows.contexts)),
    )


def start_scores(shares: Floats, *, recipe: RiskRecipe) -> Floats:
    """Scores that boosting starts from, in the order that LightGBM wants: class by class."""
    start: Floats = recipe.history_weight * np.log(shares).ravel(order="F")
    return start
