"""Files of a dataset: made durable, and named after a piece of their own SHA-256."""

import hashlib
import os
import re
from pathlib import Path

import polars as pl

from core.manifest import FileRecord

__all__ = [
    "adopt_copy",
    "file_digest",
    "is_named_by_digest",
    "remove_others",
    "replace_file",
    "write_bytes",
    "write_table",
]

_DIGEST_IN_NAME = 12
_NAMED_BY_DIGEST = re.compile(rf".+\.[0-9a-f]{{{_DIGEST_IN_NAME}}}(\.[A-Za-z0-9]+)?")


def write_table(folder: Path, *, name: str, frame: pl.DataFrame) -> FileRecord:
    """Write a table as Parquet."""
    part = folder / f".{name}.parquet.part"
    frame.write_parquet(part, compression="zstd", compression_level=9, statistics=True)
    return _adopt(part, name=name, suffix=".parquet", rows=frame.height)


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
