"""Forecasts of all places at once, kept for a few origins, and the view of one of them."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from core.calendar_days import named_holidays
from core.daily_counts import DailyCounts
from core.dataset import Dataset
from core.errors import ModelMismatchError, RequestError
from core.explain import Explanation, explain_all
from core.nibrs.codes import ALL_OFFENCES
from core.volume.dispersion import BAND_NAMES, band_of
from core.volume.forecast import (
    FEWEST_DAYS,
    LONGEST_BRIDGE,
    LONGEST_HORIZON,
    SILENT_DAYS,
    VolumeForecast,
    forecast,
    withheld_reasons,
)
from core.volume.inputs import place_counts
from core.volume.model import VolumeModels
from core.volume.storage import MODELS_NAME, load_models
from webapp.language import gettext, ngettext
from webapp.queries.frames import Frames
from webapp.urlstate import DEFAULT_HORIZON, Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.forecast import (
    Expected,
    Factor,
    ForecastDay,
    ForecastView,
    HolidayMark,
    Measured,
    Why,
    trailing_means,
)
from webapp.views.methods_volume import VolumeEvaluation, best_baseline, served_scores

__all__ = ["Asked", "Forecaster", "Outlook", "forecast_view", "open_forecaster", "outlook"]

_LOG = logging.getLogger("ctcrimes")
_KEPT = 6
_HISTORY = 84
_YEAR = 364  # 52 weeks: the same weekdays


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
            row["series"]: _expected(row) for row in made.totals.filter(ahead).iter_rows(named=True)
        },
        state=_expected(made.state_totals.filter(ahead).row(0, named=True)),
        state_days=tuple(made.state_daily.sort("date")["mean"].head(DEFAULT_HORIZON).to_list()),
    )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which forecast; fields as in :class:`~webapp.views.forecast.ForecastView`.

    ``explained`` asks for its first day taken apart, which costs more than all the rest.
    """

    slug: str
    horizon: int
    origin: date
    bridge: date | None = None
    explained: bool = True

    @property
    def ahead(self) -> int:
        """Days from the origin to the end of the forecast."""
        return ((self.bridge or self.origin) - self.origin).days + self.horizon


def forecast_view(
    frames: Frames,
    forecaster: Forecaster,
    *,
    asked: Asked,
    evaluation: VolumeEvaluation | None,
    provenance: Provenance,
) -> ForecastView:
    """The forecast of one place."""
    facts, slug, origin = frames.dataset.facts, asked.slug, asked.origin
    first = max(origin - timedelta(days=_HISTORY - 1), facts.first_day)
    counted = frames.days(slug, kind=ALL_OFFENCES, unit=Unit.OFFENCES)
    values = tuple(None if np.isnan(value) else int(value) for value in counted)
    means = trailing_means(values)
    start, stop = (first - facts.first_day).days, (origin - facts.first_day).days + 1
    begin = stop + asked.ahead - asked.horizon
    end = origin + timedelta(days=asked.ahead)
    named = named_holidays(forecaster.state, first_year=first.year, last_year=end.year)
    made, withheld = _made(forecaster, asked=asked)
    served = {} if made is None else _one(made.served, slug=slug)
    days = () if made is None else _days(made, asked=asked, named=named)
    total = None if made is None else _total(made, asked=asked)
    return ForecastView(
        place=frames.places[slug].name,
        horizon=asked.horizon,
        origin=origin,
        bridge=asked.bridge,
        last_day=facts.last_day,
        first=first,
        history=values[start:stop],
        means=means[start:stop],
        year_before=tuple(
            means[i - _YEAR] if _YEAR <= i < len(means) + _YEAR else None
            for i in range(start, stop + asked.ahead)
        ),
        days=tuple(
            _with_count(day, at=begin + i, values=values, means=means) for i, day in enumerate(days)
        ),
        total=total,
        holidays=tuple(
            HolidayMark(day=day, name=name)
            for day, name in named.items()
            if first <= day <= origin or end - timedelta(days=asked.horizon) < day <= end
        ),
        withheld=withheld,
        model=served.get("model", ""),
        baseline="" if made is None else made.baseline,
        trained_to=None if made is None else made.model_trained_to,
        short_history=served.get("short_history", False),
        why=None
        if made is None or not asked.explained
        else forecaster.why(slug, origin=origin, lead=asked.ahead - asked.horizon + 1),
        measured=_measured(evaluation, total=total, days=asked.horizon),
        provenance=provenance,
    )


def _measured(
    evaluation: VolumeEvaluation | None, *, total: Expected | None, days: int
) -> Measured | None:
    """What the back-test says of places that are as busy as this forecast."""
    best = best_baseline(evaluation) if evaluation else None
    if evaluation is None or best is None or total is None:
        return None
    band = BAND_NAMES[int(band_of(np.array(total.mean / days)))]
    found = next((each for each in evaluation.bands if each.label == band), None)
    served = served_scores(evaluation)
    if found is None or not found.days or found.coverage_80 is None or served.deviance is None:
        return None
    return Measured(
        windows=evaluation.windows,
        band=band,
        days=found.days,
        coverage_80=found.coverage_80,
        deviance=served.deviance,
        baseline=best.name,
        baseline_deviance=best.deviance or 0.0,
    )


def _made(forecaster: Forecaster, *, asked: Asked) -> tuple[VolumeForecast | None, str]:
    """The forecast that has the place in it; or nothing, and why."""
    try:
        made = forecaster.at(asked.origin, bridge=asked.bridge)
    except RequestError as error:
        _LOG.info("no forecast from %s: %s", asked.origin, error)
        return None, gettext(
            "No model had been trained by {day}; choose a later day.", day=words.day(asked.origin)
        )
    if asked.slug in made.served["series"]:
        return made, ""
    days = _one(made.withheld, slug=asked.slug).get("days_reported", 0)
    return None, _withheld_words(days, origin=asked.origin)


def _withheld_words(days: int, *, origin: date) -> str:
    """Why a place with so many days of reports up to the origin has no forecast."""
    if days == 0:
        return gettext("No day was reported, so there is nothing to forecast from.")
    if days < FEWEST_DAYS:
        return ngettext(
            "Only {count} day was reported; a forecast needs at least {fewest}.",
            "Only {count} days were reported; a forecast needs at least {fewest}.",
            days,
            count=days,
            fewest=FEWEST_DAYS,
        )
    return gettext(
        "Nothing was reported in the {count} days up to {day}; reporting seems to have stopped.",
        count=SILENT_DAYS,
        day=words.day(origin),
    )


def _one(frame: pl.DataFrame, *, slug: str) -> dict[str, Any]:
    """The first row of a series, or nothing."""
    return next(frame.filter(pl.col("series") == slug).iter_rows(named=True), {})


def _days(
    made: VolumeForecast, *, asked: Asked, named: Mapping[date, str]
) -> tuple[ForecastDay, ...]:
    rows = made.daily.filter(pl.col("series") == asked.slug).sort("date").head(asked.horizon)
    return tuple(
        ForecastDay(
            day=row["date"],
            holiday=named.get(row["date"], ""),
            expected=_expected(row),
            baseline=round(row["baseline"], 4),
            counted=None,
            counted_mean=None,
        )
        for row in rows.iter_rows(named=True)
    )


def _with_count(
    day: ForecastDay,
    *,
    at: int,
    values: tuple[int | None, ...],
    means: tuple[float | None, ...],
) -> ForecastDay:
    if at >= len(values):
        return day
    return replace(day, counted=values[at], counted_mean=means[at])


def _total(made: VolumeForecast, *, asked: Asked) -> Expected:
    at = (pl.col("series") == asked.slug) & (pl.col("days") == asked.horizon)
    return _expected(made.totals.filter(at).row(0, named=True))


def _expected(row: Mapping[str, Any]) -> Expected:
    return Expected(
        mean=round(row["mean"], 4),
        **{name: row[name] for name in _LIMITS},
    )


_LIMITS = tuple(field.name for field in fields(Expected) if field.name != "mean")
