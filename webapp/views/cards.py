"""Views of the map's surroundings: the strip of key figures, and the card of each place."""

from dataclasses import dataclass
from datetime import date

from webapp.language import gettext, gettext_noop, pgettext
from webapp.urlstate import Measure
from webapp.views import words
from webapp.views.counties import CountyBase
from webapp.views.forecast import Expected
from webapp.views.map import PlaceRow, Standing, no_value_words, standing_of, value_of

__all__ = [
    "Card",
    "CardFact",
    "CardLink",
    "CardsView",
    "KeyFigure",
    "KeyFiguresView",
    "card_facts",
    "card_lead",
    "expected_fact",
    "expected_figure",
]

_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """One figure of the strip with its small line; ``spark`` has null where nothing is known."""

    label: str
    value: str
    note: str
    spark: tuple[float | None, ...]
    spark_label: str


@dataclass(frozen=True, kw_only=True)
class KeyFiguresView:
    """The strip above the map."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, kw_only=True)
class CardFact:
    """A line of a card."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, kw_only=True)
class CardLink:
    """An agency of a county."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the card beside the map says of a place.

    Attributes:
        slug: Of the place or the county; empty for the State.
        name: Its name.
        lead: One sentence.
        facts: Its lines.
        spark: Counts by month, null without a report; empty without any.
        agencies: The agencies of a county, by name; empty for anything else, which has a page.
    """

    slug: str
    name: str
    lead: str
    facts: tuple[CardFact, ...]
    spark: tuple[int | None, ...]
    agencies: tuple[CardLink, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CardsView:
    """A card for each place that is on the map, the State's first."""

    cards: tuple[Card, ...]
    spark_label: str


def card_lead(row: PlaceRow, *, what: str, year: int) -> str:
    """One sentence on a place."""
    without = {
        Standing.NO_AGENCY: gettext_noop("No agency in these data is the town's own in {year}.")
        if row.town
        else gettext_noop("No agency that serves this county alone is in these data for {year}."),
        Standing.STATE_POLICE: gettext_noop(
            "Policed by the State Police in {year}; no figure for the town alone."
        ),
        Standing.NO_REPORT: gettext_noop("No report for {year}."),
    }.get(standing_of(row, measure=Measure.COUNT))
    if without is not None:
        return gettext(without, year=year)
    text = gettext(
        "{count} {what} in {year}", count=words.number(row.count or 0), what=what, year=year
    )
    rate = value_of(row, measure=Measure.RATE)
    if rate is not None:
        text += gettext(", {rate} per 1,000 people", rate=words.rate(rate))
    change = value_of(row, measure=Measure.CHANGE)
    if change is not None:
        return f"{text}: {words.change_in_words(change, than=str(year - 1))}."
    if row.months < _YEAR:
        return text + gettext(", in {count} of 12 months.", count=row.months)
    if standing_of(row, measure=Measure.CHANGE) is Standing.TOO_FEW:
        before = words.number(row.previous or 0)
        return text + gettext(", after {count} in {year}.", count=before, year=year - 1)
    return f"{text}."


def card_facts(row: PlaceRow, *, residents: int | None, year: int) -> tuple[CardFact, ...]:
    """People, officers, months."""
    facts = []
    people = row.people or residents
    if people:
        facts.append(CardFact(label=gettext("People"), value=words.number(people), note=""))
    if row.officers is not None:
        share = (row.women or 0) / row.officers if row.officers >= words.TOO_FEW else None
        facts.append(
            CardFact(
                label=gettext("Sworn officers"),
                value=words.number(row.officers),
                note=""
                if share is None
                else gettext("{percent} women", percent=words.percent(share)),
            )
        )
    if row.county is not None:
        facts.append(_agencies_fact(row.county))
    elif row.policed:
        months = gettext("{count} of 12 months", count=row.months)
        facts.append(CardFact(label=pgettext("months", "Reported"), value=months, note=""))
    elif not facts:
        facts.append(
            CardFact(
                label=gettext("Police"),
                value=no_value_words(row, measure=Measure.COUNT, year=year),
                note="",
            )
        )
    return tuple(facts)


def _agencies_fact(base: CountyBase) -> CardFact:
    return CardFact(
        label=gettext("Agencies"),
        value=gettext("{full} of {count}", full=base.full, count=base.agencies),
        note=gettext("reported every month"),
    )


def expected_fact(expected: Expected | None) -> CardFact:
    """The forecast of all kinds of offences; a place without one says so."""
    if expected is None:
        return CardFact(label=gettext("Next 30 days"), value=gettext("no forecast"), note="")
    return CardFact(
        label=gettext("Next 30 days"),
        value=words.number(expected.median),
        note=f"({_limits(expected)})",
    )


def expected_figure(expected: Expected, *, end: date, days: tuple[float, ...]) -> KeyFigure:
    """The forecast of the whole State; ``days`` are the means of its days."""
    return KeyFigure(
        label=gettext("Next 30 days, all kinds"),
        value=words.number(expected.median),
        note=gettext(
            "to {day}; four times in five {limits}", day=words.day(end), limits=_limits(expected)
        ),
        spark=days,
        spark_label=gettext("offences by day of the forecast"),
    )


def _limits(expected: Expected) -> str:
    low, high = words.number(expected.lower_80), words.number(expected.upper_80)
    return gettext("{low} to {high}", low=low, high=high)
