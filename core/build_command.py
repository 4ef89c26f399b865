"""What ``ctcrimes build`` takes and does."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from core.build import BuildStep, Model, build_dataset
from core.build_orders import SEVERAL, BuildOrder, build_orders
from core.dataset import BOUNDARIES, TABLE_SCHEMAS, Dataset, write_dataset
from core.dataset_remote import writing_dataset
from core.errors import CrimeAppError, RequestError
from core.map_commands import town_map_of
from core.places.of_state import MapLevel
from core.storage import is_address
from core.terminal import json_option, progress_bar, report_datasets
from core.workers import ALONE, Workers

__all__ = ["build_options", "run_build"]

_MOST_WORKERS = 256


def build_options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument(
        "bundles",
        nargs="+",
        type=Path,
        metavar="BUNDLE",
        help="a state bundle, or with --state a folder of them",
    )
    parser.add_argument(
        "--state",
        help="the State that the bundles must be of, such as LA; or several, such as CT,LA, or all "
        "of a folder: each becomes a dataset of its own in the folder --out",
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="such as artifacts/ct-2021-2024, or s3://bucket/artifacts/ct-2021-2024",
    )
    parser.add_argument(
        "--without-models",
        action="store_true",
        help="make the tables alone, in seconds; the pages then show no forecast and no classes",
    )
    parser.add_argument(
        "--together",
        action="store_true",
        help="with several States: one model of daily counts that learns from the days of all, "
        "instead of one for each",
    )
    _map_options(parser)
    _worker_options(parser)
    json_option(parser)


def _map_options(parser: argparse.ArgumentParser) -> None:
    divided = parser.add_mutually_exclusive_group()
    divided.add_argument(
        "--map",
        type=MapLevel,
        choices=tuple(MapLevel),
        help="what the map is divided into; default: towns in Connecticut, counties elsewhere",
    )
    divided.add_argument(
        "--boundaries",
        type=Path,
        metavar="FILE",
        help="a map of another State's towns, made by 'ctcrimes boundaries'",
    )


def _worker_options(parser: argparse.ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="hand the work to the workers of a Dask scheduler, such as tcp://10.0.0.5:8786, which "
        "see the same folders",
    )
    who.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="hand the work to so many worker processes of this machine",
    )


@contextmanager
def _workers(options: argparse.Namespace, *, out: str) -> Iterator[Workers]:
    """Who does a build, as its options say; a cluster has to see where it is written."""
    if options.scheduler is None and options.workers is None:
        yield ALONE
        return
    from core.cluster import local_cluster, scheduled_cluster  # noqa: PLC0415 - for clusters alone

    folder = _written_in(out)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        scheduled_cluster(options.scheduler)
        if options.scheduler
        else local_cluster(options.workers)
    ) as cluster:
        cluster.refuse_strangers(folder=folder)
        yield cluster


def _written_in(out: str) -> Path:
    """The folder that a dataset is written in before, or until, it is where it belongs."""
    return Path(tempfile.gettempdir()) if is_address(out) else Path(out).absolute().parent


def run_build(options: argparse.Namespace) -> None:
    """Build what was asked for and say what it holds.

    Raises:
        CrimeAppError: It cannot be built; of several States the others are built all the same.
    """
    if options.workers is not None and not 1 <= options.workers <= _MOST_WORKERS:
        raise RequestError(f"--workers {options.workers}: expected 1 to {_MOST_WORKERS} processes")
    orders = build_orders(options)
    _refuse_together(options, orders=orders)
    with (
        _workers(options, out=orders[0].out) as workers,
        progress_bar("step", total=0) as bar,
    ):
        if options.together:
            built = _build_together(orders, options=options, workers=workers, bar=bar)
            failed: dict[BuildOrder, CrimeAppError] = {}
        else:
            models = () if options.without_models else tuple(Model)
            outcomes = _outcomes(orders, options=options, models=models, workers=workers, bar=bar)
            built = [made for made in outcomes.values() if isinstance(made, Dataset)]
            failed = _failed(outcomes)
    report_datasets(built, as_json=options.json)
    _tell(failed, of=len(orders))


def _refuse_together(options: argparse.Namespace, *, orders: Sequence[BuildOrder]) -> None:
    if not options.together:
        return
    if len(orders) < SEVERAL:
        raise RequestError(
            "--together: a model of several States needs them; expected --state CT,LA or --state "
            "all of a folder"
        )
    if options.without_models:
        raise RequestError("--together and --without-models: expected one of them")


def _build_together(
    orders: list[BuildOrder],
    *,
    options: argparse.Namespace,
    workers: Workers,
    bar: "tqdm[NoReturn]",
) -> list[Dataset]:
    """Build all States beside their places, fit one model of counts, and only then replace any.

    Raises:
        CrimeAppError: A State cannot be built, or the model not fitted; nothing is replaced.
    """
    from core.national import fit_national  # noqa: PLC0415 - LightGBM takes a second to import

    with _beside(orders) as staged:
        outcomes = _outcomes(
            staged, options=options, models=(Model.CLASSES,), workers=workers, bar=bar
        )
        failed = {
            order: made for order, made in outcomes.items() if isinstance(made, CrimeAppError)
        }
        if failed:
            raise RequestError(f"--together: nothing was replaced. {_told(failed)}")
        datasets = [made for made in outcomes.values() if isinstance(made, Dataset)]
        bar.set_description("fitting the model of daily counts", refresh=False)
        models = fit_national(
            {dataset.facts.state: dataset for dataset in datasets},
            workers=workers,
            on_stage=bar.update,
        )
        for dataset in datasets:
            if dataset.facts.state not in models:
                bar.write(
                    f"ctcrimes: {dataset.facts.state}: no forecast: too few reported days to judge "
                    "one by; what there is was learned from",
                    file=sys.stderr,
                )
        return [
            _publish(dataset, where=order.out, models=models.get(dataset.facts.state, {}))
            for order, dataset in zip(orders, datasets, strict=True)
        ]


@contextmanager
def _beside(orders: Sequence[BuildOrder]) -> Iterator[list[BuildOrder]]:
    """The same orders for a passing folder on the file system of what they replace."""
    folder = _written_in(orders[0].out)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".together-") as passing:
        yield [
            replace(order, out=str(Path(passing) / order.out.rpartition("/")[2]))
            for order in orders
        ]


def _publish(dataset: Dataset, *, where: str, models: Mapping[str, bytes]) -> Dataset:
    with writing_dataset(where) as out:
        return write_dataset(
            out,
            facts=dataset.facts,
            tables={name: dataset.path(name) for name in TABLE_SCHEMAS},
            files={
                BOUNDARIES: dataset.path(BOUNDARIES).read_bytes(),
                **dataset.model_files(),
                **models,
            },
        )


def _outcomes(
    orders: list[BuildOrder],
    *,
    options: argparse.Namespace,
    models: Collection[Model],
    workers: Workers,
    bar: "tqdm[NoReturn]",
) -> dict[BuildOrder, Dataset | CrimeAppError]:
    """What became of each order."""
    build = partial(_build, options=options, models=models, workers=workers, bar=bar)
    made = _beside_each_other(build, orders) if workers is not ALONE else map(build, orders)
    return dict(zip(orders, made, strict=True))


def _beside_each_other(
    build: Callable[[BuildOrder], Dataset | CrimeAppError], orders: list[BuildOrder]
) -> Iterator[Dataset | CrimeAppError]:
    """One thread for each State: it only waits for the workers."""
    pool = ThreadPoolExecutor(max_workers=len(orders))
    try:
        yield from pool.map(build, orders)
    finally:
        # After an interrupt the threads end when the cluster is left, not before.
        pool.shutdown(wait=False, cancel_futures=True)


def _build(
    order: BuildOrder,
    *,
    options: argparse.Namespace,
    models: Collection[Model],
    workers: Workers,
    bar: "tqdm[NoReturn]",
) -> Dataset | CrimeAppError:
    """The dataset, or why there is none."""
    steps = 0

    def on_step(step: BuildStep) -> None:
        nonlocal steps
        bar.total = (bar.total or 0) + step.of - steps
        steps = step.of
        bar.set_description(step.label, refresh=False)
        bar.update()
        if step.note:
            of = "" if order.state is None else f"{order.state}: "
            bar.write(f"ctcrimes: {of}{step.note}", file=sys.stderr)

    try:
        with writing_dataset(order.out) as out:
            return build_dataset(
                order.bundles,
                out=out,
                state=order.state,
                models=models,
                divided_by=town_map_of(options.boundaries) or options.map,
                workers=workers,
                on_step=on_step,
            )
    except CrimeAppError as error:
        return error


def _tell(failed: Mapping[BuildOrder, CrimeAppError], *, of: int) -> None:
    """What could not be built, if anything."""
    if failed and of < SEVERAL:
        raise next(iter(failed.values()))
    if failed:
        raise RequestError(f"{of - len(failed)} of {of} States were built. {_told(failed)}")


def _failed(
    outcomes: Mapping[BuildOrder, Dataset | CrimeAppError],
) -> dict[BuildOrder, CrimeAppError]:
    return {order: made for order, made in outcomes.items() if isinstance(made, CrimeAppError)}


def _told(failed: Mapping[BuildOrder, CrimeAppError]) -> str:
    return "; ".join(f"{order.state}: {error}" for order, error in failed.items())
