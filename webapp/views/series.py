"""Views of a place's history: by month and by day, with what was not reported left open."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "DaysView",
    "MonthsView",
    "Span",
    "day_means",
    "days_summary",
    "days_table",
    "days_title",
    "gaps",
    "month_dates",
    "months_summary",
    "months_table",
    "months_title",
    "year_total",
]

_YEAR = 12
_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Span:
    """A run of positions in a series, ``first`` to ``last`` inclusive."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class MonthsView:
    """Counts by month.

    Attributes:
        place: Name of the place.
        kind: The selection of offences.
        unit: What is counted.
        first_year: Year of the first value; values run from its January.
        year: The year that is chosen.
        values: A count a month; null where the month was not reported.
        partial: Whether only a part of the place's agencies reported the month.
        provenance: Source.
    """

    place: str
    kind: str
    unit: Unit
    first_year: int
    year: int
    values: tuple[int | None, ...]
    partial: tuple[bool, ...]
    provenance: Provenance

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the values."""
        return tuple(self.first_year + i for i in range(len(self.values) // _YEAR))

    def of_year(self, year: int) -> tuple[int | None, ...]:
        """The twelve values of a year."""
        start = (year - self.first_year) * _YEAR
        return self.values[start : start + _YEAR]


@dataclass(frozen=True, kw_only=True)
class DaysView:
    """Counts by day over a window.

    Attributes:
        place: Name of the place.
        kind: The selection of offences.
        unit: What is counted.
        first: Day of the first value.
        values: A count a day; null where the day's month was not reported.
        means: Mean over the seven days around each day; null unless all seven are known.
        window: The window in words, such as ``last 12 months``.
        provenance: Source.
    """

    place: str
    kind: str
    unit: Unit
    first: date
    values: tuple[int | None, ...]
    means: tuple[float | None, ...]
    window: str
    provenance: Provenance

    @property
    def last(self) -> date:
        """Day of the last value."""
        return self.first + timedelta(days=len(self.values) - 1)


def gaps(values: tuple[int | None, ...]) -> tuple[Span, ...]:
    """The runs of nulls.

    >>> gaps((1, None, None, 4, None))
    (Span(first=1, last=2), Span(first=4, last=4))
    """
    spans = []
    for missing, run in groupby(range(len(values)), key=lambda i: values[i] is None):
        positions = list(run)
        if missing:
            spans.append(Span(first=positions[0], last=positions[-1]))
    return tuple(spans)


def day_means(values: tuple[int | None, ...]) -> tuple[float | None, ...]:
    """The centred seven-day mean; null where one of the seven days is unknown or outside."""
    half = _WEEK // 2
    means: list[float | None] = []
    for i in range(len(values)):
        week = values[i - half : i + half + 1] if i >= half else ()
        known = [value for value in week if value is not None]
        means.append(round(sum(known) / _WEEK, 2) if len(known) == _WEEK else None)
    return tuple(means)


def month_dates(view: MonthsView) -> tuple[date, ...]:
    """First day of each month."""
    return tuple(
        date(view.first_year + i // _YEAR, i % _YEAR + 1, 1) for i in range(len(view.values))
    )


def year_total(view: MonthsView, *, year: int) -> tuple[int | None, int]:
    """What was reported in a year (null when nothing was), and in how many months."""
    known = [value for value in view.of_year(year) if value is not None]
    return (sum(known) if known else None), len(known)


def months_title(view: MonthsView) -> str:
    """Title of the figure by month."""
    return _titled(view, f"by month, {view.years[0]}\N{EN DASH}{view.years[-1]}")


def days_title(view: DaysView) -> str:
    """Title of the figure by day."""
    return _titled(view, f"by day, {view.window}")


def _titled(view: MonthsView | DaysView, when: str) -> str:
    title = f"{words.kind_heading(view.unit, kind=view.kind)} in {view.place} {when}"
    return f"{title} (simulated)" if view.provenance.synthetic else title


def months_summary(view: MonthsView) -> str:
    """One sentence: the year's months, and what is missing."""
    values = view.of_year(view.year)
    known = [(value, i) for i, value in enumerate(values) if value is not None]
    if not known:
        return f"No month of {view.year} was reported."
    total = sum(value for value, _ in known)
    low, high = min(known), max(known, key=lambda pair: (pair[0], -pair[1]))
    missing = sum(value is None for value in view.values)
    of = words.of_kind(view.unit, kind=view.kind)
    span = f" in {len(known)} of 12 months" if len(known) < _YEAR else ""
    text = (
        f"In {view.year}, {words.number(total)} {of} were reported{span}: fewest in "
        f"{_month_name(low[1])} ({words.number(low[0])}), most in {_month_name(high[1])} "
        f"({words.number(high[0])})."
    )
    if not missing:
        return text
    count = words.plural(missing, one="month has", many="months have")
    return f"{text} {count} no report, and the chart leaves them open."


def days_summary(view: DaysView) -> str:
    """One sentence: the usual day, and what is missing."""
    known = sorted(value for value in view.values if value is not None)
    of = words.of_kind(view.unit, kind=view.kind)
    span = f"from {words.day(view.first)} to {words.day(view.last)}"
    if not known:
        return f"No day {span} was reported."
    mean = sum(known) / len(known)
    text = (
        f"{words.number(sum(known))} {of} {span}: {words.rate(mean)} a day on average, "
        f"between {known[0]} and {known[-1]}."
    )
    missing = len(view.values) - len(known)
    return f"{text} {missing} days lie in months without a report." if missing else text


def _month_name(index: int) -> str:
    return f"{date(2000, index + 1, 1):%B}"


def months_table(view: MonthsView) -> TableView:
    """Months as rows, years as columns."""
    years = view.years
    rows = [
        (
            Cell(text=_month_name(m), value=m + 1),
            *(_count(view.of_year(year)[m], partial=_is_partial(view, year, m)) for year in years),
        )
        for m in range(_YEAR)
    ]
    totals = [year_total(view, year=year) for year in years]
    rows.append((Cell(text="Months reported, total", value=_YEAR + 1), *map(_total, totals)))
    return TableView(
        caption=months_title(view),
        columns=(
            Column(name="month", label="Month", kind=ColumnKind.TEXT),
            *(Column(name=str(y), label=str(y), kind=ColumnKind.NUMBER) for y in years),
        ),
        rows=tuple(rows),
        links=(),
        file=_file(view, "by_month"),
        source=view.provenance.source,
    )


def _is_partial(view: MonthsView, year: int, month: int) -> bool:
    return view.partial[(year - view.first_year) * _YEAR + month]


def _count(value: int | None, *, partial: bool) -> Cell:
    if value is None:
        return Cell(text="no report")
    return Cell(text=f"{words.number(value)}{' (partial)' if partial else ''}", value=value)


def _total(total: tuple[int | None, int]) -> Cell:
    value, months = total
    if value is None:
        return Cell(text="no report")
    text = words.number(value)
    return Cell(text=text if months == _YEAR else f"{text} ({months} of 12 months)", value=value)


def days_table(view: DaysView) -> TableView:
    """A row a day."""
    rows = tuple(
        (
            Cell(text=(view.first + timedelta(days=i)).isoformat(), value=i),
            _count(value, partial=False),
            Cell(text="" if mean is None else f"{mean:.1f}", value=mean),
        )
        for i, (value, mean) in enumerate(zip(view.values, view.means, strict=True))
    )
    return TableView(
        caption=days_title(view),
        columns=(
            Column(name="day", label="Day", kind=ColumnKind.TEXT),
            Column(name=view.unit, label=view.unit.capitalize(), kind=ColumnKind.NUMBER),
            Column(name="mean_of_7_days", label="Mean of 7 days", kind=ColumnKind.NUMBER),
        ),
        rows=rows,
        links=(),
        file=_file(view, "by_day"),
        source=view.provenance.source,
    )


def _file(view: MonthsView | DaysView, what: str) -> str:
    return f"{view.place.lower().replace(' ', '-')}_{view.kind}_{view.unit}_{what}"
