"""From the staffing table to the views of the page of officers."""

from collections.abc import Mapping

import polars as pl

from core.places.naming import slug_of
from core.staffing import StaffingBasis
from webapp.language import gettext
from webapp.queries.frames import Frames
from webapp.urlstate.officers import (
    STATE,
    NamedScope,
    OfficersChoice,
    OfficersScopes,
    StaffFigures,
)
from webapp.views.common import Provenance
from webapp.views.officers import OfficersView, OfficersYear
from webapp.views.officers_places import OfficersPlace, OfficersPlacesView

__all__ = ["officers_places", "officers_scopes", "officers_view"]

_REGION = "region-"
_BASIS = {
    StaffFigures.REPORTED: StaffingBasis.AS_REPORTED,
    StaffFigures.LATEST: StaffingBasis.LATEST_PROPAGATED,
}


def officers_scopes(frames: Frames) -> OfficersScopes:
    """Whose officers can be asked for: the State, its regions, every place on the list."""
    listed = [place for place in frames.places.values() if _listed(frames, place.slug)]
    regions = sorted({place.region for place in listed if place.region})
    named = [(place.town, NamedScope(slug=place.slug, name=place.name)) for place in listed]
    return OfficersScopes(
        state_name=frames.dataset.facts.state_name,
        region_noun="region" if frames.planning_regions else "county",
        regions=tuple(NamedScope(slug=_region_slug(region), name=region) for region in regions),
        towns=tuple(scope for town, scope in named if town),
        agencies=tuple(scope for town, scope in named if not town),
    )


def _listed(frames: Frames, slug: str) -> bool:
    return any((slug, year) in frames.staff for year in frames.years)


def _region_slug(region: str) -> str:
    """A slug that no place has: a town may be called like its region."""
    return f"{_REGION}{slug_of(region)}"


def officers_view(
    frames: Frames, *, choice: OfficersChoice, provenance: Provenance
) -> OfficersView:
    """The officers of a scope, year by year."""
    slugs, name = _members(frames, scope=choice.scope)
    rows = frames.staffing.filter(
        pl.col("place").is_in(slugs), pl.col("basis") == _BASIS[choice.figures].value
    )
    names = {slug: frames.places[slug].name for slug in slugs}
    years = tuple(
        _year(rows.filter(pl.col("year") == year), year=year, names=names) for year in frames.years
    )
    return OfficersView(
        scope=choice.scope,
        name=name,
        measure=choice.measure,
        figures=choice.figures,
        years=years,
        latest=_latest(rows, frames=frames),
        provenance=provenance,
    )


def _members(frames: Frames, *, scope: str) -> tuple[list[str], str]:
    """The places of a scope, and what it is called in a sentence."""
    places = frames.places.values()
    if scope == STATE:
        return [place.slug for place in places], frames.dataset.facts.state_name
    if scope in frames.places:
        return [scope], frames.places[scope].name
    within = [place for place in places if place.region and _region_slug(place.region) == scope]
    region = within[0].region
    name = gettext("the {region} region", region=region) if frames.planning_regions else region
    return [place.slug for place in within], name


def _latest(rows: pl.DataFrame, *, frames: Frames) -> int:
    """The newest year on the list: whose figures are written over the earlier years."""
    newest = rows["year"].max()
    return int(newest) if isinstance(newest, int) else frames.years[-1]


def _year(rows: pl.DataFrame, *, year: int, names: Mapping[str, str]) -> OfficersYear:
    """One year added up; a place without figures is left out of people too."""
    known = rows.filter(pl.col("officers").is_not_null())
    silent = rows.filter(pl.col("agencies_reporting") < pl.col("agencies"))["place"].sort()
    return OfficersYear(
        year=year,
        agencies=int(rows["agencies"].sum()),
        reporting=int(rows["agencies_reporting"].sum()),
        lacking=tuple(names[slug] for slug in silent),
        officers=_sum(known["officers"]),
        men=_sum(known["male_officers"]),
        women=_sum(known["female_officers"]),
        civilians=_sum(known["civilians"]),
        people=_sum(known["population"]),
    )


def _sum(values: pl.Series) -> int | None:
    """The sum of what is known; null where nothing is."""
    known = values.drop_nulls()
    return int(known.sum()) if known.len() else None


def officers_places(frames: Frames, *, provenance: Provenance) -> OfficersPlacesView:
    """Every place from A to Z with the newest figures that it has."""
    newest = (
        frames.staffing.filter(
            pl.col("basis") == StaffingBasis.AS_REPORTED.value, pl.col("officers").is_not_null()
        )
        .sort("place", "year")
        .unique("place", keep="last", maintain_order=True)
    )
    found = {row["place"]: row for row in newest.iter_rows(named=True)}
    rows = tuple(
        OfficersPlace(
            slug=place.slug,
            name=place.name,
            town=place.town,
            region=place.region,
            listed=_listed(frames, place.slug),
            year=row["year"] if (row := found.get(place.slug)) else None,
            officers=row["officers"] if row else None,
            men=row["male_officers"] if row else None,
            women=row["female_officers"] if row else None,
            civilians=row["civilians"] if row else None,
            people=row["population"] if row else None,
        )
        for place in frames.places.values()
    )
    return OfficersPlacesView(
        state_name=frames.dataset.facts.state_name,
        last_year=frames.years[-1],
        rows=rows,
        provenance=provenance,
        state_police=frames.state_police,
        planning_regions=frames.planning_regions,
    )
