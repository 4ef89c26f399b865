"""Classes in views made by hand: sentences, tables and figures say the same, colours stay."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from core.nibrs.codes import CATEGORIES, BroadGroup
from core.risk.vocabulary import OTHER
from webapp.figures.risk import kind_colour, risk_figure
from webapp.figures.risk_history import history_figure
from webapp.figures.theme import DARK, LIGHT, Tokens, swap
from webapp.views.common import Provenance
from webapp.views.risk import (
    RiskPlace,
    RiskShare,
    RiskView,
    basis_words,
    per_100,
    risk_leads,
    risk_note,
    risk_summary,
    risk_table,
    risk_title,
    shown_classes,
)
from webapp.views.risk_history import (
    PastClass,
    PastScope,
    RiskHistoryView,
    history_summary,
    history_table,
    share_words,
)

HOME = "20"


SLUGS = (
    "larceny", "assault", "vandalism", "fraud", "motor-vehicle-theft", "drugs", "burglary",
    "other-offences", "weapons", "counterfeiting", "robbery", "sex-offences", OTHER,
)  # fmt: skip
SHARES = (0.31, 0.22, 0.12, 0.09, 0.07, 0.06, 0.04, 0.03, 0.02, 0.0096, 0.0001, 0.0003, 0.03)


def made_place(name: str, *, counts: tuple[int, ...], shift: int = 0) -> RiskPlace:
    shares = (*SHARES[shift:], *SHARES[:shift])
    classes = tuple(
        RiskShare(
            slug=slug,
            label="Other, rarer kinds" if slug == OTHER else CATEGORIES[slug].label,
            group=None if slug == OTHER else CATEGORIES[slug].broad,
            told=share,
            past=count,
        )
        for slug, share, count in zip(SLUGS, shares, counts, strict=True)
    )
    broad = tuple(
        RiskShare(slug=group, label=f"All {group}", group=group, told=share, past=count)
        for group, share, count in zip(
            BroadGroup, (0.3, 0.5, 0.2), (sum(counts[:4]), sum(counts[4:9]), sum(counts[9:])),
            strict=True,
        )
    )  # fmt: skip
    return RiskPlace(
        slug=name.lower(), name=name, broad=broad, classes=classes, basis=sum(counts), near=3,
        fallbacks=(), without_skill=(), likeliest="Larceny", why=("Larceny was 31 %.",),
    )  # fmt: skip


def made_view(*places: RiskPlace, synthetic: bool = False) -> RiskView:
    return RiskView(
        places=places,
        location=HOME,
        day=date(2025, 7, 12),
        hour=22,
        years=(2021, 2022, 2023, 2024),
        provenance=Provenance(source="Source: here", staff_source="", synthetic=synthetic),
    )


MANY = tuple(range(130, 0, -10))
FEW = (1, 2, *(0,) * 11)
ALDER, BIRCH, CEDAR = (
    made_place("Alder", counts=MANY),
    made_place("Birch", counts=MANY, shift=1),
    made_place("Cedar", counts=FEW, shift=2),
)


def test_the_answer_is_told_in_frequencies() -> None:
    first, second = risk_leads(made_view(ALDER, BIRCH))
    assert first == (
        "Of 100 reported offences like these (Alder, Residence/Home, Saturday 12 July 2025, around "
        "22:00), about 31 were larcenies, 22 assaults, 12 cases of vandalism and 9 frauds."
    )
    assert second == (
        "In Birch, about 31 were of rarer kinds, 22 larcenies, 12 assaults and 9 cases of "
        "vandalism."
    )
    simulated = made_view(ALDER, synthetic=True)
    assert risk_leads(simulated)[0].startswith("Of 100 simulated offences like these")
    assert risk_title(simulated).endswith("(simulated)")
    assert "simulated" in risk_note(simulated)
    assert "not how likely any offence is" in risk_note(made_view(ALDER))
    for words in (*risk_leads(simulated), risk_note(simulated), risk_summary(simulated)):
        assert "your" not in words.lower()
        assert "risk" not in words.lower()


def test_history_and_model_are_told_apart_from_place_to_place() -> None:
    alone = replace(BIRCH, without_skill=("Here the model was no better.",))
    view = made_view(ALDER, alone, replace(CEDAR, without_skill=alone.without_skill))
    model, history, also_history = risk_leads(view)
    assert model.startswith("Of 100 reported offences like these (Alder, Residence/Home, Saturday")
    assert history.startswith("Of 100 past offences like these (Birch, Residence/Home, 2021")
    assert also_history.startswith("In Cedar, about")
    assert "Birch 30 violent, 50 property, 20 other (from history alone)" in risk_summary(view)
    origins = {row[2].text: row[4].text for row in risk_table(view).rows}
    assert origins == {"Alder": "model", "Birch": "history", "Cedar": "history"}


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0"),
        (0.0004, "under 0.1"),
        (0.0005, "0.1"),
        (0.0094, "0.9"),
        (0.0096, "1"),
        (1.0, "100"),
    ],
)
def test_of_a_hundred(share: float, words: str) -> None:
    assert per_100(share) == words


def test_few_classes_are_the_likeliest_over_all_places() -> None:
    view = made_view(ALDER, BIRCH)
    ranked = shown_classes(view, at_most=5)
    assert ranked == ("larceny", "assault", OTHER, "vandalism", "fraud")
    every = shown_classes(view, at_most=None)
    assert sorted(every) == sorted(SLUGS)
    assert every[-1] == OTHER


@pytest.mark.parametrize(
    ("basis", "words"), [(1000, "plenty"), (999, "enough"), (99, "few"), (19, "20")]
)
def test_how_much_the_past_carries(basis: int, words: str) -> None:
    assert words in basis_words(replace(ALDER, basis=basis))


def bars(figure: Any) -> dict[str, dict[str, float]]:  # noqa: ANN401 - a figure's loose types
    """Values by label, for each trace of bars."""
    return {
        trace.name: {data[0]: value for data, value in zip(trace.customdata, trace.x, strict=True)}
        for trace in figure.data
        if trace.type == "bar"
    }


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("places", [(ALDER,), (ALDER, BIRCH, CEDAR)])
def test_figure_and_table_agree(places: tuple[RiskPlace, ...], every: bool) -> None:  # noqa: FBT001 - a parameter of the test
    view = made_view(*places)
    figure = risk_figure(view, every_class=every)
    drawn = bars(figure)
    rows = {(row[2].text, row[0].text): row[3].value for row in risk_table(view).rows}
    assert len(rows) == 16 * len(places)
    for place in places:
        assert len(drawn[place.name]) == (16 if every else 8)
        for label, value in drawn[place.name].items():
            assert value == pytest.approx(rows[place.name, label], abs=0.051)
    assert figure.layout.meta["title"] == risk_title(view)
    assert figure.layout.title.text == "Source: here"
    assert figure.layout.meta["height"] > 300


def test_marks_stand_at_past_shares_where_there_are_enough() -> None:
    view = made_view(ALDER, CEDAR)
    figure: Any = risk_figure(view, every_class=True)
    marks = next(trace for trace in figure.data if trace.name == "past")
    assert len(marks.x) == 16
    first = next(trace for trace in figure.data if trace.name == "Alder")
    assert list(marks.y) == list(first.y)
    by_label = dict(zip((data[0] for data in first.customdata), marks.x, strict=True))
    assert by_label["Larceny"] == pytest.approx(100 * 130 / sum(MANY), abs=0.01)
    table = {row[0].text: row for row in risk_table(view).rows if row[2].text == "Cedar"}
    assert [cell.text for cell in table["Assault"][5:]] == ["too few", "2", "3"]
    assert "(3 past offences on file: too few to compare)" in risk_summary(view)


def test_bars_of_a_row_stand_below_each_other_without_touching() -> None:
    figure: Any = risk_figure(made_view(ALDER, BIRCH, CEDAR), every_class=True)
    bars_of = [trace for trace in figure.data if trace.type == "bar"]
    spans = sorted((y - trace.width / 2, y + trace.width / 2) for trace in bars_of for y in trace.y)
    assert len(spans) == 48
    assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_a_town_keeps_its_colour_and_so_does_a_class() -> None:
    several: Any = risk_figure(made_view(ALDER, BIRCH, CEDAR), every_class=True)
    history: Any = history_figure(made_history(("Alder", MANY), ("Birch", MANY), ("Cedar", FEW)))
    for figure in (several, history):
        colours = [trace.marker.color for trace in figure.data if trace.type == "bar"]
        assert [{each} if isinstance(each, str) else set(each) for each in colours] == [
            {colour} for colour in LIGHT.compared
        ]
    alone: Any = risk_figure(made_view(ALDER), every_class=True)
    ring: Any = history_figure(made_history(("Alder", MANY)))
    pie = next(trace for trace in ring.data if trace.type == "pie")
    bar = next(trace for trace in alone.data if trace.type == "bar")
    by_label = dict(zip((data[0] for data in bar.customdata), bar.marker.color, strict=True))
    for label, colour in zip(pie.labels, pie.marker.colors, strict=True):
        assert by_label[label] == colour
    assert len(set(pie.marker.colors)) == 13


def test_every_kind_has_a_colour() -> None:
    for category in CATEGORIES.values():
        assert kind_colour(category.slug, group=category.broad) in LIGHT.kinds
    assert kind_colour(OTHER, group=None) == LIGHT.kinds[-1]


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_colours_of_places_and_kinds_stand_out(tokens: Tokens) -> None:
    for colour in (*tokens.compared, *tokens.kinds):
        for ground in (tokens.panel, tokens.ground):
            assert contrast(colour, ground) >= 3, (colour, ground)
    assert swap()[LIGHT.compared[2]] == DARK.compared[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# The past by itself


def made_history(*scopes: tuple[str, tuple[int, ...]]) -> RiskHistoryView:
    return RiskHistoryView(
        classes=tuple(
            PastClass(slug=share.slug, label=share.label, group=share.group)
            for share in ALDER.classes
        ),
        scopes=tuple(
            PastScope(name=name, file=name.lower(), counts=counts) for name, counts in scopes
        ),
        location=HOME,
        years=(2021, 2022, 2023, 2024),
        provenance=Provenance(source="Source: here", staff_source="", synthetic=False),
    )


def test_one_scope_is_a_ring_with_bars_and_counts() -> None:
    view = made_history(("Alder", MANY))
    figure: Any = history_figure(view)
    ring = next(trace for trace in figure.data if trace.type == "pie")
    assert tuple(ring.values) == MANY
    assert str(sum(MANY)) in ring.title.text
    labels = next(trace for trace in figure.data if trace.name == "labels")
    assert labels.text[0] == "14\N{NO-BREAK SPACE}% · 130"
    *rows, whole = history_table(view).rows
    assert [row[3].value for row in rows] == list(MANY)
    assert whole[3].value == sum(MANY)
    assert sum(row[4].value or 0 for row in rows) == pytest.approx(1)
    drawn = bars(figure)["Alder"]
    for row in rows:
        assert drawn[row[0].text] == pytest.approx(100 * (row[4].value or 0), abs=0.01)
    assert "most of them larceny (14\N{NO-BREAK SPACE}%)" in history_summary(view)


def test_too_few_for_shares_are_counted_only() -> None:
    view = made_history(("Cedar", FEW))
    figure: Any = history_figure(view)
    assert [trace.type for trace in figure.data] == ["bar", "scatter"]
    assert set(figure.data[0].x) == {None}
    assert list(figure.data[1].text[:3]) == ["1", "2", "0"]
    assert {row[4].text for row in history_table(view).rows} == {"too few"}
    assert history_summary(view) == "Cedar: 3 offences, too few for shares."


def test_a_small_share_is_not_none() -> None:
    assert share_words(0.0) == "0\N{NO-BREAK SPACE}%"
    assert share_words(4 / 10_337) == "under 0.1\N{NO-BREAK SPACE}%"
    assert share_words(0.001) == "0.1\N{NO-BREAK SPACE}%"


def test_several_scopes_are_grouped_bars() -> None:
    view = made_history(("Alder", MANY), ("Cedar", FEW), ("Birch", (0,) * 13))
    figure: Any = history_figure(view)
    assert [trace.name for trace in figure.data] == ["Alder", "Cedar", "Birch", "labels"]
    assert set(bars(figure)["Cedar"].values()) == {None}
    assert history_summary(view).endswith("No offence is on file for Birch.")
    (key,) = figure.layout.annotations
    for name in ("Alder", "Cedar", "Birch"):
        assert name in key.text
