from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from core.demo.bundles import write_demo_bundles
from core.nibrs.codes import CATEGORY_OF_CODE

YEARS = (2021, 2022, 2023, 2024)


@dataclass(frozen=True, kw_only=True)
class DemoBundles:
    """The four simulated bundles as text tables, and what their offences say when joined."""

    paths: tuple[Path, ...]
    years_reported: tuple[int, ...]
    tables: dict[tuple[int, str], pl.DataFrame]
    offences: pl.DataFrame


def read_tables(path: Path) -> dict[str, pl.DataFrame]:
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return {
            name: pl.read_csv(BytesIO(archive.read(name)), infer_schema=False)
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def join_offences(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    places = tables["NIBRS_LOCATION_TYPE.csv"].select("location_id", "location_code")
    category = {code: category.slug for code, category in CATEGORY_OF_CODE.items()}
    return (
        tables["NIBRS_OFFENSE.csv"]
        .join(tables["NIBRS_incident.csv"], on="incident_id", how="left", validate="m:1")
        .join(places, on="location_id", how="left", validate="m:1")
        .select(
            pl.col("incident_id").cast(pl.Int64),
            pl.col("agency_id").cast(pl.Int64),
            pl.col("incident_date").str.to_date("%Y-%m-%d").alias("date"),
            pl.col("incident_hour").cast(pl.Int64).alias("hour"),
            pl.col("offense_code").alias("code"),
            pl.col("offense_code").replace_strict(category).alias("category"),
            pl.col("location_code").alias("location"),
        )
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoBundles:
    reported: list[int] = []
    paths = write_demo_bundles(tmp_path_factory.mktemp("demo"), on_year=reported.append)
    by_year = {year: read_tables(path) for year, path in zip(YEARS, paths, strict=True)}
    return DemoBundles(
        paths=paths,
        years_reported=tuple(reported),
        tables={(year, name): t for year, ts in by_year.items() for name, t in ts.items()},
        offences=pl.concat([join_offences(tables) for tables in by_year.values()]),
    )
