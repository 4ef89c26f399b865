"""The committed dataset is what the code makes, and small enough to live in the repository."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.build import build_dataset
from core.dataset import BOUNDARIES, TABLE_SCHEMAS, Dataset, open_dataset
from core.demo.bundles import write_demo_bundles

ARTIFACT = Path(__file__).parents[2] / "artifacts" / "ct-demo"
LARGEST = 8 * 2**20


@pytest.fixture(scope="module")
def committed() -> Dataset:
    return open_dataset(ARTIFACT)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("demo")
    bundles = write_demo_bundles(folder / "bundles")
    return build_dataset(bundles, out=folder / "ct-demo", models=())


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLE_SCHEMAS)
def test_a_rebuild_gives_the_same_table(committed: Dataset, rebuilt: Dataset, table: str) -> None:
    # The committed file was written when an enumeration had fewer values.
    kept = committed.table(table).cast(pl.Schema(TABLE_SCHEMAS[table]))
    assert_frame_equal(kept, rebuilt.table(table))


@pytest.mark.slow
def test_a_rebuild_gives_the_same_map(committed: Dataset, rebuilt: Dataset) -> None:
    assert committed.path(BOUNDARIES).read_bytes() == rebuilt.path(BOUNDARIES).read_bytes()


def test_the_artifact_is_small_and_holds_nothing_else(committed: Dataset) -> None:
    files = {path.name: path.stat().st_size for path in ARTIFACT.iterdir()}

    assert sum(files.values()) < LARGEST
    assert set(files) == {record.file for record in committed.manifest.files.values()} | {
        "manifest.json"
    }


def test_it_says_that_it_is_simulated(committed: Dataset) -> None:
    assert committed.facts.synthetic
    assert (committed.facts.state, committed.facts.years) == ("CT", (2021, 2022, 2023, 2024))
    assert committed.facts.towns == 169


def test_towns_under_the_state_police_have_no_day_with_a_number(committed: Dataset) -> None:
    places = committed.table("places").filter(pl.col("policing") == "state")
    panel = committed.table("panel").join(places.select("place"), on="place", how="semi")

    assert places.height == 76
    assert panel.height == 76 * 1461
    assert panel["offences"].null_count() == panel.height


def test_montville_begins_with_its_own_police(committed: Dataset) -> None:
    montville = committed.table("panel").filter(pl.col("place") == "montville")

    known = montville.drop_nulls().select(first=pl.col("date").min(), days=pl.len()).row(0)
    assert str(known[0]) == "2023-01-01"
    assert known[1] == 365 + 366


def test_statewide_staff_is_the_sum_of_all_agencies(committed: Dataset) -> None:
    """The published sworn officers and women among them; Yale did not report in 2022."""
    staff = committed.table("staffing").filter(pl.col("basis") == "as-reported")

    by_year = staff.group_by("year").agg(pl.col("officers", "female_officers").sum()).sort("year")

    assert by_year["officers"].to_list() == [7_557, 7_401, 7_645, 7_825]
    assert by_year["female_officers"].to_list() == [933, 949, 1_010, 1_046]
    yale = staff.filter((pl.col("place") == "yale-university") & (pl.col("year") == 2022))
    assert yale["officers"].to_list() == [None]


@pytest.mark.parametrize("kind", ["volume", "risk"])
def test_its_evaluations_judge_what_is_committed(committed: Dataset, kind: str) -> None:
    evaluation = committed.evaluation(kind)
    assert evaluation is not None, f"run 'ctcrimes evaluate {kind} artifacts/ct-demo --save'"
    assert evaluation["evaluated"]["dataset_sha256"] == committed.content_sha256
    assert evaluation["served"] in evaluation["models"]
