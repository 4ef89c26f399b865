"""A dataset on disk: ``artifacts/<name>/`` with tables, map and manifest. The only such place.

A dataset is a folder of files that carry a piece of their own SHA-256 in their names, and a
``manifest.json`` that lists them. Writing adds the new files beside the old ones, then replaces
the manifest in one step: whoever reads sees the old dataset or the new one, never a half.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from core import __version__
from core.dataset_files import (
    file_digest,
    remove_others,
    replace_file,
    schema_of,
    write_bytes,
    write_table,
    writing,
)
from core.errors import DatasetError, DatasetVersionError
from core.manifest import (
    MANIFEST_NAME,
    SCHEMA_VERSION,
    DatasetFacts,
    FileRecord,
    Manifest,
    SourceRecord,
    dataset_damaged,
    dataset_digest,
    dataset_missing,
    manifest_text,
    parse_manifest,
)
from core.nibrs.bundle import AGENCY_SCHEMA
from core.nibrs.codes import LOCATION_TYPES
from core.panel import AGENCY_MONTH_SCHEMA, COUNT_SCHEMA, PANEL_SCHEMA, PLACE_MONTH_SCHEMA
from core.places.towns import AGENCY_PLACE_SCHEMA, NEIGHBOUR_SCHEMA, PLACE_SCHEMA
from core.staffing import STAFFING_SCHEMA

__all__ = [
    "BOUNDARIES",
    "EVALUATIONS",
    "MANIFEST_NAME",
    "SCHEMA_VERSION",
    "TABLE_SCHEMAS",
    "Dataset",
    "DatasetFacts",
    "FileRecord",
    "Manifest",
    "SourceRecord",
    "describe",
    "find_datasets",
    "manifest_from",
    "open_dataset",
    "read_manifest",
    "save_evaluation",
    "write_dataset",
]

BOUNDARIES = "boundaries.geojson"

OFFENCE_TABLE_SCHEMA = pl.Schema(
    {
        "agency_id": pl.Int64(),
        "incident_id": pl.Int64(),
        "date": pl.Date(),
        "hour": pl.Int8(),
        "date_is_report_date": pl.Boolean(),
        "offence_code": pl.String(),
        "location_code": pl.Enum(list(LOCATION_TYPES)),
    }
)

TABLE_SCHEMAS: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "places": {**PLACE_SCHEMA, "agencies": pl.String()},
        "neighbours": NEIGHBOUR_SCHEMA,
        "agencies": AGENCY_SCHEMA,
        "agency_places": AGENCY_PLACE_SCHEMA,
        "agency_months": AGENCY_MONTH_SCHEMA,
        "place_months": PLACE_MONTH_SCHEMA,
        "panel": PANEL_SCHEMA,
        "month_counts": COUNT_SCHEMA,
        "offences": OFFENCE_TABLE_SCHEMA,
        "staffing": STAFFING_SCHEMA,
    }
)
"""Every table of a dataset with its columns; docs/data.md tells what each means."""

EVALUATIONS: Mapping[str, str] = MappingProxyType(
    {"volume": "evaluation-volume.json", "risk": "evaluation-risk.json"}
)
"""What may be evaluated, and the file that keeps the result."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """An opened and verified dataset."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def facts(self) -> DatasetFacts:
        """What the dataset holds."""
        return self.manifest.facts

    @property
    def has_map(self) -> bool:
        """Whether town boundaries are part of the dataset."""
        return BOUNDARIES in self.manifest.files

    def path(self, name: str) -> Path:
        """Path of a file by its logical name (a table's name, or :data:`BOUNDARIES`).

        Raises:
            DatasetError: The dataset has no such file.
        """
        record = self.manifest.files.get(name)
        if record is None:
            raise DatasetError(
                f"{self.folder}: the dataset has no file {name!r}; it has "
                f"{', '.join(sorted(self.manifest.files))}"
            )
        return self.folder / record.file

    @property
    def model_size(self) -> int:
        """Bytes of all model files."""
        return sum(self.manifest.files[name].size for name in self._model_names)

    def model_files(self) -> dict[str, bytes]:
        """Content of every model file by its logical name; empty where nothing was fitted."""
        return {name: self.path(name).read_bytes() for name in self._model_names}

    @property
    def _model_names(self) -> list[str]:
        others = {*TABLE_SCHEMAS, *EVALUATIONS.values(), BOUNDARIES}
        return [name for name in self.manifest.files if name not in others]

    def evaluation(self, kind: str) -> Mapping[str, Any] | None:
        """The saved evaluation of a model: what ``ctcrimes evaluate KIND --json`` prints.

        Args:
            kind: A key of :data:`EVALUATIONS`.

        Returns:
            Its values, and under ``evaluated`` the ``dataset_sha256`` of what was evaluated (as
            :attr:`content_sha256`) and the program's ``version``. None where none was saved.

        Raises:
            DatasetDamagedError: The file does not hold a JSON object.
        """
        if EVALUATIONS[kind] not in self.manifest.files:
            return None
        path = self.path(EVALUATIONS[kind])
        try:
            content = json.loads(path.read_bytes())
        except ValueError as error:
            raise dataset_damaged(path, f"it is not JSON ({error})") from error
        if not isinstance(content, dict):
            raise dataset_damaged(path, "it holds no JSON object")
        return content

    @property
    def content_sha256(self) -> str:
        """One SHA-256 over tables, map and models: ``dataset_sha256`` without evaluations."""
        return _content_digest(self.manifest)

    def scan(self, table: str) -> pl.LazyFrame:
        """A lazy frame over a table; columns as in :data:`TABLE_SCHEMAS`."""
        return pl.scan_parquet(self.path(table), glob=False)

    def table(self, table: str) -> pl.DataFrame:
        """A whole table; columns as in :data:`TABLE_SCHEMAS`, rows in the order of its key."""
        return pl.read_parquet(self.path(table), glob=False)


def write_dataset(
    folder: Path,
    *,
    facts: DatasetFacts,
    tables: Mapping[str, pl.DataFrame | Path],
    files: Mapping[str, bytes],
) -> Dataset:
    """Write a dataset, or replace the one in the folder in one step.

    Args:
        folder: ``artifacts/<name>``; made when absent.
        facts: What the dataset holds.
        tables: For each name of :data:`TABLE_SCHEMAS` a frame, or a Parquet file on the folder's
            file system, which is moved.
        files: Further files by logical name, such as :data:`BOUNDARIES`.

    Returns:
        The dataset as written.

    Raises:
        DatasetError: A table is missing or has other columns, or the folder cannot be written.
    """
    with writing(folder):
        _check_tables({name: schema_of(table) for name, table in tables.items()})
        folder.mkdir(parents=True, exist_ok=True)
        records = {
            name: write_table(folder, name=name, table=tables[name]) for name in TABLE_SCHEMAS
        }
        records |= {name: write_bytes(folder, name=name, content=files[name]) for name in files}
        return _finish(folder, facts=facts, records=records)


def save_evaluation(dataset: Dataset, *, kind: str, content: Mapping[str, Any]) -> Dataset:
    """Add an evaluation to a dataset, or replace the one it has, in one step.

    Args:
        dataset: What was evaluated.
        kind: A key of :data:`EVALUATIONS`.
        content: Values of JSON; no number may be infinite or NaN.

    Returns:
        The dataset with the evaluation. The same content gives the same bytes.

    Raises:
        DatasetError: Other data were built into the folder meanwhile, or it cannot be written.
    """
    folder, name = dataset.folder, EVALUATIONS[kind]
    now = read_manifest(folder)
    if _content_digest(now) != dataset.content_sha256:
        raise DatasetError(
            f"{folder}: the dataset was built again while it was evaluated; run "
            f"'ctcrimes evaluate {kind} {folder} --save' again"
        )
    evaluated = {"dataset_sha256": dataset.content_sha256, "version": __version__}
    text = json.dumps(
        {**content, "evaluated": evaluated}, indent=1, ensure_ascii=False, allow_nan=False
    )
    with writing(folder):
        record = write_bytes(folder, name=name, content=f"{text}\n".encode())
        return _finish(folder, facts=now.facts, records={**now.files, name: record})


def open_dataset(folder: Path) -> Dataset:
    """Open a dataset and verify every file against the manifest.

    Raises:
        DatasetMissingError: There is no manifest: nothing was built here, or it never finished.
        DatasetVersionError: The manifest has another schema version.
        DatasetDamagedError: The manifest cannot be read, or a file is absent or was changed.

    Examples:
        >>> from pathlib import Path
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> dataset.facts.synthetic, dataset.facts.offences
        (True, 497275)
        >>> dataset.table("panel").columns
        ['place', 'date', 'offences', 'incidents']
    """
    manifest = read_manifest(folder)
    for record in manifest.files.values():
        _verify_file(folder, record=record)
    return Dataset(folder=folder, manifest=manifest)


def find_datasets(folder: Path) -> tuple[Path, ...]:
    """Folders below ``folder`` that hold a manifest, by name."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.parent for path in folder.glob(f"*/{MANIFEST_NAME}")))


def describe(dataset: Dataset) -> dict[str, Any]:
    """What a dataset holds, ready for JSON.

    Returns:
        ``state``, ``state_name``, ``years`` (list of int), ``incidents``, ``offences``,
        ``agencies``, ``agencies_with_incidents``, ``towns``, ``first_day`` and ``last_day``
        (ISO dates), ``synthetic`` (bool), ``map`` (bool), ``built_at`` (ISO), ``size`` (bytes),
        ``dataset_sha256``.
    """
    facts = dataset.facts
    return {
        "state": facts.state,
        "state_name": facts.state_name,
        "years": list(facts.years),
        "incidents": facts.incidents,
        "offences": facts.offences,
        "agencies": facts.agencies,
        "agencies_with_incidents": facts.agencies_with_incidents,
        "towns": facts.towns,
        "first_day": facts.first_day.isoformat(),
        "last_day": facts.last_day.isoformat(),
        "synthetic": facts.synthetic,
        "map": dataset.has_map,
        "built_at": facts.built_at.isoformat(),
        "size": sum(record.size for record in dataset.manifest.files.values()),
        "dataset_sha256": dataset.manifest.dataset_sha256,
    }


def _finish(folder: Path, *, facts: DatasetFacts, records: Mapping[str, FileRecord]) -> Dataset:
    """Replace the manifest, then remove what it does not list."""
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        facts=facts,
        files=MappingProxyType(dict(records)),
        dataset_sha256=dataset_digest(records),
    )
    replace_file(folder / MANIFEST_NAME, content=manifest_text(manifest).encode())
    listed = {record.file for record in records.values()}
    remove_others(folder, keep=listed | {MANIFEST_NAME})
    return Dataset(folder=folder, manifest=manifest)


def _content_digest(manifest: Manifest) -> str:
    evaluations = EVALUATIONS.values()
    return dataset_digest(
        {name: record for name, record in manifest.files.items() if name not in evaluations}
    )


def _check_tables(schemas: Mapping[str, Mapping[str, pl.DataType]]) -> None:
    for name, schema in TABLE_SCHEMAS.items():
        found = dict(schemas[name]) if name in schemas else None
        if found != dict(schema):
            raise DatasetError(f"table {name}: expected the columns {dict(schema)}, got {found}")


def read_manifest(folder: Path) -> Manifest:
    """What a dataset says of itself; its files are not looked at.

    Raises:
        DatasetMissingError: There is no manifest.
        DatasetVersionError: It has another schema version.
        DatasetDamagedError: It cannot be read.
    """
    path = folder / MANIFEST_NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise dataset_missing(folder) from error
    except OSError as error:
        raise dataset_damaged(path, f"it cannot be read ({error})") from error
    return manifest_from(content, where=str(folder))


def manifest_from(content: bytes, *, where: str) -> Manifest:
    """Read the bytes of a manifest.

    Args:
        content: The file as it is.
        where: The dataset's folder, or its address in object storage; for messages.

    Raises:
        DatasetVersionError: It has another schema version.
        DatasetDamagedError: It cannot be read.
    """
    path = f"{where}/{MANIFEST_NAME}"
    try:
        values = json.loads(content)
    except ValueError as error:
        raise dataset_damaged(path, f"it cannot be read ({error})") from error
    version = values.get("schema_version") if isinstance(values, dict) else None
    if version != SCHEMA_VERSION:
        raise DatasetVersionError(
            f"{path}: schema_version is {version!r}, this program reads {SCHEMA_VERSION}; build "
            f"the dataset again with 'ctcrimes build BUNDLE... --out {where}'"
        )
    try:
        manifest = parse_manifest(values, required=TABLE_SCHEMAS)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        what = f"a field is missing or has another type ({error!r})"
        raise dataset_damaged(path, what) from error
    if dataset_digest(manifest.files) != manifest.dataset_sha256:
        raise dataset_damaged(path, "its files do not add up to its dataset_sha256")
    return manifest


def _verify_file(folder: Path, *, record: FileRecord) -> None:
    path = folder / record.file
    try:
        digest = file_digest(path)
    except FileNotFoundError as error:
        raise dataset_damaged(path, "the manifest lists it, but it is not there") from error
    except OSError as error:
        raise dataset_damaged(path, f"it cannot be read ({error.strerror})") from error
    if digest != record.sha256:
        raise dataset_damaged(path, f"its sha256 is {digest}, the manifest says {record.sha256}")
