"""Places side by side over time. A place keeps its colour and its dashes on every figure."""

from dataclasses import dataclass
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
from webapp.figures.withheld import words_figure
from webapp.language import gettext
from webapp.views.compare import ComparedPlace, CompareView
from webapp.views.compare_time import (
    Band,
    band_of,
    compared_months_summary,
    compared_months_title,
    expected_summary,
    expected_title,
    forecast_scale,
    history_of,
    month_values,
)
from webapp.views.forecast import ForecastView
from webapp.views.series import month_dates

__all__ = ["STYLES", "PlaceStyle", "compared_months_figure", "expected_figure", "place_key"]

_PART = "\N{EM SPACE}"
_ALPHA = "38"  # in hexadecimal behind a colour: its dark partner keeps it
_KEY = 24
_ROWS = 42
_LONGEST = 16  # letters of a name at the end of a line
_NAME_GAP = 0.06  # of the axis: the height of a name


@dataclass(frozen=True, kw_only=True)
class PlaceStyle:
    """How the place of a slot looks; the dashes tell it without its colour.

    Attributes:
        colour: Of its lines and bars.
        dash: Of its lines.
        symbol: Of its points.
        pattern: Of its bars.
        glyph: Its line as a character, for keys.
    """

    colour: str
    dash: str
    symbol: str
    pattern: str
    glyph: str


STYLES = (
    PlaceStyle(
        colour=LIGHT.compared[0], dash="solid", symbol="circle", pattern="",
        glyph="\N{BOX DRAWINGS HEAVY HORIZONTAL}\N{BOX DRAWINGS HEAVY HORIZONTAL}",
    ),
    PlaceStyle(
        colour=LIGHT.compared[1], dash="9px,4px", symbol="diamond", pattern="/",
        glyph="\N{BOX DRAWINGS HEAVY DOUBLE DASH HORIZONTAL}" * 2,
    ),
    PlaceStyle(
        colour=LIGHT.compared[2], dash="2.5px,3px", symbol="square", pattern=".",
        glyph="\N{BLACK SMALL SQUARE}" * 3,
    ),
)  # fmt: skip
"""By slot."""


def place_key(view: CompareView, *, more: str = "", shift: int = 6) -> dict[str, Any]:
    """Names with their colours and dashes; the browser breaks the line where it is narrow."""
    parts = [
        f'<span style="color:{style.colour}"><b>{style.glyph}</b></span> {place.name}'
        for place, style in zip(view.places, STYLES, strict=False)
    ]
    return {
        "text": _PART.join([*parts, more] if more else parts), "name": "forecast-key",
        "align": "left", "showarrow": False, "xref": "paper", "x": 0, "xanchor": "left",
        "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": shift,
        "font": {"size": 12, "color": LIGHT.ink},
    }  # fmt: skip


def compared_months_figure(view: CompareView) -> go.Figure:
    """A line a place over the months; open where nothing was reported."""
    dates = month_dates(view.places[0].months)
    lines = [month_values(place, rates=view.rates) for place in view.places]
    top = max((value for line in lines for value in line if value is not None), default=0.0)
    years = view.places[0].months.years
    return go.Figure(
        data=[
            _line(place, slot=slot, dates=dates, values=values, view=view)
            for slot, (place, values) in enumerate(zip(view.places, lines, strict=True))
        ],
        layout={
            **base_layout(
                title=compared_months_title(view),
                summary=compared_months_summary(view),
                source=view.provenance.source,
            ),
            "hovermode": "x",
            "margin": {"l": 8, "r": _names_width(view), "t": _KEY + 10, "b": 54},
            "xaxis": {
                "type": "date",
                "range": [dates[0].isoformat(), (dates[-1] + timedelta(days=31)).isoformat()],
                "tickvals": [f"{year}-07-01" for year in years],
                "ticktext": [str(year) for year in years],
                "ticks": "",
                "hoverformat": "%B %Y",
            },
            "yaxis": {
                "range": [0, top * 1.08 if view.rates and top else max(top * 1.08, 5)],
                "nticks": 5,
            },
            "shapes": [_year_band(view.year), *_year_lines(years)],
            "annotations": [
                place_key(view),
                *_end_names(
                    [(place, values[-1]) for place, values in zip(view.places, lines, strict=True)],
                    top=top,
                ),
            ],
        },
    )


def _names_width(view: CompareView) -> int:
    """Room for the names at the ends of the lines; a very long one is left to the key."""
    longest = max(len(place.name) for place in view.places)
    return 14 + 7 * min(longest, _LONGEST)


def _end_names(
    ends: list[tuple[ComparedPlace, float | None]], *, top: float
) -> list[dict[str, Any]]:
    """The name of each place where its line ends, moved apart where two lines end together.

    The browser drops them where the figure is narrow; the key stays.
    """
    known = [(value, place.name) for place, value in ends if value is not None]
    notes = []
    floor = 0.0
    for value, name in sorted(known):
        at = max(value, floor)
        floor = at + _NAME_GAP * top
        notes.append(
            {
                "text": name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…",
                "name": "end", "showarrow": False, "xref": "paper", "x": 1, "xanchor": "left",
                "xshift": 6, "y": at, "yanchor": "middle", "align": "left",
                "font": {"size": 12, "color": LIGHT.ink},
            }
        )  # fmt: skip
    return notes


def _line(
    place: ComparedPlace,
    *,
    slot: int,
    dates: tuple[date, ...],
    values: tuple[float | None, ...],
    view: CompareView,
) -> go.Scatter:
    style = STYLES[slot]
    partial = place.months.partial
    marked = [partial[i] or _alone(values, at=i) for i in range(len(values))]
    return go.Scatter(
        x=[day.replace(day=15).isoformat() for day in dates],
        y=[None if value is None else round(value, 4) for value in values],
        mode="lines+markers",
        connectgaps=False,
        line={"color": style.colour, "width": 2.2, "dash": style.dash},
        # A month alone has no line; one that a part of the agencies reported is hollow.
        marker={
            "symbol": style.symbol,
            "size": [8 if mark else 0 for mark in marked],
            "color": [LIGHT.panel if part else style.colour for part in partial],
            "line": {"width": [2 if mark else 0 for mark in marked], "color": style.colour},
        },
        text=[gettext(" (a part of the agencies)") if part else "" for part in partial],
        hovertemplate=(
            f"{place.name}: %{{y:{',.2f' if view.rates else ',d'}}}%{{text}}<extra></extra>"
        ),
        name=place.name,
    )


def _alone(values: tuple[float | None, ...], *, at: int) -> bool:
    """Whether a value stands between two gaps."""
    near = values[max(at - 1, 0) : at] + values[at + 1 : at + 2]
    return values[at] is not None and all(value is None for value in near)


def _year_band(year: int) -> dict[str, Any]:
    return {
        "type": "rect", "xref": "x", "yref": "paper", "x0": f"{year}-01-01",
        "x1": f"{year + 1}-01-01", "y0": 0, "y1": 1, "fillcolor": LIGHT.accent_soft,
        "opacity": 0.45, "line": {"width": 0}, "layer": "below", "name": "chosen year",
    }  # fmt: skip


def _year_lines(years: tuple[int, ...]) -> list[dict[str, Any]]:
    return [
        {
            "type": "line", "xref": "x", "yref": "paper", "layer": "below",
            "x0": f"{year}-01-01", "x1": f"{year}-01-01", "y0": 0, "y1": 1,
            "line": {"width": 1, "color": LIGHT.hairline},
        }
        for year in years[1:]
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Ahead:
    """A place whose forecast is drawn."""

    place: ComparedPlace
    forecast: ForecastView
    style: PlaceStyle
    scale: float

    @property
    def bands(self) -> list[Band]:
        """Its days."""
        return [band_of(day.expected, scale=self.scale) for day in self.forecast.days]


def expected_figure(view: CompareView) -> go.Figure:
    """Four weeks of each place, then its median with the 80 % interval."""
    drawn = [
        _Ahead(place=place, forecast=place.forecast, style=style, scale=scale)
        for place, style in zip(view.places, STYLES, strict=False)
        if place.forecast and (scale := forecast_scale(place, rates=view.rates)) is not None
    ]
    title, summary = expected_title(view), expected_summary(view)
    source = view.provenance.source
    if not drawn:
        return words_figure(summary, title=title, summary=summary, source=source)
    layout = base_layout(title=title, summary=summary, source=source)
    first = drawn[0].forecast
    start = first.origin - timedelta(days=len(history_of(first)) - 1)
    top = max(band.upper for each in drawn for band in each.bands)
    top = max([top, *(v for each in drawn for v in _history(each) if v is not None)])
    marks = [mark for mark in shown_holidays(first) if start <= mark.day]
    return go.Figure(
        data=[
            *(_band(each) for each in drawn),
            *(trace for each in drawn for trace in (_past(each, start=start), _median(each))),
        ],
        layout={
            **layout,
            "hovermode": "x",
            "margin": {"l": 8, "r": _names_width(view), "t": _ROWS + _KEY, "b": 66},
            "xaxis": {
                "type": "date",
                "range": [start.isoformat(), (first.end + timedelta(days=1)).isoformat()],
                "tickformat": "%-d %b\n%Y",
                "nticks": 9,
                "hoverformat": "%a %-d %b %Y",
            },
            "yaxis": {
                "range": [0, top * 1.06],
                "nticks": 5,
            },
            "shapes": [origin_line(first), *map(holiday_line, marks)],
            "annotations": [
                place_key(view, more=_band_key(), shift=_ROWS + 4),
                *map(holiday_name, marks),
                origin_name(first),
                *_end_names([(each.place, each.bands[-1].median) for each in drawn], top=top),
            ],
        },
    )  # fmt: skip


def _band_key() -> str:
    parts = (
        gettext("thin: mean of 7 days"),
        gettext("thick: median"),
        gettext("area: 80\N{NO-BREAK SPACE}% interval"),
    )
    return _PART.join(parts)


def _history(each: _Ahead) -> list[float | None]:
    return [
        None if mean is None else round(mean * each.scale, 5) for mean in history_of(each.forecast)
    ]


def _band(each: _Ahead) -> go.Scatter:
    """The interval as a polygon: along its upper edge and back along the lower one."""
    days = [day.day.isoformat() for day in each.forecast.days]
    upper = [round(band.upper, 5) for band in each.bands]
    lower = [round(band.lower, 5) for band in each.bands]
    return go.Scatter(
        x=[*days, *days[::-1]],
        y=[*upper, *lower[::-1]],
        mode="lines",
        fill="toself",
        fillcolor=f"{each.style.colour}{_ALPHA}",
        line={"width": 0, "color": each.style.colour},
        hoverinfo="skip",
        name=f"{each.place.name}, interval",
    )


def _past(each: _Ahead, *, start: date) -> go.Scatter:
    return go.Scatter(
        x0=start.isoformat(),
        dx=DAY,
        y=_history(each),
        mode="lines",
        connectgaps=False,
        line={"color": each.style.colour, "width": 1.2, "dash": each.style.dash},
        hoverinfo="skip",
        name=f"{each.place.name}, mean of 7 days",
    )


def _median(each: _Ahead) -> go.Scatter:
    text = [
        gettext(
            "{place}: {median}, 80\N{NO-BREAK SPACE}%: {low} to {high} offences",
            place=each.place.name,
            median=day.expected.median,
            low=day.expected.lower_80,
            high=day.expected.upper_80,
        )
        for day in each.forecast.days
    ]
    return go.Scatter(
        x0=each.forecast.begin.isoformat(),
        dx=DAY,
        y=[round(band.median, 5) for band in each.bands],
        text=text,
        mode="lines",
        line={"color": each.style.colour, "width": 2.6, "dash": each.style.dash},
        hovertemplate="%{text}<extra></extra>",
        name=each.place.name,
    )
