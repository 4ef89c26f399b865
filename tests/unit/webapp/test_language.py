"""Which language is spoken: by the address, for one request only; and how it writes."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.dataset import open_dataset
from core.sentences import Sentence
from tests.support.small_dataset import settings_for
from webapp import ids
from webapp.cache import ViewCache, open_cache
from webapp.downloads import table_csv
from webapp.guard import CALLBACK_PATH
from webapp.language import (
    Language,
    gettext,
    language_named,
    ngettext,
    speaking,
    spoken,
    spoken_property,
)
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES
from webapp.queries import Queries
from webapp.site import Site, open_site
from webapp.speech import register_speech, search_of_message
from webapp.urlstate import Unit
from webapp.urlstate.language import language_of, language_repairs, same_page
from webapp.views import words

LAST = date(2024, 12, 31)


def message(search: object) -> dict[str, object]:
    part = {"id": ids.LOCATION, "property": "search", "value": search}
    return {"output": "x", "inputs": [part], "state": []}


@pytest.fixture
def server() -> Flask:
    made = Flask("test")
    register_speech(made)
    made.add_url_rule("/", view_func=lambda: str(spoken()), endpoint="page")
    made.add_url_rule(
        CALLBACK_PATH, view_func=lambda: str(spoken()), endpoint="callback", methods=["POST"]
    )
    return made


def test_english_is_spoken_outside_of_a_request() -> None:
    assert spoken() is Language.ENGLISH
    with speaking(Language.SPANISH):
        assert spoken() is Language.SPANISH
    assert spoken() is Language.ENGLISH


def test_a_page_speaks_the_language_of_its_address(server: Flask) -> None:
    client = server.test_client()

    assert client.get("/?lang=es").text == "es"
    assert client.get("/").text == "en"
    assert client.get("/?lang=tlh").text == "en"


def test_a_callback_speaks_the_language_of_its_page(server: Flask) -> None:
    client = server.test_client()

    assert client.post(CALLBACK_PATH, json=message("?year=2024&lang=es")).text == "es"
    assert client.post(CALLBACK_PATH, json=message("")).text == "en"


@pytest.mark.parametrize(
    "sent", [None, [], "text", {}, {"inputs": 3}, {"inputs": [None, {"id": {}}]}, message(None)]
)
def test_a_message_without_an_address_is_answered_in_english(sent: object, server: Flask) -> None:
    answer = server.test_client().post(
        CALLBACK_PATH, data=json.dumps(sent), content_type="application/json"
    )

    assert answer.text == "en"
    assert not search_of_message(sent)


def test_two_visitors_at_once_never_hear_each_others_language(server: Flask) -> None:
    def ask(number: int) -> bool:
        language = ("en", "es")[number % 2]
        return server.test_client().get(f"/?lang={language}").text == language

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert all(pool.map(ask, range(200)))


def test_callbacks_of_two_pages_at_once_never_hear_each_others_language(server: Flask) -> None:
    def ask(number: int) -> bool:
        language = ("en", "es")[number % 2]
        answer = server.test_client().post(CALLBACK_PATH, json=message(f"?lang={language}"))
        return answer.text == language

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert all(pool.map(ask, range(200)))


def opened(folder: Path, *, cache: Path) -> Site:
    """A dataset of which nobody has asked anything yet."""
    store = open_cache(Flask("test"), settings=settings_for(folder, cache=cache))
    return open_site(Queries(open_dataset(folder), cache=ViewCache(store, version="test")))


def everything_said(site: Site, language: Language) -> dict[tuple[str, str], tuple[str, ...]]:
    """All that the pages say of a place or of none, by page and chart."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    with speaking(language):
        for page in PAGES:
            visit = Visit(site=site, slug="alder" if page.about_a_place else "")
            layout, headline = page.layout(visit), page.headline(visit)
            found[page.name, ""] = (str(page.head(visit)), str(layout), str(headline))
            for name, chart in page.charts.items():
                parts, table = chart.parts(visit), chart.table(visit)
                drawn = (parts.title, parts.summary, str(parts.figure.to_dict())) if parts else ()
                beside = (str(parts.aside),) if parts else ()
                listed = (table.caption, table_csv(table)) if table else ()
                found[page.name, name] = (*drawn, *beside, *listed)
    return found


@pytest.mark.parametrize("dataset", ["forecast_folder", "risk_folder"])
def test_no_page_keeps_the_words_of_another_language(
    dataset: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whatever outlives a request must not hold words, or hold them for each language."""
    folder = request.getfixturevalue(dataset)
    first = opened(folder, cache=tmp_path / "first")
    second = opened(folder, cache=tmp_path / "second")
    english = everything_said(first, Language.ENGLISH)
    spanish = everything_said(second, Language.SPANISH)

    def differing(
        said: dict[tuple[str, str], tuple[str, ...]], alone: dict[tuple[str, str], tuple[str, ...]]
    ) -> list[tuple[str, str]]:
        return [key for key in alone if said[key] != alone[key]]

    assert differing(everything_said(first, Language.SPANISH), spanish) == []
    assert differing(everything_said(second, Language.ENGLISH), english) == []
    assert [key for key in english if english[key] == spanish[key] != ()] == []


def test_a_language_that_is_not_here_is_repaired_in_words() -> None:
    assert language_repairs("?lang=fr") == ("There is no language “fr” here; English is shown.",)
    assert language_repairs("?lang=es") == language_repairs("") == ()
    assert language_named("EN") is None


@given(
    path=st.text(min_size=1, max_size=20).map(lambda text: f"/{text}"),
    pairs=st.lists(st.tuples(st.sampled_from(["of", "year", "lang", "x"]), st.text(max_size=9))),
)
def test_the_same_page_differs_in_nothing_but_the_language(
    path: str, pairs: list[tuple[str, str]]
) -> None:
    from urllib.parse import parse_qsl, urlencode, urlsplit  # noqa: PLC0415 - this test's oracle

    search = f"?{urlencode(pairs)}"
    others = [pair for pair in parse_qsl(search[1:]) if pair[0] != "lang"]
    for language, url in same_page(path, search=search).items():
        query = urlsplit(url).query
        assert [pair for pair in parse_qsl(query) if pair[0] != "lang"] == others
        assert language_of(f"?{query}") is language


def test_a_message_is_filled_in_the_spoken_language() -> None:
    assert gettext("{count} people", count="12") == "12 people"
    with speaking(Language.SPANISH):
        assert gettext("{count} people", count="12") == "12 habitantes"
        assert gettext("a message that is in no catalogue") == "a message that is in no catalogue"


@pytest.mark.parametrize(
    ("count", "english", "spanish"),
    [(0, "0 offences", "0 delitos"), (1, "1 offence", "1 delito"), (2, "2 offences", "2 delitos")],
)
def test_a_count_takes_its_form(count: int, english: str, spanish: str) -> None:
    assert words.offences(count) == english
    assert ngettext("offence", "offences", count) == english.split()[1]
    with speaking(Language.SPANISH):
        assert words.offences(count) == spanish


def test_numbers_and_days_are_written_as_their_readers_write_them() -> None:
    english = (words.number(-12345), words.decimal(1234.5), words.day(LAST), words.month(LAST))
    assert english == ("\N{MINUS SIGN}12,345", "1,234.5", "31 Dec 2024", "December 2024")
    assert words.weekday_and_day(LAST) == "Tuesday 31 December 2024"
    with speaking(Language.SPANISH):
        assert words.number(-12345) == "\N{MINUS SIGN}12,345"
        assert words.decimal(1234.5) == "1,234.5"
        assert words.day(LAST) == "31 dic 2024"
        assert words.month(LAST) == "diciembre de 2024"
        assert words.weekday_and_day(LAST) == "martes 31 de diciembre de 2024"
        assert words.weekday_name(0) == "lunes"
        assert words.short_month_name(1) == "ene"


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (("Avon",), "Avon"),
        (("Avon", "Bethel"), "Avon y Bethel"),
        (("Avon", "Iowa"), "Avon e Iowa"),
        (("Avon", "Bethel", "Hinsdale"), "Avon, Bethel e Hinsdale"),
        (("cobre", "hierro"), "cobre y hierro"),
    ],
)
def test_a_spanish_list_says_e_before_the_sound_i(names: tuple[str, ...], joined: str) -> None:
    with speaking(Language.SPANISH):
        assert words.joined(names) == joined


def test_a_choice_of_two_says_u_before_the_sound_o() -> None:
    assert words.either("Bank", "office") == "Bank or office"
    with speaking(Language.SPANISH):
        assert words.either("Banco", "cooperativa") == "Banco o cooperativa"
        assert words.either("Banco", "oficina") == "Banco u oficina"
        assert words.either("Hotel", "hostal") == "Hotel u hostal"


def test_one_of_a_thing_is_not_called_several() -> None:
    assert words.of_kind(Unit.OFFENCES, kind="violent", count=1) == "violent offence"
    assert words.of_kind(Unit.INCIDENTS, kind="robbery", count=1) == "incident (robbery)"
    assert words.of_kind(Unit.OFFENCES, kind="all", count=0) == "offences"
    with speaking(Language.SPANISH):
        one = words.of_kind(Unit.OFFENCES, kind="property", count=1)
        assert one == "delito contra la propiedad"
        assert words.of_kind(Unit.OFFENCES, kind="other") == "otros delitos"
        assert words.of_them_women(1) == ", 1 de ellos mujer"


def test_several_holidays_of_one_day_are_named_one_by_one() -> None:
    assert words.holiday("Labor Day") == "Labor Day"
    with speaking(Language.SPANISH):
        assert words.holiday("Christmas Day, Labor Day") == "Día de Navidad, Día del Trabajo"
        assert words.holiday("") == ""


def test_a_sentence_of_core_is_said_with_the_words_in_it() -> None:
    holder = Sentence(message="its region, {region}", values={"region": "Capitol"})
    told = Sentence(
        message="{class} was about {share} of the offences on file for {holder}.",
        values={"class": "Robbery", "share": "4.0 %", "holder": holder},
    )

    assert words.said(told) == told.words
    assert told.words.endswith("on file for its region, Capitol.")
    with speaking(Language.SPANISH):
        assert words.said(told) == (
            "Robo con violencia: alrededor del 4.0 % de los delitos registrados de su región, "
            "Capitol."
        )


def test_a_spoken_property_is_made_once_for_each_language() -> None:
    made: list[Language] = []

    class Page:
        @spoken_property
        def greeting(self) -> str:
            made.append(spoken())
            return gettext("Map")

    page = Page()
    assert [page.greeting, page.greeting] == ["Map", "Map"]
    with speaking(Language.SPANISH):
        assert [page.greeting, page.greeting] == ["Mapa", "Mapa"]
    assert page.greeting == "Map"
    assert made == [Language.ENGLISH, Language.SPANISH]
