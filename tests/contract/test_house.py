"""The rules of docs/architecture.md that an import contract cannot say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")])
WEB = [path for path in MODULES if path.is_relative_to(ROOT / "webapp")]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50  # lines without the docstring: what a screen shows
LONGEST_CALLBACK = 15
CHANGING = {
    *("add", "append", "clear", "discard", "extend", "insert", "move_to_end"),
    *("pop", "popitem", "remove", "setdefault", "update"),
}
READERS = {
    "webapp/settings.py",
    "webapp/metrics.py",  # a folder that gunicorn.conf.py names to its own workers
}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def length(function: ast.FunctionDef) -> int:
    """Lines from ``def`` to the end, the docstring left out."""
    assert function.end_lineno is not None
    docstring = ast.get_docstring(function, clean=False)
    told = 0 if docstring is None else docstring.count("\n") + 1
    return function.end_lineno - function.lineno + 1 - told


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_module_is_longer_than_can_be_read() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert len(lengths) > 150
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_needs_scrolling() -> None:
    found = {
        f"{short(path)}: {function.name}": length(function)
        for path in MODULES
        for function in functions(parsed(path))
    }

    assert len(found) > 1500
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}


def test_a_callback_parses_calls_and_returns() -> None:
    found = {
        f"{short(path)}: {function.name}": length(function)
        - (function.body[0].lineno - function.lineno)
        for path in WEB
        for function in functions(parsed(path))
        if any("callback" in ast.unparse(each) for each in function.decorator_list)
    }

    assert found
    assert {name: lines for name, lines in found.items() if lines > LONGEST_CALLBACK} == {}


def test_one_module_reads_the_environment() -> None:
    reading = {
        short(path)
        for path in WEB
        if re.search(r"\bos\.(?:environ|getenv)\b|import environ|import getenv", path.read_text())
    }

    assert reading == READERS


def names_of_module(tree: ast.Module) -> set[str]:
    targets = [
        target
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def changes(tree: ast.Module) -> Iterator[str]:
    """Each place that changes what a module holds, as source."""
    names = names_of_module(tree)

    def held(node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in names

    for node in ast.walk(tree):
        match node:
            case ast.Global():
                yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)):
                if held(value) and attr in CHANGING:
                    yield ast.unparse(node)
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                if held(value):
                    yield ast.unparse(node)


@pytest.mark.parametrize(
    "source",
    [
        "KEPT = []\ndef keep(x):\n    KEPT.append(x)",
        "KEPT: dict = {}\ndef keep(x):\n    KEPT[x] = 1",
        "KEPT = 0\ndef keep():\n    global KEPT\n    KEPT += 1",
        "KEPT = {}\ndef drop(x):\n    del KEPT[x]",
    ],
)
def test_a_change_of_what_a_module_holds_is_seen(source: str) -> None:
    assert list(changes(ast.parse(source)))


def test_no_module_changes_what_it_holds() -> None:
    """Two browsers never see each other's state when no module has any."""
    found = {short(path): list(changes(parsed(path))) for path in MODULES}

    assert {name: sources for name, sources in found.items() if sources} == {}


@pytest.mark.parametrize("package", ["core", "webapp"])
def test_the_plan_shows_every_room_and_every_room_it_shows_is_there(package: str) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    part = re.search(rf"^{package}/(?: .*)?\n(?:  .*\n)+", text, flags=re.MULTILINE)
    assert part is not None
    shown = set(re.findall(r"\b\w+(?:\.py|/)", part[0]))
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / package).iterdir()
        if not path.name.startswith("_") and path.name != "py.typed"
    }
    modules = {path.name for path in [*(ROOT / package).rglob("*.py"), *ROOT.glob("*.py")]}

    assert rooms - shown == set()
    assert {name for name in shown if name.endswith(".py")} - modules == set()
