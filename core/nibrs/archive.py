"""Safe access to the members of a state bundle's zip archive.

Nothing in an archive is believed: the size that a member declares is checked before it is read, and
no more than that is expanded whatever the member holds, so that no archive can fill the memory, and
every way in which a zip can be damaged ends in a :class:`~core.errors.BundleError`.
"""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from core.errors import (
    AmbiguousMemberError,
    ArchiveTooLargeError,
    EncryptedMemberError,
    MissingMemberError,
    NotAZipFileError,
    TruncatedArchiveError,
)

__all__ = [
    "MAXIMUM_MEMBER_SIZE",
    "MAXIMUM_RATIO",
    "MAXIMUM_TOTAL_SIZE",
    "SIMULATED_MARKER",
    "Archive",
    "Member",
    "SourceFile",
    "open_archive",
]

SIMULATED_MARKER = "SIMULATED.txt"
"""A bundle that holds a member of this name was simulated, not reported."""

MAXIMUM_MEMBER_SIZE = 2**30
"""Bytes that one member may expand to; the largest states' incident files stay below a fifth."""

MAXIMUM_TOTAL_SIZE = 2**31
"""Bytes that the members read from one archive may expand to together."""

MAXIMUM_RATIO = 200
"""Expanded bytes for each compressed byte; the files of real bundles stay below 30."""

_RATIO_FREE_SIZE = 2**20
_LONGEST_NAME = 100
_LOCAL_HEADER = b"PK\x03\x04"
_FLAGS_ENCRYPTED = 0x01 | 0x40
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ADVICE = "Download the bundle again."
# What zipfile and zlib raise on damaged input, found by mangling archives byte by byte.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    OverflowError,
    LookupError,
)


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """The file that a bundle was read from.

    Attributes:
        name: File name without its folder.
        sha256: Digest of the whole file, 64 hexadecimal digits.
        size: Size in bytes.
    """

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of an archive, expanded.

    Attributes:
        archive: File name of the archive, for messages.
        name: Path of the member inside the archive, for messages.
        data: The expanded bytes.
    """

    archive: str
    name: str
    data: bytes


class Archive:
    """An open zip archive whose members are found by file name, at any depth, in any case."""

    def __init__(self, archive: zipfile.ZipFile, *, source: SourceFile) -> None:
        self.source = source
        self._archive = archive
        self._reserved = 0
        self._members: dict[str, list[zipfile.ZipInfo]] = {}
        for info in archive.infolist():
            path = info.filename.replace("\\", "/")
            folders, _, name = path.rpartition("/")
            # Finder adds a resource fork to every file, under the same file name.
            if name and "__MACOSX" not in folders.split("/"):
                self._members.setdefault(name.lower(), []).append(info)

    def holds(self, name: str) -> bool:
        """Whether the archive has at least one member of this file name, in any case."""
        return name.lower() in self._members

    def read(self, name: str) -> Member:
        """Expand one member.

        Args:
            name: File name, without folders; case does not matter.

        Returns:
            The member with all its bytes, checked against their checksum.

        Raises:
            MissingMemberError: No member answers to the name.
            AmbiguousMemberError: More than one does.
            EncryptedMemberError: The member is encrypted.
            ArchiveTooLargeError: It declares more bytes than the bounds allow.
            NotAZipFileError: It is compressed with a method other than deflate.
            TruncatedArchiveError: Its bytes are damaged or end early.
        """
        return self._expand(self._reserve(name))

    def read_together(self, names: Sequence[str]) -> tuple[Member, ...]:
        """Expand several members at the same time, as :meth:`read` does one."""
        reserved = [self._reserve(name) for name in names]
        with ThreadPoolExecutor(max_workers=len(names)) as pool:
            return tuple(pool.map(self._expand, reserved))

    def _reserve(self, name: str) -> zipfile.ZipInfo:
        """Find and check a member, and count its size against the bound on all of them."""
        info = self._find(name)
        self._check_kind(info)
        self._check_size(info)
        self._reserved += info.file_size
        return info

    def _expand(self, info: zipfile.ZipInfo) -> Member:
        try:
            with self._archive.open(info) as stream:
                # One byte more than declared: zlib then never yields more than the bounds allow.
                data = stream.read(info.file_size + 1)
            if len(data) != info.file_size:
                raise EOFError(f"{len(data):,} bytes instead of {info.file_size:,}")
        except _DAMAGE as error:
            raise TruncatedArchiveError(
                f"{self.source.name}: member {_shown(info.filename)} is damaged "
                f"({_shown(str(error))}). {_ADVICE}"
            ) from error
        return Member(archive=self.source.name, name=_shown(info.filename), data=data)

    def _find(self, name: str) -> zipfile.ZipInfo:
        found = self._members.get(name.lower(), [])
        if not found:
            raise MissingMemberError(
                f"{self.source.name}: there is no member {name}, which every bundle of this layout "
                "holds. A year without any report may be published like that; else the archive is "
                f"not whole. {_ADVICE}"
            )
        if len(found) > 1:
            names = ", ".join(_shown(info.filename) for info in found[:3])
            raise AmbiguousMemberError(
                f"{self.source.name}: {len(found)} members answer to {name} ({names}); "
                "expected one. Keep one bundle in one archive."
            )
        return found[0]

    def _check_kind(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & _FLAGS_ENCRYPTED:
            raise EncryptedMemberError(
                f"{self.source.name}: member {_shown(info.filename)} is encrypted; the FBI's "
                f"bundles are not. {_ADVICE}"
            )
        if info.compress_type not in _METHODS:
            raise NotAZipFileError(
                f"{self.source.name}: member {_shown(info.filename)} is compressed with method "
                f"{info.compress_type}; expected deflate (8) or none (0). {_ADVICE}"
            )

    def _check_size(self, info: zipfile.ZipInfo) -> None:
        compressed = min(info.compress_size, self.source.size)
        bound = min(
            MAXIMUM_MEMBER_SIZE,
            MAXIMUM_TOTAL_SIZE - self._reserved,
            max(_RATIO_FREE_SIZE, compressed * MAXIMUM_RATIO),
        )
        if info.file_size > bound:
            raise ArchiveTooLargeError(
                f"{self.source.name}: member {_shown(info.filename)} expands from {compressed:,} "
                f"to {info.file_size:,} bytes; expected at most {bound:,}. This is not a file of "
                f"the FBI. {_ADVICE}"
            )


def _shown(text: str) -> str:
    """A name from the archive in a message: on one line, and not as long as it likes."""
    shown = text if text.isprintable() else ascii(text)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}..."


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a zip archive for reading; it is closed when the block ends.

    Args:
        path: The zip file.

    Yields:
        The open archive, with the digest of the file.

    Raises:
        NotAZipFileError: The file is absent, a folder, not readable, empty, or not a zip.
        TruncatedArchiveError: It begins as a zip but its directory is missing or damaged.
    """
    try:
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise NotAZipFileError(
            f"{path}: cannot be opened ({reason}); expected the zip file of a state bundle."
        ) from error
    with stream:
        source = _describe(stream, path=path)
        with _open_zip(stream, name=path.name) as archive:
            yield Archive(archive, source=source)


def _describe(stream: BufferedReader, *, path: Path) -> SourceFile:
    try:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = os.fstat(stream.fileno()).st_size
        stream.seek(0)
    except OSError as error:
        raise NotAZipFileError(
            f"{path}: cannot be read ({error.strerror}); expected the zip file of a state bundle."
        ) from error
    return SourceFile(name=path.name, sha256=digest, size=size)


def _open_zip(stream: BufferedReader, *, name: str) -> zipfile.ZipFile:
    start = stream.read(len(_LOCAL_HEADER))
    stream.seek(0)
    try:
        return zipfile.ZipFile(stream)
    except _DAMAGE as error:
        if start == _LOCAL_HEADER:
            raise TruncatedArchiveError(
                f"{name}: the archive ends early or its directory is damaged "
                f"({_shown(str(error))}). {_ADVICE}"
            ) from error
        found = "is empty" if not start else "is not a zip archive"
        raise NotAZipFileError(
            f"{name}: the file {found} ({_shown(str(error))}). {_ADVICE}"
        ) from error
