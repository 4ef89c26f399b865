"""Sentences of words and selects."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from webapp.components.choices import Choice, options, select, sentence, worded


def choice(key: str) -> html.Span:
    chosen = [options([Choice(value="a", label="A")], chosen="a")]
    return select(key, label=key, options=chosen, default="a")


def shape(part: Any) -> object:  # noqa: ANN401 - a component, or words
    """Words as they are, a select by its key, and what is kept together as a list."""
    if isinstance(part, str):
        return part
    if part.className == "kept":
        return [shape(each) for each in part.children]
    return part.children[1].id


def test_a_mark_stays_on_the_line_of_the_select_before_it() -> None:
    parts = worded(
        "Compare {one}, {two} and {three}: {four} in {five}.",
        **{key: choice(key) for key in ("one", "two", "three", "four", "five")},
    )
    made = sentence(parts, label="What").children

    assert [shape(part) for part in made] == [
        "Compare ",
        ["choose-one", ","],
        " ",
        "choose-two",
        " and ",
        ["choose-three", ":"],
        " ",
        "choose-four",
        " in ",
        ["choose-five", "."],
        "",
    ]


def test_words_alone_and_selects_beside_each_other_stay_as_they_are() -> None:
    parts: list[Component | str] = ["Show, ", choice("one"), choice("two"), " here"]
    made = sentence(parts, label="What").children

    assert [shape(part) for part in made] == ["Show, ", "choose-one", "choose-two", " here"]
