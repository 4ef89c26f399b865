"""The cache in a folder: JSON text in files, and locks that a dead process cannot hold.

Flask-Caching's file system cache pickles, waits up to ten seconds for a file that it may not write,
and counts its files in another file at each write. Here text is written, an error is raised at
once, and the files are counted now and then.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from cachelib.serializers import FileSystemSerializer
from flask import Flask
from flask_caching import Cache
from flask_caching.backends.filesystemcache import FileSystemCache

from core.errors import SettingsError

__all__ = ["FileKeeper", "JsonFileSystemCache"]

# 169 towns x 36 kinds x 4 years x 2 units stays below it, and a view takes a few kilobytes.
_MOST_FILES: Final = 60_000
_PRUNED_TO: Final = 0.9  # of the most: the next writes need not count again
_WRITES_BETWEEN_COUNTS: Final = 1_000
_HEADER: Final = struct.Struct("I")  # when the file expires, as cachelib writes it; 0: never
_PART: Final = ".__wz_cache"  # cachelib's suffix of a file that is being written
_PART_IS_LEFT_AFTER: Final = 3600.0  # seconds: its writer is dead
_LOCK_FILE: Final = f"locks{_PART}"
_FIRST_TURN, _LONGEST_TURN, _GROWTH = 0.005, 0.1, 1.5  # seconds between looks at a lock


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
    """Flask-Caching's file system cache, with JSON instead of pickles and errors that are raised.

    A folder that cannot be made now is no error: the first use of it is one, and a later use may
    find it well.
    """

    serializer = _JsonSerializer()

    def __init__(self, cache_dir: str, **options: Any) -> None:  # noqa: ANN401 - inherited
        with contextlib.suppress(OSError):  # the last that the inherited one does
            super().__init__(cache_dir, **{**options, "threshold": 0})
        self._writes = 0

    def get(self, key: str) -> Any:  # noqa: ANN401 - inherited
        """What was kept; null when there is nothing, or not what was written.

        Raises:
            OSError: The file is there and cannot be read.
        """
        try:
            with Path(self._get_filename(key)).open("rb") as file:
                (expires,) = _HEADER.unpack(file.read(_HEADER.size))
                return self.serializer.load(file) if expires == 0 else None
        except (FileNotFoundError, struct.error):
            return None

    def set(self, key: str, value: Any, *_: Any, **__: Any) -> bool:  # noqa: ANN401 - inherited
        """Keep a value until it is pruned.

        Raises:
            OSError: The folder cannot be written, for example because the disk is full.
        """
        private_folder(Path(self._path))
        descriptor, part = tempfile.mkstemp(suffix=_PART, dir=self._path)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_HEADER.pack(0))
                self.serializer.dump(value, file)
            Path(part).replace(self._get_filename(key))
        except BaseException:
            Path(part).unlink(missing_ok=True)  # else a full disk fills with parts
            raise
        self._writes += 1
        if self._writes % _WRITES_BETWEEN_COUNTS == 0:
            self.prune(most=_MOST_FILES)
        return True

    def prune(self, *, most: int) -> None:
        """Where there are more files than ``most``, remove the oldest; and what the dead left.

        Raises:
            OSError: The folder cannot be read or written.
        """
        kept = []
        for path in Path(self._path).iterdir():
            with contextlib.suppress(FileNotFoundError):  # another worker prunes too
                written = path.stat().st_mtime
                if not path.name.endswith(_PART):
                    kept.append((written, path))
                elif path.name != _LOCK_FILE and time.time() - written > _PART_IS_LEFT_AFTER:
                    path.unlink()
        if len(kept) > most:
            kept.sort()
            for _, path in kept[: len(kept) - int(most * _PRUNED_TO)]:
                path.unlink(missing_ok=True)


class FileKeeper:
    """Text by key in a folder that all workers of a machine share."""

    errors: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, server: Flask, *, folder: Path) -> None:
        """Attach the cache to the server.

        Raises:
            SettingsError: The folder belongs to another user.
        """
        try:
            private_folder(folder)
        except PermissionError as error:
            if folder.exists() and folder.stat().st_uid != os.getuid():
                raise SettingsError(str(error)) from error
        except OSError:
            pass  # the first use says it
        self.where = str(folder)
        self._locks = _FileLocks(folder)
        self._cache = Cache(
            server,
            config={
                "CACHE_TYPE": f"{__name__}.{JsonFileSystemCache.__name__}",
                "CACHE_DIR": str(folder),
                "CACHE_DEFAULT_TIMEOUT": 0,
            },
        )

    def read(self, key: str) -> str | None:
        """What was written under the key; null where there is nothing.

        Raises:
            OSError: The folder cannot be read.
        """
        text = self._cache.get(key)
        return text if isinstance(text, str) else None

    def write(self, key: str, text: str) -> None:
        """Keep the text.

        Raises:
            OSError: The folder cannot be written.
        """
        self._cache.set(key, text)

    def acquire(self, key: str, *, patience: float) -> Callable[[], None] | None:
        """Wait for the key's lock, and return what lets go of it; null after ``patience`` seconds.

        Raises:
            OSError: The folder cannot be written.
        """
        return self._locks.acquire(key, patience=patience)


def private_folder(folder: Path, *, setting: str = "CTCRIMES_CACHE_DIR") -> None:
    """Make a folder for this user alone, where there is none; ``setting`` is what names it.

    Raises:
        PermissionError: The folder belongs to another user.
        OSError: It cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(
            f"{folder}: the folder belongs to another user; set {setting} to a folder of your own"
        )


class _Opened:
    """An open file, closed when nobody holds a lock by it any more."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        if "number" in vars(self):
            os.close(self.number)

    def is_at(self, path: Path) -> bool:
        """Whether the path still leads to this file."""
        try:
            return os.path.samestat(path.stat(), os.fstat(self.number))
        except FileNotFoundError:
            return False


class _FileLocks:
    """One lock a key, between processes: a byte of one file stands for a key.

    The kernel lets go of what a process holds when it ends, however it ends. Threads of one process
    do not exclude each other here. The file stays open, because closing it would let go of all.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: _Opened | None = None
        self._guard = threading.Lock()

    def acquire(self, key: str, *, patience: float) -> Callable[[], None] | None:
        """See :meth:`FileKeeper.acquire`."""
        file, place = self._file(), _place(key)
        end, turn = time.monotonic() + patience, _FIRST_TURN
        while True:
            try:
                fcntl.lockf(file.number, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except BlockingIOError:
                if time.monotonic() + turn > end:
                    return None
                time.sleep(turn)
                turn = min(turn * _GROWTH, _LONGEST_TURN)
            else:
                return lambda: fcntl.lockf(file.number, fcntl.LOCK_UN, 1, place)

    def _file(self) -> _Opened:
        path = self._folder / _LOCK_FILE
        with self._guard:
            if self._opened is None or not self._opened.is_at(path):
                private_folder(self._folder)
                self._opened = _Opened(path)
            return self._opened


def _place(key: str) -> int:
    """Where in the file the byte of a key is; two of 2**56 places are hardly ever the same."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7])
