"""The map: classes of colour, hatching where there is no figure, an outline for the selected."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext
from webapp.urlstate import Measure
from webapp.views import words
from webapp.views.counties import base_words, shared_words
from webapp.views.map import (
    MapView,
    PlaceRow,
    Standing,
    no_value_words,
    short_text,
    standing_of,
    value_of,
)
from webapp.views.map_words import break_text, map_summary, map_title, when_expected

__all__ = ["MapLayers", "class_tokens", "map_figure", "scale_title"]

_HATCHED = (
    Standing.NO_REPORT,
    Standing.PART_YEAR,
    Standing.UNKNOWN,
    Standing.NO_FORECAST,
)
_NOBODY = (Standing.STATE_POLICE, Standing.NO_AGENCY)
"""Standings with stripes of their own: there is nobody whose figure could be shown."""
_KEY_HEIGHT = 20
_BAR_HEIGHT = 62
_FOOT = 26
_SWATCH = 22
_BAR_LENGTH = 300
_KEY_LEFT = 350
_CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True, kw_only=True)
class MapLayers:
    """Where the browser finds the shapes, and the frame of the map.

    Attributes:
        towns: URL of the boundaries.
        rising: URL of the stripes where nobody reports for the town or county alone.
        falling: URL of the stripes for an incomplete report.
        state: URL of the outline.
        outline: Feature id in it.
        frame: West, south, east, north in degrees.
        labels: Name, longitude and latitude of the cities that are labelled.
    """

    towns: str
    rising: str
    falling: str
    state: str
    outline: str
    frame: tuple[float, float, float, float]
    labels: tuple[tuple[str, float, float], ...]


def map_figure(view: MapView, *, layers: MapLayers, selected: str | None) -> go.Figure:
    """Draw the map.

    Args:
        view: What to show.
        layers: Where the shapes are.
        selected: Slug of the place with the outline, or null.
    """
    keys = _keys(view)
    layout = base_layout(title=map_title(view), summary=map_summary(view), source=view.source)
    bottom = max(_BAR_HEIGHT, _KEY_HEIGHT * len(keys) + 16) + _FOOT
    return go.Figure(
        data=[
            _ground(layers),
            _stripes(view, url=layers.rising, standings=_NOBODY),
            _stripes(view, url=layers.falling, standings=_HATCHED),
            _without_value(view, layers=layers),
            _classes(view, layers=layers),
            _outline(_selected(view, slug=selected), url=layers.towns),
            _labels(layers),
        ],
        layout={
            **layout,
            "geo": _geo(layers.frame),
            "coloraxis": _coloraxis(view),
            "margin": {"l": 0, "r": 0, "t": 4, "b": bottom},
            "shapes": [shape for i, key in enumerate(keys) for shape in _swatch(key, row=i)],
            "annotations": [_key_text(key, row=i, view=view) for i, key in enumerate(keys)],
        },
    )


def _geo(frame: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = frame
    return {
        "visible": False,
        "projection": {"type": "mercator"},
        "lonaxis": {"range": [west - 0.01, east + 0.01]},
        "lataxis": {"range": [south - 0.01, north + 0.01]},
        "bgcolor": LIGHT.panel,
    }


def _hover(row: PlaceRow, *, view: MapView) -> str:
    value = value_of(row, measure=view.measure)
    if value is None:
        text = no_value_words(row, measure=view.measure, year=view.year)
    else:
        text = f"{short_text(value, measure=view.measure)}{_unit_words(view)}"
    if row.expected is not None and view.measure is Measure.FORECAST:
        low, high = row.expected.lower_80, row.expected.upper_80
        limits = gettext("{low} to {high}", low=words.number(low), high=words.number(high))
        text += f"<br>{gettext('four times in five {limits}', limits=limits)}"
    has_count = row.count is not None and view.measure in (Measure.RATE, Measure.CHANGE)
    what = words.of_kind(view.unit, kind=view.kind)
    extra = f"<br>{words.number(row.count or 0)} {what}" if has_count else ""
    return f"<b>{row.name}</b><br>{text}{extra}{_base_lines(row)}"


def _base_lines(row: PlaceRow) -> str:
    """What a county's figure rests on, below it."""
    if row.county is None or not row.county.agencies:
        return ""
    lines = (base_words(row.county), shared_words(row.county))
    return "".join(f"<br>{line}" for line in lines if line)


def _unit_words(view: MapView) -> str:
    return {
        Measure.RATE: gettext(" per 1,000 people"),
        Measure.COUNT: f" {words.of_kind(view.unit, kind=view.kind)}",
        Measure.CHANGE: gettext(" on {year}", year=view.year - 1),
        Measure.FORECAST: f"{gettext(' offences expected')}<br>{when_expected(view)}",
        Measure.OFFICERS: gettext(" officers per 1,000 people"),
    }[view.measure]


def _without_value(view: MapView, *, layers: MapLayers) -> go.Choropleth:
    rows = [r for r in view.drawn if value_of(r, measure=view.measure) is None]
    return go.Choropleth(
        geojson=layers.towns,
        locations=[row.geoid for row in rows],
        z=[int(standing_of(row, measure=view.measure) is Standing.TOO_FEW) for row in rows],
        zmin=0,
        zmax=1,
        colorscale=[[0, _CLEAR], [1, LIGHT.too_few]],
        showscale=False,
        marker={"line": {"color": LIGHT.panel, "width": 1}},
        customdata=[row.slug for row in rows],
        text=[_hover(row, view=view) for row in rows],
        hovertemplate="%{text}<extra></extra>",
        name="no-value",
    )


def _classes(view: MapView, *, layers: MapLayers) -> go.Choropleth:
    shown = [
        (row, value)
        for row in view.drawn
        if (value := value_of(row, measure=view.measure)) is not None
    ]
    return go.Choropleth(
        geojson=layers.towns,
        locations=[row.geoid for row, _ in shown],
        z=[bisect_right(view.breaks, value) + 0.5 for _, value in shown],
        coloraxis="coloraxis",
        marker={"line": {"color": LIGHT.panel, "width": 0.8}},
        customdata=[row.slug for row, _ in shown],
        text=[_hover(row, view=view) for row, _ in shown],
        hovertemplate="%{text}<extra></extra>",
        name="values",
    )


def _stripes(view: MapView, *, url: str, standings: tuple[Standing, ...]) -> go.Choropleth:
    places = [
        row.geoid for row in view.drawn if standing_of(row, measure=view.measure) in standings
    ]
    return go.Choropleth(
        geojson=url,
        locations=places,
        z=[0] * len(places),
        colorscale=[[0, LIGHT.hatch], [1, LIGHT.hatch]],
        showscale=False,
        marker={"line": {"width": 0}},
        hoverinfo="skip",
        name=f"hatching-{standings[0]}",
    )


def _ground(layers: MapLayers) -> go.Choropleth:
    """The State in one piece: what lies below the hatching, and the coast."""
    return go.Choropleth(
        geojson=layers.state,
        locations=[layers.outline],
        z=[0],
        colorscale=[[0, LIGHT.hatch_ground], [1, LIGHT.hatch_ground]],
        showscale=False,
        marker={"line": {"color": LIGHT.outline, "width": 1.4}},
        hoverinfo="skip",
        name="ground",
    )


def _outline(locations: list[str], *, url: str) -> go.Choropleth:
    return go.Choropleth(
        geojson=url,
        locations=locations,
        z=[0] * len(locations),
        colorscale=[[0, _CLEAR], [1, _CLEAR]],
        showscale=False,
        marker={"line": {"color": LIGHT.highlight, "width": 3}},
        hoverinfo="skip",
        name="selected",
    )


def _selected(view: MapView, *, slug: str | None) -> list[str]:
    return [row.geoid for row in view.drawn if row.slug == slug and row.geoid]


def _labels(layers: MapLayers) -> go.Scattergeo:
    sides = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    halo = ", ".join(f"{1.2 * x}px {1.2 * y}px 1px {LIGHT.panel}" for x, y in sides)
    return go.Scattergeo(
        lon=[longitude for _, longitude, _ in layers.labels],
        lat=[latitude for _, _, latitude in layers.labels],
        text=[name for name, _, _ in layers.labels],
        mode="text",
        textfont={"size": 12, "color": LIGHT.ink, "shadow": halo},
        hoverinfo="skip",
        name="labels",
    )


def class_tokens(view: MapView) -> tuple[str, ...]:
    """The token of each class's colour: as many as classes, spread from one end to the other."""
    name = "diverging" if view.measure is Measure.CHANGE else "sequence"
    last = len(getattr(LIGHT, name)) - 1
    classes = len(view.breaks) + 1
    if classes == 1:
        return (f"{name}-{last // 2 + 1}",)
    return tuple(f"{name}-{round(i * last / (classes - 1)) + 1}" for i in range(classes))


def _class_colour(token: str) -> str:
    name, at = token.split("-")
    colour: str = getattr(LIGHT, name)[int(at) - 1]
    return colour


def _coloraxis(view: MapView) -> dict[str, Any]:
    colours = tuple(map(_class_colour, class_tokens(view)))
    steps = len(colours)
    scale = [
        [edge, colour] for i, colour in enumerate(colours) for edge in (i / steps, (i + 1) / steps)
    ]
    return {
        "cmin": 0,
        "cmax": steps,
        "colorscale": scale,
        "colorbar": {
            "orientation": "h",
            "lenmode": "pixels",
            "len": _BAR_LENGTH,
            "thickness": 10,
            "x": 0,
            "xanchor": "left",
            "xpad": 0,
            "y": 0,
            "yref": "paper",
            "yanchor": "top",
            "ypad": 6,
            "outlinewidth": 0,
            "ticks": "",
            "tickmode": "array",
            "tickvals": list(range(1, steps)),
            "ticktext": [break_text(value, measure=view.measure) for value in view.breaks],
            "tickfont": {"size": 11, "color": LIGHT.muted},
            "title": {
                "text": scale_title(view),
                "side": "top",
                "font": {"size": 12, "color": LIGHT.muted},
            },
        },
    }


def scale_title(view: MapView) -> str:
    """What the colours stand for."""
    what = words.capitalised(words.of_kind(view.unit, kind=view.kind))
    return {
        Measure.RATE: gettext("{what} per 1,000 people", what=what),
        Measure.COUNT: what,
        Measure.CHANGE: gettext(
            "{what}: fewer than in {year} ◂ ▸ more", what=what, year=view.year - 1
        ),
        Measure.FORECAST: gettext("Offences expected, median"),
        Measure.OFFICERS: gettext("Sworn officers per 1,000 people"),
    }[view.measure]


def _keys(view: MapView) -> tuple[Standing, ...]:
    """The standings without a value that occur, one line of the key each."""
    found = {standing_of(row, measure=view.measure) for row in view.drawn}
    order = (*_NOBODY, Standing.TOO_FEW, Standing.PART_YEAR)
    merged = {Standing.PART_YEAR if s in _HATCHED else s for s in found}
    return tuple(standing for standing in order if standing in merged)


def _key_words(standing: Standing, *, view: MapView) -> str:
    if standing is Standing.PART_YEAR and view.measure is Measure.FORECAST:
        return gettext("no forecast: too few recent reports")
    if standing is Standing.STATE_POLICE:
        return gettext("State Police, no agency of its own")
    if standing is Standing.NO_AGENCY:
        return gettext("no agency of its own in these data")
    if standing is Standing.TOO_FEW:
        return gettext("fewer than {fewest}: too few to compare", fewest=words.TOO_FEW)
    return gettext("no full year of reports")


def _key_top(row: int) -> int:
    return -14 - _KEY_HEIGHT * row


def _swatch(standing: Standing, *, row: int) -> list[dict[str, Any]]:
    """A small box with the pattern of the map."""
    top = _key_top(row)
    at = {"xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel",
          "xanchor": 0, "yanchor": 0, "name": "key"}  # fmt: skip
    few = standing is Standing.TOO_FEW
    ground = {
        **at, "type": "rect", "x0": _KEY_LEFT, "x1": _KEY_LEFT + _SWATCH, "y0": top - 12, "y1": top,
        "fillcolor": LIGHT.too_few if few else LIGHT.hatch_ground,
        "line": {"width": 0.7, "color": LIGHT.hatch},
    }  # fmt: skip
    if few:
        return [ground]
    rising = standing in _NOBODY
    lines = [
        {
            **at, "type": "line", "x0": _KEY_LEFT + x, "x1": _KEY_LEFT + x + 12,
            "y0": top - 12 if rising else top, "y1": top if rising else top - 12,
            "line": {"width": 1.2, "color": LIGHT.hatch},
        }
        for x in (0, 5, 10)
    ]  # fmt: skip
    return [ground, *lines]


def _key_text(standing: Standing, *, row: int, view: MapView) -> dict[str, Any]:
    return {
        "text": _key_words(standing, view=view),
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "name": "key",
        "xshift": _KEY_LEFT + _SWATCH + 8,
        "yshift": _key_top(row) - 6,
        "xanchor": "left",
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted},
    }
