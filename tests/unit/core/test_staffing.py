"""Staff added up by place and year; what was not reported stays unknown."""

import polars as pl
import pytest

from core.nibrs.bundle import AGENCY_SCHEMA
from core.staffing import STAFFING_SCHEMA, StaffingBasis, staffing

COUNTS = (
    "officers",
    "male_officers",
    "female_officers",
    "civilians",
    "male_civilians",
    "female_civilians",
)


def agency(
    agency_id: int, year: int, *, people: int | None, staff: tuple[int, ...] | None
) -> dict[str, object]:
    counts = dict(zip(COUNTS, staff or (None,) * len(COUNTS), strict=True))
    return {"agency_id": agency_id, "year": year, "population": people, **counts}


@pytest.fixture
def table() -> pl.DataFrame:
    """Two agencies of one place, and a campus that did not report its staff in 2022."""
    rows = [
        agency(1, 2022, people=1_000, staff=(10, 8, 2, 3, 1, 2)),
        agency(1, 2023, people=1_100, staff=(12, 9, 3, 3, 1, 2)),
        agency(2, 2023, people=500, staff=(5, 5, 0, 0, 0, 0)),
        agency(3, 2022, people=0, staff=None),
        agency(3, 2023, people=0, staff=(90, 70, 20, 9, 5, 4)),
    ]
    places = pl.DataFrame({"agency_id": [1, 2, 3], "place": ["a", "a", "campus"]})
    return staffing(pl.DataFrame(rows, schema_overrides=AGENCY_SCHEMA), agency_places=places)


def row(table: pl.DataFrame, place: str, year: int, basis: StaffingBasis) -> dict[str, object]:
    found = table.filter(
        (pl.col("place") == place) & (pl.col("year") == year) & (pl.col("basis") == basis)
    )
    return found.row(0, named=True)


def test_agencies_of_one_place_add_up(table: pl.DataFrame) -> None:
    found = row(table, "a", 2023, StaffingBasis.AS_REPORTED)

    assert table.schema == STAFFING_SCHEMA
    assert found["population"] == 1_600
    assert [found[name] for name in COUNTS] == [17, 14, 3, 3, 1, 2]
    assert (found["agencies"], found["agencies_reporting"]) == (2, 2)


def test_staff_not_reported_is_null_not_zero(table: pl.DataFrame) -> None:
    found = row(table, "campus", 2022, StaffingBasis.AS_REPORTED)

    assert [found[name] for name in COUNTS] == [None] * 6
    assert (found["agencies"], found["agencies_reporting"]) == (1, 0)
    assert found["population"] is None, "nobody lives on a campus: not zero people"


def test_propagation_writes_the_newest_figures_of_the_same_agencies(table: pl.DataFrame) -> None:
    earlier = row(table, "a", 2022, StaffingBasis.LATEST_PROPAGATED)
    campus = row(table, "campus", 2022, StaffingBasis.LATEST_PROPAGATED)

    assert (earlier["officers"], earlier["population"]) == (12, 1_100), "agency 2 is of 2023 alone"
    assert campus["officers"] == 90


def test_each_agency_keeps_its_own_figures_when_propagated() -> None:
    """The application before this one filled gaps across agencies."""
    rows = [
        agency(1, 2022, people=10, staff=(1, 1, 0, 0, 0, 0)),
        agency(2, 2022, people=20, staff=(2, 2, 0, 0, 0, 0)),
        agency(2, 2023, people=21, staff=None),
    ]
    places = pl.DataFrame({"agency_id": [1, 2], "place": ["a", "b"]})

    table = staffing(pl.DataFrame(rows, schema_overrides=AGENCY_SCHEMA), agency_places=places)

    assert row(table, "a", 2022, StaffingBasis.LATEST_PROPAGATED)["officers"] == 1
    assert row(table, "b", 2022, StaffingBasis.LATEST_PROPAGATED)["officers"] is None
