"""A headless Chromium that nobody watches, to time pages as a reader's browser draws them.

A debugger that is told of every script and console line (`Runtime.enable` of the DevTools protocol,
which Playwright always sends) makes V8 note where each function of a stack stands whenever a script
throws. Plotly's bundle throws and catches while it starts, and V8 parses it three times more: about
half a second that no reader waits for. This browser is spoken to over a pipe and only asked for
values afterwards.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

WINDOW = (1440, 900)
_TURN = 0.1
_PIECE = 65_536
_END = b"\0"
# The browser reads commands from descriptor 3 and writes answers to 4.
_READS, _WRITES = 3, 4


class BrowserError(RuntimeError):
    """The browser refused a command or did not draw in time."""


@dataclass(kw_only=True)
class Unwatched:
    """A running browser: commands go out, answers come in, both as JSON ended by a zero byte."""

    commands: int
    answers: int
    _asked: int = 0
    _received: bytes = field(default=b"", repr=False)

    def ask(
        self, method: str, *, session: str | None = None, **parameters: object
    ) -> dict[str, Any]:
        """Send one command and wait for its answer.

        Raises:
            BrowserError: the browser refused the command or closed the pipe.
        """
        self._asked += 1
        command = {"id": self._asked, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        os.write(self.commands, json.dumps(command).encode() + _END)
        while (answer := self._next()).get("id") != self._asked:
            pass
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while _END not in self._received:
            piece = os.read(self.answers, _PIECE)
            if not piece:
                raise BrowserError("Chromium closed its pipe: start it by hand to see why.")
            self._received += piece
        line, self._received = self._received.split(_END, 1)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def new_context(self) -> str:
        """A profile that has kept nothing."""
        context: str = self.ask("Target.createBrowserContext")["browserContextId"]
        return context

    def end_context(self, context: str) -> None:
        """Forget what the profile has kept."""
        self.ask("Target.disposeBrowserContext", browserContextId=context)

    def open(self, address: str, *, context: str, drawn: str, patience: float) -> "Tab":
        """Go to an address in a new tab and wait until an expression of the page is true.

        Args:
            address: where to go.
            context: the profile to open the tab in.
            drawn: JavaScript; looked at whenever the document changes.
            patience: seconds after which to give up.

        Raises:
            BrowserError: it was not true in time.
        """
        target: str = self.ask("Target.createTarget", url="about:blank", browserContextId=context)[
            "targetId"
        ]
        session: str = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable", session=session)
        self.ask(
            "Page.addScriptToEvaluateOnNewDocument",
            session=session,
            source="new MutationObserver((_, watcher) => { if (" + drawn + ") {"
            "globalThis.tookUntilDrawn = performance.now(); watcher.disconnect(); } })"
            ".observe(document, { childList: true, subtree: true });",
        )
        self.ask("Page.navigate", session=session, url=address)
        tab = Tab(browser=self, target=target, session=session, patience=patience)
        tab.opened = tab.seconds("tookUntilDrawn")
        return tab


@dataclass(kw_only=True)
class Tab:
    """An open page; `opened` is how many seconds it took from the start of the navigation."""

    browser: Unwatched
    target: str
    session: str
    patience: float
    opened: float = 0.0

    def change(self, path: str, *, drawn: str) -> float:
        """Seconds from going to an address within the application until an expression is true.

        Args:
            path: where to go.
            drawn: JavaScript; may use `before`, the traces of each chart when the change began, and
                `charts`, the charts of now; looked at before each frame.

        Raises:
            BrowserError: it was not true in time.
        """
        self.browser.ask(
            "Runtime.evaluate",
            session=self.session,
            expression="{ delete globalThis.tookToChange; const started = performance.now();"
            "const all = () => [...document.querySelectorAll('.js-plotly-plot')];"
            "const before = all().map((chart) => chart.data);"
            f"const look = () => {{ const charts = all(); if ({drawn})"
            "{ globalThis.tookToChange = performance.now() - started; }"
            "else { requestAnimationFrame(look); } };"
            f"window.ctcrimes.go({json.dumps(path)}); requestAnimationFrame(look); }}",
        )
        return self.seconds("tookToChange")

    def seconds(self, name: str) -> float:
        """What the page noted under a name, once it has.

        Raises:
            BrowserError: it noted nothing in time.
        """
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            time.sleep(_TURN)
            said = self.browser.ask(
                "Runtime.evaluate", session=self.session, expression=f"globalThis.{name}"
            )
            if "value" in said["result"]:
                milliseconds: float = said["result"]["value"]
                return milliseconds / 1000
        raise BrowserError(f"{name}: nothing after {self.patience:.0f} s.")

    def close(self) -> None:
        """Close the page; its profile keeps what it keeps."""
        self.browser.ask("Target.closeTarget", targetId=self.target)


@contextmanager
def unwatched() -> Iterator[Unwatched]:
    """A browser that runs until the block ends."""
    # Ours: commands to it, answers from it. Its own: the other two.
    its_commands, commands = os.pipe()
    answers, its_answers = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        chromium = shutil.which("chromium") or "chromium"
        process = subprocess.Popen(  # noqa: S603 - the system's own browser
            [
                "/bin/sh", "-c",
                # Descriptors are put where the browser looks for them.
                f'exec "$@" {_READS}<&{its_commands} {_WRITES}>&{its_answers}', "sh",
                chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--remote-debugging-pipe",
                f"--window-size={WINDOW[0]},{WINDOW[1]}", f"--user-data-dir={profile}",
            ],
            pass_fds=(its_commands, its_answers), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(its_commands)
        os.close(its_answers)
        try:
            yield Unwatched(commands=commands, answers=answers)
        finally:
            process.terminate()
            process.wait()
            os.close(commands)
            os.close(answers)
