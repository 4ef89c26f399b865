"""A small made-up dataset whose every figure can be worked out by hand, and the site on it.

Two years, six square towns in two rows, two agencies that are no town's:

* Alder: all reported; each month m of 2023 has 8 + m larcenies and 5 assaults, of 2024 10 + m and
  5. The first assault of a month belongs to the incident of the first larceny.
* Birch: four larcenies a month, no report from September 2024 on.
* Cedar: State Police only.
* Dogwood: one larceny a month: too few for a rate.
* Elm: an agency since 2024, three larcenies a month; before that State Police.
* Fir: two agencies, two larcenies a month, March 2024 reported by one of them.
* State Police: twenty larcenies a month, nobody lives there.
* Campus University: two larcenies a month, no staff figures for 2023.

PYTEST_DONT_REWRITE.
"""

import calendar
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest
from flask import Flask

from core.dataset import (
    BOUNDARIES,
    TABLE_SCHEMAS,
    Dataset,
    DatasetFacts,
    open_dataset,
    write_dataset,
)
from core.nibrs.codes import CATEGORY_OF_CODE
from core.panel import daily_panel, month_counts
from core.risk.lessons import RiskRecipe
from core.risk.storage import risk_to_files
from core.risk.training import fit_risk
from core.volume.fit import fit_counts
from core.volume.inputs import place_counts
from core.volume.storage import save_models
from webapp.cache import ViewCache, open_cache
from webapp.queries import Queries
from webapp.settings import Settings
from webapp.site import Site, open_site

__all__ = [
    "YEARS",
    "MadeOffence",
    "hour_and_location",
    "made_offences",
    "settings_for",
    "site_of",
    "write_small_dataset",
]

YEARS = (2023, 2024)
_LARCENY, _ASSAULT = "23C", "13A"
_MONTHS = tuple((year, month) for year in YEARS for month in range(1, 13))


@dataclass(frozen=True, kw_only=True)
class MadeOffence:
    """One offence."""

    place: str
    incident: int
    day: date
    code: str


@dataclass(frozen=True, kw_only=True)
class _MadePlace:
    slug: str
    name: str
    agencies: tuple[int, ...]
    residents: int | None
    square: tuple[int, int] | None
    policing: str = "own"
    note: str | None = None
    officers: tuple[int | None, int | None] = (None, None)


_PLACES = (
    _MadePlace(
        slug="alder", name="Alder", agencies=(1,), residents=10_000, square=(0, 0),
        officers=(40, 50),
    ),
    _MadePlace(
        slug="birch", name="Birch", agencies=(2,), residents=5_000, square=(1, 0), officers=(20, 20)
    ),
    _MadePlace(
        slug="cedar", name="Cedar", agencies=(), residents=3_000, square=(2, 0), policing="state"
    ),
    _MadePlace(
        slug="dogwood", name="Dogwood", agencies=(4,), residents=1_500, square=(0, 1),
        officers=(3, 3),
    ),
    _MadePlace(
        slug="elm", name="Elm", agencies=(5,), residents=4_000, square=(1, 1), officers=(None, 10),
        note="Elm has police of its own since 2024.",
    ),
    _MadePlace(
        slug="fir", name="Fir", agencies=(6, 7), residents=6_000, square=(2, 1), policing="partial",
        note="Fir's police cover the borough; State Police cover the rest.", officers=(12, 12),
    ),
    _MadePlace(
        slug="state-police", name="State Police", agencies=(8,), residents=None, square=None,
        officers=(900, 900),
    ),
    _MadePlace(
        slug="campus-university", name="Campus University", agencies=(9,), residents=None,
        square=None, officers=(None, 30),
    ),
)  # fmt: skip


def _reported(slug: str, *, year: int, month: int) -> str:
    """The status of a place's month."""
    if slug == "cedar" or (slug == "elm" and year < YEARS[1]):
        return "none"
    if slug == "birch" and (year, month) >= (2024, 9):
        return "none"
    return "partial" if slug == "fir" and (year, month) == (2024, 3) else "complete"


def _larcenies(slug: str, *, year: int, month: int) -> int:
    if _reported(slug, year=year, month=month) == "none":
        return 0
    base = {"birch": 4, "dogwood": 1, "elm": 3, "fir": 2, "state-police": 20}
    if slug == "alder":
        return (8 if year == YEARS[0] else 10) + month
    return base.get(slug, 2)


def made_offences() -> tuple[MadeOffence, ...]:
    """Every offence of the dataset, in plain Python: what the oracles count."""
    made = []
    incident = 0
    for place in _PLACES:
        for year, month in _MONTHS:
            days = calendar.monthrange(year, month)[1]
            thefts = _larcenies(place.slug, year=year, month=month)
            first = incident + 1
            for i in range(thefts):
                incident += 1
                day = date(year, month, 7 * i % days + 1)
                made.append(
                    MadeOffence(place=place.slug, incident=incident, day=day, code=_LARCENY)
                )
            for i in range(5 if place.slug == "alder" else 0):
                incident += i > 0
                made.append(
                    MadeOffence(
                        place=place.slug,
                        incident=first if i == 0 else incident,
                        day=date(year, month, 1 if i == 0 else 5 * i),
                        code=_ASSAULT,
                    )
                )
    return tuple(made)


def write_small_dataset(
    folder: Path,
    *,
    synthetic: bool,
    with_map: bool = True,
    with_models: bool = False,
    with_risk: bool = False,
) -> Dataset:
    """Write the dataset; without a map the towns are agencies; fitting models takes seconds.

    With a model of classes the offences have hours and locations of their own: see
    :func:`hour_and_location`.
    """
    offences = _offences(varied=with_risk)
    months = _place_months(offences)
    counted = offences.with_columns(
        category=pl.col("offence_code").replace_strict(
            {code: CATEGORY_OF_CODE[code].slug for code in (_LARCENY, _ASSAULT)}
        ),
        broad_group=pl.col("offence_code").replace_strict(
            {code: str(CATEGORY_OF_CODE[code].broad) for code in (_LARCENY, _ASSAULT)}
        ),
    )
    tables = {
        "places": _places(with_map=with_map),
        "neighbours": _neighbours() if with_map else pl.DataFrame({"place": [], "neighbour": []}),
        "agencies": _agencies(),
        "agency_places": _agency_places(),
        "agency_months": _agency_months(),
        "place_months": months,
        "panel": daily_panel(
            offences.lazy(),
            incidents=offences.unique("incident_id", maintain_order=True).lazy(),
            months=months,
        ).collect(),
        "month_counts": month_counts(counted.lazy()).collect(),
        "offences": offences.sort("agency_id", "date", "incident_id", "offence_code"),
        "staffing": _staffing(),
    }
    shaped = {
        name: tables[name].select(
            pl.col(column).cast(dtype) if column in tables[name].columns
            else pl.lit(None, dtype=dtype).alias(column)
            for column, dtype in schema.items()
        )
        for name, schema in TABLE_SCHEMAS.items()
    }  # fmt: skip
    files = {BOUNDARIES: _boundaries()} if with_map else {}
    if with_models:
        counts = place_counts(shaped["panel"], staffing=shaped["staffing"], state="CT")
        files |= save_models(fit_counts(counts))
    if with_risk:
        model = fit_risk(
            shaped["offences"],
            places=shaped["places"],
            agency_places=shaped["agency_places"],
            state="CT",
            recipe=RiskRecipe(most_rounds=40, learning_rate=0.2),
        )
        files |= risk_to_files(model)
    return write_dataset(
        folder, facts=_facts(synthetic=synthetic, with_map=with_map), tables=shaped, files=files
    )


def _facts(*, synthetic: bool, with_map: bool) -> DatasetFacts:
    made = made_offences()
    return DatasetFacts(
        state="CT", state_name="Connecticut", years=YEARS, synthetic=synthetic,
        incidents=len({offence.incident for offence in made}), offences=len(made),
        agencies=8, agencies_with_incidents=8, towns=6 if with_map else 0,
        first_day=date(2023, 1, 1), last_day=date(2024, 12, 31), sources=(),
        versions=MappingProxyType({}), built_at=datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def hour_and_location(offence: MadeOffence) -> tuple[int, str]:
    """Assaults in homes at night, larcenies in shops by day; each third one the other way round."""
    elsewhere = offence.incident % 3 == 0
    if (offence.code == _ASSAULT) != elsewhere:
        return 20 + offence.incident % 4, "20"
    return 9 + offence.incident % 8, "08"


def _offences(*, varied: bool) -> pl.DataFrame:
    agency = {place.slug: place.agencies[0] for place in _PLACES if place.agencies}
    made = made_offences()
    where = [hour_and_location(offence) if varied else (12, "13") for offence in made]
    return pl.DataFrame(
        {
            "place": [offence.place for offence in made],
            "agency_id": [agency[offence.place] for offence in made],
            "incident_id": [offence.incident for offence in made],
            "date": [offence.day for offence in made],
            "offence_code": [offence.code for offence in made],
            "hour": [hour for hour, _ in where],
            "date_is_report_date": [False] * len(made),
            "location_code": [location for _, location in where],
        }
    )


def _place_months(offences: pl.DataFrame) -> pl.DataFrame:
    counts = offences.group_by("place", month=pl.col("date").dt.truncate("1mo")).agg(
        offences=pl.len(), incidents=pl.col("incident_id").n_unique()
    )
    rows = [
        (place.slug, date(year, month, 1), _reported(place.slug, year=year, month=month))
        for place in sorted(_PLACES, key=lambda place: place.slug)
        for year, month in _MONTHS
    ]
    frame = pl.DataFrame(rows, schema=["place", "month", "status"], orient="row")
    status = TABLE_SCHEMAS["place_months"]["status"]
    return (
        frame.with_columns(pl.col("status").cast(status))
        .join(counts, on=["place", "month"], how="left")
        .sort("place", "month")
    )


def _agency_months() -> pl.DataFrame:
    rows = []
    for place in _PLACES:
        for agency in place.agencies:
            for year, month in _MONTHS:
                state = _reported(place.slug, year=year, month=month)
                silent = state == "none" or (state == "partial" and agency != place.agencies[0])
                if place.slug != "elm" or year == YEARS[1]:
                    rows.append((agency, date(year, month, 1), "none" if silent else "reported"))
    return pl.DataFrame(rows, schema=["agency_id", "month", "status"], orient="row")


def _places(*, with_map: bool) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "place": place.slug,
                "name": place.name,
                "kind": "town" if place.square and with_map else "agency",
                "geoid": _geoid(place) if with_map else None,
                "region": "Northern" if place.square and place.square[1] else "Southern",
                "county": "Forest",
                "policing": place.policing,
                "policing_note": place.note,
                "population": place.residents if with_map else None,
                "longitude": -73.0 + place.square[0] * 0.2 + 0.1 if place.square else None,
                "latitude": 41.2 + place.square[1] * 0.2 + 0.1 if place.square else None,
                "agencies": "; ".join(f"{place.name} {i}" for i in place.agencies) or None,
            }
            for place in sorted(_PLACES, key=lambda place: place.slug)
        ]
    )


def _geoid(place: _MadePlace) -> str | None:
    return f"09{place.square[0]}{place.square[1]}" if place.square else None


def _neighbours() -> pl.DataFrame:
    towns = [place for place in _PLACES if place.square]
    pairs = [
        (one.slug, other.slug)
        for one in towns
        for other in towns
        if one.square and other.square
        and abs(one.square[0] - other.square[0]) + abs(one.square[1] - other.square[1]) == 1
    ]  # fmt: skip
    return pl.DataFrame(sorted(pairs), schema=["place", "neighbour"], orient="row")


def _agency_places() -> pl.DataFrame:
    rows = [(agency, place.slug) for place in _PLACES for agency in place.agencies]
    return pl.DataFrame(sorted(rows), schema=["agency_id", "place"], orient="row")


def _agencies() -> pl.DataFrame:
    rows = [
        {"agency_id": agency, "year": year, "ori": f"CT{agency:07d}", "name": place.name,
         "type": "City", "population": place.residents}
        for place in _PLACES
        for agency in place.agencies
        for year in YEARS
        if place.slug != "elm" or year == YEARS[1]
    ]  # fmt: skip
    return pl.DataFrame(rows)


def _staffing() -> pl.DataFrame:
    rows = []
    for place in _PLACES:
        for year, officers in zip(YEARS, place.officers, strict=True):
            if place.agencies and (place.slug != "elm" or year == YEARS[1]):
                women = None if officers is None else officers // 10
                rows.append(
                    {
                        "place": place.slug, "year": year, "basis": "as-reported",
                        "agencies": len(place.agencies), "population": place.residents,
                        "agencies_reporting": len(place.agencies) * (officers is not None),
                        "officers": officers, "female_officers": women,
                        "male_officers": None if officers is None else officers - (women or 0),
                        "civilians": None if officers is None else 1,
                    }
                )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None).sort("place", "year")


def _boundaries() -> bytes:
    features = []
    for place in _PLACES:
        if place.square:
            west, south = -73.0 + 0.2 * place.square[0], 41.2 + 0.2 * place.square[1]
            east, north = west + 0.2, south + 0.2
            ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
            features.append(
                {
                    "type": "Feature",
                    "id": _geoid(place),
                    "properties": {"name": place.name, "slug": place.slug},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[round(x, 4), round(y, 4)] for x, y in ring]],
                    },
                }
            )
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def settings_for(folder: Path, *, cache: Path) -> Settings:
    """Settings that show the dataset in ``folder``."""
    return Settings(dataset=folder, artifacts=folder.parent, cache_dir=cache, log_level="WARNING")


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset as reported offences."""
    folder = tmp_path_factory.mktemp("artifacts") / "small"
    write_small_dataset(folder, synthetic=False)
    return folder


@pytest.fixture(scope="session")
def simulated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset, said to be simulated."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-simulated"
    write_small_dataset(folder, synthetic=True)
    return folder


@pytest.fixture(scope="session")
def forecast_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset with forecasting models."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-forecast"
    write_small_dataset(folder, synthetic=False, with_models=True)
    return folder


@pytest.fixture(scope="session")
def risk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset with hours, locations and a model of classes."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-risk"
    write_small_dataset(folder, synthetic=False, with_risk=True)
    return folder


@pytest.fixture(scope="session")
def risk_site(risk_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Queries and map layers of the dataset with a model of classes."""
    return site_of(settings_for(risk_folder, cache=tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def mapless_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset for a State without a map."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-mapless"
    write_small_dataset(folder, synthetic=False, with_map=False)
    return folder


@pytest.fixture(scope="session")
def small_settings(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings on the small dataset with a cache of their own."""
    return settings_for(small_folder, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def small_site(small_settings: Settings) -> Site:
    """Queries and map layers of the small dataset."""
    return site_of(small_settings)


@pytest.fixture(scope="session")
def forecast_site(forecast_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Queries and map layers of the dataset with models."""
    return site_of(settings_for(forecast_folder, cache=tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def mapless_site(mapless_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Queries of the dataset without a map."""
    return site_of(settings_for(mapless_folder, cache=tmp_path_factory.mktemp("cache")))


def site_of(settings: Settings) -> Site:
    """The site of the settings' dataset."""
    assert isinstance(settings.dataset, Path)
    dataset = open_dataset(settings.dataset)
    cache = ViewCache(open_cache(Flask("test"), settings=settings), version="test")
    return open_site(Queries(dataset, cache=cache))
