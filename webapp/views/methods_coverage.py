"""How often the intervals held, and how good the forecast is in which group of places."""

from dataclasses import replace

from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.methods_tables import amount, count_cell, measure_table, share_cell
from webapp.views.methods_volume import Covered, VolumeEvaluation, served_scores, titled
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "audit_summary",
    "audit_table",
    "audit_title",
    "coverage_rows",
    "coverage_summary",
    "coverage_table",
    "coverage_title",
    "grouping_label",
]


def coverage_title(evaluation: VolumeEvaluation) -> str:
    """Title of the figure."""
    return titled(gettext("Days and totals that lay inside their intervals"), evaluation)


def coverage_summary(evaluation: VolumeEvaluation) -> str:
    """One sentence on the 80 % interval."""
    known = [row for row in evaluation.bands if row.coverage_80 is not None]
    served = served_scores(evaluation).coverage_80
    if served is None or not known:
        return gettext("No interval was judged.")
    low = min(known, key=lambda row: row.coverage_80 or 0.0)
    high = max(known, key=lambda row: row.coverage_80 or 0.0)
    return gettext(
        "The 80\N{NO-BREAK SPACE}% intervals held {all} of all days: from {low} in places with "
        "{low_band} to {high} in those with {high_band}.",
        all=words.percent(served),
        low=words.percent(low.coverage_80 or 0.0),
        low_band=gettext(low.label),
        high=words.percent(high.coverage_80 or 0.0),
        high_band=gettext(high.label),
    )


def coverage_rows(evaluation: VolumeEvaluation) -> tuple[Covered, ...]:
    """Everything whose coverage was measured, from all days to totals."""
    served = served_scores(evaluation)
    whole = Covered(
        label=gettext("All days"),
        days=sum(row.days or 0 for row in evaluation.bands),
        coverage_50=served.coverage_50,
        coverage_80=served.coverage_80,
        coverage_95=served.coverage_95,
    )
    bands = (
        replace(band, label=gettext("Places with {band}", band=gettext(band.label)))
        for band in evaluation.bands
    )
    return (whole, *bands, *evaluation.leads, evaluation.totals)


def coverage_table(evaluation: VolumeEvaluation) -> TableView:
    """A row a kind of days."""
    rows = tuple(
        (
            Cell(text=row.label),
            count_cell(row.days),
            *map(share_cell, (row.coverage_50, row.coverage_80, row.coverage_95)),
        )
        for row in coverage_rows(evaluation)
    )
    return measure_table(
        coverage_title(evaluation),
        text=(Column(name="days_of", label=gettext("Which days"), kind=ColumnKind.TEXT),),
        numbers=[
            ("days", gettext_noop("How many")),
            ("coverage_50", gettext_noop("in 50\N{NO-BREAK SPACE}%")),
            ("coverage_80", gettext_noop("in 80\N{NO-BREAK SPACE}%")),
            ("coverage_95", gettext_noop("in 95\N{NO-BREAK SPACE}%")),
        ],
        rows=rows,
        file="interval-coverage",
        source=evaluation.provenance.source,
    )


_GROUPINGS = {
    "volume": gettext_noop("Offences a day"),
    "size": gettext_noop("Size of the town"),
    "region": gettext_noop("Region"),
    "reporting": gettext_noop("Months reported"),
}


def grouping_label(grouping: str) -> str:
    """What places are grouped by."""
    if grouping in _GROUPINGS:
        return gettext(_GROUPINGS[grouping])
    return grouping.replace("_", " ").capitalize()


def audit_title(evaluation: VolumeEvaluation) -> str:
    """Title of the figure."""
    return titled(gettext("Error of the served forecast by group of places (WAPE)"), evaluation)


def audit_summary(evaluation: VolumeEvaluation) -> str:
    """One sentence on what the groups differ by."""
    known = [row for row in evaluation.audit if row.wape is not None and row.grouping == "volume"]
    if not known:
        return gettext("No group was large enough to be judged.")
    low = min(known, key=lambda row: row.wape or 0.0)
    high = max(known, key=lambda row: row.wape or 0.0)
    return gettext(
        "The error of single days is {low} of what is reported in places with {low_group} and "
        "{high} in those with {high_group}: small counts vary by chance, whoever forecasts them.",
        low=words.percent(low.wape or 0.0),
        low_group=low.group,
        high=words.percent(high.wape or 0.0),
        high_group=high.group,
    )


def audit_table(evaluation: VolumeEvaluation) -> TableView:
    """A row a group."""
    rows = tuple(
        (
            Cell(text=row.group),
            Cell(text=grouping_label(row.grouping)),
            count_cell(row.places),
            count_cell(row.days),
            amount(row.wape),
            amount(row.deviance),
            share_cell(row.bias),
            share_cell(row.coverage_80),
        )
        for row in evaluation.audit
    )
    return measure_table(
        audit_title(evaluation),
        text=(
            Column(name="group", label=gettext("Group"), kind=ColumnKind.TEXT),
            Column(name="grouped_by", label=gettext("Grouped by"), kind=ColumnKind.TEXT),
        ),
        numbers=[
            ("places", gettext_noop("Places")),
            ("days", gettext_noop("Days")),
            ("wape", gettext_noop("WAPE")),
            ("deviance", gettext_noop("Deviance")),
            ("bias", gettext_noop("Bias")),
            ("coverage_80", gettext_noop("80\N{NO-BREAK SPACE}% held")),
        ],
        rows=rows,
        file="forecast-audit",
        source=evaluation.provenance.source,
    )
