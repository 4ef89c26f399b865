"""How twelve views look: beside a reference that was looked at when it was taken.

``make shots`` takes the references anew. A reference is compared in squares of four pixels, in
grey and with a tolerance, so that the edges of letters do not count and a moved, missing, clipped
or wrongly coloured part does.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

REFERENCES = Path(__file__).parent / "references"
UPDATE = "CTCRIMES_UPDATE_SHOTS"
SQUARE = 4
VISIBLE = 24.0  # of 255 shades of grey
ALLOWED = 0.01
HEIGHT = 1500

# One face on every machine, so that lines break where they did; nothing blinks or moves.
STILL = """
* { font-family: "DejaVu Sans" !important; caret-color: transparent !important; }
*, *::before, *::after { animation: none !important; transition: none !important; }
"""


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    width: int
    theme: str


SHOTS = [
    Shot("map-light", "/", 1440, "light"),
    Shot("map-phone-dark", "/?measure=forecast", 390, "dark"),
    Shot("town-dark", "/town/hartford", 1440, "dark"),
    Shot("town-phone-light", "/town/montville", 390, "light"),
    Shot("town-state-police", "/town/union", 1440, "light"),
    Shot("compare-light", "/compare?towns=hartford,new-haven,stamford", 1440, "light"),
    Shot("compare-phone-dark", "/compare?towns=hartford,new-haven", 390, "dark"),
    Shot("risk-dark", "/risk?towns=hartford,new-haven&hour=22", 1440, "dark"),
    Shot("risk-phone-light", "/risk?location=13", 390, "light"),
    Shot("officers-light", "/officers", 1440, "light"),
    Shot("officers-phone-spanish", "/officers?lang=es&view=share", 390, "dark"),
    Shot("methods-light", "/methods", 1440, "light"),
]


def taken(page: Page, *, path: Path) -> NDArray[np.float64]:
    page.add_style_tag(content=STILL)
    page.evaluate("window.dispatchEvent(new Event('resize'))")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_timeout(1500)
    page.screenshot(path=path, animations="disabled", caret="hide")
    return squares(path)


def squares(path: Path) -> NDArray[np.float64]:
    """Mean shade of each square of the picture."""
    with Image.open(path) as image:
        grey = np.asarray(image.convert("L"), dtype=np.float64)
    rows, columns = (size // SQUARE * SQUARE for size in grey.shape)
    cut = grey[:rows, :columns].reshape(rows // SQUARE, SQUARE, columns // SQUARE, SQUARE)
    means: NDArray[np.float64] = cut.mean(axis=(1, 3))
    return means


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_it_looks_as_it_did(
    shot: Shot, connecticut: str, visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit(f"{connecticut}{shot.path}", width=shot.width, theme=shot.theme)
    page.set_viewport_size({"width": shot.width, "height": HEIGHT})
    reference = REFERENCES / f"{shot.name}.png"
    if os.environ.get(UPDATE):
        REFERENCES.mkdir(exist_ok=True)
        taken(page, path=reference)
        return
    now, then = taken(page, path=tmp_path / f"{shot.name}.png"), squares(reference)

    assert now.shape == then.shape
    differs = np.abs(now - then) > VISIBLE
    rows = np.flatnonzero(differs.any(axis=1)) * SQUARE
    assert differs.mean() <= ALLOWED, (
        f"{differs.mean():.1%} of {shot.name} looks different, between {rows.min()} and "
        f"{rows.max()} pixels from the top: see {tmp_path}, and if it is meant to, 'make shots'"
    )


def test_the_comparison_sees_a_moved_part_and_not_the_edges_of_letters(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    page = np.full((400, 400), 250.0)
    page[40:120, 40:200] = 30.0
    moved = np.roll(page, 24, axis=1)
    rough = np.clip(page + rng.normal(0, 12, page.shape), 0, 255)
    found = {}
    for name, pixels in (("page", page), ("moved", moved), ("rough", rough)):
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"{name}.png")
        found[name] = squares(tmp_path / f"{name}.png")

    def differing(name: str) -> float:
        return float((np.abs(found[name] - found["page"]) > VISIBLE).mean())

    assert differing("moved") > ALLOWED
    assert differing("rough") == 0.0
