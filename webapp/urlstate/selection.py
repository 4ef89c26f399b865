"""What is chosen on the map and on the page of a place: from a query string, and back."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from core.nibrs.codes import ALL_OFFENCES
from webapp.language import gettext, gettext_noop
from webapp.urlstate.values import QueryValues, shortened, spoken_day

__all__ = [
    "DAYS_LAST_6",
    "DAYS_LAST_12",
    "DEFAULT_HORIZON",
    "HORIZONS",
    "MAP_KEYS",
    "TOWN_KEYS",
    "Measure",
    "Parsed",
    "Scope",
    "Selection",
    "Unit",
    "default_selection",
    "map_url",
    "parse_search",
    "search_of",
    "town_url",
]


class Measure(StrEnum):
    """What the map shows."""

    RATE = "rate"
    COUNT = "count"
    CHANGE = "change"
    FORECAST = "forecast"
    OFFICERS = "officers"


class Unit(StrEnum):
    """What is counted; an incident may hold several offences."""

    OFFENCES = "offences"
    INCIDENTS = "incidents"


DAYS_LAST_6 = "last6"
DAYS_LAST_12 = "last12"

HORIZONS = (7, 14, 30, 60)
"""Days that a forecast can run."""
DEFAULT_HORIZON = 30

MAP_KEYS = ("measure", "of", "year", "unit", "town")
"""Keys of the map's query string, in canonical order."""
TOWN_KEYS = ("of", "year", "unit", "horizon", "origin", "bridge", "days")
"""Keys of a town's query string, in canonical order."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a dataset offers to choose from.

    Attributes:
        years: Data years, ascending.
        kinds: The selections of offences that the dataset has, ``all`` first.
        places: Slugs of every place.
        has_map: Whether there is a map, of towns or of counties.
        counties: Slugs of the counties of a map of counties.
        origins: First and last day that a forecast can start from; null without forecasts.
        bridges: First and last day that it can be carried on to from the end of the data, over days
            without data; null without forecasts.
    """

    years: tuple[int, ...]
    kinds: tuple[str, ...]
    places: frozenset[str]
    has_map: bool
    origins: tuple[date, date] | None = None
    bridges: tuple[date, date] | None = None
    counties: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a visitor chose.

    Attributes:
        measure: What the map shows.
        kind: The selection of offences.
        year: Year shown.
        unit: What is counted.
        days: Days shown one by one.
        place: The place selected on the map, or null.
        horizon: Days of the forecast.
        origin: Last day that the forecast may know; null is the end of the data.
        bridge: Last of the days without data that the forecast is carried over, from the end of
            the data; null where its days follow those that it knows.
    """

    measure: Measure
    kind: str
    year: int
    unit: Unit
    days: str
    place: str | None
    horizon: int = DEFAULT_HORIZON
    origin: date | None = None
    bridge: date | None = None


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A selection, and one sentence for each value that had to be repaired."""

    selection: Selection
    repairs: tuple[str, ...]


def default_selection(scope: Scope) -> Selection:
    """What a visitor sees without choosing."""
    return Selection(
        measure=Measure.RATE if scope.has_map else Measure.COUNT,
        kind=ALL_OFFENCES,
        year=scope.years[-1],
        unit=Unit.OFFENCES,
        days=DAYS_LAST_12,
        place=None,
    )


def parse_search(search: object, *, scope: Scope) -> Parsed:
    """Read a query string; anything may stand in it."""
    given = QueryValues(search)
    default = default_selection(scope)
    pick = given.pick
    years = tuple(str(year) for year in scope.years)
    measures = tuple(m for m in Measure if m is not Measure.FORECAST or scope.origins)
    days = (DAYS_LAST_12, DAYS_LAST_6, *years)
    places = ("", *scope.places, *scope.counties)
    horizons = tuple(map(str, HORIZONS))
    origin = _origin(given, scope=scope)
    selection = Selection(
        measure=Measure(
            pick("measure", allowed=measures, fallback=default.measure, words=_MEASURE_WORDS)
        ),
        kind=pick("of", allowed=scope.kinds, fallback=default.kind, words=_KIND_WORDS),
        year=int(pick("year", allowed=years, fallback=str(default.year), words=_YEAR_WORDS)),
        unit=Unit(pick("unit", allowed=tuple(Unit), fallback=default.unit, words=_UNIT_WORDS)),
        days=pick("days", allowed=days, fallback=default.days, words=_DAYS_WORDS),
        place=pick("town", allowed=places, fallback="", words=_PLACE_WORDS) or None,
        horizon=int(
            pick("horizon", allowed=horizons, fallback=str(default.horizon), words=_HORIZON_WORDS)
        ),
        origin=origin,
        bridge=_bridge(given, scope=scope, origin=origin),
    )
    return Parsed(selection=selection, repairs=given.repairs)


_MEASURE_WORDS = gettext_noop("The measure “{value}” does not exist; the default is shown.")
_KIND_WORDS = gettext_noop(
    "Offences of the kind “{value}” are not in the data; all kinds are shown."
)
_YEAR_WORDS = gettext_noop("Year {value} is not in the data; {shown} is shown.")
_UNIT_WORDS = gettext_noop("“{value}” cannot be counted; offences are shown.")
_DAYS_WORDS = gettext_noop("The days “{value}” are not in the data; the last 12 months are shown.")
_PLACE_WORDS = gettext_noop("There is no place “{value}” in the data; none is selected.")
_HORIZON_WORDS = gettext_noop(
    "A forecast of “{value}” days cannot be chosen; {shown} days are shown."
)


def _origin(given: QueryValues, *, scope: Scope) -> date | None:
    """The last day that the forecast may know; null is the end of the data."""
    value = given.text("origin")
    if not value:
        return None
    shown = shortened(value)
    if scope.origins is None:
        given.repair(
            gettext("This dataset holds no forecast, so none can start from “{day}”.", day=shown)
        )
        return None
    first, last = scope.origins
    try:
        day = date.fromisoformat(value)
    except ValueError:
        given.repair(
            gettext("“{day}” is no day; the forecast starts from the end of the data.", day=shown)
        )
        return None
    if not first <= day <= last:
        given.repair(
            gettext(
                "No forecast can start from {day}; days from {first} to {last} can be chosen, and "
                "the end of the data is taken.",
                day=spoken_day(day),
                first=spoken_day(first),
                last=spoken_day(last),
            )
        )
        return None
    return None if day == last else day


def _bridge(given: QueryValues, *, scope: Scope, origin: date | None) -> date | None:
    """The day that the forecast is carried on to; null where nothing is bridged."""
    value = given.text("bridge")
    if not value:
        return None
    shown = shortened(value)
    if scope.bridges is None:
        given.repair(
            gettext(
                "This dataset holds no forecast, so none can be carried on to “{day}”.", day=shown
            )
        )
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        given.repair(
            gettext("“{day}” is no day; the forecast follows the end of the data.", day=shown)
        )
        return None
    if origin is not None:
        given.repair(
            gettext(
                "A forecast from {origin} is not carried on to {day}: only one from the end of "
                "the data is.",
                origin=spoken_day(origin),
                day=spoken_day(day),
            )
        )
        return None
    return _bridged(given, day=day, bridges=scope.bridges)


def _bridged(given: QueryValues, *, day: date, bridges: tuple[date, date]) -> date | None:
    """The day within the days that a forecast can be carried on to."""
    first, last = bridges
    if day < first:
        given.repair(
            gettext(
                "The data reach {last}, so nothing lies between them and {day}; the forecast "
                "follows the end of the data.",
                last=spoken_day(first - timedelta(days=1)),
                day=spoken_day(day),
            )
        )
        return None
    if day > last:
        given.repair(
            gettext(
                "{day} is too far from the data: a forecast is carried on over {count} days at "
                "most, so this one goes on to {last}.",
                day=spoken_day(day),
                count=(last - first).days + 1,
                last=spoken_day(last),
            )
        )
    return min(day, last)


def search_of(selection: Selection, *, scope: Scope, keys: tuple[str, ...]) -> str:
    """The canonical query string, with its question mark; defaults are left out."""
    default = _pairs(default_selection(scope))
    chosen = _pairs(selection)
    pairs = [(key, chosen[key]) for key in keys if chosen[key] != default[key]]
    return f"?{urlencode(pairs)}" if pairs else ""


def map_url(selection: Selection, *, scope: Scope) -> str:
    """Path and query string of the map."""
    return f"/{search_of(selection, scope=scope, keys=MAP_KEYS)}"


def town_url(slug: str, *, selection: Selection, scope: Scope) -> str:
    """Path and query string of a place's page; ``slug`` holds only letters, digits, hyphens."""
    return f"/town/{slug}{search_of(selection, scope=scope, keys=TOWN_KEYS)}"


def _pairs(selection: Selection) -> dict[str, str]:
    return {
        "measure": str(selection.measure),
        "of": selection.kind,
        "year": str(selection.year),
        "unit": str(selection.unit),
        "town": selection.place or "",
        "days": selection.days,
        "horizon": str(selection.horizon),
        "origin": selection.origin.isoformat() if selection.origin else "",
        "bridge": selection.bridge.isoformat() if selection.bridge else "",
    }
