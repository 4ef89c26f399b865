"""Every feature beside a slow plain-Python oracle, and no look into the future."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calendar_days import holiday_names, named_holidays
from core.daily_counts import DailyCounts
from core.features import FEATURES, features, offset, vocabulary
from core.history import History, decayed_sums
from tests.support.counts import START, as_counts, simulated_matrix

DAYS = 560
PAIRS = ((27, 30), (90, 91), (200, 214), (440, 441), (500, 530), (559, 566), (559, 980))


@pytest.fixture(scope="module")
def counts() -> DailyCounts:
    """Six series with gaps; the second begins late, the fourth has officers."""
    matrix = simulated_matrix(days=DAYS)
    matrix[0, 100:131] = np.nan
    matrix[1, :150] = np.nan
    matrix[2, 430:445] = np.nan
    matrix[3, 555:] = np.nan
    officers = np.full((6, 3), np.nan)
    officers[3] = [2.0, 2.5, 3.0]
    return replace(as_counts(matrix), officers=officers, officers_first_year=2019)


@pytest.fixture(scope="module")
def history(counts: DailyCounts) -> History:
    return History(counts)


def known(values: Sequence[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def mean(values: Sequence[float]) -> float:
    return sum(known(values)) / len(known(values)) if known(values) else 0.0


def decayed(values: Sequence[float], half_life: float) -> float:
    """Mean in which a day of age n weighs a half to the n-th part of the half-life."""
    aged = zip(range(len(values) - 1, -1, -1), values, strict=True)
    pairs = [(0.5 ** (age / half_life), value) for age, value in aged if not math.isnan(value)]
    return sum(w * v for w, v in pairs) / sum(w for w, _ in pairs) if pairs else 0.0


class Oracle:
    """The features of one series, from lists, by their definitions."""

    def __init__(self, counts: DailyCounts, *, row: int, origin: int, target: int) -> None:
        self.counts, self.origin, self.target = counts, origin, target
        self.all = [list(map(float, values[: origin + 1])) for values in counts.counts]
        self.own = self.all[row]
        self.row = row
        self.day = START + timedelta(days=target)

    def level(self, values: Sequence[float]) -> float:
        return max((decayed(values, 30) + decayed(values, 120)) / 2, 0.02)

    def profile(self, *, row: int) -> tuple[float, float]:
        """Own and state factor of the target's weekday."""
        seen = [[0.0] * 7 for _ in self.all]
        expected = [[0.0] * 7 for _ in self.all]
        for t in range(self.origin + 1):
            weekday = (START + timedelta(days=t)).weekday()
            for n, values in enumerate(self.all):
                keep = 0.5 ** (1 / 104)
                reported = not math.isnan(values[t])
                due = decayed(values[: max(t, 1)], 60)
                seen[n][weekday] = seen[n][weekday] * keep + (values[t] if reported else 0)
                expected[n][weekday] = expected[n][weekday] * keep + (due if reported else 0)
        if self.origin < 28:
            return 1.0, 1.0
        of_all = [
            sum(s[w] for s in seen) / max(sum(e[w] for e in expected), 1e-9) for w in range(7)
        ]
        own = [(seen[row][w] + 50 * of_all[w]) / (expected[row][w] + 50) for w in range(7)]
        weekday = self.day.weekday()
        return own[weekday] * 7 / sum(own), of_all[weekday] * 7 / sum(of_all)

    def value(self, name: str) -> float:  # noqa: C901, PLR0911, PLR0912 - one line a feature
        own, level = self.own, self.level(self.own)
        number = int(name.rsplit("_", 1)[1]) if name[-1].isdigit() else 0
        if name.startswith("ewm"):
            return math.log((decayed(own, number) + 0.05) / (level + 0.05))
        if name.startswith("mean"):
            window = known(own[-number:])
            return math.log((mean(window) + 0.05) / (level + 0.05)) if window else math.nan
        if name.startswith("lag"):
            value = own[-number] if number <= len(own) else math.nan
            return math.log((value + 0.5) / (level + 0.5))
        if name.startswith("state_ewm"):
            levels = sum(self.level(values) for values in self.all)
            recent = sum(decayed(values, number) for values in self.all)
            return math.log((recent + 0.05) / (levels + 0.05))
        if name == "level":
            return math.log(level)
        if name == "deviation_30":
            squares = [
                (v - decayed(own[: t + 1], 30)) ** 2 if not math.isnan(v) else math.nan
                for t, v in enumerate(own)
            ]
            return math.sqrt(decayed(squares, 30) / level)
        if name == "dispersion_182":
            window = known(own[-182:])
            variance = mean([v * v for v in window]) - mean(window) ** 2
            return variance / max(mean(window), 0.02)
        if name == "zero_share_28":
            window = known(own[-28:])
            return sum(v == 0 for v in window) / max(len(window), 1)
        if name == "days_reported":
            return len(known(own))
        if name in ("weekday_factor", "state_weekday_factor"):
            return math.log(self.profile(row=self.row)[name.startswith("state")])
        if name == "same_weekday_mean":
            same = [
                t
                for t in range(self.origin + 1)
                if (START + timedelta(days=t)).weekday() == self.day.weekday()
            ]
            window = known([own[t] for t in same[-4:]])
            return math.log((mean(window) + 0.25) / (level + 0.25)) if window else math.nan
        if name == "officers_per_1000":
            year = (START + timedelta(days=self.origin)).year - 1
            return float(self.counts.officers[self.row, year - 2019])
        named = named_holidays("CT", first_year=2019, last_year=2024)
        if name == "holiday":
            return holiday_names("CT").index(named[self.day]) if self.day in named else -1
        if name == "days_from_holiday":
            since = min(((self.day - holiday).days for holiday in named), key=abs)
            return since if abs(since) <= 4 else 9
        return {
            "weekday": self.day.weekday(),
            "day_of_year": self.day.timetuple().tm_yday,
            "day_of_month": self.day.day,
            "lead": self.target - self.origin,
        }[name]


def at(history: History, *, origin: int, target: int) -> NDArray[np.float32]:
    made = features(history, origins=np.array([origin]), targets=np.array([target]))
    result: NDArray[np.float32] = made[0]
    return result


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_features_match_their_definitions(
    counts: DailyCounts, history: History, origin: int, target: int
) -> None:
    found = at(history, origin=origin, target=target)
    for row in (0, 1, 2, 3):
        oracle = Oracle(counts, row=row, origin=origin, target=target)
        for column, name in enumerate(FEATURES):
            # The slow weekday profile is worked out for one series of a long history only.
            if not (name.endswith("weekday_factor") and origin > 250 and row):
                expected = oracle.value(name)
                assert found[row, column] == pytest.approx(
                    expected, rel=2e-5, abs=2e-5, nan_ok=True
                ), (
                    name,
                    row,
                )


def test_the_offset_is_level_times_weekday_times_drift(
    counts: DailyCounts, history: History
) -> None:
    oracle = Oracle(counts, row=4, origin=200, target=205)
    recent = sum(decayed(values, 14) for values in oracle.all) + 0.05
    levels = sum(oracle.level(values) for values in oracle.all) + 0.05
    expected = oracle.level(oracle.own) * oracle.profile(row=4)[0] * math.sqrt(recent / levels)
    found = offset(history, origins=np.array([200]), targets=np.array([205]))[0, 4]
    assert math.exp(found) == pytest.approx(expected)


@pytest.mark.parametrize("origin", [60, 300, 500])
def test_no_later_value_changes_anything(
    counts: DailyCounts, monkeypatch: pytest.MonkeyPatch, origin: int
) -> None:
    # Which blocks are thin is judged by all days of a matrix, which a caller cuts at the origin.
    monkeypatch.setattr("core.history.without_thin_blocks", np.copy)
    changed = counts.counts.copy()
    later = changed[:, origin + 1 :]
    later[:] = np.random.default_rng(1).poisson(50, size=later.shape)
    pair = {"origins": np.array([origin]), "targets": np.array([origin + 9])}
    cut = History(counts.until(START + timedelta(days=origin)))
    for matrix in (counts.counts, changed):
        whole = History(replace(counts, counts=matrix))
        np.testing.assert_allclose(features(whole, **pair), features(cut, **pair), rtol=1e-6)
        np.testing.assert_allclose(offset(whole, **pair), offset(cut, **pair), rtol=1e-12)


def test_day_by_day_gives_the_same_sums_as_all_at_once(counts: DailyCounts) -> None:
    # Nothing is thin here once each series has begun, so the cut does not change the blocks.
    steady = replace(counts, counts=simulated_matrix(days=300))
    whole = History(steady)
    grown = History(steady.until(START + timedelta(days=199)), room=100)
    for day in range(200, 300):
        grown.append(steady.counts[:, day])
    for name in ("ewm", "level", "profile", "state_profile", "spread", "values"):
        np.testing.assert_allclose(getattr(grown, name), getattr(whole, name), rtol=1e-9)
    np.testing.assert_allclose(grown.sums, whole.sums)


def test_days_that_were_not_reported_change_no_mean_and_no_sum(counts: DailyCounts) -> None:
    steady = replace(counts, counts=simulated_matrix(days=200))
    grown = History(steady, room=10)
    before = grown.ewm[199].copy(), grown.sums[200].copy()
    for _ in range(10):
        grown.append(np.full(6, np.nan))
    np.testing.assert_allclose(grown.ewm[209], before[0])
    np.testing.assert_array_equal(grown.sums[210], before[1])


def test_decayed_sums_match_the_recursion() -> None:
    values = np.random.default_rng(2).random((200, 3))
    found = decayed_sums(values, decay=np.array([0.9, 0.99]))
    total = np.zeros((2, 3))
    for day in range(200):
        total = total * np.array([[0.9], [0.99]]) + values[day]
        np.testing.assert_allclose(found[day], total)


def test_the_vocabulary_names_columns_and_holidays() -> None:
    words = vocabulary("CT")
    assert tuple(words["features"]) == FEATURES
    assert len(set(FEATURES)) == len(FEATURES)
    assert "Halloween" in words["holidays"]
