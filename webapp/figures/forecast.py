"""History joined to the forecast: bands, median, baseline, holidays; gaps stay open."""

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from webapp.figures.day_marks import (
    DAY,
    holiday_line,
    holiday_name,
    origin_line,
    origin_name,
    shown_holidays,
)
from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.forecast import ForecastView, forecast_source, forecast_summary, forecast_title
from webapp.views.forecast_models import baseline_words

__all__ = ["forecast_figure"]

_ROW = 14
_ROWS = 3
_KEY = 20
_TOP = _ROWS * _ROW + 2 * _KEY + 4
_PART = "\N{EM SPACE}"
# Of a long gap only its ends are drawn, the rest of the axis is cut out.
_GAP_ENDS = 12
_APART = timedelta(days=16)
_BANDS = (("95", LIGHT.band_95), ("80", LIGHT.band_80), ("50", LIGHT.band_50))


def forecast_figure(view: ForecastView) -> go.Figure:
    """Draw the forecast; nothing where it is withheld."""
    layout = base_layout(
        title=forecast_title(view), summary=forecast_summary(view), source=forecast_source(view)
    )
    if not view.days:
        hidden = {"visible": False}
        empty = {"margin": {"l": 8, "r": 8, "t": 8, "b": 44}, "xaxis": hidden, "yaxis": hidden}
        return go.Figure(layout={**layout, **empty})
    return go.Figure(
        data=[
            *_carried_on(view),
            *_bands(view),
            _line(view.first, view.year_before, name="year-before", color=LIGHT.quiet, width=1.2),
            _line(
                view.begin, [day.baseline for day in view.days],
                name="baseline", color=LIGHT.muted, width=1.2, dash="dash",
            ),
            _history(view),
            _line(view.first, view.means, name="mean of 7 days", color=LIGHT.ink, width=1.8),
            _median(view),
            *_counted(view),
        ],
        layout={
            **layout,
            "hovermode": "x",
            "margin": {"l": 8, "r": 10, "t": _TOP, "b": 66},
            "xaxis": {
                "type": "date",
                "range": [view.first.isoformat(), (view.end + timedelta(days=1)).isoformat()],
                "tickformat": "%-d %b\n%Y",
                "nticks": 10,
                **_cut(view),
            },
            "yaxis": {"range": [0, _top(view)], "nticks": 5, "tickformat": ",d"},
            "shapes": [*_gap(view), *map(holiday_line, shown_holidays(view)), origin_line(view)],
            "annotations": [
                _key(view),
                *map(holiday_name, shown_holidays(view)),
                origin_name(view),
                *_gap_name(view),
            ],
        },
    )  # fmt: skip


def _top(view: ForecastView) -> float:
    known = [value for value in view.history if value is not None]
    known += [day.counted for day in view.days if day.counted is not None]
    known += [day.expected.upper_95 for day in view.days]
    return max(max(known) * 1.06, 3)


def _line(
    start: date,
    values: Any,  # noqa: ANN401 - a sequence of numbers and nulls
    *,
    name: str,
    color: str,
    width: float,
    dash: str = "solid",
) -> go.Scatter:
    return go.Scatter(
        x0=start.isoformat(),
        dx=DAY,
        y=[None if value is None else round(value, 2) for value in values],
        mode="lines",
        connectgaps=False,
        line={"color": color, "width": width, "dash": dash},
        hoverinfo="skip",
        name=name,
    )


def _bands(view: ForecastView) -> list[go.Scatter]:
    """Each band as its lower edge and the upper one that is filled down to it."""
    after = view.begin.isoformat()
    traces = []
    for level, colour in _BANDS:
        for side in ("lower", "upper"):
            edge = [getattr(day.expected, f"{side}_{level}") for day in view.days]
            traces.append(
                go.Scatter(
                    x0=after,
                    dx=DAY,
                    y=edge,
                    mode="lines",
                    line={"width": 0, "color": colour},
                    fill="none" if side == "lower" else "tonexty",
                    fillcolor=colour,
                    hoverinfo="skip",
                    name=f"{side} {level}",
                )
            )
    return traces


def _history(view: ForecastView) -> go.Scatter:
    return go.Scatter(
        x0=view.first.isoformat(),
        dx=DAY,
        y=list(view.history),
        mode="markers",
        marker={"size": 4.5, "color": LIGHT.outline, "line": {"width": 0}},
        hovertemplate="<b>%{x|%a %-d %b %Y}</b><br>"
        + gettext("{count} offences", count="%{y:,d}")
        + "<extra></extra>",
        name="days",
    )


def _joint(view: ForecastView) -> float | None:
    """Where the line of the history ends; null when the last week is not known."""
    return view.means[-1] if view.means else None


def _carried_on(view: ForecastView) -> list[go.Scatter]:
    """What joins the end of the data to a forecast that begins later, drawn lightly."""
    if view.gap == 0:
        return []
    first = view.days[0].expected
    joint = _joint(view)
    days = [view.origin.isoformat(), view.begin.isoformat()]
    edges = [(first.lower_80, "none"), (first.upper_80, "tonexty")]
    shadow = [
        go.Scatter(
            x=days,
            y=[edge if joint is None else joint, edge],
            mode="lines",
            line={"width": 0, "color": LIGHT.band_95},
            fill=fill,
            fillcolor=LIGHT.band_95,
            hoverinfo="skip",
            name="carried on 80",
        )
        for edge, fill in edges
    ]
    line = go.Scatter(
        x=days,
        y=[first.median if joint is None else joint, first.median],
        mode="lines",
        line={"color": LIGHT.accent, "width": 1.6, "dash": "dot"},
        hoverinfo="skip",
        name="carried on",
    )
    return [*shadow, line]


def _cut(view: ForecastView) -> dict[str, Any]:
    """Leave the middle of a long gap out of the axis; its ticks are the first days of months."""
    if view.gap <= 3 * _GAP_ENDS:
        return {}
    first = view.origin + timedelta(days=_GAP_ENDS)
    last = view.begin - timedelta(days=_GAP_ENDS)
    months = [
        day
        for day in map(date.fromordinal, range(view.first.toordinal(), view.end.toordinal()))
        if day.day == 1 and not view.origin - _APART < day < view.begin + _APART
    ]
    ticks = sorted([*months, view.begin])
    return {
        "rangebreaks": [{"bounds": [first.isoformat(), last.isoformat()]}],
        "tickvals": [day.isoformat() for day in ticks],
        "ticktext": [f"{words.short_day(day)}<br>{day.year}" for day in ticks],
    }


def _gap(view: ForecastView) -> list[dict[str, Any]]:
    if view.gap == 0:
        return []
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "name": "gap",
            "x0": f"{view.origin.isoformat()} 12:00",
            "x1": f"{view.bridge.isoformat() if view.bridge else ''} 12:00",
            "fillcolor": LIGHT.gap, "opacity": 0.55, "line": {"width": 0}, "layer": "below",
        }
    ]  # fmt: skip


def _gap_name(view: ForecastView) -> list[dict[str, Any]]:
    if view.gap == 0:
        return []
    days = ngettext("{count} day", "{count} days", view.gap, count=words.number(view.gap))
    text = f"{gettext('no data yet,')}<br>{gettext('carried on')}<br>{days}"
    return [
        {
            "text": text, "name": "gap", "showarrow": False,
            "xref": "x", "x": f"{view.origin.isoformat()} 12:00", "xanchor": "left", "xshift": 4,
            "yref": "paper", "y": 1, "yanchor": "top", "align": "left",
            "font": {"size": 11, "color": LIGHT.muted},
        }
    ]  # fmt: skip


def _median(view: ForecastView) -> go.Scatter:
    """The median line; it begins where the line of the history ends, when that is known."""
    joint = _joint(view) if view.gap == 0 else None
    start = view.origin if joint is not None else view.begin
    text = [
        gettext(
            "median {median}, 80\N{NO-BREAK SPACE}%: {low} to {high}",
            median=day.expected.median,
            low=day.expected.lower_80,
            high=day.expected.upper_80,
        )
        + (f"<br>{words.holiday(day.holiday)}" if day.holiday else "")
        for day in view.days
    ]
    medians = [day.expected.median for day in view.days]
    return go.Scatter(
        x0=start.isoformat(),
        dx=DAY,
        y=medians if joint is None else [joint, *medians],
        text=text if joint is None else [gettext("the forecast starts"), *text],
        mode="lines",
        line={"color": LIGHT.accent, "width": 2.4},
        hovertemplate="<b>%{x|%a %-d %b %Y}</b><br>%{text}<extra></extra>",
        name="median",
    )


def _counted(view: ForecastView) -> list[go.Scatter]:
    """What happened, over a forecast that starts in the past."""
    if not any(day.counted is not None for day in view.days):
        return []
    after = view.begin
    means = [day.counted_mean for day in view.days]
    points = go.Scatter(
        x0=after.isoformat(),
        dx=DAY,
        y=[day.counted for day in view.days],
        mode="markers",
        marker={"size": 5, "color": LIGHT.highlight, "line": {"width": 0}},
        hovertemplate=gettext("counted: {count}", count="%{y:,d}") + "<extra></extra>",
        name="counted",
    )
    return [_line(after, means, name="counted mean", color=LIGHT.highlight, width=1.6), points]


def _worded(mark: str, text: str, *, colour: str) -> str:
    """A mark of the figure with what it stands for, in its colour."""
    return f'<span style="color:{colour}">{mark} {text}</span>'


def _key(view: ForecastView) -> dict[str, Any]:
    """The key as coloured words; the browser breaks the line where the figure is narrow."""
    bands = " ".join(
        f'<span style="color:{colour}">■</span>\N{THIN SPACE}{level}' for level, colour in _BANDS
    )
    known = any(day.counted is not None for day in view.days)
    earlier = any(mean is not None for mean in view.year_before)
    parts = [
        f'<span style="color:{LIGHT.outline}">●</span> {gettext("a day")}',
        f'<span style="color:{LIGHT.ink}"><b>—</b></span> {gettext("mean of 7 days")}',
        f'<span style="color:{LIGHT.accent}"><b>— {gettext("median")}</b></span>',
        f"{bands}\N{NO-BREAK SPACE}%",
        *(
            [f'<span style="color:{LIGHT.highlight}">● {gettext("counted since")}</span>']
            if known
            else []
        ),
        f"- - {gettext('baseline: {name}', name=baseline_words(view.baseline))}",
        *(
            [f'<span style="color:{LIGHT.quiet}">—</span> {gettext("a year before")}']
            if earlier
            else []
        ),
    ]
    return {
        "text": _PART.join(parts), "name": "forecast-key", "align": "left", "showarrow": False,
        "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom",
        "yshift": _ROWS * _ROW + 4, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip
