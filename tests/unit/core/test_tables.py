"""Tables streamed from parts beside the same tables made by joining whole frames and counting."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.dataset import TABLE_SCHEMAS
from core.nibrs.bundle import Bundle, ReportingStatus
from core.nibrs.codes import ALL_OFFENCES, CATEGORY_OF_CODE
from core.parts import BundleParts, write_parts
from core.tables import BuiltTables, write_tables

YEARS = (2021, 2022, 2023)
CODES = ("13A", "13B", "120", "23C", "35A", "220")
LOCATIONS = ("08", "13", "20")
Tables = Mapping[str, pl.DataFrame]


def varied(bundle: Bundle, *, dice: random.Random) -> Bundle:
    """Two or three offences an incident now and then, of any kind, some twice of one code."""
    incidents = bundle.incidents
    rows: list[dict[str, object]] = []
    for incident in incidents.iter_rows(named=True):
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            code = dice.choice(CODES)
            rows.append(
                {
                    **incident,
                    "offence_id": dice.randrange(10**9) * 1000 + len(rows) % 1000,
                    "offence_code": code,
                    "category": CATEGORY_OF_CODE[code].slug,
                    "broad_group": str(CATEGORY_OF_CODE[code].broad),
                    "location_code": dice.choice(LOCATIONS),
                }
            )
    schema = bundle.offences.schema
    frame = pl.DataFrame(rows).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    return replace(bundle, offences=frame.sort("agency_id", "date", "incident_id", "offence_id"))


@pytest.fixture
def bundles(make_bundle: Callable[..., Bundle]) -> list[Bundle]:
    """Three years of four agencies; one is silent in two months of each year, one in the last."""
    dice = random.Random(5)
    made = []
    for year in YEARS:
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        rows = sorted((dice.choice((1, 2, 3, 4)), dice.choice(days)) for _ in range(700))
        rows = [row for row in rows if not (row[0] == 3 and row[1].month in (2, 7))]
        rows = [row for row in rows if not (row[0] == 4 and year == YEARS[-1])]
        bundle = make_bundle(
            year=year,
            offences=rows,
            populations={1: 9_000, 2: 4_000, 3: 700, 4: 0, 5: 30},
            coverage={(5, 3): ReportingStatus.ZERO},
            first_id=year * 10_000,
        )
        made.append(varied(bundle, dice=dice))
    return made


@pytest.fixture(params=[1_000_000, 3_000, 1], ids=["one piece", "some pieces", "smallest pieces"])
def built(
    bundles: list[Bundle],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> BuiltTables:
    monkeypatch.setattr("core.tables._ROWS_A_PIECE", request.param)
    by_path = {
        Path(f"{bundle.year}.zip"): replace(
            bundle, source=replace(bundle.source, sha256=str(bundle.year))
        )
        for bundle in bundles
    }
    monkeypatch.setattr("core.parts.read_bundle", by_path.__getitem__)
    parts: list[BundleParts] = [write_parts(path, folder=tmp_path) for path in by_path]
    dice = random.Random(1)
    return write_tables(dice.sample(parts, k=len(parts)), folder=tmp_path)


@pytest.fixture
def tables(built: BuiltTables) -> Tables:
    return {name: pl.read_parquet(path) for name, path in built.files.items()}


def rows_with_place(bundles: list[Bundle], *, kind: str, tables: Tables) -> list[dict[str, Any]]:
    """Every incident or offence of all bundles with its place, joined as whole frames."""
    frame = pl.concat([getattr(bundle, kind) for bundle in bundles])
    placed = frame.join(tables["agency_places"], on="agency_id", how="left")
    assert placed["place"].null_count() == 0
    rows: list[dict[str, Any]] = placed.to_dicts()
    return rows


def test_every_table_has_its_columns(tables: Tables) -> None:
    assert {name: dict(frame.schema) for name, frame in tables.items()} == {
        name: dict(schema) for name, schema in TABLE_SCHEMAS.items()
    }


def test_what_was_counted_on_the_way(built: BuiltTables) -> None:
    assert (built.agencies, built.agencies_with_incidents, built.towns) == (5, 4, 0)
    assert b"Divide County" in built.boundaries


def test_pieces_are_removed_once_they_are_joined(built: BuiltTables) -> None:
    (folder,) = {path.parent for path in built.files.values()}

    left = {path.name for path in folder.iterdir()}
    assert {name for name in left if not name.startswith("ND-")} == {
        f"{name}.parquet" for name in TABLE_SCHEMAS
    }


def test_offences_are_those_of_the_whole_frames_in_the_order_of_their_key(
    bundles: list[Bundle], tables: Tables
) -> None:
    whole = pl.concat([bundle.offences for bundle in bundles])
    key = ("agency_id", "date", "incident_id", "offence_code", "offence_id")
    expected = sorted(whole.to_dicts(), key=lambda row: [row[name] for name in key])
    names = list(TABLE_SCHEMAS["offences"])

    assert tables["offences"].rows() == [tuple(row[name] for name in names) for row in expected]


def test_the_panel_is_that_of_counting_whole_frames(bundles: list[Bundle], tables: Tables) -> None:
    counts = {
        kind: Counter(
            (row["place"], row["date"])
            for row in rows_with_place(bundles, kind=kind, tables=tables)
        )
        for kind in ("offences", "incidents")
    }
    months = {row[:2]: row[2] for row in tables["place_months"].iter_rows()}
    expected = []
    for place in sorted(tables["places"]["place"]):
        day = date(YEARS[0], 1, 1)
        while day <= date(YEARS[-1], 12, 31):
            known = months[place, day.replace(day=1)] != "none"
            numbers = [counts[kind][place, day] if known else None for kind in counts]
            expected.append((place, day, *numbers))
            day += timedelta(days=1)

    assert {row[2] for row in expected} > {None, 0}
    assert tables["panel"].rows() == expected


def test_month_counts_are_those_of_counting_whole_frames(
    bundles: list[Bundle], tables: Tables
) -> None:
    found: dict[tuple[object, date, str], list[object]] = {}
    for row in rows_with_place(bundles, kind="offences", tables=tables):
        day = row["date"]
        for selection in (ALL_OFFENCES, str(row["broad_group"]), str(row["category"])):
            key = (row["place"], day.replace(day=1), selection)
            found.setdefault(key, []).append(row["incident_id"])

    counted = {row[:3]: row[3:] for row in tables["month_counts"].iter_rows()}
    assert counted == {key: (len(ids), len(set(ids))) for key, ids in found.items()}
    assert_frame_equal(
        tables["month_counts"], tables["month_counts"].sort("place", "month", "selection")
    )


def test_agency_months_count_whole_frames(bundles: list[Bundle], tables: Tables) -> None:
    counts = {
        kind: Counter(
            (row["agency_id"], row["date"].replace(day=1))
            for bundle in bundles
            for row in getattr(bundle, kind).iter_rows(named=True)
        )
        for kind in ("offences", "incidents")
    }
    months = tables["agency_months"]

    assert months.height == 5 * 12 * len(YEARS)
    for agency, month, status, *numbers in months.iter_rows():
        expected = [counts[kind][agency, month] for kind in counts]
        assert numbers == ([None, None] if status == "none" else expected)
