"""Contexts as numbers: the same one by one and in a frame; bad input is refused."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from core.calendar_days import named_holidays
from core.errors import RequestError, UnknownPlaceError
from core.risk.contexts import (
    CONTEXT_FRAME_SCHEMA,
    FEATURES,
    ContextTable,
    RiskContext,
    contexts_of_frame,
    contexts_of_offences,
    day_values,
    parse_context,
    tabulate,
)
from core.risk.model import RiskModel


def value(table: ContextTable, feature: str, row: int = 0) -> float:
    return float(table.matrix[row, FEATURES.index(feature)])


def test_text_becomes_a_context() -> None:
    context = parse_context(place="alder", day="2024-02-29", hour="23", location_code="20")

    assert context == RiskContext(
        place="alder", date=date(2024, 2, 29), hour=23, location_code="20"
    )


@pytest.mark.parametrize("hour", ["", "unknown"])
def test_an_hour_may_be_unknown(hour: str) -> None:
    assert parse_context(place="a", day="2024-01-01", hour=hour, location_code="20").hour is None


@pytest.mark.parametrize(
    ("day", "hour", "location", "culprit"),
    [
        ("2024-02-30", "1", "20", "2024-02-30"),
        ("yesterday", "1", "20", "yesterday"),
        ("2024-01-01", "24", "20", "'24'"),
        ("2024-01-01", "-1", "20", "'-1'"),
        ("2024-01-01", "noon", "20", "'noon'"),
        ("2024-01-01", "²", "20", "'²'"),
        ("2024-01-01", "1", "99", "'99'"),
        ("2024-01-01", "1", "", "''"),
    ],
)
def test_impossible_text_is_refused(day: str, hour: str, location: str, culprit: str) -> None:
    with pytest.raises(RequestError, match=culprit):
        parse_context(place="alder", day=day, hour=hour, location_code=location)


def test_impossible_contexts_are_refused(model: RiskModel) -> None:
    good = RiskContext(place="alder", date=date(2023, 1, 1), hour=1, location_code="20")
    for bad, error in (
        (RiskContext(place="alder", date=good.date, hour=24, location_code="20"), RequestError),
        (RiskContext(place="alder", date=good.date, hour=1, location_code="99"), RequestError),
        (RiskContext(place="x", date=good.date, hour=1, location_code="20"), UnknownPlaceError),
    ):
        with pytest.raises(error):
            tabulate([good, bad], vocabulary=model.vocabulary, state="CT")


def test_each_column_means_what_it_says(model: RiskModel) -> None:
    context = RiskContext(place="cedar", date=date(2023, 7, 4), hour=22, location_code="08")

    table = tabulate([context], vocabulary=model.vocabulary, state="CT")

    words = model.vocabulary
    assert words.places[int(value(table, "place"))] == "cedar"
    assert words.agencies[int(value(table, "agency"))] == 3
    assert words.regions[int(value(table, "region"))] == "South"
    assert value(table, "hour") == 22
    assert value(table, "weekday") == 1
    assert value(table, "month") == 7
    assert value(table, "season") == 2
    assert value(table, "holiday") == 1
    assert value(table, "payday") == 3


def test_days_agree_with_a_plain_loop() -> None:
    days = np.arange(np.datetime64("2019-12-20"), np.datetime64("2021-01-10"))
    values = day_values(days, state="CT")

    for day, found in zip(days.tolist(), values, strict=True):
        holidays = named_holidays("CT", first_year=day.year, last_year=day.year)
        season = {12: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2}.get(day.month, 3)
        paydays = [
            date(year, month, on)
            for year in (day.year, day.year + 1)
            for month in range(1, 13)
            for on in (1, 15)
        ]
        payday = min(abs((day - each).days) for each in paydays)
        expected = [
            day.weekday(),
            day.month,
            season,
            float(day in holidays),
            payday,
        ]
        assert found.tolist() == expected


def test_midnight_is_unknown_where_it_is_a_habit(
    model: RiskModel, offences: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    table = contexts_of_offences(
        offences, agency_places=agency_places, vocabulary=model.vocabulary, state="CT"
    )

    hour = table.matrix[:, FEATURES.index("hour")]
    at_midnight = (offences["hour"] == 0).to_numpy()
    habit = (offences["agency_id"] == 4).to_numpy()
    assert np.isnan(hour[at_midnight & habit]).all()
    assert (hour[at_midnight & ~habit] == 0).all()
    assert not np.isnan(hour[~at_midnight]).any()


def test_single_and_frame_are_the_same(model: RiskModel) -> None:
    contexts = [
        RiskContext(place="alder", date=date(2023, 12, 31), hour=None, location_code="20"),
        RiskContext(place="nowhere", date=date(2024, 2, 29), hour=0, location_code="58"),
        RiskContext(place="cedar", date=date(2019, 3, 1), hour=23, location_code="13"),
    ]
    frame = pl.DataFrame([vars(context) for context in contexts], schema=CONTEXT_FRAME_SCHEMA)

    one = tabulate(contexts, vocabulary=model.vocabulary, state="CT")
    many = contexts_of_frame(frame, vocabulary=model.vocabulary, state="CT")

    assert np.array_equal(one.matrix, many.matrix, equal_nan=True)
    assert np.array_equal(one.place, many.place)
    assert np.array_equal(one.location, many.location)
    assert np.isnan(value(one, "region", row=1))
    assert np.isnan(value(one, "agency", row=1))


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("alder", date(2023, 1, 1), 24, "20"), RequestError),
        (("alder", None, 1, "20"), RequestError),
        (("alder", date(2023, 1, 1), 1, "99"), RequestError),
        (("atlantis", date(2023, 1, 1), 1, "20"), UnknownPlaceError),
    ],
)
def test_a_frame_is_checked(
    model: RiskModel, row: tuple[object, ...], error: type[Exception]
) -> None:
    frame = pl.DataFrame([row], schema=CONTEXT_FRAME_SCHEMA, orient="row")

    with pytest.raises(error):
        contexts_of_frame(frame, vocabulary=model.vocabulary, state="CT")


def test_a_frame_of_other_columns_is_refused(model: RiskModel) -> None:
    with pytest.raises(RequestError, match="expected the columns"):
        contexts_of_frame(
            pl.DataFrame({"place": ["alder"]}), vocabulary=model.vocabulary, state="CT"
        )


def test_an_agency_without_a_place_is_named(
    model: RiskModel, offences: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    with pytest.raises(RequestError, match="agency_id 3"):
        contexts_of_offences(
            offences,
            agency_places=agency_places.filter(pl.col("agency_id") != 3),
            vocabulary=model.vocabulary,
            state="CT",
        )
