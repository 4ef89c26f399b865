"""The values of a query string, looked up one by one; what had to be repaired is told in words."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import parse_qsl

from webapp.language import gettext, in_pattern

__all__ = ["QueryValues", "shortened", "spoken_day"]

_LONGEST_SHOWN = 40
_MOST_FIELDS = 50


class QueryValues:
    """What a visitor sent, read through lists of what is allowed.

    Keys that are not ours are ignored (other sites add their own); of a repeated key the first
    counts; anything may stand in the text.
    """

    def __init__(self, search: object) -> None:
        """Split a query string, with or without its question mark."""
        self._values = _split(search)
        self._repairs: list[str] = []

    @property
    def repairs(self) -> tuple[str, ...]:
        """One sentence for each value that was replaced so far."""
        return tuple(self._repairs)

    def text(self, key: str) -> str:
        """The value as it came; empty where there is none."""
        return self._values.get(key, "")

    def pick(self, key: str, *, allowed: Sequence[str], fallback: str, words: str) -> str:
        """The value where it is allowed, else the fallback and a repair.

        Args:
            key: Of the query string.
            allowed: Every value that can be chosen.
            fallback: Taken where there is no value, or another.
            words: The repair, marked with :func:`webapp.language.gettext_noop`, with ``{value}``
                and ``{shown}`` (the fallback).
        """
        value = self._values.get(key, fallback)
        if value in allowed:
            return value
        self.repair(gettext(words, value=shortened(value), shown=fallback))
        return fallback

    def pick_several(
        self, key: str, *, allowed: frozenset[str], most: int, words: str
    ) -> tuple[str, ...]:
        """Values between commas, each once and in their order; others are repaired away.

        Args:
            key: Of the query string.
            allowed: Every value that can be chosen.
            most: How many can be; later ones are dropped with the same repair.
            words: The repair for one of them, likewise, with ``{value}`` and ``{most}``.
        """
        kept: list[str] = []
        for value in filter(None, self.text(key).split(",")):
            if value in kept:
                continue
            if value in allowed and len(kept) < most:
                kept.append(value)
            elif len(self._repairs) < _MOST_FIELDS:
                self.repair(gettext(words, value=shortened(value), most=most))
        return tuple(kept)

    def repair(self, words: str) -> None:
        """Note a repair that a caller made."""
        self._repairs.append(words)


def shortened(value: str) -> str:
    """A value as it can stand in a sentence, however long it came."""
    return value[:_LONGEST_SHOWN]


def spoken_day(value: date) -> str:
    """``31 Dec 2024``, in the spoken language."""
    return in_pattern(value, "d MMM y")


def _split(search: object) -> dict[str, str]:
    if not isinstance(search, str):
        return {}
    try:
        pairs = parse_qsl(search.removeprefix("?"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))
