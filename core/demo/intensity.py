"""How many offences each agency has on each day of the simulated years.

The rate of an agency on a day is its level, times a slow drift, a season, a weekday profile and a
holiday effect of its own, times shocks that the whole state shares and others of its own; counts
are Poisson draws around that rate, so that they are over-dispersed. Totals by agency and by groups
of days are met afterwards, by scaling and careful rounding.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from core.demo.days import Days
from core.demo.raking import (
    FloatArray,
    IntArray,
    Margin,
    apportion,
    rake_days,
    round_within_rows,
)
from core.demo.reference import Reference

__all__ = [
    "FIRST_DAY_OF_AGENCY",
    "LAST_WINDOW_OFFENCES",
    "autoregressive",
    "daily_counts",
    "day_margins",
]

LAST_WINDOW_OFFENCES = 7_963
"""Offences of 2-31 December 2024 as published: late reports of these days were still missing."""

FIRST_DAY_OF_AGENCY: Mapping[int, str] = MappingProxyType({37041: "2023-01-01"})
"""Agency identifier to its first day: Montville has its own police since 2023."""

_DAYS_OF_MONTH_IN_FOUR_YEARS = np.array(
    [124, 113, 124, 120, 124, 120, 124, 124, 120, 124, 120, 124]
)
_LATE_DAYS = 45
_LATE_SHARE = 0.16
"""Share of the last day's offences that had not been reported; it fades over ``_LATE_DAYS``."""


def autoregressive(
    shape: tuple[int, int], *, memory: float, scale: FloatArray | float, rng: np.random.Generator
) -> FloatArray:
    """Stationary first-order autoregressive noise along the second axis.

    Args:
        shape: Series, and steps of each.
        memory: Correlation of a step with the one before, 0 to 1.
        scale: Standard deviation, one for all or shape (series, 1).
        rng: Source of the noise.

    Returns:
        Mean 0, shape ``shape``.
    """
    noise = rng.standard_normal(shape)
    noise[:, 1:] *= np.sqrt(1 - memory**2)
    for step in range(1, shape[1]):
        noise[:, step] += memory * noise[:, step - 1]
    scaled: FloatArray = noise * scale
    return scaled


def _season(reference: Reference, days: Days) -> FloatArray:
    """Smooth yearly cycle with the published months as its means, shape (days,)."""
    rate = reference.totals["month"] / _DAYS_OF_MONTH_IN_FOUR_YEARS
    month = np.arange(-1, 13)
    position = days.month + days.day_of_month / 30.5 - 0.5
    cycle: FloatArray = np.interp(position, month, np.take(rate / rate.mean(), month, mode="wrap"))
    return cycle


def _trend(reference: Reference, days: Days) -> FloatArray:
    """The state's level from the middle of 2021 to the middle of 2023, flat outside."""
    middles = np.array([182.0, 547.0, 912.0])
    trend: FloatArray = np.interp(
        np.arange(days.dates.size), middles, reference.totals["year"][:3] / 365
    )
    return trend


def _change_between_periods(
    shape: FloatArray, *, totals: IntArray, days: Days, rng: np.random.Generator
) -> FloatArray:
    """Smooth change of each agency's level that gives its totals of 2021-2023 and 2024.

    The change is a logistic step near the turn of the year, as wide as one to four months, so that
    it is not a jump on 1 January.
    """
    agencies = shape.shape[0]
    day = np.arange(shape.shape[1])
    turn = np.flatnonzero(days.period)[0]
    centre = turn + rng.normal(0, 40, size=(agencies, 1))
    width = rng.uniform(10, 40, size=(agencies, 1))
    step = 1 / (1 + np.exp(-(day - centre) / width))
    wanted = totals[:, 1] / totals[:, 0]
    low, high = np.full((agencies, 1), -6.0), np.full((agencies, 1), 6.0)
    for _ in range(40):
        middle = (low + high) / 2
        changed = shape * np.exp(middle * step)
        ratio = changed[:, turn:].sum(axis=1) / changed[:, :turn].sum(axis=1)
        too_high = (ratio > wanted)[:, None]
        low, high = np.where(too_high, low, middle), np.where(too_high, middle, high)
    change: FloatArray = np.exp((low + high) / 2 * step)
    return change


def _open(reference: Reference, days: Days) -> FloatArray:
    """1 where the agency exists on the day, else 0, shape (agencies, days)."""
    first = [
        np.datetime64(FIRST_DAY_OF_AGENCY.get(agency, "2021-01-01"))
        for agency in reference.agency_ids.tolist()
    ]
    return (days.dates[None, :] >= np.array(first)[:, None]).astype(np.float64)


def _weekday_profile(reference: Reference, *, rng: np.random.Generator) -> FloatArray:
    """Weekday factors of each agency, shape (agencies, 7)."""
    columns = [f"weekday_{day}" for day in range(1, 8)]
    own = reference.agency_profiles.select(columns).to_numpy()
    state = reference.totals["weekday"] / reference.totals["weekday"].mean()
    profile: FloatArray = state * own * np.exp(rng.normal(0, 0.05, size=own.shape))
    return profile


def _noise(expected: FloatArray, *, rng: np.random.Generator) -> FloatArray:
    """Log-normal day factors of each agency, mean 1, with a short memory.

    Their size gives the counts a variance that exceeds the mean by 0.2 to 1.1 times the mean, as
    the real days of large cities have it.
    """
    excess = np.clip(rng.lognormal(np.log(0.5), 0.45, size=(expected.shape[0], 1)), 0.2, 1.1)
    relative = np.clip(excess / expected.mean(axis=1, keepdims=True), 0.0, 0.6)
    sigma = np.sqrt(np.log1p(relative))
    noise = autoregressive(expected.shape, memory=0.3, scale=sigma, rng=rng)
    factor: FloatArray = np.exp(noise - sigma**2 / 2)
    return factor


def _rates(reference: Reference, days: Days, *, rng: np.random.Generator) -> FloatArray:
    """Expected offences by agency and day before the noise, shape (agencies, days)."""
    agencies, number = reference.agency_ids.size, days.dates.size
    knots = autoregressive((agencies, 50), memory=0.85, scale=0.09, rng=rng)
    position = np.arange(number) / number * 48
    drift = np.exp(np.stack([np.interp(position, np.arange(50), own) for own in knots]))
    amplitude = rng.uniform(0.6, 1.4, size=(agencies, 1))
    holiday = days.holiday ** rng.uniform(0.7, 1.3, size=(agencies, 1))
    shared = np.exp(autoregressive((1, number), memory=0.6, scale=0.03, rng=rng))
    shape = (
        _trend(reference, days)
        * _season(reference, days) ** amplitude
        * _weekday_profile(reference, rng=rng)[:, days.weekday]
        * drift
        * holiday
        * shared
        * _open(reference, days)
    )
    shape *= _change_between_periods(shape, totals=reference.agency_totals, days=days, rng=rng)
    late = np.clip(1 - (number - 1 - np.arange(number)) / _LATE_DAYS, 0, 1) * _LATE_SHARE
    rates: FloatArray = shape * (1 - late)
    rates *= (reference.agency_totals.sum(axis=1) / rates.sum(axis=1))[:, None]
    return rates


def day_margins(reference: Reference, days: Days) -> tuple[Margin, ...]:
    """The published totals over groups of days, scaled to the sum of the agencies' totals.

    Args:
        reference: The published totals.
        days: The days.

    Returns:
        Margins by day of month, weekday, month, year and the last 30 days; the later fit best.
    """
    before, after = reference.agency_totals.sum(axis=0).tolist()
    total = before + after
    groups = {"day_of_month": days.day_of_month, "weekday": days.weekday, "month": days.month}
    margins = [
        Margin(
            group=group,
            target=reference.totals[name] * (total / reference.totals[name].sum()),
        )
        for name, group in groups.items()
    ]
    years = reference.totals["year"].copy()
    years[:3] *= before / years[:3].sum()
    years[3] = after
    window = np.array([total - LAST_WINDOW_OFFENCES, LAST_WINDOW_OFFENCES], dtype=np.float64)
    margins.append(Margin(group=days.in_last_window, target=window))
    margins.append(Margin(group=days.year, target=years))
    return tuple(margins)


def daily_counts(reference: Reference, days: Days, *, rng: np.random.Generator) -> IntArray:
    """Offences by agency and day.

    Args:
        reference: The published totals.
        days: The days.
        rng: Source of everything random.

    Returns:
        Whole numbers, shape (agencies, days), with the published total of each agency in
        2021-2023 and in 2024.
    """
    rates = _rates(reference, days, rng=rng)
    drawn = rng.poisson(rates * _noise(rates, rng=rng)).astype(np.float64)
    raked = rake_days(
        drawn,
        period=days.period,
        row_targets=reference.agency_totals.astype(np.float64),
        margins=day_margins(reference, days),
    )
    counts = np.empty(raked.shape, dtype=np.int64)
    for period in range(reference.agency_totals.shape[1]):
        columns = days.period == period
        counts[:, columns] = round_within_rows(raked[:, columns], rng=rng)
    return _repair_rows(counts, rates, reference=reference, days=days)


def _repair_rows(
    counts: IntArray, rates: FloatArray, *, reference: Reference, days: Days
) -> IntArray:
    """Give an agency that drew nothing in a period its published total, on its likeliest days."""
    for period in range(reference.agency_totals.shape[1]):
        columns = np.flatnonzero(days.period == period)
        missing = reference.agency_totals[:, period] - counts[:, columns].sum(axis=1)
        for agency in np.flatnonzero(missing):
            counts[agency, columns] += apportion(rates[agency, columns], int(missing[agency]))
    return counts
