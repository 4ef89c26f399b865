"""The recursive way: forecast one day, take the forecast for the count, go on.

All series step together: a day costs one call for the features and one for the trees. Beyond 30
days the share of the trees' score is halved every 30 days: a small error of theirs, fed back for a
year, would otherwise carry the level away.
"""

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from core.features import features, offset
from core.history import History
from core.volume.boosting import raw_scores

__all__ = ["recursive_means", "trusted_share"]

_TRUSTED_DAYS = 30


def trusted_share(step: int) -> float:
    """Share of the trees' score that is taken after ``step`` steps of the recursion."""
    return float(0.5 ** (max(step - _TRUSTED_DAYS, 0) / _TRUSTED_DAYS))


def recursive_means(
    history: History, *, booster: lgb.Booster, rounds: int, shrink: float, days: int
) -> NDArray[np.float64]:
    """Expected counts, each fed back before the next day is forecast.

    Args:
        history: Counts up to the origin, with room for ``days`` more. It is continued in place.
        booster: Trained for one day ahead.
        rounds: Trees to use.
        shrink: Share of the raw score that is taken.
        days: Days to forecast.

    Returns:
        Shape (days, series).
    """
    means = np.empty((days, history.series))
    for step in range(days):
        origins = np.array([history.days - 1])
        targets = origins + 1
        x = features(history, origins=origins, targets=targets)
        start = offset(history, origins=origins, targets=targets)
        share = shrink * trusted_share(step)
        means[step] = np.exp(start[0] + share * raw_scores(booster, x=x, rounds=rounds)[0])
        history.append(means[step])
    return means
