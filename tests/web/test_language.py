"""Spanish beside English: switched by a link, kept in the address, for one visitor only."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_same_page_in_spanish_and_back(small: str, visit: Callable[..., Page]) -> None:
    page = visit(f"{small}/?year=2023&measure=count")
    page.locator("a.language").click()

    page.wait_for_url("**lang=es")
    expect(page.locator("h1")).to_have_text("Delitos notificados en Connecticut")
    assert page.locator("html").get_attribute("lang") == "es"
    assert "year=2023" in page.url
    assert "measure=count" in page.url
    assert page.input_value("#choose-measure") == "count"

    page.locator("a.language").click()
    expect(page.locator("h1")).to_have_text("Reported offences in Connecticut")
    assert "lang" not in page.url


def test_the_language_stays_on_every_way_through_the_pages(
    small: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{small}/?lang=es")
    page.locator("#find").fill("alder")
    expect(page.locator("#find-0")).to_contain_text("Alder")
    page.keyboard.press("Enter")
    expect(page.locator("#months .card-title")).to_contain_text("por mes")
    assert "lang=es" in page.url

    page.select_option("#choose-of", "violent")
    expect(page.locator("#months .card-title")).to_contain_text("Delitos violentos notificados")
    page.locator("nav [data-page=officers]").click()
    expect(page.locator("h1")).to_have_text("Agentes de policía en Connecticut")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Alder")
    expect(page.locator("#months .card-title")).to_contain_text("Delitos violentos notificados")


def test_tables_cards_and_downloads_speak_it_too(small: str, visit: Callable[..., Page]) -> None:
    page = visit(f"{small}/?lang=es")
    heads = page.locator("#places thead th")
    expect(heads.first).to_have_text("Municipio o agencia")
    expect(page.locator("#place-card .eyebrow")).to_have_text("Todo el estado")
    assert "lang=es" in (page.locator("#places a[data-action=csv]").get_attribute("href") or "")


def test_plotly_writes_the_months_of_the_language(
    forecasting: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{forecasting}/town/alder?lang=es")
    ticks = page.locator("#days .xtick text")
    expect(ticks.first).to_be_visible()
    written = " ".join(ticks.all_text_contents()).lower()

    assert any(month in written for month in ("ene", "abr", "ago", "dic"))
    assert not any(month in written for month in ("jan", "apr", "aug", "dec"))


def test_two_visitors_read_two_languages_at_once(small: str, visit: Callable[..., Page]) -> None:
    spanish, english = visit(f"{small}/town/alder?lang=es"), visit(f"{small}/town/alder")
    for year in ("2023", "2024"):
        spanish.select_option("#choose-year", year)
        english.select_option("#choose-year", year)
    expect(spanish.locator("#kinds .card-title")).to_contain_text("Qué se notifica en Alder")
    expect(english.locator("#kinds .card-title")).to_contain_text("What is reported in Alder")


def test_an_unknown_language_is_repaired_with_a_notice(
    small: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{small}/?lang=fr")
    expect(page.locator("#notice")).to_contain_text("There is no language “fr” here")


@pytest.mark.parametrize("path", ["/", "/town/alder", "/officers", "/methods"])
def test_axe_finds_nothing_serious_in_spanish(
    path: str, small: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{small}{path}?lang=es")
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
