"""Real bundles by their names."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from core.nibrs.bundle import Bundle, read_bundle


@pytest.fixture(scope="session")
def real_path(real_data: Path) -> Callable[[str], Path]:
    """Finds a real bundle by its name, ``LA-2019``, anywhere below the folder."""

    def find(name: str) -> Path:
        paths = sorted(real_data.resolve().rglob(f"{name}.zip"))
        if not paths:
            pytest.skip(f"the folder of real bundles has no {name}.zip")
        return paths[0]

    return find


@pytest.fixture(scope="session")
def real_bundle(real_path: Callable[[str], Path]) -> Callable[[str], Bundle]:
    """Reads a real bundle by its name, once for all tests."""

    @cache
    def read(name: str) -> Bundle:
        return read_bundle(real_path(name))

    return read
