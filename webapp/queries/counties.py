"""Counties of a map of counties, and which agencies serve them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.places.towns import COUNTIES_JOINED

__all__ = ["CountyRecord", "counties_of_map"]


@dataclass(frozen=True, kw_only=True)
class CountyRecord:
    """A county of the map.

    Attributes:
        slug: Identifier; no place has it.
        name: With what it is: "Ouachita Parish".
        geoid: Feature of the map.
        alone: Slugs of the agencies that serve it and no other county, by name.
        shared: Slugs of the agencies that serve it and others, by name.
    """

    slug: str
    name: str
    geoid: str
    alone: tuple[str, ...]
    shared: tuple[str, ...]


def counties_of_map(boundaries: bytes, *, served_by: Mapping[str, str]) -> dict[str, CountyRecord]:
    """The counties of a map by slug, sorted by name, each with its agencies.

    Args:
        boundaries: GeoJSON, each feature with ``name`` and ``slug``.
        served_by: By agency the names of the counties that it serves, joined as in the table
            ``places``; in the order in which agencies are to be listed.
    """
    served = {slug: tuple(counties.split(COUNTIES_JOINED)) for slug, counties in served_by.items()}
    found = []
    for feature in json.loads(boundaries)["features"]:
        name = feature["properties"]["name"]
        here = [slug for slug, counties in served.items() if name in counties]
        found.append(
            CountyRecord(
                slug=feature["properties"]["slug"],
                name=name,
                geoid=feature["id"],
                alone=tuple(slug for slug in here if len(served[slug]) == 1),
                shared=tuple(slug for slug in here if len(served[slug]) > 1),
            )
        )
    return {county.slug: county for county in sorted(found, key=lambda county: county.name)}
