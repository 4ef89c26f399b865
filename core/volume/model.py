"""What a fitted volume model is: a booster for each half-year, its choices, its spread."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import lightgbm as lgb
import polars as pl

from core.daily_counts import DailyCounts, daily_counts
from core.volume.dispersion import BAND_NAMES, Dispersion

__all__ = ["SERVED", "Choice", "Settings", "Snapshot", "VolumeModels"]

SERVED = "served"
"""Name of what is served, in reports beside its parts."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a booster is used.

    Attributes:
        way: ``direct`` or ``recursive``.
        rounds: Trees taken, from the first.
        shrink: Share of the booster's score that is added to the offset; 0 is the offset alone.
    """

    way: str
    rounds: int
    shrink: float


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the validation windows decided.

    Attributes:
        settings: The way that won, with its settings.
        other: The best settings of the way that lost.
        baseline: The best baseline over all series.
        by_band: For each volume band, what is served there: the name of the way or a baseline.
        windows: Number of validation windows; 0 means that nothing was chosen, only assumed.
        scores: For both ways and each baseline, its measures on the windows.
    """

    settings: Settings
    other: Settings
    baseline: str
    by_band: tuple[str, ...]
    windows: int
    scores: Mapping[str, Mapping[str, float]]

    def served_in(self, band: int) -> str:
        """What is served in a volume band."""
        return self.by_band[min(band, len(BAND_NAMES) - 1)]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One model as it could have been fitted on one day; nothing in it is later than that.

    Attributes:
        trained_to: The last day that training, choices and spread have seen.
        booster: LightGBM model of the way that won.
        choice: What the validation windows before ``trained_to`` decided.
        dispersion: Spread of what is served.
    """

    trained_to: date
    booster: lgb.Booster
    choice: Choice
    dispersion: Dispersion


@dataclass(frozen=True, kw_only=True)
class VolumeModels:
    """Every model of one dataset.

    Attributes:
        state: Two-letter code.
        states: Whose days the boosters have learned from: this State's alone, or with it others'.
        vocabulary: Feature names and holiday names that the boosters' columns and codes mean.
        snapshots: By ``trained_to``, ascending; the last one has seen all data.
    """

    state: str
    states: tuple[str, ...]
    vocabulary: Mapping[str, list[str]]
    snapshots: tuple[Snapshot, ...]

    @property
    def model_trained_to(self) -> date:
        """The last day that the newest model has seen."""
        return self.snapshots[-1].trained_to

    @property
    def national(self) -> bool:
        """Whether the boosters have learned from several States and know the holidays of all."""
        return len(self.states) > 1

    def counts_of(self, panel: pl.DataFrame | DailyCounts) -> DailyCounts:
        """Counts with their holidays coded as the boosters learned them.

        Args:
            panel: Counts, or a panel as :func:`core.daily_counts.daily_counts` takes it.

        Raises:
            RequestError: The panel is malformed.
        """
        counts = panel if isinstance(panel, DailyCounts) else daily_counts(panel, state=self.state)
        return replace(counts, national=self.national)
