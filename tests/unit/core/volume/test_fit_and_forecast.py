"""Fitting and forecasting: blind, reproducible, consistent, and honest about what it lacks."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.history import History
from core.volume.baselines import BASELINES
from core.volume.boosting import DIRECT, ONE_STEP, Way, _pairs, training_rows
from core.volume.fit import choose_on, fit_counts, fit_volume
from core.volume.forecast import VolumeForecast, forecast, snapshot_for
from core.volume.model import Settings, Snapshot, VolumeModels
from core.volume.paths import model_means
from core.volume.storage import save_models
from tests.support.counts import as_counts, as_panel, simulated_matrix

LIMITS = ["lower_95", "lower_80", "lower_50", "median", "upper_50", "upper_80", "upper_95"]


@pytest.fixture(scope="module")
def made(models: VolumeModels, counts: DailyCounts) -> VolumeForecast:
    return forecast(models, counts, origin=counts.last_day, horizon=30)


def recursive(models: VolumeModels, counts: DailyCounts) -> Snapshot:
    """The newest model, served by the recursive way."""
    _, windows = choose_on(counts)
    assert windows
    newest = models.snapshots[-1]
    choice = replace(
        newest.choice,
        settings=Settings(way="recursive", rounds=30, shrink=0.5),
        by_band=("recursive",) * 4,
    )
    return replace(newest, choice=choice)


def test_the_same_panel_gives_the_same_bytes(models: VolumeModels, counts: DailyCounts) -> None:
    assert save_models(fit_counts(counts)) == save_models(models)


def test_later_days_change_no_earlier_model(models: VolumeModels, counts: DailyCounts) -> None:
    changed = counts.counts.copy()
    first = models.snapshots[0].trained_to
    changed[:, counts.index(first) + 1 :] = 40.0
    other = fit_counts(replace(counts, counts=changed))
    earlier, later = save_models(models), save_models(other)
    name = f"volume-{first}.txt"
    assert earlier[name] == later[name]
    assert other.snapshots[0].dispersion == models.snapshots[0].dispersion
    assert other.snapshots[0].choice == models.snapshots[0].choice
    assert earlier[f"volume-{counts.last_day}.txt"] != later[f"volume-{counts.last_day}.txt"]


def test_a_replay_sees_nothing_after_its_origin(models: VolumeModels, counts: DailyCounts) -> None:
    origin = models.snapshots[0].trained_to + timedelta(days=20)
    changed = counts.counts.copy()
    changed[:, counts.index(origin) + 1 :] = 77.0
    there = forecast(models, counts, origin=origin, horizon=14)
    other = forecast(models, replace(counts, counts=changed), origin=origin, horizon=14)
    assert there.model_trained_to <= origin
    for name in ("daily", "totals", "state_daily", "state_totals", "served", "withheld"):
        assert getattr(there, name).equals(getattr(other, name))


def test_the_newest_model_that_may_speak_is_taken(models: VolumeModels) -> None:
    days = [snapshot.trained_to for snapshot in models.snapshots]
    assert len(days) == 3
    assert snapshot_for(models, origin=days[1]).trained_to == days[1]
    assert snapshot_for(models, origin=days[1] - timedelta(days=1)).trained_to == days[0]
    with pytest.raises(RequestError, match=f"first model.*{days[0]}"):
        snapshot_for(models, origin=days[0] - timedelta(days=1))


def test_series_without_a_forecast_say_why(made: VolumeForecast) -> None:
    reasons = dict(made.withheld.select("series", "reason").rows())
    assert set(reasons) == {"s0", "s2"}
    assert "60 days" in reasons["s0"]
    assert "No day was reported" in reasons["s2"]
    assert made.daily["series"].unique().sort().to_list() == ["s1", "s3", "s4", "s5"]


def test_too_few_days_are_not_enough(models: VolumeModels, counts: DailyCounts) -> None:
    there = forecast(models, counts, origin=counts.first_day + timedelta(days=720), horizon=7)
    assert "Only 21 days" in dict(there.withheld.select("series", "reason").rows())["s1"]


def test_a_short_history_has_wider_limits(models: VolumeModels, counts: DailyCounts) -> None:
    full = counts.counts.copy()
    full[1, :700] = np.random.default_rng(1).poisson(np.nanmean(full[1]), size=700)
    origin = counts.last_day
    spread = {}
    for name, given in (("short", counts), ("full", replace(counts, counts=full))):
        made = forecast(models, given, origin=origin, horizon=30)
        row = made.totals.filter((pl.col("series") == "s1") & (pl.col("days") == 30))
        spread[name] = (row["upper_95"] - row["lower_95"]).item() / row["mean"].item()
        flag = made.served.filter(pl.col("series") == "s1")["short_history"].item()
        assert flag is (name == "short")
    assert spread["short"] > 1.2 * spread["full"]


def test_frames_are_as_described(made: VolumeForecast, counts: DailyCounts) -> None:
    assert made.daily.columns == [
        "series",
        "date",
        "lead",
        "mean",
        "median",
        "lower_95",
        "lower_80",
        "lower_50",
        "upper_50",
        "upper_80",
        "upper_95",
        "baseline",
    ]
    assert made.daily.height == 4 * 30
    assert made.daily.equals(made.daily.sort("series", "date"))
    assert made.daily["date"].min() == counts.last_day + timedelta(days=1)
    assert made.daily["lead"].max() == 30
    assert made.totals["days"].unique().sort().to_list() == [7, 14, 30]
    assert made.state_totals["series"].unique().to_list() == ["state"]
    assert not made.low_confidence
    for frame in (made.daily, made.totals, made.state_daily, made.state_totals):
        limits = frame.select(LIMITS).to_numpy()
        assert (np.diff(limits, axis=1) >= 0).all()
        assert frame.null_count().sum_horizontal().item() == 0


def test_towns_add_up_to_the_state(made: VolumeForecast) -> None:
    by_day = made.daily.group_by("date").agg(pl.col("mean").sum()).sort("date")
    np.testing.assert_allclose(by_day["mean"], made.state_daily["mean"])
    for days in (7, 30):
        towns = made.totals.filter(pl.col("days") == days)["mean"].sum()
        state = made.state_totals.filter(pl.col("days") == days)["mean"].item()
        assert towns == pytest.approx(state)
        first = made.state_daily.head(days)["mean"].sum()
        assert first == pytest.approx(state)


def test_a_total_is_surer_than_the_sum_of_its_days(made: VolumeForecast) -> None:
    summed = made.daily.group_by("series").agg(
        (pl.col("upper_95") - pl.col("lower_95")).sum().alias("summed")
    )
    total = made.totals.filter(pl.col("days") == 30).select(
        "series", width=pl.col("upper_95") - pl.col("lower_95")
    )
    both = summed.join(total, on="series", validate="1:1")
    assert (both["width"] < both["summed"]).all()


def test_forecasts_are_near_the_rates_that_made_the_counts(made: VolumeForecast) -> None:
    means = dict(made.totals.filter(pl.col("days") == 30).select("series", "mean").rows())
    for name, rate in (("s3", 3.0), ("s4", 6.0), ("s5", 12.0)):
        assert means[name] / 30 == pytest.approx(rate, rel=0.12)


def test_a_bridge_starts_later_and_is_wider(
    models: VolumeModels, counts: DailyCounts, made: VolumeForecast
) -> None:
    later = counts.last_day + timedelta(days=200)
    bridged = forecast(models, counts, origin=counts.last_day, horizon=30, bridge_to=later)
    assert bridged.low_confidence
    assert bridged.daily["date"].min() == later + timedelta(days=1)
    assert bridged.daily["lead"].min() == 201
    near = made.state_totals.filter(pl.col("days") == 30)
    far = bridged.state_totals.filter(pl.col("days") == 30)
    assert (far["upper_80"] - far["lower_80"]).item() > (near["upper_80"] - near["lower_80"]).item()
    assert far["mean"].item() == pytest.approx(near["mean"].item(), rel=0.35)


def test_a_bridge_of_no_days_is_none(models: VolumeModels, counts: DailyCounts) -> None:
    given = {"origin": counts.last_day, "horizon": 7}
    plain = forecast(models, counts, **given)  # type: ignore[arg-type] # two keywords of two types
    same = forecast(models, counts, bridge_to=counts.last_day, **given)  # type: ignore[arg-type] # as above
    assert plain.daily.equals(same.daily)
    assert not same.low_confidence


def test_a_longer_horizon_begins_as_the_shorter_one(
    models: VolumeModels, counts: DailyCounts, made: VolumeForecast
) -> None:
    longer = forecast(models, counts, origin=counts.last_day, horizon=60)
    same = longer.daily.filter(pl.col("lead") <= 30)
    np.testing.assert_allclose(same["mean"], made.daily["mean"])
    assert longer.totals["days"].unique().sort().to_list() == [7, 14, 30, 60]


def test_the_recursive_way_can_be_served(models: VolumeModels, counts: DailyCounts) -> None:
    usual = VolumeModels(
        states=models.states,
        state="CT",
        vocabulary=models.vocabulary,
        snapshots=(recursive(models, counts),),
    )
    made = forecast(usual, counts, origin=counts.last_day, horizon=30)
    assert made.served["model"].unique().to_list() == ["recursive"]
    means = dict(made.totals.filter(pl.col("days") == 30).select("series", "mean").rows())
    assert means["s5"] / 30 == pytest.approx(12, rel=0.2)


def test_the_recursion_feeds_each_forecast_back(models: VolumeModels, counts: DailyCounts) -> None:
    snapshot = recursive(models, counts)
    whole = model_means(snapshot, history=History(counts, room=5), leads=range(1, 6))
    grown = counts
    for day in range(5):
        one = model_means(snapshot, history=History(grown, room=1), leads=range(1, 2))
        np.testing.assert_allclose(one[:, 0], whole[:, day], rtol=1e-5)
        grown = replace(grown, counts=np.concatenate([grown.counts, one], axis=1))


def test_a_band_that_a_baseline_won_is_served_by_it(
    models: VolumeModels, counts: DailyCounts
) -> None:
    newest = models.snapshots[-1]
    choice = replace(newest.choice, by_band=("direct", "direct", "mean_91", "direct"))
    given = replace(models, snapshots=(replace(newest, choice=choice),))
    made = forecast(given, counts, origin=counts.last_day, horizon=14)
    assert dict(made.served.select("series", "model").rows())["s3"] == "mean_91"
    found = made.daily.filter(pl.col("series") == "s3")["mean"]
    expected = BASELINES["mean_91"](counts.counts[3:4], 14)[0]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"origin": date(2019, 12, 31)}, "origin: 2019-12-31 lies outside the data"),
        ({"origin": date(2023, 1, 1)}, "origin: 2023-01-01 lies outside the data"),
        ({"origin": date(2020, 3, 1)}, "first model"),
        ({"horizon": 0}, "horizon: expected 1 to 60 days, got 0"),
        ({"horizon": 61}, "horizon: expected 1 to 60 days, got 61"),
        ({"bridge_to": date(2021, 1, 1)}, "bridge_to"),
        ({"bridge_to": date(2030, 1, 1)}, "bridge_to"),
    ],
)
def test_bad_requests_are_refused_with_words(
    models: VolumeModels, counts: DailyCounts, change: dict[str, object], message: str
) -> None:
    given = {"origin": counts.last_day, "horizon": 30} | change
    with pytest.raises(RequestError, match=message):
        forecast(models, counts, **given)  # type: ignore[arg-type] # mixed keywords


def test_a_year_of_data_is_needed() -> None:
    with pytest.raises(RequestError, match="at least 365 days of data, there are 300"):
        fit_volume(as_panel(simulated_matrix(days=300)), state="CT")


def test_progress_is_reported_for_each_stage() -> None:
    seen: list[tuple[int, int]] = []
    fit_volume(
        as_panel(simulated_matrix(days=370)),
        state="CT",
        on_snapshot=lambda done, of: seen.append((done, of)),
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_no_series_with_days_is_refused(models: VolumeModels) -> None:
    with pytest.raises(RequestError, match="no series"):
        forecast(
            models,
            as_counts(np.full((2, 740), np.nan)),
            origin=models.model_trained_to,
            horizon=7,
        )


@pytest.mark.parametrize("way", [DIRECT, ONE_STEP], ids=lambda way: way.name)
def test_rows_to_learn_from_are_bounded(
    counts: DailyCounts, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    history = History(counts)
    most = 2_000
    monkeypatch.setattr("core.volume.boosting._MOST_ROWS", most)
    monkeypatch.setattr("core.volume.boosting._MOST_ROWS_ONE_STEP", most)

    origins, targets = _pairs(history, way=way)

    steps = np.unique(np.diff(np.unique(origins)))
    assert len(origins) * history.series <= most + way.longest_lead * history.series
    assert targets.max() == history.days - 1
    assert steps.size == 1
    assert steps[0] % 7 != 0
    assert training_rows(history, way=way).x.shape[0] <= len(origins) * history.series
