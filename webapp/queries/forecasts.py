"""The view of one place's forecast."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from core.calendar_days import named_holidays
from core.errors import RequestError
from core.nibrs.codes import ALL_OFFENCES
from core.volume.dispersion import BAND_NAMES, band_of
from core.volume.forecast import FEWEST_DAYS, SILENT_DAYS, VolumeForecast
from webapp.language import gettext, ngettext
from webapp.queries.forecaster import Forecaster, expected_of
from webapp.queries.frames import Frames
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.forecast import (
    Expected,
    ForecastDay,
    ForecastView,
    HolidayMark,
    Measured,
    trailing_means,
)
from webapp.views.methods_volume import VolumeEvaluation, best_baseline, served_scores

__all__ = ["Asked", "forecast_view"]

_LOG = logging.getLogger("ctcrimes")
_HISTORY = 84
_YEAR = 364  # 52 weeks: the same weekdays


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

    @property
    def end(self) -> date:
        """Last day of the forecast."""
        return self.origin + timedelta(days=self.ahead)


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """What was counted in a place, by days from the first of the data.

    ``start`` and ``stop`` are the days shown before the forecast.
    """

    values: tuple[int | None, ...]
    means: tuple[float | None, ...]
    start: int
    stop: int

    def year_before(self, *, ahead: int) -> tuple[float | None, ...]:
        """The means of 52 weeks earlier, for the days shown and those of the forecast."""
        return tuple(
            self.means[i - _YEAR] if _YEAR <= i < len(self.means) + _YEAR else None
            for i in range(self.start, self.stop + ahead)
        )


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
    counted = _counted(frames, slug=slug, first=first, origin=origin)
    named = named_holidays(forecaster.state, first_year=first.year, last_year=asked.end.year)
    made, withheld = _made(forecaster, asked=asked)
    served = {} if made is None else _one(made.served, slug=slug)
    total = None if made is None else _total(made, asked=asked)
    return ForecastView(
        place=frames.places[slug].name,
        horizon=asked.horizon,
        origin=origin,
        bridge=asked.bridge,
        last_day=facts.last_day,
        first=first,
        history=counted.values[counted.start : counted.stop],
        means=counted.means[counted.start : counted.stop],
        year_before=counted.year_before(ahead=asked.ahead),
        days=() if made is None else _days(made, asked=asked, named=named, counted=counted),
        total=total,
        holidays=_shown(named, first=first, asked=asked),
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


def _counted(frames: Frames, *, slug: str, first: date, origin: date) -> _Counted:
    counts = frames.days(slug, kind=ALL_OFFENCES, unit=Unit.OFFENCES)
    values = tuple(None if np.isnan(value) else int(value) for value in counts)
    begin = frames.dataset.facts.first_day
    return _Counted(
        values=values,
        means=trailing_means(values),
        start=(first - begin).days,
        stop=(origin - begin).days + 1,
    )


def _shown(named: Mapping[date, str], *, first: date, asked: Asked) -> tuple[HolidayMark, ...]:
    """Holidays of the days shown; what is bridged has none drawn."""
    begin = asked.end - timedelta(days=asked.horizon)
    return tuple(
        HolidayMark(day=day, name=name)
        for day, name in named.items()
        if first <= day <= asked.origin or begin < day <= asked.end
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
    made: VolumeForecast, *, asked: Asked, named: Mapping[date, str], counted: _Counted
) -> tuple[ForecastDay, ...]:
    rows = made.daily.filter(pl.col("series") == asked.slug).sort("date").head(asked.horizon)
    days = [
        ForecastDay(
            day=row["date"],
            holiday=named.get(row["date"], ""),
            expected=expected_of(row),
            baseline=round(row["baseline"], 4),
            counted=None,
            counted_mean=None,
        )
        for row in rows.iter_rows(named=True)
    ]
    begin = counted.stop + asked.ahead - asked.horizon
    return tuple(_with_count(day, at=begin + i, counted=counted) for i, day in enumerate(days))


def _with_count(day: ForecastDay, *, at: int, counted: _Counted) -> ForecastDay:
    """The day with what was counted on it, where the data reach it."""
    if at >= len(counted.values):
        return day
    return replace(day, counted=counted.values[at], counted_mean=counted.means[at])


def _total(made: VolumeForecast, *, asked: Asked) -> Expected:
    at = (pl.col("series") == asked.slug) & (pl.col("days") == asked.horizon)
    return expected_of(made.totals.filter(at).row(0, named=True))
