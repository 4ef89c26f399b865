"""One chart for the pages of others."""

import pytest
from flask.testing import FlaskClient

from webapp.app import create_app
from webapp.pages.embed import embed_layout, embed_repairs
from webapp.pages.map import MAP_PAGE
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES, route_of
from webapp.pages.town import TOWN_PAGE
from webapp.settings import Settings
from webapp.site import Site


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> FlaskClient:
    made: FlaskClient = create_app(small_settings).server.test_client()
    return made


def test_every_page_with_charts_has_an_embedded_twin() -> None:
    places = frozenset({"alder"})
    for page in PAGES:
        path = f"{page.path}alder" if page.about_a_place else page.path
        plain, embedded = route_of(path, places=places), route_of(f"/embed{path}", places=places)
        assert plain.page is page
        assert embedded.embedded is bool(page.charts)
        assert embedded.page is (page if page.charts else None)
        assert embedded.slug == plain.slug


@pytest.mark.parametrize("path", ["/embed/nothing", "/embed/embed", "/embedded", "/embed/town/x"])
def test_no_other_path_is_embedded(path: str) -> None:
    assert route_of(path, places=frozenset({"alder"})).page is None


def test_the_chart_is_chosen_by_name_and_a_wrong_name_is_told(small_site: Site) -> None:
    visit = Visit(site=small_site, search="?chart=kinds", slug="alder")
    assert "'chart': 'kinds'" in str(embed_layout(TOWN_PAGE, visit))
    assert embed_repairs(TOWN_PAGE, visit) == ()
    wrong = Visit(site=small_site, search="?chart=pie")
    assert embed_repairs(MAP_PAGE, wrong) == ("There is no chart “pie” here; “map” is shown.",)
    text = str(embed_layout(MAP_PAGE, wrong))
    assert "'chart': 'map'" in text
    assert "choose-" not in text


def test_only_an_embedded_chart_may_be_framed_by_others(client: FlaskClient) -> None:
    for path in ("/", "/town/alder", "/data/map.csv", "/embedded"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
    answer = client.get("/embed/town/alder?chart=months")
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "X-Frame-Options" not in answer.headers


def test_the_frame_says_where_the_whole_is_and_what_it_shows(client: FlaskClient) -> None:
    text = client.get("/embed/town/alder").get_data(as_text=True)
    assert 'class="embed"' in text
    assert 'href="http://localhost/town/alder"' in text
    assert "reported offences" in text
    assert "<header" not in text
    assert client.get("/embed/nothing").status_code == 404
