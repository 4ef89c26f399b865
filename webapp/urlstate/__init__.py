"""The URL is the state: from a query string to a checked selection, and back.

Every value is looked up in what the dataset holds. What is not there is replaced by the default,
and the repair is told in words, so that an old or mistyped link still opens a page.
"""

from webapp.urlstate.selection import (
    DAYS_LAST_6,
    DAYS_LAST_12,
    DEFAULT_HORIZON,
    HORIZONS,
    MAP_KEYS,
    TOWN_KEYS,
    Measure,
    Parsed,
    Scope,
    Selection,
    Unit,
    default_selection,
    map_url,
    parse_search,
    search_of,
    town_url,
)
from webapp.urlstate.values import QueryValues, shortened

__all__ = [
    "DAYS_LAST_6",
    "DAYS_LAST_12",
    "DEFAULT_HORIZON",
    "HORIZONS",
    "MAP_KEYS",
    "TOWN_KEYS",
    "Measure",
    "Parsed",
    "QueryValues",
    "Scope",
    "Selection",
    "Unit",
    "default_selection",
    "map_url",
    "parse_search",
    "search_of",
    "shortened",
    "town_url",
]
