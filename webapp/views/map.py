"""The map's view: one row per place, the value of one measure, its classes, its sentence."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from webapp.language import gettext, gettext_noop
from webapp.urlstate import Measure, Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.counties import CountyBase
from webapp.views.forecast import Expected

__all__ = [
    "NOTHING",
    "MapView",
    "PlaceRow",
    "Standing",
    "cell_text",
    "no_value_words",
    "short_text",
    "standing_of",
    "value_of",
]

_YEAR = 12


class Standing(StrEnum):
    """Why a place has a value for a measure, or none."""

    SHOWN = "shown"
    STATE_POLICE = "state-police"
    NO_REPORT = "no-report"
    PART_YEAR = "part-year"
    NO_AGENCY = "no-agency"
    TOO_FEW = "too-few"
    UNKNOWN = "unknown"
    NO_FORECAST = "no-forecast"


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """One place in one year.

    Attributes:
        slug: Identifier.
        name: Name.
        geoid: Feature of the map, or null.
        town: Whether it is a town.
        policed: Whether an agency of its own is on the list that year.
        region: Planning region or county, or empty.
        count: What was reported in the months with a report; null when there is none.
        months: Months of the year with a report, 0 to 12.
        previous: As ``count``, one year before; null also in the first year.
        previous_months: As ``months``, one year before.
        people: People whom the FBI assigns to the place's agencies that year, or null.
        officers: Sworn officers, or null.
        women: Women among them, or null.
        expected: Forecast of the next 30 days, or null.
        compared: What ``previous`` is compared with, where that is not ``count``.
        staffed_people: People whom the agencies with known officers serve, where those are not
            ``people``.
        county: What the figures of a county rest on; null for a town and an agency.
        state_police: Whether State Police have it while it has no agency of its own.
    """

    slug: str
    name: str
    geoid: str | None
    town: bool
    policed: bool
    region: str
    count: int | None
    months: int
    previous: int | None
    previous_months: int
    people: int | None
    officers: int | None
    women: int | None
    expected: Expected | None = None
    compared: int | None = None
    staffed_people: int | None = None
    county: CountyBase | None = None
    state_police: bool = False


@dataclass(frozen=True, kw_only=True)
class MapView:
    """Everything that the map, its table and its sentence need.

    Attributes:
        state_name: Name of the State.
        measure: What is shown.
        kind: The selection of offences.
        year: Year shown.
        unit: What is counted.
        rows: Every place, by name, towns and agencies mixed.
        counties: The counties, by name; empty where the map is of towns or there is none.
        breaks: Inner class boundaries of the values, ascending; none without values.
        provenance: Source.
        forecast_end: Last day of the forecast, null where there is none.
        planning_regions: Whether regions of towns are planning regions, or else counties.
    """

    state_name: str
    measure: Measure
    kind: str
    year: int
    unit: Unit
    rows: tuple[PlaceRow, ...]
    breaks: tuple[float, ...]
    provenance: Provenance
    forecast_end: date | None = None
    counties: tuple[PlaceRow, ...] = ()
    planning_regions: bool = False

    @property
    def drawn(self) -> tuple[PlaceRow, ...]:
        """What the map is divided into."""
        return self.counties or tuple(row for row in self.rows if row.geoid)

    @property
    def counted(self) -> tuple[PlaceRow, ...]:
        """What the classes and the sentence are of; the agencies where there is no map."""
        return self.counties or self.towns or self.rows

    @property
    def source(self) -> str:
        """The source line of what is shown."""
        officers = self.measure is Measure.OFFICERS
        return self.provenance.staff_source if officers else self.provenance.source

    @property
    def towns(self) -> tuple[PlaceRow, ...]:
        """The rows of towns."""
        return tuple(row for row in self.rows if row.town)


def standing_of(row: PlaceRow, *, measure: Measure) -> Standing:
    """Whether the place has a value for the measure, and if not, why."""
    if measure is Measure.FORECAST:
        return _forecast_standing(row)
    if not row.policed:
        return _unpoliced_standing(row)
    if measure is Measure.OFFICERS:
        known = row.officers is not None and bool(_people_of_officers(row))
        return Standing.SHOWN if known else Standing.UNKNOWN
    if row.count is None or row.months == 0:
        return Standing.NO_REPORT
    if measure is Measure.COUNT:
        return Standing.SHOWN
    return _compared_standing(row, measure=measure)


def _unpoliced_standing(row: PlaceRow) -> Standing:
    if row.state_police:
        return Standing.STATE_POLICE
    return Standing.NO_AGENCY if row.town or row.county else Standing.NO_REPORT


def _people_of_officers(row: PlaceRow) -> int | None:
    return row.people if row.staffed_people is None else row.staffed_people


def _compared_standing(row: PlaceRow, *, measure: Measure) -> Standing:
    if row.months < _YEAR:
        return Standing.PART_YEAR
    return _rate_standing(row) if measure is Measure.RATE else _change_standing(row)


def _forecast_standing(row: PlaceRow) -> Standing:
    if row.expected is not None:
        return Standing.SHOWN
    if row.policed or not (row.town or row.county):
        return Standing.NO_FORECAST
    return _unpoliced_standing(row)


def _rate_standing(row: PlaceRow) -> Standing:
    if not row.people:
        return Standing.UNKNOWN
    return Standing.TOO_FEW if (row.count or 0) < words.TOO_FEW else Standing.SHOWN


def _change_standing(row: PlaceRow) -> Standing:
    if row.previous is None or row.previous_months < _YEAR:
        return Standing.PART_YEAR
    return Standing.TOO_FEW if row.previous < words.TOO_FEW else Standing.SHOWN


def value_of(row: PlaceRow, *, measure: Measure) -> float | None:
    """The value of the measure; null unless the standing is ``shown``.

    Counts as they are; rates and officers per 1,000 people; the change as a fraction.
    """
    if standing_of(row, measure=measure) is not Standing.SHOWN:
        return None
    if measure is Measure.FORECAST and row.expected is not None:
        return float(row.expected.median)
    if measure is Measure.COUNT:
        return float(row.count or 0)
    if measure is Measure.CHANGE:
        now = row.count if row.compared is None else row.compared
        return (now or 0) / (row.previous or 1) - 1
    if measure is Measure.OFFICERS:
        return 1000 * (row.officers or 0) / (_people_of_officers(row) or 1)
    return 1000 * (row.count or 0) / (row.people or 1)


def short_text(value: float, *, measure: Measure) -> str:
    """A value of the measure as a table or a label shows it."""
    if measure in (Measure.COUNT, Measure.FORECAST):
        return words.number(round(value))
    if measure is Measure.CHANGE:
        return words.signed_percent(value)
    return words.rate(value)


def no_value_words(row: PlaceRow, *, measure: Measure, year: int) -> str:
    """Why a place has no value, in words."""
    changes, officers = measure is Measure.CHANGE, measure is Measure.OFFICERS
    standing = standing_of(row, measure=measure)
    if standing is Standing.PART_YEAR:
        return _part_year_words(row, year=year)
    return {
        Standing.STATE_POLICE: gettext("State Police"),
        Standing.NO_FORECAST: gettext("no forecast: too few recent reports"),
        Standing.NO_REPORT: gettext("no report for {year}", year=year),
        Standing.NO_AGENCY: gettext("no agency of its own in these data")
        if row.town
        else gettext("no agency in these data"),
        Standing.TOO_FEW: gettext("too few for a change")
        if changes
        else gettext("too few for a rate"),
    }.get(standing, gettext("not reported") if officers else gettext("no resident population"))


def _part_year_words(row: PlaceRow, *, year: int) -> str:
    if row.months < _YEAR:
        return gettext("{count} of 12 months reported", count=row.months)
    if row.county is not None:
        return gettext("no agency reported every month of {year} too", year=year - 1)
    if row.previous_months == 0:
        return gettext("no report for {year}", year=year - 1)
    return gettext(
        "{count} of 12 months reported in {year}", count=row.previous_months, year=year - 1
    )


def cell_text(row: PlaceRow, *, measure: Measure) -> str:
    """What the table shows for the measure: a value, or in a word or two why there is none."""
    value = value_of(row, measure=measure)
    if value is not None:
        return short_text(value, measure=measure)
    standing = standing_of(row, measure=measure)
    if standing in _NOBODY and measure is not Measure.COUNT:
        return NOTHING
    if measure is Measure.CHANGE and row.previous is None and row.months == _YEAR:
        return NOTHING
    return gettext(_STANDING_WORDS[standing])


NOTHING = "\N{EN DASH}"
"""What a table shows where there is nothing to show."""
_NOBODY = (Standing.STATE_POLICE, Standing.NO_AGENCY)
_STANDING_WORDS = {
    Standing.STATE_POLICE: gettext_noop("State Police"),
    Standing.NO_REPORT: gettext_noop("no report"),
    Standing.NO_AGENCY: gettext_noop("no agency"),
    Standing.PART_YEAR: gettext_noop("part year"),
    Standing.TOO_FEW: gettext_noop("too few"),
    Standing.UNKNOWN: NOTHING,
    Standing.NO_FORECAST: gettext_noop("no forecast"),
}
