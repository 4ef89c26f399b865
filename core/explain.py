"""Why a forecast is what it is: exact factors of one series on one day, in words.

The expected count is a product: the series' level, times what the model's offset knows (weekday,
drift of the state), times what its trees add. The trees' share is split by TreeSHAP, which LightGBM
computes exactly; on the logarithmic scale the parts add up, so their exponentials multiply.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.daily_counts import DailyCounts
from core.errors import RequestError
from core.features import (
    FEATURES,
    LAGS,
    ROLLING_DAYS,
    STATE_HALF_LIVES,
    features,
    offset,
)
from core.history import HALF_LIVES, History
from core.volume.boosting import DIRECT
from core.volume.forecast import snapshot_for, withheld_reasons
from core.volume.model import Snapshot, VolumeModels
from core.volume.paths import served_path
from core.volume.recursion import recursive_means, trusted_share

__all__ = ["Contribution", "Explanation", "explain", "explain_all"]

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "weekday": "day of the week",
        "season": "time of the year and of the month",
        "holiday": "holiday or days around one",
        "trend": "recent weeks of this place",
        "state": "recent weeks of the whole state",
        "staffing": "officers per 1,000 people",
        "size": "correction for places of this size",
    }
)
"""Groups of features and their words."""

FEATURE_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "weekday": ("weekday", "weekday_factor", "state_weekday_factor", "same_weekday_mean"),
        "season": ("day_of_year", "day_of_month"),
        "holiday": ("holiday", "days_from_holiday"),
        "trend": (
            *(f"ewm_{days}" for days in HALF_LIVES),
            *(f"mean_{days}" for days in ROLLING_DAYS),
            *(f"lag_{days}" for days in LAGS),
            *("deviation_30", "dispersion_182", "zero_share_28"),
        ),
        "state": tuple(f"state_ewm_{days}" for days in STATE_HALF_LIVES),
        "staffing": ("officers_per_1000",),
        "size": ("level", "days_reported", "lead"),
    }
)
"""Which of :data:`LABELS` each of :data:`core.features.FEATURES` counts to."""

_GROUP_OF = MappingProxyType(
    {name: group for group, names in FEATURE_GROUPS.items() for name in names}
)


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One factor of a forecast: above 1 it raises, below 1 it lowers."""

    name: str
    label: str
    factor: float

    @property
    def words(self) -> str:
        """The label and the factor, with the sign of multiplication between them."""
        return f"{self.label} × {self.factor:.2f}"  # noqa: RUF001 - the sign of multiplication


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A forecast taken apart: ``level`` times every factor is ``mean``.

    Attributes:
        series: Name.
        day: The day forecast.
        model: What serves the series: a way, or a baseline, which has no factors.
        level: Offences a day that the series has had of late.
        contributions: The factors, the strongest first.
        mean: Expected count.
    """

    series: str
    day: date
    model: str
    level: float
    contributions: tuple[Contribution, ...]
    mean: float


def explain(
    models: VolumeModels,
    panel: pl.DataFrame | DailyCounts,
    *,
    series: str,
    origin: date,
    lead: int,
) -> Explanation:
    """Take one forecast apart.

    Args:
        models: From :func:`core.volume.fit.fit_volume` on the same panel.
        panel: The panel, or its counts.
        series: One of its series.
        origin: Last day that the forecast has seen.
        lead: Days after the origin, from 1.

    Raises:
        RequestError: No such series, no forecast for it, or no model may speak at the origin.

    Examples:
        >>> from pathlib import Path
        >>> from core.dataset import open_dataset
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> from core.volume.inputs import place_counts
        >>> counts = place_counts(
        ...     dataset.table("panel"), staffing=dataset.table("staffing"), state="CT"
        ... )
        >>> from core.volume.storage import load_models
        >>> explained = explain(
        ...     load_models(dataset.model_files()),
        ...     counts,
        ...     series="hartford",
        ...     origin=date(2024, 12, 31),
        ...     lead=1,
        ... )
        >>> factors = np.prod([each.factor for each in explained.contributions])
        >>> bool(np.isclose(explained.level * factors, explained.mean))
        True
    """
    counts = models.counts_of(panel)
    if series not in counts.series:
        raise RequestError(f"series: {series!r} is not among the {len(counts.series)} of the panel")
    explained = explain_all(models, counts, origin=origin, lead=lead)
    if series not in explained:
        reason = withheld_reasons(counts.until(origin))[series]
        raise RequestError(f"series {series}: there is no forecast to explain: {reason}")
    return explained[series]


def explain_all(
    models: VolumeModels, panel: pl.DataFrame | DailyCounts, *, origin: date, lead: int
) -> dict[str, Explanation]:
    """Take the forecasts of all series apart, in hardly more time than that of one.

    Args:
        models: From :func:`core.volume.fit.fit_volume` on the same panel.
        panel: The panel, or its counts.
        origin: Last day that the forecasts have seen.
        lead: Days after the origin, from 1.

    Returns:
        By series; those without a forecast are absent.

    Raises:
        RequestError: No model may speak at the origin, or the lead is no day after it.
    """
    counts = models.counts_of(panel)
    if not counts.first_day <= origin <= counts.last_day or lead < 1:
        raise RequestError(
            f"origin, lead: expected a day from {counts.first_day} to {counts.last_day} and a lead "
            f"from 1, got {origin} and {lead}"
        )
    snapshot = snapshot_for(models, origin=origin)
    seen = counts.until(origin)
    reasons = withheld_reasons(seen)
    seen = seen.only(np.array([name not in reasons for name in seen.series]))
    if not seen.series:
        return {}
    day = origin + timedelta(days=lead)
    means, served = served_path(snapshot, counts=seen, leads=range(lead, lead + 1))
    own = np.flatnonzero(served == snapshot.choice.settings.way)
    parts = _parts(snapshot, seen=seen, rows=own, lead=lead) if len(own) else {}
    return {
        name: _explanation(
            name,
            day=day,
            model=served[row],
            mean=float(means[row, 0]),
            parts=parts.get(row),
        )
        for row, name in enumerate(seen.series)
    }


def _explanation(
    series: str, *, day: date, model: str, mean: float, parts: tuple[float, dict[str, float]] | None
) -> Explanation:
    """Level and factors where the model itself serves, the strongest first."""
    if parts is None:
        return Explanation(
            series=series, day=day, model=model, level=mean, contributions=(), mean=mean
        )
    level, logarithms = parts
    factors = [
        Contribution(name=name, label=LABELS[name], factor=float(np.exp(value)))
        for name, value in sorted(logarithms.items(), key=lambda part: -abs(part[1]))
    ]
    return Explanation(
        series=series,
        day=day,
        model=model,
        level=level,
        contributions=tuple(factors),
        mean=float(level * np.exp(sum(logarithms.values()))),
    )


def _parts(
    snapshot: Snapshot, *, seen: DailyCounts, rows: NDArray[np.intp], lead: int
) -> dict[int, tuple[float, dict[str, float]]]:
    """Level, and the logarithm of each group's factor, by the row of a series."""
    settings = snapshot.choice.settings
    history = History(seen, room=lead)
    share, ahead = settings.shrink, lead
    if settings.way != DIRECT.name:
        if lead > 1:
            recursive_means(
                history,
                booster=snapshot.booster,
                rounds=settings.rounds,
                shrink=settings.shrink,
                days=lead - 1,
            )
        share, ahead = settings.shrink * trusted_share(lead - 1), 1
    origins = np.array([history.days - 1])
    targets = origins + ahead
    x = features(history, origins=origins, targets=targets)[0, rows]
    raw = snapshot.booster.predict(
        x, pred_contrib=True, num_iteration=settings.rounds, num_threads=1
    )
    contributions = share * np.asarray(raw, dtype=np.float64)
    starts = offset(history, origins=origins, targets=targets)[0]
    levels = history.level[origins[0]]
    weekdays = np.log(history.profile[origins[0], history.calendar.weekday[targets[0]]])
    found = {}
    for row, of_row in zip(rows, contributions, strict=True):
        parts = _grouped(of_row)
        level, weekday = float(levels[row]), float(weekdays[row])
        parts["weekday"] += weekday
        parts["state"] += float(starts[row]) - float(np.log(level)) - weekday
        found[int(row)] = level, parts
    return found


def _grouped(contributions: NDArray[np.float64]) -> dict[str, float]:
    """Sums over the features of each group; the expected value, last, belongs to the size."""
    parts = dict.fromkeys(LABELS, 0.0)
    for name, value in zip((*FEATURES, "level"), contributions, strict=True):
        parts[_GROUP_OF[name]] += float(value)
    return parts
