"""Colours and type of every figure and page: one set of tokens, a light and a dark side.

Figures are built with the light side. The browser swaps each light colour for its dark partner
when the page is dark, so no figure is sent twice; this is why no two light colours are equal.
The style sheet ``/theme.css`` is written from the same tokens.
"""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import plotly.graph_objects as go

__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "Tokens",
    "base_layout",
    "stylesheet",
    "swap",
    "template",
]

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", '
    '"DejaVu Sans", Arial, sans-serif'
)


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Colours of one side, as hexadecimal RGB.

    The three bands are the accent at 8, 15 and 27 % (dark: 9, 18, 32 %) laid over each other on a
    panel, mixed beforehand: as opaque colours they have partners like all others.

    ``compared`` are the places that are compared, in their order. ``kinds`` are the kinds of
    offence: four violent, four property, seven other ones, and the rest.
    """

    ground: str
    panel: str
    sunk: str
    ink: str
    muted: str
    hairline: str
    grid: str
    accent: str
    accent_ink: str
    accent_soft: str
    band_95: str
    band_80: str
    band_50: str
    quiet: str
    highlight: str
    notice: str
    notice_ink: str
    hatch_ground: str
    hatch: str
    too_few: str
    outline: str
    gap: str
    men: str
    women: str
    men_ink: str
    women_ink: str
    violent: str
    property: str
    other: str
    compared: tuple[str, ...]
    kinds: tuple[str, ...]
    sequence: tuple[str, ...]
    diverging: tuple[str, ...]


LIGHT = Tokens(
    ground="#fbfaf7",
    panel="#ffffff",
    sunk="#f4f2ec",
    ink="#16202a",
    muted="#5d6873",
    hairline="#e3e0d8",
    grid="#ecebe5",
    accent="#0b6e75",
    accent_ink="#fefefe",
    accent_soft="#e1efef",
    band_95="#ebf3f4",
    band_80="#cadfe1",
    band_50="#96c1c4",
    quiet="#a9b6bb",
    highlight="#c2410c",
    notice="#fff4d6",
    notice_ink="#6b4e00",
    hatch_ground="#f3f1ea",
    hatch="#c9c4b6",
    too_few="#cdd2d4",
    outline="#8b949b",
    gap="#efece3",
    men="#3b6ea5",
    women="#e08a3c",
    men_ink="#fdfdfd",
    women_ink="#1b1107",
    violent="#9c3d54",
    property="#0c6e76",
    other="#8a8f5c",
    compared=("#0a5f66", "#d36f12", "#8d56c4"),
    kinds=(
        "#9b3c53", "#c8637c", "#6d243b", "#b0488f", "#0e6f77", "#3f94a2", "#0a474f", "#4477b0",
        "#7f8450", "#a87908", "#7a5326", "#5f5a86", "#4a4f1f", "#b5713c", "#687a3a", "#7c878f",
    ),
    sequence=(
        "#e3efeb", "#c5e0d8", "#a1cec7", "#78b7b5", "#4f9da1", "#2f7e88", "#1a5e6c", "#0b3e4d",
    ),
    diverging=(
        "#14606b", "#4f9ba3", "#a9d0d1", "#f0eee8", "#f0c9a6", "#d98b52", "#a8521c",
    ),
)  # fmt: skip

DARK = Tokens(
    ground="#11161b",
    panel="#171e25",
    sunk="#1c242c",
    ink="#e8ecef",
    muted="#9aa7b2",
    hairline="#2a343d",
    grid="#242d36",
    accent="#4cc3c9",
    accent_ink="#0c1519",
    accent_soft="#16343a",
    band_95="#1c2d34",
    band_80="#24484f",
    band_50="#316f76",
    quiet="#55646f",
    highlight="#fb923c",
    notice="#3a2f10",
    notice_ink="#f6d98a",
    hatch_ground="#1b222a",
    hatch="#3b4650",
    too_few="#414c56",
    outline="#6f7c87",
    gap="#222b33",
    men="#6fa3d8",
    women="#f0a763",
    men_ink="#0c1520",
    women_ink="#1b1108",
    violent="#df8298",
    property="#4bc2c8",
    other="#b9be84",
    compared=("#4dc2c8", "#f59a52", "#b49cf0"),
    kinds=(
        "#e08499", "#b85a72", "#f2b9c6", "#cf7fb9", "#4cc1c7", "#2f8f98", "#a3dfe2", "#7fa9dc",
        "#babf85", "#e0b040", "#c08a50", "#a29ccc", "#dfe3a8", "#eaae7c", "#9fb56a", "#8a96a1",
    ),
    sequence=(
        "#18313a", "#1c4450", "#225a66", "#2e747e", "#449099", "#6badb2", "#9dcbca", "#d5ece6",
    ),
    diverging=(
        "#5fc4cf", "#3d8f99", "#255a63", "#2b333b", "#6d4a2c", "#b06f36", "#f2a35f",
    ),
)  # fmt: skip


def swap() -> dict[str, str]:
    """Each light colour with its dark partner."""
    return dict(zip(_flat(LIGHT).values(), _flat(DARK).values(), strict=True))


def stylesheet() -> str:
    """The tokens as custom properties, for both sides and for paper."""
    light, dark = _properties(LIGHT), _properties(DARK)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


def _properties(tokens: Tokens) -> str:
    return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in _flat(tokens).items())


def _flat(tokens: Tokens) -> dict[str, str]:
    """Token names to colours, sequences numbered from 1."""
    flat: dict[str, str] = {}
    for name, value in asdict(tokens).items():
        if isinstance(value, str):
            flat[name] = value
        else:
            flat |= {f"{name}-{i}": colour for i, colour in enumerate(value, start=1)}
    return flat


@cache
def template(tokens: Tokens) -> go.layout.Template:
    """The Plotly template of one side, made once: Plotly copies what a figure is given.

    Making it takes as long as the rest of a small figure.
    """
    axis = {
        "gridcolor": tokens.grid,
        "linecolor": tokens.hairline,
        "tickcolor": tokens.hairline,
        "zerolinecolor": tokens.outline,
        "zerolinewidth": 1,
        "tickfont": {"color": tokens.muted, "size": 12},
        "title": {"font": {"color": tokens.muted, "size": 12}},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": tokens.ink},
            "paper_bgcolor": tokens.panel,
            "plot_bgcolor": tokens.panel,
            "colorway": [tokens.accent],
            "xaxis": {**axis, "showgrid": False, "ticks": "outside", "ticklen": 4},
            "yaxis": {**axis, "ticks": "", "rangemode": "tozero"},
            "hoverlabel": {
                "bgcolor": tokens.ink,
                "bordercolor": tokens.ink,
                "font": {"family": FONT, "size": 13, "color": tokens.panel},
                "align": "left",
            },
            "legend": {"font": {"color": tokens.muted, "size": 12}},
            "margin": {"l": 8, "r": 8, "t": 8, "b": 44},
        }
    )


def base_layout(*, title: str, summary: str, source: str) -> dict[str, Any]:
    """What every figure shares.

    The source line takes the place of Plotly's title, at the foot: it is part of every image.
    Title and summary stand in ``meta``; the page has them in HTML, an exported image draws them.
    """
    return {
        "template": template(LIGHT),
        "meta": {"title": title, "summary": summary, "source": source},
        "showlegend": False,
        "dragmode": False,
        "title": {
            "text": source,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "pad": {"b": 4, "l": 2},
            "font": {"size": 11, "color": LIGHT.muted},
        },
    }
