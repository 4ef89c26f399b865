"""The cache of view-models: shared by all workers, kept over restarts, never unpickled.

Flask-Caching keeps the text on disk; a small memory in each worker keeps the decoded views.
"""

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from cachelib.serializers import FileSystemSerializer
from flask import Flask
from flask_caching import Cache
from flask_caching.backends.filesystemcache import FileSystemCache

from core.errors import SettingsError
from webapp.codec import decode, encode
from webapp.language import spoken
from webapp.settings import Settings

__all__ = ["JsonFileSystemCache", "Scalar", "ViewCache", "code_digest", "open_cache"]

Scalar = str | int | None
"""What a key may hold: anything else would be compared by its printed form."""

View = TypeVar("View")

# 169 towns x 36 kinds x 4 years x 2 units stays below it, and a view takes a few kilobytes.
_THRESHOLD = 60_000
_IN_MEMORY = 512
_ROOT = Path(__file__).resolve().parent.parent


class _JsonSerializer(FileSystemSerializer):
    """Text in and out; a file that is not JSON is as good as no file."""

    def dump(self, value: Any, f: Any, protocol: int = 0) -> None:  # noqa: ANN401, ARG002 - inherited
        f.write(json.dumps(value).encode())

    def load(self, f: BinaryIO) -> Any:  # noqa: ANN401 - inherited
        try:
            return json.loads(f.read())
        except ValueError:
            return None


class JsonFileSystemCache(FileSystemCache):
    """Flask-Caching's file system cache, with JSON instead of pickles."""

    serializer = _JsonSerializer()


class ViewCache:
    """Views by scalar key: memory first, then disk, then computed, once at a time per key."""

    def __init__(self, backend: Cache, *, version: str) -> None:
        """Keep views of one dataset under one version of the code.

        Args:
            backend: Where the text is kept.
            version: Part of every key: the dataset's hash and the code's version.
        """
        self._backend = backend
        self._version = version
        self._views: OrderedDict[str, object] = OrderedDict()
        self._locks: dict[str, threading.Lock] = {}
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
        if found is None:
            with self._lock(text_key):
                found = self._remembered(text_key, as_type=as_type)
                if found is None:
                    found = self._load(text_key, as_type=as_type) or self._store(
                        text_key, view=compute()
                    )
                    self._remember(text_key, view=found)
        return found

    def _load(self, key: str, *, as_type: type[View]) -> View | None:
        """The view on disk; null when there is none, or the file is not what was written."""
        text = self._backend.get(key)
        try:
            return decode(text, as_type=as_type) if isinstance(text, str) else None
        except (ValueError, TypeError):
            return None

    def _store(self, key: str, *, view: View) -> View:
        self._backend.set(key, encode(view), timeout=0)
        return view

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

    def _lock(self, key: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())


def code_digest() -> str:
    """A hash over the program's own source and words: no view outlives what made it."""
    digest = hashlib.sha256()
    for package in ("core", "webapp"):
        sources = [*(_ROOT / package).rglob("*.py"), *(_ROOT / package).rglob("*.po")]
        for path in sorted(sources):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def open_cache(server: Flask, *, settings: Settings) -> Cache:
    """Attach the disk cache to the server; the folder is private to this user.

    Raises:
        SettingsError: The folder belongs to another user.
    """
    settings.cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.cache_dir.stat().st_uid != os.getuid():
        raise SettingsError(
            f"{settings.cache_dir}: the folder of the cache belongs to another user; set "
            "CTCRIMES_CACHE_DIR to a folder of your own"
        )
    return Cache(
        server,
        config={
            "CACHE_TYPE": f"{__name__}.{JsonFileSystemCache.__name__}",
            "CACHE_DIR": str(settings.cache_dir),
            "CACHE_THRESHOLD": _THRESHOLD,
            "CACHE_DEFAULT_TIMEOUT": 0,
        },
    )
