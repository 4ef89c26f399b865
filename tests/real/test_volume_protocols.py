"""What is promised of the volume forecasts, on the real bundles, beside the numpy baselines."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.evaluation.protocols import Protocol, agency_panel
from core.evaluation.report import VolumeReport, evaluate_volume
from core.nibrs.bundle import read_bundle
from core.volume.baselines import BASELINES

pytestmark = [pytest.mark.real, pytest.mark.slow]

FindReal = Callable[[str], Path]


def report_on(real_path: FindReal, *, state: str, years: range, protocol: Protocol) -> VolumeReport:
    bundles = [read_bundle(real_path(f"{state}-{year}")) for year in years]
    offences = pl.concat(bundle.offences for bundle in bundles)
    panel = agency_panel(offences, protocol=protocol)
    return evaluate_volume(panel, state=state, protocol=protocol)


@pytest.fixture(scope="module")
def la(real_path: FindReal) -> VolumeReport:
    return report_on(real_path, state="LA", years=range(2016, 2020), protocol=Protocol.LA)


@pytest.fixture(scope="module")
def ct(real_path: FindReal) -> VolumeReport:
    return report_on(real_path, state="CT", years=range(2021, 2024), protocol=Protocol.CT)


def test_the_protocols_have_the_series_of_the_published_comparison(
    la: VolumeReport, ct: VolumeReport
) -> None:
    assert la.series == 26
    assert la.origins[-1] == "2019-12-01"
    assert ct.series == 45
    # Mean of 28 days, by an independent program on the same panels.
    assert la.models["mean_28"].deviance == pytest.approx(1.2693, abs=1e-4)
    assert ct.models["mean_91"].month_wape == pytest.approx(0.2242, abs=1e-4)


MEASURES = ("wape", "rmse", "deviance", "state_wape", "month_wape")


@pytest.mark.parametrize("measure", MEASURES)
def test_ct_beats_every_baseline(ct: VolumeReport, measure: str) -> None:
    served = getattr(ct.models[ct.served], measure)
    assert served < min(getattr(ct.models[name], measure) for name in BASELINES)


# Not month_wape: there the mean of 56 days is level with it, 0.1200 against 0.1202.
@pytest.mark.parametrize("measure", ["wape", "rmse", "deviance", "state_wape"])
def test_la_beats_every_baseline(la: VolumeReport, measure: str) -> None:
    served = getattr(la.models[la.served], measure)
    assert served < min(getattr(la.models[name], measure) for name in BASELINES)


@pytest.mark.parametrize("state", ["la", "ct"])
def test_forecasts_are_nearly_unbiased_and_surer_than_any_baseline(
    request: pytest.FixtureRequest, state: str
) -> None:
    report: VolumeReport = request.getfixturevalue(state)
    served = report.models[report.served]
    assert abs(served.bias) <= 0.03
    assert served.crps < min(report.models[name].crps for name in BASELINES)
    assert served.log_score < min(report.models[name].log_score for name in BASELINES)
    assert served.volume_accuracy_mean >= 0.96
    assert served.volume_accuracy_min >= 0.91


# What was reached, with a little room for another machine's rounding: docs/decisions/0011, look 5.
REACHED = {
    "la": {"deviance": 1.203, "state_wape": 0.0885, "month_wape": 0.1210, "crps": 1.087},
    "ct": {"deviance": 1.066, "state_wape": 0.1645, "month_wape": 0.2090, "crps": 0.419},
}


@pytest.mark.parametrize("state", ["la", "ct"])
def test_what_was_reached_is_kept(request: pytest.FixtureRequest, state: str) -> None:
    report: VolumeReport = request.getfixturevalue(state)
    for measure, most in REACHED[state].items():
        assert getattr(report.models[report.served], measure) <= most, measure


def test_ct_beats_the_state_of_optimised_theta(ct: VolumeReport) -> None:
    # By statsforecast 2.1.1 on the same panel, benchmarks/standard_forecasters.py.
    assert ct.models[ct.served].state_wape < 0.1646


@pytest.mark.parametrize("state", ["la", "ct"])
def test_eighty_per_cent_intervals_hold(request: pytest.FixtureRequest, state: str) -> None:
    report: VolumeReport = request.getfixturevalue(state)
    assert 0.78 <= report.models[report.served].coverage_80 <= 0.84
    for row in report.by_band[2:]:
        assert 0.74 <= row.coverage_80 <= 0.88
