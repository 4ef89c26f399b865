"""The panel against plain Python counting, and the rules on what was not reported."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import polars as pl
import pytest

from core.nibrs.bundle import Bundle, ReportingStatus
from core.nibrs.codes import CATEGORY_OF_CODE
from core.panel import (
    AGENCY_MONTH_SCHEMA,
    COUNT_SCHEMA,
    PANEL_SCHEMA,
    PLACE_MONTH_SCHEMA,
    AgencyMonthStatus,
    PlaceMonthStatus,
    agency_months,
    daily_panel,
    month_counts,
    place_months,
)


def every_day(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365)]


def months_of(*bundles: Bundle) -> pl.DataFrame:
    """The judgement of the months of bundles that are in memory."""
    return agency_months(
        pl.concat([bundle.coverage for bundle in bundles]).lazy(),
        offences=pl.concat([bundle.offences for bundle in bundles]).lazy(),
    )


def statuses(months: pl.DataFrame, *, agency_id: int) -> list[str]:
    return months.filter(pl.col("agency_id") == agency_id)["status"].to_list()


@pytest.fixture
def three_agencies(make_bundle: Callable[..., Bundle]) -> Bundle:
    """Agency 1 reports daily; 2 in March only; 3 files a zero report in May."""
    rows = [(1, day) for day in every_day(2023)] + [(2, date(2023, 3, day)) for day in range(1, 29)]
    return make_bundle(
        year=2023,
        offences=rows,
        populations={1: 9_000, 2: 900, 3: 100},
        coverage={(3, 5): ReportingStatus.ZERO},
    )


def test_a_month_without_a_report_is_none_and_counts_nothing(three_agencies: Bundle) -> None:
    months = months_of(three_agencies)

    assert months.schema == AGENCY_MONTH_SCHEMA
    assert statuses(months, agency_id=1) == ["reported"] * 12
    assert statuses(months, agency_id=2) == ["none"] * 2 + ["reported"] + ["none"] * 9
    silent = months.filter(pl.col("status") == AgencyMonthStatus.NONE)
    assert silent.select("offences", "incidents").null_count().row(0) == (silent.height,) * 2


def test_a_zero_report_is_zero_not_null(three_agencies: Bundle) -> None:
    months = months_of(three_agencies)

    may = months.filter((pl.col("agency_id") == 3) & (pl.col("month") == date(2023, 5, 1)))

    assert may.select("status", "offences", "incidents").row(0) == ("zero", 0, 0)


def test_a_trickle_before_the_true_start_is_thin(make_bundle: Callable[..., Bundle]) -> None:
    rows = [
        (1, date(2023, month, 1 + n % 28))
        for month in range(1, 13)
        for n in range(2 if month < 4 else 60)
    ]

    months = months_of(make_bundle(year=2023, offences=rows))

    assert statuses(months, agency_id=1) == ["thin"] * 3 + ["reported"] * 9
    assert months["offences"].to_list()[:3] == [2, 2, 2]


def test_a_tenth_of_a_usual_month_of_twenty_is_not_thin(make_bundle: Callable[..., Bundle]) -> None:
    """The 75th percentile lies a quarter of the way from 19 to 23: at 20, the least that counts."""
    sizes = [1, 2, *[19] * 7, *[23] * 3]
    rows = [
        (1, date(2023, month, 1 + n))
        for month, size in enumerate(sizes, start=1)
        for n in range(size)
    ]

    months = months_of(make_bundle(year=2023, offences=rows))

    assert statuses(months, agency_id=1) == ["thin"] + ["reported"] * 11


def test_a_quiet_agency_is_never_thin(make_bundle: Callable[..., Bundle]) -> None:
    rows = [(1, date(2023, month, day)) for month in range(1, 13) for day in range(1, 13)]
    rows = [row for row in rows if row[1].month != 6] + [(1, date(2023, 6, 1))]

    assert (
        statuses(months_of(make_bundle(year=2023, offences=rows)), agency_id=1) == ["reported"] * 12
    )


def places_of(bundle: Bundle, *, places: dict[int, str], every: list[str]) -> pl.DataFrame:
    return place_months(
        months_of(bundle),
        agencies=bundle.agencies,
        agency_places=pl.DataFrame(
            {"agency_id": list(places), "place": list(places.values())},
            schema={"agency_id": pl.Int64, "place": pl.String},
        ),
        places=pl.Series("place", every),
    )


@pytest.mark.parametrize(
    ("populations", "march", "april"),
    [
        pytest.param({1: 9_000, 2: 900, 3: 100}, "partial", "partial", id="a village is silent"),
        pytest.param({1: 7_000, 2: 2_900, 3: 100}, "partial", "none", id="a city is silent"),
        pytest.param({1: 0, 2: 0, 3: 0}, "none", "none", id="without people agencies weigh alike"),
    ],
)
def test_a_place_reports_when_most_of_its_people_are_covered(
    make_bundle: Callable[..., Bundle], populations: dict[int, int], march: str, april: str
) -> None:
    rows = [(1, day) for day in every_day(2023)] + [(2, date(2023, 3, day)) for day in range(1, 29)]
    bundle = make_bundle(year=2023, offences=rows, populations=populations)

    months = places_of(bundle, places={1: "a", 2: "a", 3: "a"}, every=["a"])

    assert months.schema == PLACE_MONTH_SCHEMA
    assert months["status"].to_list()[2:4] == [march, april]
    assert months["offences"].to_list()[2:4] == [31 + 28, 30], "on file, whatever the status"


def test_all_agencies_reporting_is_complete_and_a_place_without_agency_is_none(
    three_agencies: Bundle,
) -> None:
    months = places_of(three_agencies, places={1: "a", 2: "b", 3: "c"}, every=["a", "b", "c", "d"])

    assert months.height == 4 * 12
    by_place = {
        place: rows["status"].to_list()
        for (place,), rows in months.group_by("place", maintain_order=True)
    }
    assert by_place["a"] == [PlaceMonthStatus.COMPLETE] * 12
    assert by_place["c"][4] == PlaceMonthStatus.COMPLETE, "a zero report is a report"
    assert by_place["d"] == [PlaceMonthStatus.NONE] * 12
    assert months.filter(pl.col("place") == "d")["offences"].null_count() == 12


def judged(
    *agencies: tuple[int | None, str | None, int | None],
    place_ids: tuple[str, ...] = ("a",),
    people_of: Sequence[int] | None = None,
) -> pl.DataFrame:
    """A month of one place: population, status and offences of each of its agencies."""
    numbers = range(len(agencies))
    listed = numbers if people_of is None else people_of
    months = pl.DataFrame(
        [
            (n, date(2023, 1, 1), status, offences, offences and 2 * offences)
            for n, (_, status, offences) in enumerate(agencies)
        ],
        schema=AGENCY_MONTH_SCHEMA,
        orient="row",
    )
    return place_months(
        months,
        agencies=pl.DataFrame(
            {"agency_id": listed, "year": 2023, "population": [agencies[n][0] for n in listed]},
            schema={"agency_id": pl.Int64, "year": pl.Int16, "population": pl.Int64},
        ),
        agency_places=pl.DataFrame(
            {"agency_id": numbers, "place": "a"}, schema={"agency_id": pl.Int64, "place": pl.String}
        ),
        places=pl.Series("place", place_ids),
    )


@pytest.mark.parametrize(
    ("agencies", "status"),
    [
        pytest.param([(8, "reported", 1), (2, "none", None)], "partial", id="just four fifths"),
        pytest.param([(79, "reported", 1), (21, "none", None)], "none", id="a little less"),
        pytest.param([(3, "zero", 0), (None, "none", None)], "partial", id="people unknown"),
        pytest.param([(1, "reported", 1), (0, "none", None)], "partial", id="one person"),
        pytest.param([(9, "reported", 1), (9, "thin", 1)], "none", id="thin is no report"),
        pytest.param(
            [*[(None, "reported", 1)] * 4, (None, "none", None)], "partial", id="four of five"
        ),
    ],
)
def test_four_fifths_of_the_people_are_enough(
    agencies: list[tuple[int | None, str | None, int | None]], status: str
) -> None:
    assert judged(*agencies)["status"].to_list() == [status]


def test_an_agency_that_the_table_of_people_leaves_out_still_has_to_report() -> None:
    everyone = judged((9, "reported", 1), (9, "none", None), people_of=[0])

    assert everyone["status"].to_list() == ["partial"], "complete would be without it"


def test_a_place_month_adds_up_what_is_on_file() -> None:
    some = judged((8, "reported", 3), (2, "none", None), (1, "thin", 4))
    nothing = judged((8, "none", None))

    assert some.select("offences", "incidents").row(0) == (7, 14)
    assert nothing.select("offences", "incidents").row(0) == (None, None)


def test_months_are_sorted_whatever_order_they_came_in(three_agencies: Bundle) -> None:
    agencies = agency_months(
        three_agencies.coverage.sample(fraction=1, shuffle=True, seed=1).lazy(),
        offences=three_agencies.offences.lazy(),
    )
    places = places_of(three_agencies, places={1: "a", 2: "b", 3: "c"}, every=["d", "b", "a", "c"])

    assert agencies.equals(agencies.sort("agency_id", "month"))
    assert places.equals(places.sort("place", "month"))


def test_what_is_given_twice_is_refused_rather_than_counted_twice(three_agencies: Bundle) -> None:
    months = months_of(three_agencies)
    given = {
        "agencies": three_agencies.agencies,
        "agency_places": pl.DataFrame({"agency_id": [1, 2, 3], "place": ["a", "a", "b"]}),
        "places": pl.Series("place", ["a", "b"]),
    }
    made = place_months(months, **given)  # type: ignore[arg-type] # frames and a series
    for name, rows in given.items():
        twice = given | {name: pl.concat([rows, rows])}  # type: ignore[type-var] # as above
        with pytest.raises(pl.exceptions.ComputeError, match="1"):
            place_months(months, **twice)  # type: ignore[arg-type] # as above
    rows_of = three_agencies.offences.with_columns(place=pl.lit("a")).lazy()
    with pytest.raises(pl.exceptions.ComputeError, match="1"):
        daily_panel(rows_of, incidents=rows_of, months=pl.concat([made, made])).collect()
    coverage = pl.concat([three_agencies.coverage] * 2).lazy()
    with pytest.raises(pl.exceptions.ComputeError, match="1"):
        agency_months(coverage, offences=three_agencies.offences.lazy())


def test_months_between_two_separate_years_are_there_and_unknown(
    make_bundle: Callable[..., Bundle],
) -> None:
    bundles = [
        make_bundle(year=year, offences=[(1, day) for day in every_day(year)], first_id=year)
        for year in (2021, 2023)
    ]
    months = place_months(
        months_of(*bundles),
        agencies=pl.concat([bundle.agencies for bundle in bundles]),
        agency_places=pl.DataFrame({"agency_id": [1], "place": ["a"]}),
        places=pl.Series("place", ["a"]),
    )

    assert months["status"].to_list() == ["complete"] * 12 + ["none"] * 12 + ["complete"] * 12


def test_the_panel_equals_counting_by_hand(make_bundle: Callable[..., Bundle]) -> None:
    generator = random.Random(7)
    days = every_day(2023)
    rows = sorted((generator.choice([1, 2, 3]), generator.choice(days)) for _ in range(900))
    rows = [row for row in rows if not (row[0] == 3 and row[1].month in (2, 7))]
    bundle = make_bundle(year=2023, offences=rows)
    place_of = {1: "a", 2: "a", 3: "b"}
    agency_places = pl.DataFrame({"agency_id": list(place_of), "place": list(place_of.values())})
    months = places_of(bundle, places=place_of, every=["a", "b", "c"])
    placed = bundle.offences.join(agency_places, on="agency_id")

    panel = daily_panel(
        placed.lazy(),
        incidents=bundle.incidents.join(agency_places, on="agency_id").lazy(),
        months=months.sample(fraction=1, shuffle=True, seed=1),
    ).collect()

    counted = Counter((place_of[agency], day) for agency, day in rows)
    expected = [
        None if place == "c" or (place == "b" and day.month in (2, 7)) else counted[place, day]
        for place, day in itertools.product("abc", days)
    ]
    assert panel.schema == PANEL_SCHEMA
    assert panel["offences"].to_list() == expected
    assert panel["incidents"].to_list() == expected, "one offence an incident here"
    assert panel.select("place", "date").rows() == list(itertools.product("abc", days))


def test_offences_of_a_month_that_does_not_count_stay_out_of_the_panel(
    make_bundle: Callable[..., Bundle],
) -> None:
    rows = [
        (1, date(2023, month, 1 + n % 28))
        for month in range(1, 13)
        for n in range(2 if month == 1 else 60)
    ]
    bundle = make_bundle(year=2023, offences=rows)
    months = places_of(bundle, places={1: "a"}, every=["a"])
    placed = bundle.offences.with_columns(place=pl.lit("a"))

    panel = daily_panel(placed.lazy(), incidents=placed.lazy(), months=months).collect()

    assert panel["offences"].null_count() == 31
    assert panel["offences"].sum() == 11 * 60


def test_counts_by_selection_equal_counting_by_hand() -> None:
    generator = random.Random(11)
    rows = [
        {
            "place": generator.choice("ab"),
            "date": date(2023, generator.randint(1, 3), generator.randint(1, 28)),
            "incident_id": generator.randint(1, 60),
            "code": generator.choice(["13A", "13B", "120", "23C", "35A", "220"]),
        }
        for _ in range(400)
    ]
    offences = pl.DataFrame(rows).with_columns(
        broad_group=pl.col("code").replace_strict(
            {code: str(category.broad) for code, category in CATEGORY_OF_CODE.items()}
        ),
        category=pl.col("code").replace_strict(
            {code: category.slug for code, category in CATEGORY_OF_CODE.items()}
        ),
    )

    counts = month_counts(offences.lazy()).collect()

    expected: dict[tuple[str, date, str], list[int]] = {}
    for row in rows:
        category = CATEGORY_OF_CODE[str(row["code"])]
        day = row["date"]
        assert isinstance(day, date)
        for selection in ("all", str(category.broad), category.slug):
            key = (str(row["place"]), day.replace(day=1), selection)
            expected.setdefault(key, []).append(int(str(row["incident_id"])))
    assert counts.schema == COUNT_SCHEMA
    assert counts.equals(counts.sort("place", "month", "selection"))
    assert {row[:3]: row[3:] for row in counts.iter_rows()} == {
        key: (len(ids), len(set(ids))) for key, ids in expected.items()
    }
