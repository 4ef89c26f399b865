"""Tokens: distinct on the light side, legible on both."""

import pytest

from webapp.figures.theme import DARK, LIGHT, Tokens, stylesheet, swap


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_no_two_light_colours_are_equal_so_that_each_has_one_partner() -> None:
    assert len(swap()) == stylesheet().split("@media")[0].count("--")


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_text_is_legible(tokens: Tokens) -> None:
    for text in (tokens.ink, tokens.muted, tokens.accent):
        for ground in (tokens.ground, tokens.panel, tokens.sunk):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(tokens.accent_ink, tokens.accent) >= 4.5
    assert contrast(tokens.notice_ink, tokens.notice) >= 4.5
    assert contrast(tokens.men_ink, tokens.men) >= 4.5
    assert contrast(tokens.women_ink, tokens.women) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_marks_stand_out(tokens: Tokens) -> None:
    marks = (
        tokens.accent,
        tokens.highlight,
        tokens.men,
        tokens.violent,
        tokens.property,
        tokens.other,
    )
    for mark in marks:
        assert contrast(mark, tokens.panel) >= 3, mark


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_sequence_is_ordered_by_lightness_alone(tokens: Tokens) -> None:
    light = [luminance(colour) for colour in tokens.sequence]
    assert light in (sorted(light), sorted(light, reverse=True))
    middle = tokens.diverging[3]
    assert all(
        contrast(end, tokens.panel) > contrast(middle, tokens.panel)
        for end in (tokens.diverging[0], tokens.diverging[-1])
    )
