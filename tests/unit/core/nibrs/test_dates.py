from datetime import date, timedelta

import polars as pl
import pytest

from core.nibrs.dates import parse_date, parse_dates
from core.nibrs.states import STATE_NAMES, postal_abbreviation


@pytest.mark.parametrize("layout", ["%Y-%m-%d", "%Y-%m-%d 00:00:00", "%Y-%m-%d 16:09:38.93"])
def test_every_day_is_read_in_iso_form(layout: str) -> None:
    for days in range(0, 12_000, 37):
        day = date(1995, 1, 1) + timedelta(days=days)
        assert parse_date(day.strftime(layout)) == day


def test_every_day_is_read_in_the_form_of_2016_to_2020() -> None:
    for days in range(0, 20_000, 37):
        day = date(1975, 1, 1) + timedelta(days=days)
        assert parse_date(day.strftime("%d-%b-%y").upper()) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "2024", "2024-1-1", "2024-02-30", "2024-13-01", "0000-01-01", "01/02/2024", "31-JUN-19",
        "14-SEP-2019", "14-sep-19", "14-XXX-19", "00-JAN-19", " 2024-01-01", "2024-01-01T00:00:00",
        "2024-01-01 ", "\u0662\u0660\u0662\u0664-01-01", "2024-01-01\n",
    ],
)  # fmt: skip
def test_what_is_no_date_of_the_fbi_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_a_column_is_parsed_as_its_cells_are() -> None:
    texts = pl.Series(["2024-02-06", "x", "14-SEP-19", "2024-02-06", ""])
    assert parse_dates(texts).to_list() == [parse_date(text) for text in texts]
    assert parse_dates(texts.clear()).dtype == pl.Date


def test_states_have_postal_abbreviations() -> None:
    assert len(STATE_NAMES) == 56
    assert STATE_NAMES["DC"] == "District of Columbia"
    assert STATE_NAMES["WY"] == "Wyoming"
    assert all(len(code) == 2 and code.isupper() for code in STATE_NAMES)
    assert [postal_abbreviation(text) for text in ("ct", "NB", "NE", "", "USA")] == [
        "CT", "NE", "NE", None, None,
    ]  # fmt: skip
