"""What every command says and where: results on stdout, progress and errors on stderr."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from core.dataset import Dataset, describe

__all__ = ["json_option", "progress_bar", "report_datasets", "report_paths", "say"]


def json_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")


def report_paths(paths: Sequence[Path], *, as_json: bool) -> None:
    """Print the files that a command made."""
    if as_json:
        print(json.dumps([str(path) for path in paths]))
    else:
        print("\n".join(str(path) for path in paths))


def report_datasets(datasets: Sequence[Dataset], *, as_json: bool) -> None:
    """Print what datasets hold; as JSON one object, or a list of several."""
    summaries = [describe(dataset) for dataset in datasets]
    if as_json and summaries:
        print(json.dumps(summaries if len(summaries) > 1 else summaries[0], indent=2))
    elif summaries:
        print("\n\n".join(map(_as_text, summaries)))


def _as_text(summary: Mapping[str, Any]) -> str:
    width = max(len(key) for key in summary)
    return "\n".join(f"{key.replace('_', ' '):<{width}}  {_shown(summary[key])}" for key in summary)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def progress_bar(unit: str, *, total: int | None = None) -> "tqdm[NoReturn]":
    """A bar on stderr where a person looks on; it leaves no line behind."""
    return tqdm(
        unit=unit,
        unit_scale=unit == "B",
        total=total,
        file=sys.stderr,
        disable=None,
        leave=False,
    )


def say(line: str) -> None:
    """Print a line on stderr."""
    print(line, file=sys.stderr)
