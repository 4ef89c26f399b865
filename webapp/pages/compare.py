"""Up to three places side by side, on common axes."""

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card
from webapp.components.compare_controls import compare_sentence
from webapp.components.document import PageHead
from webapp.components.grid import cell, grid
from webapp.figures.compare import compared_months_figure, expected_figure
from webapp.figures.compare_bars import compared_kinds_figure, compared_officers_figure
from webapp.language import gettext, gettext_noop
from webapp.pages.parts import Chart, ChartParts, PageKind, Visit
from webapp.urlstate.compare import CompareChoice, ParsedCompare, parse_compare
from webapp.views.compare import (
    CompareCard,
    CompareView,
    compare_cards,
    compare_lead,
    place_names,
)
from webapp.views.compare_parts import (
    compared_kinds_summary,
    compared_kinds_table,
    compared_kinds_title,
    compared_officers_summary,
    compared_officers_table,
    compared_officers_title,
)
from webapp.views.compare_time import (
    compared_months_summary,
    compared_months_table,
    compared_months_title,
    expected_summary,
    expected_table,
    expected_title,
)
from webapp.views.table import TableView

__all__ = ["COMPARE_PAGE"]

_PATH = "/compare"


def _parsed(visit: Visit) -> ParsedCompare:
    return parse_compare(visit.search, scope=visit.site.queries.compare_scope)


def _choice(visit: Visit) -> CompareChoice:
    return _parsed(visit).choice


def _view(visit: Visit) -> CompareView:
    return visit.site.queries.compare(_choice(visit))


def _head(visit: Visit) -> PageHead:
    view = _view(visit)
    simulated = gettext(" Simulated data.") if view.provenance.synthetic else ""
    return PageHead(
        title=gettext("{places} side by side · CT-Crimes", places=place_names(view)),
        description=f"{compare_lead(view)}{simulated}",
        path=_PATH,
    )


def _layout(visit: Visit) -> html.Div:
    queries = visit.site.queries
    forecasts: Component = html.P(gettext(_NO_MODELS), className="note")
    if queries.scope.origins is not None:
        forecasts = chart_card(ids.CHART_COMPARE_FORECAST)
    towns = queries.dataset.has_towns
    heading = gettext("Compare towns") if towns else gettext("Compare places")
    return html.Div(
        [
            html.H1(heading, tabIndex=-1),
            compare_sentence(_choice(visit), scope=queries.compare_scope),
            html.Div(_headline(visit), id=ids.headline(ids.PAGE_COMPARE)),
            grid(
                cell(chart_card(ids.CHART_COMPARE_MONTHS)),
                cell(forecasts),
                cell(chart_card(ids.CHART_COMPARE_KINDS), columns=7),
                cell(chart_card(ids.CHART_COMPARE_OFFICERS), columns=5),
            ),
        ],
        className="wrap page-compare",
        **wild(data_page="compare"),
    )


_NO_MODELS = gettext_noop(
    "This dataset holds no forecast, so none can be compared. It gets one when it is built again "
    "with “ctcrimes build” from at least a year of reports."
)
_CAUTION = gettext_noop(
    "Side by side, not first and last: places stand in the order that you chose. A rate divides "
    "what was reported in a place, by residents and visitors, by who lives there; a centre of "
    "work, shopping or night life has many more people in it than residents. What gets reported, "
    "and how it is recorded, differs too."
)


def _headline(visit: Visit) -> list[Component]:
    """The answer in a sentence, a card for each place, and why care is needed."""
    view = _view(visit)
    cards = [_card(card, slot=slot) for slot, card in enumerate(compare_cards(view))]
    return [
        html.P(compare_lead(view), className="lead"),
        html.P(gettext(_CAUTION), className="note caution"),
        html.Div(cards, className="compared"),
    ]


def _card(card: CompareCard, *, slot: int) -> html.Section:
    """The head of a card has the line that stands for the place in the figures."""
    rows = [
        html.Div([html.Dt(fact.label), html.Dd([fact.value, " ", html.Small(fact.note)])])
        for fact in card.facts
    ]
    return html.Section(
        [
            html.Span(className=f"swatch swatch-{slot + 1}", **wild(aria_hidden="true")),
            html.H2(
                html.A(card.name, href=f"/town/{card.slug}", **wild(data_nav="keep")),
                className="place-name",
            ),
            html.Dl(rows),
        ],
        className="card compared-place",
    )


def _months(visit: Visit) -> ChartParts:
    view = _view(visit)
    return ChartParts(
        title=compared_months_title(view),
        summary=compared_months_summary(view),
        figure=compared_months_figure(view),
    )


def _forecast(visit: Visit) -> ChartParts | None:
    view = _view(visit)
    if all(place.forecast is None for place in view.places):
        return None
    return ChartParts(
        title=expected_title(view), summary=expected_summary(view), figure=expected_figure(view)
    )


def _forecast_twin(visit: Visit) -> TableView | None:
    view = _view(visit)
    if all(place.forecast is None for place in view.places):
        return None
    return expected_table(view)


def _kinds(visit: Visit) -> ChartParts:
    view = _view(visit)
    return ChartParts(
        title=compared_kinds_title(view),
        summary=compared_kinds_summary(view),
        figure=compared_kinds_figure(view),
    )


def _officers(visit: Visit) -> ChartParts:
    view = _view(visit)
    return ChartParts(
        title=compared_officers_title(view),
        summary=compared_officers_summary(view),
        figure=compared_officers_figure(view),
    )


COMPARE_PAGE = PageKind(
    name=ids.PAGE_COMPARE,
    path=_PATH,
    head=_head,
    layout=_layout,
    headline=_headline,
    repairs=lambda visit: _parsed(visit).repairs,
    charts={
        ids.CHART_COMPARE_MONTHS: Chart(
            parts=_months, table=lambda visit: compared_months_table(_view(visit))
        ),
        ids.CHART_COMPARE_FORECAST: Chart(parts=_forecast, table=_forecast_twin),
        ids.CHART_COMPARE_KINDS: Chart(
            parts=_kinds, table=lambda visit: compared_kinds_table(_view(visit))
        ),
        ids.CHART_COMPARE_OFFICERS: Chart(
            parts=_officers, table=lambda visit: compared_officers_table(_view(visit))
        ),
    },
)
"""Places side by side."""
