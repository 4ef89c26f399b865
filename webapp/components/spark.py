"""Small lines without axes, as a mask so that they take the colour of the theme."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from webapp.components.attributes import wild

__all__ = ["spark_path", "sparkline"]

_WIDTH = 100
_HEIGHT = 30
_PAD = 2.0


def spark_path(values: Sequence[float | None]) -> str:
    """An SVG path over a 100 x 30 box; the pen is lifted over nulls.

    >>> spark_path([0, 10, None, 10])
    'M0 28L33.3 2M100 2'
    """
    known = [value for value in values if value is not None]
    if len(values) < 2 or not known:  # noqa: PLR2004 - a line has two ends
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1
    path, pen_up = "", True
    for i, value in enumerate(values):
        if value is None:
            pen_up = True
            continue
        x = i * _WIDTH / (len(values) - 1)
        y = _HEIGHT - _PAD - (value - low) / span * (_HEIGHT - 2 * _PAD)
        path += f"{'M' if pen_up else 'L'}{x:.3g} {y:.3g}"
        pen_up = False
    return path


def sparkline(values: Sequence[float | None], *, label: str) -> html.Span:
    """The line with its description for screen readers; empty when there is none."""
    path = spark_path(values)
    if not path:
        return html.Span(className="spark spark-empty")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'preserveAspectRatio="none"><path d="{path}" fill="none" stroke="#000" '
        'stroke-width="1.6" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    image = f'url("data:image/svg+xml,{quote(svg)}")'
    return html.Span(
        className="spark",
        title=label,
        style={"maskImage": image, "WebkitMaskImage": image},
        **wild(aria_hidden="true"),
    )
