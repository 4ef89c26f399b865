"""Which datasets a ``ctcrimes build`` is to make, of which bundles."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import RequestError
from core.nibrs.download import parse_state

__all__ = ["SEVERAL", "BuildOrder", "build_orders"]

SEVERAL: Final = 2
"""As many States have a folder of datasets, not one dataset."""

_ALL: Final = "all"


@dataclass(frozen=True, kw_only=True)
class BuildOrder:
    """One dataset that was asked for; no State where any will do."""

    state: str | None
    bundles: tuple[Path, ...]
    out: str


def build_orders(options: argparse.Namespace) -> list[BuildOrder]:
    """The datasets that were asked for: one, or one for each of several States."""
    states = _states(options.state, paths=options.bundles)
    if len(states) < SEVERAL:
        state = states[0] if states else None
        bundles = tuple(_bundles(options.bundles, state=state))
        return [BuildOrder(state=state, bundles=bundles, out=options.out)]
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
        orders.append(BuildOrder(state=state, bundles=bundles, out=out))
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
