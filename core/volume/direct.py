"""The direct way: every lead from what is known at the origin.

Leads to 30 days are learned. Later ones get the forecast for lead 30 with their own calendar: the
trees have never seen a larger lead, so nothing compounds over a bridged gap.
"""

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from core.features import features, offset
from core.history import History
from core.volume.boosting import raw_scores

__all__ = ["direct_scores"]


def direct_scores(
    history: History, *, booster: lgb.Booster, rounds: int, leads: range
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Offsets and raw scores for the days after the last one of a history.

    Args:
        history: Counts up to the origin.
        booster: Trained the direct way.
        rounds: Trees to use.
        leads: Days after the last one to forecast, from 1.

    Returns:
        Two arrays of shape (leads, series): the offset, and the logarithm of the factor on it.
    """
    last = history.days - 1
    targets = last + np.array(leads)
    origins = np.full_like(targets, last)
    x = features(history, origins=origins, targets=targets)
    start = offset(history, origins=origins, targets=targets)
    return start, raw_scores(booster, x=x, rounds=rounds)
