"""The table twin of both figures of officers: a row a year."""

from webapp.language import gettext
from webapp.views import words
from webapp.views.officers import OfficersView, OfficersYear, women_share
from webapp.views.table import Cell, Column, ColumnKind, TableView, number_columns

__all__ = ["officers_table"]


def officers_table(view: OfficersView, *, title: str) -> TableView:
    """A row a year: the table twin of both figures."""
    labels = (
        ("sworn_officers", gettext("Sworn officers")),
        ("men", gettext("Men")),
        ("women", gettext("Women")),
        ("share_of_women", gettext("Share of women")),
        ("civilians", gettext("Civilians")),
        ("per_1000_people", gettext("Per 1,000 people")),
        ("people", gettext("People")),
        ("agencies_with_figures", gettext("Agencies with figures")),
    )
    return TableView(
        caption=gettext("{title}, as of 31 October", title=title),
        columns=(
            Column(name="year", label=gettext("Year"), kind=ColumnKind.TEXT),
            *number_columns(labels),
        ),
        rows=tuple(_row(year) for year in view.years),
        links=(),
        file=f"{view.scope}_officers_{view.figures}",
        source=view.provenance.staff_source,
    )


def _row(year: OfficersYear) -> tuple[Cell, ...]:
    share, rate = women_share(year), year.per_1000
    few = gettext("too few") if year.officers is not None else gettext("no report")
    return (
        Cell(text=str(year.year), value=year.year),
        *(_amount(value, year=year) for value in (year.officers, year.men, year.women)),
        Cell(text=few if share is None else words.percent(share), value=share),
        _amount(year.civilians, year=year),
        Cell(text=_NO_RATE if rate is None else words.decimal(rate, places=2), value=rate),
        Cell(text=_NO_RATE if year.people is None else words.number(year.people),
             value=year.people),
        Cell(text=gettext("{count} of {all}", count=year.reporting, all=year.agencies),
             value=year.reporting),
    )  # fmt: skip


_NO_RATE = "\N{EN DASH}"


def _amount(value: int | None, *, year: OfficersYear) -> Cell:
    if value is None:
        return Cell(text=gettext("no report") if year.agencies else gettext("not listed"))
    return Cell(text=words.number(value), value=value)
