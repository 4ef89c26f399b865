"""Who may take part in a build, and who is told what; a real cluster is in tests/contract."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core import __version__
from core.build_command import _written_in
from core.cli import main
from core.cluster import Cluster, local_cluster
from core.errors import ClusterDriverError, ClusterError
from core.workers import ALONE


class MadeClient:
    """A client whose workers say what the test gives them to say."""

    def __init__(self, *, standing: dict[str, tuple[str, bool]], status: str = "running") -> None:
        self.standing = standing
        self.status = status
        self.scheduler = SimpleNamespace(addr="tcp://made:1")

    def run(self, function: Callable[..., Any], folder: Path) -> dict[str, tuple[str, bool]]:
        assert function(folder) == (__version__, folder.is_dir())
        return self.standing

    def scheduler_info(self) -> dict[str, dict[str, object]]:
        return {"workers": dict.fromkeys(self.standing)}


def cluster(**made: Any) -> Cluster:  # noqa: ANN401 - as the client takes it
    client: Any = MadeClient(**made)
    return Cluster(client, patience=60)


def test_workers_that_see_the_folder_may_take_part(tmp_path: Path) -> None:
    cluster(standing={"tcp://a:1": (__version__, True)}).refuse_strangers(folder=tmp_path)


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (("0.0.1", True), "worker tcp://b:1 has ct-crimes 0.0.1"),
        ((__version__, False), "worker tcp://b:1 does not see the folder"),
    ],
)
def test_a_worker_that_cannot_take_part_is_named(
    standing: tuple[str, bool], told: str, tmp_path: Path
) -> None:
    made = cluster(standing={"tcp://a:1": (__version__, True), "tcp://b:1": standing})

    with pytest.raises(ClusterError, match=told):
        made.refuse_strangers(folder=tmp_path)


def test_a_job_is_given_up_when_nobody_has_been_there_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = cluster(standing={})
    now = iter([100.0, 150.0, 161.0])
    monkeypatch.setattr("core.cluster.monotonic", lambda: next(now))

    since = made.refuse_emptiness(None, doing="read")
    assert since == 100.0
    assert made.refuse_emptiness(since, doing="read") == 100.0
    with pytest.raises(ClusterError, match="read: the scheduler tcp://made:1 has had no worker"):
        made.refuse_emptiness(since, doing="read")


def test_a_worker_that_comes_back_ends_the_wait() -> None:
    made = cluster(standing={"tcp://a:1": (__version__, True)})

    assert made.refuse_emptiness(100.0, doing="read") is None


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with (
        pytest.raises(ClusterDriverError, match=r"pip install 'ct-crimes\[cluster\]'"),
        local_cluster(1),
    ):
        pass


@pytest.mark.parametrize("workers", ["0", "-1", "1000"])
def test_a_number_of_workers_that_cannot_be_is_refused(
    workers: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["build", str(tmp_path), "--out", str(tmp_path / "out"), "--workers", workers]

    assert main(asked) == 2
    assert "expected 1 to 256 processes" in capsys.readouterr().err


def test_workers_have_to_see_where_a_dataset_is_written(tmp_path: Path) -> None:
    assert _written_in(str(tmp_path / "artifacts" / "vt")) == tmp_path / "artifacts"
    assert _written_in("s3://bucket/artifacts/vt") == Path(tempfile.gettempdir())


def test_alone_a_task_is_done_when_its_result_is_asked_for() -> None:
    done: list[int] = []

    def task(number: int, *, twice: bool) -> int:
        done.append(number)
        return number * (2 if twice else 1)

    jobs = [ALONE.start(task, number, twice=True) for number in (1, 2)]
    assert done == []
    assert [job.result() for job in jobs] == [2, 4]
    assert done == [1, 2]
