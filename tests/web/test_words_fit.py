"""Words in charts: whole, inside their frame, and never on each other."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
PAGES = (
    "/",
    "/town/new-haven?of=larceny&year=2022",
    "/compare?towns=hartford,new-haven,bridgeport",
    "/compare?towns=yale-university,montville",
    "/risk?town=new-haven",
    "/officers?view=share&town=hartford",
    "/methods",
)
# Spanish words are longer than English ones.
SCREENS = (("en", 360), ("es", 360), ("es", 768))
DRAWN = """() => {
  const plots = [...document.querySelectorAll('.plot')].filter(plot => plot.offsetParent);
  return plots.length && !document.querySelector('.skeleton')
    && plots.every(plot => plot.querySelector('.main-svg'));
}"""
# Words of one element or of one legend stand where Plotly puts them; a hover label is none of ours.
FAULTS = """() => {
  const faults = [];
  for (const plot of document.querySelectorAll('.js-plotly-plot')) {
    if (!plot.offsetParent) continue;
    const name = plot.closest('.plot').parentElement.id;
    const frame = plot.getBoundingClientRect();
    const lines = [];
    for (const text of plot.querySelectorAll('text')) {
      if (!text.textContent.trim() || text.closest('.hoverlayer')) continue;
      if (getComputedStyle(text).visibility === 'hidden' || !text.getBBox().width) continue;
      const spans = [...text.querySelectorAll('tspan.line')];
      for (const line of spans.length ? spans : [text]) {
        const box = line.getBoundingClientRect();
        if (!box.width || !line.textContent.trim()) continue;
        lines.push({ said: line.textContent.trim(), box, text });
      }
    }
    for (const { said, box } of lines) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1) {
        faults.push(`${name}: "${said}" is cut by its frame`);
      }
    }
    for (const [i, one] of lines.entries()) {
      for (const other of lines.slice(i + 1)) {
        if (one.text === other.text) continue;
        const [a, b] = [one.box, other.box];
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 4) faults.push(`${name}: "${one.said}" lies on "${other.said}"`);
      }
    }
  }
  return faults;
}"""


@pytest.mark.parametrize(("language", "width"), SCREENS)
@pytest.mark.parametrize("address", PAGES)
def test_words_in_charts_are_whole_and_apart(
    visit: Visit, connecticut: str, address: str, language: str, width: int
) -> None:
    asked = f"{address}{'&' if '?' in address else '?'}lang={language}"
    page = visit(f"{connecticut}{asked}", width=width)
    page.wait_for_function(DRAWN)
    assert page.evaluate(FAULTS) == []


@pytest.mark.parametrize("address", ["/", "/town/hartford", "/compare?towns=hartford,avon"])
def test_four_hundred_per_cent_is_as_good_as_a_narrow_screen(
    visit: Visit, connecticut: str, address: str
) -> None:
    """A window of 1,280 px enlarged four times has room for 320 (WCAG 2.2, 1.4.10)."""
    page = visit(f"{connecticut}{address}", width=320)
    page.wait_for_function(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.querySelector('.top nav').scrollWidth") <= 320
    assert page.evaluate(FAULTS) == []
