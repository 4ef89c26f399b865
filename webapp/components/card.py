"""The frame of a figure: title, tools, summary, plot, table twin; the same on every card."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.terms import terms_line
from webapp.language import gettext, spoken

__all__ = ["chart_card", "chart_frame", "graph_config", "table_card", "table_slot"]


def chart_card(
    chart: str, *, controls: Component | None = None, table_anchor: str = ""
) -> html.Figure:
    """An empty card; its title, summary and figure are filled by the callback of the page.

    Args:
        chart: One of :data:`webapp.ids.CHARTS`.
        controls: What to choose on this card alone.
        table_anchor: Where on the page the table twin stands; by default inside the card.
    """
    heading = f"{chart}-title"
    children: list[Component] = [
        html.Div(
            [
                html.H2(
                    html.Span(id=ids.chart_part("title", chart)),
                    id=heading,
                    className="card-title",
                ),
                _tools(chart, anchor=table_anchor),
            ],
            className="card-head",
        ),
        html.P(id=ids.chart_part("summary", chart), className="summary"),
        terms_line(chart),
    ]
    if controls is not None:
        children.append(controls)
    children += _plot(chart)
    if not table_anchor:
        children.append(table_slot(chart, hidden=True))
    return html.Figure(
        children,
        id=chart,
        className="card chart",
        **wild(aria_labelledby=heading, data_chart=chart),
    )


def chart_frame(chart: str) -> html.Figure:
    """A card without tools and controls; it is filled as :func:`chart_card` is."""
    heading = f"{chart}-title"
    children: list[Component] = [
        html.H2(html.Span(id=ids.chart_part("title", chart)), id=heading, className="card-title"),
        html.P(id=ids.chart_part("summary", chart), className="summary"),
        *_plot(chart),
    ]
    return html.Figure(
        children,
        id=chart,
        className="card chart",
        **wild(aria_labelledby=heading, data_chart=chart),
    )


def _plot(chart: str) -> list[Component]:
    graph = dcc.Graph(
        id=ids.chart_part("graph", chart),
        figure=_BLANK,
        config=graph_config(),
        responsive=True,
        clear_on_unhover=True,
    )
    return [
        html.Div(graph, className=f"plot plot-{chart}", **wild(aria_hidden="true")),
        dcc.Store(id=ids.chart_part("spec", chart)),
    ]


_BLANK = {
    "data": [],
    "layout": {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    },
}


def graph_config() -> Any:  # noqa: ANN401 - Plotly takes more than Dash declares
    """Plotly's configuration: local topology, no tool bar, no way to another server."""
    return {
        "displayModeBar": False,
        "displaylogo": False,
        "modeBarButtonsToRemove": ["sendChartToCloud"],
        "showSendToCloud": False,
        "topojsonURL": "/assets/topojson/",
        "scrollZoom": False,
        "doubleClick": False,
        "showTips": False,
        "locale": str(spoken()),
    }


def table_card(chart: str, *, heading: str, note: str) -> html.Section:
    """A table that stands without a figure, filled from ``/data/<chart>.json``."""
    links = [
        html.A(label, href=f"/data/{chart}.{ending}", className="tool", **wild(data_action=ending))
        for label, ending in (("CSV", "csv"), ("JSON", "json"))
    ]
    return html.Section(
        [
            html.Div(
                [html.H3(heading, className="card-title"), html.Div(links, className="tools")],
                className="card-head",
            ),
            html.P(note, className="note"),
            table_slot(chart, hidden=False),
        ],
        id=chart,
        className="card table-card",
        **wild(data_chart=chart),
    )


def _tools(chart: str, *, anchor: str) -> html.Div:
    """A slot that a script fills with the tools of a chart: they are the same on every card."""
    return html.Div(
        className="tools",
        role="group",
        **wild(data_tools=chart, data_anchor=anchor, aria_label=gettext("This figure as")),
    )


def table_slot(chart: str, *, hidden: bool) -> html.Div:
    """Where the browser puts the table that the server has under ``/data/<chart>.json``."""
    return html.Div(className="table-slot", hidden=hidden, **wild(data_table=chart))
