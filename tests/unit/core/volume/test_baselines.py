"""Each baseline beside the plain definition."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.volume.baselines import BASELINES, croston_sba, exponential_smoothing, weekday_level
from tests.support.counts import simulated_matrix

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def counts() -> Floats:
    return simulated_matrix(days=203)


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_gives_counts_for_every_lead(counts: Floats, name: str) -> None:
    for missing in (False, True):
        given = counts.copy()
        if missing:
            given[1] = np.nan
            given[2, -40:] = np.nan
        found = BASELINES[name](given, 30)
        assert found.shape == (6, 30)
        assert np.isfinite(found).all()
        assert (found >= 0).all()


@pytest.mark.parametrize("days", [28, 56, 91, 365])
def test_means_are_those_of_the_last_reported_days(counts: Floats, days: int) -> None:
    given = counts.copy()
    given[0, -10:] = np.nan
    found = BASELINES[f"mean_{days}"](given, 3)
    assert found[0, 0] == pytest.approx(np.nanmean(given[0, -days:]))
    assert found[3, 2] == pytest.approx(counts[3, -days:].mean())


def test_seasonal_naive_repeats_the_last_week(counts: Floats) -> None:
    found = BASELINES["seasonal_naive"](counts, 30)
    for lead in range(30):
        np.testing.assert_array_equal(found[:, lead], counts[:, 203 - 7 + lead % 7])


def test_seasonal_naive_looks_further_back_over_a_gap(counts: Floats) -> None:
    given = counts.copy()
    given[:, -7:] = np.nan
    np.testing.assert_array_equal(BASELINES["seasonal_naive"](given, 7), counts[:, -14:-7])


def test_weekday_level_is_level_times_the_factor_of_all(counts: Floats) -> None:
    level = counts[:, -91:].mean(axis=1)
    factors = np.array([counts[:, day::7].sum() / counts[:, day::7].shape[1] for day in range(7)])
    factors /= factors.mean()
    found = weekday_level(counts, 9)
    for lead in range(9):
        np.testing.assert_allclose(found[:, lead], level * factors[(203 + lead) % 7])


def smooth(values: Floats, weight: float) -> tuple[float, float]:
    level, errors = float(values[:28].mean()), 0.0
    for value in values:
        errors += (value - level) ** 2
        level += weight * (value - level)
    return level, errors


def test_smoothing_takes_the_weight_of_least_error(counts: Floats) -> None:
    weights = [*np.linspace(0.005, 0.1, 20), *np.linspace(0.12, 0.6, 13)]
    found = exponential_smoothing(counts, 1)[:, 0]
    for row, values in enumerate(counts):
        best = min((smooth(values, weight) for weight in weights), key=lambda pair: pair[1])
        assert found[row] == pytest.approx(best[0])


def test_croston_matches_the_textbook_loop(counts: Floats) -> None:
    values = counts[0]
    mean = values.mean()
    size, gap, since = max(mean, 1.0), max(1 / mean, 1.0), 0
    for value in values:
        since += 1
        if value > 0:
            size += 0.1 * (value - size)
            gap += 0.1 * (since - gap)
            since = 0
    assert croston_sba(counts, 1)[0, 0] == pytest.approx(0.95 * size / gap)


@pytest.mark.parametrize("name", BASELINES)
def test_no_baseline_sees_other_days_than_it_is_given(counts: Floats, name: str) -> None:
    baseline: Callable[[Floats, int], Floats] = BASELINES[name]
    longer = np.concatenate([counts, np.full((6, 20), 99.0)], axis=1)
    np.testing.assert_array_equal(baseline(counts, 5), baseline(longer[:, :203], 5))
