"""From an origin to the expected counts that are served."""

import numpy as np
from numpy.typing import NDArray

from core.daily_counts import DailyCounts
from core.history import History
from core.volume.baselines import BASELINES
from core.volume.boosting import DIRECT
from core.volume.direct import direct_scores
from core.volume.dispersion import band_of
from core.volume.model import Snapshot
from core.volume.recursion import recursive_means

__all__ = ["model_means", "served_path"]

Floats = NDArray[np.float64]


def model_means(snapshot: Snapshot, *, history: History, leads: range) -> Floats:
    """Expected counts by the snapshot's own way.

    Args:
        snapshot: The model.
        history: Counts up to the origin, with room for the last lead. The recursive way continues
            it in place.
        leads: Days after the origin, from 1.

    Returns:
        Shape (series, leads).
    """
    settings = snapshot.choice.settings
    if settings.way == DIRECT.name:
        start, scores = direct_scores(
            history, booster=snapshot.booster, rounds=settings.rounds, leads=leads
        )
        means: Floats = np.exp(start + settings.shrink * scores).T
        return means
    path = recursive_means(
        history,
        booster=snapshot.booster,
        rounds=settings.rounds,
        shrink=settings.shrink,
        days=leads[-1],
    )
    return path[leads[0] - 1 :].T


def served_path(
    snapshot: Snapshot, *, counts: DailyCounts, leads: range
) -> tuple[Floats, NDArray[np.object_]]:
    """Expected counts as served, each volume band by what won there.

    Args:
        snapshot: The model.
        counts: Counts up to the origin.
        leads: Days after the origin, from 1.

    Returns:
        Means of shape (series, leads), and what serves each series: the name of the way or of a
        baseline, shape (series,).
    """
    history = History(counts, room=leads[-1])
    band = band_of(history.level[counts.days - 1])
    names = np.array([snapshot.choice.served_in(int(number)) for number in band], dtype=object)
    means = model_means(snapshot, history=history, leads=leads)
    for name in sorted(set(names) - {snapshot.choice.settings.way}):
        baseline = BASELINES[name](counts.counts, leads[-1])[:, leads[0] - 1 :]
        means[names == name] = baseline[names == name]
    return means, names
