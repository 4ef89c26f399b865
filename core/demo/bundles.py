"""The simulated offences as FBI state bundles: CT-2021.zip to CT-2024.zip in the layout since 2021.

Every bundle carries the member ``SIMULATED.txt``, so that nothing that reads it can take it for
reported crime.
"""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from core.demo.agencies import agency_file
from core.demo.days import YEARS
from core.demo.layout import columns_of
from core.demo.reference import read_table
from core.demo.simulate import DEFAULT_SEED, simulate
from core.errors import RequestError
from core.nibrs.codes import CATEGORY_OF_CODE, LOCATION_TYPES

__all__ = ["DEFAULT_SEED", "SIMULATED_NOTICE", "write_demo_bundles"]

SIMULATED_NOTICE = """\
SIMULATED. These are not reported offences.

CT-Crimes made this archive. Its agencies, their populations and their staff are real, and its
totals follow published Connecticut totals of 2021-2024; every single incident in it is made up by
a random number generator. It shows how the program works. Nothing in it says what happened in any
town on any day.
"""

_README = """\
# Simulated Connecticut, {year}

A simulated state bundle in the layout that the FBI Crime Data Explorer uses since 2021, written by
CT-Crimes. See SIMULATED.txt. The real bundles are published at https://cde.ucr.cjis.gov.
"""

_MEMBER_TIME = (2025, 1, 1, 0, 0, 0)
"""A fixed time on every member: the same seed gives the same bytes."""

_IDS_A_YEAR = 1_000_000
_FIRST_ID = 900_000_000
"""Identifiers begin above those of the real bundles of these years (about 200 million)."""

_EMPTY_COLUMNS = (
    "submission_date",
    "cleared_except_date",
    "data_home",
    "report_date",
    "update_flag",
    "month_pub_status",
)

_FIRST_YEAR_OF_NEW_NAME = 2023
_OLD_NAME_OF_11D = "Fondling"


def _number_incidents(offences: pl.DataFrame, *, year: int) -> pl.DataFrame:
    """One year's offences with incident_id and offense_id, in ascending order of both."""
    start = _FIRST_ID + (year - YEARS[0]) * _IDS_A_YEAR
    rows = offences.filter(pl.col("year") == year).with_row_index("row")
    first = rows.group_by("incident").agg(pl.col("row").min().alias("first"))
    return (
        rows.join(first, on="incident", validate="m:1")
        .with_columns(
            (pl.col("first").rank("dense").cast(pl.Int64) + start).alias("incident_id"),
        )
        .sort("incident_id", "row")
        .with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + start + 1).alias("offense_id"))
    )


def _incident_files(
    offences: pl.DataFrame, agencies: pl.DataFrame, *, year: int
) -> dict[str, pl.DataFrame]:
    """NIBRS_incident and NIBRS_month: one row an incident, and one an incident's document."""
    ori = agencies.select(pl.col("agency_id").cast(pl.Int64), "ori")
    month = pl.col("date").dt.month().cast(pl.Int64)
    base = (
        offences.group_by("incident_id")
        .agg(pl.col("agency_id", "date", "hour").first())
        .join(ori, on="agency_id", how="left", validate="m:1")
        .sort("incident_id")
        .with_columns(
            pl.lit(year).alias("data_year"),
            pl.lit(year).alias("inc_data_year"),
            month.alias("month_num"),
            ((pl.col("agency_id") * 10_000 + year) * 100 + month).alias("nibrs_month_id"),
            pl.col("incident_id").alias("did"),
            pl.col("date").alias("incident_date"),
            pl.col("hour").alias("incident_hour"),
            pl.format(
                "{}_{}_{}_{}_INC",
                pl.lit(year),
                month.cast(pl.String).str.zfill(2),
                pl.col("ori"),
                pl.col("incident_id"),
            ).alias("ddocname"),
            *(pl.lit("f").alias(c) for c in ("cargo_theft_flag", "report_date_flag")),
            pl.lit(6).alias("cleared_except_id"),
            pl.lit("ACCEPTED").alias("incident_status"),
            pl.lit("F").alias("orig_format"),
            pl.lit("I").alias("reported_status"),
            *(pl.lit(None, dtype=pl.String).alias(c) for c in _EMPTY_COLUMNS),
        )
    )
    return {
        "NIBRS_incident.csv": base.select(columns_of("NIBRS_incident.csv")),
        "NIBRS_month.csv": base.select(columns_of("NIBRS_month.csv")),
    }


def _offence_file(offences: pl.DataFrame, places: pl.DataFrame, *, year: int) -> pl.DataFrame:
    empty = pl.lit(None, dtype=pl.String)
    return (
        offences.join(
            places, left_on="location", right_on="location_code", how="left", validate="m:1"
        )
        .with_columns(
            pl.lit(year).alias("data_year"),
            pl.col("code").alias("offense_code"),
            pl.lit("C").alias("attempt_complete_flag"),
            empty.alias("num_premises_entered"),
            empty.alias("method_entry_code"),
        )
        .select(columns_of("NIBRS_OFFENSE.csv"))
        .sort("offense_id")
    )


def _offence_type_file(*, year: int) -> pl.DataFrame:
    names = {code: category.name for code, category in CATEGORY_OF_CODE.items()}
    is_renamed = (pl.col("offense_code") == "11D") & (year < _FIRST_YEAR_OF_NEW_NAME)
    return (
        read_table("offence_types")
        .with_columns(
            pl.col("offense_code").replace_strict(names).alias("offense_category_name"),
            pl.when(is_renamed)
            .then(pl.lit(_OLD_NAME_OF_11D))
            .otherwise(pl.col("offense_name"))
            .alias("offense_name"),
        )
        .select(columns_of("NIBRS_OFFENSE_TYPE.csv"))
    )


def _location_type_file() -> pl.DataFrame:
    names = {code: location.name for code, location in LOCATION_TYPES.items()}
    return (
        read_table("location_types")
        .with_columns(pl.col("location_code").replace_strict(names).alias("location_name"))
        .select(columns_of("NIBRS_LOCATION_TYPE.csv"))
        .sort(pl.col("location_id").cast(pl.Int64))
    )


def _members(offences: pl.DataFrame, *, year: int) -> dict[str, bytes]:
    """Every member of one year's bundle by name."""
    numbered = _number_incidents(offences, year=year)
    agencies, places = agency_file(year), _location_type_file()
    tables = {
        "agencies.csv": agencies,
        **_incident_files(numbered, agencies, year=year),
        "NIBRS_OFFENSE.csv": _offence_file(
            numbered, places.select("location_id", "location_code"), year=year
        ),
        "NIBRS_OFFENSE_TYPE.csv": _offence_type_file(year=year),
        "NIBRS_LOCATION_TYPE.csv": places,
    }
    texts = {"SIMULATED.txt": SIMULATED_NOTICE, "README.md": _README.format(year=year)}
    return {
        **{name: text.encode() for name, text in texts.items()},
        **{name: table.write_csv().encode() for name, table in tables.items()},
    }


def _archive(members: dict[str, bytes]) -> bytes:
    """A zip archive whose bytes depend on the members alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=_MEMBER_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Write beside the path first, so that a break never leaves half an archive under its name."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def write_demo_bundles(
    folder: Path, *, seed: int = DEFAULT_SEED, on_year: Callable[[int], None] | None = None
) -> tuple[Path, ...]:
    """Simulate Connecticut 2021-2024 and write it as four state bundles.

    Args:
        folder: Where CT-2021.zip to CT-2024.zip go; made if it is absent, files replaced.
        seed: Seed of the random numbers, 0 or more; the same seed gives the same bytes.
        on_year: Called with each year once its bundle is written.

    Returns:
        The four paths, by year.

    Raises:
        RequestError: The seed is negative or the folder is a file.
    """
    if seed < 0:
        raise RequestError(f"seed: {seed} is negative; give a whole number from 0 on")
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"folder: {folder} is a file; give a folder")
    folder.mkdir(parents=True, exist_ok=True)
    offences = simulate(seed=seed)
    paths = []
    for year in YEARS:
        path = folder / f"CT-{year}.zip"
        _replace(path, _archive(_members(offences, year=year)))
        paths.append(path)
        if on_year is not None:
            on_year(year)
    return tuple(paths)
