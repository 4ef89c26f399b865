"""Explanations: exact products, words, and what serves."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.explain import FEATURE_GROUPS, LABELS, Contribution, explain, explain_all
from core.features import FEATURES
from core.volume.fit import fit_counts
from core.volume.forecast import forecast
from core.volume.model import Settings, VolumeModels
from tests.support.counts import as_counts, simulated_matrix


@pytest.fixture(scope="module")
def counts() -> DailyCounts:
    return as_counts(simulated_matrix(days=400))


@pytest.fixture(scope="module")
def models(counts: DailyCounts) -> VolumeModels:
    return fit_counts(counts)


def serving(models: VolumeModels, *, way: str) -> VolumeModels:
    newest = models.snapshots[-1]
    choice = replace(
        newest.choice, settings=Settings(way=way, rounds=30, shrink=0.75), by_band=(way,) * 4
    )
    return replace(models, snapshots=(replace(newest, choice=choice),))


@pytest.mark.parametrize("way", ["direct", "recursive"])
@pytest.mark.parametrize("lead", [1, 9, 60])
def test_level_times_factors_is_the_forecast(
    models: VolumeModels, counts: DailyCounts, way: str, lead: int
) -> None:
    given = serving(models, way=way)
    made = forecast(given, counts, origin=counts.last_day, horizon=60)
    for series in ("s0", "s3", "s5"):
        found = explain(given, counts, series=series, origin=counts.last_day, lead=lead)
        expected = made.daily.filter((pl.col("series") == series) & (pl.col("lead") == lead))
        product = found.level * np.prod([part.factor for part in found.contributions])
        assert product == pytest.approx(found.mean, rel=1e-12)
        assert found.mean == pytest.approx(expected["mean"].item(), rel=1e-9)
        assert found.day == counts.last_day + timedelta(days=lead)
        assert {part.name for part in found.contributions} == set(LABELS)
        assert found.model == way


def test_all_series_together_are_each_the_forecast(
    models: VolumeModels, counts: DailyCounts
) -> None:
    for way in ("direct", "recursive"):
        given = serving(models, way=way)
        made = forecast(given, counts, origin=counts.last_day, horizon=7).daily
        fourth = made.filter(pl.col("lead") == 4)
        means = dict(zip(fourth["series"], fourth["mean"], strict=True))
        together = explain_all(given, counts, origin=counts.last_day, lead=4)
        assert together.keys() == means.keys()
        assert len(set(means.values())) == len(means)
        for series, found in together.items():
            product = found.level * np.prod([part.factor for part in found.contributions])
            assert product == pytest.approx(means[series], rel=1e-9)
            assert found.series == series


def test_a_series_that_fell_silent_does_not_shift_the_explanations_of_others(
    models: VolumeModels, counts: DailyCounts
) -> None:
    matrix = counts.counts.copy()
    matrix[1, -90:] = np.nan
    silent = replace(counts, counts=matrix)
    made = forecast(models, silent, origin=counts.last_day, horizon=7)

    found = explain(models, silent, series="s3", origin=counts.last_day, lead=1)

    expected = made.daily.filter((pl.col("series") == "s3") & (pl.col("lead") == 1))
    assert found.mean == pytest.approx(expected["mean"].item(), rel=1e-9)
    with pytest.raises(RequestError, match="reporting seems to have stopped"):
        explain(models, silent, series="s1", origin=counts.last_day, lead=1)


def test_where_no_series_has_a_forecast_there_is_nothing_to_explain(
    models: VolumeModels, counts: DailyCounts
) -> None:
    silent = counts.counts.copy()
    silent[:, -70:] = np.nan
    given = replace(counts, counts=silent)

    assert explain_all(models, given, origin=given.last_day, lead=1) == {}


def test_the_strongest_factor_comes_first(models: VolumeModels, counts: DailyCounts) -> None:
    found = explain(
        serving(models, way="direct"), counts, series="s5", origin=counts.last_day, lead=3
    )
    sizes = [abs(np.log(part.factor)) for part in found.contributions]
    assert sizes == sorted(sizes, reverse=True)


def test_friday_is_the_busiest_day_of_the_simulated_week(
    models: VolumeModels, counts: DailyCounts
) -> None:
    factors = {}
    for lead in range(1, 8):
        found = explain(
            serving(models, way="direct"), counts, series="s5", origin=counts.last_day, lead=lead
        )
        parts = {part.name: part.factor for part in found.contributions}
        factors[found.day.weekday()] = parts["weekday"]
    assert factors[4] > 1.02
    assert factors[6] < 0.98


def test_a_baseline_has_no_factors(models: VolumeModels, counts: DailyCounts) -> None:
    newest = models.snapshots[-1]
    choice = replace(newest.choice, by_band=("mean_28",) * 4)
    given = replace(models, snapshots=(replace(newest, choice=choice),))
    found = explain(given, counts, series="s4", origin=counts.last_day, lead=5)
    assert found.model == "mean_28"
    assert found.contributions == ()
    assert found.mean == found.level == pytest.approx(counts.counts[4, -28:].mean())


def test_words_of_a_factor() -> None:
    part = Contribution(name="weekday", label=LABELS["weekday"], factor=1.1249)
    assert part.words == "day of the week \N{MULTIPLICATION SIGN} 1.12"


def test_every_feature_counts_to_one_group() -> None:
    assert sorted(name for names in FEATURE_GROUPS.values() for name in names) == sorted(FEATURES)
    assert set(FEATURE_GROUPS) == set(LABELS)
    assert all(LABELS.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"series": "atlantis"}, "series: 'atlantis'"),
        ({"origin": date(2001, 1, 1)}, "origin, lead"),
        ({"origin": date(2020, 2, 1)}, "first model"),
        ({"lead": 0}, "origin, lead"),
    ],
)
def test_bad_requests_are_refused(
    models: VolumeModels, counts: DailyCounts, change: dict[str, object], message: str
) -> None:
    given = {"series": "s1", "origin": counts.last_day, "lead": 1} | change
    with pytest.raises(RequestError, match=message):
        explain(models, counts, **given)  # type: ignore[arg-type] # mixed keywords
