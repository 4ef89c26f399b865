"""View of the sworn officers of a place by year, men and women."""

from dataclasses import dataclass

from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

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
    return f"Sworn officers in {view.place}, {when}"


def staff_summary(view: StaffView) -> str:
    """One sentence: the newest figures, and the years without any."""
    if not view.known:
        return "No staff figures were reported."
    newest = view.known[-1]
    officers = newest.officers or 0
    count = words.plural(officers, one="sworn officer", many="sworn officers")
    text = f"{count} on 31 October {newest.year}"
    if newest.women is not None and officers:
        text += f", {words.number(newest.women)} of them women"
    if newest.people:
        text += f"; {words.rate(1000 * officers / newest.people)} per 1,000 people"
    lacking = tuple(str(year.year) for year in view.years if year.officers is None)
    return f"{text}. {_lacking(lacking)}" if lacking else f"{text}."


def _lacking(years: tuple[str, ...]) -> str:
    return f"No staff figures for {words.joined(years)}."


def staff_table(view: StaffView) -> TableView:
    """A row a year."""
    labels = ("Sworn officers", "Men", "Women", "Civilians", "Per 1,000 people", "People served")
    return TableView(
        caption=f"{staff_title(view)}, as of 31 October",
        columns=(
            Column(name="year", label="Year", kind=ColumnKind.TEXT),
            *(Column(name=_name(label), label=label, kind=ColumnKind.NUMBER) for label in labels),
        ),
        rows=tuple(_row(year) for year in view.years),
        links=(),
        file=f"{view.place.lower().replace(' ', '-')}_officers",
        source=view.provenance.staff_source,
    )


def _name(label: str) -> str:
    return label.lower().replace(" ", "_").replace(",", "")


def _row(year: StaffYear) -> tuple[Cell, ...]:
    per_1000 = 1000 * year.officers / year.people if year.officers and year.people else None
    return (
        Cell(text=str(year.year), value=year.year),
        *(_amount(value) for value in (year.officers, year.men, year.women, year.civilians)),
        Cell(text="" if per_1000 is None else words.rate(per_1000), value=per_1000),
        Cell(text="" if year.people is None else words.number(year.people), value=year.people),
    )


def _amount(value: int | None) -> Cell:
    return Cell(text="no report" if value is None else words.number(value), value=value)
