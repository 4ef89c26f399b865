"""Slices of time, sharpness, the decision rule and the groups: the small parts of the way."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from core.errors import RequestError
from core.risk.calibration import brier_by_row, fit_sharpness, softmax
from core.risk.contexts import contexts_of_offences
from core.risk.decision import decide, macro_f1_of, tune_offsets
from core.risk.groups import (
    BANDS,
    bands_of_places,
    groups_without_skill,
    with_agency_populations,
)
from core.risk.model import RiskModel
from core.risk.splits import time_slices


@pytest.mark.parametrize(
    ("first", "last", "validation", "calibration"),
    [
        ((2016, 1, 1), (2018, 12, 31), (2018, 1, 1), (2018, 9, 1)),
        ((2021, 1, 3), (2022, 12, 30), (2022, 5, 1), (2022, 10, 1)),
        ((2021, 1, 1), (2024, 12, 31), (2023, 9, 1), (2024, 8, 1)),
        ((2021, 11, 1), (2022, 1, 31), (2021, 12, 1), (2022, 1, 1)),
    ],
)
def test_slices_follow_one_another(
    first: tuple[int, int, int],
    last: tuple[int, int, int],
    validation: tuple[int, int, int],
    calibration: tuple[int, int, int],
) -> None:
    slices = time_slices(first_day=date(*first), last_day=date(*last))

    assert (slices.validation, slices.calibration) == (date(*validation), date(*calibration))
    assert slices.first_day < slices.validation < slices.calibration < slices.last_day


def test_two_months_are_too_few() -> None:
    with pytest.raises(RequestError, match="2 month"):
        time_slices(first_day=date(2021, 1, 1), last_day=date(2021, 2, 28))


@pytest.mark.parametrize("true_sharpness", [0.4, 1.0, 2.5])
def test_sharpness_is_found_again(true_sharpness: float) -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(20_000, 4))
    edges = softmax(true_sharpness * scores).cumsum(axis=1)
    classes = (random.random((20_000, 1)) > edges[:, :-1]).sum(axis=1)

    found = fit_sharpness(scores, classes=classes)

    def loss(sharpness: float) -> float:
        shares = softmax(sharpness * scores)
        return float(-np.log(shares[np.arange(len(classes)), classes]).mean())

    assert found == pytest.approx(true_sharpness, rel=0.05)
    assert loss(found) <= min(loss(found * factor) for factor in (0.98, 0.999, 1.001, 1.02))


def test_softmax_bears_large_scores() -> None:
    assert softmax(np.array([[1e4, 1e4, -1e4]])) == pytest.approx(np.array([[0.5, 0.5, 0.0]]))


def test_brier_by_row_agrees_with_its_definition() -> None:
    shares = np.array([[0.7, 0.2, 0.1], [0.0, 1.0, 0.0]])

    found = brier_by_row(shares, true=np.array([0, 2]))

    assert found == pytest.approx([0.3**2 + 0.2**2 + 0.1**2, 2.0])


def test_the_rule_finds_rare_classes_without_touching_probabilities() -> None:
    random = np.random.default_rng(1)
    classes = random.choice(3, size=3000, p=[0.8, 0.15, 0.05])
    scores = np.log([0.8, 0.15, 0.05]) + 1.5 * np.eye(3)[classes] * random.random((3000, 1))
    shares = softmax(scores)
    kept = shares.copy()

    offsets = tune_offsets(shares, classes=classes)

    ruled = macro_f1_of(decide(shares, offsets=offsets), classes=classes, of=3)
    likeliest = macro_f1_of(shares.argmax(axis=1), classes=classes, of=3)
    assert ruled > likeliest + 0.1
    assert np.array_equal(shares, kept)
    assert offsets.sum() == pytest.approx(0)


def test_macro_f1_agrees_with_counting() -> None:
    decided = np.array([0, 0, 1, 2])
    classes = np.array([0, 1, 1, 0])

    # F1 of 0: precision 1/2, recall 1/2; of 1: precision 1, recall 1/2; of 2 and 3: none.
    assert macro_f1_of(decided, classes=classes, of=4) == pytest.approx((0.5 + 2 / 3) / 4)


def test_towns_stand_in_their_bands(places: pl.DataFrame, model: RiskModel) -> None:
    bands = bands_of_places(places, vocabulary=model.vocabulary)

    named = dict(zip(model.vocabulary.places, (BANDS[band] for band in bands), strict=True))
    assert named == {
        "alder": "100,000 and over",
        "birch": "under 10,000",
        "cedar": "25,000 to 49,999",
        "empty": "under 10,000",
        "nowhere": "no residents counted",
    }


def test_the_newest_count_of_residents_fills_a_gap_and_nothing_else(
    places: pl.DataFrame,
) -> None:
    agencies = pl.DataFrame(
        {"agency_id": [9, 9, 1], "year": [2020, 2021, 2021], "population": [10, 20, 5]}
    )
    agency_places = pl.DataFrame({"agency_id": [9, 1], "place": ["nowhere", "alder"]})

    filled = with_agency_populations(places, agencies=agencies, agency_places=agency_places)

    residents = dict(filled.select("place", "population").iter_rows())
    assert residents["nowhere"] == 20
    assert residents["alder"] == 120_000
    assert filled.columns == places.columns


def test_groups_without_skill_need_enough_rows(
    offences: pl.DataFrame, agency_places: pl.DataFrame, model: RiskModel
) -> None:
    contexts = contexts_of_offences(
        offences, agency_places=agency_places, vocabulary=model.vocabulary, state="CT"
    )
    south = contexts.region == model.vocabulary.regions.index("South")
    loss = np.where(south, 0.6, 0.4)

    def groups(rows: np.ndarray) -> frozenset[str]:
        return groups_without_skill(
            loss[rows],
            history_loss=np.full(rows.sum(), 0.5),
            contexts=contexts.take(rows),
            bands=np.array(model.bands),
            vocabulary=model.vocabulary,
        ).regions

    assert groups(np.ones(len(south), dtype=bool)) == {"South"}
    assert groups(south & (np.cumsum(south) <= 99)) == frozenset()
    assert groups(south & (np.cumsum(south) <= 100)) == {"South"}
