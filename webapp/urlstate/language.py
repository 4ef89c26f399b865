"""The language of a page: the parameter ``lang`` of the query string."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from webapp.language import Language, gettext, language_named
from webapp.urlstate.values import QueryValues, shortened

__all__ = ["LANGUAGE_KEY", "language_of", "language_repairs", "same_page"]

LANGUAGE_KEY = "lang"
"""Key of the query string; English is left out."""


def language_of(search: object) -> Language:
    """The language that the query string names; English where it names none that is here."""
    return language_named(QueryValues(search).text(LANGUAGE_KEY)) or Language.ENGLISH


def language_repairs(search: object) -> tuple[str, ...]:
    """What had to be repaired in the choice of the language."""
    name = QueryValues(search).text(LANGUAGE_KEY)
    if not name or language_named(name):
        return ()
    return (gettext("There is no language “{name}” here; English is shown.", name=shortened(name)),)


def same_page(path: str, *, search: str) -> Mapping[Language, str]:
    """Path and query string of the same page in each language.

    Args:
        path: Of the page.
        search: Its query string; anything may stand in it.
    """
    pairs = [pair for pair in parse_qsl(search.removeprefix("?")) if pair[0] != LANGUAGE_KEY]
    found = {}
    for language in Language:
        own = [] if language is Language.ENGLISH else [(LANGUAGE_KEY, str(language))]
        query = urlencode(pairs + own)
        found[language] = f"{quote(path)}{'?' if query else ''}{query}"
    return found
