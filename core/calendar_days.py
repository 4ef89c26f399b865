"""The calendar of a state: its holidays by name, and what the models know of each day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.nibrs.states import STATE_NAMES

__all__ = ["DayTable", "day_table", "holiday_names", "named_holidays", "national_holiday_names"]

# Days that no law names and that change what is reported. They never replace a legal holiday.
_CUSTOMARY = ((10, 31, "Halloween"), (12, 24, "Christmas Eve"), (12, 31, "New Year's Eve"))
_THANKSGIVING = "Thanksgiving Day"
_DAY_AFTER = "Day after Thanksgiving"

NEIGHBOURHOOD = 4
"""Days before and after a holiday that count as near it."""


@dataclass(frozen=True, kw_only=True)
class DayTable:
    """Calendar values of consecutive days, each an array of one value a day.

    Attributes:
        first_day: The day of element 0.
        weekday: 0 is Monday.
        day_of_year: From 1.
        day_of_month: From 1.
        holiday: Place of the holiday in :func:`holiday_names`, or in
            :func:`national_holiday_names` where that was asked for; -1 on other days.
        from_holiday: Days since the nearest holiday, negative before it, within
            :data:`NEIGHBOURHOOD`; 9 on days that are near none.
        together: The five above in this order, shape (days, 5).
    """

    first_day: date
    weekday: NDArray[np.int64]
    day_of_year: NDArray[np.int64]
    day_of_month: NDArray[np.int64]
    holiday: NDArray[np.int64]
    from_holiday: NDArray[np.int64]
    together: NDArray[np.int64]


_FAR = 9
_CODED = (1990, 2060)


def named_holidays(state: str, *, first_year: int, last_year: int) -> Mapping[date, str]:
    """Holidays of a state, with the customary days that police reports show.

    Args:
        state: Two-letter code, such as CT.
        first_year: First calendar year, included.
        last_year: Last calendar year, included.

    Returns:
        Name by day, ascending; a holiday stands on its own day, not on the day off work. Where two
        fall on one day both names are given, joined by a comma.

    Raises:
        RequestError: No such state.

    Examples:
        >>> named_holidays("LA", first_year=2024, last_year=2024)[date(2024, 2, 13)]
        'Mardi Gras'
    """
    try:
        legal = holidays.country_holidays(
            "US", subdiv=state, years=range(first_year, last_year + 1), observed=False
        )
    except NotImplementedError as error:
        raise RequestError(
            f"state: the calendar of {state!r} is not known; expected a code such as CT"
        ) from error
    names = {day: name.replace("; ", ", ") for day, name in legal.items()}
    for day in [day for day, name in names.items() if _THANKSGIVING in name]:
        names.setdefault(day + timedelta(days=1), _DAY_AFTER)
    for year in range(first_year, last_year + 1):
        for month, day_of_month, name in _CUSTOMARY:
            names.setdefault(date(year, month, day_of_month), name)
    return dict(sorted(names.items()))


@lru_cache(maxsize=8)
def holiday_names(state: str) -> tuple[str, ...]:
    """Every name that :func:`named_holidays` can give for a state, in the order of the year.

    The years are fixed, so that the order does not depend on the data: models know a holiday by
    its place in this tuple.

    Raises:
        RequestError: No such state.
    """
    return _in_order_of_the_year([state])


@lru_cache(maxsize=1)
def national_holiday_names() -> tuple[str, ...]:
    """Every name that any state has, in the order of the year: what a model of many states knows.

    A name stands where the first state that has it, in the order of the abbreviations, sees it
    first. Names differ between states (Presidents' Day, Washington's Birthday), so that one day can
    have several, which then are neighbours.
    """
    return _in_order_of_the_year(sorted(STATE_NAMES))


def _in_order_of_the_year(states: Iterable[str]) -> tuple[str, ...]:
    first_seen: dict[str, tuple[int, int]] = {}
    for state in states:
        for day, name in named_holidays(state, first_year=_CODED[0], last_year=_CODED[1]).items():
            first_seen.setdefault(name, (day.month, day.day))
    return tuple(sorted(first_seen, key=lambda name: (first_seen[name], name)))


@lru_cache(maxsize=16)
def day_table(state: str, *, first_day: date, days: int, national: bool) -> DayTable:
    """Calendar values of ``days`` days from ``first_day``.

    Args:
        state: Two-letter code.
        first_day: The day of element 0.
        days: How many.
        national: Whether holidays are coded by :func:`national_holiday_names`, not by the state's.

    Raises:
        RequestError: No such state.
    """
    last_day = first_day + timedelta(days=days - 1)
    named = named_holidays(state, first_year=first_day.year - 1, last_year=last_day.year + 1)
    names = national_holiday_names() if national else holiday_names(state)
    codes = {name: code for code, name in enumerate(names)}
    every_day = [first_day + timedelta(days=n) for n in range(days)]
    ordinals = np.array([day.toordinal() for day in every_day])
    holidays_at = np.array([day.toordinal() for day in named])
    since = ordinals[:, None] - holidays_at
    nearest = since[np.arange(days), np.abs(since).argmin(axis=1)]
    columns = {
        "weekday": np.array([day.weekday() for day in every_day]),
        "day_of_year": np.array([day.timetuple().tm_yday for day in every_day]),
        "day_of_month": np.array([day.day for day in every_day]),
        "holiday": np.array([codes[named[day]] if day in named else -1 for day in every_day]),
        "from_holiday": np.where(np.abs(nearest) <= NEIGHBOURHOOD, nearest, _FAR),
    }
    together = np.stack(list(columns.values()), axis=1)
    return DayTable(first_day=first_day, together=together, **columns)
