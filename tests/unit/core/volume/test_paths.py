"""Which way makes the expected counts that are served, with which settings, for which days."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.daily_counts import DailyCounts
from core.features import features, offset
from core.history import History
from core.volume.baselines import BASELINES
from core.volume.boosting import ONE_STEP, raw_scores, train, training_rows
from core.volume.dispersion import calibrate
from core.volume.model import Choice, Settings, Snapshot
from core.volume.paths import model_means, served_path
from core.volume.recursion import recursive_means
from tests.support.counts import as_counts, simulated_matrix

LEADS = range(3, 9)
DIRECT = Settings(way="direct", rounds=5, shrink=0.5)
RECURSIVE = Settings(way="recursive", rounds=5, shrink=0.5)
BY_BAND = ("mean_28", "recursive", "weekday_level", "recursive")


@pytest.fixture(scope="module")
def counts() -> DailyCounts:
    """Of the bands 3, 1, 1, 2, 3, 3; the first was reported on the last day alone."""
    matrix = simulated_matrix(days=200)
    matrix[0] = np.nan
    matrix[0, -1] = 9.0
    return as_counts(matrix)


@pytest.fixture(scope="module")
def snapshot(counts: DailyCounts) -> Snapshot:
    """Eight trees, of which the settings use five."""
    nothing = np.full((1, 6, 30), np.nan)
    return Snapshot(
        trained_to=counts.last_day,
        booster=train(training_rows(History(counts), way=ONE_STEP), way=ONE_STEP, rounds=8),
        choice=Choice(
            settings=RECURSIVE,
            other=DIRECT,
            baseline="mean_28",
            by_band=BY_BAND,
            windows=0,
            scores={},
        ),
        dispersion=calibrate(counts.series, actual=nothing, forecast=nothing),
    )


def using(snapshot: Snapshot, settings: Settings) -> Snapshot:
    return replace(snapshot, choice=replace(snapshot.choice, settings=settings))


def recursed(snapshot: Snapshot, counts: DailyCounts) -> NDArray[np.float64]:
    """Every day to the last lead; shape (series, days)."""
    return recursive_means(
        History(counts, room=8), booster=snapshot.booster, rounds=5, shrink=0.5, days=8
    ).T


def test_the_direct_way_is_the_offset_times_its_share_of_the_trees(
    counts: DailyCounts, snapshot: Snapshot
) -> None:
    history = History(counts, room=8)
    origins = np.full(len(LEADS), counts.days - 1)
    pair = {"origins": origins, "targets": origins + np.array(LEADS)}
    scores = raw_scores(snapshot.booster, x=features(history, **pair), rounds=5)

    found = model_means(using(snapshot, DIRECT), history=history, leads=LEADS)

    assert np.abs(scores).max() > 0.01, "the trees say something"
    np.testing.assert_allclose(found, np.exp(offset(history, **pair) + 0.5 * scores).T)


def test_the_recursive_way_runs_through_the_days_before_the_first_lead(
    counts: DailyCounts, snapshot: Snapshot
) -> None:
    found = model_means(snapshot, history=History(counts, room=8), leads=LEADS)

    assert found.shape == (6, 6)
    np.testing.assert_array_equal(found, recursed(snapshot, counts)[:, 2:])


def test_each_band_is_served_by_what_won_there(counts: DailyCounts, snapshot: Snapshot) -> None:
    means, names = served_path(snapshot, counts=counts, leads=LEADS)

    assert names.tolist() == [BY_BAND[band] for band in (3, 1, 1, 2, 3, 3)]
    expected = recursed(snapshot, counts)[:, 2:]
    expected[3] = BASELINES["weekday_level"](counts.counts, 8)[3, 2:]
    np.testing.assert_array_equal(means, expected)


def test_several_baselines_serve_side_by_side(counts: DailyCounts, snapshot: Snapshot) -> None:
    by_band = ("mean_28", "weekday_level", "direct", "seasonal_naive")
    choice = replace(snapshot.choice, settings=DIRECT, by_band=by_band)

    means, names = served_path(replace(snapshot, choice=choice), counts=counts, leads=LEADS)

    assert names.tolist() == [by_band[band] for band in (3, 1, 1, 2, 3, 3)]
    weekdays = BASELINES["weekday_level"](counts.counts, 8)[:, 2:]
    naive = BASELINES["seasonal_naive"](counts.counts, 8)[:, 2:]
    np.testing.assert_array_equal(means[[1, 2]], weekdays[[1, 2]])
    np.testing.assert_array_equal(means[[0, 4, 5]], naive[[0, 4, 5]])
    history = History(counts, room=8)
    direct = model_means(using(snapshot, DIRECT), history=history, leads=LEADS)
    np.testing.assert_array_equal(means[3], direct[3])
