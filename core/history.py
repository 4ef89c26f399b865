"""The running sums of every series, day by day: all that a forecast may be made from."""

import numpy as np
from numpy.typing import NDArray

from core.calendar_days import DayTable, day_table
from core.daily_counts import DailyCounts, without_thin_blocks

__all__ = ["HALF_LIVES", "LONGEST_LEAD", "LOWEST_LEVEL", "History", "decayed_sums"]

LONGEST_LEAD = 1_500
"""Days after the last observed day that can be targets."""

HALF_LIVES = (3, 7, 14, 30, 60, 120, 240)
"""Days in which the weight of a count in an exponentially weighted mean halves."""

LEVEL_HALF_LIVES = (30, 120)
"""The means whose average is the level of a series."""

LOWEST_LEVEL = 0.02
"""A level of nothing at all would leave a model nothing to multiply."""

_DECAY = 0.5 ** (1 / np.array(HALF_LIVES, dtype=np.float64))[:, None]
_LEVEL_ROWS = [HALF_LIVES.index(days) for days in LEVEL_HALF_LIVES]
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
_BLOCK = 64


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
            panel.state, first_day=panel.first_day, days=days + LONGEST_LEAD
        )
        # Calendar years since the first day, by day, and what was known of the staff in each.
        self.years = np.cumsum(self.calendar.day_of_year == 1) - (self.calendar.day_of_year[0] == 1)
        self.officers = _officers_known(panel, years=int(self.years[-1]) + 1)
        self.values = np.full((capacity, series), np.nan)
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
        self.level[:days] = _level_of(self.ewm[:days])
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
        later = slice(_PROFILE_FROM_DAY, days)
        self.profile[later], self.state_profile[later] = _profiles(seen[later], expected[later])

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
        np.divide(self._totals, np.maximum(self._weights, _TINY), out=ewm)
        self.level[t] = _level_of(ewm)
        off = np.where(reported, known - ewm[_SPREAD_ROW], 0.0)
        self._spread_total *= _DECAY[_SPREAD_ROW, 0]
        self._spread_total += off * off
        self.spread[t] = self._spread_total / np.maximum(self._weights[_SPREAD_ROW], _TINY)

    def _append_profile(
        self, known: NDArray[np.float64], *, reported: NDArray[np.bool_], t: int
    ) -> None:
        weekday = self.calendar.weekday[t]
        expected = self.ewm[max(t - 1, 0), _PROFILE_LEVEL]
        self._profile_seen[weekday] *= _PROFILE_DECAY
        self._profile_seen[weekday] += known
        self._profile_expected[weekday] *= _PROFILE_DECAY
        self._profile_expected[weekday] += np.where(reported, expected, 0.0)
        if t >= _PROFILE_FROM_DAY:
            self.profile[t], self.state_profile[t] = _profiles(
                self._profile_seen, self._profile_expected
            )

    def window_sums(self, start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sums over days ``start`` to ``stop``, the latter excluded, cut to the days at hand.

        Returns:
            The shape of ``start`` with two more axes: counts, reported days, squares, days of
            zero; and series.
        """
        last = np.minimum(np.maximum(stop, 0), self.days)
        first = np.minimum(np.maximum(start, 0), last)
        sums: NDArray[np.float64] = self.sums[last]
        sums -= self.sums[first]
        return sums


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


def _level_of(ewm: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second = _LEVEL_ROWS
    level: NDArray[np.float64] = 0.5 * (ewm[..., first, :] + ewm[..., second, :])
    return np.maximum(level, LOWEST_LEVEL)


def _profiles(
    seen: NDArray[np.float64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weekday factors of each series, shrunk, and of all; arrays of shape (..., 7, series)."""
    of_all = seen.sum(axis=-1) / np.maximum(expected.sum(axis=-1), _TINY)
    shrunk = (seen + _PROFILE_PRIOR * of_all[..., None]) / (expected + _PROFILE_PRIOR)
    own = shrunk / np.maximum(shrunk.mean(axis=-2, keepdims=True), _TINY)
    state = of_all / np.maximum(of_all.mean(axis=-1, keepdims=True), _TINY)
    return np.maximum(own, _LOWEST_FACTOR), np.maximum(state, _LOWEST_FACTOR)


def _officers_known(panel: DailyCounts, *, years: int) -> NDArray[np.float64]:
    """Officers of the year before each calendar year of the history; shape (years, series)."""
    first = panel.first_day.year - 1 - panel.officers_first_year
    result = np.full((years, len(panel.series)), np.nan)
    for year in range(years):
        if 0 <= first + year < panel.officers.shape[1]:
            result[year] = panel.officers[:, first + year]
    return result
