"""Views of the map's surroundings: the strip of key figures, and the card of each place."""

from dataclasses import dataclass
from datetime import date

from webapp.urlstate import Measure
from webapp.views import words
from webapp.views.forecast import Expected
from webapp.views.map import PlaceRow, Standing, no_value_words, standing_of, value_of

__all__ = [
    "Card",
    "CardFact",
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
class Card:
    """What the card beside the map says of a place; ``slug`` is empty for the State."""

    slug: str
    name: str
    lead: str
    facts: tuple[CardFact, ...]
    spark: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class CardsView:
    """A card for each place that is on the map, the State's first."""

    cards: tuple[Card, ...]
    spark_label: str


def card_lead(row: PlaceRow, *, what: str, year: int) -> str:
    """One sentence on a place."""
    if standing_of(row, measure=Measure.COUNT) is Standing.STATE_POLICE:
        return f"Policed by the State Police in {year}; no figure for the town alone."
    if row.count is None or row.months == 0:
        return f"No report for {year}."
    text = f"{words.number(row.count)} {what} in {year}"
    rate = value_of(row, measure=Measure.RATE)
    if rate is not None:
        text += f", {words.rate(rate)} per 1,000 people"
    change = value_of(row, measure=Measure.CHANGE)
    if change is not None:
        return f"{text}: {words.change_in_words(change, than=str(year - 1))}."
    if row.months < _YEAR:
        return f"{text}, in {row.months} of 12 months."
    if standing_of(row, measure=Measure.CHANGE) is Standing.TOO_FEW:
        return f"{text}, after {words.number(row.previous or 0)} in {year - 1}."
    return f"{text}."


def card_facts(row: PlaceRow, *, residents: int | None, year: int) -> tuple[CardFact, ...]:
    """People, officers, months."""
    facts = []
    people = row.people or residents
    if people:
        facts.append(CardFact(label="People", value=words.number(people), note=""))
    if row.officers is not None:
        share = (row.women or 0) / row.officers if row.officers >= words.TOO_FEW else None
        facts.append(
            CardFact(
                label="Sworn officers",
                value=words.number(row.officers),
                note="" if share is None else f"{words.percent(share)} women",
            )
        )
    if row.policed:
        facts.append(CardFact(label="Reported", value=f"{row.months} of 12 months", note=""))
    elif not facts:
        facts.append(
            CardFact(
                label="Police",
                value=no_value_words(row, measure=Measure.COUNT, year=year),
                note="",
            )
        )
    return tuple(facts)


def expected_fact(expected: Expected | None) -> CardFact:
    """The forecast of all kinds of offences; a place without one says so."""
    if expected is None:
        return CardFact(label="Next 30 days", value="no forecast", note="")
    return CardFact(
        label="Next 30 days", value=words.number(expected.median), note=f"({_limits(expected)})"
    )


def expected_figure(expected: Expected, *, end: date, days: tuple[float, ...]) -> KeyFigure:
    """The forecast of the whole State; ``days`` are the means of its days."""
    return KeyFigure(
        label="Next 30 days, all kinds",
        value=words.number(expected.median),
        note=f"to {words.day(end)}; four times in five {_limits(expected)}",
        spark=days,
        spark_label="offences by day of the forecast",
    )


def _limits(expected: Expected) -> str:
    return f"{words.number(expected.lower_80)} to {words.number(expected.upper_80)}"
