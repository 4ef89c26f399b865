"""View of a place as a whole: who polices it, the answer in one sentence, what is known when."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate import Measure, Unit
from webapp.views import words
from webapp.views.map import PlaceRow, Standing, cell_text, standing_of, value_of

__all__ = [
    "CountyLink",
    "CoverageYear",
    "MonthState",
    "PlaceLink",
    "TownView",
    "YearRow",
    "coverage_summary",
    "lead_sentence",
    "police_words",
    "year_row",
]

_YEAR = 12


class MonthState(StrEnum):
    """What is known of one month of a place."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class PlaceLink:
    """A place to go to."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CoverageYear:
    """The twelve months of a year."""

    year: int
    months: tuple[MonthState, ...]


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """One year of a place in words, as a small table shows it."""

    year: int
    count: str
    rate: str
    change: str
    months: int


@dataclass(frozen=True, kw_only=True)
class CountyLink:
    """A county of the map: its name, its slug in the map's address, its feature."""

    slug: str
    name: str
    geoid: str


@dataclass(frozen=True, kw_only=True)
class TownView:
    """The frame of a place's page.

    Attributes:
        row: The figures of the chosen year.
        kind: The selection of offences.
        unit: What is counted.
        year: The chosen year.
        state_name: Name of the State.
        county: County, or empty.
        residents: Residents by the census, or null.
        agencies: Names of the agencies.
        has_police: Whether any agency polices the place in any year.
        state_share: Whether State Police have a part of the place.
        state_police: Whether State Police have the towns without police.
        planning_region: Whether a region is a planning region, or else a county.
        note: One sentence about who polices it, or empty.
        coverage: Months with a report, by year.
        neighbours: Places that share a boundary, by name.
        region_places: Places of the same region with police of their own, by name.
        counties: The counties of the map that an agency serves; empty on a map of towns.
        years: Every year of the data, ascending.
    """

    row: PlaceRow
    kind: str
    unit: Unit
    year: int
    state_name: str
    county: str
    residents: int | None
    agencies: tuple[str, ...]
    has_police: bool
    state_share: bool
    state_police: bool
    planning_region: bool
    note: str
    coverage: tuple[CoverageYear, ...]
    neighbours: tuple[PlaceLink, ...]
    region_places: tuple[PlaceLink, ...]
    years: tuple[YearRow, ...]
    counties: tuple[CountyLink, ...] = ()

    @property
    def ever_reported(self) -> bool:
        """Whether any month of the data has a report."""
        return any(state is not MonthState.NONE for year in self.coverage for state in year.months)


def year_row(row: PlaceRow, *, year: int) -> YearRow:
    """A year's line: count, rate and change, or why they are withheld."""
    return YearRow(
        year=year,
        count=cell_text(row, measure=Measure.COUNT),
        rate=cell_text(row, measure=Measure.RATE),
        change=cell_text(row, measure=Measure.CHANGE),
        months=row.months,
    )


def police_words(view: TownView) -> str:
    """Who reports for the place: ``Hartford police``, or the agency's name."""
    if not view.row.town:
        return view.row.name
    return gettext("{town} police", town=view.row.name)


def lead_sentence(view: TownView) -> str:
    """The answer first: count, rate, change; or why there is none."""
    row = view.row
    if not view.has_police:
        return _no_police_words(view)
    if not row.policed:
        return _unlisted_words(view)
    if not view.ever_reported:
        first, last = view.coverage[0].year, view.coverage[-1].year
        return gettext(
            "{police} filed no report from {first} to {last}.",
            police=police_words(view),
            first=first,
            last=last,
        )
    if row.count is None or row.months == 0:
        return gettext(
            "{police} filed no report for {year}.", police=police_words(view), year=view.year
        )
    text = gettext(
        "{police} reported {count} {what} in {year}",
        police=police_words(view),
        count=words.number(row.count),
        what=words.of_kind(view.unit, kind=view.kind, count=row.count),
        year=view.year,
    )
    return f"{text}{_rate_words(row)}{_change_words(row, year=view.year)}."


def _no_police_words(view: TownView) -> str:
    message = (
        gettext_noop(
            "{town} has no police department of its own. State Police patrol it, and what they "
            "report is counted for the whole State, not by town."
        )
        if view.state_police
        else gettext_noop(
            "No agency in these data is known to report for {town} alone, so it has no figure."
        )
    )
    return gettext(message, town=view.row.name)


def _unlisted_words(view: TownView) -> str:
    if view.row.town and not view.state_police:
        return gettext(
            "{town} had no agency of its own in these data for {year}.",
            town=view.row.name,
            year=view.year,
        )
    if view.row.town:
        return gettext(
            "{town} had no police of its own in {year}; State Police patrolled it.",
            town=view.row.name,
            year=view.year,
        )
    return gettext(
        "{agency} is not on the list of agencies for {year}.",
        agency=view.row.name,
        year=view.year,
    )


def _rate_words(row: PlaceRow) -> str:
    value = value_of(row, measure=Measure.RATE)
    if value is not None:
        return gettext(", {rate} per 1,000 people", rate=words.rate(value))
    if row.months < _YEAR:
        return ngettext(
            " in {count} month of 12", " in {count} months of 12", row.months, count=row.months
        )
    return ""


def _change_words(row: PlaceRow, *, year: int) -> str:
    standing = standing_of(row, measure=Measure.CHANGE)
    value = value_of(row, measure=Measure.CHANGE)
    if value is not None:
        return f": {words.change_in_words(value, than=str(year - 1))}"
    if standing is Standing.TOO_FEW and row.previous is not None:
        before = words.number(row.previous)
        return gettext(", after {count} in {year}", count=before, year=year - 1)
    return ""


def coverage_summary(view: TownView) -> str:
    """How many months were reported, in one sentence."""
    states = [state for year in view.coverage for state in year.months]
    reported = sum(state is not MonthState.NONE for state in states)
    partial = sum(state is MonthState.PARTIAL for state in states)
    text = gettext("{count} of {all} months reported", count=reported, all=len(states))
    if partial:
        text += gettext(", {count} of them by a part of the agencies", count=partial)
    return f"{text}."
