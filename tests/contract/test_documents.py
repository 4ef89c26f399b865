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
    used = set(re.findall(r"^(\w+) =", text, flags=re.MULTILINE))

    assert used <= known
    assert {"bind", "worker_class", "preload_app", "control_socket_disable"} <= used
