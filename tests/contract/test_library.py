"""Core as a library, and what the documents say of the program as a whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import __version__
from core.dataset import open_dataset
from scripts.write_results import results_of, with_results

ROOT = Path(__file__).parents[2]
WEB = (
    "dash",
    "dash_bootstrap_components",
    "plotly",
    "flask",
    "flask_caching",
    "gunicorn",
    "webapp",
)
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys({web!r}))
import core
names = [found.name for found in pkgutil.walk_packages(core.__path__, "core.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_of_core_can_be_imported_without_the_web() -> None:
    assert int(run("-c", IMPORT_ALL.format(web=WEB))) > 80


@pytest.mark.parametrize("package", ["core", "webapp"])
def test_the_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("example", sorted(path.name for path in (ROOT / "examples").glob("*.py")))
def test_every_example_runs_on_the_demo(example: str) -> None:
    assert "simulated" in run(f"examples/{example}")


def test_every_subcommand_is_in_the_readme_and_every_one_there_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `ctcrimes (\w+)", text, flags=re.MULTILINE))
    helped = run("-c", "from core.cli import main; main(['--help'])")

    assert documented == set(re.findall(r"^    ([a-z]+)(?: |$)", helped, flags=re.MULTILINE))


def test_the_citation_is_of_this_version() -> None:
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"\nversion: {__version__}\n" in cited
    assert f"\n## {__version__}\n" in changes


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://)([^)#\s]+)(?:#[^)]*)?\)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def anchors_of(document: Path) -> set[str]:
    """What GitHub calls the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_into_a_document_finds_its_heading() -> None:
    found = 0
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        text = document.read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\((?!https?://)([^)#\s]*)#([^)]+)\)", text):
            into = document.parent / target if target else document
            assert anchor in anchors_of(into), f"{document.name}: {target}#{anchor}"
            found += 1
    assert found > 10


def test_the_results_that_are_told_are_those_of_the_committed_dataset() -> None:
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    results = results_of(open_dataset(ROOT / "artifacts" / "ct-demo"))

    assert "simulated" in results
    assert text == with_results(text, results=results)
    assert results in text
