"""The small dataset as one of another State whose map of towns was given.

Regions are counties, nobody counted the towns' residents, and who polices Cedar is not known:

* Forest County: Alder, Birch, Cedar, Campus University.
* Lake County: Dogwood, Elm, Fir.

PYTEST_DONT_REWRITE.
"""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from core.dataset import BOUNDARIES, TABLE_SCHEMAS, write_dataset
from tests.support.small_dataset import settings_for, site_of, write_small_dataset
from webapp.site import Site

__all__ = ["write_town_dataset"]

_COUNTIES = {
    "alder": "Forest County",
    "birch": "Forest County",
    "cedar": "Forest County",
    "campus-university": "Forest County",
    "dogwood": "Lake County",
    "elm": "Lake County",
    "fir": "Lake County",
}


def write_town_dataset(folder: Path) -> None:
    """Write the dataset into the folder."""
    # Not beside the dataset: a page lists what lies there.
    home = folder.parent.with_name(f"{folder.parent.name}-home") / "small"
    small = write_small_dataset(home, synthetic=False, with_risk=True)
    tables = {name: small.table(name) for name in TABLE_SCHEMAS}
    county = pl.col("place").replace_strict(_COUNTIES, default=None, return_dtype=pl.String)
    tables["places"] = tables["places"].with_columns(
        county=county,
        region=county,
        policing=pl.when(pl.col("place") == "cedar")
        .then(pl.lit("none"))
        .otherwise(pl.lit("own"))
        .cast(TABLE_SCHEMAS["places"]["policing"]),
        policing_note=pl.lit(None, dtype=pl.String),
        population=pl.lit(None, dtype=pl.Int64),
    )
    write_dataset(
        folder,
        facts=replace(small.facts, state="VT", state_name="Vermont"),
        tables=tables,
        files={**small.model_files(), BOUNDARIES: small.path(BOUNDARIES).read_bytes()},
    )


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset, with a model of classes."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-towns"
    write_town_dataset(folder)
    return folder


@pytest.fixture(scope="session")
def town_site(town_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Queries and map layers of the dataset."""
    return site_of(settings_for(town_folder, cache=tmp_path_factory.mktemp("cache")))
