"""The map in words: its title, its classes, its sentence; never a ranking."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import quantiles

from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate import Measure
from webapp.views import words
from webapp.views.counties import counties_note
from webapp.views.map import MapView, PlaceRow, Standing, short_text, standing_of, value_of

__all__ = [
    "MapClass",
    "break_text",
    "map_classes",
    "map_summary",
    "map_title",
    "when_expected",
]


@dataclass(frozen=True, kw_only=True)
class MapClass:
    """One class of the map: its bounds in words, and how many places are in it."""

    label: str
    places: int


def break_text(value: float, *, measure: Measure) -> str:
    """A class boundary."""
    if measure is Measure.CHANGE:
        return words.signed_percent(value)
    if value == int(value):
        return words.number(int(value))
    return words.decimal(value, places=len(f"{value:g}".partition(".")[2]))


def map_classes(view: MapView) -> tuple[MapClass, ...]:
    """How many places are in each class, from low to high; every place counts the same."""
    values = [v for row in view.counted if (v := value_of(row, measure=view.measure)) is not None]
    counts = Counter(bisect_right(view.breaks, value) for value in values)
    edges = [break_text(value, measure=view.measure) for value in view.breaks]
    if not edges:
        return (MapClass(label=gettext("all"), places=len(values)),)
    labels = [
        gettext("under {high}", high=edges[0]),
        *(gettext("{low} to {high}", low=low, high=high) for low, high in pairwise(edges)),
        gettext("{low} and more", low=edges[-1]),
    ]
    return tuple(MapClass(label=label, places=counts[i]) for i, label in enumerate(labels))


def map_title(view: MapView) -> str:
    """Title of the figure: what, by what, when, in which unit."""
    what = words.kind_heading(view.unit, kind=view.kind)
    year = view.year
    if view.measure is Measure.RATE:
        title = gettext("{what} per 1,000 people, {year}", what=what, year=year)
    elif view.measure is Measure.CHANGE:
        title = gettext(
            "{what}, change from {before} to {year}", what=what, before=year - 1, year=year
        )
    elif view.measure is Measure.FORECAST:
        title = gettext("Reported offences expected {when}", when=when_expected(view))
    elif view.measure is Measure.OFFICERS:
        title = gettext("Sworn officers per 1,000 people, {year}", year=year)
    else:
        title = f"{what}, {year}"
    return words.simulated(title) if _simulates(view) else title


def when_expected(view: MapView) -> str:
    """The days of the forecast."""
    if view.forecast_end is None:
        return ""
    return gettext("in the 30 days to {day}", day=words.day(view.forecast_end))


def _simulates(view: MapView) -> bool:
    """Officers and population are real in the simulated dataset too."""
    return view.provenance.synthetic and view.measure is not Measure.OFFICERS


def map_summary(view: MapView) -> str:
    """A few sentences that say what the map shows; never a ranking."""
    rows = view.counted
    values = [v for row in rows if (v := value_of(row, measure=view.measure)) is not None]
    standings = Counter(standing_of(row, measure=view.measure) for row in rows)
    forecasts = view.measure is Measure.FORECAST
    parts = [
        _middle(values, view=view, of=len(rows)),
        _few_words(standings[Standing.TOO_FEW], view=view),
        _no_forecast_words(standings[Standing.NO_FORECAST]) if forecasts else "",
        ""
        if forecasts
        else _part_words(standings[Standing.PART_YEAR] + standings[Standing.NO_REPORT]),
        _state_police_words(standings[Standing.STATE_POLICE]),
        _no_agency_words(standings[Standing.NO_AGENCY]),
        _counties_words(rows, measure=view.measure),
    ]
    return " ".join(filter(None, parts))


def _few_words(count: int, *, view: MapView) -> str:
    if not count:
        return ""
    message = (
        gettext_noop("{count} with fewer than {fewest} {unit} show no change.")
        if view.measure is Measure.CHANGE
        else gettext_noop("{count} with fewer than {fewest} {unit} show no rate.")
    )
    return gettext(
        message, count=words.number(count), fewest=words.TOO_FEW, unit=words.noun(view.unit)
    )


def _no_forecast_words(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "{count} has too few recent reports for a forecast.",
        "{count} have too few recent reports for a forecast.",
        count,
        count=words.number(count),
    )


def _part_words(count: int) -> str:
    if not count:
        return ""
    return gettext("{count} lack a full year of reports.", count=words.number(count))


def _state_police_words(count: int) -> str:
    if not count:
        return ""
    return gettext(
        "{count} are policed by the State Police and have no figure.", count=words.number(count)
    )


def _counties_words(rows: tuple[PlaceRow, ...], *, measure: Measure) -> str:
    bases = [row.county for row in rows if row.county is not None]
    return counties_note(bases, measure=measure) if bases else ""


def _no_agency_words(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "{count} has no agency of its own in these data.",
        "{count} have no agency of their own in these data.",
        count,
        count=words.number(count),
    )


def _middle(values: list[float], *, view: MapView, of: int) -> str:
    """The middle half, so that no single place is held up."""
    if len(values) < 4:  # noqa: PLR2004 - quartiles of fewer are the values themselves
        return gettext(_FEW_VALUES[_divided(view)], count=len(values), all=of, year=view.year)
    low, middle, high = (
        short_text(value, measure=view.measure) for value in quantiles(values, n=4)
    )
    what = words.of_kind(view.unit, kind=view.kind)
    unit = {
        Measure.RATE: gettext(" {what} per 1,000 people", what=what),
        Measure.COUNT: f" {what}",
        Measure.CHANGE: "",
        Measure.FORECAST: gettext(" offences, by the median"),
        Measure.OFFICERS: gettext(" officers per 1,000 people"),
    }[view.measure]
    return gettext(
        _VALUES[_divided(view)],
        all=of,
        count=len(values),
        low=low,
        high=high,
        unit=unit,
        middle=middle,
    )


class _Divided(StrEnum):
    """What the figures of a map are of."""

    COUNTIES = "counties"
    TOWNS = "towns"
    AGENCIES = "agencies"


def _divided(view: MapView) -> _Divided:
    if view.counties:
        return _Divided.COUNTIES
    return _Divided.TOWNS if view.towns else _Divided.AGENCIES


_FEW_VALUES = {
    _Divided.COUNTIES: gettext_noop("{count} of {all} counties have a figure for {year}."),
    _Divided.TOWNS: gettext_noop("{count} of {all} towns have a figure for {year}."),
    _Divided.AGENCIES: gettext_noop("{count} of {all} agencies have a figure for {year}."),
}
_VALUES = {
    _Divided.COUNTIES: gettext_noop(
        "Of {all} counties, {count} have a figure; half of these lie between {low} and "
        "{high}{unit}, the middle one at {middle}."
    ),
    _Divided.TOWNS: gettext_noop(
        "Of {all} towns, {count} have a figure; half of these lie between {low} and "
        "{high}{unit}, the middle one at {middle}."
    ),
    _Divided.AGENCIES: gettext_noop(
        "Of {all} agencies, {count} have a figure; half of these lie between {low} and "
        "{high}{unit}, the middle one at {middle}."
    ),
}
