"""The frozen words of a risk model: classes, places, agencies, regions, locations.

The classes are the twelve commonest offence categories of the training years and *Other*. Inside,
the rest is kept apart by broad group, so that the probability of a broad group is exactly the sum
of its classes; shown, the three parts of the rest are one class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import ModelMismatchError, RequestError, UnknownPlaceError
from core.nibrs.codes import (
    CATEGORIES,
    CATEGORY_OF_CODE,
    LOCATION_TYPES,
    BroadGroup,
    LocationArea,
)

__all__ = [
    "AREAS",
    "AREA_OF_LOCATION",
    "BROAD_GROUPS",
    "LOCATIONS",
    "LOCATION_CODES",
    "NAMED_CLASSES",
    "OTHER",
    "RiskVocabulary",
    "freeze_vocabulary",
    "vocabulary_from_json",
    "vocabulary_to_json",
]

NAMED_CLASSES: Final = 12
"""Categories that are classes of their own; the rest is *Other*."""

OTHER: Final = "other-classes"
"""The slug of the shown class that gathers the rest."""

BROAD_GROUPS: Final = tuple(BroadGroup)
LOCATIONS: Final = tuple(LOCATION_TYPES)
AREAS: Final = tuple(LocationArea)

_REST: Mapping[BroadGroup, str] = MappingProxyType(
    {group: f"{OTHER}-{group.value}" for group in BROAD_GROUPS}
)


@dataclass(frozen=True, kw_only=True)
class RiskVocabulary:
    """What a model can speak of. A code is the position in a tuple; -1 stands for unknown.

    Attributes:
        named: Slugs of the categories that are classes of their own, commonest first.
        places: Every place of the dataset, also those without an offence.
        regions: Every region of the dataset.
        region_of_place: For each place the code of its region, -1 for none.
        agencies: Agencies with an offence in the training years.
        agency_of_place: For each place the code of the agency that reported most of its offences,
            -1 for none.
        midnight_agencies: Codes of the agencies that enter unknown hours as midnight.
    """

    named: tuple[str, ...]
    places: tuple[str, ...]
    regions: tuple[str, ...]
    region_of_place: tuple[int, ...]
    agencies: tuple[int, ...]
    agency_of_place: tuple[int, ...]
    midnight_agencies: tuple[int, ...]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The classes inside: the named ones, then the rest by broad group."""
        return (*self.named, *_REST.values())

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The classes that are shown: the named ones, then :data:`OTHER`."""
        return (*self.named, OTHER)

    @cached_property
    def shown_of_class(self) -> NDArray[np.int64]:
        """For each class inside the position of its shown class, int64."""
        return np.minimum(np.arange(len(self.classes)), len(self.named))

    @cached_property
    def broad_of_class(self) -> NDArray[np.int64]:
        """For each class inside the position of its group in :data:`BROAD_GROUPS`, int64."""
        groups = [CATEGORIES[slug].broad for slug in self.named] + list(_REST)
        return np.array([BROAD_GROUPS.index(group) for group in groups])

    @cached_property
    def seen_places(self) -> NDArray[np.bool_]:
        """For each place whether an offence was reported there in the training years."""
        return np.array(self.agency_of_place) >= 0

    @cached_property
    def class_of_offence(self) -> Mapping[str, int]:
        """Offence code to the position of its class inside."""
        position = {slug: n for n, slug in enumerate(self.classes)}
        return MappingProxyType(
            {
                code: position.get(category.slug, position[_REST[category.broad]])
                for code, category in CATEGORY_OF_CODE.items()
            }
        )

    @cached_property
    def place_codes(self) -> Mapping[str, int]:
        """Place to its code."""
        return MappingProxyType({place: n for n, place in enumerate(self.places)})

    @cached_property
    def agency_codes(self) -> Mapping[int, int]:
        """Agency to its code."""
        return MappingProxyType({agency: n for n, agency in enumerate(self.agencies)})

    def place_code(self, place: str) -> int:
        """The code of a place.

        Raises:
            UnknownPlaceError: The dataset has no such place.
        """
        code = self.place_codes.get(place)
        if code is None:
            raise UnknownPlaceError(
                f"place {place!r}: the dataset has no such place; expected one of "
                f"{len(self.places)}, such as {self.places[0]!r}"
            )
        return code

    def location_code(self, location: str) -> int:
        """The code of a location type.

        Raises:
            RequestError: The FBI has no such location type.
        """
        code = LOCATION_CODES.get(location)
        if code is None:
            raise RequestError(
                f"location {location!r}: not a location type of the FBI; expected two digits such "
                "as '20' (Residence/Home)"
            )
        return code


LOCATION_CODES: Mapping[str, int] = MappingProxyType({code: n for n, code in enumerate(LOCATIONS)})
AREA_OF_LOCATION: Final = np.array([AREAS.index(LOCATION_TYPES[code].area) for code in LOCATIONS])


def freeze_vocabulary(
    offences: pl.DataFrame, *, places: pl.DataFrame, agency_places: pl.DataFrame
) -> RiskVocabulary:
    """Fix the words of a model from its training years.

    Args:
        offences: Offences of the training years, as the table ``offences`` of a dataset.
        places: The table ``places``: ``place`` and ``region`` are used.
        agency_places: The table ``agency_places``.

    Returns:
        The vocabulary. Ties between categories are broken by slug.

    Raises:
        RequestError: There is no offence to learn from.
    """
    if offences.is_empty():
        raise RequestError("offences: there is none to learn from; choose an earlier split")
    ranked = places.select("place", "region").sort("place")
    regions = ranked["region"].drop_nulls().unique().sort().to_list()
    agencies = offences["agency_id"].unique().sort().to_list()
    main = _main_agencies(offences, agency_places=agency_places)
    names = ranked["place"].to_list()
    return RiskVocabulary(
        named=_commonest(offences),
        places=tuple(names),
        regions=tuple(regions),
        region_of_place=tuple(
            regions.index(region) if region is not None else -1 for region in ranked["region"]
        ),
        agencies=tuple(agencies),
        agency_of_place=tuple(
            agencies.index(main[place]) if place in main else -1 for place in names
        ),
        midnight_agencies=_midnight_agencies(offences, agencies=agencies),
    )


def _commonest(offences: pl.DataFrame) -> tuple[str, ...]:
    slugs = {code: category.slug for code, category in CATEGORY_OF_CODE.items()}
    counts = (
        offences.select(slug=pl.col("offence_code").replace_strict(slugs))
        .group_by("slug")
        .len()
        .sort("len", "slug", descending=[True, False])
    )
    return tuple(counts["slug"].head(NAMED_CLASSES))


def _main_agencies(offences: pl.DataFrame, *, agency_places: pl.DataFrame) -> dict[str, int]:
    counts = (
        offences.group_by("agency_id")
        .len()
        .join(agency_places, on="agency_id", how="inner", validate="1:1")
        .sort("place", "len", "agency_id", descending=[False, True, False])
        .unique("place", keep="first", maintain_order=True)
    )
    return dict(counts.select("place", "agency_id").iter_rows())


_MIDNIGHT_RATIO: Final = 4.0
_MIDNIGHT_PRIOR: Final = 30.0


def _midnight_agencies(offences: pl.DataFrame, *, agencies: list[int]) -> tuple[int, ...]:
    """Agencies whose share of hour 0 is implausible: an hour they enter when they know none.

    The share of each agency is shrunk toward the median agency's by 30 offences, so that a handful
    of nights convicts nobody, and must be four times that median (or four in 24). In the real files
    it is about 80 % where there is a habit (Derby, Bethel) and at most 14 % in any other agency of
    some size, against a median of 3 to 5 %.
    """
    known = offences.filter(pl.col("hour").is_not_null())
    shares = known.group_by("agency_id").agg(
        at_midnight=(pl.col("hour") == 0).sum(), known=pl.len()
    )
    median = shares.select((pl.col("at_midnight") / pl.col("known")).median()).item() or 0.0
    usual = max(float(median), 1 / 24)
    shrunk = (pl.col("at_midnight") + _MIDNIGHT_PRIOR * usual) / (pl.col("known") + _MIDNIGHT_PRIOR)
    found = shares.filter(shrunk > _MIDNIGHT_RATIO * usual)["agency_id"].sort()
    return tuple(agencies.index(agency) for agency in found)


def vocabulary_to_json(vocabulary: RiskVocabulary) -> dict[str, Any]:
    """The vocabulary as values of JSON, with the classes and locations it was frozen beside."""
    return {
        "named": list(vocabulary.named),
        "classes": list(vocabulary.classes),
        "locations": list(LOCATIONS),
        "places": list(vocabulary.places),
        "regions": list(vocabulary.regions),
        "region_of_place": list(vocabulary.region_of_place),
        "agencies": list(vocabulary.agencies),
        "agency_of_place": list(vocabulary.agency_of_place),
        "midnight_agencies": list(vocabulary.midnight_agencies),
    }


def vocabulary_from_json(content: Mapping[str, Any]) -> RiskVocabulary:
    """Read a vocabulary and hold it to the vocabulary of this program.

    Raises:
        ModelMismatchError: The program has other categories, broad groups or locations than the
            model was trained with.
    """
    vocabulary = RiskVocabulary(
        named=tuple(content["named"]),
        places=tuple(content["places"]),
        regions=tuple(content["regions"]),
        region_of_place=tuple(content["region_of_place"]),
        agencies=tuple(content["agencies"]),
        agency_of_place=tuple(content["agency_of_place"]),
        midnight_agencies=tuple(content["midnight_agencies"]),
    )
    unknown = [slug for slug in vocabulary.named if slug not in CATEGORIES]
    if unknown:
        raise _mismatch(f"its class {unknown[0]!r} is not an offence category of this program")
    if list(vocabulary.classes) != content["classes"]:
        raise _mismatch(f"its classes are {content['classes']}, not {list(vocabulary.classes)}")
    if list(LOCATIONS) != content["locations"]:
        raise _mismatch("its location types are not those of this program")
    return vocabulary


def _mismatch(what: str) -> ModelMismatchError:
    return ModelMismatchError(
        f"risk model: {what}; train it again with 'ctcrimes build BUNDLE... --out DIR'"
    )
