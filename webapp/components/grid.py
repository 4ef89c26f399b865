"""Cards side by side, in Bootstrap's twelve columns; below each other on a narrow screen."""

import dash_bootstrap_components as dbc
from dash.development.base_component import Component

__all__ = ["cell", "grid"]

_WHOLE = 12


def grid(*cells: Component) -> Component:
    """A row that breaks where its cells have more than twelve columns."""
    row: Component = dbc.Row(list(cells), class_name="grid")
    return row


def cell(content: Component, *, columns: int = _WHOLE, wants_width: bool = False) -> Component:
    """A place in the grid.

    Args:
        content: What stands in it.
        columns: How many of twelve it takes from 992 px on (Bootstrap's ``lg``).
        wants_width: Whether it takes the whole row up to 1,200 px (``xl``): of a chart beside a
            long column of words little more than a strip is left.
    """
    from_width = "xl" if wants_width else "lg"
    column: Component = dbc.Col(content, xs=_WHOLE, **{from_width: columns})
    return column
