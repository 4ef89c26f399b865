"""View of where it happens: kinds of location, beside the year before."""

from dataclasses import dataclass
from types import MappingProxyType

from core.nibrs.codes import LOCATION_TYPES
from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.patterns_cells import count_cell, hidden_cells, under_text
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "LocationBar",
    "LocationRow",
    "LocationsView",
    "location_bars",
    "location_label",
    "locations_summary",
    "locations_table",
    "locations_title",
    "locations_withheld",
]

_YEAR = 12
_NAMED = 10
_TOP = 3

# The FBI's names that are too long beside a bar; the others only lose their slashes and capitals.
_SHORT = MappingProxyType(
    {
        "01": gettext_noop("Bus, train or air terminal"),
        "02": gettext_noop("Bank"),
        "04": gettext_noop("Place of worship"),
        "05": gettext_noop("Office building"),
        "08": gettext_noop("Department store"),
        "09": gettext_noop("Drug store or hospital"),
        "11": gettext_noop("Public building"),
        "13": gettext_noop("Road or street"),
        "14": gettext_noop("Hotel or motel"),
        "15": gettext_noop("Jail or prison"),
        "16": gettext_noop("Lake or beach"),
        "18": gettext_noop("Parking lot or garage"),
        "37": gettext_noop("Abandoned structure"),
        "39": gettext_noop("Arena or stadium"),
        "40": gettext_noop("ATM outside a bank"),
        "41": gettext_noop("Car dealership"),
        "45": gettext_noop("Dock or freight terminal"),
        "47": gettext_noop("Casino or race track"),
        "52": gettext_noop("College or university"),
        "53": gettext_noop("School"),
        "54": gettext_noop("Shelter"),
    }
)


@dataclass(frozen=True, kw_only=True)
class LocationRow:
    """One of the FBI's location types; ``previous`` is null where that year has no report."""

    code: str
    count: int
    previous: int | None


@dataclass(frozen=True, kw_only=True)
class LocationsView:
    """Counts of a place and year by kind of location, the most frequent first.

    Attributes:
        place: Name of the place.
        kind: The selection of offences.
        unit: What is counted; an incident with offences at two kinds of location counts at each.
        year: Year.
        rows: Locations with at least one in either year.
        rest: Locations beyond the ten most frequent with at least one in the year.
        rest_count: What those hold together.
        rest_previous: What they held in the year before; null where it has no report.
        total: Everything of the selection in the year.
        months: Months of the year with a report.
        previous_months: Months of the year before with a report.
        provenance: Source.
    """

    place: str
    kind: str
    unit: Unit
    year: int
    rows: tuple[LocationRow, ...]
    rest: int
    rest_count: int
    rest_previous: int | None
    total: int
    months: int
    previous_months: int
    provenance: Provenance

    @property
    def shows_shares(self) -> bool:
        """Whether the total is large enough for shares."""
        return self.total >= words.TOO_FEW

    @property
    def compares(self) -> bool:
        """Whether both years are complete, so that the year before can stand beside."""
        return self.months == _YEAR and self.previous_months == _YEAR


@dataclass(frozen=True, kw_only=True)
class LocationBar:
    """A bar of the figure; a null count is not shown, a null ``previous`` has no mark."""

    label: str
    count: int | None
    previous: int | None
    gathered: bool


def location_label(code: str) -> str:
    """A location type in a few words; the table has the FBI's own."""
    if code in _SHORT:
        return gettext(_SHORT[code])
    name = gettext(LOCATION_TYPES[code].name)
    first, *others = name.split("/")
    for other in others:
        first = words.either(first, other)
    return first.capitalize()


def location_bars(view: LocationsView) -> tuple[LocationBar, ...]:
    """What the figure draws: the ten most frequent, and one bar for the others."""
    named = _NAMED + (view.rest == 1)
    hidden, hidden_before = _hidden(view)
    bars = [
        LocationBar(
            label=location_label(row.code),
            count=None if hidden[at] else row.count,
            previous=None if hidden_before[at] or not view.compares else row.previous,
            gathered=False,
        )
        for at, row in enumerate(view.rows[:named])
        if row.count
    ]
    if view.rest > 1:
        bars.append(_gathered(view))
    return tuple(bars)


def _gathered(view: LocationsView) -> LocationBar:
    (off,) = hidden_cells((view.rest_count,), kind=view.kind)
    (off_before,) = hidden_cells((view.rest_previous or 0,), kind=view.kind)
    return LocationBar(
        label=gettext("{count} other kinds", count=view.rest),
        count=None if off else view.rest_count,
        previous=None if off_before or not view.compares else view.rest_previous,
        gathered=True,
    )


def _hidden(view: LocationsView) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """For each row, whether its count is not shown; likewise of the year before."""
    now = hidden_cells([row.count for row in view.rows], kind=view.kind)
    then = hidden_cells([row.previous or 0 for row in view.rows], kind=view.kind)
    return now, then


def locations_title(view: LocationsView) -> str:
    """Title of the figure."""
    title = gettext(
        "{what} in {place} by kind of location, {year}",
        what=words.kind_heading(view.unit, kind=view.kind),
        place=view.place,
        year=view.year,
    )
    return words.simulated(title) if view.provenance.synthetic else title


def locations_withheld(view: LocationsView) -> str:
    """Why there is no chart, in words; empty where there is one."""
    of = words.of_kind(view.unit, kind=view.kind)
    if not view.months:
        return gettext("No month of {year} was reported.", year=view.year)
    if not view.total:
        return gettext("No {what} were reported in {year}.", what=of, year=view.year)
    if all(bar.count is None for bar in location_bars(view)):
        return gettext(
            "The {what} of {year} are {under} at every kind of location: none is shown.",
            what=of,
            year=view.year,
            under=under_text(),
        )
    return ""


def locations_summary(view: LocationsView) -> str:
    """One sentence: the three most frequent kinds of location."""
    withheld = locations_withheld(view)
    if withheld:
        return withheld
    bars = [bar for bar in location_bars(view) if not bar.gathered and bar.count is not None]
    kinds = sum(row.count > 0 for row in view.rows)
    top = words.joined(tuple(_top(bar, view=view) for bar in bars[:_TOP]))
    of = words.of_kind(view.unit, kind=view.kind)
    text = ngettext(
        "Of {total} {what} in {year}, most were at these kinds of location: {top}; {count} kind "
        "in all.",
        "Of {total} {what} in {year}, most were at these kinds of location: {top}; {count} kinds "
        "in all.",
        kinds,
        total=words.number(view.total),
        what=of,
        year=view.year,
        top=top,
        count=kinds,
    )
    if view.unit is Unit.INCIDENTS:
        more = gettext("An incident with offences at two kinds counts at each.")
        return f"{text} {more}"
    return text


def _top(bar: LocationBar, *, view: LocationsView) -> str:
    label = bar.label if bar.label[:2].isupper() else f"{bar.label[0].lower()}{bar.label[1:]}"
    count = bar.count or 0
    shown = words.percent(count / view.total) if view.shows_shares else words.number(count)
    return f"{label} ({shown})"


def locations_table(view: LocationsView) -> TableView:
    """Every kind of location with count, share and change."""
    hidden, hidden_before = _hidden(view)
    return TableView(
        caption=locations_title(view),
        columns=(
            Column(name="location", label=gettext("Kind of location"), kind=ColumnKind.TEXT),
            Column(name="code", label=gettext("Code of the FBI"), kind=ColumnKind.TEXT),
            Column(name=str(view.year), label=str(view.year), kind=ColumnKind.NUMBER),
            Column(name="share", label=gettext("Share"), kind=ColumnKind.NUMBER),
            Column(name=str(view.year - 1), label=str(view.year - 1), kind=ColumnKind.NUMBER),
            Column(name="change", label=gettext("Change"), kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            _row(row, view=view, hidden=hidden[at], hidden_before=hidden_before[at])
            for at, row in enumerate(view.rows)
        ),
        links=(),
        file=f"{words.file_part(view.place)}_{view.kind}_{view.unit}_by_location_{view.year}",
        source=view.provenance.source,
    )


def _row(
    row: LocationRow, *, view: LocationsView, hidden: bool, hidden_before: bool
) -> tuple[Cell, ...]:
    return (
        Cell(text=gettext(LOCATION_TYPES[row.code].name)),
        Cell(text=row.code),
        count_cell(row.count, hidden=hidden),
        _share(row, view=view, hidden=hidden),
        Cell(text=gettext("no report"))
        if row.previous is None
        else count_cell(row.previous, hidden=hidden_before),
        _change(row, view=view, hidden=hidden or hidden_before),
    )


def _share(row: LocationRow, *, view: LocationsView, hidden: bool) -> Cell:
    if hidden:
        return Cell(text=under_text())
    if not view.shows_shares:
        return Cell(text=gettext("too few"))
    share = row.count / view.total
    return Cell(text=words.percent(share), value=share)


def _change(row: LocationRow, *, view: LocationsView, hidden: bool) -> Cell:
    if not view.compares or row.previous is None:
        return Cell(text=gettext("not comparable"))
    if hidden or row.previous < words.TOO_FEW:
        return Cell(text=gettext("too few"))
    change = row.count / row.previous - 1
    return Cell(text=words.signed_percent(change), value=change)
