"""The table twin of a place's forecast."""

from webapp.language import gettext, pgettext
from webapp.views import words
from webapp.views.forecast import Expected, ForecastView, forecast_source, forecast_title
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = ["forecast_table"]


def forecast_table(view: ForecastView) -> TableView:
    """A row a day, and the total with its own intervals."""
    rows = [
        _row(
            Cell(text=day.day.isoformat(), value=i),
            weekday=words.short_weekday(day.day),
            holiday=words.holiday(day.holiday),
            expected=day.expected,
            last=(_amount(day.baseline), _counted(day.counted)),
        )
        for i, day in enumerate(view.days)
    ]
    if view.total is not None:
        baseline = sum(day.baseline for day in view.days)
        rows.append(
            _row(
                Cell(text=gettext("All {count} days", count=view.horizon), value=view.horizon),
                weekday="",
                holiday="",
                expected=view.total,
                last=(_amount(baseline), _counted(view.counted)),
            )
        )
    number = ColumnKind.NUMBER
    return TableView(
        caption=forecast_title(view),
        columns=(
            Column(name="day", label=gettext("Day"), kind=ColumnKind.TEXT),
            Column(name="weekday", label=gettext("Weekday"), kind=ColumnKind.TEXT),
            Column(name="holiday", label=gettext("Holiday"), kind=ColumnKind.TEXT),
            Column(name="mean", label=gettext("Mean"), kind=number),
            Column(name="median", label=gettext("Median"), kind=number),
            Column(name="lower_80", label=gettext("80\N{NO-BREAK SPACE}% from"), kind=number),
            Column(name="upper_80", label=pgettext("upper limit", "to"), kind=number),
            Column(name="lower_95", label=gettext("95\N{NO-BREAK SPACE}% from"), kind=number),
            Column(name="upper_95", label=pgettext("upper limit", "to"), kind=number),
            Column(name="baseline", label=gettext("Baseline"), kind=number),
            Column(name="counted", label=gettext("Counted"), kind=number),
        ),
        rows=tuple(rows),
        links=(),
        file=_file_name(view),
        source=forecast_source(view),
    )


def _file_name(view: ForecastView) -> str:
    name = f"{words.file_part(view.place)}_forecast_{view.horizon}_from_{view.origin}"
    return f"{name}_bridged_to_{view.bridge}_low-confidence" if view.bridge else name


def _row(
    first: Cell, *, weekday: str, holiday: str, expected: Expected, last: tuple[Cell, Cell]
) -> tuple[Cell, ...]:
    limits = (
        expected.median,
        expected.lower_80,
        expected.upper_80,
        expected.lower_95,
        expected.upper_95,
    )
    return (
        first,
        Cell(text=weekday),
        Cell(text=holiday),
        _amount(expected.mean),
        *(Cell(text=words.number(limit), value=limit) for limit in limits),
        *last,
    )


def _amount(value: float) -> Cell:
    return Cell(text=words.decimal(value, places=2), value=round(value, 2))


def _counted(value: int | None) -> Cell:
    return Cell(text="") if value is None else Cell(text=words.number(value), value=value)
