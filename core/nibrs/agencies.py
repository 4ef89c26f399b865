"""The agency file of one bundle: who reports, for how many people, with what staff."""

from typing import Final

import polars as pl

from core.errors import AgencyConflictError, MixedBundlesError
from core.nibrs.dates import parse_dates
from core.nibrs.schema import AGENCY_SCHEMA
from core.nibrs.states import postal_abbreviation
from core.nibrs.table import Table

__all__ = ["agencies_frame", "state_of"]

_STAFF = ("male_officer", "male_civilian", "female_officer", "female_civilian")
_LARGEST_COUNT: Final = 2**31 - 1
_COUNTS = ("population", *_STAFF, "total_officers", "total_civilians")
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_EARLY_MARK = "total_officers"


def state_of(table: Table) -> str:
    """The state of an agency file.

    Args:
        table: The agency member.

    Returns:
        The postal abbreviation, a key of :data:`~core.nibrs.states.STATE_NAMES`.

    Raises:
        BadCellError: An abbreviation is no state's.
        MixedBundlesError: The agencies are of more than one state.
    """
    column = "state_abbr" if _is_early(table) else "state_postal_abbr"
    states = [postal_abbreviation(text) for text in table.frame[column]]
    table.refuse_rows(
        pl.Series([state is None for state in states]),
        column=column,
        expected="expected the two letters of a state",
    )
    table.refuse_rows(
        pl.Series([state != states[0] for state in states]),
        column=column,
        expected=f"expected {states[0]} as in the first row: a bundle is of one state",
        error=MixedBundlesError,
    )
    return str(states[0])


def agencies_frame(table: Table, *, year: int) -> pl.DataFrame:
    """The agencies of a bundle, each once.

    Rows that differ only in columns that are not read, such as ``participated``, are one agency.

    Staff is null where it was not reported: where the cells are empty, and where all four hold 0
    and ``pe_reported_flag`` is N, as for Old Saybrook in 2022. Figures above 0 are kept whatever
    the flag says. The early layout names the year that its staff is of; staff of another year than
    the data year is null.

    Args:
        table: The agency member.
        year: The data year of the bundle.

    Returns:
        :data:`~core.nibrs.schema.AGENCY_SCHEMA`, sorted by ``agency_id``.

    Raises:
        AgencyConflictError: An agency stands there twice, with contradictory figures.
        BadCellError: A figure or a date is impossible.
    """
    for column in _COUNTS:
        if column in table.frame.columns:
            table.refuse(
                ~pl.col(column).is_between(0, _LARGEST_COUNT // 2),
                column=column,
                expected="expected a number of people",
            )
    columns = _early_columns(table, year=year) if _is_early(table) else _columns(table)
    frame = table.frame.select(
        "agency_id",
        "ori",
        year=pl.lit(year),
        **columns,
    )
    frame = frame.select(pl.col(name).cast(dtype) for name, dtype in AGENCY_SCHEMA.items())
    unique = frame.unique()
    _refuse_conflicts(table, frame=frame, unique=unique)
    return unique.match_to_schema(AGENCY_SCHEMA).sort("agency_id")


def _is_early(table: Table) -> bool:
    return _EARLY_MARK in table.frame.columns


def _text_or_null(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def _columns(table: Table) -> dict[str, pl.Expr | pl.Series]:
    is_reported = (pl.col("pe_reported_flag") != "N") | (pl.sum_horizontal(_STAFF) > 0)
    staff = {f"{column}s": pl.when(is_reported).then(pl.col(column)) for column in _STAFF}
    return {
        "name": pl.col("pub_agency_name").str.strip_chars(),
        "unit": _text_or_null("pub_agency_unit"),
        "type": pl.col("agency_type_name").str.strip_chars(),
        "county": _text_or_null("county_name"),
        "population": pl.col("population"),
        "officers": staff["male_officers"] + staff["female_officers"],
        "civilians": staff["male_civilians"] + staff["female_civilians"],
        **staff,
        "nibrs_start_date": _start_dates(table),
    }


def _start_dates(table: Table) -> pl.Series:
    texts = table.frame["nibrs_start_date"]
    dates = parse_dates(texts)
    table.refuse_rows(
        dates.is_null() & (texts != ""),
        column="nibrs_start_date",
        expected="expected a date such as 2004-01-01 or 01-JAN-04, or an empty cell",
    )
    return dates


def _early_columns(table: Table, *, year: int) -> dict[str, pl.Expr | pl.Series]:
    start = "current_nibrs_start_year"
    table.refuse(
        ~pl.col(start).is_between(_FIRST_YEAR, _LAST_YEAR),
        column=start,
        expected="expected a year or an empty cell",
    )
    is_current = pl.col("staffing_year").fill_null(year) == year
    totals = {"officers": "total_officers", "civilians": "total_civilians"}
    staff = {name: pl.when(is_current).then(pl.col(total)) for name, total in totals.items()}
    unknown = ("male_officers", "female_officers", "male_civilians", "female_civilians")
    return {
        "name": pl.coalesce(_text_or_null("short_name"), pl.col("agency_name").str.strip_chars()),
        "unit": pl.lit(None),
        "type": _text_or_null("agency_type_name"),
        "county": _text_or_null("primary_county"),
        "population": pl.col("population"),
        **staff,
        **{name: pl.lit(None) for name in unknown},
        "nibrs_start_date": pl.date(pl.col(start), 1, 1),
    }


def _refuse_conflicts(table: Table, *, frame: pl.DataFrame, unique: pl.DataFrame) -> None:
    if unique["agency_id"].n_unique() == unique.height:
        return
    twice = unique.filter(pl.col("agency_id").is_duplicated())
    agency = twice["agency_id"].min()
    rows = twice.filter(pl.col("agency_id") == agency)
    contradictory = [name for name in rows.columns if rows[name].n_unique() > 1]
    is_other = frame.to_struct().is_first_distinct() & ~frame["agency_id"].is_first_distinct()
    table.refuse_rows(
        (frame["agency_id"] == agency) & is_other,
        column="agency_id",
        expected=(
            f"an earlier line of this agency has another {', '.join(contradictory)}; expected the "
            "same figures on each of its lines"
        ),
        error=AgencyConflictError,
    )
