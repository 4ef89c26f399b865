"""Words with native, labelled selects in them; the scripts keep what is chosen in the URL."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from webapp.components.attributes import wild
from webapp.components.terms import choices_button
from webapp.language import gettext

__all__ = ["Choice", "date_field", "day_after", "options", "select", "sentence", "worded"]


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MARK = re.compile(r"[,.:;]")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a select."""

    value: str
    label: str


def sentence(
    parts: Sequence[Component | str], *, label: str, small: bool = False, defined: bool = False
) -> html.Div:
    """A sentence of words and selects.

    Args:
        parts: In their order.
        label: Name of the group of controls for a screen reader.
        small: In the type of a card, not of a page.
        defined: Whether a button at its end opens what the chosen words mean.
    """
    return html.Div(
        [*_kept_together(parts), *([choices_button()] if defined else [])],
        className=f"sentence{' sentence-small' if small else ''}",
        role="group",
        **wild(aria_label=label),
    )


def _kept_together(parts: Sequence[Component | str]) -> list[Component | str]:
    """The parts, each comma or full stop on the line of the select before it."""
    kept: list[Component | str] = []
    for part in parts:
        mark = _MARK.match(part) if isinstance(part, str) else None
        if mark is None or not kept or isinstance(kept[-1], str):
            kept.append(part)
            continue
        kept[-1] = html.Span([kept[-1], mark[0]], className="kept")
        kept.append(part[mark.end() :])
    return kept


def worded(message: str, /, **parts: Component) -> list[Component | str]:
    """A message in the spoken language, with components where its placeholders are.

    Args:
        message: As for :func:`webapp.language.gettext`: marked with ``gettext_noop``.
        parts: A component for each placeholder.
    """
    pieces = _PLACEHOLDER.split(gettext(message))
    return [parts[piece] if at % 2 else piece for at, piece in enumerate(pieces) if at % 2 or piece]


def options(choices: Sequence[Choice], *, chosen: str) -> list[Component]:
    """The options of a select, with the chosen one marked."""
    return [
        html.Option(choice.label, value=str(choice.value), selected=choice.value == chosen)
        for choice in choices
    ]


def select(
    key: str,
    *,
    label: str,
    options: Sequence[Component | list[Component]],
    default: str,
    slot: int | None = None,
) -> html.Span:
    """A select that the scripts connect with the query parameter ``key``.

    Args:
        key: Of the query string.
        label: For a screen reader.
        options: Options, or groups of them.
        default: The value that the URL leaves out.
        slot: Which part of a list between commas it stands for; null where it is the whole value.
    """
    children = [
        option for group in options for option in (group if isinstance(group, list) else [group])
    ]
    identifier = f"choose-{key}" if slot is None else f"choose-{key}-{slot}"
    part = {} if slot is None else wild(data_slot=str(slot))
    return html.Span(
        [
            html.Label(label, htmlFor=identifier, className="sr-only"),
            html.Select(
                children, id=identifier, **wild(data_param=key, data_default=str(default)), **part
            ),
        ],
        className="choice",
    )


def date_field(
    key: str, *, label: str, reset: str, days: tuple[date, date], default: date, other: str = ""
) -> html.Span:
    """A day between two; ``reset`` is what the default is called on the button back to it.

    Dash has no date field of the browser's own: a script fills the slot with one. ``other`` is a
    parameter of the query string that a day here takes the place of.
    """
    first, last = days
    return html.Span(
        className="choice",
        **wild(
            data_date=key,
            data_label=label,
            data_reset=reset,
            data_first=first.isoformat(),
            data_last=last.isoformat(),
            data_default=default.isoformat(),
            data_other=other,
        ),
    )


def day_after(key: str, *, label: str, days: tuple[date, date], other: str) -> html.Span:
    """A day after the data, with buttons that take today's and take the day away; none by default.

    Arguments as for :func:`date_field`. A script fills the slot.
    """
    first, last = days
    return html.Span(
        className="choice day-after",
        **wild(
            data_after=key,
            data_label=label,
            data_first=first.isoformat(),
            data_last=last.isoformat(),
            data_other=other,
        ),
    )
