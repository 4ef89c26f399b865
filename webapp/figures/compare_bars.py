"""Places side by side as bars: kinds of offence grouped, officers in small panels."""

from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from webapp.figures.bars import sex_key
from webapp.figures.compare import STYLES, place_key
from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.compare import ComparedPlace, CompareView
from webapp.views.compare_parts import (
    ComparedKind,
    compared_kinds,
    compared_kinds_summary,
    compared_kinds_title,
    compared_officers_summary,
    compared_officers_title,
    kind_value,
    officer_values,
)
from webapp.views.officers import OfficersYear

__all__ = ["compared_kinds_figure", "compared_officers_figure"]

_BAR = 17
_BETWEEN = 16
_AROUND = 96
_GUTTER = 0.05
_HARDLY = 0.0005
_TWO_LINES = 30
_SPACE = "\N{NO-BREAK SPACE}"


def compared_kinds_figure(view: CompareView) -> go.Figure:
    """A group of bars a kind, a bar a place; the share or the count stands behind it."""
    kinds = compared_kinds(view)
    values = [
        [kind_value(kind, at=slot, view=view) for kind in kinds] for slot in range(len(view.places))
    ]
    top = max((value or 0 for column in values for value in column), default=0)
    layout = base_layout(
        title=compared_kinds_title(view),
        summary=compared_kinds_summary(view),
        source=view.provenance.source,
    )
    height = _AROUND + len(kinds) * (_BAR * len(view.places) + _BETWEEN)
    return go.Figure(
        data=[
            _bars(place, slot=slot, kinds=kinds, values=values[slot], view=view)
            for slot, place in enumerate(view.places)
        ],
        layout={
            **layout,
            "meta": {**layout["meta"], "height": max(height, 240)},
            "barmode": "group",
            "bargap": 0.3,
            "bargroupgap": 0.06,
            "margin": {"l": 8, "r": 8, "t": 34, "b": 34},
            "xaxis": {"visible": False, "range": [0, top * 1.22 or 1]},
            "yaxis": {
                "autorange": "reversed",
                "ticks": "",
                "tickfont": {"size": 13, "color": LIGHT.ink},
                "ticksuffix": " ",
                "showgrid": False,
                "zeroline": False,
                "visible": bool(kinds),
            },
            "annotations": [{**place_key(view), "x": 1, "xanchor": "right", "align": "right"}],
        },
    )


def _bars(
    place: ComparedPlace,
    *,
    slot: int,
    kinds: tuple[ComparedKind, ...],
    values: list[float | None],
    view: CompareView,
) -> go.Bar:
    style = STYLES[slot]
    counts = [kind.counts[slot] for kind in kinds]
    return go.Bar(
        orientation="h",
        x=[0 if value is None else value for value in values],
        y=[kind.label for kind in kinds],
        text=[_bar_text(count, value=value, view=view)
              for count, value in zip(counts, values, strict=True)],
        textposition="outside",
        textfont={"size": 11, "color": LIGHT.muted},
        cliponaxis=False,
        constraintext="none",
        marker={
            "color": style.colour,
            "cornerradius": 2,
            "pattern": {
                "shape": style.pattern, "fillmode": "overlay", "fgcolor": LIGHT.panel,
                "fgopacity": 1, "size": 6, "solidity": 0.25,
            },
        },
        customdata=[_hover(count, view=view) for count in counts],
        hovertemplate=f"<b>%{{y}}</b><br>{place.name}: %{{customdata}}<extra></extra>",
        name=place.name,
    )  # fmt: skip


def _hover(count: int | None, *, view: CompareView) -> str:
    if count is None:
        return gettext("no report")
    return gettext(
        "{count} {what} in {year}",
        count=words.number(count),
        what=words.noun(view.unit, count=count),
        year=view.year,
    )


def _bar_text(count: int | None, *, value: float | None, view: CompareView) -> str:
    """Nothing where a place filed no report: the sentence above says so once."""
    if count is None:
        return ""
    if value is None or not view.rates:
        return words.number(count)
    hardly = 0 < value < _HARDLY
    share = (
        gettext("under {least}", least=words.percent(_HARDLY)) if hardly else words.percent(value)
    )
    return f"{share} ({words.number(count)})"


def compared_officers_figure(view: CompareView) -> go.Figure:
    """A panel a place over one axis: a column a year, men below women."""
    tops = [
        (men or 0) + (women or 0)
        for place in view.places
        for year in place.officers.years
        for men, women in (officer_values(year, rates=view.rates),)
    ]
    layout = base_layout(
        title=compared_officers_title(view),
        summary=compared_officers_summary(view),
        source=view.provenance.staff_source,
    )
    axes = {
        f"xaxis{_suffix(slot)}": _panel_axis(view, slot=slot) for slot in range(len(view.places))
    }
    return go.Figure(
        data=[
            _column(place, slot=slot, sex=sex, view=view)
            for slot, place in enumerate(view.places)
            for sex in (0, 1)
        ],
        layout={
            **layout,
            **axes,
            "barmode": "stack",
            "bargap": 0.34,
            "margin": {"l": 8, "r": 8, "t": 60, "b": 54},
            "yaxis": {
                "range": [0, max(tops, default=0) * 1.16 or 1],
                "nticks": 5,
                **({} if view.rates else {"tickformat": ",d"}),
            },
            "annotations": [
                sex_key(above=40),
                *(_panel_name(view, slot=slot) for slot in range(len(view.places))),
                *(note for slot in range(len(view.places)) for note in _notes(view, slot=slot)),
            ],
        },
    )


def _suffix(slot: int) -> str:
    return "" if slot == 0 else str(slot + 1)


def _domain(view: CompareView, *, slot: int) -> tuple[float, float]:
    width = (1 + _GUTTER) / len(view.places)
    return slot * width, slot * width + width - _GUTTER


def _panel_axis(view: CompareView, *, slot: int) -> dict[str, Any]:
    """The first and the last year are named: there is room for them on a phone."""
    years = [year.year for year in view.places[slot].officers.years]
    return {
        "domain": list(_domain(view, slot=slot)),
        "anchor": "y",
        "range": [years[0] - 0.8, years[-1] + 0.8],
        "tickvals": sorted({years[0], years[-1]}),
        "tickformat": "d",
        "ticklabelstandoff": 5,
        "ticks": "",
        "zeroline": False,
    }


_SEXES = ((gettext_noop("men"), LIGHT.men), (gettext_noop("women"), LIGHT.women))


def _column(place: ComparedPlace, *, slot: int, sex: int, view: CompareView) -> go.Bar:
    name, colour = _SEXES[sex]
    years = place.officers.years
    counts = [year.men if sex == 0 else year.women for year in years]
    return go.Bar(
        x=[year.year for year in years],
        y=[_rounded(officer_values(year, rates=view.rates)[sex]) for year in years],
        xaxis=f"x{_suffix(slot)}",
        marker={"color": colour, "line": {"color": LIGHT.panel, "width": 1}},
        customdata=[
            gettext("no report") if count is None else f"{words.number(count)} {gettext(name)}"
            for count in counts
        ],
        hovertemplate=(
            f"<b>{place.name}, {gettext('31 October {year}', year='%{x}')}</b><br>"
            "%{customdata}<extra></extra>"
        ),
        name=f"{place.name}, {name}",
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _panel_name(view: CompareView, *, slot: int) -> dict[str, Any]:
    """The name over its panel, with the place's own colour and dashes."""
    low, high = _domain(view, slot=slot)
    style = STYLES[slot]
    return {
        "text": (
            f'<span style="color:{style.colour}"><b>{style.glyph}</b></span><br>'
            f"{view.places[slot].name}"
        ),
        "xref": "paper", "x": (low + high) / 2, "xanchor": "center", "yref": "paper", "y": 1,
        "yanchor": "bottom", "yshift": 2, "showarrow": False,
        "font": {"size": 12, "color": LIGHT.ink}, "name": "panel",
    }  # fmt: skip


def _notes(view: CompareView, *, slot: int) -> list[dict[str, Any]]:
    """The newest total above its column, and once for years in a row why there is none."""
    years = view.places[slot].officers.years
    totals = {year.year: _total(year, view=view) for year in years}
    newest = totals[years[-1].year]
    notes = []
    if newest is not None:
        text = words.decimal(newest, places=2) if view.rates else words.number(round(newest))
        notes.append(_note(f"<b>{text}</b>", x=years[-1].year, y=newest, slot=slot))
    runs = [
        (why, [year.year for year in run])
        for why, run in groupby(years, key=lambda year: _why(year, total=totals[year.year]))
        if why
    ]
    for at, (why, found) in enumerate(runs):
        note = _note(why, x=(found[0] + found[-1]) / 2, y=0, slot=slot)
        # Beside each other they would touch on a phone: every second one stands higher.
        notes.append({**note, "yshift": note["yshift"] + at % 2 * _TWO_LINES})
    return notes


def _total(year: OfficersYear, *, view: CompareView) -> float | None:
    men, women = officer_values(year, rates=view.rates)
    return None if men is None or women is None else men + women


def _why(year: OfficersYear, *, total: float | None) -> str:
    if total is not None:
        return ""
    if not year.agencies:
        return gettext("not<br>listed")
    return gettext("no<br>report") if year.officers is None else gettext("no<br>rate")


def _note(text: str, *, x: float, y: float, slot: int) -> dict[str, Any]:
    return {
        "text": text, "xref": f"x{_suffix(slot)}", "x": x, "y": y, "yanchor": "bottom",
        "yshift": 2, "showarrow": False, "font": {"size": 11, "color": LIGHT.muted},
    }  # fmt: skip
