"""The page on methods: data, definitions, models, what a back-test of them measured, limits."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card, table_slot
from webapp.components.choices import worded
from webapp.components.document import PageHead
from webapp.components.grid import cell, grid
from webapp.figures.methods import (
    audit_figure,
    backtest_figure,
    classes_figure,
    coverage_figure,
    reliability_figure,
)
from webapp.language import gettext, gettext_noop
from webapp.pages.methods_models import (
    classes_card,
    classes_words,
    forecast_card,
    group_table,
    pit_list,
    quality_table,
    volume_words,
)
from webapp.pages.methods_text import (
    cite_section,
    counting_section,
    data_section,
    definitions_section,
    limits_section,
    paragraphs,
    programs_section,
    section,
)
from webapp.pages.parts import Chart, ChartParts, PageKind, Visit
from webapp.views.methods import DataView, data_sentence
from webapp.views.methods_coverage import (
    audit_summary,
    audit_table,
    audit_title,
    coverage_rows,
    coverage_summary,
    coverage_table,
    coverage_title,
)
from webapp.views.methods_risk import (
    RiskEvaluation,
    classes_summary,
    classes_title,
    reliability_summary,
    reliability_title,
)
from webapp.views.methods_risk_tables import (
    class_quality_table,
    classes_table,
    reliability_table,
    risk_audit_table,
)
from webapp.views.methods_volume import (
    VolumeEvaluation,
    backtest_summary,
    backtest_table,
    backtest_title,
)
from webapp.views.table import TableView

__all__ = ["METHODS_PAGE"]

_PATH = "/methods"

View = TypeVar("View")
_CONTENTS = (
    ("data", gettext_noop("What the data are")),
    ("counting", gettext_noop("What is counted")),
    ("definitions", gettext_noop("What the words mean")),
    ("forecast-model", gettext_noop("The model of daily counts")),
    ("back-test", gettext_noop("How good the forecasts were")),
    ("intervals", gettext_noop("Do the intervals hold?")),
    ("for-whom", gettext_noop("Where it errs more")),
    ("class-model", gettext_noop("The model of classes")),
    ("class-test", gettext_noop("How good the classes were")),
    ("limits", gettext_noop("Limits")),
    ("cite", gettext_noop("Changes, and how to cite")),
    ("programs", gettext_noop("For programs")),
)


def _head(visit: Visit) -> PageHead:
    view = visit.site.queries.data
    return PageHead(
        title=gettext("Methods: {state} · CT-Crimes", state=view.state_name),
        description=gettext("What the data are, how the models work and how good they were.")
        + f" {data_sentence(view)}",
        path=_PATH,
    )


def _layout(visit: Visit) -> html.Div:
    queries = visit.site.queries
    data, volume, risk = queries.data, queries.volume_evaluation, queries.risk_evaluation
    return html.Div(
        [
            html.H1(gettext("Methods"), tabIndex=-1),
            html.Div(_headline(visit), id=ids.headline(ids.PAGE_METHODS)),
            _contents(),
            data_section(data),
            counting_section(data),
            definitions_section(),
            *_forecasts(data, evaluation=volume),
            *_classes(data, evaluation=risk),
            limits_section(),
            cite_section(data),
            programs_section(),
        ],
        className="wrap page-methods",
        **wild(data_page="methods"),
    )


def _headline(visit: Visit) -> list[Component]:
    return [html.P(data_sentence(visit.site.queries.data), className="lead")]


def _contents() -> html.Nav:
    return html.Nav(
        html.Ol(
            [html.Li(html.A(gettext(label), href=f"#{anchor}")) for anchor, label in _CONTENTS]
        ),
        className="contents",
        **wild(aria_label=gettext("On this page")),
    )


def _not_judged(message: str, *, command: str) -> list[Component]:
    return [
        html.P(worded(message, command=html.Code(command)), className="methods-notice"),
    ]


_NO_MODEL = gettext_noop("This dataset holds no such model.")
_FORECASTS_NOT_JUDGED = gettext_noop(
    "No evaluation of the forecasts is kept in this dataset, so nothing is claimed of it. It is "
    "made and kept with {command}."
)
_CLASSES_NOT_JUDGED = gettext_noop(
    "No evaluation of the model of classes is kept in this dataset, so nothing is claimed of it. "
    "It is made and kept with {command}."
)


def _forecasts(data: DataView, *, evaluation: VolumeEvaluation | None) -> list[Component]:
    model = section(
        "forecast-model",
        gettext("The model of daily counts"),
        forecast_card(data, evaluation=evaluation)
        if data.trained_to or evaluation
        else paragraphs(gettext(_NO_MODEL)),
    )
    if evaluation is None:
        others = "--with DIR... " if data.learned_with else ""
        command = f"ctcrimes evaluate volume artifacts/{data.name} {others}--save"
        missing = _not_judged(_FORECASTS_NOT_JUDGED, command=command)
        return [
            model,
            section("back-test", gettext("How good the forecasts were"), missing),
            section("intervals", gettext("Do the intervals hold?"), _see_above()),
            section("for-whom", gettext("Where it errs more"), _see_above()),
        ]
    return [
        model,
        section(
            "back-test",
            gettext("How good the forecasts were"),
            [*volume_words(evaluation), *_card_with_table(ids.CHART_BACKTEST, 11)],
        ),
        section(
            "intervals",
            gettext("Do the intervals hold?"),
            [
                _sized(chart_card(ids.CHART_COVERAGE), rows=len(coverage_rows(evaluation))),
                *pit_list(evaluation),
            ],
        ),
        section(
            "for-whom",
            gettext("Where it errs more"),
            [_sized(chart_card(ids.CHART_AUDIT), rows=len(evaluation.audit))],
        ),
    ]


def _classes(data: DataView, *, evaluation: RiskEvaluation | None) -> list[Component]:
    model = section(
        "class-model",
        gettext("The model of classes"),
        classes_card(evaluation)
        if data.has_classes or evaluation
        else paragraphs(gettext(_NO_MODEL)),
    )
    if evaluation is None:
        command = f"ctcrimes evaluate risk artifacts/{data.name} --save"
        missing = _not_judged(_CLASSES_NOT_JUDGED, command=command)
        return [model, section("class-test", gettext("How good the classes were"), missing)]
    return [
        model,
        section(
            "class-test",
            gettext("How good the classes were"),
            [
                *classes_words(evaluation),
                *_card_with_table(ids.CHART_CLASSES, len(evaluation.models) - 1),
                html.H3(gettext("What was told, and what happened")),
                grid(
                    cell(chart_card(ids.CHART_RELIABILITY), columns=7),
                    cell(quality_table(), columns=5),
                ),
                html.H3(gettext("For whom it is better or worse")),
                group_table(),
            ],
        ),
    ]


def _see_above() -> list[Component]:
    return [html.P(html.A(gettext("Not judged: see above"), href="#back-test"))]


def _card_with_table(chart: str, rows: int) -> list[Component]:
    """A card whose table stands open below it."""
    anchor = f"{chart}-table"
    return [
        _sized(chart_card(chart, table_anchor=anchor), rows=rows),
        html.Div(table_slot(chart, hidden=False), id=anchor, tabIndex=-1),
    ]


def _sized(card: Component, *, rows: int) -> html.Div:
    """A card as high as its rows need; the style sheet reads the number."""
    return html.Div(card, style={"--rows": str(rows)}, className="sized")


def _volume(visit: Visit) -> VolumeEvaluation | None:
    return visit.site.queries.volume_evaluation


def _risk(visit: Visit) -> RiskEvaluation | None:
    return visit.site.queries.risk_evaluation


def _judged(
    evaluation: Callable[[Visit], View | None],
    make: Callable[[View], ChartParts | None],
    table: Callable[[View], TableView],
) -> Chart:
    """A chart of an evaluation; nothing where none is kept."""

    def parts(visit: Visit) -> ChartParts | None:
        found = evaluation(visit)
        return None if found is None else make(found)

    def twin(visit: Visit) -> TableView | None:
        found = evaluation(visit)
        return None if found is None else table(found)

    return Chart(parts=parts, table=twin)


def _backtest(view: VolumeEvaluation) -> ChartParts:
    return ChartParts(
        title=backtest_title(view), summary=backtest_summary(view), figure=backtest_figure(view)
    )


def _coverage(view: VolumeEvaluation) -> ChartParts:
    return ChartParts(
        title=coverage_title(view), summary=coverage_summary(view), figure=coverage_figure(view)
    )


def _audit(view: VolumeEvaluation) -> ChartParts:
    return ChartParts(
        title=audit_title(view), summary=audit_summary(view), figure=audit_figure(view)
    )


def _models(view: RiskEvaluation) -> ChartParts:
    return ChartParts(
        title=classes_title(view), summary=classes_summary(view), figure=classes_figure(view)
    )


def _reliability(view: RiskEvaluation) -> ChartParts:
    return ChartParts(
        title=reliability_title(view),
        summary=reliability_summary(view),
        figure=reliability_figure(view),
    )


def _no_figure(_: RiskEvaluation) -> None:
    """What stands as a table alone."""


_CHARTS: Mapping[str, Chart] = {
    ids.CHART_BACKTEST: _judged(_volume, _backtest, backtest_table),
    ids.CHART_COVERAGE: _judged(_volume, _coverage, coverage_table),
    ids.CHART_AUDIT: _judged(_volume, _audit, audit_table),
    ids.CHART_CLASSES: _judged(_risk, _models, classes_table),
    ids.CHART_RELIABILITY: _judged(_risk, _reliability, reliability_table),
    ids.CHART_CLASS_QUALITY: _judged(_risk, _no_figure, class_quality_table),
    ids.CHART_CLASS_GROUPS: _judged(_risk, _no_figure, risk_audit_table),
}

METHODS_PAGE = PageKind(
    name=ids.PAGE_METHODS,
    path=_PATH,
    head=_head,
    layout=_layout,
    headline=_headline,
    repairs=lambda _: (),
    charts=_CHARTS,
)
"""The page on methods."""
