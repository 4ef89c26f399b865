"""How often the intervals held, and how good the forecast is in which group of places."""

from dataclasses import replace

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
    return titled("Days and totals that lay inside their intervals", evaluation)


def coverage_summary(evaluation: VolumeEvaluation) -> str:
    """One sentence on the 80 % interval."""
    known = [row for row in evaluation.bands if row.coverage_80 is not None]
    served = served_scores(evaluation).coverage_80
    if served is None or not known:
        return "No interval was judged."
    low = min(known, key=lambda row: row.coverage_80 or 0.0)
    high = max(known, key=lambda row: row.coverage_80 or 0.0)
    return (
        f"The 80\N{NO-BREAK SPACE}% intervals held {words.percent(served)} of all days: from "
        f"{words.percent(low.coverage_80 or 0.0)} in places with {low.label} to "
        f"{words.percent(high.coverage_80 or 0.0)} in those with {high.label}."
    )


def coverage_rows(evaluation: VolumeEvaluation) -> tuple[Covered, ...]:
    """Everything whose coverage was measured, from all days to totals."""
    served = served_scores(evaluation)
    whole = Covered(
        label="All days",
        days=sum(row.days or 0 for row in evaluation.bands),
        coverage_50=served.coverage_50,
        coverage_80=served.coverage_80,
        coverage_95=served.coverage_95,
    )
    bands = (replace(band, label=f"Places with {band.label}") for band in evaluation.bands)
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
        text=(Column(name="days_of", label="Which days", kind=ColumnKind.TEXT),),
        numbers=[
            ("days", "How many"),
            ("coverage_50", "in 50\N{NO-BREAK SPACE}%"),
            ("coverage_80", "in 80\N{NO-BREAK SPACE}%"),
            ("coverage_95", "in 95\N{NO-BREAK SPACE}%"),
        ],
        rows=rows,
        file="interval-coverage",
        source=evaluation.provenance.source,
    )


_GROUPINGS = {
    "volume": "Offences a day",
    "size": "Size of the town",
    "region": "Region",
    "reporting": "Months reported",
}


def grouping_label(grouping: str) -> str:
    """What places are grouped by."""
    return _GROUPINGS.get(grouping, grouping.replace("_", " ").capitalize())


def audit_title(evaluation: VolumeEvaluation) -> str:
    """Title of the figure."""
    return titled("Error of the served forecast by group of places (WAPE)", evaluation)


def audit_summary(evaluation: VolumeEvaluation) -> str:
    """One sentence on what the groups differ by."""
    known = [row for row in evaluation.audit if row.wape is not None and row.grouping == "volume"]
    if not known:
        return "No group was large enough to be judged."
    low = min(known, key=lambda row: row.wape or 0.0)
    high = max(known, key=lambda row: row.wape or 0.0)
    return (
        f"The error of single days is {words.percent(low.wape or 0.0)} of what is reported in "
        f"places with {low.group} and {words.percent(high.wape or 0.0)} in those with "
        f"{high.group}: small counts vary by chance, whoever forecasts them."
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
            Column(name="group", label="Group", kind=ColumnKind.TEXT),
            Column(name="grouped_by", label="Grouped by", kind=ColumnKind.TEXT),
        ),
        numbers=[
            ("places", "Places"), ("days", "Days"), ("wape", "WAPE"), ("deviance", "Deviance"),
            ("bias", "Bias"), ("coverage_80", "80\N{NO-BREAK SPACE}% held"),
        ],
        rows=rows,
        file="forecast-audit",
        source=evaluation.provenance.source,
    )  # fmt: skip
