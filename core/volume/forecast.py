"""A forecast from any origin, with its intervals, by the newest model that may speak there."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.volume.baselines import BASELINES
from core.volume.dispersion import TOTAL_DAYS, Dispersion
from core.volume.distribution import intervals
from core.volume.model import Snapshot, VolumeModels
from core.volume.paths import served_path

__all__ = [
    "LONGEST_BRIDGE",
    "LONGEST_HORIZON",
    "VolumeForecast",
    "forecast",
    "snapshot_for",
    "withheld_reasons",
]

Floats = NDArray[np.float64]

LONGEST_HORIZON = 60
"""Days of a forecast at most."""

LONGEST_BRIDGE = 1_100
"""Days between the origin and the first forecast day at most."""

STATE = "state"
"""Name of the sum over all series in the state's tables."""

SILENT_DAYS = 60
"""A series without a report for so long has no forecast."""

FEWEST_DAYS = 28
"""Days with a report that a forecast needs."""

_SHORT_HISTORY = 180
_TOTALS = (*TOTAL_DAYS, LONGEST_HORIZON)

_LIMITS = tuple(
    f"{side}_{level}"
    for side, levels in (("lower", (95, 80, 50)), ("upper", (50, 80, 95)))
    for level in levels
)


@dataclass(frozen=True, kw_only=True)
class VolumeForecast:
    """A forecast for every series that can have one.

    Attributes:
        daily: ``series``, ``date``, ``lead`` (Int16, days after the origin), ``mean`` (Float64),
            ``median`` and ``lower_95``, ``lower_80``, ``lower_50``, ``upper_50``, ``upper_80``,
            ``upper_95`` (Int32), ``baseline`` (Float64); sorted by ``series``, ``date``.
        totals: ``series``, ``days`` (Int16: 7, 14, 30, 60 within the horizon), ``mean``, ``median``
            and the limits as in ``daily``, for the sum of the first ``days`` days. The limits are
            those of the sum, never sums of daily limits.
        state_daily: As ``daily`` for the sum of all series; its means are the series' means added.
        state_totals: As ``totals`` for the sum of all series.
        served: ``series``, ``model`` (``direct``, ``recursive`` or a baseline), ``short_history``
            (Boolean: under half a year of reported days, so the limits are wider).
        withheld: ``series``, ``reason``, ``days_reported`` (Int32): those without a forecast, why
            in words, and on how many days they reported.
        origin: The last day that the forecast has seen.
        horizon: Days of the forecast.
        model_trained_to: The last day that the model has seen.
        baseline: Name of the baseline in ``daily``.
        low_confidence: True when days between the origin and the first forecast day were bridged.
    """

    daily: pl.DataFrame
    totals: pl.DataFrame
    state_daily: pl.DataFrame
    state_totals: pl.DataFrame
    served: pl.DataFrame
    withheld: pl.DataFrame
    origin: date
    horizon: int
    model_trained_to: date
    baseline: str
    low_confidence: bool


def forecast(
    models: VolumeModels,
    panel: pl.DataFrame | DailyCounts,
    *,
    origin: date,
    horizon: int,
    bridge_to: date | None = None,
) -> VolumeForecast:
    """Forecast the days after an origin, seeing nothing later than it.

    Args:
        models: From :func:`core.volume.fit.fit_volume` on the same panel.
        panel: The panel that the models were fitted on, or its counts.
        origin: Last day that may be seen.
        horizon: Days to forecast, 1 to 60.
        bridge_to: Forecast from the day after this one instead, over a gap without data. The
            intervals widen with the gap.

    Returns:
        The forecast.

    Raises:
        RequestError: The origin lies outside the data or before the first model, the horizon or
            the bridge is out of range.

    Examples:
        >>> from pathlib import Path
        >>> from core.dataset import open_dataset
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> from core.volume.inputs import place_counts
        >>> counts = place_counts(
        ...     dataset.table("panel"), staffing=dataset.table("staffing"), state="CT"
        ... )
        >>> from core.volume.storage import load_models
        >>> made = forecast(
        ...     load_models(dataset.model_files()), counts, origin=date(2024, 12, 31), horizon=7
        ... )
        >>> week = made.totals.filter(series="hartford", days=7).row(0, named=True)
        >>> week["lower_80"] <= week["median"] <= week["upper_80"]
        True
    """
    counts = models.counts_of(panel)
    gap = _check(counts, origin=origin, horizon=horizon, bridge_to=bridge_to)
    snapshot = snapshot_for(models, origin=origin)
    seen = counts.until(origin)
    withheld = withheld_reasons(seen)
    kept = np.array([name not in withheld for name in seen.series])
    window = _window(seen.only(kept), snapshot=snapshot, gap=gap, horizon=horizon)
    reported = np.isfinite(seen.counts[kept]).sum(axis=1)
    return VolumeForecast(
        daily=_daily(window),
        totals=_totals(window),
        state_daily=_state_daily(window),
        state_totals=_state_totals(window),
        served=pl.DataFrame(
            {
                "series": list(window.names),
                "model": [str(name) for name in window.served],
                "short_history": (reported < _SHORT_HISTORY).tolist(),
            },
            schema={"series": pl.String, "model": pl.String, "short_history": pl.Boolean},
        ),
        withheld=pl.DataFrame(
            {
                "series": list(withheld),
                "reason": list(withheld.values()),
                "days_reported": np.isfinite(seen.counts).sum(axis=1)[~kept],
            },
            schema={"series": pl.String, "reason": pl.String, "days_reported": pl.Int32},
        ),
        origin=origin,
        horizon=horizon,
        model_trained_to=snapshot.trained_to,
        baseline=snapshot.choice.baseline,
        low_confidence=gap > 0,
    )


def snapshot_for(models: VolumeModels, *, origin: date) -> Snapshot:
    """The newest model that has seen no day after the origin.

    Raises:
        RequestError: The first model is younger than the origin.
    """
    able = [snapshot for snapshot in models.snapshots if snapshot.trained_to <= origin]
    if not able:
        first = models.snapshots[0].trained_to
        raise RequestError(
            f"origin: {origin} lies before the first model, which needed the data up to {first}; "
            f"choose {first} or a later day"
        )
    return able[-1]


def _check(counts: DailyCounts, *, origin: date, horizon: int, bridge_to: date | None) -> int:
    if not counts.first_day <= origin <= counts.last_day:
        raise RequestError(
            f"origin: {origin} lies outside the data, which run from {counts.first_day} "
            f"to {counts.last_day}"
        )
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise RequestError(f"horizon: expected 1 to {LONGEST_HORIZON} days, got {horizon}")
    gap = 0 if bridge_to is None else (bridge_to - origin).days
    if not 0 <= gap <= LONGEST_BRIDGE:
        raise RequestError(
            f"bridge_to: expected a day from {origin} to "
            f"{origin + timedelta(days=LONGEST_BRIDGE)}, got {bridge_to}"
        )
    return gap


def withheld_reasons(seen: DailyCounts) -> dict[str, str]:
    """Series that get no forecast, with the reason in words."""
    result = {}
    reported = np.isfinite(seen.counts)
    for name, days, recent in zip(
        seen.series,
        reported.sum(axis=1),
        reported[:, -SILENT_DAYS:].sum(axis=1) > 0,
        strict=True,
    ):
        if days == 0:
            result[name] = "No day was reported, so there is nothing to forecast from."
        elif days < FEWEST_DAYS:
            result[name] = (
                f"Only {days} days were reported; a forecast needs at least {FEWEST_DAYS}."
            )
        elif not recent:
            result[name] = (
                f"Nothing was reported in the {SILENT_DAYS} days up to {seen.last_day}; "
                "reporting seems to have stopped."
            )
    return result


@dataclass(frozen=True, kw_only=True)
class _Window:
    """The days asked for: arrays of shape (series, horizon), and who made them."""

    names: tuple[str, ...]
    first_day: date
    first_lead: int
    means: Floats
    spread: Floats
    widened: Floats
    baseline: Floats
    served: NDArray[np.object_]
    dispersion: Dispersion

    @property
    def days(self) -> int:
        return int(self.means.shape[1])


def _window(seen: DailyCounts, *, snapshot: Snapshot, gap: int, horizon: int) -> _Window:
    if not seen.series:
        raise RequestError("panel: no series has enough reported days for a forecast")
    means, served = served_path(snapshot, counts=seen, leads=range(gap + 1, gap + horizon + 1))
    reported = np.isfinite(seen.counts).sum(axis=1)
    # A level known from n days is n / 180 as sure as one known from half a year.
    widened = np.maximum(_SHORT_HISTORY / np.maximum(reported, 1), 1.0)
    daily = snapshot.dispersion.daily(seen.series, mean=means, first_lead=gap + 1)
    return _Window(
        names=seen.series,
        first_day=seen.last_day + timedelta(days=gap + 1),
        first_lead=gap + 1,
        means=means,
        spread=1 + (daily - 1) * widened[:, None],
        widened=widened,
        baseline=BASELINES[snapshot.choice.baseline](seen.counts, gap + horizon)[:, gap:],
        served=served,
        dispersion=snapshot.dispersion,
    )


def _limits(means: Floats, *, dispersion: Floats) -> dict[str, NDArray[np.int64]]:
    found = intervals(means, dispersion=dispersion)
    limits = {"median": found.median.ravel()}
    for name in _LIMITS:
        side, level = name.split("_")
        by_level = found.lower if side == "lower" else found.upper
        limits[name] = by_level[int(level)].ravel()
    return limits


def _daily(window: _Window) -> pl.DataFrame:
    return _daily_frame(
        window,
        names=window.names,
        means=window.means,
        spread=window.spread,
        baseline=window.baseline,
    )


def _state_daily(window: _Window) -> pl.DataFrame:
    spread = window.dispersion.state_daily(days=window.days, first_lead=window.first_lead)
    return _daily_frame(
        window,
        names=(STATE,),
        means=window.means.sum(axis=0)[None],
        spread=spread[None],
        baseline=window.baseline.sum(axis=0)[None],
    )


def _daily_frame(
    window: _Window, *, names: tuple[str, ...], means: Floats, spread: Floats, baseline: Floats
) -> pl.DataFrame:
    lead = window.first_lead + np.arange(window.days)
    dates = [window.first_day + timedelta(days=n) for n in range(window.days)]
    return pl.DataFrame(
        {
            "series": np.repeat(names, window.days),
            "date": pl.Series(dates * len(names), dtype=pl.Date),
            "lead": np.tile(lead, len(names)),
            "mean": means.ravel(),
            **_limits(means, dispersion=spread),
            "baseline": baseline.ravel(),
        },
        schema_overrides={"lead": pl.Int16} | dict.fromkeys(("median", *_LIMITS), pl.Int32),
    )


def _totals(window: _Window) -> pl.DataFrame:
    parts = []
    for days in _spans(window):
        means = window.means[:, :days]
        spread = window.dispersion.of_total(
            mean=means, daily=window.spread[:, :days], first_lead=window.first_lead
        )
        wide = 1 + (spread - 1) * window.widened
        parts.append(_totals_frame(window.names, days=days, means=means.sum(axis=1), spread=wide))
    return pl.concat(parts).sort("series", "days")


def _state_totals(window: _Window) -> pl.DataFrame:
    parts = []
    for days in _spans(window):
        means = window.means[:, :days].sum(axis=0)
        spread = window.dispersion.of_state_total(mean=means, first_lead=window.first_lead)
        parts.append(
            _totals_frame(
                (STATE,), days=days, means=means.sum(keepdims=True), spread=np.array([spread])
            )
        )
    return pl.concat(parts).sort("series", "days")


def _spans(window: _Window) -> list[int]:
    return sorted({days for days in _TOTALS if days <= window.days} | {window.days})


def _totals_frame(
    names: tuple[str, ...], *, days: int, means: Floats, spread: Floats
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "series": list(names),
            "days": [days] * len(names),
            "mean": means,
            **_limits(means, dispersion=spread),
        },
        schema_overrides={"days": pl.Int16} | dict.fromkeys(("median", *_LIMITS), pl.Int32),
    )
