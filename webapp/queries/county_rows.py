"""The figures of counties: those of their agencies, added up."""

from collections.abc import Iterable, Mapping

from webapp.queries.counties import CountyRecord
from webapp.queries.forecaster import Outlook
from webapp.queries.frames import Frames
from webapp.views.counties import CountyBase
from webapp.views.forecast import Expected
from webapp.views.map import PlaceRow

__all__ = ["county_expected", "county_row", "largest_counties"]

_YEAR = 12
_NAMED = 4


def county_row(county: CountyRecord, *, rows: Mapping[str, PlaceRow]) -> PlaceRow:
    """The figures of a county in one year.

    Counts and people are those of its agencies that reported every month of the year; where none
    did, those of the months that were reported. A change compares the agencies that reported every
    month of both years.

    Args:
        county: The county.
        rows: Every place of the year by slug.
    """
    listed = [rows[slug] for slug in county.alone if rows[slug].policed]
    full = [row for row in listed if row.months == _YEAR]
    counted = full or [row for row in listed if row.months]
    both = [row for row in full if row.previous_months == _YEAR]
    staffed = [row for row in listed if row.officers is not None]
    return PlaceRow(
        slug=county.slug,
        name=county.name,
        geoid=county.geoid,
        town=False,
        policed=bool(listed),
        region="",
        count=_sum(row.count for row in counted),
        months=max((row.months for row in counted), default=0),
        previous=_sum(row.previous for row in both),
        previous_months=_YEAR if both else 0,
        people=_sum(row.people for row in counted),
        officers=_sum(row.officers for row in staffed),
        women=_sum(row.women for row in staffed),
        compared=_sum(row.count for row in both),
        staffed_people=_sum(row.people for row in staffed),
        county=CountyBase(
            agencies=len(listed),
            full=len(full),
            shared=tuple(rows[slug].name for slug in county.shared if rows[slug].policed),
        ),
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


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
