"""The files of the folder deploy, as far as they can be checked without what they are for."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_DEPLOY = _ROOT / "deploy"
_LARGEST_EXPOSURE = 2.0  # of 10, as systemd-analyze weighs it


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The systemd unit with a program that is there."""
    text = (_DEPLOY / "ctcrimes.service").read_text()
    command = "/srv/ct-crimes/.venv/bin/gunicorn"
    assert command in text
    path = tmp_path / "ctcrimes.service"
    path.write_text(text.replace(command, "/bin/true"))
    return path


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on the path")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - fixed


def test_the_unit_is_one_that_systemd_takes(unit: Path) -> None:
    checked = systemd_analyze("verify", str(unit))
    assert (checked.returncode, checked.stderr.strip()) == (0, "")


def test_the_unit_exposes_little(unit: Path) -> None:
    weighed = systemd_analyze("security", "--offline=true", str(unit)).stdout
    found = re.search(r"exposure level for \S+: ([0-9.]+)", weighed)
    assert found is not None
    assert float(found[1]) <= _LARGEST_EXPOSURE


def test_the_container_takes_what_it_needs_and_nothing_else() -> None:
    ignored = (_ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (_DEPLOY / "Dockerfile").read_text(), re.MULTILINE
    )
    assert {source for line in copied for source in line.split()} == allowed
    for source in allowed:
        assert (_ROOT / source).exists()


def test_no_container_runs_as_root_or_can_write_its_program() -> None:
    dockerfile = (_DEPLOY / "Dockerfile").read_text()
    assert re.search(r"^USER ctcrimes$", dockerfile, re.MULTILINE)
    compose = (_DEPLOY / "compose.yaml").read_text()
    assert compose.count("read_only: true") == 3
    assert compose.count("no-new-privileges:true") == 2
