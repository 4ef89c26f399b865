"""URL to selection and back."""

import string
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.urlstate import (
    DAYS_LAST_6,
    DAYS_LAST_12,
    HORIZONS,
    MAP_KEYS,
    TOWN_KEYS,
    Measure,
    Scope,
    Selection,
    Unit,
    default_selection,
    map_url,
    parse_search,
    search_of,
    town_url,
)

SCOPE = Scope(
    years=(2021, 2022, 2024),
    kinds=("all", "violent", "robbery"),
    places=frozenset({"hartford", "new-haven"}),
    has_map=True,
    origins=(date(2022, 6, 1), date(2024, 12, 31)),
)
DEFAULT = default_selection(SCOPE)

selections = st.builds(
    Selection,
    measure=st.sampled_from(Measure),
    kind=st.sampled_from(SCOPE.kinds),
    year=st.sampled_from(SCOPE.years),
    unit=st.sampled_from(Unit),
    days=st.sampled_from((DAYS_LAST_6, DAYS_LAST_12, "2021", "2024")),
    place=st.sampled_from((None, *sorted(SCOPE.places))),
    horizon=st.sampled_from(HORIZONS),
    origin=st.none() | st.dates(date(2022, 6, 1), date(2024, 12, 30)),
)


@given(selections)
def test_map_url_round_trip(selection: Selection) -> None:
    parsed = parse_search(search_of(selection, scope=SCOPE, keys=MAP_KEYS), scope=SCOPE)
    assert parsed.repairs == ()
    assert parsed.selection == replace(
        selection, days=DAYS_LAST_12, horizon=DEFAULT.horizon, origin=None
    )


@given(selections)
def test_town_url_round_trip(selection: Selection) -> None:
    parsed = parse_search(search_of(selection, scope=SCOPE, keys=TOWN_KEYS), scope=SCOPE)
    assert parsed.repairs == ()
    assert parsed.selection == replace(selection, measure=DEFAULT.measure, place=None)


@given(
    st.dictionaries(
        st.sampled_from(("measure", "of", "year", "unit", "days", "town", "horizon", "origin")),
        st.text(alphabet=string.printable, max_size=30),
    )
)
def test_anything_opens_a_page_and_every_repair_is_told(values: dict[str, str]) -> None:
    parsed = parse_search(f"?{urlencode(values)}", scope=SCOPE)
    chosen = parsed.selection
    assert chosen.year in SCOPE.years
    assert chosen.kind in SCOPE.kinds
    assert chosen.place is None or chosen.place in SCOPE.places
    again = parse_search(
        search_of(chosen, scope=SCOPE, keys=(*MAP_KEYS, "days", "horizon", "origin")), scope=SCOPE
    )
    assert again.selection == chosen
    assert again.repairs == ()


def test_a_year_outside_the_data_is_repaired_in_words() -> None:
    parsed = parse_search("?year=2031&of=robbery", scope=SCOPE)
    assert parsed.selection == replace(DEFAULT, kind="robbery")
    assert parsed.repairs == ("Year 2031 is not in the data; 2024 is shown.",)


@pytest.mark.parametrize(
    "key", ["measure", "of", "year", "unit", "days", "town", "horizon", "origin"]
)
def test_each_bad_value_is_told_once(key: str) -> None:
    parsed = parse_search(f"?{key}=%3Cscript%3E", scope=SCOPE)
    assert parsed.selection == DEFAULT
    assert len(parsed.repairs) == 1


@pytest.mark.parametrize("search", [None, 7, {"year": 1}, [], "?" + "a=1&" * 60, "%ff", "?=&&=="])
def test_what_is_no_query_string_is_the_default(search: object) -> None:
    assert parse_search(search, scope=SCOPE).selection == DEFAULT


def test_foreign_keys_are_ignored_and_the_first_of_two_counts() -> None:
    parsed = parse_search("?utm_source=x&year=2021&year=2022", scope=SCOPE)
    assert parsed.selection == replace(DEFAULT, year=2021)
    assert parsed.repairs == ()


def test_canonical_urls_leave_defaults_out() -> None:
    assert map_url(DEFAULT, scope=SCOPE) == "/"
    chosen = replace(DEFAULT, year=2021, measure=Measure.CHANGE, place="hartford")
    assert map_url(chosen, scope=SCOPE) == "/?measure=change&year=2021&town=hartford"
    assert town_url("hartford", selection=chosen, scope=SCOPE) == "/town/hartford?year=2021"


def test_long_bad_values_are_cut_in_the_notice() -> None:
    (repair,) = parse_search(f"?of={'x' * 500}", scope=SCOPE).repairs
    assert len(repair) < 120


@pytest.mark.parametrize("day", [date(2022, 5, 31), date(2025, 1, 1)])
def test_an_origin_outside_the_forecasts_is_repaired_in_words(day: date) -> None:
    parsed = parse_search(f"?origin={day}&horizon=60", scope=SCOPE)
    assert parsed.selection == replace(DEFAULT, horizon=60)
    (repair,) = parsed.repairs
    assert "days from 1 Jun 2022 to 31 Dec 2024 can be chosen" in repair


def test_first_and_last_origin_are_allowed_and_the_last_is_the_default() -> None:
    first, last = date(2022, 6, 1), date(2024, 12, 31)
    assert parse_search(f"?origin={first}", scope=SCOPE).selection.origin == first
    assert parse_search(f"?origin={last}", scope=SCOPE).selection == DEFAULT
    before = last - timedelta(days=1)
    chosen = replace(DEFAULT, origin=before, horizon=7)
    assert town_url("hartford", selection=chosen, scope=SCOPE) == (
        "/town/hartford?horizon=7&origin=2024-12-30"
    )


def test_without_forecasts_no_origin_can_be_chosen() -> None:
    bare = replace(SCOPE, origins=None)
    parsed = parse_search("?origin=2024-01-01", scope=bare)
    assert parsed.selection == DEFAULT
    (repair,) = parsed.repairs
    assert "holds no forecast" in repair
