"""Object storage: addresses such as ``s3://bucket/name``, and the few things done to files there.

The only module that knows fsspec, which is loaded when an address is used. Who may read and write,
and where the service is, comes from the environment of fsspec and of the service's own client.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from core.errors import RequestError, StorageDriverError, StorageError

__all__ = ["Address", "Store", "is_address", "open_store", "parse_address"]

_MARK: Final = "://"
_PROBE: Final = ".ctcrimes-probe"
_ADDRESS: Final = re.compile(
    r"(?P<protocol>[a-z][a-z0-9+.-]*)://(?P<path>/?[\w.+=~ -]+(/[\w.+=~ -]+)*)/*"
)
_S3_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        # Seconds without a byte after which a service hangs. s3fs asks five times, which ends
        # before gunicorn loses patience with a worker that starts.
        "config_kwargs": {
            "connect_timeout": 5,
            "read_timeout": 8,
            "retries": {"total_max_attempts": 1},
        }
    }
)
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {"s3": _S3_OPTIONS, "s3a": _S3_OPTIONS, "file": {"auto_mkdir": True}}
)


@dataclass(frozen=True, kw_only=True)
class Address:
    """A folder of an object store; printed as it was written.

    Attributes:
        protocol: What fsspec calls the kind of store, such as ``s3``.
        path: Bucket and folders, without a slash at the end.
    """

    protocol: str
    path: str

    def __str__(self) -> str:
        return f"{self.protocol}{_MARK}{self.path}"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def parent(self) -> str:
        """The address of what holds the folder, as text; for a bucket the protocol alone."""
        return str(self)[: -len(self.name)].rstrip("/")

    def inside(self, name: str) -> "Address":
        """The address of a folder in this one."""
        return Address(protocol=self.protocol, path=f"{self.path}/{name}")


def is_address(text: str) -> bool:
    """Whether a text means an object store rather than a folder of this machine."""
    return _MARK in text


def parse_address(text: str) -> Address:
    """Read an address.

    Raises:
        RequestError: It is none; one with a password is not repeated.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or {".", ".."} & set(found["path"].split("/")):
        shown = re.sub(r"//.*@", "//***@", text)
        raise RequestError(
            f"{shown!r}: expected the address of a folder in object storage, such as "
            "s3://bucket/artifacts/name; keys and passwords belong in the environment"
        )
    return Address(protocol=found["protocol"], path=found["path"])


class Store:
    """One folder of an object store, and the files directly in it."""

    def __init__(self, address: Address, *, filesystem: Any) -> None:  # noqa: ANN401 - fsspec is untyped
        """Use a file system of fsspec; nothing is asked of it yet."""
        self.address = address
        self._filesystem = filesystem

    def inside(self, name: str) -> "Store":
        """A folder in this one, by the same connection."""
        return Store(self.address.inside(name), filesystem=self._filesystem)

    def read(self, name: str) -> bytes:
        """A whole small file.

        Raises:
            FileNotFoundError: It is not there.
            StorageError: The store cannot be asked.
        """
        with self._asking("be read"):
            content: bytes = self._filesystem.cat_file(self._path(name))
            return content

    def fetch(self, name: str, *, to: Path) -> None:
        """Copy a file to this machine; what stands at ``to`` after an error is of no use.

        Raises:
            FileNotFoundError: It is not there.
            StorageError: The store cannot be asked, or this machine's disk cannot be written.
        """
        with self._asking("be fetched"):
            self._filesystem.get_file(self._path(name), str(to))

    def put(self, path: Path, *, name: str) -> None:
        """Copy a file of this machine into the store, in the place of one of this name.

        Raises:
            StorageError: The store cannot be asked, or takes no file.
        """
        try:
            with self._asking("be written"):
                self._filesystem.put_file(str(path), self._path(name))
        except FileNotFoundError as error:
            raise self._told("be written", error) from error

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no error.

        Raises:
            StorageError: The store cannot be asked, or keeps the file.
        """
        try:
            with self._asking("be removed"):
                self._filesystem.rm_file(self._path(name))
        except FileNotFoundError:
            return

    def try_writing(self) -> None:
        """Find out whether files can be put here, by one that is removed again.

        Raises:
            StorageError: The store cannot be asked, or takes no file.
        """
        with tempfile.NamedTemporaryFile() as probe:
            self.put(Path(probe.name), name=_PROBE)
        self.remove(_PROBE)

    def files(self) -> dict[str, int]:
        """Size in bytes of each file directly in the folder; none where there is no folder.

        Raises:
            StorageError: The store cannot be asked.
        """
        return {name: int(entry["size"]) for name, entry in self._entries("file")}

    def folders(self) -> tuple[str, ...]:
        """Names of the folders directly in this one, ascending.

        Raises:
            StorageError: The store cannot be asked.
        """
        return tuple(sorted(name for name, _ in self._entries("directory")))

    def _entries(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        try:
            with self._asking("be listed"):
                found = self._filesystem.ls(str(self.address), detail=True)
        except FileNotFoundError:
            return []
        named = [(str(each["name"]).rstrip("/").rsplit("/", 1)[-1], each) for each in found]
        return [(name, each) for name, each in named if each["type"] == kind and _is_plain(name)]

    def _path(self, name: str) -> str:
        return f"{self.address}/{name}"

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except Exception as error:  # each kind of store raises types of its own
            raise self._told(what, error) from error

    def _told(self, what: str, error: Exception) -> StorageError:
        reason = " ".join(str(error).split()) or type(error).__name__
        return StorageError(
            f"{self.address}: cannot {what} ({reason}); check the address, that the service "
            "answers, and the keys in the environment (docs/operations.md, object storage)"
        )


def open_store(address: Address) -> Store:
    """Prepare to ask a store; nothing is asked yet.

    Raises:
        StorageDriverError: What speaks to this kind of store is not installed, or cannot start.
    """
    try:
        import fsspec  # noqa: PLC0415 - of the extra s3

        filesystem = fsspec.filesystem(
            address.protocol,
            skip_instance_cache=True,  # lives as long as its user
            use_listings_cache=False,  # others write there too
            **_OPTIONS.get(address.protocol, {}),
        )
    except ImportError as error:
        raise StorageDriverError(
            f"{address}: {address.protocol}:// needs a package that is not installed ({error}); "
            "for s3:// run pip install '.[s3]' in the program's folder, for another kind of store "
            "install its package for fsspec"
        ) from error
    except Exception as error:  # a kind that is not known, or options that it does not take
        raise StorageDriverError(
            f"{address}: {address.protocol}:// cannot be used ({error}); expected s3:// or "
            "another kind of store that fsspec knows"
        ) from error
    return Store(address, filesystem=filesystem)


def _is_plain(name: str) -> bool:
    """Whether a name that somebody else chose stays in its folder."""
    return Path(name).name == name and not name.startswith(".") and "\0" not in name
