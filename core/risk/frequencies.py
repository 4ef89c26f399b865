"""Frequency tables as models: what was reported before, without any learning."""

from typing import Final

import numpy as np

from core.risk.contexts import FEATURES, ContextTable, Floats, Ints
from core.risk.history import History
from core.risk.lessons import OffenceRows

__all__ = ["frequency_tables"]

_HOUR: Final = FEATURES.index("hour")
_HOURS: Final = 25
_PULL: Final = 100.0


def frequency_tables(
    rows: OffenceRows, *, history: History, contexts: ContextTable
) -> dict[str, Floats]:
    """Shares of past offences in each context, by name of the table.

    Args:
        rows: Past offences.
        history: Made of the same.
        contexts: Where shares are wanted.

    Returns:
        ``overall``, ``place``, ``location``, ``place_hour`` and ``place_location``, each of shape
        (contexts, classes inside). All but the first are drawn toward the coarser share, as
        :class:`~core.risk.history.History` does.
    """
    return {
        "overall": np.tile(history.overall, (len(contexts), 1)),
        "place": history.of_place[contexts.place],
        "location": history.of_location[contexts.location],
        "place_hour": _by_place_and_hour(rows, history=history, contexts=contexts),
        "place_location": history.shares(contexts),
    }


def _by_place_and_hour(rows: OffenceRows, *, history: History, contexts: ContextTable) -> Floats:
    counts = np.zeros((len(history.counts), _HOURS, history.counts.shape[2]))
    np.add.at(counts, (rows.contexts.place, _hours(rows.contexts), rows.classes), 1.0)
    total = counts.sum(axis=2, keepdims=True)
    shares = (counts + _PULL * history.of_place[:, None, :]) / (total + _PULL)
    found: Floats = shares[contexts.place, _hours(contexts)]
    return found


def _hours(contexts: ContextTable) -> Ints:
    """The hour, 24 where it is not known."""
    hours = contexts.matrix[:, _HOUR]
    return np.where(np.isnan(hours), _HOURS - 1, hours).astype(np.int64)
