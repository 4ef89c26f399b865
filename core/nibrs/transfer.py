"""A resumable transfer of one zip archive from a store that signs short-lived links.

The bytes go into ``NAME.part``; beside it ``NAME.part.json`` says which version of the remote file
they belong to. When the connection breaks or the link expires, a new link is asked for and the
transfer resumes where it stopped, in the same call or in a later one. Only a whole, readable zip
gets its final name.
"""

import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.message import Message
from http.client import HTTPResponse
from itertools import count
from pathlib import Path

from core.errors import DownloadError
from core.nibrs.web import (
    BUSY_STATUSES,
    EXPIRED_STATUSES,
    PassingTroubleError,
    WebClient,
    host_of,
)

__all__ = ["Transfer", "TransferPolicy", "disk_errors", "is_readable_zip", "run_transfer"]

_OK, _PARTIAL_CONTENT, _RANGE_NOT_SATISFIABLE = 200, 206, 416
_RECORD_LIMIT = 64 << 10
_EXPANDED_LIMIT = 16 << 30
_CONTENT_RANGE = re.compile(r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18}|\*)")


@dataclass(frozen=True, kw_only=True)
class TransferPolicy:
    """How patient a transfer is and how much it accepts.

    Attributes:
        attempts: Attempts for one file, each with a new signed link; the first is always made.
        timeout: Seconds without a byte after which an attempt ends.
        first_pause: Seconds before the second attempt; doubles with each further one.
        longest_pause: Seconds that no pause exceeds.
        size_limit: Bytes that a file may have.
        sleep: Called with the seconds of each pause.
    """

    attempts: int = 6
    timeout: float = 60.0
    first_pause: float = 1.0
    longest_pause: float = 30.0
    size_limit: int = 4 << 30
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """What is to be fetched, from where, to where.

    Attributes:
        target: The file's final path, in a folder that exists.
        sign: Asks for a new signed link; called before every attempt.
        client: Opens the link.
        policy: Patience and bounds.
        on_bytes: Called with the bytes on disk and the bytes of the whole file, None when unknown.
    """

    target: Path
    sign: Callable[[], str]
    client: WebClient
    policy: TransferPolicy
    on_bytes: Callable[[int, int | None], None]

    @property
    def part(self) -> Path:
        """The bytes so far."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def record(self) -> Path:
        """Which version of the remote file the part belongs to."""
        return self.target.with_name(f"{self.target.name}.part.json")


@dataclass(frozen=True, kw_only=True)
class _Version:
    """What tells two versions of the remote file apart; ``validator`` is "" when unknown."""

    total: int | None
    validator: str


def run_transfer(transfer: Transfer) -> None:
    """Fetches the file, resuming a part that an earlier run left.

    Args:
        transfer: What to fetch.

    Raises:
        DownloadError: Every attempt failed, and the part stays; or the store refuses, the file is
            too large or no readable zip, and the part is removed; or the folder cannot be written.
    """
    pause = transfer.policy.first_pause
    for attempt in count(1):
        try:
            _attempt(transfer)
        except PassingTroubleError as trouble:
            if attempt >= transfer.policy.attempts:
                raise DownloadError(
                    f"{transfer.target.name}: not fetched in {attempt} attempts, the last ended "
                    f"with: {trouble}. Check the connection and run it again: what has arrived is "
                    f"kept in {transfer.target.parent}"
                ) from None
            transfer.policy.sleep(min(pause, transfer.policy.longest_pause))
            pause *= 2
        else:
            break
    _install(transfer)


def is_readable_zip(path: Path) -> bool:
    """Whether the file is a zip archive with content, whose checksums all hold.

    Args:
        path: Any path, also of no file.

    Returns:
        False for anything else, an encrypted archive and one that expands beyond 16 GiB included.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            return 0 < size <= _EXPANDED_LIMIT and archive.testzip() is None
    except Exception:  # noqa: BLE001 - zipfile has a dozen unrelated types for a damaged file
        return False


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns the errors of the file system into DownloadError.

    Args:
        path: What is written, for the message.

    Yields:
        Nothing.

    Raises:
        DownloadError: The block raised an OSError, or a ValueError for an impossible path.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DownloadError(
            f"{path}: cannot be written in the folder {path.parent}: {reason}; free space there, "
            "allow writing, or choose another folder"
        ) from error


def _attempt(transfer: Transfer) -> None:
    link = transfer.sign()
    offset, expected = _kept_part(transfer)
    headers = {"Range": f"bytes={offset}-"} if offset else {}
    with transfer.client.answer(link, headers=headers) as response:
        if response.status == _RANGE_NOT_SATISFIABLE:
            _check_complete(transfer, size=offset, headers=response.headers)
            return
        _check_status(transfer, response.status, host=host_of(link))
        version = _version_of(response)
        _check_size(transfer, version.total or 0)
        if response.status == _OK:  # the whole file, whether a range was asked for or not
            offset = 0
            _start_over(transfer, version)
        elif version != expected or _content_range(response.headers)[0] != offset:
            _discard_part(transfer)
            raise PassingTroubleError("the file changed on the server during the transfer")
        chunks = transfer.client.chunks(response, host=host_of(link))
        _receive(chunks, transfer=transfer, offset=offset, total=version.total)


def _kept_part(transfer: Transfer) -> tuple[int, _Version | None]:
    """Size of the part and the version it belongs to; (0, None) when there is nothing to resume."""
    try:
        # A symbolic link could lead out of the folder.
        if transfer.part.is_symlink() or transfer.record.is_symlink():
            return 0, None
        size = transfer.part.stat().st_size
        with transfer.record.open("rb") as file:
            record = json.loads(file.read(_RECORD_LIMIT))
        version = _Version(total=record["total"], validator=record["validator"])
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return 0, None
    return (size, version) if size else (0, None)


def _check_status(transfer: Transfer, status: int, *, host: str) -> None:
    if status in BUSY_STATUSES | EXPIRED_STATUSES:
        raise PassingTroubleError(f"{host} answered with status {status}")
    if status not in {_OK, _PARTIAL_CONTENT}:
        raise DownloadError(
            f"{transfer.target.name}: {host} answered with status {status}; expected the file. Try "
            "again later"
        )


def _check_complete(transfer: Transfer, *, size: int, headers: Message) -> None:
    """Nothing comes after the part: either it is whole, or it is of another file."""
    _, total = _content_range(headers)
    if total != size:
        _discard_part(transfer)
        raise PassingTroubleError("the file on the server is shorter than what had arrived")
    transfer.on_bytes(size, total)


def _version_of(response: HTTPResponse) -> _Version:
    partial = response.status == _PARTIAL_CONTENT
    return _Version(
        total=_content_range(response.headers)[1] if partial else response.length,
        validator=response.headers.get("ETag") or response.headers.get("Last-Modified") or "",
    )


def _content_range(headers: Message) -> tuple[int | None, int | None]:
    """First byte and total of a Content-Range header; None for what it does not say."""
    match = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    if match is None:
        return None, None
    first, total = match.groups()
    return int(first) if first else None, int(total) if total != "*" else None


def _receive(
    chunks: Iterator[bytes], *, transfer: Transfer, offset: int, total: int | None
) -> None:
    received = offset
    transfer.on_bytes(received, total)
    for chunk in chunks:
        received += len(chunk)
        _check_size(transfer, received)
        # Opened for every chunk: what counts as received has reached the file, and an error of
        # the disk cannot hide until the file is closed.
        with disk_errors(transfer.part), transfer.part.open("ab") as file:
            file.write(chunk)
        transfer.on_bytes(received, total)
    if total is not None and received != total:
        raise PassingTroubleError(f"{received} of {total} bytes arrived")


def _check_size(transfer: Transfer, size: int) -> None:
    limit = transfer.policy.size_limit
    if size > limit:
        _discard_part(transfer)
        raise DownloadError(
            f"{transfer.target.name}: has at least {size} bytes; expected at most {limit}. Fetch "
            "it with a browser if it is right"
        )


def _start_over(transfer: Transfer, version: _Version) -> None:
    _discard_part(transfer)
    with disk_errors(transfer.record):
        transfer.record.write_text(json.dumps(asdict(version)), encoding="ascii")


def _discard_part(transfer: Transfer) -> None:
    with disk_errors(transfer.part):
        transfer.part.unlink(missing_ok=True)
        transfer.record.unlink(missing_ok=True)


def _install(transfer: Transfer) -> None:
    if not is_readable_zip(transfer.part):
        _discard_part(transfer)
        raise DownloadError(
            f"{transfer.target.name}: what arrived is not a readable zip archive and was removed; "
            "run it again later"
        )
    with disk_errors(transfer.target):
        transfer.part.replace(transfer.target)
        transfer.record.unlink(missing_ok=True)
