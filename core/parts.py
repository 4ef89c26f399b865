"""One bundle at a time onto disk: its rows as Parquet parts, and a summary small enough to send.

A build never holds two bundles in memory. Each is read and checked by itself
(:func:`core.nibrs.bundle.read_bundle`) and its rows are put down in a folder; what has to hold
between bundles is checked on the summaries and the parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import polars as pl

from core.errors import DuplicateIdentifierError, MixedBundlesError
from core.nibrs.archive import SourceFile
from core.nibrs.bundle import read_bundle

__all__ = ["BundleParts", "refuse_mixed", "scan_parts", "write_parts"]

# Rows are sorted by agency: who asks for some agencies reads few groups of this size.
_ROWS_A_GROUP = 2**15


@dataclass(frozen=True, kw_only=True)
class BundleParts:
    """What one bundle held, and where its rows are.

    Attributes:
        state: Postal abbreviation, ``"CT"``.
        state_name: ``"Connecticut"``.
        year: The data year.
        synthetic: Whether the bundle was simulated.
        source: The zip file.
        incidents: Number of incidents.
        offences: Number of offences.
        first_incident: Smallest ``incident_id``.
        last_incident: Largest ``incident_id``.
        incident_rows: Parquet file, :data:`~core.nibrs.schema.INCIDENT_SCHEMA`.
        offence_rows: Parquet file, :data:`~core.nibrs.schema.OFFENCE_SCHEMA`.
        agency_rows: Parquet file, :data:`~core.nibrs.schema.AGENCY_SCHEMA`.
        coverage_rows: Parquet file, :data:`~core.nibrs.schema.COVERAGE_SCHEMA`.
    """

    state: str
    state_name: str
    year: int
    synthetic: bool
    source: SourceFile
    incidents: int
    offences: int
    first_incident: int
    last_incident: int
    incident_rows: Path
    offence_rows: Path
    agency_rows: Path
    coverage_rows: Path


def write_parts(bundle: Path, *, folder: Path) -> BundleParts:
    """Read a bundle and write its rows as parts.

    Its arguments and its result can be pickled and it shares nothing with other calls, so that
    bundles may be read by other processes that see the folder.

    Args:
        bundle: The zip file, of any era.
        folder: An existing folder; the names of the parts tell the bundle's content apart.

    Returns:
        The summary.

    Raises:
        BundleError: As :func:`~core.nibrs.bundle.read_bundle`.
        OSError: The parts cannot be written.
    """
    read = read_bundle(bundle)
    stem = f"{read.state}-{read.year}-{read.source.sha256}"

    def write(kind: str, frame: pl.DataFrame) -> Path:
        path = folder / f"{stem}.{kind}.parquet"
        # Two workers may write the same part when one of them is thought to be dead.
        mine = path.with_name(f"{path.name}.{uuid4().hex}")
        frame.write_parquet(mine, compression="lz4", row_group_size=_ROWS_A_GROUP)
        return mine.replace(path)

    numbers = read.incidents.select(
        first=pl.col("incident_id").min(), last=pl.col("incident_id").max()
    )
    return BundleParts(
        state=read.state,
        state_name=read.state_name,
        year=read.year,
        synthetic=read.synthetic,
        source=read.source,
        incidents=read.incidents.height,
        offences=read.offences.height,
        first_incident=numbers["first"][0],
        last_incident=numbers["last"][0],
        incident_rows=write("incidents", read.incidents),
        offence_rows=write("offences", read.offences),
        agency_rows=write("agencies", read.agencies),
        coverage_rows=write("coverage", read.coverage),
    )


def scan_parts(parts: Sequence[Path]) -> pl.LazyFrame:
    """A lazy frame over the rows of several parts of one kind."""
    return pl.scan_parquet(list(parts), glob=False)


def refuse_mixed(parts: BundleParts, *, earlier: Sequence[BundleParts]) -> None:
    """Refuse a bundle that cannot stand beside those read before it.

    Args:
        parts: The bundle in question.
        earlier: Those before it, none of which was refused.

    Raises:
        MixedBundlesError: Two states, a year twice, or a simulated bundle beside a reported one.
        DuplicateIdentifierError: An incident occurs in two bundles.
    """
    for other in earlier:
        _refuse_pair(other, parts)


def _refuse_pair(first: BundleParts, second: BundleParts) -> None:
    names = f"{first.source.name} and {second.source.name}"
    if first.state != second.state:
        raise MixedBundlesError(
            f"{names} are of two states, {first.state} and {second.state}; expected bundles of one "
            "state. Build a dataset for each."
        )
    if first.year == second.year:
        raise MixedBundlesError(
            f"{names} are both of {first.year}; expected each year once. Leave one of them out."
        )
    if first.synthetic != second.synthetic:
        simulated = first if first.synthetic else second
        raise MixedBundlesError(
            f"{names} cannot stand together: {simulated.source.name} is simulated and the other is "
            "reported. Leave one of them out."
        )
    _refuse_shared_incidents(first, second)


def _refuse_shared_incidents(first: BundleParts, second: BundleParts) -> None:
    # The FBI numbers incidents as they come in, so that most pairs of years need no look.
    start = max(first.first_incident, second.first_incident)
    end = min(first.last_incident, second.last_incident)
    if start > end:
        return
    here, there = (
        scan_parts([each.incident_rows])
        .select("incident_id")
        .filter(pl.col("incident_id").is_between(start, end))
        for each in (first, second)
    )
    shared = here.join(there, on="incident_id", how="semi").select(
        count=pl.len(), first=pl.col("incident_id").min()
    )
    count, smallest = shared.collect().row(0)
    if count:
        raise DuplicateIdentifierError(
            f"{first.source.name} and {second.source.name} share {count:,} values of "
            f"incident_id, first {smallest}; expected each incident "
            "in one year. Download the bundles again."
        )
