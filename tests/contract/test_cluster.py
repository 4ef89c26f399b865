"""Builds on a real Dask scheduler with worker processes, and what happens when some of it dies."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.build import build_dataset
from core.cluster import scheduled_cluster
from core.daily_counts import DailyCounts
from core.dataset import Dataset, open_dataset
from core.errors import ClusterError
from core.history import History
from core.volume.boosting import DIRECT, raw_scores, training_rows
from core.volume.storage import load_models
from core.volume.training import ManyStates
from core.workers import ALONE, Workers
from tests.support.bundles import write_busy_year, write_year
from tests.support.counts import as_counts, simulated_matrix

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
YEARS = (2022, 2023, 2024)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A scheduler with its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    mark: Path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a scheduler and workers, which do a fault of tests/support/cluster_faults.py."""
    with ExitStack() as stack:

        def run(*command: str, **environment: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(  # noqa: S603 - Dask's own commands
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        def begin(*, workers: int, fault: str = "") -> Running:
            said = tmp_path / "scheduler.json"
            scheduler = run(
                "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                "--no-dashboard", "--scheduler-file", str(said),
            )  # fmt: skip
            address = address_of(said)
            mark = tmp_path / "mark"
            preload = ["--preload", "tests.support.cluster_faults"] if fault else []
            for _ in range(workers):
                run(
                    "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard",
                    "--local-directory", str(tmp_path / "workers"), *preload,
                    CTCRIMES_TEST_FAULT=fault, CTCRIMES_TEST_MARK=str(mark),
                )  # fmt: skip
            return Running(address=address, scheduler=scheduler, mark=mark)

        yield begin


def wait_for(path: Path) -> None:
    """A process tells by a file that it has come so far; the bound only ends a broken test."""
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.05)


def address_of(said: Path) -> str:
    """The scheduler's address, once it has written its file whole."""
    wait_for(said)
    while True:
        with suppress(ValueError):
            address: str = json.loads(said.read_text())["address"]
            return address


@pytest.fixture
def bundles(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "bundles"
    folder.mkdir()
    return [write_year(folder, year=year, shift=1000 * number) for number, year in enumerate(YEARS)]


def build(bundles: list[Path], *, out: Path, options: str) -> subprocess.CompletedProcess[str]:
    asked = ["build", *map(str, bundles), "--out", str(out), "--without-models", "--json"]
    return command([*asked, *options.split()])


def command(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", "import core.cli, sys; sys.exit(core.cli.main())", *words],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=PATIENCE, check=False,
    )  # fmt: skip


def contents(dataset: Dataset) -> dict[str, str]:
    return {name: record.sha256 for name, record in dataset.manifest.files.items()}


def old_dataset(bundles: list[Path], *, out: Path) -> dict[str, str]:
    """What lies in the folder before the build that fails."""
    return contents(build_dataset(bundles[:1], out=out, models=()))


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_a_dataset_of_a_cluster_is_that_of_one_process(
    bundles: list[Path], tmp_path: Path, start: Callable[..., Running]
) -> None:
    cluster = start(workers=2)
    alone = build_dataset(bundles, out=tmp_path / "alone", models=())

    done = build(bundles, out=tmp_path / "together", options=f"--scheduler {cluster.address}")

    assert done.returncode == 0, done.stderr
    assert contents(open_dataset(tmp_path / "together")) == contents(alone)
    assert not list(tmp_path.glob(".*.building"))


def test_worker_processes_of_this_machine_do_the_same(bundles: list[Path], tmp_path: Path) -> None:
    alone = build_dataset(bundles, out=tmp_path / "alone", models=())

    done = build(bundles, out=tmp_path / "together", options="--workers 2")

    assert done.returncode == 0, done.stderr
    assert contents(open_dataset(tmp_path / "together")) == contents(alone)


def test_several_states_are_built_beside_each_other(
    bundles: list[Path], tmp_path: Path, start: Callable[..., Running]
) -> None:
    cluster = start(workers=2)
    folder = bundles[0].parent
    for bundle, year in zip(bundles, YEARS, strict=True):
        bundle.rename(folder / f"VT-{year}.zip")
    write_year(folder, year=2024, state="ND").rename(folder / "ND-2024.zip")

    done = build(
        [folder],
        out=tmp_path / "artifacts",
        options=f"--state all --scheduler {cluster.address}",
    )

    assert done.returncode == 0, done.stderr
    vermont = open_dataset(tmp_path / "artifacts" / "vt-2022-2024")
    again = sorted(folder.glob("VT-*.zip"))
    alone = build_dataset(again, out=tmp_path / "alone", models=())
    assert contents(vermont) == contents(alone)
    assert open_dataset(tmp_path / "artifacts" / "nd-2024").facts.years == (2024,)


def test_a_worker_that_is_killed_in_the_middle_is_replaced(
    bundles: list[Path], tmp_path: Path, start: Callable[..., Running]
) -> None:
    cluster = start(workers=1, fault="die-once")
    alone = build_dataset(bundles, out=tmp_path / "alone", models=())

    done = build(bundles, out=tmp_path / "together", options=f"--scheduler {cluster.address}")

    assert cluster.mark.exists(), "no worker was killed"
    assert done.returncode == 0, done.stderr
    assert contents(open_dataset(tmp_path / "together")) == contents(alone)


def test_a_task_that_kills_every_worker_ends_the_build_in_words(
    bundles: list[Path], tmp_path: Path, start: Callable[..., Running]
) -> None:
    out = tmp_path / "vt"
    before = old_dataset(bundles, out=out)
    cluster = start(workers=1, fault="die")

    done = build(bundles, out=out, options=f"--scheduler {cluster.address}")

    assert done.returncode == 2
    assert re.search(
        r"^ctcrimes: write_parts VT-\d{4}-\d+\.zip: every worker that took it was killed.*memory",
        last_line(done.stderr),
    )
    assert contents(open_dataset(out)) == before
    assert not list(tmp_path.glob(".*.building"))


def test_a_scheduler_that_goes_away_ends_the_build_in_words(
    bundles: list[Path], tmp_path: Path, start: Callable[..., Running]
) -> None:
    out = tmp_path / "vt"
    before = old_dataset(bundles, out=out)
    cluster = start(workers=1, fault="wait")

    with ThreadPoolExecutor(max_workers=1) as pool:
        job = pool.submit(build, bundles, out=out, options=f"--scheduler {cluster.address}")
        wait_for(cluster.mark)
        cluster.scheduler.kill()
        done = job.result()

    assert done.returncode == 2
    assert "is gone; start it again" in last_line(done.stderr)
    assert contents(open_dataset(out)) == before
    assert not list(tmp_path.glob(".*.building"))


def test_a_bundle_that_cannot_be_read_is_told_as_by_one_process(
    bundles: list[Path], tmp_path: Path, start: Callable[..., Running]
) -> None:
    bundles[1].write_bytes(b"no zip file")
    cluster = start(workers=2)

    done = build(bundles, out=tmp_path / "vt", options=f"--scheduler {cluster.address}")

    assert done.returncode == 2
    assert last_line(done.stderr).startswith(f"ctcrimes: {bundles[1].name}")
    assert not (tmp_path / "vt").exists()


@pytest.fixture
def national() -> dict[str, DailyCounts]:
    """Two States of which the second reports a year later."""
    one, other = (
        replace(as_counts(simulated_matrix(days=500, seed=seed), state=state), national=True)
        for seed, state in ((1, "CT"), (2, "VT"))
    )
    return {"CT": one, "VT": replace(other, first_day=date(2021, 1, 1))}


def boosted(cluster: Workers, *, national: dict[str, DailyCounts]) -> NDArray[np.float64]:
    """Raw scores of a booster of both States for days of the second."""
    held = {state: cluster.hold(same, counts) for state, counts in national.items()}
    known = national["VT"].until(date(2021, 12, 31))
    booster = ManyStates(held, workers=cluster).train(known, rounds={DIRECT: 60})[DIRECT]
    x = training_rows(History(known), way=DIRECT).x
    return raw_scores(booster, x=x, rounds=60)


def same(counts: DailyCounts) -> DailyCounts:
    return counts


def test_a_booster_of_all_states_on_a_cluster_is_near_that_of_one_process(
    start: Callable[..., Running], national: dict[str, DailyCounts]
) -> None:
    alone = boosted(ALONE, national=national)
    running = start(workers=2)

    with scheduled_cluster(running.address) as cluster:
        together = boosted(cluster, national=national)

    # Both learn noise alone beside the offset, each from its own bags of the rows.
    assert np.abs(together - alone).mean() < 0.02
    assert np.corrcoef(together, alone)[0, 1] > 0.8


def test_several_states_are_built_together_by_worker_processes(tmp_path: Path) -> None:
    """Whatever LightGBM prints of its ports, the standard output is the report alone."""
    folder = tmp_path / "bundles"
    folder.mkdir()
    for state, shift in (("VT", 0), ("ND", 1)):
        write_busy_year(folder, year=2024, state=state, shift=shift)

    done = command(
        ["build", str(folder), "--state", "all", "--out", str(tmp_path / "out"), "--together",
         "--workers", "2", "--json"]
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert [each["state"] for each in json.loads(done.stdout)] == ["ND", "VT"]
    for name in ("nd-2024", "vt-2024"):
        models = load_models(open_dataset(tmp_path / "out" / name).model_files())
        assert models.states == ("ND", "VT")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_training_that_loses_a_worker_is_begun_again(
    start: Callable[..., Running],
    national: dict[str, DailyCounts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.cluster._GRACE", 0.5)
    running = start(workers=2, fault="die-training-once")

    with scheduled_cluster(running.address) as cluster:
        scores = boosted(cluster, national=national)

    assert running.mark.exists(), "no worker was killed"
    assert np.abs(scores - boosted(ALONE, national=national)).mean() < 0.02


def test_a_training_that_loses_a_worker_each_time_ends_in_words(
    start: Callable[..., Running],
    national: dict[str, DailyCounts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.cluster._GRACE", 0.5)
    running = start(workers=2, fault="die-training")

    with (
        scheduled_cluster(running.address) as cluster,
        pytest.raises(ClusterError, match="on all States: a worker was lost in each of 3 attempts"),
    ):
        boosted(cluster, national=national)


def test_a_training_without_its_scheduler_ends_in_words(
    start: Callable[..., Running], national: dict[str, DailyCounts]
) -> None:
    running = start(workers=1)

    with scheduled_cluster(running.address) as cluster:
        job = cluster.hold(same, national["CT"])
        job.result()
        running.scheduler.kill()
        running.scheduler.wait()
        with pytest.raises(ClusterError, match="is gone; start it again"):
            boosted(cluster, national=national)


def test_no_scheduler_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.cluster._CONNECT", 0.2)

    with (
        pytest.raises(ClusterError, match="there is no Dask scheduler at tcp"),
        scheduled_cluster("tcp://127.0.0.1:1"),
    ):
        pass


def test_a_scheduler_without_workers_is_told_with_what_to_do(start: Callable[..., Running]) -> None:
    cluster = start(workers=0)

    with (
        pytest.raises(ClusterError, match=f"dask worker {cluster.address}"),
        scheduled_cluster(cluster.address, patience=0.2),
    ):
        pass
