"""Figures of the methods page: dots on lines, so that no bar hides a zero that is not there."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from core.nibrs.codes import BroadGroup
from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.methods_coverage import (
    audit_summary,
    audit_title,
    coverage_rows,
    coverage_summary,
    coverage_title,
    grouping_label,
)
from webapp.views.methods_risk import (
    ClassQuality,
    RiskEvaluation,
    class_model_label,
    classes_summary,
    classes_title,
    reliability_summary,
    reliability_title,
    served_class_scores,
)
from webapp.views.methods_volume import (
    VOLUME_MEASURES,
    VolumeEvaluation,
    backtest_summary,
    backtest_title,
    model_label,
    served_scores,
)

__all__ = [
    "audit_figure",
    "backtest_figure",
    "classes_figure",
    "coverage_figure",
    "reliability_figure",
]

_DRAWN = 2
_FARTHEST = 1.35
_LEVELS = (
    ("50", LIGHT.men, "circle"),
    ("80", LIGHT.accent, "diamond"),
    ("95", LIGHT.highlight, "square"),
)
_GLYPHS = {"circle": "●", "diamond": "◆", "square": "■"}
_GROUP_COLOURS = {
    BroadGroup.VIOLENT: LIGHT.violent,
    BroadGroup.PROPERTY: LIGHT.property,
    BroadGroup.OTHER: LIGHT.other,
    None: LIGHT.muted,
}
_WIDE = "\N{EM SPACE}"


def backtest_figure(evaluation: VolumeEvaluation) -> go.Figure:
    """Two dots a method, deviance and WAPE, as multiples of what is served."""
    served = served_scores(evaluation)
    rows = [row for row in evaluation.models if row.name != evaluation.served][::-1]
    labels = [model_label(row.name) for row in rows]
    looks = (
        {"color": LIGHT.accent, "symbol": "circle", "size": 13},
        {"color": LIGHT.highlight, "symbol": "diamond", "size": 9},
    )
    traces = [
        _ratio_dots(
            labels,
            [_over(measure.of(row), measure.of(served)) for row in rows],
            name=gettext(measure.label),
            look=look,
        )
        for measure, look in zip(VOLUME_MEASURES[:_DRAWN], looks, strict=True)
    ]
    return _dots(
        traces,
        rows=labels,
        layout=base_layout(
            title=backtest_title(evaluation),
            summary=backtest_summary(evaluation),
            source=evaluation.provenance.source,
        ),
        axis={"range": [_lowest(traces), _FARTHEST + 0.07], "tickformat": ".2f", "nticks": 7},
        key=[
            (LIGHT.accent, f"● {gettext('deviance')}"),
            (LIGHT.highlight, "◆ WAPE"),
            (LIGHT.muted, f"┊ {gettext('served = 1, less is better')}"),
        ],
        lines=[1.0],
    )


def classes_figure(evaluation: RiskEvaluation) -> go.Figure:
    """A dot a model: its log loss over that of the served one."""
    own = served_class_scores(evaluation).log_loss_13
    rows = [row for row in evaluation.models if row.name != evaluation.served][::-1]
    labels = [class_model_label(row.name) for row in rows]
    trace = _ratio_dots(
        labels,
        [_over(row.log_loss_13, own) for row in rows],
        name=gettext("Log loss"),
        look={"color": LIGHT.accent, "symbol": "circle", "size": 11},
    )
    return _dots(
        [trace],
        rows=labels,
        layout=base_layout(
            title=classes_title(evaluation),
            summary=classes_summary(evaluation),
            source=evaluation.provenance.source,
        ),
        axis={"range": [_lowest([trace]), _FARTHEST + 0.07], "tickformat": ".2f", "nticks": 7},
        key=[
            (LIGHT.accent, f"● {gettext('log loss')}"),
            (LIGHT.muted, f"┊ {gettext('served = 1, less is better')}"),
        ],
        lines=[1.0],
    )


def coverage_figure(evaluation: VolumeEvaluation) -> go.Figure:
    """Three dots a row, what was held; the lines stand where they should be."""
    rows = coverage_rows(evaluation)[::-1]
    labels = [row.label for row in rows]
    traces = [
        go.Scatter(
            x=[getattr(row, f"coverage_{level}") for row in rows],
            y=labels,
            mode="markers",
            marker={
                "size": 11,
                "color": colour,
                "symbol": symbol,
                "line": {"width": 1, "color": LIGHT.panel},
            },
            hovertemplate="%{y}<br>"
            + gettext("{share} within the {level} % interval", share="%{x:.1%}", level=level)
            + "<extra></extra>",
            name=f"{level} %",
        )
        for level, colour, symbol in _LEVELS
    ]
    return _dots(
        traces,
        rows=labels,
        layout=base_layout(
            title=coverage_title(evaluation),
            summary=coverage_summary(evaluation),
            source=evaluation.provenance.source,
        ),
        axis={
            "range": [0.38, 1.02],
            "tickvals": [0.5, 0.8, 0.95],
            # With a unit each, the last two touch on the narrowest phones.
            "ticktext": ["50", "80", "95 %"],
        },
        key=[
            (
                colour,
                f"{_GLYPHS[symbol]} "
                + gettext("in the {level}\N{NO-BREAK SPACE}% interval", level=level),
            )
            for level, colour, symbol in _LEVELS
        ],
        lines=[float(level) / 100 for level, _, _ in _LEVELS],
    )


def audit_figure(evaluation: VolumeEvaluation) -> go.Figure:
    """A dot a group of places; groupings apart."""
    rows = evaluation.audit[::-1]
    labels = [f"{grouping_label(row.grouping)}: {row.group}" for row in rows]
    values = [row.wape for row in rows]
    trace = go.Scatter(
        x=values,
        y=labels,
        mode="markers",
        marker={"size": 10, "color": LIGHT.accent},
        text=[
            ngettext("{count} place", "{count} places", row.places, count=row.places)
            for row in rows
        ],
        hovertemplate="%{y}<br>"
        + gettext("{share} of what is reported, {places}", share="%{x:.0%}", places="%{text}")
        + "<extra></extra>",
        name="WAPE",
    )
    top = max((value for value in values if value is not None), default=1.0)
    return _dots(
        [trace],
        rows=labels,
        layout=base_layout(
            title=audit_title(evaluation),
            summary=audit_summary(evaluation),
            source=evaluation.provenance.source,
        ),
        axis={"range": [0, top * 1.06], "tickformat": ".0%", "nticks": 6},
        key=[(LIGHT.accent, f"● {gettext('error over what is reported')}")],
        lines=[],
    )


def reliability_figure(evaluation: RiskEvaluation) -> go.Figure:
    """Told against happened: a dot a bin of a class; on the line both are equal."""
    top = 1.05 * max(
        (max(part.told, part.happened) for each in evaluation.classes for part in each.bins),
        default=0.1,
    )
    axis = {"range": [0, top], "tickformat": ".0%", "nticks": 6, "showgrid": True}
    groups = [
        (colour, f"● {words.group_word(group) if group else gettext('the rest')}")
        for group, colour in _GROUP_COLOURS.items()
    ]
    return go.Figure(
        data=[_told_is_happened(top), *map(_reliability_dots, evaluation.classes)],
        layout={
            **base_layout(
                title=reliability_title(evaluation),
                summary=reliability_summary(evaluation),
                source=evaluation.provenance.source,
            ),
            "margin": {"l": 8, "r": 12, "t": 34, "b": 74},
            "xaxis": {**axis, "title": {"text": gettext("told"), "standoff": 6}},
            "yaxis": {**axis, "title": {"text": gettext("happened"), "standoff": 6}},
            "annotations": [_key(groups)],
        },
    )


def _told_is_happened(top: float) -> go.Scatter:
    return go.Scatter(
        x=[0, top],
        y=[0, top],
        mode="lines",
        line={"color": LIGHT.muted, "width": 1, "dash": "dash"},
        hoverinfo="skip",
        name="equal",
    )


def _reliability_dots(each: ClassQuality) -> go.Scatter:
    return go.Scatter(
        x=[part.told for part in each.bins],
        y=[part.happened for part in each.bins],
        mode="markers",
        marker={
            "size": 7,
            "color": _GROUP_COLOURS[each.broad],
            "line": {"width": 0.5, "color": LIGHT.panel},
        },
        customdata=[part.rows for part in each.bins],
        hovertemplate=(
            f"<b>{each.label}</b><br>"
            + gettext("told {told}, happened {happened}", told="%{x:.1%}", happened="%{y:.1%}")
            + "<br>"
            + gettext("{count} offences", count="%{customdata:,d}")
            + "<extra></extra>"
        ),
        name=each.label,
    )


def _over(value: float | None, served: float | None) -> float | None:
    return None if value is None or not served else value / served


def _lowest(traces: Sequence[go.Scatter]) -> float:
    known = [float(x) for trace in traces for x in trace.x if x is not None]
    return min([0.95, *(x - 0.03 for x in known)])


def _ratio_dots(
    labels: Sequence[str], ratios: Sequence[float | None], *, name: str, look: dict[str, Any]
) -> go.Scatter:
    """Dots; one too far to the right stands at the edge, with its figure beside it."""
    far = [ratio is not None and ratio > _FARTHEST for ratio in ratios]
    return go.Scatter(
        x=[_FARTHEST if off else ratio for ratio, off in zip(ratios, far, strict=True)],
        y=list(labels),
        mode="markers+text",
        marker={
            **look,
            "symbol": ["triangle-right" if off else look["symbol"] for off in far],
            "line": {"width": 1, "color": LIGHT.panel},
        },
        text=[
            words.decimal(ratio or 0.0) if off else ""
            for ratio, off in zip(ratios, far, strict=True)
        ],
        textposition="middle right",
        textfont={"size": 12, "color": LIGHT.muted},
        customdata=list(ratios),
        hovertemplate="%{y}<br>"
        + gettext("{measure} {ratio} times the served", measure=name, ratio="%{customdata:.3f}")
        + "<extra></extra>",
        cliponaxis=False,
        name=name,
    )


def _dots(
    traces: Sequence[go.Scatter],
    *,
    rows: Sequence[str],
    layout: dict[str, Any],
    axis: dict[str, Any],
    key: Sequence[tuple[str, str]],
    lines: Sequence[float],
) -> go.Figure:
    """Dots on a line for each row, upright lines behind."""
    return go.Figure(
        data=list(traces),
        layout={
            **layout,
            # The browser breaks the names of the rows where the figure is narrow.
            "meta": {**layout["meta"], "rows": True},
            "margin": {"l": 8, "r": 30, "t": 34, "b": 58},
            "xaxis": {**axis, "zeroline": False, "ticks": "outside"},
            "yaxis": {
                "type": "category",
                "categoryarray": list(rows),
                "categoryorder": "array",
                "range": [-0.6, len(rows) - 0.4],
                "tickfont": {"size": 13, "color": LIGHT.ink},
                "ticksuffix": "  ",
                "showgrid": True,
                "gridcolor": LIGHT.grid,
            },
            "shapes": [_upright(at) for at in lines],
            "annotations": [_key(key)],
        },
    )


def _upright(at: float) -> dict[str, Any]:
    return {
        "type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "layer": "below", "line": {"width": 1, "color": LIGHT.muted, "dash": "dot"},
    }  # fmt: skip


def _key(parts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "text": _WIDE.join(_coloured(word, ink=ink) for ink, word in parts),
        "name": "parts", "align": "left", "showarrow": False,
        "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1,
        "yanchor": "bottom", "yshift": 6, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def _coloured(word: str, *, ink: str) -> str:
    """A word behind its mark, the mark in its colour."""
    return f'<span style="color:{ink}">{word[0]}</span>{word[1:]}'
