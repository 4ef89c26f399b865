"""Lines of figures over the scale, both as logarithms, as SVG."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["plotted"]

WIDTH, HEIGHT = 420, 340
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 46, 48
INK, MUTED, GRID, GROUND = "#16202a", "#5d6873", "#e3e0d8", "#ffffff"
COLOURS = ("#0b6e75", "#c2410c", "#5b4b8a")


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart: its title, and the figures to draw by their name in words."""

    title: str
    lines: dict[str, str]


PANELS = (
    Panel(
        title="Seconds of the processors",
        lines={
            "tables_processor": "tables",
            "models_processor": "both models",
            "forecast": "forecast of all places, by the clock",
        },
    ),
    Panel(
        title="Peak memory, MB",
        lines={
            "tables_megabytes": "build, tables alone",
            "models_megabytes": "build with models",
            "pages_megabytes": "process that serves pages",
        },
    ),
)


def plotted(runs: Sequence[dict[str, float]]) -> str:
    """Two charts beside each other; dotted lines grow in proportion to the scale."""
    drawn = [
        f'<g transform="translate({number * WIDTH} 0)">{_panel(panel, runs=runs)}</g>'
        for number, panel in enumerate(PANELS)
    ]
    size = f'viewBox="0 0 {WIDTH * len(PANELS)} {HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-size="12" '
        'font-family="system-ui, sans-serif">'
        "<title>Growth of seconds and of peak memory with the scale</title>"
        f'<rect width="100%" height="100%" fill="{GROUND}"/>{"".join(drawn)}</svg>\n'
    )


def _panel(panel: Panel, *, runs: Sequence[dict[str, float]]) -> str:
    scales = [run["scale"] for run in runs]
    values = [run[name] for run in runs for name in panel.lines if run.get(name)]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    across = _axis(min(scales), max(scales), start=LEFT, end=WIDTH - RIGHT)
    up = _axis(10.0**low, 10.0**high, start=HEIGHT - BOTTOM, end=TOP + 14 * len(panel.lines))
    parts = [_text(LEFT, 20, panel.title, size=14)]
    parts += [_rule(up(10.0**power), label=f"{10.0**power:g}") for power in range(low, high + 1)]
    parts += [
        _text(across(scale), HEIGHT - BOTTOM + 18, f"{scale:g}", anchor="middle")
        for scale in scales
    ]
    parts.append(_text((LEFT + WIDTH) / 2, HEIGHT - 10, "times the demo", anchor="middle"))
    for number, (name, words) in enumerate(panel.lines.items()):
        points = [(run["scale"], run[name]) for run in runs if run.get(name)]
        if points:
            colour = COLOURS[number]
            parts.append(_line(points, across=across, up=up, colour=colour))
            parts.append(
                _text(LEFT + 8, 38 + 15 * number, f"\N{BLACK CIRCLE} {words}", fill=colour)
            )
    return "".join(parts)


def _axis(low: float, high: float, *, start: float, end: float) -> Callable[[float], float]:
    span = math.log(high / low) or 1.0

    def place(value: float) -> float:
        return start + (end - start) * math.log(value / low) / span

    return place


def _line(
    points: Sequence[tuple[float, float]],
    *,
    across: Callable[[float], float],
    up: Callable[[float], float],
    colour: str,
) -> str:
    at = [(across(scale), up(value)) for scale, value in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in at)
    (first, value), (last, _) = points[0], points[-1]
    even = f"{across(first):.1f},{up(value):.1f} {across(last):.1f},{up(value * last / first):.1f}"
    return (
        f'<polyline points="{even}" fill="none" stroke="{colour}" stroke-dasharray="1 4"/>'
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
    )


def _rule(height: float, *, label: str) -> str:
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}" '
        f'stroke="{GRID}"/>' + _text(LEFT - 6, height + 4, label, anchor="end")
    )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, fill: str = MUTED
) -> str:
    shown = INK if size > 12 else fill  # noqa: PLR2004 - the title
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{shown}">{words}</text>'
    )
