"""Historical shares against a plain loop, and that no row finds its own answer in them."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from core.errors import ModelMismatchError
from core.nibrs.codes import LOCATION_TYPES
from core.risk.frequencies import frequency_tables
from core.risk.history import (
    History,
    Pulls,
    block_counts,
    choose_pulls,
    history_from_json,
    history_to_json,
    make_history,
    out_of_block_shares,
)
from core.risk.lessons import OffenceRows, offence_rows
from core.risk.model import RiskModel
from core.risk.vocabulary import LOCATIONS

PULLS = Pulls(region=5.0, place=7.0, area=11.0, location=13.0, context=17.0)


@pytest.fixture(scope="module")
def rows(
    make_offences: Callable[..., pl.DataFrame], agency_places: pl.DataFrame, model: RiskModel
) -> OffenceRows:
    return offence_rows(
        make_offences(rows=300),
        agency_places=agency_places,
        vocabulary=model.vocabulary,
        state="CT",
    )


@pytest.fixture(scope="module")
def history(rows: OffenceRows, model: RiskModel) -> History:
    blocks = np.zeros(len(rows.classes), dtype=np.int64)
    counts = block_counts(
        rows.contexts, classes=rows.classes, blocks=blocks, vocabulary=model.vocabulary
    )
    return make_history(counts[0], pulls=PULLS, vocabulary=model.vocabulary)


def slow_share(rows: OffenceRows, model: RiskModel, place: str, location: str) -> list[float]:
    """The same shares as a person would count them."""
    words = model.vocabulary
    seen = [
        (words.places[p], LOCATIONS[at], k)
        for p, at, k in zip(rows.contexts.place, rows.contexts.location, rows.classes, strict=True)
    ]
    region_of = dict(zip(words.places, words.region_of_place, strict=True))
    classes = range(len(words.classes))

    def share(chosen: list[int], toward: list[float], pull: float) -> list[float]:
        return [(chosen.count(k) + pull * toward[k]) / (len(chosen) + pull) for k in classes]

    def area(code: str) -> str:
        return LOCATION_TYPES[code].area.value

    everything = [k for _, _, k in seen]
    overall = [
        (everything.count(k) + 0.5) / (len(seen) + 0.5 * len(words.classes)) for k in classes
    ]
    regional = (
        share([k for p, _, k in seen if region_of[p] == region_of[place]], overall, PULLS.region)
        if region_of[place] >= 0
        else overall
    )
    own = share([k for p, _, k in seen if p == place], regional, PULLS.place)
    of_area = share([k for _, at, k in seen if area(at) == area(location)], overall, PULLS.area)
    kind = share([k for _, at, k in seen if at == location], of_area, PULLS.location)
    apart = [own[k] * kind[k] / overall[k] for k in classes]
    apart = [each / sum(apart) for each in apart]
    return share([k for p, at, k in seen if p == place and at == location], apart, PULLS.context)


@pytest.mark.parametrize("place", ["alder", "cedar", "empty", "nowhere"])
@pytest.mark.parametrize("location", ["20", "08", "58"])
def test_shares_agree_with_counting_by_hand(
    rows: OffenceRows, history: History, model: RiskModel, place: str, location: str
) -> None:
    found = history.of_context[model.vocabulary.places.index(place), LOCATIONS.index(location)]

    assert found == pytest.approx(slow_share(rows, model, place, location))
    assert found.sum() == pytest.approx(1)


def test_what_is_hidden_has_the_shares_of_its_region_or_area(
    rows: OffenceRows, history: History
) -> None:
    some = rows.contexts.take(np.arange(3))
    nowhere = np.full(3, -1)

    without_location = history.shares(replace(some, location=nowhere))
    without_place = history.shares(replace(some, place=nowhere))

    by_area = history.of_place[some.place] * history.of_area[some.area] / history.overall
    by_region = history.of_region[some.region] * history.of_location[some.location]
    by_region = by_region / history.overall
    assert np.allclose(without_location, by_area / by_area.sum(axis=1, keepdims=True))
    assert np.allclose(without_place, by_region / by_region.sum(axis=1, keepdims=True))


def test_a_row_cannot_find_its_answer_in_its_share(rows: OffenceRows, model: RiskModel) -> None:
    """Another answer of a row changes no share of any row in its block of time."""
    row_blocks = np.arange(len(rows.classes)) // 100
    other = rows.classes.copy()
    other[5] = (other[5] + 1) % 12

    def shares(classes: np.ndarray) -> np.ndarray:
        blocks = block_counts(
            rows.contexts, classes=classes, blocks=row_blocks, vocabulary=model.vocabulary
        )
        history = make_history(blocks.sum(axis=0), pulls=PULLS, vocabulary=model.vocabulary)
        return out_of_block_shares(
            rows.contexts, row_blocks=row_blocks, blocks=blocks, history=history
        )

    before, after = shares(rows.classes), shares(other)
    assert np.array_equal(before[:100], after[:100])
    assert not np.array_equal(before[100:], after[100:])


def test_pulls_are_strong_where_places_are_alike_and_weak_where_they_differ(
    model: RiskModel,
) -> None:
    words = model.vocabulary
    random = np.random.default_rng(3)
    shape = (4, len(words.places), len(LOCATIONS), len(words.classes))
    alike = np.zeros(shape)
    alike[:, :3, 20, :2] = random.binomial(200, 0.5, size=(4, 3, 2))
    differ = np.zeros(shape)
    differ[:, 0, 20, 0] = differ[:, 1, 20, 1] = differ[:, 2, 20, 2] = 200

    assert choose_pulls(alike, vocabulary=words).place == 1000
    assert choose_pulls(differ, vocabulary=words).place == 10
    assert choose_pulls(differ[:1], vocabulary=words).place == 100


def test_it_survives_json(history: History, model: RiskModel) -> None:
    content = json.loads(json.dumps(history_to_json(history)))

    back = history_from_json(content, vocabulary=model.vocabulary)

    assert np.array_equal(back.counts, history.counts)
    assert back.pulls == history.pulls
    assert np.array_equal(back.of_context, history.of_context)


def test_counts_of_another_shape_are_refused(history: History, model: RiskModel) -> None:
    content = {**history_to_json(history), "shape": [1, 2, 3]}

    with pytest.raises(ModelMismatchError, match="shape"):
        history_from_json(content, vocabulary=model.vocabulary)


def test_frequencies_by_place_and_hour_agree_with_counting(
    rows: OffenceRows, history: History
) -> None:
    tables = frequency_tables(rows, history=history, contexts=rows.contexts)

    place, hour = rows.contexts.place[0], rows.contexts.matrix[0, 5]
    alike = (rows.contexts.place == place) & (rows.contexts.matrix[:, 5] == hour)
    counts = np.bincount(rows.classes[alike], minlength=history.counts.shape[2])
    expected = (counts + 100 * history.of_place[place]) / (counts.sum() + 100)
    assert tables["place_hour"][0] == pytest.approx(expected)
    for shares in tables.values():
        assert np.allclose(shares.sum(axis=1), 1)
