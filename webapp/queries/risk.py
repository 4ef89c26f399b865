"""From the model of classes and the counted past to the views of a context."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.dataset import Dataset
from core.errors import ModelMismatchError
from core.nibrs.codes import CATEGORIES, BroadGroup
from core.risk.contexts import RiskContext
from core.risk.explain import explain, sentences
from core.risk.model import RiskModel, RiskPrediction, merged, predict
from core.risk.storage import MODEL_FILE, risk_from_files
from core.risk.vocabulary import BROAD_GROUPS, LOCATION_CODES, LOCATIONS, OTHER, RiskVocabulary
from webapp.language import gettext, gettext_noop, spoken_property
from webapp.queries.frames import Frames
from webapp.urlstate.risk import ANY_LOCATION, HistoryScope, RiskScope
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.risk import RiskPlace, RiskShare, RiskView, class_name
from webapp.views.risk_history import PastClass, PastScope, RiskHistoryView

__all__ = ["PastOffences", "RiskDesk", "count_past", "open_risk", "risk_scope"]

_LOG = logging.getLogger("ctcrimes")
_KEPT = 512
_DAY = 24
_AHEAD = timedelta(days=730)
_PULL = 30.0  # offences that the State's locations count as beside those of a place
_GROUP_LABELS = {
    BroadGroup.VIOLENT: gettext_noop("All violent"),
    BroadGroup.PROPERTY: gettext_noop("All property"),
    BroadGroup.OTHER: gettext_noop("All other"),
}

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class PastOffences:
    """Every offence of the data, counted by place, location type, hour, year and class inside.

    Attributes:
        place: Code of the place in the model's vocabulary, int16.
        location: Position of the location type, int16.
        hour: 0-23, or -1 where unknown, int16.
        year: Year, int16.
        of_class: Class inside, int16.
        offences: How many, int32.
        classes: How many classes inside there are.
    """

    place: NDArray[np.int16]
    location: NDArray[np.int16]
    hour: NDArray[np.int16]
    year: NDArray[np.int16]
    of_class: NDArray[np.int16]
    offences: NDArray[np.int32]
    classes: int

    def at(self, *, place: int | None, location: str) -> Mask:
        """The rows of a place (null for all) and a location type."""
        rows = np.ones(len(self.place), dtype=np.bool_) if place is None else self.place == place
        if location == ANY_LOCATION:
            return rows
        chosen: Mask = rows & (self.location == LOCATION_CODES[location])
        return chosen

    def around(self, hour: int | None) -> Mask:
        """The rows within an hour of one, over midnight too; all where it is null."""
        if hour is None:
            return np.ones(len(self.hour), dtype=np.bool_)
        near: Mask = np.isin(self.hour, [(hour + shift) % _DAY for shift in (-1, 0, 1)])
        return near

    def by_class(self, rows: Mask) -> Counts:
        """Offences of some rows by class inside."""
        found = np.bincount(
            self.of_class[rows], weights=self.offences[rows], minlength=self.classes
        )
        return found.astype(np.int64)

    def by_location(self, rows: Mask) -> Counts:
        """Offences of some rows by location type."""
        found = np.bincount(
            self.location[rows], weights=self.offences[rows], minlength=len(LOCATIONS)
        )
        return found.astype(np.int64)


def count_past(
    offences: pl.DataFrame, *, agency_places: pl.DataFrame, vocabulary: RiskVocabulary
) -> PastOffences:
    """Count the table ``offences`` once, so that a context is only looked up."""
    classes = pl.col("offence_code").replace_strict(
        dict(vocabulary.class_of_offence), return_dtype=pl.Int16
    )
    counted = (
        offences.join(agency_places, on="agency_id", how="inner", validate="m:1")
        .group_by(
            place=pl.col("place").replace_strict(
                dict(vocabulary.place_codes), return_dtype=pl.Int16
            ),
            location=pl.col("location_code")
            .cast(pl.String)
            .replace_strict(dict(LOCATION_CODES), return_dtype=pl.Int16),
            hour=pl.col("hour").cast(pl.Int16).fill_null(-1),
            year=pl.col("date").dt.year().cast(pl.Int16),
            of_class=classes,
        )
        .agg(offences=pl.len().cast(pl.Int32))
        .sort("place", "location", "hour", "year", "of_class")
    )
    return PastOffences(
        **{name: counted[name].to_numpy() for name in counted.columns},
        classes=len(vocabulary.classes),
    )


class RiskDesk:
    """The model of one dataset beside its past; answers are kept for the last few contexts."""

    def __init__(self, model: RiskModel, *, past: PastOffences, frames: Frames) -> None:
        """Keep the model and the counts."""
        self._model = model
        self._past = past
        self._frames = frames

    # What is kept holds words, so each language has its own.
    @spoken_property
    def _told(self) -> Callable[[str, str, date, int | None], RiskPlace]:
        return lru_cache(maxsize=_KEPT)(self._tell)

    @spoken_property
    def _counted(self) -> Callable[[HistoryScope, str, str, int | None], PastScope]:
        return lru_cache(maxsize=_KEPT)(self._count)

    def told(
        self,
        places: tuple[str, ...],
        *,
        location: str,
        day: date,
        hour: int | None,
        provenance: Provenance,
    ) -> RiskView:
        """What is told of each place in one context."""
        return RiskView(
            places=tuple(self._told(place, location, day, hour) for place in places),
            location=location,
            day=day,
            hour=hour,
            years=self._frames.years,
            provenance=provenance,
        )

    def history(
        self,
        places: tuple[str, ...],
        *,
        location: str,
        scope: HistoryScope,
        year: int | None,
        provenance: Provenance,
    ) -> RiskHistoryView:
        """Past offences of the places, their regions or the State."""
        names = dict.fromkeys(self._scope_of(place, scope=scope) for place in places)
        counted = tuple(self._counted(kind, key, location, year) for kind, key in names)
        slugs = self._model.vocabulary.shown
        order = sorted(
            range(len(slugs)),
            key=lambda at: (slugs[at] == OTHER, -sum(each.counts[at] for each in counted)),
        )
        return RiskHistoryView(
            classes=tuple(
                PastClass(slug=slugs[at], label=class_name(slugs[at]), group=_group(slugs[at]))
                for at in order
            ),
            scopes=tuple(
                replace(each, counts=tuple(each.counts[at] for at in order)) for each in counted
            ),
            location=location,
            years=self._frames.years if year is None else (year,),
            provenance=provenance,
        )

    def _scope_of(self, place: str, *, scope: HistoryScope) -> tuple[HistoryScope, str]:
        """Scope and key; a place without a region stands in its State."""
        region = self._frames.places[place].region
        if scope is HistoryScope.PLACE:
            return scope, place
        if scope is HistoryScope.REGION and region:
            return scope, region
        return HistoryScope.STATE, ""

    def _count(self, scope: HistoryScope, key: str, location: str, year: int | None) -> PastScope:
        past, frames = self._past, self._frames
        rows = past.at(place=None, location=location)
        name = english = frames.dataset.facts.state_name
        if scope is HistoryScope.PLACE:
            name = english = frames.places[key].name
            rows &= past.place == self._model.vocabulary.place_code(key)
        elif scope is HistoryScope.REGION:
            name = english = key
            if frames.planning_regions:
                name, english = gettext("the {name} region", name=key), f"the {key} region"
            rows &= np.isin(past.place, self._codes_of(key))
        if year is not None:
            rows &= past.year == year
        shown, _ = self._merged(past.by_class(rows))
        return PastScope(name=name, file=words.file_part(english), counts=shown)

    def _codes_of(self, region: str) -> list[int]:
        codes = self._model.vocabulary.place_codes
        places = self._frames.places.values()
        return [codes[place.slug] for place in places if place.region == region]

    def _merged(self, inside: Counts) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Counts by shown class and by broad group."""
        shown, broad = merged(inside.astype(np.float64), vocabulary=self._model.vocabulary)
        return tuple(map(int, shown)), tuple(map(int, broad))

    def _tell(self, slug: str, location: str, day: date, hour: int | None) -> RiskPlace:
        model, past = self._model, self._past
        code = model.vocabulary.place_code(slug)
        here = past.at(place=code, location=location)
        shown, broad = self._merged(past.by_class(here))
        contexts, weights = self._contexts(slug, location=location, day=day, hour=hour)
        predictions = predict(model, contexts)
        told = _mixed(predictions, weights=weights)
        likeliest = max(model.vocabulary.shown, key=lambda name: told[name])
        return RiskPlace(
            slug=slug,
            name=self._frames.places[slug].name,
            broad=tuple(
                _share(group, label=gettext(_GROUP_LABELS[group]), told=told, past=count)
                for group, count in zip(BROAD_GROUPS, broad, strict=True)
            ),
            classes=tuple(
                _share(name, label=class_name(name), told=told, past=count)
                for name, count in zip(model.vocabulary.shown, shown, strict=True)
            ),
            basis=sum(shown),
            near=int(past.offences[here & past.around(hour)].sum()),
            fallbacks=_common_fallbacks(predictions),
            without_skill=_without_skill(predictions),
            likeliest=class_name(likeliest),
            why=self._why(contexts, slug=likeliest),
        )

    def _why(self, contexts: Sequence[RiskContext], *, slug: str) -> tuple[str, ...]:
        """The way to a class in words; a mixture of locations has none."""
        if len(contexts) > 1:
            return ()
        return tuple(map(words.said, sentences(explain(self._model, contexts[0]), slug=slug)))

    def _contexts(
        self, slug: str, *, location: str, day: date, hour: int | None
    ) -> tuple[list[RiskContext], NDArray[np.float64]]:
        """The contexts of a question and their weights, which sum to 1.

        Any location is every location, each as often as offences around the hour were reported
        there: in the place, drawn toward the State with the weight of 30 offences.
        """
        if location != ANY_LOCATION:
            return [_context(slug, day=day, hour=hour, location=location)], np.ones(1)
        past, near = self._past, self._past.around(hour)
        everywhere = past.by_location(near) + 1 / len(LOCATIONS)
        own = past.by_location(near & (past.place == self._model.vocabulary.place_code(slug)))
        weights = own + _PULL * everywhere / everywhere.sum()
        contexts = [_context(slug, day=day, hour=hour, location=each) for each in LOCATIONS]
        return contexts, weights / weights.sum()


def _context(slug: str, *, day: date, hour: int | None, location: str) -> RiskContext:
    return RiskContext(place=slug, date=day, hour=hour, location_code=location)


def _mixed(
    predictions: Sequence[RiskPrediction], *, weights: NDArray[np.float64]
) -> Mapping[str, float]:
    """Shares by slug of class and group; history's where the model has nothing beyond it."""
    told: dict[str, float] = {}
    for prediction, weight in zip(predictions, weights.tolist(), strict=True):
        for slug, own in _served(prediction):
            told[slug] = told.get(slug, 0.0) + weight * own
    return told


def _served(prediction: RiskPrediction) -> Iterator[tuple[str, float]]:
    """Slug and share of every class and group, as they may be shown."""
    only = prediction.history_only
    for each in prediction.classes:
        yield each.slug, each.history_share if only else each.probability
    for group in prediction.broad:
        yield group.group, group.history_share if only else group.probability


def _without_skill(predictions: Sequence[RiskPrediction]) -> tuple[str, ...]:
    """Why history alone is told; empty where the model speaks for any location of the question."""
    if not all(prediction.history_only for prediction in predictions):
        return ()
    found = (words.said(each) for prediction in predictions for each in prediction.without_skill)
    return tuple(dict.fromkeys(found))


def _share(slug: str, *, label: str, told: Mapping[str, float], past: int) -> RiskShare:
    return RiskShare(slug=slug, label=label, group=_group(slug), told=told[slug], past=past)


def _common_fallbacks(predictions: Sequence[RiskPrediction]) -> tuple[str, ...]:
    """What holds for every location of the question."""
    first, *others = (prediction.fallbacks for prediction in predictions)
    common = (each for each in first if all(each in other for other in others))
    return tuple(map(words.said, common))


def _group(slug: str) -> BroadGroup | None:
    if slug == OTHER:
        return None
    return CATEGORIES[slug].broad if slug in CATEGORIES else BroadGroup(slug)


def open_risk(dataset: Dataset, *, frames: Frames) -> RiskDesk | None:
    """The model of a dataset with its past; null where it holds none, or none that can be read."""
    files = dataset.model_files()
    if MODEL_FILE not in files:
        return None
    try:
        model = risk_from_files(files, places=frozenset(frames.places))
    except ModelMismatchError as error:
        _LOG.warning("no model of classes: %s", error)
        return None
    past = count_past(
        dataset.table("offences"), agency_places=frames.agency_places, vocabulary=model.vocabulary
    )
    return RiskDesk(model, past=past, frames=frames)


def risk_scope(frames: Frames) -> RiskScope:
    """What can be chosen; the default is the place with the most residents, if any are known."""
    facts = frames.dataset.facts
    policed = [place for place in frames.places.values() if place.agencies]
    towns = [place for place in policed if place.town] or policed
    offences = frames.tallies[0, 0].sum(axis=1)
    default = max(
        towns, key=lambda place: (place.residents or 0, offences[frames.index[place.slug]])
    )
    return RiskScope(
        places=frozenset(frames.places),
        default_place=default.slug,
        years=frames.years,
        days=(facts.first_day, facts.last_day + _AHEAD),
        default_day=facts.last_day,
    )
