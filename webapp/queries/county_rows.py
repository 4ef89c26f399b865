"""The figures of counties: those of their agencies, added up."""

from collections.abc import Iterable

import numpy as np

from webapp.queries.counties import CountyRecord
from webapp.queries.forecasts import Outlook
from webapp.queries.frames import Frames
from webapp.urlstate import Unit
from webapp.views.counties import CountyBase
from webapp.views.forecast import Expected
from webapp.views.map import PlaceRow

__all__ = ["county_expected", "county_row", "largest_counties"]

_YEAR = 12
_NAMED = 4


def county_row(
    frames: Frames, county: CountyRecord, *, kind: str, year: int, unit: Unit
) -> PlaceRow:
    """The figures of a county in one year.

    Counts and people are those of its agencies that reported every month of the year; where none
    did, those of the months that were reported. A change compares the agencies that reported every
    month of both years.
    """
    listed = [slug for slug in county.alone if (slug, year) in frames.staff]
    full = [slug for slug in listed if _months(frames, slug, year=year) == _YEAR]
    base = CountyBase(
        agencies=len(listed),
        full=len(full),
        shared=tuple(
            frames.places[slug].name for slug in county.shared if (slug, year) in frames.staff
        ),
    )
    counted = full or [slug for slug in listed if _months(frames, slug, year=year)]
    both = [slug for slug in full if _months(frames, slug, year=year - 1) == _YEAR]
    staffed = [slug for slug in listed if frames.staff[slug, year].officers is not None]
    return PlaceRow(
        slug=county.slug,
        name=county.name,
        geoid=county.geoid,
        town=False,
        policed=bool(listed),
        region="",
        count=_count(frames, counted, kind=kind, year=year, unit=unit),
        months=max((_months(frames, slug, year=year) for slug in counted), default=0),
        previous=_count(frames, both, kind=kind, year=year - 1, unit=unit),
        previous_months=_YEAR if both else 0,
        people=_sum(frames.staff[slug, year].people for slug in counted),
        officers=_sum(frames.staff[slug, year].officers for slug in staffed),
        women=_sum(frames.staff[slug, year].women for slug in staffed),
        compared=_count(frames, both, kind=kind, year=year, unit=unit),
        staffed_people=_sum(frames.staff[slug, year].people for slug in staffed),
        county=base,
    )


def county_expected(county: CountyRecord, *, outlook: Outlook) -> Expected | None:
    """The forecast of a county: its agencies' added up; null where none has one.

    The limits are added up too. That is what they would be if all agencies erred together, so the
    interval is rather too wide than too narrow.
    """
    parts = [outlook.places[slug] for slug in county.alone if slug in outlook.places]
    if not parts:
        return None
    return Expected.added(parts)


def largest_counties(frames: Frames) -> tuple[tuple[str, str], ...]:
    """Name and map feature of the counties whose agencies serve most people, for orientation."""
    year = frames.years[-1]
    people = {
        county.slug: sum(
            frames.staff[slug, year].people or 0
            for slug in county.alone
            if (slug, year) in frames.staff
        )
        for county in frames.counties.values()
    }
    most = sorted(people, key=lambda slug: (-people[slug], slug))[:_NAMED]
    return tuple(
        (_short(frames.counties[slug].name), frames.counties[slug].geoid)
        for slug in most
        if people[slug]
    )


def _short(name: str) -> str:
    return name.removesuffix(" County").removesuffix(" Parish").removesuffix(" Planning Region")


def _months(frames: Frames, slug: str, *, year: int) -> int:
    months = frames.months_of(year)
    return int((frames.status[frames.index[slug], months] > 0).sum())


def _count(frames: Frames, slugs: list[str], *, kind: str, year: int, unit: Unit) -> int | None:
    """What the places reported over the months with a report; null without a place."""
    if not slugs:
        return None
    months = frames.months_of(year)
    at = np.array([frames.index[slug] for slug in slugs])
    known = frames.status[at][:, months] > 0
    return int(frames.counts(kind, unit=unit)[at][:, months][known].sum())


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
