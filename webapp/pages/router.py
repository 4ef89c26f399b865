"""From a path to a page: which page, its words for search engines, its status, its content."""

import logging
from dataclasses import dataclass, replace
from typing import Any

import dash
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from core.errors import DatasetError
from webapp import ids
from webapp.components.attributes import wild
from webapp.components.document import PageHead
from webapp.components.notice import notice
from webapp.language import gettext
from webapp.library import Library
from webapp.pages.compare import COMPARE_PAGE
from webapp.pages.embed import EMBED_PREFIX, embed_layout, embed_repairs
from webapp.pages.map import MAP_PAGE
from webapp.pages.methods import METHODS_PAGE
from webapp.pages.officers import OFFICERS_PAGE
from webapp.pages.parts import Chart, ChartParts, PageKind, Visit
from webapp.pages.risk import RISK_PAGE
from webapp.pages.town import TOWN_PAGE
from webapp.site import Site
from webapp.urlstate import QueryValues, shortened
from webapp.urlstate.language import language_repairs

__all__ = ["PAGES", "Route", "chart_named", "page_head", "register_pages", "route_of", "site_of"]

_LOG = logging.getLogger("ctcrimes")

PAGES: tuple[PageKind, ...] = (
    MAP_PAGE,
    TOWN_PAGE,
    COMPARE_PAGE,
    RISK_PAGE,
    OFFICERS_PAGE,
    METHODS_PAGE,
)
"""Every kind of page, in the order of the list of pages."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a path leads.

    Attributes:
        page: Null for a path that leads nowhere.
        slug: The place that the page is about, or empty.
        embedded: Whether one chart of it is asked for, for the page of somebody else.
    """

    page: PageKind | None
    slug: str = ""
    embedded: bool = False


def route_of(path: object, *, places: frozenset[str]) -> Route:
    """The route of a path; anything may stand in it."""
    if not isinstance(path, str):
        return Route(page=None)
    clean = path.rstrip("/") or "/"
    if clean == EMBED_PREFIX or clean.startswith(f"{EMBED_PREFIX}/"):
        inner = route_of(clean.removeprefix(EMBED_PREFIX) or "/", places=places)
        within = inner.page is not None and inner.page.charts and not inner.embedded
        return replace(inner, embedded=True) if within else Route(page=None)
    for page in PAGES:
        if clean == page.path:
            return Route(page=page)
        slug = clean.removeprefix(page.path)
        if page.about_a_place and clean.startswith(page.path) and slug in places:
            return Route(page=page, slug=slug)
    return Route(page=None)


def chart_named(name: str) -> tuple[PageKind, Chart] | None:
    """The chart with an id, and the page that it is on."""
    return next(((page, page.charts[name]) for page in PAGES if name in page.charts), None)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is on the screen and wants to be filled."""

    heads: tuple[str, ...]
    titles: tuple[str, ...]
    summaries: tuple[str, ...]
    specs: tuple[str, ...]
    asides: tuple[str, ...]


def page_head(route: Route, *, site: Site, search: object) -> PageHead:
    """Title and description of a page."""
    if route.page is None:
        return PageHead(
            title=gettext("Not found · CT-Crimes"),
            description=gettext("There is no such page."),
            path="/",
        )
    return route.page.head(Visit(site=site, search=search, slug=route.slug))


def site_of(search: object, *, library: Library) -> tuple[Site, tuple[str, ...]]:
    """The dataset that the query string names, else the default; and what was repaired."""
    name = QueryValues(search).text("data")
    try:
        return library.site(name), ()
    except DatasetError as error:
        _LOG.info("no such dataset: %s", error)
        default = library.default
        shown = default.queries.dataset.name
        return default, (
            gettext(
                "There is no dataset “{name}” here; {shown} is shown.",
                name=shortened(name),
                shown=shown,
            ),
        )


def register_pages(app: Dash, *, library: Library) -> None:
    """Connect the URL with the page."""
    _register_layouts(app, library=library)
    _register_content(app, library=library)
    _register_painting(app)


def _register_layouts(app: Dash, *, library: Library) -> None:
    """Another path is another page."""

    @app.callback(
        Output(ids.CONTENT, "children"),
        Input(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
    )
    def show_page(path: object, search: object) -> Component:
        site, _ = site_of(search, library=library)
        route = route_of(path, places=site.queries.scope.places)
        if route.page is None:
            return _lost(site)
        visit = Visit(site=site, search=search, slug=route.slug)
        if route.embedded:
            return embed_layout(route.page, visit)
        return route.page.layout(visit)


def _register_content(app: Dash, *, library: Library) -> None:
    """Another query string is another content of the same page."""

    @app.callback(
        Output(ids.NOTICE, "children"),
        Output(ids.TAB_TITLE, "data"),
        Output(ids.headline(ALL), "children"),
        Output(ids.chart_part("title", ALL), "children"),
        Output(ids.chart_part("summary", ALL), "children"),
        Output(ids.chart_part("spec", ALL), "data"),
        Output(ids.chart_part("aside", ALL), "children"),
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    def fill_page(search: object, path: object) -> tuple[object, ...]:
        site, repairs = site_of(search, library=library)
        route = route_of(path, places=site.queries.scope.places)
        asked = _Asked(
            heads=_keys(2, "page"),
            titles=_keys(3, "chart"),
            summaries=_keys(4, "chart"),
            specs=_keys(5, "chart"),
            asides=_keys(6, "chart"),
        )
        visit = Visit(site=site, search=search, slug=route.slug)
        notices, title, *parts = _filled(route, visit, asked=asked)
        repairs += language_repairs(search)
        # The browser compares it with its address: a late answer to an earlier one is asked anew.
        shown = {"title": title, "path": path, "search": search}
        return ([*map(notice, repairs), *notices], shown, *parts)


def _register_painting(app: Dash) -> None:
    """The browser sets the title and draws the charts in its theme."""
    in_browser: Any = app.clientside_callback
    in_browser(
        ClientsideFunction("ctcrimes", "setTitle"),
        Output(ids.TAB_TITLE, "modified_timestamp"),
        Input(ids.TAB_TITLE, "data"),
    )
    in_browser(
        ClientsideFunction("ctcrimes", "paint"),
        Output(ids.chart_part("graph", dash.MATCH), "figure"),
        Input(ids.chart_part("spec", dash.MATCH), "data"),
        Input(ids.THEME, "data"),
    )


def _lost(site: Site) -> Component:
    if site.layers is not None:
        why = gettext("The address may be mistyped, or the town is not in this dataset.")
    else:
        why = gettext("The address may be mistyped, or the place is not in this dataset.")
    return html.Div(
        [
            html.H1(gettext("There is no such page"), tabIndex=-1),
            html.P(
                [
                    why,
                    " ",
                    gettext("Find it by name above, or"),
                    " ",
                    html.A(gettext("start from the beginning"), href="/", **wild(data_nav="")),
                    ".",
                ]
            ),
        ],
        className="wrap lost",
    )


def _filled(route: Route, visit: Visit, *, asked: _Asked) -> tuple[Any, ...]:
    """Notice, tab title, headline, and the parts of the charts that are on the page now."""
    page = route.page
    if page is None:
        return (
            [],
            gettext("Not found · CT-Crimes"),
            *([no_update] * len(part) for part in _parts(asked)),
        )
    # A page just left may still have its charts on the screen.
    charts = {*asked.titles, *asked.summaries, *asked.specs, *asked.asides} & page.charts.keys()
    made = {
        chart: parts for chart in charts if (parts := page.charts[chart].parts(visit)) is not None
    }
    repairs = page.repairs(visit) + (embed_repairs(page, visit) if route.embedded else ())
    return (
        [notice(repair) for repair in repairs],
        page.head(visit).title,
        [page.headline(visit) if head == page.name else no_update for head in asked.heads],
        [_breakable(made[chart].title) if chart in made else no_update for chart in asked.titles],
        [made[chart].summary if chart in made else no_update for chart in asked.summaries],
        [_spec(made[chart]) if chart in made else no_update for chart in asked.specs],
        [made[chart].aside if chart in made else no_update for chart in asked.asides],
    )


def _breakable(title: str) -> str:
    """A title that may break behind a slash: the FBI's kinds of location are longer than phones."""
    return title.replace("/", "/\N{ZERO WIDTH SPACE}")


def _parts(asked: _Asked) -> tuple[tuple[str, ...], ...]:
    return asked.heads, asked.titles, asked.summaries, asked.specs, asked.asides


def _spec(parts: ChartParts) -> dict[str, Any]:
    """The figure without its template, which stands in the document once."""
    spec: dict[str, Any] = parts.figure.to_plotly_json()
    del spec["layout"]["template"]
    return spec


def _keys(output: int, key: str) -> tuple[str, ...]:
    """What stands under ``key`` in the ids of the components that an output goes to."""
    return tuple(str(item["id"][key]) for item in ctx.outputs_list[output])
