"""The sentence of controls: words with native, labelled selects; the URL keeps what is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, BroadGroup
from webapp.components.attributes import wild
from webapp.urlstate import (
    DAYS_LAST_6,
    DAYS_LAST_12,
    DEFAULT_HORIZON,
    HORIZONS,
    Measure,
    Scope,
    Selection,
    Unit,
)
from webapp.views import words

__all__ = ["days_sentence", "forecast_sentence", "map_sentence", "town_sentence"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a select."""

    value: str
    label: str


_GROUPS = (
    Choice(value=BroadGroup.VIOLENT, label="all violent offences"),
    Choice(value=BroadGroup.PROPERTY, label="all property offences"),
    Choice(value=BroadGroup.OTHER, label="all other offences"),
)


def map_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Show ... of ... reported in ..."""
    measure = _select(
        "measure",
        label="Measure",
        options=[_options(_measures(selection.unit, scope=scope), chosen=selection.measure)],
        default=Measure.RATE,
    )
    unit = _unit_words(selection)
    return _sentence(
        ["Show ", measure if scope.has_map else unit, html.Span(" of ", className="of"),
         _kinds(selection, scope=scope), html.Span(" reported in ", className="when"),
         _years(selection, scope=scope)],
        label="What is shown",
    )  # fmt: skip


def town_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Show ... of ... reported in ..."""
    return _sentence(
        ["Show ", _unit_words(selection), " of ", _kinds(selection, scope=scope),
         " reported in ", _years(selection, scope=scope)],
        label="What is shown",
    )  # fmt: skip


def days_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Days of ..."""
    choices = [
        Choice(value=DAYS_LAST_12, label="the last 12 months"),
        Choice(value=DAYS_LAST_6, label="the last 6 months"),
        *(Choice(value=str(year), label=str(year)) for year in reversed(scope.years)),
    ]
    select = _select(
        "days", label="Days", options=[_options(choices, chosen=selection.days)],
        default=DAYS_LAST_12,
    )  # fmt: skip
    return _sentence(["Days of ", select], label="Days shown", small=True)


def forecast_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Forecast ... days from what was known on ...; nothing where there is no forecast."""
    if scope.origins is None:
        return html.Div()
    first, last = scope.origins
    choices = [Choice(value=str(days), label=f"{days} days") for days in HORIZONS]
    select = _select(
        "horizon", label="Days ahead",
        options=[_options(choices, chosen=str(selection.horizon))], default=str(DEFAULT_HORIZON),
    )  # fmt: skip
    # Dash has no date field of the browser's own: a script fills the slot with one.
    day = html.Span(
        className="choice",
        **wild(
            data_date="origin",
            data_label="Last day that the forecast knows",
            data_reset="the end of the data",
            data_first=first.isoformat(),
            data_default=last.isoformat(),
        ),
    )
    return _sentence(
        ["Forecast ", select, " from the data up to ", day], label="Forecast shown", small=True
    )


def _measures(unit: Unit, *, scope: Scope) -> tuple[Choice, ...]:
    expected = Choice(value=Measure.FORECAST, label="the forecast for the next 30 days")
    return (
        Choice(value=Measure.RATE, label=f"{unit} per 1,000 people"),
        Choice(value=Measure.COUNT, label=f"the number of {unit}"),
        Choice(value=Measure.CHANGE, label="the change on the year before"),
        *((expected,) if scope.origins else ()),
        Choice(value=Measure.OFFICERS, label="sworn officers per 1,000 people"),
    )


def _sentence(parts: Sequence[Component | str], *, label: str, small: bool = False) -> html.Div:
    return html.Div(
        list(parts),
        className=f"sentence{' sentence-small' if small else ''}",
        role="group",
        **wild(aria_label=label),
    )


def _unit_words(selection: Selection) -> Component:
    choices = [Choice(value=unit, label=str(unit)) for unit in Unit]
    return _select(
        "unit", label="Counting unit", options=[_options(choices, chosen=selection.unit)],
        default=Unit.OFFENCES,
    )  # fmt: skip


def _years(selection: Selection, *, scope: Scope) -> Component:
    choices = [Choice(value=str(year), label=str(year)) for year in reversed(scope.years)]
    return _select(
        "year", label="Year", options=[_options(choices, chosen=str(selection.year))],
        default=str(scope.years[-1]),
    )  # fmt: skip


def _kinds(selection: Selection, *, scope: Scope) -> Component:
    chosen = selection.kind
    groups: list[Component] = [
        html.Option("all kinds", value=ALL_OFFENCES, selected=chosen == ALL_OFFENCES)
    ]
    for group in _GROUPS:
        categories = [
            Choice(value=slug, label=words.kind_label(slug))
            for slug in scope.kinds
            if slug in CATEGORIES and CATEGORIES[slug].broad == group.value
        ]
        if categories:
            groups.append(
                html.Optgroup(
                    _options([group, *categories], chosen=chosen),
                    label=group.label.removeprefix("all ").capitalize(),
                )
            )
    return _select("of", label="Kind of offence", options=groups, default=ALL_OFFENCES)


def _options(choices: Sequence[Choice], *, chosen: str) -> list[Component]:
    return [
        html.Option(choice.label, value=str(choice.value), selected=choice.value == chosen)
        for choice in choices
    ]


def _select(
    key: str, *, label: str, options: Sequence[Component | list[Component]], default: str
) -> html.Span:
    """A select that the scripts connect with the query parameter ``key``."""
    children = [
        option for group in options for option in (group if isinstance(group, list) else [group])
    ]
    identifier = f"choose-{key}"
    return html.Span(
        [
            html.Label(label, htmlFor=identifier, className="sr-only"),
            html.Select(children, id=identifier, **wild(data_param=key, data_default=str(default))),
        ],
        className="choice",
    )
