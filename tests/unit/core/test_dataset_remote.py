"""Datasets in object storage: a copy is whole or it is not made, and holds nothing that is old."""

import fcntl
import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.dataset import MANIFEST_NAME, Dataset, open_dataset
from core.dataset_remote import (
    keep_evaluation,
    mirror_dataset,
    opened_dataset,
    publish_dataset,
    writing_dataset,
)
from core.errors import (
    DatasetDamagedError,
    DatasetError,
    DatasetMissingError,
    DatasetVersionError,
    StorageError,
)
from core.storage import Store, open_store, parse_address
from tests.support.object_stores import FaultyFileSystem, faulty_store
from tests.support.small_dataset import write_small_dataset

ADDRESS = "memory://bucket/artifacts/small"


@dataclass(frozen=True, kw_only=True)
class Published:
    """A dataset, its published twin, and where the copy shall be."""

    dataset: Dataset
    store: Store
    filesystem: FaultyFileSystem
    copy: Path

    def asked(self, verb: str) -> list[str]:
        """Names of the files that the store was asked for since the last question."""
        names = [what.rsplit("/", 1)[-1] for what in self.filesystem.asked if what.startswith(verb)]
        self.filesystem.asked.clear()
        return names

    def content(self, name: str) -> bytes:
        """A file as it lies in the store."""
        return self.store.read(name)

    def overwrite(self, name: str, content: bytes) -> None:
        self.filesystem.pipe_file(f"{ADDRESS}/{name}", content)


@pytest.fixture
def published(tmp_path: Path) -> Published:
    dataset = write_small_dataset(tmp_path / "built" / "small", synthetic=False)
    store, filesystem = faulty_store(ADDRESS)
    publish_dataset(dataset, store=store)
    filesystem.asked.clear()
    return Published(
        dataset=dataset, store=store, filesystem=filesystem, copy=tmp_path / "copies" / "small"
    )


def another_version(published: Published) -> Dataset:
    """The same with no map: a part of the files is the same."""
    return write_small_dataset(published.dataset.folder, synthetic=False, with_map=False)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def files_of(dataset: Dataset) -> set[str]:
    return {record.file for record in dataset.manifest.files.values()} | {MANIFEST_NAME}


def test_a_copy_is_what_was_published(published: Published) -> None:
    assert mirror_dataset(published.store, folder=published.copy)
    assert open_dataset(published.copy).manifest == published.dataset.manifest
    assert names(published.copy) == files_of(published.dataset)


def test_nothing_is_fetched_twice(published: Published) -> None:
    mirror_dataset(published.store, folder=published.copy)
    published.asked("")
    assert not mirror_dataset(published.store, folder=published.copy)
    assert published.asked("") == [MANIFEST_NAME]


def test_of_a_new_version_only_what_is_new_is_fetched_and_old_files_go_later(
    published: Published,
) -> None:
    mirror_dataset(published.store, folder=published.copy)
    old = files_of(published.dataset)
    new = another_version(published)
    publish_dataset(new, store=published.store)
    published.asked("")
    assert mirror_dataset(published.store, folder=published.copy)
    assert set(published.asked("fetch")) == files_of(new) - old
    assert names(published.copy) == files_of(new) | old
    assert open_dataset(published.copy).manifest == new.manifest
    assert not mirror_dataset(published.store, folder=published.copy)
    assert names(published.copy) == files_of(new) | old  # another process may be opening it
    os.utime(published.copy / MANIFEST_NAME, (0, 0))
    assert not mirror_dataset(published.store, folder=published.copy)
    assert names(published.copy) == files_of(new)


def test_the_manifest_is_published_last_and_what_is_old_removed_after_it(
    published: Published,
) -> None:
    old = files_of(published.dataset)
    published.overwrite("notes of others.txt", b"x")
    new = another_version(published)
    publish_dataset(new, store=published.store)
    done = [what for what in published.filesystem.asked if not what.startswith("list")]
    verbs = [what.split(" ")[0] for what in done]
    manifest = done.index(f"put {ADDRESS}/{MANIFEST_NAME}")
    assert verbs == ["put"] * (manifest + 1) + ["remove"] * (len(done) - manifest - 1)
    assert manifest == len(files_of(new) - old)
    assert set(published.store.files()) == files_of(new) | {"notes of others.txt"}


def test_a_publication_that_fails_leaves_the_old_dataset(published: Published) -> None:
    new = another_version(published)
    left = [3]

    def fail_at_the_third(what: str) -> None:
        left[0] -= what.startswith("put")
        if left[0] == 0:
            raise OSError("the line is cut")

    published.filesystem.before = fail_at_the_third
    with pytest.raises(StorageError, match="the line is cut"):
        publish_dataset(new, store=published.store)
    published.filesystem.before = lambda _: None
    mirror_dataset(published.store, folder=published.copy)
    assert open_dataset(published.copy).manifest == published.dataset.manifest
    publish_dataset(new, store=published.store)
    assert set(published.store.files()) == files_of(new)


def test_a_file_that_came_half_is_put_again(published: Published) -> None:
    name = published.dataset.path("panel").name
    whole = published.content(name)
    published.overwrite(name, whole[:-10])
    publish_dataset(published.dataset, store=published.store)
    assert published.content(name) == whole


def test_a_copy_that_was_interrupted_goes_on(published: Published) -> None:
    left = [4]

    def fail_at_the_fourth(what: str) -> None:
        left[0] -= what.startswith("fetch")
        if left[0] == 0:
            raise TimeoutError

    published.filesystem.before = fail_at_the_fourth
    with pytest.raises(StorageError, match="cannot be fetched"):
        mirror_dataset(published.store, folder=published.copy)
    assert MANIFEST_NAME not in names(published.copy)
    assert not [name for name in names(published.copy) if name.endswith(".part")]
    published.filesystem.before = lambda _: None
    published.asked("")
    assert mirror_dataset(published.store, folder=published.copy)
    assert len(published.asked("fetch")) == len(published.dataset.manifest.files) - 3
    open_dataset(published.copy)


def test_what_is_replaced_while_it_is_copied_is_copied_anew(published: Published) -> None:
    new = another_version(published)
    todo = [lambda: publish_dataset(new, store=published.store)]

    def replace_at_the_first(what: str) -> None:
        if what.startswith("fetch") and todo:
            todo.pop()()

    published.filesystem.before = replace_at_the_first
    assert mirror_dataset(published.store, folder=published.copy)
    assert open_dataset(published.copy).manifest == new.manifest


def changed(manifest: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(manifest), **values}).encode()


def outside(manifest: bytes) -> bytes:
    files = json.loads(manifest)["files"]
    files["panel"]["file"] = "../panel.parquet"
    return changed(manifest, files=files)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda manifest: manifest[:-20], DatasetDamagedError),
        (lambda _: b"[1]", DatasetVersionError),
        (lambda manifest: changed(manifest, schema_version=0), DatasetVersionError),
        (lambda manifest: changed(manifest, versions=3), DatasetDamagedError),
        (lambda manifest: changed(manifest, dataset_sha256="0" * 64), DatasetDamagedError),
        (outside, DatasetDamagedError),
    ],
)
def test_a_bad_manifest_is_refused_by_its_address_and_the_copy_stays(
    spoil: Callable[[bytes], bytes], error: type[DatasetError], published: Published
) -> None:
    mirror_dataset(published.store, folder=published.copy)
    published.overwrite(MANIFEST_NAME, spoil(published.content(MANIFEST_NAME)))
    with pytest.raises(error, match=f"{ADDRESS}/{MANIFEST_NAME}: .*--out {ADDRESS}'"):
        mirror_dataset(published.store, folder=published.copy)
    assert open_dataset(published.copy).manifest == published.dataset.manifest


@pytest.mark.parametrize("what", ["it is not there", "its sha256 is"])
def test_a_file_that_is_not_as_listed_is_refused_and_the_copy_stays(
    what: str, published: Published
) -> None:
    mirror_dataset(published.store, folder=published.copy)
    new = another_version(published)
    publish_dataset(new, store=published.store)
    name = (files_of(new) - files_of(published.dataset)).pop()
    if what == "it is not there":
        published.store.remove(name)
    else:
        published.overwrite(name, b"x" + published.content(name)[1:])
    with pytest.raises(DatasetDamagedError, match=f"{ADDRESS}/{name}: .*{what}"):
        mirror_dataset(published.store, folder=published.copy)
    assert open_dataset(published.copy).manifest == published.dataset.manifest


def test_a_damaged_copy_is_mended_by_a_thorough_look(published: Published) -> None:
    mirror_dataset(published.store, folder=published.copy)
    first, second, *_ = published.dataset.manifest.files.values()
    (published.copy / first.file).unlink()
    (published.copy / second.file).write_bytes(bytes(second.size))
    published.asked("")
    mirror_dataset(published.store, folder=published.copy)
    assert published.asked("fetch") == [first.file]
    mirror_dataset(published.store, folder=published.copy, thorough=True)
    assert published.asked("fetch") == [second.file]
    open_dataset(published.copy)


def test_of_several_at_once_one_fetches_and_the_others_wait(published: Published) -> None:
    together = threading.Barrier(4)

    def mirror() -> None:
        together.wait()
        mirror_dataset(published.store, folder=published.copy)

    threads = [threading.Thread(target=mirror) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fetched = published.asked("fetch")
    assert sorted(fetched) == sorted(files_of(published.dataset) - {MANIFEST_NAME})
    open_dataset(published.copy)


def test_who_does_not_wait_leaves_it_to_the_other(published: Published) -> None:
    published.copy.mkdir(parents=True)
    with (published.copy.parent / f".{published.copy.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not mirror_dataset(published.store, folder=published.copy, wait=False)
    assert published.filesystem.asked == []
    assert mirror_dataset(published.store, folder=published.copy, wait=False)


def test_there_is_no_dataset_where_no_manifest_is(tmp_path: Path) -> None:
    store, _ = faulty_store("memory://bucket/none")
    with pytest.raises(DatasetMissingError, match="--out memory://bucket/none'"):
        mirror_dataset(store, folder=tmp_path / "none")


def test_a_folder_that_cannot_be_written_is_named(published: Published, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file")
    with pytest.raises(DatasetError, match=f"{published.copy}: the copy of {ADDRESS} could not"):
        mirror_dataset(published.store, folder=published.copy)


@pytest.mark.usefixtures("memory")
def test_writing_publishes_at_the_end_and_opening_copies() -> None:
    with writing_dataset(ADDRESS) as folder:
        written = write_small_dataset(folder, synthetic=True)
    assert not folder.exists()
    with opened_dataset(ADDRESS) as dataset:
        assert dataset.name == "small"
        assert dataset.manifest == written.manifest
        assert dataset.table("panel").height > 0
    assert not dataset.folder.exists()


def test_a_shared_folder_can_be_an_object_store_too(tmp_path: Path) -> None:
    address = f"file://{tmp_path}/share/small"
    with writing_dataset(address) as folder:
        write_small_dataset(folder, synthetic=True)
    with writing_dataset(address) as folder:
        written = write_small_dataset(folder, synthetic=True, with_map=False)
    assert names(tmp_path / "share" / "small") == files_of(written)
    with opened_dataset(address) as dataset:
        assert dataset.manifest == written.manifest


@pytest.mark.usefixtures("memory")
def test_what_fails_is_not_published() -> None:
    def fail() -> None:
        with writing_dataset(ADDRESS) as folder:
            write_small_dataset(folder, synthetic=True)
            raise DatasetError("half")

    with pytest.raises(DatasetError, match="half"):
        fail()
    assert open_store(parse_address(ADDRESS)).files() == {}


def test_folders_of_this_machine_are_taken_as_they_are(tmp_path: Path) -> None:
    with writing_dataset(str(tmp_path / "one")) as folder:
        write_small_dataset(folder, synthetic=True)
    with opened_dataset(str(tmp_path / "one")) as dataset:
        assert dataset.folder == tmp_path / "one"
        keep_evaluation(dataset, where=str(tmp_path / "one"), kind="risk", content={"a": 1})
    assert open_dataset(tmp_path / "one").evaluation("risk") is not None


@pytest.mark.usefixtures("memory")
def test_evaluations_are_kept_there_beside_each_other() -> None:
    with writing_dataset(ADDRESS) as folder:
        write_small_dataset(folder, synthetic=True)
    with opened_dataset(ADDRESS) as one, opened_dataset(ADDRESS) as other:
        keep_evaluation(one, where=ADDRESS, kind="volume", content={"a": 1})
        keep_evaluation(other, where=ADDRESS, kind="risk", content={"b": 2})
    with opened_dataset(ADDRESS) as dataset:
        volume, risk = dataset.evaluation("volume"), dataset.evaluation("risk")
    assert volume is not None
    assert risk is not None
    assert (volume["a"], risk["b"]) == (1, 2)


@pytest.mark.usefixtures("memory")
def test_an_evaluation_of_what_was_replaced_meanwhile_is_not_kept() -> None:
    with writing_dataset(ADDRESS) as folder:
        write_small_dataset(folder, synthetic=True)
    with opened_dataset(ADDRESS) as dataset:
        with writing_dataset(ADDRESS) as folder:
            write_small_dataset(folder, synthetic=True, with_map=False)
        with pytest.raises(DatasetError, match=f"evaluate risk {ADDRESS} --save' again"):
            keep_evaluation(dataset, where=ADDRESS, kind="risk", content={})
    with opened_dataset(ADDRESS) as dataset:
        assert dataset.evaluation("risk") is None
