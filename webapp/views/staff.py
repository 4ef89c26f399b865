"""View of the sworn officers of a place by year, men and women."""

from dataclasses import dataclass

from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView, number_columns

__all__ = ["StaffView", "StaffYear", "staff_summary", "staff_table", "staff_title"]


@dataclass(frozen=True, kw_only=True)
class StaffYear:
    """One year; null where the agency reported no staff."""

    year: int
    officers: int | None
    men: int | None
    women: int | None
    civilians: int | None
    people: int | None


@dataclass(frozen=True, kw_only=True)
class StaffView:
    """The years of a place, ascending, gaps included."""

    place: str
    years: tuple[StaffYear, ...]
    provenance: Provenance

    @property
    def known(self) -> tuple[StaffYear, ...]:
        """The years with figures."""
        return tuple(year for year in self.years if year.officers is not None)


def staff_title(view: StaffView) -> str:
    """Title of the figure; officers are real in the simulated dataset too."""
    first, last = view.years[0].year, view.years[-1].year
    when = str(first) if first == last else f"{first}\N{EN DASH}{last}"
    return gettext("Sworn officers in {place}, {years}", place=view.place, years=when)


def staff_summary(view: StaffView) -> str:
    """One sentence: the newest figures, and the years without any."""
    if not view.known:
        return gettext("No staff figures were reported.")
    newest = view.known[-1]
    officers = newest.officers or 0
    text = ngettext(
        "{count} sworn officer on 31 October {year}",
        "{count} sworn officers on 31 October {year}",
        officers,
        count=words.number(officers),
        year=newest.year,
    )
    if newest.women is not None and officers:
        text += words.of_them_women(newest.women)
    if newest.people:
        rate = words.rate(1000 * officers / newest.people)
        text += gettext("; {rate} per 1,000 people", rate=rate)
    lacking = tuple(str(year.year) for year in view.years if year.officers is None)
    return f"{text}. {_lacking(lacking)}" if lacking else f"{text}."


def _lacking(years: tuple[str, ...]) -> str:
    return gettext("No staff figures for {years}.", years=words.joined(years))


def staff_table(view: StaffView) -> TableView:
    """A row a year."""
    labels = (
        ("sworn_officers", gettext("Sworn officers")),
        ("men", gettext("Men")),
        ("women", gettext("Women")),
        ("civilians", gettext("Civilians")),
        ("per_1000_people", gettext("Per 1,000 people")),
        ("people_served", gettext("People served")),
    )
    return TableView(
        caption=gettext("{title}, as of 31 October", title=staff_title(view)),
        columns=(
            Column(name="year", label=gettext("Year"), kind=ColumnKind.TEXT),
            *number_columns(labels),
        ),
        rows=tuple(_row(year) for year in view.years),
        links=(),
        file=f"{words.file_part(view.place)}_officers",
        source=view.provenance.staff_source,
    )


def _row(year: StaffYear) -> tuple[Cell, ...]:
    per_1000 = 1000 * year.officers / year.people if year.officers and year.people else None
    return (
        Cell(text=str(year.year), value=year.year),
        *(_amount(value) for value in (year.officers, year.men, year.women, year.civilians)),
        Cell(text="" if per_1000 is None else words.rate(per_1000), value=per_1000),
        Cell(text="" if year.people is None else words.number(year.people), value=year.people),
    )


def _amount(value: int | None) -> Cell:
    return Cell(text=gettext("no report") if value is None else words.number(value), value=value)
