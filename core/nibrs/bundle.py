"""The reader of the FBI's state bundles: a zip of any era in, tidy and checked frames out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from core.errors import (
    MissingColumnError,
    MixedBundlesError,
    UnknownAgencyError,
)
from core.nibrs.agencies import agencies_frame, state_of
from core.nibrs.archive import SIMULATED_MARKER, Archive, SourceFile, open_archive
from core.nibrs.coverage import coverage_frame
from core.nibrs.incidents import (
    incidents_frame,
    location_types_frame,
    offence_types_frame,
    offences_frame,
)
from core.nibrs.schema import (
    AGENCY_SCHEMA,
    COVERAGE_SCHEMA,
    INCIDENT_MEMBER,
    INCIDENT_SCHEMA,
    LAYOUTS,
    OFFENCE_MEMBER,
    OFFENCE_SCHEMA,
    Era,
    ReportingStatus,
    TableLayout,
)
from core.nibrs.states import STATE_NAMES
from core.nibrs.table import Table, read_header, read_table

__all__ = [
    "AGENCY_SCHEMA",
    "COVERAGE_SCHEMA",
    "INCIDENT_SCHEMA",
    "OFFENCE_SCHEMA",
    "Bundle",
    "Era",
    "ReportingStatus",
    "SourceFile",
    "read_bundle",
]

_FIRST_DATA_YEAR: Final = 1988
_LAST_DATA_YEAR: Final = 2100


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What one state's agencies reported for one year.

    Attributes:
        state: Postal abbreviation, ``"CT"``.
        state_name: ``"Connecticut"``.
        year: The data year.
        era: The layout that the files were in.
        synthetic: Whether the bundle was simulated (see
            :data:`~core.nibrs.archive.SIMULATED_MARKER`).
        source: The zip file.
        incidents: :data:`~core.nibrs.schema.INCIDENT_SCHEMA`.
        offences: :data:`~core.nibrs.schema.OFFENCE_SCHEMA`.
        agencies: :data:`~core.nibrs.schema.AGENCY_SCHEMA`.
        coverage: :data:`~core.nibrs.schema.COVERAGE_SCHEMA`.
    """

    state: str
    state_name: str
    year: int
    era: Era
    synthetic: bool
    source: SourceFile
    incidents: pl.DataFrame
    offences: pl.DataFrame
    agencies: pl.DataFrame
    coverage: pl.DataFrame


def read_bundle(path: Path) -> Bundle:
    """Read a state bundle, "Crime Incident-Based Data by State" of the FBI Crime Data Explorer.

    Args:
        path: The zip file, of any era.

    Returns:
        The bundle; every row of its incident and offence files is in its frames, once.

    Raises:
        BundleError: The file cannot be read as a bundle. The subclass tells why, and the message
            names the file, and where there is one the member, the line, the column and the value.

    Examples:
        With ``bundle`` the path of a state bundle:

        >>> read = read_bundle(bundle)
        >>> read.state, read.year, read.offences.height
        ('VT', 2024, 9)
    """
    with open_archive(path) as archive:
        return _read(archive)


def _read(archive: Archive) -> Bundle:
    era, incidents, offences = _read_events(archive)
    layout = LAYOUTS[era]
    months = _read_table(archive, layout=layout.months)
    agencies = _read_table(archive, layout=layout.agencies)
    year = _year_of(months if era is Era.EARLY else incidents)
    for table in (incidents, offences, months, agencies):
        _check_year(table, year=year)
    state = state_of(agencies)
    incident_frame = incidents_frame(incidents, year=year)
    agency_frame = agencies_frame(agencies, year=year)
    _refuse_unknown_agencies(incidents, agencies=agency_frame)
    types = _read_table(archive, layout=layout.offence_types)
    locations = _read_table(archive, layout=layout.location_types)
    return Bundle(
        state=state,
        state_name=STATE_NAMES[state],
        year=year,
        era=era,
        synthetic=archive.holds(SIMULATED_MARKER),
        source=archive.source,
        incidents=incident_frame,
        offences=offences_frame(
            offences,
            incidents=incidents,
            incident_frame=incident_frame,
            types=offence_types_frame(types, key=layout.offence_key),
            locations=location_types_frame(locations),
        ),
        agencies=agency_frame,
        coverage=coverage_frame(months, era=era, agencies=agency_frame, incidents=incident_frame),
    )


def _read_events(archive: Archive) -> tuple[Era, Table, Table]:
    """The era, which the headers of the incident and offence files tell, and both files."""
    incidents, offences = archive.read_together((INCIDENT_MEMBER, OFFENCE_MEMBER))
    header = read_header(offences)
    if "offense_code" in header:
        era = Era.CURRENT
    elif "offense_type_id" not in header:
        raise MissingColumnError(
            f"{archive.source.name}: {offences.name} has no column offense_code (since 2021) and "
            "no column offense_type_id (before); expected one of them. Download the bundle again."
        )
    else:
        era = Era.QUOTED if "data_year" in read_header(incidents) else Era.EARLY
    layout = LAYOUTS[era]
    return (
        era,
        read_table(incidents, layout=layout.incidents),
        read_table(offences, layout=layout.offences),
    )


def _read_table(archive: Archive, *, layout: TableLayout) -> Table:
    return read_table(archive.read(layout.member), layout=layout)


def _year_of(table: Table) -> int:
    table.refuse(
        ~pl.col("data_year").is_between(_FIRST_DATA_YEAR, _LAST_DATA_YEAR),
        column="data_year",
        expected=f"expected a year {_FIRST_DATA_YEAR}-{_LAST_DATA_YEAR}",
    )
    return int(table.frame["data_year"][0])


def _check_year(table: Table, *, year: int) -> None:
    if "data_year" in table.frame.columns:
        table.refuse(
            pl.col("data_year") != year,
            column="data_year",
            expected=f"expected {year} as in the other rows: a bundle is of one year",
            error=MixedBundlesError,
        )


def _refuse_unknown_agencies(incidents: Table, *, agencies: pl.DataFrame) -> None:
    incidents.refuse(
        ~pl.col("agency_id").is_in(agencies["agency_id"].implode()),
        column="agency_id",
        expected="expected an agency of the agency file",
        error=UnknownAgencyError,
    )
