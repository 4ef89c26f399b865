"""A dataset is whole or it is refused; replacing one is a single step."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from core.dataset import (
    BOUNDARIES,
    MANIFEST_NAME,
    SCHEMA_VERSION,
    TABLE_SCHEMAS,
    DatasetFacts,
    SourceRecord,
    describe,
    find_datasets,
    open_dataset,
    save_evaluation,
    write_dataset,
)
from core.errors import (
    DatasetDamagedError,
    DatasetError,
    DatasetMissingError,
    DatasetVersionError,
)

FACTS = DatasetFacts(
    state="XX",
    state_name="Somewhere",
    years=(2022, 2023),
    synthetic=True,
    incidents=2,
    offences=3,
    agencies=1,
    agencies_with_incidents=1,
    towns=0,
    first_day=date(2022, 1, 1),
    last_day=date(2023, 12, 31),
    sources=(SourceRecord(name="a.zip", sha256="ab", size=5, year=2022, incidents=2, offences=3),),
    versions={"polars": "2"},
    built_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)


def tables(*, rows: int = 2) -> dict[str, pl.DataFrame]:
    return {
        name: pl.DataFrame({column: [None] * rows for column in schema}, schema=dict(schema))
        for name, schema in TABLE_SCHEMAS.items()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "artifacts" / "xx"
    write_dataset(folder, facts=FACTS, tables=tables(), files={BOUNDARIES: b'{"a": 1}'})
    return folder


def test_what_is_written_is_read_again(folder: Path) -> None:
    dataset = open_dataset(folder)

    assert dataset.name == "xx"
    assert dataset.facts == FACTS
    assert dataset.has_map
    assert dataset.path(BOUNDARIES).read_bytes() == b'{"a": 1}'
    for name, schema in TABLE_SCHEMAS.items():
        assert dict(dataset.table(name).schema) == dict(schema)
        assert dataset.scan(name).collect().equals(dataset.table(name))
        assert dataset.manifest.files[name].rows == 2


def test_the_description_has_the_documented_keys(folder: Path) -> None:
    summary = json.loads(json.dumps(describe(open_dataset(folder))))

    assert summary["state"] == "XX"
    assert summary["years"] == [2022, 2023]
    assert summary["synthetic"] is True
    assert (summary["first_day"], summary["last_day"]) == ("2022-01-01", "2023-12-31")
    assert len(summary["dataset_sha256"]) == 64


def test_the_hash_tells_content_and_not_time(tmp_path: Path) -> None:
    def digest(name: str, *, facts: DatasetFacts, rows: int) -> str:
        written = write_dataset(tmp_path / name, facts=facts, tables=tables(rows=rows), files={})
        return written.manifest.dataset_sha256

    later = replace(FACTS, built_at=datetime(2027, 1, 1, tzinfo=UTC))

    assert digest("a", facts=FACTS, rows=2) == digest("b", facts=later, rows=2)
    assert digest("a", facts=FACTS, rows=2) != digest("c", facts=FACTS, rows=3)


def test_replacing_leaves_only_the_new_files(folder: Path) -> None:
    before = {path.name for path in folder.iterdir()}

    write_dataset(folder, facts=FACTS, tables=tables(rows=5), files={})

    dataset = open_dataset(folder)
    listed = {record.file for record in dataset.manifest.files.values()} | {MANIFEST_NAME}
    assert {path.name for path in folder.iterdir()} == listed
    assert not dataset.has_map
    assert before & listed == {MANIFEST_NAME}


def test_a_write_that_fails_leaves_the_old_dataset(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_dataset(folder).manifest
    rename = Path.replace

    def fail_at_the_manifest(path: Path, target: Path) -> Path:
        if target.name == MANIFEST_NAME:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_manifest)
    with pytest.raises(DatasetError, match=r"No space left on device\); check"):
        write_dataset(folder, facts=FACTS, tables=tables(rows=5), files={})

    assert open_dataset(folder).manifest == old


def test_a_frame_with_other_columns_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wrong = tables() | {"panel": pl.DataFrame({"place": ["a"]})}

    with pytest.raises(DatasetError, match="table panel: expected the columns"):
        write_dataset(tmp_path / "x", facts=FACTS, tables=wrong, files={})

    assert not (tmp_path / "x").exists()


def test_a_folder_without_manifest_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(DatasetMissingError, match="ctcrimes build"):
        open_dataset(tmp_path)


def test_half_written_files_without_manifest_are_no_dataset(folder: Path) -> None:
    (folder / MANIFEST_NAME).unlink()

    with pytest.raises(DatasetMissingError):
        open_dataset(folder)


def edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_another_schema_version_is_refused_with_both_numbers(folder: Path) -> None:
    edit_manifest(folder, schema_version=SCHEMA_VERSION + 1)

    with pytest.raises(
        DatasetVersionError, match=rf"is {SCHEMA_VERSION + 1}.*reads {SCHEMA_VERSION}"
    ):
        open_dataset(folder)


def flip_a_byte(folder: Path) -> None:
    path = next(folder.glob("panel.*"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def remove_a_file(folder: Path) -> None:
    next(folder.glob("offences.*")).unlink()


def cut_the_manifest(folder: Path) -> None:
    path = folder / MANIFEST_NAME
    os.truncate(path, path.stat().st_size // 2)


def drop_a_fact(folder: Path) -> None:
    edit_manifest(folder, years=None)


def name_a_path(folder: Path) -> None:
    content = json.loads((folder / MANIFEST_NAME).read_text())
    content["files"]["panel"]["file"] = "../../secret"
    edit_manifest(folder, files=content["files"])


def list_no_panel(folder: Path) -> None:
    content = json.loads((folder / MANIFEST_NAME).read_text())
    del content["files"]["panel"]
    edit_manifest(folder, files=content["files"])


def put_a_folder_for_a_table(folder: Path) -> None:
    path = next(folder.glob("panel.*"))
    path.unlink()
    path.mkdir()


def put_a_folder_for_the_manifest(folder: Path) -> None:
    (folder / MANIFEST_NAME).unlink()
    (folder / MANIFEST_NAME).mkdir()


def change_the_sum(folder: Path) -> None:
    edit_manifest(folder, dataset_sha256="0" * 64)


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_byte,
        remove_a_file,
        cut_the_manifest,
        drop_a_fact,
        name_a_path,
        list_no_panel,
        put_a_folder_for_a_table,
        put_a_folder_for_the_manifest,
        change_the_sum,
    ],
)
def test_damage_is_found_and_the_remedy_named(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder)

    with pytest.raises(DatasetDamagedError, match="build it again with 'ctcrimes build"):
        open_dataset(folder)


def test_a_file_that_is_not_in_the_dataset_is_named(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"no file 'model.txt'; it has .*panel"):
        open_dataset(folder).path("model.txt")


def test_datasets_are_found_by_their_manifest(folder: Path) -> None:
    (folder.parent / "empty").mkdir()

    assert find_datasets(folder.parent) == (folder,)
    assert find_datasets(folder.parent / "nowhere") == ()


@pytest.fixture
def with_models(folder: Path) -> Path:
    files = {BOUNDARIES: b"{}", "risk-model.json": b"{}", "volume.json": b"{}"}
    write_dataset(folder, facts=FACTS, tables=tables(), files=files)
    return folder


def test_an_evaluation_is_kept_and_read_again(with_models: Path) -> None:
    dataset = open_dataset(with_models)
    assert dataset.evaluation("risk") is None

    saved = save_evaluation(dataset, kind="risk", content={"models": {"ü": 0.5}})

    again = open_dataset(with_models)
    assert again == saved
    found = again.evaluation("risk")
    assert found is not None
    assert found["models"] == {"ü": 0.5}
    assert found["evaluated"]["dataset_sha256"] == dataset.manifest.dataset_sha256
    assert again.evaluation("volume") is None
    assert again.facts == dataset.facts
    assert again.manifest.dataset_sha256 != dataset.manifest.dataset_sha256
    assert again.content_sha256 == dataset.content_sha256 == dataset.manifest.dataset_sha256


def test_an_evaluation_is_no_model(with_models: Path) -> None:
    dataset = save_evaluation(open_dataset(with_models), kind="volume", content={})

    assert set(dataset.model_files()) == {"risk-model.json", "volume.json"}


def test_saving_again_replaces_the_one_file(with_models: Path) -> None:
    save_evaluation(open_dataset(with_models), kind="volume", content={"wape": 0.1})
    save_evaluation(open_dataset(with_models), kind="risk", content={"ece": 0.2})
    save_evaluation(open_dataset(with_models), kind="risk", content={"ece": 0.1})

    again = open_dataset(with_models)
    risk, volume = again.evaluation("risk"), again.evaluation("volume")
    assert risk is not None
    assert volume is not None
    assert (risk["ece"], volume["wape"]) == (0.1, 0.1)
    assert len(list(with_models.glob("evaluation-*"))) == 2


def test_the_same_evaluation_gives_the_same_bytes(with_models: Path) -> None:
    hashes = {
        save_evaluation(
            open_dataset(with_models), kind="risk", content={"a": 1}
        ).manifest.dataset_sha256
        for _ in range(2)
    }

    assert len(hashes) == 1


def test_a_new_build_keeps_no_evaluation(with_models: Path) -> None:
    save_evaluation(open_dataset(with_models), kind="risk", content={})

    write_dataset(with_models, facts=FACTS, tables=tables(), files={})

    assert open_dataset(with_models).evaluation("risk") is None
    assert not list(with_models.glob("evaluation-*"))


def test_an_evaluation_of_what_was_built_over_is_refused(with_models: Path) -> None:
    before = open_dataset(with_models)
    write_dataset(with_models, facts=FACTS, tables=tables(rows=7), files={})

    with pytest.raises(DatasetError, match=r"built again .*evaluate risk .* --save"):
        save_evaluation(before, kind="risk", content={})

    assert open_dataset(with_models).evaluation("risk") is None


def test_a_folder_that_cannot_be_written_is_named(
    with_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)

    with pytest.raises(DatasetError, match="Permission denied"):
        save_evaluation(open_dataset(with_models), kind="risk", content={})


@pytest.mark.parametrize("content", [b"{", b"[1]"])
def test_an_evaluation_that_is_no_json_object_is_damage(folder: Path, content: bytes) -> None:
    files = {"evaluation-risk.json": content}
    dataset = write_dataset(folder, facts=FACTS, tables=tables(), files=files)

    with pytest.raises(DatasetDamagedError, match="evaluation-risk"):
        dataset.evaluation("risk")
