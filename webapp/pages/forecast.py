"""The forecast on the page of a place: its card, and how sure it is."""

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card
from webapp.components.controls import forecast_sentence
from webapp.components.grid import cell
from webapp.figures.forecast import forecast_figure
from webapp.language import gettext, gettext_noop
from webapp.pages.parts import ChartParts, Visit
from webapp.site import Site
from webapp.urlstate import Selection
from webapp.views import words
from webapp.views.forecast import (
    Expected,
    ForecastView,
    Measured,
    Why,
    forecast_summary,
    forecast_title,
    shown_factors,
)
from webapp.views.forecast_models import baseline_words, is_own_model, model_words
from webapp.views.forecast_table import forecast_table
from webapp.views.table import TableView

__all__ = ["forecast_cards", "forecast_parts", "forecast_twin", "how_sure"]


def forecast_cards(site: Site, *, selection: Selection) -> list[Component]:
    """The forecast with how sure it is; without models, one sentence in its place."""
    scope = site.queries.scope
    if scope.origins is None:
        return [cell(html.P(gettext(_NO_MODELS), className="note no-forecast"))]
    sure = html.Section(
        html.Div(id=ids.chart_part("aside", ids.CHART_FORECAST)),
        className="card sure",
        id="how-sure",
    )
    chart = chart_card(ids.CHART_FORECAST, controls=forecast_sentence(selection, scope=scope))
    return [cell(chart, columns=8, wants_width=True), cell(sure, columns=4, wants_width=True)]


_NO_MODELS = gettext_noop(
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
            [
                html.H2(gettext("No forecast here"), className="card-title"),
                html.P(gettext(_WITHHELD)),
            ],
            className="withheld",
        )
    facts = [
        (gettext("Model"), model_words(view.model)),
        (gettext("Trained on data to"), words.day(view.trained_to)),
        *([(gettext("Days without data"), words.number(view.gap))] if view.gap else []),
    ]
    return html.Div(
        [
            html.H2(gettext("How sure"), className="card-title"),
            *([html.P(gettext(_LOW_CONFIDENCE), className="low-confidence")] if view.gap else []),
            html.P(
                gettext("All {count} days to {day}", count=view.horizon, day=words.day(view.end)),
                className="note",
            ),
            html.P(
                [words.number(view.total.median), html.Small(gettext(" offences, median"))],
                className="key-value",
            ),
            _pairs(_intervals(view.total)),
            html.P(
                gettext(
                    "The interval of the total is its own: good days and bad days even out, so it "
                    "is narrower than the days added up."
                ),
                className="note",
            ),
            _pairs(facts),
            *(html.P(note, className="note") for note in _notes(view)),
            *(_why(view.why) if view.why and view.why.factors else []),
            html.P(gettext("Of offences that get reported, not of all crime."), className="note"),
        ]
    )


_WITHHELD = gettext_noop(
    "A blank is not a zero: what was not reported cannot be carried on. From an earlier day there "
    "may be a forecast; choose one in the sentence of the chart."
)
_LOW_CONFIDENCE = gettext_noop(
    "Low confidence. Nothing is known of the days between the end of the data and this forecast: "
    "it takes the last level as it was and widens the intervals."
)
_BASELINE_SERVES = gettext_noop(
    "In places of this size this baseline did better than the model on the windows that were "
    "judged before, so it speaks here."
)
_SHORT_HISTORY = gettext_noop(
    "Under half a year of reports is known here, so the intervals are wider."
)


def _notes(view: ForecastView) -> list[str | list[Component | str]]:
    notes: list[str | list[Component | str]] = []
    if not is_own_model(view.model):
        notes.append(gettext(_BASELINE_SERVES))
    if view.short_history:
        notes.append(gettext(_SHORT_HISTORY))
    if view.measured is not None:
        notes.append(_measured(view.measured, bridged=view.gap > 0))
    return notes


def _measured(measured: Measured, *, bridged: bool) -> list[Component | str]:
    """What past forecasts held, with the way to the whole back-test."""
    held = gettext(
        "In the last back-test ({windows} windows of 30 days) the 80\N{NO-BREAK SPACE}% band held "
        "{percent} of the days of places with {band}",
        windows=measured.windows,
        percent=words.percent(measured.coverage_80),
        band=gettext(measured.band),
    )
    unlike = gettext(", all forecast without such a gap") if bridged else ""
    compared = gettext(
        "Over all places the deviance was {deviance}, that of the best baseline ({baseline}) "
        "{baseline_deviance}; less is better.",
        deviance=words.decimal(measured.deviance, places=3),
        baseline=baseline_words(measured.baseline),
        baseline_deviance=words.decimal(measured.baseline_deviance, places=3),
    )
    text = f"{held}{unlike}. {compared} "
    return [text, html.A(gettext("All measures"), href="/methods#back-test", **wild(data_nav=""))]


def _intervals(total: Expected) -> list[tuple[str, str]]:
    limits = (
        (gettext("1 time in 2"), total.lower_50, total.upper_50),
        (gettext("4 times in 5"), total.lower_80, total.upper_80),
        (gettext("19 times in 20"), total.lower_95, total.upper_95),
    )
    return [
        (label, gettext("{low} to {high}", low=words.number(low), high=words.number(high)))
        for label, low, high in limits
    ]


def _pairs(rows: list[tuple[str, str]]) -> html.Dl:
    return html.Dl([html.Div([html.Dt(label), html.Dd(value)]) for label, value in rows])


def _why(why: Why) -> list[Component]:
    """The first day taken apart: the level, times each factor, is what is expected."""
    level = gettext("{mean} a day", mean=words.rate(why.level))
    rows = [(gettext("Level of late"), level)]
    rows += [
        (
            words.capitalised(gettext(each.label)),
            f"{_TIMES}{words.decimal(each.factor, places=2)}",
        )
        for each in shown_factors(why)
    ]
    rows.append((gettext("Expected that day"), f"= {words.rate(why.mean)}"))
    return [
        html.H2(gettext("Why this forecast"), className="card-title why-title"),
        html.P(
            gettext(
                "{weekday}, {day}, the first day",
                weekday=words.capitalised(words.weekday(why.day)),
                day=words.day(why.day),
            ),
            className="note",
        ),
        _pairs(rows),
    ]


_TIMES = "\N{MULTIPLICATION SIGN}\N{NO-BREAK SPACE}"
