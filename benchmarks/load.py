"""How many requests a second two workers answer, and whether their memory stays flat.

Starts the application under the shipped gunicorn settings, once with the cache in a folder and once
in Redis, and beside it, in the same run, a bare Dash callback that returns a constant. Threads send
a mix of pages, callbacks and downloads at a steady rate, which is raised until the 95th percentile
passes 200 ms or an answer is missing.

``rate``       the highest rate, in requests per second, at which the 95th percentile of the time to
               the whole answer stays under 200 ms and nothing fails; time that a request waits for
               its turn in the client counts
``share``      of the bare callback's rate
``memory``     resident megabytes of the largest worker before and after many requests, and the
               growth over the second half of them; workers are not recycled meanwhile

    python benchmarks/load.py [--dataset DIR] [--seconds 15] [--requests 20000] [--answers-mb 32]
                              [--json]

Client and server share the machine: on two cores the client's part is in the figures, for the bare
callback as well.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from serving import HOST, free_port, wait_for
from visits import CALLBACK, Asked, message, mix

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 90.0  # seconds
BOUND = 0.2  # seconds: what the 95th percentile must stay under
THREADS = 32
FIRST_RATE = 10.0  # requests per second
AS_FAST_AS_POSSIBLE = 1e9  # requests per second
STEPS = 12  # at most, of the search for the highest rate
CLOSE = 1.06  # the search ends when the bounds are as near
OK = 200
BARE = """
import dash
from dash import Input, Output, dcc, html

app = dash.Dash("bare")
app.layout = html.Div([dcc.Location(id="location"), html.Div(id="page")])


@app.callback(Output("page", "children"), Input("location", "pathname"))
def show(_):
    return "constant"


app.server.add_url_rule("/ready", view_func=lambda: "OK")
app.server.test_client().get("/")
server = app.server
"""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What one rate led to; rates in requests per second, times in seconds."""

    wanted: float
    reached: float
    median: float
    p95: float
    failed: int
    asked: int

    @property
    def holds(self) -> bool:
        """Whether the server kept up."""
        return self.failed == 0 and self.p95 < BOUND and self.reached > 0.95 * self.wanted


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Resident megabytes of the largest worker, before, between and after two halves."""

    before: float
    middle: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one server can do."""

    name: str
    best: Tried | None
    share: float | None = None
    memory: Memory | None = None
    tried: tuple[Tried, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server."""

    port: int
    pid: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", type=Path, default=ROOT / "artifacts" / "ct-demo")
    parser.add_argument("--seconds", type=float, default=15.0, help="at each rate")
    parser.add_argument("--requests", type=int, default=20_000, help="for the memory; 0 for none")
    parser.add_argument(
        "--answers-mb", type=int, default=32, help="kept by each worker; 0 for none"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = list(measured(options))
    if options.json:
        print(json.dumps([asdict(each) for each in found]))
        return
    for each in found:
        print(told(each))


def measured(options: argparse.Namespace) -> Iterator[Found]:
    """The bare callback, then the application with each kind of cache."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "bare.py").write_text(BARE)
        bare_request = Asked(path=CALLBACK, body=message("page.children", "/", None))
        with served("bare:server", work=work, settings={"PYTHONPATH": str(work)}) as server:
            bare = searched("bare Dash callback", [bare_request], server=server, options=options)
        yield bare
        asked = mix()
        settings = {
            "CTCRIMES_DATASET": str(options.dataset),
            "CTCRIMES_LOG_LEVEL": "WARNING",
            "CTCRIMES_ANSWERS_MB": str(options.answers_mb),
        }
        in_folder = {**settings, "CTCRIMES_CACHE_DIR": str(work / "cache")}
        yield application("file cache", asked, settings=in_folder, bare=bare, options=options)
        if shutil.which("redis-server") is None:
            print("no redis-server on the path: not measured with Redis", file=sys.stderr)
            return
        with redis(work) as url:
            in_redis = {**settings, "CTCRIMES_CACHE_URL": url}
            yield application("Redis", asked, settings=in_redis, bare=bare, options=options)


def application(
    name: str,
    asked: Sequence[Asked],
    *,
    settings: Mapping[str, str],
    bare: Found,
    options: argparse.Namespace,
) -> Found:
    """The highest rate of the application, and its memory."""
    with (
        tempfile.TemporaryDirectory() as work,
        served("wsgi:server", work=Path(work), settings=settings) as server,
    ):
        found = searched(name, asked, server=server, options=options)
        rate = found.best.reached if found.best else FIRST_RATE
        half = options.requests // 2
        grown = grown_by(asked, server=server, rate=rate, half=half) if half else None
    of_bare = found.best.reached / bare.best.reached if found.best and bare.best else None
    return Found(
        name=name,
        best=found.best,
        share=of_bare,
        memory=grown,
        tried=found.tried,
    )


def grown_by(asked: Sequence[Asked], *, server: Served, rate: float, half: int) -> Memory:
    """The memory while twice as many requests as ``half`` are answered."""
    before = memory(server.pid)
    sent(asked, server=server, rate=rate, count=half)
    middle = memory(server.pid)
    sent(asked, server=server, rate=rate, count=half)
    return Memory(before=before, middle=middle, after=memory(server.pid))


def told(found: Found) -> str:
    """A line of the report."""
    if found.best is None:
        return f"{found.name:20s} no rate holds"
    best = found.best
    line = (
        f"{found.name:20s} {best.reached:7.1f} requests/s, median {best.median * 1000:5.0f} ms, "
        f"95th percentile {best.p95 * 1000:5.0f} ms"
    )
    if found.share is not None:
        line += f", {found.share:.0%} of the bare callback"
    if found.memory is not None:
        grown = found.memory
        line += (
            f"; worker {grown.before:.0f} MB, later {grown.after:.0f} MB "
            f"({grown.after - grown.middle:+.1f} MB in the second half)"
        )
    return line


def searched(
    name: str, asked: Sequence[Asked], *, server: Served, options: argparse.Namespace
) -> Found:
    """The highest rate that holds: doubled until one does not, then halved between the two."""
    sent(
        asked, server=server, rate=AS_FAST_AS_POSSIBLE, count=min(2 * len(asked), 2 * 1152)
    )  # warm both workers
    low: Tried | None = None
    high, rate = float("inf"), FIRST_RATE
    tried: list[Tried] = []
    for _ in range(STEPS):
        count = max(20, int(rate * options.seconds))
        last = sent(asked, server=server, rate=rate, count=count)
        tried.append(last)
        print(f"  {name}: {last}", file=sys.stderr)
        if last.holds:
            low = last
        else:
            high = rate
        bottom = low.wanted if low else 0.0
        if high / max(bottom, 1.0) < CLOSE:
            break
        rate = rate * 2 if high == float("inf") else (bottom + high) / 2
    return Found(name=name, best=low, tried=tuple(tried))


def sent(asked: Sequence[Asked], *, server: Served, rate: float, count: int) -> Tried:
    """Send so many requests at a steady rate; each has its moment, however late the others are."""
    numbers, guard = iter(range(count)), threading.Lock()
    seconds: list[float] = []
    failures: list[str] = []
    started = time.perf_counter()

    def work() -> None:
        connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE)
        while True:
            with guard:
                number = next(numbers, None)
            if number is None:
                break
            # The moment that it was to be sent counts, not the one when a thread was free.
            due = started + number / rate if rate < AS_FAST_AS_POSSIBLE else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            problem = answered(connection, asked[number % len(asked)])
            if problem:
                failures.append(problem)
                connection.close()
            seconds.append(time.perf_counter() - due)
        connection.close()

    run_together(work)
    lasted = time.perf_counter() - started
    for each in sorted(set(failures))[:3]:
        print(f"  failed: {each}", file=sys.stderr)
    return Tried(
        wanted=rate,
        reached=count / lasted,
        median=statistics.median(seconds),
        p95=statistics.quantiles(seconds, n=20)[-1],
        failed=len(failures),
        asked=count,
    )


def answered(connection: http.client.HTTPConnection, asked: Asked) -> str:
    """Send one request and read its answer; what was wrong with it, or nothing."""
    headers = {"Accept-Encoding": "br, gzip", "Content-Type": "application/json"}
    method = "GET" if asked.body is None else "POST"
    # gunicorn closes a connection when its worker is replaced: a browser asks again, once.
    for is_last in (False, True):
        try:
            connection.request(method, asked.path, body=asked.body, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if is_last:
                return repr(error)
        else:
            return "" if answer.status == OK else f"{answer.status} {method} {asked.path}"
    return ""


def run_together(work: Callable[[], None]) -> None:
    """Run a function in all threads until each has ended."""
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def memory(master: int) -> float:
    """Resident megabytes of the largest worker."""
    tasks = Path(f"/proc/{master}/task").glob("*/children")
    workers = [child for task in tasks for child in task.read_text().split()]
    pages = [int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in workers]
    return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def served(module: str, *, work: Path, settings: Mapping[str, str]) -> Iterator[Served]:
    """A server under the shipped settings; its workers are not recycled."""
    port = free_port()
    # Nothing but what was set here decides.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CTCRIMES_")}
    environment = {**kept, "WEB_CONCURRENCY": "2", "CTCRIMES_CACHE_DIR": str(work / "cache")}
    environment |= settings
    environment.pop("PORT", None)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    options = ["--bind", f"{HOST}:{port}", "--access-logfile", os.devnull, "--max-requests", "0"]
    log = (work / "log").open("w")
    process = subprocess.Popen([*gunicorn, *options, module], cwd=ROOT, env=environment, stderr=log)  # noqa: S603 - our own server
    try:
        wait_for(f"http://{HOST}:{port}/ready", patience=PATIENCE)
        yield Served(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait()
        log.close()


@contextmanager
def redis(work: Path) -> Iterator[str]:
    """A Redis of our own that saves nothing."""
    port = free_port()
    command = [
        "redis-server",
        "--bind",
        HOST,
        "--port",
        str(port),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    process = subprocess.Popen([*command, "--dir", str(work)], stdout=subprocess.DEVNULL)  # noqa: S603 - our own server
    try:
        yield f"redis://{HOST}:{port}/0"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
