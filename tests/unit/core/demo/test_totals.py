from typing import Protocol

import polars as pl
import pytest

from core.demo.reference import read_table


class Demo(Protocol):
    tables: dict[tuple[int, str], pl.DataFrame]
    offences: pl.DataFrame


def published(dimension: str) -> list[tuple[str, int, int]]:
    table = read_table("published_totals").filter(pl.col("dimension") == dimension)
    return [(value, int(n), int(error)) for value, n, error in table.drop("dimension").rows()]


def simulated(offences: pl.DataFrame, value: pl.Expr) -> dict[str, int]:
    counted = offences.select(value.cast(pl.String).alias("value")).drop_nulls()
    return dict(counted["value"].value_counts().rows())


VALUES = {
    "year": pl.col("date").dt.year(),
    "month": pl.col("date").dt.month(),
    "weekday": pl.col("date").dt.weekday(),
    "day_of_month": pl.col("date").dt.day(),
    "hour": pl.col("hour"),
    "category": pl.col("category"),
    "location": pl.col("location"),
}


@pytest.mark.parametrize("dimension", VALUES)
def test_totals_are_the_published_ones_within_one_per_cent_or_the_reading_error(
    demo: Demo, dimension: str
) -> None:
    counted = simulated(demo.offences, VALUES[dimension])
    wrong = {
        value: (counted.get(value, 0), target)
        for value, target, error in published(dimension)
        if abs(counted.get(value, 0) - target) > max(error, 0.01 * target)
    }
    assert wrong == {}
    assert set(counted) <= {value for value, _, _ in published(dimension)}


def test_years_are_within_their_reading_error(demo: Demo) -> None:
    counted = simulated(demo.offences, VALUES["year"])
    for value, target, error in published("year"):
        assert abs(counted[value] - target) <= error


def test_midnight_holds_whether_or_not_unknown_hours_are_counted_with_it(demo: Demo) -> None:
    target = next(n for value, n, _ in published("hour") if value == "0")
    with_unknown = demo.offences.filter(pl.col("hour").fill_null(0) == 0).height
    assert abs(with_unknown - target) <= 0.01 * target


def test_categories_of_2021_to_2023_are_the_published_ones(demo: Demo) -> None:
    earlier = demo.offences.filter(pl.col("date").dt.year() < 2024)
    counted = simulated(earlier, VALUES["category"])
    worst = max(abs(counted.get(v, 0) - n) for v, n, _ in published("category_2021_2023"))
    assert worst <= 1


def test_every_agency_has_its_total_of_both_periods(demo: Demo) -> None:
    counted = demo.offences.group_by("agency_id").agg(
        (pl.col("date").dt.year() < 2024).sum().alias("before"),
        (pl.col("date").dt.year() == 2024).sum().alias("after"),
    )
    expected = read_table("agency_offences").cast(pl.Int64)
    joined = expected.join(counted, on="agency_id", how="full", validate="1:1")
    assert joined.height == 96
    assert (joined["offences_2021_2023"] == joined["before"]).all()
    assert (joined["offences_2024"] == joined["after"]).all()


def test_497_thousand_offences_in_456_thousand_incidents(demo: Demo) -> None:
    assert abs(demo.offences.height - 497_000) <= 497
    incidents = demo.offences["incident_id"].n_unique()
    assert demo.offences.height / incidents == pytest.approx(1.09, abs=0.005)


def test_unknown_hours_are_295_and_all_in_2024(demo: Demo) -> None:
    unknown = demo.offences.filter(pl.col("hour").is_null())
    assert unknown.height == 295
    assert set(unknown["date"].dt.year()) == {2024}


def test_december_2024_is_thin(demo: Demo) -> None:
    thin = demo.offences.filter(pl.col("date") >= pl.date(2024, 12, 2))
    assert thin["date"].n_unique() == 30
    assert thin.height / 30 == pytest.approx(265, rel=0.01)
    assert thin.height / 30 < 0.8 * demo.offences.height / 1461
    year_before = pl.col("date").is_between(pl.date(2023, 12, 2), pl.date(2023, 12, 31))
    assert demo.offences.filter(year_before).height > 1.1 * thin.height


def test_officers_are_the_reported_ones(demo: Demo) -> None:
    def officers(year: int, *columns: str) -> int:
        table = demo.tables[year, "agencies.csv"]
        return sum(int(table[c].cast(pl.Int64).sum()) for c in columns)

    years = (2021, 2022, 2023, 2024)
    assert [officers(y, "male_officer", "female_officer") for y in years] == [
        7557,
        7401,
        7645,
        7825,
    ]
    assert [officers(y, "female_officer") for y in years] == [933, 949, 1010, 1046]


def test_agencies_are_the_real_ones_of_each_year(demo: Demo) -> None:
    files = {year: demo.tables[year, "agencies.csv"] for year in (2021, 2022, 2023, 2024)}
    assert [table.height for table in files.values()] == [107, 107, 108, 108]
    for table in files.values():
        assert (table["population"] == "0").sum() == 12
    yale = files[2022].filter(pl.col("pub_agency_name") == "Yale University")
    assert yale["male_officer"].item() is None
    assert "CAPITOL PLANNING REGION" in set(files[2023]["county_name"])
    assert "HARTFORD" in set(files[2022]["county_name"])
    reporting = set(demo.offences["agency_id"].cast(pl.String).unique())
    silent = set(files[2024].filter(pl.col("population") == "0")["agency_id"])
    assert reporting.isdisjoint(silent)
    assert len(reporting) == 96


def test_rates_per_thousand_are_written_as_the_fbi_writes_them(demo: Demo) -> None:
    ansonia = demo.tables[2024, "agencies.csv"].filter(pl.col("agency_id") == "2120")
    assert ansonia.select("population", "officer_rate", "employee_rate").row(0) == (
        "19049",
        "2.3",
        "2.7",
    )
