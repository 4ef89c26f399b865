"""Addresses of object stores, and what is said when a store does not do what it should."""

import sys
from pathlib import Path

import pytest
from fsspec.registry import _registry as known_to_fsspec

from core.errors import RequestError, StorageDriverError, StorageError
from core.storage import Address, Store, is_address, open_store, parse_address
from tests.support.object_stores import faulty_store


@pytest.mark.parametrize(
    ("text", "protocol", "path", "name"),
    [
        ("s3://bucket", "s3", "bucket", "bucket"),
        ("s3://bucket/artifacts/ct-2024/", "s3", "bucket/artifacts/ct-2024", "ct-2024"),
        ("memory://a/b c", "memory", "a/b c", "b c"),
        ("file:///srv/data", "file", "/srv/data", "data"),
    ],
)
def test_an_address_has_a_protocol_a_path_and_a_name(
    text: str, protocol: str, path: str, name: str
) -> None:
    address = parse_address(text)
    assert (address.protocol, address.path, address.name) == (protocol, path, name)
    assert str(address) == text.rstrip("/")
    assert address.inside("x") == parse_address(f"{text.rstrip('/')}/x")
    assert address.inside("x").parent == str(address)


def test_a_bucket_stands_in_nothing() -> None:
    assert Address(protocol="s3", path="bucket").parent == "s3:"


@pytest.mark.parametrize(
    "text",
    [
        "s3://", "://bucket", "s3:///", "s3://bucket/../other", "s3://bucket/./x", "S3://bucket",
        "s3://bucket//name", "s3://bucket/a*", "s3://bucket/a?versionId=1", "s3://bucket/a#b",
        "s3://bucket/a\nb", "simplecache::s3://bucket/a", "artifacts/ct-demo",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(RequestError, match="expected the address of a folder in object storage"):
        parse_address(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(RequestError, match="belong in the environment") as told:
        parse_address("s3://key:secret@host/bucket")
    assert "secret" not in str(told.value)


def test_a_folder_of_this_machine_is_no_address() -> None:
    assert not is_address("/srv/artifacts/ct-demo")
    assert is_address("s3://bucket/ct-demo")


def test_files_are_put_listed_read_fetched_and_removed(tmp_path: Path) -> None:
    store, _ = faulty_store("memory://bucket/artifacts/one")
    (tmp_path / "x").write_bytes(b"12345")
    assert store.files() == {}
    store.put(tmp_path / "x", name="x.txt")
    store.put(tmp_path / "x", name=".hidden")
    store.inside("deeper").put(tmp_path / "x", name="y.txt")
    assert store.files() == {"x.txt": 5}
    assert store.folders() == ("deeper",)
    assert store.read("x.txt") == b"12345"
    store.fetch("x.txt", to=tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"12345"
    store.remove("x.txt")
    store.remove("x.txt")
    assert store.files() == {}
    with pytest.raises(FileNotFoundError):
        store.read("x.txt")
    with pytest.raises(FileNotFoundError):
        store.fetch("x.txt", to=tmp_path / "copy")


def test_trying_to_write_leaves_nothing_behind() -> None:
    store, filesystem = faulty_store("memory://bucket/one")
    store.try_writing()
    assert filesystem.store == {}


class OfTheClientError(Exception):
    """Clients of object stores raise types of their own."""


def asked(store: Store, how: str, *, work: Path) -> None:
    (work / "x").write_bytes(b"1")
    match how:
        case "read":
            store.read("x")
        case "fetch":
            store.fetch("x", to=work / "y")
        case "put":
            store.put(work / "x", name="x")
        case "remove":
            store.remove("x")
        case "list":
            store.files()


@pytest.mark.parametrize("error", [OfTheClientError("no\nkeys"), TimeoutError(), OSError(5, "no")])
@pytest.mark.parametrize("how", ["read", "fetch", "put", "remove", "list"])
def test_whatever_a_store_raises_is_told_in_one_line_with_what_to_do(
    how: str, error: Exception, tmp_path: Path
) -> None:
    store, filesystem = faulty_store("memory://bucket/one")

    def fail(_: str) -> None:
        raise error

    filesystem.before = fail
    with pytest.raises(StorageError) as told:
        asked(store, how, work=tmp_path)
    text = str(told.value)
    assert text.startswith("memory://bucket/one: cannot be ")
    assert "check the address" in text
    assert "\n" not in text


def test_a_bucket_that_is_not_there_takes_no_file(tmp_path: Path) -> None:
    store, filesystem = faulty_store("memory://bucket/one")

    def missing(_: str) -> None:
        raise FileNotFoundError("The specified bucket does not exist")

    filesystem.before = missing
    with pytest.raises(StorageError, match=r"cannot be written \(The specified bucket"):
        asked(store, "put", work=tmp_path)


def test_a_client_that_is_not_installed_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    # What another test has spoken to is known to fsspec without an import.
    monkeypatch.delitem(known_to_fsspec, "s3", raising=False)
    with pytest.raises(StorageDriverError, match=r"pip install '\.\[s3\]'"):
        open_store(parse_address("s3://bucket/one"))
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(StorageDriverError, match=r"pip install '\.\[s3\]'"):
        open_store(parse_address("s3://bucket/one"))


def test_a_kind_of_store_that_nobody_knows_is_refused() -> None:
    with pytest.raises(StorageDriverError, match="expected s3://"):
        open_store(parse_address("s4://bucket/one"))
