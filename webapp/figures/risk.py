"""Classes of an offence in a context: bars of what is told, marks of the past."""

from typing import Any

import plotly.graph_objects as go

from webapp.figures.theme import LIGHT, base_layout
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.risk import (
    RiskPlace,
    RiskShare,
    RiskView,
    per_100,
    risk_summary,
    risk_title,
    shown_classes,
    years_words,
)

__all__ = ["BAR", "ROW_HEIGHT", "kind_colour", "places_key", "risk_figure"]

BAR = 0.72
"""How much of a row its bars fill."""
ROW_HEIGHT = {1: 30, 2: 40, 3: 52}
"""Pixels of a row with so many bars."""

_FEW = 5
_GAP = 1.7  # rows between the broad groups and the classes, with room for their heading
_MARK_SIZE = {1: 13, 2: 10, 3: 8}
_MARK = "\N{BOX DRAWINGS HEAVY VERTICAL}"
_SQUARE = "\N{BLACK SQUARE}"
_PART = "\N{EM SPACE}"

# In the order of the theme's colours of kinds; a group stands for its kinds that have none.
_OWN = (
    "assault", "robbery", "sex-offences", "violent",
    "larceny", "motor-vehicle-theft", "burglary", "property",
    "vandalism", "fraud", "drugs", "other-offences", "weapons", "counterfeiting", "other",
)  # fmt: skip
_KIND_COLOURS = dict(zip(_OWN, LIGHT.kinds, strict=False))
_REST = LIGHT.kinds[-1]
_GROUP_COLOURS = {"violent": LIGHT.violent, "property": LIGHT.property, "other": LIGHT.other}


def kind_colour(slug: str, *, group: str | None) -> str:
    """The colour of a class, the same on every chart; kinds without one have their family's."""
    return _KIND_COLOURS.get(slug) or (_KIND_COLOURS[group] if group else _REST)


def risk_figure(view: RiskView, *, every_class: bool) -> go.Figure:
    """A bar for each broad group and class, a colour a place; a mark stands at the past share."""
    shown = shown_classes(view, at_most=None if every_class else _FEW)
    rows = _rows(view, shown=shown)
    layout = base_layout(
        title=risk_title(view), summary=risk_summary(view), source=view.provenance.source
    )
    height = 96 + round((len(rows) + 2) * ROW_HEIGHT[len(view.places)])
    layout["meta"] |= {"height": height}
    most = max(max(share.told, place.past_share(share) or 0.0) for place, share, _ in _all(rows))
    ticks = list(rows)
    return go.Figure(
        data=[
            *(_told(rows, at=at, view=view) for at in range(len(view.places))),
            _past(rows, size=_MARK_SIZE[len(view.places)]),
            _labels(rows, alone=len(view.places) == 1, offset=100 * most * 0.015),
        ],
        layout={
            **layout,
            "barmode": "overlay",
            "margin": {"l": 8, "r": 8, "t": 34, "b": 34},
            "xaxis": {"visible": False, "range": [0, 100 * most * 1.3]},
            "yaxis": {
                "tickvals": ticks,
                "ticktext": [_first_label(rows[y]) for y in ticks],
                "tickfont": {"size": 13, "color": LIGHT.ink},
                "ticklabelstandoff": 6,
                "showgrid": False,
                "zeroline": False,
                "range": [max(ticks) + 0.6, -1.2],
            },
            "annotations": [_key(view), *_headings(shown, every=every_class)],
        },
    )


_Shares = list[tuple[RiskPlace, RiskShare]]


def _rows(view: RiskView, *, shown: tuple[str, ...]) -> dict[float, _Shares]:
    """The shares of every place at the height where they are drawn: groups, a gap, classes."""
    rows: dict[float, _Shares] = {}
    groups = len(view.places[0].broad)
    for at in range(groups):
        rows[float(at)] = [(place, place.broad[at]) for place in view.places]
    for at, slug in enumerate(shown):
        rows[groups + _GAP + at - 0.5] = [
            (place, next(share for share in place.classes if share.slug == slug))
            for place in view.places
        ]
    return rows


def _first_label(shares: _Shares) -> str:
    return shares[0][1].label


def _all(rows: dict[float, _Shares]) -> list[tuple[RiskPlace, RiskShare, float]]:
    """Every bar with the height of its middle: those of one row stand below each other."""
    return [
        (place, share, y + (at - (len(shares) - 1) / 2) * BAR / len(shares))
        for y, shares in rows.items()
        for at, (place, share) in enumerate(shares)
    ]


def _colour(share: RiskShare, *, at: int, alone: bool) -> str:
    if not alone:
        return LIGHT.compared[at]
    return _GROUP_COLOURS.get(share.slug) or kind_colour(share.slug, group=share.group)


def _told(rows: dict[float, _Shares], *, at: int, view: RiskView) -> go.Bar:
    place = view.places[at]
    bars = [each for each in _all(rows) if each[0] is place]
    alone = len(view.places) == 1
    return go.Bar(
        orientation="h",
        x=[round(100 * share.told, 2) for _, share, _ in bars],
        y=[y for _, _, y in bars],
        width=0.92 * BAR / len(view.places),
        marker={
            "color": [_colour(share, at=at, alone=alone) for _, share, _ in bars],
            "cornerradius": 2,
        },
        customdata=[
            [share.label, per_100(share.told), _before(place, share)] for _, share, _ in bars
        ],
        hovertemplate=(
            f"<b>%{{customdata[0]}}</b>, {place.name}<br>"
            + gettext("{count} of 100", count="%{customdata[1]}")
            + "%{customdata[2]}<extra></extra>"
        ),
        name=place.name,
    )


def _before(place: RiskPlace, share: RiskShare) -> str:
    past = place.past_share(share)
    count = gettext(
        "{count} of {all} past offences",
        count=words.number(share.past),
        all=words.number(place.basis),
    )
    return f"<br>{count}" + ("" if past is None else f" ({words.percent(past)})")


def _past(rows: dict[float, _Shares], *, size: int) -> go.Scatter:
    known = [
        (past, y) for place, share, y in _all(rows) if (past := place.past_share(share)) is not None
    ]
    return go.Scatter(
        x=[round(100 * past, 2) for past, _ in known],
        y=[y for _, y in known],
        mode="markers",
        marker={"symbol": "line-ns", "size": size, "line": {"width": 2, "color": LIGHT.ink}},
        hoverinfo="skip",
        name="past",
    )


def _labels(rows: dict[float, _Shares], *, alone: bool, offset: float) -> go.Scatter:
    """How many of 100, behind the bar and behind the mark."""
    bars = _all(rows)
    ends = [max(share.told, place.past_share(share) or 0.0) for place, share, _ in bars]
    return go.Scatter(
        x=[100 * end + offset for end in ends],
        y=[y for _, _, y in bars],
        mode="text",
        text=[_label(place, share, alone=alone) for place, share, _ in bars],
        textposition="middle right",
        textfont={"size": 12, "color": LIGHT.muted},
        cliponaxis=False,
        hoverinfo="skip",
        name="labels",
    )


def _label(place: RiskPlace, share: RiskShare, *, alone: bool) -> str:
    past = place.past_share(share)
    told = f"<b>{per_100(share.told)}</b>"
    return told if past is None or not alone else f"{told} · past {per_100(past)}"


def _key(view: RiskView) -> dict[str, Any]:
    names = tuple(place.name for place in view.places)
    mark = f"<b>{_MARK}</b> past, any hour, {years_words(view.years)}"
    return places_key(names if len(names) > 1 else (), more=(mark,))


def places_key(names: tuple[str, ...], *, more: tuple[str, ...] = ()) -> dict[str, Any]:
    """Which colour is which place; a narrow figure breaks the key between its parts."""
    parts = [
        f'<span style="color:{colour}">{_SQUARE}</span> {name}'
        for name, colour in zip(names, LIGHT.compared, strict=False)
    ]
    return {
        **_note(_PART.join((*parts, *more)), y=1, yref="paper", xanchor="right", x=1, yshift=8),
        "name": "parts", "align": "right",
    }  # fmt: skip


def _headings(shown: tuple[str, ...], *, every: bool) -> list[dict[str, Any]]:
    message = (
        gettext_noop("All {count} kinds") if every else gettext_noop("{count} likeliest kinds")
    )
    text = gettext(message, count=len(shown))
    return [
        _note("<b>Broad groups</b>", y=-0.72, yref="y", xanchor="left", x=0),
        _note(f"<b>{text}</b>", y=2 + _GAP - 0.22, yref="y", xanchor="left", x=0),
    ]


def _note(text: str, *, y: float, yref: str, xanchor: str, **at: float) -> dict[str, Any]:
    """A small text in the figure: above it, or at a height of its axis; ``at`` as Plotly has it."""
    return {
        "text": text, "xref": "paper", "xanchor": xanchor, "y": y, "yref": yref,
        "yanchor": "middle" if yref == "y" else "bottom", "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted}, **at,
    }  # fmt: skip
