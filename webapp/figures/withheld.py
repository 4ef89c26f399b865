"""Words in the place of a chart."""

from textwrap import wrap

import plotly.graph_objects as go

from webapp.figures.theme import LIGHT, base_layout

__all__ = ["words_figure"]

_LETTERS = 36


def words_figure(text: str, *, title: str, summary: str, source: str) -> go.Figure:
    """Words where a chart would say too much; the figure keeps its place and its source."""
    return go.Figure(
        layout={
            **base_layout(title=title, summary=summary, source=source),
            "margin": {"l": 8, "r": 8, "t": 8, "b": 34},
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "annotations": [
                {
                    "text": "<br>".join(wrap(text, _LETTERS)), "name": "words",
                    "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False,
                    "font": {"size": 13, "color": LIGHT.muted},
                }
            ],
        }
    )  # fmt: skip
