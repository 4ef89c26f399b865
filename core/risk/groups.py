"""Groups of towns and contexts, and for which of them history is all that may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from core.risk.contexts import ContextTable, Floats, Ints
from core.risk.vocabulary import AREAS, RiskVocabulary

__all__ = [
    "BANDS",
    "ContextGroups",
    "bands_of_places",
    "groups_without_skill",
    "with_agency_populations",
]

BANDS: Final = (
    "under 10,000",
    "10,000 to 24,999",
    "25,000 to 49,999",
    "50,000 to 99,999",
    "100,000 and over",
    "no residents counted",
)
"""Town-size bands by residents; the last is of agencies that police no residents of their own."""

_EDGES: Final = (10_000, 25_000, 50_000, 100_000)
_FEWEST: Final = 100


@dataclass(frozen=True, kw_only=True)
class ContextGroups:
    """Names of groups of one model's contexts, by kind.

    Attributes:
        bands: Names of bands.
        regions: Names of regions.
        areas: Names of areas of location types.
    """

    bands: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()


def bands_of_places(places: pl.DataFrame, *, vocabulary: RiskVocabulary) -> tuple[int, ...]:
    """Position in :data:`BANDS` of each place of the vocabulary.

    Args:
        places: Columns ``place`` and ``population`` (null or 0 where no residents are counted).
        vocabulary: The words of the model.
    """
    residents = dict(places.select("place", "population").iter_rows())
    return tuple(_band(residents.get(place)) for place in vocabulary.places)


def _band(residents: int | None) -> int:
    if not residents:
        return len(BANDS) - 1
    return int(np.searchsorted(_EDGES, residents, side="right"))


def with_agency_populations(
    places: pl.DataFrame, *, agencies: pl.DataFrame, agency_places: pl.DataFrame
) -> pl.DataFrame:
    """Fill ``population`` of places that have none with what the FBI says their agencies cover.

    Outside Connecticut a place is an agency, and the tables of towns know nothing of it.

    Args:
        places: The table ``places`` of a dataset.
        agencies: The table ``agencies``; each agency's newest year counts.
        agency_places: The table ``agency_places``.
    """
    covered = (
        agencies.sort("agency_id", "year")
        .group_by("agency_id", maintain_order=True)
        .agg(pl.col("population").last())
        .join(agency_places, on="agency_id", how="inner", validate="1:1")
        .group_by("place")
        .agg(covered=pl.col("population").sum())
    )
    return (
        places.join(covered, on="place", how="left", validate="1:1")
        .with_columns(population=pl.coalesce("population", "covered"))
        .drop("covered")
        .sort("place")
    )


def groups_without_skill(
    model_loss: Floats,
    *,
    history_loss: Floats,
    contexts: ContextTable,
    bands: Ints,
    vocabulary: RiskVocabulary,
) -> ContextGroups:
    """Groups where the model was no better than the history of the context.

    Args:
        model_loss: Brier score of each row, of the model.
        history_loss: The same of the shrunken historical shares.
        contexts: The rows.
        bands: Band of each place of the vocabulary.
        vocabulary: The words of the model.

    Returns:
        Groups of at least 100 rows whose mean loss is not below that of history. Fewer rows judge
        nothing.
    """
    gain = history_loss - model_loss

    def losers(codes: Ints, names: Mapping[int, str]) -> frozenset[str]:
        rows = np.bincount(codes + 1, minlength=len(names) + 1)[1:]
        sums = np.bincount(codes + 1, weights=gain, minlength=len(names) + 1)[1:]
        return frozenset(names[code] for code in names if rows[code] >= _FEWEST and sums[code] <= 0)

    return ContextGroups(
        bands=losers(bands[contexts.place], dict(enumerate(BANDS))),
        regions=losers(contexts.region, dict(enumerate(vocabulary.regions))),
        areas=losers(contexts.area, dict(enumerate(area.value for area in AREAS))),
    )
