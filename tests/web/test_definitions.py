"""What the words mean, opened where they stand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_chosen_words_are_explained_by_keyboard(small: str, visit: Callable[..., Page]) -> None:
    page = visit(f"{small}/?of=violent&measure=count")
    button = page.locator(".page-map .define")
    button.focus()
    page.keyboard.press("Enter")

    panel = page.locator("#definition")
    expect(panel).to_be_visible()
    expect(panel).to_be_focused()
    assert panel.locator("dt").all_inner_texts() == ["Offence", "Violent offences"]

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()


def test_another_choice_has_another_definition(small: str, visit: Callable[..., Page]) -> None:
    page = visit(f"{small}/")
    page.locator(".page-map .define").click()
    expect(page.locator("#definition dt")).to_have_text(["Per 1,000 people", "All kinds"])
    page.locator("#definition [data-close]").click()

    page.select_option("#choose-of", "property")
    page.locator(".page-map .define").click()
    expect(page.locator("#definition dt")).to_have_text(["Per 1,000 people", "Property offences"])


@pytest.mark.parametrize("width", [360, 1440])
def test_all_kinds_of_offences_are_explained_within_the_window(
    small: str, visit: Callable[..., Page], width: int
) -> None:
    page = visit(f"{small}/town/alder", width=width)
    page.locator("#kinds .term").first.click()
    panel = page.locator("#definition")
    expect(panel.locator("dt").first).to_have_text("Assault")
    box = panel.bounding_box()

    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 900


def test_the_panel_leads_to_all_definitions(small: str, visit: Callable[..., Page]) -> None:
    page = visit(f"{small}/")
    page.locator("#map .term").first.click()
    page.locator("#definition a").click()

    page.wait_for_url("**/methods#definitions")
    expect(page.locator("#definition")).to_be_hidden()
