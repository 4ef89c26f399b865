"""docs/library.md lists what others may call; each has an example that runs."""

import doctest
import importlib
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.bundles import write_year

ROOT = Path(__file__).parents[2]
LISTED = re.findall(
    r"^\| `(core\.[\w.]+)` \|",
    (ROOT / "docs" / "library.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in (ROOT / "core").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def module_of(name: str) -> ModuleType:
    return importlib.import_module(name)


def examples_in(module: ModuleType) -> dict[str, doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    return {test.name: test for test in found if test.examples}


def test_the_list_names_no_function_twice() -> None:
    assert len(LISTED) > 10
    assert len(set(LISTED)) == len(LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_a_listed_function_is_public_and_has_an_example(name: str) -> None:
    module_name, _, function = name.rpartition(".")
    module = module_of(module_name)

    assert function in module.__all__
    assert name in examples_in(module)


def test_a_function_with_an_example_of_a_dataset_is_listed() -> None:
    """Examples of small helpers may stand in modules that are not listed."""
    modules = {name.rpartition(".")[0] for name in LISTED}
    told = {name for module in modules for name in examples_in(module_of(module))}

    assert told == set(LISTED)


@pytest.mark.parametrize("module_name", MODULES)
def test_the_examples_say_what_comes_out(
    module_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    given: dict[str, Any] = {"bundle": write_year(tmp_path, year=2024), "folder": tmp_path}
    said: list[str] = []
    note: Callable[[str], object] = said.append
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    for test in examples_in(module_of(module_name)).values():
        test.globs.update(given)
        runner.run(test, out=note)

    assert runner.summarize(verbose=False).failed == 0, "".join(said)
