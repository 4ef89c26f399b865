"""Holidays by name, and the calendar values that the models know them by."""

from datetime import date

import pytest

from core.calendar_days import day_table, holiday_names, named_holidays
from core.errors import RequestError


def test_holidays_stand_on_their_own_days() -> None:
    named = named_holidays("CT", first_year=2021, last_year=2021)
    assert named[date(2021, 7, 4)] == "Independence Day"  # a Sunday; the day off was the 5th
    assert date(2021, 7, 5) not in named
    assert named[date(2021, 11, 25)] == "Thanksgiving Day"
    assert named[date(2021, 11, 26)] == "Day after Thanksgiving"
    assert named[date(2021, 10, 31)] == "Halloween"
    assert named[date(2021, 12, 24)] == "Christmas Eve"
    assert named[date(2021, 12, 31)] == "New Year's Eve"
    assert list(named) == sorted(named)


def test_each_state_has_its_own_holidays() -> None:
    assert "Mardi Gras" in holiday_names("LA")
    assert "Mardi Gras" not in holiday_names("CT")
    assert "Lincoln's Birthday" in holiday_names("CT")


def test_an_unknown_state_is_refused_by_name() -> None:
    with pytest.raises(RequestError, match="'XX'"):
        named_holidays("XX", first_year=2021, last_year=2021)


def test_codes_do_not_depend_on_the_years_of_the_data() -> None:
    early = day_table("CT", first_day=date(2012, 1, 1), days=366, national=False)
    late = day_table("CT", first_day=date(2024, 1, 1), days=366, national=False)
    halloween = date(2024, 10, 31).timetuple().tm_yday - 1
    assert early.holiday[halloween] == late.holiday[halloween] >= 0


def test_values_of_days_match_the_standard_library() -> None:
    table = day_table("CT", first_day=date(2021, 12, 20), days=20, national=False)
    for n in range(20):
        day = date.fromordinal(date(2021, 12, 20).toordinal() + n)
        assert table.weekday[n] == day.weekday()
        assert table.day_of_year[n] == day.timetuple().tm_yday
        assert table.day_of_month[n] == day.day


def test_days_from_the_nearest_holiday() -> None:
    table = day_table("CT", first_day=date(2021, 7, 1), days=12, national=False)
    assert table.from_holiday.tolist() == [-3, -2, -1, 0, 1, 2, 3, 4, 9, 9, 9, 9]
