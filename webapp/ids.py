"""Every component id, as a constant or a small constructor; the scripts in assets/ use the same."""

__all__ = [
    "CHARTS",
    "CHART_AGENCIES",
    "CHART_AUDIT",
    "CHART_BACKTEST",
    "CHART_CLASSES",
    "CHART_CLASS_GROUPS",
    "CHART_CLASS_QUALITY",
    "CHART_COMPARE_FORECAST",
    "CHART_COMPARE_KINDS",
    "CHART_COMPARE_MONTHS",
    "CHART_COMPARE_OFFICERS",
    "CHART_COVERAGE",
    "CHART_DAYS",
    "CHART_FORECAST",
    "CHART_HOURS",
    "CHART_KINDS_BY_YEAR",
    "CHART_LOCATIONS",
    "CHART_MAP",
    "CHART_MIX",
    "CHART_MONTHS",
    "CHART_OFFICERS_PLACES",
    "CHART_OFFICERS_RATE",
    "CHART_OFFICERS_SEX",
    "CHART_PROFILE",
    "CHART_RELIABILITY",
    "CHART_RISK",
    "CHART_RISK_HISTORY",
    "CHART_STAFF",
    "CONTENT",
    "LOCATION",
    "NOTICE",
    "PAGE_COMPARE",
    "PAGE_MAP",
    "PAGE_METHODS",
    "PAGE_OFFICERS",
    "PAGE_RISK",
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
PAGE_OFFICERS = "officers"
PAGE_COMPARE = "compare"
PAGE_RISK = "risk"
PAGE_METHODS = "methods"

CHART_MAP = "map"
CHART_AGENCIES = "agencies"
CHART_FORECAST = "forecast"
CHART_MONTHS = "months"
CHART_DAYS = "days"
CHART_MIX = "kinds"
CHART_STAFF = "officers"
CHART_HOURS = "hours"
CHART_LOCATIONS = "locations"
CHART_PROFILE = "month-profile"
CHART_KINDS_BY_YEAR = "kinds-by-year"
CHART_OFFICERS_SEX = "officers-by-sex"
CHART_OFFICERS_RATE = "officers-per-1000"
CHART_OFFICERS_PLACES = "officers-by-place"
CHART_COMPARE_MONTHS = "compare-months"
CHART_COMPARE_FORECAST = "compare-forecast"
CHART_COMPARE_KINDS = "compare-kinds"
CHART_COMPARE_OFFICERS = "compare-officers"
CHART_BACKTEST = "backtest"
CHART_COVERAGE = "interval-coverage"
CHART_AUDIT = "forecast-audit"
CHART_CLASS_GROUPS = "class-groups"
CHART_CLASS_QUALITY = "class-quality"
CHART_CLASSES = "class-models"
CHART_RELIABILITY = "reliability"
CHART_RISK = "risk"
CHART_RISK_HISTORY = "risk-history"
CHARTS = (
    CHART_MAP,
    CHART_FORECAST,
    CHART_MONTHS,
    CHART_DAYS,
    CHART_MIX,
    CHART_STAFF,
    CHART_HOURS,
    CHART_LOCATIONS,
    CHART_PROFILE,
    CHART_KINDS_BY_YEAR,
    CHART_OFFICERS_SEX,
    CHART_OFFICERS_RATE,
    CHART_COMPARE_MONTHS,
    CHART_COMPARE_FORECAST,
    CHART_COMPARE_KINDS,
    CHART_COMPARE_OFFICERS,
    CHART_RISK,
    CHART_RISK_HISTORY,
    CHART_BACKTEST,
    CHART_COVERAGE,
    CHART_AUDIT,
    CHART_CLASSES,
    CHART_RELIABILITY,
)


def chart_part(part: str, chart: object) -> dict[str, object]:
    """Id of a part (``title``, ``summary``, ``spec``, ``graph``) of a chart, or a wildcard."""
    return {"type": part, "chart": chart}


def headline(page: object) -> dict[str, object]:
    """Id of the part of a page above its charts that changes with the selection."""
    return {"type": "headline", "page": page}
