"""Servers under the shipped gunicorn settings, and a browser that must stay on this machine."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlparse
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright

from core.build import build_dataset
from core.dataset import MANIFEST_NAME
from core.demo.bundles import write_demo_bundles
from tests.support.redis_server import free_port
from tests.support.small_dataset import write_small_dataset
from webapp.settings import DEMO_DATASET

_ROOT = Path(__file__).resolve().parents[2]
_HOST = "127.0.0.1"
_PATIENCE = 90.0  # seconds: a busy machine starts slowly
_BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A browser context with what it did wrong so far."""

    context: BrowserContext
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def serve(folder: Path, *, cache: Path, artifacts: Path | None = None) -> Iterator[str]:
    """Run gunicorn as it is shipped on a free port; yields the address.

    Args:
        folder: The dataset shown.
        cache: Folder of the cache.
        artifacts: Folder of further datasets that can be chosen; by default that of the dataset.
    """
    port = free_port()
    environment = {
        **os.environ,
        "CTCRIMES_DATASET": str(folder),
        "CTCRIMES_ARTIFACTS": str(artifacts or folder.parent),
        "CTCRIMES_CACHE_DIR": str(cache),
        "CTCRIMES_LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": "2",
    }
    environment.pop("PORT", None)
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--bind",
               f"{_HOST}:{port}", "--access-logfile", os.devnull, "wsgi:server"]  # fmt: skip
    with (cache.parent / f"gunicorn-{port}.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own server
        try:
            _wait_until_ready(f"http://{_HOST}:{port}/ready", process=process)
            yield f"http://{_HOST}:{port}"
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _wait_until_ready(url: str, *, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"gunicorn did not answer at {url} within {_PATIENCE} s")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset of its own: tests damage and replace it."""
    made = tmp_path / "artifacts" / "small"
    write_small_dataset(made, synthetic=False)
    return made


@pytest.fixture(scope="session")
def connecticut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the simulated Connecticut: the one of the repository, else a fresh one."""
    folder = _ROOT / "artifacts" / DEMO_DATASET
    if not (folder / MANIFEST_NAME).is_file():
        work = tmp_path_factory.mktemp("demo")
        folder = build_dataset(write_demo_bundles(work / "bundles"), out=work / DEMO_DATASET).folder
    with serve(folder, cache=tmp_path_factory.mktemp("web") / "cache") as address:
        yield address


@pytest.fixture(scope="session")
def small(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the made-up dataset."""
    with serve(small_folder, cache=tmp_path_factory.mktemp("web") / "cache") as address:
        yield address


@pytest.fixture(scope="session")
def forecasting(forecast_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the made-up dataset and models fitted on it."""
    with serve(forecast_folder, cache=tmp_path_factory.mktemp("web") / "cache") as address:
        yield address


@pytest.fixture(scope="session")
def mapless(mapless_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a State without a map."""
    with serve(mapless_folder, cache=tmp_path_factory.mktemp("web") / "cache") as address:
        yield address


@pytest.fixture(scope="module")
def serve_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Serve any dataset until the module's tests have run."""
    with ExitStack() as stack:

        def start(folder: Path) -> str:
            return stack.enter_context(
                serve(folder, cache=tmp_path_factory.mktemp("web") / "cache")
            )

        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or whichever is on the path."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium on the path: the browser tests cannot run here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(_BROWSER_FLAGS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a browser of its own; every way off this machine fails the test."""
    opened: list[Watched] = []

    def open_page(
        url: str, *, width: int = 1440, theme: str = "light", touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=touch,
            is_mobile=touch,
        )
        watched = Watched(context=context)
        opened.append(watched)
        context.route("**/*", lambda route, request: _guard(route, request, watched=watched))
        page = context.new_page()
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("console", lambda said: _note(said.type, said.text, watched=watched))
        page.goto(url)
        page.wait_for_selector("h1")
        return page

    yield open_page
    for watched in opened:
        watched.context.close()
    assert [url for watched in opened for url in watched.foreign] == []
    assert [error for watched in opened for error in watched.errors] == []


def _guard(route: Route, request: Request, *, watched: Watched) -> None:
    address = urlparse(request.url)
    if address.scheme in ("http", "https", "ws", "wss") and address.hostname != _HOST:
        watched.foreign.append(request.url)
        route.abort()
    else:
        route.continue_()


def _note(kind: str, text: str, *, watched: Watched) -> None:
    """Keep what the console calls an error, but for the 404 that a test asks for."""
    if kind == "error" and "status of 404" not in text:
        watched.errors.append(text)
