"""The running sums of every series, day by day: all that a forecast may be made from."""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from core.calendar_days import DayTable, day_table
from core.daily_counts import DailyCounts, without_thin_blocks

__all__ = [
    "HALF_LIVES",
    "LONGEST_LAG",
    "LONGEST_LEAD",
    "LOWEST_LEVEL",
    "History",
    "decayed_sums",
]

LONGEST_LEAD = 1_500
"""Days after the last observed day that can be targets."""

HALF_LIVES = (3, 7, 14, 30, 60, 120, 240)
"""Days in which the weight of a count in an exponentially weighted mean halves."""

LEVEL_HALF_LIVES = HALF_LIVES[1:]
"""The means that the level of a series is a weighted geometric mean of."""

LONGEST_LAG = 28
"""Days before the first one that can be asked for; nothing was reported on them."""

LOWEST_LEVEL = 0.02
"""A level of nothing at all would leave a model nothing to multiply."""

_DECAY = 0.5 ** (1 / np.array(HALF_LIVES, dtype=np.float64))[:, None]
_LEVEL_ROWS = slice(HALF_LIVES.index(LEVEL_HALF_LIVES[0]), None)
# Each mean's weight falls with what its forecasts of single days lost of late, as in Vovk's
# aggregating algorithm (1990): a series that jumped follows its short means, a steady one all.
_LOSS_DECAY = 0.5 ** (1 / 120)
_LOSS_WEIGHT = 0.1
_PROFILE_LEVEL = HALF_LIVES.index(60)
_SPREAD_ROW = HALF_LIVES.index(30)

# The weekday profile of a series is shrunk to that of all series as if the latter were worth this
# many offences on each weekday; its memory halves in two years of weeks. Both were chosen on the
# validation origins, docs/decisions/0010.
_PROFILE_PRIOR = 50.0
_PROFILE_DECAY = 0.5 ** (1 / 104)
_PROFILE_FROM_DAY = 28
_LOWEST_FACTOR = 0.05
_TINY = 1e-9
_WEEK = 7
_BLOCK = 64

# What a history knows at its last day beside the arrays by day.
_RUNNING = (
    "_totals",
    "_weights",
    "_spread_total",
    "_profile_seen",
    "_profile_expected",
    "_factors",
    "_state_factors",
    "_logs",
    "_losses",
)


class History:
    """The running sums of every series, by day; the only thing that features are made of.

    Made from counts up to an origin, it can be continued day by day with forecasts, as the
    recursion does. Arrays have the day first: element ``[t]`` holds what was known at the end of
    day ``t``.
    """

    def __init__(self, panel: DailyCounts, *, room: int = 0) -> None:
        """Take all days of a panel in.

        Args:
            panel: Counts up to the origin. Thin blocks are left out of every sum.
            room: Days by which the history will be continued.
        """
        series, days = panel.counts.shape
        capacity = days + room
        self.series = series
        self.days = days
        self.calendar: DayTable = day_table(
            panel.state,
            first_day=panel.first_day,
            days=days + LONGEST_LEAD,
            national=panel.national,
        )
        # Calendar years since the first day, by day, and what was known of the staff in each.
        self.years = np.cumsum(self.calendar.day_of_year == 1) - (self.calendar.day_of_year[0] == 1)
        self.officers = _officers_known(panel, years=int(self.years[-1]) + 1)
        # Days before the first are NaN, so that features may look back without a check.
        self.padded = np.full((LONGEST_LAG + capacity, series), np.nan)
        self.values = self.padded[LONGEST_LAG:]
        self.ewm = np.zeros((capacity, len(HALF_LIVES), series))
        self.spread = np.zeros((capacity, series))
        self.level = np.zeros((capacity, series))
        self.profile = np.ones((capacity, 7, series))
        self.state_profile = np.ones((capacity, 7))
        # Sums over all days before element t: counts, reported days, squares, days of zero.
        self.sums = np.zeros((capacity + 1, 4, series))
        self._load(without_thin_blocks(panel.counts).T)

    def _load(self, values: NDArray[np.float64]) -> None:
        """All days at once: the same sums as :meth:`append` day by day, in a tenth of the time."""
        days = len(values)
        reported = np.isfinite(values)
        known = np.where(reported, values, 0.0)
        self.values[:days] = values
        parts = (known, reported, known * known, reported & (known == 0))
        np.cumsum(np.stack(parts, axis=1), axis=0, out=self.sums[1 : days + 1])
        totals = decayed_sums(known, decay=_DECAY[:, 0])
        weights = decayed_sums(reported.astype(np.float64), decay=_DECAY[:, 0])
        self.ewm[:days] = totals / np.maximum(weights, _TINY)
        off = np.where(reported, known - self.ewm[:days, _SPREAD_ROW], 0.0)
        spread = decayed_sums(off * off, decay=_DECAY[_SPREAD_ROW])[:, 0]
        self.spread[:days] = spread / np.maximum(weights[:, _SPREAD_ROW], _TINY)
        self._totals, self._weights = totals[-1].copy(), weights[-1].copy()
        self._spread_total = spread[-1].copy()
        previous = np.concatenate(
            [self.ewm[:1, _PROFILE_LEVEL], self.ewm[: days - 1, _PROFILE_LEVEL]]
        )
        seen = self._by_weekday(known)
        expected = self._by_weekday(np.where(reported, previous, 0.0))
        self._profile_seen, self._profile_expected = seen[-1].copy(), expected[-1].copy()
        own, of_all = _weekday_factors(seen, expected)
        self._factors, self._state_factors = own[-1].copy(), of_all[-1].copy()
        later = slice(_PROFILE_FROM_DAY, days)
        self.profile[later] = _scaled(own[later], axis=1)
        self.state_profile[later] = _scaled(of_all[later], axis=1)
        self._load_levels(known, reported=reported)

    def _load_levels(self, known: NDArray[np.float64], *, reported: NDArray[np.bool_]) -> None:
        days = len(known)
        logs = np.log(np.maximum(self.ewm[:days, _LEVEL_ROWS], LOWEST_LEVEL))
        losses = np.zeros_like(logs)
        today = np.arange(1, days)
        factor = self.profile[today - 1, self.calendar.weekday[today]]
        losses[1:] = _losses(logs[:-1], factor, known[1:], reported=reported[1:])
        flat = decayed_sums(losses.reshape(days, -1), decay=np.array([_LOSS_DECAY]))
        losses = flat.reshape(logs.shape)
        self.level[:days] = _level_of(logs, losses=losses)
        self._logs, self._losses = logs[-1].copy(), losses[-1].copy()

    def _by_weekday(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decayed sums of each weekday's own days; shape (days, 7, series)."""
        days = len(values)
        result = np.zeros((days, 7, values.shape[1]))
        for weekday in range(7):
            own = np.flatnonzero(self.calendar.weekday[:days] == weekday)
            sums = decayed_sums(values[own], decay=np.array([_PROFILE_DECAY]))[:, 0]
            since_none = np.concatenate([np.zeros_like(values[:1]), sums])
            result[:, weekday] = since_none[np.searchsorted(own, np.arange(days), side="right")]
        return result

    def branch(self) -> "History":
        """A continuation of its own: what is appended to it leaves this history as it is.

        The days up to now are shared, and so is the room after them. Branches are continued one
        after another: each writes its days over those of the last.
        """
        twin = copy(self)
        for name in _RUNNING:
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def append(self, counts: NDArray[np.float64]) -> None:
        """Take in one more day.

        Args:
            counts: A value a series; NaN where the day was not reported.
        """
        t = self.days
        reported = np.isfinite(counts)
        known = np.where(reported, counts, 0.0)
        self.values[t] = counts
        sums = self.sums[t + 1]
        sums[:] = self.sums[t]
        sums[0] += known
        sums[1] += reported
        sums[2] += known * known
        sums[3] += reported & (known == 0)
        self._append_means(known, reported=reported, t=t)
        self._append_profile(known, reported=reported, t=t)
        self.days = t + 1

    def _append_means(
        self, known: NDArray[np.float64], *, reported: NDArray[np.bool_], t: int
    ) -> None:
        self._totals *= _DECAY
        self._totals += known
        self._weights *= _DECAY
        self._weights += reported
        ewm = self.ewm[t]
        weights = np.maximum(self._weights, _TINY)
        np.divide(self._totals, weights, out=ewm)
        factor = self.profile[t - 1, self.calendar.weekday[t]]
        self._losses *= _LOSS_DECAY
        self._losses += _losses(self._logs, factor, known, reported=reported)
        np.log(np.maximum(ewm[_LEVEL_ROWS], LOWEST_LEVEL), out=self._logs)
        self.level[t] = _level_of(self._logs, losses=self._losses)
        off = np.where(reported, known - ewm[_SPREAD_ROW], 0.0)
        self._spread_total *= _DECAY[_SPREAD_ROW, 0]
        self._spread_total += off * off
        np.divide(self._spread_total, weights[_SPREAD_ROW], out=self.spread[t])

    def _append_profile(
        self, known: NDArray[np.float64], *, reported: NDArray[np.bool_], t: int
    ) -> None:
        weekday = self.calendar.weekday[t]
        expected = self.ewm[max(t - 1, 0), _PROFILE_LEVEL]
        seen, due = self._profile_seen[weekday], self._profile_expected[weekday]
        seen *= _PROFILE_DECAY
        seen += known
        due *= _PROFILE_DECAY
        due += np.where(reported, expected, 0.0)
        self._factors[weekday], self._state_factors[weekday] = _weekday_factors(seen, due)
        if t >= _PROFILE_FROM_DAY:
            self.profile[t] = _scaled(self._factors, axis=0)
            self.state_profile[t] = _scaled(self._state_factors, axis=0)

    def window_sums(self, start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sums over days ``start`` to ``stop``, the latter excluded, cut to the days at hand.

        ``stop`` may have an axis of length 1 where all windows end on the same day.

        Returns:
            The shape of ``start`` with two more axes: counts, reported days, squares, days of
            zero; and series.
        """
        last = np.minimum(np.maximum(stop, 0), self.days)
        sums = self.sums.take(np.minimum(np.maximum(start, 0), last), axis=0)
        return np.subtract(self.sums.take(last, axis=0), sums, out=sums)


def decayed_sums(values: NDArray[np.float64], *, decay: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums in which each day weighs ``decay`` times the next.

    Args:
        values: Shape (days, series).
        decay: Shape (kinds,).

    Returns:
        Shape (days, kinds, series).
    """
    days, series = values.shape
    result = np.zeros((days, len(decay), series))
    ages = np.arange(_BLOCK)[:, None] - np.arange(_BLOCK)
    weights = np.where(ages >= 0, decay[:, None, None] ** np.maximum(ages, 0), 0.0)
    carried = np.zeros((len(decay), series))
    for start in range(0, days, _BLOCK):
        block = values[start : start + _BLOCK]
        size = len(block)
        fresh = weights[:, :size, :size] @ block
        fresh += decay[:, None, None] ** np.arange(1, size + 1)[:, None] * carried[:, None]
        result[start : start + size] = fresh.transpose(1, 0, 2)
        carried = fresh[:, -1]
    return result


def _losses(
    logs: NDArray[np.float64],
    factor: NDArray[np.float64],
    known: NDArray[np.float64],
    *,
    reported: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """What each mean, times the weekday's factor, lost on a day: minus its Poisson log likelihood.

    Terms that all means share are left out. Shapes (..., kinds, series) and, of the others,
    (..., series).
    """
    rate = logs + np.log(factor)[..., None, :]
    loss: NDArray[np.float64] = known[..., None, :] * rate
    np.subtract(np.exp(rate, out=rate), loss, out=loss)
    loss *= reported[..., None, :]
    return loss


def _level_of(logs: NDArray[np.float64], *, losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted geometric mean of the means; shape (..., kinds, series) in, (..., series) out."""
    weights = losses - np.minimum.reduce(losses, axis=-2, keepdims=True)
    weights *= -_LOSS_WEIGHT
    np.exp(weights, out=weights)
    level: NDArray[np.float64] = np.add.reduce(weights * logs, axis=-2)
    level /= np.add.reduce(weights, axis=-2)
    return np.exp(level, out=level)


def _weekday_factors(
    seen: NDArray[np.float64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors of weekdays for each series, shrunk to those of all, and of all series.

    Shapes (..., series) in; (..., series) and (...) out.
    """
    of_all = np.add.reduce(seen, axis=-1) / np.maximum(np.add.reduce(expected, axis=-1), _TINY)
    own = seen + np.multiply(_PROFILE_PRIOR, of_all)[..., None]
    own /= expected + _PROFILE_PRIOR
    return own, of_all


def _scaled(factors: NDArray[np.float64], *, axis: int) -> NDArray[np.float64]:
    """The factors over their mean over the week, the axis given."""
    mean = np.add.reduce(factors, axis=axis, keepdims=True) / _WEEK
    result = factors / np.maximum(mean, _TINY)
    return np.maximum(result, _LOWEST_FACTOR, out=result)


def _officers_known(panel: DailyCounts, *, years: int) -> NDArray[np.float64]:
    """Officers of the year before each calendar year of the history; shape (years, series)."""
    first = panel.first_day.year - 1 - panel.officers_first_year
    result = np.full((years, len(panel.series)), np.nan)
    for year in range(years):
        if 0 <= first + year < panel.officers.shape[1]:
            result[year] = panel.officers[:, first + year]
    return result
