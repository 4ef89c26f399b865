"""About how many bytes an object keeps in memory, with all that belongs to it.

An estimate from below: it counts tables, arrays, texts and records, each once, and not what
libraries keep behind their own objects.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Final

import numpy as np
import polars as pl

__all__ = ["held_bytes"]

_OURS: Final = ("core.", "webapp.")
_VIEW: Final = 16  # bytes that stand for one text


def held_bytes(*roots: object) -> int:
    """Bytes of what can be reached from the roots; what is reached twice counts once."""
    seen: set[int] = set()
    waiting = list(roots)
    total = 0
    while waiting:
        thing = waiting.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            total += _own_bytes(thing)
            waiting.extend(_parts(thing))
    return total


def _own_bytes(thing: object) -> int:
    if isinstance(thing, pl.DataFrame):
        return sum(_column_bytes(column) for column in thing.iter_columns())
    if isinstance(thing, pl.Series):
        return _column_bytes(thing)
    if isinstance(thing, np.ndarray):
        # A view keeps the whole that it is a part of.
        return 0 if isinstance(thing.base, np.ndarray) else thing.nbytes
    return sys.getsizeof(thing)


def _column_bytes(column: pl.Series) -> int:
    if column.dtype == pl.String:
        # Polars tells the letters alone. Short texts lie in the views, longer ones are shared.
        return _VIEW * column.len()
    return int(column.estimated_size())


def _parts(thing: object) -> Iterator[object]:
    if isinstance(thing, np.ndarray):
        if isinstance(thing.base, np.ndarray):
            yield thing.base
    elif isinstance(thing, Mapping):
        # A copy, for others may add to it meanwhile.
        for key, value in list(thing.items()):
            yield key
            yield value
    elif isinstance(thing, tuple | list | set | frozenset):
        yield from list(thing)
    elif is_dataclass(thing) and not isinstance(thing, type):
        yield from (getattr(thing, field.name) for field in fields(thing))
    elif type(thing).__module__.startswith(_OURS):
        yield vars(thing)
