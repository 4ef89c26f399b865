"""The documents say what the code does."""

import re
import subprocess
from pathlib import Path

import pytest

from core.dataset import TABLE_SCHEMAS
from core.features import FEATURES as VOLUME_FEATURES
from core.risk.contexts import FEATURES as RISK_FEATURES

ROOT = Path(__file__).parents[2]


def documented_tables() -> dict[str, list[tuple[str, str]]]:
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    row = re.compile(r"^\| `(\w+)` \| (\w+) \|", flags=re.MULTILINE)
    return {section.split("\n", 1)[0]: row.findall(section) for section in sections}


def test_every_table_and_column_of_a_dataset_is_documented() -> None:
    documented = documented_tables()
    for section in ("Models", "Evaluations", "manifest.json"):
        documented.pop(section)

    assert documented == {
        name: [(column, type(dtype).__name__) for column, dtype in schema.items()]
        for name, schema in TABLE_SCHEMAS.items()
    }


@pytest.mark.parametrize(
    ("document", "columns"), [("volume.md", VOLUME_FEATURES), ("risk.md", RISK_FEATURES)]
)
def test_what_a_model_knows_is_published(document: str, columns: tuple[str, ...]) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    table = re.search(r"^\| Feature \|.*\n\|.*\n((?:\|.*\n)+)", text, flags=re.MULTILINE)
    assert table is not None
    rows = [row.split("|")[1] for row in table[1].splitlines()]

    assert tuple(re.findall(r"`(\w+)`", " ".join(rows))) == columns


def test_every_verb_of_the_makefile_has_its_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = re.search(r"^\.PHONY: (.*)$", text, flags=re.MULTILINE)

    assert declared is not None
    explained = re.findall(r"^([a-z]+):.*## ", text, flags=re.MULTILINE)
    assert sorted(explained) == sorted(declared[1].split())


def test_the_help_of_the_makefile_fits_on_one_screen() -> None:
    lines = subprocess.run(
        ["make", "--no-print-directory", "help"],  # noqa: S607 - the one that runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert 10 < len(lines) <= 24
    assert [line for line in lines if len(line) > 80] == []


def test_every_setting_of_gunicorn_is_one_that_it_knows() -> None:
    """gunicorn ignores unknown names silently."""
    from gunicorn.config import KNOWN_SETTINGS  # noqa: PLC0415 - only this test needs it

    known = {setting.name for setting in KNOWN_SETTINGS}
    text = (ROOT / "gunicorn.conf.py").read_text(encoding="utf-8")
    used = set(re.findall(r"^([a-z]\w*) =", text, flags=re.MULTILINE))
    hooks = set(re.findall(r"^def ([a-z]\w*)\(", text, flags=re.MULTILINE))

    assert used | hooks <= known
    assert {"bind", "worker_class", "preload_app", "control_socket_disable"} <= used
    assert {"on_starting", "pre_fork", "post_request", "child_exit"} <= hooks


SETTING = re.compile(r"CTCRIMES_[A-Z_]+")
OF_GUNICORN = re.compile(r"""os\.environ(?:\.get\(|\[)["']([A-Z]\w+)["']""")
OF_THE_TESTS = re.compile(r"""["'](CTCRIMES_[A-Z_]+)["']""")
BETWEEN_PROCESSES = {"CTCRIMES_TEST_FAULT", "CTCRIMES_TEST_MARK"}
"""What a test tells a process that it starts: nobody sets them."""


def text_of(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def listed_in(document: str) -> set[str]:
    """The variables that begin a row of a table."""
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", text_of(ROOT / document), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"[A-Z_]+", row)}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    settings, gunicorn = ROOT / "webapp" / "settings.py", ROOT / "gunicorn.conf.py"
    read = {*SETTING.findall(text_of(settings)), *OF_GUNICORN.findall(text_of(gunicorn))}

    assert {"PORT", "WEB_CONCURRENCY", "CTCRIMES_DATASET"} <= read
    assert listed_in("README.md") == read


def test_no_other_setting_is_named_in_the_program_or_in_its_documents() -> None:
    program = [*(ROOT / "core").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")]
    deployed = [ROOT / name for name in ("gunicorn.conf.py", "wsgi.py", "Procfile")]
    deployed += [path for path in (ROOT / "deploy").iterdir() if path.is_file()]
    assert set(SETTING.findall(text_of(*program, *deployed))) <= listed_in("README.md")

    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    known = listed_in("README.md") | listed_in("CONTRIBUTING.md")
    assert set(SETTING.findall(text_of(*documents))) <= known


def test_every_variable_of_the_tests_is_documented_and_every_documented_one_is_read() -> None:
    here = Path(__file__).name
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path.name != here]
    used = set(OF_THE_TESTS.findall(text_of(*tests)))

    assert used - BETWEEN_PROCESSES - listed_in("README.md") == listed_in("CONTRIBUTING.md")


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    files = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}
    for named in re.findall(r"`(?:tests/\w+/)?(test_\w+\.py)`", text):
        assert named in files
    security = files["test_security.py"].read_text(encoding="utf-8")
    for started in re.findall(r"`(test_\w+)(?:…)?`", text):
        assert f"def {started}" in security


@pytest.mark.parametrize("document", ["architecture.md", "changing.md", "testing.md"])
def test_every_path_in_a_guide_to_the_code_exists(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:core|webapp|tests|scripts|assets|benchmarks)/[\w/.-]*)`", text)

    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
