import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import (
    AmbiguousMemberError,
    ArchiveTooLargeError,
    BundleError,
    EncryptedMemberError,
    MissingMemberError,
    NotAZipFileError,
    TruncatedArchiveError,
)
from core.nibrs import archive
from core.nibrs.archive import open_archive

NAME = "VT-2024.zip"
LOCAL_HEADER = 30
DIRECTORY_ENTRY = b"PK\x01\x02"


def zip_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, content in members:
            target.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / NAME
        path.write_bytes(content)
        return path

    return write


def read(path: Path, name: str = "a.csv") -> bytes:
    with open_archive(path) as opened:
        return opened.read(name).data


def put(content: bytes, *, offset: int, value: bytes) -> bytes:
    """The archive with bytes of its first directory entry replaced."""
    start = content.index(DIRECTORY_ENTRY) + offset
    return content[:start] + value + content[start + len(value) :]


def test_a_member_is_found_at_any_depth_and_in_any_case(write: Callable[[bytes], Path]) -> None:
    path = write(zip_of(("VT/", b""), ("VT/deep\\A.CSV", b"1"), ("VT/b.csv", b"2")))
    assert read(path) == b"1"
    assert read(path, "B.csv") == b"2"


def test_resource_forks_of_a_mac_are_no_members(write: Callable[[bytes], Path]) -> None:
    path = write(zip_of(("a.csv", b"1"), ("__MACOSX/a.csv", b"2"), ("__MACOSX/._a.csv", b"3")))
    assert read(path) == b"1"


def test_the_source_is_named_with_its_digest(write: Callable[[bytes], Path]) -> None:
    content = zip_of(("a.csv", b"1"))
    with open_archive(write(content)) as opened:
        assert opened.source.name == NAME
        assert opened.source.sha256 == hashlib.sha256(content).hexdigest()
        assert opened.source.size == len(content)


def test_an_absent_member_is_missed(write: Callable[[bytes], Path]) -> None:
    path = write(zip_of(("aa.csv", b"1"), ("a.csv/", b"")))
    with pytest.raises(MissingMemberError, match=r"VT-2024\.zip: .*a\.csv"):
        read(path)


@pytest.mark.parametrize("other", ["b/a.csv", "A.csv"])
def test_two_members_of_one_name_are_ambiguous(write: Callable[[bytes], Path], other: str) -> None:
    path = write(zip_of(("a.csv", b"1"), (other, b"2")))
    with pytest.raises(AmbiguousMemberError, match=r"2 members answer to a\.csv"):
        read(path)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NotAZipFileError),
        (b"<html>not found</html>", NotAZipFileError),
        (b"PK", NotAZipFileError),
        (zip_of(("a.csv", b"1" * 99))[:-10], TruncatedArchiveError),
        (zip_of(("a.csv", b"1" * 99))[:40], TruncatedArchiveError),
        (zip_of(), MissingMemberError),
    ],
)
def test_what_is_no_whole_zip_is_refused(
    write: Callable[[bytes], Path], content: bytes, error: type[BundleError]
) -> None:
    with pytest.raises(error, match=NAME):
        read(write(content))


def test_a_folder_and_an_absent_file_are_no_zip(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.zip", tmp_path / "x\0y.zip"):
        with pytest.raises(NotAZipFileError, match="cannot be opened"):
            read(path)


def test_a_member_without_a_name_is_no_member(write: Callable[[bytes], Path]) -> None:
    content = put(zip_of(("x", b"1"), ("a.csv", b"2")), offset=28, value=struct.pack("<HH", 0, 1))
    assert read(write(content)) == b"2"


def test_a_file_that_fails_while_it_is_read_is_named(
    write: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    path = write(zip_of(("a.csv", b"1")))
    monkeypatch.setattr(hashlib, "file_digest", fail)
    with pytest.raises(NotAZipFileError, match=r"cannot be read \(Input/output error\)"):
        read(path)


def test_a_member_longer_or_shorter_than_declared_is_damage(
    write: Callable[[bytes], Path],
) -> None:
    for size in (3, 5):
        declared = struct.pack("<L", size)
        content = put(zip_of(("a.csv", b"1234")), offset=24, value=declared)
        with pytest.raises(TruncatedArchiveError, match=r"a\.csv is damaged"):
            read(write(content))


def test_a_wrong_checksum_is_damage(write: Callable[[bytes], Path]) -> None:
    content = put(zip_of(("a.csv", b"1234")), offset=16, value=b"\0\0\0\0")
    with pytest.raises(TruncatedArchiveError, match=r"a\.csv is damaged.*CRC"):
        read(write(content))


def test_damaged_deflate_data_is_damage(write: Callable[[bytes], Path]) -> None:
    content = bytearray(zip_of(("a.csv", bytes(range(256)) * 9)))
    start = LOCAL_HEADER + len("a.csv")
    content[start : start + 20] = b"\xff" * 20
    with pytest.raises(TruncatedArchiveError, match=r"a\.csv is damaged"):
        read(write(bytes(content)))


@pytest.mark.parametrize("flag", [0x01, 0x41])
def test_an_encrypted_member_is_refused(write: Callable[[bytes], Path], flag: int) -> None:
    content = put(zip_of(("a.csv", b"1234")), offset=8, value=struct.pack("<H", flag))
    with pytest.raises(EncryptedMemberError, match=r"a\.csv is encrypted"):
        read(write(content))


@pytest.mark.parametrize("method", [9, 12, 14, 99])
def test_other_compression_is_refused(write: Callable[[bytes], Path], method: int) -> None:
    content = put(zip_of(("a.csv", b"1234")), offset=10, value=struct.pack("<H", method))
    with pytest.raises(NotAZipFileError, match=f"method {method}"):
        read(write(content))


def test_a_stored_member_is_read(write: Callable[[bytes], Path]) -> None:
    assert read(write(zip_of(("a.csv", b"1234"), method=zipfile.ZIP_STORED))) == b"1234"


def test_a_member_that_expands_too_much_is_refused(write: Callable[[bytes], Path]) -> None:
    path = write(zip_of(("a.csv", bytes(3 * 2**20)), ("b.csv", bytes(2**20))))
    with pytest.raises(ArchiveTooLargeError, match=r"a\.csv expands from [0-9,]+ to 3,145,728"):
        read(path)
    assert len(read(path, "b.csv")) == 2**20


def test_a_bomb_that_lies_about_its_size_yields_no_more_than_it_says(
    write: Callable[[bytes], Path],
) -> None:
    bomb = put(zip_of(("a.csv", bytes(64 * 2**20))), offset=24, value=struct.pack("<L", 1000))
    with pytest.raises(TruncatedArchiveError, match=r"a\.csv is damaged"):
        read(write(bomb))


def test_each_member_and_all_together_are_bounded(
    write: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(zip_of(("a.csv", b"1" * 600), ("b.csv", b"1" * 600), ("c.csv", b"1" * 900)))
    monkeypatch.setattr(archive, "MAXIMUM_MEMBER_SIZE", 800)
    monkeypatch.setattr(archive, "MAXIMUM_TOTAL_SIZE", 1000)
    with pytest.raises(ArchiveTooLargeError, match=r"c\.csv"):
        read(path, "c.csv")
    with open_archive(path) as opened:
        opened.read("a.csv")
        with pytest.raises(ArchiveTooLargeError, match="at most 400"):
            opened.read("b.csv")


def test_members_read_together_come_in_order_and_are_bounded_together(
    write: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(zip_of(("a.csv", b"1" * 600), ("b.csv", b"2" * 500)))
    with open_archive(path) as opened:
        members = opened.read_together(("b.csv", "a.csv"))
    assert [member.data[:1] for member in members] == [b"2", b"1"]
    monkeypatch.setattr(archive, "MAXIMUM_TOTAL_SIZE", 1000)
    with open_archive(path) as opened, pytest.raises(ArchiveTooLargeError, match=r"a\.csv"):
        opened.read_together(("b.csv", "a.csv"))


def test_damage_is_told_of_members_read_together(write: Callable[[bytes], Path]) -> None:
    path = write(put(zip_of(("a.csv", b"1"), ("b.csv", b"2")), offset=16, value=b"\0\0\0\0"))
    with open_archive(path) as opened, pytest.raises(TruncatedArchiveError, match=r"a\.csv"):
        opened.read_together(("b.csv", "a.csv"))
