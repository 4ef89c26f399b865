"""Places and counties by name, as the search and the list of agencies show them."""

from dataclasses import dataclass

from webapp.queries.frames import Frames

__all__ = ["PlaceEntry", "county_entries", "place_entries"]


@dataclass(frozen=True, kw_only=True)
class PlaceEntry:
    """A place, or a county of the map."""

    slug: str
    name: str
    town: bool
    region: str
    county: bool = False


def place_entries(frames: Frames) -> tuple[PlaceEntry, ...]:
    """Every place, by name."""
    return tuple(
        PlaceEntry(slug=place.slug, name=place.name, town=place.town, region=place.region)
        for place in frames.places.values()
    )


def county_entries(frames: Frames) -> tuple[PlaceEntry, ...]:
    """Every county; none on a map of towns."""
    return tuple(
        PlaceEntry(slug=county.slug, name=county.name, town=False, region="", county=True)
        for county in frames.counties.values()
    )
