"""Forecasts of all places at once, kept for a few origins."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from core.daily_counts import DailyCounts
from core.dataset import Dataset
from core.errors import ModelMismatchError, RequestError
from core.explain import Explanation, explain_all
from core.volume.forecast import (
    LONGEST_BRIDGE,
    LONGEST_HORIZON,
    VolumeForecast,
    forecast,
    withheld_reasons,
)
from core.volume.inputs import place_counts
from core.volume.model import VolumeModels
from core.volume.storage import MODELS_NAME, load_models
from webapp.urlstate import DEFAULT_HORIZON
from webapp.views.forecast import Expected, Factor, Why

__all__ = ["Forecaster", "Outlook", "expected_of", "open_forecaster", "outlook"]

_LOG = logging.getLogger("ctcrimes")
_KEPT = 6
_LIMITS = tuple(field.name for field in fields(Expected) if field.name != "mean")


class Forecaster:
    """The models of one dataset with the counts that they speak about.

    A forecast is made for all places and the longest horizon at once, which shorter ones are the
    first days of; the last few origins are kept.
    """

    def __init__(self, models: VolumeModels, *, counts: DailyCounts) -> None:
        """Keep the models and the counts."""
        self._models = models
        self._counts = counts
        self._made: OrderedDict[tuple[date, date | None], VolumeForecast] = OrderedDict()
        self._explained: OrderedDict[tuple[date, int], dict[str, Explanation]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def origins(self) -> tuple[date, date]:
        """First and last day that a forecast can start from."""
        return self._models.snapshots[0].trained_to, self._counts.last_day

    @property
    def trained_to(self) -> date:
        """Last day that the newest model has seen."""
        return self._models.model_trained_to

    @property
    def learned_from(self) -> tuple[str, ...]:
        """Two-letter codes of the States whose days the model has learned from."""
        return self._models.states

    @property
    def bridges(self) -> tuple[date, date]:
        """First and last day that a forecast can be carried on to from the end of the data."""
        end = self._counts.last_day
        return end + timedelta(days=1), end + timedelta(days=LONGEST_BRIDGE)

    @property
    def state(self) -> str:
        """Two-letter code."""
        return self._models.state

    def at(self, origin: date, *, bridge: date | None = None) -> VolumeForecast:
        """The forecast from an origin, carried on to ``bridge`` where that is given.

        Raises:
            RequestError: No forecast can start there, or be carried on so far.
        """
        key = (origin, bridge)
        with self._lock:
            if key not in self._made:
                self._made[key] = forecast(
                    self._models,
                    self._counts,
                    origin=origin,
                    horizon=LONGEST_HORIZON,
                    bridge_to=bridge,
                )
                if len(self._made) > _KEPT:
                    self._made.popitem(last=False)
            self._made.move_to_end(key)
            return self._made[key]

    def prepare(self) -> None:
        """Make and take apart the forecast from the end of the data."""
        origin = self.origins[1]
        self.at(origin)
        self._explained_at(origin, lead=1)

    def why(self, slug: str, *, origin: date, lead: int) -> Why:
        """One day after the origin taken apart, for a place that has a forecast."""
        found = self._explained_at(origin, lead=lead)[slug]
        return Why(
            day=found.day,
            level=round(found.level, 4),
            factors=tuple(
                Factor(label=each.label, factor=round(each.factor, 6))
                for each in found.contributions
            ),
            mean=round(found.mean, 4),
        )

    def _explained_at(self, origin: date, *, lead: int) -> dict[str, Explanation]:
        """All places at once, once for a day."""
        with self._lock:
            if (origin, lead) not in self._explained:
                # The forecast does not see the places that it is withheld from; no more may this.
                reasons = withheld_reasons(self._counts.until(origin))
                kept = np.array([name not in reasons for name in self._counts.series])
                self._explained[origin, lead] = explain_all(
                    self._models, self._counts.only(kept), origin=origin, lead=lead
                )
                if len(self._explained) > _KEPT:
                    self._explained.popitem(last=False)
            self._explained.move_to_end((origin, lead))
            return self._explained[origin, lead]


def open_forecaster(dataset: Dataset, *, panel: pl.DataFrame) -> Forecaster | None:
    """The forecaster of a dataset; null where it holds no models, or none that can be read."""
    files = dataset.model_files()
    if MODELS_NAME not in files:
        return None
    try:
        models = load_models(files)
        counts = place_counts(panel, staffing=dataset.table("staffing"), state=models.state)
    except (ModelMismatchError, RequestError) as error:
        _LOG.warning("no forecast: %s", error)
        return None
    return Forecaster(models, counts=counts)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The next 30 days from the end of the data.

    Attributes:
        end: The last of these days.
        places: The total of each place that has a forecast.
        state: The total of the State, with an interval of its own.
        state_days: Means of the State's days.
    """

    end: date
    places: Mapping[str, Expected]
    state: Expected
    state_days: tuple[float, ...]


def outlook(forecaster: Forecaster) -> Outlook | None:
    """The next 30 days; null where no place has enough recent reports."""
    last = forecaster.origins[1]
    try:
        made = forecaster.at(last)
    except RequestError:
        return None
    ahead = pl.col("days") == DEFAULT_HORIZON
    return Outlook(
        end=last + timedelta(days=DEFAULT_HORIZON),
        places={
            row["series"]: expected_of(row)
            for row in made.totals.filter(ahead).iter_rows(named=True)
        },
        state=expected_of(made.state_totals.filter(ahead).row(0, named=True)),
        state_days=tuple(made.state_daily.sort("date")["mean"].head(DEFAULT_HORIZON).to_list()),
    )


def expected_of(row: Mapping[str, Any]) -> Expected:
    """What a row of a forecast holds: its mean and the limits of its intervals."""
    return Expected(mean=round(row["mean"], 4), **{name: row[name] for name in _LIMITS})
