"""Real FBI bundles, from the files to what a visitor sees."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.build import Model, build_dataset
from core.dataset import Dataset

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Page]
Serve = Callable[[Path], str]


@pytest.fixture(scope="module")
def built(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Dataset]:
    """Build the dataset of one folder of bundles."""

    def build(name: str, *, models: bool = True) -> Dataset:
        bundles = sorted((real_data / name).glob("*.zip"))
        return build_dataset(
            bundles,
            out=tmp_path_factory.mktemp("artifacts") / name,
            models=tuple(Model) if models else (),
        )

    return build


@pytest.fixture(scope="module")
def partial_connecticut(built: Callable[..., Dataset], serve_folder: Serve) -> str:
    return serve_folder(built("ct-partial").folder)


def test_connecticut_is_on_the_map_and_new_haven_opens(
    visit: Visit, partial_connecticut: str
) -> None:
    page = visit(f"{partial_connecticut}/?measure=count")
    page.wait_for_selector("#map .choroplethlayer path")
    expect(page.locator(".banner")).to_have_count(0)
    expect(page.locator("#places tbody tr")).not_to_have_count(0)
    page.locator("#places").get_by_role("link", name="New Haven", exact=True).click()
    expect(page.locator("h1")).to_have_text("New Haven")
    expect(page.locator(".lead")).to_contain_text("New Haven police reported")
    page.wait_for_selector("#months .barlayer path")


# The models of Louisiana are fitted and judged in tests/real; here they would take minutes again.
@pytest.mark.parametrize(
    ("name", "state", "counties", "models"),
    [("vermont", "Vermont", 14, True), ("louisiana", "Louisiana", 64, False)],
)
def test_another_state_has_a_map_of_counties_and_lists_its_agencies(
    visit: Visit,
    built: Callable[..., Dataset],
    serve_folder: Serve,
    name: str,
    state: str,
    counties: int,
    models: bool,  # noqa: FBT001 - pytest fills it in by name
) -> None:
    dataset = built(name, models=models)
    page = visit(f"{serve_folder(dataset.folder)}/")
    expect(page.locator("h1")).to_have_text(f"Reported offences in {state}")
    page.wait_for_selector("#map .choroplethlayer path")
    expect(page.locator("#places tbody tr")).to_have_count(counties)
    agencies = page.locator("#all-agencies tbody")
    expect(agencies.locator("tr")).to_have_count(dataset.table("places").height)
    agencies.locator("a").first.click()
    expect(page.locator(".lead")).not_to_be_empty()
