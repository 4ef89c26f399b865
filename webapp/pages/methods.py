"""The page on methods: data, definitions, models, what a back-test of them measured, limits."""

from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card, table_slot
from webapp.components.document import PageHead
from webapp.figures.methods import (
    audit_figure,
    backtest_figure,
    classes_figure,
    coverage_figure,
    reliability_figure,
)
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
from webapp.views.methods import data_sentence
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
_CONTENTS = (
    ("data", "What the data are"),
    ("counting", "What is counted"),
    ("definitions", "What the words mean"),
    ("forecast-model", "The model of daily counts"),
    ("back-test", "How good the forecasts were"),
    ("intervals", "Do the intervals hold?"),
    ("for-whom", "Where it errs more"),
    ("class-model", "The model of classes"),
    ("class-test", "How good the classes were"),
    ("limits", "Limits"),
    ("cite", "Changes, and how to cite"),
    ("programs", "For programs"),
)


def _head(visit: Visit) -> PageHead:
    view = visit.site.queries.data
    return PageHead(
        title=f"Methods: {view.state_name} · CT-Crimes",
        description=f"What the data are, how the models work and how good they were. "
        f"{data_sentence(view)}",
        path=_PATH,
    )


def _layout(visit: Visit) -> html.Div:
    queries = visit.site.queries
    data, volume, risk = queries.data, queries.volume_evaluation, queries.risk_evaluation
    return html.Div(
        [
            html.H1("Methods", tabIndex=-1),
            html.Div(_headline(visit), id=ids.headline(ids.PAGE_METHODS)),
            _contents(),
            data_section(data),
            counting_section(),
            definitions_section(),
            *_forecasts(volume, command=_command("volume", data.name), known=data.trained_to),
            *_classes(risk, command=_command("risk", data.name), known=data.has_classes),
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
        html.Ol([html.Li(html.A(label, href=f"#{anchor}")) for anchor, label in _CONTENTS]),
        className="contents",
        **wild(aria_label="On this page"),
    )


def _command(kind: str, name: str) -> str:
    return f"ctcrimes evaluate {kind} artifacts/{name} --save"


def _not_judged(what: str, *, command: str) -> list[Component]:
    return [
        html.P(
            [
                (
                    f"No evaluation of {what} is kept in this dataset, so nothing is claimed of "
                    "it. It is made and kept with "
                ),
                html.Code(command),
                ".",
            ],
            className="methods-notice",
        )
    ]


_NO_MODEL = "This dataset holds no such model."


def _forecasts(
    evaluation: VolumeEvaluation | None, *, command: str, known: object
) -> list[Component]:
    model = section(
        "forecast-model",
        "The model of daily counts",
        forecast_card(evaluation) if known or evaluation else paragraphs(_NO_MODEL),
    )
    if evaluation is None:
        missing = _not_judged("the forecasts", command=command)
        return [
            model,
            section("back-test", "How good the forecasts were", missing),
            section("intervals", "Do the intervals hold?", _see_above()),
            section("for-whom", "Where it errs more", _see_above()),
        ]
    return [
        model,
        section(
            "back-test",
            "How good the forecasts were",
            [*volume_words(evaluation), *_card_with_table(ids.CHART_BACKTEST, 11)],
        ),
        section(
            "intervals",
            "Do the intervals hold?",
            [
                _sized(chart_card(ids.CHART_COVERAGE), rows=len(coverage_rows(evaluation))),
                *pit_list(evaluation),
            ],
        ),
        section(
            "for-whom",
            "Where it errs more",
            [_sized(chart_card(ids.CHART_AUDIT), rows=len(evaluation.audit))],
        ),
    ]


def _classes(evaluation: RiskEvaluation | None, *, command: str, known: bool) -> list[Component]:
    model = section(
        "class-model",
        "The model of classes",
        classes_card(evaluation) if known or evaluation else paragraphs(_NO_MODEL),
    )
    if evaluation is None:
        missing = _not_judged("the model of classes", command=command)
        return [model, section("class-test", "How good the classes were", missing)]
    return [
        model,
        section(
            "class-test",
            "How good the classes were",
            [
                *classes_words(evaluation),
                *_card_with_table(ids.CHART_CLASSES, len(evaluation.models) - 1),
                html.H3("What was told, and what happened"),
                html.Div(
                    [
                        chart_card(ids.CHART_RELIABILITY, class_name="span-7"),
                        quality_table(),
                    ],
                    className="grid",
                ),
                html.H3("For whom it is better or worse"),
                group_table(),
            ],
        ),
    ]


def _see_above() -> list[Component]:
    return [html.P(html.A("Not judged: see above", href="#back-test"))]


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


def _volume_chart(
    make: Callable[[VolumeEvaluation], ChartParts], table: Callable[[VolumeEvaluation], TableView]
) -> Chart:
    def parts(visit: Visit) -> ChartParts | None:
        evaluation = visit.site.queries.volume_evaluation
        return None if evaluation is None else make(evaluation)

    def twin(visit: Visit) -> TableView | None:
        evaluation = visit.site.queries.volume_evaluation
        return None if evaluation is None else table(evaluation)

    return Chart(parts=parts, table=twin)


def _risk_chart(
    make: Callable[[RiskEvaluation], ChartParts | None],
    table: Callable[[RiskEvaluation], TableView],
) -> Chart:
    def parts(visit: Visit) -> ChartParts | None:
        evaluation = visit.site.queries.risk_evaluation
        return None if evaluation is None else make(evaluation)

    def twin(visit: Visit) -> TableView | None:
        evaluation = visit.site.queries.risk_evaluation
        return None if evaluation is None else table(evaluation)

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
    ids.CHART_BACKTEST: _volume_chart(_backtest, backtest_table),
    ids.CHART_COVERAGE: _volume_chart(_coverage, coverage_table),
    ids.CHART_AUDIT: _volume_chart(_audit, audit_table),
    ids.CHART_CLASSES: _risk_chart(_models, classes_table),
    ids.CHART_RELIABILITY: _risk_chart(_reliability, reliability_table),
    ids.CHART_CLASS_QUALITY: _risk_chart(_no_figure, class_quality_table),
    ids.CHART_CLASS_GROUPS: _risk_chart(_no_figure, risk_audit_table),
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
