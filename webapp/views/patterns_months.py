"""View of which months: the mean of a day in each month, beside the range of the other years."""

from calendar import monthrange
from dataclasses import dataclass

from webapp.language import gettext, ngettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "MonthRange",
    "ProfileView",
    "day_mean",
    "other_years",
    "profile_means",
    "profile_summary",
    "profile_table",
    "profile_title",
    "profile_withheld",
]

_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class ProfileView:
    """Counts by month of the year.

    Attributes:
        place: Name of the place.
        kind: The selection of offences.
        unit: What is counted.
        year: The year that is chosen.
        years: All years of the data.
        counts: For each year its twelve months; null where not all agencies reported the month.
        provenance: Source.
    """

    place: str
    kind: str
    unit: Unit
    year: int
    years: tuple[int, ...]
    counts: tuple[tuple[int | None, ...], ...]
    provenance: Provenance

    def of_year(self, year: int) -> tuple[int | None, ...]:
        """The twelve counts of a year."""
        return self.counts[self.years.index(year)]

    @property
    def total(self) -> int:
        """What the complete months of the chosen year hold."""
        return sum(count or 0 for count in self.of_year(self.year))


@dataclass(frozen=True, kw_only=True)
class MonthRange:
    """Least and greatest mean of a day in one month, over the years but the chosen one."""

    low: float
    high: float


def profile_means(view: ProfileView, *, year: int) -> tuple[float | None, ...]:
    """Mean of a day in each month of a year; null where the month is not complete."""
    return tuple(
        None if count is None else count / monthrange(year, month)[1]
        for month, count in enumerate(view.of_year(year), start=1)
    )


def other_years(view: ProfileView) -> tuple[MonthRange | None, ...]:
    """The range of the other years in each month, of those with enough for a mean; else null."""
    others = [profile_means(view, year=year) for year in _beside_years(view)]
    ranges: list[MonthRange | None] = []
    for month in range(_YEAR):
        known = [mean for means in others if (mean := means[month]) is not None]
        ranges.append(MonthRange(low=min(known), high=max(known)) if known else None)
    return tuple(ranges)


def day_mean(value: float) -> str:
    """Two decimals below one, one below a hundred: ``0``, ``0.35``, ``20.3``, ``104``."""
    if not value:
        return "0"
    if value < 0.995:  # noqa: PLR2004 - rounds to 1.0
        return words.decimal(value, places=2)
    return words.rate(value)


def profile_title(view: ProfileView) -> str:
    """Title of the figure."""
    title = gettext(
        "{what} a day in {place} by month of the year, {year}",
        what=words.kind_heading(view.unit, kind=view.kind),
        place=view.place,
        year=view.year,
    )
    return words.simulated(title) if view.provenance.synthetic else title


def profile_withheld(view: ProfileView) -> str:
    """Why there is no chart, in words; empty where there is one."""
    if all(count is None for count in view.of_year(view.year)):
        return gettext("No month of {year} was reported completely.", year=view.year)
    if view.total < words.TOO_FEW:
        of = words.of_kind(view.unit, kind=view.kind, count=view.total)
        return gettext(
            "{count} {what} in the completely reported months of {year}: too few for a mean. The "
            "table has the counts.",
            count=words.number(view.total),
            what=of,
            year=view.year,
        )
    return ""


def profile_summary(view: ProfileView) -> str:
    """One sentence: the usual day, the quietest and the busiest month; then what is open."""
    withheld = profile_withheld(view)
    if withheld:
        return withheld
    means = profile_means(view, year=view.year)
    known = [(mean, month) for month, mean in enumerate(means) if mean is not None]
    days = sum(monthrange(view.year, month + 1)[1] for _, month in known)
    low, high = min(known), max(known, key=lambda pair: (pair[0], -pair[1]))
    of = words.of_kind(view.unit, kind=view.kind)
    text = gettext(
        "In {year}, {mean} {what} a day were reported on average: fewest in {low_month} ({low}), "
        "most in {high_month} ({high}).",
        year=view.year,
        mean=day_mean(view.total / days),
        what=of,
        low_month=words.month_name(low[1] + 1),
        low=day_mean(low[0]),
        high_month=words.month_name(high[1] + 1),
        high=day_mean(high[0]),
    )
    return f"{text}{_beside(view)}{_open(len(known))}"


def _beside(view: ProfileView) -> str:
    ranges = [each for each in other_years(view) if each is not None]
    if not ranges:
        return ""
    low, high = min(each.low for each in ranges), max(each.high for each in ranges)
    return gettext(
        " The months of {years} lie between {low} and {high}.",
        years=_others(view),
        low=day_mean(low),
        high=day_mean(high),
    )


def _beside_years(view: ProfileView) -> tuple[int, ...]:
    return tuple(year for year in view.years if year != view.year and _enough(view, year=year))


def _others(view: ProfileView) -> str:
    others = _beside_years(view)
    return str(others[0]) if len(others) == 1 else gettext("the other years")


def _open(known: int) -> str:
    missing = _YEAR - known
    if not missing:
        return ""
    return ngettext(
        " {count} month of the year is not completely reported and left open.",
        " {count} months of the year are not completely reported and left open.",
        missing,
        count=missing,
    )


def profile_table(view: ProfileView) -> TableView:
    """Months as rows: count and mean of the chosen year, means of the others."""
    others = tuple(year for year in view.years if year != view.year)
    means = {year: profile_means(view, year=year) for year in view.years}
    rows = tuple(
        (
            Cell(text=words.capitalised(words.month_name(month + 1)), value=month + 1),
            _count(view.of_year(view.year)[month]),
            *(
                _mean(means[year][month], shown=_enough(view, year=year))
                for year in (view.year, *others)
            ),
        )
        for month in range(_YEAR)
    )
    return TableView(
        caption=profile_title(view),
        columns=(
            Column(name="month", label=gettext("Month"), kind=ColumnKind.TEXT),
            Column(
                name=f"{view.unit}_{view.year}",
                label=f"{words.capitalised(words.noun(view.unit))}, {view.year}",
                kind=ColumnKind.NUMBER,
            ),
            *(
                Column(
                    name=f"a_day_{year}",
                    label=gettext("A day, {year}", year=year),
                    kind=ColumnKind.NUMBER,
                )
                for year in (view.year, *others)
            ),
        ),
        rows=rows,
        links=(),
        file=f"{words.file_part(view.place)}_{view.kind}_{view.unit}_a_day_{view.year}",
        source=view.provenance.source,
    )


def _enough(view: ProfileView, *, year: int) -> bool:
    return sum(count or 0 for count in view.of_year(year)) >= words.TOO_FEW


def _count(count: int | None) -> Cell:
    if count is None:
        return Cell(text=gettext("not complete"))
    return Cell(text=words.number(count), value=count)


def _mean(mean: float | None, *, shown: bool) -> Cell:
    if mean is None:
        return Cell(text=gettext("not complete"))
    if not shown:
        return Cell(text=gettext("too few"))
    return Cell(text=words.decimal(mean, places=2), value=mean)
