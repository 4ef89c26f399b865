"""Which offence it is, when one is reported: told in frequencies, beside the past."""

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card
from webapp.components.choices import Choice
from webapp.components.document import PageHead
from webapp.components.grid import cell, grid
from webapp.components.risk_controls import classes_sentence, history_sentence, risk_sentence
from webapp.figures.risk import risk_figure
from webapp.figures.risk_history import history_figure
from webapp.language import gettext, gettext_noop
from webapp.pages.parts import Chart, ChartParts, PageKind, Visit
from webapp.urlstate.risk import ParsedRisk, RiskChoice, parse_risk
from webapp.views import words
from webapp.views.risk import (
    RiskPlace,
    RiskView,
    basis_words,
    location_name,
    risk_leads,
    risk_note,
    risk_summary,
    risk_table,
    risk_title,
    years_words,
)
from webapp.views.risk_history import history_summary, history_table, history_title
from webapp.views.table import TableView

__all__ = ["RISK_PAGE"]

_PATH = "/risk"
_HEADING = gettext_noop("Which offence is it, when one is reported?")
_NO_MODEL = gettext_noop(
    "This dataset holds no model of classes, so nothing can be told here. It gets one when it is "
    "built again with “ctcrimes build” from at least three months of reports: that fits the models."
)


def _parsed(visit: Visit) -> ParsedRisk:
    return parse_risk(visit.search, scope=visit.site.queries.risk_scope)


def _choice(visit: Visit) -> RiskChoice:
    return _parsed(visit).choice


def _view(visit: Visit) -> RiskView | None:
    return visit.site.queries.risk(_choice(visit))


def _head(visit: Visit) -> PageHead:
    view = _view(visit)
    leads = " ".join(risk_leads(view)) if view else gettext(_NO_MODEL)
    note = risk_note(view) if view else ""
    return PageHead(
        title=gettext("Which offence, by place and hour · CT-Crimes"),
        description=f"{leads} {note}".strip(),
        path=_PATH,
    )


def _layout(visit: Visit) -> html.Div:
    queries, choice = visit.site.queries, _choice(visit)
    children: list[Component] = [html.H1(gettext(_HEADING), tabIndex=-1)]
    if queries.has_risk:
        places = tuple(Choice(value=entry.slug, label=entry.name) for entry in queries.places)
        children += [
            risk_sentence(choice, scope=queries.risk_scope, places=places),
            html.Div(_headline(visit), id=ids.headline(ids.PAGE_RISK)),
            _charts(visit, choice=choice),
        ]
    else:
        children.append(html.P(gettext(_NO_MODEL), className="lead"))
    return html.Div(children, className="wrap page-risk", **wild(data_page="risk"))


def _headline(visit: Visit) -> list[Component]:
    """The answer, and what it is not."""
    view = _view(visit)
    if view is None:
        return []
    first, *others = risk_leads(view)
    parts: list[Component | str] = [html.Span(first)]
    parts += [html.Span(lead, className="lead-other") for lead in others]
    return [html.P(parts, className="lead"), html.P(risk_note(view), className="caveat")]


def _charts(visit: Visit, *, choice: RiskChoice) -> Component:
    queries = visit.site.queries
    rests = html.Section(
        html.Div(id=ids.chart_part("aside", ids.CHART_RISK)),
        className="card sure rests",
        id="rests-on",
    )
    history = history_sentence(
        choice, scope=queries.risk_scope, has_towns=queries.dataset.has_towns
    )
    return grid(
        cell(chart_card(ids.CHART_RISK, controls=classes_sentence(choice)), columns=8),
        cell(rests, columns=4),
        cell(chart_card(ids.CHART_RISK_HISTORY, controls=history)),
    )


def _told(visit: Visit) -> ChartParts | None:
    view = _view(visit)
    if view is None:
        return None
    return ChartParts(
        title=risk_title(view),
        summary=risk_summary(view),
        figure=risk_figure(view, every_class=_choice(visit).every_class),
        aside=_rests_on(view),
    )


def _told_table(visit: Visit) -> TableView | None:
    view = _view(visit)
    return None if view is None else risk_table(view)


def _past(visit: Visit) -> ChartParts | None:
    view = visit.site.queries.risk_history(_choice(visit))
    if view is None:
        return None
    return ChartParts(
        title=history_title(view), summary=history_summary(view), figure=history_figure(view)
    )


def _past_table(visit: Visit) -> TableView | None:
    view = visit.site.queries.risk_history(_choice(visit))
    return None if view is None else history_table(view)


def _rests_on(view: RiskView) -> html.Div:
    """The past offences behind each place, what stood in, and the way to the answer."""
    alone = len(view.places) == 1
    where = f"{location_name(view.location)}, {years_words(view.years)}"
    blocks: list[Component] = [
        html.H2(gettext("What it rests on"), className="card-title"),
        html.P(where, className="note"),
    ]
    for place in view.places:
        blocks += _basis(place, view=view, alone=alone)
    blocks.append(html.H2(gettext("Why"), className="card-title why-title"))
    for place in view.places:
        blocks += _why(place, alone=alone)
    return html.Div(blocks)


def _basis(place: RiskPlace, *, view: RiskView, alone: bool) -> list[Component]:
    rows = [(gettext("Past offences"), words.number(place.basis))]
    if view.hour is not None:
        near = gettext("of them within an hour of {hour}:00", hour=view.hour)
        rows.append((near, words.number(place.near)))
    parts: list[Component] = [] if alone else [html.H3(place.name)]
    parts += [
        html.Dl([html.Div([html.Dt(label), html.Dd(value)]) for label, value in rows]),
        html.P(basis_words(place), className="note"),
    ]
    if place.history_only:
        reasons = " ".join(place.without_skill)
        parts.append(html.P(f"{reasons} {gettext(_HISTORY_ONLY)}", className="note history-only"))
    return parts + [html.P(said, className="note fallback") for said in place.fallbacks]


_HISTORY_ONLY = gettext_noop("So history alone is told, drawn toward the region where it is thin.")
_NO_STEPS = gettext_noop(
    "For any location there is no single way to the answer; choose a kind of location."
)


def _why(place: RiskPlace, *, alone: bool) -> list[Component]:
    """The steps to the likeliest class; folded where there are several places."""
    if place.history_only:
        steps: Component = html.P(gettext("The past alone speaks."), className="note")
    elif not place.why:
        steps = html.P(gettext(_NO_STEPS), className="note")
    else:
        steps = html.Ol([html.Li(step) for step in place.why], className="steps")
    if alone:
        return [steps]
    return [html.Details([html.Summary(f"{place.name}: {place.likeliest}"), steps])]


RISK_PAGE = PageKind(
    name=ids.PAGE_RISK,
    path=_PATH,
    head=_head,
    layout=_layout,
    headline=_headline,
    repairs=lambda visit: _parsed(visit).repairs,
    charts={
        ids.CHART_RISK: Chart(parts=_told, table=_told_table),
        ids.CHART_RISK_HISTORY: Chart(parts=_past, table=_past_table),
    },
)
"""The page of classes."""
