"""From a place, a day, an hour and a kind of location to the numbers a model reads.

One builder serves training, single predictions and batches, so that they cannot differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.calendar_days import named_holidays
from core.errors import RequestError
from core.risk.vocabulary import AREA_OF_LOCATION, LOCATION_CODES, RiskVocabulary

__all__ = [
    "CATEGORICAL",
    "CONTEXT_FRAME_SCHEMA",
    "FEATURES",
    "ContextTable",
    "FeatureMatrix",
    "Floats",
    "Ints",
    "RiskContext",
    "contexts_of_frame",
    "contexts_of_offences",
    "day_values",
    "parse_context",
    "tabulate",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Every feature is a whole number far below 2**24 or NaN, so that nothing is rounded.
FeatureMatrix = NDArray[np.float32]

FEATURES: Final = (
    "place",
    "agency",
    "region",
    "location",
    "area",
    "hour",
    "weekday",
    "month",
    "season",
    "holiday",
    "payday",
)
"""Columns of a model's matrix, in its order; NaN where unknown. A place without an offence in the
training years is unknown. ``season`` counts from winter; ``payday`` is the distance in days to the
1st or the 15th, whichever is nearest."""

CATEGORICAL: Final = ("place", "agency", "region", "location", "area")
"""Those of :data:`FEATURES` that hold codes of the vocabulary; they stand first."""

CONTEXT_FRAME_SCHEMA = pl.Schema(
    {"place": pl.String(), "date": pl.Date(), "hour": pl.Int8(), "location_code": pl.String()}
)

_HOUR: Final = FEATURES.index("hour")
_HOURS: Final = 24
_DAY_COLUMNS: Final = 5
_UNKNOWN: Final = -1


@dataclass(frozen=True, kw_only=True)
class RiskContext:
    """Where and when an offence is reported.

    Attributes:
        place: A place of the dataset.
        date: The day.
        hour: 0-23, or None where it is not known; never midnight for want of an hour.
        location_code: The FBI's location type, two digits.
    """

    place: str
    date: date
    hour: int | None
    location_code: str


@dataclass(frozen=True, kw_only=True, eq=False)
class ContextTable:
    """Contexts as numbers.

    Attributes:
        matrix: Shape (contexts, features), float32, columns as :data:`FEATURES`.
        place: Code of the place, int64, shape (contexts,); -1 hides the place.
        region: Code of its region; -1 for none.
        location: Code of the location type; -1 hides it.
        area: Code of its area.
    """

    matrix: FeatureMatrix
    place: Ints
    region: Ints
    location: Ints
    area: Ints

    def __len__(self) -> int:
        """How many contexts."""
        return len(self.place)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "ContextTable":
        """The contexts at given positions, or where a mask holds."""
        return ContextTable(
            matrix=self.matrix[rows],
            place=self.place[rows],
            region=self.region[rows],
            location=self.location[rows],
            area=self.area[rows],
        )


def parse_context(*, place: str, day: str, hour: str, location_code: str) -> RiskContext:
    """Read a context from text.

    Args:
        place: A place; whether the dataset has it is seen at prediction.
        day: ISO date.
        hour: 0-23; empty or ``unknown`` for an unknown hour.
        location_code: Two digits.

    Raises:
        RequestError: No such date, hour or location type.
    """
    try:
        parsed = date.fromisoformat(day)
    except ValueError as error:
        raise RequestError(
            f"date {day!r}: no such day; expected a date such as 2024-02-29"
        ) from error
    if location_code not in LOCATION_CODES:
        raise _no_location(location_code)
    return RiskContext(
        place=place, date=parsed, hour=_parse_hour(hour), location_code=location_code
    )


def _parse_hour(text: str) -> int | None:
    if text in {"", "unknown"}:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) >= _HOURS:
        raise RequestError(f"hour {text!r}: expected 0 to 23, or 'unknown'")
    return int(text)


def tabulate(
    contexts: Sequence[RiskContext], *, vocabulary: RiskVocabulary, state: str
) -> ContextTable:
    """Contexts as numbers.

    Raises:
        RequestError: An hour outside 0-23, or a location type that the FBI does not have.
        UnknownPlaceError: A place that the dataset does not have.
    """
    place = np.array([vocabulary.place_code(c.place) for c in contexts], dtype=np.int64)
    agency = np.array(vocabulary.agency_of_place, dtype=np.int64)[place]
    return _table(
        place=place,
        agency=agency,
        location=np.array(
            [vocabulary.location_code(c.location_code) for c in contexts], dtype=np.int64
        ),
        hour=np.array([_hour_value(c.hour) for c in contexts], dtype=np.float64),
        days=np.array([c.date for c in contexts], dtype="datetime64[D]"),
        words=_Words(vocabulary=vocabulary, state=state),
    )


def _hour_value(hour: int | None) -> float:
    if hour is None:
        return np.nan
    if not 0 <= hour < _HOURS:
        raise RequestError(f"hour {hour}: expected 0 to 23, or None where it is not known")
    return float(hour)


def contexts_of_frame(
    frame: pl.DataFrame, *, vocabulary: RiskVocabulary, state: str
) -> ContextTable:
    """A frame of contexts as numbers, in the frame's order.

    Args:
        frame: :data:`CONTEXT_FRAME_SCHEMA`; only ``hour`` may be null.
        vocabulary: The words of the model.
        state: Two-letter code, for the holidays.

    Raises:
        RequestError: Other columns, a null, an impossible hour or location type.
        UnknownPlaceError: A place that the dataset does not have.
    """
    if dict(frame.schema) != dict(CONTEXT_FRAME_SCHEMA):
        raise RequestError(
            f"contexts: expected the columns {dict(CONTEXT_FRAME_SCHEMA)}, got {dict(frame.schema)}"
        )
    if frame.select("place", "date", "location_code").null_count().sum_horizontal().item():
        raise RequestError("contexts: place, date and location_code must have a value in each row")
    impossible = frame.filter(~pl.col("hour").is_between(0, _HOURS - 1))["hour"]
    if impossible.len():
        raise RequestError(f"hour {impossible[0]}: expected 0 to 23, or null where not known")
    for place in frame["place"].unique():
        vocabulary.place_code(place)
    for location in frame["location_code"].unique():
        vocabulary.location_code(location)
    place = _codes(frame["place"], vocabulary.place_codes)
    return _table(
        place=place,
        agency=np.array(vocabulary.agency_of_place, dtype=np.int64)[place],
        location=_codes(frame["location_code"], LOCATION_CODES),
        hour=frame["hour"].cast(pl.Float64).to_numpy(),
        days=frame["date"].to_numpy().astype("datetime64[D]"),
        words=_Words(vocabulary=vocabulary, state=state),
    )


def contexts_of_offences(
    offences: pl.DataFrame,
    *,
    agency_places: pl.DataFrame,
    vocabulary: RiskVocabulary,
    state: str,
) -> ContextTable:
    """The contexts of offences, in their order; each with the agency that reported it.

    Args:
        offences: The table ``offences`` of a dataset, or rows of it.
        agency_places: The table ``agency_places``.
        vocabulary: The words of the model.
        state: Two-letter code, for the holidays.

    Returns:
        The contexts; an agency that the vocabulary lacks is unknown, its place is not.

    Raises:
        RequestError: An agency without a place.
    """
    of_agency = dict(agency_places.select("agency_id", "place").iter_rows())
    homeless = set(offences["agency_id"].unique()) - set(of_agency)
    if homeless:
        raise RequestError(f"agency_id {min(homeless)}: it has no row in agency_places")
    codes = {agency: vocabulary.place_code(place) for agency, place in of_agency.items()}
    return _table(
        place=_codes(offences["agency_id"], codes),
        agency=_codes(offences["agency_id"], vocabulary.agency_codes),
        location=_codes(offences["location_code"].cast(pl.String), LOCATION_CODES),
        hour=offences["hour"].cast(pl.Float64).to_numpy(),
        days=offences["date"].to_numpy().astype("datetime64[D]"),
        words=_Words(vocabulary=vocabulary, state=state),
    )


@dataclass(frozen=True, kw_only=True)
class _Words:
    vocabulary: RiskVocabulary
    state: str


def _codes(column: pl.Series, codes: Mapping[str, int] | Mapping[int, int]) -> Ints:
    found = column.replace_strict(dict(codes), default=_UNKNOWN, return_dtype=pl.Int64)
    return found.to_numpy()


def _table(
    *,
    place: Ints,
    agency: Ints,
    location: Ints,
    hour: Floats,
    days: NDArray[np.datetime64],
    words: _Words,
) -> ContextTable:
    region = np.array(words.vocabulary.region_of_place, dtype=np.int64)[place]
    area = AREA_OF_LOCATION[location]
    midnight = (hour == 0) & np.isin(agency, words.vocabulary.midnight_agencies)
    matrix = np.empty((len(place), len(FEATURES)), dtype=np.float32)
    for column, codes in enumerate((place, agency, region, location, area)):
        matrix[:, column] = codes
        matrix[codes == _UNKNOWN, column] = np.nan
    matrix[~words.vocabulary.seen_places[place], FEATURES.index("place")] = np.nan
    matrix[:, _HOUR] = np.where(midnight, np.nan, hour)
    matrix[:, _HOUR + 1 :] = day_values(days, state=words.state)
    return ContextTable(matrix=matrix, place=place, region=region, location=location, area=area)


def day_values(days: NDArray[np.datetime64], *, state: str) -> Floats:
    """The columns of :data:`FEATURES` from ``weekday`` on, one row a day.

    Args:
        days: datetime64[D].
        state: Two-letter code.
    """
    years = days.astype("datetime64[Y]")
    row = (days - years).astype(np.int64)
    values = np.empty((len(days), _DAY_COLUMNS))
    for year in np.unique(years):
        here = years == year
        values[here] = _year_values(state, year.astype(int) + 1970)[row[here]]
    return values


@lru_cache(maxsize=128)
def _year_values(state: str, year: int) -> Floats:
    holidays = named_holidays(state, first_year=year, last_year=year)
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    values = np.array(
        [_day_value(first + timedelta(days=n), holidays=holidays) for n in range(length)]
    )
    values.setflags(write=False)
    return values


def _day_value(day: date, *, holidays: Mapping[date, str]) -> tuple[float, ...]:
    next_month = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    payday = min(day.day - 1, abs(day.day - 15), (next_month - day).days)
    season = day.month % 12 // 3
    return (day.weekday(), day.month, season, float(day in holidays), payday)


def _no_location(location: str) -> RequestError:
    return RequestError(f"location {location!r}: not a location type of the FBI, such as '20'")
