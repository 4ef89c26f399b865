"""What a chart's card is filled with."""

from dataclasses import dataclass

import plotly.graph_objects as go
from dash.development.base_component import Component

__all__ = ["ChartParts"]


@dataclass(frozen=True, kw_only=True)
class ChartParts:
    """Title, sentence and figure, all from one view; and what stands beside it."""

    title: str
    summary: str
    figure: go.Figure
    aside: Component | None = None
