"""The page that compares places in a real browser."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
COUNTED = ("compare-months", "compare-kinds", "compare-officers")
CHARTS = ("compare-months", "compare-forecast", "compare-kinds", "compare-officers")


def drawn(page: Page, chart: str, *names: str) -> None:
    """Wait until a chart has traces with these names, and none of another place."""
    page.wait_for_function(
        """([chart, names]) => {
          const data = document.querySelector(`#${chart} .js-plotly-plot`)?.data ?? [];
          const found = new Set(data.map(trace => trace.name.split(',')[0]));
          return found.size === names.length && names.every(name => found.has(name));
        }""",
        arg=[chart, list(names)],
    )


def test_places_are_chosen_changed_and_taken_back(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/town/hartford?year=2023")
    page.get_by_role("link", name="Compare with others").click()
    expect(page).to_have_url(f"{connecticut}/compare?towns=hartford&year=2023")
    expect(page).to_have_title("Hartford side by side · CT-Crimes")
    for chart in COUNTED:
        drawn(page, chart, "Hartford")
    expect(page.locator("#choose-towns-1")).to_have_value("")
    page.locator("#choose-towns-1").select_option("new-haven")
    expect(page).to_have_url(f"{connecticut}/compare?towns=hartford%2Cnew-haven&year=2023")
    for chart in COUNTED:
        drawn(page, chart, "Hartford", "New Haven")
    expect(page.locator(".compared-place")).to_have_count(2)
    page.locator("#choose-measure").select_option("count")
    expect(page.locator("#compare-months-title")).not_to_contain_text("per 1,000")
    page.go_back()
    page.go_back()
    expect(page.locator(".compared-place")).to_have_count(1)
    expect(page.locator("#choose-towns-1")).to_have_value("")
    expect(page.locator("nav [aria-current=page]")).to_have_text("Compare")


def test_the_first_visit_shows_three_and_one_can_be_dropped(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/compare", width=390)
    drawn(page, "compare-months", "Bridgeport", "Stamford", "New Haven")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    slots = [page.locator(f"#choose-towns-{slot}") for slot in range(3)]
    for slot, town in zip(slots, ("bridgeport", "stamford", "new-haven"), strict=True):
        expect(slot).to_have_value(town)
    slots[1].select_option("")
    expect(page).to_have_url(f"{connecticut}/compare?towns=bridgeport%2Cnew-haven")
    drawn(page, "compare-months", "Bridgeport", "New Haven")
    for slot, town in zip(slots, ("bridgeport", "new-haven", ""), strict=True):
        expect(slot).to_have_value(town)
    slots[1].focus()
    page.keyboard.type("Stamf")
    page.keyboard.press("Tab")
    drawn(page, "compare-months", "Bridgeport", "Stamford")


def test_a_table_and_its_file_are_the_same(visit: Visit, forecasting: str) -> None:
    page = visit(f"{forecasting}/compare?towns=alder,birch&measure=count")
    drawn(page, "compare-forecast", "Alder")
    forecast = page.locator("#compare-forecast .summary")
    expect(forecast).to_contain_text("in 30 days, four times in five")
    expect(forecast).to_contain_text("Birch: no forecast.")
    for chart, rows in zip(CHARTS, (24, 31, 2, 2), strict=True):
        card = page.locator(f"#{chart}")
        card.locator("[data-action=table]").click()
        expect(card.locator("tbody tr")).to_have_count(rows)
        shown = card.locator("tbody").evaluate(
            "body => [...body.rows].map(row => [...row.cells].map(cell => cell.textContent))"
        )
        link = card.locator("a[data-action=csv]").get_attribute("href")
        with urlopen(f"{forecasting}{link}") as answer:  # noqa: S310 - our own server
            _, *lines = csv.reader(io.StringIO(answer.read().decode()))
        assert [line[:-1] for line in lines] == [
            [cell.replace(",", "") for cell in row] for row in shown
        ]


def test_a_place_chosen_twice_is_told_and_the_selects_follow(visit: Visit, small: str) -> None:
    page = visit(f"{small}/compare?towns=elm,nowhere,elm,alder")
    expect(page.locator(".notice")).to_contain_text("Elm was chosen twice and is shown once.")
    expect(page.locator(".notice")).to_contain_text("“nowhere” cannot be compared")
    for slot, town in enumerate(("elm", "alder", "")):
        expect(page.locator(f"#choose-towns-{slot}")).to_have_value(town)
    drawn(page, "compare-months", "Elm", "Alder")


@pytest.mark.parametrize(
    ("slot", "town", "expected"),
    [
        pytest.param(0, "birch", ("birch", "alder", "elm"), id="changes places"),
        pytest.param(2, "alder", ("elm", "birch", "alder"), id="changes places the other way"),
        pytest.param(1, "fir", ("alder", "fir", "elm"), id="is new"),
    ],
)
def test_choosing_a_place_that_is_there_loses_none(
    visit: Visit, small: str, slot: int, town: str, expected: tuple[str, ...]
) -> None:
    page = visit(f"{small}/compare?towns=alder,birch,elm")
    drawn(page, "compare-months", "Alder", "Birch", "Elm")
    page.locator(f"#choose-towns-{slot}").select_option(town)
    page.wait_for_url(f"**/compare?towns={'%2C'.join(expected)}")
    for number, name in enumerate(expected):
        expect(page.locator(f"#choose-towns-{number}")).to_have_value(name)
    expect(page.locator(".notice")).not_to_contain_text("twice")


def test_a_place_chosen_again_in_an_empty_select_moves_there(visit: Visit, small: str) -> None:
    page = visit(f"{small}/compare?towns=alder,birch")
    drawn(page, "compare-months", "Alder", "Birch")
    page.locator("#choose-towns-2").select_option("alder")
    page.wait_for_url("**/compare?towns=birch%2Calder")
    for number, name in enumerate(("birch", "alder", "")):
        expect(page.locator(f"#choose-towns-{number}")).to_have_value(name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way(visit: Visit, forecasting: str, theme: str) -> None:
    page = visit(f"{forecasting}/compare", theme=theme)
    drawn(page, "compare-officers", "Alder", "Fir", "Birch")
    found: dict[str, Any] = Axe().run(page).response
    grave = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []
