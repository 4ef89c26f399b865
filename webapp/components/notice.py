"""A sentence that tells what was repaired or could not be done."""

import dash_bootstrap_components as dbc
from dash.development.base_component import Component

__all__ = ["notice"]


def notice(sentence: str) -> Component:
    """One sentence above the page.

    It cannot be put away: the button that the component has for it speaks English only.
    """
    alert: Component = dbc.Alert(sentence, color="warning", fade=False)
    return alert
