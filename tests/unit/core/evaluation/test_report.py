"""A whole back-test of six simulated series, with a method read from a file."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from core.errors import RequestError
from core.evaluation.audit import audit, reporting_completeness
from core.evaluation.backtest import BackTest, back_test
from core.evaluation.protocols import Protocol
from core.evaluation.report import (
    BaselineServed,
    VolumeReport,
    evaluate_volume,
    noise_floor,
    report_on,
)
from core.volume.baselines import BASELINES
from core.volume.dispersion import BAND_NAMES, band_of
from core.volume.distribution import Intervals
from tests.support.counts import LEVELS, START, WEEK, as_counts, as_panel, simulated_matrix

Floats = NDArray[np.float64]

DAYS = 730
END = START + timedelta(days=DAYS - 1)
ORIGINS = [END - timedelta(days=30 * n) for n in range(18, 0, -1)]


@pytest.fixture(scope="module")
def matrix() -> Floats:
    """Six series; twenty days of one in the second test window were not reported."""
    made = simulated_matrix(days=DAYS)
    made[2, -140:-120] = np.nan
    return made


@pytest.fixture(scope="module")
def predictions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the very rates that the counts were drawn from."""
    rows = [
        ("truth", f"s{n}", origin, day, rate * WEEK[day.weekday()])
        for origin in ORIGINS
        for n, rate in enumerate(LEVELS)
        for day in (origin + timedelta(days=lead) for lead in range(1, 31))
    ]
    path = tmp_path_factory.mktemp("predictions") / "predictions.csv"
    pl.DataFrame(
        rows, schema=["model", "series", "origin", "date", "forecast"], orient="row"
    ).sample(fraction=1.0, shuffle=True, seed=1).write_csv(path)
    return path


@pytest.fixture(scope="module")
def groups() -> pl.DataFrame:
    return pl.DataFrame(
        {"series": ["s0", "s1", "s2", "s3", "s4"], "region": ["east", "east", "west", "west", None]}
    )


@pytest.fixture(scope="module")
def tested(matrix: Floats, predictions: Path) -> BackTest:
    return back_test(as_counts(matrix), extra=predictions)


@pytest.fixture(scope="module")
def report(tested: BackTest, groups: pl.DataFrame) -> VolumeReport:
    return report_on(tested, protocol=Protocol.DEFAULT, groups=groups)


def test_every_method_is_measured(report: VolumeReport) -> None:
    assert set(report.models) == {"served", "direct", "recursive", "truth", *BASELINES}
    assert report.served == "served"
    content = json.loads(json.dumps(report.as_json()))
    keys = "wape rmse deviance state_wape month_wape bias crps coverage_50 coverage_80 coverage_95"
    for name in [*keys.split(), "volume_accuracy_mean", "volume_accuracy_min"]:
        for scores in content["models"].values():
            assert np.isfinite(scores[name])
    assert set(content["noise_floor"]) == {"deviance", "wape", "state_wape"}


def test_origins_are_thirty_days_apart_and_end_before_the_data(report: VolumeReport) -> None:
    assert list(report.origins) == [day.isoformat() for day in ORIGINS[6:]]


def test_the_windows_follow_each_other_and_end_with_the_data(report: VolumeReport) -> None:
    days = [(origin + timedelta(days=1), origin + timedelta(days=30)) for origin in ORIGINS[12:]]
    assert [tuple(day.isoformat() for day in pair) for pair in days] == list(report.windows)
    assert report.windows[-1][1] == END.isoformat()


def test_the_report_names_every_series_that_a_baseline_served(
    tested: BackTest, report: VolumeReport
) -> None:
    assert set(tested.served_by.ravel()) <= {"direct", "recursive", *BASELINES}
    by = tested.served_by.copy()
    by[-6:] = "direct"
    by[:6, 0] = "mean_28"
    by[-2:, 1] = "mean_91"
    by[-1, 4] = "croston_sba"
    rows = report_on(replace(tested, served_by=by), protocol=Protocol.DEFAULT).baseline_served
    assert rows == (
        BaselineServed(series="s1", model="mean_91", windows=2),
        BaselineServed(series="s4", model="croston_sba", windows=1),
    )
    assert report.baseline_served == ()


def test_the_parts_of_the_report_come_together_to_the_whole(report: VolumeReport) -> None:
    served = report.models["served"]
    for rows in (report.by_band, report.by_lead):
        days = np.array([row.days for row in rows])
        for name in ("deviance", "crps", "log_score", "coverage_80"):
            whole = np.average([getattr(row, name) for row in rows], weights=days)
            assert whole == pytest.approx(getattr(served, name))
        assert all(row.width_50 <= row.width_80 < row.width_95 for row in rows)


def test_the_truth_is_hard_to_beat_and_near_the_floor(report: VolumeReport) -> None:
    truth, served = report.models["truth"], report.models["served"]
    assert truth.deviance <= served.deviance
    assert served.deviance < report.models["mean_28"].deviance
    assert served.deviance < report.models["seasonal_naive"].deviance
    assert truth.deviance == pytest.approx(report.noise_floor["deviance"], rel=0.05)
    assert report.ratio_to_floor["deviance"] == pytest.approx(
        served.deviance / report.noise_floor["deviance"]
    )


def test_intervals_hold_what_they_say(report: VolumeReport) -> None:
    assert report.models["served"].coverage_80 == pytest.approx(0.8, abs=0.05)
    assert report.models["truth"].coverage_95 == pytest.approx(0.95, abs=0.03)
    assert [row.leads for row in report.by_lead] == ["1 to 10", "11 to 20", "21 to 30"]
    assert sum(report.pit) == pytest.approx(1)
    assert report.total_coverage["80"] > 0.6


def test_a_group_in_which_nothing_was_reported_has_no_row() -> None:
    actual = np.ones((1, 3, 2))
    actual[0, 1], actual[0, 2] = 0.0, np.nan
    limits = {level: np.zeros(actual.shape, dtype=np.int64) for level in (50, 80, 95)}
    rows = audit(
        ("a", "b", "c"),
        actual=actual,
        forecast=np.full(actual.shape, 2.0),
        limits=Intervals(median=limits[50], lower=limits, upper=limits),
        groups=pl.DataFrame({"series": ["a", "b", "c"], "kind": ["busy", "quiet", "silent"]}),
    )
    assert [(row.grouping, row.group) for row in rows] == [
        ("volume", BAND_NAMES[int(band_of(np.array(2.0)))]),
        ("kind", "busy"),
    ]


def test_the_audit_covers_bands_and_groups(report: VolumeReport) -> None:
    rows = {(row.grouping, row.group): row.series for row in report.audit}
    assert rows[("region", "east")] == 2
    assert rows[("region", "west")] == 2
    assert sum(count for (grouping, _), count in rows.items() if grouping == "volume") == 6


def test_nothing_of_the_test_windows_reaches_a_choice_or_an_earlier_forecast(
    matrix: Floats, predictions: Path, tested: BackTest
) -> None:
    """Change the six test windows: choices, spreads and all forecasts before them stay."""
    changed = matrix.copy()
    changed[:, -180:] = 60.0
    after = back_test(as_counts(changed), extra=predictions)
    assert after.choice == tested.choice
    np.testing.assert_array_equal(after.naive_error, tested.naive_error)
    for name, method in tested.methods.items():
        np.testing.assert_array_equal(method.means[:7], after.methods[name].means[:7])
        assert method.dispersion == after.methods[name].dispersion


def test_days_that_were_not_reported_count_nowhere(report: VolumeReport) -> None:
    assert np.isfinite(report.models["served"].deviance)
    assert sum(row.days for row in report.by_band) == 6 * 6 * 30 - 20


def test_too_few_days_are_refused() -> None:
    with pytest.raises(RequestError, match="at least 725 days of data, there are 700"):
        evaluate_volume(as_panel(simulated_matrix(days=700)), state="CT", protocol=Protocol.DEFAULT)


def test_the_floor_is_what_poisson_draws_score() -> None:
    rates = np.full((2, 3, 30), 1.7)
    rates[0, 0, :10] = np.nan
    found = noise_floor(rates)
    chances = [np.exp(-1.7) * 1.7**k / float(np.prod(range(1, k + 1))) for k in range(40)]
    expected = sum(p * abs(k - 1.7) for k, p in enumerate(chances)) / 1.7
    assert found["wape"] == pytest.approx(expected, rel=0.02)
    assert found == noise_floor(rates)


def _drop_model(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("model")


def _drop_row(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.slice(1)


def _drop_origin(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("origin") != ORIGINS[-1])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_drop_model, "expected a CSV with the columns"),
        (_drop_row, "expected 30 days of 6 series, got 179 rows"),
        (_drop_origin, f"no forecast from {ORIGINS[-1]}"),
    ],
)
def test_other_files_of_predictions_are_refused(
    matrix: Floats,
    predictions: Path,
    tmp_path: Path,
    spoil: Callable[[pl.DataFrame], pl.DataFrame],
    message: str,
) -> None:
    path = tmp_path / "spoiled.csv"
    spoil(pl.read_csv(predictions, try_parse_dates=True)).write_csv(path)
    with pytest.raises(RequestError, match=message):
        back_test(as_counts(matrix), extra=path)


def test_reporting_completeness_by_share_of_days() -> None:
    matrix = simulated_matrix(days=100)
    matrix[1, :10] = np.nan
    matrix[2, :50] = np.nan
    found = dict(reporting_completeness(as_panel(matrix)).rows())
    assert [found[f"s{n}"] for n in range(3)] == ["complete", "80 to 99 %", "under 80 %"]
