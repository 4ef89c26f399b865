"""When and where: from the offences of a place to their hours, months, locations and kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import polars as pl

from core.dataset import Dataset
from core.nibrs.codes import (
    ALL_OFFENCES,
    CATEGORIES,
    CATEGORY_OF_CODE,
    LOCATION_TYPES,
    categories_of_selection,
)
from webapp.cache import ViewCache
from webapp.queries.frames import Frames
from webapp.urlstate import Selection, Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.patterns_hours import HoursView
from webapp.views.patterns_locations import LocationRow, LocationsView
from webapp.views.patterns_months import ProfileView
from webapp.views.patterns_years import KindByYear, KindsByYearView

__all__ = [
    "Asked",
    "PatternDesk",
    "PatternRows",
    "hours_view",
    "kinds_by_year_view",
    "locations_view",
    "open_patterns",
    "profile_view",
]

_YEAR = 12
_WEEK = 7
_DAY = 24
_COMPLETE = 2
_NAMED_LOCATIONS = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class PatternRows:
    """Every offence of the data, those of a place next to each other.

    Attributes:
        rows: ``incident`` Int64, ``month`` Int16 (position in the arrays of the frames),
            ``weekday`` Int8 (Monday is 0), ``hour`` Int8 (null where the hour of the offence is not
            known), ``category`` Enum (slug), ``location`` Enum (the FBI's code).
        spans: First row and number of rows of each place that has one.
    """

    rows: pl.DataFrame
    spans: Mapping[str, tuple[int, int]]

    def of(self, slug: str) -> pl.DataFrame:
        """The offences of a place, without a copy."""
        first, length = self.spans.get(slug, (0, 0))
        return self.rows.slice(first, length)


def open_patterns(dataset: Dataset, *, frames: Frames) -> PatternRows:
    """Read the offences once and bring those of each place together.

    Where the day of the incident is not known, the FBI's files hold the day of the report: its hour
    says nothing of when the offence happened and is taken as not known.
    """
    slugs = {code: category.slug for code, category in CATEGORY_OF_CODE.items()}
    day = pl.col("date")
    months = (day.dt.year().cast(pl.Int32) - frames.first_year) * _YEAR + day.dt.month() - 1
    told = ~pl.col("date_is_report_date").fill_null(value=False)
    rows = (
        dataset.table("offences")
        .join(dataset.table("agency_places"), on="agency_id", how="inner", validate="m:1")
        .select(
            "place",
            incident=pl.col("incident_id"),
            month=months.cast(pl.Int16),
            weekday=(day.dt.weekday() - 1).cast(pl.Int8),
            hour=pl.when(told).then(pl.col("hour")),
            category=pl.col("offence_code").replace_strict(
                slugs, return_dtype=pl.Enum(list(CATEGORIES))
            ),
            location=pl.col("location_code").cast(pl.String).cast(pl.Enum(list(LOCATION_TYPES))),
        )
        .sort("place", "month", "incident", "category", "location")
    )
    lengths = rows.group_by("place").len().sort("place")
    starts = accumulate(lengths["len"], initial=0)
    spans = {
        place: (start, length)
        for (place, length), start in zip(lengths.iter_rows(), starts, strict=False)
    }
    return PatternRows(rows=rows.drop("place"), spans=spans)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is counted: a place, a selection of offences, a year, a unit."""

    slug: str
    kind: str
    year: int
    unit: Unit


def _chosen(rows: pl.DataFrame, *, frames: Frames, asked: Asked, year: int) -> pl.DataFrame:
    """The place's offences of a year, over the months with a report, as every other count."""
    months = frames.months_of(year)
    reported = np.flatnonzero(frames.status[frames.index[asked.slug], months] > 0) + months.start
    found = rows.filter(pl.col("month").is_in(reported.astype(np.int16).tolist()))
    if asked.kind == ALL_OFFENCES:
        return found
    slugs = [category.slug for category in categories_of_selection(asked.kind)]
    return found.filter(pl.col("category").is_in(slugs))


def hours_view(
    frames: Frames, rows: pl.DataFrame, *, asked: Asked, provenance: Provenance
) -> HoursView:
    """Counts of a place by day of the week and hour of the day; ``rows`` are its offences."""
    rows = _chosen(rows, frames=frames, asked=asked, year=asked.year)
    if asked.unit is Unit.INCIDENTS:
        rows = rows.unique("incident", keep="first", maintain_order=True)
    counted = rows.filter(pl.col("hour").is_not_null()).group_by("weekday", "hour").len()
    counts = np.zeros((_WEEK, _DAY), dtype=np.int64)
    counts[counted["weekday"].to_numpy(), counted["hour"].to_numpy()] = counted["len"].to_numpy()
    return HoursView(
        place=frames.places[asked.slug].name,
        kind=asked.kind,
        unit=asked.unit,
        year=asked.year,
        counts=tuple(tuple(day) for day in counts.tolist()),
        without=rows["hour"].null_count(),
        months=_months_reported(frames, slug=asked.slug, year=asked.year),
        provenance=provenance,
    )


def _months_reported(frames: Frames, *, slug: str, year: int) -> int:
    return int((frames.status[frames.index[slug], frames.months_of(year)] > 0).sum())


def _months_complete(frames: Frames, *, slug: str, year: int) -> int:
    return int((frames.status[frames.index[slug], frames.months_of(year)] == _COMPLETE).sum())


def locations_view(
    frames: Frames, rows: pl.DataFrame, *, asked: Asked, provenance: Provenance
) -> LocationsView:
    """Counts of a place by kind of location, this year and the year before."""
    slug, year, unit = asked.slug, asked.year, asked.unit
    now = _chosen(rows, frames=frames, asked=asked, year=year)
    then = _chosen(rows, frames=frames, asked=asked, year=year - 1)
    previous_months = _months_reported(frames, slug=slug, year=year - 1)
    counts, before = _by_location(now, unit=unit), _by_location(then, unit=unit)
    codes = sorted({*counts, *before}, key=lambda code: (-counts.get(code, 0), code))
    rest = [code for code in codes if counts.get(code)][_NAMED_LOCATIONS:]
    return LocationsView(
        place=frames.places[slug].name,
        kind=asked.kind,
        unit=unit,
        year=year,
        rows=tuple(
            LocationRow(
                code=code,
                count=counts.get(code, 0),
                previous=before.get(code, 0) if previous_months else None,
            )
            for code in codes
        ),
        rest=len(rest),
        rest_count=_at(now, codes=rest, unit=unit),
        rest_previous=_at(then, codes=rest, unit=unit) if previous_months else None,
        total=_size(now, unit=unit),
        months=_months_reported(frames, slug=slug, year=year),
        previous_months=previous_months,
        provenance=provenance,
    )


def _counted(unit: Unit) -> pl.Expr:
    return pl.len() if unit is Unit.OFFENCES else pl.col("incident").n_unique()


def _by_location(rows: pl.DataFrame, *, unit: Unit) -> dict[str, int]:
    counted = rows.group_by(pl.col("location").cast(pl.String)).agg(n=_counted(unit))
    return dict(counted.iter_rows())


def _at(rows: pl.DataFrame, *, codes: Sequence[str], unit: Unit) -> int:
    """What was counted at some locations together: an incident at two of them counts once."""
    return _size(rows.filter(pl.col("location").is_in(codes)), unit=unit)


def _size(rows: pl.DataFrame, *, unit: Unit) -> int:
    counted: int = rows.select(_counted(unit)).item()
    return counted


def profile_view(frames: Frames, *, asked: Asked, provenance: Provenance) -> ProfileView:
    """Counts by month of every year, over the months that were reported completely."""
    at = frames.index[asked.slug]
    counts = frames.counts(asked.kind, unit=asked.unit)[at]
    complete = frames.status[at] == _COMPLETE
    values = [int(n) if known else None for n, known in zip(counts, complete, strict=True)]
    return ProfileView(
        place=frames.places[asked.slug].name,
        kind=asked.kind,
        unit=asked.unit,
        year=asked.year,
        years=frames.years,
        counts=tuple(tuple(values[frames.months_of(each)]) for each in frames.years),
        provenance=provenance,
    )


def kinds_by_year_view(
    frames: Frames, *, slug: str, year: int, unit: Unit, provenance: Provenance
) -> KindsByYearView:
    """Counts of each category over the years; null in a year that was not reported whole."""
    at = frames.index[slug]
    whole = {each: _months_complete(frames, slug=slug, year=each) == _YEAR for each in frames.years}
    rows = []
    for category in CATEGORIES.values():
        if category.slug in frames.kinds:
            months = frames.counts(category.slug, unit=unit)[at]
            counts = tuple(
                int(months[frames.months_of(each)].sum()) if whole[each] else None
                for each in frames.years
            )
            if any(counts):
                rows.append(
                    KindByYear(
                        slug=category.slug,
                        label=words.kind_label(category.slug),
                        broad=category.broad,
                        counts=counts,
                    )
                )
    return KindsByYearView(
        place=frames.places[slug].name,
        year=year,
        unit=unit,
        years=frames.years,
        months=tuple(_months_reported(frames, slug=slug, year=each) for each in frames.years),
        whole=tuple(whole.values()),
        rows=tuple(sorted(rows, key=lambda row: (-row.total, row.label))),
        provenance=provenance,
    )


class PatternDesk:
    """The views of when and where, cached by scalars."""

    def __init__(
        self, frames: Frames, *, rows: PatternRows, cache: ViewCache, provenance: Provenance
    ) -> None:
        """Keep what the views are made from."""
        self._frames = frames
        self._rows = rows
        self._cache = cache
        self._provenance = provenance

    def hours(self, slug: str, *, selection: Selection) -> HoursView:
        """Hour of the day by day of the week."""
        asked = _asked(slug, selection=selection)
        return self._cache.get(
            "hours",
            *_key(asked),
            as_type=HoursView,
            compute=lambda: hours_view(
                self._frames, self._rows.of(slug), asked=asked, provenance=self._provenance
            ),
        )

    def locations(self, slug: str, *, selection: Selection) -> LocationsView:
        """Kinds of location."""
        asked = _asked(slug, selection=selection)
        return self._cache.get(
            "locations",
            *_key(asked),
            as_type=LocationsView,
            compute=lambda: locations_view(
                self._frames, self._rows.of(slug), asked=asked, provenance=self._provenance
            ),
        )

    def profile(self, slug: str, *, selection: Selection) -> ProfileView:
        """Months of the year."""
        asked = _asked(slug, selection=selection)
        return self._cache.get(
            "profile",
            *_key(asked),
            as_type=ProfileView,
            compute=lambda: profile_view(self._frames, asked=asked, provenance=self._provenance),
        )

    def kinds_by_year(self, slug: str, *, selection: Selection) -> KindsByYearView:
        """Each category over the years, whatever kind is chosen."""
        asked = replace(_asked(slug, selection=selection), kind=ALL_OFFENCES)
        return self._cache.get(
            "kinds_by_year",
            *_key(asked),
            as_type=KindsByYearView,
            compute=lambda: kinds_by_year_view(
                self._frames,
                slug=slug,
                year=asked.year,
                unit=asked.unit,
                provenance=self._provenance,
            ),
        )


def _asked(slug: str, *, selection: Selection) -> Asked:
    return Asked(slug=slug, kind=selection.kind, year=selection.year, unit=selection.unit)


def _key(asked: Asked) -> tuple[str, str, int, str]:
    return asked.slug, asked.kind, asked.year, asked.unit
