"""Every component id, as a constant or a small constructor; the scripts in assets/ use the same."""

__all__ = [
    "CHARTS",
    "CHART_DAYS",
    "CHART_FORECAST",
    "CHART_MAP",
    "CHART_MIX",
    "CHART_MONTHS",
    "CHART_STAFF",
    "CONTENT",
    "LOCATION",
    "NOTICE",
    "PAGE_MAP",
    "PAGE_TOWN",
    "TAB_TITLE",
    "THEME",
    "chart_part",
    "headline",
]

LOCATION = "location"
CONTENT = "page"
NOTICE = "notice"
THEME = "theme"
TAB_TITLE = "tab-title"
PAGE_MAP = "map"
PAGE_TOWN = "town"

CHART_MAP = "map"
CHART_FORECAST = "forecast"
CHART_MONTHS = "months"
CHART_DAYS = "days"
CHART_MIX = "kinds"
CHART_STAFF = "officers"
CHARTS = (CHART_MAP, CHART_FORECAST, CHART_MONTHS, CHART_DAYS, CHART_MIX, CHART_STAFF)


def chart_part(part: str, chart: object) -> dict[str, object]:
    """Id of a part (``title``, ``summary``, ``spec``, ``graph``) of a chart, or a wildcard."""
    return {"type": part, "chart": chart}


def headline(page: object) -> dict[str, object]:
    """Id of the part of a page above its charts that changes with the selection."""
    return {"type": "headline", "page": page}
