"""The spread of forecasts beside a slow oracle: each figure from lists, by its definition."""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.volume.dispersion import Dispersion, calibrate

Floats = NDArray[np.float64]

LEADS = range(30)
# By band; one lies just on an edge, the last of all is never reported.
RATES = (0.2, 0.4, 0.5, 1.3, 1.9, 3.0, 4.5, 7.0, 16.0, 2.5)
NAMES = tuple(f"s{n}" for n in range(len(RATES)))
SILENT = NAMES[-1]


def cells(
    *, ratio: float, level_error: float = 0.0, windows: int = 6, slope: float = 0.0
) -> tuple[Floats, Floats]:
    """Windows of counts and their forecasts, with gaps in both."""
    random = np.random.default_rng(21)
    shape = (windows, len(RATES), 30)
    forecast = np.array(RATES)[None, :, None] * random.uniform(0.8, 1.25, size=shape)
    forecast[:, 2] = 0.5
    rate = forecast * np.exp(random.normal(0.0, math.sqrt(level_error), size=(windows, 10, 1)))
    spread = np.maximum(ratio + slope * np.arange(30), 1.001)
    actual = random.negative_binomial(rate / (spread - 1), 1 / np.broadcast_to(spread, shape))
    counts = actual.astype(float)
    counts[1, 4, 5:12] = np.nan
    counts[2, 7] = np.nan
    counts[:, -1] = np.nan
    forecast[3, 1, :9] = np.nan
    forecast[4, 0, 2] = 0.0
    return counts, forecast


def broken(counts: Floats) -> Floats:
    """As given, but one series fell silent and one rose fivefold, each in one window."""
    changed = counts.copy()
    changed[0, 8] = 0.0
    changed[5, 3] *= 5
    return changed


def band(mean: float) -> int:
    return sum(mean >= edge for edge in (0.5, 2.0, 5.0))


def held(value: float) -> float:
    return min(max(value, 1.0), 15.0)


class Oracle:
    """Sums over lists, a cell at a time."""

    def __init__(self, actual: Floats, forecast: Floats) -> None:
        self.windows = range(len(actual))
        self.series = range(len(NAMES))
        self.mean: dict[tuple[int, int, int], float] = {}
        self.wrong: dict[tuple[int, int, int], float] = {}
        for cell in itertools.product(self.windows, self.series, LEADS):
            y, f = float(actual[cell]), float(forecast[cell])
            if not math.isnan(y) and not math.isnan(f):
                self.mean[cell] = max(f, 1e-6)
                self.wrong[cell] = y - self.mean[cell]
        self.level = [
            statistics.fmean(own) if (own := self.of(self.mean, series=[n])) else 0.0
            for n in self.series
        ]
        self.band = [band(level) for level in self.level]
        self.usual = self._without_breaks()
        self.overall = held(self.ratio(self.series)[0] / self.ratio(self.series)[1])
        self.by_band = [
            self.shrunk([n for n in self.series if self.band[n] == b], prior=self.overall)
            for b in range(4)
        ]
        self.by_series = {
            NAMES[n]: self.shrunk(
                [n], prior=self.by_band[self.band[n]], worth=max(150.0, 360 * self.level[n])
            )
            for n in self.series
            if NAMES[n] != SILENT
        }

    def of(
        self,
        values: dict[tuple[int, int, int], float],
        *,
        series: Sequence[int],
        windows: Sequence[int] | None = None,
        leads: Sequence[int] = LEADS,
    ) -> list[float]:
        chosen = self.windows if windows is None else windows
        return [values[cell] for cell in itertools.product(chosen, series, leads) if cell in values]

    def _without_breaks(self) -> dict[tuple[int, int, int], float]:
        ratios = {
            (w, n): sum(v * v for v in self.of(self.wrong, series=[n], windows=[w])) / sum(own)
            for w in self.windows
            for n in self.series
            if (own := self.of(self.mean, series=[n], windows=[w]))
        }
        most = {
            b: 3 * max(statistics.median(own), 1.0)
            for b in range(4)
            if (own := [ratio for (_, n), ratio in ratios.items() if self.band[n] == b])
        }
        return {
            (w, n, lead): value
            * math.sqrt(most[self.band[n]] / max(ratios[w, n], most[self.band[n]]))
            for (w, n, lead), value in self.wrong.items()
        }

    def ratio(self, series: Sequence[int]) -> tuple[float, float]:
        squares = sum(value**2 for value in self.of(self.usual, series=series))
        return squares, sum(self.of(self.mean, series=series))

    def shrunk(self, series: Sequence[int], *, prior: float, worth: float = 150.0) -> float:
        squares, mean = self.ratio(series)
        return held((squares + worth * prior) / (mean + worth))

    def level_error(
        self, series: Sequence[int], *, leads: Sequence[int] = LEADS, together: bool = False
    ) -> float:
        above, below = 0.0, 0.0
        for w in self.windows:
            for rows in [list(series)] if together else [[n] for n in series]:
                f = sum(self.of(self.mean, series=rows, windows=[w], leads=leads))
                errors = self.wrong if together else self.usual
                off = sum(self.of(errors, series=rows, windows=[w], leads=leads))
                if not f:
                    continue
                ratio = self.by_band[3] if together else self.by_series[NAMES[rows[0]]]
                weight = 1 / (ratio * f + 0.01 * f * f) ** 2
                above += weight * f * f * (off**2 - ratio * f)
                below += weight * f**4
        return above / below

    def level_errors(self) -> list[float]:
        overall = max(self.level_error(self.series), 0.0005)
        result = []
        for b in range(4):
            rows = [n for n in self.series if self.band[n] == b and NAMES[n] != SILENT]
            own = self.level_error(rows) if rows else overall
            share = len(rows) / (len(rows) + 5)
            result.append(max(share * own + (1 - share) * overall, 0.0005))
        return result

    def of_state(self) -> float:
        days = itertools.product(self.windows, LEADS)
        squares = sum(
            sum(self.of(self.wrong, series=self.series, windows=[w], leads=[lead])) ** 2
            for w, lead in days
        )
        return held(squares / sum(self.mean.values()))

    def growth(self) -> float:
        weights = [sum(self.of(self.mean, series=self.series, leads=[lead])) for lead in LEADS]
        squares = [
            sum(v * v for v in self.of(self.usual, series=self.series, leads=[lead]))
            for lead in LEADS
        ]
        slope = sum(s * (lead - 14.5) for lead, s in zip(LEADS, squares, strict=True)) / sum(
            w * (lead - 14.5) ** 2 for lead, w in zip(LEADS, weights, strict=True)
        )
        above = sum(squares) / sum(weights) - 1
        return min(max(30 * slope / max(above, 0.02), 0.0), 1.5)

    def level_growth(self) -> list[float]:
        whole = max(self.level_error(self.series), 0.0005)
        parts = [self.level_error(self.series, leads=range(days)) / whole for days in (7, 14)]
        return [min(max(part, 0.5), 1.5) for part in parts]


TYPICAL = cells(ratio=1.4, level_error=0.02)
STEADY = cells(ratio=1.0)
CASES = {
    "typical": TYPICAL,
    "some windows broke off or jumped": (broken(TYPICAL[0]), TYPICAL[1]),
    "wild": cells(ratio=40.0, level_error=0.3),
    "Poisson": STEADY,
    "grows": cells(ratio=1.1, slope=0.05, level_error=0.01),
    "grows from next to nothing": cells(ratio=0.3, slope=0.05),
    "shrinks": cells(ratio=3.0, slope=-0.07, level_error=0.005),
    "exact": (np.where(np.isnan(STEADY[0]), np.nan, STEADY[1]), STEADY[1]),
    "three windows of six busy ones": (
        np.tile(TYPICAL[0][3:], (2, 1, 1)),
        np.tile(TYPICAL[1][3:], (2, 1, 1)),
    ),
    "next to nothing": ((TYPICAL[0] > 20) * 1.0 + 0.0 * TYPICAL[0], 1e-4 * TYPICAL[1]),
    "double": (2 * TYPICAL[0], TYPICAL[1]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_spread_matches_its_definition(case: str) -> None:
    actual, forecast = CASES[case]
    oracle = Oracle(actual, forecast)

    found = calibrate(NAMES, actual=actual, forecast=forecast)

    assert found.by_band == pytest.approx(oracle.by_band)
    assert found.by_series == pytest.approx(oracle.by_series)
    assert found.of_state == pytest.approx(oracle.of_state())
    assert found.growth == pytest.approx(oracle.growth(), abs=1e-9)
    assert found.level_error == pytest.approx(oracle.level_errors())
    state_error = oracle.level_error(oracle.series, together=True)
    assert found.state_level_error == pytest.approx(max(state_error, 0.0005))
    assert found.level_growth == pytest.approx(oracle.level_growth())


def test_a_band_without_a_series_takes_the_level_error_of_all() -> None:
    actual, forecast = (values[:, 7:9] for values in TYPICAL)
    found = calibrate(NAMES[7:9], actual=actual, forecast=forecast)

    assert found.level_error[0] == found.level_error[1] == found.level_error[2]
    whole = found.level_error[0]
    assert found.level_error[3] == pytest.approx(whole), "two series of one band are all there are"
    assert found.by_band[0] == pytest.approx(found.by_band[1])


SPREAD = Dispersion(
    by_band=(1.1, 1.2, 1.4, 2.0),
    by_series={"a": 1.5, "b": 3.0},
    of_state=4.0,
    growth=0.6,
    level_error=(0.08, 0.04, 0.02, 0.01),
    state_level_error=0.003,
    level_growth=(0.5, 0.8),
)
WEEK = np.array([0.3, 1.0, 3.0, 9.0])[:, None] * np.linspace(0.8, 1.2, 7)
SERIES = ("a", "b", "new", "newer")


@pytest.mark.parametrize("first_lead", [1, 16, 90])
def test_a_day_is_as_wide_as_its_series_and_lead_are(first_lead: int) -> None:
    found = SPREAD.daily(SERIES, mean=WEEK, first_lead=first_lead)
    state = SPREAD.state_daily(days=7, first_lead=first_lead)

    for day in range(7):
        factor = 1 + 0.6 * (first_lead + day - 15.5) / 30
        expected = [1 + 0.5 * factor, 1 + 2.0 * factor, 1 + 0.4 * factor, 1 + 1.0 * factor]
        assert found[:, day].tolist() == pytest.approx(expected)
        assert state[day] == pytest.approx(1 + 3.0 * factor)


@pytest.mark.parametrize(
    ("days", "first_lead", "share"),
    [
        pytest.param(1, 1, 0.5, id="a day is no surer than a week"),
        pytest.param(7, 1, 0.5, id="a week"),
        pytest.param(10, 1, 0.5 + 0.3 * 3 / 7, id="between a week and two"),
        pytest.param(14, 1, 0.8, id="two weeks"),
        pytest.param(22, 1, 0.9, id="between two weeks and 30 days"),
        pytest.param(30, 1, 1.0, id="30 days"),
        pytest.param(60, 1, 2.0, id="60 days reach 30 days beyond"),
        pytest.param(7, 24, 0.5, id="a week that ends on day 30"),
        pytest.param(7, 25, 0.5 * (1 + 1 / 30), id="a week that ends on day 31"),
        pytest.param(30, 201, 1 + 200 / 30, id="a bridge"),
    ],
)
def test_a_total_is_as_wide_as_its_days_and_its_level_are(
    days: int, first_lead: int, share: float
) -> None:
    mean = np.array([0.3, 1.0, 3.0, 9.0])[:, None] * np.linspace(0.8, 1.2, days)
    daily = np.array([1.2, 1.4, 1.6, 1.8])[:, None] * np.linspace(1.0, 2.0, days)

    found = SPREAD.of_total(mean=mean, daily=daily, first_lead=first_lead)
    state = SPREAD.of_state_total(mean=mean[3], first_lead=first_lead)

    for row, error in enumerate(SPREAD.level_error):
        total = sum(mean[row])
        variance = sum(m * d for m, d in zip(mean[row], daily[row], strict=True))
        assert found[row] == pytest.approx(variance / total + error * share * total)
    of_state = SPREAD.state_daily(days=days, first_lead=first_lead)
    variance = sum(m * min(d, 2.0) for m, d in zip(mean[3], of_state, strict=True))
    total = sum(mean[3])
    assert state == pytest.approx(variance / total + 0.003 * share * total)


def test_the_sum_of_all_is_narrower_than_its_days_where_they_are_near_poisson() -> None:
    mean = np.full(30, 50.0)
    near = replace(SPREAD, of_state=1.5, growth=0.0, state_level_error=0.0)

    assert near.of_state_total(mean=mean, first_lead=1) == pytest.approx(1.5)
    assert replace(near, of_state=5.0).of_state_total(mean=mean, first_lead=1) == pytest.approx(2.0)


def test_a_total_below_one_is_a_total() -> None:
    found = replace(SPREAD, growth=0.0).of_state_total(mean=np.full(7, 0.02), first_lead=1)

    assert found == pytest.approx(2.0 + 0.003 * 0.5 * 0.14)


def test_each_row_of_means_has_its_name() -> None:
    with pytest.raises(ValueError, match="longer"):
        SPREAD.daily(SERIES[:1], mean=WEEK, first_lead=1)


def test_a_total_of_nothing_has_a_spread() -> None:
    nothing = np.zeros((4, 7))
    daily = SPREAD.daily(SERIES, mean=nothing, first_lead=1)

    assert np.isfinite(SPREAD.of_total(mean=nothing, daily=daily, first_lead=1)).all()
    assert math.isfinite(SPREAD.of_state_total(mean=nothing[0], first_lead=1))


def test_what_is_assumed_is_wider_than_poisson_and_surer_of_all_than_of_one() -> None:
    gone = np.full((1, 4, 30), np.nan)
    found = calibrate(NAMES[:4], actual=gone, forecast=np.ones_like(gone))

    assert len(found.by_band) == len(found.level_error) == 4
    assert 1 < found.by_band[0] < 2 < found.of_state < 3
    assert 0 < found.state_level_error < found.level_error[0] < 0.05
    assert 0 < found.growth < 1
    assert 0.5 < found.level_growth[0] < found.level_growth[1] < 1
