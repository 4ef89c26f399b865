"""The tables of an opened dataset, arranged for look-ups by place, month and selection.

Made once per worker; everything here is read-only afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.dataset import BOUNDARIES, Dataset
from core.nibrs.codes import ALL_OFFENCES, SELECTIONS, categories_of_selection
from core.panel import AgencyMonthStatus, PlaceMonthStatus
from core.places.towns import PlaceKind, Policing
from core.staffing import StaffingBasis
from webapp.queries.counties import CountyRecord, counties_of_map
from webapp.urlstate import Unit

__all__ = ["Frames", "PlaceRecord", "StaffRecord", "open_frames"]

_YEAR = 12
_STATE_POLICE = (Policing.STATE, Policing.PARTIAL)
_UNITS = (Unit.OFFENCES, Unit.INCIDENTS)
_STATUS = {PlaceMonthStatus.NONE: 0, PlaceMonthStatus.PARTIAL: 1, PlaceMonthStatus.COMPLETE: 2}


@dataclass(frozen=True, kw_only=True)
class PlaceRecord:
    """A row of the table ``places``."""

    slug: str
    name: str
    town: bool
    geoid: str | None
    region: str
    county: str
    policing: Policing
    note: str
    residents: int | None
    longitude: float | None
    latitude: float | None
    agencies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StaffRecord:
    """A row of the table ``staffing``, as reported."""

    agencies: int
    people: int | None
    officers: int | None
    men: int | None
    women: int | None
    civilians: int | None


@dataclass(frozen=True, kw_only=True)
class Frames:
    """A dataset in memory.

    Attributes:
        dataset: The dataset.
        places: Every place by slug, sorted by name.
        counties: The counties of the map by slug; empty where it is of towns or there is none.
        state_police: Whether it is known that State Police have the towns without police.
        index: Position of each place in the arrays.
        years: Data years; the arrays have twelve months for each year between first and last.
        status: Places x months: 0 none, 1 partial, 2 complete.
        staff: Staff by slug and year, as reported.
        neighbours: Neighbouring slugs by slug.
        agencies_reporting: For each month, how many agencies filed a report.
        agency_years: For each year, agencies listed and agencies with twelve reports.
        kinds: The selections that occur in the data, in the order of the vocabulary.
        tallies: Units x kinds x places x months: what is on file.
        panel: The table ``panel``.
        offences: The table ``offences``, without place and hour.
        agency_places: The table ``agency_places``.
        staffing: The table ``staffing``; a staff of zero is read as no report.
    """

    dataset: Dataset
    places: Mapping[str, PlaceRecord]
    counties: Mapping[str, CountyRecord]
    state_police: bool
    index: Mapping[str, int]
    years: tuple[int, ...]
    status: NDArray[np.int8]
    staff: Mapping[tuple[str, int], StaffRecord]
    neighbours: Mapping[str, tuple[str, ...]]
    agencies_reporting: tuple[int, ...]
    agency_years: Mapping[int, tuple[int, int]]
    kinds: tuple[str, ...]
    tallies: NDArray[np.int32]
    panel: pl.DataFrame
    offences: pl.DataFrame
    agency_places: pl.DataFrame
    staffing: pl.DataFrame

    @property
    def has_towns(self) -> bool:
        """Whether places are towns, or agencies alone."""
        return self.dataset.facts.towns > 0

    @property
    def planning_regions(self) -> bool:
        """Whether a town's region is a planning region, as in Connecticut, or else its county."""
        return self.has_towns and self.dataset.facts.state == "CT"

    @property
    def first_year(self) -> int:
        """Year of the arrays' first month."""
        return self.years[0]

    def months_of(self, year: int) -> slice:
        """The positions of a year's months; empty before the first year."""
        start = (year - self.first_year) * _YEAR
        return slice(start, start + _YEAR) if start >= 0 else slice(0, 0)

    def counts(self, kind: str, *, unit: Unit) -> NDArray[np.int32]:
        """Places x months: what is on file, zero where nothing is, whatever the status."""
        counts: NDArray[np.int32] = self.tallies[_UNITS.index(unit), self.kinds.index(kind)]
        return counts

    def days(self, slug: str, *, kind: str, unit: Unit) -> NDArray[np.float64]:
        """A count for each day of the data; NaN on the days of a month without a report."""
        panel = self.panel.filter(pl.col("place") == slug).select("date", pl.col(unit)).sort("date")
        if kind == ALL_OFFENCES:
            return panel[unit].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        counted = self._kind_by_day(slug, kind=kind, unit=unit)
        joined = panel.join(counted, on="date", how="left", validate="1:1").sort("date")
        known = pl.when(pl.col(unit).is_not_null()).then(pl.col("counted").fill_null(0))
        return joined.select(known.cast(pl.Float64).fill_null(float("nan")).alias("n"))[
            "n"
        ].to_numpy()

    def _kind_by_day(self, slug: str, *, kind: str, unit: Unit) -> pl.DataFrame:
        codes = [code for category in categories_of_selection(kind) for code in category.codes]
        agencies = self.agency_places.filter(pl.col("place") == slug)
        counted = pl.len() if unit is Unit.OFFENCES else pl.col("incident_id").n_unique()
        return (
            self.offences.filter(
                pl.col("agency_id").is_in(agencies["agency_id"].to_list()),
                pl.col("offence_code").is_in(codes),
            )
            .group_by("date")
            .agg(counted=counted)
        )


def open_frames(dataset: Dataset) -> Frames:
    """Read a dataset whole: it may be built anew, and its files replaced, while it is shown."""
    places = _places(dataset.table("places"))
    index = {slug: i for i, slug in enumerate(places)}
    years = dataset.facts.years
    month_counts = dataset.table("month_counts")
    present = set(month_counts["selection"].unique().cast(pl.String).to_list())
    kinds = tuple(str(kind) for kind in SELECTIONS if kind in present or kind == ALL_OFFENCES)
    staffing = _without_empty_forms(dataset.table("staffing"))
    return Frames(
        dataset=dataset,
        places=places,
        counties=_counties(dataset, places=places),
        state_police=any(place.policing in _STATE_POLICE for place in places.values()),
        index=index,
        years=years,
        status=_status(dataset.table("place_months"), index=index, years=years),
        staff=_staff(staffing),
        neighbours=_neighbours(dataset.table("neighbours")),
        agencies_reporting=_agencies_reporting(dataset.table("agency_months"), years=years),
        agency_years=_agency_years(dataset.table("agency_months")),
        kinds=kinds,
        tallies=_tallies(month_counts, kinds=kinds, index=index, years=years),
        panel=dataset.table("panel"),
        offences=dataset.table("offences").select(
            "agency_id", "incident_id", "date", "offence_code"
        ),
        agency_places=dataset.table("agency_places"),
        staffing=staffing,
    )


def _counties(dataset: Dataset, *, places: Mapping[str, PlaceRecord]) -> Mapping[str, CountyRecord]:
    if not dataset.has_map or dataset.facts.towns:
        return {}
    return counties_of_map(
        dataset.path(BOUNDARIES).read_bytes(),
        served_by={slug: place.county for slug, place in places.items() if place.county},
    )


def _tallies(
    frame: pl.DataFrame,
    *,
    kinds: tuple[str, ...],
    index: Mapping[str, int],
    years: tuple[int, ...],
) -> NDArray[np.int32]:
    months = (years[-1] - years[0] + 1) * _YEAR
    tallies = np.zeros((len(_UNITS), len(kinds), len(index), months), dtype=np.int32)
    kind_at = {kind: i for i, kind in enumerate(kinds)}
    at = frame.select(
        kind=pl.col("selection").cast(pl.String).replace_strict(kind_at, return_dtype=pl.Int64),
        place=pl.col("place").replace_strict(dict(index), return_dtype=pl.Int64),
        month=_month_at(years[0]),
    )
    for i, unit in enumerate(_UNITS):
        where = (i, at["kind"].to_numpy(), at["place"].to_numpy(), at["month"].to_numpy())
        tallies[where] = frame[unit].to_numpy()
    tallies.setflags(write=False)
    return tallies


def _places(frame: pl.DataFrame) -> dict[str, PlaceRecord]:
    return {
        row["place"]: PlaceRecord(
            slug=row["place"],
            name=row["name"],
            town=row["kind"] == PlaceKind.TOWN,
            geoid=row["geoid"],
            region=row["region"] or "",
            county=row["county"] or "",
            policing=Policing(row["policing"]),
            note=row["policing_note"] or "",
            residents=row["population"],
            longitude=row["longitude"],
            latitude=row["latitude"],
            agencies=tuple(row["agencies"].split("; ")) if row["agencies"] else (),
        )
        for row in frame.sort("name", "place").iter_rows(named=True)
    }


def _month_at(first_year: int) -> pl.Expr:
    month = pl.col("month")
    return (
        (month.dt.year().cast(pl.Int32) - first_year) * _YEAR + month.dt.month().cast(pl.Int32) - 1
    )


def _status(
    frame: pl.DataFrame, *, index: Mapping[str, int], years: tuple[int, ...]
) -> NDArray[np.int8]:
    status = np.zeros((len(index), (years[-1] - years[0] + 1) * _YEAR), dtype=np.int8)
    for place, at, state in frame.select("place", _month_at(years[0]).alias("at"), "status").rows():
        status[index[place], at] = _STATUS[PlaceMonthStatus(state)]
    status.setflags(write=False)
    return status


_STAFF = ("officers", "male_officers", "female_officers", "civilians")


def _without_empty_forms(staffing: pl.DataFrame) -> pl.DataFrame:
    """Read a form of zeros as none: Old Saybrook's of 2022 stands between 22 and 21 officers."""
    empty = (pl.col("officers") == 0) & (pl.col("civilians") == 0)
    nobody = pl.when(~empty.fill_null(value=False))
    return staffing.with_columns(
        nobody.then(pl.col("agencies_reporting")).otherwise(0).alias("agencies_reporting"),
        *(nobody.then(pl.col(name)).alias(name) for name in _STAFF),
    )


def _staff(frame: pl.DataFrame) -> dict[tuple[str, int], StaffRecord]:
    reported = frame.filter(pl.col("basis") == StaffingBasis.AS_REPORTED)
    return {
        (row["place"], row["year"]): StaffRecord(
            agencies=row["agencies"],
            people=row["population"],
            officers=row["officers"],
            men=row["male_officers"],
            women=row["female_officers"],
            civilians=row["civilians"],
        )
        for row in reported.iter_rows(named=True)
    }


def _neighbours(frame: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for place, neighbour in frame.iter_rows():
        grouped.setdefault(place, []).append(neighbour)
    return {place: tuple(found) for place, found in grouped.items()}


def _reported() -> pl.Expr:
    return pl.col("status").is_in([AgencyMonthStatus.REPORTED, AgencyMonthStatus.ZERO])


def _agencies_reporting(frame: pl.DataFrame, *, years: tuple[int, ...]) -> tuple[int, ...]:
    counted = dict(frame.filter(_reported()).group_by("month").agg(pl.len().alias("n")).iter_rows())
    return tuple(
        counted.get(date(year, month, 1), 0)
        for year in range(years[0], years[-1] + 1)
        for month in range(1, _YEAR + 1)
    )


def _agency_years(frame: pl.DataFrame) -> dict[int, tuple[int, int]]:
    """Agencies listed in the year, and those that reported all twelve months."""
    by_agency = frame.group_by("agency_id", year=pl.col("month").dt.year()).agg(
        full=_reported().sum() == _YEAR
    )
    rows = by_agency.group_by("year").agg(listed=pl.len(), full=pl.col("full").sum())
    return {year: (listed, full) for year, listed, full in rows.iter_rows()}
