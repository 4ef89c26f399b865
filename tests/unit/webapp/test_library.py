"""The datasets of a server: which is the default, lazily opened others, new versions on disk."""

import logging
import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.dataset import MANIFEST_NAME, Dataset, open_dataset
from core.errors import DatasetDamagedError, DatasetMissingError
from tests.support.county_dataset import write_county_dataset
from tests.support.small_dataset import settings_for, write_small_dataset
from webapp.app import create_app
from webapp.cache import ViewCache, open_cache
from webapp.library import Library
from webapp.pages.router import site_of
from webapp.queries import Queries
from webapp.settings import Settings
from webapp.site import Site, open_site


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of artifacts with two datasets of reported offences."""
    for name in ("first", "second"):
        write_small_dataset(tmp_path / "artifacts" / name, synthetic=False)
    return tmp_path / "artifacts"


@pytest.fixture
def settings(shelf: Path, tmp_path: Path) -> Settings:
    return replace(settings_for(shelf, cache=tmp_path / "cache"), dataset=None, artifacts=shelf)


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def open_library(opened: list[str]) -> Callable[[Settings], Library]:
    from flask import Flask  # noqa: PLC0415 - only the cache needs a server

    def start(settings: Settings) -> Library:
        backend = open_cache(Flask("x"), settings=settings)

        def make_site(dataset: Dataset) -> Site:
            opened.append(dataset.name)
            version = dataset.manifest.dataset_sha256
            return open_site(Queries(dataset, cache=ViewCache(backend, version=version)))

        return Library(settings, make_site=make_site, in_background=False)

    return start


def rewrite(folder: Path, *, synthetic: bool) -> None:
    """Write the dataset anew, as a build does."""
    shutil.rmtree(folder)
    write_small_dataset(folder, synthetic=synthetic)


def test_the_default_is_the_newest_reported_dataset_then_the_demo(
    tmp_path: Path, open_library: Callable[[Settings], Library]
) -> None:
    folder = tmp_path / "artifacts"
    given = replace(settings_for(folder, cache=tmp_path / "c"), dataset=None, artifacts=folder)
    with pytest.raises(DatasetMissingError, match="ctcrimes build"):
        open_library(given)
    write_small_dataset(folder / "other-simulation", synthetic=True)
    with pytest.raises(DatasetMissingError, match="ctcrimes build"):
        open_library(given)
    write_small_dataset(folder / "ct-demo", synthetic=True)
    assert open_library(given).default.queries.dataset.name == "ct-demo"
    write_small_dataset(folder / "a-reported", synthetic=False)
    assert open_library(given).default.queries.dataset.name == "a-reported"
    named = replace(given, dataset=folder / "ct-demo")
    assert open_library(named).default.queries.dataset.name == "ct-demo"


def test_a_damaged_dataset_that_nobody_named_is_passed_over(
    settings: Settings,
    shelf: Path,
    open_library: Callable[[Settings], Library],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = shelf / "bad"
    bad.mkdir()
    (bad / MANIFEST_NAME).write_text("{")
    library = open_library(settings)
    assert library.default.queries.dataset.name in ("first", "second")
    assert "a dataset is passed over" in caplog.text
    assert [each.name for each in library.shelves()] == ["first", "second"]
    with pytest.raises(DatasetDamagedError):
        open_library(replace(settings, dataset=bad))


def test_others_are_opened_when_asked_for_and_only_once(
    settings: Settings, open_library: Callable[[Settings], Library], opened: list[str]
) -> None:
    library = open_library(settings)
    default = library.default.queries.dataset.name
    other = "first" if default == "second" else "second"
    assert opened == [default]
    assert library.site(other).queries.dataset.name == other
    assert library.site(other) is library.site(other)
    assert library.site("") is library.site(default) is library.default
    assert opened == [default, other]
    assert library.with_geometry(library.site(other).digest) is not None
    assert library.with_geometry("0" * 12) is None


@pytest.mark.parametrize("name", ["third", "..", "../first", "/etc", "first/", ".", "\0"])
def test_a_name_that_is_not_on_the_shelf_opens_nothing(
    name: str, settings: Settings, open_library: Callable[[Settings], Library]
) -> None:
    library = open_library(settings)
    with pytest.raises(DatasetMissingError):
        library.site(name)
    site, repairs = site_of(f"?data={name}", library=library)
    assert site is library.default
    assert repairs[0].startswith("There is no dataset") or name == "\0"


def test_map_layers_of_a_dataset_that_another_worker_opened(
    shelf: Path,
    settings: Settings,
    open_library: Callable[[Settings], Library],
    opened: list[str],
) -> None:
    write_county_dataset(shelf / "third")
    library = open_library(settings)
    digest = open_dataset(shelf / "third").manifest.dataset_sha256[:12]

    found = library.with_geometry(digest)

    assert found is not None
    assert found.queries.dataset.name == "third"
    assert opened[-1] == "third"


MEGABYTE = 1024 * 1024


@pytest.fixture
def of_ten_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every dataset take as much."""
    monkeypatch.setattr(Site, "held_bytes", property(lambda _: 10 * MEGABYTE))


@pytest.mark.usefixtures("of_ten_megabytes")
@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (30, ["first", "second", "third", "fourth"]),
        (20, ["first", "second", "third", "fourth", "third"]),
        (19, ["first", "second", "third", "second", "fourth", "second", "third"]),
    ],
)
def test_the_least_used_are_let_go_under_the_bound_and_the_default_never(
    bound: int,
    expected: list[str],
    shelf: Path,
    settings: Settings,
    open_library: Callable[[Settings], Library],
    opened: list[str],
) -> None:
    for name in ("third", "fourth"):
        write_small_dataset(shelf / name, synthetic=False)
    library = open_library(replace(settings, dataset=shelf / "first", open_mb=bound))
    for name in ("second", "third", "second", "fourth", "second", "third", "first"):
        assert library.site(name).queries.dataset.name == name
    assert opened == expected


@pytest.mark.usefixtures("of_ten_megabytes")
def test_the_one_just_asked_for_stays_even_if_it_alone_is_over_the_bound(
    shelf: Path,
    settings: Settings,
    open_library: Callable[[Settings], Library],
    opened: list[str],
) -> None:
    library = open_library(replace(settings, dataset=shelf / "first", open_mb=0))
    assert library.site("second") is library.site("second")
    assert opened == ["first", "second"]


@pytest.mark.usefixtures("of_ten_megabytes")
def test_the_map_of_a_page_is_found_after_its_dataset_was_let_go(
    shelf: Path, settings: Settings, open_library: Callable[[Settings], Library]
) -> None:
    write_small_dataset(shelf / "second", synthetic=False, with_map=False)
    write_small_dataset(shelf / "third", synthetic=False, with_risk=False)
    library = open_library(replace(settings, dataset=shelf / "second", open_mb=0))
    digest = library.site("third").digest
    library.site("first")
    found = library.with_geometry(digest)
    assert found is not None
    assert found.digest == digest
    assert library.with_geometry("") is None


def test_two_who_ask_for_the_same_dataset_at_once_open_it_once(
    shelf: Path, settings: Settings, tmp_path: Path
) -> None:
    from flask import Flask  # noqa: PLC0415 - as above

    backend = open_cache(Flask("x"), settings=replace(settings, cache_dir=tmp_path / "other"))
    going, may_go_on, opened = threading.Event(), threading.Event(), []

    def make_site(dataset: Dataset) -> Site:
        opened.append(dataset.name)
        if dataset.name == "second":
            going.set()
            assert may_go_on.wait(timeout=60)
        version = dataset.manifest.dataset_sha256
        return open_site(Queries(dataset, cache=ViewCache(backend, version=version)))

    write_small_dataset(shelf / "third", synthetic=False)
    named = replace(settings, dataset=shelf / "first")
    library = Library(named, make_site=make_site, in_background=False)
    with ThreadPoolExecutor(max_workers=4) as threads:
        asked = [threads.submit(library.site, "second") for _ in range(4)]
        assert going.wait(timeout=60)
        # Another dataset does not wait for this one, nor does the default.
        assert library.site("third").queries.dataset.name == "third"
        assert library.site("").queries.dataset.name == "first"
        may_go_on.set()
        sites = {id(each.result()) for each in asked}
    assert len(sites) == 1
    assert sorted(opened) == ["first", "second", "third"]


def test_what_became_old_while_it_was_opened_is_not_kept(
    shelf: Path, settings: Settings, open_library: Callable[[Settings], Library]
) -> None:
    library = open_library(replace(settings, dataset=shelf / "first"))
    make_site = library._make_site

    def slowly(dataset: Dataset) -> Site:
        site = make_site(dataset)
        library._make_site = make_site
        rewrite(shelf / "second", synthetic=True)
        rewrite(shelf / "first", synthetic=True)
        library.look()
        return site

    library._make_site = slowly
    assert not library.site("second").queries.dataset.synthetic
    assert library.site("second").queries.dataset.synthetic


def test_a_new_version_is_opened_and_a_bad_one_is_refused(
    shelf: Path,
    settings: Settings,
    open_library: Callable[[Settings], Library],
    caplog: pytest.LogCaptureFixture,
) -> None:
    library = open_library(replace(settings, dataset=shelf / "first"))
    old, first = library.default, library.generation
    library.look()
    assert library.default is old
    assert library.generation == first

    manifest = shelf / "first" / MANIFEST_NAME
    good = manifest.read_text()
    manifest.write_text(good[: len(good) // 2])
    with caplog.at_level(logging.ERROR, logger="ctcrimes"):
        library.look()
        library.look()
    assert library.default is old
    assert str(manifest) in library.refused
    assert len([r for r in caplog.records if "refused" in r.message]) == 1
    assert library.generation == first + 1  # another dataset may have come or gone

    rewrite(shelf / "first", synthetic=True)
    library.look()
    assert library.refused == ""
    assert library.default is not old
    assert library.default.queries.dataset.synthetic
    assert library.generation == first + 2


def test_a_manifest_touched_without_a_change_opens_nothing(
    shelf: Path,
    settings: Settings,
    open_library: Callable[[Settings], Library],
    opened: list[str],
) -> None:
    library = open_library(replace(settings, dataset=shelf / "first"))
    os.utime(shelf / "first" / MANIFEST_NAME, ns=(1, 1))
    library.look()
    assert opened == ["first"]


def test_the_server_looks_at_most_every_few_seconds(
    shelf: Path,
    settings: Settings,
    open_library: Callable[[Settings], Library],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("webapp.library.time.monotonic", lambda: now[0])
    library = open_library(replace(settings, dataset=shelf / "first"))
    old = library.default
    rewrite(shelf / "first", synthetic=True)
    now[0] += 1.9
    assert library.default is old
    now[0] += 0.2
    assert library.default is not old


def test_pages_tables_and_readiness_speak_of_the_dataset_that_is_asked_for(
    shelf: Path, settings: Settings
) -> None:
    rewrite(shelf / "second", synthetic=True)
    client = create_app(replace(settings, dataset=shelf / "first")).server.test_client()
    assert "simulated" not in client.get("/data/map.csv").get_data(as_text=True).lower()
    other = client.get("/data/map.csv?data=second").get_data(as_text=True)
    assert "simulated" in other.lower()
    assert client.get("/data/map.csv?data=third").status_code == 404
    assert client.get("/data/search.json?data=third").status_code == 404
    page = client.get("/town/alder?data=second").get_data(as_text=True)
    assert "Simulated data" in page
    assert '<option value="second" selected>' in page
    ready = client.get("/ready").get_json()
    assert (ready["dataset"], ready["datasets"], ready["refused"]) == (
        "first", ["first", "second"], "",
    )  # fmt: skip
