"""For whom the model of classes is better and for whom worse: groups of towns and contexts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.evaluation.classification import (
    Floats,
    Ints,
    expected_calibration_error,
    log_loss_by_row,
    perfect_calibration_error,
    top_k_accuracy,
)
from core.nibrs.codes import LOCATION_TYPES
from core.risk.calibration import brier_by_row
from core.risk.contexts import ContextTable
from core.risk.groups import BANDS
from core.risk.model import RiskModel
from core.risk.vocabulary import AREAS, LOCATIONS

__all__ = ["GroupDifference", "GroupScore", "Interval", "audit_groups", "group_differences"]

FEWEST_ROWS: Final = 200
"""A group with fewer test rows is not judged."""

_DRAWS: Final = 200
_SEED: Final = 20


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A measure with its 95 % bootstrap interval, drawn by incident."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class GroupScore:
    """How the model does in one group.

    Attributes:
        kind: ``town_size``, ``region``, ``location_area`` or ``location_type``.
        name: Of the group.
        rows: Test offences.
        log_loss: Of the shown classes.
        brier_skill: Against the historical share of the context.
        ece: Expected calibration error.
        ece_noise: What it would be if every probability were true.
        top1: Share decided right by the likeliest class.
    """

    kind: str
    name: str
    rows: int
    log_loss: Interval
    brier_skill: Interval
    ece: float
    ece_noise: float
    top1: float


@dataclass(frozen=True, kw_only=True)
class GroupDifference:
    """How far the groups of one kind lie apart in one measure."""

    kind: str
    measure: str
    largest: str
    smallest: str
    difference: float


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditRows:
    """Test rows to be audited.

    Attributes:
        shown: Probabilities of the shown classes.
        history: Historical shares of the same.
        true: Position of the shown class.
        contexts: Where and when.
        incidents: Incident of each row; rows of one incident are drawn together.
    """

    shown: Floats
    history: Floats
    true: Ints
    contexts: ContextTable
    incidents: Ints


def audit_groups(rows: AuditRows, *, model: RiskModel) -> tuple[GroupScore, ...]:
    """Score every group that has at least 200 rows."""
    weights = _draws(rows.incidents)
    losses = log_loss_by_row(rows.shown, true=rows.true)
    brier = brier_by_row(rows.shown, true=rows.true)
    brier_of_history = brier_by_row(rows.history, true=rows.true)

    def score(kind: str, name: str, here: NDArray[np.bool_]) -> GroupScore:
        shown, true, drawn = rows.shown[here], rows.true[here], weights[:, here]
        return GroupScore(
            kind=kind,
            name=name,
            rows=int(here.sum()),
            log_loss=_interval(drawn, lambda w: float(w @ losses[here] / w.sum())),
            brier_skill=_interval(
                drawn, lambda w: 1 - float((w @ brier[here]) / (w @ brier_of_history[here]))
            ),
            ece=expected_calibration_error(shown, true=true),
            ece_noise=perfect_calibration_error(shown),
            top1=top_k_accuracy(shown, true=true, k=1),
        )

    return tuple(
        score(kind, name, here)
        for kind, name, here in _groups(rows.contexts, model=model)
        if here.sum() >= FEWEST_ROWS
    )


def group_differences(scores: tuple[GroupScore, ...]) -> tuple[GroupDifference, ...]:
    """The largest difference between groups of each kind, in error, skill and calibration."""
    measures: dict[str, Callable[[GroupScore], float]] = {
        "log_loss": lambda score: score.log_loss.value,
        "brier_skill": lambda score: score.brier_skill.value,
        "ece": lambda score: score.ece,
    }
    found = []
    for kind in dict.fromkeys(score.kind for score in scores):
        of_kind = [score for score in scores if score.kind == kind]
        for name, measure in measures.items():
            most, least = max(of_kind, key=measure), min(of_kind, key=measure)
            found.append(
                GroupDifference(
                    kind=kind,
                    measure=name,
                    largest=most.name,
                    smallest=least.name,
                    difference=measure(most) - measure(least),
                )
            )
    return tuple(found)


def _groups(
    contexts: ContextTable, *, model: RiskModel
) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    bands = np.array(model.bands)[contexts.place]
    for kind, codes, names in (
        ("town_size", bands, BANDS),
        ("region", contexts.region, model.vocabulary.regions),
        ("location_area", contexts.area, tuple(area.value for area in AREAS)),
        (
            "location_type",
            contexts.location,
            tuple(LOCATION_TYPES[code].name for code in LOCATIONS),
        ),
    ):
        for code, name in enumerate(names):
            yield kind, name, codes == code


def _draws(incidents: Ints) -> Floats:
    """How often each row is drawn, shape (draws, rows): Poisson with mean 1 for each incident."""
    random = np.random.default_rng(_SEED)
    _, position = np.unique(incidents, return_inverse=True)
    drawn = random.poisson(1.0, size=(_DRAWS, int(position.max()) + 1))
    return drawn[:, position].astype(np.float64)


def _interval(weights: Floats, measure: Callable[[Floats], float]) -> Interval:
    values = [measure(each) for each in weights if each.any()]
    lower, upper = np.quantile(values, [0.025, 0.975])
    return Interval(
        value=measure(np.ones(weights.shape[1])), lower=float(lower), upper=float(upper)
    )
