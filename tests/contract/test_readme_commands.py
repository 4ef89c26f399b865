"""The commands in the table of README.md run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bundles import write_year
from tests.support.town_maps import zipped_shapefile

ROOT = Path(__file__).parents[2]
DATASET = Path("artifacts") / "NAME"

NOT_RUN = {
    "ctcrimes fetch --state CT --years 2021-2024 --to bundles": "needs the FBI's server",
    "ctcrimes build ... --out s3://bucket/artifacts/NAME": (
        "needs object storage; test_object_storage.py builds into one"
    ),
    "ctcrimes build bundles --state all --out artifacts --workers 4": (
        "needs the workers of a cluster; test_cluster.py builds with them"
    ),
    "ctcrimes serve [artifacts/NAME]": "test_commands_of_documents.py starts it",
    "ctcrimes demo --to bundles/demo": (
        "simulates four years; test_demo_artifact.py simulates them again"
    ),
}
"""Commands that are only parsed, by test_commands_of_documents.py, each with the reason."""


def with_bundles(folder: Path, _: Path) -> None:
    (folder / "bundles").mkdir()
    write_year(folder / "bundles", year=2024)


def with_demo(folder: Path, _: Path) -> None:
    shutil.copytree(ROOT / "artifacts" / "ct-demo", folder / DATASET)


def with_small_dataset(folder: Path, small: Path) -> None:
    shutil.copytree(small, folder / DATASET)


def with_census_file(folder: Path, _: Path) -> None:
    (folder / "SOURCE").write_bytes(zipped_shapefile())


def built(folder: Path, _: str) -> bool:
    return (folder / DATASET / "manifest.json").is_file()


def described(_: Path, printed: str) -> bool:
    return '"synthetic": true' in printed


def forecast(_: Path, printed: str) -> bool:
    return "30 days from 2024-12-31" in printed


def judged(folder: Path, printed: str) -> bool:
    return "served: " in printed and any((folder / DATASET).glob("evaluation-*.json"))


def mapped(folder: Path, _: str) -> bool:
    return '"FeatureCollection"' in (folder / "FILE").read_text(encoding="utf-8")


RUN: dict[str, tuple[Callable[[Path, Path], None], Callable[[Path, str], bool]]] = {
    "ctcrimes build bundles/*.zip --out artifacts/NAME": (with_bundles, built),
    "ctcrimes describe artifacts/NAME --json": (with_demo, described),
    "ctcrimes forecast artifacts/NAME hartford": (with_demo, forecast),
    "ctcrimes evaluate volume artifacts/NAME --save": (with_small_dataset, judged),
    "ctcrimes evaluate risk artifacts/NAME --save": (with_small_dataset, judged),
    "ctcrimes boundaries SOURCE --state VT --out FILE": (with_census_file, mapped),
}
"""What a command finds in an empty folder, and what must be true after it."""


def test_every_command_of_the_table_is_run_or_says_why_not() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(ctcrimes [^`]+)`", text, flags=re.MULTILINE)

    assert sorted(told) == sorted([*RUN, *NOT_RUN])


@pytest.mark.slow
@pytest.mark.parametrize("command", sorted(RUN))
def test_a_command_of_the_table_runs(command: str, simulated_folder: Path, tmp_path: Path) -> None:
    prepare, check = RUN[command]
    prepare(tmp_path, simulated_folder)
    installed = tmp_path / ".bin" / "ctcrimes"
    installed.parent.mkdir()
    run = "import sys; from core.cli import main; sys.exit(main())"
    installed.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{run}" "$@"\n', encoding="utf-8")
    installed.chmod(0o755)
    path = f"{installed.parent}:{os.environ['PATH']}"

    done = subprocess.run(  # noqa: S603 - the README's own words
        ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert check(tmp_path, done.stdout)
