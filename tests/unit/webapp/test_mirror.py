"""Copies of object storage: what a server shows goes on whatever becomes of the store."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.dataset import MANIFEST_NAME, Dataset, open_dataset
from core.dataset_remote import publish_dataset, writing_dataset
from core.errors import SettingsError
from core.storage import Address, Store, parse_address
from tests.support.object_stores import FaultyFileSystem
from tests.support.small_dataset import settings_for, write_small_dataset
from webapp import preparation
from webapp.app import create_app
from webapp.cache import ViewCache, open_cache
from webapp.library import Library
from webapp.mirror import Mirror
from webapp.queries import Queries
from webapp.settings import Settings
from webapp.site import Site, open_site

ARTIFACTS = parse_address("memory://bucket/artifacts")


@dataclass(frozen=True, kw_only=True)
class Shop:
    """An object store with datasets, a clock, and where the copies go."""

    filesystem: FaultyFileSystem
    settings: Settings
    now: list[float]
    work: Path

    def publish(self, name: str, *, synthetic: bool = False) -> Dataset:
        folder = self.work / "built" / name
        dataset = write_small_dataset(folder, synthetic=synthetic)
        publish_dataset(dataset, store=self.opened(ARTIFACTS.inside(name)))
        return dataset

    def opened(self, address: Address) -> Store:
        return Store(address, filesystem=self.filesystem)

    def mirror(self, settings: Settings | None = None, *, in_background: bool = False) -> Mirror:
        return Mirror(
            settings or self.settings,
            opener=self.opened,
            clock=lambda: self.now[0],
            in_background=in_background,
        )

    def library(self, mirror: Mirror) -> Library:
        from flask import Flask  # noqa: PLC0415 - only the cache needs a server

        backend = open_cache(Flask("x"), settings=self.settings)

        def make_site(dataset: Dataset) -> Site:
            version = dataset.manifest.dataset_sha256
            return open_site(Queries(dataset, cache=ViewCache(backend, version=version)))

        return Library(self.settings, make_site=make_site, mirror=mirror, in_background=False)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    local = settings_for(tmp_path / "none", cache=tmp_path / "cache")
    settings = replace(local, dataset=None, artifacts=ARTIFACTS, mirror_dir=tmp_path / "mirror")
    return Shop(filesystem=FaultyFileSystem(), settings=settings, now=[100.0], work=tmp_path)


def cut(shop: Shop) -> None:
    """Let every question end in an error from now on."""

    def fail(_: str) -> None:
        raise ConnectionError("nobody answers")

    shop.filesystem.before = fail


def mend(shop: Shop) -> None:
    shop.filesystem.before = lambda _: None


def copies(mirror: Mirror) -> set[str]:
    return {path.name for path in mirror.artifacts.iterdir() if path.is_dir()}


def test_every_dataset_of_the_store_is_copied_and_nothing_else(shop: Shop) -> None:
    shop.publish("one")
    shop.publish("two")
    shop.filesystem.pipe_file(f"{ARTIFACTS}/notes/readme.txt", b"x")
    shop.filesystem.pipe_file(f"{ARTIFACTS}/readme.txt", b"x")
    mirror = shop.mirror()
    assert mirror.bring() == ""
    assert mirror.dataset is None
    assert {name for name in copies(mirror) if (mirror.artifacts / name / MANIFEST_NAME).exists()} \
        == {"one", "two"}  # fmt: skip
    assert open_dataset(mirror.artifacts / "one").facts.state == "CT"


def test_a_named_dataset_is_copied_alone_under_its_name(shop: Shop) -> None:
    shop.publish("one")
    shop.publish("two")
    named = replace(
        shop.settings, dataset=ARTIFACTS.inside("two"), artifacts=shop.work / "artifacts"
    )
    mirror = shop.mirror(named)
    assert not mirror.has_copy
    assert mirror.bring() == ""
    assert mirror.has_copy
    assert mirror.dataset is not None
    assert open_dataset(mirror.dataset).name == "two"
    assert mirror.artifacts == shop.work / "artifacts"
    assert not any("/one" in what for what in shop.filesystem.asked if "fetch" in what)


def test_a_named_dataset_and_its_shelf_share_one_copy(shop: Shop) -> None:
    shop.publish("one")
    named = replace(shop.settings, dataset=ARTIFACTS.inside("one"))
    mirror = shop.mirror(named)
    mirror.bring()
    assert mirror.dataset == mirror.artifacts / "one"


def test_without_object_storage_nothing_is_asked(tmp_path: Path) -> None:
    def never(address: Address) -> Store:
        raise AssertionError(address)

    local = settings_for(tmp_path / "one", cache=tmp_path / "cache")
    mirror = Mirror(local, opener=never, in_background=False)
    mirror.look_when_due()
    assert (mirror.dataset, mirror.artifacts) == (local.dataset, local.artifacts)
    assert not mirror.is_remote


def test_what_is_taken_away_there_is_taken_away_here(shop: Shop) -> None:
    shop.publish("one")
    shop.publish("two")
    mirror = shop.mirror()
    mirror.bring()
    shop.filesystem.rm(f"{ARTIFACTS}/two", recursive=True)
    mirror.look()
    assert copies(mirror) == {"one"}


def test_a_store_that_is_empty_all_at_once_takes_no_copy_away(shop: Shop) -> None:
    shop.publish("one")
    mirror = shop.mirror()
    mirror.bring()
    shop.filesystem.rm(f"{ARTIFACTS}/one", recursive=True)
    mirror.look()
    assert f"--out {ARTIFACTS}/NAME" in mirror.fault
    assert mirror.has_copy


def test_a_damaged_dataset_is_named_and_keeps_no_other_from_being_copied(shop: Shop) -> None:
    shop.publish("one")
    shop.publish("two")
    shop.filesystem.pipe_file(f"{ARTIFACTS}/one/{MANIFEST_NAME}", b"{")
    mirror = shop.mirror()
    assert f"{ARTIFACTS}/one/{MANIFEST_NAME}" in mirror.bring()
    assert open_dataset(mirror.artifacts / "two").name == "two"


def test_the_store_is_asked_every_half_a_minute_and_not_more_often(shop: Shop) -> None:
    shop.publish("one")
    mirror = shop.mirror()
    mirror.bring()
    shop.filesystem.asked.clear()
    counts = []
    for seconds in (0.0, 29.0, 0.9, 0.2, 1.0):
        shop.now[0] += seconds
        mirror.look_when_due()
        counts.append(len(shop.filesystem.asked))
    # The list of datasets, and the manifest of one.
    assert counts == [0, 0, 0, 2, 2]


def test_the_library_opens_what_is_published_there(shop: Shop) -> None:
    shop.publish("one")
    mirror = shop.mirror(replace(shop.settings, dataset=ARTIFACTS.inside("one")))
    mirror.bring()
    library = shop.library(mirror)
    old = library.default
    shop.publish("one", synthetic=True)
    shop.publish("two")
    library.look()
    assert library.default is old
    mirror.look()
    library.look()
    assert library.default.queries.dataset.synthetic
    assert [shelf.name for shelf in library.shelves()] == ["one", "two"]
    assert library.site("two").queries.dataset.name == "two"


def test_without_the_store_the_old_dataset_goes_on_with_one_line_in_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.publish("one")
    mirror = shop.mirror()
    mirror.bring()
    library = shop.library(mirror)
    old = library.default
    cut(shop)
    with caplog.at_level(logging.WARNING, logger="ctcrimes"):
        for _ in range(3):
            shop.now[0] += 60
            assert library.default is old
        assert "nobody answers" in library.refused
        assert str(ARTIFACTS) in library.refused
        mend(shop)
        shop.now[0] += 60
        assert library.default is old
    assert library.refused == ""
    said = [record.getMessage() for record in caplog.records]
    assert [line.split(":")[0] for line in said] == ["object storage"] * 2
    assert "the copies that are here go on" in said[0]
    assert "up to date again" in said[1]


def test_nobody_waits_for_a_store_that_hangs_and_it_is_asked_once(shop: Shop) -> None:
    shop.publish("one")
    mirror = shop.mirror(in_background=True)
    mirror.bring()
    library = shop.library(mirror)
    asked, released = threading.Event(), threading.Event()

    def hang(_: str) -> None:
        asked.set()
        released.wait()

    shop.filesystem.before = hang
    shop.filesystem.asked.clear()
    try:
        for _ in range(5):
            shop.now[0] += 60
            assert library.default.queries.dataset.name == "one"
        assert asked.wait(timeout=60)
        mirror.look()  # returns at once: another one is at it
        assert len(shop.filesystem.asked) == 1
    finally:
        released.set()
    with mirror._bringing:  # until the one that hung has ended
        assert mirror.fault == ""


def test_a_folder_that_cannot_hold_copies_is_named_by_its_setting(shop: Shop) -> None:
    shop.settings.mirror_dir.write_text("a file")
    assert "CTCRIMES_MIRROR_DIR=" in shop.mirror().bring()


def test_a_folder_of_copies_of_another_user_ends_the_start(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.settings.mirror_dir.mkdir()
    monkeypatch.setattr("webapp.mirror.os.getuid", lambda: 4_000_000_000)
    with pytest.raises(SettingsError, match=r"CTCRIMES_MIRROR_DIR=.* belongs to another user"):
        shop.mirror()
    monkeypatch.setenv("CTCRIMES_ARTIFACTS", str(ARTIFACTS))
    monkeypatch.setenv("CTCRIMES_MIRROR_DIR", str(shop.settings.mirror_dir))
    with pytest.raises(SystemExit, match="belongs to another user"):
        preparation.prepare()


def test_other_addresses_have_other_folders(shop: Shop) -> None:
    other = replace(shop.settings, artifacts=parse_address("memory://bucket-artifacts"))
    assert shop.mirror().artifacts != shop.mirror(other).artifacts


@pytest.fixture
def named(tmp_path: Path, memory: None) -> Settings:  # noqa: ARG001 - emptied around the test
    """Settings that name a dataset of the store that every process of fsspec has in memory."""
    local = settings_for(tmp_path / "none", cache=tmp_path / "cache")
    return replace(
        local, dataset=parse_address("memory://shared/one"), mirror_dir=tmp_path / "mirror"
    )


def publish_shared(*, synthetic: bool) -> None:
    with writing_dataset("memory://shared/one") as folder:
        write_small_dataset(folder, synthetic=synthetic)


def get(app: Any, path: str) -> tuple[int, str]:  # noqa: ANN401 - Dash's own
    answer = app.server.test_client().get(path)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_start_copies_what_is_not_here_and_asks_nothing_where_it_is(
    named: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_shared(synthetic=True)
    assert get(create_app(named), "/data/map.csv")[0] == 200
    monkeypatch.setattr(Mirror, "bring", lambda _: pytest.fail("it is here already"))
    app = create_app(named)
    assert "simulated" in get(app, "/data/map.csv")[1].lower()


def test_a_start_mends_a_damaged_copy(named: Settings) -> None:
    publish_shared(synthetic=True)
    mirror = Mirror(named)
    mirror.bring()
    assert mirror.dataset is not None
    panel = open_dataset(mirror.dataset).path("panel")
    panel.write_bytes(bytes(panel.stat().st_size))
    assert get(create_app(named), "/data/map.csv")[0] == 200


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes on beside the caller is done before it goes on; looks are always due."""

    def thread(*, target: Callable[[], None], **_: object) -> SimpleNamespace:
        return SimpleNamespace(start=target)

    monkeypatch.setattr(
        "webapp.mirror.threading", SimpleNamespace(Thread=thread, Lock=threading.Lock)
    )
    monkeypatch.setattr("webapp.mirror._LOOK_AFTER", 0.0)
    monkeypatch.setattr("webapp.reopening._LOOK_AFTER", 0.0)


@pytest.mark.usefixtures("at_once")
def test_a_server_without_anything_says_why_until_there_is_something(named: Settings) -> None:
    app = create_app(named)
    status, text = get(app, "/")
    assert status == 503
    assert "memory://shared/one: no finished dataset here" in text
    publish_shared(synthetic=False)
    assert get(app, "/town/alder")[0] == 200


def test_a_preparation_without_anything_ends_the_start_in_words(
    named: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CTCRIMES_DATASET", str(named.dataset))
    monkeypatch.setenv("CTCRIMES_MIRROR_DIR", str(named.mirror_dir))
    with pytest.raises(SystemExit, match="nothing to show: memory://shared/one: no finished"):
        preparation.prepare()
    publish_shared(synthetic=False)
    preparation.prepare()
    assert caplog.text == ""
    monkeypatch.setattr("core.storage.Store.read", lambda *_: b"{")
    preparation.prepare()
    assert "the copies that are here go on: memory://shared/one/manifest.json" in caplog.text
