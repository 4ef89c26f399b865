"""Past offences by class: a ring with its bars for one scope, grouped bars for several."""

from typing import Any

import plotly.graph_objects as go

from webapp.figures.risk import BAR, ROW_HEIGHT, kind_colour, places_key
from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.risk import per_100
from webapp.views.risk_history import (
    PastScope,
    RiskHistoryView,
    history_summary,
    history_title,
    share_words,
)

__all__ = ["history_figure"]

_RING_HEIGHT = 430
_RING_NARROW = 660
_RING_NARROW_UNDER = 860
_RING_FROM = 0.03
_RING_SHARE = 0.28
_BARS_FROM = 0.47
_LEAST_SLICE = 0.04


def history_figure(view: RiskHistoryView) -> go.Figure:
    """A ring with its bars for one scope, grouped bars for several."""
    layout = base_layout(
        title=history_title(view), summary=history_summary(view), source=view.provenance.source
    )
    rows = range(len(view.classes))
    height = 80 + len(view.classes) * ROW_HEIGHT[len(view.scopes)]
    if view.is_round:
        layout["meta"] |= {
            "height": _RING_HEIGHT,
            "narrow": _RING_NARROW,
            "narrowUnder": _RING_NARROW_UNDER,
        }
    else:
        layout["meta"] |= {"height": height}
    shares = [scope.share(at) or 0.0 for scope in view.scopes for at in rows]
    most = max(shares) or 0.01
    return go.Figure(
        data=[
            *([_ring(view)] if view.is_round else []),
            *(_scope_bars(view, at=at) for at in range(len(view.scopes))),
            _scope_labels(view, offset=100 * most * 0.015),
        ],
        layout={
            **layout,
            "barmode": "overlay",
            "margin": {"l": 8, "r": 8, "t": 10 if len(view.scopes) == 1 else 34, "b": 34},
            "xaxis": {
                "visible": False,
                "range": [0, 100 * most * 1.4],
                "domain": [_BARS_FROM, 1] if view.is_round else [0, 1],
            },
            "yaxis": {
                "tickvals": list(rows),
                "ticktext": [each.label for each in view.classes],
                "tickfont": {"size": 13, "color": LIGHT.ink},
                "ticklabelstandoff": 6,
                "showgrid": False,
                "zeroline": False,
                "range": [len(view.classes) - 0.4, -0.6],
            },
            "annotations": _scope_notes(view),
        },
    )


def _ring(view: RiskHistoryView) -> go.Pie:
    (scope,) = view.scopes
    return go.Pie(
        labels=[each.label for each in view.classes],
        values=list(scope.counts),
        hole=0.58,
        title={
            "text": f"<b>{words.number(scope.total)}</b><br>{words.noun(Unit.OFFENCES)}",
            "position": "middle center",
            "font": {"size": 14, "color": LIGHT.ink},
        },
        sort=False,
        direction="clockwise",
        domain={"x": [_RING_FROM, _RING_SHARE], "y": [0, 1]},
        marker={
            "colors": [kind_colour(each.slug, group=each.group) for each in view.classes],
            "line": {"color": LIGHT.panel, "width": 1.5},
        },
        text=[
            per_100(scope.share(at) or 0.0) if (scope.share(at) or 0.0) >= _LEAST_SLICE else ""
            for at in range(len(view.classes))
        ],
        textinfo="text",
        textposition="outside",
        textfont={"size": 12, "color": LIGHT.muted},
        hovertemplate="<b>%{label}</b><br>"
        + gettext("{count} offences", count="%{value:,d}")
        + " (%{percent})<extra></extra>",
        name="ring",
    )


def _scope_y(view: RiskHistoryView, *, at: int) -> list[float]:
    """Heights of the bars of a scope: those of one class stand below each other."""
    shift = (at - (len(view.scopes) - 1) / 2) * BAR / len(view.scopes)
    return [row + shift for row in range(len(view.classes))]


def _scope_bars(view: RiskHistoryView, *, at: int) -> go.Bar:
    scope = view.scopes[at]
    colours = (
        [kind_colour(each.slug, group=each.group) for each in view.classes]
        if len(view.scopes) == 1
        else LIGHT.compared[at]
    )
    shares = [scope.share(row) for row in range(len(view.classes))]
    return go.Bar(
        orientation="h",
        x=[None if share is None else round(100 * share, 2) for share in shares],
        y=_scope_y(view, at=at),
        width=0.92 * BAR / len(view.scopes),
        marker={"color": colours, "cornerradius": 2},
        customdata=[
            [each.label, words.number(count), words.number(scope.total)]
            for each, count in zip(view.classes, scope.counts, strict=True)
        ],
        hovertemplate=(
            f"<b>%{{customdata[0]}}</b>, {scope.name}<br>"
            + gettext("{count} of {all} offences", count="%{customdata[1]}", all="%{customdata[2]}")
            + "<extra></extra>"
        ),
        name=scope.name,
    )


def _scope_labels(view: RiskHistoryView, *, offset: float) -> go.Scatter:
    """Share and count behind each bar; the count alone where there are too few for a share."""
    points = [
        (100 * (scope.share(row) or 0.0) + offset, y, _past_label(scope, row=row))
        for at, scope in enumerate(view.scopes)
        for row, y in enumerate(_scope_y(view, at=at))
    ]
    return go.Scatter(
        x=[x for x, _, _ in points],
        y=[y for _, y, _ in points],
        mode="text",
        text=[text for _, _, text in points],
        textposition="middle right",
        textfont={"size": 12, "color": LIGHT.muted},
        cliponaxis=False,
        hoverinfo="skip",
        name="labels",
    )


def _past_label(scope: PastScope, *, row: int) -> str:
    share, count = scope.share(row), words.number(scope.counts[row])
    return count if share is None else f"{share_words(share)} · {count}"


def _scope_notes(view: RiskHistoryView) -> list[dict[str, Any]]:
    if len(view.scopes) == 1:
        return []
    return [places_key(tuple(scope.name for scope in view.scopes))]
