"""The definitions as a page opens them in place: a term and its meaning, under a key."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, BroadGroup
from webapp.language import gettext
from webapp.urlstate import Measure, Unit
from webapp.views import words
from webapp.views.definitions import (
    CATEGORY_DEFINITIONS,
    GROUP_DEFINITIONS,
    MEASURE_DEFINITIONS,
)

__all__ = ["CHOICE_TERMS", "Definition", "definitions"]

CHOICE_TERMS: Mapping[str, Mapping[str, str]] = {
    "measure": {
        Measure.RATE: "rate",
        Measure.COUNT: "offence",
        Measure.CHANGE: "change",
        Measure.FORECAST: "median",
        Measure.OFFICERS: "officers",
    },
    "unit": {Unit.OFFENCES: "offence", Unit.INCIDENTS: "incident"},
    "of": {slug: slug for slug in (ALL_OFFENCES, *BroadGroup, *CATEGORY_DEFINITIONS)},
}
"""For each parameter of the query string whose values are defined: the term of each value."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A word and what it means here; ``codes`` are the FBI's name and codes of a category."""

    term: str
    meaning: str
    codes: str = ""


def definitions() -> Mapping[str, Definition]:
    """Every definition by its key: measures, groups of offences, categories of offences."""
    measures = {
        key: Definition(term=gettext(term), meaning=gettext(meaning, fewest=words.TOO_FEW))
        for key, (term, meaning) in MEASURE_DEFINITIONS.items()
    }
    every = Definition(
        term=words.kind_label(ALL_OFFENCES),
        meaning=gettext("Every category of offences that an agency reports to the FBI."),
    )
    kinds = {
        str(kind): Definition(
            term=words.kind_label(kind), meaning=gettext(meaning), codes=_codes(str(kind))
        )
        for kind, meaning in (*GROUP_DEFINITIONS.items(), *CATEGORY_DEFINITIONS.items())
    }
    return {**measures, ALL_OFFENCES: every, **kinds}


def _codes(kind: str) -> str:
    if kind not in CATEGORIES:
        return ""
    category = CATEGORIES[kind]
    return f"{category.name}: {', '.join(category.codes)}"
