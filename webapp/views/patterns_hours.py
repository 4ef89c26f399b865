"""View of when it happens: hour of the day by day of the week."""

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.patterns_cells import UNDER, count_cell, hidden_cells, is_protected
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "WEEKDAYS",
    "HoursView",
    "Peak",
    "hidden_hours",
    "hours_peak",
    "hours_summary",
    "hours_table",
    "hours_title",
    "hours_withheld",
]

_ON_DAYS = (
    gettext_noop("Mondays"),
    gettext_noop("Tuesdays"),
    gettext_noop("Wednesdays"),
    gettext_noop("Thursdays"),
    gettext_noop("Fridays"),
    gettext_noop("Saturdays"),
    gettext_noop("Sundays"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = 24
_BLOCK = 2
_LEAST_PEAK = 10
_HABIT = 2


@dataclass(frozen=True, kw_only=True)
class HoursView:
    """Counts of a place and year by day of the week and hour of the day.

    Attributes:
        place: Name of the place.
        kind: The selection of offences.
        unit: What is counted.
        year: Year.
        counts: Seven days from Monday, 24 hours each.
        without: Those whose hour is not known; they are not in ``counts``.
        months: Months of the year with a report.
        provenance: Source.
    """

    place: str
    kind: str
    unit: Unit
    year: int
    counts: tuple[tuple[int, ...], ...]
    without: int
    months: int
    provenance: Provenance

    @property
    def known(self) -> int:
        """How many have an hour."""
        return sum(map(sum, self.counts))

    def at_hour(self, hour: int) -> int:
        """The week's count at an hour of the day."""
        return sum(day[hour] for day in self.counts)

    @property
    def told(self) -> int:
        """How many have an hour that can be believed."""
        return self.known - self.at_hour(0) * self.midnight_habit

    @property
    def midnight_habit(self) -> bool:
        """Whether hour 0 has more than twice what 23 and 1 o'clock have, and enough to say so.

        Some agencies enter midnight where the hour is not known.
        """
        midnight = self.at_hour(0)
        beside = max(self.at_hour(1), self.at_hour(_DAY - 1))
        return midnight >= words.TOO_FEW and midnight > _HABIT * beside


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The two hours of the week with the most."""

    weekday: int
    hour: int
    count: int
    hidden: bool


def hidden_hours(view: HoursView) -> tuple[tuple[bool, ...], ...]:
    """For each day and hour, whether its count is not shown."""
    flat = hidden_cells([count for day in view.counts for count in day], kind=view.kind)
    return tuple(flat[first : first + _DAY] for first in range(0, len(flat), _DAY))


def hours_withheld(view: HoursView) -> str:
    """Why there is no chart, in words; empty where there is one."""
    of = words.of_kind(view.unit, kind=view.kind)
    if not view.months:
        return gettext("No month of {year} was reported.", year=view.year)
    if view.told < words.TOO_FEW:
        return gettext(
            "Fewer than {fewest} {what} of {year} have a known hour: too few to draw.",
            fewest=words.TOO_FEW,
            what=of,
            year=view.year,
        )
    if all(map(all, hidden_hours(view))):
        return gettext(
            "No hour of the week of {year} has {fewest} {what} or more; smaller counts of sex "
            "offences are not shown.",
            year=view.year,
            fewest=UNDER,
            what=of,
        )
    return ""


def hours_peak(view: HoursView) -> Peak | None:
    """The two hours after each other with the most; null where they are hardly more than others."""
    best = max(_blocks(view), key=lambda peak: (peak.count, -peak.weekday, -peak.hour))
    return best if best.count >= _LEAST_PEAK else None


def _blocks(view: HoursView) -> Iterator[Peak]:
    hidden = hidden_hours(view)
    for weekday, day in enumerate(view.counts):
        for hour in range(int(view.midnight_habit), _DAY - _BLOCK + 1):
            block = slice(hour, hour + _BLOCK)
            yield Peak(
                weekday=weekday,
                hour=hour,
                count=sum(day[block]),
                hidden=any(hidden[weekday][block]),
            )


def hours_title(view: HoursView) -> str:
    """Title of the figure."""
    title = gettext(
        "{what} in {place} by hour of the day and day of the week, {year}",
        what=words.kind_heading(view.unit, kind=view.kind),
        place=view.place,
        year=view.year,
    )
    return words.simulated(title) if view.provenance.synthetic else title


def hours_summary(view: HoursView) -> str:
    """One sentence: when most were; then what is not known."""
    withheld = hours_withheld(view)
    if withheld:
        return f"{withheld}{_unknown(view)}{_at_midnight(view)}"
    return f"{_most(view)}{_unknown(view)}{_midnight(view)}"


def _most(view: HoursView) -> str:
    of = words.of_kind(view.unit, kind=view.kind)
    peak = hours_peak(view)
    if peak is None:
        return gettext(
            "In {year}, no two hours of the week had {fewest} {what} or more.",
            year=view.year,
            fewest=_LEAST_PEAK,
            what=of,
        )
    when = gettext(
        "{first}:00 to {last}:00 on {days}",
        first=peak.hour,
        last=peak.hour + _BLOCK,
        days=gettext(_ON_DAYS[peak.weekday]),
    )
    text = gettext(
        "In {year}, the two hours of the week with the most {what} were {when}",
        year=view.year,
        what=of,
        when=when,
    )
    return f"{text}." if peak.hidden else f"{text}: {_peak_count(peak, view=view)}."


def _peak_count(peak: Peak, *, view: HoursView) -> str:
    message = (
        gettext_noop("{count} of {all} not at midnight")
        if view.midnight_habit
        else gettext_noop("{count} of {all} with a known hour")
    )
    return gettext(message, count=words.number(peak.count), all=words.number(view.told))


def _unknown(view: HoursView) -> str:
    if not view.without:
        return ""
    if is_protected(view.kind) and view.without < UNDER:
        return gettext(
            " Fewer than {fewest} have no known hour and are not in the chart.", fewest=UNDER
        )
    return ngettext(
        " {count} of {all} has no known hour and is not in the chart.",
        " {count} of {all} have no known hour and are not in the chart.",
        view.without,
        count=words.number(view.without),
        all=words.number(view.known + view.without),
    )


def _midnight(view: HoursView) -> str:
    if not view.midnight_habit:
        return ""
    return gettext(
        " Midnight has more than twice as many as the hours beside it: some police enter it where "
        "the hour is not known, so it is drawn in grey and left out of the sentence."
    )


def _at_midnight(view: HoursView) -> str:
    if not view.midnight_habit:
        return ""
    return gettext(
        " More are entered at midnight, where some police put those whose hour they do not know: "
        "they do not count as known."
    )


def hours_table(view: HoursView) -> TableView:
    """Hours as rows, days of the week as columns."""
    hidden = hidden_hours(view)
    rows = tuple(
        (
            Cell(text=gettext("{hour}:00 to {hour}:59", hour=hour), value=hour),
            *(
                count_cell(day[hour], hidden=off[hour])
                for day, off in zip(view.counts, hidden, strict=True)
            ),
        )
        for hour in range(_DAY)
    )
    return TableView(
        caption=f"{hours_title(view)}.{_unknown(view)}".removesuffix("."),
        columns=(
            Column(name="hour", label=gettext("Hour"), kind=ColumnKind.TEXT),
            *(
                Column(
                    name=day.lower(),
                    label=words.capitalised(words.weekday_name(number)),
                    kind=ColumnKind.NUMBER,
                )
                for number, day in enumerate(WEEKDAYS)
            ),
        ),
        rows=rows,
        links=(),
        file=f"{words.file_part(view.place)}_{view.kind}_{view.unit}_by_hour_{view.year}",
        source=view.provenance.source,
    )
