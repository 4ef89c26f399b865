"""View of a place's forecast: what is expected, how sure that is, and what was counted since."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from math import prod

from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.common import Provenance

__all__ = [
    "Expected",
    "Factor",
    "ForecastDay",
    "ForecastView",
    "HolidayMark",
    "Measured",
    "Why",
    "forecast_source",
    "forecast_summary",
    "forecast_title",
    "gap_words",
    "shown_factors",
    "trailing_means",
]

_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A forecast count with the limits of its 50, 80 and 95 % intervals."""

    mean: float
    median: int
    lower_95: int
    lower_80: int
    lower_50: int
    upper_50: int
    upper_80: int
    upper_95: int

    @classmethod
    def added(cls, parts: Sequence["Expected"]) -> "Expected":
        """The sum of forecasts, limits included: as if all erred together, so rather too wide."""
        sums = {
            field.name: sum(getattr(part, field.name) for part in parts) for field in fields(cls)
        }
        return cls(**sums)


@dataclass(frozen=True, kw_only=True)
class ForecastDay:
    """One day of a forecast.

    Attributes:
        day: The day.
        holiday: Name of the holiday, or empty.
        expected: The forecast.
        baseline: What the baseline says.
        counted: What was reported; null where that is not known.
        counted_mean: Mean over the day and the six before it; null unless all are known.
    """

    day: date
    holiday: str
    expected: Expected
    baseline: float
    counted: int | None
    counted_mean: float | None


@dataclass(frozen=True, kw_only=True)
class HolidayMark:
    """A holiday of the days that are drawn."""

    day: date
    name: str


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One cause in words; above 1 it raises the forecast, below 1 it lowers it."""

    label: str
    factor: float


@dataclass(frozen=True, kw_only=True)
class Why:
    """The forecast of one day taken apart: ``level`` times every factor is ``mean``.

    Attributes:
        day: The day.
        level: Offences a day of late.
        factors: The strongest first; none where a baseline speaks.
        mean: Expected count.
    """

    day: date
    level: float
    factors: tuple[Factor, ...]
    mean: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the dataset's last back-test measured.

    Attributes:
        windows: How many windows of 30 days it judged.
        band: Volume band of the place, in words.
        days: Days of places in that band.
        coverage_80: Share of those days that lay inside their 80 % interval.
        deviance: Mean Poisson deviance of what is served, over all places.
        baseline: Name of the baseline with the least deviance.
        baseline_deviance: Its deviance.
    """

    windows: int
    band: str
    days: int
    coverage_80: float
    deviance: float
    baseline: str
    baseline_deviance: float


@dataclass(frozen=True, kw_only=True)
class ForecastView:
    """The forecast of one place, offences of all kinds.

    Attributes:
        place: Name of the place.
        horizon: Days of the forecast.
        origin: Last day that the forecast knows.
        bridge: Last of the days without data that it is carried over; null where none are.
        last_day: Last day of the data.
        first: Day of the first value of ``history``.
        history: A count a day up to the origin; null where the day was not reported.
        means: Mean over each day and the six before it; null unless all seven are known.
        year_before: As ``means``, 52 weeks before, for every day from ``first`` to the end of the
            forecast.
        days: The days of the forecast; empty when it is withheld.
        total: The sum over all days of the forecast with its own intervals; null when withheld.
        holidays: Holidays of history and forecast, none of the days between.
        withheld: Why there is no forecast, or empty.
        model: Which model speaks here: ``direct``, ``recursive`` or the name of a baseline.
        baseline: Name of the baseline behind.
        trained_to: Last day that the model has learned from; null when withheld.
        short_history: Whether under half a year is known, so that the intervals are wider.
        why: The first day taken apart; null when withheld or not asked for.
        measured: What the last back-test says of such places; null where there was none.
        provenance: Source.
    """

    place: str
    horizon: int
    origin: date
    bridge: date | None
    last_day: date
    first: date
    history: tuple[int | None, ...]
    means: tuple[float | None, ...]
    year_before: tuple[float | None, ...]
    days: tuple[ForecastDay, ...]
    total: Expected | None
    holidays: tuple[HolidayMark, ...]
    withheld: str
    model: str
    baseline: str
    trained_to: date | None
    short_history: bool
    why: Why | None
    measured: Measured | None
    provenance: Provenance

    @property
    def begin(self) -> date:
        """First day of the forecast."""
        return (self.bridge or self.origin) + timedelta(days=1)

    @property
    def end(self) -> date:
        """Last day of the forecast."""
        return (self.bridge or self.origin) + timedelta(days=self.horizon)

    @property
    def gap(self) -> int:
        """Days without data that the forecast is carried over."""
        return (self.begin - self.origin).days - 1

    @property
    def replays(self) -> bool:
        """Whether the forecast starts before the end of the data."""
        return self.origin < self.last_day

    @property
    def counted(self) -> int | None:
        """What was reported in the days of the forecast; null unless each of them is known."""
        known = [day.counted for day in self.days if day.counted is not None]
        return sum(known) if known and len(known) == self.horizon else None


def trailing_means(values: tuple[int | None, ...]) -> tuple[float | None, ...]:
    """The mean of each day and the six before it; null unless all seven are known.

    Unlike a centred mean it never looks beyond its day, so it may stand before a forecast.
    """
    means: list[float | None] = []
    for i in range(len(values)):
        week = values[i + 1 - _WEEK : i + 1] if i + 1 >= _WEEK else ()
        known = [value for value in week if value is not None]
        means.append(round(sum(known) / _WEEK, 2) if len(known) == _WEEK else None)
    return tuple(means)


_NAMED = 4


def shown_factors(why: Why) -> tuple[Factor, ...]:
    """The strongest factors, and one that stands for all others."""
    others = why.factors[_NAMED:]
    if not others:
        return why.factors
    rest = Factor(label=gettext("everything else"), factor=prod(each.factor for each in others))
    return (*why.factors[:_NAMED], rest)


def forecast_title(view: ForecastView) -> str:
    """Title of the figure."""
    title = gettext("Reported offences of all kinds in {place}", place=view.place)
    if view.days:
        title = gettext(
            "{title} by day and the forecast to {day}", title=title, day=words.day(view.end)
        )
    if view.days and view.gap:
        title = gettext("{title}, low confidence", title=title)
    return words.simulated(title) if view.provenance.synthetic else title


def gap_words(view: ForecastView) -> str:
    """``30 days without data``, between the data and the forecast."""
    return ngettext(
        "{count} day without data",
        "{count} days without data",
        view.gap,
        count=words.number(view.gap),
    )


def forecast_summary(view: ForecastView) -> str:
    """One sentence on the single days."""
    if not view.days:
        return view.withheld
    medians = [day.expected.median for day in view.days]
    if max(medians) == 0:
        text = gettext("On most single days none is expected")
    else:
        text = gettext(
            "A median of {median} a day; for single days the 80\N{NO-BREAK SPACE}% intervals "
            "reach from {low} to {high}",
            median=_span(min(medians), max(medians)),
            low=min(day.expected.lower_80 for day in view.days),
            high=max(day.expected.upper_80 for day in view.days),
        )
    return f"{_caution(view)}{text}{_inside(view)}."


def _caution(view: ForecastView) -> str:
    if not view.gap:
        return ""
    text = gettext(
        "Low confidence: the data end {day}, {gap} before the forecast begins.",
        day=words.day(view.origin),
        gap=gap_words(view),
    )
    return f"{text} "


def _inside(view: ForecastView) -> str:
    """How many days that were counted since lay inside their 80 % intervals."""
    known = [day for day in view.days if day.counted is not None]
    if not known:
        return ""
    inside = sum(
        day.expected.lower_80 <= (day.counted or 0) <= day.expected.upper_80 for day in known
    )
    return gettext(
        "; {count} of {all} days that were counted since lay inside their 80\N{NO-BREAK SPACE}% "
        "intervals",
        count=inside,
        all=len(known),
    )


def forecast_source(view: ForecastView) -> str:
    """The source line; it says so when a gap was bridged."""
    if not (view.days and view.gap):
        return view.provenance.source
    bridged = gettext("carried on over {gap}, low confidence", gap=gap_words(view))
    return f"{view.provenance.source} · {bridged}"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else gettext("{low} to {high}", low=low, high=high)
