"""A map of towns of another State: nothing is said that is true of Connecticut alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.figures.map import map_figure
from webapp.pages.map import MAP_PAGE
from webapp.pages.methods import METHODS_PAGE
from webapp.pages.officers import OFFICERS_PAGE
from webapp.pages.parts import PageKind, Visit
from webapp.pages.town import TOWN_PAGE
from webapp.queries import statewide
from webapp.site import Site
from webapp.urlstate import Measure, Selection, default_selection
from webapp.urlstate.risk import HistoryScope, parse_risk
from webapp.views.cards import card_lead
from webapp.views.map import PlaceRow, Standing, no_value_words, standing_of
from webapp.views.map_table import map_table
from webapp.views.map_words import map_summary
from webapp.views.officers_places import places_summary, places_table
from webapp.views.town import lead_sentence

DASH = "\N{EN DASH}"


def choose(site: Site, **changes: object) -> Selection:
    return Selection(**{**vars(default_selection(site.queries.scope)), **changes})


def row_of(site: Site, slug: str, **changes: object) -> PlaceRow:
    return next(row for row in site.queries.map(choose(site, **changes)).rows if row.slug == slug)


def text_of(page: PageKind, *, site: Site, slug: str = "") -> str:
    """Everything that a page says before scripts run, and where its links lead."""
    layout: Any = page.layout(Visit(site=site, slug=slug))
    return json.dumps(layout.to_plotly_json(), default=lambda part: part.to_plotly_json())


@pytest.fixture(scope="module")
def client(town_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = settings_for(town_folder, cache=tmp_path_factory.mktemp("cache"))
    made: FlaskClient = create_app(settings).server.test_client()
    return made


@pytest.mark.parametrize("measure", [each for each in Measure if each is not Measure.FORECAST])
def test_a_town_without_an_agency_is_not_the_state_polices(
    town_site: Site, measure: Measure
) -> None:
    cedar = row_of(town_site, "cedar", measure=measure)

    assert standing_of(cedar, measure=measure) is Standing.NO_AGENCY
    words = no_value_words(cedar, measure=measure, year=2024)
    assert words == "no agency of its own in these data"


def test_nor_is_a_town_in_the_years_before_its_agency(town_site: Site, small_site: Site) -> None:
    for site, standing in (
        (town_site, Standing.NO_AGENCY),
        (small_site, Standing.STATE_POLICE),
    ):
        elm = row_of(site, "elm", year=2023)
        assert standing_of(elm, measure=Measure.COUNT) is standing
    view = town_site.queries.town("elm", selection=choose(town_site, year=2023))
    assert lead_sentence(view) == "Elm had no agency of its own in these data for 2023."


def test_the_map_hatches_it_and_says_why(town_site: Site) -> None:
    view = town_site.queries.map(choose(town_site))
    assert town_site.layers is not None
    figure = map_figure(view, layers=town_site.layers, selected=None)

    hatched = {trace.name: list(trace.locations or ()) for trace in figure.data[1:3]}
    assert hatched["hatching-state-police"] == ["0920"]
    said = [annotation.text for annotation in figure.layout.annotations]
    assert said[0] == "no agency of its own in these data"
    assert "1 has no agency of its own in these data." in map_summary(view)
    assert "State Police" not in " ".join([*said, map_summary(view)])


def test_the_table_has_counties_and_no_agency(town_site: Site) -> None:
    view = town_site.queries.map(choose(town_site))
    table = map_table(view, links=tuple("" for _ in view.rows))

    assert [column.label for column in table.columns[:2]] == ["Town or agency", "County"]
    cells = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert cells["Cedar"] == ["Forest County", "no agency", *[DASH] * 5]


def test_its_card_says_so(town_site: Site) -> None:
    cedar = row_of(town_site, "cedar")
    lead = card_lead(cedar, what="offences", year=2024)
    assert lead == "No agency in these data is the town's own in 2024."

    state, *cards = town_site.queries.cards(choose(town_site)).cards
    assert [(fact.label, fact.value) for fact in state.facts] == [
        ("Towns", "6"),
        ("With their own police", "5"),
        ("Without an agency of their own", "1"),
    ]
    (card,) = [each for each in cards if each.slug == "cedar"]
    assert [(fact.label, fact.value) for fact in card.facts] == [
        ("Police", "no agency of its own in these data")
    ]


def test_its_page_says_what_is_known(town_site: Site, small_site: Site) -> None:
    view = town_site.queries.town("cedar", selection=choose(town_site))
    assert lead_sentence(view) == (
        "No agency in these data is known to report for Cedar alone, so it has no figure."
    )

    text = text_of(TOWN_PAGE, site=town_site, slug="cedar")
    assert "These data do not say who polices Cedar. A sheriff, the State Police or" in text
    assert "troopers" not in text
    assert "About half of the towns" not in text
    assert "troopers" in text_of(TOWN_PAGE, site=small_site, slug="cedar")


def test_a_towns_region_is_its_county(town_site: Site) -> None:
    text = text_of(TOWN_PAGE, site=town_site, slug="alder")

    assert '"Towns of Forest County with their own police"' in text
    assert "County County" not in text
    assert " region" not in text


def test_the_page_of_officers_groups_by_county(town_site: Site) -> None:
    text = text_of(OFFICERS_PAGE, site=town_site)
    assert '"Counties"' in text
    assert "lanning region" not in text

    view = town_site.queries.officers_places
    table = places_table(view, links=tuple("" for _ in view.rows))
    cells = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert cells["Cedar"] == ["Forest County", "no agency", *[DASH] * 7]
    assert places_summary(view) == (
        "5 towns with police of their own and 2 agencies that are not a town's own; 1 town has no "
        "agency of its own in these data."
    )


def test_past_offences_of_a_county_have_its_name(town_site: Site) -> None:
    queries = town_site.queries
    parsed = parse_risk("?towns=alder&scope=region", scope=queries.risk_scope)
    assert parsed.choice.history is HistoryScope.REGION

    view = queries.risk_history(parsed.choice)

    assert view is not None
    assert [scope.name for scope in view.scopes] == ["Forest County"]


def test_the_methods_do_not_speak_of_connecticut(town_site: Site, small_site: Site) -> None:
    text = text_of(METHODS_PAGE, site=town_site)
    assert "whoever polices it; it is hatched on the map" in text
    assert "served by State Police" not in text
    assert "borders from the US Census Bureau's boundary files. The" in text

    home = text_of(METHODS_PAGE, site=small_site)
    assert "served by State Police" in home
    assert "cartographic boundary files (2020). The" in home


def test_no_page_names_connecticut_or_its_regions(client: FlaskClient) -> None:
    for page in ("", "town/alder", "town/cedar", "officers", "compare", "risk", "methods"):
        address = f"/{page}"
        # In English last: what is spoken stays until the next request.
        for language, name in (
            ("es", "regi[oó]n(es)? de planificación"),
            ("en", "planning region"),
        ):
            text = client.get(f"{address}?lang={language}").get_data(as_text=True)
            assert not re.search(f"Connecticut|{name}", text, re.IGNORECASE), (address, language)


def test_agencies_that_are_not_a_towns_own_are_listed(town_site: Site) -> None:
    text = text_of(MAP_PAGE, site=town_site)
    assert '"Agencies that are not a town\'s own"' in text
    assert "/town/campus-university" in text


def test_the_largest_towns_are_labelled_where_nobody_counted_residents(
    town_site: Site, small_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name, _, _ in town_site.queries.label_points()]
    # Their agencies serve 10,000, 6,000, 5,000 and 4,000 people.
    assert names == ["Alder", "Fir", "Birch", "Elm"]
    assert small_site.queries.label_points() == (), "none of them is a city"

    # The map is 0.4 degree wide: Birch and Elm lie half of that or less from one that is named.
    monkeypatch.setattr(statewide, "_APART", 1.0)
    assert [name for name, _, _ in town_site.queries.label_points()] == ["Alder", "Fir"]
