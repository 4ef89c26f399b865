"""What a page is made of: its address, its words, its layout, its charts with their table twins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import plotly.graph_objects as go
from dash.development.base_component import Component

from webapp.components.document import PageHead
from webapp.site import Site
from webapp.views.table import TableView

__all__ = ["Chart", "ChartParts", "PageKind", "Visit"]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What is asked for; each page reads the query string with its own parser.

    Attributes:
        site: The dataset shown.
        search: The query string as it came.
        slug: The place that the page is about; empty for pages about none.
    """

    site: Site
    search: object = ""
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class ChartParts:
    """Title, sentence and figure, all from one view; and what stands beside it."""

    title: str
    summary: str
    figure: go.Figure
    aside: Component | None = None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure of a page and its table twin, from the same view.

    Attributes:
        parts: What its card is filled with; null where the dataset has nothing for it.
        table: What ``/data/<chart>.csv`` and ``.json`` hold; null likewise.
    """

    parts: Callable[[Visit], ChartParts | None]
    table: Callable[[Visit], TableView | None]


@dataclass(frozen=True, kw_only=True)
class PageKind:
    """One kind of page.

    Attributes:
        name: Key of its headline, and of its entry in the list of pages.
        path: Its address; one that ends with ``/`` (but the root) is followed by a slug.
        head: Title and description.
        layout: Everything but what the callback fills.
        headline: What stands above the charts and changes with the selection.
        repairs: One sentence for each value of the query string that was replaced.
        charts: By their ids, which no two pages share.
    """

    name: str
    path: str
    head: Callable[[Visit], PageHead]
    layout: Callable[[Visit], Component]
    headline: Callable[[Visit], list[Component]]
    repairs: Callable[[Visit], tuple[str, ...]]
    charts: Mapping[str, Chart]

    @property
    def about_a_place(self) -> bool:
        """Whether a slug follows the path."""
        return self.path != "/" and self.path.endswith("/")
