"""Which agency is the police of which town, told by their names."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from core.places.naming import slug_of, spelled
from core.places.towns import COUNTIES_JOINED

__all__ = ["TownPolice", "bare_slugs", "match_town_police"]

# What a municipality may be, at the end of its name and as the type of an agency.
_DESIGNATIONS: Final = ("CITY", "TOWN", "VILLAGE", "TOWNSHIP", "BOROUGH")
_DESIGNATION = re.compile(rf" ({'|'.join(_DESIGNATIONS)})$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TownPolice:
    """Agencies of towns.

    Attributes:
        towns: Slug of the town that an agency polices, by ``agency_id``.
        left: Municipal agencies whose town cannot be told, or is not on the map, ascending.
    """

    towns: Mapping[int, str]
    left: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Name:
    """A name to be compared: ``Rutland City`` has the stem ``RUTLAND`` and is a ``CITY``."""

    key: str
    stem: str
    designation: str | None


@dataclass(frozen=True, kw_only=True)
class _Town:
    slug: str
    county: str | None
    name: _Name


def match_town_police(agencies: pl.DataFrame, *, towns: pl.DataFrame) -> TownPolice:
    """Tell which agency polices which town.

    Case, accents, blanks, points and a Saint's spelling do not matter, nor does what a
    municipality is, unless towns share the rest of the name: then that decides, and an agency of
    type City without such a word is the city's. An agency in another county than the town is not
    its police. Of several agencies that could be one town's, only one with just its name is.

    Args:
        agencies: ``agency_id`` Int64, ``name``, ``unit`` (may be null), ``type`` and ``county``
            (names as on the map of counties, joined; may be null), all String; one row each.
        towns: ``place``, ``name`` and ``county`` (may be null), all String.
    """
    by_stem: dict[str, list[_Town]] = defaultdict(list)
    for slug, name, county in towns.select("place", "name", "county").iter_rows():
        town = _Town(slug=slug, county=county, name=_read(name))
        by_stem[town.name.stem].append(town)
    claims: dict[str, list[tuple[bool, int]]] = defaultdict(list)
    municipal = []
    for agency_id, text, unit, kind, county in agencies.select(
        "agency_id", "name", "unit", "type", "county"
    ).iter_rows():
        if kind.upper() not in _DESIGNATIONS:
            continue
        municipal.append(agency_id)
        name = _read(text)
        near = [town for town in by_stem[name.stem] if _may_police(county, town=town)]
        chosen = None if unit else _chosen(near, name=name, kind=kind.upper())
        if chosen is not None:
            claims[chosen.slug].append((chosen.name.key == name.key, agency_id))
    matched = {
        agency_id: slug for slug, each in claims.items() for agency_id in _sole_claimant(each)
    }
    return TownPolice(towns=matched, left=tuple(sorted(set(municipal) - matched.keys())))


def bare_slugs(towns: pl.DataFrame) -> frozenset[str]:
    """Return slugs of the towns' names without what each is: ``rutland`` of ``Rutland City``.

    A sheriff of that name would be taken for the town's police.

    Args:
        towns: ``name`` String.
    """
    return frozenset(
        slug_of(_DESIGNATION.sub("", name.partition(",")[0].strip())) for name in towns["name"]
    )


def _read(text: str) -> _Name:
    # What follows a comma is the county, by which a map tells towns of one name apart.
    whole = " ".join(spelled(text.partition(",")[0]).split())
    found = _DESIGNATION.search(whole)
    return _Name(
        key=_letters(whole),
        stem=_letters(whole[: found.start()] if found else whole),
        designation=found.group(1) if found else None,
    )


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text)


def _may_police(counties: str | None, *, town: _Town) -> bool:
    """Whether the agency serves the town's county, as far as both are known."""
    return not counties or town.county is None or town.county in counties.split(COUNTIES_JOINED)


def _chosen(towns: Sequence[_Town], *, name: _Name, kind: str) -> _Town | None:
    """The one of the towns of a stem that an agency of the name and type can mean, or none."""
    if len(towns) == 1:
        of_town = towns[0].name.designation
        differs = name.designation is not None and of_town is not None
        return None if differs and name.designation != of_town else towns[0]
    exact = [town for town in towns if town.name.key == name.key]
    if len(exact) == 1:
        return exact[0]
    meant = [town for town in towns if town.name.designation == (name.designation or kind)]
    return meant[0] if len(meant) == 1 else None


def _sole_claimant(claims: Sequence[tuple[bool, int]]) -> list[int]:
    """The agency with just the town's name, else the only one; none where several could be."""
    exact = [agency_id for is_exact, agency_id in claims if is_exact]
    could = exact or [agency_id for _, agency_id in claims]
    return could if len(could) == 1 else []
