"""Simulated offences become incidents: which belong together, where, at what hour, of what code."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl

from core.demo.raking import (
    FloatArray,
    IntArray,
    apportion,
    draw,
    rake_labels,
    rebalance,
    shift_to_neighbours,
)
from core.demo.reference import AREAS, Reference

__all__ = [
    "MIDNIGHT_SHARES",
    "OFFENCES_PER_INCIDENT",
    "UNKNOWN_HOURS",
    "draw_codes",
    "draw_hours",
    "draw_locations",
    "group_into_incidents",
    "order_by_lead",
]

OFFENCES_PER_INCIDENT = 1.09

UNKNOWN_HOURS = 295
"""Offences of 2024 without an hour; the years before have none."""

MIDNIGHT_SHARES: Mapping[int, float] = MappingProxyType({2137: 0.77, 2124: 0.82})
"""Agency identifier to the share of its offences at hour 0: Derby, and Bethel as its weapon, drug
and forgery offences have it."""

SAME_LOCATION_SHARE = 0.91
"""Offences of one incident that share the location, as in Vermont 2024 and Louisiana 2016-2019."""

HOURS_MIDNIGHT_ROOM = 150
"""Offences that the published hour 0 yields to the unknown hours, which were counted with it."""

_LEADS = ("burglary", "robbery", "larceny", "motor-vehicle-theft", "kidnapping", "assault")
"""Categories that set the place of an incident, the most telling first."""

_SEVERAL_CODES = ("assault", "drugs", "fraud", "larceny", "sex-offences")
_PAIRING_RATE = 0.05
_PAIRING_ROUNDS = 60


def order_by_lead(reference: Reference) -> IntArray:
    """Rank of each category among the offences of an incident; the lowest sets place and hour."""
    named = [*_LEADS, *(c for c in reference.categories if c not in _LEADS)]
    return np.array([named.index(c) for c in reference.categories], dtype=np.int64)


def _chances(reference: Reference) -> FloatArray:
    """Chance that two offences of a day share an incident, up to a factor, by their categories."""
    chances = reference.category_pairs.copy()
    for position, slug in enumerate(reference.categories):
        if slug not in _SEVERAL_CODES:
            chances[position, position] = 0.0
    return np.clip(chances * _PAIRING_RATE, 0.0, 0.8)


def group_into_incidents(
    cell: IntArray, category: IntArray, *, reference: Reference, rng: np.random.Generator
) -> IntArray:
    """Join offences of one agency and day into incidents.

    Args:
        cell: Agency-day of each offence, ascending, shape (offences,).
        category: Category of each offence, shape (offences,).
        reference: How likely categories share an incident.
        rng: Source of everything random.

    Returns:
        The row of the first offence of each offence's incident, shape (offences,).
    """
    chances = _chances(reference)
    wanted = cell.size - round(cell.size / OFFENCES_PER_INCIDENT)
    incident = np.arange(cell.size)
    size = np.ones(cell.size, dtype=np.int64)
    for _ in range(_PAIRING_ROUNDS):
        order = np.argsort(cell + rng.random(cell.size), kind="stable")
        first, second = order[:-1:2], order[1::2]
        # The second must be alone; the first may head an incident already.
        possible = (
            (cell[first] == cell[second])
            & (size[second] == 1)
            & (incident[first] == first)
            & (incident[second] == second)
        )
        first, second = first[possible], second[possible]
        joined = rng.random(first.size) < chances[category[first], category[second]]
        first, second = first[joined][:wanted], second[joined][:wanted]
        incident[second] = first
        size[first] += 1
        wanted -= second.size
        if wanted == 0:
            break
    return _split_repeats(incident, category, reference=reference)


def _split_repeats(incident: IntArray, category: IntArray, *, reference: Reference) -> IntArray:
    """Give a row an incident of its own where its category has no further code for it."""
    distinct = reference.category_codes.group_by("category").agg(pl.col("code").n_unique())
    codes = dict(distinct.rows())
    available = np.array([codes[slug] for slug in reference.categories])
    rows = np.arange(incident.size)
    # The head of the incident comes first, so that it is never the one that leaves.
    order = np.lexsort((rows != incident, category, incident))
    key = incident[order] * available.size + category[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    lengths = np.diff(starts, append=key.size)
    rank = rows - np.repeat(starts, lengths)
    leaving = order[rank >= available[category[order]]]
    result = incident.copy()
    result[leaving] = leaving
    return result


def draw_locations(
    agency: IntArray,
    category: IntArray,
    lead: IntArray,
    *,
    reference: Reference,
    rng: np.random.Generator,
) -> IntArray:
    """A location for each offence.

    Args:
        agency: Position in ``reference.agency_ids``, shape (offences,).
        category: Position in ``reference.categories``, shape (offences,).
        lead: Row of the offence that sets the incident's place, shape (offences,).
        reference: Shares and published totals.
        rng: Source of everything random.

    Returns:
        Positions in ``reference.locations``; totals are the published ones, scaled to the number
        of offences.
    """
    profile = reference.agency_profiles.select(AREAS).to_numpy()
    own = np.exp(rng.normal(0, 0.3, size=(profile.shape[0], len(reference.locations))))
    agency_ratio = profile[:, reference.location_areas] * own
    weights = agency_ratio[:, None, :] * (reference.category_locations + 0.5)[None]
    flat = weights.reshape(-1, len(reference.locations))
    group = agency * len(reference.categories) + category
    row = np.arange(agency.size)
    source = np.where(rng.random(agency.size) < SAME_LOCATION_SHARE, lead, row)
    copies = np.bincount(source, minlength=agency.size)
    target = apportion(reference.location_totals + _UNREAD_LOCATION, agency.size)
    shares = rake_labels(
        flat,
        rows=np.bincount(group, weights=copies, minlength=flat.shape[0]).astype(np.float64),
        target=target.astype(np.float64),
    )
    labels = draw(shares, group, rng=rng)[source]
    return rebalance(
        labels,
        target=target,
        movable=_alone(lead),
        weight=lambda rows, label: shares[group[rows], label],
        rng=rng,
    )


_UNREAD_LOCATION = 12.0
"""Offences that each location gets beyond its reading: 0 means fewer than the reading error."""


def _alone(lead: IntArray) -> npt.NDArray[np.bool_]:
    """Offences that are the only one of their incident."""
    alone: npt.NDArray[np.bool_] = np.bincount(lead, minlength=lead.size)[lead] == 1
    return alone


def _hour_shares(
    agency: IntArray, group: IntArray, *, reference: Reference, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Hour weights by agency and group, and the group of each row among them."""
    angle = 2 * np.pi * np.arange(24) / 24
    tilt = rng.normal(0, 0.1, size=(reference.agency_ids.size, 2))
    own = np.exp(tilt[:, :1] * np.cos(angle) + tilt[:, 1:] * np.sin(angle))
    base = reference.category_hours.reshape(-1, 24)
    base = base / base.sum(axis=1, keepdims=True) + 1e-4
    weights = (own[:, None, :] * base[None]).reshape(-1, 24)
    return weights, agency * base.shape[0] + group


def _unknown_hour(
    is_2024: npt.NDArray[np.bool_], lead: IntArray, *, rng: np.random.Generator
) -> IntArray:
    candidates = np.flatnonzero(is_2024 & _alone(lead))
    chosen: IntArray = rng.choice(candidates, size=UNKNOWN_HOURS, replace=False)
    return chosen


def draw_hours(
    offences: pl.DataFrame, *, reference: Reference, rng: np.random.Generator
) -> IntArray:
    """An hour for each offence, the same within an incident; -1 where it is unknown.

    Args:
        offences: Columns agency, category, location, lead (positions), is_weekend, is_2024.
        reference: Shares and published totals.
        rng: Source of everything random.

    Returns:
        Hours, shape (offences,). Totals are the published ones less the unknown hours.
    """
    agency, category, location, lead = (
        offences[name].to_numpy() for name in ("agency", "category", "location", "lead")
    )
    area = reference.location_areas[location]
    group = (category * len(AREAS) + area) * 2 + offences["is_weekend"].to_numpy()
    weights, cell = _hour_shares(agency, group, reference=reference, rng=rng)
    unknown = _unknown_hour(offences["is_2024"].to_numpy(), lead, rng=rng)
    known = np.ones(lead.size, dtype=np.bool_)
    known[unknown] = False
    midnight = _midnight(agency[lead], reference=reference, rng=rng)
    free = known & ~midnight[lead]
    target = _hour_targets(reference, rows=int(known.sum()))
    left = target.copy()
    left[0] -= int((known & midnight[lead]).sum())
    shares = rake_labels(
        weights,
        rows=np.bincount(cell[lead][free], minlength=weights.shape[0]).astype(np.float64),
        target=left.astype(np.float64),
    )
    hours = np.where(midnight, 0, draw(shares, cell, rng=rng))[lead]
    hours[free] = shift_to_neighbours(hours[free], target=left, movable=_alone(lead)[free], rng=rng)
    hours[unknown] = -1
    fitted: IntArray = hours
    return fitted


def _midnight(
    agency: IntArray, *, reference: Reference, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Rows that an agency enters as midnight because it enters most of its rows so."""
    share = np.array([MIDNIGHT_SHARES.get(a, 0.0) for a in reference.agency_ids.tolist()])
    drawn: npt.NDArray[np.bool_] = rng.random(agency.size) < share[agency]
    return drawn


def _hour_targets(reference: Reference, *, rows: int) -> IntArray:
    published = reference.totals["hour"].copy()
    published[0] -= HOURS_MIDNIGHT_ROOM
    return apportion(published, rows)


def draw_codes(
    category: IntArray,
    location: IntArray,
    incident: IntArray,
    *,
    reference: Reference,
    rng: np.random.Generator,
) -> pl.Series:
    """An offence code for each offence, no code twice in an incident where that can be.

    Args:
        category: Position in ``reference.categories``, shape (offences,).
        location: Position in ``reference.locations``, shape (offences,).
        incident: Incident of each offence, shape (offences,).
        reference: Shares of codes.
        rng: Source of everything random.

    Returns:
        FBI offence codes, shape (offences,).
    """
    table = reference.category_codes
    codes = table.select(pl.col("code").unique().sort())["code"]
    shares = np.zeros((len(reference.categories), len(AREAS), codes.len()))
    code_position = {code: position for position, code in enumerate(codes.to_list())}
    category_position = {slug: position for position, slug in enumerate(reference.categories)}
    for slug, area, code, share in table.select("category", "area", "code", "share").rows():
        shares[category_position[slug], AREAS.index(area), code_position[code]] += share
    # An area without offences of the category takes the shares of all areas.
    shares += 1e-3 * shares.sum(axis=1, keepdims=True)
    flat = shares.reshape(-1, codes.len())
    group = category * len(AREAS) + reference.location_areas[location]
    drawn = draw(flat / flat.sum(axis=1, keepdims=True), group, rng=rng)
    drawn = _distinct(drawn, incident, possible=flat[group] > 0)
    return codes.gather(drawn)


def _distinct(code: IntArray, incident: IntArray, *, possible: npt.NDArray[np.bool_]) -> IntArray:
    """Replace the repeats of a code within an incident by the next possible code."""
    result = code.copy()
    number = possible.shape[1]
    for _ in range(number):
        key = incident * number + result
        order = np.argsort(key, kind="stable")
        repeat = order[1:][key[order][1:] == key[order][:-1]]
        if repeat.size == 0:
            break
        for row in repeat:
            following = (result[row] + 1 + np.arange(number)) % number
            result[row] = following[np.argmax(possible[row, following])]
    return result
