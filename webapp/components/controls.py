"""The sentence of controls: words with native, labelled selects; the URL keeps what is chosen."""

from dash import html
from dash.development.base_component import Component

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, BroadGroup
from webapp.components.choices import (
    Choice,
    date_field,
    day_after,
    options,
    select,
    sentence,
)
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

__all__ = [
    "days_sentence",
    "forecast_sentence",
    "kind_select",
    "map_sentence",
    "town_sentence",
    "unit_select",
    "year_select",
]


_GROUPS = (
    Choice(value=BroadGroup.VIOLENT, label="all violent offences"),
    Choice(value=BroadGroup.PROPERTY, label="all property offences"),
    Choice(value=BroadGroup.OTHER, label="all other offences"),
)


def map_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Show ... of ... reported in ..."""
    measure = select(
        "measure",
        label="Measure",
        options=[options(_measures(selection.unit, scope=scope), chosen=selection.measure)],
        default=Measure.RATE,
    )
    unit = unit_select(selection)
    return sentence(
        ["Show ", measure if scope.has_map else unit, html.Span(" of ", className="of"),
         kind_select(selection, scope=scope), html.Span(" reported in ", className="when"),
         year_select(selection, scope=scope)],
        label="What is shown", defined=True,
    )  # fmt: skip


def town_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Show ... of ... reported in ..."""
    return sentence(
        ["Show ", unit_select(selection), " of ", kind_select(selection, scope=scope),
         " reported in ", year_select(selection, scope=scope)],
        label="What is shown", defined=True,
    )  # fmt: skip


def days_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Days of ..."""
    choices = [
        Choice(value=DAYS_LAST_12, label="the last 12 months"),
        Choice(value=DAYS_LAST_6, label="the last 6 months"),
        *(Choice(value=str(year), label=str(year)) for year in reversed(scope.years)),
    ]
    days = select(
        "days", label="Days", options=[options(choices, chosen=selection.days)],
        default=DAYS_LAST_12,
    )  # fmt: skip
    return sentence(["Days of ", days], label="Days shown", small=True)


def forecast_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Forecast ... days from what was known on ...; nothing where there is no forecast."""
    if scope.origins is None:
        return html.Div()
    first, last = scope.origins
    choices = [Choice(value=str(days), label=f"{days} days") for days in HORIZONS]
    horizon = select(
        "horizon", label="Days ahead",
        options=[options(choices, chosen=str(selection.horizon))], default=str(DEFAULT_HORIZON),
    )  # fmt: skip
    day = date_field(
        "origin",
        label="Last day that the forecast knows",
        reset="the end of the data",
        days=(first, last),
        default=last,
        other="bridge",
    )
    parts: list[Component | str] = ["Forecast ", horizon, " from the data up to ", day]
    if scope.bridges is not None:
        parts.append(
            day_after(
                "bridge",
                label="Last day without data that the forecast is carried over",
                days=scope.bridges,
                other="origin",
            )
        )
    return sentence(parts, label="Forecast shown", small=True)


def _measures(unit: Unit, *, scope: Scope) -> tuple[Choice, ...]:
    expected = Choice(value=Measure.FORECAST, label="the forecast for the next 30 days")
    return (
        Choice(value=Measure.RATE, label=f"{unit} per 1,000 people"),
        Choice(value=Measure.COUNT, label=f"the number of {unit}"),
        Choice(value=Measure.CHANGE, label="the change on the year before"),
        *((expected,) if scope.origins else ()),
        Choice(value=Measure.OFFICERS, label="sworn officers per 1,000 people"),
    )


def unit_select(selection: Selection) -> Component:
    """What is counted, as a word of a sentence."""
    choices = [Choice(value=unit, label=str(unit)) for unit in Unit]
    return select(
        "unit", label="Counting unit", options=[options(choices, chosen=selection.unit)],
        default=Unit.OFFENCES,
    )  # fmt: skip


def year_select(selection: Selection, *, scope: Scope) -> Component:
    """The year, as a word of a sentence."""
    choices = [Choice(value=str(year), label=str(year)) for year in reversed(scope.years)]
    return select(
        "year", label="Year", options=[options(choices, chosen=str(selection.year))],
        default=str(scope.years[-1]),
    )  # fmt: skip


def kind_select(selection: Selection, *, scope: Scope) -> Component:
    """The kind of offence, as a word of a sentence."""
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
                    options([group, *categories], chosen=chosen),
                    label=group.label.removeprefix("all ").capitalize(),
                )
            )
    return select("of", label="Kind of offence", options=groups, default=ALL_OFFENCES)
