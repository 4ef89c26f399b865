"""What is chosen on the page of classes: places, kind of location, day, hour; and back."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlencode

from core.nibrs.codes import LOCATION_TYPES
from webapp.language import gettext, gettext_noop
from webapp.urlstate.values import QueryValues, shortened, spoken_day

__all__ = [
    "ALL_CLASSES",
    "ALL_YEARS",
    "ANY_HOUR",
    "ANY_LOCATION",
    "DEFAULT_LOCATION",
    "FEW_CLASSES",
    "MOST_PLACES",
    "HistoryScope",
    "ParsedRisk",
    "RiskChoice",
    "RiskScope",
    "default_risk",
    "parse_risk",
    "risk_url",
]


class HistoryScope(StrEnum):
    """Whose past offences the history shows."""

    PLACE = "town"
    REGION = "region"
    STATE = "state"


ANY_LOCATION = "any"
ANY_HOUR = "any"
ALL_YEARS = "all"
FEW_CLASSES = "5"
ALL_CLASSES = "all"
DEFAULT_LOCATION = "20"
"""Residence: the commonest of the FBI's location types."""
MOST_PLACES = 3

_HOURS = tuple(map(str, range(24)))


@dataclass(frozen=True, kw_only=True)
class RiskScope:
    """What can be chosen.

    Attributes:
        places: Slugs of every place.
        default_place: The place shown where none is chosen.
        years: Data years, ascending.
        days: First and last day that can be chosen.
        default_day: The last day of the data.
    """

    places: frozenset[str]
    default_place: str
    years: tuple[int, ...]
    days: tuple[date, date]
    default_day: date


@dataclass(frozen=True, kw_only=True)
class RiskChoice:
    """What a visitor chose.

    Attributes:
        places: One to three slugs, each once.
        location: Code of the location type, or :data:`ANY_LOCATION`.
        day: The day.
        hour: 0-23; null for any hour.
        every_class: Whether the chart shows all classes, not the likeliest alone.
        history: Whose past offences the history shows.
        year: Of the history; null for all years.
    """

    places: tuple[str, ...]
    location: str
    day: date
    hour: int | None
    every_class: bool
    history: HistoryScope
    year: int | None


@dataclass(frozen=True, kw_only=True)
class ParsedRisk:
    """A choice, and one sentence for each value that had to be repaired."""

    choice: RiskChoice
    repairs: tuple[str, ...]


def default_risk(scope: RiskScope) -> RiskChoice:
    """What a visitor sees without choosing."""
    return RiskChoice(
        places=(scope.default_place,),
        location=DEFAULT_LOCATION,
        day=scope.default_day,
        hour=None,
        every_class=False,
        history=HistoryScope.PLACE,
        year=None,
    )


def parse_risk(search: object, *, scope: RiskScope) -> ParsedRisk:
    """Read a query string; anything may stand in it."""
    given = QueryValues(search)
    pick = given.pick
    years = (ALL_YEARS, *map(str, scope.years))
    hour = pick("hour", allowed=(ANY_HOUR, *_HOURS), fallback=ANY_HOUR, words=_HOUR_WORDS)
    classes = pick(
        "classes",
        allowed=(FEW_CLASSES, ALL_CLASSES),
        fallback=FEW_CLASSES,
        words=_CLASSES_WORDS,
    )
    year = pick("year", allowed=years, fallback=ALL_YEARS, words=_YEAR_WORDS)
    choice = RiskChoice(
        places=_places(given, scope=scope),
        location=pick(
            "location",
            allowed=(ANY_LOCATION, *LOCATION_TYPES),
            fallback=DEFAULT_LOCATION,
            words=_LOCATION_WORDS,
        ),
        day=_day(given, scope=scope),
        hour=None if hour == ANY_HOUR else int(hour),
        every_class=classes == ALL_CLASSES,
        history=HistoryScope(
            pick(
                "scope",
                allowed=tuple(HistoryScope),
                fallback=HistoryScope.PLACE,
                words=_SCOPE_WORDS,
            )
        ),
        year=None if year == ALL_YEARS else int(year),
    )
    return ParsedRisk(choice=choice, repairs=given.repairs)


_HOUR_WORDS = gettext_noop("Hour “{value}” does not exist, only 0 to 23; any hour is taken.")
_YEAR_WORDS = gettext_noop("Year {value} is not in the data; all years are shown.")
_LOCATION_WORDS = gettext_noop(
    "“{value}” is no location type of the FBI; “Residence/Home” is taken."
)
_CLASSES_WORDS = gettext_noop(
    "“{value}” classes cannot be chosen; the {shown} likeliest are shown."
)
_SCOPE_WORDS = gettext_noop("“{value}” has no history of its own; that of the town is shown.")
_PLACE_WORDS = gettext_noop(
    "“{value}” is left out: it is no place of the data, or one more than the {most} that can be "
    "shown together."
)


def _places(given: QueryValues, *, scope: RiskScope) -> tuple[str, ...]:
    chosen = given.pick_several("towns", allowed=scope.places, most=MOST_PLACES, words=_PLACE_WORDS)
    return chosen or (scope.default_place,)


def _day(given: QueryValues, *, scope: RiskScope) -> date:
    value = given.text("date")
    if not value:
        return scope.default_day
    shown, first, last = shortened(value), *scope.days
    try:
        day = date.fromisoformat(value)
    except ValueError:
        given.repair(
            gettext(
                "“{value}” is no day of any year; {day} is taken.",
                value=shown,
                day=spoken_day(scope.default_day),
            )
        )
        return scope.default_day
    if not first <= day <= last:
        given.repair(
            gettext(
                "{day} is too far from the data; days from {first} to {last} can be chosen, and "
                "{default} is taken.",
                day=spoken_day(day),
                first=spoken_day(first),
                last=spoken_day(last),
                default=spoken_day(scope.default_day),
            )
        )
        return scope.default_day
    return day


def risk_url(choice: RiskChoice, *, scope: RiskScope) -> str:
    """Path and query string; defaults are left out."""
    default = _pairs(default_risk(scope))
    pairs = [(key, value) for key, value in _pairs(choice).items() if value != default[key]]
    query = urlencode(pairs, safe=",")
    return f"/risk?{query}" if query else "/risk"


def _pairs(choice: RiskChoice) -> dict[str, str]:
    """Keys of the query string in canonical order."""
    return {
        "towns": ",".join(choice.places),
        "location": choice.location,
        "date": choice.day.isoformat(),
        "hour": ANY_HOUR if choice.hour is None else str(choice.hour),
        "classes": ALL_CLASSES if choice.every_class else FEW_CLASSES,
        "scope": str(choice.history),
        "year": ALL_YEARS if choice.year is None else str(choice.year),
    }
