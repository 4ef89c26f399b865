"""Boosters of several States: what they learn from, and what they must not see."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import lightgbm as lgb
import numpy as np
import pytest

from core.calendar_days import day_table, holiday_names, national_holiday_names
from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.features import FEATURES
from core.history import History
from core.nibrs.states import STATE_NAMES
from core.volume.boosting import DIRECT, ONE_STEP, Rows, Way, parameters_of, training_rows
from core.volume.fit import fit_counts
from core.volume.forecast import forecast
from core.volume.model import VolumeModels
from core.volume.storage import load_models, save_models
from core.volume.training import ManyStates, together
from core.volume.validation import Boosters, judge_window
from core.workers import ALONE, Job, Workers
from tests.support.counts import START, as_counts, simulated_matrix

DAY = date(2021, 3, 31)
ROUNDS = {DIRECT: 5, ONE_STEP: 3}


def of_state(state: str, *, seed: int, days: int = 500, begins: date = START) -> DailyCounts:
    counts = as_counts(simulated_matrix(days=days, seed=seed), state=state)
    return replace(counts, national=True, first_day=begins)


@pytest.fixture(scope="module")
def ct() -> DailyCounts:
    return of_state("CT", seed=1)


@pytest.fixture(scope="module")
def vt() -> DailyCounts:
    return of_state("VT", seed=2)


def trained(states: Sequence[DailyCounts], *, day: date = DAY) -> dict[str, str]:
    """The text of each way's booster, trained for the first State."""
    boosters = together(states).train(states[0].until(day), rounds=ROUNDS)
    return {way.name: booster.model_to_string() for way, booster in boosters.items()}


@pytest.mark.parametrize("way", [DIRECT, ONE_STEP])
def test_the_rows_are_those_of_each_state_one_after_the_other(
    ct: DailyCounts, vt: DailyCounts, way: Way
) -> None:
    lots = [training_rows(History(each.until(DAY)), way=way) for each in (ct, vt)]
    data = lgb.Dataset(
        np.vstack([lot.x for lot in lots]),
        np.concatenate([lot.y for lot in lots]),
        init_score=np.concatenate([lot.offset for lot in lots]),
        feature_name=list(FEATURES),
    )

    expected = lgb.train(parameters_of(way), data, num_boost_round=ROUNDS[way])

    # States stand in the order of their names, whatever order they came in.
    assert trained([vt, ct])[way.name] == expected.model_to_string()


def test_days_after_the_last_known_one_teach_nothing(ct: DailyCounts, vt: DailyCounts) -> None:
    later, earlier = vt.counts.copy(), vt.counts.copy()
    later[:, vt.index(DAY) + 1 :] += 7
    earlier[:, vt.index(DAY)] += 7

    assert trained([ct, replace(vt, counts=later)]) == trained([ct, vt])
    assert trained([ct, replace(vt, counts=earlier)]) != trained([ct, vt])


@pytest.mark.parametrize("begins", [DAY - timedelta(days=178), DAY + timedelta(days=30)])
def test_a_state_with_less_than_half_a_year_teaches_nothing_yet(
    ct: DailyCounts, vt: DailyCounts, begins: date
) -> None:
    newcomer = of_state("RI", seed=3, begins=begins)

    assert trained([ct, vt, newcomer]) == trained([ct, vt])


def test_a_state_with_half_a_year_teaches(ct: DailyCounts, vt: DailyCounts) -> None:
    newcomer = of_state("RI", seed=3, begins=DAY - timedelta(days=179))

    assert trained([ct, vt, newcomer]) != trained([ct, vt])


def test_a_state_whose_data_have_ended_still_teaches(ct: DailyCounts, vt: DailyCounts) -> None:
    ended = replace(vt, first_day=date(2015, 1, 1))

    assert trained([ct, ended]) != trained([ct, of_state("VT", seed=9, begins=ended.first_day)])


class Counting(Workers):
    """This process, counting what it is asked to train."""

    def __init__(self) -> None:
        self.trainings = 0

    start = ALONE.start
    hold = ALONE.hold

    def boost(self, parts: Sequence[Job[Rows]], *, parameters: object, rounds: int) -> lgb.Booster:
        del parameters
        self.trainings += 1
        return ALONE.boost(parts, parameters=parameters_of(DIRECT), rounds=rounds)


def same(counts: DailyCounts) -> DailyCounts:
    return counts


def test_states_with_a_day_in_common_are_trained_for_once(ct: DailyCounts, vt: DailyCounts) -> None:
    workers = Counting()
    trainer = ManyStates({c.state: workers.hold(same, c) for c in (ct, vt)}, workers=workers)

    first = trainer.train(ct.until(DAY), rounds={DIRECT: 2})[DIRECT]

    assert trainer.train(vt.until(DAY), rounds={DIRECT: 2})[DIRECT] is first
    assert workers.trainings == 1
    trainer.train(vt.until(DAY - timedelta(days=1)), rounds={DIRECT: 2})
    assert workers.trainings == 2


def test_one_state_is_refused(ct: DailyCounts) -> None:
    with pytest.raises(RequestError, match="needs two or more, got CT"):
        together([ct])


def test_a_state_given_twice_is_refused(ct: DailyCounts, vt: DailyCounts) -> None:
    with pytest.raises(RequestError, match="each once, got CT, VT, CT"):
        together([ct, vt, ct])


def test_the_names_of_all_states_are_each_there_once() -> None:
    names = national_holiday_names()

    assert len(set(names)) == len(names)
    assert set(names) == {name for state in STATE_NAMES for name in holiday_names(state)}


@pytest.mark.parametrize("name", ["Independence Day", "Halloween", "Christmas Day"])
def test_a_holiday_has_one_code_in_all_states(name: str) -> None:
    code = national_holiday_names().index(name)
    for state in ("CT", "LA", "VT"):
        table = day_table(state, first_day=date(2024, 1, 1), days=366, national=True)
        days = [n for n in range(366) if table.holiday[n] == code]
        own = day_table(state, first_day=date(2024, 1, 1), days=366, national=False)
        assert days == [n for n in range(366) if own.holiday[n] == holiday_names(state).index(name)]
        assert days


@pytest.fixture(scope="module")
def models(ct: DailyCounts, vt: DailyCounts) -> VolumeModels:
    return fit_counts(ct, trainer=together([ct, vt]))


def test_a_model_of_several_states_says_so_and_comes_back_from_its_files(
    models: VolumeModels,
) -> None:
    back = load_models(save_models(models))

    assert models.states == back.states == ("CT", "VT")
    assert back.national
    assert back.vocabulary["holidays"] == list(national_holiday_names())
    assert save_models(back) == save_models(models)


def test_a_forecast_codes_holidays_as_its_model_learned_them(
    models: VolumeModels, ct: DailyCounts
) -> None:
    given = [replace(ct, national=national) for national in (True, False)]

    one, other = (forecast(models, each, origin=ct.last_day, horizon=30) for each in given)

    assert one.daily.equals(other.daily)


def test_choices_and_spreads_are_of_the_state_alone(
    models: VolumeModels, ct: DailyCounts, vt: DailyCounts
) -> None:
    """The windows that decide are those of the counts that are fitted."""
    trainer = together([ct, vt])
    booster = models.snapshots[-1].booster
    both = Boosters(direct=booster, recursive=booster)
    judged = trainer.judge(ct, origin=400, boosters=both).result()
    expected = judge_window(ct, origin=400, boosters=both)

    np.testing.assert_array_equal(judged.actual, expected.actual)
    assert {name: means.tolist() for name, means in judged.means.items()} == {
        name: means.tolist() for name, means in expected.means.items()
    }
