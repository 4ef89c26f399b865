"""The forecast in a real browser: drawn, chosen, replayed, legible."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def traces(page: Page) -> dict[str, Any]:
    """Wait until the forecast is drawn; the length of every trace by name."""
    page.wait_for_selector("#forecast .scatterlayer path.js-fill", state="attached")
    found: dict[str, Any] = page.evaluate(
        """() => Object.fromEntries(document.querySelector('#forecast .js-plotly-plot').data
          .map(trace => [trace.name, trace.y.length]))"""
    )
    return found


def test_bands_are_drawn_and_the_horizon_changes_them(visit: Visit, forecasting: str) -> None:
    page = visit(f"{forecasting}/town/alder")
    assert traces(page)["upper 95"] == 30
    assert page.locator("#forecast .scatterlayer path.js-fill[d]").count() >= 3
    expect(page.locator(".lead")).to_contain_text("in the 30 days to 30 Jan 2025")
    page.locator("#choose-horizon").select_option("7")
    expect(page).to_have_url(f"{forecasting}/town/alder?horizon=7")
    expect(page.locator(".lead")).to_contain_text("in the 7 days to 7 Jan 2025")
    expect(page.locator("#how-sure")).to_contain_text("All 7 days")
    page.wait_for_function(
        """() => document.querySelector('#forecast .js-plotly-plot').data
          .find(trace => trace.name === 'upper 95').y.length === 7"""
    )
    page.locator("#forecast [data-action=table]").click()
    expect(page.locator("#forecast tbody tr")).to_have_count(8)


def test_a_past_day_is_replayed_and_taken_back(visit: Visit, forecasting: str) -> None:
    page = visit(f"{forecasting}/town/alder")
    assert "counted" not in traces(page)
    day = page.get_by_label("Last day that the forecast knows")
    expect(day).to_have_value("2024-12-31")
    day.fill("2024-07-15")
    expect(page).to_have_url(f"{forecasting}/town/alder?origin=2024-07-15")
    expect(page.locator(".lead")).to_contain_text(
        re.compile(r"\d+ were counted, \w+ that interval")
    )
    page.wait_for_function(
        """() => document.querySelector('#forecast .js-plotly-plot').data
          .some(trace => trace.name === 'counted')"""
    )
    page.get_by_role("button", name="to the end of the data").click()
    expect(page).to_have_url(f"{forecasting}/town/alder")
    expect(day).to_have_value("2024-12-31")
    expect(page.locator(".lead")).to_contain_text("are expected in Alder")


def test_a_bad_origin_is_repaired_and_the_field_shows_it(visit: Visit, forecasting: str) -> None:
    page = visit(f"{forecasting}/town/alder?origin=2019-01-01")
    expect(page.locator(".notice")).to_contain_text("No forecast can start from 1 Jan 2019")
    expect(page.locator("#choose-origin")).to_have_value("2024-12-31")


def test_a_place_without_a_forecast_says_why(visit: Visit, forecasting: str) -> None:
    page = visit(f"{forecasting}/town/birch")
    expect(page.locator("#forecast .summary")).to_contain_text("reporting seems to have stopped")
    expect(page.locator("#forecast .plot")).to_be_hidden()
    page.locator("#choose-origin").fill("2024-08-20")
    expect(page.locator("#forecast .plot")).to_be_visible()
    traces(page)


def test_today_is_bridged_to_and_taken_back(visit: Visit, forecasting: str) -> None:
    page = visit(f"{forecasting}/town/alder?origin=2024-07-15")
    traces(page)
    expect(page.locator("#choose-bridge")).to_be_hidden()
    page.clock.set_fixed_time("2026-11-23T12:00:00")
    button = page.get_by_role("button", name="bridge to today")
    button.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{forecasting}/town/alder?bridge=2026-11-23")
    field = page.get_by_label("Last day without data that the forecast is carried over")
    expect(field).to_have_value("2026-11-23")
    expect(page.locator("#choose-origin")).to_have_value("2024-12-31")
    expect(page.locator("#forecast-title")).to_contain_text("to 23 Dec 2026, low confidence")
    expect(page.locator(".lead")).to_contain_text("With low confidence, carried on over 692 days")
    expect(page.locator("#how-sure")).to_contain_text("Low confidence.")
    page.wait_for_function(
        """() => document.querySelector('#forecast .js-plotly-plot').data
          .some(trace => trace.name === 'carried on')"""
    )
    page.locator("#forecast [data-action=table]").click()
    expect(page.locator("#forecast tbody tr").first).to_contain_text("2026-11-24")
    csv = page.request.get(page.locator("#forecast a[data-action=csv]").evaluate("a => a.href"))
    first = csv.text().splitlines()[1]
    assert first.endswith('carried on over 692 days without data, low confidence"')
    field.fill("2025-01-20")
    expect(page.locator(".lead")).to_contain_text("carried on over 20 days")
    page.locator("#choose-origin").fill("2024-07-15")
    expect(page).to_have_url(f"{forecasting}/town/alder?origin=2024-07-15")
    page.go_back()
    expect(page.locator(".lead")).to_contain_text("carried on over 20 days")
    page.get_by_role("button", name="no bridge").click()
    expect(page).to_have_url(f"{forecasting}/town/alder")
    expect(page.locator(".lead")).to_contain_text("are expected in Alder")


def test_a_bridge_too_far_is_shortened_and_the_field_shows_it(
    visit: Visit, forecasting: str
) -> None:
    page = visit(f"{forecasting}/town/alder?bridge=2040-01-01", width=390)
    expect(page.locator(".notice")).to_contain_text("1 Jan 2040 is too far from the data")
    expect(page.locator("#choose-bridge")).to_have_value("2028-01-05")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("query", ["", "&bridge=2026-11-23"])
def test_names_of_holidays_never_lie_on_each_other(
    visit: Visit, forecasting: str, width: int, query: str
) -> None:
    page = visit(f"{forecasting}/town/alder?horizon=60{query}", width=width)
    traces(page)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('#forecast .annotation-text')]
          .map(text => text.getBoundingClientRect())
          .map(box => [box.left, box.right, box.top, box.bottom])"""
    )
    assert len(boxes) >= 6
    for i, (left, right, top, bottom) in enumerate(boxes):
        assert right <= width
        for other in boxes[:i]:
            apart = right <= other[0] or left >= other[1]
            assert apart or bottom <= other[2] + 2 or top >= other[3] - 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1024, 1200, 1440])
def test_a_picture_of_it_is_a_slide(visit: Visit, forecasting: str, width: int) -> None:
    """Beside the words on how sure it is the chart may stand tall; its picture does not."""
    page = visit(f"{forecasting}/town/alder", width=width)
    traces(page)
    with page.expect_download() as download:
        page.locator("#forecast [data-action=svg]").click()
    picture = download.value.path().read_text(encoding="utf-8")
    size = re.search(r'<svg[^>]*? width="(\d+)" height="(\d+)"', picture)
    assert size is not None
    assert 0.5 < int(size[2]) / int(size[1]) < 0.9


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/town/alder?origin=2024-07-15", "/town/birch"])
def test_nothing_serious_stands_in_the_way(
    visit: Visit, forecasting: str, path: str, theme: str
) -> None:
    page = visit(f"{forecasting}{path}", theme=theme)
    page.wait_for_selector("#officers .main-svg")
    expect(page.locator("#how-sure")).not_to_be_empty()
    found = Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []


def test_the_map_shows_the_forecast_and_hides_what_it_does_not_depend_on(
    visit: Visit, forecasting: str
) -> None:
    page = visit(f"{forecasting}/")
    page.locator("#choose-measure").select_option("forecast")
    expect(page).to_have_url(f"{forecasting}/?measure=forecast")
    expect(page.locator("#map-title")).to_contain_text("expected in the 30 days to 30 Jan 2025")
    for name in ("of", "year"):
        expect(page.locator(f"#choose-{name}")).to_be_hidden()
    expect(page.locator("#places thead")).to_contain_text("Next 30 days")
    expect(page.locator(".strip")).to_contain_text("Next 30 days")
