from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from core.errors import (
    AgencyConflictError,
    BadCellError,
    BundleError,
    DateOutsideYearError,
    DuplicateIdentifierError,
    EmptyMemberError,
    MissingColumnError,
    MissingMemberError,
    MixedBundlesError,
    OrphanRowError,
    UnknownAgencyError,
    UnknownOffenceCodeError,
)
from core.nibrs.archive import SIMULATED_MARKER
from core.nibrs.bundle import (
    AGENCY_SCHEMA,
    COVERAGE_SCHEMA,
    INCIDENT_SCHEMA,
    OFFENCE_SCHEMA,
    Bundle,
    read_bundle,
)
from core.nibrs.schema import Era
from tests.support.bundles import YEARS, SmallBundle, make_bundle, write_bundle

Change = Callable[[SmallBundle], object]
EACH_ERA = pytest.mark.parametrize("era", list(Era))


def read(folder: Path, *, era: Era, change: Change = lambda _: None) -> Bundle:
    bundle = make_bundle(era)
    change(bundle)
    return read_bundle(write_bundle(folder, bundle))


def dates(year: int) -> dict[str, date]:
    days = {"new year": (1, 1), "february": (2, 28), "july": (7, 4), "end": (12, 31)}
    return {name: date(year, month, day) for name, (month, day) in days.items()}


@EACH_ERA
def test_the_incidents_of_each_era(tmp_path: Path, era: Era) -> None:
    bundle = read(tmp_path, era=era)
    day = dates(YEARS[era])
    assert bundle.incidents.schema == INCIDENT_SCHEMA
    assert bundle.incidents.rows() == [
        (9006, 101, day["july"], 5, True),
        (9002, 101, day["end"], 12, False),
        (9001, 102, day["new year"], 0, True),
        (9003, 102, day["new year"], None, False),
        (9004, 102, day["february"], 23, False),
        (9005, 102, day["july"], 18, False),
    ]


@EACH_ERA
def test_the_offences_of_each_era(tmp_path: Path, era: Era) -> None:
    bundle = read(tmp_path, era=era)
    day = dates(YEARS[era])
    assert bundle.offences.schema == OFFENCE_SCHEMA
    assert bundle.offences.rows() == [
        (110060, 9006, 101, day["july"], 5, True, "23*", "larceny", "property", "08"),
        (110018, 9002, 101, day["end"], 12, False, "290", "vandalism", "other", "20"),
        (110019, 9002, 101, day["end"], 12, False, "23H", "larceny", "property", "08"),
        (110020, 9002, 101, day["end"], 12, False, "220", "burglary", "property", "13"),
        (110010, 9001, 102, day["new year"], 0, True, "13A", "assault", "violent", "08"),
        (110030, 9003, 102, day["new year"], None, False, "23C", "larceny", "property", "20"),
        (110039, 9004, 102, day["february"], 23, False, "35B", "drugs", "other", "13"),
        (110040, 9004, 102, day["february"], 23, False, "35A", "drugs", "other", "20"),
        (110050, 9005, 102, day["july"], 18, False, "09A", "homicide", "violent", "13"),
    ]


@pytest.mark.parametrize("era", [Era.QUOTED, Era.CURRENT])
def test_the_agencies_with_staff_by_sex(tmp_path: Path, era: Era) -> None:
    agencies = read(tmp_path, era=era).agencies
    year, start = YEARS[era], date(2004, 1, 1)
    ca = "Ca\u00f1on"
    assert agencies.schema == AGENCY_SCHEMA
    assert agencies.rows() == [
        (101, year, "VT0000101", ca, None, "County", "ADDISON", 0, 10, 9, 1, 1, 0, 1, start),
        (102, year, "VT0000102", "Bristol", None, "City", "ADDISON", 3763, 7, 4, 3, 7, 2, 5, start),
        (103, year, "VT0000103", ca, "Unit B", "State Police", None, 12, *[None] * 6, start),
    ]


def test_the_early_agencies_have_totals_only(tmp_path: Path) -> None:
    agencies = read(tmp_path, era=Era.EARLY).agencies
    assert agencies.schema == AGENCY_SCHEMA
    columns = ["agency_id", "name", "unit", "county", "population", "officers", "civilians"]
    assert agencies.select(columns).rows() == [
        (101, "Ca\u00f1on", None, "ADDISON", 0, 10, 1),
        (102, "Bristol", None, "ADDISON", 3763, 7, 7),
        (103, "Ca\u00f1on", None, None, 12, None, None),
    ]
    by_sex = agencies.select("male_officers", "female_officers", "male_civilians")
    assert by_sex.null_count().row(0) == (3, 3, 3)
    assert agencies["nibrs_start_date"].unique().to_list() == [date(2004, 1, 1)]


def test_early_names_fall_back_to_the_long_one(tmp_path: Path) -> None:
    bundle = read(tmp_path, era=Era.EARLY, change=lambda b: b.agencies.put(1, "short_name", " "))
    assert bundle.agencies["name"].to_list() == ["Ca\u00f1on", "Bristol Police", "Ca\u00f1on"]


def test_early_staff_of_another_year_is_unknown(tmp_path: Path) -> None:
    bundle = read(
        tmp_path, era=Era.EARLY, change=lambda b: b.agencies.put(1, "staffing_year", "2016")
    )
    assert bundle.agencies["officers"].to_list() == [10, None, None]
    assert bundle.agencies["civilians"].to_list() == [1, None, None]


@pytest.mark.parametrize(
    ("flag", "staff", "officers", "civilians"),
    [
        ("Y", ("4", "2", "3", "5"), 7, 7),
        ("N", ("7", "0", "0", "0"), 7, 0),
        ("N", ("0", "0", "0", "0"), None, None),
        ("Y", ("0", "0", "0", "0"), 0, 0),
        ("Y", ("", "", "", ""), None, None),
        ("Y", ("4", "", "3", "5"), 7, None),
        ("", ("4", "2", "3", ""), 7, None),
    ],
)
def test_staff_is_null_where_it_was_not_reported(
    tmp_path: Path, flag: str, staff: tuple[str, ...], officers: int | None, civilians: int | None
) -> None:
    def change(bundle: SmallBundle) -> None:
        columns = ("male_officer", "male_civilian", "female_officer", "female_civilian")
        bundle.agencies.put(1, "pe_reported_flag", flag)
        for column, value in zip(columns, staff, strict=True):
            bundle.agencies.put(1, column, value)

    row = read(tmp_path, era=Era.CURRENT, change=change).agencies.row(1, named=True)
    assert (row["officers"], row["civilians"]) == (officers, civilians)
    assert (row["male_officers"] is None) == (officers is None)


@EACH_ERA
def test_every_agency_has_twelve_months(tmp_path: Path, era: Era) -> None:
    coverage = read(tmp_path, era=era).coverage
    assert coverage.schema == COVERAGE_SCHEMA
    keys = [(agency, YEARS[era], month) for agency in (101, 102, 103) for month in range(1, 13)]
    assert coverage.select("agency_id", "year", "month").rows() == keys
    quiet = set() if era is Era.CURRENT else {(103, 1), (103, 2)}
    zero = set() if era is Era.CURRENT else {(101, 3), (101, 4)}
    counts = {(101, 7): 1, (101, 12): 1, (102, 1): 2, (102, 2): 1, (102, 7): 1}
    for agency, _, month, status, incidents in coverage.rows():
        key = (agency, month)
        expected = "reported" if key in counts or key in quiet else "none"
        assert status == ("zero" if key in zero else expected)
        assert incidents == counts.get(key, 0)


def test_a_document_of_another_month_is_a_report(tmp_path: Path) -> None:
    def change(bundle: SmallBundle) -> None:
        row = list(bundle.months.rows[0])
        bundle.months.rows.append(row)
        bundle.months.put(-1, "month_num", "5")

    coverage = read(tmp_path, era=Era.CURRENT, change=change).coverage
    reported = coverage.filter(pl.col("status") == "reported", pl.col("incidents") == 0)
    assert reported.select("agency_id", "month").rows() == [(102, 5)]


@pytest.mark.parametrize("status", ["U", "Z"])
def test_an_incident_is_a_report_whatever_the_month_row_says(tmp_path: Path, status: str) -> None:
    bundle = read(
        tmp_path, era=Era.QUOTED, change=lambda b: b.months.fill("reported_status", status)
    )
    with_incidents = bundle.coverage.filter(pl.col("incidents") > 0)
    assert with_incidents["status"].unique().to_list() == ["reported"]
    assert with_incidents.height == 5


@EACH_ERA
@pytest.mark.parametrize("folder", ["", "VT", "a/VT"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_folders_and_encodings_do_not_matter(
    tmp_path: Path, era: Era, folder: str, encoding: str
) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.folder, bundle.encoding = folder, encoding

    assert_equal(read(tmp_path, era=era, change=change), read(tmp_path, era=era))


@EACH_ERA
def test_the_case_of_headers_does_not_matter(tmp_path: Path, era: Era) -> None:
    def change(bundle: SmallBundle) -> None:
        for sheet in bundle.sheets.values():
            sheet.header = [name.swapcase() for name in sheet.header]

    assert_equal(read(tmp_path, era=era, change=change), read(tmp_path, era=era))


def assert_equal(first: Bundle, second: Bundle) -> None:
    assert (first.state, first.year, first.era) == (second.state, second.year, second.era)
    for name in ("incidents", "offences", "agencies", "coverage"):
        assert getattr(first, name).equals(getattr(second, name)), name


@EACH_ERA
def test_a_bundle_knows_what_it_is(tmp_path: Path, era: Era) -> None:
    bundle = read(tmp_path, era=era)
    assert (bundle.state, bundle.state_name, bundle.year) == ("VT", "Vermont", YEARS[era])
    assert bundle.era is era
    assert bundle.synthetic is False
    assert bundle.source.name == f"VT-{YEARS[era]}.zip"


@EACH_ERA
def test_nebraska_has_two_abbreviations(tmp_path: Path, era: Era) -> None:
    path = write_bundle(tmp_path, make_bundle(era, state="NE"))
    assert read_bundle(path).state == "NE"


def test_the_marker_tells_a_simulated_bundle(tmp_path: Path) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.extra[SIMULATED_MARKER] = b"simulated"
        bundle.folder = "VT"

    assert read(tmp_path, era=Era.CURRENT, change=change).synthetic is True


def test_agencies_that_differ_in_flags_only_are_one(tmp_path: Path) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.agencies.rows.append(list(bundle.agencies.rows[1]))
        bundle.agencies.put(-1, "participated", "N")

    assert_equal(read(tmp_path, era=Era.QUOTED, change=change), read(tmp_path, era=Era.QUOTED))


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("population", "3764", "another population;"),
        ("pub_agency_name", "Bristol Town", "another name;"),
        ("ori", "VT9999999", "another ori;"),
        ("male_officer", "5", "another officers, male_officers;"),
    ],
)
def test_contradictory_agencies_are_refused(
    tmp_path: Path, column: str, value: str, shown: str
) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.agencies.rows.append(list(bundle.agencies.rows[1]))
        bundle.agencies.put(-1, column, value)

    with pytest.raises(AgencyConflictError) as caught:
        read(tmp_path, era=Era.CURRENT, change=change)
    assert "agencies.csv, line 5, column agency_id: '102'" in str(caught.value)
    assert shown in str(caught.value)


# Each change, the error, and what the message must name.
BAD: list[tuple[Change, type[BundleError], str]] = [
    (
        lambda b: b.incidents.put(2, "incident_hour", "24"),
        BadCellError,
        "NIBRS_incident.csv, line 4, column incident_hour: '24'; expected an hour 0-23",
    ),
    (
        lambda b: b.incidents.put(0, "incident_hour", "-1"),
        BadCellError,
        "line 2, column incident_hour: '-1'",
    ),
    (
        lambda b: b.incidents.put(5, "incident_date", "2024-02-30"),
        BadCellError,
        "line 7, column incident_date: '2024-02-30'; expected a date",
    ),
    (
        lambda b: b.incidents.put(1, "incident_date", "2025-01-01"),
        DateOutsideYearError,
        "line 3, column incident_date: '2025-01-01'; expected a date in the data year 2024",
    ),
    (
        lambda b: b.incidents.put(1, "incident_date", "2023-12-31"),
        DateOutsideYearError,
        "line 3, column incident_date: '2023-12-31'",
    ),
    (
        lambda b: b.incidents.put(3, "report_date_flag", "yes"),
        BadCellError,
        "line 5, column report_date_flag: 'yes'",
    ),
    (
        lambda b: b.incidents.put(3, "data_year", "2023"),
        MixedBundlesError,
        "NIBRS_incident.csv, line 5, column data_year: '2023'; expected 2024",
    ),
    (
        lambda b: b.offences.put(3, "data_year", "2023"),
        MixedBundlesError,
        "NIBRS_OFFENSE.csv, line 5, column data_year",
    ),
    (
        lambda b: b.months.put(3, "data_year", "2023"),
        MixedBundlesError,
        "NIBRS_month.csv, line 5, column data_year",
    ),
    (
        lambda b: b.agencies.put(2, "data_year", "2023"),
        MixedBundlesError,
        "agencies.csv, line 4, column data_year",
    ),
    (lambda b: b.incidents.fill("data_year", "20240"), BadCellError, "expected a year 1988-2100"),
    (
        lambda b: b.incidents.put(3, "incident_id", "9004"),
        DuplicateIdentifierError,
        "NIBRS_incident.csv, line 5, column incident_id: '9004'",
    ),
    (
        lambda b: b.offences.put(8, "offense_id", b.offences.get(0, "offense_id")),
        DuplicateIdentifierError,
        "NIBRS_OFFENSE.csv, line 10, column offense_id",
    ),
    (
        lambda b: b.sheets["NIBRS_LOCATION_TYPE.csv"].put(1, "location_id", "2"),
        DuplicateIdentifierError,
        "NIBRS_LOCATION_TYPE.csv, line 3, column location_id: '2'",
    ),
    (
        lambda b: b.sheets["NIBRS_OFFENSE_TYPE.csv"].put(1, "offense_code", "13A"),
        DuplicateIdentifierError,
        "NIBRS_OFFENSE_TYPE.csv, line 3, column offense_code: '13A'",
    ),
    (
        lambda b: b.offences.put(8, "incident_id", "1"),
        OrphanRowError,
        "NIBRS_OFFENSE.csv, line 10, column incident_id: '1'; expected an incident",
    ),
    (
        lambda b: b.offences.rows.pop(2),
        OrphanRowError,
        "NIBRS_incident.csv, line 3, column incident_id: '9001'; expected at least one offence",
    ),
    (
        lambda b: b.offences.put(4, "location_id", "99"),
        OrphanRowError,
        "line 6, column location_id: '99'; expected a location of the bundle's look-up",
    ),
    (
        lambda b: b.sheets["NIBRS_LOCATION_TYPE.csv"].put(1, "location_code", "8"),
        BadCellError,
        "NIBRS_LOCATION_TYPE.csv, line 3, column location_code: '8'",
    ),
    (
        lambda b: b.offences.put(4, "offense_code", "90I"),
        UnknownOffenceCodeError,
        "line 6, column offense_code: '90I'; expected an offence of the bundle's look-up",
    ),
    (
        lambda b: b.incidents.put(4, "agency_id", "999"),
        UnknownAgencyError,
        "NIBRS_incident.csv, line 6, column agency_id: '999'",
    ),
    (
        lambda b: b.agencies.put(2, "state_postal_abbr", "CT"),
        MixedBundlesError,
        "agencies.csv, line 4, column state_postal_abbr: 'CT'; expected VT",
    ),
    (lambda b: b.agencies.fill("state_postal_abbr", "XX"), BadCellError, "state_postal_abbr: 'XX'"),
    (lambda b: b.agencies.put(0, "population", "-5"), BadCellError, "line 2, column population"),
    (
        lambda b: b.agencies.put(0, "male_officer", "9999999999"),
        BadCellError,
        "column male_officer: '9999999999'; expected a number of people",
    ),
    (
        lambda b: b.agencies.put(1, "nibrs_start_date", "soon"),
        BadCellError,
        "line 3, column nibrs_start_date: 'soon'",
    ),
    (lambda b: b.months.put(0, "month_num", "13"), BadCellError, "line 2, column month_num: '13'"),
    (
        lambda b: b.months.put(0, "reported_status", "X"),
        BadCellError,
        "line 2, column reported_status: 'X'",
    ),
    (lambda b: b.sheets.pop("NIBRS_month.csv"), MissingMemberError, "no member NIBRS_month.csv"),
    (lambda b: b.sheets.clear(), MissingMemberError, "no member NIBRS_incident.csv"),
    (lambda b: b.incidents.rows.clear(), EmptyMemberError, "NIBRS_incident.csv holds a header"),
    (lambda b: b.agencies.rows.clear(), EmptyMemberError, "agencies.csv holds a header"),
    (
        lambda b: b.incidents.header.__setitem__(8, "hour"),
        MissingColumnError,
        "NIBRS_incident.csv has no column incident_hour",
    ),
    (
        lambda b: b.offences.header.__setitem__(3, "code"),
        MissingColumnError,
        "no column offense_code (since 2021) and no column offense_type_id (before)",
    ),
    (
        lambda b: b.incidents.rows[3].append("x"),
        BadCellError,
        "NIBRS_incident.csv, line 5: 16 cells; expected 15",
    ),
]


@pytest.mark.parametrize(("change", "error", "expected"), BAD, ids=[row[2][-40:] for row in BAD])
def test_bad_input_is_refused_with_its_place(
    tmp_path: Path, change: Change, error: type[BundleError], expected: str
) -> None:
    with pytest.raises(BundleError) as caught:
        read(tmp_path, era=Era.CURRENT, change=change)
    assert type(caught.value) is error
    assert str(caught.value).startswith("VT-2024.zip: ")
    assert expected in str(caught.value)


def test_a_code_that_only_the_look_up_knows_is_unknown(tmp_path: Path) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.sheets["NIBRS_OFFENSE_TYPE.csv"].put(0, "offense_code", "99Z")

    with pytest.raises(UnknownOffenceCodeError, match="column offense_type_id: '27'"):
        read(tmp_path, era=Era.QUOTED, change=change)


def test_an_unused_code_of_the_look_up_does_no_harm(tmp_path: Path) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.sheets["NIBRS_OFFENSE_TYPE.csv"].put(-1, "offense_code", "99Z")

    assert read(tmp_path, era=Era.CURRENT, change=change).offences.height == 9


def test_early_bad_start_years_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCellError, match="column current_nibrs_start_year: '1'"):
        read(
            tmp_path,
            era=Era.EARLY,
            change=lambda b: b.agencies.put(0, "current_nibrs_start_year", "1"),
        )


def test_the_early_layout_needs_its_own_agency_file(tmp_path: Path) -> None:
    def change(bundle: SmallBundle) -> None:
        bundle.sheets["agencies.csv"] = bundle.sheets.pop("cde_agencies.csv")

    with pytest.raises(MissingMemberError, match=r"no member cde_agencies\.csv"):
        read(tmp_path, era=Era.EARLY, change=change)
