"""The sentence of the page of classes: places, kind of location, day, hour."""

from dash import html
from dash.development.base_component import Component

from core.nibrs.codes import LOCATION_TYPES, LocationArea
from webapp.components.choices import Choice, date_field, options, select, sentence, worded
from webapp.language import gettext, gettext_noop
from webapp.urlstate.risk import (
    ALL_CLASSES,
    ALL_YEARS,
    ANY_HOUR,
    ANY_LOCATION,
    DEFAULT_LOCATION,
    FEW_CLASSES,
    MOST_PLACES,
    HistoryScope,
    RiskChoice,
    RiskScope,
)
from webapp.views import words

__all__ = ["classes_sentence", "history_sentence", "risk_sentence"]


def risk_sentence(choice: RiskChoice, *, scope: RiskScope, places: tuple[Choice, ...]) -> html.Div:
    """An offence is reported at ... in ... on ... around ...; compare with ... and ...

    Args:
        choice: What is chosen.
        scope: What can be.
        places: Every place by name.
    """
    first, *others = (
        _place(choice, slot=slot, scope=scope, places=places) for slot in range(MOST_PLACES)
    )
    day = date_field(
        "date", label=gettext("Day"), reset=gettext("the last day of the data"), days=scope.days,
        default=scope.default_day,
    )  # fmt: skip
    return sentence(
        worded(_QUESTION, location=_location(choice), place=first, day=day, hour=_hour(choice),
               second=others[0], third=others[1]),
        label=gettext("The offences that are asked about"),
    )  # fmt: skip


_QUESTION = gettext_noop(
    "An offence is reported at {location} in {place} on {day} {hour}. Compare with {second} and "
    "{third}"
)


def _place(
    choice: RiskChoice, *, slot: int, scope: RiskScope, places: tuple[Choice, ...]
) -> Component:
    """The first place is always one; the others start with none, and a script fills their lists."""
    if slot == 0:
        return select(
            "towns", label=gettext("Place"), options=[options(places, chosen=choice.places[0])],
            default=scope.default_place, slot=slot,
        )  # fmt: skip
    none = Choice(value="", label=gettext("no other place"))
    return select(
        "towns", label=gettext("Place {number}", number=slot + 1),
        options=[options((none,), chosen="")], default="", slot=slot,
    )  # fmt: skip


def _location(choice: RiskChoice) -> Component:
    groups: list[Component] = [
        html.Option(
            gettext("any location"), value=ANY_LOCATION, selected=choice.location == ANY_LOCATION
        )
    ]
    for area in LocationArea:
        types = [
            Choice(value=each.code, label=gettext(each.name))
            for each in sorted(LOCATION_TYPES.values(), key=lambda each: gettext(each.name))
            if each.area is area
        ]
        groups.append(
            html.Optgroup(
                options(types, chosen=choice.location), label=words.capitalised(gettext(area.value))
            )
        )
    return select(
        "location", label=gettext("Kind of location"), options=groups, default=DEFAULT_LOCATION
    )


def _hour(choice: RiskChoice) -> Component:
    chosen = ANY_HOUR if choice.hour is None else str(choice.hour)
    choices = [
        Choice(value=ANY_HOUR, label=gettext("at any hour")),
        *(
            Choice(value=str(hour), label=gettext("around {hour}:00", hour=hour))
            for hour in range(24)
        ),
    ]
    return select(
        "hour", label=gettext("Hour"), options=[options(choices, chosen=chosen)], default=ANY_HOUR
    )


def classes_sentence(choice: RiskChoice) -> html.Div:
    """Show ... kinds."""
    choices = [
        Choice(value=FEW_CLASSES, label=gettext("the 5 likeliest kinds")),
        Choice(value=ALL_CLASSES, label=gettext("all kinds")),
    ]
    chosen = ALL_CLASSES if choice.every_class else FEW_CLASSES
    return sentence(
        worded(
            gettext_noop("Show {kinds}"),
            kinds=select(
                "classes", label=gettext("Kinds shown"),
                options=[options(choices, chosen=chosen)], default=FEW_CLASSES,
            ),
        ),
        label=gettext("Kinds shown"), small=True,
    )  # fmt: skip


def history_sentence(choice: RiskChoice, *, scope: RiskScope, has_towns: bool) -> html.Div:
    """Past offences of ... in ..."""
    alone = gettext("the town alone") if has_towns else gettext("the place alone")
    scopes = [
        Choice(value=HistoryScope.PLACE, label=alone),
        Choice(value=HistoryScope.REGION, label=gettext("its region")),
        Choice(value=HistoryScope.STATE, label=gettext("the whole State")),
    ]
    years = [
        Choice(value=ALL_YEARS, label=gettext("all years")),
        *(Choice(value=str(year), label=str(year)) for year in reversed(scope.years)),
    ]
    year = str(choice.year or ALL_YEARS)
    return sentence(
        worded(
            gettext_noop("Past offences of {whose}, {years}"),
            whose=select(
                "scope", label=gettext("Whose past"),
                options=[options(scopes, chosen=choice.history)], default=HistoryScope.PLACE,
            ),
            years=select(
                "year", label=gettext("Years"), options=[options(years, chosen=year)],
                default=ALL_YEARS,
            ),
        ),
        label=gettext("Past that is shown"), small=True,
    )  # fmt: skip
