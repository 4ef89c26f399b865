"""The table twin of a figure: one object behind the page's table, its CSV and its JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from webapp.language import gettext

__all__ = ["Cell", "Column", "ColumnKind", "TableView", "number_columns", "place_columns"]


class ColumnKind(StrEnum):
    """How a column is aligned and sorted."""

    TEXT = "text"
    NUMBER = "number"
    PLACE = "place"
    """Text whose cell links to the place of the row."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: ``label`` heads it on the page, ``name`` in the CSV file."""

    name: str
    label: str
    kind: ColumnKind


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell: ``text`` is shown, ``value`` is what a number sorts by; null sorts last."""

    text: str
    value: float | None = None


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table.

    Attributes:
        caption: What, where, when, in which unit; says so when the data are simulated.
        columns: Head of the table.
        rows: Each as long as ``columns``.
        links: Path of each row's place, or empty.
        file: Name of the CSV file without its ending.
        source: Where the figures come from and when.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[str, ...]
    file: str
    source: str


def number_columns(named: Iterable[tuple[str, str]]) -> tuple[Column, ...]:
    """Columns of numbers from their names in a file and their labels, in words."""
    return tuple(Column(name=name, label=label, kind=ColumnKind.NUMBER) for name, label in named)


def place_columns(*, towns: bool, planning_regions: bool) -> tuple[Column, Column]:
    """The place of a row and where that is.

    Args:
        towns: Whether any of the places is a town.
        planning_regions: Whether it lies in a planning region, or else in a county.
    """
    return (
        Column(
            name="place",
            label=gettext("Town or agency") if towns else gettext("Agency"),
            kind=ColumnKind.PLACE,
        ),
        Column(
            name="region",
            label=gettext("Region") if planning_regions else gettext("County"),
            kind=ColumnKind.TEXT,
        ),
    )
