"""Sentence, table and figure of a view say the same; words are as they should be."""

from dataclasses import replace
from typing import Any

import pytest

from webapp.figures.bars import mix_figure, staff_figure
from webapp.figures.map import map_figure
from webapp.figures.series import days_figure, months_figure
from webapp.pages.parts import Visit
from webapp.pages.town import TOWN_PAGE
from webapp.site import Site
from webapp.urlstate import Measure, Unit, default_selection
from webapp.views import words
from webapp.views.map_table import map_table
from webapp.views.map_words import map_classes, map_summary, map_title
from webapp.views.mix import MixRow, mix_summary, mix_table, shown_rows
from webapp.views.series import days_summary, days_table, months_summary, months_table
from webapp.views.staff import staff_summary, staff_table
from webapp.views.table import TableView
from webapp.views.town import lead_sentence


def choose(site: Site, **changes: Any) -> Any:  # noqa: ANN401 - a selection
    return replace(default_selection(site.queries.scope), **changes)


def cells(table: TableView, *, row: str) -> list[str]:
    return next([cell.text for cell in cells] for cells in table.rows if cells[0].text == row)


def columns(figure: Any) -> Any:  # noqa: ANN401 - a Plotly figure
    return {trace.name: trace for trace in figure.data}


def test_words() -> None:
    assert words.number(-12345) == "\N{MINUS SIGN}12,345"
    assert [words.rate(value) for value in (0.04, 77.94, 99.95, 1234.5)] == [
        "0.0",
        "77.9",
        "100",
        "1,234",
    ]
    assert words.signed_percent(-0.123) == "\N{MINUS SIGN}12\N{NO-BREAK SPACE}%"
    assert words.signed_percent(0.004) == "0\N{NO-BREAK SPACE}%"
    assert words.percent(0.004) == "0.4\N{NO-BREAK SPACE}%"
    assert words.change_in_words(0.2, than="2023") == "20\N{NO-BREAK SPACE}% more than in 2023"
    assert words.change_in_words(-0.001, than="2023") == "about as many as in 2023"
    assert words.joined(("a", "b", "c")) == "a, b and c"
    assert words.of_kind(Unit.OFFENCES, kind="robbery") == "offences (robbery)"
    assert words.of_kind(Unit.INCIDENTS, kind="violent") == "violent incidents"


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        (
            "alder",
            (
                "Alder police reported 258 offences in 2024, 25.8 per 1,000 people: "
                "10 % more than in 2023."
            ),
        ),
        ("birch", "Birch police reported 32 offences in 2024 in 8 months of 12."),
        ("dogwood", "Dogwood police reported 12 offences in 2024, after 12 in 2023."),
        ("elm", "Elm police reported 36 offences in 2024, 9.0 per 1,000 people."),
        ("state-police", "State Police reported 240 offences in 2024: about as many as in 2023."),
    ],
)
def test_lead_sentences(small_site: Site, slug: str, sentence: str) -> None:
    view = small_site.queries.town(slug, selection=choose(small_site))
    assert lead_sentence(view).replace("\N{NO-BREAK SPACE}", " ") == sentence


def test_lead_sentence_of_a_town_without_police(small_site: Site) -> None:
    assert "no police department" in lead_sentence(
        small_site.queries.town("cedar", selection=choose(small_site))
    )
    elm = small_site.queries.town("elm", selection=choose(small_site, year=2023))
    assert lead_sentence(elm).startswith("Elm had no police of its own in 2023")


def test_map_says_the_same_in_table_and_figure(small_site: Site) -> None:
    assert small_site.layers is not None
    for measure in Measure:
        view = small_site.queries.map(choose(small_site, measure=measure))
        figure = map_figure(view, layers=small_site.layers, selected=None)
        table = map_table(view, links=tuple("" for _ in view.rows))
        drawn = columns(figure)
        assert len(drawn["values"].locations) + len(drawn["no-value"].locations) == 6
        assert sum(each.places for each in map_classes(view)) == len(drawn["values"].locations)
        assert figure.layout.meta["title"] == map_title(view)
        assert figure.layout.meta["summary"] == map_summary(view)
        assert table.caption.startswith(map_title(view))
        assert len(table.rows) == 8


def test_map_hatches_the_state_police_s_towns_and_incomplete_years(small_site: Site) -> None:
    assert small_site.layers is not None
    view = small_site.queries.map(choose(small_site))
    drawn = columns(map_figure(view, layers=small_site.layers, selected="alder"))
    assert list(drawn["hatching-state-police"].locations) == ["0920"]
    assert list(drawn["hatching-no-report"].locations) == ["0910"]
    assert list(drawn["selected"].locations) == ["0900"]
    too_few = dict(zip(drawn["no-value"].locations, drawn["no-value"].z, strict=True))
    assert too_few == {"0910": 0, "0920": 0, "0901": 1}


def test_map_table_withholds_in_words(small_site: Site) -> None:
    view = small_site.queries.map(choose(small_site))
    table = map_table(view, links=tuple("" for _ in view.rows))
    assert [row[0].text for row in table.rows] == sorted(row[0].text for row in table.rows)
    dash = "\N{EN DASH}"
    assert cells(table, row="Birch")[2:6] == ["32", "part year", "part year", "8 of 12"]
    assert cells(table, row="Cedar")[2:] == ["State Police", dash, dash, dash, dash, dash]
    assert cells(table, row="Dogwood")[2:5] == ["12", "too few", "too few"]


def test_map_of_the_first_year_has_no_change_column(small_site: Site) -> None:
    view = small_site.queries.map(choose(small_site, year=2023))
    table = map_table(view, links=tuple("" for _ in view.rows))
    assert not any("change" in column.name for column in table.columns)
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_months_agree(small_site: Site) -> None:
    view = small_site.queries.months("birch", selection=choose(small_site))
    figure, table = months_figure(view), months_table(view)
    assert list(figure.data[0].y) == list(view.values)
    assert cells(table, row="September") == ["September", "4", "no report"]
    assert cells(table, row="Months reported, total")[1:] == ["48", "32 (8 of 12 months)"]
    assert "32 offences were reported in 8 of 12 months" in months_summary(view)
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(band.x0, band.x1) for band in bands] == [("2024-09-01", "2025-01-01")]


def test_days_agree(small_site: Site) -> None:
    view = small_site.queries.days("birch", selection=choose(small_site))
    figure, table = days_figure(view), days_table(view)
    points, mean = figure.data
    assert list(points.y) == list(view.values)
    assert mean.connectgaps is False
    assert None in list(mean.y)[240:]
    assert [row[1].text for row in table.rows[-1:]] == ["no report"]
    assert "32 offences from 1 Jan 2024" in days_summary(view)
    assert "122 days lie in months without a report" in days_summary(view)
    long_open = replace(view, values=(None,) * 1200 + view.values)
    assert "1,322 days lie in months" in days_summary(long_open)
    once = replace(view, values=(None, *(value for value in view.values if value is not None)))
    assert "1 day lies in a month without a report" in days_summary(once)


def test_mix_agrees_and_withholds_small_changes(small_site: Site) -> None:
    view = small_site.queries.mix("alder", selection=choose(small_site))
    figure, table = mix_figure(view), mix_table(view)
    assert list(figure.data[0].x) == [60, 198]
    assert cells(table, row="Larceny")[2:] == [
        "198",
        "77\N{NO-BREAK SPACE}%",
        "174",
        "+14\N{NO-BREAK SPACE}%",
    ]
    assert "larceny (77" in mix_summary(view)
    small = small_site.queries.mix("dogwood", selection=choose(small_site))
    assert cells(mix_table(small), row="Larceny")[2:] == ["12", "too few", "12", "too few"]
    part = small_site.queries.mix("birch", selection=choose(small_site))
    assert cells(mix_table(part), row="Larceny")[5] == "not comparable"


def test_labels_have_room_behind_a_mark_that_is_longer_than_its_bar(small_site: Site) -> None:
    view = small_site.queries.mix("alder", selection=choose(small_site))
    fell = replace(view, rows=(MixRow(label="K", broad=None, count=30, previous=90),))
    figure: Any = mix_figure(fell)
    labels = next(trace for trace in figure.data if trace.name == "labels")
    assert labels.x[0] > 90
    assert figure.layout.xaxis.range[1] > 1.3 * 90


def test_mix_gathers_what_is_rare(small_site: Site) -> None:
    view = small_site.queries.mix("alder", selection=choose(small_site))
    many = replace(
        view,
        rows=tuple(MixRow(label=f"K{i}", broad=None, count=20 - i, previous=i) for i in range(16)),
    )
    shown = shown_rows(many)
    assert len(shown) == 13
    assert shown[-1].label == "4 other kinds"
    assert sum(row.count for row in shown) == sum(row.count for row in many.rows)
    assert sum(row.previous or 0 for row in shown) == sum(row.previous or 0 for row in many.rows)


def test_staff_agrees(small_site: Site) -> None:
    view = small_site.queries.staff("campus-university")
    figure, table = staff_figure(view), staff_table(view)
    assert [list(trace.y) for trace in figure.data] == [[None, 27], [None, 3]]
    assert cells(table, row="2023")[1:5] == ["no report"] * 4
    assert "No staff figures for 2023" in staff_summary(view)


def test_headline_shows_the_policing_note(small_site: Site) -> None:
    parts = TOWN_PAGE.headline(Visit(site=small_site, slug="fir"))
    assert "State Police cover the rest" in str(parts[-1].children)
