"""Every feature beside a slow plain-Python oracle, and no look into the future."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calendar_days import holiday_names, named_holidays, national_holiday_names
from core.daily_counts import DailyCounts
from core.features import FEATURES, features, offset, vocabulary
from core.history import HALF_LIVES, LONGEST_LEAD, History, decayed_sums
from tests.support.counts import START, as_counts, simulated_matrix

DAYS = 560
PAIRS = (
    (27, 30),
    (90, 91),
    (150, 157),  # from the first day of two series
    (200, 214),
    (365, 366),
    (366, 370),
    (440, 441),
    (500, 530),
    (559, 566),
    (559, 980),
)


@pytest.fixture(scope="module")
def counts() -> DailyCounts:
    """Six series with gaps; the second and third begin late, the fourth has officers."""
    matrix = simulated_matrix(days=DAYS)
    matrix[0, 100:131] = np.nan
    matrix[1, :150] = np.nan
    matrix[1, 150] = 2.0
    matrix[2, :150] = np.nan
    matrix[2, 150] = 0.0
    matrix[2, 430:445] = np.nan
    matrix[3, 555:] = np.nan
    officers = np.full((6, 3), np.nan)
    officers[3] = [2.0, 2.5, 3.0]
    return replace(as_counts(matrix), officers=officers, officers_first_year=2019)


@pytest.fixture
def history(counts: DailyCounts) -> History:
    return History(counts)


def known(values: Sequence[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def weekday(t: int) -> int:
    return (START + timedelta(days=t)).weekday()


def scaled(factors: Sequence[float]) -> list[float]:
    return [factor * 7 / sum(factors) for factor in factors]


def mean(values: Sequence[float]) -> float:
    return sum(known(values)) / len(known(values)) if known(values) else 0.0


def decayed(values: Sequence[float], half_life: float) -> float:
    """Mean in which a day of age n weighs a half to the n-th part of the half-life."""
    aged = zip(range(len(values) - 1, -1, -1), values, strict=True)
    pairs = [(0.5 ** (age / half_life), value) for age, value in aged if not math.isnan(value)]
    return sum(w * v for w, v in pairs) / sum(w for w, _ in pairs) if pairs else 0.0


class Past:
    """Means, weekday factors and levels of every series on every day, from lists, slowly."""

    def __init__(self, counts: DailyCounts) -> None:
        self.counts = counts
        self.all = [list(map(float, values)) for values in counts.counts]
        self.means = [
            {h: [decayed(own[: t + 1], h) for t in range(DAYS)] for h in HALF_LIVES}
            for own in self.all
        ]
        self.factors: list[list[list[float]]] = []
        self.of_all: list[list[float]] = []
        self._weekdays()
        self.levels = [self._levels(row) for row in range(len(self.all))]

    def _weekdays(self) -> None:
        seen = [[0.0] * 7 for _ in self.all]
        expected = [[0.0] * 7 for _ in self.all]
        keep = 0.5 ** (1 / 104)
        for t in range(DAYS):
            today = weekday(t)
            for n, values in enumerate(self.all):
                reported = not math.isnan(values[t])
                due = self.means[n][60][max(t - 1, 0)]
                seen[n][today] = seen[n][today] * keep + (values[t] if reported else 0)
                expected[n][today] = expected[n][today] * keep + (due if reported else 0)
            known_yet = t >= 28
            of_all = [
                sum(s[w] for s in seen) / max(sum(e[w] for e in expected), 1e-9) for w in range(7)
            ]
            self.of_all.append(scaled(of_all) if known_yet else [1.0] * 7)
            self.factors.append(
                [
                    scaled([(s[w] + 50 * of_all[w]) / (e[w] + 50) for w in range(7)])
                    if known_yet
                    else [1.0] * 7
                    for s, e in zip(seen, expected, strict=True)
                ]
            )

    def _levels(self, row: int) -> list[float]:
        """Geometric mean of six means, weighted by how well each foretold single days."""
        kinds = [7, 14, 30, 60, 120, 240]
        losses = dict.fromkeys(kinds, 0.0)
        levels = []
        for t, value in enumerate(self.all[row]):
            for kind in kinds:
                losses[kind] *= 0.5 ** (1 / 120)
                if t and not math.isnan(value):
                    rate = max(self.means[row][kind][t - 1], 0.02)
                    rate *= self.factors[t - 1][row][weekday(t)]
                    losses[kind] += rate - value * math.log(rate)
            best = min(losses.values())
            weights = [math.exp(-0.1 * (losses[kind] - best)) for kind in kinds]
            logs = [math.log(max(self.means[row][kind][t], 0.02)) for kind in kinds]
            total = sum(w * v for w, v in zip(weights, logs, strict=True))
            levels.append(math.exp(total / sum(weights)))
        return levels


class Oracle:
    """The features of one series at one origin by their definitions."""

    def __init__(self, past: Past, *, row: int, origin: int, target: int) -> None:
        self.counts, self.past, self.row = past.counts, past, row
        self.origin, self.target = origin, target
        self.all = [values[: origin + 1] for values in past.all]
        self.own = self.all[row]
        self.day = START + timedelta(days=target)

    def level(self, row: int) -> float:
        return self.past.levels[row][self.origin]

    def profile(self) -> tuple[float, float]:
        """Own and state factor of the target's weekday."""
        own, of_all = self.past.factors[self.origin][self.row], self.past.of_all[self.origin]
        return own[self.day.weekday()], of_all[self.day.weekday()]

    def value(self, name: str) -> float:  # noqa: C901, PLR0911, PLR0912 - one line a feature
        own, level = self.own, self.level(self.row)
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
            levels = sum(self.level(row) for row in range(len(self.all)))
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
            return math.log(self.profile()[name.startswith("state")])
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


@pytest.fixture(scope="module")
def past(counts: DailyCounts) -> Past:
    return Past(counts)


def test_the_level_follows_a_jump_and_stays_calm_in_a_steady_series() -> None:
    random = np.random.default_rng(5)
    steady = random.poisson(6.0, size=(20, 500)).astype(float)
    jumped = steady.copy()
    jumped[:, 480:] = random.poisson(12.0, size=(20, 20))
    history = History(as_counts(np.concatenate([steady, jumped])))
    level, month, fortnight = (
        history.level[499],
        history.ewm[499, HALF_LIVES.index(30)],
        history.ewm[499, HALF_LIVES.index(14)],
    )
    assert level[20:].mean() > month[20:].mean() + 1
    assert level[:20].std() < fortnight[:20].std()


def test_the_level_is_judged_by_what_each_weekday_usually_holds() -> None:
    """Where weekends hold a tenth of a working day, a quiet Sunday tells nothing of the level."""
    week = np.array([1.4, 1.4, 1.4, 1.4, 1.1, 0.15, 0.15])
    rates = np.array([[3.0], [40.0]]) * week[[weekday(t) for t in range(DAYS)]]
    rates[1, 300:] *= 1.5
    pronounced = as_counts(np.random.default_rng(6).poisson(rates).astype(float))
    past, history = Past(pronounced), History(pronounced)
    for row in (0, 1):
        np.testing.assert_allclose(history.level[:, row], past.levels[row], rtol=1e-6)


@pytest.mark.parametrize(("origin", "target"), PAIRS)
def test_features_match_their_definitions(
    past: Past, history: History, origin: int, target: int
) -> None:
    found = at(history, origin=origin, target=target)
    assert found.dtype == np.float32
    for row in (0, 1, 2, 3):
        oracle = Oracle(past, row=row, origin=origin, target=target)
        for column, name in enumerate(FEATURES):
            expected = oracle.value(name)
            assert found[row, column] == pytest.approx(expected, rel=2e-5, abs=2e-5, nan_ok=True), (
                name,
                row,
            )


def test_the_offset_is_level_times_weekday_times_drift(past: Past, history: History) -> None:
    oracle = Oracle(past, row=4, origin=200, target=205)
    recent = sum(decayed(values, 14) for values in oracle.all) + 0.05
    levels = sum(oracle.level(row) for row in range(6)) + 0.05
    expected = oracle.level(4) * oracle.profile()[0] * math.sqrt(recent / levels)
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


@pytest.mark.parametrize("begun", [1, 200])
def test_day_by_day_gives_the_same_sums_as_all_at_once(counts: DailyCounts, begun: int) -> None:
    # Nothing is thin here, so the cut does not change the blocks.
    matrix = simulated_matrix(days=300)
    matrix[3, 20:30] = np.nan
    matrix[4, 205:214] = np.nan
    matrix[5, 299] = np.nan
    steady = replace(counts, counts=matrix)
    whole = History(steady)
    grown = History(steady.until(START + timedelta(days=begun - 1)), room=300 - begun)
    for day in range(begun, 300):
        grown.append(matrix[:, day])
    for name in ("ewm", "level", "profile", "state_profile", "spread", "values", "sums"):
        np.testing.assert_allclose(getattr(grown, name), getattr(whole, name), rtol=1e-9)


def test_days_that_were_not_reported_change_no_mean_and_no_sum(counts: DailyCounts) -> None:
    steady = replace(counts, counts=simulated_matrix(days=200))
    grown = History(steady, room=10)
    before = grown.ewm[199].copy(), grown.sums[200].copy()
    for _ in range(10):
        grown.append(np.full(6, np.nan))
    np.testing.assert_allclose(grown.ewm[209], before[0])
    np.testing.assert_array_equal(grown.sums[210], before[1])


def test_a_history_can_be_continued_as_far_as_days_can_be_targets(counts: DailyCounts) -> None:
    grown = History(counts, room=LONGEST_LEAD)
    for _ in range(LONGEST_LEAD - 1):
        grown.append(np.full(6, np.nan))
    found = at(grown, origin=grown.days - 1, target=grown.days)
    assert np.isfinite(found[:, FEATURES.index("level")]).all()
    assert np.isnan(found[:, FEATURES.index("officers_per_1000")]).all(), "of 2025 nothing is known"


def test_officers_are_those_of_the_year_before_wherever_the_history_begins(
    counts: DailyCounts,
) -> None:
    first = START + timedelta(days=61)
    later = History(replace(counts, first_day=first))
    column = FEATURES.index("officers_per_1000")
    for day, expected in (("2020-03-02", 2.0), ("2020-12-31", 2.0), ("2021-01-01", 2.5)):
        origin = (date.fromisoformat(day) - first).days
        assert at(later, origin=origin, target=origin + 1)[3, column] == expected


def test_a_history_may_end_on_the_first_day_of_a_year(counts: DailyCounts) -> None:
    days = (date(2021, 1, 1) - START).days + 1
    history = History(replace(counts, counts=counts.counts[:, :days]))
    assert history.officers.dtype == np.float64
    found = at(history, origin=days - 1, target=days)
    assert found[3, FEATURES.index("officers_per_1000")] == 2.5


def test_holidays_are_those_of_the_state(counts: DailyCounts) -> None:
    for state in ("CT", "TX"):
        history = History(replace(counts, state=state))
        named = named_holidays(state, first_year=2020, last_year=2021)
        targets = np.arange(1, DAYS)
        found = features(history, origins=targets - 1, targets=targets)
        expected = [
            holiday_names(state).index(named[day]) if day in named else -1
            for day in (START + timedelta(days=int(t)) for t in targets)
        ]
        assert found[:, 0, FEATURES.index("holiday")].tolist() == expected


def test_a_window_before_the_first_day_holds_nothing(history: History) -> None:
    found = history.window_sums(np.array([-9, -2]), np.array([0, 2]))
    assert not found[0].any()
    assert found[1, 1].tolist() == [2, 0, 0, 2, 2, 2], "days that were reported"


def test_decayed_sums_match_the_recursion() -> None:
    values = np.random.default_rng(2).random((200, 3))
    found = decayed_sums(values, decay=np.array([0.9, 0.99]))
    total = np.zeros((2, 3))
    for day in range(200):
        total = total * np.array([[0.9], [0.99]]) + values[day]
        np.testing.assert_allclose(found[day], total)


def test_the_vocabulary_names_columns_and_holidays() -> None:
    words = vocabulary("CT", national=False)
    assert tuple(words["features"]) == FEATURES
    assert len(set(FEATURES)) == len(FEATURES)
    assert "Halloween" in words["holidays"]
    assert words["holidays"] == list(holiday_names("CT"))
    assert vocabulary("TX", national=False)["holidays"] == list(holiday_names("TX"))
    assert holiday_names("TX") != holiday_names("CT")


@pytest.mark.parametrize("national", [False, True])
def test_a_holiday_is_its_place_in_the_names_that_the_counts_are_coded_by(
    counts: DailyCounts, *, national: bool
) -> None:
    names = vocabulary("CT", national=national)["holidays"]
    named = named_holidays("CT", first_year=START.year, last_year=START.year)

    history = History(replace(counts, national=national))

    assert len(names) == len(national_holiday_names() if national else holiday_names("CT"))
    for day, name in named.items():
        assert history.calendar.holiday[(day - START).days] == names.index(name)


def test_a_branch_is_a_history_of_its_own(counts: DailyCounts) -> None:
    ahead = np.random.default_rng(4).poisson(3.0, size=(2, 9, len(counts.series))).astype(float)
    base = History(counts, room=9)
    last = np.array([DAYS - 1])
    before = features(base, origins=last, targets=last + 1)

    for days in ahead:
        branch, fresh = base.branch(), History(counts, room=9)
        for step, day in enumerate(days):
            origin = last + step
            for each in (features, offset):
                found = each(branch, origins=origin, targets=origin + 1)
                expected = each(fresh, origins=origin, targets=origin + 1)
                assert np.array_equal(found, expected, equal_nan=True)
            branch.append(day)
            fresh.append(day)

    assert base.days == DAYS
    assert np.array_equal(features(base, origins=last, targets=last + 1), before, equal_nan=True)
