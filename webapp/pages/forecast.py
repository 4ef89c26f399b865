"""The forecast on the page of a place: its card, and how sure it is."""

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card
from webapp.components.controls import forecast_sentence
from webapp.figures.forecast import forecast_figure
from webapp.pages.parts import ChartParts, Visit
from webapp.site import Site
from webapp.urlstate import Selection
from webapp.views import words
from webapp.views.forecast import (
    Expected,
    ForecastView,
    Measured,
    Why,
    baseline_words,
    forecast_summary,
    forecast_title,
    is_own_model,
    model_words,
    shown_factors,
)
from webapp.views.forecast_table import forecast_table
from webapp.views.table import TableView

__all__ = ["forecast_cards", "forecast_parts", "forecast_twin", "how_sure"]


def forecast_cards(site: Site, *, selection: Selection) -> list[Component]:
    """The forecast with how sure it is; without models, one sentence in its place."""
    scope = site.queries.scope
    if scope.origins is None:
        return [html.P(_NO_MODELS, className="note span-12 no-forecast")]
    return [
        chart_card(
            ids.CHART_FORECAST,
            controls=forecast_sentence(selection, scope=scope),
            class_name="span-8",
        ),
        html.Section(
            html.Div(id=ids.chart_part("aside", ids.CHART_FORECAST)),
            className="card span-4 sure",
            id="how-sure",
        ),
    ]


_NO_MODELS = (
    "This dataset holds no forecast. It gets one when it is built again with “ctcrimes build” "
    "from at least a year of reports: that fits the models."
)


def forecast_parts(visit: Visit, *, selection: Selection) -> ChartParts | None:
    """What the card is filled with; null where the dataset holds no forecast."""
    view = visit.site.queries.forecast(visit.slug, selection=selection)
    if view is None:
        return None
    return ChartParts(
        title=forecast_title(view),
        summary=forecast_summary(view),
        figure=forecast_figure(view),
        aside=how_sure(view),
    )


def forecast_twin(visit: Visit, *, selection: Selection) -> TableView | None:
    """The table twin; null where the dataset holds no forecast."""
    view = visit.site.queries.forecast(visit.slug, selection=selection)
    return None if view is None else forecast_table(view)


def how_sure(view: ForecastView) -> html.Div:
    """The total with its intervals, and who says so."""
    if view.total is None or view.trained_to is None:
        return html.Div(
            [html.H2("No forecast here", className="card-title"), html.P(_WITHHELD)],
            className="withheld",
        )
    facts = [
        ("Model", model_words(view.model)),
        ("Trained on data to", words.day(view.trained_to)),
        *([("Days without data", words.number(view.gap))] if view.gap else []),
    ]
    return html.Div(
        [
            html.H2("How sure", className="card-title"),
            *([html.P(_LOW_CONFIDENCE, className="low-confidence")] if view.gap else []),
            html.P(f"All {view.horizon} days to {words.day(view.end)}", className="note"),
            html.P(
                [words.number(view.total.median), html.Small(" offences, median")],
                className="key-value",
            ),
            _pairs(_intervals(view.total)),
            html.P(
                "The interval of the total is its own: good days and bad days even out, so it is "
                "narrower than the days added up.",
                className="note",
            ),
            _pairs(facts),
            *(html.P(note, className="note") for note in _notes(view)),
            *(_why(view.why) if view.why and view.why.factors else []),
            html.P("Of offences that get reported, not of all crime.", className="note"),
        ]
    )


_WITHHELD = (
    "A blank is not a zero: what was not reported cannot be carried on. From an earlier day there "
    "may be a forecast; choose one in the sentence of the chart."
)
_LOW_CONFIDENCE = (
    "Low confidence. Nothing is known of the days between the end of the data and this forecast: "
    "it takes the last level as it was and widens the intervals."
)
_BASELINE_SERVES = (
    "In places of this size this baseline did better than the model on the windows that were "
    "judged before, so it speaks here."
)
_SHORT_HISTORY = "Under half a year of reports is known here, so the intervals are wider."


def _notes(view: ForecastView) -> list[str | list[Component | str]]:
    notes: list[str | list[Component | str]] = []
    if not is_own_model(view.model):
        notes.append(_BASELINE_SERVES)
    if view.short_history:
        notes.append(_SHORT_HISTORY)
    if view.measured is not None:
        notes.append(_measured(view.measured, bridged=view.gap > 0))
    return notes


def _measured(measured: Measured, *, bridged: bool) -> list[Component | str]:
    """What past forecasts held, with the way to the whole back-test."""
    text = (
        f"In the last back-test ({measured.windows} windows of 30 days) the "
        f"80\N{NO-BREAK SPACE}% band held {words.percent(measured.coverage_80)} of the days of "
        f"places with {measured.band}"
        f"{', all forecast without such a gap' if bridged else ''}. Over all places the deviance "
        f"was {measured.deviance:.3f}, that of the best baseline "
        f"({baseline_words(measured.baseline)}) {measured.baseline_deviance:.3f}; less is better. "
    )
    return [text, html.A("All measures", href="/methods#back-test", **wild(data_nav=""))]


def _intervals(total: Expected) -> list[tuple[str, str]]:
    limits = (
        ("1 time in 2", total.lower_50, total.upper_50),
        ("4 times in 5", total.lower_80, total.upper_80),
        ("19 times in 20", total.lower_95, total.upper_95),
    )
    return [(label, f"{words.number(low)} to {words.number(high)}") for label, low, high in limits]


def _pairs(rows: list[tuple[str, str]]) -> html.Dl:
    return html.Dl([html.Div([html.Dt(label), html.Dd(value)]) for label, value in rows])


def _why(why: Why) -> list[Component]:
    """The first day taken apart: the level, times each factor, is what is expected."""
    rows = [("Level of late", f"{words.rate(why.level)} a day")]
    rows += [
        (f"{each.label[0].upper()}{each.label[1:]}", f"{_TIMES} {each.factor:.2f}")
        for each in shown_factors(why)
    ]
    rows.append(("Expected that day", f"= {words.rate(why.mean)}"))
    return [
        html.H2("Why this forecast", className="card-title why-title"),
        html.P(f"{why.day:%A}, {words.day(why.day)}, the first day", className="note"),
        _pairs(rows),
    ]


_TIMES = "\N{MULTIPLICATION SIGN}"
