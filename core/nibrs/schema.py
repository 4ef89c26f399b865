"""The layout of the FBI's state bundles in each era, and of the frames that the reader returns.

A bundle is a set of CSV files. The Crime Data Explorer has published them in three layouts, which
differ in their headers, their join keys and their agency file. All of it stands here as data; no
other module of the reader asks which era it reads, but for the meaning of the agency file and of
the month file. Column names are the FBI's, in lower case; headers are matched in any case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import polars as pl

from core.nibrs.codes import CATEGORIES, LOCATION_TYPES, BroadGroup

__all__ = [
    "AGENCY_SCHEMA",
    "COVERAGE_SCHEMA",
    "INCIDENT_MEMBER",
    "INCIDENT_SCHEMA",
    "LAYOUTS",
    "OFFENCE_MEMBER",
    "OFFENCE_SCHEMA",
    "BundleLayout",
    "CellType",
    "Column",
    "Era",
    "ReportingStatus",
    "TableLayout",
]


class Era(StrEnum):
    """The three layouts of the state bundles."""

    EARLY = "early"
    """Data of 2010-2015, and of 2016 as first published: ``cde_agencies.csv``, lower case."""

    QUOTED = "quoted"
    """Data of 2016-2020 as published again in 2020: upper case, every header and text quoted."""

    CURRENT = "current"
    """Data of 2021 and later: lower case, ``offense_code``, one month row per document."""


class ReportingStatus(StrEnum):
    """What an agency handed in for a month."""

    REPORTED = "reported"
    """A report; it may hold no incident."""

    ZERO = "zero"
    """A report that there was no incident."""

    NONE = "none"
    """Nothing: the number of incidents is unknown, not zero."""


class CellType(StrEnum):
    """The types that a needed cell can have."""

    INTEGER = "integer"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that the reader needs.

    Attributes:
        name: The FBI's header in lower case.
        type: What its cells hold.
        required: Whether an empty cell is refused.
        may_repeat: Whether the layout has the header twice; the first one is read.
    """

    name: str
    type: CellType = CellType.INTEGER
    required: bool = True
    may_repeat: bool = False


@dataclass(frozen=True, kw_only=True)
class TableLayout:
    """The needed columns of one member.

    Attributes:
        member: File name inside the archive, matched in any case.
        columns: The needed columns; others are not read.
    """

    member: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class BundleLayout:
    """The six needed members of a bundle.

    Attributes:
        incidents: One row per incident.
        offences: One row per offence.
        offence_types: The look-up of offences.
        offence_key: The column that joins offences and their look-up.
        location_types: The look-up of locations; ``location_id`` differs between eras.
        months: One row per agency and month, from 2021 one per document handed in.
        agencies: One row per agency.
    """

    incidents: TableLayout
    offences: TableLayout
    offence_types: TableLayout
    offence_key: str
    location_types: TableLayout
    months: TableLayout
    agencies: TableLayout


INCIDENT_MEMBER = "NIBRS_incident.csv"
OFFENCE_MEMBER = "NIBRS_OFFENSE.csv"


def _integer(name: str, *, required: bool = True, may_repeat: bool = False) -> Column:
    return Column(name=name, required=required, may_repeat=may_repeat)


def _text(name: str, *, required: bool = True) -> Column:
    return Column(name=name, type=CellType.TEXT, required=required)


_DATA_YEAR = _integer("data_year")

_INCIDENT_COLUMNS = (
    _integer("agency_id"),
    _integer("incident_id"),
    _text("incident_date"),
    _text("report_date_flag", required=False),
    _integer("incident_hour", required=False),
)

_LOCATION_TYPES = TableLayout(
    member="NIBRS_LOCATION_TYPE.csv", columns=(_integer("location_id"), _text("location_code"))
)

_MONTH_COLUMNS = (_integer("agency_id"), _integer("month_num"), _text("reported_status"))

_AGENCY_COLUMNS = (
    _integer("agency_id"),
    _DATA_YEAR,
    _text("ori"),
    _text("pub_agency_name"),
    _text("pub_agency_unit", required=False),
    _text("state_postal_abbr"),
    _text("agency_type_name"),
    _integer("population", required=False),
    _text("pe_reported_flag", required=False),
    _integer("male_officer", required=False),
    _integer("male_civilian", required=False),
    _integer("female_officer", required=False),
    _integer("female_civilian", required=False),
    _text("nibrs_start_date", required=False),
    _text("county_name", required=False),
)

_EARLY_AGENCY_COLUMNS = (
    _integer("agency_id"),
    _text("ori"),
    _text("agency_name"),
    _text("short_name", required=False),
    _text("agency_type_name", required=False),
    _text("state_abbr"),
    _text("primary_county", required=False),
    _integer("current_nibrs_start_year", required=False),
    _integer("population", required=False),
    _integer("staffing_year", required=False),
    _integer("total_officers", required=False),
    _integer("total_civilians", required=False),
)


def _layout(era: Era) -> BundleLayout:
    key = _text("offense_code") if era is Era.CURRENT else _integer("offense_type_id")
    year = () if era is Era.EARLY else (_DATA_YEAR,)
    # Only this header of this era stands there twice; both columns hold the same year.
    month_year = _integer("data_year", may_repeat=era is Era.QUOTED)
    type_columns = (key,) if era is Era.CURRENT else (key, _text("offense_code"))
    agencies = (
        TableLayout(member="cde_agencies.csv", columns=_EARLY_AGENCY_COLUMNS)
        if era is Era.EARLY
        else TableLayout(member="agencies.csv", columns=_AGENCY_COLUMNS)
    )
    return BundleLayout(
        incidents=TableLayout(member=INCIDENT_MEMBER, columns=(*year, *_INCIDENT_COLUMNS)),
        offences=TableLayout(
            member=OFFENCE_MEMBER,
            columns=(
                *year,
                _integer("offense_id"),
                _integer("incident_id"),
                key,
                _integer("location_id"),
            ),
        ),
        offence_types=TableLayout(member="NIBRS_OFFENSE_TYPE.csv", columns=type_columns),
        offence_key=key.name,
        location_types=_LOCATION_TYPES,
        months=TableLayout(member="NIBRS_month.csv", columns=(month_year, *_MONTH_COLUMNS)),
        agencies=agencies,
    )


LAYOUTS: Mapping[Era, BundleLayout] = MappingProxyType({era: _layout(era) for era in Era})
"""The layout of each era."""

_OFFENCE_CATEGORY = pl.Enum(list(CATEGORIES))
_BROAD_GROUP = pl.Enum([group.value for group in BroadGroup])
_LOCATION_CODE = pl.Enum(list(LOCATION_TYPES))
_STATUS = pl.Enum([status.value for status in ReportingStatus])

INCIDENT_SCHEMA = pl.Schema(
    {
        "incident_id": pl.Int64(),
        "agency_id": pl.Int64(),
        "date": pl.Date(),
        "hour": pl.Int8(),
        "date_is_report_date": pl.Boolean(),
    }
)
"""One row per incident, sorted by ``agency_id, date, incident_id``.

``hour`` is 0-23 or null where it is unknown. Where ``date_is_report_date`` is true, ``date`` is the
day of the report because the day of the incident is unknown.
"""

OFFENCE_SCHEMA = pl.Schema(
    {
        "offence_id": pl.Int64(),
        "incident_id": pl.Int64(),
        "agency_id": pl.Int64(),
        "date": pl.Date(),
        "hour": pl.Int8(),
        "date_is_report_date": pl.Boolean(),
        "offence_code": pl.String(),
        "category": _OFFENCE_CATEGORY,
        "broad_group": _BROAD_GROUP,
        "location_code": _LOCATION_CODE,
    }
)
"""One row per offence, sorted by ``agency_id, date, incident_id, offence_id``.

``category`` is a slug of :data:`~core.nibrs.codes.CATEGORIES`; ``location_code`` is the FBI's data
element 9, the same in every era. The other columns are those of the offence's incident.
"""

AGENCY_SCHEMA = pl.Schema(
    {
        "agency_id": pl.Int64(),
        "year": pl.Int16(),
        "ori": pl.String(),
        "name": pl.String(),
        "unit": pl.String(),
        "type": pl.String(),
        "county": pl.String(),
        "population": pl.Int64(),
        "officers": pl.Int32(),
        "male_officers": pl.Int32(),
        "female_officers": pl.Int32(),
        "civilians": pl.Int32(),
        "male_civilians": pl.Int32(),
        "female_civilians": pl.Int32(),
        "nibrs_start_date": pl.Date(),
    }
)
"""One row per agency, sorted by ``agency_id``.

Staff is null where it was not reported. :attr:`Era.EARLY` has totals only, and of the start date
only the year: it stands as its first of January.
"""

COVERAGE_SCHEMA = pl.Schema(
    {
        "agency_id": pl.Int64(),
        "year": pl.Int16(),
        "month": pl.Int8(),
        "status": _STATUS,
        "incidents": pl.Int32(),
    }
)
"""Every agency of the agency frame in each of twelve months, sorted by ``agency_id, month``.

``incidents`` counts the incidents dated in that month. In :attr:`Era.CURRENT` a month without any
document is ``none``: the files cannot tell a zero report from no report.
"""
