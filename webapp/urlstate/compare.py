"""What is chosen on the page that compares places: from a query string, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from core.nibrs.codes import ALL_OFFENCES
from webapp.language import gettext, gettext_noop
from webapp.urlstate.selection import Scope as DatasetScope
from webapp.urlstate.selection import Selection, Unit, default_selection, parse_search
from webapp.urlstate.values import QueryValues, shortened

__all__ = [
    "MOST_COMPARED",
    "CompareChoice",
    "CompareMeasure",
    "CompareScope",
    "ParsedCompare",
    "compare_url",
    "default_compare",
    "parse_compare",
]

MOST_COMPARED = 3
"""Places side by side; more colours than that cannot be told apart by everybody."""


class CompareMeasure(StrEnum):
    """On which axis places of different size stand."""

    RATE = "rate"
    COUNT = "count"


@dataclass(frozen=True, kw_only=True)
class CompareScope:
    """What can be chosen.

    Attributes:
        dataset: Years, kinds and places of the dataset.
        places: Places with an agency of their own in any year: slug to name, by name.
        default: Those shown where none is chosen.
    """

    dataset: DatasetScope
    places: Mapping[str, str]
    default: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CompareChoice:
    """What a visitor chose.

    Attributes:
        places: One to three slugs, each once, in the order chosen.
        measure: Rates or counts.
        kind: The selection of offences.
        year: Year of the cards, the mix and the officers.
        unit: What is counted.
    """

    places: tuple[str, ...]
    measure: CompareMeasure
    kind: str
    year: int
    unit: Unit

    def selection(self, scope: CompareScope) -> Selection:
        """The same choice as the page of a place knows it."""
        usual = default_selection(scope.dataset)
        return Selection(
            measure=usual.measure,
            kind=self.kind,
            year=self.year,
            unit=self.unit,
            days=usual.days,
            place=None,
        )


@dataclass(frozen=True, kw_only=True)
class ParsedCompare:
    """A choice, and one sentence for each value that had to be repaired."""

    choice: CompareChoice
    repairs: tuple[str, ...]


def default_compare(scope: CompareScope) -> CompareChoice:
    """What a visitor sees without choosing."""
    return CompareChoice(
        places=scope.default,
        measure=CompareMeasure.RATE,
        kind=ALL_OFFENCES,
        year=scope.dataset.years[-1],
        unit=Unit.OFFENCES,
    )


def parse_compare(search: object, *, scope: CompareScope) -> ParsedCompare:
    """Read a query string; anything may stand in it."""
    given = QueryValues(search)
    places = given.pick_several(
        "towns", allowed=frozenset(scope.places), most=MOST_COMPARED, words=_PLACE_WORDS
    )
    _tell_twice(given, places=places, scope=scope)
    if not places and given.text("towns"):
        given.repair(gettext(_NONE_WORDS))
    measure = given.pick(
        "measure",
        allowed=tuple(CompareMeasure),
        fallback=CompareMeasure.RATE,
        words=gettext_noop("Places cannot be compared by “{value}”; rates are shown."),
    )
    # Kind, year and unit are read and repaired as on the other pages; what else stands there is
    # not for this page.
    shared = urlencode([(key, value) for key in _SHARED if (value := given.text(key))])
    parsed = parse_search(shared, scope=scope.dataset)
    chosen = parsed.selection
    return ParsedCompare(
        choice=CompareChoice(
            places=places or scope.default,
            measure=CompareMeasure(measure),
            kind=chosen.kind,
            year=chosen.year,
            unit=chosen.unit,
        ),
        repairs=(*given.repairs, *parsed.repairs),
    )


_SHARED = ("of", "year", "unit")
_PLACE_WORDS = gettext_noop(
    "“{value}” cannot be compared: up to {most} places that have police of their own can stand "
    "side by side."
)
_NONE_WORDS = gettext_noop("None of the places can be compared; others are shown.")


def _tell_twice(given: QueryValues, *, places: tuple[str, ...], scope: CompareScope) -> None:
    """A place in two slots is shown once, and that is said."""
    asked = given.text("towns").split(",")
    for slug in places:
        if asked.count(slug) > 1:
            name = shortened(scope.places[slug])
            given.repair(gettext("{place} was chosen twice and is shown once.", place=name))


def compare_url(choice: CompareChoice, *, scope: CompareScope) -> str:
    """Path and canonical query string; defaults are left out."""
    default = default_compare(scope)
    pairs = [
        ("towns", ",".join(choice.places), ",".join(default.places)),
        ("measure", choice.measure, default.measure),
        ("of", choice.kind, default.kind),
        ("year", choice.year, default.year),
        ("unit", choice.unit, default.unit),
    ]
    query = urlencode(
        [(key, str(value)) for key, value, usual in pairs if value != usual], safe=","
    )
    return f"/compare{'?' if query else ''}{query}"
