"""Which series a protocol compares, and how it counts."""

from datetime import date, timedelta

import polars as pl
import pytest

from core.errors import RequestError
from core.evaluation.protocols import Protocol, agency_panel
from core.volume.inputs import place_panel

START = date(2021, 1, 1)


def offences(agency: int, *, days: range, each: int = 1, repeat: int = 1) -> pl.DataFrame:
    """``each`` incidents on each day, every one of ``repeat`` offences."""
    rows = [
        (agency, agency * 10_000_000 + day * 100 + n, START + timedelta(days=day))
        for day in days
        for n in range(each)
        for _ in range(repeat)
    ]
    return pl.DataFrame(
        rows,
        schema={"agency_id": pl.Int64, "incident_id": pl.Int64, "date": pl.Date},
        orient="row",
    )


def test_la_counts_incidents_and_ct_offences() -> None:
    given = offences(7, days=range(365), each=1, repeat=2)
    for protocol, count in ((Protocol.LA, 1), (Protocol.CT, 2)):
        panel = agency_panel(given, protocol=protocol)
        assert panel["count"].unique().to_list() == [count]
        assert panel.height == 365
        assert panel["series"].unique().to_list() == ["7"]


def test_agencies_are_kept_by_months_total_and_last_day() -> None:
    given = pl.concat(
        [
            offences(1, days=range(365)),
            offences(2, days=range(200, 365)),  # half the months
            offences(3, days=range(0, 365, 3)),  # 122 in all
            offences(4, days=range(333)),  # last on 29 November: 32 days before the end
            offences(5, days=range(334)),  # one day later
        ]
    )
    panel = agency_panel(given, protocol=Protocol.CT)
    assert panel["series"].unique().sort().to_list() == ["1", "5"]


def test_days_without_a_row_are_zero() -> None:
    panel = agency_panel(
        pl.concat([offences(1, days=range(365)), offences(5, days=range(0, 365, 2))]),
        protocol=Protocol.CT,
    )
    five = panel.filter(pl.col("series") == "5")["count"].to_list()
    assert five[:4] == [1, 0, 1, 0]
    assert panel["count"].null_count() == 0


def test_places_keep_their_nulls_and_silent_places_are_left_out() -> None:
    panel = pl.DataFrame(
        {
            "place": ["a", "a", "b", "b"],
            "date": [START, START + timedelta(days=1)] * 2,
            "offences": [None, 3, None, None],
        },
        schema={"place": pl.String, "date": pl.Date, "offences": pl.Int32},
    )
    found = place_panel(panel)
    assert found.rows() == [("a", START, None), ("a", START + timedelta(days=1), 3)]


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(RequestError, match="la or ct"):
        agency_panel(offences(1, days=range(365)), protocol=Protocol.DEFAULT)
    with pytest.raises(RequestError, match="no agency"):
        agency_panel(offences(1, days=range(5)), protocol=Protocol.LA)
