"""The methods page in a real browser: read, sorted, fetched, on a small screen too."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.dataset import open_dataset, save_evaluation
from tests.support.evaluations import risk_content, volume_content

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
CHARTS = ("backtest", "interval-coverage", "forecast-audit", "class-models", "reliability")


@pytest.fixture(scope="module")
def evaluated(
    forecast_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    serve_folder: Callable[[Path], str],
) -> str:
    """A server with the made-up dataset and both evaluations."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-evaluated"
    shutil.copytree(forecast_folder, folder)
    for kind, content in (("volume", volume_content()), ("risk", risk_content())):
        save_evaluation(open_dataset(folder), kind=kind, content=content)
    return serve_folder(folder)


def drawn(page: Page) -> None:
    """Wait until every chart has marks."""
    for chart in CHARTS:
        page.wait_for_selector(f"#{chart} .scatterlayer .points path", state="attached")


def test_contents_charts_and_tables(visit: Visit, evaluated: str) -> None:
    page = visit(f"{evaluated}/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Methods").click()
    expect(page).to_have_url(f"{evaluated}/methods")
    expect(page).to_have_title("Methods: Connecticut · CT-Crimes")
    drawn(page)
    page.locator(".contents").get_by_role("link", name="Limits").click()
    expect(page).to_have_url(f"{evaluated}/methods#limits")
    expect(page.locator("#limits")).to_be_in_viewport()
    page.go_back()
    expect(page).to_have_url(f"{evaluated}/methods")
    names = page.locator("#backtest-table tbody th")
    expect(names).to_have_count(5)
    page.locator("#backtest-table").get_by_role("button", name="Deviance").press("Enter")
    expect(names.first).to_have_text("Baseline: the week before, again")
    page.locator("#interval-coverage [data-action=table]").click()
    rows = page.locator("#interval-coverage tbody tr")
    expect(rows).to_have_count(9)
    shown = [row.split("\t") for row in rows.all_inner_texts()]
    href = page.locator("#interval-coverage a[data-action=csv]").evaluate("a => a.href")
    lines = page.request.get(href).text().splitlines()[1:]
    assert [row[0].strip() for row in shown] == [line.split(",")[0] for line in lines]


def test_a_word_can_be_linked_to(visit: Visit, evaluated: str) -> None:
    page = visit(f"{evaluated}/methods#measure-deviance")
    expect(page.locator("#measure-deviance")).to_be_in_viewport()
    summary = page.locator("#group-violent summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#class-robbery")).to_be_visible()


def test_the_forecast_leads_to_the_back_test(visit: Visit, evaluated: str) -> None:
    page = visit(f"{evaluated}/town/alder")
    page.locator("#how-sure").get_by_role("link", name="All measures").click()
    expect(page).to_have_url(f"{evaluated}/methods#back-test")
    drawn(page)
    expect(page.locator("#back-test")).to_be_in_viewport()


def test_nothing_is_cut_on_a_small_screen(visit: Visit, evaluated: str) -> None:
    page = visit(f"{evaluated}/methods", width=390)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wider = page.evaluate(
        """() => [...document.querySelectorAll('.page-methods .js-plotly-plot text')]
          .filter(text => text.getBoundingClientRect().right > 391).map(text => text.textContent)"""
    )
    assert wider == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way(visit: Visit, evaluated: str, theme: str) -> None:
    page = visit(f"{evaluated}/methods", theme=theme)
    drawn(page)
    found = Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []


def test_without_evaluations_the_way_to_them_is_told(visit: Visit, small: str) -> None:
    page = visit(f"{small}/methods")
    expect(page.locator(".page-methods")).to_contain_text("ctcrimes evaluate volume")
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
