"""Writes small state bundles of each era, with the FBI's whole headers, whole or broken on purpose.

A bundle is a dictionary of sheets by member name; a test changes cells, rows or headers and writes
the archive. Agency 102 has most incidents; 103 has none, and no staff was reported for it; its
unit tells it from agency 101 of the same name.
"""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from core.nibrs.archive import SIMULATED_MARKER
from core.nibrs.schema import Era

__all__ = [
    "YEARS",
    "Sheet",
    "SmallBundle",
    "archive_bytes",
    "make_bundle",
    "write_bundle",
]

YEARS = {Era.EARLY: 2014, Era.QUOTED: 2019, Era.CURRENT: 2024}

_INCIDENT = (
    "data_year,agency_id,incident_id,nibrs_month_id,cargo_theft_flag,submission_date,incident_date,"
    "report_date_flag,incident_hour,cleared_except_id,cleared_except_date,incident_status,"
    "data_home,orig_format,did"
)
_INCIDENT_EARLY = (
    "agency_id,incident_id,nibrs_month_id,incident_number,cargo_theft_flag,submission_date,"
    "incident_date,report_date_flag,incident_hour,cleared_except_id,cleared_except_date,"
    "incident_status,data_home,ddocname,orig_format,ff_line_number,did"
)
_OFFENCE = (
    "data_year,offense_id,incident_id,{key},attempt_complete_flag,location_id,"
    "num_premises_entered,method_entry_code"
)
_OFFENCE_EARLY = (
    "offense_id,incident_id,offense_type_id,attempt_complete_flag,location_id,"
    "num_premises_entered,method_entry_code,ff_line_number"
)
_OFFENCE_TYPE = (
    "offense_code,offense_name,crime_against,ct_flag,hc_flag,hc_code,offense_category_name"
)
_LOCATION_TYPE = "location_id,location_code,location_name"
_MONTH = (
    "data_year,nibrs_month_id,agency_id,month_num,{year},reported_status,report_date,update_flag,"
    "orig_format,data_home,ddocname,did,month_pub_status"
)
_MONTH_EARLY = (
    "nibrs_month_id,agency_id,month_num,data_year,reported_status,report_date,prepared_date,"
    "update_flag,orig_format,ff_line_number,data_home,ddocname,did"
)
_AGENCY = (
    "yearly_agency_id,agency_id,data_year,ori,legacy_ori,covered_by_legacy_ori,"
    "direct_contributor_flag,dormant_flag,dormant_year,reporting_type,ucr_agency_name,"
    "ncic_agency_name,pub_agency_name,pub_agency_unit,agency_status,state_id,state_name,state_abbr,"
    "state_postal_abbr,division_code,division_name,region_code,region_name,region_desc,"
    "agency_type_name,population,submitting_agency_id,sai,submitting_agency_name,"
    "suburban_area_flag,population_group_id,population_group_code,population_group_desc,"
    "parent_pop_group_code,parent_pop_group_desc,mip_flag,pop_sort_order,summary_rape_def,"
    "pe_reported_flag,male_officer,male_civilian,{male},female_officer,female_civilian,{female},"
    "{rates},nibrs_cert_date,nibrs_start_date,nibrs_leoka_start_date,nibrs_ct_start_date,"
    "nibrs_multi_bias_start_date,nibrs_off_eth_start_date,covered_flag,county_name,msa_name,"
    "publishable_flag,participated,nibrs_participated"
)
_AGENCY_EARLY = (
    "agency_id,ori,legacy_ori,agency_name,short_name,agency_type_id,agency_type_name,tribe_id,"
    "campus_id,city_id,city_name,state_id,state_abbr,primary_county_id,primary_county,"
    "primary_county_fips,agency_status,submitting_agency_id,submitting_sai,submitting_name,"
    "submitting_state_abbr,start_year,dormant_year,current_year,revised_rape_start,"
    "current_nibrs_start_year,population,population_group_code,population_group_desc,"
    "population_source_flag,suburban_area_flag,core_city_flag,months_reported,"
    "nibrs_months_reported,past_10_years_reported,covered_by_id,covered_by_ori,covered_by_name,"
    "staffing_year,total_officers,total_civilians,icpsr_zip,icpsr_lat,icpsr_lng"
)

# incident, agency, month, day, hour, whether the date is that of the report, its offences.
_INCIDENTS = (
    (9004, 102, 2, 28, "23", False, ("35A", "35B")),
    (9001, 102, 1, 1, "0", True, ("13A",)),
    (9003, 102, 1, 1, "", False, ("23C",)),
    (9002, 101, 12, 31, "12", False, ("220", "23H", "290")),
    (9005, 102, 7, 4, "18", False, ("09A",)),
    (9006, 101, 7, 4, "5", True, ("23*",)),
)
# The FBI's offence_type_id of the early and the quoted layout, and the name with its comma.
_TYPES = {
    "13A": (27, "Aggravated Assault", "Person", "Assault Offenses"),
    "35A": (35, "Drug/Narcotic Violations", "Society", "Drug/Narcotic Offenses"),
    "35B": (36, "Drug Equipment Violations", "Society", "Drug/Narcotic Offenses"),
    "23C": (14, "Shoplifting", "Property", "Larceny/Theft Offenses"),
    "220": (49, "Burglary/Breaking & Entering", "Property", "Burglary/Breaking & Entering"),
    "23H": (47, "All Other Larceny", "Property", "Larceny/Theft Offenses"),
    "290": (5, "Vandalism", "Property", "Destruction/Damage/Vandalism of Property"),
    "09A": (32, "Murder", "Person", "Homicide Offenses"),
    "23*": (58, "Not Specified", "Property", "Larceny/Theft Offenses"),
    "64A": (63, "Human Trafficking, Commercial Sex Acts", "Person", "Human Trafficking"),
}
# Re-numbered in 2021: (identifier before, identifier since, code, name).
_LOCATIONS = (
    (1, 2, "01", "Air/Bus/Train Terminal"),
    (8, 17, "08", "Department/Discount Store"),
    (13, 25, "13", "Highway/Road/Alley/Street/Sidewalk"),
    (20, 35, "20", "Residence/Home"),
)
_PLACES = ("20", "13", "08")
_SATURDAY = 5


@dataclass(kw_only=True)
class Sheet:
    """A CSV file: a header and rows of text."""

    header: list[str]
    rows: list[list[str]]

    def put(self, row: int, column: str, value: str) -> None:
        """Set the cell of a row; the column is found in any case, the first of its name."""
        self.rows[row][self.index(column)] = value

    def get(self, row: int, column: str) -> str:
        """The cell of a row."""
        return self.rows[row][self.index(column)]

    def index(self, column: str) -> int:
        """Where a column stands."""
        return [name.lower() for name in self.header].index(column)

    def fill(self, column: str, value: str) -> None:
        """Set a column in all rows."""
        for row in range(len(self.rows)):
            self.put(row, column, value)


@dataclass(kw_only=True)
class SmallBundle:
    """The members of an archive and the way to write them."""

    era: Era
    year: int
    sheets: dict[str, Sheet]
    extra: dict[str, bytes] = field(default_factory=dict)
    folder: str = ""
    encoding: str = "utf-8"

    @property
    def agencies(self) -> Sheet:
        return self.sheets[_agency_member(self.era)]

    @property
    def incidents(self) -> Sheet:
        return self.sheets["NIBRS_incident.csv"]

    @property
    def offences(self) -> Sheet:
        return self.sheets["NIBRS_OFFENSE.csv"]

    @property
    def months(self) -> Sheet:
        return self.sheets["NIBRS_month.csv"]

    def member_bytes(self, name: str) -> bytes:
        """A member as it stands in the archive."""
        sheet = self.sheets[name]
        buffer = io.StringIO()
        lines = [sheet.header, *sheet.rows]
        if self.era is Era.QUOTED:
            for line in lines:
                cells = (_quoted(cell, is_header=line is sheet.header) for cell in line)
                buffer.write(",".join(cells) + "\r\n")
        else:
            csv.writer(buffer, lineterminator="\n").writerows(lines)
        return buffer.getvalue().encode(self.encoding)


def make_bundle(era: Era, *, year: int | None = None, state: str = "VT") -> SmallBundle:
    """A valid bundle of three agencies, six incidents and nine offences."""
    year = YEARS[era] if year is None else year
    sheets = {
        "NIBRS_incident.csv": _incidents(era, year=year),
        "NIBRS_OFFENSE.csv": _offences(era, year=year),
        "NIBRS_OFFENSE_TYPE.csv": _offence_types(era),
        "NIBRS_LOCATION_TYPE.csv": _location_types(era),
        "NIBRS_month.csv": _months(era, year=year),
        _agency_member(era): _agencies(era, year=year, state=state),
    }
    if era is Era.QUOTED:
        for sheet in sheets.values():
            sheet.header = [name.upper() for name in sheet.header]
    return SmallBundle(era=era, year=year, sheets=sheets)


def archive_bytes(bundle: SmallBundle, *, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """The zip file; a member in ``replaced`` has those bytes instead of its sheet."""
    contents = {name: bundle.member_bytes(name) for name in bundle.sheets} | bundle.extra
    contents |= replaced or {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if bundle.folder:
            archive.writestr(f"{bundle.folder}/", b"")
        for name, content in contents.items():
            shown = name.lower() if bundle.era is Era.EARLY and name in bundle.sheets else name
            path = f"{bundle.folder}/{shown}" if bundle.folder else shown
            archive.writestr(zipfile.ZipInfo(path, (2025, 7, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def write_bundle(folder: Path, bundle: SmallBundle, *, name: str | None = None) -> Path:
    """Write the zip file into a folder, as ``VT-2024.zip``."""
    path = folder / (name or f"VT-{bundle.year}.zip")
    path.write_bytes(archive_bytes(bundle))
    return path


def write_year(
    folder: Path, *, year: int, state: str = "VT", shift: int = 0, synthetic: bool = False
) -> Path:
    """A bundle of a year whose incident numbers begin elsewhere than those of other years."""
    bundle = make_bundle(Era.CURRENT, year=year, state=state)
    for sheet in (bundle.incidents, bundle.offences):
        for row in range(len(sheet.rows)):
            number = int(sheet.get(row, "incident_id")) + shift
            sheet.put(row, "incident_id", str(number))
    if synthetic:
        bundle.extra[SIMULATED_MARKER] = b"simulated"
    return write_bundle(folder, bundle, name=f"{state}-{year}-{shift}.zip")


def write_busy_year(folder: Path, *, year: int, state: str, shift: int = 0) -> Path:
    """A bundle in which agency 102 has one to three incidents on each day, most at weekends."""
    bundle = make_bundle(Era.CURRENT, year=year, state=state)
    incident, offence = bundle.incidents.rows[0], bundle.offences.rows[0]
    busy = bundle.incidents.get(0, "agency_id")
    month = next(row for row in bundle.months.rows if busy in row)
    bundle.incidents.rows, bundle.offences.rows = [], []
    bundle.months.rows = [list(month) for _ in range(12)]
    for row in range(12):
        bundle.months.put(row, "month_num", str(row + 1))
        bundle.months.put(row, "nibrs_month_id", str(row + 1))
    for day in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        on = date(year, 1, 1) + timedelta(days=day)
        for _ in range(1 + (day + shift) % 2 + (on.weekday() >= _SATURDAY)):
            row = len(bundle.incidents.rows)
            bundle.incidents.rows.append(list(incident))
            bundle.offences.rows.append(list(offence))
            bundle.incidents.put(row, "incident_date", f"{on} 00:00:00")
            for sheet in (bundle.incidents, bundle.offences):
                sheet.put(row, "incident_id", str(10_000 * (year % 100) + row))
            bundle.incidents.put(row, "nibrs_month_id", str(on.month))
            bundle.offences.put(row, "offense_id", str(row))
    return write_bundle(folder, bundle, name=f"{state}-{year}.zip")


def _agency_member(era: Era) -> str:
    return "cde_agencies.csv" if era is Era.EARLY else "agencies.csv"


def _quoted(cell: str, *, is_header: bool) -> str:
    """Numbers and dates bare, texts in quotes, as in the files of 2016-2020."""
    is_bare = cell.isdigit() or cell == "" or (cell[:2].isdigit() and cell[2:3] == "-")
    return cell if is_bare and not is_header else '"' + cell.replace('"', '""') + '"'


def _date(era: Era, *, year: int, month: int, day: int) -> str:
    if era is Era.QUOTED:
        return date(year, month, day).strftime("%d-%b-%y").upper()
    time = " 00:00:00" if era is Era.EARLY else ""
    return f"{year}-{month:02}-{day:02}{time}"


def _sheet(header: str, rows: list[dict[str, object]]) -> Sheet:
    names = header.split(",")
    return Sheet(header=names, rows=[[str(row.get(name, "")) for name in names] for row in rows])


def _incidents(era: Era, *, year: int) -> Sheet:
    flags = {False: "f", True: "t"} if era is Era.CURRENT else {False: "", True: "R"}
    rows: list[dict[str, object]] = [
        {
            "data_year": year,
            "agency_id": agency,
            "incident_id": incident,
            "nibrs_month_id": agency * 100 + month,
            "incident_date": _date(era, year=year, month=month, day=day),
            "report_date_flag": flags[is_report_date],
            "incident_hour": hour,
            "incident_status": "ACCEPTED" if era is Era.CURRENT else 0,
            "did": incident + 70_000,
        }
        for incident, agency, month, day, hour, is_report_date, _ in _INCIDENTS
    ]
    return _sheet(_INCIDENT_EARLY if era is Era.EARLY else _INCIDENT, rows)


def _offences(era: Era, *, year: int) -> Sheet:
    key = "offense_code" if era is Era.CURRENT else "offense_type_id"
    rows: list[dict[str, object]] = []
    for incident, *_, codes in _INCIDENTS:
        for number, code in enumerate(codes):
            row: dict[str, object] = {
                "data_year": year,
                "offense_id": 20_000 + incident * 10 - number,
                "incident_id": incident,
                key: code if era is Era.CURRENT else _TYPES[code][0],
                "location_id": _location_id(era, code=_PLACES[len(rows) % len(_PLACES)]),
            }
            rows.append(row)
    return _sheet(_OFFENCE_EARLY if era is Era.EARLY else _OFFENCE.format(key=key), rows)


def _location_id(era: Era, *, code: str) -> int:
    before, since = next((row[0], row[1]) for row in _LOCATIONS if row[2] == code)
    return since if era is Era.CURRENT else before


def _offence_types(era: Era) -> Sheet:
    header = _OFFENCE_TYPE if era is Era.EARLY else f"{_OFFENCE_TYPE},offense_group"
    rows: list[dict[str, object]] = [
        {
            "offense_type_id": key,
            "offense_code": code,
            "offense_name": name,
            "crime_against": against,
            "ct_flag": "f",
            "hc_flag": "t",
            "hc_code": "  ",
            "offense_category_name": category,
            "offense_group": "A",
        }
        for code, (key, name, against, category) in _TYPES.items()
    ]
    return _sheet(header if era is Era.CURRENT else f"offense_type_id,{header}", rows)


def _location_types(era: Era) -> Sheet:
    rows: list[dict[str, object]] = [
        {
            "location_id": since if era is Era.CURRENT else before,
            "location_code": code,
            "location_name": name,
        }
        for before, since, code, name in _LOCATIONS
    ]
    return _sheet(_LOCATION_TYPE, rows)


def _months(era: Era, *, year: int) -> Sheet:
    if era is Era.CURRENT:
        rows = [
            _month(year=year, agency=agency, month=month, status="I", document=incident)
            for incident, agency, month, *_ in _INCIDENTS
        ]
        return _sheet(_MONTH.format(year="inc_data_year"), rows)
    filed = {(agency, month) for _, agency, month, *_ in _INCIDENTS} | {(103, 1), (103, 2)}
    rows = [_month(year=year, agency=a, month=m, status="I") for a, m in sorted(filed)]
    rows += [_month(year=year, agency=101, month=m, status="Z") for m in (3, 4)]
    rows += [_month(year=year, agency=102, month=12, status="U")]
    rows += [_month(year=year, agency=999, month=m, status="U") for m in range(1, 13)]
    return _sheet(_MONTH_EARLY if era is Era.EARLY else _MONTH.format(year="data_year"), rows)


def _month(
    *, year: int, agency: int, month: int, status: str, document: int = 0
) -> dict[str, object]:
    return {
        "data_year": year,
        "inc_data_year": year,
        "nibrs_month_id": agency * 100 + month,
        "agency_id": agency,
        "month_num": month,
        "reported_status": status,
        "ddocname": f"{year}_{month:02}_{agency}_{document}",
        "did": document + 70_000,
    }


def _agencies(era: Era, *, year: int, state: str) -> Sheet:
    # agency, name, unit, type, population, staff (male officers, male civilians, female ...).
    agencies: tuple[tuple[int, str, str, str, int, tuple[object, ...]], ...] = (
        (101, "Ca\u00f1on", "", "County", 0, (9, 0, 1, 1)),
        (102, "Bristol", "", "City", 3763, (4, 2, 3, 5)),
        (103, "Ca\u00f1on", "Unit B", "State Police", 12, ("", "", "", "")),
    )
    rows: list[dict[str, object]] = []
    for agency, name, unit, kind, population, staff in agencies:
        has_staff = staff[0] != ""
        rows.append(
            {
                "agency_id": agency,
                "data_year": year,
                "ori": f"{state}0000{agency}",
                "pub_agency_name": name,
                "agency_name": f"{name} Police",
                "short_name": name,
                "pub_agency_unit": unit,
                "state_name": "whole name",
                "state_abbr": "NB" if state == "NE" else state,
                "state_postal_abbr": state,
                "agency_type_name": kind,
                "population": population,
                "population_group_desc": "Cities from 2,500 thru 9,999",
                "pe_reported_flag": "Y" if has_staff else "N",
                "male_officer": staff[0],
                "male_civilian": staff[1],
                "female_officer": staff[2],
                "female_civilian": staff[3],
                "total_officers": int(str(staff[0])) + int(str(staff[2])) if has_staff else "",
                "total_civilians": int(str(staff[1])) + int(str(staff[3])) if has_staff else "",
                "staffing_year": year if has_staff else "",
                "nibrs_start_date": _date(era, year=2004, month=1, day=1).removesuffix(" 00:00:00"),
                "current_nibrs_start_year": 2004,
                "county_name": "" if unit else "ADDISON",
                "primary_county": "" if unit else "ADDISON",
                "participated": "Y",
            }
        )
    return _sheet(_agency_header(era), rows)


def _agency_header(era: Era) -> str:
    if era is Era.EARLY:
        return _AGENCY_EARLY
    if era is Era.CURRENT:
        return _AGENCY.format(
            male="male_officer+male_civilian",
            female="female_officer+female_civilian",
            rates="officer_rate,employee_rate",
        )
    return _AGENCY.format(
        male="ped.male_officer+ped.male_civilian",
        female="ped.female_civilian+ped.female_officer",
        rates="0,0",
    )
