"""What is chosen on the page of officers: from a query string, and back."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from webapp.language import gettext_noop
from webapp.urlstate.values import QueryValues

__all__ = [
    "STATE",
    "NamedScope",
    "OfficersChoice",
    "OfficersScopes",
    "ParsedOfficers",
    "StaffFigures",
    "StaffMeasure",
    "officers_url",
    "parse_officers",
]

STATE = "state"
"""The scope of every agency."""


class StaffMeasure(StrEnum):
    """What the stacked areas show."""

    COUNT = "area"
    SHARE = "share"


class StaffFigures(StrEnum):
    """Whose year's figures stand in a year."""

    REPORTED = "reported"
    LATEST = "latest"


@dataclass(frozen=True, kw_only=True)
class NamedScope:
    """A region or a place that can be chosen."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class OfficersScopes:
    """Whose officers a dataset knows.

    Attributes:
        state_name: Name of the State.
        region_noun: What its parts are called: ``region`` or ``county``.
        regions: Its parts that have agencies, by name.
        towns: Towns with an agency in any year, by name.
        agencies: Agencies that are no town's, by name.
    """

    state_name: str
    region_noun: str
    regions: tuple[NamedScope, ...]
    towns: tuple[NamedScope, ...]
    agencies: tuple[NamedScope, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every scope, the State first."""
        named = (*self.regions, *self.towns, *self.agencies)
        return (STATE, *(scope.slug for scope in named))


@dataclass(frozen=True, kw_only=True)
class OfficersChoice:
    """What a visitor chose."""

    scope: str = STATE
    measure: StaffMeasure = StaffMeasure.COUNT
    figures: StaffFigures = StaffFigures.REPORTED


@dataclass(frozen=True, kw_only=True)
class ParsedOfficers:
    """A choice, and one sentence for each value that had to be repaired."""

    choice: OfficersChoice
    repairs: tuple[str, ...]


def parse_officers(search: object, *, scopes: OfficersScopes) -> ParsedOfficers:
    """Read a query string; anything may stand in it."""
    given = QueryValues(search)
    default = OfficersChoice()
    pick = given.pick
    choice = OfficersChoice(
        scope=pick("scope", allowed=scopes.slugs, fallback=default.scope, words=_SCOPE_WORDS),
        measure=StaffMeasure(
            pick("view", allowed=tuple(StaffMeasure), fallback=default.measure, words=_VIEW_WORDS)
        ),
        figures=StaffFigures(
            pick(
                "figures",
                allowed=tuple(StaffFigures),
                fallback=default.figures,
                words=_FIGURES_WORDS,
            )
        ),
    )
    return ParsedOfficers(choice=choice, repairs=given.repairs)


_SCOPE_WORDS = gettext_noop("No police of “{value}” is in the data; the whole State is shown.")
_VIEW_WORDS = gettext_noop("Officers cannot be shown as “{value}”; their numbers are shown.")
_FIGURES_WORDS = gettext_noop("There are no figures “{value}”; those that were reported are shown.")


def officers_url(choice: OfficersChoice) -> str:
    """Path and canonical query string; defaults are left out."""
    default = OfficersChoice()
    pairs = [
        ("scope", choice.scope, default.scope),
        ("view", choice.measure, default.measure),
        ("figures", choice.figures, default.figures),
    ]
    query = urlencode([(key, str(value)) for key, value, usual in pairs if value != usual])
    return f"/officers{'?' if query else ''}{query}"
