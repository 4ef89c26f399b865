"""The days of 2021-2024 and what Connecticut's calendar makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from core.demo.raking import FloatArray, IntArray

__all__ = ["HOLIDAY_EFFECTS", "LAST_WINDOW_DAYS", "YEARS", "Days", "holidays_of_year", "make_days"]

YEARS = (2021, 2022, 2023, 2024)
LAST_WINDOW_DAYS = 30
"""Length of the window at the end of 2024 whose total is published."""

HOLIDAY_EFFECTS: Mapping[str, float] = MappingProxyType(
    {
        "New Year's Day": 1.15,
        "Martin Luther King Jr. Day": 0.93,
        "Presidents' Day": 0.98,
        "Good Friday": 0.94,
        "Easter Sunday": 0.88,
        "Memorial Day": 0.86,
        "Juneteenth": 0.97,
        "Independence Day": 1.25,
        "Labor Day": 0.85,
        "Columbus Day": 0.93,
        "Halloween": 1.08,
        "Veterans Day": 0.92,
        "Thanksgiving": 0.74,
        "Day after Thanksgiving": 1.04,
        "Christmas Eve": 0.92,
        "Christmas Day": 0.72,
        "New Year's Eve": 1.04,
    }
)
"""Offences on the day over those on an ordinary day, before fitting to the published totals."""

_MONDAY, _THURSDAY = 0, 3


@dataclass(frozen=True, kw_only=True)
class Days:
    """Every day of 2021-2024, all arrays of shape (days,).

    Attributes:
        dates: The dates, ``datetime64[D]``.
        year: 0 for 2021 to 3 for 2024.
        month: 0 for January to 11.
        weekday: 0 for Monday to 6.
        day_of_month: 0 for the 1st to 30.
        period: 0 for 2021-2023, 1 for 2024: the split of the published totals by agency.
        holiday: Factor of the holiday, 1 on ordinary days.
        in_last_window: 1 in the last 30 days of 2024, else 0.
    """

    dates: npt.NDArray[np.datetime64]
    year: IntArray
    month: IntArray
    weekday: IntArray
    day_of_month: IntArray
    period: IntArray
    holiday: FloatArray
    in_last_window: IntArray


def _easter(year: int) -> date:
    """Easter Sunday (the Gregorian algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_century, leap_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_century - correction + 15) % 30
    quarter, odd = divmod(rest, 4)
    weekday = (32 + 2 * leap_rest + 2 * quarter - epact - odd) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _nth(year: int, month: int, *, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def holidays_of_year(year: int) -> Mapping[date, str]:
    """Federal and Connecticut holidays, and the days that people keep beside them.

    Args:
        year: A Gregorian year from 2021 on (Juneteenth is a holiday since then).

    Returns:
        Name of the holiday by date, every name a key of :data:`HOLIDAY_EFFECTS`.
    """
    last_of_may = date(year, 5, 31)
    thanksgiving = _nth(year, 11, weekday=_THURSDAY, nth=4)
    return {
        date(year, 1, 1): "New Year's Day",
        _nth(year, 1, weekday=_MONDAY, nth=3): "Martin Luther King Jr. Day",
        _nth(year, 2, weekday=_MONDAY, nth=3): "Presidents' Day",
        _easter(year) - timedelta(2): "Good Friday",
        _easter(year): "Easter Sunday",
        last_of_may - timedelta(last_of_may.weekday()): "Memorial Day",
        date(year, 6, 19): "Juneteenth",
        date(year, 7, 4): "Independence Day",
        _nth(year, 9, weekday=_MONDAY, nth=1): "Labor Day",
        _nth(year, 10, weekday=_MONDAY, nth=2): "Columbus Day",
        date(year, 10, 31): "Halloween",
        date(year, 11, 11): "Veterans Day",
        thanksgiving: "Thanksgiving",
        thanksgiving + timedelta(1): "Day after Thanksgiving",
        date(year, 12, 24): "Christmas Eve",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 31): "New Year's Eve",
    }


def make_days() -> Days:
    """The 1,461 days from 2021-01-01 to 2024-12-31."""
    dates = np.arange(f"{YEARS[0]}-01-01", f"{YEARS[-1] + 1}-01-01", dtype="datetime64[D]")
    calendar = [date.fromisoformat(str(day)) for day in dates]
    names = {day: name for year in YEARS for day, name in holidays_of_year(year).items()}
    year = np.array([day.year - YEARS[0] for day in calendar], dtype=np.int64)
    return Days(
        dates=dates,
        year=year,
        month=np.array([day.month - 1 for day in calendar], dtype=np.int64),
        weekday=np.array([day.weekday() for day in calendar], dtype=np.int64),
        day_of_month=np.array([day.day - 1 for day in calendar], dtype=np.int64),
        period=(year == len(YEARS) - 1).astype(np.int64),
        holiday=np.array([HOLIDAY_EFFECTS.get(names.get(day, ""), 1.0) for day in calendar]),
        in_last_window=(np.arange(dates.size) >= dates.size - LAST_WINDOW_DAYS).astype(np.int64),
    )
