"""What the validation windows decide, and the spread that they teach."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from core.volume.baselines import BASELINES
from core.volume.dispersion import BAND_NAMES, band_of, calibrate
from core.volume.model import Settings
from core.volume.validation import Window, choose, served_means

Floats = NDArray[np.float64]

GOOD = Settings(way="direct", rounds=60, shrink=1.0)
POOR = Settings(way="direct", rounds=30, shrink=0.25)
RECURSIVE = Settings(way="recursive", rounds=30, shrink=1.0)
RATES = np.array([0.3, 1.0, 3.0, 9.0])
NAMES = ("a", "b", "c", "d")


def windows(factors: Mapping[Settings | str, Floats | float], *, count: int = 8) -> list[Window]:
    """Poisson windows; each candidate is the true rate times its factor, the rest are far off."""
    random = np.random.default_rng(9)
    result = []
    for number in range(count):
        rate = np.repeat(RATES[:, None], 30, axis=1)
        means: dict[Settings | str, Floats] = dict.fromkeys(BASELINES, rate * 2.0)
        means |= {
            candidate: rate * np.broadcast_to(factor, (4,))[:, None]
            for candidate, factor in factors.items()
        }
        result.append(
            Window(
                origin=number,
                actual=random.poisson(rate).astype(float),
                level=RATES,
                means=means,
            )
        )
    return result


def test_the_best_settings_and_the_best_baseline_are_found() -> None:
    choice = choose(windows({POOR: 1.4, GOOD: 1.0, RECURSIVE: 1.2, "mean_91": 1.1}))
    assert choice.settings == GOOD
    assert choice.other == RECURSIVE
    assert choice.baseline == "mean_91"
    assert choice.by_band == ("direct",) * 4
    assert choice.windows == 8
    assert choice.scores["direct"]["deviance"] < choice.scores["mean_91"]["deviance"]


def test_the_recursive_way_serves_when_it_leads_clearly() -> None:
    assert choose(windows({GOOD: 1.3, RECURSIVE: 1.0})).settings == RECURSIVE
    assert choose(windows({GOOD: 1.01, RECURSIVE: 1.0})).settings == GOOD


def test_a_baseline_takes_the_band_that_it_wins() -> None:
    factors: dict[Settings | str, Floats | float] = {
        GOOD: np.array([1.0, 1.0, 1.5, 1.0]),
        RECURSIVE: 1.6,
        "mean_28": np.array([2.0, 2.0, 1.0, 2.0]),
    }
    given = windows(factors)
    choice = choose(given)
    assert choice.by_band == ("direct", "direct", "mean_28", "direct")
    served = served_means(given[0], choice=choice)
    np.testing.assert_array_equal(served[2], given[0].means["mean_28"][2])
    np.testing.assert_array_equal(served[3], given[0].means[GOOD][3])


def test_too_few_windows_decide_nothing() -> None:
    choice = choose(windows({GOOD: 1.0, RECURSIVE: 1.0}, count=2))
    assert choice.windows == 0
    assert choice.settings.way == "direct"
    assert choice.scores == {}


def test_bands_by_expected_counts_a_day() -> None:
    assert band_of(np.array([0.0, 0.49, 0.5, 1.99, 2.0, 4.99, 5.0, 80.0])).tolist() == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    assert len(BAND_NAMES) == 4


def _simulated(
    *, dispersion: float, level_error: float, windows_of: int = 60
) -> tuple[Floats, Floats]:
    random = np.random.default_rng(11)
    forecast = np.broadcast_to(RATES[None, :, None], (windows_of, 4, 30)).copy()
    shared = random.gamma(1 / level_error, level_error, size=(windows_of, 4, 1))
    rate = forecast * shared
    size = rate / (dispersion - 1)
    return random.negative_binomial(size, 1 / dispersion).astype(float), forecast


def test_dispersion_and_level_error_are_recovered() -> None:
    actual, forecast = _simulated(dispersion=1.5, level_error=0.02)
    found = calibrate(NAMES, actual=actual, forecast=forecast)
    # Daily spread holds the level's error too: variance over mean is 1.5 + 0.02 x mean.
    for row, rate in enumerate(RATES):
        assert found.by_series[NAMES[row]] == pytest.approx(1.5 + 0.02 * rate, abs=0.12)
    assert found.level_error[3] == pytest.approx(0.02, rel=0.5)
    assert found.growth < 0.6


def test_a_window_that_broke_off_hardly_widens_the_others() -> None:
    actual, forecast = _simulated(dispersion=1.2, level_error=0.005, windows_of=12)
    usual = calibrate(NAMES, actual=actual, forecast=forecast)
    broken = actual.copy()
    broken[4, 3] = 0.0
    found = calibrate(NAMES, actual=broken, forecast=forecast)
    # As it is, a silent window in twelve adds some r / 12 to the ratio of a rate of r a day.
    assert found.by_series[NAMES[3]] < usual.by_series[NAMES[3]] + 0.4 * RATES[3] / 12
    assert found.level_error[3] < 0.05
    assert found.of_state > usual.of_state


def test_a_short_record_takes_the_spread_of_its_band() -> None:
    random = np.random.default_rng(3)
    names = tuple(f"a{n}" for n in range(9))
    forecast = np.full((12, 9, 30), 8.0)
    actual = random.negative_binomial(8.0 / 0.1, 1 / 1.1, size=forecast.shape).astype(float)
    actual[:, 0] = random.negative_binomial(8.0 / 0.8, 1 / 1.8, size=(12, 30))
    whole = calibrate(names, actual=actual, forecast=forecast)
    actual[:-1, 0] = np.nan
    short = calibrate(names, actual=actual, forecast=forecast)
    rest = short.by_series["a5"]
    assert whole.by_series["a0"] - rest > 0.2
    assert short.by_series["a0"] - rest < 0.15


def test_totals_are_as_wide_as_totals_were() -> None:
    actual, forecast = _simulated(dispersion=1.3, level_error=0.03)
    found = calibrate(NAMES, actual=actual, forecast=forecast)
    daily = found.daily(NAMES, mean=forecast[0], first_lead=1)
    ratio = found.of_total(mean=forecast[0], daily=daily, first_lead=1)
    total = actual.sum(axis=2)
    for row in range(4):
        seen = total[:, row].var() / total[:, row].mean()
        assert ratio[row] == pytest.approx(seen, rel=0.5)


def test_dispersion_grows_with_the_lead() -> None:
    random = np.random.default_rng(12)
    forecast = np.broadcast_to(RATES[None, :, None], (80, 4, 30)).copy()
    ratio = 1.2 + 0.04 * np.arange(30)
    actual = random.negative_binomial(
        forecast / (ratio - 1), np.broadcast_to(1 / ratio, (80, 4, 30))
    )
    found = calibrate(NAMES, actual=actual.astype(float), forecast=forecast)
    spread = found.daily(NAMES, mean=forecast[0], first_lead=1)
    assert (np.diff(spread, axis=1) > 0).all()
    assert spread[3, -1] - spread[3, 0] == pytest.approx(1.16, rel=0.35)
    far = found.daily(NAMES, mean=forecast[0], first_lead=200)
    assert (far > spread[:, -1:]).all()


def test_unreported_days_teach_nothing() -> None:
    actual, forecast = _simulated(dispersion=1.5, level_error=0.02)
    spoiled, wild = actual.copy(), forecast.copy()
    gone = np.random.default_rng(1).random(actual.shape) < 0.3
    spoiled[gone] = np.nan
    wild[gone] = 1e6
    plain = calibrate(NAMES, actual=spoiled, forecast=forecast)
    assert calibrate(NAMES, actual=spoiled, forecast=wild) == plain


def test_without_a_window_the_spread_is_assumed() -> None:
    empty = calibrate(NAMES, actual=np.full((1, 4, 30), np.nan), forecast=np.ones((1, 4, 30)))
    assert empty.by_series == {}
    assert min(empty.by_band) > 1
