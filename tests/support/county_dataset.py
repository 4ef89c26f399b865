"""The small dataset on a map of counties, with agencies as places.

Counties are columns of the map, from west to east:

* West County: Alder, Birch.
* Lake County: Elm, Campus University; Fir serves it and West County.
* Hill County: Dogwood.
* Empty County: nobody.

State Police are of no county.

PYTEST_DONT_REWRITE.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from core.dataset import BOUNDARIES, TABLE_SCHEMAS, write_dataset
from tests.support.small_dataset import settings_for, site_of, write_small_dataset
from webapp.site import Site

__all__ = ["write_county_dataset"]

_COUNTIES = {
    "alder": "West County",
    "birch": "West County",
    "campus-university": "Lake County",
    "dogwood": "Hill County",
    "elm": "Lake County",
    "fir": "Lake County; West County",
}
_COLUMNS = ("West County", "Lake County", "Hill County", "Empty County")


def write_county_dataset(folder: Path, *, with_models: bool = False) -> None:
    """Write the dataset into the folder."""
    mapless = write_small_dataset(
        folder.with_name(f"{folder.name}-mapless"),
        synthetic=False, with_map=False, with_models=with_models,
    )  # fmt: skip
    tables = {name: mapless.table(name) for name in TABLE_SCHEMAS}
    county = pl.col("place").replace_strict(_COUNTIES, default=None, return_dtype=pl.String)
    tables["places"] = tables["places"].with_columns(county=county, region=county)
    write_dataset(
        folder,
        facts=mapless.facts,
        tables=tables,
        files={**mapless.model_files(), BOUNDARIES: _boundaries()},
    )


def _boundaries() -> bytes:
    features = []
    for column, name in enumerate(_COLUMNS):
        west, south = round(-73.0 + 0.2 * column, 1), 41.2
        east, north = round(west + 0.2, 1), 41.6
        ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
        slug = f"county-{name.split()[0].lower()}"
        features.append(
            {
                "type": "Feature", "id": f"0900{column}",
                "properties": {"name": name, "slug": slug},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture(scope="session")
def county_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset on a map of counties, with forecasting models."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-counties"
    write_county_dataset(folder, with_models=True)
    return folder


@pytest.fixture(scope="session")
def county_site(county_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Queries and map layers of the dataset on a map of counties."""
    return site_of(settings_for(county_folder, cache=tmp_path_factory.mktemp("cache")))
