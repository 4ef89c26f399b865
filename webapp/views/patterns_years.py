"""View of what is reported over the years: each kind of offence, whole years only."""

from dataclasses import dataclass

from core.nibrs.codes import ALL_OFFENCES, BroadGroup
from webapp.language import gettext, ngettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "KindByYear",
    "KindsByYearView",
    "kinds_by_year_summary",
    "kinds_by_year_table",
    "kinds_by_year_title",
    "kinds_by_year_withheld",
    "shown_kinds",
]

_SHOWN = 8
_TOLD = 3
_TWO = 2


@dataclass(frozen=True, kw_only=True)
class KindByYear:
    """One category over the years; a count is null where the year was not reported whole."""

    slug: str
    label: str
    broad: BroadGroup
    counts: tuple[int | None, ...]

    @property
    def total(self) -> int:
        """What the whole years hold."""
        return sum(count or 0 for count in self.counts)


@dataclass(frozen=True, kw_only=True)
class KindsByYearView:
    """Categories of a place over the years, the commonest first.

    Attributes:
        place: Name of the place.
        year: The year that is chosen.
        unit: What is counted.
        years: All years of the data.
        months: For each year, the months with a report.
        whole: For each year, whether all agencies reported all of its months.
        rows: Categories with at least one in a whole year.
        provenance: Source.
    """

    place: str
    year: int
    unit: Unit
    years: tuple[int, ...]
    months: tuple[int, ...]
    whole: tuple[bool, ...]
    rows: tuple[KindByYear, ...]
    provenance: Provenance


def shown_kinds(view: KindsByYearView) -> tuple[KindByYear, ...]:
    """The kinds that the figure draws: the eight commonest."""
    return view.rows[:_SHOWN]


def kinds_by_year_title(view: KindsByYearView) -> str:
    """Title of the figure."""
    kinds = len(shown_kinds(view))
    which = gettext(": the {count} commonest kinds", count=kinds) if kinds >= _TWO else ""
    return _titled(view, which=which)


def _titled(view: KindsByYearView, *, which: str) -> str:
    title = gettext(
        "{what} in {place} by kind and year, {years}",
        what=words.kind_heading(view.unit, kind=ALL_OFFENCES),
        place=view.place,
        years=words.years_span(view.years),
    )
    title += which
    return words.simulated(title) if view.provenance.synthetic else title


def kinds_by_year_withheld(view: KindsByYearView) -> str:
    """Why there is no chart, in words; empty where there is one."""
    if not any(view.whole):
        return gettext(
            "In no year did all agencies of {place} report all twelve months.", place=view.place
        )
    if not view.rows:
        return gettext("Nothing was reported in the years that were reported whole.")
    return ""


def kinds_by_year_summary(view: KindsByYearView) -> str:
    """One sentence: how the commonest kinds went; then what is open."""
    withheld = kinds_by_year_withheld(view)
    if withheld:
        return withheld
    known = [year for year, whole in zip(view.years, view.whole, strict=True) if whole]
    told = words.joined(tuple(_course(row) for row in view.rows[:_TOLD]))
    if len(known) >= _TWO:
        text = gettext("From {first} to {last}, {told}.", first=known[0], last=known[-1], told=told)
    else:
        text = gettext("In {year}, {told}.", year=known[0], told=told)
    return f"{text} {gettext('Each kind has its own scale from zero.')}{_open(view)}"


def _course(row: KindByYear) -> str:
    known = [count for count in row.counts if count is not None]
    label = f"{row.label[0].lower()}{row.label[1:]}"
    if len(known) < _TWO:
        return gettext("{kind} counted {count}", kind=label, count=words.number(known[0]))
    return gettext(
        "{kind} went from {first} to {last}",
        kind=label,
        first=words.number(known[0]),
        last=words.number(known[-1]),
    )


def _open(view: KindsByYearView) -> str:
    missing = tuple(
        str(year) for year, whole in zip(view.years, view.whole, strict=True) if not whole
    )
    if not missing:
        return ""
    return ngettext(
        " {years} was not reported whole and is left open.",
        " {years} were not reported whole and are left open.",
        len(missing),
        years=words.joined(missing),
    )


def kinds_by_year_table(view: KindsByYearView) -> TableView:
    """Every kind, a column a year."""
    return TableView(
        caption=_titled(view, which=""),
        columns=(
            Column(name="kind", label=gettext("Kind"), kind=ColumnKind.TEXT),
            Column(name="group", label=gettext("Group"), kind=ColumnKind.TEXT),
            *(Column(name=str(y), label=str(y), kind=ColumnKind.NUMBER) for y in view.years),
        ),
        rows=tuple(
            (
                Cell(text=row.label),
                Cell(text=words.group_word(row.broad)),
                *(
                    _count(count, months=months)
                    for count, months in zip(row.counts, view.months, strict=True)
                ),
            )
            for row in view.rows
        ),
        links=(),
        file=f"{words.file_part(view.place)}_kinds_{view.unit}_by_year",
        source=view.provenance.source,
    )


def _count(count: int | None, *, months: int) -> Cell:
    if count is None:
        return Cell(text=gettext("part year") if months else gettext("no report"))
    return Cell(text=words.number(count), value=count)
