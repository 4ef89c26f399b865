"""The client of the FBI Crime Data Explorer: fetches the zip bundle of a state and a year.

The service signs a short-lived link (15 minutes) to an object store for a key such as
``nibrs/incident/2023/CT-2023.zip``; a bundle that does not exist is answered by ``{}``.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from core.errors import DownloadError, RequestError, YearNotPublishedError
from core.nibrs.transfer import (
    Transfer,
    TransferPolicy,
    disk_errors,
    is_readable_zip,
    run_transfer,
)
from core.nibrs.web import BUSY_STATUSES, PassingTroubleError, WebClient, host_of

__all__ = [
    "EXPLORER_URL",
    "STATES",
    "YEARS",
    "Progress",
    "TransferPolicy",
    "fetch_bundle",
    "fetch_bundles",
    "parse_state",
    "parse_years",
]

EXPLORER_URL = "https://cde.ucr.cjis.gov"
"""Address of the public Crime Data Explorer."""

STATES: tuple[str, ...] = tuple(
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH "  # noqa: SIM905 - fifty-one quoted strings would fill the screen
    "NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY".split()
)
"""Two-letter codes of the fifty states and the District of Columbia."""

YEARS = range(1991, 2101)
"""The data years that can be asked for; NIBRS begins in 1991."""

_ANSWER_LIMIT = 64 << 10
_YEARS_PART = re.compile(r"\s*([0-9]{4})\s*(?:-\s*([0-9]{4})\s*)?")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the transfer of one bundle is; it falls back when the transfer starts over.

    Attributes:
        state: Two-letter code.
        year: Data year.
        received: Bytes on disk.
        total: Bytes of the whole file; None when the server does not say.
    """

    state: str
    year: int
    received: int
    total: int | None


_DEFAULT_POLICY = TransferPolicy()


def parse_state(text: str) -> str:
    """The two-letter code of a state.

    Args:
        text: A code of :data:`STATES` in any case.

    Returns:
        The code in capitals.

    Raises:
        RequestError: The text is no such code; the message lists what is expected.

    >>> parse_state(" ct ")
    'CT'
    """
    code = text.strip().upper()
    if code not in STATES or not text.isascii():
        raise RequestError(
            f"state {text[:40]!r}: expected the two-letter code of a state or DC, one of "
            f"{', '.join(STATES)}"
        )
    return code


def parse_years(text: str) -> tuple[int, ...]:
    """The years of a list of years and ranges.

    Args:
        text: Years and ranges of years, separated by commas.

    Returns:
        The years in ascending order, each once, all in :data:`YEARS`.

    Raises:
        RequestError: Anything else, a range that runs backwards, a year out of bounds.

    >>> parse_years("2019,2021-2023")
    (2019, 2021, 2022, 2023)
    """
    years: set[int] = set()
    for part in text.split(","):
        match = _YEARS_PART.fullmatch(part)
        if match is None:
            raise RequestError(
                f"years {text[:40]!r}: {part[:40]!r} is neither a year nor a range; expected years "
                "such as 2021-2024 or 2019,2021-2023"
            )
        first, last = (_checked_year(int(year)) for year in (match[1], match[2] or match[1]))
        if first > last:
            raise RequestError(f"years {part[:40]!r}: expected the earlier year first; swap them")
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def fetch_bundle(
    state: str,
    *,
    year: int,
    folder: Path,
    base_url: str = EXPLORER_URL,
    on_progress: Callable[[Progress], None] | None = None,
    policy: TransferPolicy = _DEFAULT_POLICY,
) -> Path:
    """The bundle of a state and a year; a readable zip already in the folder is kept as it is.

    Two processes must not fetch the same bundle into the same folder at the same time.

    Args:
        state: A code of :data:`STATES` in any case.
        year: A data year of :data:`YEARS`.
        folder: Where the zip goes; created when absent. Nothing is written anywhere else.
        base_url: Address of the service, http or https. From https only https is followed.
        on_progress: Called when a transfer begins or resumes and after each piece of it.
        policy: Patience and bounds.

    Returns:
        ``folder/CT-2023.zip`` for Connecticut in 2023.

    Raises:
        YearNotPublishedError: The service has no such bundle.
        DownloadError: The service cannot be reached or answers otherwise than expected, the file
            is no readable zip or too large, or the folder cannot be written. After trouble with
            the connection the part stays, and a later call resumes it.
        RequestError: ``state``, ``year`` or ``base_url`` has an impossible value.
    """
    code, _ = parse_state(state), _checked_year(year)
    client = WebClient(timeout=policy.timeout, secure=_is_secure(base_url))
    target = folder / f"{code}-{year}.zip"
    with disk_errors(target):
        folder.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise IsADirectoryError(f"{target.name} is a folder")
    if is_readable_zip(target):
        return target

    def report(received: int, total: int | None) -> None:
        if on_progress is not None:
            on_progress(Progress(state=code, year=year, received=received, total=total))

    def sign() -> str:
        return _signed_link(client, base_url=base_url, state=code, year=year)

    run_transfer(Transfer(target=target, sign=sign, client=client, policy=policy, on_bytes=report))
    return target


def fetch_bundles(
    state: str,
    *,
    years: Sequence[int],
    folder: Path,
    base_url: str = EXPLORER_URL,
    on_progress: Callable[[Progress], None] | None = None,
    policy: TransferPolicy = _DEFAULT_POLICY,
) -> tuple[Path, ...]:
    """The bundles of a state for several years, fetched one after the other.

    Args:
        state: A code of :data:`STATES` in any case.
        years: Data years; one that stands there twice is fetched once.
        folder: As for :func:`fetch_bundle`.
        base_url: As for :func:`fetch_bundle`.
        on_progress: As for :func:`fetch_bundle`.
        policy: As for :func:`fetch_bundle`.

    Returns:
        The zip files in ascending order of year. What was fetched before an error stays.

    Raises:
        RequestError: As :func:`fetch_bundle`, before anything is fetched; or ``years`` is empty.
        DownloadError: As :func:`fetch_bundle`, for the first year that fails.
    """
    wanted = sorted({_checked_year(year) for year in years})
    if not wanted:
        raise RequestError("years: expected at least one year")
    return tuple(
        fetch_bundle(
            state,
            year=year,
            folder=folder,
            base_url=base_url,
            on_progress=on_progress,
            policy=policy,
        )
        for year in wanted
    )


def _checked_year(year: int) -> int:
    if year not in YEARS:
        raise RequestError(f"year {year}: expected {YEARS.start} to {YEARS.stop - 1}")
    return year


def _is_secure(base_url: str) -> bool:
    try:
        address = urlsplit(base_url)
        if address.scheme in {"http", "https"} and address.hostname:
            return address.scheme == "https"
    except ValueError:
        pass
    raise RequestError(f"base_url {base_url[:40]!r}: expected an address such as {EXPLORER_URL}")


def _signed_link(client: WebClient, *, base_url: str, state: str, year: int) -> str:
    name = f"{state}-{year}.zip"
    key = f"nibrs/incident/{year}/{name}"
    url = f"{base_url.rstrip('/')}/LATEST/s3/signedurl?{urlencode({'key': key})}"
    answer = _json_answer(client, url=url)
    if answer == {}:
        raise YearNotPublishedError(
            f"{name}: the Crime Data Explorer has no bundle for {state} in {year}; ask for another "
            "year, or again when the FBI has published this one"
        )
    link = answer.get(key) if isinstance(answer, dict) and len(answer) == 1 else None
    if not isinstance(link, str):
        raise DownloadError(
            f"{name}: {host_of(url)} gave no signed link; expected a JSON object whose only key is "
            f"{key!r}. See in a browser whether the service works or a log-in page stands before it"
        )
    return link


def _json_answer(client: WebClient, *, url: str) -> object:
    """What the service answers; None when that is not JSON, or too long to be a link."""
    host = host_of(url)
    body = b""
    with client.answer(url) as response:
        if response.status in BUSY_STATUSES:
            raise PassingTroubleError(f"{host} answered with status {response.status}")
        if response.status != 200:  # noqa: PLR2004 - OK
            raise DownloadError(
                f"{host} answered with status {response.status}; expected a signed link. Try again "
                "later; if it stays so, the service has changed"
            )
        for chunk in client.chunks(response, host=host):
            body += chunk
            if len(body) > _ANSWER_LIMIT:
                return None
    try:
        answer: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer
