"""The served model of classes: what it holds and how it speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import lightgbm as lgb
import numpy as np
import polars as pl

from core.nibrs.codes import CATEGORIES, LOCATION_TYPES, BroadGroup
from core.risk.calibration import softmax
from core.risk.contexts import (
    FEATURES,
    ContextTable,
    Floats,
    Ints,
    RiskContext,
    contexts_of_frame,
    tabulate,
)
from core.risk.groups import BANDS, ContextGroups
from core.risk.history import History
from core.risk.loglinear import LogLinear, loglinear_scores
from core.risk.splits import RiskSlices
from core.risk.vocabulary import AREAS, BROAD_GROUPS, OTHER, RiskVocabulary
from core.sentences import Sentence

__all__ = [
    "BROAD_LABELS",
    "MODEL_MESSAGES",
    "BroadShare",
    "ClassShare",
    "RiskModel",
    "RiskPrediction",
    "class_label",
    "class_scores",
    "history_holder",
    "merged",
    "predict",
    "predict_frame",
    "probability_table",
    "with_floor",
]

_HOUR: Final = FEATURES.index("hour")

FLOOR: Final = 1e-4
"""Share of each prediction that is the overall distribution, so that no class is impossible."""

BROAD_LABELS: Final = {
    BroadGroup.VIOLENT: "Violent",
    BroadGroup.PROPERTY: "Property",
    BroadGroup.OTHER: "Other",
}


_THIS_PLACE = "this place"
_ITS_REGION = "its region, {region}"
_ALL_PLACES = "all places"
_REGION_STANDS_IN = (
    "No offence of this place is on file; the shares of its region, {region}, stand in for its own."
)
_ALL_STAND_IN = (
    "No offence of this place is on file; the shares of all places stand in for its own."
)
_AREA_STANDS_IN = (
    "No offence at '{location}' is on file; the shares of all {area} locations stand in."
)
_NO_HOUR = "The hour is not known; every hour of the day counts."
_MIDNIGHT = "The police here enter midnight where the hour is not known; the hour was left out."
_NO_SKILL_OF_SIZE = (
    "On later offences in places of this size ({size}) the model was no better than the shares of "
    "past offences."
)
_NO_SKILL_IN_REGION = (
    "On later offences in this region ({region}) the model was no better than the shares of past "
    "offences."
)
_NO_SKILL_AT_AREA = (
    "On later offences at {area} locations the model was no better than the shares of past "
    "offences."
)

MODEL_MESSAGES = (
    _THIS_PLACE,
    _ITS_REGION,
    _ALL_PLACES,
    _REGION_STANDS_IN,
    _ALL_STAND_IN,
    _AREA_STANDS_IN,
    _NO_HOUR,
    _MIDNIGHT,
    _NO_SKILL_OF_SIZE,
    _NO_SKILL_IN_REGION,
    _NO_SKILL_AT_AREA,
)
"""What a prediction can say of itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskModel:
    """A trained model of classes.

    Attributes:
        state: Two-letter code, for the holidays.
        vocabulary: The words.
        history: Counts of the training years.
        history_weight: Power of the historical share that a prediction starts from.
        booster: The LightGBM booster, whose scores are added to it.
        loglinear: The log-linear model, whose scores are averaged with theirs.
        loglinear_weight: Its weight in the mean.
        sharpness: Factor on all scores, from the calibration slice.
        offsets: Offset of each shown class in the decision rule.
        slices: The slices that it was made with; it was fitted again on all of them.
        rounds: Boosting rounds, chosen on the validation slice.
        bands: Town-size band of each place, position in :data:`~core.risk.groups.BANDS`.
        history_only: Groups for which only history may be shown.
    """

    state: str
    vocabulary: RiskVocabulary
    history: History
    history_weight: float
    booster: lgb.Booster
    loglinear: LogLinear
    loglinear_weight: float
    sharpness: float
    offsets: tuple[float, ...]
    slices: RiskSlices
    rounds: int
    bands: tuple[int, ...]
    history_only: ContextGroups


@dataclass(frozen=True, kw_only=True)
class ClassShare:
    """One class of a prediction.

    Attributes:
        slug: Slug of the offence category, or :data:`~core.risk.vocabulary.OTHER`.
        label: Short name.
        broad: Its broad group; None for Other, whose parts belong to all three.
        probability: Of 1, given that an offence is reported.
        history_share: Of 1, in past offences at this place and kind of location, shrunk.
        history_count: Those past offences of this class.
    """

    slug: str
    label: str
    broad: BroadGroup | None
    probability: float
    history_share: float
    history_count: int


@dataclass(frozen=True, kw_only=True)
class BroadShare:
    """One broad group of a prediction; the fields are those of :class:`ClassShare`."""

    group: BroadGroup
    label: str
    probability: float
    history_share: float
    history_count: int


@dataclass(frozen=True, kw_only=True)
class RiskPrediction:
    """What is said of one context.

    Attributes:
        context: The context.
        classes: The shown classes, commonest of the training years first, Other last.
        broad: The three broad groups; each probability is the sum of its classes.
        basis: Past offences at this place and kind of location.
        fallbacks: Sentences that say what was unknown and what stood in for it.
        without_skill: Sentences that name the groups of this context in which the model was no
            better than history.
        decision: Slug of the class that the decision rule names.
    """

    context: RiskContext
    classes: tuple[ClassShare, ...]
    broad: tuple[BroadShare, ...]
    basis: int
    fallbacks: tuple[Sentence, ...]
    without_skill: tuple[Sentence, ...]
    decision: str

    @property
    def history_only(self) -> bool:
        """Whether ``history_share`` is all that may be shown."""
        return bool(self.without_skill)


def predict(model: RiskModel, contexts: Sequence[RiskContext]) -> tuple[RiskPrediction, ...]:
    """The distribution over classes in each context, given that an offence is reported there.

    Raises:
        RequestError: An hour outside 0-23, or a location type that the FBI does not have.
        UnknownPlaceError: A place that the dataset does not have.

    Examples:
        >>> from pathlib import Path
        >>> from core.dataset import open_dataset
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> from datetime import date
        >>> from core.risk.storage import risk_from_files
        >>> places = frozenset(dataset.table("places")["place"])
        >>> model = risk_from_files(dataset.model_files(), places=places)
        >>> home = RiskContext(place="hartford", date=date(2024, 7, 4), hour=22, location_code="20")
        >>> told = predict(model, [home])[0]
        >>> round(sum(share.probability for share in told.classes), 6)
        1.0
    """
    if not contexts:
        return ()
    table = tabulate(contexts, vocabulary=model.vocabulary, state=model.state)
    inside = probability_table(model, table)
    history = model.history.of_context[table.place, table.location]
    counts = model.history.counts[table.place, table.location]
    return tuple(
        _prediction(model, context=context, table=table.take(np.array([row])), shares=shares)
        for row, (context, shares) in enumerate(
            zip(contexts, np.stack([inside, history, counts], axis=1), strict=True)
        )
    )


def predict_frame(model: RiskModel, frame: pl.DataFrame) -> pl.DataFrame:
    """Probabilities of many contexts.

    Args:
        model: The model.
        frame: :data:`~core.risk.contexts.CONTEXT_FRAME_SCHEMA`.

    Returns:
        The frame, and beside it a column Float64 for each broad group and each shown class, named
        by its slug.

    Raises:
        RequestError: Other columns, a null, an impossible hour or location type.
        UnknownPlaceError: A place that the dataset does not have.
    """
    table = contexts_of_frame(frame, vocabulary=model.vocabulary, state=model.state)
    inside = probability_table(model, table)
    shown, broad = merged(inside, vocabulary=model.vocabulary)
    columns = {group.value: broad[:, n] for n, group in enumerate(BROAD_GROUPS)}
    columns |= {slug: shown[:, n] for n, slug in enumerate(model.vocabulary.shown)}
    return frame.with_columns(**columns)


def class_scores(model: RiskModel, table: ContextTable) -> Floats:
    """Scores before sharpening: the mean of the booster's and those of the log-linear model.

    The booster's are added to the weighted logarithm of the historical share.

    Returns:
        float64, shape (contexts, classes inside).
    """
    raw = model.booster.predict(table.matrix, raw_score=True, num_threads=1)
    logs = model.history.log_of_context[table.place, table.location]
    boosted = model.history_weight * logs + raw
    smooth = loglinear_scores(model.loglinear, table)
    weight = model.loglinear_weight
    scores: Floats = (1 - weight) * boosted + weight * smooth
    return scores


def probability_table(model: RiskModel, table: ContextTable) -> Floats:
    """Probabilities of the classes inside, shape (contexts, classes); rows sum to 1."""
    return with_floor(model, softmax(model.sharpness * class_scores(model, table)))


def with_floor(model: RiskModel, probabilities: Floats) -> Floats:
    """Probabilities mixed with a trace of the overall distribution."""
    return (1 - FLOOR) * probabilities + FLOOR * model.history.overall


def merged(inside: Floats, *, vocabulary: RiskVocabulary) -> tuple[Floats, Floats]:
    """Sums of the classes inside, by shown class and by broad group; last axis."""
    return (
        _summed(inside, into=vocabulary.shown_of_class, of=len(vocabulary.shown)),
        _summed(inside, into=vocabulary.broad_of_class, of=len(BROAD_GROUPS)),
    )


def history_holder(model: RiskModel, *, table: ContextTable) -> Sentence:
    """Whose past offences the history of one context's place rests on, in words."""
    words, region = model.vocabulary, int(table.region[0])
    if words.seen_places[table.place[0]]:
        return Sentence(message=_THIS_PLACE)
    if region < 0:
        return Sentence(message=_ALL_PLACES)
    return Sentence(message=_ITS_REGION, values={"region": words.regions[region]})


def class_label(slug: str) -> str:
    """Short name of a shown class."""
    return "Other" if slug == OTHER else CATEGORIES[slug].label


def _summed(inside: Floats, *, into: Ints, of: int) -> Floats:
    member = (into[:, None] == np.arange(of)).astype(np.float64)
    sums: Floats = inside @ member
    return sums


def _prediction(
    model: RiskModel, *, context: RiskContext, table: ContextTable, shares: Floats
) -> RiskPrediction:
    """One prediction from rows of probabilities, historical shares and counts inside."""
    words = model.vocabulary
    shown, broad = merged(shares, vocabulary=words)
    decided = (np.log(shown[0]) + model.offsets).argmax()
    return RiskPrediction(
        context=context,
        classes=tuple(
            ClassShare(
                slug=slug,
                label=class_label(slug),
                broad=None if slug == OTHER else CATEGORIES[slug].broad,
                probability=probability,
                history_share=share,
                history_count=int(count),
            )
            for slug, (probability, share, count) in zip(words.shown, shown.T.tolist(), strict=True)
        ),
        broad=tuple(
            BroadShare(
                group=group,
                label=BROAD_LABELS[group],
                probability=probability,
                history_share=share,
                history_count=int(count),
            )
            for group, (probability, share, count) in zip(
                BROAD_GROUPS, broad.T.tolist(), strict=True
            )
        ),
        basis=int(shares[2].sum()),
        fallbacks=_fallbacks(model, context=context, table=table),
        without_skill=_without_skill(model, table=table),
        decision=words.shown[int(decided)],
    )


def _fallbacks(
    model: RiskModel, *, context: RiskContext, table: ContextTable
) -> tuple[Sentence, ...]:
    words = model.vocabulary
    place, location = int(table.place[0]), int(table.location[0])
    sentences = []
    if not words.seen_places[place]:
        message = _REGION_STANDS_IN if table.region[0] >= 0 else _ALL_STAND_IN
        region = words.regions[int(table.region[0])] if table.region[0] >= 0 else ""
        sentences.append(Sentence(message=message, values={"region": region}))
    if not model.history.at_location[location]:
        area = AREAS[table.area[0]].value
        name = LOCATION_TYPES[context.location_code].name
        values = {"location": name, "area": area}
        sentences.append(Sentence(message=_AREA_STANDS_IN, values=values))
    if context.hour is None:
        sentences.append(Sentence(message=_NO_HOUR))
    elif np.isnan(table.matrix[0, _HOUR]):
        sentences.append(Sentence(message=_MIDNIGHT))
    return tuple(sentences)


def _without_skill(model: RiskModel, *, table: ContextTable) -> tuple[Sentence, ...]:
    place, region = int(table.place[0]), int(table.region[0])
    without = model.history_only
    band, area = BANDS[model.bands[place]], AREAS[table.area[0]].value
    found = []
    if band in without.bands:
        found.append(Sentence(message=_NO_SKILL_OF_SIZE, values={"size": band}))
    if region >= 0 and model.vocabulary.regions[region] in without.regions:
        values = {"region": model.vocabulary.regions[region]}
        found.append(Sentence(message=_NO_SKILL_IN_REGION, values=values))
    if area in without.areas:
        found.append(Sentence(message=_NO_SKILL_AT_AREA, values={"area": area}))
    return tuple(found)
