"""Buttons that open definitions where the words stand."""

from collections.abc import Mapping, Sequence

from dash import html

from webapp import ids
from webapp.components.attributes import wild
from webapp.language import gettext, gettext_noop

__all__ = ["choices_button", "term_labels", "terms_line", "terms_of"]

_OFFENCES = ("offence", "reported")
_FORECAST = ("median", "interval", "baseline", "reported")
_ERRORS = ("deviance", "wape", "mase", "crps", "bias", "baseline")
_CLASSES = ("log-loss", "brier-skill", "calibration-error")

# Keys of webapp.views.glossary; "kinds" stands for all categories of offences.
_TERMS: Mapping[str, Sequence[str]] = {
    ids.CHART_MAP: ("reported", "kinds"),
    ids.CHART_FORECAST: _FORECAST,
    ids.CHART_MONTHS: _OFFENCES,
    ids.CHART_DAYS: _OFFENCES,
    ids.CHART_MIX: ("kinds",),
    ids.CHART_STAFF: ("officers",),
    ids.CHART_HOURS: ("reported",),
    ids.CHART_LOCATIONS: ("offence",),
    ids.CHART_PROFILE: ("reported",),
    ids.CHART_KINDS_BY_YEAR: ("kinds",),
    ids.CHART_OFFICERS_SEX: ("officers",),
    ids.CHART_OFFICERS_RATE: ("officers",),
    ids.CHART_COMPARE_MONTHS: ("rate", "reported"),
    ids.CHART_COMPARE_FORECAST: _FORECAST,
    ids.CHART_COMPARE_KINDS: ("kinds",),
    ids.CHART_COMPARE_OFFICERS: ("officers",),
    ids.CHART_RISK: ("reported", "kinds"),
    ids.CHART_RISK_HISTORY: ("reported", "kinds"),
    ids.CHART_BACKTEST: _ERRORS,
    ids.CHART_COVERAGE: ("interval",),
    ids.CHART_AUDIT: ("deviance", "bias"),
    ids.CHART_CLASSES: _CLASSES,
    ids.CHART_RELIABILITY: ("calibration-error",),
}

_LABELS: Mapping[str, str] = {
    "offence": gettext_noop("Offence"),
    "reported": gettext_noop("Reported"),
    "rate": gettext_noop("Per 1,000 people"),
    "officers": gettext_noop("Sworn officers"),
    "median": gettext_noop("Median"),
    "interval": gettext_noop("50, 80 and 95 % interval"),
    "baseline": gettext_noop("Baseline"),
    "deviance": gettext_noop("Poisson deviance"),
    "wape": gettext_noop("WAPE"),
    "mase": gettext_noop("MASE, RMSSE"),
    "crps": gettext_noop("CRPS"),
    "bias": gettext_noop("Bias"),
    "log-loss": gettext_noop("Log loss"),
    "brier-skill": gettext_noop("Brier skill"),
    "calibration-error": gettext_noop("Calibration error"),
    "kinds": gettext_noop("Kinds of offences"),
}


def term_labels() -> Mapping[str, str]:
    """What the buttons of the terms say, by key."""
    return {key: gettext(label) for key, label in _LABELS.items()}


def terms_of(chart: str) -> Sequence[str]:
    """Keys of the words of a chart that have a definition.

    Args:
        chart: One of :data:`webapp.ids.CHARTS`.
    """
    return _TERMS[chart]


def terms_line(chart: str) -> html.P:
    """A slot that a script fills with a button for each of the words of a chart."""
    return html.P(className="terms", **wild(data_terms=" ".join(terms_of(chart))))


def choices_button() -> html.Button:
    """What the values mean that are chosen in the sentence around it."""
    return html.Button(
        "?",
        type="button",
        className="define",
        **wild(
            data_define="choices",
            aria_haspopup="dialog",
            aria_label=gettext("What the chosen words mean"),
        ),
    )
