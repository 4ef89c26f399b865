"""View of the newest staff of every place, from A to Z."""

from dataclasses import dataclass

from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, TableView, number_columns, place_columns

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
    """Every place by name.

    Attributes:
        state_name: Name of the State.
        last_year: The newest of the data.
        rows: Every place, by name.
        provenance: Source.
        state_police: Whether State Police have the towns without police.
        planning_regions: Whether regions of towns are planning regions, or else counties.
    """

    state_name: str
    last_year: int
    rows: tuple[OfficersPlace, ...]
    provenance: Provenance
    state_police: bool
    planning_regions: bool


def places_title(view: OfficersPlacesView) -> str:
    """Title of the table."""
    return gettext(
        "Officers of every place in {state}, {year}, A to Z",
        state=view.state_name,
        year=view.last_year,
    )


def places_summary(view: OfficersPlacesView) -> str:
    """How many places have figures, and why the others have none."""
    towns = [row for row in view.rows if row.town]
    known = sum(row.officers is not None for row in towns)
    others = sum(row.officers is not None for row in view.rows if not row.town)
    if not towns:
        return ngettext(
            "{count} agency with figures.",
            "{count} agencies with figures.",
            others,
            count=words.number(others),
        )
    text = ngettext(
        "{count} town with police of their own",
        "{count} towns with police of their own",
        known,
        count=words.number(known),
    )
    if others:
        text += _agencies_words(others, state_police=view.state_police)
    without = len(towns) - sum(row.listed for row in towns)
    if without:
        text += _without_words(without, state_police=view.state_police)
    return f"{text}{_older_words(view)}."


def _agencies_words(count: int, *, state_police: bool) -> str:
    if state_police:
        return ngettext(
            " and {count} agency that police no single town",
            " and {count} agencies that police no single town",
            count,
            count=words.number(count),
        )
    return ngettext(
        " and {count} agency that is not a town's own",
        " and {count} agencies that are not a town's own",
        count,
        count=words.number(count),
    )


def _without_words(count: int, *, state_police: bool) -> str:
    if state_police:
        return ngettext(
            "; {count} town is policed by the State Police",
            "; {count} towns are policed by the State Police",
            count,
            count=words.number(count),
        )
    return ngettext(
        "; {count} town has no agency of its own in these data",
        "; {count} towns have no agency of their own in these data",
        count,
        count=words.number(count),
    )


def _older_words(view: OfficersPlacesView) -> str:
    """What is said of places that did not report the newest year."""
    text = ""
    older = sum(row.year is not None and row.year < view.last_year for row in view.rows)
    if older:
        text += ngettext(
            "; {count} did not report {year} and shows an earlier year",
            "; {count} did not report {year} and show an earlier year",
            older,
            count=words.number(older),
            year=view.last_year,
        )
    return text


def places_table(view: OfficersPlacesView, *, links: tuple[str, ...]) -> TableView:
    """A row a place."""
    towns = any(row.town for row in view.rows)
    numbers = (
        ("sworn_officers", gettext("Sworn officers")),
        ("men", gettext("Men")),
        ("women", gettext("Women")),
        ("share_of_women", gettext("Share of women")),
        ("civilians", gettext("Civilians")),
        ("per_1000_people", gettext("Per 1,000 people")),
        ("people", gettext("People")),
        ("year", gettext("Year")),
    )
    return TableView(
        caption=gettext("{title}, as of 31 October", title=places_title(view)),
        columns=(
            *place_columns(towns=towns, planning_regions=view.planning_regions),
            *number_columns(numbers),
        ),
        rows=tuple(_row(row, state_police=view.state_police) for row in view.rows),
        links=links,
        file=f"{words.file_part(view.state_name)}_officers_by_place_{view.last_year}",
        source=view.provenance.staff_source,
    )


def _row(row: OfficersPlace, *, state_police: bool) -> tuple[Cell, ...]:
    """Without figures the first cell says why; the others stay empty."""
    if row.officers is None:
        nobody = gettext("State Police") if state_police else gettext("no agency")
        why = gettext("no report") if row.listed else nobody
        blank = [Cell(text=_NOTHING)] * 7
        return (Cell(text=row.name), Cell(text=row.region), Cell(text=why), *blank)
    rate = 1000 * row.officers / row.people if row.people else None
    return (
        Cell(text=row.name),
        Cell(text=row.region),
        *(_amount(value) for value in (row.officers, row.men, row.women)),
        _share(row),
        _amount(row.civilians),
        Cell(text=_NOTHING if rate is None else words.decimal(rate, places=2), value=rate),
        _amount(row.people),
        Cell(text=str(row.year), value=row.year),
    )


def _share(row: OfficersPlace) -> Cell:
    if row.women is None or (row.officers or 0) < words.TOO_FEW:
        return Cell(text=gettext("too few") if row.women is not None else _NOTHING)
    share = row.women / (row.officers or 1)
    return Cell(text=words.percent(share), value=share)


def _amount(value: int | None) -> Cell:
    return Cell(text=_NOTHING if value is None else words.number(value), value=value)
