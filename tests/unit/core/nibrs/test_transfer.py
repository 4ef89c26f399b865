import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from core.nibrs import transfer
from core.nibrs.download import (
    TransferPolicy,
    fetch_bundle,
)
from tests.support.explorer_fixtures import (
    CONTENT,
    FILE,
    KEY,
    LINK,
    OTHER,
    fails,
    leave_part,
    names_in,
    zip_of,
)
from tests.support.explorer_server import ExplorerServer, Fault

# Resuming


def test_each_cut_is_resumed_with_a_new_link(
    server: ExplorerServer, fetch: Callable[..., Path], pauses: list[float]
) -> None:
    server.file_faults += [Fault(cut=1), Fault(cut=99_999), Fault(cut=0), Fault(cut=70_000)]
    assert fetch(longest_pause=5.0).read_bytes() == CONTENT
    ranges = ["", " bytes=1-", " bytes=100000-", " bytes=100000-", " bytes=170000-"]
    assert server.log == [line for text in ranges for line in (LINK, FILE + text)]
    assert pauses == [1.0, 2.0, 4.0, 5.0]


def test_a_reset_connection_is_resumed(server: ExplorerServer, fetch: Callable[..., Path]) -> None:
    server.file_faults += [Fault(cut=120_000, reset=True), Fault(cut=5_000, reset=True)]
    assert fetch().read_bytes() == CONTENT


def test_a_cut_chunked_body_is_resumed_by_the_etag(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.file_faults += [Fault(cut=1_000, chunked=True)]
    assert fetch().read_bytes() == CONTENT
    # The first answer named no total, so the second cannot be known to be of the same file.
    assert server.log == [LINK, FILE, LINK, FILE + " bytes=1000-", LINK, FILE]


def test_silence_in_the_middle_is_resumed(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.file_faults.append(Fault(cut=50_000, silent=True))
    assert fetch(timeout=0.5).read_bytes() == CONTENT
    assert server.log == [LINK, FILE, LINK, FILE + " bytes=50000-"]


@pytest.mark.parametrize("status", [400, 401, 403, 408, 429, 500, 503])
def test_an_expired_link_or_a_busy_store_costs_a_new_link(
    server: ExplorerServer, fetch: Callable[..., Path], status: int
) -> None:
    server.file_faults += [Fault(cut=1_000), Fault(status=status), Fault(status=status)]
    assert fetch().read_bytes() == CONTENT
    resumed = FILE + " bytes=1000-"
    assert server.log == [LINK, FILE, LINK, resumed, LINK, resumed, LINK, resumed]


def test_links_that_always_come_expired_end_in_an_error(
    server: ExplorerServer, fetch: Callable[..., Path], pauses: list[float]
) -> None:
    server.uses = 0
    fails(lambda: fetch(attempts=3), "CT-2023.zip", "3 attempts", "status 403")
    assert server.log == [LINK, FILE] * 3
    assert pauses == [1.0, 2.0]


def test_a_later_call_resumes_what_an_earlier_one_left(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    server.file_faults += [Fault(cut=80_000), Fault(cut=40_000)]
    fails(lambda: fetch(attempts=2), "2 attempts", "new", "too early")
    assert names_in(tmp_path) == ["CT-2023.zip.part", "CT-2023.zip.part.json"]
    assert (tmp_path / "new" / "CT-2023.zip.part").read_bytes() == CONTENT[:120_000]
    server.log.clear()
    assert fetch(attempts=1).read_bytes() == CONTENT
    assert server.log == [LINK, FILE + " bytes=120000-"]
    assert names_in(tmp_path) == ["CT-2023.zip"]


def test_a_whole_part_is_recognised(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    leave_part(tmp_path, CONTENT)
    assert fetch(attempts=1).read_bytes() == CONTENT
    assert server.log == [LINK, f"{FILE} bytes={len(CONTENT)}-"]


def test_a_part_longer_than_the_file_starts_over(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    leave_part(tmp_path, CONTENT + b"more")
    assert fetch().read_bytes() == CONTENT
    assert server.log == [LINK, f"{FILE} bytes={len(CONTENT) + 4}-", LINK, FILE]


@pytest.mark.parametrize(
    "record",
    [None, b"", b"{}", b"[1]", b"\xff", b'{"total": 5}', b"[" * 60_000],
    ids=["absent", "empty", "no keys", "a list", "no text", "half", "deep"],
)
def test_a_part_of_unknown_origin_starts_over(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path, record: bytes | None
) -> None:
    leave_part(tmp_path, b"x" * 1000, record=record)
    assert fetch(attempts=1).read_bytes() == CONTENT
    assert server.log == [LINK, FILE]


def test_a_server_that_ignores_ranges_starts_over(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.file_faults += [Fault(cut=1_000), Fault(ignore_range=True)]
    assert fetch().read_bytes() == CONTENT
    assert server.log == [LINK, FILE, LINK, FILE + " bytes=1000-"]


@pytest.mark.parametrize(
    ("content", "etag"),
    [(OTHER, '"one"'), (zip_of("third"), '"two"'), (zip_of("third"), "")],
    ids=["another size", "another etag", "the etag went away"],
)
def test_a_file_that_changed_in_between_starts_over(
    server: ExplorerServer, fetch: Callable[..., Path], content: bytes, etag: str
) -> None:
    server.file_faults.append(Fault(cut=1_000))
    fails(lambda: fetch(attempts=1))
    server.files[KEY], server.etags[KEY] = content, etag
    assert fetch().read_bytes() == content
    assert server.log == [LINK, FILE, LINK, FILE + " bytes=1000-", LINK, FILE]


def test_without_an_etag_the_date_tells_versions_apart(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.etags.clear()
    old, new = {"Last-Modified": "Mon"}, {"Last-Modified": "Tue"}
    server.file_faults += [Fault(cut=9, headers=old), Fault(cut=9, headers=old)]
    server.file_faults += [Fault(headers=new), Fault(headers=new)]
    assert fetch().read_bytes() == CONTENT
    ranges = ["", " bytes=9-", " bytes=18-", ""]
    assert server.log == [line for text in ranges for line in (LINK, FILE + text)]


@pytest.mark.parametrize(
    "content_range", ["", "bytes 7-9/10", f"bytes 999-{len(CONTENT) - 1}/{len(CONTENT)}", "words"]
)
def test_a_range_that_was_not_asked_for_is_not_glued_on(
    server: ExplorerServer, fetch: Callable[..., Path], content_range: str
) -> None:
    server.file_faults += [Fault(cut=1_000), Fault(headers={"Content-Range": content_range})]
    assert fetch().read_bytes() == CONTENT
    assert server.log == [LINK, FILE, LINK, FILE + " bytes=1000-", LINK, FILE]


def test_a_piece_of_the_range_is_continued(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    piece = CONTENT[1_000:1_500]
    headers = {"Content-Range": f"bytes 1000-1499/{len(CONTENT)}"}
    server.file_faults += [Fault(cut=1_000), Fault(status=206, body=piece, headers=headers)]
    server.file_faults[1].headers["ETag"] = '"one"'
    assert fetch().read_bytes() == CONTENT
    assert server.log[-1] == FILE + " bytes=1500-"


# Wrong content


@pytest.mark.parametrize("wrong", [-1, 1, 5_000], ids=str)
def test_a_wrong_length_never_gives_a_file(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path, wrong: int
) -> None:
    length = {"Content-Length": str(len(CONTENT) + wrong)}
    server.file_faults += [Fault(headers=length, ignore_range=True)] * 3
    fails(lambda: fetch(attempts=3), "CT-2023.zip")
    assert not (tmp_path / "new" / "CT-2023.zip").exists()


@pytest.mark.parametrize(
    "content", [b"<html>maintenance</html>", CONTENT[:-1], CONTENT[:500] + b"?" + CONTENT[501:]]
)
def test_a_damaged_archive_is_removed(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path, content: bytes
) -> None:
    server.files[KEY] = content
    fails(fetch, "CT-2023.zip", "not a readable zip", "removed")
    assert names_in(tmp_path) == []
    assert server.log == [LINK, FILE]


def test_an_archive_that_expands_too_far_is_refused(
    fetch: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_EXPANDED_LIMIT", 199_999)
    fails(fetch, "not a readable zip")
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("fault", [{"cut": 0}, {"chunked": True}], ids=["announced", "found out"])
def test_a_file_beyond_the_limit_is_refused_and_removed(
    server: ExplorerServer,
    fetch: Callable[..., Path],
    tmp_path: Path,
    fault: dict[str, int],
) -> None:
    server.file_faults.append(Fault(**fault))  # type: ignore[arg-type] # the fields vary
    fails(lambda: fetch(size_limit=len(CONTENT) - 1), "CT-2023.zip", str(len(CONTENT) - 1))
    assert names_in(tmp_path) == []
    assert server.log == [LINK, FILE]
    assert fetch(size_limit=len(CONTENT)).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [204, 304, 404, 410])
def test_a_refusal_of_the_store_is_final(
    server: ExplorerServer, fetch: Callable[..., Path], status: int
) -> None:
    server.file_faults.append(Fault(status=status))
    fails(fetch, "CT-2023.zip", f"status {status}")
    assert server.log == [LINK, FILE]


def test_a_folder_that_cannot_be_made_is_an_error(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "new").write_text("a file")
    fails(fetch, str(tmp_path / "new"), "folder")
    assert server.log == []


def test_a_folder_in_the_place_of_the_file_is_an_error(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "new" / "CT-2023.zip").mkdir(parents=True)
    fails(fetch, str(tmp_path / "new" / "CT-2023.zip"), "is a folder")
    assert server.log == []


def test_an_impossible_path_is_an_error(server: ExplorerServer, policy: TransferPolicy) -> None:
    fails(
        lambda: fetch_bundle(
            "CT", year=2023, folder=Path("a\0b"), base_url=server.url, policy=policy
        ),
        "null",
    )


def test_a_full_disk_is_an_error_that_keeps_the_part(
    server: ExplorerServer,
    fetch: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = Path.open

    def full(path: Path, mode: str = "r", **options: object) -> object:
        file = opened(path, mode, **options)  # type: ignore[call-overload] # passed through
        if mode == "ab" and file.tell() >= 1_000:
            file.close()
            raise OSError(errno.ENOSPC, "No space left on device")
        return file

    server.file_faults.append(Fault(cut=1_000))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        fails(fetch, str(tmp_path / "new"), "No space left on device", "free space")
    assert (tmp_path / "new" / "CT-2023.zip.part").read_bytes() == CONTENT[:1_000]
    assert fetch(attempts=1).read_bytes() == CONTENT
    assert server.log[-1] == FILE + " bytes=1000-"


@pytest.mark.parametrize("name", ["CT-2023.zip", "CT-2023.zip.part", "CT-2023.zip.part.json"])
def test_a_symbolic_link_does_not_lead_out_of_the_folder(
    fetch: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    leave_part(tmp_path, CONTENT[:1_000])
    (tmp_path / "new" / name).unlink(missing_ok=True)
    (tmp_path / "new" / name).symlink_to(outside)
    assert fetch().read_bytes() == CONTENT
    assert outside.read_bytes() == b"precious"
    assert not (tmp_path / "new" / "CT-2023.zip").is_symlink()
