"""The figures that the simulated Connecticut is built from, as arrays.

The tables in ``core/demo/data`` are made by ``scripts/make_reference_tables.py`` from the published
Connecticut totals of 2021-2024 and from FBI Crime Data Explorer state bundles. They hold counts and
shares, no offence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import polars as pl

from core.demo.raking import FloatArray, IntArray
from core.nibrs.codes import LOCATION_TYPES, LocationArea

__all__ = ["ANY_AREA", "AREAS", "Reference", "load_reference", "read_table"]

AREAS: tuple[str, ...] = tuple(LocationArea)
"""The areas of location types, in the order of every array that has an area."""

ANY_AREA = "any"
DAY_TYPES = ("weekday", "weekend")
DIMENSIONS = ("year", "month", "weekday", "day_of_month", "hour")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Published totals and shares.

    Attributes:
        agency_ids: The 96 agencies with offences, ascending, shape (agencies,).
        agency_totals: Offences in 2021-2023 and in 2024, shape (agencies, 2).
        agency_profiles: One row an agency, in the order of ``agency_ids``.
        categories: Slugs of the 24 categories; the order of every array that has a category.
        locations: FBI location codes; the order of every array that has a location.
        location_areas: Position in :data:`AREAS` of each location, shape (locations,).
        totals: Published offences of 2021-2024 by dimension (year, month, weekday, day_of_month,
            hour, each in natural order).
        category_totals: Published offences of 2021-2024 and of 2021-2023, shape (categories, 2).
        category_errors: Reading error of the former, shape (categories,).
        location_totals: Published offences, shape (locations,).
        category_years: Offences by year 2021-2023, shape (categories, 3); 0 where unknown.
        category_weekdays: Shares, shape (categories, 7).
        category_months: Shares, shape (categories, 12).
        category_locations: Shares, shape (categories, locations).
        category_hours: Shares, shape (categories, areas, day types, 24).
        category_pairs: How much likelier than chance two categories share an incident, shape
            (categories, categories).
        category_codes: category, area, code, share: the offence codes within a category.
    """

    agency_ids: IntArray
    agency_totals: IntArray
    agency_profiles: pl.DataFrame
    categories: tuple[str, ...]
    locations: tuple[str, ...]
    location_areas: IntArray
    totals: Mapping[str, FloatArray]
    category_totals: FloatArray
    category_errors: FloatArray
    location_totals: FloatArray
    category_years: FloatArray
    category_weekdays: FloatArray
    category_months: FloatArray
    category_locations: FloatArray
    category_hours: FloatArray
    category_pairs: FloatArray
    category_codes: pl.DataFrame


def read_table(name: str) -> pl.DataFrame:
    """One table of ``core/demo/data``, every column as text.

    Args:
        name: File name without its ending.
    """
    content = (files("core.demo") / "data" / f"{name}.csv").read_bytes()
    return pl.read_csv(content, infer_schema=False)


def _floats(table: pl.DataFrame) -> FloatArray:
    return table.cast(pl.Float64).to_numpy().astype(np.float64)


def _integers(table: pl.DataFrame) -> IntArray:
    return table.cast(pl.Int64).to_numpy().astype(np.int64)


def _published(published: pl.DataFrame, dimension: str) -> FloatArray:
    rows = published.filter(pl.col("dimension") == dimension)
    ordered = rows.with_columns(pl.col("value").cast(pl.Int64)).sort("value")
    return _floats(ordered.select("offences")).ravel()


def _by_value(published: pl.DataFrame, dimension: str, *, column: str = "offences") -> FloatArray:
    rows = published.filter(pl.col("dimension") == dimension).sort("value")
    return _floats(rows.select(column)).ravel()


def _by_category(name: str, categories: tuple[str, ...]) -> FloatArray:
    order = pl.DataFrame({"category": categories})
    table = order.join(read_table(name), on="category", how="left", maintain_order="left")
    return _floats(table.drop("category").fill_null("0"))


def _matrix(table: pl.DataFrame, *, rows: tuple[str, ...], columns: tuple[str, ...]) -> FloatArray:
    """A long table (row label, column label, value) as a dense matrix; absent cells are 0."""
    row_of = {label: position for position, label in enumerate(rows)}
    column_of = {label: position for position, label in enumerate(columns)}
    matrix = np.zeros((len(rows), len(columns)))
    for row, column, value in table.rows():
        if row in row_of and column in column_of:
            matrix[row_of[row], column_of[column]] = float(value)
    return matrix


def _hours(categories: tuple[str, ...]) -> FloatArray:
    """Hours by category, area and day type; an area without hours of its own takes any area's."""
    hours = [str(hour) for hour in range(24)]
    cells = {
        (category, area, day_type): values
        for category, area, day_type, *values in read_table("category_hours")
        .select("category", "area", "day_type", *hours)
        .rows()
    }
    return np.array(
        [
            [
                [[float(v) for v in cells.get((c, a, d), cells[c, ANY_AREA, d])] for d in DAY_TYPES]
                for a in AREAS
            ]
            for c in categories
        ]
    )


def load_reference() -> Reference:
    """Read every table of figures of ``core/demo/data``.

    Returns:
        The figures, in orders that agree with each other.
    """
    published = read_table("published_totals")
    agencies = read_table("agency_offences").with_columns(pl.col("agency_id").cast(pl.Int64))
    agencies = agencies.sort("agency_id")
    profiles = read_table("agency_profiles").cast(pl.Float64).sort("agency_id")
    categories = tuple(
        sorted(published.filter(pl.col("dimension") == "category")["value"].to_list())
    )
    locations = tuple(
        sorted(published.filter(pl.col("dimension") == "location")["value"].to_list())
    )
    return Reference(
        agency_ids=_integers(agencies.select("agency_id")).ravel(),
        agency_totals=_integers(agencies.select("offences_2021_2023", "offences_2024")),
        agency_profiles=profiles,
        categories=categories,
        locations=locations,
        location_areas=np.array(
            [AREAS.index(LOCATION_TYPES[code].area) for code in locations], dtype=np.int64
        ),
        totals={dimension: _published(published, dimension) for dimension in DIMENSIONS},
        category_totals=np.stack(
            [_by_value(published, "category"), _by_value(published, "category_2021_2023")], axis=1
        ),
        category_errors=_by_value(published, "category", column="error"),
        location_totals=_by_value(published, "location"),
        category_years=_by_category("category_years", categories),
        category_weekdays=_by_category("category_weekdays", categories),
        category_months=_by_category("category_months", categories),
        category_locations=_matrix(
            read_table("category_locations"), rows=categories, columns=locations
        ),
        category_hours=_hours(categories),
        category_pairs=_matrix(read_table("category_pairs"), rows=categories, columns=categories),
        category_codes=read_table("category_codes").cast({"share": pl.Float64}),
    )
