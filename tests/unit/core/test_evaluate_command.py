"""``ctcrimes evaluate`` on a small dataset: what it prints, and what it keeps."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core import model_commands
from core.cli import main
from core.dataset import open_dataset


@pytest.fixture
def folder(small_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_folder, tmp_path / "small"))


REPORT = {
    "models": {"one": {"wape": 0.25, "log_loss_13": float("nan")}, "two": {"wape": 0.5}},
    "served": "one",
    "bands": ({"width": float("inf")},),
}


@pytest.fixture
def made_report(monkeypatch: pytest.MonkeyPatch) -> None:
    class Made:
        def as_json(self) -> dict[str, Any]:
            return REPORT

    monkeypatch.setattr(model_commands, "volume_report_of", lambda *_, **__: Made())
    monkeypatch.setattr(model_commands, "risk_report_of", lambda _: None)
    monkeypatch.setattr(model_commands, "risk_report_to_json", lambda _: REPORT)


@pytest.mark.usefixtures("made_report")
@pytest.mark.parametrize("kind", ["volume", "risk"])
def test_an_evaluation_is_kept_as_it_is_printed(
    folder: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = open_dataset(folder)

    assert main(["evaluate", kind, str(folder), "--json", "--save"]) == 0

    printed = json.loads(capsys.readouterr().out)
    kept = open_dataset(folder).evaluation(kind)
    assert kept is not None
    assert kept["evaluated"]["dataset_sha256"] == before.content_sha256
    assert {key: value for key, value in kept.items() if key != "evaluated"} == printed
    assert printed["models"]["one"] == {"wape": 0.25, "log_loss_13": None}
    assert printed["bands"] == [{"width": None}]


@pytest.mark.usefixtures("made_report")
def test_nothing_is_kept_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert main(["evaluate", "volume", str(folder)]) == 0

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    header, one, two, served = capsys.readouterr().out.splitlines()
    assert "wape" in header
    assert one.split()[:2] == ["one", "0.2500"]
    assert two.split()[:2] == ["two", "0.5000"]
    assert served == "served: one"


def test_the_classifiers_of_a_dataset_are_compared(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "risk", str(folder), "--save", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    served = report["models"][report["served"]]
    assert 0 < served["log_loss_13"] < report["models"]["overall"]["log_loss_13"]
    assert report["slices"]["test"] == "2024-01-01"
    kept = open_dataset(folder).evaluation("risk")
    assert kept is not None
    assert kept["models"] == report["models"]
