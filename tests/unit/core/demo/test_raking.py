import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.demo.raking import (
    Margin,
    apportion,
    draw,
    rake_days,
    rake_labels,
    rebalance,
    round_within_rows,
    shift_to_neighbours,
)


@given(
    weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=20), total=st.integers(0, 10_000)
)
def test_apportioned_numbers_sum_to_the_total_and_are_next_to_the_exact(
    weights: list[float], total: int
) -> None:
    array = np.array(weights)
    result = apportion(array, total)
    assert result.sum() == total
    assert np.abs(result - array * total / array.sum()).max() <= 1 + 1e-6


def test_raked_days_have_their_row_and_column_totals() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.uniform(0.5, 2, size=(6, 40))
    period = np.repeat([0, 1], 20)
    group = np.arange(40) % 5
    truth = matrix * rng.uniform(0.5, 2, size=(6, 1)) * rng.uniform(0.5, 2, size=5)[group]
    rows = np.stack([truth[:, period == p].sum(axis=1) for p in (0, 1)], axis=1)
    columns = np.bincount(group, weights=truth.sum(axis=0)).astype(np.float64)
    raked = rake_days(
        matrix, period=period, row_targets=rows, margins=[Margin(group=group, target=columns)]
    )
    for p in (0, 1):
        assert raked[:, period == p].sum(axis=1) == pytest.approx(rows[:, p])
    assert np.bincount(group, weights=raked.sum(axis=0)) == pytest.approx(columns, rel=1e-6)


def test_rounding_keeps_row_sums_and_zeros() -> None:
    rng = np.random.default_rng(1)
    matrix = rng.uniform(0, 3, size=(50, 200)) * (rng.random((50, 200)) < 0.4)
    matrix *= np.round(matrix.sum(axis=1, keepdims=True)) / matrix.sum(axis=1, keepdims=True)
    rounded = round_within_rows(matrix, rng=rng)
    assert (rounded.sum(axis=1) == np.round(matrix.sum(axis=1))).all()
    assert (rounded[matrix == 0] == 0).all()
    assert np.abs(rounded - matrix).max() < 1


def test_raked_labels_meet_the_expected_numbers() -> None:
    rng = np.random.default_rng(2)
    weights, rows = rng.uniform(0.1, 1, size=(9, 4)), rng.uniform(10, 100, size=9)
    target = np.array([0.4, 0.3, 0.2, 0.1]) * rows.sum()
    shares = rake_labels(weights, rows=rows, target=target, rounds=200)
    assert shares.sum(axis=1) == pytest.approx(np.ones(9))
    assert rows @ shares == pytest.approx(target, rel=1e-6)


def test_draws_follow_the_shares_of_their_group_and_never_a_share_of_zero() -> None:
    shares = np.array([[0.5, 0.0, 0.5, 0.0], [0.0, 0.25, 0.0, 0.75], [0.0, 0.0, 1.0, 0.0]])
    group = np.repeat([0, 1, 2], 20_000)
    labels = draw(shares, group, rng=np.random.default_rng(3))
    counted = np.stack([np.bincount(labels[group == g], minlength=4) for g in range(3)]) / 20_000
    assert counted == pytest.approx(shares, abs=0.02)
    assert (counted[shares == 0] == 0).all()


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_rebalanced_labels_are_exact_and_move_as_few_rows_as_can_be(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 6, size=500)
    target = apportion(rng.uniform(0.5, 1, size=6), 500)
    surplus = np.bincount(labels, minlength=6) - target
    result = rebalance(
        labels,
        target=target,
        movable=np.ones(500, dtype=np.bool_),
        weight=lambda rows, _: np.ones(rows.size),
        rng=rng,
    )
    assert (np.bincount(result, minlength=6) == target).all()
    assert (result != labels).sum() == surplus.clip(min=0).sum()


def test_rebalancing_takes_the_rows_that_the_label_suits() -> None:
    labels = np.zeros(1000, dtype=np.int64)
    suits = np.arange(1000) < 100
    result = rebalance(
        labels,
        target=np.array([950, 50]),
        movable=np.ones(1000, dtype=np.bool_),
        weight=lambda rows, _: suits[rows].astype(np.float64),
        rng=np.random.default_rng(4),
    )
    assert (result == 1).sum() == 50
    assert suits[result == 1].all()


def test_shifted_labels_are_exact_leave_fixed_rows_and_go_one_step() -> None:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 24, size=5_000)
    fixed = rng.random(5_000) < 0.2
    target = apportion(np.bincount(labels, minlength=24) + rng.uniform(0, 8, size=24), 5_000)
    result = shift_to_neighbours(labels, target=target, movable=~fixed, rng=rng)
    assert (np.bincount(result, minlength=24) == target).all()
    assert (result[fixed] == labels[fixed]).all()
    assert np.abs(result - labels).max() <= 2
