"""Faults of a server that is being asked all the time.

Each: no wrong answer, no request lost but those in flight on a process that was killed, and all
well again within ten seconds.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from core.dataset import MANIFEST_NAME
from tests.support.gunicorn_server import Gunicorn
from tests.support.redis_server import RedisServer
from tests.support.small_dataset import write_small_dataset
from tests.support.visitors import Asked, Visitors, asked_of, right_answers

pytestmark = pytest.mark.slow

_THREADS = 4
_DAY = 86_400  # seconds
_AFTER = 2.0  # seconds of asking that must go well after the recovery
_PLACES = ("alder", "birch", "cedar", "dogwood", "elm", "fir", "state-police", "campus-university")
_ASKED = asked_of(_PLACES, years=(2023, 2024))
_ANYWHERE = "http://127.0.0.1:1"


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "CTCRIMES_DATASET": str(folder),
        "CTCRIMES_ARTIFACTS": str(folder.parent),
        "CTCRIMES_CACHE_DIR": str(tmp_path / "cache"),
        # Kept answers would spare the cache that is broken here.
        "CTCRIMES_ANSWERS_MB": "0",
        "WEB_CONCURRENCY": "2",
    }


@pytest.fixture
def server(settings: dict[str, str], tmp_path: Path) -> Iterator[Gunicorn]:
    with Gunicorn(work=tmp_path, settings=settings) as running:
        running.wait_until(
            lambda: running.log.count("showing dataset") >= 2 or both_answer(running)
        )
        yield running


def both_answer(server: Gunicorn) -> bool:
    """Whether two workers are there and the server answers."""
    return len(server.workers()) == 2 and server.status("/ready") == 200


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, dict[Asked, bytes]]:
    """The right answers of the dataset of reported offences, and of the simulated one (true)."""
    found = {}
    for synthetic in (False, True):
        work = tmp_path_factory.mktemp("right")
        folder = work / "artifacts" / "small"
        write_small_dataset(folder, synthetic=synthetic)
        found[synthetic] = right_answers(
            folder, asked=_ASKED, cache=work / "cache", address=_ANYWHERE
        )
    return found


def answers_of(server: Gunicorn, *versions: dict[Asked, bytes]) -> dict[Asked, list[bytes]]:
    """For each request every answer that is right, under the server's own address."""
    here, there = f"127.0.0.1:{server.port}/".encode(), b"127.0.0.1:1/"
    return {
        asked: [version[asked].replace(there, here) for version in versions] for asked in _ASKED
    }


@contextmanager
def asked_all_the_time(
    server: Gunicorn, answers: dict[Asked, list[bytes]], *, may_lose: int
) -> Iterator[Visitors]:
    """Hurt the server in the body; afterwards it must be well within ten seconds."""
    with Visitors(server.port, answers=answers, threads=_THREADS) as visitors:
        server.wait_until(lambda: len(visitors.happened.answered) > 50)
        yield visitors
        hurt = time.monotonic()
        server.wait_until(lambda: both_answer(server), seconds=server.recovery)
        well = time.monotonic()
        assert well - hurt < server.recovery
        time.sleep(_AFTER)
    happened = visitors.happened
    assert happened.wrong == []
    assert visitors.lost_since(well) == []
    assert len(happened.lost) <= may_lose, happened.lost
    assert len([when for when in happened.answered if when > well]) > 20


def test_a_worker_is_killed(server: Gunicorn, versions: dict[bool, dict[Asked, bytes]]) -> None:
    answers = answers_of(server, versions[False])
    with asked_all_the_time(server, answers, may_lose=_THREADS):
        killed = server.workers()[0]
        os.kill(killed, signal.SIGKILL)
        server.wait_until(lambda: killed not in server.workers(), seconds=server.recovery)


def test_all_workers_are_killed_one_after_another(
    server: Gunicorn, versions: dict[bool, dict[Asked, bytes]]
) -> None:
    answers = answers_of(server, versions[False])
    with asked_all_the_time(server, answers, may_lose=2 * _THREADS):
        for killed in server.workers():
            os.kill(killed, signal.SIGKILL)
            has_gone = partial(_is_gone, server, killed)
            server.wait_until(has_gone, seconds=server.recovery)


def _is_gone(server: Gunicorn, worker: int) -> bool:
    return worker not in server.workers()


def test_the_cache_folder_is_deleted(
    server: Gunicorn, settings: dict[str, str], versions: dict[bool, dict[Asked, bytes]]
) -> None:
    cache = Path(settings["CTCRIMES_CACHE_DIR"])
    answers = answers_of(server, versions[False])
    with asked_all_the_time(server, answers, may_lose=0):
        for _ in range(5):
            shutil.rmtree(cache, ignore_errors=True)
            time.sleep(0.3)
        server.wait_until(lambda: any(cache.glob("*")), seconds=server.recovery)


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount something over a folder, where this machine lets us."""
    folder.mkdir(exist_ok=True)
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.geteuid() != 0:
        pytest.skip("only root can mount")
    done = subprocess.run([mount, *options, str(folder)], capture_output=True, check=False)  # noqa: S603 - fixed
    if done.returncode:
        pytest.skip(f"this machine mounts nothing: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run([umount, "--lazy", str(folder)], check=True)  # noqa: S603 - fixed


def test_the_disk_of_the_cache_is_full(
    settings: dict[str, str], tmp_path: Path, versions: dict[bool, dict[Asked, bytes]]
) -> None:
    cache = Path(settings["CTCRIMES_CACHE_DIR"])
    tiny = ("--types", "tmpfs", "--options", "size=128k,mode=0700", "tmpfs")
    with mounted(cache, *tiny), Gunicorn(work=tmp_path, settings=settings) as server:
        answers = answers_of(server, versions[False])
        with asked_all_the_time(server, answers, may_lose=0):
            server.wait_until(lambda: "No space left" in server.log, seconds=server.recovery)
        complaints = server.log.count("cannot be written: pages are slower")
        assert 1 <= complaints <= 4
        assert not [part for part in cache.glob("tmp*") if time.time() - part.stat().st_mtime > 5]


def test_the_cache_folder_becomes_read_only_and_is_mended(
    server: Gunicorn, settings: dict[str, str], versions: dict[bool, dict[Asked, bytes]]
) -> None:
    cache = Path(settings["CTCRIMES_CACHE_DIR"])
    answers = answers_of(server, versions[False])
    with asked_all_the_time(server, answers, may_lose=0):
        with mounted(cache, "--types", "tmpfs", "--options", "ro,mode=0700", "tmpfs"):
            server.wait_until(
                lambda: "Read-only file system" in server.log, seconds=server.recovery
            )
            time.sleep(1.0)
        shutil.rmtree(cache, ignore_errors=True)
        server.wait_until(lambda: "well again" in server.log, seconds=server.recovery)


@pytest.mark.redis
@pytest.mark.parametrize("hurt", ["killed", "frozen"])
def test_redis_goes_away_and_comes_back(
    settings: dict[str, str],
    tmp_path: Path,
    versions: dict[bool, dict[Asked, bytes]],
    redis_server: RedisServer,
    hurt: str,
) -> None:
    with_redis = {**settings, "CTCRIMES_CACHE_URL": redis_server.url}
    with Gunicorn(work=tmp_path, settings=with_redis) as server:
        answers = answers_of(server, versions[False])
        with asked_all_the_time(server, answers, may_lose=0):
            away: tuple[Callable[[], None], Callable[[], None]] = (
                (redis_server.kill, redis_server.start)
                if hurt == "killed"
                else (redis_server.freeze, redis_server.thaw)
            )
            away[0]()
            server.wait_until(lambda: "cannot be read" in server.log, seconds=server.recovery)
            time.sleep(1.0)
            away[1]()
            server.wait_until(lambda: "well again" in server.log, seconds=server.recovery)
        assert redis_server.client.dbsize() > 0


@pytest.mark.parametrize("megabytes", ["0", "32"])
def test_the_dataset_is_replaced(
    settings: dict[str, str],
    folder: Path,
    tmp_path: Path,
    versions: dict[bool, dict[Asked, bytes]],
    megabytes: str,
) -> None:
    keeping = {**settings, "CTCRIMES_ANSWERS_MB": megabytes}
    with Gunicorn(work=tmp_path, settings=keeping) as server:
        server.wait_until(lambda: both_answer(server))
        answers = answers_of(server, versions[False], versions[True])
        with asked_all_the_time(server, answers, may_lose=0):
            write_small_dataset(folder, synthetic=True)
            server.wait_until(
                lambda: all(server.ready()["synthetic"] for _ in range(8)),
                seconds=server.recovery,
            )
        newest = answers_of(server, versions[True])
        with asked_all_the_time(server, newest, may_lose=0):
            pass


def test_the_clock_is_changed(
    settings: dict[str, str],
    tmp_path: Path,
    versions: dict[bool, dict[Asked, bytes]],
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    changeable = {**settings, "TEST_CLOCK": str(clock), "CTCRIMES_RATE_LIMIT": "100000/minute"}
    module = "tests.support.clock_application:server"
    with Gunicorn(work=tmp_path, settings=changeable, module=module) as server:
        server.wait_until(lambda: both_answer(server))
        workers = server.workers()
        answers = answers_of(server, versions[False])
        with asked_all_the_time(server, answers, may_lose=0):
            for days in (400, -400, 0):
                clock.write_text(str(days * _DAY))
                time.sleep(1.5)
        assert server.workers() == workers
        assert '"level": "ERROR"' not in server.log


def test_the_dataset_is_damaged_and_mended(
    server: Gunicorn, folder: Path, versions: dict[bool, dict[Asked, bytes]]
) -> None:
    answers = answers_of(server, versions[False])
    with asked_all_the_time(server, answers, may_lose=0):
        good = (folder / MANIFEST_NAME).read_bytes()
        (folder / MANIFEST_NAME).write_bytes(good[: len(good) // 2])
        server.wait_until(
            lambda: "the new dataset is refused" in server.log, seconds=server.recovery
        )
        time.sleep(1.0)
        (folder / MANIFEST_NAME).write_bytes(good)
        server.wait_until(
            lambda: not any(server.ready()["refused"] for _ in range(8)), seconds=server.recovery
        )


def test_a_server_that_is_ended_finishes_what_was_asked(
    server: Gunicorn, versions: dict[bool, dict[Asked, bytes]]
) -> None:
    answers = answers_of(server, versions[False])
    with Visitors(server.port, answers=answers, threads=_THREADS) as visitors:
        server.wait_until(lambda: len(visitors.happened.answered) > 50)
        server.terminate()
        assert server.wait() == 0
    happened = visitors.happened
    assert happened.wrong == []
    # Who asks while the door is closed is refused; nobody waits for an answer that never comes.
    assert {why for _, why in happened.lost if "refused" not in why and "reset" not in why} == set()
