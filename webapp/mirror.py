"""Copies of the datasets that lie in object storage: what a server shows is always on its disk.

Nothing is asked of an object store while a visitor waits: a look goes on in the background, what it
brings is noticed as every other change on disk, and without an answer the copies go on.
"""

import hashlib
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.dataset import MANIFEST_NAME, find_datasets
from core.dataset_remote import mirror_dataset
from core.errors import DatasetError, DatasetMissingError, SettingsError, StorageError
from core.storage import Address, Store, open_store
from webapp.cache_files import private_folder
from webapp.settings import Settings

__all__ = ["Mirror"]

_LOG = logging.getLogger("ctcrimes")
_LOOK_AFTER: Final = 30.0  # seconds
_DIGEST: Final = 12


class Mirror:
    """Where the datasets of the settings are on this machine, and how those folders keep up.

    Attributes:
        dataset: Folder of the dataset to show; null to choose from ``artifacts``.
        artifacts: Folder that holds datasets.
        is_remote: Whether anything lies in object storage.
        fault: Why the last look did not bring everything; empty where it did.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        opener: Callable[[Address], Store] = open_store,
        clock: Callable[[], float] = time.monotonic,
        in_background: bool = True,
    ) -> None:
        """Ask nothing yet.

        Args:
            settings: Where the datasets are.
            opener: Makes the connection to an object store.
            clock: Seconds from any start.
            in_background: Whether a look that is due goes on beside the caller.

        Raises:
            SettingsError: The folder of copies belongs to another user, who may have planted some.
        """
        self._root = settings.mirror_dir
        if settings.is_remote and self._root.exists() and self._root.stat().st_uid != os.getuid():
            raise SettingsError(
                f"CTCRIMES_MIRROR_DIR={str(self._root)!r}: the folder belongs to another user; set "
                "it to a folder of your own"
            )
        self._dataset = settings.dataset if isinstance(settings.dataset, Address) else None
        self._artifacts = settings.artifacts if isinstance(settings.artifacts, Address) else None
        self.dataset = self._copy_of(settings.dataset) if settings.dataset else None
        self.artifacts = (
            self._root / _folder_name(str(settings.artifacts))
            if isinstance(settings.artifacts, Address)
            else settings.artifacts
        )
        self.is_remote = settings.is_remote
        self.fault = ""
        self._opener = opener
        self._clock = clock
        self._in_background = in_background
        self._stores: dict[Address, Store] = {}
        self._bringing = threading.Lock()
        self._due_at = clock()

    @property
    def has_copy(self) -> bool:
        """Whether there is something on disk that may be shown."""
        if self.dataset is not None:
            return (self.dataset / MANIFEST_NAME).is_file()
        return bool(find_datasets(self.artifacts))

    def look_when_due(self) -> None:
        """Every half a minute, bring what is new; the caller does not wait for it."""
        now = self._clock()
        if not self.is_remote or now < self._due_at:
            return
        self._due_at = now + _LOOK_AFTER
        if self._in_background:
            threading.Thread(target=self.look, name="mirror", daemon=True).start()
        else:
            self.look()

    def look(self) -> None:
        """Bring what is new, and tell the log once where that cannot be done; one at a time."""
        if not self._bringing.acquire(blocking=False):
            return
        try:
            before, fault = self.fault, self._brought(thorough=False, wait=False)
        finally:
            self._bringing.release()
        if fault and fault != before:
            _LOG.error("object storage: the copies that are here go on: %s", fault)
        if before and not fault:
            _LOG.warning("object storage: the copies are up to date again")

    def bring(self) -> str:
        """Bring everything and compare every copy with its hashes; the caller waits.

        Returns:
            Why it could not be done; empty where it was.
        """
        with self._bringing:
            fault = self._brought(thorough=True, wait=True)
        self._due_at = self._clock() + _LOOK_AFTER
        return fault

    def _brought(self, *, thorough: bool, wait: bool) -> str:
        try:
            self._prepare_root()
            if self._dataset is not None and self.dataset is not None:
                store = self._store(self._dataset)
                mirror_dataset(store, folder=self.dataset, thorough=thorough, wait=wait)
            if self._artifacts is not None:
                self.fault = self._bring_all(self._artifacts, thorough=thorough, wait=wait)
            else:
                self.fault = ""
        except DatasetError as error:
            self.fault = str(error)
        return self.fault

    def _bring_all(self, address: Address, *, thorough: bool, wait: bool) -> str:
        """Bring every dataset and forget those that were taken away; why one was not brought."""
        store, kept, fault = self._store(address), set(), ""
        for name in store.folders():
            folder = self.artifacts / name
            try:
                mirror_dataset(store.inside(name), folder=folder, thorough=thorough, wait=wait)
            except DatasetMissingError:  # a folder of something else
                continue
            except StorageError:
                raise
            except DatasetError as error:
                fault = fault or str(error)
            kept.add(folder)
        if not kept:
            raise DatasetMissingError(
                f"{address}: no dataset is there; publish one with 'ctcrimes build BUNDLE... --out "
                f"{address}/NAME'"
            )
        for folder in set(find_datasets(self.artifacts)) - kept:
            shutil.rmtree(folder, ignore_errors=True)
        return fault

    def _store(self, address: Address) -> Store:
        if address not in self._stores:
            self._stores[address] = self._opener(address)
        return self._stores[address]

    def _prepare_root(self) -> None:
        try:
            private_folder(self._root, setting="CTCRIMES_MIRROR_DIR")
        except OSError as error:
            raise DatasetError(
                f"CTCRIMES_MIRROR_DIR={str(self._root)!r}: copies cannot be kept there ({error})"
            ) from error

    def _copy_of(self, dataset: Path | Address) -> Path:
        if isinstance(dataset, Path):
            return dataset
        return self._root / _folder_name(dataset.parent) / dataset.name


def _folder_name(address: str) -> str:
    """A name that tells an operator what it is, and that no two addresses share."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:_DIGEST]
    shown = re.sub(r"[^A-Za-z0-9]+", "-", address).strip("-")
    return f"{shown[:40]}-{digest}"
