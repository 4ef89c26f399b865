"""Officers: of the State, a region or a place; by sex, per 1,000 people, and in one table."""

import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card, table_slot
from webapp.components.document import PageHead
from webapp.components.grid import cell, grid
from webapp.components.keys import key_figure
from webapp.components.officers_controls import officers_sentence
from webapp.figures.officers import officers_rate_figure, officers_sex_figure
from webapp.language import gettext, gettext_noop
from webapp.pages.parts import Chart, ChartParts, PageKind, Visit
from webapp.urlstate.officers import OfficersChoice, ParsedOfficers, parse_officers
from webapp.views.officers import (
    OfficersView,
    officers_lead,
    rate_summary,
    rate_title,
    sex_summary,
    sex_title,
)
from webapp.views.officers_places import places_summary, places_table, places_title
from webapp.views.officers_status import status_figures
from webapp.views.officers_table import officers_table
from webapp.views.table import TableView

__all__ = ["OFFICERS_PAGE"]

_PATH = "/officers"


def _parsed(visit: Visit) -> ParsedOfficers:
    return parse_officers(visit.search, scopes=visit.site.queries.officers_scopes)


def _choice(visit: Visit) -> OfficersChoice:
    return _parsed(visit).choice


def _view(visit: Visit) -> OfficersView:
    return visit.site.queries.officers(_choice(visit))


def _head(visit: Visit) -> PageHead:
    view = _view(visit)
    return PageHead(
        title=gettext("Police officers of {name} · CT-Crimes", name=view.name),
        description=officers_lead(view)
        + gettext(" By sex and year, with civilians and per 1,000 people."),
        path=_PATH,
    )


def _layout(visit: Visit) -> html.Div:
    queries = visit.site.queries
    return html.Div(
        [
            html.H1(
                gettext("Police officers in {state}", state=queries.dataset.state_name),
                tabIndex=-1,
            ),
            officers_sentence(
                _choice(visit), scopes=queries.officers_scopes, latest=queries.dataset.years[-1]
            ),
            html.Div(_headline(visit), id=ids.headline(ids.PAGE_OFFICERS)),
            grid(
                cell(chart_card(ids.CHART_OFFICERS_SEX), columns=7),
                cell(chart_card(ids.CHART_OFFICERS_RATE), columns=5),
            ),
            _meaning(),
            _places(),
        ],
        className="wrap page-officers",
        **wild(data_page="officers"),
    )


def _headline(visit: Visit) -> list[Component]:
    """The answer, the present figures, and what they must not be taken for."""
    view = _view(visit)
    return [
        html.P(officers_lead(view), className="lead"),
        *_status(view),
        html.P(
            gettext(
                "The FBI advises against taking these figures for a measure of how many officers "
                "a place should have: what its police do, whom they serve and how far they travel "
                "differ from place to place."
            ),
            className="note caution",
        ),
    ]


def _status(view: OfficersView) -> list[Component]:
    newest = view.newest
    if newest is None:
        return []
    return [
        html.Div([key_figure(figure) for figure in status_figures(view)], className="strip status"),
        html.P(
            gettext("As of 31 October {year} · FBI Police Employee Data", year=newest.year),
            className="note as-of",
        ),
    ]


def _meaning() -> html.Section:
    """Definitions, always open: they are short."""
    terms = [
        html.Div([html.Dt(gettext(term)), html.Dd(gettext(text))]) for term, text in _TERMS.items()
    ]
    return html.Section(
        [html.H2(gettext("What is counted"), className="card-title"), html.Dl(terms)],
        className="card meaning",
    )


_TERMS = {
    gettext_noop("Sworn officer"): gettext_noop(
        "Carries a firearm and a badge and has full powers of arrest. Everybody else on the staff, "
        "such as clerks and dispatchers, is a civilian."
    ),
    gettext_noop("31 October"): gettext_noop(
        "Agencies tell the FBI once a year who was on their staff on that day. A point is one such "
        "day; nothing is known of the months between."
    ),
    gettext_noop("Part-time staff"): gettext_noop(
        "Since 2021 the count includes it: do not compare with earlier years."
    ),
    gettext_noop("People"): gettext_noop(
        "Those whom the FBI assigns to an agency for the same year. Agencies of universities, "
        "tribes and the State mostly have none: in a sum they count with their officers only."
    ),
    gettext_noop("No report"): gettext_noop(
        "An agency that gave no figures for a year, or a form of zeros, is a gap and not a zero. A "
        "sum says which agencies it lacks."
    ),
    gettext_noop("Not a cause"): gettext_noop(
        "More officers do not mean more or fewer offences: what is reported and how many officers "
        "there are both follow from much else."
    ),
}


def _places() -> html.Section:
    chart = ids.CHART_OFFICERS_PLACES
    links = [
        html.A(label, href=f"/data/{chart}.{ending}", className="tool", **wild(data_action=ending))
        for label, ending in (("CSV", "csv"), ("JSON", "json"))
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.H2(html.Span(id=ids.chart_part("title", chart)), className="card-title"),
                    html.Div(links, className="tools"),
                ],
                className="card-head",
            ),
            html.P(id=ids.chart_part("summary", chart), className="summary"),
            table_slot(chart, hidden=False),
        ],
        id=chart,
        className="card places",
        **wild(data_chart=chart),
    )


def _by_sex(visit: Visit) -> ChartParts:
    view = _view(visit)
    return ChartParts(
        title=sex_title(view), summary=sex_summary(view), figure=officers_sex_figure(view)
    )


def _by_people(visit: Visit) -> ChartParts:
    view = _view(visit)
    return ChartParts(
        title=rate_title(view), summary=rate_summary(view), figure=officers_rate_figure(view)
    )


def _by_place(visit: Visit) -> ChartParts:
    """A table without a figure."""
    view = visit.site.queries.officers_places
    return ChartParts(title=places_title(view), summary=places_summary(view), figure=go.Figure())


def _places_twin(visit: Visit) -> TableView:
    view = visit.site.queries.officers_places
    return places_table(view, links=tuple(f"/town/{row.slug}" for row in view.rows))


OFFICERS_PAGE = PageKind(
    name=ids.PAGE_OFFICERS,
    path=_PATH,
    head=_head,
    layout=_layout,
    headline=_headline,
    repairs=lambda visit: _parsed(visit).repairs,
    charts={
        ids.CHART_OFFICERS_SEX: Chart(
            parts=_by_sex,
            table=lambda visit: officers_table(_view(visit), title=sex_title(_view(visit))),
        ),
        ids.CHART_OFFICERS_RATE: Chart(
            parts=_by_people,
            table=lambda visit: officers_table(_view(visit), title=rate_title(_view(visit))),
        ),
        ids.CHART_OFFICERS_PLACES: Chart(parts=_by_place, table=_places_twin),
    },
)
"""Officers by year and place."""
