"""A map of counties in a browser: choosing a county, and going on to one of its agencies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def counties(county_folder: Path, serve_folder: Callable[[Path], str]) -> str:
    return serve_folder(county_folder)


def inside_of(page: Page, *, geoid: str) -> tuple[float, float]:
    """A point in the upper part of a county, which is on the screen."""
    box = page.evaluate(
        """geoid => {
          const paths = [...document.querySelectorAll('#map .choroplethlayer path')].reverse();
          const drawn = paths.find(path => path.__data__?.loc === geoid);
          const { x, y, width, height } = drawn.getBoundingClientRect();
          return [x + width / 2, y + height / 8];
        }""",
        geoid,
    )
    return box[0], box[1]


def test_a_click_keeps_a_county_and_its_agencies_are_links(visit: Visit, counties: str) -> None:
    page = visit(f"{counties}/?year=2023")
    page.wait_for_selector("#map .choroplethlayer path")
    card = page.locator("#place-card")
    expect(card.locator(".place-name")).to_have_text("Connecticut")
    page.wait_for_selector("#map .js-plotly-plot[data-connected]")
    point = inside_of(page, geoid="09001")
    page.mouse.move(*point)
    expect(card.locator(".place-name")).to_have_text("Lake County")
    page.mouse.click(*point)
    page.wait_for_url(f"{counties}/?year=2023&town=county-lake")
    expect(card.locator(".place-name")).to_have_text("Lake County")
    expect(card.locator(".card-list a")).to_have_text(["Campus University", "Elm", "Fir"])
    card.get_by_role("link", name="Fir").click()
    page.wait_for_url(f"{counties}/town/fir?year=2023")
    crumbs = page.locator(".crumbs a")
    expect(crumbs).to_have_text(["Connecticut", "Lake County", "West County"])
    page.go_back()
    expect(card.locator(".place-name")).to_have_text("Lake County")


def test_a_keyboard_finds_a_county_and_the_table_leads_to_it(visit: Visit, counties: str) -> None:
    page = visit(f"{counties}/")
    expect(page.locator("#place-card .place-name")).to_have_text("Connecticut")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("west coun")
    expect(page.locator("#find-list li").first).to_contain_text("West County")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counties}/?town=county-west")
    expect(page.locator("#place-card .place-name")).to_have_text("West County")

    page.locator("#places").get_by_role("link", name="Empty County").focus()
    expect(page.locator("#place-card .place-name")).to_have_text("Empty County")
    expect(page.locator("#place-card .card-list")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{counties}/?town=county-empty")
    expect(page.locator("#all-agencies tbody tr").first).to_contain_text("Alder")


def test_the_table_fills_the_card_while_the_map_is_not_drawn(visit: Visit, counties: str) -> None:
    page = visit(f"{counties}/")
    expect(page.locator("#place-card .place-name")).to_have_text("Connecticut")
    page.wait_for_selector("#map .choroplethlayer path")
    page.evaluate("() => { delete document.querySelector('#map .js-plotly-plot').data; }")
    page.locator("#places").get_by_role("link", name="Empty County").focus()
    expect(page.locator("#place-card .place-name")).to_have_text("Empty County")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_map_of_counties_fits_and_axe_finds_nothing(
    visit: Visit, counties: str, width: int
) -> None:
    page = visit(f"{counties}/?town=county-lake", width=width)
    page.wait_for_selector("#map .choroplethlayer path")
    expect(page.locator("#place-card .card-list a")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
