"""The sentence of the page of officers."""

from dash import html
from dash.development.base_component import Component

from webapp.components.choices import Choice, options, select, sentence, worded
from webapp.language import gettext, gettext_noop
from webapp.urlstate.officers import (
    STATE,
    NamedScope,
    OfficersChoice,
    OfficersScopes,
    StaffFigures,
    StaffMeasure,
)

__all__ = ["officers_sentence"]


def officers_sentence(choice: OfficersChoice, *, scopes: OfficersScopes, latest: int) -> html.Div:
    """Show the officers of ... as ..., with the figures ..."""
    whose = select(
        "scope", label=gettext("Whose officers"), options=_scopes(scopes, chosen=choice.scope),
        default=STATE,
    )  # fmt: skip
    measures = (
        Choice(value=StaffMeasure.COUNT, label=gettext("numbers of men and women")),
        Choice(value=StaffMeasure.SHARE, label=gettext("shares of men and women")),
    )
    measure = select(
        "view", label=gettext("Numbers or shares"),
        options=[options(measures, chosen=choice.measure)], default=StaffMeasure.COUNT,
    )  # fmt: skip
    of_latest = gettext("with {year} figures in all years", year=latest)
    kinds = (
        Choice(value=StaffFigures.REPORTED, label=gettext("as reported for each year")),
        Choice(value=StaffFigures.LATEST, label=of_latest),
    )
    figures = select(
        "figures", label=gettext("Which figures"),
        options=[options(kinds, chosen=choice.figures)], default=StaffFigures.REPORTED,
    )  # fmt: skip
    parts = worded(
        gettext_noop("Show the officers of {scope} as {measure}, {figures}"),
        scope=whose,
        measure=measure,
        figures=figures,
    )
    return sentence(parts, label=gettext("What is shown"))


_REGION_NOUNS = {"region": gettext_noop("Planning regions"), "county": gettext_noop("Counties")}


def _scopes(scopes: OfficersScopes, *, chosen: str) -> list[Component | list[Component]]:
    groups = (
        (gettext(_REGION_NOUNS[scopes.region_noun]), scopes.regions),
        (gettext("Towns"), scopes.towns),
        (gettext("Agencies"), scopes.agencies),
    )
    name = gettext("all of {state}", state=scopes.state_name)
    whole = html.Option(name, value=STATE, selected=chosen == STATE)
    return [
        whole,
        *(_group(label, members=members, chosen=chosen) for label, members in groups if members),
    ]


def _group(label: str, *, members: tuple[NamedScope, ...], chosen: str) -> Component:
    choices = [Choice(value=scope.slug, label=scope.name) for scope in members]
    return html.Optgroup(options(choices, chosen=chosen), label=label)
