"""What the scripts in the browser say, and how Plotly writes numbers and dates there.

Scripts know a message by its key and never hold a sentence themselves.
"""

from collections.abc import Mapping

from webapp.components.terms import term_labels
from webapp.language import decimal_marks, gettext, locale, spoken

__all__ = ["browser_words", "plotly_locale"]


def browser_words() -> Mapping[str, str]:
    """Message by key; ``{name}`` in a message is filled by the script."""
    return {
        **{f"term-{key}": label for key, label in term_labels().items()},
        "terms": gettext("What is meant:"),
        "table": gettext("Table"),
        "link": gettext("Link"),
        "embed": gettext("Embed"),
        "cite": gettext("Cite"),
        "cite-failed": gettext("No answer"),
        "bridge": gettext("bridge to today"),
        "carried-on": gettext("and carried on to"),
        "copied": gettext("Copied"),
        "copy-citation": gettext("Copy this citation"),
        "copy-frame": gettext("Copy this frame"),
        "copy-link": gettext("Copy this link"),
        "in-months": gettext(" in {count} mo."),
        "found": gettext("{count} found"),
        "found-none": gettext("Nothing found"),
        "no-bridge": gettext("no bridge"),
        "open-place": gettext("Open {place}"),
        "county-agencies": gettext("Its agencies"),
        "point": gettext("Point at a town to see it here; click to open it."),
        "point-county": gettext("Point at a county to see it here; click to keep it here."),
        "pointed": gettext("Pointed at"),
        "reset": gettext("to {day}"),
        "selected": gettext("Selected"),
        "state": gettext("The whole State"),
        "table-failed": gettext("The table could not be loaded. Try again later."),
        "theme": gettext("Colour theme: {choice}"),
        "theme-change": gettext("Colour theme: {choice}. Change to {next}"),
        "theme-dark": gettext("dark"),
        "theme-light": gettext("light"),
        "theme-system": gettext("system"),
    }


def plotly_locale() -> Mapping[str, object]:
    """A locale as Plotly registers it, from the Unicode consortium's data (CLDR)."""
    own = locale()
    point, group = decimal_marks()
    return {
        "moduleType": "locale",
        "name": str(spoken()),
        "dictionary": {},
        "format": {
            "days": [own.days["stand-alone"]["wide"][(day - 1) % 7] for day in range(7)],
            "shortDays": [
                own.days["stand-alone"]["abbreviated"][(day - 1) % 7] for day in range(7)
            ],
            "months": [own.months["stand-alone"]["wide"][month] for month in range(1, 13)],
            "shortMonths": [
                own.months["stand-alone"]["abbreviated"][month] for month in range(1, 13)
            ],
            "periods": ["AM", "PM"],
            "dateTime": "%a %-d %b %Y %X",
            "date": "%-d %b %Y",
            "time": "%H:%M:%S",
            "year": "%Y",
            "month": "%b %Y",
            "dayMonth": "%-d %b",
            "dayMonthYear": "%-d %b %Y",
            "decimal": point,
            "thousands": group,
            "grouping": [3],
            "currency": ["$", ""],
        },
    }
