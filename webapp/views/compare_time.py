"""Places side by side over time: months of the data, and days of the forecast."""

from dataclasses import dataclass
from datetime import date

from webapp.language import gettext, gettext_noop, ngettext, pgettext
from webapp.views import words
from webapp.views.compare import (
    ComparedPlace,
    CompareView,
    number_cell,
    per_1000,
    place_names,
    simulated,
)
from webapp.views.forecast import Expected, ForecastDay, ForecastView
from webapp.views.series import month_dates, year_total
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "Band",
    "band_of",
    "compared_months_summary",
    "compared_months_table",
    "compared_months_title",
    "expected_summary",
    "expected_table",
    "expected_title",
    "forecast_scale",
    "history_of",
    "month_values",
]

_YEAR = 12
_HISTORY = 28
_INSIDE = 0.8  # of the days, by the interval that is shown


def month_values(place: ComparedPlace, *, rates: bool) -> tuple[float | None, ...]:
    """A value a month; null without a report, and as a rate in a year with under 20."""
    if not rates:
        return tuple(None if v is None else float(v) for v in place.months.values)
    values: list[float | None] = []
    for people, year in zip(place.people, place.months.years, strict=True):
        total, _ = year_total(place.months, year=year)
        known = people if (total or 0) >= words.TOO_FEW else None
        values += [per_1000(value, people=known) for value in place.months.of_year(year)]
    return tuple(values)


def compared_months_title(view: CompareView) -> str:
    """Title of the months."""
    message = (
        gettext_noop("{offences} per 1,000 people by month in {places}, {years}")
        if view.rates
        else gettext_noop("{offences} by month in {places}, {years}")
    )
    title = gettext(
        message,
        offences=words.kind_heading(view.unit, kind=view.kind),
        places=place_names(view),
        years=words.years_span(view.places[0].months.years),
    )
    return simulated(title, view=view)


def compared_months_summary(view: CompareView) -> str:
    """The span of the chosen year's months for each place, and what is missing."""
    clauses = [clause for place in view.places if (clause := _span(place, view=view))]
    parts = []
    if clauses:
        told = "; ".join(clauses)
        parts.append(gettext("By month of {year}: {clauses}.", year=view.year, clauses=told))
    for place in view.places:
        parts += _lacking(place, view=view)
    return " ".join(parts)


def _span(place: ComparedPlace, *, view: CompareView) -> str:
    start = (view.year - place.months.first_year) * _YEAR
    values = month_values(place, rates=view.rates)[start : start + _YEAR]
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = (_value(value, view=view) for value in (min(known), max(known)))
    return gettext("{place} between {low} and {high}", place=place.name, low=low, high=high)


def _value(value: float, *, view: CompareView) -> str:
    return words.decimal(value, places=2) if view.rates else words.number(round(value))


def _lacking(place: ComparedPlace, *, view: CompareView) -> list[str]:
    reported = [value is not None for value in place.months.values]
    if not any(reported):
        return [gettext("{place} filed no report in these years.", place=place.name)]
    sentences = []
    missing = reported.count(False)
    if missing:
        sentences.append(
            ngettext(
                "{place}: no report for {count} month, which stay open.",
                "{place}: no report for {count} months, which stay open.",
                missing,
                place=place.name,
                count=words.number(missing),
            )
        )
    partial = sum(place.months.partial)
    if partial:
        sentences.append(
            ngettext(
                "{place}: {count} month reported by a part of its agencies, "
                "drawn as hollow points.",
                "{place}: {count} months reported by a part of its agencies, "
                "drawn as hollow points.",
                partial,
                place=place.name,
                count=words.number(partial),
            )
        )
    shown = [value is not None for value in month_values(place, rates=view.rates)]
    if shown != reported:
        sentences.append(_no_rate(place))
    return sentences


def _no_rate(place: ComparedPlace) -> str:
    if place.newest_people:
        return gettext(
            "{place}: no rate in a year with fewer than {count}.",
            place=place.name,
            count=words.TOO_FEW,
        )
    return gettext("{place}: no rate, because the FBI assigns it no residents.", place=place.name)


def compared_months_table(view: CompareView) -> TableView:
    """A row a month, a column a place."""
    digits = 2 if view.rates else 0
    columns = [month_values(place, rates=view.rates) for place in view.places]
    rows = tuple(
        (
            Cell(text=f"{day:%Y-%m}", value=i),
            *(
                _month_cell(values[i], place=place, at=i, digits=digits)
                for place, values in zip(view.places, columns, strict=True)
            ),
        )
        for i, day in enumerate(month_dates(view.places[0].months))
    )
    return TableView(
        caption=compared_months_title(view),
        columns=(
            Column(name="month", label=gettext("Month"), kind=ColumnKind.TEXT),
            *(
                Column(name=place.slug, label=place.name, kind=ColumnKind.NUMBER)
                for place in view.places
            ),
        ),
        rows=rows,
        links=(),
        file=f"compare_{view.slugs}_{view.kind}_{view.unit}_{view.measure}_by_month",
        source=view.provenance.source,
    )


def _month_cell(value: float | None, *, place: ComparedPlace, at: int, digits: int) -> Cell:
    if place.months.values[at] is None:
        return Cell(text=gettext("no report"))
    if value is None:
        return Cell(text=gettext("too few") if place.newest_people else gettext("no residents"))
    text = words.decimal(value, places=digits)
    if place.months.partial[at]:
        text = gettext("{count} (partial)", count=text)
    return Cell(text=text, value=value)


@dataclass(frozen=True, kw_only=True)
class Band:
    """One day of a forecast in the unit of the figure."""

    median: float
    lower: float
    upper: float


def forecast_scale(place: ComparedPlace, *, rates: bool) -> float | None:
    """What a count is multiplied with; null where a rate is withheld or there is no forecast."""
    if place.forecast is None or place.forecast.total is None:
        return None
    if not rates:
        return 1.0
    few = place.forecast.total.median < words.TOO_FEW
    return None if few else per_1000(1.0, people=place.newest_people)


def band_of(expected: Expected, *, scale: float) -> Band:
    """Median and 80 % interval, scaled."""
    return Band(
        median=expected.median * scale,
        lower=expected.lower_80 * scale,
        upper=expected.upper_80 * scale,
    )


def history_of(forecast: ForecastView) -> tuple[float | None, ...]:
    """The means of seven days of the last four weeks."""
    return forecast.means[-_HISTORY:]


def expected_title(view: CompareView) -> str:
    """Title of the forecast."""
    message = (
        gettext_noop(
            "Reported offences of all kinds per 1,000 people by day in {places}: the forecast"
        )
        if view.rates
        else gettext_noop("Reported offences of all kinds by day in {places}: the forecast")
    )
    title = gettext(message, places=place_names(view))
    ends = [place.forecast.end for place in view.places if place.forecast]
    if ends:
        title = gettext("{forecast} to {day}", forecast=title, day=words.day(ends[0]))
    return simulated(title, view=view)


def expected_summary(view: CompareView) -> str:
    """The total of each place with its interval, or why there is none."""
    return " ".join(_total_words(place, view=view) for place in view.places)


def _total_words(place: ComparedPlace, *, view: CompareView) -> str:
    forecast = place.forecast
    if forecast is None:
        return ""
    if forecast.total is None:
        return gettext("{place}: no forecast. {reason}", place=place.name, reason=forecast.withheld)
    total = forecast.total
    text = gettext(
        "{place}: {about} in {days} days, four times in five {limits}",
        place=place.name,
        about=gettext("about {count}", count=words.number(total.median))
        if total.median
        else gettext("hardly any"),
        days=forecast.horizon,
        limits=_limits(total),
    )
    scale = forecast_scale(place, rates=True)
    if scale is not None:
        rate = words.decimal(total.median * scale, places=2)
        return gettext("{text}; {rate} per 1,000 people.", text=text, rate=rate)
    if view.rates:
        return gettext("{text}; too few for a rate, so it is not drawn.", text=text)
    return f"{text}."


def _limits(total: Expected) -> str:
    high = words.number(total.upper_80)
    if not total.lower_80:
        return gettext("at most {count}", count=high)
    return pgettext("interval", "{low} to {high}", low=words.number(total.lower_80), high=high)


def expected_table(view: CompareView) -> TableView:
    """A row a day with median and interval of each place, and the totals below."""
    first = next((p.forecast for p in view.places if p.forecast and p.forecast.days), None)
    days = () if first is None else first.days
    rows = [_day_row(view, at=i, day=day) for i, day in enumerate(days)]
    if first is not None:
        rows.append(_total_row(view, days=first.horizon))
    number = ColumnKind.NUMBER
    parts = (
        ("median", gettext("median")),
        ("lower_80", gettext("{percent} from", percent=words.percent(_INSIDE))),
        ("upper_80", pgettext("upper limit", "to")),
    )
    return TableView(
        caption=expected_title(view),
        columns=(
            Column(name="day", label=gettext("Day"), kind=ColumnKind.TEXT),
            Column(name="holiday", label=gettext("Holiday"), kind=ColumnKind.TEXT),
            *(
                Column(name=f"{place.slug}_{name}", label=f"{place.name}, {label}", kind=number)
                for place in view.places
                for name, label in parts
            ),
        ),
        rows=tuple(rows),
        links=(),
        file=f"compare_{view.slugs}_forecast_{view.measure}{_from(first)}",
        source=view.provenance.source,
    )


def _from(forecast: ForecastView | None) -> str:
    return "" if forecast is None else f"_from_{forecast.origin}"


def _day_row(view: CompareView, *, at: int, day: ForecastDay) -> tuple[Cell, ...]:
    return (
        Cell(text=day.day.isoformat(), value=at),
        Cell(text=words.holiday(day.holiday) if day.holiday else ""),
        *(cell for place in view.places for cell in _day_cells(place, view=view, day=day.day)),
    )


def _day_cells(place: ComparedPlace, *, view: CompareView, day: date) -> list[Cell]:
    days = place.forecast.days if place.forecast else ()
    return _cells(next((d.expected for d in days if d.day == day), None), place=place, view=view)


def _total_row(view: CompareView, *, days: int) -> tuple[Cell, ...]:
    totals = [place.forecast.total if place.forecast else None for place in view.places]
    return (
        Cell(text=gettext("All {days} days", days=days), value=days),
        Cell(text=""),
        *(
            cell
            for place, total in zip(view.places, totals, strict=True)
            for cell in _cells(total, place=place, view=view)
        ),
    )


def _cells(expected: Expected | None, *, place: ComparedPlace, view: CompareView) -> list[Cell]:
    """Median and limits; in words why there are none."""
    scale = forecast_scale(place, rates=view.rates)
    if expected is None or scale is None:
        why = gettext("no forecast") if expected is None else gettext("too few")
        return [Cell(text=why)] * 3
    band = band_of(expected, scale=scale)
    digits = 3 if view.rates else 0
    return [
        number_cell(value, missing="", digits=digits)
        for value in (band.median, band.lower, band.upper)
    ]
