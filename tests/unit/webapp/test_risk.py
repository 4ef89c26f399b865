"""The page of classes: it tells what the model says, counts what is on file, repairs the rest."""

import string
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dataset import open_dataset
from core.nibrs.codes import CATEGORY_OF_CODE, LOCATION_TYPES
from core.risk.contexts import RiskContext
from core.risk.explain import explain, sentences
from core.risk.groups import BANDS, ContextGroups
from core.risk.model import RiskModel, predict
from core.risk.storage import BOOSTER_FILE, MODEL_FILE, risk_from_files
from core.risk.vocabulary import LOCATIONS
from tests.support.small_dataset import (
    MadeOffence,
    hour_and_location,
    made_offences,
    settings_for,
    write_small_dataset,
)
from webapp.app import create_app
from webapp.language import Language, speaking
from webapp.pages.parts import Visit
from webapp.pages.risk import RISK_PAGE
from webapp.pages.town import TOWN_PAGE
from webapp.queries import risk as risk_queries
from webapp.queries.frames import open_frames
from webapp.queries.risk import open_risk
from webapp.site import Site
from webapp.urlstate.risk import (
    ANY_LOCATION,
    HistoryScope,
    RiskChoice,
    RiskScope,
    default_risk,
    parse_risk,
    risk_url,
)
from webapp.views.risk import (
    RiskView,
    basis_words,
    risk_leads,
    risk_table,
)
from webapp.views.risk_history import (
    RiskHistoryView,
    history_table,
    history_title,
)

SCOPE = RiskScope(
    places=frozenset({"hartford", "new-haven", "west-hartford", "yale"}),
    default_place="hartford",
    years=(2021, 2022, 2024),
    days=(date(2021, 1, 1), date(2026, 12, 31)),
    default_day=date(2024, 12, 31),
)
DEFAULT = default_risk(SCOPE)
HOME, SHOP = "20", "08"
LAST = date(2024, 12, 31)

choices = st.builds(
    RiskChoice,
    places=st.lists(st.sampled_from(sorted(SCOPE.places)), min_size=1, max_size=3, unique=True).map(
        tuple
    ),
    location=st.sampled_from((ANY_LOCATION, *LOCATION_TYPES)),
    day=st.dates(*SCOPE.days),
    hour=st.none() | st.integers(0, 23),
    every_class=st.booleans(),
    history=st.sampled_from(HistoryScope),
    year=st.none() | st.sampled_from(SCOPE.years),
)


@given(choices)
def test_url_round_trip(choice: RiskChoice) -> None:
    parsed = parse_risk(risk_url(choice, scope=SCOPE).removeprefix("/risk"), scope=SCOPE)
    assert parsed.choice == choice
    assert parsed.repairs == ()


@given(
    st.dictionaries(
        st.sampled_from(("towns", "location", "date", "hour", "classes", "scope", "year")),
        st.text(alphabet=string.printable, max_size=40),
    )
)
def test_anything_opens_the_page(values: dict[str, str]) -> None:
    chosen = parse_risk(f"?{urlencode(values)}", scope=SCOPE).choice
    again = parse_risk(risk_url(chosen, scope=SCOPE).removeprefix("/risk"), scope=SCOPE)
    assert again.choice == chosen
    assert again.repairs == ()


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("hour=24", "Hour “24” does not exist, only 0 to 23"),
        ("hour=-1", "Hour “-1” does not exist"),
        ("date=2025-02-30", "“2025-02-30” is no day of any year"),
        ("date=2020-12-31", "31 Dec 2020 is too far from the data; days from 1 Jan 2021 to"),
        ("date=2027-01-01", "1 Jan 2027 is too far from the data"),
        ("towns=gotham", "“gotham” is left out: it is no place of the data"),
        ("location=99", "“99” is no location type of the FBI; “Residence/Home” is taken"),
        ("classes=7", "“7” classes cannot be chosen"),
        ("scope=nation", "“nation” has no history of its own"),
        ("year=2023", "Year 2023 is not in the data"),
    ],
)
def test_a_bad_value_is_replaced_by_the_default_and_told_once(search: str, words: str) -> None:
    parsed = parse_risk(f"?{search}", scope=SCOPE)
    assert parsed.choice == DEFAULT
    (repair,) = parsed.repairs
    assert words in repair


def test_three_places_at_most_each_once() -> None:
    parsed = parse_risk("?towns=yale,hartford,yale,new-haven,west-hartford", scope=SCOPE)
    assert parsed.choice.places == ("yale", "hartford", "new-haven")
    (repair,) = parsed.repairs
    assert "“west-hartford” is left out" in repair
    assert "3" in repair


def test_canonical_urls_leave_defaults_out() -> None:
    assert risk_url(DEFAULT, scope=SCOPE) == "/risk"
    chosen = replace(DEFAULT, places=("yale", "hartford"), hour=0, day=date(2025, 7, 12))
    assert risk_url(chosen, scope=SCOPE) == "/risk?towns=yale,hartford&date=2025-07-12&hour=0"


# What is on file, counted one by one


def on_file(
    *places: str, location: str = "", hours: tuple[int, ...] = (), year: int | None = None
) -> Counter[str]:
    """Past offences by category, in plain Python; no place is every place."""
    return Counter(
        CATEGORY_OF_CODE[offence.code].slug
        for offence in made_offences()
        if (not places or offence.place in places)
        and _is_at(offence, location=location, hours=hours)
        and year in (None, offence.day.year)
    )


def _is_at(offence: MadeOffence, *, location: str, hours: tuple[int, ...]) -> bool:
    hour, where = hour_and_location(offence)
    return location in ("", where) and (not hours or hour in hours)


def choose(site: Site, **changes: Any) -> RiskChoice:  # noqa: ANN401 - fields of a choice
    return replace(default_risk(site.queries.risk_scope), **changes)


def told(site: Site, **changes: Any) -> RiskView:  # noqa: ANN401 - fields of a choice
    view = site.queries.risk(choose(site, **changes))
    assert view is not None
    return view


def past(site: Site, **changes: Any) -> RiskHistoryView:  # noqa: ANN401 - fields of a choice
    view = site.queries.risk_history(choose(site, **changes))
    assert view is not None
    return view


@pytest.fixture(scope="module")
def model(risk_folder: Path) -> RiskModel:
    """The model, asked without the web application."""
    dataset = open_dataset(risk_folder)
    return risk_from_files(
        dataset.model_files(), places=frozenset(dataset.table("places")["place"])
    )


@pytest.mark.parametrize("location", [HOME, SHOP, ANY_LOCATION])
@pytest.mark.parametrize("slug", ["alder", "birch", "fir"])
def test_past_counts_are_those_of_the_offences(risk_site: Site, slug: str, location: str) -> None:
    (place,) = told(risk_site, places=(slug,), location=location).places
    expected = on_file(slug, location=location.replace(ANY_LOCATION, ""))
    assert {share.slug: share.past for share in place.classes if share.past} == dict(expected)
    assert place.basis == place.near == expected.total()
    broad = Counter({str(share.slug): share.past for share in place.broad})
    assert broad["violent"] == expected["assault"]
    assert broad["property"] == expected["larceny"]


@pytest.mark.parametrize(
    ("hour", "hours"), [(21, (20, 21, 22)), (0, (23, 0, 1)), (23, (22, 23, 0))]
)
def test_near_counts_an_hour_before_and_after_over_midnight(
    risk_site: Site, hour: int, hours: tuple[int, ...]
) -> None:
    (place,) = told(risk_site, places=("alder",), hour=hour).places
    assert place.near == on_file("alder", location=HOME, hours=hours).total() > 0
    assert place.basis == on_file("alder", location=HOME).total()


def test_history_of_town_region_state_and_year(risk_site: Site) -> None:
    def counts(view: RiskHistoryView) -> list[dict[str, int]]:
        slugs = [each.slug for each in view.classes]
        return [
            {slug: count for slug, count in zip(slugs, scope.counts, strict=True) if count}
            for scope in view.scopes
        ]

    towns = past(risk_site, places=("alder", "fir"), location=ANY_LOCATION)
    assert counts(towns) == [dict(on_file("alder")), dict(on_file("fir"))]
    one_year = past(risk_site, places=("alder",), location=SHOP, year=2023)
    assert counts(one_year) == [dict(on_file("alder", location=SHOP, year=2023))]
    region = past(
        risk_site, places=("alder", "birch"), location=ANY_LOCATION, history=HistoryScope.REGION
    )
    places = risk_site.queries.places
    same = [place.slug for place in places if place.region == _region(risk_site, "alder")]
    assert counts(region) == [dict(on_file(*same))]
    assert history_title(region) == (
        "What was reported in the Southern region, any location, 2023\N{EN DASH}2024"
    )
    state = past(
        risk_site, places=("alder", "fir"), location=ANY_LOCATION, history=HistoryScope.STATE
    )
    assert counts(state) == [dict(on_file())]
    assert [scope.name for scope in state.scopes] == ["Connecticut"]


def _region(site: Site, slug: str) -> str:
    return next(place.region for place in site.queries.places if place.slug == slug)


# What is told


def test_told_is_the_model_s(risk_site: Site, model: RiskModel) -> None:
    context = RiskContext(place="alder", date=date(2025, 7, 12), hour=22, location_code=HOME)
    (prediction,) = predict(model, [context])
    (place,) = told(risk_site, places=("alder",), hour=22, day=date(2025, 7, 12)).places
    assert [share.told for share in place.classes] == pytest.approx(
        [each.probability for each in prediction.classes]
    )
    assert [share.told for share in place.broad] == pytest.approx(
        [each.probability for each in prediction.broad]
    )
    top = max(prediction.classes, key=lambda each: each.probability)
    steps = sentences(explain(model, context), slug=top.slug)
    assert place.why == tuple(each.words for each in steps)
    assert place.likeliest == top.label
    assert not place.history_only


def test_any_location_is_every_location_as_often_as_it_occurs(
    risk_site: Site, model: RiskModel
) -> None:
    (place,) = told(risk_site, places=("alder",), location=ANY_LOCATION, hour=21).places
    hours = (20, 21, 22)
    own = {code: on_file("alder", location=code, hours=hours).total() for code in LOCATIONS}
    state = {
        code: on_file(location=code, hours=hours).total() + 1 / len(LOCATIONS) for code in LOCATIONS
    }
    weights = {code: own[code] + 30 * state[code] / sum(state.values()) for code in LOCATIONS}
    expected: Counter[str] = Counter()
    for code, weight in weights.items():
        context = RiskContext(place="alder", date=LAST, hour=21, location_code=code)
        (prediction,) = predict(model, [context])
        for each in prediction.classes:
            expected[each.slug] += weight / sum(weights.values()) * each.probability  # type: ignore[assignment] # shares in a counter
    assert {share.slug: share.told for share in place.classes} == pytest.approx(dict(expected))
    assert sum(share.told for share in place.broad) == pytest.approx(1)
    assert place.why == ()


def test_an_unseen_town_leans_on_its_region_and_says_so(risk_site: Site) -> None:
    (cedar,) = told(risk_site, places=("cedar",)).places
    assert "its region, Southern, stand in" in cedar.fallbacks[0]
    assert cedar.basis == 0
    assert cedar.past_share(cedar.classes[0]) is None
    assert "withheld" in basis_words(cedar)
    (casino,) = told(risk_site, places=("alder",), location="47").places
    assert any("all nightlife locations stand in" in words for words in casino.fallbacks)


def test_where_the_model_has_no_skill_history_alone_is_told(
    risk_folder: Path, risk_site: Site, model: RiskModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    band = BANDS[model.bands[model.vocabulary.place_code("alder")]]
    without = replace(model, history_only=ContextGroups(bands=frozenset({band})))
    monkeypatch.setattr(risk_queries, "risk_from_files", lambda *_, **__: without)
    dataset = open_dataset(risk_folder)
    desk = open_risk(dataset, frames=open_frames(dataset))
    assert desk is not None
    for location in (HOME, ANY_LOCATION):
        view = desk.told(
            ("alder",),
            location=location,
            day=LAST,
            hour=None,
            provenance=risk_site.queries.provenance,
        )
        (place,) = view.places
        assert place.history_only
        assert f"in places of this size ({band})" in place.without_skill[0]
        (lead,) = risk_leads(view)
        assert lead.startswith("Of 100 past offences like these")
        assert {row[4].text for row in risk_table(view).rows} == {"history"}
    context = RiskContext(place="alder", date=LAST, hour=None, location_code=HOME)
    (prediction,) = predict(model, [context])
    home = desk.told(
        ("alder",), location=HOME, day=LAST, hour=None, provenance=risk_site.queries.provenance
    )
    assert [share.told for share in home.places[0].classes] == pytest.approx(
        [each.history_share for each in prediction.classes]
    )


def test_what_is_kept_for_one_language_is_never_told_in_another(risk_site: Site) -> None:
    def words_of(language: Language) -> tuple[str, ...]:
        with speaking(language):
            (cedar,) = told(risk_site, places=("cedar",), location=HOME).places
            history = past(risk_site, places=("cedar",), history=HistoryScope.REGION)
            shares = (*cedar.broad, *cedar.classes)
            spoken = (cedar.likeliest, *cedar.fallbacks, *cedar.why, history.scopes[0].name)
            return (*(share.label for share in shares), *spoken)

    for _ in range(2):
        spanish, english = words_of(Language.SPANISH), words_of(Language.ENGLISH)
        assert {"Todos los violentos", "Hurto", "la región Southern"} <= set(spanish)
        assert {"All violent", "Larceny", "the Southern region"} <= set(english)
        assert not set(spanish) & set(english)


@pytest.mark.parametrize("language", Language)
def test_names_of_files_are_the_same_in_every_language(language: Language, risk_site: Site) -> None:
    with speaking(language):
        places = ("alder", "fir")
        region = past(risk_site, places=places[:1], history=HistoryScope.REGION, year=2023)
        towns = past(risk_site, places=places, location=ANY_LOCATION)
        assert history_table(region).file == (
            "the-southern-region_past-classes_location-20_2023-2023"
        )
        assert history_table(towns).file == "alder_fir_past-classes_any-location_2023-2024"


# The page


def test_the_page_tells_draws_and_gives_its_files(risk_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(risk_folder, cache=tmp_path / "cache")).server.test_client()
    text = client.get("/risk?towns=alder&hour=22").get_data(as_text=True)
    assert "Of 100 reported offences like these (Alder, Residence/Home, Tuesday" in text
    assert client.get("/risk?hour=24&date=2025-02-30&towns=x").status_code == 200
    table = client.get("/data/risk.json?towns=alder,birch&hour=22").get_json()
    assert len(table["rows"]) == 2 * (3 + 3)
    answer = client.get("/data/risk.csv?towns=alder,birch&hour=22&location=any&date=2025-07-12")
    assert (
        "alder_birch_classes_location-any_2025-07-12_22h_small-risk.csv"
        in (answer.headers["Content-Disposition"])
    )
    head = "kind,level,place,per_100,basis,past_per_100,past_count,past_total"
    assert answer.get_data(as_text=True).startswith(head)
    past_csv = client.get("/data/risk-history.csv?towns=alder&location=any&year=2024")
    assert past_csv.get_data(as_text=True).splitlines()[-1].startswith("All kinds,,Alder,258,100")


def test_the_layout_is_small_and_has_the_parts(risk_site: Site) -> None:
    visit = Visit(site=risk_site, search="?towns=alder,birch&hour=24")
    page = str(RISK_PAGE.layout(visit))
    for key in ("towns-0", "towns-1", "towns-2", "location", "hour", "classes", "scope", "year"):
        assert f"choose-{key}" in page
    assert page.count("'Alder'") == 1
    (repair,) = RISK_PAGE.repairs(visit)
    assert "Hour “24”" in repair
    parts = RISK_PAGE.charts["risk"].parts(visit)
    assert parts is not None
    aside = str(parts.aside)
    for words in ("What it rests on", "Past offences", "Why", "Alder: Larceny", "Birch: Larceny"):
        assert words in aside


def test_without_a_model_the_page_says_how_to_get_one(small_site: Site) -> None:
    visit = Visit(site=small_site)
    page = str(RISK_PAGE.layout(visit))
    assert "holds no model of classes" in page
    assert "ctcrimes build" in page
    assert "choose-" not in page
    assert RISK_PAGE.charts["risk"].parts(visit) is None
    assert RISK_PAGE.charts["risk-history"].table(visit) is None
    assert "holds no model of classes" in RISK_PAGE.head(visit).description
    assert "/risk" not in str(TOWN_PAGE.layout(Visit(site=small_site, slug="alder")))


def test_the_town_page_leads_to_its_classes(risk_site: Site) -> None:
    page = str(TOWN_PAGE.layout(Visit(site=risk_site, slug="alder")))
    assert "href='/risk?towns=alder'" in page


def test_a_state_without_a_map_speaks_of_places(tmp_path: Path) -> None:
    folder = tmp_path / "mapless"
    write_small_dataset(folder, synthetic=True, with_map=False, with_risk=True)
    client = create_app(settings_for(folder, cache=tmp_path / "cache")).server.test_client()
    text = client.get("/risk").get_data(as_text=True)
    assert "Of 100 simulated offences like these (" in text
    table = client.get("/data/risk-history.json?towns=alder&scope=region").get_json()
    assert table["caption"].startswith("What was reported in Southern, Residence/Home")
    assert table["caption"].endswith("(simulated)")


@pytest.mark.parametrize("name", [MODEL_FILE, BOOSTER_FILE])
def test_a_damaged_model_is_no_model(
    risk_folder: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    dataset = open_dataset(risk_folder)
    files = {**dataset.model_files(), name: b"{}"}
    monkeypatch.setattr(type(dataset), "model_files", lambda _: files)
    assert open_risk(dataset, frames=open_frames(dataset)) is None
    assert "no model of classes" in caplog.text


def test_days_from_the_first_of_the_data_to_two_years_after_the_last(risk_site: Site) -> None:
    scope = risk_site.queries.risk_scope
    assert scope.days == (date(2023, 1, 1), LAST + timedelta(days=730))
    assert scope.default_place == "alder"
    assert scope.default_day == LAST
