"""Each measure beside a figure worked out by hand or by a plain loop."""

import math

import numpy as np
import pytest

from core.evaluation import metrics

NAN = math.nan
# One origin, two series, three days; one day was not reported.
ACTUAL = np.array([[[1.0, 0.0, 2.0], [4.0, NAN, 6.0]]])
FORECAST = np.array([[[1.5, 0.5, 1.0], [5.0, 99.0, 4.0]]])
POISSON = np.ones_like(FORECAST)


def test_wape() -> None:
    assert metrics.wape(ACTUAL, FORECAST) == pytest.approx((0.5 + 0.5 + 1 + 1 + 2) / 13)


def test_rmse() -> None:
    assert metrics.rmse(ACTUAL, FORECAST) == pytest.approx(math.sqrt((0.25 + 0.25 + 1 + 1 + 4) / 5))


def test_poisson_deviance() -> None:
    pairs = [(1, 1.5), (0, 0.5), (2, 1.0), (4, 5.0), (6, 4.0)]
    terms = [2 * ((y * math.log(y / f) if y else 0) - (y - f)) for y, f in pairs]
    assert metrics.poisson_deviance(ACTUAL, FORECAST) == pytest.approx(sum(terms) / 5)
    assert metrics.poisson_deviance(ACTUAL, np.zeros_like(FORECAST)) > 10


def test_bias() -> None:
    assert metrics.bias(ACTUAL, FORECAST) == pytest.approx(12 / 13 - 1)


def test_state_wape_adds_the_reported_series_of_each_day() -> None:
    assert metrics.state_wape(ACTUAL, FORECAST) == pytest.approx((1.5 + 0.5 + 3) / 13)


def test_month_wape_adds_the_reported_days_of_each_series() -> None:
    assert metrics.month_wape(ACTUAL, FORECAST) == pytest.approx((0 + 1) / 13)
    opposite = np.array([[[2.0, 1.0, 2.0], [4.0, 99.0, 4.0]]])
    assert metrics.month_wape(ACTUAL, opposite) == pytest.approx((2 + 2) / 13)


def test_volume_accuracy_is_the_mean_and_the_worst() -> None:
    actual = np.concatenate([ACTUAL, np.full_like(ACTUAL, 2.0)])
    forecast = np.concatenate([FORECAST, np.full_like(ACTUAL, 2.5)])
    mean, worst = metrics.volume_accuracy(actual, forecast)
    assert worst == pytest.approx(0.75)
    assert mean == pytest.approx((12 / 13 + 0.75) / 2)


@pytest.mark.parametrize(("total", "accuracy"), [(1.0, -1.0), (2.0, 0.5), (0.0, -2.0)])
def test_volume_accuracy_of_a_window_of_hardly_any_offence(total: float, accuracy: float) -> None:
    """Where nothing happened, a forecast of 3 is as wrong as 3 against 1."""
    actual, forecast = np.zeros((1, 2, 2)), np.zeros((1, 2, 2))
    actual[0, 0, 1], forecast[0, 0, 1] = total, 3.0
    assert metrics.volume_accuracy(actual, forecast) == (accuracy, accuracy)


def test_scaled_errors_are_means_over_series() -> None:
    scale = np.array([0.5, 2.0])
    mae = [2.0 / 3, 1.5]
    mse = [1.5 / 3, 2.5]
    assert metrics.mase(ACTUAL, FORECAST, scale=scale) == pytest.approx(
        (mae[0] / 0.5 + mae[1] / 2) / 2
    )
    assert metrics.rmsse(ACTUAL, FORECAST, scale=scale) == pytest.approx(
        (math.sqrt(mse[0] / 0.5) + math.sqrt(mse[1] / 2)) / 2
    )


def test_a_series_without_a_scale_is_left_out() -> None:
    scale = np.array([0.0, 2.0])
    assert metrics.mase(ACTUAL, FORECAST, scale=scale) == pytest.approx(0.75)


def test_a_series_without_a_reported_day_is_left_out_and_one_day_is_enough() -> None:
    actual = np.full((2, 3, 2), NAN)
    actual[0, 0, 1] = 4.0
    actual[:, 1] = 1.0
    forecast = np.full((2, 3, 2), 2.0)
    scale = np.array([1.0, 2.0, 1.0])
    assert metrics.mase(actual, forecast, scale=scale) == pytest.approx((2.0 + 0.5) / 2)
    assert metrics.rmsse(actual, forecast, scale=scale) == pytest.approx((2.0 + math.sqrt(0.5)) / 2)


def test_crps_and_log_score_of_a_poisson() -> None:
    actual, forecast = np.array([[[1.0]]]), np.array([[[2.0]]])
    spread = np.ones_like(forecast)
    chances = [math.exp(-2.0) * 2.0**k / math.factorial(k) for k in range(60)]
    expected = sum((sum(chances[: k + 1]) - (k >= 1)) ** 2 for k in range(60))
    assert metrics.crps(actual, forecast, dispersion=spread) == pytest.approx(expected, rel=1e-3)
    assert metrics.log_score(actual, forecast, dispersion=spread) == pytest.approx(
        -math.log(chances[1]), rel=1e-3
    )


def test_a_truer_spread_scores_better() -> None:
    random = np.random.default_rng(3)
    forecast = np.full((1, 50, 200), 4.0)
    actual = random.negative_binomial(4.0 / 1.0, 0.5, size=forecast.shape).astype(float)
    for measure in (metrics.crps, metrics.log_score):
        true = measure(actual, forecast, dispersion=np.full_like(forecast, 2.0))
        assert true < measure(actual, forecast, dispersion=np.ones_like(forecast))
        assert true < measure(actual, forecast, dispersion=np.full_like(forecast, 5.0))


def test_pit_is_flat_when_the_spread_is_true_and_not_when_it_is_narrow() -> None:
    random = np.random.default_rng(4)
    forecast = np.full((1, 50, 200), 3.0)
    actual = random.negative_binomial(3.0 / 1.0, 0.5, size=forecast.shape).astype(float)
    true = metrics.pit(actual, forecast, dispersion=np.full_like(forecast, 2.0))
    narrow = metrics.pit(actual, forecast, dispersion=np.ones_like(forecast))
    assert true.sum() == pytest.approx(1)
    np.testing.assert_allclose(true, 0.1, atol=0.012)
    assert narrow[0] > 0.13
    assert narrow[9] > 0.13


def test_interval_coverage_and_width_count_reported_days() -> None:
    lower = np.zeros_like(FORECAST)
    upper = np.array([[[1.0, 1.0, 1.0], [4.0, 0.0, 9.0]]])
    assert metrics.interval_coverage(ACTUAL, lower, upper) == pytest.approx(4 / 5)
    assert metrics.interval_width(ACTUAL, lower, upper) == pytest.approx(16 / 5)
    assert metrics.interval_width(ACTUAL, lower + 0.5, upper) == pytest.approx(13.5 / 5)


@pytest.mark.parametrize("count", [9.0, 20.0, 5_000.0])
def test_pit_puts_what_was_next_to_impossible_into_the_last_bin(count: float) -> None:
    rate = np.array([[[0.01]]])
    shares = metrics.pit(np.array([[[count]]]), rate, dispersion=np.ones_like(rate))
    np.testing.assert_allclose(shares, [0.0] * 9 + [1.0], atol=1e-9)


def test_pit_spreads_a_count_over_the_bins_that_its_probability_spans() -> None:
    rate = np.array([[[0.5, 0.5]]])
    shares = metrics.pit(np.array([[[0.0, NAN]]]), rate, dispersion=np.ones_like(rate), bins=4)
    # Nothing happens with the probability exp(-0.5), about 0.61.
    first = 0.25 / math.exp(-0.5)
    np.testing.assert_allclose(shares, [first, first, 1 - 2 * first, 0.0], atol=1e-3)
