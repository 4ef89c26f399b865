"""The workers of a Dask cluster; the only module that knows Dask.

Tasks and results go between machines by Dask's own protocol, which unpickles: a scheduler must be
as trusted as the machine itself. Nothing of it comes from a disk.
"""

from asyncio import CancelledError as LoopCancelledError
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from core import __version__
from core.errors import ClusterDriverError, ClusterError
from core.workers import Workers

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster", "local_cluster", "scheduled_cluster"]

_Result = TypeVar("_Result")

_TURN: Final = 2.0  # seconds between two looks at who is there
_CONNECT: Final = 10.0  # seconds
_PATIENCE: Final = 60.0  # seconds without any worker


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
                raise self._without_scheduler() from error
            except OSError as error:
                if self._is_of_the_task(error):
                    raise
                if not isinstance(error, TimeoutError):
                    raise self._without_scheduler() from error
                alone_since = self.cluster.refuse_emptiness(alone_since, doing=self.name)
            else:
                return result

    def _is_of_the_task(self, error: OSError) -> bool:
        """Whether the task raised it, and not the way to the scheduler."""
        return self.future.status == "error" and type(self.future.exception()) is type(error)

    def _without_scheduler(self) -> ClusterError:
        return ClusterError(
            f"{self.name}: the scheduler {self.cluster.address} is gone; start it again and repeat "
            "the command, or build without --scheduler"
        )


class Cluster(Workers):
    """Workers of a Dask cluster that see the same folders as this process."""

    def __init__(self, client: "Client", *, patience: float = _PATIENCE) -> None:
        """Work with a connected client.

        Args:
            client: The client; whoever made it closes it.
            patience: Seconds without any worker after which a job is given up.
        """
        self._client = client
        self._patience = patience

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return str(self._client.scheduler.addr) if self._client.scheduler else "of the cluster"

    def start(
        self, task: Callable[..., _Result], *arguments: object, **options: object
    ) -> _ClusterJob[_Result]:
        """Hand a task to the scheduler; a worker that dies with it is replaced by another."""
        future = self._client.submit(task, *arguments, pure=False, **options)
        names = [each.name for each in arguments if isinstance(each, Path)]
        return _ClusterJob(
            cluster=self, future=future, name=" ".join([task.__name__.strip("_"), *names])
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
        yield Cluster(client)


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
