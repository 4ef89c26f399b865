"""Fixtures and helpers for tests of the Crime Data Explorer client.

A test module imports the helpers and asks for the fixtures with ``pytest_plugins``. It does both,
so the import comes first, and pytest must not try to rewrite the assertions here afterwards:
PYTEST_DONT_REWRITE.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DownloadError, YearNotPublishedError
from core.nibrs.download import TransferPolicy, fetch_bundle
from tests.support.explorer_server import SECRET, ExplorerServer

__all__ = ["CONTENT", "FILE", "KEY", "LINK", "OTHER", "fails", "leave_part", "names_in", "zip_of"]

KEY = "nibrs/incident/2023/CT-2023.zip"
LINK = f"link {KEY}"
FILE = "file CT-2023.zip"


def zip_of(text: str, *, size: int = 200_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo("NIBRS_incident.csv", date_time=(2024, 1, 1, 0, 0, 0))
        archive.writestr(member, hashlib.shake_256(text.encode()).digest(size))
    return buffer.getvalue()


CONTENT = zip_of("first")
OTHER = zip_of("second", size=210_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExplorerServer]:
    monkeypatch.setenv("no_proxy", "*")
    with ExplorerServer() as running:
        running.files[KEY] = CONTENT
        running.etags[KEY] = '"one"'
        yield running
    assert running.crashes == [], running.crashes


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def policy(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> TransferPolicy:
    monkeypatch.setenv("no_proxy", "*")
    return TransferPolicy(timeout=10, sleep=pauses.append)


@pytest.fixture
def fetch(server: ExplorerServer, tmp_path: Path, policy: TransferPolicy) -> Callable[..., Path]:
    def run(**changes: object) -> Path:
        chosen = replace(policy, **changes)  # type: ignore[arg-type] # the fields vary by test
        return fetch_bundle(
            "CT", year=2023, folder=tmp_path / "new", base_url=server.url, policy=chosen
        )

    return run


def fails(run: Callable[[], object], *words: str) -> DownloadError:
    with pytest.raises(DownloadError) as caught:
        run()
    assert type(caught.value) in {DownloadError, YearNotPublishedError}, caught.type
    message = str(caught.value)
    assert SECRET not in message, message
    for word in words:
        assert word in message, message
    return caught.value


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def leave_part(tmp_path: Path, content: bytes, *, record: bytes | None = b"default") -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "CT-2023.zip.part").write_bytes(content)
    if record == b"default":
        record = json.dumps({"total": len(CONTENT), "validator": '"one"'}).encode()
    if record is not None:
        (folder / "CT-2023.zip.part.json").write_bytes(record)
