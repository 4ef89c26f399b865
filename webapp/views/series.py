"""Views of a place's history: by month and by day, with what was not reported left open."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from webapp.language import gettext, ngettext
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
    title = gettext(
        "{what} in {place} by month, {years}",
        what=words.kind_heading(view.unit, kind=view.kind),
        place=view.place,
        years=words.years_span(view.years),
    )
    return words.simulated(title) if view.provenance.synthetic else title


def days_title(view: DaysView) -> str:
    """Title of the figure by day."""
    title = gettext(
        "{what} in {place} by day, {days}",
        what=words.kind_heading(view.unit, kind=view.kind),
        place=view.place,
        days=view.window,
    )
    return words.simulated(title) if view.provenance.synthetic else title


def months_summary(view: MonthsView) -> str:
    """One sentence: the year's months, and what is missing."""
    values = view.of_year(view.year)
    known = [(value, i) for i, value in enumerate(values) if value is not None]
    if not known:
        return gettext("No month of {year} was reported.", year=view.year)
    total = sum(value for value, _ in known)
    low, high = min(known), max(known, key=lambda pair: (pair[0], -pair[1]))
    missing = sum(value is None for value in view.values)
    span = "" if len(known) == _YEAR else gettext(" in {count} of 12 months", count=len(known))
    text = ngettext(
        "In {year}, {count} {what} was reported{span}: fewest in {low_month} ({low}), most in "
        "{high_month} ({high}).",
        "In {year}, {count} {what} were reported{span}: fewest in {low_month} ({low}), most in "
        "{high_month} ({high}).",
        total,
        year=view.year,
        count=words.number(total),
        what=words.of_kind(view.unit, kind=view.kind, count=total),
        span=span,
        low_month=words.month_name(low[1] + 1),
        low=words.number(low[0]),
        high_month=words.month_name(high[1] + 1),
        high=words.number(high[0]),
    )
    if not missing:
        return text
    gap = ngettext(
        "{count} month has no report, and the chart leaves it open.",
        "{count} months have no report, and the chart leaves them open.",
        missing,
        count=words.number(missing),
    )
    return f"{text} {gap}"


def days_summary(view: DaysView) -> str:
    """One sentence: the usual day, and what is missing."""
    known = sorted(value for value in view.values if value is not None)
    first, last = words.day(view.first), words.day(view.last)
    if not known:
        return gettext("No day from {first} to {last} was reported.", first=first, last=last)
    text = gettext(
        "{count} {what} from {first} to {last}: {mean} a day on average, between {low} and {high}.",
        count=words.number(sum(known)),
        what=words.of_kind(view.unit, kind=view.kind, count=sum(known)),
        first=first,
        last=last,
        mean=words.rate(sum(known) / len(known)),
        low=known[0],
        high=known[-1],
    )
    missing = len(view.values) - len(known)
    if not missing:
        return text
    gap = ngettext(
        "{count} day lies in a month without a report.",
        "{count} days lie in months without a report.",
        missing,
        count=words.number(missing),
    )
    return f"{text} {gap}"


def months_table(view: MonthsView) -> TableView:
    """Months as rows, years as columns."""
    years = view.years
    rows = [
        (
            Cell(text=words.capitalised(words.month_name(m + 1)), value=m + 1),
            *(_count(view.of_year(year)[m], partial=_is_partial(view, year, m)) for year in years),
        )
        for m in range(_YEAR)
    ]
    totals = [year_total(view, year=year) for year in years]
    rows.append(
        (Cell(text=gettext("Months reported, total"), value=_YEAR + 1), *map(_total, totals))
    )
    return TableView(
        caption=months_title(view),
        columns=(
            Column(name="month", label=gettext("Month"), kind=ColumnKind.TEXT),
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
        return Cell(text=gettext("no report"))
    text = words.number(value)
    return Cell(text=gettext("{count} (partial)", count=text) if partial else text, value=value)


def _total(total: tuple[int | None, int]) -> Cell:
    value, months = total
    if value is None:
        return Cell(text=gettext("no report"))
    text = words.number(value)
    if months < _YEAR:
        text = gettext("{total} ({count} of 12 months)", total=text, count=months)
    return Cell(text=text, value=value)


def days_table(view: DaysView) -> TableView:
    """A row a day."""
    rows = tuple(
        (
            Cell(text=(view.first + timedelta(days=i)).isoformat(), value=i),
            _count(value, partial=False),
            Cell(text="" if mean is None else words.decimal(mean), value=mean),
        )
        for i, (value, mean) in enumerate(zip(view.values, view.means, strict=True))
    )
    return TableView(
        caption=days_title(view),
        columns=(
            Column(name="day", label=gettext("Day"), kind=ColumnKind.TEXT),
            Column(
                name=view.unit,
                label=words.capitalised(words.noun(view.unit)),
                kind=ColumnKind.NUMBER,
            ),
            Column(name="mean_of_7_days", label=gettext("Mean of 7 days"), kind=ColumnKind.NUMBER),
        ),
        rows=rows,
        links=(),
        file=_file(view, "by_day"),
        source=view.provenance.source,
    )


def _file(view: MonthsView | DaysView, what: str) -> str:
    return f"{words.file_part(view.place)}_{view.kind}_{view.unit}_{what}"
