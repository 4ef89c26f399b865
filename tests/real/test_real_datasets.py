"""Datasets built from real bundles: their totals, their gaps, their places."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.build import build_dataset
from core.dataset import Dataset
from core.panel import PlaceMonthStatus

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def build(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Dataset]:
    built: dict[str, Dataset] = {}

    def build(name: str) -> Dataset:
        if name not in built:
            bundles = sorted((real_data / name).glob("*.zip"))
            out = tmp_path_factory.mktemp("real") / name
            built[name] = build_dataset(bundles, out=out, models=())
        return built[name]

    return build


@pytest.mark.parametrize(
    ("name", "incidents", "offences"),
    [
        ("louisiana", 44_740 + 48_298 + 50_095 + 46_750, 52_255 + 56_630 + 58_508 + 54_335),
        ("vermont", 18_919, 20_426),
        ("ct-partial", 49_789, 16_577 + 16_909 + 16_303),
    ],
)
def test_nothing_is_lost_or_doubled_on_the_way(
    build: Callable[[str], Dataset], name: str, incidents: int, offences: int
) -> None:
    dataset = build(name)

    assert (dataset.facts.incidents, dataset.facts.offences) == (incidents, offences)
    assert dataset.table("offences").height == offences
    everything = dataset.table("month_counts").filter(pl.col("selection") == "all")
    assert everything.select("incidents", "offences").sum().row(0) == (incidents, offences)


@pytest.mark.parametrize("name", ["louisiana", "vermont", "ct-partial"])
def test_every_day_is_known_exactly_when_its_month_is(
    build: Callable[[str], Dataset], name: str
) -> None:
    dataset = build(name)

    days = dataset.table("panel").with_columns(month=pl.col("date").dt.truncate("1mo"))
    judged = days.join(dataset.table("place_months"), on=["place", "month"], validate="m:1")
    known = judged["offences"].is_not_null()
    assert known.equals(judged["status"] != PlaceMonthStatus.NONE.value)
    assert judged.height == days.height


def months_with(dataset: Dataset, *, name: str, status: str) -> list[str]:
    agencies = dataset.table("agencies").filter(pl.col("name") == name).unique("agency_id")
    months = dataset.table("agency_months").join(agencies, on="agency_id", how="semi")
    found = months.filter(pl.col("status") == status).sort("month")
    return [month.strftime("%Y-%m") for month in found["month"]]


def test_back_dated_trickles_do_not_start_a_series(build: Callable[[str], Dataset]) -> None:
    louisiana = build("louisiana")

    assert months_with(louisiana, name="Monroe", status="thin") == [
        f"2016-{month:02}" for month in range(1, 13)
    ]
    assert months_with(louisiana, name="Plaquemine", status="none")[-10:] == [
        f"2019-{month:02}" for month in range(3, 13)
    ]


def test_a_state_without_a_town_map_has_its_agencies_as_places(
    build: Callable[[str], Dataset],
) -> None:
    vermont = build("vermont")

    places = vermont.table("places")
    assert vermont.has_map
    assert set(places["county"].drop_nulls()) == {
        f"{name} County"
        for name in (
            "Addison", "Bennington", "Caledonia", "Chittenden", "Essex", "Franklin", "Grand Isle",
            "Lamoille", "Orange", "Orleans", "Rutland", "Washington", "Windham", "Windsor",
        )
    }  # fmt: skip
    assert places.height == 87
    assert {"bennington-city", "bennington-county"} <= set(places["place"])


def test_groton_adds_up_its_three_agencies(build: Callable[[str], Dataset]) -> None:
    connecticut = build("ct-partial")

    row = connecticut.table("places").filter(pl.col("place") == "groton").row(0, named=True)
    agencies = connecticut.table("agency_places").filter(pl.col("place") == "groton")

    assert agencies.height == 3
    assert row["agencies"] == "Groton; Groton Long Point; Groton Town"
