"""The map of the State: one measure, its key figures, every place in a table."""

from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card, table_slot
from webapp.components.controls import map_sentence
from webapp.components.document import PageHead
from webapp.components.keys import key_figure
from webapp.figures.map import class_tokens, map_figure, scale_title
from webapp.language import gettext
from webapp.pages.parts import Chart, ChartParts, PageKind, Visit
from webapp.site import Site
from webapp.urlstate import Measure, Parsed, Selection, map_url, parse_search, town_url
from webapp.views.cards import KeyFiguresView
from webapp.views.map import MapView
from webapp.views.map_table import county_table, map_table
from webapp.views.map_words import map_classes, map_summary, map_title, when_expected
from webapp.views.table import TableView

__all__ = ["MAP_PAGE"]

_TABLE_ANCHOR = "places"
_FULL_BAR = 84  # per cent of the track, so that the count fits behind the longest


def _parsed(visit: Visit) -> Parsed:
    return parse_search(visit.search, scope=visit.site.queries.scope)


def _selection(visit: Visit) -> Selection:
    return _parsed(visit).selection


def _head(visit: Visit) -> PageHead:
    dataset = visit.site.queries.dataset
    return PageHead(
        title=gettext("Reported offences in {state} · CT-Crimes", state=dataset.state_name),
        description=gettext(
            "What was reported to the police in {state}, place by place, by month and by day, and "
            "who polices it.",
            state=dataset.state_name,
        )
        + (gettext(" Simulated data.") if dataset.synthetic else ""),
        path="/",
    )


def _layout(visit: Visit) -> html.Div:
    site, selection = visit.site, _selection(visit)
    queries = site.queries
    state = queries.dataset.state_name
    children: list[Component] = [
        html.H1(gettext("Reported offences in {state}", state=state), tabIndex=-1),
        map_sentence(selection, scope=queries.scope),
        html.Div(_headline(visit), id=ids.headline(ids.PAGE_MAP), className="strip"),
    ]
    if site.layers is not None:
        children.append(_map_row(selection, site=site))
    children.append(_places(site))
    if queries.scope.counties:
        children.append(_agencies_table())
    elif site.layers is not None:
        children.append(_agencies(site))
    return html.Div(children, className="wrap page-map", **wild(data_page="map"))


def _headline(visit: Visit) -> list[Component]:
    """The strip of key figures."""
    view: KeyFiguresView = visit.site.queries.key_figures(_selection(visit))
    return [key_figure(figure) for figure in view.figures]


def _map_row(selection: Selection, *, site: Site) -> html.Div:
    counties = bool(site.queries.scope.counties)
    note = (
        gettext(
            "The rate says what the agencies of a county reported, divided by the people whom they "
            "serve. It does not rank counties by danger."
        )
        if counties
        else gettext(
            "The rate says what was reported in a town, by residents and visitors, divided by who "
            "lives there. It does not rank towns by danger."
        )
    )
    under = (
        gettext("The county under the pointer")
        if counties
        else gettext("The town under the pointer")
    )
    return html.Div(
        [
            chart_card(ids.CHART_MAP, table_anchor=_TABLE_ANCHOR),
            html.Aside(
                [
                    html.Div(
                        id="place-card",
                        className="card place-card",
                        **wild(data_selected=selection.place or ""),
                    ),
                    html.Div(id=ids.chart_part("aside", ids.CHART_MAP), className="card spread"),
                    html.P(note, className="note"),
                ],
                className="beside",
                **wild(aria_label=under),
            ),
        ],
        className="row-map",
    )


def _places(site: Site) -> html.Section:
    if site.queries.scope.counties:
        heading = gettext("All counties")
    elif site.queries.dataset.has_towns:
        heading = gettext("All towns and agencies")
    else:
        heading = gettext("All agencies")
    summary = [] if site.layers else [html.P(id=ids.chart_part("summary", ids.CHART_MAP))]
    return _table_section(ids.CHART_MAP, heading=heading, anchor=_TABLE_ANCHOR, above=summary)


def _agencies_table() -> html.Section:
    """Every agency of a dataset whose map is of counties."""
    heading = gettext("All agencies")
    return _table_section(ids.CHART_AGENCIES, heading=heading, anchor="all-agencies", above=[])


def _table_section(
    chart: str, *, heading: str, anchor: str, above: Sequence[Component]
) -> html.Section:
    csv = html.A("CSV", href=f"/data/{chart}.csv", className="tool", **wild(data_action="csv"))
    return html.Section(
        [
            html.Div(
                [html.H2(heading, className="card-title"), html.Div(csv, className="tools")],
                className="card-head",
            ),
            *above,
            table_slot(chart, hidden=False),
        ],
        id=anchor,
        className="card places",
        **wild(data_chart=chart),
    )


def _agencies(site: Site) -> html.Section:
    agencies = [entry for entry in site.queries.places if not entry.town]
    links = [
        html.Li(html.A(entry.name, href=f"/town/{entry.slug}", **wild(data_nav="keep")))
        for entry in agencies
    ]
    heading = (
        gettext("Agencies that police no single town")
        if site.queries.dataset.state_police
        else gettext("Agencies that are not a town's own")
    )
    return html.Section(
        [
            html.H2(heading),
            html.P(
                gettext("What they report is part of the figures of the State, and of no town."),
                className="note",
            ),
            html.Ul(links, className="links"),
        ],
        className="others",
    )


def _map(visit: Visit) -> ChartParts:
    site, selection = visit.site, _selection(visit)
    view = site.queries.map(selection)
    if site.layers is None:
        return ChartParts(title=map_title(view), summary=map_summary(view), figure=go.Figure())
    return ChartParts(
        title=map_title(view),
        summary=map_summary(view),
        figure=map_figure(view, layers=site.layers, selected=selection.place),
        aside=_spread(view),
    )


def _spread_note(view: MapView) -> str:
    if view.measure is Measure.CHANGE:
        return gettext("Change from {before} to {year}", before=view.year - 1, year=view.year)
    if view.measure is Measure.FORECAST:
        return f"{scale_title(view)}, {when_expected(view)}"
    return f"{scale_title(view)}, {view.year}"


def _spread(view: MapView) -> html.Div:
    """How many towns are in each class: the shape of the whole, without naming one."""
    classes = map_classes(view)
    most = max((each.places for each in classes), default=0) or 1
    rows = [
        html.Li(
            [
                html.Span(each.label, className="spread-label"),
                html.Span(
                    [
                        html.Span(
                            className="spread-bar",
                            style={
                                "width": f"{_FULL_BAR * each.places / most:.1f}%",
                                "background": f"var(--{token})",
                            },
                        ),
                        html.Span(str(each.places), className="spread-count"),
                    ],
                    className="spread-track",
                ),
            ]
        )
        for each, token in zip(classes, class_tokens(view), strict=True)
    ]
    return html.Div(
        [
            html.H2(
                gettext("How many counties") if view.counties else gettext("How many towns"),
                className="card-title",
            ),
            html.P(_spread_note(view), className="note"),
            html.Ol(rows),
        ]
    )


def _table(visit: Visit) -> TableView:
    selection, queries = _selection(visit), visit.site.queries
    view = queries.map(selection)
    if view.counties:
        return county_table(
            view,
            links=tuple(
                map_url(replace(selection, place=row.slug), scope=queries.scope)
                for row in view.counties
            ),
        )
    return _places_table(visit)


def _agencies_twin(visit: Visit) -> TableView | None:
    """The agencies below the counties; null on a map of towns: the first table has them."""
    return _places_table(visit) if visit.site.queries.scope.counties else None


def _places_table(visit: Visit) -> TableView:
    selection, queries = _selection(visit), visit.site.queries
    view = queries.map(selection)
    links = (town_url(row.slug, selection=selection, scope=queries.scope) for row in view.rows)
    return map_table(view, links=tuple(links))


MAP_PAGE = PageKind(
    name=ids.PAGE_MAP,
    path="/",
    head=_head,
    layout=_layout,
    headline=_headline,
    repairs=lambda visit: _parsed(visit).repairs,
    charts={
        ids.CHART_MAP: Chart(parts=_map, table=_table),
        ids.CHART_AGENCIES: Chart(parts=lambda _: None, table=_agencies_twin),
    },
)
"""The start page."""
