"""A key figure: its label, its value, a note and a small line."""

from dash import html

from webapp.components.spark import sparkline
from webapp.views.cards import KeyFigure

__all__ = ["key_figure"]


def key_figure(figure: KeyFigure) -> html.Div:
    """One field of a strip."""
    return html.Div(
        [
            html.Div(figure.label, className="key-label"),
            html.Div(figure.value, className="key-value"),
            html.Div(figure.note, className="key-note"),
            sparkline(figure.spark, label=figure.spark_label),
        ],
        className="key",
    )
