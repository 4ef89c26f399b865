"""Commands that the documents tell: verbs exist, options are known, and what can run here runs."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from core.cli import _parser
from tests.support.redis_server import free_port

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PATIENCE = 60.0
BLOCK = re.compile(r"^```sh\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)

RUN = {"make serve": "started below"}
NOT_RUN = {"make real": "it fetches from the FBI; its commands are parsed"}


def blocks(path: Path) -> list[str]:
    return BLOCK.findall(path.read_text(encoding="utf-8"))


def told_in(path: Path) -> list[str]:
    """Every ``ctcrimes`` command of a document, in blocks and, with options, between words."""
    text = path.read_text(encoding="utf-8")
    lines = [
        line
        for block in blocks(path)
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("ctcrimes ")
    ]
    between = re.findall(r"`(ctcrimes \w+ [^`]+)`", text)
    return lines + [" ".join(each.split()) for each in between]


def words_of(command: str) -> list[str]:
    """The words of a command; what may be left out is there, what is left open is any word."""
    plain = re.sub(r"\s#.*", "", command).replace("[", "").replace("]", "")
    return ["more" if word == "..." else word.replace("...", "") for word in shlex.split(plain)[1:]]


def whole(command: str) -> bool:
    """Whether a command is told with all it needs, and is not a verb with an option of it."""
    words = words_of(command)
    return not (len(words) == 2 and words[1].startswith("--")) and "|" not in words


COMMANDS = [
    pytest.param(command, id=f"{path.name}: {command}")
    for path in DOCUMENTS
    if path.name != "CHANGELOG.md"
    for command in dict.fromkeys(told_in(path))
    if whole(command)
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_told_command_is_one_that_the_program_takes(command: str) -> None:
    _parser().parse_args(words_of(command))


def test_many_commands_are_told() -> None:
    assert len(COMMANDS) > 15


def test_every_block_of_the_readme_is_run_or_said_not_to_be() -> None:
    lines = [line for block in blocks(ROOT / "README.md") for line in block.splitlines()]

    assert sorted(lines) == sorted([*RUN, *NOT_RUN])


@pytest.mark.parametrize("verb", [line.removeprefix("make ") for line in (*RUN, *NOT_RUN)])
def test_what_a_verb_does_are_commands_that_the_program_takes(verb: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(rf"^{verb}:.*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)
    assert recipe is not None, f"make knows no {verb}"
    commands = re.findall(r"\$\(BIN\)/(ctcrimes .*)", recipe[1].replace("$(BUNDLES)", "bundles"))

    assert commands
    for command in commands:
        _parser().parse_args(shlex.split(command)[1:])


@pytest.mark.slow
def test_the_serve_of_the_readme_answers() -> None:
    """What ``make serve`` calls, at a port that is free."""
    port = free_port()
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", "from core.cli import main; main()", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WEB_CONCURRENCY": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert "CT-Crimes" in page_at(f"http://127.0.0.1:{port}/")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


def page_at(address: str) -> str:
    """The page, once the server is there; the bound only ends a broken test."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own server
                text: str = answer.read().decode()
                return text
        except URLError:
            assert time.monotonic() < end, f"{address} does not answer"
            time.sleep(0.1)
