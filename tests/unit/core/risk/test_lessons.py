"""What a fit learns from when there is more than it can hold."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from core.risk.contexts import FEATURES, RiskContext
from core.risk.lessons import RECIPE, OffenceRows, lesson_of, offence_rows, thinned
from core.risk.loglinear import _codes, _gathered
from core.risk.model import RiskModel, predict
from core.risk.training import fit_risk

ROWS = 4_000
MOST = 500


@pytest.fixture(scope="module")
def rows(
    make_offences: Callable[..., pl.DataFrame], agency_places: pl.DataFrame, model: RiskModel
) -> OffenceRows:
    return offence_rows(
        make_offences(rows=ROWS),
        agency_places=agency_places,
        vocabulary=model.vocabulary,
        state="CT",
    )


def lines(rows: OffenceRows) -> list[tuple[float, ...]]:
    columns = (*rows.contexts.matrix.T, rows.classes, rows.days.astype(int))
    return list(zip(*(np.nan_to_num(column, nan=-9).tolist() for column in columns), strict=True))


def test_few_rows_stay_as_they_are(rows: OffenceRows) -> None:
    assert thinned(rows, most=ROWS, seed=1) is rows


def test_many_rows_are_drawn_in_their_order_and_the_same_each_time(rows: OffenceRows) -> None:
    some = thinned(rows, most=MOST, seed=1)

    everything = iter(lines(rows))
    assert all(line in everything for line in lines(some)), "a subsequence"
    assert len(some.classes) == len(some.contexts) == len(some.days) == MOST
    assert lines(thinned(rows, most=MOST, seed=1)) == lines(some)
    assert lines(thinned(rows, most=MOST, seed=2)) != lines(some)


def test_a_lesson_counts_all_rows_and_learns_from_some(rows: OffenceRows, model: RiskModel) -> None:
    recipe = replace(RECIPE, most_rows=MOST)

    whole = lesson_of(rows, vocabulary=model.vocabulary, recipe=RECIPE)
    some = lesson_of(rows, vocabulary=model.vocabulary, recipe=recipe)

    assert np.array_equal(some.history.counts, whole.history.counts)
    assert some.history.pulls == whole.history.pulls
    drawn = thinned(rows, most=MOST, seed=recipe.seed)
    learned = replace(drawn, contexts=some.contexts.take(np.arange(MOST)))
    assert lines(learned) == lines(drawn)
    assert some.classes[:MOST].tolist() == drawn.classes.tolist()
    assert MOST < len(some.contexts) == len(some.classes) == len(some.shares) < 1.6 * MOST
    assert some.shares.sum(axis=1) == pytest.approx(1)


def test_a_thinned_row_has_the_shares_that_it_has_among_all(
    rows: OffenceRows, model: RiskModel
) -> None:
    recipe = replace(RECIPE, hidden_share=0.0)

    whole = lesson_of(rows, vocabulary=model.vocabulary, recipe=recipe)
    some = lesson_of(rows, vocabulary=model.vocabulary, recipe=replace(recipe, most_rows=MOST))

    shares = dict(zip(lines(rows), whole.shares, strict=True))
    for line, share in zip(
        lines(thinned(rows, most=MOST, seed=recipe.seed)), some.shares, strict=True
    ):
        assert share == pytest.approx(shares[line])


def test_a_model_of_thinned_rows_shows_all_past_offences(
    make_offences: Callable[..., pl.DataFrame], places: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    offences = make_offences(rows=ROWS)

    model = fit_risk(
        offences,
        places=places,
        agency_places=agency_places,
        state="CT",
        recipe=replace(RECIPE, most_rows=MOST, most_judged=MOST // 2, most_rounds=10),
    )

    day = offences["date"].max()
    asked = RiskContext(place="alder", date=day, hour=12, location_code="20")  # type: ignore[arg-type] # a day
    (told,) = predict(model, [asked])
    here = offences.filter((pl.col("agency_id") == 1) & (pl.col("location_code") == "20"))
    assert told.basis == here.height


def test_rows_are_gathered_as_by_comparing_every_code(rows: OffenceRows) -> None:
    weights = np.random.default_rng(3).random(len(rows.classes))
    table = np.column_stack([*_codes(rows.contexts).values(), rows.classes])
    expected, inverse = np.unique(table, axis=0, return_inverse=True)

    contexts, classes, summed = _gathered(rows.contexts, classes=rows.classes, weights=weights)

    assert len(contexts) < len(rows.contexts), "some are alike"
    found = np.column_stack([*_codes(contexts).values(), classes])
    assert np.array_equal(found, expected)
    assert np.array_equal(summed, np.bincount(inverse, weights=weights))


def test_every_feature_is_exact_in_the_matrix(rows: OffenceRows) -> None:
    matrix = rows.contexts.matrix
    known = matrix[np.isfinite(matrix)]

    assert matrix.dtype == np.float32
    assert matrix.shape == (ROWS, len(FEATURES))
    assert np.array_equal(known, np.rint(known))
    assert np.abs(known).max() < 2**24
