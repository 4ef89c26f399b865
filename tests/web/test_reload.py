"""New data, new workers and an orderly end, under the shipped settings of gunicorn."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.dataset import MANIFEST_NAME
from tests.support.gunicorn_server import Gunicorn
from tests.support.small_dataset import write_small_dataset

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> dict[str, str]:
    return {"CTCRIMES_ARTIFACTS": str(folder.parent), "CTCRIMES_CACHE_DIR": str(tmp_path / "cache")}


def ask_meanwhile(server: Gunicorn, path: str) -> Callable[[], tuple[int, bytes]]:
    """Ask in a thread; the answer is had by calling what is returned."""
    answers: list[tuple[int, bytes]] = []
    thread = threading.Thread(target=lambda: answers.append(server.get(path)))
    thread.start()

    def answer() -> tuple[int, bytes]:
        thread.join()
        return answers[0]

    return answer


def test_a_hangup_brings_new_workers_and_new_data_and_ends_no_request(
    folder: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    module = "tests.support.slow_application:server"
    with Gunicorn(work=tmp_path, settings=settings, module=module) as server:
        old = set(server.workers())
        slow = ask_meanwhile(server, "/test/slow")
        write_small_dataset(folder.parent / "newer", synthetic=False)
        server.wait_until(lambda: len(server.workers()) == 2)
        server.reload()
        server.wait_until(
            lambda: len(old & set(server.workers())) == 0, seconds=server.recovery + 3
        )
        assert slow() == (200, b"done")
        assert server.ready()["datasets"] == ["newer", "small"]
        assert server.status("/data/map.csv?data=newer") == 200


def test_a_termination_finishes_what_was_asked(settings: dict[str, str], tmp_path: Path) -> None:
    module = "tests.support.slow_application:server"
    server = Gunicorn(work=tmp_path, settings=settings, module=module)
    with server:
        slow = ask_meanwhile(server, "/test/slow")
        server.wait_until(lambda: server.status("/health") == 200)
        threading.Event().wait(0.5)  # until the slow one is being answered
        server.terminate()
        assert slow() == (200, b"done")
        assert server.wait() == 0
        assert server.status("/health") == 0


def fully_started(server: Gunicorn) -> bool:
    """Whether two workers answer, of which each has opened what was on disk."""
    return server.log.count("showing dataset") >= 2


def test_a_new_manifest_is_taken_up_by_every_worker_and_a_bad_one_by_none(
    folder: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    named = {**settings, "CTCRIMES_DATASET": "small"}
    few = ("--max-requests", "40", "--max-requests-jitter", "0")
    with Gunicorn(work=tmp_path, settings=named, options=few) as server:
        server.wait_until(lambda: fully_started(server))
        workers, before = server.workers(), server.ready()["dataset_sha256"]
        manifest = folder / MANIFEST_NAME
        good = manifest.read_bytes()
        manifest.write_bytes(good[:-30])
        server.wait_until(
            lambda: (
                server.log.count("the new dataset is refused") == 2
                or server.status("/ready") != 200
            ),
            seconds=server.recovery,
        )
        # A recycled worker would have nothing to show.
        for _ in range(100):
            assert server.status("/town/alder") == 200
        assert server.workers() == workers
        told = server.ready()
        assert told["dataset_sha256"] == before
        assert str(manifest) in told["refused"]

        write_small_dataset(folder, synthetic=True)

        def all_new() -> bool:
            told = [server.ready() for _ in range(12)]
            return all(each["synthetic"] and not each["refused"] for each in told)

        server.wait_until(all_new, seconds=server.recovery)


def test_a_restart_with_a_damaged_dataset_says_so_until_it_is_mended(
    folder: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    manifest = folder / MANIFEST_NAME
    good = manifest.read_bytes()
    manifest.write_text("{")
    named = {**settings, "CTCRIMES_DATASET": "small"}
    with Gunicorn(work=tmp_path, settings=named) as server:
        status, body = server.get("/")
        assert status == 503
        assert "could not be opened" in body.decode()
        assert "Traceback" not in body.decode()
        assert server.status("/ready") == 503
        assert server.status("/health") == 200
        manifest.write_bytes(good)
        server.wait_until(
            lambda: [server.status("/town/alder") for _ in range(12)] == [200] * 12,
            seconds=server.recovery,
        )


def test_workers_count_together_and_their_successors_go_on(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with Gunicorn(work=tmp_path, settings={**settings, "CTCRIMES_METRICS": "on"}) as server:

        def counted() -> int:
            text = server.get("/metrics")[1].decode()
            found = re.search(r'requests_total\{kind="data",status="200"\} (\d+)', text)
            return int(found[1]) if found else 0

        before = counted()
        for _ in range(20):
            assert server.status("/data/map.csv") == 200
        assert counted() == before + 20
        old = set(server.workers())
        server.reload()
        server.wait_until(lambda: len(old & set(server.workers())) == 0)
        assert counted() == before + 20
        pids = re.findall(r'memory_bytes\{pid="(\d+)"\}', server.get("/metrics")[1].decode())
        assert 1 <= len(pids) <= 4
