"""One chart without controls, for the pages of others: ``/embed`` before the path of a page."""

from dash import html
from dash.development.base_component import Component

from webapp.components.attributes import wild
from webapp.components.card import chart_frame
from webapp.language import gettext_noop
from webapp.pages.parts import PageKind, Visit
from webapp.urlstate import QueryValues

__all__ = ["EMBED_PREFIX", "embed_layout", "embed_repairs"]

EMBED_PREFIX = "/embed"
"""What stands before the path of a page."""

_WORDS = gettext_noop("There is no chart “{value}” here; “{shown}” is shown.")


def embed_layout(page: PageKind, visit: Visit) -> Component:
    """The chart that the query parameter ``chart`` names, by default the page's first."""
    chart = _chosen(page, visit)[0]
    return html.Div(
        [html.H1(page.head(visit).title, className="sr-only", tabIndex=-1), chart_frame(chart)],
        className="embedded",
        **wild(data_page="embed"),
    )


def embed_repairs(page: PageKind, visit: Visit) -> tuple[str, ...]:
    """What had to be repaired in the choice of the chart."""
    return _chosen(page, visit)[1]


def _chosen(page: PageKind, visit: Visit) -> tuple[str, tuple[str, ...]]:
    given = QueryValues(visit.search)
    charts = tuple(page.charts)
    chart = given.pick("chart", allowed=charts, fallback=charts[0], words=_WORDS)
    return chart, given.repairs
