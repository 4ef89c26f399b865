"""The charts on the page of a place, each with its table twin."""

from collections.abc import Mapping

from dash import html

from webapp import ids
from webapp.figures.bars import mix_figure, staff_figure
from webapp.figures.patterns import hours_figure, profile_figure
from webapp.figures.patterns_bars import kinds_by_year_figure, locations_figure
from webapp.figures.series import days_figure, months_figure
from webapp.language import gettext
from webapp.pages.forecast import forecast_parts, forecast_twin
from webapp.pages.parts import Chart, ChartParts, Visit
from webapp.urlstate import Parsed, Selection, parse_search
from webapp.views import words
from webapp.views.mix import MixView, mix_summary, mix_table, mix_title
from webapp.views.patterns_hours import HoursView, hours_summary, hours_table, hours_title
from webapp.views.patterns_locations import (
    LocationsView,
    locations_summary,
    locations_table,
    locations_title,
)
from webapp.views.patterns_months import (
    ProfileView,
    profile_summary,
    profile_table,
    profile_title,
)
from webapp.views.patterns_years import (
    KindsByYearView,
    kinds_by_year_summary,
    kinds_by_year_table,
    kinds_by_year_title,
)
from webapp.views.series import (
    DaysView,
    MonthsView,
    days_summary,
    days_table,
    days_title,
    months_summary,
    months_table,
    months_title,
)
from webapp.views.staff import staff_summary, staff_table, staff_title
from webapp.views.town import TownView

__all__ = ["TOWN_CHARTS", "parsed_town", "town_selection"]


def parsed_town(visit: Visit) -> Parsed:
    """The query string of a visit, read."""
    return parse_search(visit.search, scope=visit.site.queries.scope)


def town_selection(visit: Visit) -> Selection:
    """What is chosen."""
    return parsed_town(visit).selection


def _months_view(visit: Visit) -> MonthsView:
    return visit.site.queries.months(visit.slug, selection=town_selection(visit))


def _days_view(visit: Visit) -> DaysView:
    return visit.site.queries.days(visit.slug, selection=town_selection(visit))


def _mix_view(visit: Visit) -> MixView:
    return visit.site.queries.mix(visit.slug, selection=town_selection(visit))


def _months(visit: Visit) -> ChartParts:
    view = _months_view(visit)
    return ChartParts(
        title=months_title(view),
        summary=months_summary(view),
        figure=months_figure(view),
        aside=_years(visit.site.queries.town(visit.slug, selection=town_selection(visit))),
    )


def _years(view: TownView) -> html.Table:
    """Year by year in a small table; the chosen year is strong."""
    of = words.of_kind(view.unit, kind=view.kind)
    what = words.capitalised(of)
    head = (gettext("Year"), what, gettext("per 1,000"), gettext("change"))
    return html.Table(
        [
            html.Caption(gettext("{what} by year", what=what), className="sr-only"),
            html.Thead(html.Tr([html.Th(label, scope="col") for label in head])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Th(str(row.year), scope="row"),
                            html.Td(row.count),
                            html.Td(row.rate),
                            html.Td(row.change),
                        ],
                        className="chosen" if row.year == view.year else "",
                    )
                    for row in view.years
                ]
            ),
        ],
        className="years",
    )


def _days(visit: Visit) -> ChartParts:
    view = _days_view(visit)
    return ChartParts(title=days_title(view), summary=days_summary(view), figure=days_figure(view))


def _mix(visit: Visit) -> ChartParts:
    view = _mix_view(visit)
    return ChartParts(title=mix_title(view), summary=mix_summary(view), figure=mix_figure(view))


def _staff(visit: Visit) -> ChartParts:
    view = visit.site.queries.staff(visit.slug)
    return ChartParts(
        title=staff_title(view), summary=staff_summary(view), figure=staff_figure(view)
    )


def _hours_view(visit: Visit) -> HoursView:
    return visit.site.queries.patterns.hours(visit.slug, selection=town_selection(visit))


def _locations_view(visit: Visit) -> LocationsView:
    return visit.site.queries.patterns.locations(visit.slug, selection=town_selection(visit))


def _profile_view(visit: Visit) -> ProfileView:
    return visit.site.queries.patterns.profile(visit.slug, selection=town_selection(visit))


def _kinds_by_year_view(visit: Visit) -> KindsByYearView:
    return visit.site.queries.patterns.kinds_by_year(visit.slug, selection=town_selection(visit))


def _hours(visit: Visit) -> ChartParts:
    view = _hours_view(visit)
    return ChartParts(
        title=hours_title(view), summary=hours_summary(view), figure=hours_figure(view)
    )


def _locations(visit: Visit) -> ChartParts:
    view = _locations_view(visit)
    return ChartParts(
        title=locations_title(view), summary=locations_summary(view), figure=locations_figure(view)
    )


def _profile(visit: Visit) -> ChartParts:
    view = _profile_view(visit)
    return ChartParts(
        title=profile_title(view), summary=profile_summary(view), figure=profile_figure(view)
    )


def _kinds_by_year(visit: Visit) -> ChartParts:
    view = _kinds_by_year_view(visit)
    return ChartParts(
        title=kinds_by_year_title(view),
        summary=kinds_by_year_summary(view),
        figure=kinds_by_year_figure(view),
    )


TOWN_CHARTS: Mapping[str, Chart] = {
    ids.CHART_FORECAST: Chart(
        parts=lambda visit: forecast_parts(visit, selection=town_selection(visit)),
        table=lambda visit: forecast_twin(visit, selection=town_selection(visit)),
    ),
    ids.CHART_MONTHS: Chart(parts=_months, table=lambda visit: months_table(_months_view(visit))),
    ids.CHART_DAYS: Chart(parts=_days, table=lambda visit: days_table(_days_view(visit))),
    ids.CHART_MIX: Chart(parts=_mix, table=lambda visit: mix_table(_mix_view(visit))),
    ids.CHART_STAFF: Chart(
        parts=_staff, table=lambda visit: staff_table(visit.site.queries.staff(visit.slug))
    ),
    ids.CHART_HOURS: Chart(parts=_hours, table=lambda visit: hours_table(_hours_view(visit))),
    ids.CHART_LOCATIONS: Chart(
        parts=_locations, table=lambda visit: locations_table(_locations_view(visit))
    ),
    ids.CHART_PROFILE: Chart(
        parts=_profile, table=lambda visit: profile_table(_profile_view(visit))
    ),
    ids.CHART_KINDS_BY_YEAR: Chart(
        parts=_kinds_by_year, table=lambda visit: kinds_by_year_table(_kinds_by_year_view(visit))
    ),
}
"""By their ids."""
