"""An axis of days: its step, and marks for holidays by name and where the data end."""

from typing import Any

from webapp.figures.theme import LIGHT
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.forecast import ForecastView, HolidayMark

__all__ = ["DAY", "holiday_line", "holiday_name", "origin_line", "origin_name", "shown_holidays"]

DAY = 86_400_000  # in milliseconds, Plotly's step on an axis of days

# The evening before and the day after stand in the table; beside the day itself they are clutter.
_BESIDE = ("Christmas Eve", "New Year's Eve", "Day after Thanksgiving")
_SHORT = {
    "Christmas Day": gettext_noop("Christmas"),
    "Juneteenth National Independence Day": gettext_noop("Juneteenth"),
    "Martin Luther King Jr. Day": gettext_noop("M. L. King Day"),
    "New Year's Day": gettext_noop("New Year"),
    "Thanksgiving Day": gettext_noop("Thanksgiving"),
}


def shown_holidays(view: ForecastView) -> list[HolidayMark]:
    """Holidays that are marked, those of the forecast first: they are named before the others."""
    marks = [mark for mark in view.holidays if mark.name not in _BESIDE]
    return sorted(marks, key=lambda mark: (mark.day <= view.origin, mark.day))


def holiday_line(mark: HolidayMark) -> dict[str, Any]:
    """A dotted line at the day."""
    return {
        "type": "line", "xref": "x", "yref": "paper", "opacity": 0.6, "name": "holiday",
        "x0": mark.day.isoformat(), "x1": mark.day.isoformat(), "y0": 0, "y1": 1,
        "line": {"width": 1, "color": LIGHT.highlight, "dash": "dot"},
    }  # fmt: skip


def holiday_name(mark: HolidayMark) -> dict[str, Any]:
    """A name above the plot; the browser, which knows the width, puts it into a free row."""
    return {
        "text": _short_name(mark.name), "name": "holiday", "showarrow": False,
        "xref": "x", "x": mark.day.isoformat(), "xanchor": "center",
        "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 0,
        "font": {"size": 11, "color": LIGHT.highlight},
    }  # fmt: skip


def _short_name(name: str) -> str:
    return gettext(_SHORT[name]) if name in _SHORT else words.holiday(name)


def origin_line(view: ForecastView) -> dict[str, Any]:
    """A line after the last day that the forecast knows."""
    at = f"{view.origin.isoformat()} 12:00"
    return {
        "type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "name": "origin", "line": {"width": 1, "color": LIGHT.muted},
    }  # fmt: skip


def origin_name(view: ForecastView) -> dict[str, Any]:
    """What that line is."""
    day = words.day(view.origin)
    message = gettext_noop("known to {day}") if view.replays else gettext_noop("data end {day}")
    return {
        "text": gettext(message, day=day), "name": "origin", "showarrow": False,
        "xref": "x", "x": f"{view.origin.isoformat()} 12:00", "xanchor": "right", "xshift": -3,
        "yref": "paper", "y": 1, "yanchor": "top", "bgcolor": LIGHT.panel,
        "font": {"size": 11, "color": LIGHT.muted},
    }  # fmt: skip
