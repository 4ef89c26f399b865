"""History joined to the forecast: bands, median, baseline, holidays; gaps stay open."""

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from webapp.figures.theme import LIGHT, base_layout
from webapp.views import words
from webapp.views.forecast import (
    ForecastView,
    HolidayMark,
    baseline_words,
    forecast_summary,
    forecast_title,
)

__all__ = ["forecast_figure"]

_DAY = 86_400_000
_ROW = 14
_ROWS = 3
_KEY = 20
_TOP = _ROWS * _ROW + 2 * _KEY + 4
_PART = "\N{EM SPACE}"
# The evening before and the day after stand in the table; beside the day itself they are clutter.
_BESIDE = ("Christmas Eve", "New Year's Eve", "Day after Thanksgiving")
_SHORT = {
    "Christmas Day": "Christmas",
    "Juneteenth National Independence Day": "Juneteenth",
    "Martin Luther King Jr. Day": "M. L. King Day",
    "New Year's Day": "New Year",
    "Thanksgiving Day": "Thanksgiving",
}
_BANDS = (("95", LIGHT.band_95), ("80", LIGHT.band_80), ("50", LIGHT.band_50))


def forecast_figure(view: ForecastView) -> go.Figure:
    """Draw the forecast; nothing where it is withheld."""
    layout = base_layout(
        title=forecast_title(view), summary=forecast_summary(view), source=view.provenance.source
    )
    if not view.days:
        hidden = {"visible": False}
        empty = {"margin": {"l": 8, "r": 8, "t": 8, "b": 44}, "xaxis": hidden, "yaxis": hidden}
        return go.Figure(layout={**layout, **empty})
    after = view.origin + timedelta(days=1)
    return go.Figure(
        data=[
            *_bands(view),
            _line(view.first, view.year_before, name="year-before", color=LIGHT.quiet, width=1.2),
            _line(
                after, [day.baseline for day in view.days],
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
            },
            "yaxis": {"range": [0, _top(view)], "nticks": 5, "tickformat": ",d"},
            "shapes": [*map(_holiday_line, _shown(view)), _origin_line(view)],
            "annotations": [_key(view), *map(_holiday_name, _shown(view)), _origin_name(view)],
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
        dx=_DAY,
        y=[None if value is None else round(value, 2) for value in values],
        mode="lines",
        connectgaps=False,
        line={"color": color, "width": width, "dash": dash},
        hoverinfo="skip",
        name=name,
    )


def _bands(view: ForecastView) -> list[go.Scatter]:
    """Each band as its lower edge and the upper one that is filled down to it."""
    after = (view.origin + timedelta(days=1)).isoformat()
    traces = []
    for level, colour in _BANDS:
        for side in ("lower", "upper"):
            edge = [getattr(day.expected, f"{side}_{level}") for day in view.days]
            traces.append(
                go.Scatter(
                    x0=after,
                    dx=_DAY,
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
        dx=_DAY,
        y=list(view.history),
        mode="markers",
        marker={"size": 4.5, "color": LIGHT.outline, "line": {"width": 0}},
        hovertemplate="<b>%{x|%a %-d %b %Y}</b><br>%{y:,d} offences<extra></extra>",
        name="days",
    )


def _median(view: ForecastView) -> go.Scatter:
    """The median line; it begins where the line of the history ends, when that is known."""
    joint = view.means[-1] if view.means else None
    start = view.origin if joint is not None else view.origin + timedelta(days=1)
    text = [
        f"median {day.expected.median}, 80\N{NO-BREAK SPACE}%: {day.expected.lower_80} to "
        f"{day.expected.upper_80}{f'<br>{day.holiday}' if day.holiday else ''}"
        for day in view.days
    ]
    medians = [day.expected.median for day in view.days]
    return go.Scatter(
        x0=start.isoformat(),
        dx=_DAY,
        y=medians if joint is None else [joint, *medians],
        text=text if joint is None else ["the forecast starts", *text],
        mode="lines",
        line={"color": LIGHT.accent, "width": 2.4},
        hovertemplate="<b>%{x|%a %-d %b %Y}</b><br>%{text}<extra></extra>",
        name="median",
    )


def _counted(view: ForecastView) -> list[go.Scatter]:
    """What happened, over a forecast that starts in the past."""
    if not any(day.counted is not None for day in view.days):
        return []
    after = view.origin + timedelta(days=1)
    means = [day.counted_mean for day in view.days]
    points = go.Scatter(
        x0=after.isoformat(),
        dx=_DAY,
        y=[day.counted for day in view.days],
        mode="markers",
        marker={"size": 5, "color": LIGHT.highlight, "line": {"width": 0}},
        hovertemplate="counted: %{y:,d}<extra></extra>",
        name="counted",
    )
    return [_line(after, means, name="counted mean", color=LIGHT.highlight, width=1.6), points]


def _shown(view: ForecastView) -> list[HolidayMark]:
    """Holidays that are marked, those of the forecast first: they are named before the others."""
    marks = [mark for mark in view.holidays if mark.name not in _BESIDE]
    return sorted(marks, key=lambda mark: (mark.day <= view.origin, mark.day))


def _holiday_line(mark: HolidayMark) -> dict[str, Any]:
    return {
        "type": "line", "xref": "x", "yref": "paper", "opacity": 0.6, "name": "holiday",
        "x0": mark.day.isoformat(), "x1": mark.day.isoformat(), "y0": 0, "y1": 1,
        "line": {"width": 1, "color": LIGHT.highlight, "dash": "dot"},
    }  # fmt: skip


def _holiday_name(mark: HolidayMark) -> dict[str, Any]:
    """A name above the plot; the browser, which knows the width, puts it into a free row."""
    return {
        "text": _SHORT.get(mark.name, mark.name), "name": "holiday", "showarrow": False,
        "xref": "x", "x": mark.day.isoformat(), "xanchor": "center",
        "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 0,
        "font": {"size": 11, "color": LIGHT.highlight},
    }  # fmt: skip


def _origin_line(view: ForecastView) -> dict[str, Any]:
    at = f"{view.origin.isoformat()} 12:00"
    return {
        "type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "name": "origin", "line": {"width": 1, "color": LIGHT.muted},
    }  # fmt: skip


def _origin_name(view: ForecastView) -> dict[str, Any]:
    what = "known to" if view.replays else "data end"
    return {
        "text": f"{what} {words.day(view.origin)}", "name": "origin", "showarrow": False,
        "xref": "x", "x": f"{view.origin.isoformat()} 12:00", "xanchor": "right", "xshift": -3,
        "yref": "paper", "y": 1, "yanchor": "top", "bgcolor": LIGHT.panel,
        "font": {"size": 11, "color": LIGHT.muted},
    }  # fmt: skip


def _key(view: ForecastView) -> dict[str, Any]:
    """The key as coloured words; the browser breaks the line where the figure is narrow."""
    bands = " ".join(
        f'<span style="color:{colour}">■</span>\N{THIN SPACE}{level}' for level, colour in _BANDS
    )
    known = any(day.counted is not None for day in view.days)
    earlier = any(mean is not None for mean in view.year_before)
    parts = [
        f'<span style="color:{LIGHT.outline}">●</span> a day',
        f'<span style="color:{LIGHT.ink}"><b>—</b></span> mean of 7 days',
        f'<span style="color:{LIGHT.accent}"><b>— median</b></span>',
        f"{bands}\N{NO-BREAK SPACE}%",
        *([f'<span style="color:{LIGHT.highlight}">● counted since</span>'] if known else []),
        f"- - baseline: {baseline_words(view.baseline)}",
        *([f'<span style="color:{LIGHT.quiet}">—</span> a year before'] if earlier else []),
    ]
    return {
        "text": _PART.join(parts), "name": "forecast-key", "align": "left", "showarrow": False,
        "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom",
        "yshift": _ROWS * _ROW + 4, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip
