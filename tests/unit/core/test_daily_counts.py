"""From a long panel to a matrix, and which blocks of it are left out."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from core.daily_counts import daily_counts, without_thin_blocks
from core.errors import RequestError
from tests.support.counts import START, as_panel, simulated_matrix


def test_the_matrix_does_not_depend_on_the_order_of_rows() -> None:
    matrix = simulated_matrix(days=40)
    matrix[2, 5:9] = np.nan
    panel = as_panel(matrix)
    counts = daily_counts(panel.sample(fraction=1.0, shuffle=True, seed=1), state="CT")
    np.testing.assert_array_equal(counts.counts, matrix)
    assert counts.series == ("s0", "s1", "s2", "s3", "s4", "s5")
    assert (counts.first_day, counts.last_day) == (START, date(2020, 2, 9))


def test_officers_are_placed_by_series_and_year() -> None:
    officers = pl.DataFrame(
        {"series": ["s1", "s1", "s9"], "year": [2019, 2020, 2020], "officers_per_1000": [2.5, 3, 4]}
    )
    counts = daily_counts(as_panel(simulated_matrix(days=40)), state="CT", officers=officers)
    assert counts.officers_first_year == 2019
    assert counts.officers[1].tolist() == [2.5, 3.0]
    assert np.isnan(counts.officers[0]).all()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda panel: panel.rename({"count": "n"}),
        lambda panel: panel.head(0),
        lambda panel: panel.filter(pl.int_range(pl.len()) != 3),
        lambda panel: pl.concat([panel, panel.head(1)]),
        lambda panel: pl.concat([panel.filter(pl.int_range(pl.len()) != 3), panel.head(1)]),
    ],
    ids=["column", "empty", "gap", "twice", "gap and twice"],
)
def test_a_panel_that_is_not_complete_is_refused(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(RequestError, match="panel"):
        daily_counts(spoil(as_panel(simulated_matrix(days=40))), state="CT")


def test_a_trickle_before_the_start_and_a_thin_month_are_left_out() -> None:
    counts = np.full((1, 360), 2.0)
    counts[0, :60] = 0
    counts[0, 40] = 1
    counts[0, 180:210] = 0
    kept = np.isfinite(without_thin_blocks(counts))[0]
    assert kept.tolist() == [False] * 60 + [True] * 120 + [False] * 30 + [True] * 150


def test_the_newest_thin_months_stand() -> None:
    counts = np.full((1, 360), 2.0)
    counts[0, 300:] = 0
    assert np.isfinite(without_thin_blocks(counts)).all()


def test_small_places_may_be_quiet() -> None:
    counts = np.zeros((1, 360))
    counts[0, ::20] = 1  # 1.5 in a block: too few to tell
    counts[0, 120:150] = 0
    assert np.isfinite(without_thin_blocks(counts)).all()


def test_unreported_blocks_do_not_count_as_usual() -> None:
    counts = np.full((1, 360), 2.0)
    counts[0, :300] = np.nan
    counts[0, 330:345] = 1.0
    assert np.isfinite(without_thin_blocks(counts))[0, 300:].all()
    assert np.isnan(without_thin_blocks(np.full((1, 90), np.nan))).all()
