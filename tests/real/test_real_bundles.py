"""The reader on real bundles of the FBI Crime Data Explorer, beside counts made without it."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.nibrs.bundle import (
    AGENCY_SCHEMA,
    COVERAGE_SCHEMA,
    INCIDENT_SCHEMA,
    OFFENCE_SCHEMA,
    Bundle,
)
from core.nibrs.codes import CATEGORIES
from core.nibrs.schema import Era
from core.parts import BundleParts, refuse_mixed, write_parts

pytestmark = pytest.mark.real

# Incidents, offences, agencies, agencies with incidents.
COUNTS = {
    "LA-2016": (44_740, 52_255, 35, 35),
    "LA-2017": (48_298, 56_630, 33, 33),
    "LA-2018": (50_095, 58_508, 33, 33),
    "LA-2019": (46_750, 54_335, 30, 30),
    "VT-2024": (18_919, 20_426, 87, 82),
    "CT-2021": (16_577, 16_577, 107, 103),
    "CT-2022": (16_909, 16_909, 107, 102),
    "CT-2023": (16_303, 16_303, 108, 102),
}
STATUSES = {
    "LA-2016": {"reported": 381, "none": 39},
    "LA-2017": {"reported": 371, "zero": 4, "none": 21},
    "LA-2018": {"reported": 350, "none": 46},
    "LA-2019": {"reported": 343, "none": 17},
    "VT-2024": {"reported": 845, "none": 199},
}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
EACH = pytest.mark.parametrize("name", COUNTS)

LOCATIONS = "nibrs_location_type.csv"
CATEGORY_NAMES = {slug: category.name for slug, category in CATEGORIES.items()}

ReadReal = Callable[[str], Bundle]
FindReal = Callable[[str], Path]
Row = dict[str, str]


@EACH
def test_the_counts_are_those_of_the_files(real_bundle: ReadReal, name: str) -> None:
    bundle = real_bundle(name)
    found = (
        bundle.incidents.height,
        bundle.offences.height,
        bundle.agencies.height,
        bundle.incidents["agency_id"].n_unique(),
    )
    assert found == COUNTS[name]


@EACH
def test_the_frames_hang_together(real_bundle: ReadReal, name: str) -> None:
    bundle = real_bundle(name)
    incidents, offences = bundle.incidents, bundle.offences
    assert incidents.schema == INCIDENT_SCHEMA
    assert offences.schema == OFFENCE_SCHEMA
    assert bundle.agencies.schema == AGENCY_SCHEMA
    assert bundle.coverage.schema == COVERAGE_SCHEMA
    assert f"{bundle.state}-{bundle.year}" == name
    assert bundle.era is (Era.QUOTED if bundle.state == "LA" else Era.CURRENT)
    assert not bundle.synthetic
    assert incidents.equals(incidents.sort("agency_id", "date", "incident_id"))
    assert offences.equals(offences.sort("agency_id", "date", "incident_id", "offence_id"))
    assert incidents["incident_id"].n_unique() == incidents.height
    assert offences["offence_id"].n_unique() == offences.height
    assert offences["incident_id"].n_unique() == incidents.height
    assert bundle.coverage["incidents"].sum() == incidents.height
    assert bundle.coverage.height == 12 * bundle.agencies.height


def rows_of(path: Path, member: str) -> list[Row]:
    """The rows of a member by the standard library; of a header that repeats the first counts."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.lower().rsplit("/", 1)[-1] == member)
        text = io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")
    header, *rows = csv.reader(text)
    names = [column.lower() for column in header]
    return [dict(zip(reversed(names), reversed(row), strict=True)) for row in rows]


def month_of(text: str) -> int:
    return MONTHS.index(text[3:6]) + 1 if text[2] == "-" else int(text[5:7])


@pytest.mark.parametrize("name", ["LA-2016", "LA-2019", "VT-2024", "CT-2022"])
def test_offences_by_agency_month_code_and_place_match_a_plain_count(
    real_path: FindReal, real_bundle: ReadReal, name: str
) -> None:
    path = real_path(name)
    incidents = {row["incident_id"]: row for row in rows_of(path, "nibrs_incident.csv")}
    types = rows_of(path, "nibrs_offense_type.csv")
    key = "offense_type_id" if "offense_type_id" in types[0] else "offense_code"
    codes = {row[key]: row["offense_code"] for row in types}
    names = {row["offense_code"]: row["offense_category_name"] for row in types}
    # The look-ups of 2016 and 2017 have both under "Sex Offenses"; codes keep years comparable.
    names |= dict.fromkeys(("36A", "36B"), "Sex Offenses, Non-forcible")
    places = {row["location_id"]: row["location_code"] for row in rows_of(path, LOCATIONS)}
    expected: Counter[tuple[object, ...]] = Counter()
    for row in rows_of(path, "nibrs_offense.csv"):
        incident, code = incidents[row["incident_id"]], codes[row[key]]
        hour = incident["incident_hour"]
        expected[
            int(incident["agency_id"]),
            month_of(incident["incident_date"]),
            int(hour) if hour else None,
            incident["report_date_flag"] in {"R", "t"},
            code,
            names[code],
            places[row["location_id"]],
        ] += 1
    found = real_bundle(name).offences.select(
        "agency_id",
        pl.col("date").dt.month(),
        "hour",
        "date_is_report_date",
        "offence_code",
        pl.col("category").cast(pl.String).replace_strict(CATEGORY_NAMES),
        pl.col("location_code").cast(pl.String),
    )
    assert Counter(found.rows()) == expected


@pytest.mark.parametrize("name", STATUSES)
def test_months_have_the_status_that_was_filed(
    real_path: FindReal, real_bundle: ReadReal, name: str
) -> None:
    coverage = real_bundle(name).coverage
    counts = dict(coverage["status"].cast(pl.String).value_counts().rows())
    assert counts == STATUSES[name]
    words = {"I": "reported", "Z": "zero", "U": "none"}
    filed = {
        (int(row["agency_id"]), int(row["month_num"])): words[row["reported_status"]]
        for row in rows_of(real_path(name), "nibrs_month.csv")
    }
    for agency, month, status in coverage.select("agency_id", "month", "status").rows():
        assert status == filed.get((agency, month), "none")


@EACH
def test_staff_matches_the_agency_file(
    real_path: FindReal, real_bundle: ReadReal, name: str
) -> None:
    frame = real_bundle(name).agencies
    found = {row["agency_id"]: row for row in frame.iter_rows(named=True)}
    rows = rows_of(real_path(name), "agencies.csv")
    assert {int(row["agency_id"]) for row in rows} == set(found)
    for row in rows:
        agency = found[int(row["agency_id"])]
        men, women = row["male_officer"], row["female_officer"]
        is_known = men != "" and (row["pe_reported_flag"] == "Y" or int(men) + int(women) > 0)
        assert agency["officers"] == (int(men) + int(women) if is_known else None)
        assert agency["population"] == int(row["population"])
        assert (agency["ori"], agency["name"]) == (row["ori"], row["pub_agency_name"])


def test_staff_that_was_not_reported_is_null(real_bundle: ReadReal) -> None:
    agencies = real_bundle("CT-2022").agencies
    assert agencies.filter(pl.col("officers").is_null())["ori"].to_list() == [
        "CT0010600",
        "CT005049E",
    ]
    assert agencies["officers"].sum() == 7401
    assert agencies["female_officers"].sum() == 949


def test_four_years_of_a_state_stand_together(real_path: FindReal, tmp_path: Path) -> None:
    years = (2018, 2016, 2019, 2017)
    read: list[BundleParts] = []
    for year in years:
        parts = write_parts(real_path(f"LA-{year}"), folder=tmp_path)
        refuse_mixed(parts, earlier=read)
        read.append(parts)
    assert [parts.year for parts in read] == list(years)
    assert sum(parts.offences for parts in read) == 221_728
