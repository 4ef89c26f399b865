"""The workers of a Dask cluster; the only module that knows Dask.

Tasks and results go between machines by Dask's own protocol, which unpickles: a scheduler must be
as trusted as the machine itself. Nothing of it comes from a disk.
"""

import logging
import os
from asyncio import CancelledError as LoopCancelledError
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import Future as Outcome
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from core import __version__
from core.errors import ClusterDriverError, ClusterError
from core.features import FEATURES
from core.workers import Job, Workers

if TYPE_CHECKING:
    from dask.array import Array
    from distributed import Client, Future
    from lightgbm import Booster
    from numpy.typing import NDArray

    from core.volume.boosting import Rows

__all__ = ["Cluster", "local_cluster", "scheduled_cluster"]

_ONLY_ERRORS = logging.getLogger(f"{__name__}.lightgbm")
_ONLY_ERRORS.setLevel(logging.ERROR)

_Result = TypeVar("_Result")

_TURN: Final = 2.0  # seconds between two looks at who is there
_CONNECT: Final = 10.0  # seconds
_PATIENCE: Final = 60.0  # seconds without any worker
_TRAININGS: Final = 3
_STANDARD_OUTPUT: Final = 1
_TELLING: Final = 5.0  # seconds in which a scheduler has heard of a worker's end
_TOGETHER: Final = "training on all States"
_GRACE: Final = 10.0  # seconds in which LightGBM notices that a peer is gone


@dataclass(frozen=True, kw_only=True)
class _ClusterJob(Generic[_Result]):
    cluster: "Cluster"
    future: "Future[Any]"
    name: str

    def result(self) -> _Result:
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - of an extra

        alone_since: float | None = None
        while True:
            try:
                result: _Result = self.future.result(timeout=_TURN)
            except KilledWorker as error:
                raise ClusterError(
                    f"{self.name}: every worker that took it was killed, most often for want of "
                    "memory; give the workers more of it (dask worker --memory-limit), or start "
                    "fewer on a machine"
                ) from error
            except (CancelledError, LoopCancelledError) as error:
                raise self.cluster.without_scheduler(self.name) from error
            except OSError as error:
                if self._is_of_the_task(error):
                    raise
                if not isinstance(error, TimeoutError):
                    raise self.cluster.without_scheduler(self.name) from error
                alone_since = self.cluster.refuse_emptiness(alone_since, doing=self.name)
            else:
                return result

    def _is_of_the_task(self, error: OSError) -> bool:
        """Whether the task raised it, and not the way to the scheduler."""
        return self.future.status == "error" and type(self.future.exception()) is type(error)


class Cluster(Workers):
    """Workers of a Dask cluster that see the same folders as this process."""

    def __init__(
        self, client: "Client", *, patience: float = _PATIENCE, shares_output: bool = False
    ) -> None:
        """Work with a connected client.

        Args:
            client: The client; whoever made it closes it.
            patience: Seconds without any worker after which a job is given up.
            shares_output: Whether what workers print comes out of this process.
        """
        self._client = client
        self._shares_output = shares_output
        self._patience = patience

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return str(self._client.scheduler.addr) if self._client.scheduler else "of the cluster"

    def start(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> _ClusterJob[_Result]:
        """Hand a task to the scheduler; a worker that dies with it is replaced by another."""
        given = [each.future if isinstance(each, _ClusterJob) else each for each in arguments]
        future = self._client.submit(task, *given, pure=False, **options)
        names = [each.name for each in arguments if isinstance(each, Path)]
        return _ClusterJob(
            cluster=self, future=future, name=" ".join([task.__name__.strip("_"), *names])
        )

    def hold(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> _ClusterJob[_Result]:
        """As :meth:`start`: a result stays where it was made, and is made again if that dies."""
        return self.start(task, *arguments, **options)

    def boost(
        self, parts: Sequence[Job["Rows"]], *, parameters: Mapping[str, object], rounds: int
    ) -> "Booster":
        """Train by LightGBM's own Dask interface: each worker on the rows that it has made.

        A training is lost with any of the workers that take part, so it is then begun again.

        Raises:
            ClusterError: A worker was lost in each of three trainings.
            NothingToLearnError: There is no row.
        """
        from core.volume.boosting import refuse_no_rows  # noqa: PLC0415 - it imports LightGBM

        jobs = [part for part in parts if isinstance(part, _ClusterJob)]
        for _ in range(_TRAININGS):
            rows = [self.start(_row_count, job) for job in jobs]
            counts = [job.result() for job in rows]
            refuse_no_rows(sum(counts))
            there = set(self._client.scheduler_info()["workers"])
            training = self._train(
                [job.future for job, count in zip(jobs, counts, strict=True) if count],
                counts=[count for count in counts if count],
                estimator={**parameters, "n_estimators": rounds},
            )
            booster = self._grown(training, there=there)
            if booster is not None:
                return booster
        raise ClusterError(
            f"{_TOGETHER}: a worker was lost in each of {_TRAININGS} attempts, most often for want "
            "of memory; give the workers more of it (dask worker --memory-limit), or start fewer "
            "on a machine"
        )

    def _train(
        self, parts: Sequence["Future[Any]"], *, counts: list[int], estimator: dict[str, Any]
    ) -> Outcome["Booster"]:
        """Begin a training in a thread, which nothing waits for when the command ends."""
        from lightgbm import DaskLGBMRegressor, register_logger  # noqa: PLC0415 - with Dask alone

        # It prints of the ports that it finds, and warns of a default of its own.
        register_logger(_ONLY_ERRORS)
        if self._shares_output:
            self._client.run(_close_output)

        # Each worker has as many threads as it was started with.
        estimator.pop("num_threads", None)
        model = DaskLGBMRegressor(client=self._client, **estimator)
        x, y, start = (
            _column(parts, name, counts=counts, width=width)
            for name, width in (("x", (len(FEATURES),)), ("y", ()), ("offset", ()))
        )
        outcome: Outcome[Booster] = Outcome()

        def train() -> None:
            try:
                with self._client.as_current():
                    fitted = model.fit(x, y, init_score=start, feature_name=list(FEATURES))
                outcome.set_result(fitted.booster_)
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                outcome.set_exception(error)

        Thread(target=train, daemon=True).start()
        return outcome

    def _grown(self, training: Outcome["Booster"], *, there: set[str]) -> "Booster | None":
        """The model, or None where a worker that was there at the beginning was lost."""
        lost_since: float | None = None
        while True:
            try:
                return training.result(timeout=_TURN)
            except (CancelledError, LoopCancelledError) as error:
                raise self.without_scheduler(_TOGETHER) from error
            except Exception as error:
                if training.done():
                    if self._hears_of_a_loss(there):
                        return None
                    raise
                if not isinstance(error, TimeoutError):
                    raise
            if self._lost(there):
                lost_since = lost_since or monotonic()
                if monotonic() - lost_since > _GRACE:
                    self._free_the_others(there)
                    return None

    def _free_the_others(self, there: set[str]) -> None:
        """Restart workers that wait for a lost one: LightGBM does so for two hours."""
        waiting = sorted(there & set(self._client.scheduler_info()["workers"]))
        try:
            self._client.restart_workers(waiting)
        except (TimeoutError, ValueError) as error:
            raise ClusterError(
                f"{_TOGETHER}: a worker went away and {', '.join(waiting) or 'nobody'} waits for "
                f"it, and does not restart ({error}); start the workers again, with their nanny, "
                "and repeat the command"
            ) from error

    def _hears_of_a_loss(self, there: set[str]) -> bool:
        """Whether a worker is gone; its peers may know before the scheduler does."""
        end = monotonic() + _TELLING
        while not self._lost(there):
            if monotonic() > end:
                return False
            sleep(_TELLING / 50)
        return True

    def _lost(self, there: set[str]) -> bool:
        if self._client.status != "running":
            raise self.without_scheduler(_TOGETHER)
        return not there <= set(self._client.scheduler_info()["workers"])

    def without_scheduler(self, doing: str) -> ClusterError:
        """What to say when the scheduler is gone."""
        return ClusterError(
            f"{doing}: the scheduler {self.address} is gone; start it again and repeat the "
            "command, or build without --scheduler"
        )

    def refuse_emptiness(self, since: float | None, *, doing: str) -> float | None:
        """Since when no worker is there, of what the client has heard; None where one is.

        Raises:
            ClusterError: None was there for as long as this cluster is patient.
        """
        if self._client.status != "running" or self._client.scheduler_info()["workers"]:
            return None
        now = monotonic()
        if since is not None and now - since > self._patience:
            raise ClusterError(
                f"{doing}: the scheduler {self.address} has had no worker for "
                f"{self._patience:.0f} s; start some (dask worker {self.address})"
            )
        return now if since is None else since

    def refuse_strangers(self, *, folder: Path) -> None:
        """Refuse workers of another version of this program, or that do not see a folder.

        Args:
            folder: An existing folder that every worker has to write into.

        Raises:
            ClusterError: One of them cannot take part; the message names it.
        """
        for worker, (version, sees) in self._client.run(_standing, folder).items():
            if version != __version__:
                raise ClusterError(
                    f"worker {worker} has ct-crimes {version}, this is {__version__}; install the "
                    "same on every machine"
                )
            if not sees:
                raise ClusterError(
                    f"worker {worker} does not see the folder {folder}; a build on several "
                    "machines needs one that all of them share, under the same path"
                )


def _close_output() -> None:
    """LightGBM's own threads print of each port to the standard output, whatever its settings."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STANDARD_OUTPUT)
    os.close(nowhere)


def _row_count(rows: "Rows") -> int:
    return len(rows.y)


def _values(rows: "Rows", name: str) -> "NDArray[Any]":
    values: NDArray[Any] = getattr(rows, name)
    return values


def _column(
    parts: Sequence["Future[Any]"], name: str, *, counts: Sequence[int], width: tuple[int, ...]
) -> "Array":
    """One field of the rows of all parts, which stay where they are."""
    from dask import array  # noqa: PLC0415 - of an extra
    from dask.delayed import delayed  # noqa: PLC0415 - of an extra

    take = delayed(_values)
    dtype = "float32" if width else "float64"
    blocks = [
        array.from_delayed(take(part, name), shape=(count, *width), dtype=dtype)
        for part, count in zip(parts, counts, strict=True)
    ]
    column: Array = array.concatenate(blocks)
    return column


def _standing(folder: Path) -> tuple[str, bool]:
    return __version__, folder.is_dir()


@contextmanager
def scheduled_cluster(address: str, *, patience: float = _PATIENCE) -> Iterator[Cluster]:
    """The workers of a running scheduler.

    Args:
        address: Such as ``tcp://10.0.0.5:8786``.
        patience: Seconds without any worker after which a job is given up.

    Raises:
        ClusterError: There is no scheduler at the address, it has no worker, or versions differ.
        ClusterDriverError: Dask is not installed.
    """
    with _client(address, patience=patience) as client:
        yield Cluster(client, patience=patience)


@contextmanager
def local_cluster(workers: int) -> Iterator[Cluster]:
    """Worker processes of this machine, which end with the block.

    Args:
        workers: How many; each has one thread and an equal part of the memory.

    Raises:
        ClusterError: They do not start.
        ClusterDriverError: Dask is not installed.
    """
    distributed = _distributed()
    with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=None,
            scheduler_kwargs={"allowed_failures": 3},
        ) as cluster,
        _client(cluster.scheduler_address, patience=_PATIENCE) as client,
    ):
        yield Cluster(client, shares_output=True)


@contextmanager
def _client(address: str, *, patience: float) -> Iterator["Client"]:
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"there is no Dask scheduler at {address} ({error}); start one with 'dask scheduler' "
            "and give its address, such as tcp://10.0.0.5:8786"
        ) from error
    try:
        try:
            client.wait_for_workers(1, timeout=patience)
            client.get_versions(check=True)
        except TimeoutError as error:
            raise ClusterError(
                f"the scheduler {address} has had no worker for {patience:.0f} s; start some "
                f"(dask worker {address})"
            ) from error
        except ValueError as error:
            raise ClusterError(f"versions differ between {address} and here: {error}") from error
        yield client
    finally:
        client.close(timeout=_TURN)


def _distributed() -> Any:  # noqa: ANN401 - a module that ships no types
    try:
        import distributed  # noqa: PLC0415 - an extra that only clusters need
    except ImportError as error:
        raise ClusterDriverError(
            "a build on several workers needs Dask: pip install 'ct-crimes[cluster]'"
        ) from error
    return distributed
