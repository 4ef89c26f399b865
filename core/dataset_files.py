"""Files of a dataset: made durable, and named after a piece of their own SHA-256."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from core.errors import DatasetError
from core.manifest import FileRecord

__all__ = [
    "adopt_copy",
    "file_digest",
    "is_named_by_digest",
    "remove_others",
    "replace_file",
    "schema_of",
    "stream_table",
    "write_bytes",
    "write_table",
    "writing",
]

_DIGEST_IN_NAME = 12
_NAMED_BY_DIGEST = re.compile(rf".+\.[0-9a-f]{{{_DIGEST_IN_NAME}}}(\.[A-Za-z0-9]+)?")
# A disk that is full while Parquet is written is no OSError of Polars.
_INSIDE_POLARS = "underlying IO error: "
# Left to Polars, groups follow its threads and their timing, and so would the file's SHA-256.
_ROWS_A_GROUP = 2**17


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Tell of an error of the file system as one of the dataset in a folder.

    Raises:
        DatasetError: In the place of an OSError, or of what Polars makes of one.
    """
    try:
        yield
    except OSError as error:
        raise _unwritten(folder, reason=error.strerror or str(error)) from error
    except pl.exceptions.ComputeError as error:
        _, mark, reason = str(error).partition(_INSIDE_POLARS)
        if not mark:
            raise
        raise _unwritten(folder, reason=reason) from error


def _unwritten(folder: Path, *, reason: str) -> DatasetError:
    return DatasetError(
        f"{folder}: the dataset could not be written ({reason}); "
        "check the free space and the permissions of the folder"
    )


def stream_table(path: Path, *, pieces: Sequence[pl.LazyFrame]) -> Path:
    """Write a table as Parquet from its pieces in their order, of which one at a time is held.

    Args:
        path: Where to; pieces go into files beside it meanwhile.
        pieces: Lazy frames of the same columns, at least one; rows are kept in their order.

    Returns:
        The path.
    """
    if len(pieces) == 1:
        _sink(pieces[0], path=path)
        return path
    files = [path.with_name(f"{path.name}.{number}") for number in range(len(pieces))]
    for piece, file in zip(pieces, files, strict=True):
        piece.sink_parquet(file, compression="lz4")
    _sink(pl.scan_parquet(files, glob=False), path=path)
    for file in files:
        file.unlink()
    return path


def _sink(frame: pl.LazyFrame, *, path: Path) -> None:
    frame.sink_parquet(
        path,
        compression="zstd",
        compression_level=9,
        statistics=True,
        row_group_size=_ROWS_A_GROUP,
    )


def schema_of(table: pl.DataFrame | Path) -> pl.Schema:
    """Columns of a table that is a frame or a Parquet file."""
    return pl.Schema(pl.read_parquet_schema(table)) if isinstance(table, Path) else table.schema


def write_table(folder: Path, *, name: str, table: pl.DataFrame | Path) -> FileRecord:
    """Write a frame as Parquet, or move a Parquet file of the same file system."""
    part = folder / f".{name}.parquet.part"
    if isinstance(table, Path):
        table.replace(part)
    else:
        _sink(table.lazy(), path=part)
    rows = pl.scan_parquet(part, glob=False).select(pl.len()).collect().item()
    return _adopt(part, name=name, suffix=".parquet", rows=rows)


def write_bytes(folder: Path, *, name: str, content: bytes) -> FileRecord:
    """Write a file that is no table; its suffix is kept."""
    part = folder / f".{name}.part"
    part.write_bytes(content)
    suffix = Path(name).suffix
    return _adopt(part, name=name.removesuffix(suffix), suffix=suffix, rows=None)


def replace_file(path: Path, *, content: bytes) -> None:
    """Put a file in the place of another in one step that survives a crash."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    _sync(part)
    _sync(path.parent)
    part.replace(path)
    _sync(path.parent)


def remove_others(folder: Path, *, keep: set[str]) -> None:
    """Remove every file but some; a reader that has it open keeps its open file."""
    for path in folder.iterdir():
        if path.is_file() and path.name not in keep:
            path.unlink(missing_ok=True)


def is_named_by_digest(name: str) -> bool:
    """Whether a file is named as those of datasets are, apart from the manifest."""
    return _NAMED_BY_DIGEST.fullmatch(name) is not None


def adopt_copy(part: Path, *, record: FileRecord) -> str:
    """Give a copied file its name, once it is durable and is what it should be.

    Returns:
        The SHA-256 of the copy; the file has its name only where it is the record's.

    Raises:
        OSError: The folder cannot be written.
    """
    digest = file_digest(part)
    if digest == record.sha256:
        _sync(part)
        part.replace(part.with_name(record.file))
    return digest


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _adopt(part: Path, *, name: str, suffix: str, rows: int | None) -> FileRecord:
    """Make a finished part durable, under a name that carries its digest."""
    digest = file_digest(part)
    file = f"{name}.{digest[:_DIGEST_IN_NAME]}{suffix}"
    size = part.stat().st_size
    _sync(part)
    part.replace(part.with_name(file))
    return FileRecord(file=file, sha256=digest, size=size, rows=rows)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
