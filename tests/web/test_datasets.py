"""Several datasets on one server, and a new version of one while it is shown."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.support.small_dataset import write_small_dataset

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    for name, synthetic in (("plain", False), ("made-up", True)):
        write_small_dataset(tmp_path / "artifacts" / name, synthetic=synthetic)
    return tmp_path / "artifacts"


def test_the_chosen_dataset_stays_the_same_on_every_way(
    visit: Visit, artifacts: Path, serve_folder: Callable[[Path], str]
) -> None:
    address = serve_folder(artifacts / "plain")
    page = visit(address)
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_label("Data shown").select_option("made-up")
    page.wait_for_url(f"{address}/?data=made-up")
    expect(page.locator(".banner")).to_be_visible()

    page.get_by_label("Year").select_option("2023")
    expect(page.locator("#places caption")).to_contain_text("2023")
    page.locator("#places tbody a").first.click()
    expect(page.locator("h1")).to_have_text("Alder")
    assert page.url == f"{address}/town/alder?year=2023&data=made-up"
    expect(page.locator("#months a[data-action=csv]")).to_have_attribute(
        "href", "/data/months.csv?year=2023&data=made-up&place=alder"
    )
    home = page.locator(".crumbs a").first
    expect(home).to_have_attribute("href", f"{address}/?data=made-up")

    lost = visit(f"{address}/?data=nothing")
    expect(lost.locator("#notice")).to_contain_text("There is no dataset “nothing” here")


def test_a_new_version_is_shown_without_a_restart(
    visit: Visit, artifacts: Path, serve_folder: Callable[[Path], str]
) -> None:
    folder = artifacts / "plain"
    address = serve_folder(folder)
    page = visit(address)
    expect(page.locator(".banner")).to_have_count(0)
    fresh = artifacts.parent / "fresh"
    write_small_dataset(fresh, synthetic=True)
    for path in sorted(fresh.iterdir(), key=lambda path: path.name == "manifest.json"):
        shutil.copy(path, folder / path.name)
    for _ in range(60):  # each worker looks for itself, every two seconds while it is asked
        with urlopen(f"{address}/ready", timeout=5) as answer:  # noqa: S310 - our own address
            if json.load(answer)["synthetic"]:
                break
        page.wait_for_timeout(100)
    else:
        pytest.fail("the new version was not shown within 6 s")
