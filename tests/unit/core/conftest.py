"""Small bundles made in memory, whose figures can be counted by hand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import polars as pl
import pytest

from core.nibrs.bundle import (
    AGENCY_SCHEMA,
    COVERAGE_SCHEMA,
    INCIDENT_SCHEMA,
    OFFENCE_SCHEMA,
    Bundle,
    Era,
    ReportingStatus,
    SourceFile,
)

_STAFF = {
    "officers": 10,
    "male_officers": 8,
    "female_officers": 2,
    "civilians": 3,
    "male_civilians": 1,
    "female_civilians": 2,
}


def _agencies(*, year: int, populations: Mapping[int, int]) -> pl.DataFrame:
    rows = [
        {
            "agency_id": agency_id,
            "year": year,
            "ori": f"XX{agency_id:07}",
            "name": f"Agency {agency_id}",
            "unit": None,
            "type": "City",
            "county": None,
            "population": population,
            "nibrs_start_date": None,
            **_STAFF,
        }
        for agency_id, population in populations.items()
    ]
    return pl.DataFrame(rows, schema=AGENCY_SCHEMA)


def _coverage(
    incidents: pl.DataFrame,
    *,
    year: int,
    agency_ids: Sequence[int],
    given: Mapping[tuple[int, int], ReportingStatus],
) -> pl.DataFrame:
    rows = []
    for agency_id in agency_ids:
        for month in range(1, 13):
            count = incidents.filter(
                (pl.col("agency_id") == agency_id) & (pl.col("date").dt.month() == month)
            ).height
            seen = ReportingStatus.REPORTED if count else ReportingStatus.NONE
            status = given.get((agency_id, month), seen)
            rows.append((agency_id, year, month, status, count))
    return pl.DataFrame(rows, schema=COVERAGE_SCHEMA, orient="row")


@pytest.fixture
def make_bundle() -> Callable[..., Bundle]:
    """A bundle of given (agency, day) offences, each an incident of its own."""

    def make(
        *,
        year: int,
        offences: Sequence[tuple[int, date]],
        populations: Mapping[int, int] | None = None,
        coverage: Mapping[tuple[int, int], ReportingStatus] | None = None,
        first_id: int = 1,
    ) -> Bundle:
        people = populations or {agency_id: 1000 for agency_id, _ in offences}
        frame = pl.DataFrame(
            [
                {
                    "offence_id": first_id + n,
                    "incident_id": first_id + n,
                    "agency_id": agency_id,
                    "date": day,
                    "hour": 12,
                    "date_is_report_date": False,
                    "offence_code": "23C",
                    "category": "larceny",
                    "broad_group": "property",
                    "location_code": "08",
                }
                for n, (agency_id, day) in enumerate(offences)
            ],
            schema=OFFENCE_SCHEMA,
        )
        incidents = frame.select(INCIDENT_SCHEMA.names())
        return Bundle(
            state="ND",
            state_name="Somewhere",
            year=year,
            era=Era.CURRENT,
            synthetic=False,
            source=SourceFile(name=f"ND-{year}.zip", sha256="0" * 64, size=1),
            incidents=incidents,
            offences=frame,
            agencies=_agencies(year=year, populations=people),
            coverage=_coverage(incidents, year=year, agency_ids=list(people), given=coverage or {}),
        )

    return make
