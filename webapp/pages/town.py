"""The page of a place: the answer in one sentence, its history, what is reported, its officers."""

from dash import html
from dash.development.base_component import Component

from core.nibrs.codes import ALL_OFFENCES
from webapp import ids
from webapp.components.attributes import wild
from webapp.components.card import chart_card
from webapp.components.controls import days_sentence, town_sentence
from webapp.components.document import PageHead
from webapp.components.grid import cell, grid
from webapp.geometry import STATE_FEATURE
from webapp.language import gettext, gettext_noop, ngettext, pgettext
from webapp.pages.forecast import forecast_cards
from webapp.pages.parts import PageKind, Visit
from webapp.pages.town_charts import TOWN_CHARTS, parsed_town, town_selection
from webapp.site import Site
from webapp.urlstate import Selection, Unit
from webapp.views import words
from webapp.views.forecast_lead import forecast_lead
from webapp.views.town import (
    CoverageYear,
    MonthState,
    PlaceLink,
    TownView,
    coverage_summary,
    lead_sentence,
)

__all__ = ["TOWN_PAGE"]

_PATH = "/town/"


def _head(visit: Visit) -> PageHead:
    queries, selection = visit.site.queries, town_selection(visit)
    view = queries.town(visit.slug, selection=selection)
    forecast = queries.forecast(visit.slug, selection=selection)
    known = forecast is not None and forecast.total is not None
    expected = f"{forecast_lead(forecast, of_all_kinds=False)} " if forecast and known else ""
    simulated = gettext(" Simulated data.") if queries.dataset.synthetic else ""
    return PageHead(
        title=gettext(
            "{place}: reported offences {year} · CT-Crimes",
            place=view.row.name,
            year=selection.year,
        ),
        description=f"{expected}{lead_sentence(view)}{simulated}",
        path=f"{_PATH}{visit.slug}",
    )


def _layout(visit: Visit) -> html.Div:
    site, slug, selection = visit.site, visit.slug, town_selection(visit)
    view = site.queries.town(slug, selection=selection)
    children: list[Component] = [
        _breadcrumbs(view),
        html.H1(view.row.name, tabIndex=-1),
        html.Div(_headline(visit), id=ids.headline(ids.PAGE_TOWN)),
    ]
    if view.row.geoid:
        children.insert(0, _locator((view.row.geoid,), site=site, selected=slug))
    elif view.counties:
        geoids = tuple(county.geoid for county in view.counties)
        children.insert(0, _locator(geoids, site=site, selected=view.counties[0].slug))
    if view.ever_reported:
        children.append(town_sentence(selection, scope=site.queries.scope))
        children += [_charts(view, site=site, selection=selection), _patterns()]
    elif view.has_police:
        children.append(_silent())
    else:
        children.append(_no_police(view))
    children.append(_around(view))
    return html.Div(children, className="wrap page-town", **wild(data_page="town"))


def _headline(visit: Visit) -> list[Component]:
    """The answer first, then the facts."""
    site, slug, selection = visit.site, visit.slug, town_selection(visit)
    view = site.queries.town(slug, selection=selection)
    parts: list[Component] = [
        _lead(view, site=site, slug=slug, selection=selection),
        html.P(" · ".join(_facts(view)), className="facts"),
    ]
    if view.note:
        parts.append(html.P(view.note, className="policing"))
    return parts


def _lead(view: TownView, *, site: Site, slug: str, selection: Selection) -> html.P:
    """What is expected, where there is a forecast, and what was reported."""
    forecast = site.queries.forecast(slug, selection=selection) if view.ever_reported else None
    if forecast is None or forecast.total is None:
        return html.P(lead_sentence(view), className="lead")
    other = (selection.kind, selection.unit) != (ALL_OFFENCES, Unit.OFFENCES)
    return html.P(
        [
            html.Span(forecast_lead(forecast, of_all_kinds=other)),
            " ",
            html.Span(lead_sentence(view), className="lead-before"),
        ],
        className="lead",
    )


def _facts(view: TownView) -> list[str]:
    row = view.row
    facts = []
    people = row.people or view.residents
    if people:
        facts.append(gettext("{count} people", count=words.number(people)))
    if row.officers is not None:
        facts.append(
            ngettext(
                "{count} sworn officer",
                "{count} sworn officers",
                row.officers,
                count=words.number(row.officers),
            )
        )
    if view.county and row.town:
        named = gettext("{name} County", name=view.county)
        facts.append(named if view.planning_region else view.county)
    if row.town and view.has_police:
        shared = view.state_share
        facts.append(gettext("own police and State Police") if shared else gettext("own police"))
        several = len(view.agencies) > 1
        if several:
            facts.append(gettext("agencies: {names}", names=words.joined(view.agencies)))
    return facts


def _locator(geoids: tuple[str, ...], *, site: Site, selected: str) -> html.A:
    """The State in small, the town or the agency's counties in it."""
    masks = [
        html.Span(
            className=name,
            style={"maskImage": f"url({url})", "WebkitMaskImage": f"url({url})"},
        )
        for name, url in (
            ("locator-state", site.picture_url(STATE_FEATURE)),
            *(("locator-town", site.picture_url(geoid)) for geoid in geoids),
        )
    ]
    return html.A(
        masks,
        href=f"/?town={selected}",
        className="locator",
        title=gettext("Show on the map"),
        **wild(data_nav="town", aria_label=gettext("Show on the map")),
    )


def _breadcrumbs(view: TownView) -> html.Nav:
    crumbs: list[Component] = [
        html.Li(html.A(view.state_name, href="/", **wild(data_nav="keep"))),
    ]
    if view.counties:
        crumbs += [
            html.Li(html.A(county.name, href=f"/?town={county.slug}", **wild(data_nav="town")))
            for county in view.counties
        ]
    elif view.row.region:
        region = view.row.region
        if view.planning_region:
            region = gettext("{name} region", name=region)
        crumbs.append(html.Li(region))
    crumbs.append(html.Li(view.row.name, **wild(aria_current="page")))
    return html.Nav(html.Ol(crumbs), className="crumbs", **wild(aria_label=gettext("You are here")))


def _charts(view: TownView, *, site: Site, selection: Selection) -> Component:
    days = days_sentence(selection, scope=site.queries.scope)
    coverage = html.Section(
        [*_coverage(view), html.Div(id=ids.chart_part("aside", ids.CHART_MONTHS))],
        className="card coverage",
        id="coverage",
    )
    classes = _which_offence(view.row.slug) if site.queries.has_risk else None
    return grid(
        *forecast_cards(site, selection=selection),
        cell(chart_card(ids.CHART_MONTHS), columns=8),
        cell(coverage, columns=4),
        cell(chart_card(ids.CHART_DAYS, controls=days)),
        cell(chart_card(ids.CHART_MIX, controls=classes), columns=7),
        cell(chart_card(ids.CHART_STAFF), columns=5),
    )


def _patterns() -> html.Section:
    """When and where: hours, places, months, years."""
    cards = grid(
        cell(chart_card(ids.CHART_HOURS), columns=7),
        cell(chart_card(ids.CHART_LOCATIONS), columns=5),
        cell(chart_card(ids.CHART_PROFILE), columns=6),
        cell(chart_card(ids.CHART_KINDS_BY_YEAR), columns=6),
    )
    return html.Section(
        [html.H2(gettext("When and where"), id="when-where"), cards],
        className="when-where",
        **wild(aria_labelledby="when-where"),
    )


def _which_offence(slug: str) -> html.P:
    link = html.A(
        gettext("Which offence, by place and hour"), href=f"/risk?towns={slug}", **wild(data_nav="")
    )
    return html.P(link, className="note")


def _coverage(view: TownView) -> list[Component]:
    head = html.Tr(
        [
            html.Td(),
            *(html.Th(name[0].upper(), scope="col", title=name) for name in _month_names()),
        ]
    )
    return [
        html.H2(gettext("Months and years"), className="card-title"),
        html.P(coverage_summary(view), className="summary"),
        html.Table(
            [
                html.Caption(gettext("Months with a report"), className="sr-only"),
                html.Thead(head),
                html.Tbody([_coverage_row(year) for year in view.coverage]),
            ],
            className="months-grid",
        ),
        html.Ul(
            [
                html.Li([html.Span(className=f"square {state}"), label])
                for state, label in _states(view)
            ],
            className="key-list",
        ),
    ]


def _month_names() -> list[str]:
    return [words.month_name(month) for month in range(1, 13)]


def _states(view: TownView) -> list[tuple[MonthState, str]]:
    found = {state for year in view.coverage for state in year.months}
    labels = {
        MonthState.COMPLETE: gettext("reported"),
        MonthState.PARTIAL: gettext("reported by a part of the agencies"),
        MonthState.NONE: gettext("no report"),
    }
    return [(state, label) for state, label in labels.items() if state in found]


def _coverage_row(year: CoverageYear) -> html.Tr:
    words_of = {
        MonthState.COMPLETE: gettext("reported"),
        MonthState.PARTIAL: pgettext("months", "part"),
        MonthState.NONE: pgettext("months", "none"),
    }
    return html.Tr(
        [
            html.Th(str(year.year), scope="row"),
            *(
                html.Td(
                    html.Span(words_of[state], className="sr-only"), className=f"square {state}"
                )
                for state in year.months
            ),
        ]
    )


def _silent() -> Component:
    """An agency that never reported: only its officers are known."""
    explanation = html.Section(
        [
            html.H2(gettext("Why there is almost nothing here")),
            html.P(
                gettext(
                    "The agency is on the list of the FBI, but no month of its reports is in this "
                    "dataset. That does not mean that nothing happened: a blank is not a zero."
                )
            ),
        ],
        className="card explain",
    )
    return grid(cell(chart_card(ids.CHART_STAFF), columns=7), cell(explanation, columns=5))


def _no_police(view: TownView) -> html.Section:
    near = tuple(link.name for link in view.neighbours)
    why = (
        gettext(_STATE_POLICE, state=view.state_name)
        if view.state_police
        else gettext(_NO_AGENCY, town=view.row.name)
    )
    return html.Section(
        [
            html.H2(gettext("Why there is no chart here")),
            html.P(why),
            html.P(_bordering(view.row.name, near=near)),
        ],
        className="card explain",
    )


_STATE_POLICE = gettext_noop(
    "About half of the towns of {state} have no police department. State troopers, often with a "
    "resident trooper, answer calls there, and the State Police report what they record as one "
    "agency. Their reports do not say in which town an offence happened, so any figure for one of "
    "these towns would be invented. A blank is not a zero."
)
_NO_AGENCY = gettext_noop(
    "These data do not say who polices {town}. A sheriff, the State Police or the police of "
    "another place may answer calls there; their reports do not say in which town an offence "
    "happened, so any figure for {town} would be invented. A blank is not a zero."
)


def _bordering(town: str, *, near: tuple[str, ...]) -> str:
    if not near:
        return ""
    return gettext("{town} shares a boundary with {names}.", town=town, names=words.joined(near))


def _around(view: TownView) -> html.Div:
    blocks: list[Component] = []
    if view.neighbours:
        blocks.append(_links(gettext("Neighbours"), view.neighbours))
    if view.region_places:
        blocks.append(_links(_region_heading(view), view.region_places))
    blocks.append(html.P(_onward(view), className="note onward"))
    return html.Div(blocks, className="around")


def _onward(view: TownView) -> list[Component]:
    """Ways to the other pages that know the place."""
    name, slug = view.row.name, view.row.slug
    links: list[Component] = []
    if view.has_police:
        links = [
            html.A(
                gettext("Compare with others"),
                href=f"/compare?towns={slug}",
                **wild(data_nav="keep"),
            ),
            html.A(
                gettext("Officers of {place}", place=name),
                href=f"/officers?scope={slug}",
                **wild(data_nav=""),
            ),
        ]
    links.append(
        html.A(
            gettext("Show {town} on the map", town=name)
            if view.row.town
            else gettext("All places"),
            href=f"/?town={slug}" if view.row.town else "/",
            **wild(data_nav="town"),
        )
    )
    return links


def _region_heading(view: TownView) -> str:
    if not view.row.town:
        return gettext("Other agencies of {region}", region=view.row.region)
    if not view.planning_region:
        return gettext("Towns of {county} with their own police", county=view.row.region)
    return gettext("Towns of the {region} region with their own police", region=view.row.region)


def _links(heading: str, places: tuple[PlaceLink, ...]) -> html.Section:
    return html.Section(
        [
            html.H2(heading),
            html.Ul(
                [
                    html.Li(html.A(link.name, href=f"/town/{link.slug}", **wild(data_nav="keep")))
                    for link in places
                ],
                className="links",
            ),
        ]
    )


TOWN_PAGE = PageKind(
    name=ids.PAGE_TOWN,
    path=_PATH,
    head=_head,
    layout=_layout,
    headline=_headline,
    repairs=lambda visit: parsed_town(visit).repairs,
    charts=TOWN_CHARTS,
)
"""The page of a place."""
