"""Headers of the members of a state bundle since 2021, as the FBI writes them."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["HEADERS", "columns_of"]

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "agencies.csv": (
            "yearly_agency_id,agency_id,data_year,ori,legacy_ori,covered_by_legacy_ori,"
            "direct_contributor_flag,dormant_flag,dormant_year,reporting_type,ucr_agency_name,"
            "ncic_agency_name,pub_agency_name,pub_agency_unit,agency_status,state_id,state_name,"
            "state_abbr,state_postal_abbr,division_code,division_name,region_code,region_name,"
            "region_desc,agency_type_name,population,submitting_agency_id,sai,"
            "submitting_agency_name,suburban_area_flag,population_group_id,population_group_code,"
            "population_group_desc,parent_pop_group_code,parent_pop_group_desc,mip_flag,"
            "pop_sort_order,summary_rape_def,pe_reported_flag,male_officer,male_civilian,"
            "male_officer+male_civilian,female_officer,female_civilian,"
            "female_officer+female_civilian,officer_rate,employee_rate,nibrs_cert_date,"
            "nibrs_start_date,nibrs_leoka_start_date,nibrs_ct_start_date,"
            "nibrs_multi_bias_start_date,nibrs_off_eth_start_date,covered_flag,county_name,"
            "msa_name,publishable_flag,participated,nibrs_participated"
        ),
        "NIBRS_incident.csv": (
            "data_year,agency_id,incident_id,nibrs_month_id,cargo_theft_flag,submission_date,"
            "incident_date,report_date_flag,incident_hour,cleared_except_id,cleared_except_date,"
            "incident_status,data_home,orig_format,did"
        ),
        "NIBRS_month.csv": (
            "data_year,nibrs_month_id,agency_id,month_num,inc_data_year,reported_status,"
            "report_date,update_flag,orig_format,data_home,ddocname,did,month_pub_status"
        ),
        "NIBRS_OFFENSE.csv": (
            "data_year,offense_id,incident_id,offense_code,attempt_complete_flag,location_id,"
            "num_premises_entered,method_entry_code"
        ),
        "NIBRS_OFFENSE_TYPE.csv": (
            "offense_code,offense_name,crime_against,ct_flag,hc_flag,hc_code,"
            "offense_category_name,offense_group"
        ),
        "NIBRS_LOCATION_TYPE.csv": "location_id,location_code,location_name",
    }
)
"""Header line by member name."""


def columns_of(member: str) -> list[str]:
    """Column names of a member, in their order.

    Args:
        member: A key of :data:`HEADERS`.

    >>> columns_of("NIBRS_LOCATION_TYPE.csv")
    ['location_id', 'location_code', 'location_name']
    """
    return HEADERS[member].split(",")
