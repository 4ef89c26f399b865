"""The forecast of a place in one sentence, as its page begins."""

from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.forecast import Expected, ForecastView, gap_words

__all__ = ["forecast_lead"]


def forecast_lead(view: ForecastView, *, of_all_kinds: bool) -> str:
    """The answer in one sentence: the total and its 80 % interval.

    Args:
        view: The forecast.
        of_all_kinds: Say that it counts all kinds, because something else is chosen.
    """
    total = view.total
    if total is None:
        return gettext("There is no forecast for {place}.", place=view.place) + f" {view.withheld}"
    what = _what(view, count=total.median, of_all_kinds=of_all_kinds)
    when = gettext(
        "in {place} in the {count} days to {day}",
        place=view.place,
        count=view.horizon,
        day=words.day(view.end),
    )
    if view.gap:
        return _bridged_lead(view, total=total, what=what, when=when)
    if view.replays:
        return _replay_lead(view, total=total, what=what, when=when)
    if total.median == 0:
        return gettext(
            "Hardly any {what} are expected {when}; four times in five {between}.",
            what=what,
            when=when,
            between=_between(total),
        )
    return ngettext(
        "About {count} {what} is expected {when}; four times in five it will be {between}.",
        "About {count} {what} are expected {when}; four times in five it will be {between}.",
        total.median,
        count=words.number(total.median),
        what=what,
        when=when,
        between=_between(total),
    )


def _what(view: ForecastView, *, count: int, of_all_kinds: bool) -> str:
    """What is counted; one of it, or several."""
    synthetic = view.provenance.synthetic
    if count == 1:
        return gettext("simulated offence") if synthetic else gettext("reported offence")
    if of_all_kinds:
        if synthetic:
            return gettext("simulated offences of all kinds")
        return gettext("reported offences of all kinds")
    return gettext("simulated offences") if synthetic else gettext("reported offences")


def _bridged_lead(view: ForecastView, *, total: Expected, what: str, when: str) -> str:
    return gettext(
        "With low confidence, carried on over {gap}: about {count} {what} {when}; four times in "
        "five it will be {between}.",
        gap=gap_words(view),
        count=words.number(total.median),
        what=what,
        when=when,
        between=_between(total),
    )


def _replay_lead(view: ForecastView, *, total: Expected, what: str, when: str) -> str:
    text = ngettext(
        "From what was known on {day}, about {count} {what} was to be expected {when}, four "
        "times in five {between}",
        "From what was known on {day}, about {count} {what} were to be expected {when}, four "
        "times in five {between}",
        total.median,
        day=words.day(view.origin),
        count=words.number(total.median),
        what=what,
        when=when,
        between=_between(total),
    )
    return f"{text}; {_outcome(view, total=total)}"


def _outcome(view: ForecastView, *, total: Expected) -> str:
    """What was counted over the days of a replay, beside the interval."""
    if view.counted is None:
        if view.end > view.last_day:
            return gettext("what was counted over these days is not known, the data end before.")
        return gettext("what was counted over these days is not known, not all were reported.")
    count = words.number(view.counted)
    if view.counted < total.lower_80:
        return ngettext(
            "{count} was counted, below that interval.",
            "{count} were counted, below that interval.",
            view.counted,
            count=count,
        )
    if view.counted > total.upper_80:
        return ngettext(
            "{count} was counted, above that interval.",
            "{count} were counted, above that interval.",
            view.counted,
            count=count,
        )
    return ngettext(
        "{count} was counted, inside that interval.",
        "{count} were counted, inside that interval.",
        view.counted,
        count=count,
    )


def _between(total: Expected) -> str:
    low, high = words.number(total.lower_80), words.number(total.upper_80)
    if total.lower_80:
        return gettext("between {low} and {high}", low=low, high=high)
    return gettext("at most {high}", high=high)
