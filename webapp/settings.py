"""Settings of the web application: the only reader of the environment."""

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.dataset import find_datasets
from core.errors import RequestError, SettingsError
from core.storage import Address, is_address, parse_address

__all__ = ["DEMO_DATASET", "Settings", "read_settings", "without_password"]

DEMO_DATASET = "ct-demo"
"""Name of the simulated dataset that is shown when nothing else was built."""

_ROOT = Path(__file__).resolve().parent.parent
_MOST_PROXIES = 9
_ANSWERS_MB = 32
_MOST_ANSWERS_MB = 1024
_OPEN_MB = 192
_MOST_OPEN_MB = 65_536
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that the environment decides.

    Attributes:
        dataset: The dataset to show, a folder or an address in object storage; null to choose from
            ``artifacts``.
        artifacts: Folder or address that holds datasets.
        cache_dir: Folder of the cache of view-models; only this application writes there.
        log_level: Name of a level of :mod:`logging`.
        proxies: How many proxies stand before the server and say whom they speak for.
        cache_url: Address of the Redis that holds the cache instead of the folder; empty for none.
            It may hold a password.
        rate_limit: How often a visitor may ask for data, such as ``600/minute``; empty for always.
        metrics: Whether figures for Prometheus are told.
        answers_mb: Megabytes of finished answers that each worker keeps; none for zero.
        open_mb: Megabytes that the datasets beside the default may take in each worker.
        mirror_dir: Folder for copies of what lies in object storage.
    """

    dataset: Path | Address | None
    artifacts: Path | Address
    cache_dir: Path
    log_level: str
    proxies: int = 0
    cache_url: str = field(default="", repr=False)
    rate_limit: str = ""
    metrics: bool = False
    answers_mb: int = _ANSWERS_MB
    open_mb: int = _OPEN_MB
    mirror_dir: Path = field(default_factory=lambda: _own_temporary("datasets"))

    @property
    def is_remote(self) -> bool:
        """Whether anything to show lies in object storage."""
        return isinstance(self.dataset, Address) or isinstance(self.artifacts, Address)


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    ``CTCRIMES_DATASET`` is the folder of a dataset, its address in object storage, or its name in
    the artifacts folder; ``CTCRIMES_ARTIFACTS`` the folder of datasets, or its address;
    ``CTCRIMES_CACHE_DIR`` the folder of the cache;
    ``CTCRIMES_CACHE_URL`` the address of a Redis that is used instead of that folder;
    ``CTCRIMES_LOG_LEVEL`` one of DEBUG, INFO, WARNING, ERROR; ``CTCRIMES_PROXIES`` the number of
    proxies whose ``X-Forwarded-*`` headers are believed; ``CTCRIMES_RATE_LIMIT`` how often a
    visitor may ask for data; ``CTCRIMES_METRICS`` on or off; ``CTCRIMES_ANSWERS_MB`` how many
    megabytes of finished answers each worker keeps; ``CTCRIMES_OPEN_MB`` how many megabytes the
    datasets beside the default may take; ``CTCRIMES_MIRROR_DIR`` the folder for copies of what lies
    in object storage. An empty value counts as unset.

    Raises:
        SettingsError: A value is impossible; the message names the variable.
    """
    artifacts = _artifacts(environ.get("CTCRIMES_ARTIFACTS", ""))
    return Settings(
        dataset=_dataset(environ.get("CTCRIMES_DATASET", ""), artifacts=artifacts),
        artifacts=artifacts,
        cache_dir=_own_folder(environ.get("CTCRIMES_CACHE_DIR", ""), use="cache"),
        log_level=_log_level(environ.get("CTCRIMES_LOG_LEVEL", "")),
        proxies=_proxies(environ.get("CTCRIMES_PROXIES", "")),
        cache_url=_cache_url(environ.get("CTCRIMES_CACHE_URL", "")),
        rate_limit=_rate_limit(environ.get("CTCRIMES_RATE_LIMIT", "")),
        metrics=_metrics(environ.get("CTCRIMES_METRICS", "")),
        answers_mb=_answers_mb(environ.get("CTCRIMES_ANSWERS_MB", "")),
        open_mb=_open_mb(environ.get("CTCRIMES_OPEN_MB", "")),
        mirror_dir=_own_folder(environ.get("CTCRIMES_MIRROR_DIR", ""), use="datasets"),
    )


def without_password(url: str) -> str:
    """The address as it may be shown."""
    return re.sub(r"//.*@", "//***@", url)


def _artifacts(value: str) -> Path | Address:
    if is_address(value):
        return _address(value, setting="CTCRIMES_ARTIFACTS")
    return Path(value or _ROOT / "artifacts")


def _dataset(value: str, *, artifacts: Path | Address) -> Path | Address | None:
    if not value:
        return None
    if is_address(value):
        return _address(value, setting="CTCRIMES_DATASET")
    is_name = Path(value).name == value
    if isinstance(artifacts, Address) and is_name:
        return _address(f"{artifacts}/{value}", setting="CTCRIMES_DATASET")
    if isinstance(artifacts, Path) and is_name and (artifacts / value).is_dir():
        return artifacts / value
    folder = Path(value)
    if folder.is_dir():
        return folder
    there = find_datasets(artifacts) if isinstance(artifacts, Path) else ()
    known = ", ".join(path.name for path in there) or "none"
    raise SettingsError(
        f"CTCRIMES_DATASET={value!r}: expected the folder of a dataset, its address in object "
        f"storage, or the name of one in {artifacts} (there: {known}); build one with "
        "'ctcrimes build'"
    )


def _address(value: str, *, setting: str) -> Address:
    try:
        return parse_address(value)
    except RequestError as error:
        raise SettingsError(f"{setting}: {error}") from error


def _own_folder(value: str, *, use: str) -> Path:
    """The given folder, else one below the system's temporary folder that belongs to this user."""
    if not value:
        return _own_temporary(use)
    folder = Path(value)
    if folder.exists() and not folder.is_dir():
        setting = {"cache": "CTCRIMES_CACHE_DIR", "datasets": "CTCRIMES_MIRROR_DIR"}[use]
        raise SettingsError(f"{setting}={value!r}: expected a folder, found a file")
    return folder


def _own_temporary(use: str) -> Path:
    return Path(tempfile.gettempdir()) / f"ctcrimes-{use}-{os.getuid()}"


def _cache_url(value: str) -> str:
    if not value or _is_redis(value):
        return value
    raise SettingsError(
        f"CTCRIMES_CACHE_URL={without_password(value)!r}: expected redis://HOST:PORT/NUMBER, "
        "rediss:// for an encrypted connection, or unix:///PATH; leave it empty for a cache in "
        "CTCRIMES_CACHE_DIR"
    )


def _is_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    # Further options could hold a password where nobody looks for one.
    if parts.query and not re.fullmatch(r"db=[0-9]{1,4}", parts.query):
        return False
    if parts.scheme == "unix":
        return not parts.netloc and parts.path.startswith("/")
    return (
        parts.scheme in {"redis", "rediss"}
        and bool(parts.hostname)
        and port != 0
        and re.fullmatch(r"(/[0-9]{0,4})?", parts.path) is not None
    )


def _log_level(value: str) -> str:
    level = (value or "INFO").upper()
    if level not in _LOG_LEVELS:
        raise SettingsError(
            f"CTCRIMES_LOG_LEVEL={value!r}: expected one of {', '.join(_LOG_LEVELS)}"
        )
    return level


def _proxies(value: str) -> int:
    if value in {"", *map(str, range(_MOST_PROXIES + 1))}:
        return int(value or 0)
    raise SettingsError(
        f"CTCRIMES_PROXIES={value!r}: expected how many proxies stand before the server, from 0 "
        f"to {_MOST_PROXIES}"
    )


def _rate_limit(value: str) -> str:
    if not value or re.fullmatch(r"[1-9][0-9]{0,6}/(second|minute|hour|day)", value):
        return value
    raise SettingsError(
        f"CTCRIMES_RATE_LIMIT={value!r}: expected how often a visitor may ask for data, such as "
        "600/minute; also second, hour or day; leave it empty for no limit"
    )


def _metrics(value: str) -> bool:
    if value in {"", "on", "off"}:
        return value == "on"
    raise SettingsError(f"CTCRIMES_METRICS={value!r}: expected on or off")


def _answers_mb(value: str) -> int:
    if not value:
        return _ANSWERS_MB
    if re.fullmatch(r"[0-9]{1,4}", value) and int(value) <= _MOST_ANSWERS_MB:
        return int(value)
    raise SettingsError(
        f"CTCRIMES_ANSWERS_MB={value!r}: expected the megabytes of finished answers that each "
        f"worker keeps, from 0 to {_MOST_ANSWERS_MB}"
    )


def _open_mb(value: str) -> int:
    if not value:
        return _OPEN_MB
    if re.fullmatch(r"[0-9]{1,5}", value) and int(value) <= _MOST_OPEN_MB:
        return int(value)
    raise SettingsError(
        f"CTCRIMES_OPEN_MB={value!r}: expected the megabytes that the datasets beside the default "
        f"may take in each worker, from 0 to {_MOST_OPEN_MB}"
    )
