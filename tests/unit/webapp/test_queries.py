"""The views against oracles that count the made-up offences one by one in plain Python."""

from datetime import date, timedelta

import pytest

from tests.support.small_dataset import made_offences
from webapp.site import Site
from webapp.urlstate import Measure, Selection, Unit, default_selection
from webapp.views.map import Standing, standing_of, value_of
from webapp.views.series import gaps
from webapp.views.town import MonthState


def choose(site: Site, **changes: object) -> Selection:
    values = {**vars(default_selection(site.queries.scope)), **changes}
    return Selection(**values)


def count(place: str, *, year: int, months: range = range(1, 13), code: str = "") -> int:
    return sum(
        offence.place == place
        and offence.day.year == year
        and offence.day.month in months
        and offence.code.startswith(code)
        for offence in made_offences()
    )


@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize(
    ("kind", "code"), [("all", ""), ("larceny", "23"), ("violent", "13"), ("property", "23")]
)
def test_map_counts_are_those_of_the_offences(
    small_site: Site, year: int, kind: str, code: str
) -> None:
    view = small_site.queries.map(choose(small_site, year=year, kind=kind))
    for row in view.rows:
        expected = count(row.slug, year=year, code=code)
        assert (row.count or 0) == expected, row.slug


def test_incidents_count_once_however_many_offences_they_hold(small_site: Site) -> None:
    view = small_site.queries.map(choose(small_site, unit=Unit.INCIDENTS))
    alder = next(row for row in view.rows if row.slug == "alder")
    found = {o.incident for o in made_offences() if o.place == "alder" and o.day.year == 2024}
    assert alder.count == len(found) == 246


def test_rate_and_change_of_a_place_that_reported_everything(small_site: Site) -> None:
    view = small_site.queries.map(choose(small_site))
    alder = next(row for row in view.rows if row.slug == "alder")
    assert value_of(alder, measure=Measure.RATE) == pytest.approx(1000 * 258 / 10_000)
    assert value_of(alder, measure=Measure.CHANGE) == pytest.approx(258 / 234 - 1)
    assert value_of(alder, measure=Measure.OFFICERS) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("slug", "measure", "standing"),
    [
        ("birch", Measure.COUNT, Standing.SHOWN),
        ("birch", Measure.RATE, Standing.PART_YEAR),
        ("birch", Measure.CHANGE, Standing.PART_YEAR),
        ("cedar", Measure.COUNT, Standing.STATE_POLICE),
        ("cedar", Measure.OFFICERS, Standing.STATE_POLICE),
        ("dogwood", Measure.COUNT, Standing.SHOWN),
        ("dogwood", Measure.RATE, Standing.TOO_FEW),
        ("dogwood", Measure.CHANGE, Standing.TOO_FEW),
        ("elm", Measure.RATE, Standing.SHOWN),
        ("elm", Measure.CHANGE, Standing.PART_YEAR),
        ("fir", Measure.RATE, Standing.SHOWN),
        ("state-police", Measure.RATE, Standing.UNKNOWN),
    ],
)
def test_what_is_withheld_in_2024_and_why(
    small_site: Site, slug: str, measure: Measure, standing: Standing
) -> None:
    view = small_site.queries.map(choose(small_site))
    row = next(row for row in view.rows if row.slug == slug)
    assert standing_of(row, measure=measure) is standing
    assert (value_of(row, measure=measure) is None) == (standing is not Standing.SHOWN)


def test_a_town_is_the_state_police_s_before_it_has_police(small_site: Site) -> None:
    view = small_site.queries.map(choose(small_site, year=2023))
    elm = next(row for row in view.rows if row.slug == "elm")
    assert standing_of(elm, measure=Measure.COUNT) is Standing.STATE_POLICE


def test_a_month_without_a_report_is_open_and_not_zero(small_site: Site) -> None:
    view = small_site.queries.months("birch", selection=choose(small_site))
    assert view.values[:20] == (4,) * 20
    assert view.values[20:] == (None,) * 4
    elm = small_site.queries.months("elm", selection=choose(small_site, kind="violent"))
    assert elm.values == (None,) * 12 + (0,) * 12
    fir = small_site.queries.months("fir", selection=choose(small_site))
    assert [i for i, partial in enumerate(fir.partial) if partial] == [14]


@pytest.mark.parametrize("kind", ["all", "larceny"])
def test_days_against_a_plain_count(small_site: Site, kind: str) -> None:
    view = small_site.queries.days("birch", selection=choose(small_site, kind=kind))
    assert (view.first, view.last) == (date(2024, 1, 1), date(2024, 12, 31))
    for i, value in enumerate(view.values):
        day = view.first + timedelta(days=i)
        expected = sum(o.place == "birch" and o.day == day for o in made_offences())
        assert value == (expected if day < date(2024, 9, 1) else None), day


def test_seven_day_mean_needs_all_seven_days(small_site: Site) -> None:
    view = small_site.queries.days("birch", selection=choose(small_site))
    for i, mean in enumerate(view.means):
        week = view.values[i - 3 : i + 4] if i >= 3 else ()
        known = [value for value in week if value is not None]
        if 3 <= i < len(view.values) - 3:
            assert mean == (round(sum(known) / 7, 2) if len(known) == 7 else None), i
    assert gaps(view.values)[0].first == 244
    assert view.means[240] is not None
    assert view.means[241:] == (None,) * (366 - 241)


def test_mean_at_the_window_s_start_looks_at_the_days_before(small_site: Site) -> None:
    view = small_site.queries.days("alder", selection=choose(small_site, days="2024"))
    around = [date(2023, 12, 29) + timedelta(days=i) for i in range(7)]
    expected = sum(o.place == "alder" and o.day in around for o in made_offences()) / 7
    assert view.means[0] == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("days", "first", "length"),
    [
        ("last12", date(2024, 1, 1), 366),
        ("last6", date(2024, 7, 1), 184),
        ("2023", date(2023, 1, 1), 365),
    ],
)
def test_windows_of_days(small_site: Site, days: str, first: date, length: int) -> None:
    view = small_site.queries.days("alder", selection=choose(small_site, days=days))
    assert (view.first, len(view.values)) == (first, length)


def test_mix_adds_up_to_the_total(small_site: Site) -> None:
    view = small_site.queries.mix("alder", selection=choose(small_site))
    assert [(row.label, row.count, row.previous) for row in view.rows] == [
        ("Larceny", 198, 174),
        ("Assault", 60, 60),
    ]
    assert sum(row.count for row in view.rows) == view.total == count("alder", year=2024)


def test_key_figures_of_the_state(small_site: Site) -> None:
    offences, incidents, officers, reporting = small_site.queries.key_figures(
        choose(small_site)
    ).figures
    made = [o for o in made_offences() if o.day.year == 2024]
    assert offences.value == str(len(made))
    assert incidents.value == str(len({o.incident for o in made}))
    assert officers.value == f"{50 + 20 + 3 + 10 + 12 + 900 + 30:,}"
    # Like for like: without Birch (part of 2024) and Elm (part of neither year).
    both = ["alder", "dogwood", "fir", "state-police", "campus-university"]
    now, then = (sum(count(p, year=y) for p in both) for y in (2024, 2023))
    assert offences.note.startswith(f"+{round(100 * (now / then - 1))}")
    # Birch and the second agency of Fir missed at least one month.
    assert reporting.value == "6 of 8"


def test_staff_year_without_figures_stays_open(small_site: Site) -> None:
    years = small_site.queries.staff("campus-university").years
    assert [(year.year, year.officers) for year in years] == [(2023, None), (2024, 30)]
    assert [year.officers for year in small_site.queries.staff("elm").years] == [None, 10]


def test_town_view_knows_neighbours_coverage_and_police(small_site: Site) -> None:
    view = small_site.queries.town("birch", selection=choose(small_site))
    assert [link.slug for link in view.neighbours] == ["alder", "cedar", "elm"]
    assert view.coverage[1].months == (MonthState.COMPLETE,) * 8 + (MonthState.NONE,) * 4
    assert [link.slug for link in view.region_places] == ["alder"]
    assert not small_site.queries.town("cedar", selection=choose(small_site)).has_police
    assert small_site.queries.town("fir", selection=choose(small_site)).state_share


def test_cards_for_the_state_and_every_place(small_site: Site) -> None:
    view = small_site.queries.cards(choose(small_site))
    assert [card.slug for card in view.cards] == ["", *sorted(small_site.queries.scope.places)]
    by_slug = {card.slug: card for card in view.cards}
    assert by_slug["cedar"].spark == ()
    assert by_slug["birch"].spark[-4:] == (None,) * 4
    assert "no figure for the town alone" in by_slug["cedar"].lead


def test_scope_offers_only_what_is_in_the_data(small_site: Site) -> None:
    scope = small_site.queries.scope
    assert scope.years == (2023, 2024)
    assert scope.kinds == ("all", "violent", "property", "assault", "larceny")
    assert scope.has_map
