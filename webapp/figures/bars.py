"""Bars: what is reported by kind, and officers by year."""

from typing import Any

import plotly.graph_objects as go

from core.nibrs.codes import BroadGroup
from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext
from webapp.views import words
from webapp.views.mix import MixRow, MixView, mix_summary, mix_title, shown_rows
from webapp.views.staff import StaffView, StaffYear, staff_summary, staff_title

__all__ = ["mix_figure", "sex_key", "staff_figure"]

_GROUP_COLOURS = {
    BroadGroup.VIOLENT: LIGHT.violent,
    BroadGroup.PROPERTY: LIGHT.property,
    BroadGroup.OTHER: LIGHT.other,
}
_LEAST_ROWS = 9


def mix_figure(view: MixView) -> go.Figure:
    """A bar a kind, the most frequent on top; a thin mark stands at the year before."""
    rows = shown_rows(view)[::-1]
    layout = base_layout(
        title=mix_title(view), summary=mix_summary(view), source=view.provenance.source
    )
    top = max((_reach(row, view=view) for row in rows), default=1)
    return go.Figure(
        data=[
            _kinds(rows, view=view),
            *_year_before(rows, view=view),
            _bar_labels(rows, view=view, offset=top * 0.015),
        ],
        layout={
            **layout,
            "bargap": 0.34,
            "margin": {"l": 8, "r": 8, "t": 28, "b": 34},
            "xaxis": {"visible": False, "range": [0, top * 1.32]},
            "yaxis": {
                "ticks": "",
                "tickfont": {"size": 13, "color": LIGHT.ink},
                "ticksuffix": " ",
                "showgrid": False,
                "zeroline": False,
                "visible": bool(rows),
                # Few bars stand at the top, as thick as many.
                "range": [min(-0.5, len(rows) - _LEAST_ROWS - 0.5), len(rows) - 0.5],
            },
            "annotations": [_group_key(view) if rows else _nothing(view)],
        },
    )


def _kinds(rows: tuple[MixRow, ...], *, view: MixView) -> go.Bar:
    return go.Bar(
        orientation="h",
        x=[row.count for row in rows],
        y=[row.label for row in rows],
        marker={
            "color": [_GROUP_COLOURS[row.broad] if row.broad else LIGHT.quiet for row in rows],
            "cornerradius": 2,
        },
        customdata=[_before(row, view=view) for row in rows],
        hovertemplate=f"<b>%{{y}}</b><br>{_in_year('%{x:,d}', year=view.year)}%{{customdata}}"
        "<extra></extra>",
        name=str(view.year),
    )


def _bar_labels(rows: tuple[MixRow, ...], *, view: MixView, offset: float) -> go.Scatter:
    """Count and share behind the bar, and behind the mark of the year before."""
    ends = [_reach(row, view=view) + offset for row in rows]
    return go.Scatter(
        x=ends,
        y=[row.label for row in rows],
        mode="text",
        text=[_bar_text(row, view=view) for row in rows],
        textposition="middle right",
        textfont={"size": 12, "color": LIGHT.muted},
        cliponaxis=False,
        hoverinfo="skip",
        name="labels",
    )


def _reach(row: MixRow, *, view: MixView) -> int:
    """How far its bar and the mark of the year before go."""
    return max(row.count, (row.previous or 0) if view.compares else 0)


def _bar_text(row: MixRow, *, view: MixView) -> str:
    count = words.number(row.count)
    if not view.shows_shares:
        return count
    return f"{count} · {words.percent(row.count / view.total)}"


def _before(row: MixRow, *, view: MixView) -> str:
    if row.previous is None or not view.compares:
        return ""
    return f"<br>{_in_year(words.number(row.previous), year=view.year - 1)}"


def _in_year(count: str, *, year: int) -> str:
    return gettext("{count} in {year}", count=count, year=year)


def _year_before(rows: tuple[MixRow, ...], *, view: MixView) -> list[go.Scatter]:
    if not view.compares:
        return []
    return [
        go.Scatter(
            x=[row.previous for row in rows],
            y=[row.label for row in rows],
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": 13,
                "line": {"width": 2, "color": LIGHT.ink},
            },
            hoverinfo="skip",
            name=str(view.year - 1),
        )
    ]


def _nothing(view: MixView) -> dict[str, Any]:
    return {
        "text": mix_summary(view), "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5,
        "showarrow": False, "font": {"size": 13, "color": LIGHT.muted},
    }  # fmt: skip


def _group_key(view: MixView) -> dict[str, Any]:
    groups = " ".join(
        f'<span style="color:{colour}">■</span> {words.group_word(group)}  '
        for group, colour in _GROUP_COLOURS.items()
    )
    mark = f"<b>|</b> {view.year - 1}" if view.compares else ""
    return {
        "text": f"{groups}{mark}", "xref": "paper", "x": 1,
        "xanchor": "right", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4,
        "showarrow": False, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def staff_figure(view: StaffView) -> go.Figure:
    """A column a year, men below women; a year without figures says so."""
    years = view.years
    layout = base_layout(
        title=staff_title(view), summary=staff_summary(view), source=view.provenance.staff_source
    )
    top = max((year.officers or 0 for year in years), default=1)
    return go.Figure(
        data=[
            _stack(years, name="men", of=gettext("men"), colour=LIGHT.men, ink=LIGHT.men_ink),
            _stack(
                years,
                name="women",
                of=gettext("women"),
                colour=LIGHT.women,
                ink=LIGHT.women_ink,
            ),
        ],
        layout={
            **layout,
            "barmode": "stack",
            "bargap": 0.42,
            "margin": {"l": 8, "r": 8, "t": 28, "b": 54},
            "xaxis": {
                "tickvals": [year.year for year in years],
                "range": [years[0].year - 0.6, years[-1].year + 0.6],
                "ticks": "",
                "tickfont": {"size": 13},
            },
            "yaxis": {"visible": False, "range": [0, top * 1.28]},
            "annotations": [*(_staff_note(year) for year in years), sex_key(above=6)],
        },
    )


def _stack(years: tuple[StaffYear, ...], *, name: str, of: str, colour: str, ink: str) -> go.Bar:
    values = [getattr(year, name) for year in years]
    return go.Bar(
        x=[year.year for year in years],
        y=values,
        marker={"color": colour, "line": {"color": LIGHT.panel, "width": 1}},
        text=["" if value is None else words.number(value) for value in values],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="both",
        textfont={"size": 12, "color": ink},
        hovertemplate=f"<b>%{{x}}</b><br>%{{y:,d}} {of}<extra></extra>",
        name=name,
    )


def _staff_note(year: StaffYear) -> dict[str, Any]:
    if year.officers is None:
        text, y = gettext("no report"), 0
    else:
        text, y = f"<b>{words.number(year.officers)}</b>", year.officers
        if year.people:
            rate = words.rate(1000 * year.officers / year.people)
            text += f"<br>{gettext('{rate} per 1,000', rate=rate)}"
    # The browser, which knows the width, breaks the line of the rate.
    return {
        "text": text, "name": "rate", "x": year.year, "y": y, "yanchor": "bottom", "yshift": 3,
        "showarrow": False, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def sex_key(*, above: int) -> dict[str, Any]:
    """Which colour is whose, so many pixels above the plot."""
    return {
        "text": (
            f'<span style="color:{LIGHT.men}">■</span> {gettext("men")}   '
            f'<span style="color:{LIGHT.women}">■</span> {gettext("women")}'
        ),
        "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom",
        "yshift": above, "showarrow": False, "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip
