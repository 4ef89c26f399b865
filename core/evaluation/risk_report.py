"""How good the model of classes is, beside everything else, ready for JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl
from imblearn.metrics import classification_report_imbalanced

from core.evaluation.classification import (
    CalibrationBin,
    ClassQuality,
    brier_skill,
    class_qualities,
    expected_calibration_error,
    log_loss,
    macro_f1,
    perfect_calibration_error,
    reliability_curve,
    top_k_accuracy,
    weighted_f1,
)
from core.evaluation.risk_audit import (
    AuditRows,
    GroupDifference,
    GroupScore,
    audit_groups,
    group_differences,
)
from core.evaluation.risk_comparison import SERVED, RiskComparison, compare_models
from core.risk.contexts import Floats, Ints
from core.risk.decision import decide
from core.risk.model import class_label, merged

__all__ = ["ClassReport", "ModelScores", "RiskReport", "evaluate_risk", "risk_report_to_json"]

REFERENCE: Final = "place_location"
"""The frequency table that skill is measured against: the historical share of the context."""

RARE: Final = 0.02
"""A class below this share of the training years is rare."""


@dataclass(frozen=True, kw_only=True)
class ModelScores:
    """One model on the test rows; 3 are the broad groups, 13 the shown classes.

    Attributes:
        log_loss_3: In nats; less is better.
        log_loss_13: The same.
        brier_skill_13: Against the historical share of the context; above 0 is better than it.
        ece_13: Ten quantile bins a class, mean over classes.
        macro_f1_13: Of the likeliest class; of the served model by its decision rule.
        top1_13: Share of rows whose likeliest class was right.
        top3_13: Share of rows whose class was among the three likeliest.
        rare_told: Probability given to the rare classes together, mean over rows.
        rare_happened: How often they were it.
    """

    log_loss_3: float
    log_loss_13: float
    brier_skill_13: float
    ece_13: float
    macro_f1_13: float
    top1_13: float
    top3_13: float
    rare_told: float
    rare_happened: float


@dataclass(frozen=True, kw_only=True)
class ClassReport:
    """One shown class of the served model.

    Attributes:
        slug: Of the class.
        label: Short name.
        told: Mean probability.
        happened: Share of the rows.
        quality: Precision, recall and F1 of the decision rule.
        reliability: Ten bins.
    """

    slug: str
    label: str
    told: float
    happened: float
    quality: ClassQuality
    reliability: tuple[CalibrationBin, ...]


@dataclass(frozen=True, kw_only=True)
class RiskReport:
    """What ``ctcrimes evaluate risk`` says.

    Attributes:
        models: Scores by model.
        served: Name of the served one.
        slices: First day of each slice and the last day of the test, by name.
        test_rows: Offences in the test.
        ece_noise_13: Calibration error that the served probabilities would show if all were true.
        likeliest_macro_f1_13: Macro F1 of the served model's likeliest class, without its rule.
        weighted_f1_13: Of its decision rule.
        classes: The shown classes.
        imbalanced: imbalanced-learn's summary of the decision rule, averages over classes.
        resampling: Log loss on validation of each way of meeting imbalance.
        chosen: The way with the least of them.
        settings: What validation chose for each family.
        groups: Scores by group.
        differences: How far groups lie apart.
        history_only: Groups for which history alone is shown, by kind.
    """

    models: Mapping[str, ModelScores]
    served: str
    slices: Mapping[str, date]
    test_rows: int
    ece_noise_13: float
    likeliest_macro_f1_13: float
    weighted_f1_13: float
    classes: tuple[ClassReport, ...]
    imbalanced: Mapping[str, float]
    resampling: Mapping[str, float]
    chosen: str
    settings: Mapping[str, float]
    groups: tuple[GroupScore, ...]
    differences: tuple[GroupDifference, ...]
    history_only: Mapping[str, tuple[str, ...]]


def evaluate_risk(
    offences: pl.DataFrame,
    *,
    places: pl.DataFrame,
    agency_places: pl.DataFrame,
    state: str,
) -> RiskReport:
    """Train the model and all others on what lies before the test, and judge them on it.

    Args:
        offences: The table ``offences`` of a dataset.
        places: The table ``places``; see also
            :func:`~core.risk.groups.with_agency_populations`.
        agency_places: The table ``agency_places``.
        state: Two-letter code.

    Raises:
        RequestError: There are too few months before the last year.
    """
    return report_of(
        compare_models(
            offences,
            places=places,
            agency_places=agency_places,
            state=state,
        )
    )


def report_of(comparison: RiskComparison) -> RiskReport:
    """The report of a comparison."""
    model = comparison.model
    words = model.vocabulary
    inside = comparison.test.classes
    true = words.shown_of_class[inside]
    shown, _ = merged(comparison.told[SERVED], vocabulary=words)
    history, _ = merged(comparison.told[REFERENCE], vocabulary=words)
    decided = decide(shown, offsets=np.array(model.offsets))
    groups = audit_groups(
        AuditRows(
            shown=shown,
            history=history,
            true=true,
            contexts=comparison.test.contexts,
            incidents=comparison.incidents,
        ),
        model=model,
    )
    classes = len(words.shown)
    return RiskReport(
        models={name: _scores(comparison, name=name, decided=decided) for name in comparison.told},
        served=SERVED,
        slices=_days(comparison),
        test_rows=len(true),
        ece_noise_13=perfect_calibration_error(shown),
        likeliest_macro_f1_13=macro_f1(shown.argmax(axis=1), true=true, classes=classes),
        weighted_f1_13=weighted_f1(decided, true=true, classes=classes),
        classes=_class_reports(shown, true=true, decided=decided, slugs=words.shown),
        imbalanced=_imbalanced(decided, true=true),
        resampling=comparison.validation,
        chosen=min(comparison.validation, key=lambda way: comparison.validation[way]),
        settings=comparison.settings,
        groups=groups,
        differences=group_differences(groups),
        history_only={
            kind: tuple(sorted(names)) for kind, names in asdict(model.history_only).items()
        },
    )


def risk_report_to_json(report: RiskReport) -> dict[str, Any]:
    """The report as values of JSON; days as ISO dates."""
    content = asdict(report)
    content["slices"] = {name: day.isoformat() for name, day in report.slices.items()}
    return content


def _scores(comparison: RiskComparison, *, name: str, decided: Ints) -> ModelScores:
    words = comparison.model.vocabulary
    inside = comparison.test.classes
    true, true_broad = words.shown_of_class[inside], words.broad_of_class[inside]
    shown, broad = merged(comparison.told[name], vocabulary=words)
    reference, _ = merged(comparison.told[REFERENCE], vocabulary=words)
    rare = _rare(comparison)
    return ModelScores(
        log_loss_3=log_loss(broad, true=true_broad),
        log_loss_13=log_loss(shown, true=true),
        brier_skill_13=brier_skill(shown, true=true, reference=reference),
        ece_13=expected_calibration_error(shown, true=true),
        macro_f1_13=macro_f1(
            decided if name == SERVED else shown.argmax(axis=1),
            true=true,
            classes=len(words.shown),
        ),
        top1_13=top_k_accuracy(shown, true=true, k=1),
        top3_13=top_k_accuracy(shown, true=true, k=3),
        rare_told=float(shown[:, rare].sum(axis=1).mean()),
        rare_happened=float(np.isin(true, rare).mean()),
    )


def _rare(comparison: RiskComparison) -> Ints:
    overall, _ = merged(comparison.model.history.overall, vocabulary=comparison.model.vocabulary)
    return np.flatnonzero(overall < RARE)


def _class_reports(
    shown: Floats, *, true: Ints, decided: Ints, slugs: tuple[str, ...]
) -> tuple[ClassReport, ...]:
    qualities = class_qualities(decided, true=true, classes=len(slugs))
    return tuple(
        ClassReport(
            slug=slug,
            label=class_label(slug),
            told=float(shown[:, n].mean()),
            happened=float((true == n).mean()),
            quality=qualities[n],
            reliability=reliability_curve(shown[:, n], happened=true == n),
        )
        for n, slug in enumerate(slugs)
    )


def _imbalanced(decided: Ints, *, true: Ints) -> dict[str, float]:
    """Averages over the classes that occur: ``avg_pre``, ``avg_rec``, ``avg_geo`` and the like."""
    report = classification_report_imbalanced(
        true, decided, labels=np.unique(true), output_dict=True, zero_division=0
    )
    return {name: float(report[name]) for name in report if str(name).startswith("avg_")}


def _days(comparison: RiskComparison) -> dict[str, date]:
    slices, days = comparison.model.slices, comparison.test.days
    return {
        "train": slices.first_day,
        "validation": slices.validation,
        "calibration": slices.calibration,
        "test": days.min().item(),
        "last_day": days.max().item(),
    }
