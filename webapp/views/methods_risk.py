"""What the comparison of models of classes measured, in words and tables."""

from dataclasses import dataclass
from datetime import date

from core.nibrs.codes import BroadGroup
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.methods_tables import Measure, better_rows

__all__ = [
    "CLASS_MEASURES",
    "ClassBin",
    "ClassGroup",
    "ClassQuality",
    "ClassScores",
    "RiskEvaluation",
    "Validated",
    "better_models",
    "class_model_label",
    "class_titled",
    "classes_summary",
    "classes_title",
    "reliability_summary",
    "reliability_title",
    "served_class_scores",
]


@dataclass(frozen=True, kw_only=True)
class ClassScores:
    """One model of classes on the test; null where a measure has no value.

    Attributes:
        name: Of the model.
        log_loss_3: Of the three broad groups, in nats.
        log_loss_13: Of the shown classes.
        brier_skill_13: Against the historical share of the context; above 0 is better.
        ece_13: Expected calibration error.
        macro_f1_13: Of the decided class, mean over classes.
        top1_13: Share of offences whose likeliest class was right.
        top3_13: Share whose class was among the three likeliest.
        rare_told: Probability of the rare classes together, mean over offences.
        rare_happened: How often they were it.
    """

    name: str
    log_loss_3: float | None
    log_loss_13: float | None
    brier_skill_13: float | None
    ece_13: float | None
    macro_f1_13: float | None
    top1_13: float | None
    top3_13: float | None
    rare_told: float | None
    rare_happened: float | None


@dataclass(frozen=True, kw_only=True)
class ClassBin:
    """Test offences whose probability of one class is alike."""

    told: float
    happened: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class ClassQuality:
    """One shown class of the served model.

    Attributes:
        slug: Of the class.
        label: Its name.
        broad: Its broad group; null for the rest.
        told: Mean probability.
        happened: Share of the test offences.
        precision: Share of decided offences that were of the class.
        recall: Share of offences of the class that were decided so.
        bins: By probability, ascending.
    """

    slug: str
    label: str
    broad: BroadGroup | None
    told: float
    happened: float
    precision: float | None
    recall: float | None
    bins: tuple[ClassBin, ...]


@dataclass(frozen=True, kw_only=True)
class ClassGroup:
    """The served model in one group of test offences."""

    kind: str
    name: str
    rows: int
    log_loss: float | None
    brier_skill: float | None
    skill_lower: float | None
    skill_upper: float | None
    ece: float | None
    ece_noise: float | None
    top1: float | None


@dataclass(frozen=True, kw_only=True)
class Validated:
    """A way of meeting imbalance, and its log loss on validation."""

    name: str
    log_loss: float | None


@dataclass(frozen=True, kw_only=True)
class RiskEvaluation:
    """A comparison of models of classes on later offences.

    Attributes:
        state_name: Name of the State.
        train: First day of training.
        validation: First day of validation.
        calibration: First day of calibration.
        test: First day of the test.
        last_day: Last day of the test.
        rows: Offences of the test.
        served: Name in ``models`` of what is served.
        ece_noise: Calibration error that true probabilities would show.
        models: Every model.
        validated: Ways of meeting imbalance on validation.
        chosen: The best of them.
        classes: The shown classes.
        groups: The served model by group.
        history_only: Groups for which the page shows history alone.
        provenance: Source.
    """

    state_name: str
    train: date
    validation: date
    calibration: date
    test: date
    last_day: date
    rows: int
    served: str
    ece_noise: float | None
    models: tuple[ClassScores, ...]
    validated: tuple[Validated, ...]
    chosen: str
    classes: tuple[ClassQuality, ...]
    groups: tuple[ClassGroup, ...]
    history_only: tuple[str, ...]
    provenance: Provenance

    @property
    def when(self) -> str:
        """The test in words."""
        return gettext(
            "{count} offences, {first} to {last}",
            count=words.number(self.rows),
            first=words.day(self.test),
            last=words.day(self.last_day),
        )


_MODELS = {
    "lightgbm": gettext_noop("served model"),
    "random_forest": gettext_noop("random forest"),
    "logistic_regression": gettext_noop("logistic regression"),
    "neural_network": gettext_noop("neural network"),
    "overall": gettext_noop("past shares of the State"),
    "place": gettext_noop("past shares of the place"),
    "location": gettext_noop("past shares of the location type"),
    "place_hour": gettext_noop("past shares of place and hour"),
    "place_location": gettext_noop("past shares of place and location type"),
}
_WAYS = {
    "plain": gettext_noop("booster as it is"),
    "class_weights": gettext_noop("class weights"),
    "undersampling": gettext_noop("undersampling"),
    "smote": gettext_noop("SMOTE"),
}


_CALIBRATIONS = {
    "temperature": gettext_noop("temperature"),
    "sigmoid": gettext_noop("sigmoid"),
    "isotonic": gettext_noop("isotonic"),
}


def class_model_label(name: str) -> str:
    """Name of a model as a chart and a table show it.

    >>> class_model_label("smote_isotonic")
    'SMOTE, isotonic'
    """
    if name in _MODELS:
        return gettext(_MODELS[name])
    for way, label in _WAYS.items():
        if name.startswith(way):
            calibration = name.removeprefix(way).strip("_")
            said = gettext(label)
            return f"{said}, {gettext(_CALIBRATIONS[calibration])}" if calibration else said
    return name.replace("_", " ")


CLASS_MEASURES: tuple[Measure[ClassScores], ...] = (
    Measure(
        "log_loss_13",
        gettext_noop("Log loss, classes"),
        lambda row: row.log_loss_13,
        gettext_noop("log loss of classes"),
    ),
    Measure(
        "log_loss_3",
        gettext_noop("Log loss, groups"),
        lambda row: row.log_loss_3,
        gettext_noop("log loss of groups"),
    ),
    Measure(
        "ece_13",
        gettext_noop("Calibration error"),
        lambda row: row.ece_13,
        gettext_noop("calibration error"),
    ),
)
"""Measures of which less is better; the first is drawn."""


def served_class_scores(evaluation: RiskEvaluation) -> ClassScores:
    """The scores of what is served."""
    return next(row for row in evaluation.models if row.name == evaluation.served)


def better_models(evaluation: RiskEvaluation) -> tuple[str, ...]:
    """For each measure in which another model is better than what is served, the best of them."""
    return better_rows(
        evaluation.models,
        served=served_class_scores(evaluation),
        measures=CLASS_MEASURES,
        named=lambda row: class_model_label(row.name),
    )


def class_titled(what: str, evaluation: RiskEvaluation) -> str:
    """A title with where and when."""
    title = f"{what}, {evaluation.state_name}, {evaluation.when}"
    return words.simulated(title) if evaluation.provenance.synthetic else title


def classes_title(evaluation: RiskEvaluation) -> str:
    """Title of the figure of all models."""
    return class_titled(gettext("Log loss of each model of classes"), evaluation)


def classes_summary(evaluation: RiskEvaluation) -> str:
    """One sentence on the served model, and on what resampling does to rare classes."""
    served = served_class_scores(evaluation)
    if served.log_loss_13 is None or served.rare_told is None or served.rare_happened is None:
        return gettext("The served model was not judged.")
    text = gettext(
        "The served model has a log loss of {loss}; it gives rare classes {told} together, and "
        "{happened} of the offences were of them",
        loss=words.decimal(served.log_loss_13, places=3),
        told=words.percent(served.rare_told),
        happened=words.percent(served.rare_happened),
    )
    smote = next((row for row in evaluation.models if row.name == "smote"), None)
    if smote is None or smote.rare_told is None:
        return f"{text}."
    told = words.percent(smote.rare_told)
    return text + gettext(": SMOTE without calibration would have told {percent}.", percent=told)


def reliability_title(evaluation: RiskEvaluation) -> str:
    """Title of the figure."""
    return class_titled(
        gettext("What the served model told against what happened, by class"), evaluation
    )


def reliability_summary(evaluation: RiskEvaluation) -> str:
    """One sentence on the calibration."""
    served = served_class_scores(evaluation)
    if served.ece_13 is None or evaluation.ece_noise is None:
        return gettext("Calibration was not judged.")
    return gettext(
        "What was told lies {error} beside what happened, on average over classes; with this many "
        "offences even true probabilities would lie {noise} beside it.",
        error=_points(served.ece_13),
        noise=_points(evaluation.ece_noise),
    )


def _points(value: float) -> str:
    return gettext("{count} points", count=words.decimal(value * 100, places=2))
