"""The command ``ctcrimes``: fetch, demo, build, describe, forecast, evaluate, boundaries, serve.

Bad input ends with exit code 2 and one line on stderr, an interrupted command with 130.
Results go to stdout, progress to stderr.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core import __version__
from core.build_command import build_options, run_build
from core.dataset_remote import opened_dataset
from core.demo.bundles import DEFAULT_SEED, write_demo_bundles
from core.errors import CrimeAppError, RequestError
from core.map_commands import boundaries_options, run_boundaries
from core.nibrs.download import EXPLORER_URL, Progress, fetch_bundles, parse_state, parse_years
from core.storage import is_address, open_store, parse_address
from core.terminal import json_option, progress_bar, report_datasets, report_paths, say

__all__ = ["main"]

_BAD_INPUT = 2
_INTERRUPTED = 130
_DEMO_YEARS = 4
_ROOT = Path(__file__).resolve().parent.parent
_LAST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The words after ``ctcrimes``; those of the process when absent.

    Returns:
        The exit code: 0, 2 for bad input, 130 when interrupted.
    """
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], None] = options.run
    try:
        run(options)
    except CrimeAppError as error:
        say(f"ctcrimes: {error}")
        return _BAD_INPUT
    except KeyboardInterrupt:
        say("ctcrimes: interrupted")
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ctcrimes",
        description="Reported crime in Connecticut's towns: from FBI files to a dataset and a map.",
    )
    parser.add_argument("--version", action="version", version=f"ctcrimes {__version__}")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def verb(
        name: str, *, about: str, run: Callable[[argparse.Namespace], None] | None = None
    ) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = verbs.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    _fetch_options(
        verb("fetch", run=_fetch, about="download state bundles from the FBI Crime Data Explorer")
    )
    _demo_options(verb("demo", run=_demo, about="write the bundles of the simulated Connecticut"))
    build_options(verb("build", run=run_build, about="make a dataset from state bundles"))
    _describe_options(
        verb("describe", run=_describe, about="verify a dataset and say what it holds")
    )
    _forecast_options(
        verb("forecast", run=_forecast, about="forecast a place from a dataset's models")
    )
    _evaluate_options(verb("evaluate", about="measure a dataset's models beside the baselines"))
    boundaries_options(
        verb(
            "boundaries",
            run=run_boundaries,
            about="simplify a Census boundary file to the town map",
        )
    )
    _serve_options(verb("serve", run=_serve, about="serve the web application under gunicorn"))
    return parser


def _dataset_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "dataset", metavar="DIR", help="a dataset's folder, or its address in object storage"
    )


def _fetch_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", required=True, help="two-letter code, such as CT")
    parser.add_argument("--years", required=True, help="such as 2021-2024, or 2019,2021-2023")
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="folder for the zips")
    parser.add_argument(
        "--base-url", default=EXPLORER_URL, help="another server with the same protocol"
    )
    json_option(parser)


def _fetch(options: argparse.Namespace) -> None:
    state, years = parse_state(options.state), parse_years(options.years)
    with progress_bar("B") as bar:

        def on_progress(progress: Progress) -> None:
            bar.set_description(f"{progress.state}-{progress.year}", refresh=False)
            bar.total = progress.total
            bar.n = progress.received
            bar.refresh()

        paths = fetch_bundles(
            state,
            years=years,
            folder=options.to,
            base_url=options.base_url,
            on_progress=on_progress,
        )
    report_paths(paths, as_json=options.json)


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="folder for the zips")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="default: %(default)s")
    json_option(parser)


def _demo(options: argparse.Namespace) -> None:
    with progress_bar("year", total=_DEMO_YEARS) as bar:

        def on_year(_year: int) -> None:
            bar.update()

        paths = write_demo_bundles(options.to, seed=options.seed, on_year=on_year)
    report_paths(paths, as_json=options.json)


def _describe_options(parser: argparse.ArgumentParser) -> None:
    _dataset_argument(parser)
    json_option(parser)


def _describe(options: argparse.Namespace) -> None:
    with opened_dataset(options.dataset) as dataset:
        report_datasets([dataset], as_json=options.json)


def _forecast_options(parser: argparse.ArgumentParser) -> None:
    _dataset_argument(parser)
    parser.add_argument("place", help="such as new-haven, or all")
    parser.add_argument("--horizon", type=int, default=30, help="days; default: %(default)s")
    parser.add_argument("--origin", help="last day that may be seen; default: the last of the data")
    json_option(parser)


def _forecast(options: argparse.Namespace) -> None:
    from core.model_commands import run_forecast  # noqa: PLC0415 - a second, for this alone

    run_forecast(options)


def _evaluate_options(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(title="models", required=True, metavar="MODEL")
    about = "back-test the daily counts beside every baseline"
    volume = kinds.add_parser("volume", help=about, description=about)
    volume.set_defaults(run=_evaluate_volume)
    _dataset_argument(volume)
    volume.add_argument(
        "--protocol",
        default="default",
        help="la (incidents by agency), ct (offences by agency), or default (places)",
    )
    volume.add_argument(
        "--predictions", type=Path, metavar="CSV", help="predictions of further methods"
    )
    volume.add_argument(
        "--with",
        nargs="+",
        default=[],
        dest="others",
        metavar="DIR",
        help="datasets of other States, whose days are learned from as well, as in build "
        "--together",
    )
    about = "compare the classifiers of an offence on the last year"
    risk = kinds.add_parser("risk", help=about, description=about)
    risk.set_defaults(run=_evaluate_risk)
    _dataset_argument(risk)
    for kind in (volume, risk):
        kind.add_argument(
            "--save", action="store_true", help="keep it in the dataset, for the page on methods"
        )
        json_option(kind)


def _evaluate_volume(options: argparse.Namespace) -> None:
    from core.model_commands import run_evaluate_volume  # noqa: PLC0415 - as above

    run_evaluate_volume(options)


def _evaluate_risk(options: argparse.Namespace) -> None:
    from core.model_commands import run_evaluate_risk  # noqa: PLC0415 - as above

    run_evaluate_risk(options)


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "dataset",
        nargs="?",
        metavar="DIR",
        help="a dataset's folder, or its address in object storage; default: the newest dataset "
        "of reported offences in artifacts/, else ct-demo",
    )
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=8050, help="default: %(default)s")


def _serve(options: argparse.Namespace) -> None:
    if not 0 < options.port <= _LAST_PORT:
        raise RequestError(f"--port {options.port}: expected a number from 1 to {_LAST_PORT}")
    environment = dict(os.environ)
    if options.dataset is not None:
        environment["CTCRIMES_DATASET"] = _served(options.dataset)
    bind = f"{options.host}:{options.port}"
    command = ["-m", "gunicorn", "--config", "gunicorn.conf.py", "--bind", bind, "wsgi:server"]
    os.chdir(_ROOT)
    sys.stderr.flush()
    # The command line becomes the server: signals reach gunicorn itself.
    os.execve(sys.executable, [sys.executable, *command], environment)  # noqa: S606 - no shell wanted


def _served(where: str) -> str:
    """The dataset as the server is told it, after a look whether it can be shown."""
    if is_address(where):
        open_store(parse_address(where)).files()  # the server copies it, and verifies the copy
        return where
    with opened_dataset(where) as dataset:
        return str(dataset.folder.resolve())
