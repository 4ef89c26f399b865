"""The documents say what the code does."""

import re
from pathlib import Path

from core.dataset import TABLE_SCHEMAS

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


def test_every_verb_of_the_makefile_has_its_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = re.search(r"^\.PHONY: (.*)$", text, flags=re.MULTILINE)

    assert declared is not None
    explained = re.findall(r"^([a-z]+):.*## ", text, flags=re.MULTILINE)
    assert sorted(explained) == sorted(declared[1].split())


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


OF_THE_TESTS = ("CTCRIMES_HOSTILE_REQUESTS", "CTCRIMES_MANGLED_BUNDLES")


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    name = re.compile(r"CTCRIMES_[A-Z_]+")
    read = set(name.findall((ROOT / "webapp" / "settings.py").read_text(encoding="utf-8")))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(CTCRIMES_[A-Z_]+)`", text, flags=re.MULTILINE)
    assert set(listed) == read
    for file in ("docs/operations.md", "deploy/compose.yaml", "deploy/ctcrimes.service"):
        used = set(name.findall((ROOT / file).read_text(encoding="utf-8")))
        assert used <= {*read, *OF_THE_TESTS}, file


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    files = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}
    for named in re.findall(r"`(?:tests/\w+/)?(test_\w+\.py)`", text):
        assert named in files
    security = files["test_security.py"].read_text(encoding="utf-8")
    for started in re.findall(r"`(test_\w+)(?:…)?`", text):
        assert f"def {started}" in security
