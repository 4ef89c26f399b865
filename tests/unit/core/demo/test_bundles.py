from hashlib import sha256
from pathlib import Path
from typing import Protocol
from zipfile import ZipFile

import polars as pl
import pytest

from core.demo.bundles import write_demo_bundles
from core.errors import RequestError

YEARS = (2021, 2022, 2023, 2024)

HEADERS = {
    "agencies.csv": "yearly_agency_id,agency_id,data_year,ori,legacy_ori,covered_by_legacy_ori,"
    "direct_contributor_flag,dormant_flag,dormant_year,reporting_type,ucr_agency_name,"
    "ncic_agency_name,pub_agency_name,pub_agency_unit,agency_status,state_id,state_name,state_abbr,"
    "state_postal_abbr,division_code,division_name,region_code,region_name,region_desc,"
    "agency_type_name,population,submitting_agency_id,sai,submitting_agency_name,"
    "suburban_area_flag,population_group_id,population_group_code,population_group_desc,"
    "parent_pop_group_code,parent_pop_group_desc,mip_flag,pop_sort_order,summary_rape_def,"
    "pe_reported_flag,male_officer,male_civilian,male_officer+male_civilian,female_officer,"
    "female_civilian,female_officer+female_civilian,officer_rate,employee_rate,nibrs_cert_date,"
    "nibrs_start_date,nibrs_leoka_start_date,nibrs_ct_start_date,nibrs_multi_bias_start_date,"
    "nibrs_off_eth_start_date,covered_flag,county_name,msa_name,publishable_flag,participated,"
    "nibrs_participated",
    "NIBRS_incident.csv": "data_year,agency_id,incident_id,nibrs_month_id,cargo_theft_flag,"
    "submission_date,incident_date,report_date_flag,incident_hour,cleared_except_id,"
    "cleared_except_date,incident_status,data_home,orig_format,did",
    "NIBRS_month.csv": "data_year,nibrs_month_id,agency_id,month_num,inc_data_year,"
    "reported_status,report_date,update_flag,orig_format,data_home,ddocname,did,month_pub_status",
    "NIBRS_OFFENSE.csv": "data_year,offense_id,incident_id,offense_code,attempt_complete_flag,"
    "location_id,num_premises_entered,method_entry_code",
    "NIBRS_OFFENSE_TYPE.csv": "offense_code,offense_name,crime_against,ct_flag,hc_flag,hc_code,"
    "offense_category_name,offense_group",
    "NIBRS_LOCATION_TYPE.csv": "location_id,location_code,location_name",
}
"""Typed again here, so that a slip in the product's own copy shows."""


class Demo(Protocol):
    paths: tuple[Path, ...]
    years_reported: tuple[int, ...]
    tables: dict[tuple[int, str], pl.DataFrame]
    offences: pl.DataFrame


def digests(paths: tuple[Path, ...]) -> list[str]:
    return [sha256(path.read_bytes()).hexdigest() for path in paths]


def test_one_bundle_a_year_and_nothing_half_written(demo: Demo) -> None:
    assert [path.name for path in demo.paths] == [f"CT-{year}.zip" for year in YEARS]
    assert demo.years_reported == YEARS
    assert sorted(demo.paths[0].parent.iterdir()) == sorted(demo.paths)


@pytest.mark.parametrize("year", YEARS)
def test_members_and_headers_are_those_of_the_layout_since_2021(demo: Demo, year: int) -> None:
    with ZipFile(demo.paths[YEARS.index(year)]) as archive:
        members = set(archive.namelist())
        headers = {name: archive.read(name).split(b"\n", 1)[0].decode() for name in HEADERS}
    assert members == {*HEADERS, "SIMULATED.txt", "README.md"}
    assert headers == HEADERS


@pytest.mark.parametrize("year", YEARS)
def test_every_bundle_says_that_it_is_simulated(demo: Demo, year: int) -> None:
    with ZipFile(demo.paths[YEARS.index(year)]) as archive:
        notice = archive.read("SIMULATED.txt").decode()
        readme = archive.read("README.md").decode()
    assert "SIMULATED" in notice
    assert "CT-Crimes" in notice
    assert "Simulated" in readme


@pytest.mark.parametrize("year", YEARS)
def test_keys_are_unique_and_no_row_is_an_orphan(demo: Demo, year: int) -> None:
    incident = demo.tables[year, "NIBRS_incident.csv"]
    offence = demo.tables[year, "NIBRS_OFFENSE.csv"]
    month = demo.tables[year, "NIBRS_month.csv"]
    agencies = demo.tables[year, "agencies.csv"]
    types = demo.tables[year, "NIBRS_OFFENSE_TYPE.csv"]
    places = demo.tables[year, "NIBRS_LOCATION_TYPE.csv"]
    for table, key in (
        (incident, "incident_id"),
        (incident, "did"),
        (offence, "offense_id"),
        (agencies, "agency_id"),
        (types, "offense_code"),
        (places, "location_id"),
    ):
        assert table[key].is_unique().all(), key
    assert set(offence["incident_id"]) == set(incident["incident_id"])
    assert set(incident["agency_id"]) <= set(agencies["agency_id"])
    assert set(offence["offense_code"]) <= set(types["offense_code"])
    assert set(offence["location_id"]) <= set(places["location_id"])
    assert offence.select("incident_id", "offense_code").is_unique().all()
    assert month.height == incident.height
    keys = ["agency_id", "nibrs_month_id", "did"]
    assert month.join(incident, on=keys, how="inner", validate="1:1").height == incident.height


def test_identifiers_do_not_repeat_from_year_to_year(demo: Demo) -> None:
    for member, key in (("NIBRS_incident.csv", "incident_id"), ("NIBRS_OFFENSE.csv", "offense_id")):
        ids = pl.concat([demo.tables[year, member][key] for year in YEARS])
        assert ids.is_unique().all(), key


@pytest.mark.parametrize("year", YEARS)
def test_dates_lie_in_the_data_year_and_months_agree(demo: Demo, year: int) -> None:
    incident = demo.tables[year, "NIBRS_incident.csv"]
    month = demo.tables[year, "NIBRS_month.csv"]
    assert set(incident["incident_date"].str.slice(0, 4)) == {str(year)}
    assert set(incident["data_year"]) == {str(year)}
    joined = incident.join(month, on=["agency_id", "nibrs_month_id", "did"], validate="1:1")
    from_date = joined["incident_date"].str.slice(5, 2).cast(pl.Int64)
    assert (from_date == joined["month_num"].cast(pl.Int64)).all()
    assert (
        joined["ddocname"].str.slice(0, 7)
        == joined["incident_date"].str.replace("-", "_").str.slice(0, 7)
    ).all()


def test_offences_of_an_incident_share_agency_date_and_hour(demo: Demo) -> None:
    shared = demo.offences.group_by("incident_id").agg(
        pl.col("agency_id", "date", "hour").n_unique()
    )
    assert shared.select(pl.col("agency_id", "date", "hour").max()).row(0) == (1, 1, 1)


def test_category_names_are_those_of_the_look_up(demo: Demo) -> None:
    names = dict(
        demo.tables[2024, "NIBRS_OFFENSE_TYPE.csv"]
        .select("offense_code", "offense_category_name")
        .rows()
    )
    assert names["23C"] == "Larceny/Theft Offenses"
    assert names["240"] == "Motor Vehicle Theft"
    assert names["90Z"] == "All Other Offenses"
    assert len(names) == 86


def test_11d_changes_its_name_in_2023(demo: Demo) -> None:
    names = [
        demo.tables[year, "NIBRS_OFFENSE_TYPE.csv"]
        .filter(pl.col("offense_code") == "11D")["offense_name"]
        .item()
        for year in YEARS
    ]
    assert names == ["Fondling", "Fondling", "Criminal Sexual Contact", "Criminal Sexual Contact"]


def test_the_same_seed_gives_the_same_bytes(demo: Demo, tmp_path: Path) -> None:
    assert digests(write_demo_bundles(tmp_path)) == digests(demo.paths)


def test_another_seed_gives_another_connecticut(demo: Demo, tmp_path: Path) -> None:
    other = digests(write_demo_bundles(tmp_path, seed=1))
    assert set(other).isdisjoint(digests(demo.paths))


def test_a_negative_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="seed: -1"):
        write_demo_bundles(tmp_path, seed=-1)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bundles"
    file.write_text("")
    with pytest.raises(RequestError, match="is a file"):
        write_demo_bundles(file)
