"""The map's table twins: every county, or every place from A to Z, and what its figures rest on."""

from webapp.language import gettext, pgettext
from webapp.urlstate import Measure
from webapp.views import words
from webapp.views.map import NOTHING, MapView, PlaceRow, cell_text, value_of
from webapp.views.map_words import map_title
from webapp.views.table import (
    Cell,
    Column,
    ColumnKind,
    TableView,
    number_columns,
    place_columns,
)

__all__ = ["county_table", "map_table"]


def map_table(view: MapView, *, links: tuple[str, ...]) -> TableView:
    """Every place from A to Z with what the map shows and what it rests on."""
    compares = any(row.previous is not None for row in view.rows)
    forecasts = view.measure is Measure.FORECAST
    columns = (
        *place_columns(towns=bool(view.towns), planning_regions=view.planning_regions),
        *(_expected_columns() if forecasts else ()),
        *_measured_columns(view, compares=compares),
        Column(name="months_reported", label=gettext("Months reported"), kind=ColumnKind.NUMBER),
        Column(name="people_served", label=gettext("People served"), kind=ColumnKind.NUMBER),
        Column(name="sworn_officers", label=gettext("Sworn officers"), kind=ColumnKind.NUMBER),
    )
    return TableView(
        caption=gettext("{title}, by place, A to Z", title=map_title(view)),
        columns=columns,
        rows=tuple(_table_row(row, compares=compares, forecasts=forecasts) for row in view.rows),
        links=links,
        file=f"{words.file_part(view.state_name)}_{view.kind}_{view.unit}_{view.year}",
        source=view.provenance.source,
    )


def county_table(view: MapView, *, links: tuple[str, ...]) -> TableView:
    """Every county from A to Z with what the map shows and what it rests on."""
    compares = any(row.previous is not None for row in view.counties)
    forecasts = view.measure is Measure.FORECAST
    columns = (
        Column(name="county", label=gettext("County"), kind=ColumnKind.PLACE),
        *(_expected_columns() if forecasts else ()),
        *_measured_columns(view, compares=compares),
        *number_columns(
            (
                ("agencies_full_year", gettext("Agencies reporting every month")),
                ("agencies", gettext("Agencies")),
                ("people_served", gettext("People served")),
                ("sworn_officers", gettext("Sworn officers")),
            )
        ),
    )
    return TableView(
        caption=gettext("{title}, by county, A to Z", title=map_title(view)),
        columns=columns,
        rows=tuple(
            (
                Cell(text=row.name),
                *(_expected_cells(row) if forecasts else ()),
                *_measured_cells(row, compares=compares),
                _amount(row.county.full if row.county else None),
                _amount(row.county.agencies if row.county else None),
                _amount(row.people),
                _amount(row.officers),
            )
            for row in view.counties
        ),
        links=links,
        file=f"{words.file_part(view.state_name)}_counties_{view.kind}_{view.unit}_{view.year}",
        source=view.provenance.source,
    )


def _measured_columns(view: MapView, *, compares: bool) -> tuple[Column, ...]:
    before = view.year - 1
    columns = [
        (view.unit, _unit_label(view)),
        ("per_1000_people", gettext("Per 1,000 people")),
    ]
    if compares:
        columns.append((f"change_on_{before}", gettext("Change on {year}", year=before)))
    return number_columns(columns)


def _measured_cells(row: PlaceRow, *, compares: bool) -> tuple[Cell, ...]:
    measures = (Measure.COUNT, Measure.RATE, *((Measure.CHANGE,) if compares else ()))
    return tuple(
        Cell(text=cell_text(row, measure=measure), value=value_of(row, measure=measure))
        for measure in measures
    )


def _expected_columns() -> tuple[Column, ...]:
    labels = (
        ("expected_next_30_days", gettext("Next 30 days, median")),
        ("lower_80", gettext("80\N{NO-BREAK SPACE}% from")),
        ("upper_80", pgettext("upper limit", "to")),
    )
    return number_columns(labels)


def _unit_label(view: MapView) -> str:
    text = words.of_kind(view.unit, kind=view.kind)
    return f"{words.capitalised(text)}, {view.year}"


def _table_row(row: PlaceRow, *, compares: bool, forecasts: bool) -> tuple[Cell, ...]:
    return (
        Cell(text=row.name),
        Cell(text=row.region),
        *(_expected_cells(row) if forecasts else ()),
        *_measured_cells(row, compares=compares),
        _months(row),
        _amount(row.people),
        _amount(row.officers),
    )


def _expected_cells(row: PlaceRow) -> tuple[Cell, ...]:
    text = cell_text(row, measure=Measure.FORECAST)
    if row.expected is None:
        return Cell(text=text), Cell(text=NOTHING), Cell(text=NOTHING)
    limits = (row.expected.lower_80, row.expected.upper_80)
    return Cell(text=text, value=row.expected.median), *map(_amount, limits)


def _months(row: PlaceRow) -> Cell:
    if not row.policed:
        return Cell(text=NOTHING)
    return Cell(text=gettext("{count} of 12", count=row.months), value=row.months)


def _amount(value: int | None) -> Cell:
    return Cell(text=NOTHING if value is None else words.number(value), value=value)
