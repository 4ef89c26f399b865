"""One model of daily counts for the datasets of several States, learned from all their days."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import cast

from core.daily_counts import DailyCounts
from core.dataset import Dataset
from core.errors import NothingToLearnError
from core.volume.fit import SHORTEST_DATA, fit_counts
from core.volume.inputs import counts_of_files
from core.volume.storage import save_models
from core.volume.training import ManyStates
from core.workers import ALONE, Job, Workers

__all__ = ["fit_national"]


def fit_national(
    datasets: Mapping[str, Dataset],
    *,
    workers: Workers = ALONE,
    on_stage: Callable[[], object] | None = None,
) -> dict[str, dict[str, bytes]]:
    """Fit the boosters on all States together, and what is chosen and measured for each alone.

    Every State has the stages that it has by itself: at each of them the boosters learn from every
    State's days up to that one, so that nothing in a model is later than its last day.

    Args:
        datasets: Datasets in folders that the workers see, by two-letter code.
        workers: Who makes the rows of a State, grows the trees, and judges.
        on_stage: Called after each stage of a State.

    Returns:
        Model files by State. A State with less than a year of days, or without enough reported ones
        to judge by, has none; half a year is learned from all the same.

    Raises:
        RequestError: Less than two States have a reported day.
        ClusterError: The workers cannot do it.
    """
    held = {
        state: workers.hold(
            counts_of_files,
            panel=dataset.path("panel"),
            staffing=dataset.path("staffing"),
            state=state,
            national=True,
        )
        for state, dataset in datasets.items()
    }
    known = {state: job.result() for state, job in held.items()}
    reporting = {
        state: cast("Job[DailyCounts]", job)
        for state, job in held.items()
        if known[state] is not None
    }
    trainer = ManyStates(reporting, workers=workers)
    long_enough = [
        counts for counts in known.values() if counts is not None and counts.days >= SHORTEST_DATA
    ]
    fit = partial(_fit, trainer=trainer, on_stage=on_stage)
    # A thread for each State only waits for the workers; this process is one of its own.
    threads = 1 if workers is ALONE else max(len(long_enough), 1)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        fitted = dict(pool.map(fit, long_enough))
    return {state: files for state, files in fitted.items() if files}


def _fit(
    counts: DailyCounts,
    *,
    trainer: ManyStates,
    on_stage: Callable[[], object] | None,
) -> tuple[str, dict[str, bytes]]:
    def on_snapshot(_number: int, _of: int) -> None:
        if on_stage is not None:
            on_stage()

    try:
        models = fit_counts(counts, trainer=trainer, on_snapshot=on_snapshot)
    except NothingToLearnError:
        return counts.state, {}
    return counts.state, save_models(models)
