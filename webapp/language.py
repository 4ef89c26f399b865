"""What language a visitor reads: one catalogue of messages, and how its readers write numbers.

The English text in the code is the key of the catalogue, as with GNU gettext; every other language
is a file in ``webapp/languages``. Which language is spoken belongs to the request: it is set before
anything is made for it, and everything below asks here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Generic, TypeVar

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po

__all__ = [
    "CATALOGUES",
    "Language",
    "decimal_marks",
    "gettext",
    "gettext_noop",
    "in_pattern",
    "language_named",
    "locale",
    "ngettext",
    "pgettext",
    "speaking",
    "spoken",
    "spoken_property",
    "start_speaking",
]

CATALOGUES: Final = Path(__file__).resolve().parent / "languages"
"""Folder of the catalogues, ``<language>.po``."""


class Language(StrEnum):
    """A language of the pages, by its BCP 47 code as the URL and the document hold it."""

    ENGLISH = "en"
    SPANISH = "es"


# Spanish as it is written in the United States: 1,234.5 means the same to all readers there.
_LOCALES: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "en_US",
    Language.SPANISH: "es_US",
}
_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value")
_SPOKEN: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)


def spoken() -> Language:
    """The language of the present request; English outside of one."""
    return _SPOKEN.get()


def start_speaking(language: Language) -> None:
    """Speak a language from here to the end of the request."""
    _SPOKEN.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language within a block.

    >>> with speaking(Language.SPANISH):
    ...     spoken().value
    'es'
    """
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def language_named(name: str) -> Language | None:
    """The language with this code, or null.

    >>> language_named("es")
    <Language.SPANISH: 'es'>
    """
    return Language(name) if name in tuple(Language) else None


def gettext(message: str, /, **values: object) -> str:
    """A message in the spoken language.

    Args:
        message: In English, with ``{name}`` where a value goes. A literal, so that it is found by
            the extraction; or the return value of :func:`gettext_noop`.
        values: What goes into the message, already in words.
    """
    return _filled(_messages(spoken()).one.get(("", message), message), values=values)


def pgettext(context: str, message: str, /, **values: object) -> str:
    """As :func:`gettext`, for a message that needs telling apart from its like by a context."""
    return _filled(_messages(spoken()).one.get((context, message), message), values=values)


def ngettext(one: str, many: str, count: float, /, **values: object) -> str:
    """As :func:`gettext`, for a message that depends on a count.

    Args:
        one: The message for exactly one.
        many: The message for any other count.
        count: How many; it does not go into the message by itself.
        values: What goes into the message, the written count among it.
    """
    # English and Spanish have these two forms, and the same rule for them.
    single, several = _messages(spoken()).several.get(one, (one, many))
    return _filled(single if count == 1 else several, values=values)


def gettext_noop(message: str, /) -> str:
    """A message that is spoken later: marks it for the extraction, and returns it as it is."""
    return message


def locale() -> Locale:
    """Babel's locale of the spoken language."""
    return _locale(spoken())


def decimal_marks() -> tuple[str, str]:
    """The mark before decimals and the one between thousands."""
    return _marks(spoken())


def in_pattern(day: date, /, pattern: str) -> str:
    """A day in a date pattern of CLDR, such as ``d MMM y``."""
    return _dated(day, pattern, spoken())


class spoken_property(Generic[_Owner, _Value]):  # noqa: N801 - stands where a property does
    """As :class:`functools.cached_property`, with a value for each language."""

    def __init__(self, compute: Callable[[_Owner], _Value]) -> None:
        """Keep what ``compute`` returns, once for each language that is spoken."""
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: _Owner, owner: type | None = None) -> _Value:
        kept: dict[tuple[str, Language], _Value] = instance.__dict__.setdefault("_spoken", {})
        key = (self._name, spoken())
        if key not in kept:
            kept[key] = self._compute(instance)
        return kept[key]


@dataclass(frozen=True, kw_only=True)
class _Messages:
    """A catalogue: messages by context and English text, and those with two forms by the first."""

    one: Mapping[tuple[str, str], str]
    several: Mapping[str, tuple[str, str]]


@cache
def _messages(language: Language) -> _Messages:
    if language is Language.ENGLISH:
        return _Messages(one={}, several={})
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=str(language))
    one: dict[tuple[str, str], str] = {}
    several: dict[str, tuple[str, str]] = {}
    for message in catalogue:
        if isinstance(message.id, tuple | list) and isinstance(message.string, tuple | list):
            single, other = message.string
            if single and other:
                several[message.id[0]] = (single, other)
        elif message.id and isinstance(message.id, str) and isinstance(message.string, str):
            one[(message.context or "", message.id)] = message.string or message.id
    return _Messages(one=one, several=several)


def _filled(message: str, *, values: Mapping[str, object]) -> str:
    return message.format_map(values) if values else message


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(_LOCALES[language])


@cache
def _marks(language: Language) -> tuple[str, str]:
    symbols = _locale(language).number_symbols["latn"]
    return symbols["decimal"], symbols["group"]


@lru_cache(maxsize=4096)
def _dated(day: date, pattern: str, language: Language) -> str:
    return format_date(day, format=pattern, locale=_locale(language))
