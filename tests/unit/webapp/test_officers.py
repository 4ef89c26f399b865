"""Officers: sums, gaps and shares; figure, table and sentence say the same."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.codec import decode, encode
from webapp.figures.officers import officers_rate_figure, officers_sex_figure, year_axis
from webapp.pages.officers import OFFICERS_PAGE
from webapp.pages.parts import Visit
from webapp.site import Site
from webapp.urlstate.officers import (
    STATE,
    OfficersChoice,
    OfficersScopes,
    StaffFigures,
    StaffMeasure,
    officers_url,
    parse_officers,
)
from webapp.views.officers import (
    OfficersView,
    officers_lead,
    rate_summary,
    sex_summary,
    sex_title,
)
from webapp.views.officers_places import places_summary, places_table
from webapp.views.officers_status import status_figures
from webapp.views.officers_table import officers_table


def view_of(site: Site, scope: str = STATE, **changes: Any) -> OfficersView:  # noqa: ANN401 - as chosen
    return site.queries.officers(replace(OfficersChoice(scope=scope), **changes))


def traces(figure: Any) -> dict[str, Any]:  # noqa: ANN401 - a Plotly figure
    return {trace.name: trace for trace in figure.data}


def words_in(figure: Any) -> list[str]:  # noqa: ANN401 - a Plotly figure
    return [note.text for note in figure.layout.annotations]


@pytest.fixture
def scopes(small_site: Site) -> OfficersScopes:
    return small_site.queries.officers_scopes


def test_scopes_are_the_state_its_regions_and_whoever_has_police(scopes: OfficersScopes) -> None:
    assert scopes.slugs == (
        "state", "region-northern", "region-southern",
        "alder", "birch", "dogwood", "elm", "fir", "campus-university", "state-police",
    )  # fmt: skip


def test_every_choice_comes_back_from_its_url(scopes: OfficersScopes) -> None:
    for scope, measure, figures in product(scopes.slugs, StaffMeasure, StaffFigures):
        choice = OfficersChoice(scope=scope, measure=measure, figures=figures)
        parsed = parse_officers(officers_url(choice).partition("?")[2], scopes=scopes)
        assert (parsed.choice, parsed.repairs) == (choice, ())
    assert officers_url(OfficersChoice()) == "/officers"


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?scope=cedar", "No police of “cedar” is in the data; the whole State is shown."),
        ("?view=pie", "Officers cannot be shown as “pie”; their numbers are shown."),
        ("?figures=2030", "There are no figures “2030”; those that were reported are shown."),
    ],
)
def test_bad_values_are_repaired_in_words(scopes: OfficersScopes, search: str, said: str) -> None:
    parsed = parse_officers(search, scopes=scopes)
    assert parsed.choice == OfficersChoice()
    assert parsed.repairs == (said,)


def test_the_state_is_the_sum_of_all_agencies_and_says_what_it_lacks(small_site: Site) -> None:
    before, now = view_of(small_site).years
    assert (before.officers, now.officers) == (40 + 20 + 3 + 12 + 900, 50 + 20 + 3 + 10 + 12 + 930)
    assert (before.agencies, before.reporting, before.lacking) == (7, 6, ("Campus University",))
    assert (now.agencies, now.reporting, now.lacking) == (8, 8, ())
    assert now.women == 5 + 2 + 0 + 1 + 1 + 90 + 3
    assert now.people == 10_000 + 5_000 + 1_500 + 4_000 + 6_000
    assert now.per_1000 == pytest.approx(1000 * 1025 / 26_500)
    assert "The sum of 2023 is over 6 of 7 agencies; it lacks Campus University." in sex_summary(
        view_of(small_site)
    )
    assert officers_lead(view_of(small_site)) == (
        "The 8 agencies of Connecticut that gave figures together had 1,025 sworn officers on 31 "
        "October 2024, 102 of them women (10\N{NO-BREAK SPACE}%)."
    )


def test_a_region_adds_up_its_places(small_site: Site) -> None:
    view = view_of(small_site, "region-northern")
    assert view.name == "the Northern region"
    assert [year.officers for year in view.years] == [3 + 12, 3 + 10 + 12]
    lead = officers_lead(view)
    assert lead.startswith("The Northern region had 25 sworn officers")
    assert lead.endswith(": 10 more than the 3 agencies of 2023.")
    assert officers_lead(view_of(small_site, "alder")).endswith(": 10 more than in 2023.")
    assert officers_lead(view_of(small_site, "birch")).endswith(": as many as in 2023.")


@pytest.mark.parametrize("scope", ["state", "region-southern", "alder", "campus-university", "elm"])
def test_figure_table_and_sentence_agree(small_site: Site, scope: str) -> None:
    view = view_of(small_site, scope)
    table = officers_table(view, title=sex_title(view))
    found = [row[1].value for row in table.rows if row[1].value is not None]
    drawn = traces(officers_sex_figure(view))
    assert [value for value in drawn["total"].y if value is not None] == found
    assert f"{found[-1]:,.0f} sworn officer" in officers_lead(view)
    rates = [row[6].value for row in table.rows if row[6].value is not None]
    shown = traces(officers_rate_figure(view))["per 1,000"].y
    assert [value for value in shown if value is not None] == rates
    assert status_figures(view)[0].value == f"{found[-1]:,.0f}"
    assert decode(encode(view), as_type=OfficersView) == view


def test_a_year_without_a_report_is_a_gap_and_not_a_zero(small_site: Site) -> None:
    view = view_of(small_site, "campus-university")
    figure: Any = officers_sex_figure(view)
    drawn = traces(figure)
    assert list(drawn["total"].x) == [2024, None]
    assert 0 not in drawn["total"].y
    # A year alone is a narrow column, men from nobody to 27 and women from there to 30.
    assert list(drawn["men"].y) == [27, 27, 0, 0, None]
    assert list(drawn["women"].y) == [30, 30, 27, 27, None]
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(2022.5, 2023.5)]
    assert "no<br>report" in words_in(figure)
    assert "No staff figures were reported for 2023: a gap, not a zero." in sex_summary(view)
    assert officers_table(view, title="").rows[0][1].text == "no report"
    assert status_figures(view)[0].spark == (None, 30)


def test_notes_say_what_the_browser_may_shorten(small_site: Site) -> None:
    counts: Any = officers_sex_figure(view_of(small_site))
    shares: Any = officers_sex_figure(view_of(small_site, measure=StaffMeasure.SHARE))
    sexes = [note.text for note in counts.layout.annotations if note.name == "sexes"]
    parts = [note.text for note in shares.layout.annotations if note.name == "share"]
    assert sexes
    assert all(
        re.fullmatch(r"<b>[\d,]+</b><br>[\d,]+ wom[ae]n(<br>\d+ missing)?", text) for text in sexes
    )
    assert parts
    assert all(re.fullmatch(r"<b>\d+\N{NO-BREAK SPACE}%</b> women", text) for text in parts)


def test_years_before_an_agency_are_not_called_unreported(small_site: Site) -> None:
    view = view_of(small_site, "elm")
    assert "Not on the list of agencies in 2023." in sex_summary(view)
    assert "not<br>listed" in words_in(officers_sex_figure(view))
    assert officers_table(view, title="").rows[0][1].text == "not listed"


def test_shares_are_of_the_whole_and_withheld_on_a_small_base(small_site: Site) -> None:
    view = view_of(small_site, "alder", measure=StaffMeasure.SHARE)
    drawn = traces(officers_sex_figure(view))
    assert drawn["boundary"].y[:2] == pytest.approx((90, 90))
    assert "Women were 10\N{NO-BREAK SPACE}% in 2023" in sex_summary(view)
    small = view_of(small_site, "dogwood", measure=StaffMeasure.SHARE)
    figure: Any = officers_sex_figure(small)
    assert [list(trace.y) for trace in figure.data] == [[], [], []]
    assert words_in(figure)[1:] == ["under 20:<br>no share"] * 2
    assert "Fewer than 20 sworn officers" in sex_summary(small)
    assert officers_table(small, title="").rows[0][4].text == "too few"
    mixed = replace(view, years=(replace(view.years[0], officers=19), view.years[1]))
    assert "1 year has no share, with fewer than 20 officers." in sex_summary(mixed)


def test_an_agency_without_residents_has_no_rate(small_site: Site) -> None:
    view = view_of(small_site, "state-police")
    assert "no rate per 1,000 people" in rate_summary(view)
    assert "no residents, so no rate" in words_in(officers_rate_figure(view))
    assert status_figures(view)[-1].value == "no rate"


def test_one_year_s_figures_in_every_year_look_and_read_like_it(small_site: Site) -> None:
    view = replace(view_of(small_site, "alder"), figures=StaffFigures.LATEST)
    total = traces(officers_sex_figure(view))["total"]
    assert total.line.dash == "dot"
    assert len(set(total.marker.color[:2])) == 2, "points of another year are hollow"
    assert "with the figures of 2024 in every year" in sex_title(view)
    assert "That is not what was reported in the earlier years" in sex_summary(view)
    assert "more than" not in officers_lead(view)
    assert {figure.spark for figure in status_figures(view)} == {()}


def test_a_scope_that_never_reported_says_so(small_site: Site) -> None:
    view = view_of(small_site, "campus-university")
    silent = replace(view, years=view.years[:1])
    assert silent.newest is None
    assert officers_lead(silent) == "No agency of Campus University reported its staff."
    assert sex_summary(silent) == rate_summary(silent) == "No staff figures were reported."
    assert status_figures(silent) == ()
    assert traces(officers_sex_figure(silent))["total"].y == ()


def test_many_years_keep_whole_years_on_the_axis() -> None:
    axis = year_axis(range(1991, 2025))
    assert axis["tickvals"][-1] == 2024
    assert len(axis["tickvals"]) == 12
    assert year_axis((2021, 2022))["tickvals"] == [2021, 2022]


def test_the_list_of_places_goes_from_a_to_z_with_the_newest_figures(small_site: Site) -> None:
    view = small_site.queries.officers_places
    table = places_table(view, links=tuple(f"/town/{row.slug}" for row in view.rows))
    cells = {row[0].text: [cell.text for cell in row[2:]] for row in table.rows}
    assert [row[0].text for row in table.rows] == sorted(cells)
    assert cells["Alder"] == [
        "50", "45", "5", "10\N{NO-BREAK SPACE}%", "1", "5.00", "10,000", "2024",
    ]  # fmt: skip
    assert cells["Dogwood"][3] == "too few"
    assert cells["Cedar"] == ["State Police", *["\N{EN DASH}"] * 7]
    assert places_summary(view) == (
        "5 towns with police of their own and 2 agencies that police no single town; 1 town is "
        "policed by the State Police."
    )


def test_the_page_and_its_files(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path / "cache")).server.test_client()
    text = client.get("/officers?scope=alder").get_data(as_text=True)
    assert "<title>Police officers of Alder · CT-Crimes</title>" in text
    table = client.get("/data/officers-by-sex.json?scope=alder&view=share").get_json()
    assert [row[1] for row in table["rows"]] == [["40", 40], ["50", 50]]
    answer = client.get("/data/officers-per-1000.csv?scope=region-northern")
    assert "region-northern_officers_reported_small.csv" in answer.headers["Content-Disposition"]
    places = client.get("/data/officers-by-place.json").get_json()
    assert places["links"][0] == "/town/alder"
    assert len(places["rows"]) == 8


def test_a_state_without_a_map_has_counties(mapless_site: Site) -> None:
    scopes = mapless_site.queries.officers_scopes
    assert (scopes.region_noun, scopes.towns) == ("county", ())
    layout = str(OFFICERS_PAGE.layout(Visit(site=mapless_site)))
    assert "Counties" in layout
    assert "Planning regions" not in layout
    assert places_summary(mapless_site.queries.officers_places) == "7 agencies with figures."
