"""What ``ctcrimes build`` takes and does."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from core.build import BuildStep, build_dataset
from core.dataset import Dataset
from core.dataset_remote import writing_dataset
from core.errors import CrimeAppError, RequestError
from core.map_commands import town_map_of
from core.nibrs.download import parse_state
from core.places.of_state import MapLevel
from core.storage import is_address
from core.terminal import json_option, progress_bar, report_datasets
from core.workers import ALONE, Workers

__all__ = ["build_options", "run_build"]

_MOST_WORKERS = 256
_SEVERAL = 2
_ALL = "all"


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
    json_option(parser)


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One dataset that was asked for; no State where any will do."""

    state: str | None
    bundles: tuple[Path, ...]
    out: str


def _orders(options: argparse.Namespace) -> list[_Order]:
    """The datasets that were asked for: one, or one for each of several States."""
    states = _states(options.state, paths=options.bundles)
    if len(states) < _SEVERAL:
        state = states[0] if states else None
        bundles = tuple(_bundles(options.bundles, state=state))
        return [_Order(state=state, bundles=bundles, out=options.out)]
    if not all(path.is_dir() for path in options.bundles):
        raise RequestError(
            f"--state {options.state}: several States need folders of bundles, not single bundles"
        )
    orders = []
    for state in states:
        bundles = tuple(_bundles(options.bundles, state=state))
        years = [bundle.stem.partition("-")[2] for bundle in bundles]
        span = f"{min(years)}-{max(years)}" if len(years) > 1 else years[0]
        out = f"{options.out.rstrip('/')}/{state.lower()}-{span}"
        orders.append(_Order(state=state, bundles=bundles, out=out))
    return orders


def _states(text: str | None, *, paths: Sequence[Path]) -> list[str]:
    if text is None:
        return []
    if text.strip().lower() != _ALL:
        return list(dict.fromkeys(parse_state(part) for part in text.split(",")))
    found = sorted({bundle.name[:2] for path in paths for bundle in path.glob("[A-Z][A-Z]-*.zip")})
    if not found:
        raise RequestError(
            f"--state {_ALL}: no bundle STATE-YEAR.zip in {', '.join(map(str, paths))}; fetch some "
            "with 'ctcrimes fetch'"
        )
    return found


def _bundles(paths: Sequence[Path], *, state: str | None) -> list[Path]:
    """The bundles meant; a folder stands for those of a State in it, as ``fetch`` names them."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        if state is None:
            raise RequestError(
                f"{path} is a folder: say with --state which bundles of it are meant"
            )
        found.extend(sorted(path.glob(f"{state}-*.zip")))
    if not found:
        raise RequestError(
            f"{', '.join(map(str, paths))}: no bundle {state}-YEAR.zip here; fetch some with "
            f"'ctcrimes fetch --state {state} --years 2021-2024 --to {paths[0]}'"
        )
    return found


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
    orders = _orders(options)
    with (
        _workers(options, out=orders[0].out) as workers,
        progress_bar("step", total=0) as bar,
    ):
        build = partial(_build, options=options, workers=workers, bar=bar)
        made = _beside_each_other(build, orders) if workers is not ALONE else map(build, orders)
        outcomes = dict(zip(orders, made, strict=True))
    built = [made for made in outcomes.values() if isinstance(made, Dataset)]
    report_datasets(built, as_json=options.json)
    _tell(
        {order: made for order, made in outcomes.items() if isinstance(made, CrimeAppError)},
        of=len(orders),
    )


def _beside_each_other(
    build: Callable[[_Order], Dataset | CrimeAppError], orders: list[_Order]
) -> Iterator[Dataset | CrimeAppError]:
    """One thread for each State: it only waits for the workers."""
    pool = ThreadPoolExecutor(max_workers=len(orders))
    try:
        yield from pool.map(build, orders)
    finally:
        # After an interrupt the threads end when the cluster is left, not before.
        pool.shutdown(wait=False, cancel_futures=True)


def _build(
    order: _Order, *, options: argparse.Namespace, workers: Workers, bar: "tqdm[NoReturn]"
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
                models=not options.without_models,
                divided_by=town_map_of(options.boundaries) or options.map,
                workers=workers,
                on_step=on_step,
            )
    except CrimeAppError as error:
        return error


def _tell(failed: Mapping[_Order, CrimeAppError], *, of: int) -> None:
    """What could not be built, if anything."""
    if failed and of < _SEVERAL:
        raise next(iter(failed.values()))
    if failed:
        told = "; ".join(f"{order.state}: {error}" for order, error in failed.items())
        raise RequestError(f"{of - len(failed)} of {of} States were built. {told}")
