"""Officers by year: men and women as areas or shares, officers per 1,000 people, civilians.

A point is the 31 October of a year. Areas and lines join years that follow on each other and stop
at a year without figures: Plotly's own stacking would draw such a year as zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext, ngettext
from webapp.urlstate.officers import StaffMeasure
from webapp.views import words
from webapp.views.officers import (
    OfficersView,
    OfficersYear,
    Value,
    rate_summary,
    rate_title,
    sex_summary,
    sex_title,
    women_share,
)

__all__ = ["officers_rate_figure", "officers_sex_figure", "year_axis"]

_ALONE = 0.07  # half the width, in years, of an area that has one year only
_MANY = 6
_TICKS = 12
_HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class _Split:
    """Where men end and all end, in the unit of the figure; null where nothing is drawn."""

    men: Value
    all: Value


_COUNTS = _Split(men=lambda year: year.men, all=lambda year: year.officers)
_SHARES = _Split(
    men=lambda year: None if (share := women_share(year)) is None else 100 * (1 - share),
    all=lambda year: None if women_share(year) is None else 100,
)


def officers_sex_figure(view: OfficersView) -> go.Figure:
    """Men below, women above, the total as a line with a point a year."""
    shares = view.measure is StaffMeasure.SHARE
    split = _SHARES if shares else _COUNTS
    layout = base_layout(
        title=sex_title(view), summary=sex_summary(view), source=view.provenance.staff_source
    )
    runs = _runs(view.years, value=split.all)
    return go.Figure(
        data=[
            _area(runs, name="men", lower=lambda _: 0, upper=split.men, colour=LIGHT.men),
            _area(runs, name="women", lower=split.men, upper=split.all, colour=LIGHT.women),
            _points(
                runs,
                value=split.men if shares else split.all,
                view=view,
                name="boundary" if shares else "total",
            ),
        ],
        layout={
            **layout,
            "margin": {"l": 8, "r": 8, "t": 34, "b": 54},
            "xaxis": year_axis([year.year for year in view.years]),
            "yaxis": _share_axis() if shares else _count_axis(view),
            "shapes": _gap_bands(view.years, value=split.all),
            "annotations": [
                _sex_key(view),
                *_sex_notes(view, shares=shares),
                *_gap_words(view.years, value=split.all),
            ],
        },
    )


def year_axis(years: Sequence[int]) -> dict[str, Any]:
    """Whole years; of many years only some are named."""
    step = 1 + (len(years) - 1) // _TICKS
    return {
        "tickvals": list(years[::-1][::step][::-1]),
        "range": [years[0] - _HALF, years[-1] + _HALF],
        "tickformat": "d",
        "ticks": "",
        "tickfont": {"size": 13},
        "zeroline": False,
    }


def _runs(years: Sequence[OfficersYear], *, value: Value) -> list[list[OfficersYear]]:
    """Years that follow on each other and have a value."""
    runs: list[list[OfficersYear]] = []
    for year in years:
        if value(year) is None:
            continue
        if runs and runs[-1][-1].year == year.year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _area(
    runs: list[list[OfficersYear]], *, name: str, lower: Value, upper: Value, colour: str
) -> go.Scatter:
    """A polygon a run: along the upper edge, back along the lower one."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for run in runs:
        x = [float(year.year) for year in run]
        top, bottom = [upper(year) for year in run], [lower(year) for year in run]
        if None in top or None in bottom:
            continue
        if len(run) == 1:
            x, top, bottom = [x[0] - _ALONE, x[0] + _ALONE], top * 2, bottom * 2
        xs += [*x, *x[::-1], None]
        ys += [*top, *bottom[::-1], None]
    return go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line={"width": 0.8, "color": LIGHT.panel},
        hoverinfo="skip",
        name=name,
    )


def _points(
    runs: list[list[OfficersYear]], *, value: Value, view: OfficersView, name: str
) -> go.Scatter:
    """The line over the runs; points that show another year's figures are hollow."""
    years = [year for run in runs for year in (*run, None)]
    hollow = [year is not None and view.propagated and year.year < view.latest for year in years]
    return go.Scatter(
        x=[None if year is None else year.year for year in years],
        y=[None if year is None else value(year) for year in years],
        mode="lines+markers",
        connectgaps=False,
        line={"color": LIGHT.ink, "width": 2, "dash": "dot" if view.propagated else "solid"},
        marker={
            "size": 9,
            "color": [LIGHT.panel if open_ else LIGHT.ink for open_ in hollow],
            "line": {"width": 2, "color": LIGHT.ink},
        },
        text=["" if year is None else _hover(year) for year in years],
        hovertemplate="%{text}<extra></extra>",
        cliponaxis=False,
        name=name,
    )


def _hover(year: OfficersYear) -> str:
    lines = [
        f"<b>{gettext('31 October {year}', year=year.year)}</b>",
        ngettext(
            "{count} sworn officer",
            "{count} sworn officers",
            year.officers or 0,
            count=words.number(year.officers or 0),
        ),
    ]
    if year.men is not None and year.women is not None:
        share = women_share(year)
        part = "" if share is None else f" ({words.percent(share)})"
        sexes = gettext(
            "men: {men}, women: {women}",
            men=words.number(year.men),
            women=words.number(year.women),
        )
        lines.append(f"{sexes}{part}")
    if year.lacking:
        lines.append(gettext("{count} of {all} agencies", count=year.reporting, all=year.agencies))
    return "<br>".join(lines)


def _count_axis(view: OfficersView) -> dict[str, Any]:
    top = max((year.officers or 0 for year in view.years), default=0)
    # Room above for two lines of words; never ticks between two whole officers.
    return {
        "range": [0, max(top * 1.26, 5)],
        "tickformat": ",d",
        **({"dtick": 1} if top < _MANY else {"nticks": 5}),
    }


def _share_axis() -> dict[str, Any]:
    ticks = [0, 25, 50, 75, 100]
    named = [words.percent(tick / 100) for tick in ticks]
    return {"range": [0, 114], "tickvals": ticks, "ticktext": named}


def _noted(years: Sequence[OfficersYear]) -> set[int]:
    """The years whose figures stand in the plot: of many the first and the last."""
    found = [year.year for year in years]
    return set(found if len(found) <= _MANY else (found[0], found[-1]))


def _sex_notes(view: OfficersView, *, shares: bool) -> list[dict[str, Any]]:
    shown = [year for year in view.known if not shares or women_share(year) is not None]
    noted = _noted(shown)
    make = _share_note if shares else _count_note
    return [make(year) for year in shown if year.year in noted]


def _count_note(year: OfficersYear) -> dict[str, Any]:
    lines = [f"<b>{words.number(year.officers or 0)}</b>"]
    if year.women is not None:
        lines.append(
            ngettext("{count} woman", "{count} women", year.women, count=words.number(year.women))
        )
    if year.lacking:
        lacking = year.agencies - year.reporting
        lines.append(ngettext("{count} missing", "{count} missing", lacking, count=lacking))
    return {
        **_note(year.year, y=year.officers or 0, text="<br>".join(lines), shift=8),
        **({} if year.women is None else {"name": "sexes"}),
    }


def _share_note(year: OfficersYear) -> dict[str, Any]:
    share = women_share(year) or 0.0
    text = gettext("{percent} women", percent=f"<b>{words.percent(share)}</b>")
    return {**_note(year.year, y=100, text=text, shift=4), "name": "share"}


def _note(x: float, *, y: float, text: str, shift: int) -> dict[str, Any]:
    return {
        "text": text, "x": x, "y": y, "yanchor": "bottom", "yshift": shift, "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def _sex_key(view: OfficersView) -> dict[str, Any]:
    line = (
        ""
        if view.measure is StaffMeasure.SHARE
        else f'   <b style="color:{LIGHT.ink}">—●—</b> {gettext("all")}'
    )
    return _heading(
        f'<span style="color:{LIGHT.men}">■</span> {gettext("men")}   '
        f'<span style="color:{LIGHT.women}">■</span> {gettext("women")}{line}',
        y=1,
    )


def _heading(text: str, *, y: float) -> dict[str, Any]:
    return {
        "text": text, "xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": y,
        "yanchor": "bottom", "yshift": 10, "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip


def _gap_bands(years: Sequence[OfficersYear], *, value: Value) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "layer": "below", "line": {"width": 0},
            "x0": year.year - _HALF, "x1": year.year + _HALF, "y0": 0, "y1": 1,
            "fillcolor": LIGHT.gap, "name": f"gap {year.year}",
        }
        for year in years if value(year) is None
    ]  # fmt: skip


def _gap_words(years: Sequence[OfficersYear], *, value: Value) -> list[dict[str, Any]]:
    gaps = [year for year in years if value(year) is None]
    noted = _noted(gaps) if len(years) > _MANY else {year.year for year in gaps}
    return [
        {
            "text": _why(year), "x": year.year, "yref": "paper", "y": 0.5, "yanchor": "middle",
            "showarrow": False, "font": {"size": 12, "color": LIGHT.muted},
        }
        for year in gaps if year.year in noted
    ]  # fmt: skip


def _why(year: OfficersYear) -> str:
    if not year.agencies:
        return gettext("not<br>listed")
    if year.officers is None:
        return gettext("no<br>report")
    return gettext("under {fewest}:<br>no share", fewest=words.TOO_FEW)


def officers_rate_figure(view: OfficersView) -> go.Figure:
    """Two panels over the same years: officers per 1,000 people, and civilians."""
    layout = base_layout(
        title=rate_title(view), summary=rate_summary(view), source=view.provenance.staff_source
    )
    rates = [rate for year in view.known if (rate := year.per_1000) is not None]
    civilians = [year.civilians for year in view.known if year.civilians is not None]
    panels = (
        _Panel(
            name="per 1,000", axis="y", value=lambda year: year.per_1000,
            text=lambda number: words.decimal(number, places=2),
            of=gettext("sworn officers per 1,000 people"),
        ),
        _Panel(
            name="civilians", axis="y2", value=lambda year: year.civilians,
            text=lambda number: words.number(round(number)), of=gettext("civilians"),
        ),
    )  # fmt: skip
    return go.Figure(
        data=[_panel(view, panel=panel) for panel in panels],
        layout={
            **layout,
            "margin": {"l": 8, "r": 8, "t": 34, "b": 54},
            "xaxis": {**year_axis([year.year for year in view.years]), "anchor": "y2"},
            "yaxis": {"domain": [0.56, 1], **_panel_axis(rates)},
            "yaxis2": {"domain": [0, 0.4], "tickformat": ",d", **_panel_axis(civilians)},
            "shapes": _gap_bands(view.years, value=lambda year: year.officers),
            "annotations": [
                _heading(
                    gettext("Sworn officers per\N{NO-BREAK SPACE}1,000\N{NO-BREAK SPACE}people"),
                    y=1,
                ),
                _heading(gettext("Civilians"), y=0.4),
                *(note for panel in panels for note in _panel_notes(view, panel=panel)),
                *([] if rates else [_no_rate()]),
            ],
        },
    )


@dataclass(frozen=True, kw_only=True)
class _Panel:
    """One of the two: what is drawn, on which axis, and how a value is written."""

    name: str
    axis: str
    value: Value
    text: Callable[[float], str]
    of: str


def _panel_axis(values: Sequence[float]) -> dict[str, Any]:
    top = max(values, default=0)
    if not top:
        return {"visible": False, "range": [0, 1]}
    return {"range": [0, top * 1.32], "nticks": 4, "rangemode": "tozero"}


def _panel(view: OfficersView, *, panel: _Panel) -> go.Scatter:
    years = [year for run in _runs(view.years, value=panel.value) for year in (*run, None)]
    values = [None if year is None else panel.value(year) for year in years]
    hollow = [year is not None and view.propagated and year.year < view.latest for year in years]
    return go.Scatter(
        x=[None if year is None else year.year for year in years],
        y=values,
        yaxis=panel.axis,
        mode="lines+markers",
        connectgaps=False,
        line={"color": LIGHT.accent, "width": 2.2, "dash": "dot" if view.propagated else "solid"},
        marker={
            "size": 9,
            "color": [LIGHT.panel if open_ else LIGHT.accent for open_ in hollow],
            "line": {"width": 2, "color": LIGHT.accent},
        },
        text=["" if value is None else panel.text(value) for value in values],
        hovertemplate=f"<b>{gettext('31 October {year}', year='%{x}')}</b><br>%{{text}} {panel.of}"
        "<extra></extra>",
        cliponaxis=False,
        name=panel.name,
    )


def _panel_notes(view: OfficersView, *, panel: _Panel) -> list[dict[str, Any]]:
    known = [(year, value) for year in view.years if (value := panel.value(year)) is not None]
    noted = _noted([year for year, _ in known])
    return [
        {**_note(year.year, y=value, text=panel.text(value), shift=8), "yref": panel.axis}
        for year, value in known
        if year.year in noted
    ]


def _no_rate() -> dict[str, Any]:
    return {
        "text": gettext("no residents, so no rate"), "bgcolor": LIGHT.panel,
        "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.78, "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted},
    }  # fmt: skip
