"""The whole simulation: from published totals to one row an offence."""

import numpy as np
import polars as pl

from core.demo.days import YEARS, make_days
from core.demo.incidents import (
    draw_codes,
    draw_hours,
    draw_locations,
    group_into_incidents,
    order_by_lead,
)
from core.demo.intensity import daily_counts
from core.demo.mixes import draw_categories
from core.demo.raking import IntArray
from core.demo.reference import Reference, load_reference

__all__ = ["DEFAULT_SEED", "simulate"]

DEFAULT_SEED = 2024
_SATURDAY = 5


def _leads(incident: IntArray, category: IntArray, reference: Reference) -> IntArray:
    """The row of each offence's incident that sets its place and hour."""
    rank = order_by_lead(reference)[category]
    rows = np.arange(incident.size)
    order = np.lexsort((rows, rank, incident))
    _, first = np.unique(incident[order], return_index=True)
    lead_of = np.empty(incident.size, dtype=np.int64)
    lead_of[incident[order][first]] = order[first]
    return lead_of[incident]


def simulate(*, seed: int = DEFAULT_SEED) -> pl.DataFrame:
    """Simulate every offence of Connecticut in 2021-2024.

    Args:
        seed: Seed of the random numbers; the same seed gives the same offences.

    Returns:
        One row an offence, sorted by date, agency_id, incident: year Int64, agency_id Int64, date
        Date, hour Int64 (null where unknown), incident Int64, code String, location String.
    """
    reference, days = load_reference(), make_days()
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(6)]
    counts = daily_counts(reference, days, rng=streams[0])
    category = draw_categories(counts, reference=reference, days=days, rng=streams[1])
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    agency, day = cell // days.dates.size, cell % days.dates.size
    incident = group_into_incidents(cell, category, reference=reference, rng=streams[2])
    lead = _leads(incident, category, reference)
    location = draw_locations(agency, category, lead, reference=reference, rng=streams[3])
    rows = pl.DataFrame(
        {
            "agency": agency,
            "category": category,
            "location": location,
            "lead": lead,
            "is_weekend": (days.weekday[day] >= _SATURDAY).astype(np.int64),
            "is_2024": days.period[day] == 1,
        }
    )
    hour = draw_hours(rows, reference=reference, rng=streams[4])
    code = draw_codes(category, location, incident, reference=reference, rng=streams[5])
    return (
        pl.DataFrame(
            {
                "year": days.year[day] + YEARS[0],
                "agency_id": reference.agency_ids[agency],
                "date": days.dates[day],
                "hour": hour,
                "incident": incident,
                "code": code,
                "location": pl.Series(reference.locations).gather(location),
            }
        )
        .with_columns(pl.col("hour").replace(-1, None))
        .sort("date", "agency_id", "hour", "incident", "code", nulls_last=True)
    )
