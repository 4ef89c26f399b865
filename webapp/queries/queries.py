"""The questions that the pages ask; callers check their scalars with :mod:`webapp.urlstate`."""

from dataclasses import dataclass
from functools import cached_property

from core.dataset import BOUNDARIES, Dataset
from webapp.cache import ViewCache
from webapp.queries import local, statewide
from webapp.queries.forecasts import Outlook, forecast_view, open_forecaster, outlook
from webapp.queries.frames import Frames, PlaceRecord, open_frames
from webapp.urlstate import Scope, Selection
from webapp.views.cards import CardsView, KeyFiguresView
from webapp.views.common import DatasetView, Provenance, source_line
from webapp.views.forecast import ForecastView
from webapp.views.map import MapView
from webapp.views.mix import MixView
from webapp.views.series import DaysView, MonthsView
from webapp.views.staff import StaffView
from webapp.views.town import PlaceLink, TownView

__all__ = ["PlaceEntry", "Queries"]


@dataclass(frozen=True, kw_only=True)
class PlaceEntry:
    """A place as the search and the list of agencies show it."""

    slug: str
    name: str
    town: bool
    region: str


class Queries:
    """Every view of one dataset, cached by scalars."""

    def __init__(self, dataset: Dataset, *, cache: ViewCache) -> None:
        """Read the dataset's small tables; the others are read when a view asks."""
        self._frames: Frames = open_frames(dataset)
        self._forecaster = open_forecaster(dataset, panel=self._frames.panel)
        self._cache = cache

    @cached_property
    def dataset(self) -> DatasetView:
        """What the frame of every page says of the dataset."""
        dataset = self._frames.dataset
        return DatasetView(
            name=dataset.name,
            sha256=dataset.manifest.dataset_sha256,
            state_name=dataset.facts.state_name,
            years=dataset.facts.years,
            last_day=dataset.facts.last_day,
            synthetic=dataset.facts.synthetic,
            has_map=dataset.has_map,
            places_noun="towns" if dataset.has_map else "agencies",
        )

    @cached_property
    def scope(self) -> Scope:
        """What a visitor can choose."""
        return Scope(
            years=self._frames.years,
            kinds=self._frames.kinds,
            places=frozenset(self._frames.places),
            has_map=self._frames.dataset.has_map,
            origins=self._forecaster.origins if self._forecaster else None,
        )

    @cached_property
    def places(self) -> tuple[PlaceEntry, ...]:
        """Every place by name."""
        return tuple(
            PlaceEntry(slug=place.slug, name=place.name, town=place.town, region=place.region)
            for place in self._frames.places.values()
        )

    @cached_property
    def links(self) -> dict[str, PlaceLink]:
        """Every place by slug."""
        return {entry.slug: PlaceLink(slug=entry.slug, name=entry.name) for entry in self.places}

    @property
    def provenance(self) -> Provenance:
        """The line that stands in every figure."""
        return source_line(self.dataset)

    def label_points(self, *, at_least: int) -> tuple[tuple[str, float, float], ...]:
        """Name, longitude and latitude of the towns with at least so many residents."""
        return tuple(
            (place.name, place.longitude, place.latitude)
            for place in self._frames.places.values()
            if _is_large(place, at_least=at_least)
            and place.longitude is not None
            and place.latitude is not None
        )

    def boundaries(self) -> bytes | None:
        """The map as GeoJSON, or null."""
        dataset = self._frames.dataset
        return dataset.path(BOUNDARIES).read_bytes() if dataset.has_map else None

    @cached_property
    def _outlook(self) -> Outlook | None:
        return outlook(self._forecaster) if self._forecaster else None

    def map(self, selection: Selection) -> MapView:
        """The map."""
        key = (selection.measure, selection.kind, selection.year, selection.unit)
        return self._cache.get(
            "map",
            *key,
            as_type=MapView,
            compute=lambda: statewide.map_view(
                self._frames,
                measure=selection.measure,
                kind=selection.kind,
                year=selection.year,
                unit=selection.unit,
                provenance=self.provenance,
                outlook=self._outlook,
            ),
        )

    def key_figures(self, selection: Selection) -> KeyFiguresView:
        """The strip above the map."""
        kind, year, unit = selection.kind, selection.year, selection.unit
        return self._cache.get(
            "key_figures",
            kind,
            year,
            unit,
            as_type=KeyFiguresView,
            compute=lambda: statewide.key_figures(
                self._frames, kind=kind, year=year, unit=unit, outlook=self._outlook
            ),
        )

    def cards(self, selection: Selection) -> CardsView:
        """The cards beside the map."""
        kind, year, unit = selection.kind, selection.year, selection.unit
        return self._cache.get(
            "cards",
            kind,
            year,
            unit,
            as_type=CardsView,
            compute=lambda: statewide.cards_view(
                self._frames, kind=kind, year=year, unit=unit, outlook=self._outlook
            ),
        )

    def town(self, slug: str, *, selection: Selection) -> TownView:
        """The frame of a place's page."""
        kind, year, unit = selection.kind, selection.year, selection.unit
        return self._cache.get(
            "town",
            slug,
            kind,
            year,
            unit,
            as_type=TownView,
            compute=lambda: local.town_view(
                self._frames, slug=slug, kind=kind, year=year, unit=unit
            ),
        )

    def months(self, slug: str, *, selection: Selection) -> MonthsView:
        """History by month."""
        kind, year, unit = selection.kind, selection.year, selection.unit
        return self._cache.get(
            "months",
            slug,
            kind,
            year,
            unit,
            as_type=MonthsView,
            compute=lambda: local.months_view(
                self._frames, slug=slug, kind=kind, year=year, unit=unit, provenance=self.provenance
            ),
        )

    def days(self, slug: str, *, selection: Selection) -> DaysView:
        """History by day."""
        kind, days, unit = selection.kind, selection.days, selection.unit
        return self._cache.get(
            "days",
            slug,
            kind,
            days,
            unit,
            as_type=DaysView,
            compute=lambda: local.days_view(
                self._frames, slug=slug, kind=kind, days=days, unit=unit, provenance=self.provenance
            ),
        )

    def forecast(self, slug: str, *, selection: Selection) -> ForecastView | None:
        """The forecast, offences of all kinds; null where the dataset holds none."""
        forecaster = self._forecaster
        if forecaster is None:
            return None
        origin = selection.origin or forecaster.origins[1]
        return self._cache.get(
            "forecast",
            slug,
            selection.horizon,
            origin.isoformat(),
            as_type=ForecastView,
            compute=lambda: forecast_view(
                self._frames,
                forecaster,
                slug=slug,
                horizon=selection.horizon,
                origin=origin,
                provenance=self.provenance,
            ),
        )

    def mix(self, slug: str, *, selection: Selection) -> MixView:
        """Offences by category."""
        year, unit = selection.year, selection.unit
        return self._cache.get(
            "mix",
            slug,
            year,
            unit,
            as_type=MixView,
            compute=lambda: local.mix_view(
                self._frames, slug=slug, year=year, unit=unit, provenance=self.provenance
            ),
        )

    def staff(self, slug: str) -> StaffView:
        """Officers by year."""
        return self._cache.get(
            "staff",
            slug,
            as_type=StaffView,
            compute=lambda: local.staff_view(self._frames, slug=slug, provenance=self.provenance),
        )


def _is_large(place: PlaceRecord, *, at_least: int) -> bool:
    return place.town and (place.residents or 0) >= at_least
