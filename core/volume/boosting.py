"""The global count model: one LightGBM booster for all series, on top of an offset.

The booster learns the logarithm of the factor between the offset (level, weekday profile and drift
of the state, :func:`core.features.offset`) and the expected count. The Poisson objective makes the
factor right on average, whatever the spread of the counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from core.errors import NothingToLearnError
from core.features import FEATURES, features, offset
from core.history import History

__all__ = [
    "DIRECT",
    "ONE_STEP",
    "Rows",
    "Way",
    "boost",
    "parameters_of",
    "raw_scores",
    "refuse_no_rows",
    "train",
    "training_rows",
]

SHORTEST_HISTORY = 60
"""Reported days that a series needs before its days are learned from."""

_FEWEST_ROWS = 2
_FIRST_ORIGIN = 90
_LONGEST_HORIZON = 30
_MOST_ROWS = 160_000
# Reached by 220 series of four years; up to there every day is learned from.
_MOST_ROWS_ONE_STEP = 320_000

_PARAMETERS: Mapping[str, object] = MappingProxyType(
    {
        "objective": "poisson",
        "poisson_max_delta_step": 0.3,
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_data_in_leaf": 300,
        "feature_fraction": 0.6,
        "feature_fraction_bynode": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "seed": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a booster comes to the horizon.

    Attributes:
        name: ``direct`` or ``recursive``.
        longest_lead: Leads that it learns: all to the horizon, or one day only.
        min_rows: Rows a leaf at least; the same day of a series stands in several rows of the
            direct way, in one of the other.
    """

    name: str
    longest_lead: int
    min_rows: int


DIRECT = Way(name="direct", longest_lead=_LONGEST_HORIZON, min_rows=300)
ONE_STEP = Way(name="recursive", longest_lead=1, min_rows=60)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Training rows: ``x`` float32 (rows, features), counts ``y`` and ``offset`` float64."""

    x: NDArray[np.float32]
    y: NDArray[np.float64]
    offset: NDArray[np.float64]


def training_rows(history: History, *, way: Way) -> Rows:
    """Every reported day of every series as a target, seen from several origins.

    Args:
        history: Counts up to the day on which the model is trained.
        way: Which leads to learn.

    Returns:
        Rows in the order of origin, lead, series.
    """
    origins, targets = _pairs(history, way=way)
    x = features(history, origins=origins, targets=targets)
    y = history.values[targets]
    usable = np.isfinite(y) & (history.sums[origins + 1][:, 1] >= SHORTEST_HISTORY)
    start = offset(history, origins=origins, targets=targets)
    return Rows(x=x[usable], y=y[usable], offset=start[usable])


def _pairs(history: History, *, way: Way) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Origins at even steps, the newest last, each with all leads that lie within the data."""
    last = history.days - 1
    spare = max(last - _FIRST_ORIGIN, 0) * history.series * way.longest_lead
    one_step = way.longest_lead == 1
    least, most = (1, _MOST_ROWS_ONE_STEP) if one_step else (4, _MOST_ROWS)
    # Steps share no factor with the week, so that every weekday is an origin.
    step = max(least, -(-spare // most))
    step += step % 7 == 0
    starts = np.arange(last - 1, _FIRST_ORIGIN, -step)[::-1]
    leads = np.arange(1, way.longest_lead + 1)
    origins = np.repeat(starts, len(leads))
    targets = origins + np.tile(leads, len(starts))
    within = targets <= last
    return origins[within], targets[within]


def parameters_of(way: Way) -> dict[str, object]:
    """LightGBM's parameters for a way."""
    return {**_PARAMETERS, "min_data_in_leaf": way.min_rows}


def train(rows: Rows, *, way: Way, rounds: int) -> lgb.Booster:
    """Train a booster; the same rows give the same bytes on the same machine."""
    return boost([rows], parameters=parameters_of(way), rounds=rounds)


def boost(parts: Sequence[Rows], *, parameters: Mapping[str, object], rounds: int) -> lgb.Booster:
    """Train a booster on several lots of rows as if they were one, in this process.

    Args:
        parts: At least one.
        parameters: LightGBM's.
        rounds: Trees to grow.

    Raises:
        NothingToLearnError: There are not rows enough.
    """
    refuse_no_rows(sum(len(rows.y) for rows in parts))
    x, y, start = (
        np.concatenate(columns) if len(columns) > 1 else columns[0]
        for columns in zip(*((rows.x, rows.y, rows.offset) for rows in parts), strict=True)
    )
    data = lgb.Dataset(x, y, init_score=start, feature_name=list(FEATURES), free_raw_data=True)
    return lgb.train(dict(parameters), data, num_boost_round=rounds)


def refuse_no_rows(rows: int) -> None:
    """LightGBM would end with an error of its own.

    Raises:
        NothingToLearnError: There is no row, or a single one, of which no bag can be drawn.
    """
    if rows < _FEWEST_ROWS:
        raise NothingToLearnError(
            f"panel: no series has {SHORTEST_HISTORY} reported days, and some after them to learn "
            "from; expected more months that were reported"
        )


def raw_scores(booster: lgb.Booster, *, x: NDArray[np.float32], rounds: int) -> NDArray[np.float64]:
    """Logarithm of the factor on the offset.

    Args:
        booster: From :func:`train`.
        x: Shape (..., features).
        rounds: Trees to use, from the first.

    Returns:
        Shape of ``x`` without the last axis.
    """
    flat = np.ascontiguousarray(x.reshape(-1, x.shape[-1]))
    scores = booster.predict(flat, raw_score=True, num_iteration=rounds, num_threads=1)
    return np.asarray(scores, dtype=np.float64).reshape(x.shape[:-1])
