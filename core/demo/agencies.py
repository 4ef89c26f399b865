"""The agency file of a simulated bundle: real agencies, populations and staff of each year."""

import polars as pl

from core.demo.layout import columns_of
from core.demo.reference import read_table

__all__ = ["agency_file"]

_CONSTANTS = {
    "dormant_flag": "N",
    "reporting_type": "I",
    "agency_status": "A",
    "state_id": "8",
    "state_name": "Connecticut",
    "state_abbr": "CT",
    "state_postal_abbr": "CT",
    "division_code": "1",
    "division_name": "New England",
    "region_code": "1",
    "region_name": "Northeast",
    "region_desc": "Region I",
    "covered_flag": "N",
    "publishable_flag": "Y",
    "participated": "Y",
    "nibrs_participated": "Y",
}

_POPULATION_GROUPS = pl.DataFrame(
    [
        ("6", "2", "Cities from 100,000 thru 249,999", "2", "Cities from 100,000 thru 249,999"),
        ("7", "3", "Cities from 50,000 thru 99,999", "3", "Cities from 50,000 thru 99,999"),
        ("8", "4", "Cities from 25,000 thru 49,999", "4", "Cities from 25,000 thru 49,999"),
        ("9", "5", "Cities from 10,000 thru 24,999", "5", "Cities from 10,000 thru 24,999"),
        ("10", "6", "Cities from 2,500 thru 9,999", "6", "Cities from 2,500 thru 9,999"),
        ("11", "7", "Cities under 2,500", "7", "Cities under 2,500"),
        ("13", "8A", "Non-MSA counties 100,000 or over", "8", "Non-MSA Counties"),
    ],
    schema=[
        "population_group_id",
        "population_group_code",
        "population_group_desc",
        "parent_pop_group_code",
        "parent_pop_group_desc",
    ],
    orient="row",
)
"""The FBI's population groups that Connecticut's agencies belong to."""


def _rate(people: pl.Expr) -> pl.Expr:
    """People per 1,000 inhabitants as the FBI writes it: one decimal, and 0 without inhabitants."""
    population = pl.col("population").cast(pl.Float64)
    rate = (people * 1000 / population).round(1, mode="half_away_from_zero").cast(pl.String)
    return pl.when(population > 0).then(rate).otherwise(pl.lit("0"))


def agency_file(year: int) -> pl.DataFrame:
    """Connecticut's agencies in one year.

    Args:
        year: 2021 to 2024.

    Returns:
        The columns of ``agencies.csv``, all String, sorted by agency_id; 107 rows in 2021 and
        2022, 108 after. What the tables of figures do not hold is null.
    """
    table = (
        read_table("agency_years")
        .filter(pl.col("data_year") == str(year))
        .join(read_table("agencies"), on="agency_id", validate="1:1")
        .join(_POPULATION_GROUPS, on="population_group_id", how="left", validate="m:1")
    )
    count = {
        name: pl.col(name).cast(pl.Int64)
        for name in ("male_officer", "male_civilian", "female_officer", "female_civilian")
    }
    officers = count["male_officer"] + count["female_officer"]
    employees = officers + count["male_civilian"] + count["female_civilian"]
    filled = table.with_columns(
        pl.concat_str("agency_id", "data_year").alias("yearly_agency_id"),
        pl.col("ori").alias("legacy_ori"),
        pl.col("population_group_id").alias("pop_sort_order"),
        (count["male_officer"] + count["male_civilian"])
        .cast(pl.String)
        .alias("male_officer+male_civilian"),
        (count["female_officer"] + count["female_civilian"])
        .cast(pl.String)
        .alias("female_officer+female_civilian"),
        _rate(officers).alias("officer_rate"),
        _rate(employees).alias("employee_rate"),
        *(pl.lit(value).alias(name) for name, value in _CONSTANTS.items()),
    )
    columns = columns_of("agencies.csv")
    absent = [c for c in columns if c not in filled.columns]
    return (
        filled.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
        .select(columns)
        .sort(pl.col("agency_id").cast(pl.Int64))
    )
