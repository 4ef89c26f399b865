"""View of the classes of an offence in a context: what is told, what was, what it rests on."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.nibrs.codes import CATEGORIES, LOCATION_TYPES, BroadGroup
from core.risk.vocabulary import OTHER
from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate.risk import ANY_LOCATION
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "RiskPlace",
    "RiskShare",
    "RiskView",
    "basis_words",
    "class_name",
    "context_words",
    "location_name",
    "per_100",
    "risk_leads",
    "risk_note",
    "risk_summary",
    "risk_table",
    "risk_title",
    "shown_classes",
    "years_words",
]

_LEAST = 1
_NAMED_IN_LEAD = 4
_MANY, _SOME = 1000, 100


@dataclass(frozen=True, kw_only=True)
class RiskShare:
    """One class or broad group in one place.

    Attributes:
        slug: Of the class or the group.
        label: Short name.
        group: The broad group; null for the rest, whose parts belong to all three.
        told: The share that is told, of 1.
        past: Past offences of this class at this place and kind of location.
    """

    slug: str
    label: str
    group: BroadGroup | None
    told: float
    past: int


@dataclass(frozen=True, kw_only=True)
class RiskPlace:
    """What is told of one place.

    Attributes:
        slug: Of the place.
        name: Of the place.
        broad: The three broad groups.
        classes: The classes, the rest last.
        basis: Past offences at this place and kind of location.
        near: Those of them within an hour of the chosen one; all where none is chosen.
        fallbacks: What was unknown, and what stood in for it.
        without_skill: Why ``told`` is history alone; empty where the model speaks.
        likeliest: Label of the class that ``why`` is about.
        why: Sentences from the place's own history to what is told; empty for any location.
    """

    slug: str
    name: str
    broad: tuple[RiskShare, ...]
    classes: tuple[RiskShare, ...]
    basis: int
    near: int
    fallbacks: tuple[str, ...]
    without_skill: tuple[str, ...]
    likeliest: str
    why: tuple[str, ...]

    @property
    def history_only(self) -> bool:
        """Whether ``told`` is history alone: the model is no better here."""
        return bool(self.without_skill)

    def past_share(self, share: RiskShare) -> float | None:
        """Share of the past offences; null where they are too few for one."""
        return share.past / self.basis if self.basis >= words.TOO_FEW else None


@dataclass(frozen=True, kw_only=True)
class RiskView:
    """Classes in one context, place by place.

    Attributes:
        places: One to three, as chosen.
        location: Code of the location type, or :data:`~webapp.urlstate.risk.ANY_LOCATION`.
        day: The day.
        hour: 0-23, or null for any.
        years: Years that the past offences are from.
        provenance: Source.
    """

    places: tuple[RiskPlace, ...]
    location: str
    day: date
    hour: int | None
    years: tuple[int, ...]
    provenance: Provenance


def class_name(slug: str) -> str:
    """Short name of a class; the rest must not be taken for the category "Other offences"."""
    if slug == OTHER:
        return gettext("Other, rarer kinds")
    return gettext(CATEGORIES[slug].label)


def location_name(location: str) -> str:
    """The FBI's name of a location type."""
    if location == ANY_LOCATION:
        return gettext("any location")
    return gettext(LOCATION_TYPES[location].name)


def years_words(years: tuple[int, ...]) -> str:
    """``2021-2024``, or one year."""
    first, last = years[0], years[-1]
    return str(first) if first == last else f"{first}\N{EN DASH}{last}"


def per_100(share: float) -> str:
    """How many of a hundred: ``31``, ``0.4``, ``under 0.1``, ``0``."""
    of_100 = 100 * share
    if not share:
        return "0"
    if of_100 < 0.05:  # noqa: PLR2004 - rounds to 0.0
        return gettext("under {least}", least=words.decimal(0.1))
    return words.decimal(of_100, places=1 if of_100 < 0.95 else 0)  # noqa: PLR2004 - rounds to 1.0


def context_words(view: RiskView) -> str:
    """``Residence/Home, Saturday 12 July 2025, around 22:00``."""
    return f"{location_name(view.location)}, {words.weekday_and_day(view.day)}, {_hour(view.hour)}"


def _hour(hour: int | None) -> str:
    return gettext("any hour") if hour is None else gettext("around {hour}:00", hour=hour)


def risk_title(view: RiskView) -> str:
    """Title of the figure."""
    where = words.joined(tuple(place.name for place in view.places))
    title = gettext(
        "Of 100 offences reported in {places}: {context}",
        places=where,
        context=context_words(view),
    )
    return words.simulated(title) if view.provenance.synthetic else title


def risk_leads(view: RiskView) -> tuple[str, ...]:
    """The answer in frequencies, one sentence a place; the first says what is asked about."""
    leads = [_lead(view, place=view.places[0])]
    for before, place in pairwise(view.places):
        alike = before.history_only == place.history_only
        about = gettext("In {place}, {classes}.", place=place.name, classes=_of_100(place))
        leads.append(about if alike else _lead(view, place=place))
    return tuple(leads)


def _lead(view: RiskView, *, place: RiskPlace) -> str:
    about = _of_100(place)
    if place.history_only:
        what = f"{place.name}, {location_name(view.location)}, {years_words(view.years)}"
        return gettext(
            "Of 100 past offences like these ({context}), {classes}.", context=what, classes=about
        )
    message = (
        gettext_noop("Of 100 simulated offences like these ({context}), {classes}.")
        if view.provenance.synthetic
        else gettext_noop("Of 100 reported offences like these ({context}), {classes}.")
    )
    context = f"{place.name}, {context_words(view)}"
    return gettext(message, context=context, classes=about)


def _of_100(place: RiskPlace) -> str:
    """``about 31 were assaults, 22 larcenies and 12 vandalism``."""
    ranked = sorted(place.classes, key=lambda share: -share.told)[:_NAMED_IN_LEAD]
    common = [share for share in ranked if round(100 * share.told) >= _LEAST]
    first, *others = (
        (words.decimal(100 * share.told, places=0), gettext(_plural(share))) for share in common
    )
    told = gettext("{count} were {kind}", count=first[0], kind=first[1])
    rest = (f"{count} {kind}" for count, kind in others)
    return gettext("about {classes}", classes=words.joined((told, *rest)))


_PLURALS = {
    "arson": gettext_noop("arsons"),
    "assault": gettext_noop("assaults"),
    "burglary": gettext_noop("burglaries"),
    "counterfeiting": gettext_noop("counterfeiting or forgery"),
    "drugs": gettext_noop("drug offences"),
    "embezzlement": gettext_noop("embezzlements"),
    "fraud": gettext_noop("frauds"),
    "kidnapping": gettext_noop("kidnappings"),
    "larceny": gettext_noop("larcenies"),
    "motor-vehicle-theft": gettext_noop("motor vehicle thefts"),
    "robbery": gettext_noop("robberies"),
    "stolen-property": gettext_noop("stolen property offences"),
    "vandalism": gettext_noop("cases of vandalism"),
    OTHER: gettext_noop("of rarer kinds"),
}


def _plural(share: RiskShare) -> str:
    return _PLURALS.get(share.slug, f"{share.label[0].lower()}{share.label[1:]}")


def risk_note(view: RiskView) -> str:
    """What the figures do not say; it stands in view."""
    simulated = gettext(" The incidents are simulated.") if view.provenance.synthetic else ""
    note = gettext(
        "This says which kind of offence it is once one is reported, not how likely any offence "
        "is. It counts what was reported to the police, and says nothing about a person, an "
        "address or who should be policed."
    )
    return f"{note}{simulated}"


def risk_summary(view: RiskView) -> str:
    """One sentence: broad groups told beside the past."""
    parts = "; ".join(_groups_words(place) for place in view.places)
    return gettext("By broad group, of 100: {groups}.", groups=parts)


def _in_group(count: str, *, group: BroadGroup) -> str:
    match group:
        case BroadGroup.VIOLENT:
            return gettext("{count} violent", count=count)
        case BroadGroup.PROPERTY:
            return gettext("{count} property", count=count)
        case BroadGroup.OTHER:
            return gettext("{count} other", count=count)


def _groups_words(place: RiskPlace) -> str:
    told = ", ".join(
        _in_group(per_100(share.told), group=BroadGroup(share.slug)) for share in place.broad
    )
    if place.history_only:
        said = gettext("from history alone")
    elif place.basis < words.TOO_FEW:
        said = ngettext(
            "{count} past offence on file: too few to compare",
            "{count} past offences on file: too few to compare",
            place.basis,
            count=words.number(place.basis),
        )
    else:
        past = tuple(per_100(place.past_share(share) or 0.0) for share in place.broad)
        said = gettext("in the past {shares}", shares=words.joined(past))
    return f"{place.name} {told} ({said})"


def shown_classes(view: RiskView, *, at_most: int | None) -> tuple[str, ...]:
    """Slugs of classes, the likeliest over all places first; the rest comes last.

    Args:
        view: The view.
        at_most: How many; null for all.
    """
    told: dict[str, float] = {}
    for place in view.places:
        for share in place.classes:
            told[share.slug] = told.get(share.slug, 0.0) + share.told
    if at_most is not None:
        return tuple(sorted(told, key=lambda slug: -told[slug])[:at_most])
    return tuple(sorted(told, key=lambda slug: (slug == OTHER, -told[slug])))


def basis_words(place: RiskPlace) -> str:
    """How much the past offences can carry."""
    if place.basis >= _MANY:
        return gettext("That is plenty: the shares of the past are steady.")
    if place.basis >= _SOME:
        return gettext(
            "That is enough for the common kinds; shares of the rare ones move by chance."
        )
    if place.basis >= words.TOO_FEW:
        return gettext(
            "That is few: the shares of the past move by chance, and what is told leans on more."
        )
    return gettext(
        "Fewer than {fewest} are too few for shares, so those of the past are withheld; what is "
        "told leans on the region and the kind of location.",
        fewest=words.TOO_FEW,
    )


def risk_table(view: RiskView) -> TableView:
    """A row for each group and class in each place."""
    number, text = ColumnKind.NUMBER, ColumnKind.TEXT
    when = years_words(view.years)
    rows = [
        _row(share, place=place, level=level)
        for place in view.places
        for level, shares in (
            (gettext("broad group"), place.broad),
            (gettext("kind"), place.classes),
        )
        for share in shares
    ]
    where = "_".join(place.slug for place in view.places)
    hour = "any-hour" if view.hour is None else f"{view.hour:02d}h"
    return TableView(
        caption=risk_title(view),
        columns=(
            Column(name="kind", label=gettext("Kind"), kind=text),
            Column(name="level", label=gettext("Level"), kind=text),
            Column(name="place", label=gettext("Place"), kind=text),
            Column(name="per_100", label=gettext("Of 100"), kind=number),
            Column(name="basis", label=gettext("From"), kind=text),
            Column(name="past_per_100", label=gettext("Of 100, {years}", years=when), kind=number),
            Column(name="past_count", label=gettext("Past offences"), kind=number),
            Column(name="past_total", label=gettext("of all kinds"), kind=number),
        ),
        rows=tuple(rows),
        links=(),
        file=f"{where}_classes_location-{view.location}_{view.day}_{hour}",
        source=view.provenance.source,
    )


def _row(share: RiskShare, *, place: RiskPlace, level: str) -> tuple[Cell, ...]:
    past = place.past_share(share)
    return (
        Cell(text=share.label),
        Cell(text=level),
        Cell(text=place.name),
        _of_100_cell(share.told),
        Cell(text=gettext("history") if place.history_only else gettext("model")),
        _of_100_cell(past),
        Cell(text=words.number(share.past), value=share.past),
        Cell(text=words.number(place.basis), value=place.basis),
    )


def _of_100_cell(share: float | None) -> Cell:
    if share is None:
        return Cell(text=gettext("too few"))
    return Cell(text=words.decimal(100 * share), value=round(100 * share, 1))
