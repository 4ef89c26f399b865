"""Every table of a dataset from the parts of its bundles, streamed from file to file.

Tables with a row an offence or a day are made in pieces: so many agencies or places at a time that
a piece is of about a million rows. What a build holds is then a matter of its largest bundle, not
of how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.dataset import TABLE_SCHEMAS
from core.dataset_files import stream_table
from core.panel import agency_months, daily_panel, month_counts, place_months
from core.parts import BundleParts, scan_parts
from core.places.of_state import MapLevel, Places, places_of_state
from core.places.town_maps import TownMap
from core.places.towns import PlaceKind
from core.staffing import staffing

__all__ = ["BuiltTables", "write_tables"]

_ROWS_A_PIECE = 1_000_000
_DAYS_A_MONTH = 31


@dataclass(frozen=True, kw_only=True)
class BuiltTables:
    """The tables of a dataset as files, and what was counted on the way.

    Attributes:
        files: A Parquet file for each name of :data:`~core.dataset.TABLE_SCHEMAS`.
        boundaries: The map as GeoJSON text.
        unmatched: County names of agencies that name no county of the map, sorted.
        townless: Municipal agencies that are no town's police on a map of towns that was given.
        agencies: Agencies listed in at least one year.
        agencies_with_incidents: Those with at least one incident in any year.
        towns: Places that are towns.
    """

    files: Mapping[str, Path]
    boundaries: bytes
    unmatched: tuple[str, ...]
    townless: tuple[str, ...]
    agencies: int
    agencies_with_incidents: int
    towns: int


def write_tables(
    parts: Sequence[BundleParts],
    *,
    folder: Path,
    divided_by: MapLevel | TownMap | None = None,
) -> BuiltTables:
    """Make every table from the parts of one state's bundles.

    Args:
        parts: At least one, none of which :func:`~core.parts.refuse_mixed` refuses, in any order.
        folder: An existing folder for the files.
        divided_by: As in :func:`~core.places.of_state.places_of_state`.

    Returns:
        The files.

    Raises:
        PlaceError: An agency's place cannot be told, or there is no such map of the State.
        OSError: A file cannot be written.
    """
    agencies = scan_parts([each.agency_rows for each in parts]).sort("agency_id", "year").collect()
    places = places_of_state(parts[0].state, agencies=agencies, divided_by=divided_by)
    rows = _Rows(
        offences=scan_parts([each.offence_rows for each in parts]),
        incidents=scan_parts([each.incident_rows for each in parts]),
        agency_places=places.agency_places,
    )
    coverage = scan_parts([each.coverage_rows for each in parts])
    whole = _whole(rows, coverage=coverage, agencies=agencies, places=places)
    pieces = {
        **{name: [frame.lazy()] for name, frame in whole.items()},
        "panel": _panel_pieces(rows, months=whole["place_months"]),
        "month_counts": _count_pieces(rows, months=whole["place_months"]),
        "offences": _offence_pieces(rows, months=whole["agency_months"]),
    }
    files = {
        name: stream_table(folder / f"{name}.parquet", pieces=pieces[name])
        for name in TABLE_SCHEMAS
    }
    active = rows.incidents.select(pl.col("agency_id").n_unique()).collect()
    return BuiltTables(
        files=files,
        boundaries=places.boundaries,
        unmatched=places.unmatched,
        townless=places.townless,
        agencies=agencies["agency_id"].n_unique(),
        agencies_with_incidents=active.item(),
        towns=places.places.filter(pl.col("kind") == PlaceKind.TOWN).height,
    )


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of all parts, and where they belong."""

    offences: pl.LazyFrame
    incidents: pl.LazyFrame
    agency_places: pl.DataFrame

    def of_places(self, kind: pl.LazyFrame, places: pl.Series) -> pl.LazyFrame:
        """Rows of one kind, of some places, with their place."""
        agencies = self.agency_places.filter(pl.col("place").is_in(places.implode()))
        return kind.join(agencies.lazy(), on="agency_id", how="inner", validate="m:1")


def _whole(
    rows: _Rows, *, coverage: pl.LazyFrame, agencies: pl.DataFrame, places: Places
) -> dict[str, pl.DataFrame]:
    """The tables that grow with agencies and months alone."""
    of_place = places.agency_places
    months = agency_months(coverage, offences=rows.offences)
    return {
        "places": _with_agency_names(places.places, agencies=agencies, agency_places=of_place),
        "neighbours": places.neighbours,
        "agencies": agencies,
        "agency_places": of_place,
        "agency_months": months,
        "place_months": place_months(
            months, agencies=agencies, agency_places=of_place, places=places.places["place"]
        ),
        "staffing": staffing(agencies, agency_places=of_place),
    }


def _panel_pieces(rows: _Rows, *, months: pl.DataFrame) -> list[pl.LazyFrame]:
    return [
        daily_panel(
            rows.of_places(rows.offences, places),
            incidents=rows.of_places(rows.incidents, places),
            months=months.filter(pl.col("place").is_in(places.implode())),
        )
        for places in _groups(months, key="place")
    ]


def _count_pieces(rows: _Rows, *, months: pl.DataFrame) -> list[pl.LazyFrame]:
    return [
        month_counts(rows.of_places(rows.offences, places))
        for places in _groups(months, key="place")
    ]


def _offence_pieces(rows: _Rows, *, months: pl.DataFrame) -> list[pl.LazyFrame]:
    # The number of the offence decides between two of one incident that have the same code.
    key = ("agency_id", "date", "incident_id", "offence_code", "offence_id")
    return [
        rows.offences.filter(pl.col("agency_id").is_between(agencies[0], agencies[-1]))
        .sort(key)
        .select(list(TABLE_SCHEMAS["offences"]))
        for agencies in _groups(months, key="agency_id")
    ]


def _groups(months: pl.DataFrame, *, key: str) -> list[pl.Series]:
    """Agencies or places in ascending order, so many together that a piece is not too large."""
    size = (
        months.group_by(key)
        .agg(rows=pl.col("offences").sum() + _DAYS_A_MONTH * pl.len())
        .sort(key)
        .with_columns(group=pl.col("rows").cum_sum() // _ROWS_A_PIECE)
    )
    return [group[key] for group in size.partition_by("group", maintain_order=True)]


def _with_agency_names(
    places: pl.DataFrame, *, agencies: pl.DataFrame, agency_places: pl.DataFrame
) -> pl.DataFrame:
    """Add the newest names of each place's agencies, joined by a semicolon."""
    names = (
        agencies.sort("agency_id", "year")
        .group_by("agency_id", maintain_order=True)
        .agg(pl.col("name").last())
        .join(agency_places, on="agency_id", how="inner", validate="1:1")
        .sort("place", "name")
        .group_by("place", maintain_order=True)
        .agg(agencies=pl.col("name").str.join("; "))
    )
    return places.join(names, on="place", how="left", validate="1:1").sort("place")
