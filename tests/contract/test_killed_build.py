"""A build that is killed leaves the old dataset or the new one, never a half."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from core.build import build_dataset
from core.dataset import Dataset, open_dataset
from core.nibrs.schema import Era
from tests.support.bundles import make_bundle, write_bundle

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).resolve().parents[2]
_MOMENTS = 20
_PATIENCE = 60.0  # seconds
# Says when everything is loaded, so that the kill falls into the build.
_BUILD = """
import sys
from pathlib import Path
from core.build import build_dataset
import core.demo.bundles

print("ready", flush=True)
sys.stdin.readline()
build_dataset([Path(sys.argv[1])], out=Path(sys.argv[2]), models=())
print("built", flush=True)
sys.stdin.readline()
"""


def start(bundle: Path, *, out: Path) -> "subprocess.Popen[bytes]":
    """A process that builds as soon as it is told."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _BUILD, str(bundle), str(out)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdin.write(b"go\n")
    process.stdin.flush()
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(timeout=_PATIENCE)
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()


def seconds_of_a_build(bundle: Path, *, out: Path) -> float:
    process = start(bundle, out=out)
    started = time.monotonic()
    assert process.stdout is not None
    assert process.stdout.readline() == b"built\n"
    lasted = time.monotonic() - started
    end(process)
    return lasted


def content(dataset: Dataset) -> dict[str, str]:
    """The hash of every file: what was built, but for the moment of it."""
    return {name: record.sha256 for name, record in dataset.manifest.files.items()}


def test_a_build_that_is_killed_leaves_the_old_dataset_or_the_new_one(tmp_path: Path) -> None:
    bundles = [
        write_bundle(tmp_path, make_bundle(Era.CURRENT, year=year), name=f"VT-{year}.zip")
        for year in (2023, 2024)
    ]
    right = [
        content(build_dataset([bundle], out=tmp_path / f"right-{n}", models=()))
        for n, bundle in enumerate(bundles)
    ]
    folder = tmp_path / "killed"
    lasted = max(seconds_of_a_build(bundle, out=folder) for bundle in bundles)
    shown, dice, kept = 1, Random(6), 0
    for moment in range(_MOMENTS):
        following = 1 - shown
        process = start(bundles[following], out=folder)
        # One in each of twenty stretches of a build, anywhere in it.
        time.sleep(lasted * (moment + dice.random()) / _MOMENTS)
        end(process)
        found = content(open_dataset(folder))
        assert found in (right[shown], right[following])
        kept += found == right[shown]
        shown = following if found == right[following] else shown
    assert kept > 0, "no kill came before the end of a build"
    # What a killed build left is removed by the next one.
    finished = build_dataset([bundles[0]], out=folder, models=())
    assert content(finished) == right[0]
    listed = {record.file for record in finished.manifest.files.values()}
    assert {path.name for path in folder.iterdir()} == {*listed, "manifest.json"}


def test_a_first_build_that_is_killed_is_no_dataset_or_a_whole_one(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path, make_bundle(Era.CURRENT), name="VT-2024.zip")
    lasted = seconds_of_a_build(bundle, out=tmp_path / "whole")
    right = content(open_dataset(tmp_path / "whole"))
    for moment in range(4):
        folder = tmp_path / f"first-{moment}"
        process = start(bundle, out=folder)
        time.sleep(lasted * (moment + 0.5) / 4)
        end(process)
        if (folder / "manifest.json").exists():
            assert content(open_dataset(folder)) == right
