"""Dates as the FBI writes them, in any era."""

import re
from datetime import date
from typing import Final

import polars as pl

__all__ = ["parse_date", "parse_dates"]

_ISO_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?: \d\d:\d\d:\d\d(?:\.\d+)?)?", re.ASCII
)
_ORACLE_DATE = re.compile(r"(?P<day>\d\d)-(?P<month>[A-Z]{3})-(?P<year>\d\d)", re.ASCII)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, start=1)}
# Two-digit years as POSIX reads them; NIBRS began in 1988.
_FIRST_YEAR_OF_1900S: Final = 69


def parse_date(text: str) -> date | None:
    """A date as the FBI writes it, in any era.

    Args:
        text: ``2024-02-06``, ``2016-01-27 00:00:00`` or ``14-SEP-19``.

    Returns:
        The date, or None when the text is no date.

    >>> parse_date("14-SEP-19")
    datetime.date(2019, 9, 14)
    """
    try:
        if match := _ISO_DATE.fullmatch(text):
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        if match := _ORACLE_DATE.fullmatch(text):
            year = int(match["year"])
            century = 1900 if year >= _FIRST_YEAR_OF_1900S else 2000
            return date(century + year, _MONTH_NUMBERS[match["month"]], int(match["day"]))
    except (ValueError, KeyError):
        return None
    return None


def parse_dates(texts: pl.Series) -> pl.Series:
    """Dates of a column; each distinct text is parsed once.

    Args:
        texts: String, as :func:`parse_date` reads them.

    Returns:
        Date, null where the text is no date.
    """
    distinct = texts.unique()
    dates = pl.Series([parse_date(text) for text in distinct], dtype=pl.Date)
    return texts.replace_strict(distinct, dates, default=None, return_dtype=pl.Date)
