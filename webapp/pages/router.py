"""From a path to a page: which page, its words for search engines, its status, its content."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dash
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from webapp import ids
from webapp.components.document import PageHead
from webapp.pages.map import map_chart, map_headline, map_layout
from webapp.pages.parts import ChartParts
from webapp.pages.town import TOWN_CHARTS, town_headline, town_layout
from webapp.site import Site
from webapp.urlstate import Parsed, Selection, parse_search
from webapp.views.forecast import forecast_lead
from webapp.views.town import lead_sentence

__all__ = ["Page", "Route", "page_head", "register_pages", "route_of"]

_TOWN_PREFIX = "/town/"


class Page(StrEnum):
    """The kinds of pages."""

    MAP = "map"
    TOWN = "town"
    LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A page, and the place it is about."""

    page: Page
    slug: str = ""


def route_of(path: object, *, places: frozenset[str]) -> Route:
    """The route of a path; anything may stand in it."""
    if not isinstance(path, str):
        return Route(page=Page.LOST)
    clean = path.rstrip("/") or "/"
    if clean == "/":
        return Route(page=Page.MAP)
    slug = clean.removeprefix(_TOWN_PREFIX)
    if clean.startswith(_TOWN_PREFIX) and slug in places:
        return Route(page=Page.TOWN, slug=slug)
    return Route(page=Page.LOST)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is on the screen and wants to be filled."""

    heads: tuple[str, ...]
    titles: tuple[str, ...]
    summaries: tuple[str, ...]
    specs: tuple[str, ...]
    asides: tuple[str, ...]


def page_head(route: Route, *, site: Site, search: str) -> PageHead:
    """Title and description of a page."""
    queries = site.queries
    state = queries.dataset.state_name
    simulated = " Simulated data." if queries.dataset.synthetic else ""
    if route.page is Page.TOWN:
        selection = parse_search(search, scope=queries.scope).selection
        view = queries.town(route.slug, selection=selection)
        expected = _expected(route.slug, site=site, selection=selection)
        return PageHead(
            title=f"{view.row.name}: reported offences {selection.year} · CT-Crimes",
            description=f"{expected}{lead_sentence(view)}{simulated}",
            path=f"{_TOWN_PREFIX}{route.slug}",
        )
    if route.page is Page.MAP:
        return PageHead(
            title=f"Reported offences in {state} · CT-Crimes",
            description=(
                f"What was reported to the police in {state}, place by place, by month and by "
                f"day, and who polices it.{simulated}"
            ),
            path="/",
        )
    return PageHead(title="Not found · CT-Crimes", description="There is no such page.", path="/")


def _expected(slug: str, *, site: Site, selection: Selection) -> str:
    forecast = site.queries.forecast(slug, selection=selection)
    if forecast is None or forecast.total is None:
        return ""
    return f"{forecast_lead(forecast, of_all_kinds=False)} "


def register_pages(app: Dash, *, site: Site) -> None:
    """Connect the URL with the page."""

    @app.callback(
        Output(ids.CONTENT, "children"),
        Input(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
    )
    def show_page(path: object, search: object) -> Component:
        route = route_of(path, places=site.queries.scope.places)
        return _layout(route, site=site, selection=_parsed(search, site=site).selection)

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
        route = route_of(path, places=site.queries.scope.places)
        parsed = _parsed(search, site=site)
        asked = _Asked(
            heads=_keys(2, "page"),
            titles=_keys(3, "chart"),
            summaries=_keys(4, "chart"),
            specs=_keys(5, "chart"),
            asides=_keys(6, "chart"),
        )
        return _filled(route, site=site, parsed=parsed, asked=asked)

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


def _parsed(search: object, *, site: Site) -> Parsed:
    return parse_search(search, scope=site.queries.scope)


def _layout(route: Route, *, site: Site, selection: Selection) -> Component:
    if route.page is Page.MAP:
        return map_layout(site, selection=selection)
    if route.page is Page.TOWN:
        return town_layout(site, slug=route.slug, selection=selection)
    noun = "town" if site.layers is not None else "place"
    return html.Div(
        [
            html.H1("There is no such page", tabIndex=-1),
            html.P(
                [
                    f"The address may be mistyped, or the {noun} is not in this dataset. ",
                    "Find it by name above, or ",
                    html.A("start from the beginning", href="/"),
                    ".",
                ]
            ),
        ],
        className="wrap lost",
    )


def _filled(
    route: Route,
    *,
    site: Site,
    parsed: Parsed,
    asked: _Asked,
) -> tuple[object, ...]:
    """Notice, tab title, headline, and the parts of the charts that are on the page now."""
    selection = parsed.selection
    charts = {*asked.titles, *asked.summaries, *asked.specs}
    made = {
        chart: parts
        for chart in charts
        if (parts := _chart(chart, route=route, site=site, selection=selection))
    }
    return (
        [html.P(repair) for repair in parsed.repairs],
        page_head(route, site=site, search="").title,
        [_headline(head, route=route, site=site, selection=selection) for head in asked.heads],
        [made[chart].title if chart in made else no_update for chart in asked.titles],
        [made[chart].summary if chart in made else no_update for chart in asked.summaries],
        [_spec(made[chart]) if chart in made else no_update for chart in asked.specs],
        [made[chart].aside if chart in made else no_update for chart in asked.asides],
    )


def _spec(parts: ChartParts) -> dict[str, Any]:
    spec: dict[str, Any] = parts.figure.to_plotly_json()
    return spec


def _keys(output: int, key: str) -> tuple[str, ...]:
    """What stands under ``key`` in the ids of the components that an output goes to."""
    return tuple(str(item["id"][key]) for item in ctx.outputs_list[output])


def _headline(head: str, *, route: Route, site: Site, selection: Selection) -> object:
    if head != route.page:
        return no_update
    if route.page is Page.MAP:
        return map_headline(site, selection=selection)
    return town_headline(site, slug=route.slug, selection=selection)


def _chart(chart: str, *, route: Route, site: Site, selection: Selection) -> ChartParts | None:
    """A chart of this route; null for one that a page just left still has on the screen."""
    if route.page is Page.MAP and chart == ids.CHART_MAP:
        return map_chart(site, selection=selection)
    if route.page is Page.TOWN and chart in TOWN_CHARTS:
        return TOWN_CHARTS[chart](site, route.slug, selection)
    return None
