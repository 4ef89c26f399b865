"""Datasets in object storage: copied to this machine before they are opened, published from it.

There as here, files carry a piece of their SHA-256 in their names and the manifest is replaced
last: a copy needs only the files that are new, and is of the old dataset or of the new one.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from core.dataset import Dataset, manifest_from, open_dataset, read_manifest, save_evaluation
from core.dataset_files import (
    adopt_copy,
    file_digest,
    is_named_by_digest,
    remove_others,
    replace_file,
)
from core.errors import DatasetError
from core.manifest import (
    MANIFEST_NAME,
    FileRecord,
    Manifest,
    dataset_damaged,
    dataset_missing,
)
from core.storage import Store, is_address, open_store, parse_address

__all__ = [
    "keep_evaluation",
    "mirror_dataset",
    "opened_dataset",
    "publish_dataset",
    "writing_dataset",
]

_ATTEMPTS: Final = 3
_OPENED_WITHIN: Final = 60.0  # seconds: then nobody is still opening the version before


@contextmanager
def opened_dataset(where: str) -> Iterator[Dataset]:
    """A verified dataset from a folder, or from object storage by way of a passing copy.

    Args:
        where: A folder, or an address such as ``s3://bucket/artifacts/name``.

    Raises:
        RequestError: The address is none.
        StorageError: The object store cannot be reached.
        DatasetError: There is no dataset, or it is damaged or of another version.
    """
    if not is_address(where):
        yield open_dataset(Path(where))
        return
    store = open_store(parse_address(where))
    with _passing_folder(store) as folder:
        mirror_dataset(store, folder=folder)
        yield open_dataset(folder)


@contextmanager
def writing_dataset(where: str) -> Iterator[Path]:
    """A folder to write a dataset into; what is meant for object storage is published at the end.

    Args:
        where: A folder, or an address.

    Raises:
        RequestError: The address is none.
        StorageError: The object store cannot be reached; this is found out first.
        DatasetError: The folder does not hold a whole dataset at the end.
    """
    if not is_address(where):
        yield Path(where)
        return
    store = open_store(parse_address(where))
    store.try_writing()
    with _passing_folder(store) as folder:
        yield folder
        publish_dataset(open_dataset(folder), store=store)


def keep_evaluation(dataset: Dataset, *, where: str, kind: str, content: Mapping[str, Any]) -> None:
    """Add an evaluation to the dataset that was opened, also in object storage.

    Args:
        dataset: What :func:`opened_dataset` gave, still open.
        where: The folder or the address that it was opened by.
        kind: A key of :data:`core.dataset.EVALUATIONS`.
        content: Values of JSON; no number may be infinite or NaN.

    Raises:
        StorageError: The object store cannot be reached, or takes no file.
        DatasetError: Other data were built there meanwhile, or it cannot be written.
    """
    if not is_address(where):
        save_evaluation(dataset, kind=kind, content=content)
        return
    store = open_store(parse_address(where))
    # Another evaluation may have been kept there meanwhile, which must not be lost.
    mirror_dataset(store, folder=dataset.folder)
    now = Dataset(folder=dataset.folder, manifest=read_manifest(dataset.folder))
    if now.content_sha256 != dataset.content_sha256:
        raise DatasetError(
            f"{where}: another dataset was published there while this one was evaluated; run "
            f"'ctcrimes evaluate {kind} {where} --save' again"
        )
    publish_dataset(save_evaluation(now, kind=kind, content=content), store=store)


def mirror_dataset(
    store: Store, *, folder: Path, thorough: bool = False, wait: bool = True
) -> bool:
    """Bring a copy of a dataset up to date; other processes may do the same at the same time.

    A copy that was whole stays whole: new files are added beside the old ones, then the manifest
    is replaced. Files that it no longer lists stay for a minute, for somebody may be opening them.

    Args:
        store: The dataset's folder in object storage.
        folder: Where the copy is; made when absent. A file beside it keeps the others waiting.
        thorough: Whether files that are here already are compared with their SHA-256.
        wait: Whether to wait while another process does it; else that one is left to it.

    Returns:
        Whether the copy is another dataset now.

    Raises:
        StorageError: The store cannot be reached.
        DatasetMissingError: There is no dataset.
        DatasetVersionError: Its manifest has another schema version.
        DatasetDamagedError: Its manifest cannot be read, or a file is absent or not as listed.
        DatasetError: This machine's folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder, wait=wait) as alone:
            return alone and _brought(store, folder=folder, thorough=thorough)
    except OSError as error:
        raise DatasetError(
            f"{folder}: the copy of {store.address} could not be written "
            f"({error.strerror or error}); check the free space and the permissions of the folder"
        ) from error


def publish_dataset(dataset: Dataset, *, store: Store) -> None:
    """Put a dataset into object storage, or in the place of the one that is there.

    Files first, the manifest last, then the files of older datasets are removed.

    Args:
        dataset: A whole dataset of this machine.
        store: Its folder in object storage.

    Raises:
        StorageError: The store cannot be reached, or takes no file; what was there is still whole.
    """
    there = store.files()
    records = dataset.manifest.files.values()
    for record in records:
        if there.get(record.file) != record.size:
            store.put(dataset.folder / record.file, name=record.file)
    store.put(dataset.folder / MANIFEST_NAME, name=MANIFEST_NAME)
    listed = {record.file for record in records}
    for name in there:
        # Not all that lies in a bucket is ours.
        if name not in listed and is_named_by_digest(name):
            store.remove(name)


@contextmanager
def _passing_folder(store: Store) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ctcrimes-") as work:
        yield Path(work) / store.address.name


@contextmanager
def _alone(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Whether no other process is at the folder; a lock that a dead process cannot hold."""
    with folder.with_name(f".{folder.name}.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _brought(store: Store, *, folder: Path, thorough: bool) -> bool:
    content, manifest = _published(store)
    for _ in range(_ATTEMPTS):
        gone = _fetch_missing(store, folder=folder, manifest=manifest, thorough=thorough)
        if gone is None:
            return _finish(folder, content=content, manifest=manifest)
        # It was replaced while it was copied, else it is damaged.
        before = content
        content, manifest = _published(store)
        if content == before:
            break
    raise dataset_damaged(f"{store.address}/{gone}", "the manifest lists it, but it is not there")


def _finish(folder: Path, *, content: bytes, manifest: Manifest) -> bool:
    path = folder / MANIFEST_NAME
    if path.is_file() and path.read_bytes() == content:
        if time.time() - path.stat().st_mtime > _OPENED_WITHIN:
            listed = {record.file for record in manifest.files.values()}
            remove_others(folder, keep=listed | {MANIFEST_NAME})
        return False
    replace_file(path, content=content)
    return True


def _published(store: Store) -> tuple[bytes, Manifest]:
    try:
        content = store.read(MANIFEST_NAME)
    except FileNotFoundError as error:
        raise dataset_missing(str(store.address)) from error
    return content, manifest_from(content, where=str(store.address))


def _fetch_missing(store: Store, *, folder: Path, manifest: Manifest, thorough: bool) -> str | None:
    """Fetch what is not here; the name of a file that the store does not have, or null."""
    for record in manifest.files.values():
        is_here = _is_here(folder / record.file, record=record, thorough=thorough)
        if not is_here and not _fetched(store, folder=folder, record=record):
            return record.file
    return None


def _is_here(path: Path, *, record: FileRecord, thorough: bool) -> bool:
    if not path.is_file() or path.stat().st_size != record.size:
        return False
    return not thorough or file_digest(path) == record.sha256


def _fetched(store: Store, *, folder: Path, record: FileRecord) -> bool:
    """Fetch a file; false where the store does not have it."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    os.close(descriptor)
    part = Path(name)
    try:
        store.fetch(record.file, to=part)
        digest = adopt_copy(part, record=record)
    except FileNotFoundError:
        return False
    finally:
        part.unlink(missing_ok=True)
    if digest != record.sha256:
        raise dataset_damaged(
            f"{store.address}/{record.file}",
            f"its sha256 is {digest}, the manifest says {record.sha256}",
        )
    return True
