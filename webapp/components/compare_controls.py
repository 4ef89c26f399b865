"""The sentence of the page that compares places."""

from dash import html
from dash.development.base_component import Component

from webapp.components.choices import Choice, options, select, sentence, worded
from webapp.components.controls import kind_select, unit_select, year_select
from webapp.language import gettext, gettext_noop
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
    parts = worded(
        gettext_noop(
            "Compare {first}, {second} and {third}: {unit} {measure} of {kind} reported in {year}"
        ),
        first=first,
        second=second,
        third=third,
        unit=unit_select(selection),
        measure=_measure(choice),
        kind=kind_select(selection, scope=scope.dataset),
        year=year_select(selection, scope=scope.dataset),
    )
    return sentence(parts, label=gettext("What is compared"), defined=True)


_PLACE_LABELS = (
    gettext_noop("First place"),
    gettext_noop("Second place"),
    gettext_noop("Third place"),
)


def _place(choice: CompareChoice, *, slot: int, scope: CompareScope) -> Component:
    """The first place is always one; the others can be none, and a script fills their lists."""
    default = scope.default[slot] if slot < len(scope.default) else ""
    label = gettext(_PLACE_LABELS[slot])
    if slot == 0:
        choices = [Choice(value=slug, label=name) for slug, name in scope.places.items()]
        return select(
            "towns", label=label, options=[options(choices, chosen=choice.places[0])],
            default=default, slot=slot,
        )  # fmt: skip
    none = Choice(value="", label=gettext("no other"))
    return select(
        "towns", label=label, options=[options((none,), chosen="")], default=default, slot=slot,
    )  # fmt: skip


def _measure(choice: CompareChoice) -> Component:
    measures = (
        Choice(value=CompareMeasure.RATE, label=gettext("per 1,000 people")),
        Choice(value=CompareMeasure.COUNT, label=gettext("in number")),
    )
    return select(
        "measure", label=gettext("Rates or numbers"),
        options=[options(measures, chosen=choice.measure)], default=CompareMeasure.RATE,
    )  # fmt: skip
