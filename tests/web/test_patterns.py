"""When and where on the page of a place, in a real browser."""

import csv
import io
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
CHARTS = ("hours", "locations", "month-profile", "kinds-by-year")


def drawn(page: Page, *charts: str) -> None:
    """Wait until the charts are drawn."""
    for chart in charts or CHARTS:
        page.wait_for_function(
            """chart => document.querySelector(`#${chart} .js-plotly-plot`)?.data?.length > 0""",
            arg=chart,
        )
        page.wait_for_selector(f"#{chart} .main-svg")


def titled(page: Page, text: str) -> None:
    """Wait until every title of the section but that of the years names what was chosen."""
    for chart in CHARTS[:3]:
        expect(page.locator(f"#{chart}-title")).to_contain_text(text)


def test_the_sentence_of_the_page_changes_every_chart_and_back_undoes_it(
    visit: Visit, connecticut: str
) -> None:
    page = visit(f"{connecticut}/town/hartford")
    drawn(page)
    titled(page, "2024")
    page.locator("#choose-year").select_option("2022")
    expect(page).to_have_url(f"{connecticut}/town/hartford?year=2022")
    titled(page, "2022")
    before = page.evaluate("document.querySelector('#hours .js-plotly-plot').data[0].zmax")
    page.locator("#choose-of").select_option("larceny")
    titled(page, "(larceny)")
    page.wait_for_function(
        "before => document.querySelector('#hours .js-plotly-plot').data[0].zmax < before",
        arg=before,
    )
    expect(page.locator("#kinds-by-year-title")).to_contain_text("Reported offences in Hartford")
    page.locator("#choose-unit").select_option("incidents")
    expect(page.locator("#kinds-by-year-title")).to_contain_text("Reported incidents in Hartford")
    for _ in range(3):
        page.go_back()
    expect(page).to_have_url(f"{connecticut}/town/hartford")
    titled(page, "Reported offences")
    titled(page, "2024")


def test_a_deep_link_shows_the_table_and_csv_of_what_is_chosen(
    visit: Visit, connecticut: str
) -> None:
    query = "?of=property&year=2023&unit=incidents"
    page = visit(f"{connecticut}/town/new-haven{query}")
    drawn(page)
    titled(page, "property incidents")
    for chart, rows in zip(CHARTS, (24, None, 12, None), strict=True):
        tool = page.locator(f"#{chart} [data-action=table]")
        tool.focus()
        page.keyboard.press("Enter")
        expect(tool).to_have_attribute("aria-expanded", "true")
        page.wait_for_selector(f"#{chart} table.data tbody tr")
        shown = page.evaluate(
            """chart => [...document.querySelectorAll(`#${chart} table.data tbody tr`)]
              .map(row => [...row.cells].map(cell => cell.textContent))""",
            chart,
        )
        address = page.locator(f"#{chart} [data-action=csv]").get_attribute("href")
        assert address is not None
        assert "of=property" in address
        with urlopen(f"{connecticut}{address}") as answer:  # noqa: S310 - our own address
            _, *found = csv.reader(io.StringIO(answer.read().decode()))
        assert rows is None or len(found) == rows
        plain = [[cell.replace(",", "").lstrip("'") for cell in row[:-1]] for row in found]
        minus = "\N{MINUS SIGN}"
        assert plain == [[c.replace(",", "").replace(minus, "-") for c in row] for row in shown]


def test_words_stand_where_a_chart_would_tell_too_much(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/town/hartford?of=sex-offences", width=390)
    drawn(page, "locations")
    expect(page.locator("#hours .infolayer")).to_contain_text("smaller counts of sex offences")
    labels = page.evaluate(
        """document.querySelector('#locations .js-plotly-plot').data
          .find(trace => trace.name === 'labels').text"""
    )
    assert "under 10" in labels
    assert not [text for text in labels if text.isdigit() and int(text) < 10]
    page.locator("#locations [data-action=table]").click()
    expect(page.locator("#locations table.data")).to_contain_text("under 10")


def test_the_section_fits_a_phone_and_keeps_its_height(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/town/hartford", width=390)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    height = "document.querySelector('section.when-where').offsetHeight"
    before = page.evaluate(height)
    page.locator("#choose-year").select_option("2022")
    titled(page, "2022")
    assert abs(page.evaluate(height) - before) < 60  # a sentence may take a line more
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('section.when-where .js-plotly-plot text')]
          .filter(text => text.textContent)
          .map(text => parseFloat(getComputedStyle(text).fontSize))"""
    )
    assert min(sizes) >= 11
    assert cut(page) == [False] * 4
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(f"{connecticut}/town/bethel")
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert cut(page) == [False] * 4


def cut(page: Page) -> list[bool]:
    """Whether a word of a chart reaches beyond its frame, for each of the four."""
    found: list[bool] = page.evaluate(
        """() => [...document.querySelectorAll('section.when-where .js-plotly-plot')].map(plot => {
          const frame = plot.getBoundingClientRect();
          return [...plot.querySelectorAll('text')].filter(text => text.textContent)
            .some(text => {
              const box = text.getBoundingClientRect();
              return box.left < frame.left - 1 || box.right > frame.right + 1;
            });
        })"""
    )
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_anyone_s_way(visit: Visit, connecticut: str, theme: str) -> None:
    page = visit(f"{connecticut}/town/derby", theme=theme)
    drawn(page)
    expect(page.locator("#hours .summary")).to_contain_text("Midnight has more than twice as many")
    page.locator("#hours [data-action=table]").click()
    page.wait_for_selector("#hours table.data tbody tr")
    found = Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []
