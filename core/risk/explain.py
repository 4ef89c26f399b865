"""Why these probabilities: from a place's own history, one step for each thing known of a context.

The scores of a prediction are a sum: the logarithm of the historical share, for each feature its
exact Shapley value in the booster (Lundberg et al., "Consistent Individualized Feature Attribution
for Tree Ensembles", 2018; LightGBM's ``pred_contrib``), and the terms of the log-linear model.
Grouped and added one group after the other to the history of the place, they lead to the prediction
and leave no rest. The scores of a group do not depend on the order of the steps; how much a step
moves a probability does.
"""

from calendar import month_name
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from core.nibrs.codes import LOCATION_TYPES
from core.risk.calibration import softmax
from core.risk.contexts import FEATURES, ContextTable, Floats, RiskContext, tabulate
from core.risk.loglinear import term_scores
from core.risk.model import RiskModel, class_label, history_holder, merged, with_floor
from core.sentences import Sentence

__all__ = [
    "EXPLAIN_MESSAGES",
    "FEATURE_GROUPS",
    "TERM_GROUPS",
    "ExplanationStep",
    "RiskExplanation",
    "explain",
    "sentences",
]

FEATURE_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "place": ("place", "agency", "region"),
        "location": ("location", "area"),
        "hour": ("hour",),
        "weekday": ("weekday",),
        "season": ("month", "season"),
        "holiday": ("holiday", "payday"),
    }
)
"""Features of the booster that a step gathers; each is in one group."""

TERM_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "place": ("place",),
        "location": ("area", "location", "place_area", "place_location", "region_location"),
        "hour": ("hour", "area_hour", "location_hour", "place_hours", "place_area_hours"),
        "weekday": ("weekday", "location_weekend", "hour_weekend"),
    }
)
"""Terms of the log-linear model that a step gathers; each is in one group."""

_WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_VISIBLE: Final = 0.005

_START = "{class} was about {share} of the offences on file for {holder}."
_RAISES = "{known} raises it from {before} to {after}."
_LOWERS = "{known} lowers it from {before} to {after}."
_HOUR_UNKNOWN = "Not knowing the hour"
_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "place": "What is usual of this place in recent months",
        "location": "The kind of location, {location} ({area}),",
        "hour": "The hour, {hour},",
        "weekday": "The weekday, {weekday},",
        "season": "The time of year, {month},",
        "holiday": "Nearness to a holiday or payday",
    }
)

EXPLAIN_MESSAGES: Final = (_START, _RAISES, _LOWERS, _HOUR_UNKNOWN, *_KNOWN.values())
"""What an explanation can say."""


@dataclass(frozen=True, kw_only=True)
class ExplanationStep:
    """What one group of features does.

    Attributes:
        group: Key of :data:`FEATURE_GROUPS`.
        known: What was known, such as ``The hour, 22:00,``.
        before: Probability of each shown class before the step.
        after: The same after it; the last step ends at the prediction.
    """

    group: str
    known: Sentence
    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class RiskExplanation:
    """The way from a place's own history to a prediction.

    Attributes:
        context: The context.
        classes: Slugs of the shown classes; all tuples of probabilities are in this order.
        history: Shares of the place at all locations and times, where the way begins.
        history_of: Whose they are: ``this place``, or what stands in for one without offences.
        steps: Each begins where the one before ended.
    """

    context: RiskContext
    classes: tuple[str, ...]
    history: tuple[float, ...]
    history_of: Sentence
    steps: tuple[ExplanationStep, ...]


def explain(model: RiskModel, context: RiskContext) -> RiskExplanation:
    """Take one prediction apart.

    Raises:
        RequestError: An hour outside 0-23, or a location type that the FBI does not have.
        UnknownPlaceError: A place that the dataset does not have.
    """
    table = tabulate([context], vocabulary=model.vocabulary, state=model.state)
    hour_known = not np.isnan(table.matrix[0, FEATURES.index("hour")])
    own = model.history.of_place[table.place[0]]
    shares = [_shown(model, own)]
    groups = []
    scores = np.log(own)
    for group, added in _added_scores(model, table=table).items():
        scores = scores + added
        groups.append(group)
        shares.append(_shown(model, with_floor(model, softmax(scores))))
    return RiskExplanation(
        context=context,
        classes=model.vocabulary.shown,
        history=shares[0],
        history_of=history_holder(model, table=table),
        steps=tuple(
            ExplanationStep(
                group=group,
                known=_known(context, group=group, hour_known=hour_known),
                before=before,
                after=after,
            )
            for group, before, after in zip(groups, shares[:-1], shares[1:], strict=True)
        ),
    )


def sentences(explanation: RiskExplanation, *, slug: str) -> tuple[Sentence, ...]:
    """The steps for one class in words; steps that move it by less than half a point are left out.

    Args:
        explanation: From :func:`explain`.
        slug: One of its classes.
    """
    position = explanation.classes.index(slug)
    start = _percent(explanation.history[position])
    values: Mapping[str, str | Sentence] = {
        "class": class_label(slug),
        "share": start,
        "holder": explanation.history_of,
    }
    found = [Sentence(message=_START, values=values)]
    for step in explanation.steps:
        before, after = step.before[position], step.after[position]
        if abs(after - before) >= _VISIBLE:
            shares = {"before": _percent(before), "after": _percent(after)}
            message = _RAISES if after > before else _LOWERS
            found.append(Sentence(message=message, values={"known": step.known, **shares}))
    return tuple(found)


def _added_scores(model: RiskModel, *, table: ContextTable) -> dict[str, Floats]:
    """What each group adds to the logarithm of the place's own shares, by class inside."""
    own = np.log(model.history.of_place[table.place[0]])
    here = model.history.log_of_context[table.place[0], table.location[0]]
    contributions = model.booster.predict(table.matrix, pred_contrib=True, num_threads=1)
    values = np.asarray(contributions).reshape(len(model.vocabulary.classes), len(FEATURES) + 1)
    terms = {name: added[0] for name, added in term_scores(model.loglinear, table).items()}
    starts = {
        "place": (model.history_weight * own + values[:, -1], model.loglinear.intercept),
        "location": (model.history_weight * (here - own), np.zeros_like(own)),
    }
    added = {}
    for group, names in FEATURE_GROUPS.items():
        boosted, smooth = starts.get(group, (np.zeros_like(own), np.zeros_like(own)))
        boosted = boosted + values[:, [FEATURES.index(name) for name in names]].sum(axis=1)
        smooth = smooth + sum((terms[name] for name in TERM_GROUPS.get(group, ())), start=0.0)
        weight = model.loglinear_weight
        added[group] = model.sharpness * ((1 - weight) * boosted + weight * smooth)
    added["place"] -= own
    return added


def _shown(model: RiskModel, inside: Floats) -> tuple[float, ...]:
    shown, _ = merged(inside, vocabulary=model.vocabulary)
    return tuple(shown.tolist())


def _known(context: RiskContext, *, group: str, hour_known: bool) -> Sentence:
    location = LOCATION_TYPES[context.location_code]
    values: Mapping[str, str] = {
        "location": location.name,
        "area": location.area.value,
        "hour": f"{context.hour}:00",
        "weekday": _WEEKDAYS[context.date.weekday()],
        "month": month_name[context.date.month],
    }
    message = _KNOWN[group] if hour_known or group != "hour" else _HOUR_UNKNOWN
    return Sentence(message=message, values=values)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
