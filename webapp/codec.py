"""Frozen view-models to JSON text and back, so that a cache never needs to unpickle.

Supported are dataclasses whose fields are ``str``, ``int``, ``float``, ``bool``, ``None``,
``date``, a string enumeration, another such dataclass, a union of one of these with ``None``, or a
``tuple[X, ...]`` of them.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

__all__ = ["decode", "encode"]

View = TypeVar("View")


def encode(view: object) -> str:
    """The view as JSON: a dataclass becomes the list of its fields' values, in order."""
    return json.dumps(_plain(view), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def decode(text: str, *, as_type: type[View]) -> View:
    """The view that :func:`encode` wrote.

    Raises:
        ValueError: The text is not JSON, or not of this type.
        TypeError: ``as_type`` has a field of an unsupported type.
    """
    kind: Any = as_type
    view: View = _reader(kind)(json.loads(text))
    return view


def _plain(value: object) -> object:
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a view must not hold a {type(value).__name__}")


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - any type hint can stand here
    """A function from parsed JSON to a value of the type hint."""
    if isinstance(kind, UnionType):
        (inner,) = (arm for arm in get_args(kind) if arm is not NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if get_origin(kind) is tuple:
        read = _reader(get_args(kind)[0])
        return lambda value: tuple(map(read, value))
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if kind in (str, int, float, bool):
        return _checked(kind)
    raise TypeError(f"a view must not have a field of type {kind!r}")


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a dataclass type
    hints = get_type_hints(kind)
    readers = [(field.name, _reader(hints[field.name])) for field in fields(kind)]

    def read(values: Any) -> Any:  # noqa: ANN401 - parsed JSON in, the dataclass out
        return kind(**{name: of(value) for (name, of), value in zip(readers, values, strict=True)})

    return read


def _checked(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:  # noqa: ANN401 - parsed JSON
        if kind is float and type(value) is int:
            return float(value)
        if type(value) is not kind:
            raise ValueError(f"expected {kind.__name__}, got {value!r}")
        return value

    return read
