"""The cache of view-models: shared by all workers, kept over restarts, never unpickled.

Flask-Caching keeps the text in a folder or in Redis; a small memory in each worker keeps the
decoded views.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask

from webapp.cache_faults import Store
from webapp.cache_files import FileKeeper
from webapp.codec import decode, encode
from webapp.key_locks import KeyLocks
from webapp.language import spoken
from webapp.settings import Settings

__all__ = ["Scalar", "ViewCache", "code_digest", "open_cache"]

Scalar = str | int | None
"""What a key may hold: anything else would be compared by its printed form."""

View = TypeVar("View")

_IN_MEMORY = 512
_ROOT = Path(__file__).resolve().parent.parent


class ViewCache:
    """Views by scalar key: memory first, then the store, then computed, once at a time per key."""

    def __init__(
        self, store: Store, *, version: str, on_view: Callable[[str], None] = lambda _: None
    ) -> None:
        """Keep views of one dataset under one version of the code.

        Args:
            store: Where the text is kept, and what keeps two workers from the same work.
            version: Part of every key: the dataset's hash and the code's version.
            on_view: Told where each view came from: ``memory``, ``store`` or ``computed``.
        """
        self._on_view = on_view
        self._store = store
        self._version = version
        self._views: OrderedDict[str, object] = OrderedDict()
        self._locks = KeyLocks()
        self._guard = threading.Lock()

    def get(
        self, name: str, *key: Scalar, as_type: type[View], compute: Callable[[], View]
    ) -> View:
        """The view under ``name`` and ``key``, computed at most once at a time.

        Views hold words, so each language has its own.

        Raises:
            TypeError: A part of the key is not a scalar.
        """
        for part in key:
            if part is not None and not isinstance(part, str | int):
                raise TypeError(
                    f"cache key of {name}: expected str, int or None, got {type(part).__name__}"
                )
        text_key = json.dumps([self._version, spoken(), name, *key])
        found = self._remembered(text_key, as_type=as_type)
        if found is not None:
            self._on_view("memory")
            return found
        with self._locks.hold(text_key):
            found = self._remembered(text_key, as_type=as_type)
            if found is None:
                found = self._load(text_key, as_type=as_type)
                if found is None:
                    found = self._make(text_key, as_type=as_type, compute=compute)
                else:
                    self._on_view("store")
                self._remember(text_key, view=found)
        return found

    def _make(self, key: str, *, as_type: type[View], compute: Callable[[], View]) -> View:
        """Compute a view and keep it, unless another worker does it meanwhile."""
        with self._store.lock(key):
            view = self._load(key, as_type=as_type)
            if view is None:
                view = compute()
                self._on_view("computed")
                self._store.set(key, encode(view))
        return view

    def _load(self, key: str, *, as_type: type[View]) -> View | None:
        """The view in the store; null when there is none, or it is not what was written."""
        text = self._store.get(key)
        try:
            return None if text is None else decode(text, as_type=as_type)
        except (ValueError, TypeError):
            return None

    def _remembered(self, key: str, *, as_type: type[View]) -> View | None:
        with self._guard:
            view = self._views.get(key)
            if isinstance(view, as_type):
                self._views.move_to_end(key)
                return view
            return None

    def _remember(self, key: str, *, view: object) -> None:
        with self._guard:
            self._views[key] = view
            if len(self._views) > _IN_MEMORY:
                self._views.popitem(last=False)


def code_digest() -> str:
    """A hash over the program's own source and words: no view outlives what made it."""
    digest = hashlib.sha256()
    for package in ("core", "webapp"):
        sources = [*(_ROOT / package).rglob("*.py"), *(_ROOT / package).rglob("*.po")]
        for path in sorted(sources):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def open_cache(
    server: Flask, *, settings: Settings, on_error: Callable[[], None] = lambda: None
) -> Store:
    """Attach the cache to the server: Redis where the settings name one, else a private folder.

    Args:
        server: The application.
        settings: Where the cache is.
        on_error: Called at every error of the cache.

    Raises:
        SettingsError: The folder belongs to another user.
    """
    if settings.cache_url:
        from webapp.cache_redis import RedisKeeper  # noqa: PLC0415 - few servers need the client

        return Store(RedisKeeper(server, url=settings.cache_url), on_error=on_error)
    return Store(FileKeeper(server, folder=settings.cache_dir), on_error=on_error)
