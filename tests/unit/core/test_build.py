"""From bundles on disk to a dataset whose figures can be counted by hand."""

import json
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from core.build import BuildStep, _fit_counts
from core.build import build_dataset as build_with_models
from core.dataset import MANIFEST_NAME, TABLE_SCHEMAS, Dataset, open_dataset
from core.errors import BundleError, DatasetError, MixedBundlesError, RequestError
from core.nibrs.schema import Era
from core.places.town_maps import TownMap, make_town_map, read_town_map
from tests.support.bundles import make_bundle, write_bundle, write_year
from tests.support.town_maps import SUBDIVISIONS, collection

# Models have tests of their own; here the tables matter.
build_dataset = partial(build_with_models, models=())


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path, make_bundle(Era.CURRENT))


def test_every_table_adds_up_to_the_same_totals(bundle: Path, tmp_path: Path) -> None:
    dataset = build_dataset([bundle], out=tmp_path / "vt")

    facts = dataset.facts
    assert (facts.incidents, facts.offences) == (6, 9)
    assert (facts.agencies, facts.agencies_with_incidents, facts.towns) == (3, 2, 0)
    assert (facts.state, facts.years, facts.synthetic) == ("VT", (2024,), False)
    assert (facts.first_day, facts.last_day) == (date(2024, 1, 1), date(2024, 12, 31))
    assert dataset.table("offences").height == 9
    for table in ("panel", "place_months", "agency_months"):
        sums = dataset.table(table).select("offences", "incidents").sum().row(0)
        assert sums == (9, 6), table
    everything = dataset.table("month_counts").filter(pl.col("selection") == "all")
    assert everything.select("offences", "incidents").sum().row(0) == (9, 6)


def test_places_of_a_state_without_towns_are_its_agencies(bundle: Path, tmp_path: Path) -> None:
    dataset = build_dataset([bundle], out=tmp_path / "vt")

    places = dataset.table("places")
    assert dataset.has_map
    assert dataset.facts.towns == 0
    assert places["kind"].to_list() == ["agency"] * 3
    assert places.filter(pl.col("place") == "bristol")["agencies"].to_list() == ["Bristol"]


def test_the_panel_is_complete_and_knows_only_the_months_on_file(
    bundle: Path, tmp_path: Path
) -> None:
    panel = build_dataset([bundle], out=tmp_path / "vt").table("panel")

    assert panel.height == 3 * 366
    bristol = panel.filter(pl.col("place") == "bristol").drop_nulls()
    assert set(bristol["date"].dt.month()) == {1, 2, 7}, "the months with a document"


def test_the_sources_are_recorded(bundle: Path, tmp_path: Path) -> None:
    dataset = build_dataset([bundle], out=tmp_path / "vt")

    (source,) = dataset.facts.sources
    assert (source.name, source.year, source.incidents, source.offences) == (
        bundle.name,
        2024,
        6,
        9,
    )
    assert source.size == bundle.stat().st_size


def test_steps_count_up_to_the_end(bundle: Path, tmp_path: Path) -> None:
    steps: list[BuildStep] = []

    build_dataset([bundle], out=tmp_path / "vt", on_step=steps.append)

    assert [step.done for step in steps] == [1, 2, 3]
    assert {step.of for step in steps} == {3}


def test_building_twice_gives_the_same_dataset(bundle: Path, tmp_path: Path) -> None:
    first, second = (build_dataset([bundle], out=tmp_path / name) for name in ("a", "b"))

    assert first.manifest.dataset_sha256 == second.manifest.dataset_sha256


def test_a_broken_bundle_leaves_the_old_dataset_alone(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "vt"
    build_dataset([bundle], out=out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    bundle.write_bytes(bundle.read_bytes()[:-100])

    with pytest.raises(BundleError):
        build_dataset([bundle], out=out)

    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_bundles_are_announced_as_read_and_recorded_by_year(tmp_path: Path) -> None:
    paths = [write_year(tmp_path, year=year, shift=year * 10_000) for year in (2023, 2021, 2022)]
    steps: list[BuildStep] = []

    dataset = build_dataset(paths, out=tmp_path / "vt", on_step=steps.append)

    assert [step.label for step in steps[:3]] == ["read VT 2023", "read VT 2021", "read VT 2022"]
    assert dataset.facts.years == (2021, 2022, 2023)
    assert [source.year for source in dataset.facts.sources] == [2021, 2022, 2023]
    assert (dataset.facts.incidents, dataset.facts.offences) == (18, 27)


def test_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="at least one zip file"):
        build_dataset([], out=tmp_path / "none")


def test_a_build_removes_its_work_and_that_of_a_killed_one(bundle: Path, tmp_path: Path) -> None:
    left = tmp_path / ".vt.building"
    left.mkdir()
    (left / "of a killed build.parquet").write_bytes(b"half")

    build_dataset([bundle], out=tmp_path / "vt")

    assert sorted(path.name for path in tmp_path.iterdir()) == [bundle.name, "vt"]


@pytest.mark.parametrize("step", ["refuse_mixed", "write_tables", "write_dataset"])
def test_a_failure_at_any_step_leaves_no_work(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"core.build.{step}", fail)

    with pytest.raises(DatasetError, match=r"No space left on device\); check"):
        build_dataset([bundle], out=tmp_path / "vt")

    assert [path.name for path in tmp_path.iterdir()] == [bundle.name]


def test_a_disk_that_is_full_under_polars_is_said_and_other_faults_are_not_hidden(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_with(words: str) -> None:
        def fail(*_: object, **__: object) -> None:
            raise pl.exceptions.ComputeError(words)

        monkeypatch.setattr("core.build.write_tables", fail)

    fail_with("parquet: underlying IO error: No space left on device (os error 28)")
    with pytest.raises(DatasetError, match=r"\(No space left on device \(os error 28\)\); check"):
        build_dataset([bundle], out=tmp_path / "vt")
    fail_with("join keys did not fulfill m:1 validation")
    with pytest.raises(pl.exceptions.ComputeError, match="m:1"):
        build_dataset([bundle], out=tmp_path / "vt")

    assert [path.name for path in tmp_path.iterdir()] == [bundle.name]


def test_an_interrupted_build_leaves_no_work(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.build.write_tables", interrupt)

    with pytest.raises(KeyboardInterrupt):
        build_dataset([bundle], out=tmp_path / "vt")

    assert [path.name for path in tmp_path.iterdir()] == [bundle.name]


def test_a_broken_bundle_leaves_nothing_where_nothing_was(bundle: Path, tmp_path: Path) -> None:
    bundle.write_bytes(b"no zip")

    with pytest.raises(BundleError):
        build_dataset([bundle], out=tmp_path / "vt")

    assert [path.name for path in tmp_path.iterdir()] == [bundle.name]


def test_two_states_are_refused(tmp_path: Path) -> None:
    paths = [
        write_bundle(tmp_path, make_bundle(Era.CURRENT, state="VT"), name="VT-2024.zip"),
        write_bundle(tmp_path, make_bundle(Era.QUOTED, state="LA"), name="LA-2019.zip"),
    ]

    with pytest.raises(MixedBundlesError):
        build_dataset(paths, out=tmp_path / "both")


def test_connecticut_has_its_towns_and_its_map(tmp_path: Path) -> None:
    path = write_bundle(tmp_path, make_bundle(Era.CURRENT, state="CT"), name="CT-2024.zip")

    dataset = build_dataset([path], out=tmp_path / "ct")

    assert dataset.facts.towns == 169
    assert dataset.has_map
    assert len(json.loads(dataset.path("boundaries.geojson").read_bytes())["features"]) == 169
    assert (open_dataset(tmp_path / "ct").folder / MANIFEST_NAME).exists()


def test_a_map_of_towns_makes_towns_places_and_lists_agencies_of_none(
    bundle: Path, tmp_path: Path
) -> None:
    town = replace(SUBDIVISIONS[0], name="Bristol", named="Bristol town", geoid="5000109025")
    with_bristol = read_town_map(make_town_map(collection([town]), state="VT"))
    without = read_town_map(make_town_map(collection(SUBDIVISIONS), state="VT"))

    matched, steps = noted(bundle, out=tmp_path / "vt", divided_by=with_bristol)
    assert matched.facts.towns == 1
    assert matched.table("agency_places").filter(agency_id=102)["place"].to_list() == ["bristol"]
    row = matched.table("places").row(by_predicate=pl.col("place") == "bristol", named=True)
    assert (row["kind"], row["policing"], row["agencies"]) == ("town", "own", "Bristol")
    assert steps == []

    unmatched, steps = noted(bundle, out=tmp_path / "vt", divided_by=without)
    assert unmatched.facts.towns == 6
    row = unmatched.table("places").row(by_predicate=pl.col("place") == "bristol", named=True)
    assert row["kind"] == "agency"
    assert len(steps) == 1
    assert steps[0].endswith("places of their own: Bristol")
    assert unmatched.facts.offences == matched.facts.offences == 9
    silent = unmatched.table("place_months").filter(pl.col("place") == "guildhall")
    assert set(silent["status"]) == {"none"}


def noted(bundle: Path, *, out: Path, divided_by: TownMap) -> tuple[Dataset, list[str]]:
    steps: list[BuildStep] = []
    dataset = build_dataset([bundle], out=out, divided_by=divided_by, on_step=steps.append)
    return dataset, [step.note for step in steps if step.note]


def labels_of(bundle: Path, *, out: Path) -> tuple[Dataset, list[str]]:
    steps: list[BuildStep] = []
    dataset = build_with_models([bundle], out=out, on_step=steps.append)
    assert [step.done for step in steps] == list(range(1, steps[-1].of + 1))
    return dataset, [step.label for step in steps]


def test_too_little_for_a_model_is_said_and_is_no_error(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.volume.fit.SHORTEST_DATA", 500)

    dataset, labels = labels_of(bundle, out=tmp_path / "vt")

    assert dataset.model_files() == {}
    assert "no forecast: 366 days of data, 500 are needed" in labels
    assert "no classes: 9 offences, 2000 are needed" in labels


def test_offences_that_do_not_reach_every_slice_are_said(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.volume.fit.SHORTEST_DATA", 500)
    monkeypatch.setattr("core.risk.training.FEWEST_OFFENCES", 9)

    def refuse(*_: object, **__: object) -> None:
        raise RequestError("offences: all of one class")

    monkeypatch.setattr("core.risk.training.fit_risk", refuse)

    dataset, labels = labels_of(bundle, out=tmp_path / "vt")

    assert dataset.model_files() == {}
    assert "no classes: offences: all of one class" in labels


def test_the_model_of_classes_learns_from_the_tables_and_is_kept(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.volume.fit.SHORTEST_DATA", 500)
    monkeypatch.setattr("core.risk.training.FEWEST_OFFENCES", 9)
    seen: dict[str, object] = {}

    def fit(offences: pl.DataFrame, *, places: pl.DataFrame, **_: object) -> str:
        seen.update(offences=offences.height, people=places["population"].null_count())
        return "model"

    monkeypatch.setattr("core.risk.training.fit_risk", fit)
    monkeypatch.setattr("core.risk.storage.risk_to_files", lambda model: {f"risk-{model}": b"{}"})

    dataset, labels = labels_of(bundle, out=tmp_path / "vt")

    assert dataset.model_files() == {"risk-model": b"{}"}
    assert "fitted the model of classes" in labels
    assert seen["offences"] == 9
    assert seen["people"] == 0, "agencies have the people that the FBI assigns to them"


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        pytest.param(False, "no place has reported a month", id="nothing reported"),
        pytest.param(True, "31 days of data, 365 are needed", id="a month"),
    ],
)
def test_data_without_a_forecast_say_why(tmp_path: Path, *, reported: bool, reason: str) -> None:
    days = [date(2024, 1, day) for day in range(1, 32)]
    count = 3 if reported else None
    frames = {
        "panel": pl.DataFrame(
            {"place": "a", "date": days, "offences": count, "incidents": count},
            schema=TABLE_SCHEMAS["panel"],
        ),
        "staffing": pl.DataFrame(schema=TABLE_SCHEMAS["staffing"]),
    }
    tables = {name: tmp_path / f"{name}.parquet" for name in frames}
    for name, frame in frames.items():
        frame.write_parquet(tables[name])

    files, told = _fit_counts(tables, state="CT")

    assert files == {}
    assert reason in told
