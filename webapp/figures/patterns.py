"""When it happens: a heat map of the week, and the months of a year beside those of others."""

from typing import Any

import plotly.graph_objects as go

from webapp.figures.theme import LIGHT, base_layout
from webapp.figures.withheld import words_figure
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.patterns_cells import UNDER, under_text
from webapp.views.patterns_hours import (
    WEEKDAYS,
    HoursView,
    hidden_hours,
    hours_summary,
    hours_title,
    hours_withheld,
)
from webapp.views.patterns_months import (
    ProfileView,
    day_mean,
    other_years,
    profile_means,
    profile_summary,
    profile_title,
    profile_withheld,
)
from webapp.views.series import Span, gaps

__all__ = ["hours_figure", "profile_figure"]

_DAY = 24
_GAP = "\N{EM SPACE}"
_TICKS = (
    (0, gettext_noop("midnight")),
    (6, "6:00"),
    (12, gettext_noop("noon")),
    (18, "18:00"),
    (24, gettext_noop("midnight")),
)


def hours_figure(view: HoursView) -> go.Figure:
    """A cell for each hour of the week; hidden cells and a doubtful midnight stand in grey."""
    title, summary, source = hours_title(view), hours_summary(view), view.provenance.source
    withheld = hours_withheld(view)
    if withheld:
        return words_figure(withheld, title=title, summary=summary, source=source)
    shown = _shown_hours(view)
    most = max(count for day in shown for count in day if count is not None)
    traces = [_cells(shown, most=most, view=view)]
    parts = [_scale_key(most)]
    if view.midnight_habit:
        traces.append(_midnight(view))
        parts.append(f"{_square(LIGHT.quiet)} {gettext('midnight, or hour not known')}")
    if any(map(any, hidden_hours(view))):
        traces.append(_under(view))
        parts.append(f"{_square(LIGHT.too_few)} {under_text()}")
    return go.Figure(
        data=traces,
        layout={
            **base_layout(title=title, summary=summary, source=source),
            "margin": {"l": 8, "r": 32, "t": 34, "b": 54},
            "xaxis": {
                "range": [-0.5, _DAY - 0.5],
                "tickvals": [hour - 0.5 for hour, _ in _TICKS],
                "ticktext": [gettext(text) for _, text in _TICKS],
                "tickangle": 0,
                "zeroline": False,
            },
            "yaxis": {
                "type": "category",
                "range": [len(WEEKDAYS) - 0.5, -0.5],
                "tickvals": _weekdays(),
                "ticktext": [words.short_weekday_name(day) for day in range(len(WEEKDAYS))],
                "tickfont": {"size": 12, "color": LIGHT.ink},
                "ticksuffix": " ",
                "showgrid": False,
                "zeroline": False,
            },
            "annotations": [_key(parts)],
        },
    )


def _shown_hours(view: HoursView) -> list[list[int | None]]:
    """The counts in colour; null where a cell stands in grey."""
    hidden = hidden_hours(view)
    return [
        [
            None if off[hour] or (hour == 0 and view.midnight_habit) else count
            for hour, count in enumerate(day)
        ]
        for day, off in zip(view.counts, hidden, strict=True)
    ]


def _cells(shown: list[list[int | None]], *, most: int, view: HoursView) -> go.Heatmap:
    of = words.of_kind(view.unit, kind=view.kind)
    last = len(LIGHT.sequence) - 1
    return go.Heatmap(
        x=list(range(_DAY)),
        y=_weekdays(),
        z=shown,
        zmin=0,
        zmax=most,
        colorscale=[[at / last, colour] for at, colour in enumerate(LIGHT.sequence)],
        showscale=False,
        xgap=1.5,
        ygap=1.5,
        hoverongaps=False,
        hovertemplate=f"<b>%{{y}}, {_hour()}</b><br>%{{z:,d}} {of}<extra></extra>",
        name="hours",
    )


def _grey(z: list[list[int | None]], *, x: list[int], colour: str) -> go.Heatmap:
    """Cells of one colour, which says that they are no part of the scale."""
    return go.Heatmap(
        x=x, y=_weekdays(), z=z, colorscale=[[0, colour], [1, colour]], showscale=False,
        xgap=1.5, ygap=1.5, hoverongaps=False,
    )  # fmt: skip


def _midnight(view: HoursView) -> go.Heatmap:
    of = words.of_kind(view.unit, kind=view.kind)
    hidden = hidden_hours(view)
    counts = [[None if off[0] else day[0]] for day, off in zip(view.counts, hidden, strict=True)]
    return _grey(counts, x=[0], colour=LIGHT.quiet).update(
        hovertemplate=(
            f"<b>%{{y}}, {gettext('midnight or hour not known')}</b><br>%{{z:,d}} {of}"
            "<extra></extra>"
        ),
        name="midnight",
    )


def _under(view: HoursView) -> go.Heatmap:
    cells = [[1 if off else None for off in day] for day in hidden_hours(view)]
    return _grey(cells, x=list(range(_DAY)), colour=LIGHT.too_few).update(
        hovertemplate=f"<b>%{{y}}, {_hour()}</b><br>{under_text()}<extra></extra>",
        name=f"under {UNDER}",
    )


def _weekdays() -> list[str]:
    return [words.capitalised(words.weekday_name(day)) for day in range(len(WEEKDAYS))]


def _hour() -> str:
    return gettext("{hour}:00 to {hour}:59", hour="%{x}")


def _scale_key(most: int) -> str:
    squares = "".join(_square(colour) for colour in LIGHT.sequence)
    return f"0 {squares} {words.number(most)}"


def _square(colour: str) -> str:
    return f'<span style="color:{colour}">■</span>'


def _key(parts: list[str]) -> dict[str, Any]:
    return {
        "text": _GAP.join(parts), "name": "parts", "align": "left", "showarrow": False,
        "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1,
        "yanchor": "bottom", "yshift": 6, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def profile_figure(view: ProfileView) -> go.Figure:
    """Points of the chosen year, joined; behind them the range of the others as light columns."""
    title, summary, source = profile_title(view), profile_summary(view), view.provenance.source
    withheld = profile_withheld(view)
    if withheld:
        return words_figure(withheld, title=title, summary=summary, source=source)
    means = profile_means(view, year=view.year)
    ranges = [each for each in other_years(view) if each is not None]
    top = max([*(mean for mean in means if mean is not None), *(each.high for each in ranges)])
    parts = [f'<span style="color:{LIGHT.accent}"><b>●</b></span> {view.year}']
    if ranges:
        parts.append(f"{_square(LIGHT.band_50)} {gettext('range of the other years')}")
    if None in means:
        parts.append(f"{_square(LIGHT.gap)} {gettext('not completely reported')}")
    return go.Figure(
        data=[_ranges(view), _line(view)],
        layout={
            **base_layout(title=title, summary=summary, source=source),
            "margin": {"l": 8, "r": 8, "t": 34, "b": 54},
            "bargap": 0.22,
            "xaxis": {
                "range": [0.5, 12.5],
                "tickvals": list(range(1, 13)),
                "ticktext": _month_names(),
                "tickfont": {"size": 11},
                "tickangle": 0,
                "ticks": "",
            },
            "yaxis": {"range": [0, top * 1.1], "nticks": 5},
            "shapes": [_gap(span) for span in gaps(view.of_year(view.year))],
            "annotations": [_key(parts)],
        },
    )


def _ranges(view: ProfileView) -> go.Bar:
    known = [
        (month, each) for month, each in enumerate(other_years(view), start=1) if each is not None
    ]
    return go.Bar(
        x=[month for month, _ in known],
        base=[round(each.low, 3) for _, each in known],
        y=[round(each.high - each.low, 3) for _, each in known],
        marker={"color": LIGHT.band_80, "line": {"width": 1.5, "color": LIGHT.band_50}},
        customdata=[
            gettext("{low} to {high}", low=day_mean(each.low), high=day_mean(each.high))
            for _, each in known
        ],
        hovertemplate=gettext("other years: {range} a day", range="%{customdata}")
        + "<extra></extra>",
        name="other years",
    )


def _line(view: ProfileView) -> go.Scatter:
    means = profile_means(view, year=view.year)
    of = words.of_kind(view.unit, kind=view.kind)
    return go.Scatter(
        x=list(range(1, len(means) + 1)),
        y=[None if mean is None else round(mean, 3) for mean in means],
        mode="lines+markers",
        text=_month_names(),
        connectgaps=False,
        line={"color": LIGHT.accent, "width": 2.2},
        marker={"size": 8, "color": LIGHT.accent, "line": {"width": 1.5, "color": LIGHT.panel}},
        customdata=[
            "" if count is None else words.number(count) for count in view.of_year(view.year)
        ],
        hovertemplate=(
            f"<b>%{{text}} {view.year}</b><br>"
            + gettext(
                "{mean} a day, {count} {what}", mean="%{y:.2f}", count="%{customdata}", what=of
            )
            + "<extra></extra>"
        ),
        name=str(view.year),
    )


def _month_names() -> list[str]:
    return [words.short_month_name(month) for month in range(1, 13)]


def _gap(span: Span) -> dict[str, Any]:
    return {
        "type": "rect", "xref": "x", "yref": "paper", "x0": span.first + 0.5, "x1": span.last + 1.5,
        "y0": 0, "y1": 1, "fillcolor": LIGHT.gap, "line": {"width": 0}, "layer": "below",
        "name": "not completely reported",
    }  # fmt: skip
