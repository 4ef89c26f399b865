"""History by month and by day; what was not reported is a shaded gap, never a zero."""

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from webapp.figures.day_marks import DAY
from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext
from webapp.views import words
from webapp.views.series import (
    DaysView,
    MonthsView,
    days_summary,
    days_title,
    gaps,
    month_dates,
    months_summary,
    months_title,
    year_total,
)

__all__ = ["days_figure", "months_figure"]

_YEAR = 12
_HALF_MONTH = 15
# A gap narrower than this part of the chart has no room for words on a phone.
_LABELLED_PART = 6


def months_figure(view: MonthsView) -> go.Figure:
    """A column a month; the chosen year is strong, its total stands above it."""
    dates = month_dates(view)
    top = max((value for value in view.values if value is not None), default=0)
    bands = [
        _band(dates[span.first], _next_month(dates[span.last]), label=span.last - span.first + 1)
        for span in gaps(view.values)
    ]
    layout = base_layout(
        title=months_title(view), summary=months_summary(view), source=view.provenance.source
    )
    return go.Figure(
        data=[_columns(view, dates=dates)],
        layout={
            **layout,
            "bargap": 0.22,
            "margin": {"l": 8, "r": 8, "t": 26, "b": 54},
            "xaxis": {
                "type": "date",
                "range": [dates[0].isoformat(), _next_month(dates[-1]).isoformat()],
                "tickvals": [f"{year}-07-01" for year in view.years],
                "ticktext": [str(year) for year in view.years],
                "ticks": "",
            },
            "yaxis": {"range": [0, max(top * 1.12, 5)], "nticks": 5, "tickformat": ",d"},
            "shapes": [*bands, *_year_lines(view)],
            "annotations": [
                *(note for year in view.years if (note := _year_note(view, year=year))),
                *(_gap_label(view, dates=dates)),
            ],
        },
    )


def _columns(view: MonthsView, *, dates: tuple[date, ...]) -> go.Bar:
    of = words.of_kind(view.unit, kind=view.kind)
    return go.Bar(
        x=[day.replace(day=_HALF_MONTH).isoformat() for day in dates],
        y=list(view.values),
        marker={
            "color": [LIGHT.accent if day.year == view.year else LIGHT.quiet for day in dates],
            "pattern": {
                "shape": ["/" if partial else "" for partial in view.partial],
                "fillmode": "overlay",  # else the stripes stand on nothing
                "fgcolor": LIGHT.panel,
                "size": 5,
                "solidity": 0.35,
            },
        },
        customdata=[
            gettext("{month} (a part of the agencies)", month=words.month(day))
            if partial
            else words.month(day)
            for day, partial in zip(dates, view.partial, strict=True)
        ],
        hovertemplate=f"<b>%{{customdata}}</b><br>%{{y:,d}} {of}<extra></extra>",
        name="months",
    )


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _band(first: date, after: date, *, label: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": first.isoformat(),
        "x1": after.isoformat(),
        "y0": 0,
        "y1": 1,
        "fillcolor": LIGHT.gap,
        "line": {"width": 0},
        "layer": "below",
        "name": f"no report, {label}",
    }


def _year_lines(view: MonthsView) -> list[dict[str, Any]]:
    return [
        {
            "type": "line", "xref": "x", "yref": "paper", "layer": "below",
            "x0": f"{year}-01-01", "x1": f"{year}-01-01", "y0": 0, "y1": 1.06,
            "line": {"width": 1, "color": LIGHT.hairline},
        }
        for year in view.years[1:]
    ]  # fmt: skip


def _year_note(view: MonthsView, *, year: int) -> dict[str, Any] | None:
    """The year's total above its months; how many months, when it was not all twelve."""
    total, months = year_total(view, year=year)
    if total is None:
        return None
    text = words.number(total)
    if months < _YEAR:
        text += gettext(" in {count} mo.", count=months)
    chosen = year == view.year
    return {
        "text": f"<b>{text}</b>" if chosen else text,
        "xref": "x",
        "x": f"{year}-07-01",
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 4,
        "showarrow": False,
        "font": {"size": 12, "color": LIGHT.accent if chosen else LIGHT.muted},
    }


def _gap_label(view: MonthsView, *, dates: tuple[date, ...]) -> list[dict[str, Any]]:
    """Words in each gap that is wide enough to hold them."""
    labels = []
    for span in gaps(view.values):
        if span.last - span.first + 1 >= len(dates) / _LABELLED_PART:
            middle = dates[span.first] + (_next_month(dates[span.last]) - dates[span.first]) / 2
            labels.append(_words_in_gap(middle))
    return labels


def _words_in_gap(middle: date) -> dict[str, Any]:
    return {
        "text": gettext("no report"),
        "xref": "x",
        "x": middle.isoformat(),
        "yref": "paper",
        "y": 0.5,
        "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted},
    }


def days_figure(view: DaysView) -> go.Figure:
    """A point a day and the line of the seven-day mean, both broken where nothing is known."""
    top = max((value for value in view.values if value is not None), default=0)
    layout = base_layout(
        title=days_title(view), summary=days_summary(view), source=view.provenance.source
    )
    return go.Figure(
        data=[_day_points(view), _mean_line(view)],
        layout={
            **layout,
            "hovermode": "x",
            "margin": {"l": 8, "r": 8, "t": 26, "b": 66},
            "xaxis": {
                "type": "date",
                "range": [view.first.isoformat(), (view.last + timedelta(days=1)).isoformat()],
                "tickformat": "%b\n%Y",
                "nticks": 13,
            },
            "yaxis": {"range": [0, max(top * 1.08, 3)], "nticks": 5, "tickformat": ",d"},
            "shapes": _unreported_bands(view),
            "annotations": [*_day_key(), *_unreported_words(view)],
        },
    )


def _day_points(view: DaysView) -> go.Scatter:
    of = words.of_kind(view.unit, kind=view.kind)
    return go.Scatter(
        x0=view.first.isoformat(),
        dx=DAY,
        y=list(view.values),
        mode="markers",
        marker={"size": 4.5, "color": LIGHT.quiet, "line": {"width": 0}},
        hovertemplate=f"<b>%{{x|%a %-d %b %Y}}</b><br>%{{y:,d}} {of}<extra></extra>",
        name="days",
    )


def _mean_line(view: DaysView) -> go.Scatter:
    return go.Scatter(
        x0=view.first.isoformat(),
        dx=DAY,
        y=list(view.means),
        mode="lines",
        connectgaps=False,
        line={"color": LIGHT.accent, "width": 2.2},
        hovertemplate=gettext("mean of 7 days: {mean}", mean="%{y:.1f}") + "<extra></extra>",
        name="mean of 7 days",
    )


def _unreported_bands(view: DaysView) -> list[dict[str, Any]]:
    return [
        _band(
            view.first + timedelta(days=span.first),
            view.first + timedelta(days=span.last + 1),
            label=span.last - span.first + 1,
        )
        for span in gaps(view.values)
    ]


def _unreported_words(view: DaysView) -> list[dict[str, Any]]:
    """A word in each gap that is wide enough for it."""
    return [
        _words_in_gap(view.first + timedelta(days=(span.first + span.last) // 2))
        for span in gaps(view.values)
        if span.last - span.first + 1 >= len(view.values) / _LABELLED_PART
    ]


def _day_key() -> list[dict[str, Any]]:
    """The key as coloured words above the plot: no box to look up."""
    text = (
        f'<span style="color:{LIGHT.muted}">● {gettext("each day")}</span>   '
        f'<span style="color:{LIGHT.accent}"><b>— {gettext("mean of 7 days")}</b></span>'
    )
    return [
        {
            "text": text, "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1,
            "yanchor": "bottom", "yshift": 4, "showarrow": False, "font": {"size": 12},
        }
    ]  # fmt: skip
