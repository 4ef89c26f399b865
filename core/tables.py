"""Every table of a dataset from the parts of its bundles, streamed from file to file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from core.dataset import TABLE_SCHEMAS
from core.dataset_files import stream_table
from core.panel import agency_months, daily_panel, month_counts, place_months
from core.parts import BundleParts, scan_parts
from core.places.towns import PlaceKind, Places, places_of_state
from core.staffing import staffing

__all__ = ["BuiltTables", "write_tables"]


@dataclass(frozen=True, kw_only=True)
class BuiltTables:
    """The tables of a dataset as files, and what was counted on the way.

    Attributes:
        files: A Parquet file for each name of :data:`~core.dataset.TABLE_SCHEMAS`.
        boundaries: The map as GeoJSON text; None where the state has none.
        agencies: Agencies listed in at least one year.
        agencies_with_incidents: Those with at least one incident in any year.
        towns: Places that are towns.
    """

    files: Mapping[str, Path]
    boundaries: bytes | None
    agencies: int
    agencies_with_incidents: int
    towns: int


def write_tables(parts: Sequence[BundleParts], *, folder: Path) -> BuiltTables:
    """Make every table from the parts of one state's bundles.

    No table with a row an offence or a day is ever whole in this process as a frame: each is
    streamed from the parts to its file.

    Args:
        parts: At least one, none of which :func:`~core.parts.refuse_mixed` refuses, in any order.
        folder: An existing folder for the files.

    Returns:
        The files.

    Raises:
        PlaceError: An agency's place cannot be told.
        OSError: A file cannot be written.
    """
    agencies = scan_parts([each.agency_rows for each in parts]).sort("agency_id", "year").collect()
    places = places_of_state(parts[0].state, agencies=agencies)
    frames = _frames(parts, agencies=agencies, places=places)
    files = {
        name: stream_table(folder / f"{name}.parquet", frame=frames[name]) for name in TABLE_SCHEMAS
    }
    active = scan_parts([each.incident_rows for each in parts]).select("agency_id")
    return BuiltTables(
        files=MappingProxyType(files),
        boundaries=places.boundaries,
        agencies=agencies["agency_id"].n_unique(),
        agencies_with_incidents=active.unique().select(pl.len()).collect().item(),
        towns=places.places.filter(pl.col("kind") == PlaceKind.TOWN).height,
    )


def _frames(
    parts: Sequence[BundleParts], *, agencies: pl.DataFrame, places: Places
) -> dict[str, pl.LazyFrame]:
    offences = scan_parts([each.offence_rows for each in parts])
    incidents = scan_parts([each.incident_rows for each in parts])
    coverage = scan_parts([each.coverage_rows for each in parts])
    of_place = places.agency_places
    months = agency_months(coverage, offences=offences)
    by_place = place_months(
        months, agencies=agencies, agency_places=of_place, places=places.places["place"]
    )
    panel = daily_panel(
        _placed(offences, agency_places=of_place),
        incidents=_placed(incidents, agency_places=of_place),
        months=by_place,
    )
    whole = {
        "places": _with_agency_names(places.places, agencies=agencies, agency_places=of_place),
        "neighbours": places.neighbours,
        "agencies": agencies,
        "agency_places": of_place,
        "agency_months": months,
        "place_months": by_place,
        "staffing": staffing(agencies, agency_places=of_place),
    }
    return {
        **{name: frame.lazy() for name, frame in whole.items()},
        "panel": panel,
        "month_counts": month_counts(_placed(offences, agency_places=of_place)),
        # The number of the offence decides between two of one incident that have the same code.
        "offences": offences.sort(
            "agency_id", "date", "incident_id", "offence_code", "offence_id"
        ).select(list(TABLE_SCHEMAS["offences"])),
    }


def _placed(rows: pl.LazyFrame, *, agency_places: pl.DataFrame) -> pl.LazyFrame:
    return rows.join(agency_places.lazy(), on="agency_id", how="inner", validate="m:1")


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
