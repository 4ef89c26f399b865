"""View of what is reported in a place in a year: one row per offence category."""

from dataclasses import dataclass

from core.nibrs.codes import BroadGroup
from webapp.language import gettext, ngettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = ["MixRow", "MixView", "mix_summary", "mix_table", "mix_title", "shown_rows"]

_SHOWN = 12
_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class MixRow:
    """One category; ``broad`` is null for the rows gathered in "all the rest"."""

    label: str
    broad: BroadGroup | None
    count: int
    previous: int | None


@dataclass(frozen=True, kw_only=True)
class MixView:
    """Categories of a place and year, the most frequent first.

    Attributes:
        place: Name of the place.
        year: Year.
        unit: What is counted.
        rows: Categories with at least one in either year.
        total: Everything reported that year; incidents do not add up over categories.
        months: Months of the year with a report.
        previous_months: Months of the year before with a report.
        provenance: Source.
    """

    place: str
    year: int
    unit: Unit
    rows: tuple[MixRow, ...]
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
        """Whether both years are complete, so that a change means something."""
        return self.months == _YEAR and self.previous_months == _YEAR


def shown_rows(view: MixView) -> tuple[MixRow, ...]:
    """The rows that the figure draws: the twelve most frequent, and one for the rest."""
    rows = tuple(row for row in view.rows if row.count)
    rest = rows[_SHOWN:]
    if len(rest) < 2 or view.unit is Unit.INCIDENTS:  # noqa: PLR2004 - one row needs no gathering
        return rows[: _SHOWN + len(rest) * (len(rest) == 1)]
    previous = [row.previous for row in rest if row.previous is not None]
    gathered = MixRow(
        label=gettext("{count} other kinds", count=len(rest)),
        broad=None,
        count=sum(row.count for row in rest),
        previous=sum(previous) if previous else None,
    )
    return (*rows[:_SHOWN], gathered)


def mix_title(view: MixView) -> str:
    """Title of the figure."""
    title = gettext("What is reported in {place}, {year}", place=view.place, year=view.year)
    return words.simulated(title) if view.provenance.synthetic else title


def mix_summary(view: MixView) -> str:
    """One sentence: the three most frequent kinds."""
    rows = [row for row in view.rows if row.count]
    if not view.months:
        return gettext("No month of {year} was reported.", year=view.year)
    if not rows:
        return gettext("Nothing was reported in {year}.", year=view.year)
    top = words.joined(tuple(_top(row, view=view) for row in rows[:3]))
    return ngettext(
        "Of {total} {unit} in {year}, most were {top}; {count} kind in all.",
        "Of {total} {unit} in {year}, most were {top}; {count} kinds in all.",
        len(rows),
        total=words.number(view.total),
        unit=words.noun(view.unit),
        year=view.year,
        top=top,
        count=len(rows),
    )


def _top(row: MixRow, *, view: MixView) -> str:
    label = f"{row.label[0].lower()}{row.label[1:]}"
    if view.shows_shares:
        return f"{label} ({words.percent(row.count / view.total)})"
    return f"{label} ({row.count})"


def mix_table(view: MixView) -> TableView:
    """Every category with count, share and change."""
    return TableView(
        caption=gettext(
            "{title}: {unit} by kind", title=mix_title(view), unit=words.noun(view.unit)
        ),
        columns=(
            Column(name="kind", label=gettext("Kind"), kind=ColumnKind.TEXT),
            Column(name="group", label=gettext("Group"), kind=ColumnKind.TEXT),
            Column(name=str(view.year), label=str(view.year), kind=ColumnKind.NUMBER),
            Column(name="share", label=gettext("Share"), kind=ColumnKind.NUMBER),
            Column(name=str(view.year - 1), label=str(view.year - 1), kind=ColumnKind.NUMBER),
            Column(name="change", label=gettext("Change"), kind=ColumnKind.NUMBER),
        ),
        rows=tuple(_row(row, view=view) for row in view.rows),
        links=(),
        file=f"{words.file_part(view.place)}_kinds_{view.unit}_{view.year}",
        source=view.provenance.source,
    )


def _row(row: MixRow, *, view: MixView) -> tuple[Cell, ...]:
    share = row.count / view.total if view.shows_shares else None
    return (
        Cell(text=row.label),
        Cell(text=words.group_word(row.broad) if row.broad else ""),
        Cell(text=words.number(row.count), value=row.count),
        Cell(text=gettext("too few") if share is None else words.percent(share), value=share),
        _previous(row),
        _change(row, view=view),
    )


def _previous(row: MixRow) -> Cell:
    if row.previous is None:
        return Cell(text=gettext("no report"))
    return Cell(text=words.number(row.previous), value=row.previous)


def _change(row: MixRow, *, view: MixView) -> Cell:
    if not view.compares or row.previous is None:
        return Cell(text=gettext("not comparable"))
    if row.previous < words.TOO_FEW:
        return Cell(text=gettext("too few"))
    change = row.count / row.previous - 1
    return Cell(text=words.signed_percent(change), value=change)
