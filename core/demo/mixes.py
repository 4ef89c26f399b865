"""Which category each simulated offence has: every agency's own mix, drifting slowly."""

import numpy as np

from core.demo.days import YEARS, Days
from core.demo.intensity import autoregressive
from core.demo.raking import FloatArray, IntArray, apportion, draw, rake_labels, rebalance
from core.demo.reference import Reference

__all__ = ["category_targets", "draw_categories"]

_QUARTERS = 4 * len(YEARS)
_SHRINK_ROWS = 150.0
"""Offences of the state's mix that are added to an agency's own counts."""

_POLICE_INITIATED = frozenset(
    {"counterfeiting", "drugs", "gambling", "prostitution", "stolen-property", "weapons"}
)
_INITIATIVE = 4.0
"""Offences that are found by looking come and go with the looking."""

_MONTHLY_DRIFT = 0.08
_DAILY_NOISE = 0.12
"""Standard deviations of the logarithm of a category's weight within an agency."""


def category_targets(reference: Reference) -> IntArray:
    """Offences by category and period that agree with both published tables as far as they can.

    The totals of 2021-2023 are exact and hold. Those of 2021-2024 were read with an error, and
    their sum is 0.7 % short of the number of offences: what is missing is shared out in proportion
    to the room that each category has, within its reading error or 1 %, whichever is larger.

    Args:
        reference: The published totals.

    Returns:
        Shape (categories, 2): 2021-2023 and 2024.
    """
    before, after = reference.agency_totals.sum(axis=0).tolist()
    read, earlier = reference.category_totals.T
    known = apportion(earlier, before)
    # A little less than the published tolerance, so that rounding stays inside it.
    room = 0.95 * np.maximum(reference.category_errors, read * 0.01)
    low = np.maximum(read - room, known)
    high = np.maximum(read + room, known + 1)
    usual = np.clip(known * ((before + after) / before), low, high)
    fitted = np.clip(np.where(usual > low, usual, read), low, high)
    missing = before + after - fitted.sum()
    slack = high - fitted if missing > 0 else fitted - low
    fitted += missing * slack / slack.sum()
    later = apportion(fitted - known, after)
    return np.stack([known, later], axis=1)


def _agency_mix(reference: Reference, *, rng: np.random.Generator) -> FloatArray:
    """Category weights of each agency, shape (agencies, categories).

    Categories that the partial Connecticut files hold whole have the agency's own share; of the
    others the agency's share differs at random from the state's.
    """
    state = reference.category_totals[:, 1] / reference.category_totals[:, 1].sum()
    mix: FloatArray = state * np.exp(
        rng.normal(0, 0.3, size=(reference.agency_ids.size, state.size))
    )
    rows = reference.agency_totals[:, 0].astype(np.float64)
    known = np.array([c in reference.agency_profiles.columns for c in reference.categories])
    for position in np.flatnonzero(known).tolist():
        own = reference.agency_profiles[reference.categories[position]].to_numpy()
        mix[:, position] = (own + _SHRINK_ROWS * state[position]) / (rows + _SHRINK_ROWS)
    others = np.maximum(1 - mix[:, known].sum(axis=1, keepdims=True), 0.2)
    mix[:, ~known] *= others / mix[:, ~known].sum(axis=1, keepdims=True)
    return mix


def _category_trend(reference: Reference, days: Days, *, rng: np.random.Generator) -> FloatArray:
    """Slow change of each category in the state, shape (days, categories)."""
    years = reference.category_years
    known = years.sum(axis=1) > 0
    relative = np.ones((years.shape[0], 3))
    relative[known] = years[known] / years[known].mean(axis=1, keepdims=True)
    middles = np.array([182.0, 547.0, 912.0])
    day = np.arange(days.dates.size)
    trend = np.stack([np.interp(day, middles, own) for own in relative], axis=1)
    walk = np.cumsum(rng.normal(0, 0.03, size=(_QUARTERS + 1, years.shape[0])), axis=0)
    knots = np.linspace(0, days.dates.size - 1, _QUARTERS + 1)
    drift = np.stack([np.interp(day, knots, own) for own in walk.T], axis=1)
    combined: FloatArray = trend * np.exp(drift)
    return combined


def _volatility(reference: Reference) -> FloatArray:
    """How much more than others a category changes within an agency, shape (categories,)."""
    return np.array(
        [_INITIATIVE if slug in _POLICE_INITIATED else 1.0 for slug in reference.categories]
    )


def _category_weights(reference: Reference, days: Days, *, rng: np.random.Generator) -> FloatArray:
    """Category weights by agency and day, shape (agencies, days, categories)."""
    mix = _agency_mix(reference, rng=rng)
    trend = _category_trend(reference, days, rng=rng)
    calendar = (
        reference.category_weekdays.T[days.weekday] / reference.category_weekdays.mean(axis=1)
    ) * (reference.category_months.T[days.month] / reference.category_months.mean(axis=1))
    volatility = _volatility(reference)
    series = np.tile(volatility, mix.shape[0])[:, None]
    months = autoregressive(
        (series.size, 12 * len(YEARS)), memory=0.8, scale=_MONTHLY_DRIFT * series, rng=rng
    )
    by_agency = months.reshape(mix.shape[0], mix.shape[1], -1).transpose(0, 2, 1)
    walk = by_agency[:, days.year * 12 + days.month]
    walk += rng.normal(0, _DAILY_NOISE * volatility, size=walk.shape)
    weights: FloatArray = mix[:, None, :] * (trend * calendar)[None] * np.exp(walk)
    return weights


def draw_categories(
    counts: IntArray, *, reference: Reference, days: Days, rng: np.random.Generator
) -> IntArray:
    """A category for each offence.

    Args:
        counts: Offences by agency and day, shape (agencies, days).
        reference: The published totals.
        days: The days.
        rng: Source of everything random.

    Returns:
        Positions in ``reference.categories`` in the order of agency, then day, shape
        (``counts.sum()``,). The totals by period are those of :func:`category_targets`.
    """
    targets = category_targets(reference)
    shares = _category_weights(reference, days, rng=rng)
    for period in range(targets.shape[1]):
        columns = np.flatnonzero(days.period == period)
        cells = shares[:, columns].reshape(-1, len(reference.categories))
        raked = rake_labels(
            cells,
            rows=counts[:, columns].ravel().astype(np.float64),
            target=targets[:, period].astype(np.float64),
            rounds=12,
        )
        shares[:, columns] = raked.reshape(counts.shape[0], columns.size, -1)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    flat = shares.reshape(counts.size, -1)
    labels = draw(flat, cell, rng=rng)
    row_period = days.period[cell % days.dates.size]
    for period in range(targets.shape[1]):
        rows = np.flatnonzero(row_period == period)
        labels[rows] = _meet_totals(
            labels[rows], shares=flat, cell=cell[rows], target=targets[:, period], rng=rng
        )
    return labels


def _meet_totals(
    labels: IntArray,
    *,
    shares: FloatArray,
    cell: IntArray,
    target: IntArray,
    rng: np.random.Generator,
) -> IntArray:
    def weight(rows: IntArray, label: int) -> FloatArray:
        suited: FloatArray = shares[cell[rows], label]
        return suited

    movable = np.ones(labels.size, dtype=np.bool_)
    return rebalance(labels, target=target, movable=movable, weight=weight, rng=rng)
