"""From the frames to the views of one place."""

from datetime import date, timedelta

import numpy as np

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES
from core.places.towns import Policing
from webapp.language import gettext
from webapp.queries.frames import Frames
from webapp.queries.statewide import place_row
from webapp.urlstate import DAYS_LAST_6, DAYS_LAST_12, Unit
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.mix import MixRow, MixView
from webapp.views.series import DaysView, MonthsView, day_means
from webapp.views.staff import StaffView, StaffYear
from webapp.views.town import CountyLink, CoverageYear, MonthState, PlaceLink, TownView, year_row

__all__ = ["days_view", "mix_view", "months_view", "staff_view", "town_view"]

_YEAR = 12
_STATES = (MonthState.NONE, MonthState.PARTIAL, MonthState.COMPLETE)


def town_view(frames: Frames, *, slug: str, kind: str, year: int, unit: Unit) -> TownView:
    """The frame of a place's page."""
    place = frames.places[slug]
    links = {
        other: PlaceLink(slug=other, name=frames.places[other].name) for other in frames.places
    }
    same_region = (
        links[other.slug]
        for other in frames.places.values()
        if place.region
        and other.region == place.region
        and other.town == place.town
        and other.slug != slug
        and other.agencies
    )
    return TownView(
        row=place_row(frames, slug=slug, kind=kind, year=year, unit=unit),
        kind=kind,
        unit=unit,
        year=year,
        state_name=frames.dataset.facts.state_name,
        county=place.county,
        residents=place.residents,
        agencies=place.agencies,
        has_police=bool(place.agencies),
        state_share=place.policing is Policing.PARTIAL,
        state_police=frames.state_police,
        planning_region=frames.planning_regions,
        note=gettext(place.note) if place.note else "",
        coverage=_coverage(frames, slug=slug),
        neighbours=tuple(
            sorted(
                (links[other] for other in frames.neighbours.get(slug, ())),
                key=lambda link: link.name,
            )
        ),
        region_places=tuple(same_region),
        counties=tuple(
            CountyLink(slug=county.slug, name=county.name, geoid=county.geoid)
            for county in frames.counties.values()
            if slug in (*county.alone, *county.shared)
        ),
        years=tuple(
            year_row(place_row(frames, slug=slug, kind=kind, year=each, unit=unit), year=each)
            for each in frames.years
        ),
    )


def _coverage(frames: Frames, *, slug: str) -> tuple[CoverageYear, ...]:
    status = frames.status[frames.index[slug]]
    return tuple(
        CoverageYear(
            year=year, months=tuple(_STATES[state] for state in status[frames.months_of(year)])
        )
        for year in frames.years
    )


def months_view(
    frames: Frames, *, slug: str, kind: str, year: int, unit: Unit, provenance: Provenance
) -> MonthsView:
    """Counts by month over all years."""
    at = frames.index[slug]
    status = frames.status[at]
    counts = frames.counts(kind, unit=unit)[at]
    return MonthsView(
        place=frames.places[slug].name,
        kind=kind,
        unit=unit,
        first_year=frames.first_year,
        year=year,
        values=tuple(
            int(count) if state else None for count, state in zip(counts, status, strict=True)
        ),
        partial=tuple(bool(state == 1) for state in status),
        provenance=provenance,
    )


def days_view(
    frames: Frames, *, slug: str, kind: str, days: str, unit: Unit, provenance: Provenance
) -> DaysView:
    """Counts by day over a window; the mean looks beyond the window's ends where it can."""
    first, last, window = _window(days, last_day=frames.dataset.facts.last_day)
    counted = frames.days(slug, kind=kind, unit=unit)
    values = tuple(None if np.isnan(value) else int(value) for value in counted)
    start = (first - frames.dataset.facts.first_day).days
    stop = (last - frames.dataset.facts.first_day).days + 1
    return DaysView(
        place=frames.places[slug].name,
        kind=kind,
        unit=unit,
        first=first,
        values=values[start:stop],
        means=day_means(values)[start:stop],
        window=window,
        provenance=provenance,
    )


def _window(days: str, *, last_day: date) -> tuple[date, date, str]:
    if days in (DAYS_LAST_6, DAYS_LAST_12):
        months = int(days.removeprefix("last"))
        before = (last_day + timedelta(days=1)).year * _YEAR + (last_day + timedelta(1)).month - 1
        start = before - months
        first = date(start // _YEAR, start % _YEAR + 1, 1)
        span = gettext(
            "{first} to {last}", first=words.short_month(first), last=words.short_month(last_day)
        )
        return first, last_day, span
    year = int(days)
    return date(year, 1, 1), date(year, 12, 31), days


def mix_view(
    frames: Frames, *, slug: str, year: int, unit: Unit, provenance: Provenance
) -> MixView:
    """What is reported, by category."""
    whole = place_row(frames, slug=slug, kind=ALL_OFFENCES, year=year, unit=unit)
    rows = []
    for category in CATEGORIES.values():
        if category.slug in frames.kinds:
            row = place_row(frames, slug=slug, kind=category.slug, year=year, unit=unit)
            if row.count or row.previous:
                rows.append(
                    MixRow(
                        label=words.kind_label(category.slug),
                        broad=category.broad,
                        count=row.count or 0,
                        previous=row.previous,
                    )
                )
    return MixView(
        place=whole.name,
        year=year,
        unit=unit,
        rows=tuple(sorted(rows, key=lambda row: (-row.count, row.label))),
        total=whole.count or 0,
        months=whole.months,
        previous_months=whole.previous_months,
        provenance=provenance,
    )


def staff_view(frames: Frames, *, slug: str, provenance: Provenance) -> StaffView:
    """Officers by year; a year without figures stays open."""
    years = []
    for year in frames.years:
        staff = frames.staff.get((slug, year))
        years.append(
            StaffYear(
                year=year,
                officers=staff.officers if staff else None,
                men=staff.men if staff else None,
                women=staff.women if staff else None,
                civilians=staff.civilians if staff else None,
                people=staff.people if staff else None,
            )
        )
    return StaffView(place=frames.places[slug].name, years=tuple(years), provenance=provenance)
