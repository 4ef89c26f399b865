"""Cells and columns that the tables of the methods page share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from webapp.views import words
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = ["Measure", "amount", "count_cell", "is_less", "measure_table", "share_cell"]

Row = TypeVar("Row")


@dataclass(frozen=True)
class Measure(Generic[Row]):
    """A measure of which less is better.

    Attributes:
        name: In a CSV file.
        label: Head of its column.
        of: Its value in a row; null where it has none.
        words: What it is called in a sentence.
    """

    name: str
    label: str
    of: Callable[[Row], float | None]
    words: str


def is_less(value: float, than: float) -> bool:
    """Whether a value is less in the four decimals that are told."""
    return round(value, 4) < round(than, 4)


def amount(value: float | None) -> Cell:
    """A measure with three decimals."""
    return _MISSING if value is None else Cell(text=f"{value:.3f}", value=round(value, 6))


def share_cell(value: float | None) -> Cell:
    """A share in per cent with one decimal, with its sign where it is below zero."""
    if value is None:
        return _MISSING
    text = f"{value * 100:.1f}\N{NO-BREAK SPACE}%".replace("-", "\N{MINUS SIGN}")
    return Cell(text=text, value=round(value, 6))


def count_cell(value: int | None) -> Cell:
    """A number of things."""
    return _MISSING if value is None else Cell(text=words.number(value), value=value)


_MISSING = Cell(text="not judged")


def measure_table(
    caption: str,
    *,
    text: tuple[Column, ...],
    numbers: Sequence[tuple[str, str]],
    rows: tuple[tuple[Cell, ...], ...],
    file: str,
    source: str,
) -> TableView:
    """A table of numbers behind columns of text; ``numbers`` are names and labels."""
    columns = [Column(name=name, label=label, kind=ColumnKind.NUMBER) for name, label in numbers]
    return TableView(
        caption=caption,
        columns=(*text, *columns),
        rows=rows,
        links=(),
        file=file,
        source=source,
    )
