"""From the frames to the views of the whole State: the map, its strip and its cards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import dist

import numpy as np
from numpy.typing import NDArray

from webapp.language import gettext
from webapp.queries.counties import CountyRecord
from webapp.queries.county_rows import county_expected, county_row
from webapp.queries.forecaster import Outlook
from webapp.queries.frames import Frames, PlaceRecord
from webapp.urlstate import Measure, Unit
from webapp.views import words
from webapp.views.cards import (
    Card,
    CardFact,
    CardLink,
    CardsView,
    KeyFigure,
    KeyFiguresView,
    card_facts,
    card_lead,
    expected_fact,
    expected_figure,
)
from webapp.views.common import Provenance
from webapp.views.map import MapView, PlaceRow, value_of

__all__ = ["cards_view", "class_breaks", "key_figures", "label_points", "map_view", "place_row"]

_YEAR = 12
_CLASSES = 8
_NAMED_FROM = 110_000  # residents
_NAMED = 4
_APART = 0.25  # of the map's longer side
_CHANGE_BREAKS = (-0.3, -0.15, -0.05, 0.05, 0.15, 0.3)
_ROUND = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0)


def place_row(frames: Frames, *, slug: str, kind: str, year: int, unit: Unit) -> PlaceRow:
    """The figures of one place in one year."""
    place = frames.places[slug]
    at = frames.index[slug]
    counts = frames.counts(kind, unit=unit)[at]
    count, months = _year_sum(frames, at=at, counts=counts, year=year)
    previous, previous_months = _year_sum(frames, at=at, counts=counts, year=year - 1)
    staff = frames.staff.get((slug, year))
    return PlaceRow(
        slug=slug,
        name=place.name,
        geoid=place.geoid,
        town=place.town,
        policed=staff is not None,
        state_police=place.town and frames.state_police,
        region=place.region,
        count=count,
        months=months,
        previous=previous,
        previous_months=previous_months,
        people=staff.people if staff else None,
        officers=staff.officers if staff else None,
        women=staff.women if staff else None,
    )


def _year_sum(
    frames: Frames, *, at: int, counts: NDArray[np.int32], year: int
) -> tuple[int | None, int]:
    """What was reported over the months with a report; null when there is no such month."""
    months = frames.months_of(year)
    known = frames.status[at, months] > 0
    reported = int(known.sum())
    return (int(counts[months][known].sum()) if reported else None), reported


def map_view(
    frames: Frames,
    *,
    measure: Measure,
    kind: str,
    year: int,
    unit: Unit,
    provenance: Provenance,
    outlook: Outlook | None,
) -> MapView:
    """The map of one measure."""
    rows = tuple(
        place_row(frames, slug=slug, kind=kind, year=year, unit=unit) for slug in frames.places
    )
    by_slug = {row.slug: row for row in rows}
    counties = tuple(county_row(county, rows=by_slug) for county in frames.counties.values())
    if measure is Measure.FORECAST and outlook is not None:
        rows = tuple(replace(row, expected=outlook.places.get(row.slug)) for row in rows)
        counties = tuple(
            replace(row, expected=county_expected(frames.counties[row.slug], outlook=outlook))
            for row in counties
        )
    drawn = counties or [row for row in rows if row.town] or rows
    values = [v for row in drawn if (v := value_of(row, measure=measure)) is not None]
    return MapView(
        state_name=frames.dataset.facts.state_name,
        measure=measure,
        kind=kind,
        year=year,
        unit=unit,
        rows=rows,
        breaks=_CHANGE_BREAKS if measure is Measure.CHANGE else class_breaks(values),
        provenance=provenance,
        forecast_end=outlook.end if outlook else None,
        counties=counties,
        planning_regions=frames.planning_regions,
    )


def class_breaks(values: Sequence[float]) -> tuple[float, ...]:
    """Round class boundaries near the quantiles, so that every class has some places.

    At most seven boundaries for eight classes; fewer when the values are few or alike.

    >>> class_breaks([float(n) for n in range(1, 101)])
    (12.0, 25.0, 40.0, 50.0, 60.0, 80.0, 100.0)
    """
    if len(values) < 2:  # noqa: PLR2004 - one value has no classes
        return ()
    at = np.linspace(0, 1, _CLASSES + 1)[1:-1]
    found = sorted({_rounded(float(quantile)) for quantile in np.quantile(values, at)})
    low, high = min(values), max(values)
    return tuple(value for value in found if low < value <= high)


def _rounded(value: float) -> float:
    """The nearest round number."""
    if value <= 0:
        return 0.0
    scale = 10.0 ** np.floor(np.log10(value))
    nearest = min(_ROUND, key=lambda step: abs(step * scale - value))
    return round(float(nearest * scale), 6)


def label_points(frames: Frames) -> tuple[tuple[str, float, float], ...]:
    """Name, longitude and latitude of the towns that are named on the map.

    They are the cities; where nobody counted residents, the towns whose agencies serve most people
    and that lie apart, so that no name stands on another.
    """
    towns = [place for place in frames.places.values() if place.town]
    if any(place.residents for place in towns):
        return tuple(_point(place) for place in towns if (place.residents or 0) >= _NAMED_FROM)
    people = {place.slug: _people(frames, place.slug) for place in towns}
    points = [_point(place) for place in towns]
    apart = _APART * max(_span(x for _, x, _ in points), _span(y for _, _, y in points))
    named: list[tuple[str, float, float]] = []
    for place in sorted(towns, key=lambda place: -people[place.slug]):
        point = _point(place)
        near = any(dist(point[1:], other[1:]) < apart for other in named)
        if people[place.slug] and not near and len(named) < _NAMED:
            named.append(point)
    return tuple(named)


def _point(place: PlaceRecord) -> tuple[str, float, float]:
    """Every town has a point inside."""
    return place.name, place.longitude or 0.0, place.latitude or 0.0


def _span(values: Iterable[float]) -> float:
    known = list(values)
    return max(known, default=0.0) - min(known, default=0.0)


def _people(frames: Frames, slug: str) -> int:
    """Whom the place's agencies served in the last year."""
    staff = frames.staff.get((slug, frames.years[-1]))
    return (staff.people or 0) if staff else 0


def key_figures(
    frames: Frames, *, kind: str, year: int, unit: Unit, outlook: Outlook | None
) -> KeyFiguresView:
    """The strip above the map."""
    other = Unit.INCIDENTS if unit is Unit.OFFENCES else Unit.OFFENCES
    return KeyFiguresView(
        figures=(
            _counted(frames, kind=kind, year=year, unit=unit, compare=True),
            _counted(frames, kind=kind, year=year, unit=other, compare=False),
            _officers(frames, year=year),
            _reporting(frames, year=year),
            *(
                [expected_figure(outlook.state, end=outlook.end, days=outlook.state_days)]
                if outlook
                else []
            ),
        )
    )


def _counted(frames: Frames, *, kind: str, year: int, unit: Unit, compare: bool) -> KeyFigure:
    counts = frames.counts(kind, unit=unit)
    by_month = counts.sum(axis=0)
    of = words.of_kind(unit, kind=kind)
    if compare:
        note = _like_for_like(frames, counts=counts, year=year)
    elif unit is Unit.INCIDENTS:
        note = gettext("an incident may hold several offences")
    else:
        note = gettext("counted one by one")
    return KeyFigure(
        label=f"{words.capitalised(of)}, {year}",
        value=words.number(int(by_month[frames.months_of(year)].sum())),
        note=note,
        spark=tuple(float(value) for value in by_month),
        spark_label=gettext("by month, {years}", years=words.years_span(frames.years)),
    )


def _like_for_like(frames: Frames, *, counts: NDArray[np.int32], year: int) -> str:
    """The change over the places that reported every month of both years."""
    this, before = frames.months_of(year), frames.months_of(year - 1)
    if before.stop == 0:
        return gettext("first year of the data")
    full = ((frames.status[:, this] > 0).all(axis=1)) & ((frames.status[:, before] > 0).all(axis=1))
    now, then = int(counts[full][:, this].sum()), int(counts[full][:, before].sum())
    whole = int(counts[:, this].sum())
    if then < words.TOO_FEW:
        return gettext("{count} in {year}", count=words.number(then), year=year - 1)
    if now < whole / 2:
        return gettext("too few agencies reported {year} in full to compare", year=year - 1)
    return gettext(
        "{change} on {year}, like for like",
        change=words.signed_percent(now / then - 1),
        year=year - 1,
    )


def _officers(frames: Frames, *, year: int) -> KeyFigure:
    by_year = {
        y: [staff for (_, of), staff in frames.staff.items() if of == y] for y in frames.years
    }
    totals = tuple(sum(s.officers or 0 for s in by_year[y]) for y in frames.years)
    now = by_year[year]
    officers = sum(staff.officers or 0 for staff in now)
    women = sum(staff.women or 0 for staff in now)
    few = officers < words.TOO_FEW
    share = "" if few else words.percent(women / officers)
    return KeyFigure(
        label=gettext("Sworn officers, {year}", year=year),
        value=words.number(officers),
        note=gettext("{percent} women, on 31 October", percent=share)
        if share
        else gettext("on 31 October"),
        spark=tuple(float(total) for total in totals),
        spark_label=gettext("by year, {years}", years=words.years_span(frames.years)),
    )


def _reporting(frames: Frames, *, year: int) -> KeyFigure:
    listed, full = frames.agency_years.get(year, (0, 0))
    return KeyFigure(
        label=gettext("Agencies reporting, {year}", year=year),
        value=gettext("{count} of {all}", count=full, all=listed),
        note=gettext("reported all twelve months"),
        spark=tuple(float(n) for n in frames.agencies_reporting),
        spark_label=gettext("agencies by month, {years}", years=words.years_span(frames.years)),
    )


def cards_view(
    frames: Frames, *, kind: str, year: int, unit: Unit, outlook: Outlook | None
) -> CardsView:
    """A card for the State and for each place."""
    several = words.of_kind(unit, kind=kind)
    one = words.of_kind(unit, kind=kind, count=1)
    cards = [_state_card(frames, kind=kind, year=year, unit=unit, outlook=outlook)]
    counts = frames.counts(kind, unit=unit)
    rows = {
        slug: place_row(frames, slug=slug, kind=kind, year=year, unit=unit)
        for slug in frames.places
    }
    for slug, place in frames.places.items():
        row = rows[slug]
        ahead = [expected_fact(outlook.places.get(slug))] if outlook and place.agencies else []
        cards.append(
            Card(
                slug=slug,
                name=place.name,
                lead=card_lead(row, what=one if row.count == 1 else several, year=year),
                facts=(*ahead, *card_facts(row, residents=place.residents, year=year)),
                spark=_spark(frames, at=frames.index[slug], counts=counts),
            )
        )
    for county in frames.counties.values():
        row = county_row(county, rows=rows)
        what = one if row.count == 1 else several
        cards.append(
            _county_card(county, row=row, what=what, year=year, outlook=outlook, rows=rows)
        )
    return CardsView(
        cards=tuple(cards),
        spark_label=gettext(
            "{what} by month, {years}", what=several, years=words.years_span(frames.years)
        ),
    )


def _county_card(
    county: CountyRecord,
    *,
    row: PlaceRow,
    what: str,
    year: int,
    outlook: Outlook | None,
    rows: Mapping[str, PlaceRow],
) -> Card:
    ahead = [expected_fact(county_expected(county, outlook=outlook))] if outlook else []
    return Card(
        slug=county.slug,
        name=county.name,
        lead=card_lead(row, what=what, year=year),
        facts=(*(ahead if county.alone else ()), *card_facts(row, residents=None, year=year)),
        spark=(),
        agencies=tuple(
            CardLink(slug=slug, name=rows[slug].name) for slug in (*county.alone, *county.shared)
        ),
    )


def _spark(frames: Frames, *, at: int, counts: NDArray[np.int32]) -> tuple[int | None, ...]:
    """Counts by month, null without a report; empty when there is no report at all."""
    known = frames.status[at] > 0
    if not known.any():
        return ()
    return tuple(
        int(value) if is_known else None for value, is_known in zip(counts[at], known, strict=True)
    )


def _without_police(frames: Frames) -> str:
    return (
        gettext("State Police only")
        if frames.state_police
        else gettext("Without an agency of their own")
    )


def _state_card(
    frames: Frames, *, kind: str, year: int, unit: Unit, outlook: Outlook | None
) -> Card:
    counts = frames.counts(kind, unit=unit).sum(axis=0)
    policed = {slug for slug, of in frames.staff if of == year}
    towns = [place for place in frames.places.values() if place.town]
    own = sum(place.slug in policed for place in towns)
    facts = [
        CardFact(
            label=gettext("Agencies"), value=str(frames.agency_years.get(year, (0, 0))[0]), note=""
        )
    ]
    if towns:
        facts = [
            CardFact(label=gettext("Towns"), value=str(len(towns)), note=""),
            CardFact(label=gettext("With their own police"), value=str(own), note=""),
            CardFact(label=_without_police(frames), value=str(len(towns) - own), note=""),
        ]
    if outlook:
        facts.insert(0, expected_fact(outlook.state))
    total = words.number(int(counts[frames.months_of(year)].sum()))
    return Card(
        slug="",
        name=frames.dataset.facts.state_name,
        lead=gettext(
            "{count} {what} in {year}.",
            count=total,
            what=words.of_kind(unit, kind=kind),
            year=year,
        ),
        facts=tuple(facts),
        spark=tuple(int(value) for value in counts),
    )
