"""The forecast: sentence, table and figure say what the models say."""

import math
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from flask import Flask

from core.dataset import open_dataset, save_evaluation
from core.volume.forecast import VolumeForecast, forecast
from core.volume.inputs import place_counts
from core.volume.storage import MODELS_NAME, load_models
from tests.support.evaluations import volume_content
from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.cache import ViewCache, open_cache
from webapp.components.controls import map_sentence
from webapp.figures.forecast import forecast_figure
from webapp.figures.map import map_figure
from webapp.pages.forecast import how_sure
from webapp.pages.parts import Visit
from webapp.pages.town import TOWN_PAGE
from webapp.queries import Queries
from webapp.queries.forecaster import open_forecaster
from webapp.site import Site, open_site
from webapp.urlstate import Measure, Selection, default_selection, parse_search, town_url
from webapp.views.forecast import (
    ForecastView,
    forecast_summary,
    shown_factors,
    trailing_means,
)
from webapp.views.forecast_lead import forecast_lead
from webapp.views.forecast_models import baseline_words, model_words
from webapp.views.forecast_table import forecast_table
from webapp.views.map import Standing, standing_of, value_of
from webapp.views.map_table import map_table
from webapp.views.map_words import map_summary, map_title

LAST = date(2024, 12, 31)
REPLAYED = date(2024, 7, 15)


def chosen(site: Site, **changes: Any) -> Selection:  # noqa: ANN401 - fields of a selection
    return replace(default_selection(site.queries.scope), **changes)


def view_of(site: Site, slug: str, **changes: Any) -> ForecastView:  # noqa: ANN401 - as chosen
    view = site.queries.forecast(slug, selection=chosen(site, **changes))
    assert view is not None
    return view


@pytest.fixture(scope="module")
def made(forecast_folder: Path) -> VolumeForecast:
    """Thirty days from the end of the data, asked for without the web application."""
    dataset = open_dataset(forecast_folder)
    counts = place_counts(dataset.table("panel"), staffing=dataset.table("staffing"), state="CT")
    return forecast(load_models(dataset.model_files()), counts, origin=LAST, horizon=30)


def test_sentence_and_table_are_the_model_s_total(
    forecast_site: Site, made: VolumeForecast
) -> None:
    view = view_of(forecast_site, "alder")
    at = (pl.col("series") == "alder") & (pl.col("days") == 30)
    total = made.totals.filter(at).row(0, named=True)
    assert forecast_lead(view, of_all_kinds=False) == (
        f"About {total['median']} reported offences are expected in Alder in the 30 days to "
        f"30 Jan 2025; four times in five it will be between {total['lower_80']} and "
        f"{total['upper_80']}."
    )
    *days, whole = forecast_table(view).rows
    assert [cell.value for cell in whole[4:9]] == [
        total[name] for name in ("median", "lower_80", "upper_80", "lower_95", "upper_95")
    ]
    assert len(days) == 30
    assert whole[3].value == pytest.approx(sum(day[3].value or 0 for day in days), abs=0.2)


def test_days_are_the_model_s_with_their_holidays(
    forecast_site: Site, made: VolumeForecast
) -> None:
    view = view_of(forecast_site, "alder")
    daily = made.daily.filter(pl.col("series") == "alder").sort("date")
    assert [day.day for day in view.days] == daily["date"].to_list()
    assert [day.expected.upper_95 for day in view.days] == daily["upper_95"].to_list()
    named = {day.day: day.holiday for day in view.days if day.holiday}
    assert named == {
        date(2025, 1, 1): "New Year's Day",
        date(2025, 1, 20): "Martin Luther King Jr. Day",
    }


@pytest.mark.parametrize("slug", ["alder", "dogwood", "state-police"])
@pytest.mark.parametrize("horizon", [7, 14, 30, 60])
def test_bands_lie_inside_each_other(forecast_site: Site, slug: str, horizon: int) -> None:
    view = view_of(forecast_site, slug, horizon=horizon)
    assert view.total is not None
    assert len(view.days) == horizon
    for each in (view.total, *(day.expected for day in view.days)):
        limits = [each.lower_95, each.lower_80, each.lower_50, each.median]
        limits += [each.upper_50, each.upper_80, each.upper_95]
        assert limits == sorted(limits)


def test_the_median_line_begins_where_the_history_ends(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder")
    traces: dict[str, Any] = {trace.name: trace for trace in forecast_figure(view).data}
    history, median = traces["mean of 7 days"], traces["median"]
    assert median.x0 == LAST.isoformat()
    assert median.y[0] == history.y[-1]
    assert list(median.y[1:]) == [day.expected.median for day in view.days]
    assert history.x0 == view.first.isoformat() == traces["days"].x0
    assert view.first + timedelta(days=len(history.y) - 1) == LAST
    for level in ("50", "80", "95"):
        assert traces[f"lower {level}"].x0 == traces["baseline"].x0 == "2025-01-01"
    assert "counted" not in traces


def test_a_replay_stands_beside_what_was_counted(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder", origin=REPLAYED, horizon=14)
    days = forecast_site.queries.days("alder", selection=chosen(forecast_site, days="2024"))
    start = (REPLAYED - days.first).days + 1
    counted = days.values[start : start + 14]
    assert tuple(day.counted for day in view.days) == counted
    total = sum(value or 0 for value in counted)
    assert view.counted == total
    assert view.trained_to == date(2024, 7, 4)
    lead = forecast_lead(view, of_all_kinds=True)
    assert "From what was known on 15 Jul 2024" in lead
    assert "offences of all kinds" in lead
    assert f"; {total} were counted" in lead
    traces: dict[str, Any] = {trace.name: trace for trace in forecast_figure(view).data}
    assert tuple(traces["counted"].y) == counted
    assert forecast_table(view).rows[-1][-1].value == total


@pytest.mark.parametrize(("shift", "word"), [(-1, "below"), (0, "inside"), (1, "above")])
def test_a_replay_says_on_which_side_the_count_lay(
    forecast_site: Site, shift: int, word: str
) -> None:
    view = view_of(forecast_site, "alder", origin=REPLAYED, horizon=14)
    assert view.total is not None
    assert view.counted is not None
    limits = {
        -1: (view.counted + 1, 999),
        0: (view.counted, view.counted),
        1: (0, view.counted - 1),
    }
    low, high = limits[shift]
    moved = replace(view, total=replace(view.total, lower_80=low, upper_80=high))
    assert f"were counted, {word} that interval." in forecast_lead(moved, of_all_kinds=False)


def test_a_replay_into_unreported_months_compares_nothing(forecast_site: Site) -> None:
    view = view_of(forecast_site, "birch", origin=date(2024, 8, 20), horizon=30)
    assert view.counted is None
    assert [day.counted is None for day in view.days] == [False] * 11 + [True] * 19
    assert "not all were reported" in forecast_lead(view, of_all_kinds=False)
    late = view_of(forecast_site, "alder", origin=date(2024, 12, 20), horizon=30)
    assert "the data end before" in forecast_lead(late, of_all_kinds=False)


def test_a_place_that_stopped_reporting_gets_the_reason_and_no_chart(forecast_site: Site) -> None:
    view = view_of(forecast_site, "birch")
    assert (view.days, view.total) == ((), None)
    assert "reporting seems to have stopped" in view.withheld
    assert view.withheld in forecast_lead(view, of_all_kinds=False)
    assert forecast_summary(view) == view.withheld
    assert forecast_figure(view).data == ()
    assert forecast_table(view).rows == ()
    text = str(TOWN_PAGE.headline(Visit(site=forecast_site, slug="birch")))
    assert "expected" not in text


def test_gaps_stay_open_in_the_history(forecast_site: Site) -> None:
    view = view_of(forecast_site, "birch", origin=date(2024, 10, 15))
    assert view.history[-45:] == (None,) * 45
    assert view.means[-45:] == (None,) * 45
    assert view.days
    traces: dict[str, Any] = {trace.name: trace for trace in forecast_figure(view).data}
    assert traces["median"].x0 == "2024-10-16"
    assert list(traces["mean of 7 days"].y[-45:]) == [None] * 45


def test_trailing_means_never_look_ahead() -> None:
    assert trailing_means((1, 2, 3, 4, 5, 6, 7, None, 9)) == (*[None] * 6, 4.0, None, None)


def test_year_before_is_52_weeks_earlier(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder")
    days = forecast_site.queries.days("alder", selection=chosen(forecast_site, days="2023"))
    at = (view.first - timedelta(days=364) - days.first).days
    assert view.year_before[0] == trailing_means(days.values)[at]
    assert len(view.year_before) == len(view.history) + view.horizon


def test_a_town_where_hardly_anything_happens(forecast_site: Site) -> None:
    view = view_of(forecast_site, "dogwood", horizon=7)
    assert view.total is not None
    assert view.total.median == 0
    lead = forecast_lead(view, of_all_kinds=False)
    assert lead.startswith("Hardly any reported offences are expected in Dogwood in the 7 days")
    assert "at most" in lead
    assert forecast_summary(view) == "On most single days none is expected."


def test_names_of_models_and_baselines() -> None:
    assert model_words("direct").startswith("LightGBM")
    assert model_words("mean_28") == "baseline: mean of 28 days"
    assert baseline_words("weekday_level") == "recent level by weekday"


def test_holidays_of_the_forecast_are_named_first(forecast_site: Site) -> None:
    layout: Any = forecast_figure(view_of(forecast_site, "alder")).layout
    named = [note.text for note in layout.annotations if note.name == "holiday"]
    assert named[:2] == ["New Year", "M. L. King Day"]
    assert "Thanksgiving" in named
    lines = [shape for shape in layout.shapes if shape.name == "holiday"]
    assert len(lines) == len(named)


def test_the_page_answers_first_and_has_the_forecast_s_files(
    forecast_folder: Path, tmp_path: Path
) -> None:
    client = create_app(
        settings_for(forecast_folder, cache=tmp_path / "cache")
    ).server.test_client()
    text = client.get("/town/alder?horizon=14").get_data(as_text=True)
    assert "reported offences are expected in Alder in the 14 days to 14 Jan 2025" in text
    table = client.get("/data/forecast.json?place=alder&horizon=14").get_json()
    assert len(table["rows"]) == 15
    answer = client.get("/data/forecast.csv?place=alder&horizon=14&origin=2024-07-15")
    assert (
        "alder_forecast_14_from_2024-07-15_small-forecast.csv"
        in answer.headers["Content-Disposition"]
    )
    assert answer.get_data(as_text=True).startswith("day,weekday,holiday,mean,median,lower_80")
    assert client.get("/data/forecast.json?place=nowhere").status_code == 404


def test_a_dataset_without_models_says_so_in_the_forecast_s_place(small_site: Site) -> None:
    assert small_site.queries.scope.origins is None
    assert small_site.queries.forecast("alder", selection=chosen(small_site)) is None
    page = str(TOWN_PAGE.layout(Visit(site=small_site, slug="alder")))
    assert "This dataset holds no forecast" in page
    assert "ctcrimes build" in page
    assert "choose-horizon" not in page


def test_damaged_models_are_no_models(
    forecast_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = open_dataset(forecast_folder)
    files = {**dataset.model_files(), MODELS_NAME: b"{}"}
    monkeypatch.setattr(type(dataset), "model_files", lambda _: files)
    assert open_forecaster(dataset, panel=dataset.table("panel")) is None
    assert "no forecast" in caplog.text


def test_the_map_shows_the_next_thirty_days(forecast_site: Site, made: VolumeForecast) -> None:
    assert forecast_site.layers is not None
    view = forecast_site.queries.map(chosen(forecast_site, measure=Measure.FORECAST))
    rows = {row.slug: row for row in view.rows}
    totals = dict(made.totals.filter(pl.col("days") == 30).select("series", "median").iter_rows())
    values = {slug: value_of(row, measure=Measure.FORECAST) for slug, row in rows.items()}
    assert {slug: value for slug, value in values.items() if value is not None} == totals
    standings = {slug: standing_of(row, measure=Measure.FORECAST) for slug, row in rows.items()}
    assert standings["birch"] is Standing.NO_FORECAST
    assert standings["cedar"] is Standing.STATE_POLICE
    assert map_title(view) == "Reported offences expected in the 30 days to 30 Jan 2025"
    assert "1 has too few recent reports for a forecast." in map_summary(view)
    table = map_table(view, links=())
    cells = {row[0].text: [cell.text for cell in row[2:5]] for row in table.rows}
    expected = rows["alder"].expected
    assert expected is not None
    limits = [expected.median, expected.lower_80, expected.upper_80]
    assert cells["Alder"] == [str(limit) for limit in limits]
    assert cells["Birch"][0] == "no forecast"
    figure: Any = map_figure(view, layers=forecast_site.layers, selected=None)
    hover = dict(zip(figure.data[4].customdata, figure.data[4].text, strict=True))
    assert f"four times in five {limits[1]} to {limits[2]}" in hover["alder"]
    keys = [note.text for note in figure.layout.annotations]
    assert "no forecast: too few recent reports" in keys


def test_strip_and_cards_have_the_total_with_its_interval(
    forecast_site: Site, made: VolumeForecast
) -> None:
    state = made.state_totals.filter(pl.col("days") == 30).row(0, named=True)
    figure = forecast_site.queries.key_figures(chosen(forecast_site)).figures[-1]
    assert figure.value == str(state["median"])
    assert f"{state['lower_80']} to {state['upper_80']}" in figure.note
    assert len(figure.spark) == 30
    cards = {card.slug: card for card in forecast_site.queries.cards(chosen(forecast_site)).cards}
    assert cards[""].facts[0].value == str(state["median"])
    assert cards["birch"].facts[0].value == "no forecast"
    assert "Next 30 days" not in {fact.label for fact in cards["cedar"].facts}


def test_without_models_the_map_has_no_forecast(small_site: Site) -> None:
    parsed = parse_search("?measure=forecast", scope=small_site.queries.scope)
    assert parsed.selection == chosen(small_site)
    assert len(parsed.repairs) == 1
    assert "forecast" not in str(map_sentence(parsed.selection, scope=small_site.queries.scope))
    assert len(small_site.queries.key_figures(parsed.selection).figures) == 4


def test_why_multiplies_to_what_is_expected(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder")
    assert view.why is not None
    shown = shown_factors(view.why)
    assert [factor.label for factor in shown][-1] == "everything else"
    product = view.why.level * math.prod(factor.factor for factor in shown)
    assert product == pytest.approx(view.why.mean, rel=1e-4)
    assert view.why.mean == pytest.approx(view.days[0].expected.mean, rel=1e-4)
    assert view_of(forecast_site, "birch").why is None
    few = replace(view.why, factors=view.why.factors[:2])
    assert shown_factors(few) == few.factors
    parts = TOWN_PAGE.charts["forecast"].parts(Visit(site=forecast_site, slug="alder"))
    assert parts is not None
    assert "Why this forecast" in str(parts.aside)


BRIDGE = date(2026, 11, 23)


def test_a_bridge_carries_the_forecast_over_the_gap_and_widens_it(
    forecast_folder: Path, forecast_site: Site
) -> None:
    dataset = open_dataset(forecast_folder)
    counts = place_counts(dataset.table("panel"), staffing=dataset.table("staffing"), state="CT")
    made = forecast(
        load_models(dataset.model_files()), counts, origin=LAST, horizon=60, bridge_to=BRIDGE
    )
    view = view_of(forecast_site, "alder", bridge=BRIDGE)
    assert (view.begin, view.end, view.gap) == (date(2026, 11, 24), date(2026, 12, 23), 692)
    daily = made.daily.filter(pl.col("series") == "alder").sort("date").head(30)
    assert [day.day for day in view.days] == daily["date"].to_list()
    assert [day.expected.upper_80 for day in view.days] == daily["upper_80"].to_list()
    at = (pl.col("series") == "alder") & (pl.col("days") == 30)
    assert view.total is not None
    assert view.total.median == made.totals.filter(at)["median"].item()
    plain = view_of(forecast_site, "alder").total
    assert plain is not None
    widths = [total.upper_80 - total.lower_80 for total in (plain, view.total)]
    assert widths[1] > widths[0]
    assert view.why is not None
    assert view.why.day == view.begin


def test_a_bridge_is_marked_as_of_low_confidence_everywhere(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder", bridge=BRIDGE)
    lead = forecast_lead(view, of_all_kinds=False)
    assert lead.startswith("With low confidence, carried on over 692 days without data: about")
    assert forecast_summary(view).startswith("Low confidence: the data end 31 Dec 2024, 692 days")
    table = forecast_table(view)
    assert table.caption.endswith("forecast to 23 Dec 2026, low confidence")
    assert table.source.endswith("carried on over 692 days without data, low confidence")
    assert table.file.endswith("_bridged_to_2026-11-23_low-confidence")
    figure: Any = forecast_figure(view)
    assert figure.layout.meta["source"] == table.source
    visit = Visit(site=forecast_site, slug="alder", search="?bridge=2026-11-23")
    parts = TOWN_PAGE.charts["forecast"].parts(visit)
    assert parts is not None
    assert "Low confidence." in str(parts.aside)


def test_the_gap_is_drawn_and_the_middle_of_a_long_one_left_out(forecast_site: Site) -> None:
    figure: Any = forecast_figure(view_of(forecast_site, "alder", bridge=BRIDGE))
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["carried on"].x) == ["2024-12-31", "2026-11-24"]
    assert len(traces["median"].y) == 30
    assert traces["median"].x0 == traces["upper 95"].x0 == "2026-11-24"
    (gap,) = (shape for shape in figure.layout.shapes if shape.name == "gap")
    assert (gap.x0, gap.x1) == ("2024-12-31 12:00", "2026-11-23 12:00")
    (note,) = (note for note in figure.layout.annotations if note.name == "gap")
    assert "no data yet" in note.text
    assert list(figure.layout.xaxis.rangebreaks[0].bounds) == ["2025-01-12", "2026-11-12"]
    assert "2026-11-24" in figure.layout.xaxis.tickvals
    short: Any = forecast_figure(view_of(forecast_site, "alder", bridge=date(2025, 1, 20)))
    assert not short.layout.xaxis.rangebreaks
    plain: Any = forecast_figure(view_of(forecast_site, "alder"))
    assert "carried on" not in {trace.name for trace in plain.data}


def test_holidays_of_the_gap_are_not_marked(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder", bridge=BRIDGE)
    assert {mark.day.year for mark in view.holidays} == {2024, 2026}
    assert date(2025, 1, 1) not in {mark.day for mark in view.holidays}


@pytest.mark.parametrize(
    ("search", "bridge", "words"),
    [
        ("bridge=2026-11-23", BRIDGE, ""),
        ("", None, ""),
        ("bridge=2040-01-01", date(2028, 1, 5), "1 Jan 2040 is too far from the data"),
        ("bridge=2024-12-31", None, "The data reach 31 Dec 2024"),
        ("bridge=2020-02-30", None, "“2020-02-30” is no day"),
        ("bridge=today", None, "“today” is no day"),
        ("bridge=2026-11-23&origin=2024-07-15", None, "is not carried on to 23 Nov 2026"),
    ],
)
def test_a_bridge_in_the_address_is_checked(
    forecast_site: Site, search: str, bridge: date | None, words: str
) -> None:
    parsed = parse_search(search, scope=forecast_site.queries.scope)
    assert parsed.selection.bridge == bridge
    assert len(parsed.repairs) == bool(words)
    assert words in "".join(parsed.repairs)
    again = town_url("alder", selection=parsed.selection, scope=forecast_site.queries.scope)
    assert (
        parse_search(again.partition("?")[2], scope=forecast_site.queries.scope).selection
        == parsed.selection
    )


def test_without_models_nothing_can_be_bridged(small_site: Site) -> None:
    parsed = parse_search("bridge=2026-11-23", scope=small_site.queries.scope)
    assert parsed.selection.bridge is None
    assert "holds no forecast" in parsed.repairs[0]


def test_reasons_tell_their_days_in_words(forecast_site: Site) -> None:
    view = view_of(forecast_site, "birch")
    assert "up to 31 Dec 2024" in view.withheld
    assert "2024-12-31" not in view.withheld


def test_the_back_test_of_such_places_stands_beside_the_forecast(
    forecast_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "evaluated"
    shutil.copytree(forecast_folder, folder)
    save_evaluation(open_dataset(folder), kind="volume", content=volume_content())
    disk = open_cache(Flask("test"), settings=settings_for(folder, cache=tmp_path / "cache"))
    site = open_site(Queries(open_dataset(folder), cache=ViewCache(disk, version="test")))
    view = view_of(site, "alder")
    assert view.measured is not None
    assert (view.measured.band, view.measured.coverage_80) == ("0.5 to 2 a day", 0.8)
    assert (view.measured.baseline, view.measured.baseline_deviance) == ("mean_56", 1.3)
    parts = TOWN_PAGE.charts["forecast"].parts(Visit(site=site, slug="alder"))
    assert parts is not None
    said = str(parts.aside)
    assert "(2 windows of 30 days)" in said
    assert "of the days of places with 0.5 to 2 a day" in said
    assert "/methods#back-test" in said


def test_without_a_back_test_nothing_is_claimed(forecast_site: Site) -> None:
    assert view_of(forecast_site, "alder").measured is None
    parts = TOWN_PAGE.charts["forecast"].parts(Visit(site=forecast_site, slug="alder"))
    assert parts is not None
    assert "back-test" not in str(parts.aside)


def test_a_baseline_that_is_served_is_said(forecast_site: Site) -> None:
    view = view_of(forecast_site, "alder")
    assert "better than the model" not in str(how_sure(view))
    assert "better than the model" in str(how_sure(replace(view, model="mean_56")))
