"""The officers of the committed dataset add up to the published figures."""

from pathlib import Path

import pytest

from core.dataset import open_dataset
from webapp.queries.frames import Frames, open_frames
from webapp.queries.officers import officers_places, officers_scopes, officers_view
from webapp.urlstate.officers import OfficersChoice, StaffFigures
from webapp.views.common import Provenance
from webapp.views.officers import OfficersView, sex_summary

ARTIFACT = Path(__file__).parents[2] / "artifacts" / "ct-demo"
SOURCE = Provenance(source="", staff_source="", synthetic=True)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return open_frames(open_dataset(ARTIFACT))


def view_of(
    frames: Frames, scope: str = "state", figures: StaffFigures = StaffFigures.REPORTED
) -> OfficersView:
    choice = OfficersChoice(scope=scope, figures=figures)
    return officers_view(frames, choice=choice, provenance=SOURCE)


def test_the_state_is_the_sum_of_all_agencies_of_the_year(frames: Frames) -> None:
    years = view_of(frames).years
    assert [year.year for year in years] == [2021, 2022, 2023, 2024]
    assert [year.officers for year in years] == [7_557, 7_401, 7_645, 7_825]
    assert [year.women for year in years] == [933, 949, 1_010, 1_046]


def test_who_did_not_report_is_a_gap(frames: Frames) -> None:
    """Yale's form is missing in 2022, Old Saybrook's is all zeros between 22 and 21 officers."""
    assert view_of(frames).years[1].lacking == ("Old Saybrook", "Yale University")
    for slug in ("yale-university", "old-saybrook"):
        view = view_of(frames, slug)
        assert [year.officers is None for year in view.years] == [False, True, False, False]
        assert "No staff figures were reported for 2022" in sex_summary(view)
        assert frames.staff[slug, 2022].officers is None, "the town page and the map say so too"


def test_montville_has_police_of_its_own_since_2023(frames: Frames) -> None:
    view = view_of(frames, "montville")
    assert [year.agencies for year in view.years] == [0, 0, 1, 1]


def test_agencies_of_one_town_are_added_up(frames: Frames) -> None:
    newest = view_of(frames, "groton").newest
    assert newest is not None
    assert (newest.agencies, newest.officers) == (3, 97)


def test_the_newest_figures_can_stand_in_every_year(frames: Frames) -> None:
    view = view_of(frames, figures=StaffFigures.LATEST)
    assert view.latest == 2024
    assert {year.officers for year in view.years[2:]} == {7_825}
    assert {year.officers for year in view.years[:2]} == {7_825 - 29}, "Montville was not listed"
    assert not any(year.lacking for year in view.years)


def test_regions_and_agencies_of_no_region_are_the_whole_state(frames: Frames) -> None:
    scopes = officers_scopes(frames)
    assert len(scopes.regions) == 9
    parts = [view_of(frames, region.slug).newest for region in scopes.regions]
    without = [slug for slug, place in frames.places.items() if not place.region]
    parts += [view_of(frames, slug).newest for slug in without]
    assert sum(part.officers or 0 for part in parts if part) == 7_825


def test_every_municipality_is_listed(frames: Frames) -> None:
    rows = officers_places(frames, provenance=SOURCE).rows
    assert sum(row.town for row in rows) == 169
    towns = [row for row in rows if row.town and row.officers is not None]
    assert len(towns) == 93
    assert sum(len(frames.places[row.slug].agencies) for row in towns) >= 95
