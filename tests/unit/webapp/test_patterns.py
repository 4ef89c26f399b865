"""When and where: against oracles that count row by row; figure, table and sentence agree."""

import json
import random
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from core.dataset import TABLE_SCHEMAS, Dataset, open_dataset
from core.nibrs.codes import CATEGORIES, CATEGORY_OF_CODE, categories_of_selection
from tests.support.small_dataset import (
    MadeOffence,
    hour_and_location,
    made_offences,
    settings_for,
)
from webapp.app import create_app
from webapp.figures.patterns import hours_figure, profile_figure
from webapp.figures.patterns_bars import kinds_by_year_figure, locations_figure
from webapp.queries.frames import Frames, open_frames
from webapp.queries.patterns import (
    Asked,
    PatternRows,
    hours_view,
    locations_view,
    open_patterns,
)
from webapp.site import Site
from webapp.urlstate import Selection, Unit, default_selection
from webapp.views.common import Provenance
from webapp.views.patterns_cells import UNDER, hidden_cells, under_text
from webapp.views.patterns_hours import (
    WEEKDAYS,
    HoursView,
    hidden_hours,
    hours_peak,
    hours_summary,
    hours_table,
    hours_title,
)
from webapp.views.patterns_locations import (
    LocationRow,
    LocationsView,
    location_bars,
    location_label,
    locations_summary,
    locations_table,
)
from webapp.views.patterns_months import (
    other_years,
    profile_means,
    profile_summary,
    profile_table,
)
from webapp.views.patterns_years import (
    KindByYear,
    kinds_by_year_summary,
    kinds_by_year_table,
    kinds_by_year_title,
    shown_kinds,
)
from webapp.views.table import TableView

CODES = {"all": "", "larceny": "23", "violent": "13"}
CHARTS = ("hours", "locations", "month-profile", "kinds-by-year")
SOURCE = Provenance(source="Source: test", staff_source="", synthetic=False)


def choose(site: Site, **changes: Any) -> Selection:  # noqa: ANN401 - fields of a selection
    return replace(default_selection(site.queries.scope), **changes)


def made(place: str, *, year: int, kind: str = "all") -> list[MadeOffence]:
    return [
        offence
        for offence in made_offences()
        if offence.place == place and offence.day.year == year
        and offence.code.startswith(CODES[kind])
    ]  # fmt: skip


def texts(table: TableView, *, row: str) -> list[str]:
    return next([cell.text for cell in cells] for cells in table.rows if cells[0].text == row)


def traces(figure: Any) -> dict[str, Any]:  # noqa: ANN401 - a Plotly figure
    return {trace.name: trace for trace in figure.data}


def said(figure: Any) -> str:  # noqa: ANN401 - a Plotly figure
    """The words that stand where a chart would."""
    (note,) = figure.layout.annotations
    assert figure.data == ()
    return str(note.text).replace("<br>", " ")


@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("unit", Unit)
def test_hours_and_locations_of_every_place_are_those_of_the_offences(
    risk_site: Site, year: int, kind: str, unit: Unit
) -> None:
    selection = choose(risk_site, year=year, kind=kind, unit=unit)
    for slug in risk_site.queries.scope.places:
        offences = made(slug, year=year, kind=kind)
        of_unit = (
            offences if unit is Unit.OFFENCES else list({o.incident: o for o in offences}.values())
        )
        at_hour = Counter((o.day.weekday(), hour_and_location(o)[0]) for o in offences)
        hours = risk_site.queries.patterns.hours(slug, selection=selection)
        assert hours.known == len(of_unit)
        if unit is Unit.OFFENCES:
            assert {
                (day, hour): count
                for day, counts in enumerate(hours.counts)
                for hour, count in enumerate(counts)
                if count
            } == at_hour
        where = Counter(
            code
            for _, code in {
                (o.incident if unit is Unit.INCIDENTS else i, hour_and_location(o)[1])
                for i, o in enumerate(offences)
            }
        )
        locations = risk_site.queries.patterns.locations(slug, selection=selection)
        assert {row.code: row.count for row in locations.rows if row.count} == where
        assert locations.total == len(of_unit)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One offence of the random dataset."""

    agency: int
    incident: int
    day: date
    hour: int | None
    report: bool
    code: str
    location: str


@pytest.fixture(scope="module")
def frames(small_folder: Path) -> Frames:
    return open_frames(open_dataset(small_folder))


@pytest.fixture(scope="module")
def random_rows() -> tuple[Row, ...]:
    """Incidents of Fir's two agencies and Alder's, some without an hour or a day of their own."""
    draw = random.Random(7)
    return tuple(_random_rows(draw))


def _random_rows(draw: random.Random) -> Iterator[Row]:
    codes = ["23C", "13A", "11A", "290", "220"]
    locations = ["20", "13", "18", "08", "07", "21", "22", "03", "14", "12", "24", "25", "52"]
    for incident in range(3000):
        day = date(2023, 1, 1) + timedelta(days=draw.randrange(731))
        hour = None if draw.random() < 0.2 else draw.choice([0, 1, 9, 16, 17, 23])
        agency, report = draw.choice([1, 6, 7, 999]), draw.random() < 0.1
        for _ in range(draw.choice([1, 1, 2, 3])):
            weights = range(len(locations), 0, -1)
            yield Row(
                agency=agency, incident=incident, day=day, hour=hour, report=report,
                code=draw.choice(codes), location=draw.choices(locations, weights=weights)[0],
            )  # fmt: skip


@pytest.fixture(scope="module")
def patterns(small_folder: Path, frames: Frames, random_rows: tuple[Row, ...]) -> PatternRows:
    """The rows as they are read from a dataset that holds them, in another order."""
    shuffled = list(random_rows)
    random.Random(1).shuffle(shuffled)
    offences = pl.DataFrame(
        {
            "agency_id": [row.agency for row in shuffled],
            "incident_id": [row.incident for row in shuffled],
            "date": [row.day for row in shuffled],
            "hour": [row.hour for row in shuffled],
            "date_is_report_date": [row.report for row in shuffled],
            "offence_code": [row.code for row in shuffled],
            "location_code": [row.location for row in shuffled],
        }
    ).cast(pl.Schema(TABLE_SCHEMAS["offences"]))
    small = open_dataset(small_folder)

    class Replaced:
        def table(self, name: str) -> pl.DataFrame:
            return offences if name == "offences" else small.table(name)

    return open_patterns(cast("Dataset", Replaced()), frames=frames)


def of_place(rows: tuple[Row, ...], *, slug: str, year: int, kind: str = "all") -> list[Row]:
    agencies = {"alder": {1}, "fir": {6, 7}}[slug]
    slugs = {category.slug for category in categories_of_selection(kind)}
    return [
        row
        for row in rows
        if row.agency in agencies
        and row.day.year == year
        and CATEGORY_OF_CODE[row.code].slug in slugs
    ]


@pytest.mark.parametrize("slug", ["alder", "fir"])
@pytest.mark.parametrize("kind", ["all", "property", "sex-offences"])
@pytest.mark.parametrize("unit", Unit)
def test_unknown_hours_and_days_of_report_are_counted_apart(
    frames: Frames,
    patterns: PatternRows,
    random_rows: tuple[Row, ...],
    slug: str,
    kind: str,
    unit: Unit,
) -> None:
    asked = Asked(slug=slug, kind=kind, year=2024, unit=unit)
    view = hours_view(frames, patterns.of(slug), asked=asked, provenance=SOURCE)
    rows = of_place(random_rows, slug=slug, year=2024, kind=kind)
    if unit is Unit.INCIDENTS:
        rows = list({row.incident: row for row in rows}.values())
    known = [row for row in rows if row.hour is not None and not row.report]
    assert view.without == len(rows) - len(known) > 0
    for weekday in range(7):
        for hour in range(24):
            expected = sum(r.day.weekday() == weekday and r.hour == hour for r in known)
            assert view.counts[weekday][hour] == expected, (weekday, hour)


@pytest.mark.parametrize("slug", ["alder", "fir"])
@pytest.mark.parametrize("unit", Unit)
def test_rare_locations_are_gathered_and_an_incident_counts_once_in_them(
    frames: Frames, patterns: PatternRows, random_rows: tuple[Row, ...], slug: str, unit: Unit
) -> None:
    asked = Asked(slug=slug, kind="all", year=2024, unit=unit)
    view = locations_view(frames, patterns.of(slug), asked=asked, provenance=SOURCE)
    for year in (2024, 2023):
        rows = of_place(random_rows, slug=slug, year=year)
        for row in view.rows:
            at = [r for r in rows if r.location == row.code]
            expected = len(at) if unit is Unit.OFFENCES else len({r.incident for r in at})
            counted = row.count if year == 2024 else row.previous
            assert counted == expected, (year, row.code)
        rare = {row.code for row in view.rows[10:]}
        at = [r for r in rows if r.location in rare]
        gathered = view.rest_count if year == 2024 else view.rest_previous
        assert gathered == (len(at) if unit is Unit.OFFENCES else len({r.incident for r in at}))
    assert view.rest == 3
    bars = location_bars(view)
    assert [bar.label for bar in bars] == [
        *(location_label(row.code) for row in view.rows[:10]),
        "3 other kinds",
    ]
    if unit is Unit.OFFENCES:
        assert sum(bar.count or 0 for bar in bars) == view.total
    else:
        assert "counts at each" in locations_summary(view)


def test_nothing_comes_from_a_place_without_offences(frames: Frames, patterns: PatternRows) -> None:
    asked = Asked(slug="cedar", kind="all", year=2024, unit=Unit.OFFENCES)
    view = hours_view(frames, patterns.of("cedar"), asked=asked, provenance=SOURCE)
    assert (view.known, view.without) == (0, 0)
    assert said(hours_figure(view)) == "No month of 2024 was reported."


def test_hours_figure_table_and_sentence_agree(risk_site: Site) -> None:
    view = risk_site.queries.patterns.hours("alder", selection=choose(risk_site))
    figure, table = traces(hours_figure(view)), hours_table(view)
    assert [list(day) for day in figure["hours"].z] == [list(day) for day in view.counts]
    assert list(figure["hours"].y) == list(WEEKDAYS)
    assert figure["hours"].zmax == max(map(max, view.counts))
    assert len(table.rows) == 24
    for hour, row in enumerate(table.rows):
        assert [cell.value for cell in row] == [hour, *(day[hour] for day in view.counts)]
    blocks = {
        (day, hour): sum(view.counts[day][hour : hour + 2])
        for day in range(7)
        for hour in range(23)
    }
    peak = hours_peak(view)
    assert peak is not None
    assert blocks[peak.weekday, peak.hour] == peak.count == max(blocks.values())
    assert (
        f"{peak.hour}:00 to {peak.hour + 2}:00 on {WEEKDAYS[peak.weekday]}s: {peak.count} of 258 "
        "with a known hour." in hours_summary(view)
    )
    assert hours_title(view) == (
        "Reported offences in Alder by hour of the day and day of the week, 2024"
    )


def week(**cells: int) -> tuple[tuple[int, ...], ...]:
    """A week with one count for each named hour (``h16``) of every day."""
    return tuple(tuple(cells.get(f"h{hour}", 0) for hour in range(24)) for _ in WEEKDAYS)


def hours_of(counts: tuple[tuple[int, ...], ...], **changes: Any) -> HoursView:  # noqa: ANN401 - fields
    view = HoursView(
        place="Alder", kind="all", unit=Unit.OFFENCES, year=2024, counts=counts, without=0,
        months=12, provenance=SOURCE,
    )  # fmt: skip
    return replace(view, **changes)


@pytest.mark.parametrize(
    ("counts", "habit"),
    [
        (week(h0=7, h1=3, h23=3, h12=10), True),
        (week(h0=6, h1=3, h23=2, h12=9), False),
        (week(h0=2, h12=9), False),
        (week(h0=7, h1=0, h23=4, h12=9), False),
    ],
)
def test_a_doubtful_midnight_is_drawn_apart_and_told(
    *, counts: tuple[tuple[int, ...], ...], habit: bool
) -> None:
    view = hours_of(counts)
    assert view.midnight_habit is habit
    drawn = traces(hours_figure(view))
    assert ("midnight" in drawn) is habit
    assert ("Midnight has more than twice as many" in hours_summary(view)) is habit
    if habit:
        assert [list(day) for day in drawn["midnight"].z] == [[7]] * 7
        assert {day[0] for day in drawn["hours"].z} == {None}
        assert drawn["hours"].zmax == 10
        assert "10 of 112 not at midnight" in hours_summary(view)
        assert texts(hours_table(view), row="0:00 to 0:59")[1:] == ["7"] * 7


def test_too_few_hours_are_words() -> None:
    few = hours_of(week(h12=2), without=1204)
    assert said(hours_figure(few)) == (
        "Fewer than 20 offences of 2024 have a known hour: too few to draw."
    )
    assert "1,204 of 1,218 have no known hour and are not in the chart." in hours_summary(few)
    doubtful = hours_of(week(h0=10, h12=1))
    assert "too few to draw. More are entered at midnight" in hours_summary(doubtful)
    spread = hours_of(week(**{f"h{hour}": 1 for hour in range(24)}))
    assert "no two hours of the week had 10 offences or more" in hours_summary(spread)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((40, 12, 3), (False, True, True)),
        ((40, 12, 3, 9), (False, False, True, True)),
        ((40, 12, 3, 0), (False, True, True, True)),
        ((40, 12), (False, False)),
        ((3,), (True,)),
    ],
)
def test_small_cells_of_sex_offences_cannot_be_worked_out(
    counts: tuple[int, ...], hidden: tuple[bool, ...]
) -> None:
    assert hidden_cells(counts, kind="sex-offences") == hidden
    assert hidden_cells(counts, kind="violent") == (False,) * len(counts)


def test_small_cells_of_sex_offences_are_in_no_output() -> None:
    counts = tuple(
        tuple(40 if (day, hour) == (4, 22) else (day + hour) % 9 for hour in range(24))
        for day in range(7)
    )
    view = hours_of(counts, kind="sex-offences", without=3)
    drawn = traces(hours_figure(view))
    shown = [count for day in drawn["hours"].z for count in day if count is not None]
    assert shown == [40]
    assert sum(cell == 1 for day in drawn[under_text()].z for cell in day) == 7 * 24 - 1
    assert sum(map(sum, hidden_hours(view))) == 7 * 24 - 1
    values = [cell.value for row in hours_table(view).rows for cell in row[1:]]
    assert [value for value in values if value is not None] == [40]
    text = hours_summary(view)
    assert "22:00 to" in text or "21:00 to" in text
    assert "with a known hour" not in text  # the block would tell a hidden hour
    assert f"Fewer than {UNDER} have no known hour" in text
    nothing = hours_of(week(h12=9), kind="sex-offences")
    assert "No hour of the week of 2024 has 10 offences (sex offences)" in said(
        hours_figure(nothing)
    )


def locations_of(*rows: tuple[str, int, int], **changes: Any) -> LocationsView:  # noqa: ANN401 - fields
    view = LocationsView(
        place="Alder", kind="all", unit=Unit.OFFENCES, year=2024,
        rows=tuple(LocationRow(code=c, count=n, previous=p) for c, n, p in rows),
        rest=0, rest_count=0, rest_previous=0, total=sum(n for _, n, _ in rows), months=12,
        previous_months=12, provenance=SOURCE,
    )  # fmt: skip
    return replace(view, **changes)


def test_locations_figure_table_and_sentence_agree() -> None:
    view = locations_of(("20", 60, 50), ("13", 30, 40), ("18", 10, 5))
    drawn = traces(locations_figure(view))
    assert list(drawn["2024"].x) == [10, 30, 60]
    assert list(drawn["2023"].x) == [5, 40, 50]
    assert drawn["labels"].text[-1] == "60 · 60\N{NO-BREAK SPACE}%"
    table = locations_table(view)
    assert texts(table, row="Residence/Home")[1:] == [
        "20", "60", "60\N{NO-BREAK SPACE}%", "50", "+20\N{NO-BREAK SPACE}%",
    ]  # fmt: skip
    assert texts(table, row="Parking/Drop Lot/Garage")[-1] == "too few"
    assert "residence or home (60\N{NO-BREAK SPACE}%), road or street (30" in locations_summary(
        view
    )


def test_shares_and_the_year_before_are_withheld() -> None:
    few = locations_of(("20", 12, 8), ("13", 7, 0))
    assert traces(locations_figure(few))["labels"].text == ("7", "12")
    assert texts(locations_table(few), row="Residence/Home")[3] == "too few"
    part = locations_of(("20", 60, 50), previous_months=11)
    assert "2023" not in traces(locations_figure(part))
    assert texts(locations_table(part), row="Residence/Home")[-1] == "not comparable"
    assert said(locations_figure(locations_of(months=0))) == "No month of 2024 was reported."
    assert said(locations_figure(locations_of())) == "No offences were reported in 2024."


def test_small_locations_of_sex_offences_are_not_told() -> None:
    view = locations_of(
        ("20", 40, 30), ("13", 12, 4), ("18", 3, 25), ("08", 2, 0), kind="sex-offences"
    )
    bars = {bar.label: bar for bar in location_bars(view)}
    assert bars["Residence or home"].count == 40
    assert [bar.count for bar in bars.values()] == [40, None, None, None]
    assert [bar.previous for bar in bars.values()] == [30, None, None, None]
    table = locations_table(view)
    assert texts(table, row="Parking/Drop Lot/Garage")[2:] == [under_text()] * 3 + ["too few"]
    assert "road" not in locations_summary(view)
    assert traces(locations_figure(view))["labels"].text == (
        *[under_text()] * 3,
        "40 · 70\N{NO-BREAK SPACE}%",
    )
    none = locations_of(("20", 8, 30), ("13", 4, 4), kind="sex-offences")
    assert "under 10 at every kind of location" in said(locations_figure(none))


@pytest.mark.parametrize("unit", Unit)
def test_profile_against_a_plain_count(small_site: Site, unit: Unit) -> None:
    for slug in ("alder", "birch", "fir"):
        view = small_site.queries.patterns.profile(slug, selection=choose(small_site, unit=unit))
        means = profile_means(view, year=2024)
        ranges = other_years(view)
        open_months = {"alder": set(), "birch": {9, 10, 11, 12}, "fir": {3}}[slug]
        for month in range(1, 13):
            found = [o for o in made(slug, year=2024) if o.day.month == month]
            before = [o for o in made(slug, year=2023) if o.day.month == month]
            sizes = [
                len(each) if unit is Unit.OFFENCES else len({o.incident for o in each})
                for each in (found, before)
            ]
            expected = None if month in open_months else sizes[0] / monthrange(2024, month)[1]
            assert means[month - 1] == expected, (slug, month)
            beside = ranges[month - 1]
            assert beside is not None
            assert beside.low == beside.high == sizes[1] / monthrange(2023, month)[1]


def test_profile_figure_table_and_sentence_agree(small_site: Site) -> None:
    view = small_site.queries.patterns.profile("birch", selection=choose(small_site))
    figure: Any = profile_figure(view)
    line = traces(figure)["2024"]
    assert line.connectgaps is False
    assert list(line.y) == [round(4 / monthrange(2024, m)[1], 3) for m in range(1, 9)] + [None] * 4
    (gap,) = figure.layout.shapes
    assert (gap.x0, gap.x1) == (8.5, 12.5)
    table = profile_table(view)
    assert texts(table, row="February") == ["February", "4", "0.14", "0.14"]
    assert texts(table, row="September") == ["September", "not complete", "not complete", "0.13"]
    text = profile_summary(view)
    assert "0.13 offences a day" in text
    assert "fewest in January (0.13), most in February (0.14)" in text
    assert "The months of 2023 lie between 0.13 and 0.14." in text
    assert "4 months of the year are not completely reported and left open." in text


def test_a_mean_on_few_is_withheld(small_site: Site) -> None:
    view = small_site.queries.patterns.profile("dogwood", selection=choose(small_site))
    assert "12 offences in the completely reported months of 2024: too few" in said(
        profile_figure(view)
    )
    assert texts(profile_table(view), row="May") == ["May", "1", "too few", "too few"]
    silent = small_site.queries.patterns.profile("elm", selection=choose(small_site, year=2023))
    assert said(profile_figure(silent)) == "No month of 2023 was reported completely."


@pytest.mark.parametrize("unit", Unit)
def test_kinds_by_year_are_those_of_whole_years(small_site: Site, unit: Unit) -> None:
    for slug, whole in (("alder", (True, True)), ("birch", (True, False)), ("fir", (True, False))):
        selection = choose(small_site, unit=unit)
        view = small_site.queries.patterns.kinds_by_year(slug, selection=selection)
        assert view.whole == whole
        for row in view.rows:
            for year, count in zip(view.years, row.counts, strict=True):
                kind = {"larceny": "larceny", "assault": "violent"}[row.slug]
                found = made(slug, year=year, kind=kind)
                size = len(found) if unit is Unit.OFFENCES else len({o.incident for o in found})
                assert count == (size if whole[view.years.index(year)] else None), (slug, year)


def test_kinds_by_year_figure_table_and_sentence_agree(small_site: Site) -> None:
    view = small_site.queries.patterns.kinds_by_year("birch", selection=choose(small_site))
    figure: Any = kinds_by_year_figure(view)
    assert list(traces(figure)["Larceny"].y) == [48, None]
    assert {(shape.x0, shape.x1) for shape in figure.layout.shapes} == {(2023.5, 2024.5)}
    assert texts(kinds_by_year_table(view), row="Larceny") == [
        "Larceny", "property", "48", "part year",
    ]  # fmt: skip
    assert "In 2023, larceny counted 48." in kinds_by_year_summary(view)
    assert "2024 was not reported whole and is left open." in kinds_by_year_summary(view)
    alder = small_site.queries.patterns.kinds_by_year("alder", selection=choose(small_site))
    assert "From 2023 to 2024, larceny went from 174 to 198" in kinds_by_year_summary(alder)
    silent = replace(view, whole=(False, False), months=(0, 0), rows=())
    assert "In no year did all agencies of Birch" in said(kinds_by_year_figure(silent))
    elm = small_site.queries.patterns.kinds_by_year("elm", selection=choose(small_site))
    assert texts(kinds_by_year_table(elm), row="Larceny")[2:] == ["no report", "36"]


def test_the_eight_commonest_kinds_have_their_own_panels_and_colours(small_site: Site) -> None:
    base = small_site.queries.patterns.kinds_by_year("alder", selection=choose(small_site))
    slugs = ["larceny", "assault", "fraud", "vandalism", "drugs", "weapons", "burglary", "robbery"]
    kinds = [CATEGORIES[slug] for slug in (*slugs, "arson")]
    rows = tuple(
        KindByYear(slug=kind.slug, label=kind.label, broad=kind.broad, counts=(100 - at, 90 - at))
        for at, kind in enumerate(kinds)
    )
    view = replace(base, rows=rows)
    figure: Any = kinds_by_year_figure(view)
    assert [row.slug for row in shown_kinds(view)] == slugs
    assert len({trace.marker.color for trace in figure.data}) == 8
    assert len({trace.yaxis for trace in figure.data}) == 8
    domains = [figure.layout[f"yaxis{'' if at == 0 else at + 1}"].domain for at in range(8)]
    for left, right in zip(domains[::2], domains[1::2], strict=True):
        assert left == right
    assert all(low[0] > high[1] for low, high in zip(domains[::2], domains[2::2], strict=False))
    assert "the 8 commonest kinds" in kinds_by_year_title(view)
    assert len(kinds_by_year_table(view).rows) == 9


def test_every_count_is_the_one_of_the_page(risk_site: Site) -> None:
    """Hours, locations and kinds add up to what the other charts of the page show."""
    for year in (2023, 2024):
        selection = choose(risk_site, year=year)
        for slug in risk_site.queries.scope.places:
            whole = risk_site.queries.mix(slug, selection=selection)
            hours = risk_site.queries.patterns.hours(slug, selection=selection)
            locations = risk_site.queries.patterns.locations(slug, selection=selection)
            assert whole.total == hours.known + hours.without == locations.total, (slug, year)


def test_the_tables_of_the_four_charts(simulated_folder: Path, tmp_path: Path) -> None:
    client = create_app(
        settings_for(simulated_folder, cache=tmp_path / "cache")
    ).server.test_client()
    for chart in CHARTS:
        for query in ("", "&of=violent&unit=incidents", "&year=2023", "&of=nothing"):
            table = client.get(f"/data/{chart}.json?place=alder{query}").get_json()
            assert "simulated" in table["caption"]
            assert all(len(row) == len(table["columns"]) for row in table["rows"])
        assert client.get(f"/data/{chart}.csv?place=cedar").status_code == 200
    text = json.dumps(client.get("/data/hours.json?place=alder").get_json(), ensure_ascii=False)
    assert "Alder by hour of the day" in text
