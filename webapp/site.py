"""What every page needs: the queries, and where the map's shapes are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from webapp.figures.map import MapLayers
from webapp.geometry import STATE_FEATURE, MapShapes, map_shapes
from webapp.queries import Queries
from webapp.sizes import held_bytes

__all__ = ["Site", "digest_of", "labels_apart", "open_site"]

_DIGEST = 12

# Of the map on a phone of 390 pixels, and of a label on it, in CSS pixels.
_PHONE_WIDTH: Final = 260
_PHONE_HEIGHT: Final = 200
_LETTER: Final = 7
_LINE: Final = 15


@dataclass(frozen=True, kw_only=True)
class Site:
    """One dataset, ready to be shown.

    Attributes:
        queries: Its views.
        shapes: The map's layers as GeoJSON texts; null without a map.
        layers: Where the browser finds them; null without a map.
    """

    queries: Queries
    shapes: MapShapes | None
    layers: MapLayers | None

    @property
    def digest(self) -> str:
        """What the addresses of its map layers hold, so that they can be kept for ever."""
        return digest_of(self.queries.dataset.sha256)

    @property
    def held_bytes(self) -> int:
        """About how much memory it takes now, with the views that are kept for it."""
        return held_bytes(self) + self.queries.model_bytes

    def picture_url(self, feature: str) -> str:
        """Where the browser finds the small picture of a map feature."""
        return f"/geo/{self.digest}/{feature}.svg"


def digest_of(dataset_sha256: str) -> str:
    """The part of a dataset's hash that stands in addresses."""
    return dataset_sha256[:_DIGEST]


def open_site(queries: Queries) -> Site:
    """Prepare what does not change while the dataset is open."""
    boundaries = queries.boundaries()
    if boundaries is None:
        return Site(queries=queries, shapes=None, layers=None)
    shapes = map_shapes(boundaries)
    base = f"/geo/{digest_of(queries.dataset.sha256)}"
    return Site(
        queries=queries,
        shapes=shapes,
        layers=MapLayers(
            towns=f"{base}/towns.geojson",
            rising=f"{base}/rising.geojson",
            falling=f"{base}/falling.geojson",
            state=f"{base}/state.geojson",
            outline=STATE_FEATURE,
            frame=(shapes.west, shapes.south, shapes.east, shapes.north),
            labels=_labels(queries, shapes=shapes),
        ),
    )


def _labels(queries: Queries, *, shapes: MapShapes) -> tuple[tuple[str, float, float], ...]:
    """The cities of a map of towns; the largest counties of a map of counties."""
    counties = queries.largest_counties()
    if not counties:
        return queries.label_points()
    labels = [(name, *shapes.middles[geoid]) for name, geoid in counties]
    return labels_apart(labels, frame=(shapes.west, shapes.south, shapes.east, shapes.north))


def labels_apart(
    labels: Sequence[tuple[str, float, float]], *, frame: tuple[float, float, float, float]
) -> tuple[tuple[str, float, float], ...]:
    """Labels that do not lie on an earlier one where the map is smallest, on a phone.

    Args:
        labels: Name, longitude and latitude, the most important first.
        frame: West, south, east and north of the map, degrees.
    """
    west, south, east, north = frame
    narrowing = cos(radians((south + north) / 2))
    scale = min(_PHONE_WIDTH / ((east - west) * narrowing), _PHONE_HEIGHT / (north - south))
    kept: list[tuple[str, float, float]] = []
    for name, longitude, latitude in labels:
        is_free = all(
            abs(longitude - x) * narrowing * scale > _LETTER * (len(name) + len(other)) / 2
            or abs(latitude - y) * scale > _LINE
            for other, x, y in kept
        )
        if is_free:
            kept.append((name, longitude, latitude))
    return tuple(kept)
