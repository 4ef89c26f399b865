"""The comparison of models of classes as tables."""

from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.methods_risk import (
    CLASS_MEASURES,
    RiskEvaluation,
    class_model_label,
    class_titled,
    classes_title,
    reliability_title,
)
from webapp.views.methods_tables import amount, count_cell, measure_table, share_cell
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = ["class_quality_table", "classes_table", "reliability_table", "risk_audit_table"]


def classes_table(evaluation: RiskEvaluation) -> TableView:
    """A row a model, every measure."""
    validated = {way.name: way.log_loss for way in evaluation.validated}
    rows = tuple(
        (
            Cell(text=words.capitalised(class_model_label(row.name))),
            *(amount(measure.of(row)) for measure in CLASS_MEASURES),
            *map(
                share_cell,
                (row.brier_skill_13, row.macro_f1_13, row.top1_13, row.top3_13, row.rare_told),
            ),
            amount(validated.get(row.name)),
        )
        for row in evaluation.models
    )
    return measure_table(
        classes_title(evaluation),
        text=(Column(name="model", label=gettext("Model"), kind=ColumnKind.TEXT),),
        numbers=[
            *((measure.name, measure.label) for measure in CLASS_MEASURES),
            ("brier_skill_13", gettext_noop("Brier skill")),
            ("macro_f1_13", gettext_noop("Macro F1")),
            ("top1_13", gettext_noop("Likeliest right")),
            ("top3_13", gettext_noop("Among three")),
            ("rare_told", gettext_noop("Rare classes told")),
            ("validation_log_loss_13", gettext_noop("Validation log loss")),
        ],
        rows=rows,
        file="class-models",
        source=evaluation.provenance.source,
    )


def reliability_table(evaluation: RiskEvaluation) -> TableView:
    """A row a class and bin."""
    rows = tuple(
        (
            Cell(text=each.label),
            count_cell(number),
            share_cell(part.told),
            share_cell(part.happened),
            count_cell(part.rows),
        )
        for each in evaluation.classes
        for number, part in enumerate(each.bins, start=1)
    )
    return measure_table(
        reliability_title(evaluation),
        text=(Column(name="class", label=gettext("Class"), kind=ColumnKind.TEXT),),
        numbers=[
            ("bin", gettext_noop("Bin")),
            ("told", gettext_noop("Told")),
            ("happened", gettext_noop("Happened")),
            ("offences", gettext_noop("Offences")),
        ],
        rows=rows,
        file="reliability",
        source=evaluation.provenance.source,
    )


def class_quality_table(evaluation: RiskEvaluation) -> TableView:
    """A row a class."""
    rows = tuple(
        (
            Cell(text=each.label),
            *map(share_cell, (each.told, each.happened, each.precision, each.recall)),
        )
        for each in evaluation.classes
    )
    return measure_table(
        class_titled(gettext("Classes of the served model"), evaluation),
        text=(Column(name="class", label=gettext("Class"), kind=ColumnKind.TEXT),),
        numbers=[
            ("told", gettext_noop("Told")),
            ("happened", gettext_noop("Happened")),
            ("precision", gettext_noop("Precision")),
            ("recall", gettext_noop("Recall")),
        ],
        rows=rows,
        file="classes",
        source=evaluation.provenance.source,
    )


_KINDS = {
    "town_size": gettext_noop("Size of the town"),
    "region": gettext_noop("Region"),
    "location_area": gettext_noop("Surroundings"),
    "location_type": gettext_noop("Location type"),
}


def risk_audit_table(evaluation: RiskEvaluation) -> TableView:
    """A row a group of test offences."""
    rows = tuple(
        (
            Cell(text=words.capitalised(group.name)),
            Cell(text=gettext(_KINDS.get(group.kind, group.kind))),
            count_cell(group.rows),
            amount(group.log_loss),
            share_cell(group.brier_skill),
            share_cell(group.skill_lower),
            share_cell(group.skill_upper),
            amount(group.ece),
            amount(group.ece_noise),
            share_cell(group.top1),
        )
        for group in evaluation.groups
    )
    return measure_table(
        class_titled(gettext("The served model of classes by group"), evaluation),
        text=(
            Column(name="group", label=gettext("Group"), kind=ColumnKind.TEXT),
            Column(name="grouped_by", label=gettext("Grouped by"), kind=ColumnKind.TEXT),
        ),
        numbers=[
            ("offences", gettext_noop("Offences")),
            ("log_loss", gettext_noop("Log loss")),
            ("brier_skill", gettext_noop("Brier skill")),
            ("brier_skill_lower", gettext_noop("95\N{NO-BREAK SPACE}% from")),
            ("brier_skill_upper", gettext_noop("to")),
            ("ece", gettext_noop("Calibration error")),
            ("ece_noise", gettext_noop("by chance")),
            ("top1", gettext_noop("Likeliest right")),
        ],
        rows=rows,
        file="class-audit",
        source=evaluation.provenance.source,
    )
