"""Places side by side over time: months of the data, and days of the forecast."""

from dataclasses import dataclass
from datetime import date

from webapp.views import words
from webapp.views.compare import (
    ComparedPlace,
    CompareView,
    number_cell,
    per_1000,
    place_names,
    simulated,
    years_span,
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


def _unit_words(view: CompareView) -> str:
    return " per 1,000 people" if view.rates else ""


def compared_months_title(view: CompareView) -> str:
    """Title of the months."""
    what = words.kind_heading(view.unit, kind=view.kind)
    years = years_span(view.places[0].months.years)
    return simulated(
        f"{what}{_unit_words(view)} by month in {place_names(view)}, {years}", view=view
    )


def compared_months_summary(view: CompareView) -> str:
    """The span of the chosen year's months for each place, and what is missing."""
    clauses = [clause for place in view.places if (clause := _span(place, view=view))]
    parts = [f"By month of {view.year}: {'; '.join(clauses)}."] if clauses else []
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
    return f"{place.name} between {low} and {high}"


def _value(value: float, *, view: CompareView) -> str:
    return f"{value:.2f}" if view.rates else words.number(round(value))


def _lacking(place: ComparedPlace, *, view: CompareView) -> list[str]:
    reported = [value is not None for value in place.months.values]
    if not any(reported):
        return [f"{place.name} filed no report in these years."]
    sentences = []
    if not all(reported):
        months = words.plural(reported.count(False), one="month", many="months")
        sentences.append(f"{place.name}: no report for {months}, which stay open.")
    partial = sum(place.months.partial)
    if partial:
        months = words.plural(partial, one="month", many="months")
        sentences.append(
            f"{place.name}: {months} reported by a part of its agencies, drawn as hollow points."
        )
    shown = [value is not None for value in month_values(place, rates=view.rates)]
    if shown != reported:
        why = (
            f"no rate in a year with fewer than {words.TOO_FEW}"
            if place.newest_people
            else "no rate, because the FBI assigns it no residents"
        )
        sentences.append(f"{place.name}: {why}.")
    return sentences


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
            Column(name="month", label="Month", kind=ColumnKind.TEXT),
            *(
                Column(name=place.slug, label=place.name, kind=ColumnKind.NUMBER)
                for place in view.places
            ),
        ),
        rows=rows,
        links=(),
        file=f"compare_{view.kind}_{view.unit}_{view.measure}_by_month",
        source=view.provenance.source,
    )


def _month_cell(value: float | None, *, place: ComparedPlace, at: int, digits: int) -> Cell:
    if place.months.values[at] is None:
        return Cell(text="no report")
    if value is None:
        return Cell(text="too few" if place.newest_people else "no residents")
    partial = " (partial)" if place.months.partial[at] else ""
    return Cell(text=f"{value:,.{digits}f}{partial}", value=value)


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
    ends = [place.forecast.end for place in view.places if place.forecast]
    to = f" to {words.day(ends[0])}" if ends else ""
    return simulated(
        f"Reported offences of all kinds{_unit_words(view)} by day in {place_names(view)}: the "
        f"forecast{to}",
        view=view,
    )


def expected_summary(view: CompareView) -> str:
    """The total of each place with its interval, or why there is none."""
    return " ".join(_total_words(place, view=view) for place in view.places)


def _total_words(place: ComparedPlace, *, view: CompareView) -> str:
    forecast = place.forecast
    if forecast is None:
        return ""
    if forecast.total is None:
        return f"{place.name}: no forecast. {forecast.withheld}"
    total = forecast.total
    about = f"about {words.number(total.median)}" if total.median else "hardly any"
    high = words.number(total.upper_80)
    limits = f"{words.number(total.lower_80)} to {high}" if total.lower_80 else f"at most {high}"
    text = f"{place.name}: {about} in {forecast.horizon} days, four times in five {limits}"
    scale = forecast_scale(place, rates=True)
    if scale is not None:
        return f"{text}; {total.median * scale:.2f} per 1,000 people."
    return f"{text}{'; too few for a rate, so it is not drawn' if view.rates else ''}."


def expected_table(view: CompareView) -> TableView:
    """A row a day with median and interval of each place, and the totals below."""
    first = next((p.forecast for p in view.places if p.forecast and p.forecast.days), None)
    days = () if first is None else first.days
    rows = [_day_row(view, at=i, day=day) for i, day in enumerate(days)]
    if first is not None:
        rows.append(_total_row(view, days=first.horizon))
    number = ColumnKind.NUMBER
    parts = (("median", "median"), ("lower_80", "80\N{NO-BREAK SPACE}% from"), ("upper_80", "to"))
    return TableView(
        caption=expected_title(view),
        columns=(
            Column(name="day", label="Day", kind=ColumnKind.TEXT),
            Column(name="holiday", label="Holiday", kind=ColumnKind.TEXT),
            *(
                Column(name=f"{place.slug}_{name}", label=f"{place.name}, {label}", kind=number)
                for place in view.places
                for name, label in parts
            ),
        ),
        rows=tuple(rows),
        links=(),
        file=f"compare_forecast_{view.measure}{_from(first)}",
        source=view.provenance.source,
    )


def _from(forecast: ForecastView | None) -> str:
    return "" if forecast is None else f"_from_{forecast.origin}"


def _day_row(view: CompareView, *, at: int, day: ForecastDay) -> tuple[Cell, ...]:
    return (
        Cell(text=day.day.isoformat(), value=at),
        Cell(text=day.holiday),
        *(cell for place in view.places for cell in _day_cells(place, view=view, day=day.day)),
    )


def _day_cells(place: ComparedPlace, *, view: CompareView, day: date) -> list[Cell]:
    days = place.forecast.days if place.forecast else ()
    return _cells(next((d.expected for d in days if d.day == day), None), place=place, view=view)


def _total_row(view: CompareView, *, days: int) -> tuple[Cell, ...]:
    totals = [place.forecast.total if place.forecast else None for place in view.places]
    return (
        Cell(text=f"All {days} days", value=days),
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
        return [Cell(text="no forecast" if expected is None else "too few")] * 3
    band = band_of(expected, scale=scale)
    digits = 3 if view.rates else 0
    return [
        number_cell(value, missing="", digits=digits)
        for value in (band.median, band.lower, band.upper)
    ]
