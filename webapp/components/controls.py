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
    worded,
)
from webapp.language import gettext, gettext_noop
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


_WHOLE_GROUPS = {
    BroadGroup.VIOLENT: gettext_noop("all violent offences"),
    BroadGroup.PROPERTY: gettext_noop("all property offences"),
    BroadGroup.OTHER: gettext_noop("all other offences"),
}


def map_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Show ... of ... reported in ..."""
    measure = select(
        "measure",
        label=gettext("Measure"),
        options=[options(_measures(selection.unit, scope=scope), chosen=selection.measure)],
        default=Measure.RATE,
    )
    unit = unit_select(selection)
    return sentence(
        [gettext("Show "), measure if scope.has_map else unit,
         html.Span(gettext(" of "), className="of"), kind_select(selection, scope=scope),
         html.Span(gettext(" reported in "), className="when"),
         year_select(selection, scope=scope)],
        label=gettext("What is shown"), defined=True,
    )  # fmt: skip


def town_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Show ... of ... reported in ..."""
    return sentence(
        worded(gettext_noop("Show {unit} of {kind} reported in {year}"),
               unit=unit_select(selection), kind=kind_select(selection, scope=scope),
               year=year_select(selection, scope=scope)),
        label=gettext("What is shown"), defined=True,
    )  # fmt: skip


def days_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Days of ..."""
    choices = [
        Choice(value=DAYS_LAST_12, label=gettext("the last 12 months")),
        Choice(value=DAYS_LAST_6, label=gettext("the last 6 months")),
        *(Choice(value=str(year), label=str(year)) for year in reversed(scope.years)),
    ]
    days = select(
        "days", label=gettext("Days"), options=[options(choices, chosen=selection.days)],
        default=DAYS_LAST_12,
    )  # fmt: skip
    return sentence(
        worded(gettext_noop("Days of {days}"), days=days), label=gettext("Days shown"), small=True
    )


def forecast_sentence(selection: Selection, *, scope: Scope) -> html.Div:
    """Forecast ... days from what was known on ...; nothing where there is no forecast."""
    if scope.origins is None:
        return html.Div()
    first, last = scope.origins
    choices = [
        Choice(value=str(days), label=gettext("{count} days", count=days)) for days in HORIZONS
    ]
    horizon = select(
        "horizon", label=gettext("Days ahead"),
        options=[options(choices, chosen=str(selection.horizon))], default=str(DEFAULT_HORIZON),
    )  # fmt: skip
    day = date_field(
        "origin",
        label=gettext("Last day that the forecast knows"),
        reset=gettext("the end of the data"),
        days=(first, last),
        default=last,
        other="bridge",
    )
    parts = worded(
        gettext_noop("Forecast {horizon} from the data up to {day}"), horizon=horizon, day=day
    )
    if scope.bridges is not None:
        parts.append(
            day_after(
                "bridge",
                label=gettext("Last day without data that the forecast is carried over"),
                days=scope.bridges,
                other="origin",
            )
        )
    return sentence(parts, label=gettext("Forecast shown"), small=True)


def _measures(unit: Unit, *, scope: Scope) -> tuple[Choice, ...]:
    expected = Choice(value=Measure.FORECAST, label=gettext("the forecast for the next 30 days"))
    counted = words.noun(unit)
    return (
        Choice(value=Measure.RATE, label=gettext("{unit} per 1,000 people", unit=counted)),
        Choice(value=Measure.COUNT, label=gettext("the number of {unit}", unit=counted)),
        Choice(value=Measure.CHANGE, label=gettext("the change on the year before")),
        *((expected,) if scope.origins else ()),
        Choice(value=Measure.OFFICERS, label=gettext("sworn officers per 1,000 people")),
    )


def unit_select(selection: Selection) -> Component:
    """What is counted, as a word of a sentence."""
    choices = [Choice(value=unit, label=words.noun(unit)) for unit in Unit]
    return select(
        "unit", label=gettext("Counting unit"), options=[options(choices, chosen=selection.unit)],
        default=Unit.OFFENCES,
    )  # fmt: skip


def year_select(selection: Selection, *, scope: Scope) -> Component:
    """The year, as a word of a sentence."""
    choices = [Choice(value=str(year), label=str(year)) for year in reversed(scope.years)]
    return select(
        "year", label=gettext("Year"), options=[options(choices, chosen=str(selection.year))],
        default=str(scope.years[-1]),
    )  # fmt: skip


def kind_select(selection: Selection, *, scope: Scope) -> Component:
    """The kind of offence, as a word of a sentence."""
    chosen = selection.kind
    groups: list[Component] = [
        html.Option(gettext("all kinds"), value=ALL_OFFENCES, selected=chosen == ALL_OFFENCES)
    ]
    for group, whole in _WHOLE_GROUPS.items():
        categories = [
            Choice(value=slug, label=words.kind_label(slug))
            for slug in scope.kinds
            if slug in CATEGORIES and CATEGORIES[slug].broad == group
        ]
        if categories:
            groups.append(
                html.Optgroup(
                    options(
                        [Choice(value=group, label=gettext(whole)), *categories], chosen=chosen
                    ),
                    label=words.group_heading(group),
                )
            )
    return select("of", label=gettext("Kind of offence"), options=groups, default=ALL_OFFENCES)
