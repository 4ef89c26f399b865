"""How long a visitor waits: the first map, each change, and what goes over the line.

Starts the application under the shipped gunicorn settings and drives a headless Chromium.

``first map``     from the start of the navigation to the first drawn town, cold (nothing kept by
                  the browser, a warm server) and warm (a second visit), in a browser that nobody
                  watches (`unwatched.py` says why); and cold under Playwright's debugger
``compared``      from the choice of another kind of offence for three compared towns to its charts,
                  all of it in the browser; the median of five kinds
``changes``       answers of the server to every callback and table of a walk over all pages, 50th
                  and 95th percentile; each is asked for three times, so two thirds are cached
``transfer``      bytes over the line of a first visit, as compressed
``answers``       the largest JSON answer of a callback, uncompressed

    python benchmarks/pages.py [--dataset DIR] [--rounds 5] [--json]
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from serving import HOST, free_port, wait_for
from unwatched import Unwatched, unwatched

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
REPEATS = 3
TURN = 50  # milliseconds
QUIET_TURNS = 4
WALK = (
    "/",
    "/?measure=count&of=larceny",
    "/?measure=change&year=2023",
    "/?measure=forecast",
    "/town/hartford",
    "/town/hartford?of=burglary&year=2022",
    "/town/hartford?horizon=60",
    "/town/new-haven?origin=2024-06-30",
    "/town/avon",
    "/compare",
    "/compare?towns=hartford,new-haven,avon",
    "/risk",
    "/risk?towns=hartford&hour=22",
    "/risk?towns=avon&hour=3",
    "/officers",
    "/officers?scope=hartford",
    "/methods",
)
DRAWN = "document.querySelector('#map .choroplethlayer path')"
COMPARISON = "/compare?towns=hartford,new-haven,avon"
COMPARED_KINDS = ("burglary", "larceny", "robbery", "assault", "drugs")
COMPARED = "document.querySelectorAll('.js-plotly-plot .trace').length > 0"
COMPARED_ANEW = (
    "charts.length === before.length"
    " && charts.slice(0, 2).every((chart, at) =>"
    " chart.data !== before[at] && chart.querySelector('.trace'))"
)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one round measured; seconds and bytes."""

    first_map_cold: float
    first_map_warm: float
    first_map_watched: float
    compared_change: float
    transfer_first_visit: int
    change_median: float
    change_p95: float
    largest_answer: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", type=Path, default=ROOT / "artifacts" / "ct-demo")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with (
        served(options.dataset) as address,
        unwatched() as reader,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        visit_once(browser, address=address)
        rounds = [measure(browser, reader=reader, address=address) for _ in range(options.rounds)]
        browser.close()
    medians = {
        name: statistics.median(asdict(each)[name] for each in rounds) for name in asdict(rounds[0])
    }
    if options.json:
        print(json.dumps(medians))
        return
    for name, value in medians.items():
        print(f"{name:24s} {value:12,.3f}" if value < PATIENCE else f"{name:24s} {value:12,.0f}")


@contextmanager
def served(dataset: Path) -> Iterator[str]:
    """The application on a free port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ, "CTCRIMES_DATASET": str(dataset), "CTCRIMES_CACHE_DIR": cache,
            "CTCRIMES_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
        command = [*gunicorn, "--access-logfile", os.devnull, "--bind", f"{HOST}:{port}"]
        command.append("wsgi:server")
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 - our own server
        try:
            wait_for(f"http://{HOST}:{port}/ready", patience=PATIENCE)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait()


def visit_once(browser: Browser, *, address: str) -> None:
    """Warm both workers."""
    for _ in range(REPEATS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#map .choroplethlayer path", state="attached")
        context.close()


def measure(browser: Browser, *, reader: Unwatched, address: str) -> Figures:
    """One round."""
    profile = reader.new_context()
    cold, warm = (opened(reader, address=address, profile=profile) for _ in range(2))
    compared = changed_comparison(reader, address=address, profile=profile)
    reader.end_context(profile)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    watched, transfer = first_map(context, address=address)
    context.close()
    seconds, sizes = walked(browser, address=address)
    return Figures(
        first_map_cold=cold,
        first_map_warm=warm,
        first_map_watched=watched,
        compared_change=compared,
        transfer_first_visit=transfer,
        change_median=statistics.median(seconds),
        change_p95=statistics.quantiles(seconds, n=20)[-1],
        largest_answer=max(sizes),
    )


def opened(reader: Unwatched, *, address: str, profile: str) -> float:
    """Seconds until a town is drawn."""
    tab = reader.open(address, context=profile, drawn=DRAWN, patience=PATIENCE)
    tab.close()
    return tab.opened


def changed_comparison(reader: Unwatched, *, address: str, profile: str) -> float:
    """Seconds until the charts of three compared towns show another kind of offence; median."""
    tab = reader.open(f"{address}{COMPARISON}", context=profile, drawn=COMPARED, patience=PATIENCE)
    seconds = [
        tab.change(f"{COMPARISON}&of={kind}", drawn=COMPARED_ANEW) for kind in COMPARED_KINDS
    ]
    tab.close()
    return statistics.median(seconds)


def first_map(context: BrowserContext, *, address: str) -> tuple[float, int]:
    """Seconds until a town is drawn, and bytes over the line until nothing more comes."""
    page = context.new_page()
    received: list[int] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda said: received.append(said["encodedDataLength"]))
    page.add_init_script(
        "new MutationObserver((_, watcher) => { if (" + DRAWN + ") {"
        "performance.mark('drawn'); watcher.disconnect(); } })"
        ".observe(document, { childList: true, subtree: true });"
    )
    page.goto(address)
    page.wait_for_selector("#map .choroplethlayer path", state="attached")
    page.wait_for_load_state("networkidle")
    milliseconds: float = page.evaluate("performance.getEntriesByName('drawn')[0].startTime")
    page.close()
    return milliseconds / 1000, sum(received)


def walked(browser: Browser, *, address: str) -> tuple[list[float], list[int]]:
    """Seconds at the server of each callback and table, and bytes of each callback's answer."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    seconds: list[float] = []
    answers: list[Response] = []
    pending: set[Request] = set()
    page.on("request", lambda request: pending.add(request))  # noqa: PLW0108 - a method will not do
    page.on("requestfailed", lambda request: pending.discard(request))  # noqa: PLW0108 - likewise
    page.on("requestfinished", lambda request: pending.discard(request))  # noqa: PLW0108 - likewise
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - likewise
    for path in WALK * REPEATS:
        go(page, address=address, path=path, pending=pending)
    sizes = []
    for answer in answers:
        is_callback = "/_dash-update-component" in answer.url
        if not is_callback and "/data/" not in answer.url:
            continue
        timing = answer.request.timing
        seconds.append((timing["responseStart"] - timing["requestStart"]) / 1000)
        if is_callback and answer.status == 200:  # noqa: PLR2004 - HTTP
            sizes.append(len(answer.body()))
    context.close()
    return seconds, sizes


def go(page: Page, *, address: str, path: str, pending: set[Request]) -> None:
    """To a page and until nothing more comes, within the running application."""
    if page.url == "about:blank":
        page.goto(f"{address}{path}")
    else:
        page.evaluate("path => window.ctcrimes.go(path)", path)
    quiet = 0
    while quiet < QUIET_TURNS:
        page.wait_for_timeout(TURN)
        quiet = 0 if pending else quiet + 1


if __name__ == "__main__":
    main()
