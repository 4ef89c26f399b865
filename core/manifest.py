"""The manifest of a dataset: what it holds, its files, and one hash over all of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import DatasetDamagedError, DatasetMissingError

__all__ = [
    "MANIFEST_NAME",
    "SCHEMA_VERSION",
    "DatasetFacts",
    "FileRecord",
    "Manifest",
    "SourceRecord",
    "dataset_damaged",
    "dataset_digest",
    "dataset_missing",
    "manifest_text",
    "parse_manifest",
]

MANIFEST_NAME = "manifest.json"

SCHEMA_VERSION = 1
"""Raised by one whenever a table gains, loses or changes a column, or a file its meaning."""


@dataclass(frozen=True, kw_only=True)
class SourceRecord:
    """One bundle that the dataset was built from."""

    name: str
    sha256: str
    size: int
    year: int
    incidents: int
    offences: int


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """One file of the dataset: ``rows`` is null for what is not a table."""

    file: str
    sha256: str
    size: int
    rows: int | None


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """What the builder knows of a dataset before it is written.

    Attributes:
        state: Two-letter code.
        state_name: As the FBI writes it.
        years: Data years, ascending.
        synthetic: True when the incidents are simulated.
        incidents: Incidents in all.
        offences: Offences in all; the counting unit of every figure unless it says otherwise.
        agencies: Agencies listed in at least one year.
        agencies_with_incidents: Those with at least one incident in any year.
        towns: Places that are towns; 0 where the state has no town map.
        first_day: First day of the first data year.
        last_day: Last day of the last data year.
        sources: The bundles.
        versions: Name and version of each library that made the tables.
        built_at: When the build ended, UTC, to the second; not part of the dataset's hash.
    """

    state: str
    state_name: str
    years: tuple[int, ...]
    synthetic: bool
    incidents: int
    offences: int
    agencies: int
    agencies_with_incidents: int
    towns: int
    first_day: date
    last_day: date
    sources: tuple[SourceRecord, ...]
    versions: Mapping[str, str]
    built_at: datetime


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The manifest: the facts, the files by logical name, and one hash over all of them."""

    schema_version: int
    facts: DatasetFacts
    files: Mapping[str, FileRecord]
    dataset_sha256: str


def dataset_digest(records: Mapping[str, FileRecord]) -> str:
    """One SHA-256 over the hashes of all files: it tells content and not time."""
    lines = "".join(f"{records[name].sha256}  {name}\n" for name in sorted(records))
    return hashlib.sha256(lines.encode()).hexdigest()


def manifest_text(manifest: Manifest) -> str:
    """The manifest as it stands on disk."""
    facts = asdict(replace(manifest.facts, versions=dict(manifest.facts.versions)))
    facts["first_day"] = manifest.facts.first_day.isoformat()
    facts["last_day"] = manifest.facts.last_day.isoformat()
    facts["built_at"] = manifest.facts.built_at.isoformat()
    content = {
        "schema_version": manifest.schema_version,
        "dataset_sha256": manifest.dataset_sha256,
        **facts,
        "files": {name: asdict(record) for name, record in manifest.files.items()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def parse_manifest(content: Mapping[str, Any], *, required: Iterable[str]) -> Manifest:
    """Read what :func:`manifest_text` wrote.

    Args:
        content: The parsed JSON, of this schema version.
        required: Names of the files that must be listed.

    Raises:
        KeyError, TypeError, ValueError: A field is missing or has another type or value.
    """
    facts = DatasetFacts(
        state=str(content["state"]),
        state_name=str(content["state_name"]),
        years=tuple(int(year) for year in content["years"]),
        synthetic=bool(content["synthetic"]),
        incidents=int(content["incidents"]),
        offences=int(content["offences"]),
        agencies=int(content["agencies"]),
        agencies_with_incidents=int(content["agencies_with_incidents"]),
        towns=int(content["towns"]),
        first_day=date.fromisoformat(content["first_day"]),
        last_day=date.fromisoformat(content["last_day"]),
        sources=tuple(SourceRecord(**source) for source in content["sources"]),
        versions=MappingProxyType({str(k): str(v) for k, v in content["versions"].items()}),
        built_at=datetime.fromisoformat(content["built_at"]),
    )
    files = {str(name): FileRecord(**record) for name, record in content["files"].items()}
    _check_file_names(files.values())
    missing = sorted(set(required) - set(files))
    if missing:
        raise KeyError(f"files.{missing[0]}")
    return Manifest(
        schema_version=SCHEMA_VERSION,
        facts=facts,
        files=MappingProxyType(files),
        dataset_sha256=str(content["dataset_sha256"]),
    )


def _check_file_names(records: Iterable[FileRecord]) -> None:
    """A manifest is input: it must not lead outside its folder."""
    for record in records:
        if Path(record.file).name != record.file or record.file.startswith("."):
            raise ValueError(f"file name {record.file!r} is not a plain name")


def dataset_missing(where: Path | str) -> DatasetMissingError:
    """The error for a folder or an address without a manifest."""
    return DatasetMissingError(
        f"{where}: no finished dataset here (no {MANIFEST_NAME}); build one with "
        f"'ctcrimes build BUNDLE... --out {where}'"
    )


def dataset_damaged(path: Path | str, what: str) -> DatasetDamagedError:
    """The error for a file of a dataset, on disk or in object storage."""
    folder = str(path).rpartition("/")[0]
    return DatasetDamagedError(
        f"{path}: {what}; the dataset is damaged: build it again with "
        f"'ctcrimes build BUNDLE... --out {folder}'"
    )
