"""The questions that the pages ask; callers check their scalars with :mod:`webapp.urlstate`."""

from functools import cached_property

from core.dataset import BOUNDARIES, Dataset
from webapp.cache import ViewCache
from webapp.language import spoken_property
from webapp.queries import local, statewide
from webapp.queries.compare import compare_scope, people_by_year
from webapp.queries.county_rows import largest_counties
from webapp.queries.entries import PlaceEntry, county_entries, place_entries
from webapp.queries.forecaster import Outlook, open_forecaster, outlook
from webapp.queries.forecasts import Asked, forecast_view
from webapp.queries.frames import Frames, open_frames
from webapp.queries.methods import data_view, risk_evaluation, volume_evaluation
from webapp.queries.officers import officers_places, officers_scopes, officers_view
from webapp.queries.patterns import PatternDesk, open_patterns
from webapp.queries.risk import open_risk, risk_scope
from webapp.urlstate import Scope, Selection
from webapp.urlstate.compare import CompareChoice, CompareScope
from webapp.urlstate.officers import OfficersChoice, OfficersScopes
from webapp.urlstate.risk import RiskChoice, RiskScope
from webapp.views.cards import CardsView, KeyFiguresView
from webapp.views.common import DatasetView, Provenance, source_line
from webapp.views.compare import ComparedPlace, CompareView
from webapp.views.forecast import ForecastView
from webapp.views.map import MapView
from webapp.views.methods import DataView
from webapp.views.methods_risk import RiskEvaluation
from webapp.views.methods_volume import VolumeEvaluation
from webapp.views.mix import MixView
from webapp.views.officers import OfficersView
from webapp.views.officers_places import OfficersPlacesView
from webapp.views.risk import RiskView
from webapp.views.risk_history import RiskHistoryView
from webapp.views.series import DaysView, MonthsView
from webapp.views.staff import StaffView
from webapp.views.town import PlaceLink, TownView

__all__ = ["Queries"]


class Queries:
    """Every view of one dataset, cached by scalars."""

    def __init__(self, dataset: Dataset, *, cache: ViewCache) -> None:
        """Read the dataset's small tables; the others are read when a view asks."""
        self._frames: Frames = open_frames(dataset)
        self._forecaster = open_forecaster(dataset, panel=self._frames.panel)
        self._risk = open_risk(dataset, frames=self._frames)
        self._pattern_rows = open_patterns(dataset, frames=self._frames)
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
            has_towns=self._frames.has_towns,
            state_police=self._frames.state_police,
        )

    @cached_property
    def scope(self) -> Scope:
        """What a visitor can choose."""
        return Scope(
            years=self._frames.years,
            kinds=self._frames.kinds,
            places=frozenset(self._frames.places),
            counties=frozenset(self._frames.counties),
            has_map=self._frames.dataset.has_map,
            origins=self._forecaster.origins if self._forecaster else None,
            bridges=self._forecaster.bridges if self._forecaster else None,
        )

    @cached_property
    def places(self) -> tuple[PlaceEntry, ...]:
        """Every place by name."""
        return place_entries(self._frames)

    @property
    def entries(self) -> tuple[PlaceEntry, ...]:
        """What the search finds: every place and every county, by name."""
        both = (*self.places, *county_entries(self._frames))
        return tuple(sorted(both, key=lambda entry: entry.name))

    @cached_property
    def links(self) -> dict[str, PlaceLink]:
        """Every place by slug."""
        return {entry.slug: PlaceLink(slug=entry.slug, name=entry.name) for entry in self.places}

    @property
    def model_bytes(self) -> int:
        """About how much memory LightGBM takes for the models; it does not say."""
        return self._frames.dataset.model_size

    @property
    def provenance(self) -> Provenance:
        """The line that stands in every figure."""
        return source_line(self.dataset)

    def label_points(self) -> tuple[tuple[str, float, float], ...]:
        """Name, longitude and latitude of what is named on a map of towns."""
        return statewide.label_points(self._frames)

    def largest_counties(self) -> tuple[tuple[str, str], ...]:
        """Name and map feature of what is named on a map of counties."""
        return largest_counties(self._frames)

    def boundaries(self) -> bytes | None:
        """The map as GeoJSON, or null."""
        dataset = self._frames.dataset
        return dataset.path(BOUNDARIES).read_bytes() if dataset.has_map else None

    @cached_property
    def _outlook(self) -> Outlook | None:
        return outlook(self._forecaster) if self._forecaster else None

    def prepare(self) -> None:
        """Make what the first visitor of a place would wait for: the forecast of all places."""
        if self._forecaster:
            self._forecaster.prepare()

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
            *(kind, year, unit),
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
            *(kind, year, unit),
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

    def forecast(
        self, slug: str, *, selection: Selection, explained: bool = True
    ) -> ForecastView | None:
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
            selection.bridge.isoformat() if selection.bridge else None,
            explained,
            as_type=ForecastView,
            compute=lambda: forecast_view(
                self._frames,
                forecaster,
                asked=Asked(
                    slug=slug,
                    horizon=selection.horizon,
                    origin=origin,
                    bridge=selection.bridge,
                    explained=explained,
                ),
                evaluation=self.volume_evaluation,
                provenance=self.provenance,
            ),
        )

    @spoken_property
    def volume_evaluation(self) -> VolumeEvaluation | None:
        """The saved back-test of the forecasts; null where there is none."""
        return volume_evaluation(self._frames.dataset, provenance=self.provenance)

    @spoken_property
    def risk_evaluation(self) -> RiskEvaluation | None:
        """The saved comparison of models of classes; null where there is none."""
        return risk_evaluation(self._frames.dataset, provenance=self.provenance)

    @spoken_property
    def data(self) -> DataView:
        """What the manifest says."""
        return data_view(
            self._frames.dataset,
            forecaster=self._forecaster,
            has_classes=self.has_risk,
            state_police=self._frames.state_police,
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

    @spoken_property
    def patterns(self) -> PatternDesk:
        """When and where in a place."""
        return PatternDesk(
            self._frames, rows=self._pattern_rows, cache=self._cache, provenance=self.provenance
        )

    @cached_property
    def risk_scope(self) -> RiskScope:
        """What can be chosen on the page of classes."""
        return risk_scope(self._frames)

    @property
    def has_risk(self) -> bool:
        """Whether the dataset holds a model of classes."""
        return self._risk is not None

    def risk(self, choice: RiskChoice) -> RiskView | None:
        """Classes in a context; null where the dataset holds no model of them.

        Kept in memory alone: there are more contexts than a disk should hold.
        """
        if self._risk is None:
            return None
        return self._risk.told(
            choice.places,
            location=choice.location,
            day=choice.day,
            hour=choice.hour,
            provenance=self.provenance,
        )

    def risk_history(self, choice: RiskChoice) -> RiskHistoryView | None:
        """Past offences by class; null where the dataset holds no model of classes."""
        if self._risk is None:
            return None
        return self._risk.history(
            choice.places,
            location=choice.location,
            scope=choice.history,
            year=choice.year,
            provenance=self.provenance,
        )

    def staff(self, slug: str) -> StaffView:
        """Officers by year."""
        return self._cache.get(
            "staff",
            slug,
            as_type=StaffView,
            compute=lambda: local.staff_view(self._frames, slug=slug, provenance=self.provenance),
        )

    @cached_property
    def officers_scopes(self) -> OfficersScopes:
        """Whose officers can be chosen."""
        return officers_scopes(self._frames)

    def officers(self, choice: OfficersChoice) -> OfficersView:
        """Officers of the State, a region or a place, by year."""
        return self._cache.get(
            "officers",
            choice.scope,
            choice.measure,
            choice.figures,
            as_type=OfficersView,
            compute=lambda: officers_view(self._frames, choice=choice, provenance=self.provenance),
        )

    @cached_property
    def compare_scope(self) -> CompareScope:
        """Which places can stand side by side."""
        return compare_scope(self._frames, dataset=self.scope)

    def compare(self, choice: CompareChoice) -> CompareView:
        """Places side by side, of parts that are cached by place."""
        return CompareView(
            places=tuple(self._compared(slug, choice=choice) for slug in choice.places),
            measure=choice.measure,
            kind=choice.kind,
            year=choice.year,
            unit=choice.unit,
            provenance=self.provenance,
        )

    def _compared(self, slug: str, *, choice: CompareChoice) -> ComparedPlace:
        selection = choice.selection(self.compare_scope)
        return ComparedPlace(
            slug=slug,
            name=self._frames.places[slug].name,
            row=self.town(slug, selection=selection).row,
            people=people_by_year(self._frames, slug=slug),
            months=self.months(slug, selection=selection),
            mix=self.mix(slug, selection=selection),
            officers=self.officers(OfficersChoice(scope=slug)),
            forecast=self.forecast(slug, selection=selection, explained=False),
        )

    @spoken_property
    def officers_places(self) -> OfficersPlacesView:
        """The newest staff of every place."""
        return officers_places(self._frames, provenance=self.provenance)
