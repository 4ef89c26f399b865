"""The datasets that a server shows: opened when asked for, and again when they change on disk.

Each worker process has a library of its own. A new version of a dataset is opened beside the old
one, which goes on answering; one that cannot be opened is refused with a line in the log.
"""

import contextlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from core.dataset import (
    MANIFEST_NAME,
    Dataset,
    DatasetFacts,
    Manifest,
    find_datasets,
    open_dataset,
    read_manifest,
)
from core.errors import DatasetError, DatasetMissingError
from webapp.key_locks import KeyLocks
from webapp.language import gettext
from webapp.mirror import Mirror
from webapp.settings import DEMO_DATASET, Settings
from webapp.site import Site, digest_of
from webapp.views import words
from webapp.views.common import ShelfView

__all__ = ["Library"]

_LOG = logging.getLogger("ctcrimes")
_CHECK_AFTER: Final = 2.0  # seconds
_MEGABYTE: Final = 1024 * 1024

_Stamp = tuple[tuple[str, int, int, int], ...]


class Library:
    """The default dataset, always open, and a few others.

    The default is the dataset of the settings; else the newest one of reported offences in the
    folder of artifacts; else the demo.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        make_site: Callable[[Dataset], Site],
        mirror: Mirror | None = None,
        in_background: bool = True,
    ) -> None:
        """Open the default dataset.

        Args:
            settings: Where the datasets are, and how much memory they may take.
            make_site: Prepares a dataset to be shown.
            mirror: Knows where they are on this machine; made of the settings where there is none.
            in_background: Whether changed files are opened while requests go on.

        Raises:
            DatasetError: There is no dataset to show, or the named one cannot be opened.
        """
        self._where = str(settings.artifacts)
        self._mirror = mirror or Mirror(settings, in_background=in_background)
        self._most_bytes = settings.open_mb * _MEGABYTE
        self._make_site = make_site
        self._in_background = in_background
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._opening = KeyLocks()
        self._open: OrderedDict[str, Site] = OrderedDict()
        self._stamp = self._stamp_now()
        self._checked = time.monotonic()
        self._refused = ""
        self._generation = 0
        self._shown: tuple[Path, Manifest] | None = None
        self._default = self._opened_default()

    @property
    def default(self) -> Site:
        """The dataset that an address without ``data`` means."""
        self._look_when_due()
        return self._default

    @property
    def generation(self) -> int:
        """Grows after each change of what is shown: what was made under a lower one is old."""
        self._look_when_due()
        return self._generation

    @property
    def refused(self) -> str:
        """Why the newest state, here or in object storage, is not shown; empty where it is."""
        return self._refused or self._mirror.fault

    def shelves(self) -> tuple[ShelfView, ...]:
        """Every dataset that can be chosen, by name; one that cannot be read is left out."""
        found = []
        for folder in self._folders().values():
            try:
                facts = read_manifest(folder).facts
            except DatasetError:
                continue
            found.append(ShelfView(name=folder.name, label=_label(folder.name, facts=facts)))
        return tuple(sorted(found, key=lambda shelf: shelf.name))

    def site(self, name: str) -> Site:
        """A dataset by name; empty means the default.

        Raises:
            DatasetError: There is no such dataset, or it cannot be opened.
        """
        default = self.default
        if name in ("", default.queries.dataset.name):
            return default
        with self._opening.hold(name):
            return self._opened(name) or self._open_other(name)

    def with_geometry(self, digest: str) -> Site | None:
        """The dataset whose map layers stand under this part of an address.

        A page may ask for them after its dataset was let go, which is opened again then.
        """
        with self._lock:
            sites = [self._default, *self._open.values()]
        found = next((site for site in sites if site.digest == digest), None)
        if found is not None:
            return found
        for name, folder in self._folders().items():
            with contextlib.suppress(DatasetError):
                if digest_of(read_manifest(folder).dataset_sha256) == digest:
                    return self.site(name)
        return None

    def look(self) -> None:
        """Open again what changed on disk; what cannot be opened is refused and the old stays."""
        with self._looking:
            stamp = self._stamp_now()
            if stamp == self._stamp:
                return
            self._stamp = stamp
            try:
                fresh = self._opened_default()
            except DatasetError as error:
                self._refused = str(error)
                self._generation += 1  # the list of datasets may have changed all the same
                _LOG.error("the new dataset is refused, the old one goes on: %s", error)
                return
            with self._lock:
                self._default, self._refused = fresh, ""
                self._open.clear()
                self._generation += 1

    def _opened(self, name: str) -> Site | None:
        with self._lock:
            if name in self._open:
                self._open.move_to_end(name)
            return self._open.get(name)

    def _open_other(self, name: str) -> Site:
        # A name is only ever compared with what stands in the folder; it makes no path.
        folder = self._folders().get(name)
        if folder is None:
            raise DatasetMissingError(f"there is no dataset {name!r} here")
        generation = self._generation
        site = self._make_site(open_dataset(folder))
        with self._lock:
            is_current = generation == self._generation  # else it may be an old version already
            if is_current:
                self._open[name] = site
        if is_current:
            self._let_go()
        return site

    def _let_go(self) -> None:
        """Let the least used go until the others are within the bound, or one is left."""
        with self._lock:
            others = dict(self._open)
        # It takes a tenth of a second for each, in which nobody else shall wait.
        sizes = {name: site.held_bytes for name, site in others.items()}
        with self._lock:
            while len(self._open) > 1 and self._together(sizes) > self._most_bytes:
                name, _ = self._open.popitem(last=False)
                _LOG.info("dataset %s is let go: %d MB", name, sizes.get(name, 0) // _MEGABYTE)

    def _together(self, sizes: Mapping[str, int]) -> int:
        return sum(sizes.get(name, 0) for name in self._open)

    def _look_when_due(self) -> None:
        self._mirror.look_when_due()
        now = time.monotonic()
        if now - self._checked < _CHECK_AFTER:
            return
        self._checked = now
        if self._stamp_now() == self._stamp:
            return
        if self._in_background:
            threading.Thread(target=self.look, daemon=True).start()
        else:
            self.look()

    def _opened_default(self) -> Site:
        dataset = self._chosen()
        shown = (dataset.folder, dataset.manifest)
        if shown == self._shown:
            return self._default
        site = self._make_site(dataset)
        self._shown = shown
        _LOG.info("showing dataset %s (%s)", dataset.name, dataset.manifest.dataset_sha256[:12])
        return site

    def _chosen(self) -> Dataset:
        """The default dataset.

        One that nobody named and that cannot be opened is passed over with a line in the log.

        Raises:
            DatasetError: There is none, or the named one cannot be opened.
        """
        if self._mirror.dataset is not None:
            return open_dataset(self._mirror.dataset)
        for folder in _newest_first(find_datasets(self._mirror.artifacts)):
            try:
                return open_dataset(folder)
            except DatasetError as error:
                _LOG.warning("a dataset is passed over: %s", error)
        raise DatasetMissingError(
            f"{self._where}: no dataset of reported offences that can be opened, and no "
            f"{DEMO_DATASET}; build one with 'ctcrimes build BUNDLE... --out {self._where}/NAME', "
            "or simulate one with 'make demo'"
        )

    def _folders(self) -> dict[str, Path]:
        folders = list(find_datasets(self._mirror.artifacts))
        if self._mirror.dataset is not None:
            folders.append(self._mirror.dataset)
        return {folder.name: folder for folder in folders}

    def _stamp_now(self) -> _Stamp:
        """Changes whenever a manifest that matters is written anew."""
        stamps = []
        for folder in self._folders().values():
            try:
                state = (folder / MANIFEST_NAME).stat()
            except OSError:
                continue
            stamps.append((str(folder), state.st_mtime_ns, state.st_size, state.st_ino))
        return tuple(sorted(stamps))


def _label(name: str, *, facts: DatasetFacts) -> str:
    label = f"{facts.state_name} {words.years_span(facts.years)}"
    if facts.synthetic:
        label = gettext("{dataset}, simulated", dataset=label)
    return f"{label} ({name})"


def _newest_first(folders: tuple[Path, ...]) -> list[Path]:
    """Reported offences, newest first; then the demo. Other simulations are never a default."""
    known = []
    for folder in folders:
        try:
            known.append((read_manifest(folder).facts, folder))
        except DatasetError as error:
            _LOG.warning("a dataset is passed over: %s", error)
    reported = [each for each in known if not each[0].synthetic]
    reported.sort(key=lambda each: (each[0].built_at, each[1].name), reverse=True)
    demo = [each for each in known if each[1].name == DEMO_DATASET]
    return [folder for _, folder in [*reported, *demo]]
