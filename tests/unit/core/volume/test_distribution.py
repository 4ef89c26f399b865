"""The negative binomial beside the standard library and plain sums."""

import math

import numpy as np
import pytest

from core.volume.distribution import (
    LEVELS,
    crps,
    cumulative,
    intervals,
    log_probability,
    quantile,
)

MEANS = np.array([0.05, 0.3, 1.0, 5.0, 30.0, 59.0])
DISPERSIONS = np.array([1.2, 1.0, 1.5, 2.0, 1.3, 3.0])


def probability(count: int, *, mean: float, dispersion: float) -> float:
    """By the gamma function, one count at a time."""
    ratio = max(dispersion, 1.0005)
    size = mean / (ratio - 1)
    logs = (
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        - size * math.log(ratio)
        + count * math.log(1 - 1 / ratio)
    )
    return math.exp(logs)


@pytest.mark.parametrize("cell", range(len(MEANS)))
def test_probabilities_match_the_gamma_function(cell: int) -> None:
    mean, dispersion = MEANS[cell : cell + 1], DISPERSIONS[cell : cell + 1]
    total = 0.0
    below = cumulative(mean, dispersion=dispersion)[0]
    for count in range(12):
        one = probability(count, mean=float(mean[0]), dispersion=float(dispersion[0]))
        total += one
        assert below[count] == pytest.approx(total, abs=1e-9)
        found = log_probability(np.array([float(count)]), mean=mean, dispersion=dispersion)
        assert math.exp(found[0]) == pytest.approx(max(one, 1e-12), rel=1e-6, abs=1e-11)


def test_counts_beyond_every_table_are_next_to_impossible_but_not_quite() -> None:
    observed = np.where(np.arange(len(MEANS)) % 2, 5_000.0, 0.0)
    found = log_probability(observed, mean=MEANS, dispersion=DISPERSIONS)
    for cell, count in enumerate(observed):
        one = probability(int(count), mean=MEANS[cell], dispersion=DISPERSIONS[cell])
        assert found[cell] == pytest.approx(math.log(max(one, 1e-12)), abs=0.5)


def test_a_table_of_small_and_large_means_serves_both() -> None:
    mean, ratio = np.array([0.05, 3_000.0]), np.array([1.2, 1.5])
    below = cumulative(mean, dispersion=ratio)
    for cell, count in ((0, 0), (1, 2_950)):
        given = {"mean": float(mean[cell]), "dispersion": float(ratio[cell])}
        expected = sum(probability(k, **given) for k in range(count + 1))
        assert below[cell, count] == pytest.approx(expected, rel=1e-6)


def test_no_probability_is_above_one() -> None:
    mean = np.random.default_rng(8).gamma(1.0, 20.0, size=500)
    below = cumulative(mean, dispersion=np.full_like(mean, 1.7))
    assert below.max() == 1.0
    np.testing.assert_allclose(below[:, -1], 1.0)


def test_mean_and_variance_are_what_was_asked_for() -> None:
    below = cumulative(MEANS, dispersion=DISPERSIONS)
    table = np.diff(below, axis=1, prepend=0.0)
    counts = np.arange(table.shape[1])
    mean = (table * counts).sum(axis=1)
    variance = (table * counts**2).sum(axis=1) - mean**2
    np.testing.assert_allclose(mean, MEANS, rtol=1e-4)
    np.testing.assert_allclose(variance / mean, np.maximum(DISPERSIONS, 1.0005), rtol=1e-3)


@pytest.mark.parametrize("share", [0.025, 0.1, 0.5, 0.9, 0.975])
def test_quantiles_are_the_smallest_counts_of_enough_probability(share: float) -> None:
    found = quantile(share, mean=MEANS, dispersion=DISPERSIONS)
    for cell, count in enumerate(found):
        total = sum(
            probability(k, mean=MEANS[cell], dispersion=DISPERSIONS[cell]) for k in range(count + 1)
        )
        last = probability(int(count), mean=MEANS[cell], dispersion=DISPERSIONS[cell])
        assert total >= share - 1e-9
        assert total - last < share + 1e-9


@pytest.mark.parametrize("share", [0.025, 0.1, 0.5, 0.9, 0.975])
def test_large_means_have_the_quantiles_of_many_draws(share: float) -> None:
    mean, ratio = 900.0, 4.0
    random = np.random.default_rng(3)
    draws = random.negative_binomial(mean / (ratio - 1), 1 / ratio, size=200_000)
    found = quantile(share, mean=np.array([mean]), dispersion=np.array([ratio]))[0]
    assert found == pytest.approx(np.quantile(draws, share), abs=1.5)


def test_quantiles_have_the_shape_of_the_means() -> None:
    mean = np.array([[0.5, 900.0], [7.0, 70.0]])
    found = quantile(0.9, mean=mean, dispersion=np.array([[1.3], [2.0]]))
    for row, ratio in enumerate((1.3, 2.0)):
        alone = quantile(0.9, mean=mean[row], dispersion=np.full(2, ratio))
        assert found[row].tolist() == alone.tolist()


def test_crps_is_the_squared_distance_of_distribution_functions() -> None:
    observed = np.array([0.0, 2.0, 0.0, 9.0, 25.0, 90.0])
    found = crps(observed, mean=MEANS, dispersion=DISPERSIONS)
    for cell, y in enumerate(observed):
        total, expected = 0.0, 0.0
        for count in range(400):
            total += probability(count, mean=MEANS[cell], dispersion=DISPERSIONS[cell])
            expected += (total - (count >= y)) ** 2
        assert found[cell] == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_crps_of_a_count_beyond_the_table_grows_by_one_for_each_count() -> None:
    mean, dispersion = np.array([0.1, 0.1]), np.array([1.0, 1.0])
    near, far = crps(np.array([500.0, 501.0]), mean=mean, dispersion=dispersion)
    assert far - near == pytest.approx(1.0)


def test_intervals_lie_inside_each_other_and_hold_the_median() -> None:
    random = np.random.default_rng(4)
    mean = random.gamma(0.7, 20.0, size=(40, 30))
    found = intervals(mean, dispersion=1 + random.random((40, 30)))
    assert found.median.shape == mean.shape
    inner_low = inner_high = found.median
    for level in LEVELS:
        assert (found.lower[level] <= inner_low).all()
        assert (found.upper[level] >= inner_high).all()
        assert (found.lower[level] >= 0).all()
        inner_low, inner_high = found.lower[level], found.upper[level]


@pytest.mark.parametrize("level", LEVELS)
def test_no_interval_grown_further_or_less_is_nearer_to_its_level(level: int) -> None:
    mean, ratio = 3.0, 1.4
    found = intervals(np.array([mean]), dispersion=np.array([ratio]))
    low, high = int(found.lower[level][0]), int(found.upper[level][0])
    chances = [probability(k, mean=mean, dispersion=ratio) for k in range(60)]
    held = sum(chances[low : high + 1])
    wider = held + max(chances[low - 1] if low else 0.0, chances[high + 1])
    narrower = held - min(chances[low], chances[high])
    assert abs(held - level / 100) <= abs(wider - level / 100)
    assert abs(held - level / 100) <= abs(narrower - level / 100) + 1e-9


def test_intervals_hold_as_often_as_they_say() -> None:
    random = np.random.default_rng(6)
    mean = random.gamma(2.0, 3.0, size=20_000)
    ratio = 1.6
    drawn = random.negative_binomial(mean / (ratio - 1), 1 / ratio)
    found = intervals(mean, dispersion=np.full_like(mean, ratio))
    inside = (drawn >= found.lower[80]) & (drawn <= found.upper[80])
    assert inside.mean() == pytest.approx(0.8, abs=0.015)


def grown(mean: float, *, dispersion: float) -> tuple[int, dict[int, tuple[int, int]]]:
    """Median, and the interval of each level as its definition tells it, a count at a time."""
    chances = [probability(k, mean=mean, dispersion=dispersion) for k in range(500)]
    low = next(k for k in range(500) if sum(chances[: k + 1]) >= 0.5)
    steps = [(low, low)]
    while sum(chances[steps[-1][0] : steps[-1][1] + 1]) < 0.999:
        low, high = steps[-1]
        down = low > 0 and chances[low - 1] > chances[high + 1]
        steps.append((low - 1, high) if down else (low, high + 1))
    held = [sum(chances[low : high + 1]) for low, high in steps]
    nearest = {
        level: min(range(len(steps)), key=lambda n: abs(held[n] - level / 100)) for level in LEVELS
    }
    return steps[0][0], {level: steps[n] for level, n in nearest.items()}


SMALL = [
    (mean, ratio)
    for mean in (0.02, 0.05, 0.3, 0.7, 1.1, 2.3, 3.1, 4.6, 8.2, 17.0, 33.3, 58.0)
    for ratio in (1.0, 1.3, 2.1, 6.0)
]


def test_intervals_grow_by_the_likelier_count_and_stop_nearest_to_their_level() -> None:
    together = intervals(
        np.array([mean for mean, _ in SMALL]), dispersion=np.array([ratio for _, ratio in SMALL])
    )
    for cell, (mean, ratio) in enumerate(SMALL):
        alone = intervals(np.array([mean]), dispersion=np.array([ratio]))
        median, limits = grown(mean, dispersion=ratio)
        for found, at in ((together, cell), (alone, 0)):
            assert found.median[at] == median
            for level, expected in limits.items():
                assert (found.lower[level][at], found.upper[level][at]) == expected, (mean, ratio)


@pytest.mark.parametrize(("mean", "ratio"), [(60.0, 1.0), (75.0, 1.4), (200.0, 2.0), (400.0, 3.0)])
def test_intervals_of_large_means_leave_half_of_the_rest_on_each_side(
    mean: float, ratio: float
) -> None:
    chances = [probability(k, mean=mean, dispersion=ratio) for k in range(int(4 * mean))]
    below = np.cumsum(chances)
    found = intervals(np.array([[mean]]), dispersion=np.array([[ratio]]))
    assert found.median[0, 0] == pytest.approx(np.searchsorted(below, 0.5), abs=1)
    for level in LEVELS:
        tail = (1 - level / 100) / 2
        assert found.lower[level][0, 0] == pytest.approx(np.searchsorted(below, tail), abs=1)
        assert found.upper[level][0, 0] == pytest.approx(np.searchsorted(below, 1 - tail), abs=1)


def test_the_more_dispersed_the_wider_without_an_end() -> None:
    found = intervals(np.full(3, 100.0), dispersion=np.array([60.0, 110.0, 200.0]))
    assert (np.diff(found.upper[95]) > 50).all()
    assert (np.diff(found.lower[50]) < 0).all()
