from datetime import date, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from core.demo.days import HOLIDAY_EFFECTS, holidays_of_year
from core.demo.incidents import MIDNIGHT_SHARES
from core.demo.reference import read_table
from core.nibrs.codes import CATEGORY_OF_CODE, LOCATION_TYPES

DERBY, MONTVILLE, NEW_HAVEN = 2137, 37041, 2168
YEARS = (2021, 2022, 2023, 2024)
FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)


class Demo(Protocol):
    offences: pl.DataFrame


def daily(offences: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Offences of each of the 1,461 days, with zeros."""
    counts = np.zeros((LAST - FIRST).days + 1)
    for day, n in offences.group_by("date").len().rows():
        counts[(day - FIRST).days] = n
    return counts


@pytest.fixture(scope="module")
def large_cities(demo: Demo) -> dict[int, npt.NDArray[np.float64]]:
    counted = demo.offences["agency_id"].value_counts().filter(pl.col("count") >= 5 * 1461)
    return {
        agency: daily(demo.offences.filter(pl.col("agency_id") == agency))
        for agency in sorted(counted["agency_id"].to_list())
    }


def test_days_of_large_cities_are_over_dispersed(
    large_cities: dict[int, npt.NDArray[np.float64]],
) -> None:
    ratio = {agency: days.var() / days.mean() for agency, days in large_cities.items()}
    assert len(ratio) == 17
    assert all(1.3 <= value <= 3.5 for value in ratio.values()), ratio


def test_a_day_is_over_dispersed_beyond_season_and_trend(
    large_cities: dict[int, npt.NDArray[np.float64]],
) -> None:
    # Differences to the same weekday a week later: a Poisson series gives 1.
    local = [float(np.mean((d[7:] - d[:-7]) ** 2) / (2 * d.mean())) for d in large_cities.values()]
    assert min(local) > 1.1
    assert 1.3 < np.median(local) < 2.2


def test_agencies_differ_in_their_weekdays(
    large_cities: dict[int, npt.NDArray[np.float64]],
) -> None:
    weekday = np.array([(FIRST + timedelta(k)).weekday() for k in range(1461)])
    sunday = [float(d[weekday == 6].mean() / d.mean()) for d in large_cities.values()]
    assert max(sunday) - min(sunday) > 0.1
    assert np.mean(sunday) < 0.95


def test_levels_do_not_jump_on_new_years_day_of_2024(
    large_cities: dict[int, npt.NDArray[np.float64]],
) -> None:
    new_year = (date(2024, 1, 1) - FIRST).days
    for days in large_cities.values():
        before, after = days[new_year - 42 : new_year].mean(), days[new_year : new_year + 42].mean()
        assert 0.6 < after / before < 1.6


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("Thanksgiving", 0.0, 0.85),
        ("Christmas Day", 0.0, 0.8),
        ("Independence Day", 1.04, 1.5),
        ("New Year's Day", 1.05, 1.5),
    ],
)
def test_holidays_show(demo: Demo, name: str, low: float, high: float) -> None:
    days = daily(demo.offences)
    ratios = []
    for year in YEARS:
        day = next(d for d, n in holidays_of_year(year).items() if n == name)
        position = (day - FIRST).days
        around = [position + k for k in (-14, -7, 7, 14) if 0 <= position + k < days.size]
        ratios.append(days[position] / days[around].mean())
    assert low < np.mean(ratios) < high


def test_movable_holidays_fall_on_their_dates() -> None:
    names = {name: day for day, name in holidays_of_year(2024).items()}
    assert set(names) == set(HOLIDAY_EFFECTS)
    assert names["Easter Sunday"] == date(2024, 3, 31)
    assert names["Good Friday"] == date(2024, 3, 29)
    assert names["Memorial Day"] == date(2024, 5, 27)
    assert names["Thanksgiving"] == date(2024, 11, 28)
    assert [d for d, n in holidays_of_year(2021).items() if n == "Easter Sunday"] == [
        date(2021, 4, 4)
    ]


def test_leap_day_exists_and_is_an_ordinary_day(demo: Demo) -> None:
    days = daily(demo.offences)
    leap = (date(2024, 2, 29) - FIRST).days
    assert 0.7 < days[leap] / days[leap - 14 : leap + 15].mean() < 1.3


def test_montville_begins_in_2023(demo: Demo) -> None:
    own = demo.offences.filter(pl.col("agency_id") == MONTVILLE)
    assert date(2023, 1, 1) <= own["date"].min() < date(2023, 4, 1)  # type: ignore[operator]  # a date, not null
    assert own.height == 211


def test_derby_has_its_midnight_habit(demo: Demo) -> None:
    derby = demo.offences.filter(pl.col("agency_id") == DERBY)
    others = demo.offences.filter(~pl.col("agency_id").is_in(list(MIDNIGHT_SHARES)))
    assert (derby["hour"] == 0).mean() == pytest.approx(0.77, abs=0.03)
    assert (others["hour"] == 0).mean() < 0.05  # type: ignore[operator]  # not empty, so a number


def test_agencies_with_a_midnight_habit_are_those_that_the_figures_show() -> None:
    profile = read_table("agency_profiles").cast(pl.Float64)
    habit = profile.filter((pl.col("rows") >= 100) & (pl.col("hour_0") > 0.5 * pl.col("rows")))
    assert set(habit["agency_id"].cast(pl.Int64)) == set(MIDNIGHT_SHARES)


def share(offences: pl.DataFrame, condition: pl.Expr) -> float:
    return float(offences.select(condition.mean()).item())


def test_categories_have_their_places_and_hours(demo: Demo) -> None:
    offences = demo.offences
    shoplifting = offences.filter(pl.col("code") == "23C")
    retail = {code for code, place in LOCATION_TYPES.items() if place.area == "retail"}
    assert share(shoplifting, pl.col("location").is_in(list(retail))) > 0.75
    assert share(shoplifting, pl.col("hour").is_between(9, 21)) > 0.8
    burglary = offences.filter(pl.col("category") == "burglary")
    assert share(burglary, pl.col("location") == "20") > 0.4
    fraud = offences.filter(pl.col("category") == "fraud")
    assert share(fraud, pl.col("location") == "58") > 0.15
    assert share(offences.filter(pl.col("category") != "fraud"), pl.col("location") == "58") < 0.03
    drugs = offences.filter(pl.col("category") == "drugs")
    assert share(drugs, pl.col("location") == "13") > 0.35
    assault, weekend = (
        offences.filter(pl.col("category") == "assault"),
        pl.col("date").dt.weekday() > 5,
    )
    assert share(assault, weekend) > share(fraud, weekend) + 0.08


def test_agencies_have_mixes_of_their_own(demo: Demo) -> None:
    large = demo.offences.filter(pl.len().over("agency_id") >= 3000)
    drugs = large.group_by("agency_id").agg((pl.col("category") == "drugs").mean().alias("share"))
    assert drugs["share"].max() > 4 * drugs["share"].min()  # type: ignore[operator]  # not empty


def test_offences_of_one_incident_belong_together(demo: Demo) -> None:
    several = demo.offences.filter(pl.len().over("incident_id") > 1)
    with_burglary = several.filter((pl.col("category") == "burglary").any().over("incident_id"))
    partners = with_burglary.filter(pl.col("category") != "burglary")
    everything = demo.offences.filter(pl.col("category") != "burglary")
    vandalism = pl.col("category") == "vandalism"
    assert share(partners, vandalism) > 2 * share(everything, vandalism)
    places = several.group_by("incident_id").agg(pl.col("location").n_unique())
    assert 0.85 < (places["location"] == 1).mean() < 0.97  # type: ignore[operator]  # not empty


def test_codes_are_group_a_codes_that_the_fbi_lists(demo: Demo) -> None:
    used = set(demo.offences["code"])
    assert used <= set(CATEGORY_OF_CODE)
    assert not any(code.startswith("90") for code in used)
    assert {"13A", "13B", "13C", "23C", "23F", "26A", "35A", "35B", "11D"} <= used
