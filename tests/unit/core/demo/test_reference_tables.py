import importlib.util
import os
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.demo.reference import AREAS, load_reference, read_table

ROOT = Path(__file__).parents[4]
DATA = ROOT / "core" / "demo" / "data"


def script() -> ModuleType:
    path = ROOT / "scripts" / "make_reference_tables.py"
    spec = importlib.util.spec_from_file_location("make_reference_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_orders_of_the_arrays_agree() -> None:
    reference = load_reference()
    assert reference.agency_profiles["agency_id"].to_list() == reference.agency_ids.tolist()
    assert len(reference.categories) == 24
    assert len(reference.locations) == 46
    drugs = reference.categories.index("drugs")
    assert reference.category_totals[drugs].tolist() == [28368, 21347]
    residence = reference.locations.index("20")
    assert reference.location_totals[residence] == 171339
    assert AREAS[reference.location_areas[residence]] == "residential"
    assert [reference.totals[d].size for d in ("year", "month", "weekday", "hour")] == [
        4,
        12,
        7,
        24,
    ]
    assert reference.totals["day_of_month"][30] == 9661
    assert reference.category_hours.shape == (24, len(AREAS), 2, 24)
    assert (reference.category_hours.sum(axis=3) > 9_900).all()


def test_tables_hold_figures_and_are_small() -> None:
    assert sum(path.stat().st_size for path in DATA.glob("*.csv")) < 300_000
    for path in DATA.glob("*.csv"):
        columns = set(read_table(path.stem).columns)
        assert columns.isdisjoint({"incident_id", "offense_id", "incident_date"}), path.name


@pytest.mark.real
@pytest.mark.skipif(
    "CTCRIMES_REAL_DATA" not in os.environ, reason="CTCRIMES_REAL_DATA names no folder"
)
def test_the_script_makes_these_tables_again() -> None:
    tables: dict[str, pl.DataFrame] = script().make_tables(Path(os.environ["CTCRIMES_REAL_DATA"]))
    assert set(tables) == {path.stem for path in DATA.glob("*.csv")}
    for name, table in tables.items():
        again = pl.read_csv(table.write_csv().encode(), infer_schema=False)
        assert_frame_equal(again, read_table(name))
