"""Cells and columns that the tables of the methods page share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from webapp.language import gettext
from webapp.views import words
from webapp.views.table import Cell, Column, TableView, number_columns

__all__ = ["Measure", "amount", "better_rows", "count_cell", "measure_table", "share_cell"]

Row = TypeVar("Row")


@dataclass(frozen=True)
class Measure(Generic[Row]):
    """A measure of which less is better.

    Attributes:
        name: In a CSV file.
        label: Head of its column, in English.
        of: Its value in a row; null where it has none.
        words: What it is called in a sentence, in English.
    """

    name: str
    label: str
    of: Callable[[Row], float | None]
    words: str


def _is_less(value: float, than: float) -> bool:
    """Whether a value is less in the four decimals that are told."""
    return round(value, 4) < round(than, 4)


def amount(value: float | None) -> Cell:
    """A measure with three decimals."""
    return (
        _missing()
        if value is None
        else Cell(text=words.decimal(value, places=3), value=round(value, 6))
    )


def share_cell(value: float | None) -> Cell:
    """A share in per cent with one decimal, with its sign where it is below zero."""
    if value is None:
        return _missing()
    text = f"{words.decimal(value * 100)}\N{NO-BREAK SPACE}%"
    return Cell(text=text, value=round(value, 6))


def count_cell(value: int | None) -> Cell:
    """A number of things."""
    return _missing() if value is None else Cell(text=words.number(value), value=value)


def _missing() -> Cell:
    return Cell(text=gettext("not judged"))


def better_rows(
    rows: Sequence[Row],
    *,
    served: Row,
    measures: Sequence[Measure[Row]],
    named: Callable[[Row], str],
) -> tuple[str, ...]:
    """For each measure in which another row is better than what is served, the best in words.

    Args:
        rows: Every method, what is served among them.
        served: What is served.
        measures: Of which less is better.
        named: What a row is called.
    """
    found = []
    for measure in measures:
        own = measure.of(served)
        known = [(value, row) for row in rows if (value := measure.of(row)) is not None]
        if own is None or not known:
            continue
        value, best = min(known, key=lambda pair: pair[0])
        if _is_less(value, own):
            found.append(
                gettext(
                    "{measure}: {name} has {value}, the forecast or model shown here {own}",
                    measure=gettext(measure.words),
                    name=named(best),
                    value=words.decimal(value, places=4),
                    own=words.decimal(own, places=4),
                )
            )
    return tuple(found)


def measure_table(
    caption: str,
    *,
    text: tuple[Column, ...],
    numbers: Sequence[tuple[str, str]],
    rows: tuple[tuple[Cell, ...], ...],
    file: str,
    source: str,
) -> TableView:
    """A table of numbers behind columns of text; ``numbers`` are names and labels in English."""
    columns = number_columns((name, gettext(label)) for name, label in numbers)
    return TableView(
        caption=caption,
        columns=(*text, *columns),
        rows=rows,
        links=(),
        file=file,
        source=source,
    )
