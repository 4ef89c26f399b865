"""Datasets of several States that are built with one model of daily counts."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from core.build import build_dataset
from core.cli import main
from core.dataset import Dataset, open_dataset
from core.errors import RequestError
from core.national import fit_national
from core.volume.storage import MODELS_NAME, load_models
from tests.support.bundles import write_busy_year, write_year

YEARS = {"VT": (2023, 2024), "ND": (2024,)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Bundles of two States, one of two years."""
    folder = tmp_path / "bundles"
    folder.mkdir()
    for state, years in YEARS.items():
        for year in years:
            write_busy_year(folder, year=year, state=state, shift=state == "ND")
    return folder


def build(folder: Path, *options: str) -> int:
    out = str(folder.parent / "artifacts")
    return main(["build", str(folder), "--state", "all", "--out", out, "--json", *options])


def built(folder: Path) -> dict[str, Dataset]:
    found = sorted((folder.parent / "artifacts").iterdir())
    return {path.name: open_dataset(path) for path in found}


def test_each_state_gets_the_model_of_all(folder: Path) -> None:
    assert build(folder, "--without-models") == 0
    alone = built(folder)

    assert build(folder, "--together") == 0

    together = built(folder)
    assert list(together) == ["nd-2024", "vt-2023-2024"]
    for name, dataset in together.items():
        models = load_models(dataset.model_files())
        assert models.states == ("ND", "VT")
        assert models.state == dataset.facts.state
        assert models.model_trained_to == dataset.facts.last_day
        tables = {key: value.sha256 for key, value in alone[name].manifest.files.items()}
        assert (
            tables.items()
            <= {key: value.sha256 for key, value in dataset.manifest.files.items()}.items()
        )


def test_a_state_too_thin_for_a_model_of_its_own_gets_that_of_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_year(folder, year=2024, state="ND").rename(folder / "ND-2024.zip")

    assert build(folder) == 0
    assert MODELS_NAME not in built(folder)["nd-2024"].model_files()
    assert "ND: no forecast: panel: no series has" in capsys.readouterr().err

    assert build(folder, "--together") == 0
    assert load_models(built(folder)["nd-2024"].model_files()).states == ("ND", "VT")


def test_a_state_that_reported_nothing_has_no_model_and_teaches_nothing(folder: Path) -> None:
    assert build(folder, "--without-models") == 0
    datasets = {dataset.facts.state: dataset for dataset in built(folder).values()}
    silent = replace(datasets["ND"], folder=folder / "silent")
    shutil.copytree(datasets["ND"].folder, silent.folder)
    panel = silent.table("panel").with_columns(offences=pl.lit(None, dtype=pl.UInt16))
    panel.write_parquet(silent.path("panel"))
    more = folder.parent / "RI"
    more.mkdir()
    write_busy_year(more, year=2024, state="RI")
    other = build_dataset(sorted(more.glob("*.zip")), out=folder / "ri", models=())

    with pytest.raises(RequestError, match="two or more, got VT"):
        fit_national({"VT": datasets["VT"], "ND": silent})
    fitted = fit_national({"VT": datasets["VT"], "ND": silent, "RI": other})

    assert list(fitted) == ["VT", "RI"]
    assert load_models(fitted["VT"]).states == ("RI", "VT")


def test_nothing_is_replaced_where_a_state_cannot_be_built(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(folder, "--without-models") == 0
    before = {name: dataset.manifest for name, dataset in built(folder).items()}
    (folder / "NY-2024.zip").write_bytes(b"no zip file")

    assert build(folder, "--together") == 2

    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("ctcrimes: --together: nothing was replaced. NY: NY-2024.zip")
    assert {name: dataset.manifest for name, dataset in built(folder).items()} == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--together", "--without-models"], "expected one of them"),
        (["--together", "--state", "VT"], "expected --state CT,LA or --state all"),
    ],
)
def test_a_model_of_all_needs_several_states_and_models(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert build(folder, *options) == 2
    assert words in capsys.readouterr().err
    assert not (folder.parent / "artifacts").exists()


def test_only_an_evaluation_of_the_model_that_is_served_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(folder, "--together") == 0
    vermont, dakota = (str(built(folder)[name].folder) for name in ("vt-2023-2024", "nd-2024"))
    capsys.readouterr()

    assert main(["evaluate", "volume", vermont, "--save"]) == 2
    assert (
        "has learned from ND, VT; to keep an evaluation of it give --with the datasets of ND"
        in (capsys.readouterr().err)
    )
    assert main(["evaluate", "volume", vermont, "--with", dakota, "--save"]) == 0
    assert main(["evaluate", "volume", vermont, "--with", dakota, vermont]) == 2
    assert "states: expected each once, got VT, ND, VT" in capsys.readouterr().err


def test_a_model_of_one_state_is_not_evaluated_with_others_and_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(folder) == 0
    vermont, dakota = (str(built(folder)[name].folder) for name in ("vt-2023-2024", "nd-2024"))
    capsys.readouterr()

    assert main(["evaluate", "volume", vermont, "--with", dakota, "--save"]) == 2
    assert "has learned from VT; to keep an evaluation of it give the dataset alone" in (
        capsys.readouterr().err
    )
    assert main(["evaluate", "volume", vermont, "--with", dakota, "--json"]) == 0
    assert "served" in json.loads(capsys.readouterr().out)["models"]
    assert MODELS_NAME in built(folder)["vt-2023-2024"].model_files()
