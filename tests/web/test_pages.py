"""The pages in a real browser, with no network but this machine."""

import itertools
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
POLYGONS = "#map .choroplethlayer path"
GROUND = "rgb(17, 22, 27)"
A4_BETWEEN_ITS_MARGINS = 718  # CSS pixels, of 794 in all
CHARTS_FIT = """() => [...document.querySelectorAll('.plot')].every(plot =>
  [...plot.querySelectorAll('.main-svg')].every(svg => svg.clientWidth <= plot.clientWidth + 1))"""


def drawn(page: Page, chart: str) -> None:
    """Wait until a chart is drawn."""
    page.wait_for_function(
        "chart => document.querySelector(`#${chart} .js-plotly-plot`)?.data?.length > 0", arg=chart
    )
    page.wait_for_selector(f"#{chart} .main-svg")


def map_drawn(page: Page) -> None:
    drawn(page, "map")
    page.wait_for_function(f"() => document.querySelectorAll('{POLYGONS}').length > 5")


def point_of(page: Page, slug: str) -> tuple[float, float]:
    """A point of the screen well inside a town; the map is scrolled into view for it."""
    x, y = page.evaluate(
        """slug => {
          const graph = document.querySelector('#map .js-plotly-plot');
          graph.scrollIntoView({block: 'center', behavior: 'instant'});
          const trace = graph.data.find(t => (t.customdata ?? []).includes(slug));
          const geoid = trace.locations[trace.customdata.indexOf(slug)];
          const path = [...graph.querySelectorAll('.choroplethlayer path')]
            .find(p => p.__data__?.ct && [p.__data__.loc, p.__data__.id].includes(geoid));
          const box = path.getBBox();
          let best = null;
          for (let i = 1; i < 12; i += 1) for (let j = 1; j < 12; j += 1) {
            const at = new DOMPoint(box.x + box.width * i / 12, box.y + box.height * j / 12);
            const off = Math.hypot(i - 6, j - 6);
            if (path.isPointInFill(at) && (!best || off < best.off)) best = {at, off};
          }
          const point = best.at.matrixTransform(path.getScreenCTM());
          return [point.x, point.y];
        }""",
        slug,
    )
    return x, y


def test_map_draws_every_town_and_hatches_the_state_police_s(
    visit: Visit, connecticut: str
) -> None:
    page = visit(f"{connecticut}/")
    map_drawn(page)
    counts = page.evaluate(
        """() => Object.fromEntries(document.querySelector('#map .js-plotly-plot').data
          .filter(t => t.type === 'choropleth').map(t => [t.name, t.locations.length]))"""
    )
    assert counts["values"] + counts["no-value"] == 169
    assert counts["hatching-state-police"] == 76
    assert page.locator(POLYGONS).count() == sum(counts.values())
    expect(page.locator(".banner")).to_contain_text("Simulated incidents")
    expect(page.locator("#map-title")).to_contain_text("simulated")


def test_pointing_fills_the_card_and_a_click_opens_the_town(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/?year=2023")
    map_drawn(page)
    page.mouse.move(*point_of(page, "new-haven"))
    expect(page.locator("#place-card h2")).to_have_text("New Haven")
    page.mouse.click(*point_of(page, "new-haven"))
    expect(page).to_have_url(f"{connecticut}/town/new-haven?year=2023")
    expect(page.locator("h1")).to_have_text("New Haven")
    expect(page.locator(".lead")).to_contain_text("in 2023")
    expect(page).to_have_title(re.compile("^New Haven"))
    drawn(page, "months")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Connecticut")
    expect(page.locator("#choose-year")).to_have_value("2023")


def test_a_tap_selects_and_the_card_has_the_way_on(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/", width=390, touch=True)
    map_drawn(page)
    page.touchscreen.tap(*point_of(page, "hartford"))
    expect(page.locator("#place-card h2")).to_have_text("Hartford")
    expect(page).to_have_url(f"{connecticut}/?town=hartford")
    page.locator("#place-card .button").tap()
    expect(page.locator("h1")).to_have_text("Hartford")


def test_search_forgives_typing_errors_and_needs_no_mouse(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    for typed, name in (
        ("hartfrod", "Hartford"),
        ("newhaven", "New Haven"),
        ("watrbury", "Waterbury"),
    ):
        page.locator("#find").fill(typed)
        expect(page.locator("#find-list [role=option]").first).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    active = page.locator("#find").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Waterbury")
    expect(page.locator("h1")).to_be_focused()


def test_controls_write_the_url_and_back_undoes_them(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/")
    map_drawn(page)
    page.locator("#choose-measure").select_option("change")
    expect(page).to_have_url(f"{connecticut}/?measure=change")
    expect(page.locator("#map-title")).to_contain_text("change from 2023 to 2024")
    page.locator("#choose-of").select_option("violent")
    expect(page.locator("#map-title")).to_contain_text("violent")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{connecticut}/")
    expect(page.locator("#map-title")).to_contain_text("per 1,000 people")
    expect(page.locator("#choose-measure")).to_have_value("rate")


def test_a_deep_link_opens_what_it_says(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/?measure=count&of=robbery&year=2022&unit=incidents&town=bristol")
    map_drawn(page)
    expect(page.locator("#map-title")).to_contain_text("incidents (robbery), 2022")
    expect(page.locator("#place-card h2")).to_have_text("Bristol")
    for name, value in (("measure", "count"), ("of", "robbery"), ("year", "2022")):
        expect(page.locator(f"#choose-{name}")).to_have_value(value)


def test_a_bad_link_is_repaired_and_says_so(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/town/hartford?year=2031")
    expect(page.locator(".notice")).to_contain_text("Year 2031 is not in the data; 2024 is shown.")
    expect(page.locator(".lead")).to_contain_text("in 2024")
    page.locator("#choose-year").select_option("2022")
    expect(page.locator(".notice")).not_to_contain_text("2031")
    lost = visit(f"{connecticut}/town/atlantis")
    expect(lost.locator("h1")).to_have_text("There is no such page")


def test_table_is_a_to_z_sorts_and_leads_on(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/")
    first = page.locator("#places tbody tr:first-child th")
    expect(first).to_have_text("Andover")
    expect(page.locator("#places tbody tr")).to_have_count(182)
    page.get_by_role("button", name="Offences, 2024").click()
    head = page.locator("#places thead th", has_text="Offences, 2024")
    expect(head).to_have_attribute("aria-sort", "descending")
    values = page.locator("#places tbody td:nth-child(3)").all_inner_texts()
    numbers = [int(text.replace(",", "")) for text in values if text[0].isdigit()]
    assert numbers == sorted(numbers, reverse=True)
    assert (
        values[len(numbers) :] == ["State Police"] * (182 - len(numbers)) or "no report" in values
    )
    page.get_by_role("link", name="Ansonia").click()
    expect(page.locator("h1")).to_have_text("Ansonia")


def test_the_theme_is_kept_and_charts_follow(visit: Visit, small: str) -> None:
    page = visit(f"{small}/town/alder")
    drawn(page, "months")
    toggle = page.locator("#theme-toggle")
    toggle.click()
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", GROUND)
    page.wait_for_function(
        """() => document.querySelector('#months .js-plotly-plot')
          .layout.template.layout.paper_bgcolor === '#171e25'"""
    )
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_system_s_theme_is_the_default(visit: Visit, small: str) -> None:
    page = visit(f"{small}/", theme="dark")
    expect(page.locator("body")).to_have_css("background-color", GROUND)


def test_what_was_not_reported_is_a_gap(visit: Visit, small: str) -> None:
    page = visit(f"{small}/town/birch")
    drawn(page, "months")
    drawn(page, "days")
    expect(page.locator("#months")).to_contain_text("no report")
    bars = page.locator("#months .barlayer .point path")
    heights = [bars.nth(i).bounding_box() for i in range(bars.count())]
    assert sum(box is not None and box["height"] > 1 for box in heights) == 20
    paths = page.locator("#days .scatterlayer path.js-line").get_attribute("d")
    assert paths
    values = page.evaluate("document.querySelector('#days .js-plotly-plot').data[0].y.slice(-122)")
    assert set(values) == {None}
    bands = page.evaluate("document.querySelector('#days .js-plotly-plot').layout.shapes.length")
    assert bands == 1
    expect(page.locator("#coverage")).to_contain_text("20 of 24 months reported")


def test_a_state_police_town_has_words_instead_of_charts(visit: Visit, small: str) -> None:
    page = visit(f"{small}/town/cedar")
    expect(page.locator(".lead")).to_contain_text("no police department")
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("link", name="Birch").first.click()
    expect(page.locator("h1")).to_have_text("Birch")


def test_table_twin_csv_and_images_of_a_chart(visit: Visit, small: str) -> None:
    page = visit(f"{small}/town/birch?year=2023")
    drawn(page, "months")
    page.locator("#months [data-action=table]").click()
    expect(page.locator("#months .table-note")).to_contain_text("Birch by month")
    expect(page.locator("#months table tbody tr")).to_have_count(13)
    with page.expect_download() as download:
        page.locator("#months [data-action=csv]").click()
    assert download.value.suggested_filename == "birch_all_offences_by_month_small.csv"
    for ending in ("png", "svg"):
        with page.expect_download() as download:
            page.locator(f"#months [data-action={ending}]").click()
        assert (
            download.value.suggested_filename
            == f"reported-offences-in-birch-by-month-2023-2024_small.{ending}"
        )
    picture = download.value.path().read_text(encoding="utf-8")
    assert "Source: FBI NIBRS" in picture
    assert "Reported offences in Birch" in picture


def test_a_picture_is_on_paper_whatever_the_theme_of_the_screen(visit: Visit, small: str) -> None:
    pictures = []
    for theme in ("light", "dark"):
        page = visit(f"{small}/town/birch?year=2023", theme=theme)
        drawn(page, "months")
        with page.expect_download() as download:
            page.locator("#months [data-action=svg]").click()
        pictures.append(download.value.path().read_text(encoding="utf-8"))
    light, dark = map(colours, pictures)
    assert len(light) > 3
    assert light == dark


def colours(picture: str) -> set[str]:
    return set(re.findall(r"rgb\([\d, ]+\)|#[0-9a-f]{6}\b", picture))


def test_a_state_without_a_map_is_a_table(visit: Visit, mapless: str) -> None:
    page = visit(f"{mapless}/")
    expect(page.locator("#places tbody tr")).to_have_count(8)
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("link", name="Alder").click()
    drawn(page, "months")
    expect(page.locator(".lead")).to_contain_text("258 offences")


def test_two_browsers_at_once_see_their_own_towns(visit: Visit, small: str) -> None:
    pages = {name: visit(f"{small}/town/{name.lower()}") for name in ("Alder", "Birch")}
    for name, page in pages.items():
        drawn(page, "months")
        expect(page.locator("h1")).to_have_text(name)
        page.locator("#choose-year").select_option("2023")
    for name, page in pages.items():
        expect(page.locator(".lead")).to_contain_text(f"{name} police reported")
        expect(page.locator(".lead")).to_contain_text("in 2023")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/town/hartford", "/town/andover"])
def test_nothing_serious_stands_in_anyone_s_way(
    visit: Visit, connecticut: str, path: str, theme: str
) -> None:
    page = visit(f"{connecticut}{path}", theme=theme)
    if path == "/":
        map_drawn(page)
        page.wait_for_selector("#places tbody tr")
        page.wait_for_selector("#place-card h2")
    elif path == "/town/hartford":
        drawn(page, "officers")
    found = Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in grave] == []


@pytest.mark.parametrize("path", ["/", "/town/montville", "/town/andover"])
def test_no_page_scrolls_sideways(visit: Visit, connecticut: str, path: str) -> None:
    page = visit(f"{connecticut}{path}", width=360)
    if path == "/":
        map_drawn(page)
        page.wait_for_selector("#places tbody tr")
    elif path == "/town/montville":
        drawn(page, "officers")
        page.locator("#days [data-action=table]").click()
        page.wait_for_selector("#days tbody tr")
    for width in (360, 768, 1440, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        page.wait_for_function(CHARTS_FIT)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_an_agency_that_never_reported_says_so(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/town/yale-university")
    drawn(page, "officers")
    expect(page.locator(".lead")).to_contain_text("filed no report from 2021 to 2024")
    expect(page.locator("#officers")).to_contain_text("No staff figures for 2022")
    assert page.locator(".js-plotly-plot").count() == 1


def test_words_in_charts_are_never_small(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/town/hartford", width=360)
    for chart in ("months", "days", "kinds", "officers"):
        drawn(page, chart)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot text')].filter(t => t.textContent)
          .map(t => parseFloat(getComputedStyle(t).fontSize))"""
    )
    assert sizes
    assert min(sizes) >= 11


@pytest.mark.parametrize(
    "path",
    ["/", "/town/hartford", "/compare", "/risk", "/officers", "/methods", "/methods?lang=es"],
)
def test_nothing_is_wider_than_a_printed_sheet(visit: Visit, connecticut: str, path: str) -> None:
    page = visit(f"{connecticut}{path}", width=A4_BETWEEN_ITS_MARGINS)
    page.wait_for_function("() => document.querySelectorAll('.plot .main-svg, table').length > 0")
    page.emulate_media(media="print")

    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter(each => each.getBoundingClientRect().width > 0)
          .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
          .map(each => `${each.tagName}.${each.className}`)"""
    )
    assert wide == []


@pytest.mark.parametrize(
    "path", ["/", "/town/hartford", "/compare", "/risk", "/officers", "/methods"]
)
def test_no_heading_is_two_levels_below_the_one_before(
    visit: Visit, connecticut: str, path: str
) -> None:
    page = visit(f"{connecticut}{path}")
    page.wait_for_function("() => document.querySelectorAll('.plot .main-svg, table').length > 0")

    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1,h2,h3,h4')].map(each => +each.tagName[1])"
    )
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_every_part_of_a_date_shows_that_it_has_the_focus(visit: Visit, connecticut: str) -> None:
    page = visit(f"{connecticut}/risk")
    page.focus("#choose-date")

    seen = []
    while page.evaluate("() => document.activeElement.id") == "choose-date":
        seen.append(page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle"))
        page.keyboard.press("Tab")
    assert seen == ["solid"] * len(seen)
    assert len(seen) > 2
