"""The map's view: one row per place, the value of one measure, its classes, its sentence."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import quantiles

from webapp.urlstate import Measure, Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.forecast import Expected

__all__ = [
    "NOTHING",
    "MapClass",
    "MapView",
    "PlaceRow",
    "Standing",
    "break_text",
    "cell_text",
    "map_classes",
    "map_summary",
    "map_title",
    "no_value_words",
    "short_text",
    "standing_of",
    "value_of",
    "when_expected",
]

_YEAR = 12


class Standing(StrEnum):
    """Why a place has a value for a measure, or none."""

    SHOWN = "shown"
    STATE_POLICE = "state-police"
    NO_REPORT = "no-report"
    PART_YEAR = "part-year"
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
        breaks: Inner class boundaries of the values, ascending; none without values.
        provenance: Source.
        forecast_end: Last day of the forecast, null where there is none.
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
        return Standing.STATE_POLICE if row.town else Standing.NO_REPORT
    if measure is Measure.OFFICERS:
        known = row.officers is not None and bool(row.people)
        return Standing.SHOWN if known else Standing.UNKNOWN
    if row.count is None or row.months == 0:
        return Standing.NO_REPORT
    if measure is Measure.COUNT:
        return Standing.SHOWN
    return _compared_standing(row, measure=measure)


def _compared_standing(row: PlaceRow, *, measure: Measure) -> Standing:
    if row.months < _YEAR:
        return Standing.PART_YEAR
    return _rate_standing(row) if measure is Measure.RATE else _change_standing(row)


def _forecast_standing(row: PlaceRow) -> Standing:
    if row.expected is not None:
        return Standing.SHOWN
    unpoliced = row.town and not row.policed
    return Standing.STATE_POLICE if unpoliced else Standing.NO_FORECAST


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
        return (row.count or 0) / (row.previous or 1) - 1
    of = row.officers if measure is Measure.OFFICERS else row.count
    return 1000 * (of or 0) / (row.people or 1)


def short_text(value: float, *, measure: Measure) -> str:
    """A value of the measure as a table or a label shows it."""
    if measure in (Measure.COUNT, Measure.FORECAST):
        return words.number(round(value))
    if measure is Measure.CHANGE:
        return words.signed_percent(value)
    return words.rate(value)


def no_value_words(row: PlaceRow, *, measure: Measure, year: int) -> str:
    """Why a place has no value, in words."""
    standing = standing_of(row, measure=measure)
    if standing is Standing.STATE_POLICE:
        return "State Police"
    if standing is Standing.NO_FORECAST:
        return "no forecast: too few recent reports"
    if standing is Standing.NO_REPORT:
        return f"no report for {year}"
    if standing is Standing.TOO_FEW:
        return f"too few for a {'change' if measure is Measure.CHANGE else 'rate'}"
    if standing is Standing.PART_YEAR:
        return _part_year_words(row, year=year)
    return "not reported" if measure is Measure.OFFICERS else "no resident population"


def _part_year_words(row: PlaceRow, *, year: int) -> str:
    if row.months < _YEAR:
        return f"{row.months} of 12 months reported"
    if row.previous_months == 0:
        return f"no report for {year - 1}"
    return f"{row.previous_months} of 12 months reported in {year - 1}"


def cell_text(row: PlaceRow, *, measure: Measure) -> str:
    """What the table shows for the measure: a value, or in a word or two why there is none."""
    value = value_of(row, measure=measure)
    if value is not None:
        return short_text(value, measure=measure)
    standing = standing_of(row, measure=measure)
    if standing is Standing.STATE_POLICE and measure is not Measure.COUNT:
        return NOTHING
    if measure is Measure.CHANGE and row.previous is None and row.months == _YEAR:
        return NOTHING
    return _STANDING_WORDS[standing]


NOTHING = "\N{EN DASH}"
"""What a table shows where there is nothing to show."""
_STANDING_WORDS = {
    Standing.STATE_POLICE: "State Police",
    Standing.NO_REPORT: "no report",
    Standing.PART_YEAR: "part year",
    Standing.TOO_FEW: "too few",
    Standing.UNKNOWN: NOTHING,
    Standing.NO_FORECAST: "no forecast",
}


@dataclass(frozen=True, kw_only=True)
class MapClass:
    """One class of the map: its bounds in words, and how many places are in it."""

    label: str
    places: int


def break_text(value: float, *, measure: Measure) -> str:
    """A class boundary."""
    if measure is Measure.CHANGE:
        return words.signed_percent(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def map_classes(view: MapView) -> tuple[MapClass, ...]:
    """How many places are in each class, from low to high; every place counts the same."""
    drawn = view.towns or view.rows
    values = [v for row in drawn if (v := value_of(row, measure=view.measure)) is not None]
    counts = Counter(bisect_right(view.breaks, value) for value in values)
    edges = [break_text(value, measure=view.measure) for value in view.breaks]
    if not edges:
        return (MapClass(label="all", places=len(values)),)
    labels = [
        f"under {edges[0]}",
        *(f"{low} to {high}" for low, high in pairwise(edges)),
        f"{edges[-1]} and more",
    ]
    return tuple(MapClass(label=label, places=counts[i]) for i, label in enumerate(labels))


def map_title(view: MapView) -> str:
    """Title of the figure: what, by what, when, in which unit."""
    what = words.kind_heading(view.unit, kind=view.kind)
    title = {
        Measure.RATE: f"{what} per 1,000 people, {view.year}",
        Measure.COUNT: f"{what}, {view.year}",
        Measure.CHANGE: f"{what}, change from {view.year - 1} to {view.year}",
        Measure.FORECAST: f"Reported offences expected {when_expected(view)}",
        Measure.OFFICERS: f"Sworn officers per 1,000 people, {view.year}",
    }[view.measure]
    return f"{title} (simulated)" if _simulates(view) else title


def when_expected(view: MapView) -> str:
    """The days of the forecast."""
    return f"in the 30 days to {words.day(view.forecast_end)}" if view.forecast_end else ""


def _simulates(view: MapView) -> bool:
    """Officers and population are real in the simulated dataset too."""
    return view.provenance.synthetic and view.measure is not Measure.OFFICERS


def map_summary(view: MapView) -> str:
    """One or two sentences that say what the map shows; never a ranking."""
    rows = view.towns or view.rows
    noun = "towns" if view.towns else "agencies"
    values = [v for row in rows if (v := value_of(row, measure=view.measure)) is not None]
    standings = [standing_of(row, measure=view.measure) for row in rows]
    parts = [_middle(values, view=view, noun=noun, of=len(rows))]
    few = standings.count(Standing.TOO_FEW)
    part = standings.count(Standing.PART_YEAR) + standings.count(Standing.NO_REPORT)
    if few:
        parts.append(
            f"{words.number(few)} with fewer than {words.TOO_FEW} "
            f"{view.unit} show no {'change' if view.measure is Measure.CHANGE else 'rate'}."
        )
    if view.measure is Measure.FORECAST:
        part = 0
        without = standings.count(Standing.NO_FORECAST)
        some = words.plural(without, one="has", many="have")
        parts += [f"{some} too few recent reports for a forecast."] if without else []
    if part:
        parts.append(f"{words.number(part)} lack a full year of reports.")
    state = standings.count(Standing.STATE_POLICE)
    if state:
        parts.append(f"{words.number(state)} are policed by the State Police and have no figure.")
    return " ".join(parts)


def _middle(values: list[float], *, view: MapView, noun: str, of: int) -> str:
    """The middle half, so that no single place is held up."""
    if len(values) < 4:  # noqa: PLR2004 - quartiles of fewer are the values themselves
        return f"{len(values)} of {of} {noun} have a figure for {view.year}."
    low, middle, high = (
        short_text(value, measure=view.measure) for value in quantiles(values, n=4)
    )
    unit = {
        Measure.RATE: f" {words.of_kind(view.unit, kind=view.kind)} per 1,000 people",
        Measure.COUNT: f" {words.of_kind(view.unit, kind=view.kind)}",
        Measure.CHANGE: "",
        Measure.FORECAST: " offences, by the median",
        Measure.OFFICERS: " officers per 1,000 people",
    }[view.measure]
    return (
        f"Of {of} {noun}, {len(values)} have a figure; half of these lie between {low} and "
        f"{high}{unit}, the middle one at {middle}."
    )
