"""The URL is the state: from a query string to a checked selection, and back.

Every value is looked up in what the dataset holds. What is not there is replaced by the default,
and the repair is told in words, so that an old or mistyped link still opens a page.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from core.nibrs.codes import ALL_OFFENCES

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
TOWN_KEYS = ("of", "year", "unit", "horizon", "origin", "days")
"""Keys of a town's query string, in canonical order."""

_LONGEST_SHOWN = 40
_MOST_FIELDS = 50


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a dataset offers to choose from.

    Attributes:
        years: Data years, ascending.
        kinds: The selections of offences that the dataset has, ``all`` first.
        places: Slugs of every place.
        has_map: Whether the rate by town can be drawn on a map.
        origins: First and last day that a forecast can start from; null without forecasts.
    """

    years: tuple[int, ...]
    kinds: tuple[str, ...]
    places: frozenset[str]
    has_map: bool
    origins: tuple[date, date] | None = None


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
    """

    measure: Measure
    kind: str
    year: int
    unit: Unit
    days: str
    place: str | None
    horizon: int = DEFAULT_HORIZON
    origin: date | None = None


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
    """Read a query string; anything may stand in it.

    Keys that are not ours are ignored (other sites add their own); of a repeated key the first
    counts.
    """
    values = _values(search)
    default = default_selection(scope)
    repairs: list[str] = []

    def pick(key: str, allowed: tuple[str, ...], fallback: str, words: str) -> str:
        value = values.get(key, fallback)
        if value in allowed:
            return value
        repairs.append(words.format(value=value[:_LONGEST_SHOWN], shown=fallback))
        return fallback

    years = tuple(str(year) for year in scope.years)
    measures = tuple(m for m in Measure if m is not Measure.FORECAST or scope.origins)
    measure = pick("measure", measures, default.measure, _MEASURE_WORDS)
    kind = pick("of", scope.kinds, default.kind, _KIND_WORDS)
    year = pick("year", years, str(default.year), _YEAR_WORDS)
    unit = pick("unit", tuple(Unit), default.unit, _UNIT_WORDS)
    days = pick("days", (DAYS_LAST_12, DAYS_LAST_6, *years), default.days, _DAYS_WORDS)
    place = pick("town", ("", *scope.places), "", _PLACE_WORDS)
    horizons = tuple(map(str, HORIZONS))
    horizon = pick("horizon", horizons, str(default.horizon), _HORIZON_WORDS)
    origin, repair = _origin(values.get("origin", ""), scope=scope)
    if repair:
        repairs.append(repair)
    return Parsed(
        selection=Selection(
            measure=Measure(measure),
            kind=kind,
            year=int(year),
            unit=Unit(unit),
            days=days,
            place=place or None,
            horizon=int(horizon),
            origin=origin,
        ),
        repairs=tuple(repairs),
    )


_MEASURE_WORDS = "The measure “{value}” does not exist; the default is shown."
_KIND_WORDS = "Offences of the kind “{value}” are not in the data; all kinds are shown."
_YEAR_WORDS = "Year {value} is not in the data; {shown} is shown."
_UNIT_WORDS = "“{value}” cannot be counted; offences are shown."
_DAYS_WORDS = "The days “{value}” are not in the data; the last 12 months are shown."
_PLACE_WORDS = "There is no place “{value}” in the data; none is selected."


_HORIZON_WORDS = "A forecast of “{value}” days cannot be chosen; {shown} days are shown."


def _origin(value: str, *, scope: Scope) -> tuple[date | None, str]:
    """The last day that the forecast may know, and what had to be repaired."""
    if not value:
        return None, ""
    shown = value[:_LONGEST_SHOWN]
    if scope.origins is None:
        return None, f"This dataset holds no forecast, so none can start from “{shown}”."
    first, last = scope.origins
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None, f"“{shown}” is no day; the forecast starts from the end of the data."
    if not first <= day <= last:
        return None, (
            f"No forecast can start from {day}; days from {first} to {last} can be chosen, and "
            "the end of the data is taken."
        )
    return (None if day == last else day), ""


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
    }


def _values(search: object) -> dict[str, str]:
    if not isinstance(search, str):
        return {}
    try:
        pairs = parse_qsl(search.removeprefix("?"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))
