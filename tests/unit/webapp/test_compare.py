"""Places side by side: read from the URL, drawn, told and listed the same."""

from dataclasses import replace
from itertools import pairwise, permutations, product
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.small_dataset import made_offences, settings_for
from webapp.app import create_app
from webapp.figures.compare import STYLES, compared_months_figure, expected_figure
from webapp.figures.compare_bars import compared_kinds_figure, compared_officers_figure
from webapp.figures.theme import DARK, LIGHT, Tokens
from webapp.pages.compare import COMPARE_PAGE
from webapp.pages.parts import Visit
from webapp.site import Site
from webapp.urlstate import Unit
from webapp.urlstate.compare import (
    CompareChoice,
    CompareMeasure,
    compare_url,
    default_compare,
    parse_compare,
)
from webapp.views.compare import CompareView, compare_cards, compare_lead
from webapp.views.compare_parts import (
    compared_kinds,
    compared_kinds_summary,
    compared_kinds_table,
    compared_kinds_title,
    compared_officers_summary,
    compared_officers_table,
    compared_officers_title,
    kind_value,
)
from webapp.views.compare_time import (
    compared_months_summary,
    compared_months_table,
    compared_months_title,
    expected_summary,
    expected_table,
    expected_title,
    month_values,
)

COUNT = CompareMeasure.COUNT


def chosen(site: Site, *places: str, **changes: Any) -> CompareChoice:  # noqa: ANN401 - its fields
    usual = default_compare(site.queries.compare_scope)
    return replace(usual, places=places or usual.places, **changes)


def view_of(site: Site, *places: str, **changes: Any) -> CompareView:  # noqa: ANN401 - its fields
    return site.queries.compare(chosen(site, *places, **changes))


def traces(figure: Any) -> dict[str, Any]:  # noqa: ANN401 - a Plotly figure
    return {trace.name: trace for trace in figure.data}


def notes(figure: Any, name: str | None = None) -> list[str]:  # noqa: ANN401 - a Plotly figure
    return [note.text for note in figure.layout.annotations if name in (None, note.name)]


def test_the_default_is_the_most_populous_that_report(small_site: Site, mapless_site: Site) -> None:
    scope = small_site.queries.compare_scope
    assert scope.default == ("alder", "fir", "birch")
    assert "cedar" not in scope.places, "nobody polices it but the State"
    assert mapless_site.queries.compare_scope.default == ("alder", "fir", "birch")


def test_every_choice_comes_back_from_its_url(small_site: Site) -> None:
    scope = small_site.queries.compare_scope
    trios = [trio for n in (1, 2, 3) for trio in permutations(("alder", "elm", "state-police"), n)]
    for places, measure, year in product(trios, CompareMeasure, scope.dataset.years):
        choice = chosen(small_site, *places, measure=measure, year=year, unit=Unit.INCIDENTS)
        parsed = parse_compare(compare_url(choice, scope=scope).partition("?")[2], scope=scope)
        assert (parsed.choice, parsed.repairs) == (choice, ())
    assert compare_url(default_compare(scope), scope=scope) == "/compare"


@pytest.mark.parametrize(
    ("search", "places", "said"),
    [
        ("?towns=alder,nowhere", ("alder",), "“nowhere” cannot be compared"),
        ("?towns=cedar", ("alder", "fir", "birch"), "None of the places can be compared"),
        ("?towns=elm,alder,elm", ("elm", "alder"), "Elm was chosen twice and is shown once."),
        ("?towns=alder,birch,elm,fir", ("alder", "birch", "elm"), "“fir” cannot be compared: up"),
        ("?measure=danger", ("alder", "fir", "birch"), "cannot be compared by “danger”"),
        ("?year=1999", ("alder", "fir", "birch"), "Year 1999 is not in the data"),
        ("?of=magic", ("alder", "fir", "birch"), "the kind “magic”"),
    ],
)
def test_bad_values_are_repaired_in_words(
    small_site: Site, search: str, places: tuple[str, ...], said: str
) -> None:
    parsed = parse_compare(search, scope=small_site.queries.compare_scope)
    assert parsed.choice == chosen(small_site, *places)
    assert said in " ".join(parsed.repairs)


def test_the_order_chosen_is_the_order_shown(small_site: Site) -> None:
    for places in permutations(("alder", "birch", "fir")):
        view = view_of(small_site, *places)
        assert tuple(card.slug for card in compare_cards(view)) == places
        names = [place.name for place in view.places]
        assert [trace.name for trace in compared_months_figure(view).data] == names
        lead = compare_lead(view)
        assert [lead.index(name) for name in names] == sorted(lead.index(name) for name in names)


def test_a_slot_keeps_its_colour_on_every_figure(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder", "state-police", "fir", measure=COUNT)
    for slot, place in enumerate(view.places):
        colour = STYLES[slot].colour
        months = traces(compared_months_figure(view))[place.name]
        kinds = traces(compared_kinds_figure(view))[place.name]
        ahead = traces(expected_figure(view))[place.name]
        assert {months.line.color, kinds.marker.color, ahead.line.color} == {colour}
        assert months.line.dash == ahead.line.dash == STYLES[slot].dash
        assert f"color:{colour}" in notes(compared_officers_figure(view), "panel")[slot]
    assert len({style.dash for style in STYLES}) == len({style.pattern for style in STYLES}) == 3


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_the_colours_of_the_slots_stand_out_from_every_ground(tokens: Tokens) -> None:
    for colour, ground in product(tokens.compared, (tokens.panel, tokens.ground, tokens.sunk)):
        high, low = sorted((_luminance(colour), _luminance(ground)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3, (colour, ground)


def test_cards_say_who_what_and_how_much(small_site: Site) -> None:
    alder, dogwood = compare_cards(view_of(small_site, "alder", "dogwood"))
    facts = {fact.label: fact.value for fact in alder.facts}
    count = sum(
        offence.place == "alder" and offence.day.year == 2024 for offence in made_offences()
    )
    assert facts == {
        "People, 2024": "10,000",
        "Sworn officers, 31 Oct 2024": "50",
        "Officers per 1,000 people": "5.00",
        "Reported offences, 2024": str(count),
        "Reported per 1,000 people": f"{count / 10:.1f}",
        "Months reported, 2024": "12 of 12",
    }
    assert {fact.label: fact.value for fact in dogwood.facts}[
        "Reported per 1,000 people"
    ] == "too few"


def test_months_are_rates_over_the_year_s_people(small_site: Site) -> None:
    view = view_of(small_site, "alder", "birch", "dogwood")
    alder, birch, dogwood = (month_values(place, rates=True) for place in view.places)
    per_month = [
        sum(o.place == "alder" and (o.day.year, o.day.month) == (2024, month)
            for o in made_offences())
        for month in range(1, 13)
    ]  # fmt: skip
    assert alder[12:] == pytest.approx([count / 10 for count in per_month])
    assert birch[20:] == (None,) * 4, "from September on there is no report"
    assert dogwood == (None,) * 24, "twelve a year are too few for a rate"
    assert month_values(view.places[2], rates=False) == (1.0,) * 24
    summary = compared_months_summary(view)
    assert "Birch: no report for 4 months, which stay open." in summary
    assert "Dogwood: no rate in a year with fewer than 20." in summary
    assert f"Alder between {min(per_month) / 10:.2f} and {max(per_month) / 10:.2f}" in summary


@pytest.mark.parametrize("measure", CompareMeasure)
def test_months_figure_and_table_agree(small_site: Site, measure: CompareMeasure) -> None:
    view = view_of(small_site, "birch", "dogwood", "state-police", measure=measure)
    table = compared_months_table(view)
    for column, place in enumerate(view.places, start=1):
        drawn = traces(compared_months_figure(view))[place.name].y
        listed = [row[column].value for row in table.rows]
        assert list(drawn) == [None if v is None else pytest.approx(v, abs=1e-4) for v in listed]
        assert traces(compared_months_figure(view))[place.name].connectgaps is False
    assert table.rows[-1][1].text == "no report"
    assert table.caption == compared_months_title(view)
    if view.rates:
        assert [cell.text for cell in table.rows[0][2:]] == ["too few", "no residents"]
        assert "State Police: no rate, because the FBI assigns it no residents." in (
            compared_months_summary(view)
        )


def test_a_month_of_a_part_of_the_agencies_is_hollow(small_site: Site) -> None:
    view = view_of(small_site, "fir", measure=COUNT)
    marker = traces(compared_months_figure(view))["Fir"].marker
    assert [i for i, size in enumerate(marker.size) if size] == [14]
    assert marker.color[14] != STYLES[0].colour
    assert compared_months_table(view).rows[14][1].text == "2 (partial)"
    said = "Fir: 1 month reported by a part of its agencies, drawn as hollow points."
    assert said in compared_months_summary(view)


def test_the_names_at_the_ends_of_lines_never_lie_on_each_other(small_site: Site) -> None:
    view = view_of(small_site, "fir", "elm", "dogwood", measure=COUNT)
    figure: Any = compared_months_figure(view)
    ends = sorted(note.y for note in figure.layout.annotations if note.name == "end")
    top = figure.layout.yaxis.range[1] / 1.1
    assert len(ends) == 3
    assert all(high - low > 0.03 * top for low, high in pairwise(ends))


def test_forecasts_stand_side_by_side_with_their_totals(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder", "birch", "state-police", measure=COUNT)
    alder, birch = view.places[0].forecast, view.places[1].forecast
    assert alder is not None
    assert birch is not None
    assert alder.total is not None
    figure: Any = expected_figure(view)
    drawn = traces(figure)
    assert list(drawn["Alder"].y) == [day.expected.median for day in alder.days]
    assert drawn["Alder"].x0 == "2025-01-01"
    lower = drawn["Alder, interval"].y[30:][::-1]
    assert list(lower) == [day.expected.lower_80 for day in alder.days]
    assert "Birch" not in drawn
    assert "New Year" in notes(figure, "holiday")
    summary = expected_summary(view)
    total = alder.total
    assert (
        f"Alder: about {total.median} in 30 days, four times in five {total.lower_80} to "
        f"{total.upper_80}" in summary
    )
    assert f"Birch: no forecast. {birch.withheld}" in summary
    table = expected_table(view)
    assert [cell.text for cell in table.rows[-1][2:6]] == [
        str(total.median), str(total.lower_80), str(total.upper_80), "no forecast",
    ]  # fmt: skip
    assert len(table.rows) == 31
    assert len({column.name for column in table.columns}) == len(table.columns)
    assert table.caption == expected_title(view)


def busier(view: CompareView) -> CompareView:
    """The same days of the first place under a total that is large enough for a rate."""
    first, *others = view.places
    assert first.forecast is not None
    assert first.forecast.total is not None
    forecast = replace(first.forecast, total=replace(first.forecast.total, median=20))
    return replace(view, places=(replace(first, forecast=forecast), *others))


def test_a_forecast_as_a_rate_is_scaled_or_withheld(forecast_site: Site) -> None:
    counts = view_of(forecast_site, "alder", "dogwood", measure=COUNT)
    rates = busier(view_of(forecast_site, "alder", "dogwood"))
    plain, scaled = traces(expected_figure(counts)), traces(expected_figure(rates))
    assert list(scaled["Alder"].y) == pytest.approx([v / 10 for v in plain["Alder"].y])
    assert "Dogwood" in plain
    assert "Dogwood" not in scaled
    assert "Dogwood: hardly any in 30 days, four times in five at most 1" in expected_summary(rates)
    assert "too few for a rate, so it is not drawn." in expected_summary(rates)
    assert expected_table(rates).rows[0][-1].text == "too few"
    alone = view_of(forecast_site, "dogwood")
    assert expected_figure(alone).data == ()


def test_without_models_there_is_no_forecast_to_compare(small_site: Site) -> None:
    visit = Visit(site=small_site)
    assert "This dataset holds no forecast" in str(COMPARE_PAGE.layout(visit))
    assert COMPARE_PAGE.charts["compare-forecast"].parts(visit) is None
    assert COMPARE_PAGE.charts["compare-forecast"].table(visit) is None


@pytest.mark.parametrize("measure", CompareMeasure)
def test_kinds_are_shares_of_each_place(small_site: Site, measure: CompareMeasure) -> None:
    view = view_of(small_site, "alder", "dogwood", "birch", measure=measure)
    kinds = compared_kinds(view)
    assert [kind.label for kind in kinds] == ["Larceny", "Assault"]
    assert kinds[0].counts == (sum(10 + m for m in range(1, 13)), 12, 8 * 4)
    assert kinds[1].counts == (60, 0, 0)
    values = [kind_value(kinds[0], at=slot, view=view) for slot in range(3)]
    assert values == ([198 / 258, None, 1.0] if view.rates else [198, 12, 32])
    table = compared_kinds_table(view)
    assert [cell.text for cell in table.rows[0][1:5]] == [
        "198", "77\N{NO-BREAK SPACE}%", "12", "too few",
    ]  # fmt: skip
    assert table.caption.startswith(compared_kinds_title(view))
    assert "Dogwood: most often larceny, with 12 in all too few for shares" in (
        compared_kinds_summary(view)
    )
    drawn = traces(compared_kinds_figure(view))
    assert drawn["Alder"].x[0] == values[0]
    assert drawn["Dogwood"].text[0] == "12"


def test_a_place_without_a_report_has_no_kinds_and_no_zeros(small_site: Site) -> None:
    view = view_of(small_site, "alder", "elm", year=2023)
    assert "Elm filed no report for 2023" in compared_kinds_summary(view)
    assert "Elm filed no report for 2023" in compare_lead(view)
    assert [kind.counts[1] for kind in compared_kinds(view)] == [None, None]
    assert traces(compared_kinds_figure(view))["Elm"].text == ("", "")
    assert compared_kinds_table(view).rows[0][3].text == "no report"


def test_officers_share_one_axis_and_show_gaps(small_site: Site) -> None:
    view = view_of(small_site, "alder", "campus-university", "elm", measure=COUNT)
    figure: Any = compared_officers_figure(view)
    drawn = traces(figure)
    assert list(drawn["Alder, men"].y) == [36, 45]
    assert list(drawn["Campus University, women"].y) == [None, 3]
    assert {trace.yaxis for trace in figure.data} == {None}
    assert [drawn[f"{name}, men"].xaxis for name in ("Alder", "Campus University", "Elm")] == [
        "x", "x2", "x3",
    ]  # fmt: skip
    assert {"no<br>report", "not<br>listed", "<b>50</b>"} <= set(notes(figure))
    rows = compared_officers_table(view).rows
    assert [cell.text for cell in rows[0][1:]] == [
        "40", "36", "4", "4.00", *["no report"] * 3, "\N{EN DASH}", *["not listed"] * 3,
        "\N{EN DASH}",
    ]  # fmt: skip
    rates = view_of(small_site, "alder", "campus-university")
    assert list(traces(compared_officers_figure(rates))["Alder, men"].y) == [3.6, 4.5]
    assert "no<br>rate" in notes(compared_officers_figure(rates))
    assert "per 1,000 people" in compared_officers_title(rates)
    assert (
        "Campus University: 30 officers in 2024;"
        in f"{compared_officers_summary(rates)};".replace(".;", ";")
    )


def test_simulated_places_say_so(simulated_folder: Path, tmp_path: Path) -> None:
    settings = settings_for(simulated_folder, cache=tmp_path / "cache")
    client = create_app(settings).server.test_client()
    for chart in ("months", "kinds"):
        caption = client.get(f"/data/compare-{chart}.json").get_json()["caption"]
        assert "simulated" in caption
    assert "simulated" not in client.get("/data/compare-officers.json").get_json()["caption"]


def test_the_page_and_its_files(forecast_folder: Path, tmp_path: Path) -> None:
    settings = settings_for(forecast_folder, cache=tmp_path / "cache")
    client = create_app(settings).server.test_client()
    text = client.get("/compare?towns=elm,alder").get_data(as_text=True)
    assert "<title>Elm and Alder side by side · CT-Crimes</title>" in text
    for chart in ("months", "forecast", "kinds", "officers"):
        address = f"/data/compare-{chart}.csv?towns=elm,alder&measure=count"
        answer = client.get(address)
        head = answer.get_data(as_text=True).splitlines()[0].split(",")
        assert answer.status_code == 200
        assert len(head) == len(set(head)), chart
        assert head.index(next(name for name in head if name.startswith("elm"))) < head.index(
            next(name for name in head if name.startswith("alder"))
        )


@pytest.mark.parametrize("chart", ["months", "kinds", "officers"])
def test_a_file_is_named_after_its_places_and_its_data(client: FlaskClient, chart: str) -> None:
    answer = client.get(f"/data/compare-{chart}.csv?towns=elm,alder")
    name = answer.headers["Content-Disposition"].split('"')[1]
    assert name.startswith("compare_elm_alder_")
    assert name.endswith("_small.csv")
