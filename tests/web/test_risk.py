"""The page of classes in a real browser: every control, deep links, files, keyboard, phone."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def asked(risk_folder: Path, serve_folder: Callable[[Path], str]) -> str:
    """A server with the made-up dataset and a model of classes."""
    return serve_folder(risk_folder)


def bars(page: Page, chart: str) -> dict[str, int]:
    """Wait until a chart is drawn; the number of bars of every place or scope."""
    page.wait_for_selector(f"#{chart} .barlayer .point", state="attached")
    found: dict[str, Any] = page.evaluate(
        """chart => Object.fromEntries(document.querySelector(`#${chart} .js-plotly-plot`).data
          .filter(trace => trace.type === 'bar').map(trace => [trace.name, trace.y.length]))""",
        chart,
    )
    return found


def wait_for_bars(page: Page, chart: str, *names: str) -> None:
    page.wait_for_function(
        """([chart, names]) => {
          const data = document.querySelector(`#${chart} .js-plotly-plot`)?.data ?? [];
          const found = data.filter(trace => trace.type === 'bar').map(trace => trace.name);
          return found.join() === names.join();
        }""",
        arg=[chart, names],
    )


def test_each_control_changes_the_url_the_sentence_and_the_charts(visit: Visit, asked: str) -> None:
    page = visit(f"{asked}/risk")
    assert bars(page, "risk") == {"Alder": 6}
    assert page.locator("#risk-history .pielayer .slice").count() == 3
    expect(page.locator(".lead")).to_contain_text(
        "Of 100 reported offences like these (Alder, Residence/Home, Tuesday 31 December 2024, any"
    )
    expect(page.locator(".caveat")).to_contain_text("not how likely any offence is")
    page.locator("#choose-hour").select_option("22")
    expect(page).to_have_url(f"{asked}/risk?hour=22")
    expect(page.locator(".lead")).to_contain_text("around 22:00")
    expect(page.locator("#rests-on")).to_contain_text("of them within an hour of 22:00")
    page.locator("#choose-location").select_option("08")
    expect(page.locator("#risk-title")).to_contain_text("Department/Discount Store")
    page.get_by_label("Day", exact=True).fill("2025-07-12")
    expect(page.locator(".lead")).to_contain_text("Saturday 12 July 2025")
    page.locator("#choose-towns-1").select_option("birch")
    wait_for_bars(page, "risk", "Alder", "Birch")
    expect(page.locator(".lead-other")).to_contain_text("In Birch, about")
    expect(page).to_have_url(
        re.compile(r"hour=22&location=08&date=2025-07-12&towns=alder(,|%2C)birch$")
    )
    page.locator("#choose-scope").select_option("state")
    wait_for_bars(page, "risk-history", "Connecticut")
    page.locator("#choose-year").select_option("2023")
    expect(page.locator("#risk-history-title")).to_have_text(
        re.compile("in Connecticut, .*, 2023$")
    )
    page.locator("#choose-classes").select_option("all")
    expect(page).to_have_url(re.compile("classes=all"))
    # Three answers are under way at once; the last address counts, not the last answer.
    page.go_back()
    page.go_back()
    page.go_back()
    wait_for_bars(page, "risk-history", "Alder", "Birch")
    expect(page.locator("#choose-towns-1")).to_have_value("birch")
    page.locator("#choose-towns-1").select_option("")
    wait_for_bars(page, "risk", "Alder")


def test_a_deep_link_opens_what_it_names_and_its_csv_is_the_table(visit: Visit, asked: str) -> None:
    page = visit(f"{asked}/risk?towns=birch,alder,cedar&location=any&hour=3&scope=region")
    wait_for_bars(page, "risk", "Birch", "Alder", "Cedar")
    for slot, value in enumerate(("birch", "alder", "cedar")):
        expect(page.locator(f"#choose-towns-{slot}")).to_have_value(value)
    expect(page.locator("#rests-on")).to_contain_text("No offence of this place is on file")
    expect(page.locator("#choose-location")).to_have_value("any")
    for chart in ("risk", "risk-history"):
        card = page.locator(f"#{chart}")
        card.locator("[data-action=table]").click()
        expect(card.locator("tbody tr").first).to_be_visible()
        shown = card.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        link = card.locator("[data-action=csv]").get_attribute("href")
        answer = page.request.get(f"{asked}{link}")
        _, *rows = csv.reader(io.StringIO(answer.text()))
        assert [row[:-1] for row in rows] == [
            [cell.replace(",", "") if cell.replace(",", "").isdigit() else cell for cell in row]
            for row in shown
        ]
        assert len(rows) == {"risk": 18, "risk-history": 4}[chart]


def test_bad_values_are_repaired_in_words(visit: Visit, asked: str) -> None:
    page = visit(f"{asked}/risk?hour=24&date=2025-02-30&towns=gotham&location=99")
    notice = page.locator(".notice")
    for words in ("Hour “24”", "“2025-02-30” is no day", "“gotham” is left out", "“99” is no"):
        expect(notice).to_contain_text(words)
    expect(page.locator("#choose-hour")).to_have_value("any")
    expect(page.locator("#choose-date")).to_have_value("2024-12-31")
    assert bars(page, "risk") == {"Alder": 6}


@pytest.mark.parametrize(
    ("width", "theme", "towns"), [(360, "dark", "alder,birch,cedar"), (390, "light", "alder")]
)
def test_a_phone_shows_it_whole_and_nothing_serious_stands_in_the_way(
    visit: Visit, asked: str, width: int, theme: str, towns: str
) -> None:
    page = visit(f"{asked}/risk?towns={towns}&hour=22", width=width, theme=theme)
    bars(page, "risk")
    bars(page, "risk-history")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    texts = page.evaluate(
        """() => [...document.querySelectorAll('#risk svg text, #risk-history svg text')]
          .filter(text => text.textContent.trim())
          .map(text => [text.getBoundingClientRect(), text.textContent])
          .map(([box, text]) => [box.left, box.right, text])"""
    )
    assert len(texts) > 20
    for left, right, text in texts:
        assert left >= 0, text
        assert right <= width, text
    found = Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []


def test_the_keyboard_reaches_every_control_and_the_town_leads_here(
    visit: Visit, asked: str
) -> None:
    page = visit(f"{asked}/town/birch")
    page.get_by_role("link", name="Which offence, by place and hour").click()
    expect(page).to_have_url(f"{asked}/risk?towns=birch")
    expect(page.locator("h1")).to_be_focused()
    wait_for_bars(page, "risk", "Birch")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    sentence = [f"choose-{key}" for key in ("location", "towns-0", "date", "hour")]
    sentence += ["choose-towns-1", "choose-towns-2"]
    assert list(dict.fromkeys(each for each in reached if each in sentence)) == sentence
    page.locator("#choose-towns-0").focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(f"{asked}/risk")
    wait_for_bars(page, "risk", "Alder")
    expect(page.locator("nav [aria-current=page]")).to_have_text("Which offence")


def test_without_a_model_words_stand_in_its_place(visit: Visit, small: str) -> None:
    page = visit(f"{small}/risk?hour=22")
    expect(page.locator(".lead")).to_contain_text("ctcrimes build")
    expect(page.locator(".js-plotly-plot")).to_have_count(0)


def test_a_long_kind_of_location_breaks_behind_its_slashes(visit: Visit, asked: str) -> None:
    page = visit(f"{asked}/risk?location=13", width=390)
    title = page.locator("#risk .card-title")
    expect(title).to_contain_text("Highway/\u200bRoad/\u200bAlley/\u200b")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
