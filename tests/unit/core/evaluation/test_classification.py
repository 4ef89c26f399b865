"""Each measure against its definition or a case that can be counted by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support
from sklearn.metrics import log_loss as sklearn_log_loss

from core.evaluation.classification import (
    accuracy,
    brier_skill,
    class_qualities,
    expected_calibration_error,
    log_loss,
    macro_f1,
    multiclass_brier,
    perfect_calibration_error,
    reliability_curve,
    top_k_accuracy,
    weighted_f1,
)


@pytest.fixture
def probabilities() -> np.ndarray:
    return np.random.default_rng(0).dirichlet([4.0, 2.0, 1.0, 0.5], size=5000)


@pytest.fixture
def true(probabilities: np.ndarray) -> np.ndarray:
    draws = np.random.default_rng(1).random((5000, 1))
    found: np.ndarray = (draws > probabilities.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return found


def test_certainty_scores_best_and_a_coin_scores_a_coin() -> None:
    certain, coin = np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])
    happened = np.array([0])

    assert log_loss(certain, true=happened) == 0
    assert log_loss(coin, true=happened) == pytest.approx(math.log(2))
    assert multiclass_brier(certain, true=happened) == 0
    assert multiclass_brier(coin, true=happened) == pytest.approx(0.5)
    assert multiclass_brier(1 - certain, true=happened) == pytest.approx(2)


def test_log_loss_agrees_with_scikit_learn(probabilities: np.ndarray, true: np.ndarray) -> None:
    assert log_loss(probabilities, true=true) == pytest.approx(
        sklearn_log_loss(true, probabilities)
    )


def test_an_impossible_class_that_happens_costs_much_but_not_everything() -> None:
    assert 30 < log_loss(np.array([[1.0, 0.0]]), true=np.array([1])) < math.inf


def test_skill_is_none_against_oneself_and_one_when_certain(
    probabilities: np.ndarray, true: np.ndarray
) -> None:
    certain = np.eye(4)[true]

    assert brier_skill(probabilities, true=true, reference=probabilities) == 0
    assert brier_skill(certain, true=true, reference=probabilities) == 1
    assert brier_skill(1 - certain, true=true, reference=probabilities) < 0


def test_the_reliability_curve_holds_every_row_once_from_least_to_most() -> None:
    told = np.arange(25) / 25
    bins = reliability_curve(told, happened=told > 0.5)

    assert [each.rows for each in bins] == [3, 3, 3, 3, 3, 2, 2, 2, 2, 2]
    assert bins[0].told == pytest.approx(1 / 25)
    assert [each.happened for each in bins][:4] == [0, 0, 0, 0]
    assert bins[-1].happened == 1


def test_rows_told_the_same_fill_the_bins_in_their_order() -> None:
    """Whatever sorting a processor is quickest at: the figures do not depend on the machine."""
    random = np.random.default_rng(8)
    told = random.integers(1, 4, size=1000) / 4
    happened = random.random(1000) < 0.4
    ranked = sorted(range(1000), key=lambda row: told[row])
    expected = [happened[ranked[n : n + 100]].mean() for n in range(0, 1000, 100)]

    bins = reliability_curve(told, happened=happened)

    assert [each.happened for each in bins] == pytest.approx(expected)


def test_calibration_error_is_the_distance_of_told_and_happened() -> None:
    told = np.tile([0.8, 0.2], (1000, 1))
    true = (np.arange(1000) % 2).astype(np.int64)

    assert expected_calibration_error(told, true=true) == pytest.approx(0.3)


def test_calibration_error_agrees_with_a_plain_loop(
    probabilities: np.ndarray, true: np.ndarray
) -> None:
    errors = []
    for k in range(4):
        ranked = sorted(zip(probabilities[:, k], true == k, strict=True), key=lambda pair: pair[0])
        error = 0.0
        for n in range(10):
            part = ranked[n * 500 : (n + 1) * 500]
            told = sum(p for p, _ in part) / 500
            happened = sum(h for _, h in part) / 500
            error += abs(told - happened) / 10
        errors.append(error)

    assert expected_calibration_error(probabilities, true=true) == pytest.approx(np.mean(errors))


def test_true_probabilities_err_as_much_as_noise_does(
    probabilities: np.ndarray, true: np.ndarray
) -> None:
    noise = perfect_calibration_error(probabilities)

    assert expected_calibration_error(probabilities, true=true) == pytest.approx(noise, rel=0.5)
    assert perfect_calibration_error(probabilities) == noise
    sharp = probabilities**2 / (probabilities**2).sum(axis=1, keepdims=True)
    assert expected_calibration_error(sharp, true=true) > 3 * noise


def test_top_k_counts_the_likeliest() -> None:
    told = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]])
    true = np.array([1, 0, 0])

    assert top_k_accuracy(told, true=true, k=1) == pytest.approx(1 / 3)
    assert top_k_accuracy(told, true=true, k=2) == pytest.approx(2 / 3)
    assert top_k_accuracy(told, true=true, k=3) == 1


def test_of_equal_classes_the_earlier_are_the_likeliest() -> None:
    told = np.random.default_rng(7).integers(1, 4, size=(50, 60)) / 200
    true = np.arange(50)
    ranked = [sorted(range(60), key=lambda n: -row[n]) for row in told.tolist()]

    for k in (1, 5, 30):
        expected = sum(n in ranking[:k] for n, ranking in enumerate(ranked)) / 50
        assert top_k_accuracy(told, true=true, k=k) == pytest.approx(expected)


def test_f1_agrees_with_scikit_learn(probabilities: np.ndarray, true: np.ndarray) -> None:
    decided = probabilities.argmax(axis=1)

    assert macro_f1(decided, true=true, classes=4) == pytest.approx(
        f1_score(true, decided, average="macro")
    )
    assert weighted_f1(decided, true=true, classes=4) == pytest.approx(
        f1_score(true, decided, average="weighted")
    )
    precision, recall, f1, rows = precision_recall_fscore_support(true, decided)
    for n, quality in enumerate(class_qualities(decided, true=true, classes=4)):
        assert quality.precision == pytest.approx(precision[n])
        assert quality.recall == pytest.approx(recall[n])
        assert quality.f1 == pytest.approx(f1[n])
        assert quality.rows == rows[n]


def test_a_class_that_never_occurs_counts_as_nothing_found() -> None:
    decided = true = np.array([0, 1])

    assert macro_f1(decided, true=true, classes=4) == 0.5
    assert accuracy(decided, true=true) == 1
    assert class_qualities(decided, true=true, classes=3)[2].f1 == 0
