"""The sentence of the page that compares places."""

from dash import html
from dash.development.base_component import Component

from webapp.components.choices import Choice, options, select, sentence
from webapp.components.controls import kind_select, unit_select, year_select
from webapp.urlstate.compare import (
    MOST_COMPARED,
    CompareChoice,
    CompareMeasure,
    CompareScope,
)

__all__ = ["compare_sentence"]


def compare_sentence(choice: CompareChoice, *, scope: CompareScope) -> html.Div:
    """Compare ..., ... and ...: ... of ... reported in ..."""
    selection = choice.selection(scope)
    first, second, third = (_place(choice, slot=slot, scope=scope) for slot in range(MOST_COMPARED))
    return sentence(
        ["Compare ", first, ", ", second, " and ", third, ": ",
         unit_select(selection), " ", _measure(choice), " of ",
         kind_select(selection, scope=scope.dataset), " reported in ",
         year_select(selection, scope=scope.dataset)],
        label="What is compared", defined=True,
    )  # fmt: skip


def _place(choice: CompareChoice, *, slot: int, scope: CompareScope) -> Component:
    """The first place is always one; the others can be none, and a script fills their lists."""
    default = scope.default[slot] if slot < len(scope.default) else ""
    if slot == 0:
        choices = [Choice(value=slug, label=name) for slug, name in scope.places.items()]
        return select(
            "towns", label="First place", options=[options(choices, chosen=choice.places[0])],
            default=default, slot=slot,
        )  # fmt: skip
    none = Choice(value="", label="no other")
    return select(
        "towns", label=("Second place", "Third place")[slot - 1],
        options=[options((none,), chosen="")], default=default, slot=slot,
    )  # fmt: skip


def _measure(choice: CompareChoice) -> Component:
    measures = (
        Choice(value=CompareMeasure.RATE, label="per 1,000 people"),
        Choice(value=CompareMeasure.COUNT, label="in number"),
    )
    return select(
        "measure", label="Rates or numbers", options=[options(measures, chosen=choice.measure)],
        default=CompareMeasure.RATE,
    )  # fmt: skip
