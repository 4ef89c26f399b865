"""A small made-up state whose offences follow place, location type and hour."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from core.dataset import OFFENCE_TABLE_SCHEMA
from core.places.towns import AGENCY_PLACE_SCHEMA, PLACE_SCHEMA
from core.risk.model import RiskModel
from core.risk.training import fit_risk

PLACES = [
    ("alder", "North", 120_000),
    ("birch", "North", 8_000),
    ("cedar", "South", 30_000),
    ("empty", "South", 2_000),
    ("nowhere", None, None),
]
AGENCIES = [(1, "alder"), (2, "birch"), (3, "cedar"), (4, "cedar")]
CODES = [
    "23C",
    "13A",
    "290",
    "35A",
    "220",
    "26A",
    "240",
    "520",
    "250",
    "280",
    "120",
    "11A",
    "370",
    "100",
    "09A",
    "200",
]
LOCATIONS = ["20", "08", "13", "05"]


@pytest.fixture(scope="session")
def places() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "place": place,
                "name": place.title(),
                "kind": "town",
                "region": region,
                "policing": "own",
                "population": population,
            }
            for place, region, population in PLACES
        ],
        schema=PLACE_SCHEMA,
    )


@pytest.fixture(scope="session")
def agency_places() -> pl.DataFrame:
    return pl.DataFrame(AGENCIES, schema=AGENCY_PLACE_SCHEMA, orient="row")


@pytest.fixture(scope="session")
def make_offences() -> Callable[..., pl.DataFrame]:
    """Offences of two years; agency 4 enters midnight for every hour it does not know."""

    def make(rows: int = 10_000, *, seed: int = 7, days: int = 730) -> pl.DataFrame:
        random = np.random.default_rng(seed)
        agency = random.choice([1, 2, 3, 4], size=rows, p=[0.5, 0.1, 0.3, 0.1])
        location = random.integers(0, len(LOCATIONS), size=rows)
        hour = random.integers(0, 24, size=rows)
        share = 0.6 ** np.arange(len(CODES)) + 0.003
        weights = np.tile(share, (rows, 1))
        weights[location == 1, 0] *= 6
        weights[location == 0, 1] *= 4
        weights[(hour >= 20) | (hour < 4), 3] *= 5
        weights[agency == 3, 2] *= 3
        edges = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
        code = (random.random((rows, 1)) > edges[:, :-1]).sum(axis=1)
        midnight = (agency == 4) & (random.random(rows) < 0.7)
        first = date(2021, 1, 1)
        return pl.DataFrame(
            {
                "agency_id": agency,
                "incident_id": np.arange(rows) // 2,
                "date": [first + timedelta(days=int(n)) for n in random.integers(0, days, rows)],
                "hour": np.where(midnight, 0, hour),
                "date_is_report_date": np.zeros(rows, dtype=bool),
                "offence_code": [CODES[n] for n in code],
                "location_code": [LOCATIONS[n] for n in location],
            },
            schema=OFFENCE_TABLE_SCHEMA,
        ).sort("date", "agency_id", "incident_id", "offence_code")

    return make


@pytest.fixture(scope="session")
def offences(make_offences: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_offences()


@pytest.fixture(scope="session")
def model(offences: pl.DataFrame, places: pl.DataFrame, agency_places: pl.DataFrame) -> RiskModel:
    return fit_risk(offences, places=places, agency_places=agency_places, state="CT")
