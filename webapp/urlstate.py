"""The URL is the state: from a query string to a checked selection, and back.

Every value is looked up in what the dataset holds. What is not there is replaced by the default,
and the repair is told in words, so that an old or mistyped link still opens a page.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from core.nibrs.codes import ALL_OFFENCES

__all__ = [
    "DAYS_LAST_6",
    "DAYS_LAST_12",
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
    OFFICERS = "officers"


class Unit(StrEnum):
    """What is counted; an incident may hold several offences."""

    OFFENCES = "offences"
    INCIDENTS = "incidents"


DAYS_LAST_6 = "last6"
DAYS_LAST_12 = "last12"

MAP_KEYS = ("measure", "of", "year", "unit", "town")
"""Keys of the map's query string, in canonical order."""
TOWN_KEYS = ("of", "year", "unit", "days")
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
    """

    years: tuple[int, ...]
    kinds: tuple[str, ...]
    places: frozenset[str]
    has_map: bool


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a visitor chose; ``place`` is the place selected on the map, or null."""

    measure: Measure
    kind: str
    year: int
    unit: Unit
    days: str
    place: str | None


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
    measure = pick("measure", tuple(Measure), default.measure, _MEASURE_WORDS)
    kind = pick("of", scope.kinds, default.kind, _KIND_WORDS)
    year = pick("year", years, str(default.year), _YEAR_WORDS)
    unit = pick("unit", tuple(Unit), default.unit, _UNIT_WORDS)
    days = pick("days", (DAYS_LAST_12, DAYS_LAST_6, *years), default.days, _DAYS_WORDS)
    place = pick("town", ("", *scope.places), "", _PLACE_WORDS)
    return Parsed(
        selection=Selection(
            measure=Measure(measure),
            kind=kind,
            year=int(year),
            unit=Unit(unit),
            days=days,
            place=place or None,
        ),
        repairs=tuple(repairs),
    )


_MEASURE_WORDS = "The measure “{value}” does not exist; the default is shown."
_KIND_WORDS = "Offences of the kind “{value}” are not in the data; all kinds are shown."
_YEAR_WORDS = "Year {value} is not in the data; {shown} is shown."
_UNIT_WORDS = "“{value}” cannot be counted; offences are shown."
_DAYS_WORDS = "The days “{value}” are not in the data; the last 12 months are shown."
_PLACE_WORDS = "There is no place “{value}” in the data; none is selected."


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
    }


def _values(search: object) -> dict[str, str]:
    if not isinstance(search, str):
        return {}
    try:
        pairs = parse_qsl(search.removeprefix("?"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))
