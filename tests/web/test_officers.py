"""The page of officers in a real browser: chosen, drawn, taken away, legible."""

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


def wait_for(page: Page, condition: str) -> None:
    """Wait until the traces of the first chart, by name, meet a condition."""
    page.wait_for_function(
        f"""() => {{
          const data = document.querySelector('#officers-by-sex .js-plotly-plot')?.data ?? [];
          const of = Object.fromEntries(data.map(trace => [trace.name, trace.y]));
          return {condition};
        }}"""
    )


def test_the_state_a_region_and_a_town_by_keyboard_and_back(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/officers")
    wait_for(page, "String(of.total).startsWith('7557,7401,7645,7825')")
    expect(page).to_have_title("Police officers of Connecticut · CT-Crimes")
    expect(page.locator(".status .key-value").first).to_have_text("7,825")
    expect(page.locator(".caution")).to_contain_text("The FBI advises against")
    expect(page.locator("nav [aria-current=page]")).to_have_text("Officers")
    page.locator("#choose-scope").select_option("region-capitol")
    expect(page).to_have_url(f"{connecticut}/officers?scope=region-capitol")
    expect(page.locator("#officers-by-sex-title")).to_contain_text("the Capitol region")
    page.locator("#choose-view").select_option("share")
    wait_for(page, "of.boundary?.[0] > 80 && of.boundary[0] < 95")
    page.locator("#choose-scope").focus()
    page.keyboard.type("Yale")
    page.keyboard.press("Tab")
    expect(page.locator(".lead")).to_contain_text("Yale University had 91 sworn officers")
    expect(page.locator("#officers-by-sex .annotation-text", has_text="no")).to_have_count(1)
    page.go_back()
    expect(page.locator("#choose-scope")).to_have_value("region-capitol")
    expect(page.locator(".lead")).to_contain_text("The Capitol region had")
    page.locator("#choose-figures").select_option("latest")
    expect(page.locator("#officers-by-sex .summary")).to_contain_text(
        "That is not what was reported"
    )


def test_a_deep_link_its_table_and_its_file_are_the_same(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/officers?scope=hartford&view=share", width=390)
    wait_for(page, "of.boundary?.length > 4")
    expect(page.locator("#choose-view")).to_have_value("share")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#officers-by-sex [data-action=table]").click()
    rows = page.locator("#officers-by-sex tbody tr")
    expect(rows).to_have_count(4)
    shown = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    link = page.locator("#officers-by-sex a[data-action=csv]").get_attribute("href")
    with urlopen(f"{connecticut}{link}") as answer:  # noqa: S310 - our own server
        _, *lines = csv.reader(io.StringIO(answer.read().decode()))
    plain = [[cell.replace(",", "") for cell in row] for row in shown]
    assert [line[:-1] for line in lines] == plain
    expect(page.locator("#officers-by-place tbody tr")).to_have_count(182)
    link_to_town = page.locator("#officers-by-place").get_by_role("link", name="Ansonia")
    expect(link_to_town).to_have_attribute("href", "/town/ansonia")


def test_bad_values_are_repaired_and_the_selects_show_it(visit: Visit, small: str) -> None:
    page = visit(f"{small}/officers?scope=nowhere&view=pie")
    expect(page.locator(".notice")).to_contain_text("No police of “nowhere”")
    expect(page.locator(".notice")).to_contain_text("their numbers are shown")
    expect(page.locator("#choose-scope")).to_have_value("state")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way(visit: Visit, small: str, theme: str) -> None:
    page = visit(f"{small}/officers?scope=campus-university", theme=theme)
    wait_for(page, "of.total?.length === 2")
    expect(page.locator("#officers-by-place tbody tr")).to_have_count(8)
    found: dict[str, Any] = Axe().run(page).response
    grave = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []
