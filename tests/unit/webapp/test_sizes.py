"""What an opened dataset is counted for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from flask import Flask

from core.dataset import open_dataset
from tests.support.small_dataset import settings_for
from webapp.cache import ViewCache, open_cache
from webapp.queries import Queries
from webapp.site import Site, open_site
from webapp.sizes import held_bytes
from webapp.urlstate import default_selection


@dataclass(frozen=True, kw_only=True)
class Record:
    text: str
    parts: tuple[object, ...] = ()


def test_arrays_and_tables_count_as_what_they_hold() -> None:
    numbers = np.zeros(100_000, dtype=np.float64)
    assert held_bytes(numbers) == 800_000
    assert held_bytes(numbers[:10]) == 800_000  # a view keeps the whole
    table = pl.DataFrame(
        {"n": pl.Series(range(100_000), dtype=pl.Int32), "code": ["13A"] * 100_000}
    )
    assert held_bytes(table) == 400_000 + 1_600_000
    assert held_bytes(table["n"]) == 400_000


def test_what_is_reached_twice_counts_once_and_circles_end() -> None:
    text = "x" * 10_000
    circle: list[object] = [text]
    circle.append(circle)
    assert 10_000 < held_bytes(circle) < 10_500
    once, twice = held_bytes(Record(text=text)), held_bytes(Record(text=text, parts=(text, text)))
    assert once <= twice < once + 200
    assert held_bytes({"a": [{"b": text}]}, (text,)) < 11_500


def test_a_site_counts_its_tables_its_map_and_the_views_that_are_kept(
    small_folder: Path, tmp_path: Path
) -> None:
    store = open_cache(Flask("x"), settings=settings_for(small_folder, cache=tmp_path))
    cache = ViewCache(store, version="x")
    site = open_site(Queries(open_dataset(small_folder), cache=cache))
    assert site.shapes is not None
    offences = site.queries._frames.offences
    least = offences.estimated_size() + len(site.shapes.towns) + len(site.shapes.rising)
    opened = site.held_bytes
    assert opened > least
    view = site.queries.map(default_selection(site.queries.scope))
    assert (
        site.held_bytes >= opened + held_bytes(view.rows) // 2
    )  # names of towns were there before
    assert held_bytes(view.rows) > 0


def test_models_count_as_their_files(forecast_site: Site) -> None:
    dataset = forecast_site.queries._frames.dataset
    files = dataset.model_files()
    assert dataset.model_size == sum(map(len, files.values())) > 0
    assert forecast_site.held_bytes > dataset.model_size
