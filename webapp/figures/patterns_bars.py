"""Where it happens, as bars; and what over the years, as small panels."""

from typing import Any

import plotly.graph_objects as go

from webapp.figures.risk import kind_colour
from webapp.figures.theme import LIGHT, base_layout
from webapp.figures.withheld import words_figure
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.patterns_cells import under_text
from webapp.views.patterns_locations import (
    LocationBar,
    LocationsView,
    location_bars,
    locations_summary,
    locations_title,
    locations_withheld,
)
from webapp.views.patterns_years import (
    KindByYear,
    KindsByYearView,
    kinds_by_year_summary,
    kinds_by_year_title,
    kinds_by_year_withheld,
    shown_kinds,
)

__all__ = ["kinds_by_year_figure", "locations_figure"]

_LEAST_ROWS = 8
_COLUMNS = 2
_GUTTER = 0.04
_HEADROOM = 0.3
_APART = 0.34
_NAMED_YEARS = 4
# A panel of a phone has room for 22 letters.
_SHORT = {
    "counterfeiting": gettext_noop("Counterfeiting"),
    "extortion": gettext_noop("Extortion"),
    "sex-offences-non-forcible": gettext_noop("Sex, non-forcible"),
    "weapons": gettext_noop("Weapon violations"),
}


def locations_figure(view: LocationsView) -> go.Figure:
    """A bar a kind of location, the most frequent on top; a mark stands at the year before."""
    title, summary = locations_title(view), locations_summary(view)
    source, withheld = view.provenance.source, locations_withheld(view)
    if withheld:
        return words_figure(withheld, title=title, summary=summary, source=source)
    bars = location_bars(view)[::-1]
    top = max(max(bar.count or 0, bar.previous or 0) for bar in bars)
    layout = base_layout(title=title, summary=summary, source=source)
    return go.Figure(
        data=[
            _locations(bars, view=view),
            *_year_before(bars, view=view),
            _labels(bars, view=view, offset=top * 0.015),
        ],
        layout={
            **layout,
            # The browser breaks the names of the rows where the figure is narrow.
            "meta": {**layout["meta"], "rows": True},
            "bargap": 0.34,
            "margin": {"l": 8, "r": 8, "t": 28, "b": 34},
            "xaxis": {"visible": False, "range": [0, top * 1.36]},
            "yaxis": {
                "type": "category",
                "categoryarray": [bar.label for bar in bars],
                "categoryorder": "array",
                "ticks": "",
                "tickfont": {"size": 13, "color": LIGHT.ink},
                "ticksuffix": " ",
                "showgrid": False,
                "zeroline": False,
                # Few bars stand at the top, as thick as many.
                "range": [min(-0.5, len(bars) - _LEAST_ROWS - 0.5), len(bars) - 0.5],
            },
            "annotations": [_bars_key(view)],
        },
    )


def _locations(bars: tuple[LocationBar, ...], *, view: LocationsView) -> go.Bar:
    return go.Bar(
        orientation="h",
        x=[bar.count for bar in bars],
        y=[bar.label for bar in bars],
        marker={
            "color": [LIGHT.quiet if bar.gathered else LIGHT.accent for bar in bars],
            "cornerradius": 2,
        },
        customdata=[
            ""
            if bar.previous is None
            else "<br>" + _in_year(words.number(bar.previous), year=view.year - 1)
            for bar in bars
        ],
        hovertemplate=f"<b>%{{y}}</b><br>{_in_year('%{x:,d}', year=view.year)}%{{customdata}}"
        "<extra></extra>",
        name=str(view.year),
    )


def _in_year(count: str, *, year: int) -> str:
    return gettext("{count} in {year}", count=count, year=year)


def _year_before(bars: tuple[LocationBar, ...], *, view: LocationsView) -> list[go.Scatter]:
    if not view.compares:
        return []
    return [
        go.Scatter(
            x=[bar.previous for bar in bars],
            y=[bar.label for bar in bars],
            mode="markers",
            marker={"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": LIGHT.ink}},
            hoverinfo="skip",
            name=str(view.year - 1),
        )
    ]


def _labels(bars: tuple[LocationBar, ...], *, view: LocationsView, offset: float) -> go.Scatter:
    """Count and share behind the bar, and behind the mark of the year before."""
    return go.Scatter(
        x=[max(bar.count or 0, bar.previous or 0) + offset for bar in bars],
        y=[bar.label for bar in bars],
        mode="text",
        text=[_label(bar, view=view) for bar in bars],
        textposition="middle right",
        textfont={"size": 12, "color": LIGHT.muted},
        cliponaxis=False,
        hoverinfo="skip",
        name="labels",
    )


def _label(bar: LocationBar, *, view: LocationsView) -> str:
    if bar.count is None:
        return under_text()
    count = words.number(bar.count)
    return f"{count} · {words.percent(bar.count / view.total)}" if view.shows_shares else count


def _bars_key(view: LocationsView) -> dict[str, Any]:
    mark = f"   <b>|</b> {view.year - 1}" if view.compares else ""
    return {
        "text": f'<span style="color:{LIGHT.accent}">■</span> {view.year}{mark}', "name": "parts",
        "showarrow": False, "xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": 1,
        "yanchor": "bottom", "yshift": 4, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def kinds_by_year_figure(view: KindsByYearView) -> go.Figure:
    """A panel a kind in its own colour: a point a whole year, joined; open years stay open."""
    title, summary = kinds_by_year_title(view), kinds_by_year_summary(view)
    source, withheld = view.provenance.source, kinds_by_year_withheld(view)
    if withheld:
        return words_figure(withheld, title=title, summary=summary, source=source)
    rows = shown_kinds(view)
    axes: dict[str, Any] = {f"xaxis{_suffix(at)}": _years_axis(view, at=at) for at in (0, 1)}
    axes |= {f"yaxis{_suffix(at)}": _panel_axis(row, at=at, of=len(rows))
             for at, row in enumerate(rows)}  # fmt: skip
    return go.Figure(
        data=[_panel(row, at=at, view=view) for at, row in enumerate(rows)],
        layout={
            **base_layout(title=title, summary=summary, source=source),
            **axes,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 54},
            "shapes": [
                _open_year(year, at=at)
                for year, whole in zip(view.years, view.whole, strict=True)
                if not whole
                for at in (0, 1)
            ],
            "annotations": [_name(row, at=at, of=len(rows)) for at, row in enumerate(rows)],
        },
    )


def _suffix(at: int) -> str:
    return "" if at == 0 else str(at + 1)


def _years_axis(view: KindsByYearView, *, at: int) -> dict[str, Any]:
    """The years of a column of panels; with room for all, each is named."""
    width = (1 - _GUTTER) / _COLUMNS
    left = at * (width + _GUTTER)
    return {
        "domain": [left, left + width],
        "anchor": "free",
        "position": 0,
        "range": [view.years[0] - 0.6, view.years[-1] + 0.6],
        "tickvals": list(
            view.years if len(view.years) <= _NAMED_YEARS else view.years[:: len(view.years) - 1]
        ),
        "tickformat": "d",
        "tickangle": 0,
        "tickfont": {"size": 11},
        "ticks": "",
        "zeroline": False,
    }


def _span(at: int, *, of: int) -> tuple[float, float]:
    """Bottom and top of a panel; the upper part of its row holds its name."""
    rows = max(-(-of // _COLUMNS), _COLUMNS)
    height = 1 / rows
    bottom = 1 - (at // _COLUMNS + 1) * height
    return round(bottom, 3), round(bottom + height * (1 - _HEADROOM), 3)


def _panel_axis(row: KindByYear, *, at: int, of: int) -> dict[str, Any]:
    top = max((count for count in row.counts if count is not None), default=0)
    return {
        "domain": list(_span(at, of=of)),
        "anchor": f"x{_suffix(at % _COLUMNS)}",
        "range": [0, max(top * 1.45, 1.45)],
        "showticklabels": False,
        "showgrid": False,
    }


def _panel(row: KindByYear, *, at: int, view: KindsByYearView) -> go.Scatter:
    colour = kind_colour(row.slug, group=row.broad)
    labelled = _labelled(row, view=view)
    return go.Scatter(
        x=list(view.years),
        y=list(row.counts),
        xaxis=f"x{_suffix(at % _COLUMNS)}",
        yaxis=f"y{_suffix(at)}",
        mode="lines+markers+text",
        connectgaps=False,
        marker={
            "color": colour,
            "size": [10 if year == view.year else 6 for year in view.years],
            "opacity": 1,
        },
        text=[
            words.number(count) if count is not None and year in labelled else ""
            for year, count in zip(view.years, row.counts, strict=True)
        ],
        textposition="top center",
        textfont={"size": 11, "color": LIGHT.muted},
        hovertemplate=f"<b>{row.label}, %{{x}}</b><br>%{{y:,d}} {words.noun(view.unit)}"
        "<extra></extra>",
        name=row.label,
    )


def _labelled(row: KindByYear, *, view: KindsByYearView) -> set[int]:
    """The years whose counts are written: the ends, and the chosen one where it has room."""
    known = [year for year, count in zip(view.years, row.counts, strict=True) if count is not None]
    apart = _APART * (view.years[-1] - view.years[0])
    ends = {known[0], known[-1]}
    if known[-1] - known[0] < apart:
        ends = {known[-1]}
    roomy = view.year in known and all(abs(view.year - end) >= apart for end in ends)
    return ends | {view.year} if roomy else ends


def _name(row: KindByYear, *, at: int, of: int) -> dict[str, Any]:
    """The name over its panel, behind a square of its colour."""
    colour = kind_colour(row.slug, group=row.broad)
    return {
        "text": f'<span style="color:{colour}">■</span> {_short_name(row)}',
        "xref": f"x{_suffix(at % _COLUMNS)} domain", "x": 0, "xanchor": "left",
        "yref": "paper", "y": _span(at, of=of)[1], "yanchor": "bottom", "yshift": 2,
        "showarrow": False, "font": {"size": 12, "color": LIGHT.ink}, "name": "panel",
    }  # fmt: skip


def _short_name(row: KindByYear) -> str:
    return gettext(_SHORT[row.slug]) if row.slug in _SHORT else row.label


def _open_year(year: int, *, at: int) -> dict[str, Any]:
    return {
        "type": "rect", "xref": f"x{_suffix(at)}", "yref": "paper", "x0": year - 0.5,
        "x1": year + 0.5, "y0": 0, "y1": 1, "fillcolor": LIGHT.gap, "line": {"width": 0},
        "layer": "below", "name": "not reported whole",
    }  # fmt: skip
