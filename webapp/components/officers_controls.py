"""The sentence of the page of officers."""

from dash import html
from dash.development.base_component import Component

from webapp.components.choices import Choice, options, select, sentence
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
        "scope", label="Whose officers", options=_scopes(scopes, chosen=choice.scope),
        default=STATE,
    )  # fmt: skip
    measures = (
        Choice(value=StaffMeasure.COUNT, label="numbers of men and women"),
        Choice(value=StaffMeasure.SHARE, label="shares of men and women"),
    )
    measure = select(
        "view", label="Numbers or shares", options=[options(measures, chosen=choice.measure)],
        default=StaffMeasure.COUNT,
    )  # fmt: skip
    kinds = (
        Choice(value=StaffFigures.REPORTED, label="as reported for each year"),
        Choice(value=StaffFigures.LATEST, label=f"with {latest} figures in all years"),
    )
    figures = select(
        "figures", label="Which figures", options=[options(kinds, chosen=choice.figures)],
        default=StaffFigures.REPORTED,
    )  # fmt: skip
    return sentence(
        ["Show the officers of ", whose, " as ", measure, ", ", figures], label="What is shown"
    )


def _scopes(scopes: OfficersScopes, *, chosen: str) -> list[Component | list[Component]]:
    nouns = {"region": "Planning regions", "county": "Counties"}
    groups = (
        (nouns[scopes.region_noun], scopes.regions),
        ("Towns", scopes.towns),
        ("Agencies", scopes.agencies),
    )
    whole = html.Option(f"all of {scopes.state_name}", value=STATE, selected=chosen == STATE)
    return [
        whole,
        *(_group(label, members=members, chosen=chosen) for label, members in groups if members),
    ]


def _group(label: str, *, members: tuple[NamedScope, ...], chosen: str) -> Component:
    choices = [Choice(value=scope.slug, label=scope.name) for scope in members]
    return html.Optgroup(options(choices, chosen=chosen), label=label)
