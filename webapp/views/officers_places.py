"""View of the newest staff of every place, from A to Z."""

from dataclasses import dataclass

from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = ["OfficersPlace", "OfficersPlacesView", "places_summary", "places_table", "places_title"]

_NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class OfficersPlace:
    """The newest figures of one place; a town's agencies are added up.

    Attributes:
        slug: Identifier.
        name: Name.
        town: Whether it is a town.
        region: Planning region or county, or empty.
        listed: Whether an agency of its own is on the list in any year.
        year: Year of the figures; null where there are none.
        officers: Sworn officers, or null.
        men: Men among them, or null.
        women: Women among them, or null.
        civilians: Civilian employees, or null.
        people: People whom the FBI assigns to its agencies, or null.
    """

    slug: str
    name: str
    town: bool
    region: str
    listed: bool
    year: int | None
    officers: int | None
    men: int | None
    women: int | None
    civilians: int | None
    people: int | None


@dataclass(frozen=True, kw_only=True)
class OfficersPlacesView:
    """Every place by name; ``last_year`` is the newest of the data."""

    state_name: str
    last_year: int
    rows: tuple[OfficersPlace, ...]
    provenance: Provenance


def places_title(view: OfficersPlacesView) -> str:
    """Title of the table."""
    return f"Officers of every place in {view.state_name}, {view.last_year}, A to Z"


def places_summary(view: OfficersPlacesView) -> str:
    """How many places have figures, and why the others have none."""
    towns = [row for row in view.rows if row.town]
    known = sum(row.officers is not None for row in towns)
    others = sum(row.officers is not None for row in view.rows if not row.town)
    agencies = words.plural(others, one="agency", many="agencies")
    if not towns:
        return f"{agencies} with figures."
    beside = f"and {agencies} that police no single town" if others else ""
    state = len(towns) - sum(row.listed for row in towns)
    text = (
        f"{words.plural(known, one='town', many='towns')} with police of their own {beside}".strip()
    )
    if state:
        some = words.plural(state, one="town is", many="towns are")
        text += f"; {some} policed by the State Police"
    older = sum(row.year is not None and row.year < view.last_year for row in view.rows)
    if older:
        text += f"; {older} did not report {view.last_year} and show an earlier year"
    return f"{text}."


def places_table(view: OfficersPlacesView, *, links: tuple[str, ...]) -> TableView:
    """A row a place."""
    towns = any(row.town for row in view.rows)
    numbers = ("Sworn officers", "Men", "Women", "Share of women", "Civilians",
               "Per 1,000 people", "People", "Year")  # fmt: skip
    return TableView(
        caption=f"{places_title(view)}, as of 31 October",
        columns=(
            Column(
                name="place", label="Town or agency" if towns else "Agency", kind=ColumnKind.PLACE
            ),
            Column(name="region", label="Region" if towns else "County", kind=ColumnKind.TEXT),
            *(
                Column(
                    name=label.lower().replace(" ", "_").replace(",", ""),
                    label=label,
                    kind=ColumnKind.NUMBER,
                )
                for label in numbers
            ),
        ),
        rows=tuple(_row(row) for row in view.rows),
        links=links,
        file=f"{view.state_name.lower().replace(' ', '-')}_officers_by_place_{view.last_year}",
        source=view.provenance.staff_source,
    )


def _row(row: OfficersPlace) -> tuple[Cell, ...]:
    """Without figures the first cell says why; the others stay empty."""
    if row.officers is None:
        why = "no report" if row.listed else "State Police"
        blank = [Cell(text=_NOTHING)] * 7
        return (Cell(text=row.name), Cell(text=row.region), Cell(text=why), *blank)
    rate = 1000 * row.officers / row.people if row.people else None
    return (
        Cell(text=row.name),
        Cell(text=row.region),
        *(_amount(value) for value in (row.officers, row.men, row.women)),
        _share(row),
        _amount(row.civilians),
        Cell(text=_NOTHING if rate is None else f"{rate:.2f}", value=rate),
        _amount(row.people),
        Cell(text=str(row.year), value=row.year),
    )


def _share(row: OfficersPlace) -> Cell:
    if row.women is None or (row.officers or 0) < words.TOO_FEW:
        return Cell(text="too few" if row.women is not None else _NOTHING)
    share = row.women / (row.officers or 1)
    return Cell(text=words.percent(share), value=share)


def _amount(value: int | None) -> Cell:
    return Cell(text=_NOTHING if value is None else words.number(value), value=value)
