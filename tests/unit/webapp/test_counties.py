"""A map of counties: its figures are sums of agencies, counted here one offence at a time."""

from pathlib import Path

import pytest

from tests.support.small_dataset import made_offences, settings_for
from webapp import ids
from webapp.app import create_app
from webapp.figures.map import map_figure
from webapp.pages.map import MAP_PAGE
from webapp.pages.parts import Visit
from webapp.site import Site, labels_apart
from webapp.urlstate import Measure, Selection, default_selection, parse_search
from webapp.views.counties import CountyBase, base_words, counties_note, shared_words
from webapp.views.map import PlaceRow, Standing, standing_of, value_of
from webapp.views.map_words import map_summary


def choose(site: Site, **changes: object) -> Selection:
    return Selection(**{**vars(default_selection(site.queries.scope)), **changes})


def county(site: Site, name: str, **changes: object) -> PlaceRow:
    view = site.queries.map(choose(site, **changes))
    return next(row for row in view.counties if row.name == name)


def count(*places: str, year: int, code: str = "") -> int:
    return sum(
        offence.place in places and offence.day.year == year and offence.code.startswith(code)
        for offence in made_offences()
    )


@pytest.mark.parametrize(("kind", "code"), [("all", ""), ("larceny", "23"), ("violent", "13")])
def test_a_county_adds_up_the_agencies_that_reported_all_year(
    county_site: Site, kind: str, code: str
) -> None:
    west = county(county_site, "West County", kind=kind)
    lake = county(county_site, "Lake County", kind=kind)

    assert west.count == count("alder", year=2024, code=code), "Birch stopped in August"
    assert lake.count == count("elm", "campus-university", year=2024, code=code)
    assert (west.county, lake.county) == (
        CountyBase(agencies=2, full=1, shared=("Fir",)),
        CountyBase(agencies=2, full=2, shared=("Fir",)),
    )


def test_both_agencies_count_in_a_year_that_both_reported(county_site: Site) -> None:
    west = county(county_site, "West County", year=2023)

    assert west.count == count("alder", "birch", year=2023)
    assert west.county == CountyBase(agencies=2, full=2, shared=("Fir",))


def test_a_rate_divides_by_the_people_of_the_agencies_it_counts(county_site: Site) -> None:
    rows = {row.slug: row for row in county_site.queries.map(choose(county_site)).rows}
    west = county(county_site, "West County")

    assert west.people == rows["alder"].people
    assert value_of(west, measure=Measure.RATE) == pytest.approx(
        1000 * count("alder", year=2024) / (rows["alder"].people or 0)
    )


def test_officers_are_those_of_every_agency_that_gave_them(county_site: Site) -> None:
    rows = {row.slug: row for row in county_site.queries.map(choose(county_site)).rows}
    west = county(county_site, "West County", measure=Measure.OFFICERS)
    both = [rows["alder"], rows["birch"]]

    officers = county_site.queries.map(choose(county_site, measure=Measure.OFFICERS))
    assert "of its agencies that gave their officers" in map_summary(officers)
    assert west.officers == sum(row.officers or 0 for row in both)
    assert value_of(west, measure=Measure.OFFICERS) == pytest.approx(
        1000 * sum(row.officers or 0 for row in both) / sum(row.people or 0 for row in both)
    )


def test_a_change_compares_the_same_agencies(county_site: Site) -> None:
    lake = county(county_site, "Lake County")

    assert lake.count == 60
    assert (lake.previous, lake.compared) == (24, 24), "Elm had no agency in 2023"
    assert value_of(lake, measure=Measure.CHANGE) == 0


def test_a_county_without_an_agency_is_no_zero(county_site: Site) -> None:
    for measure in Measure:
        empty = county(county_site, "Empty County", measure=measure)
        assert standing_of(empty, measure=measure) is Standing.NO_AGENCY
        assert value_of(empty, measure=measure) is None
    assert county(county_site, "Empty County").count is None


def test_a_county_forecast_adds_up_its_agencies(county_site: Site) -> None:
    view = county_site.queries.map(choose(county_site, measure=Measure.FORECAST))
    expected = {row.slug: row.expected for row in view.rows}
    lake = next(row for row in view.counties if row.name == "Lake County").expected
    parts = [part for slug in ("elm", "campus-university") if (part := expected[slug])]

    assert lake is not None
    assert len(parts) == 2
    assert lake.median == sum(part.median for part in parts)
    assert (lake.lower_80, lake.upper_80) == (
        sum(part.lower_80 for part in parts),
        sum(part.upper_80 for part in parts),
    )
    assert "rather too wide" in map_summary(view)


def test_a_shared_agency_is_in_no_county_and_is_named(county_site: Site) -> None:
    view = county_site.queries.map(choose(county_site))
    drawn = map_figure(view, layers=_layers(county_site), selected="county-lake").to_plotly_json()
    traces = {trace["name"]: trace for trace in drawn["data"]}
    hovers = dict(zip(traces["values"]["customdata"], traces["values"]["text"], strict=True))

    assert "without Fir, of several counties" in hovers["county-lake"]
    assert "2 of 2 agencies reported every month" in hovers["county-lake"]
    assert "1 agency serves several counties and is in no county's figure." in map_summary(view)
    assert list(traces["hatching-state-police"]["locations"]) == ["09003"]
    assert list(traces["selected"]["locations"]) == ["09001"]


def _layers(site: Site):  # type: ignore[no-untyped-def] # noqa: ANN202 - what the site has
    assert site.layers is not None
    return site.layers


def test_the_table_has_the_counties_and_another_the_agencies(county_site: Site) -> None:
    visit = Visit(site=county_site)
    counties = MAP_PAGE.charts[ids.CHART_MAP].table(visit)
    agencies = MAP_PAGE.charts[ids.CHART_AGENCIES].table(visit)

    assert counties is not None
    assert agencies is not None
    assert [row[0].text for row in counties.rows] == [
        "Empty County", "Hill County", "Lake County", "West County",
    ]  # fmt: skip
    assert counties.links[1] == "/?town=county-hill"
    assert [row[0].text for row in agencies.rows][:2] == ["Alder", "Birch"]
    assert agencies.links[0] == "/town/alder"


def test_a_map_of_towns_has_no_table_of_agencies_beside_it(small_site: Site) -> None:
    assert MAP_PAGE.charts[ids.CHART_AGENCIES].table(Visit(site=small_site)) is None


def test_a_county_can_be_selected_on_the_map_and_has_no_page(
    county_site: Site, county_folder: Path, tmp_path: Path
) -> None:
    parsed = parse_search("?town=county-lake", scope=county_site.queries.scope)
    client = create_app(settings_for(county_folder, cache=tmp_path)).server.test_client()

    assert parsed.selection.place == "county-lake"
    assert parsed.repairs == ()
    assert client.get("/town/county-lake").status_code == 404
    assert client.get("/data/places.csv").text.startswith("place,")
    assert client.get("/data/map.csv").text.startswith("county,")


def test_the_card_of_a_county_lists_its_agencies(county_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(county_folder, cache=tmp_path)).server.test_client()
    answer = client.get("/data/cards.json").get_json()
    cards = {card["slug"]: card for card in answer["cards"]}

    assert answer["counties"] == ["county-empty", "county-hill", "county-lake", "county-west"]
    assert cards["county-lake"]["agencies"] == [
        ["campus-university", "Campus University"], ["elm", "Elm"], ["fir", "Fir"],
    ]  # fmt: skip
    assert "agencies" not in cards["county-empty"]
    assert cards["county-empty"]["lead"].startswith("No agency that serves this county alone")
    assert "agencies" not in cards["alder"]


def test_the_search_finds_counties(county_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(county_folder, cache=tmp_path)).server.test_client()
    found = {row[0]: row for row in client.get("/data/search.json").get_json()}

    assert found["county-west"] == ["county-west", "West County", "", False, True]
    assert found["alder"][4] is False


def test_an_agency_page_names_and_draws_its_counties(county_site: Site) -> None:
    view = county_site.queries.town("fir", selection=choose(county_site))

    assert [(c.slug, c.name, c.geoid) for c in view.counties] == [
        ("county-lake", "Lake County", "09001"), ("county-west", "West County", "09000"),
    ]  # fmt: skip


def test_words_about_what_a_county_rests_on() -> None:
    many = CountyBase(agencies=1, full=0, shared=("A", "B", "C", "D", "E"))

    assert base_words(many) == "0 of 1 agency reported every month"
    assert shared_words(many) == "without A, B, C and 2 more, of several counties"
    assert base_words(CountyBase(agencies=0, full=0, shared=())) == "no agency in these data"
    assert counties_note([many], measure=Measure.RATE).endswith(
        "5 agencies serve several counties and are in no county's figure."
    )


def test_a_label_that_would_lie_on_an_earlier_one_on_a_phone_is_left_out() -> None:
    vermont = (-73.4, 42.7, -71.5, 45.0)
    beside, below = ("Windsor", -72.6, 43.6), ("Windham", -72.7, 43.0)
    rutland = ("Rutland", -73.0, 43.6)

    assert labels_apart([rutland, beside, below], frame=vermont) == (rutland, below)
    assert labels_apart([beside, rutland], frame=vermont) == (beside,)
    wide = (-94.0, 29.0, -89.0, 33.0)
    far = (("Caddo", -93.9, 32.6), ("Orleans", -89.9, 30.0), ("Rapides", -92.5, 31.2))
    assert labels_apart(far, frame=wide) == far
