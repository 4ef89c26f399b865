"""View of the officers of a State, a region or a place by year: by sex, per 1,000, civilians."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from webapp.language import gettext, ngettext
from webapp.urlstate.officers import STATE, StaffFigures, StaffMeasure
from webapp.views import words
from webapp.views.common import Provenance

__all__ = [
    "OfficersView",
    "OfficersYear",
    "Value",
    "officers_lead",
    "propagated_words",
    "rate_summary",
    "rate_title",
    "sex_summary",
    "sex_title",
    "women_share",
]

_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class OfficersYear:
    """One year added up over the agencies of a scope, as of 31 October.

    Attributes:
        year: The year.
        agencies: Agencies on the list of the FBI that year; none before a police was founded.
        reporting: Those of them with staff figures.
        lacking: Names of the places that lack some or all figures.
        officers: Sworn officers; null where no agency has figures.
        men: Men among them, or null.
        women: Women among them, or null.
        civilians: Civilian employees, or null.
        people: People whom the FBI assigns to the agencies with figures, or null.
    """

    year: int
    agencies: int
    reporting: int
    lacking: tuple[str, ...]
    officers: int | None
    men: int | None
    women: int | None
    civilians: int | None
    people: int | None

    @property
    def per_1000(self) -> float | None:
        """Sworn officers per 1,000 people; null for agencies that serve no residents."""
        if self.officers is None or not self.people:
            return None
        return 1000 * self.officers / self.people


Value = Callable[[OfficersYear], float | None]
"""What is read off a year."""


@dataclass(frozen=True, kw_only=True)
class OfficersView:
    """The years of a scope, ascending, gaps included.

    Attributes:
        scope: ``state``, or the slug of a region or a place.
        name: The scope in a sentence.
        measure: Numbers or shares.
        figures: Each year's own, or the newest year's in every year.
        years: Every year of the data.
        latest: The newest year on the list.
        provenance: Source.
    """

    scope: str
    name: str
    measure: StaffMeasure
    figures: StaffFigures
    years: tuple[OfficersYear, ...]
    latest: int
    provenance: Provenance

    @property
    def known(self) -> tuple[OfficersYear, ...]:
        """The years with figures."""
        return tuple(year for year in self.years if year.officers is not None)

    @property
    def newest(self) -> OfficersYear | None:
        """The newest year with figures."""
        return self.known[-1] if self.known else None

    @property
    def propagated(self) -> bool:
        """Whether earlier years show the newest year's figures."""
        return self.figures is StaffFigures.LATEST


def women_share(year: OfficersYear) -> float | None:
    """Women among the sworn officers as a fraction; withheld on a base under 20."""
    if year.women is None or (year.officers or 0) < words.TOO_FEW:
        return None
    return year.women / (year.officers or 1)


def _when(view: OfficersView) -> str:
    first, last = view.years[0].year, view.years[-1].year
    span = str(first) if first == last else f"{first}\N{EN DASH}{last}"
    if not view.propagated:
        return span
    return gettext(
        "{years}, with the figures of {latest} in every year", years=span, latest=view.latest
    )


def sex_title(view: OfficersView) -> str:
    """Title of the figure by sex; officers are real in the simulated dataset too."""
    if view.measure is StaffMeasure.SHARE:
        return gettext(
            "Shares of men and women among sworn officers of {name}, {years}",
            name=view.name,
            years=_when(view),
        )
    return gettext(
        "Sworn officers of {name}, men and women, {years}", name=view.name, years=_when(view)
    )


def rate_title(view: OfficersView) -> str:
    """Title of the figure per 1,000 people."""
    return gettext(
        "Sworn officers per 1,000 people and civilian staff of {name}, {years}",
        name=view.name,
        years=_when(view),
    )


def officers_lead(view: OfficersView) -> str:
    """The answer first: how many, how many of them women, and since when."""
    newest = view.newest
    if newest is None:
        return gettext("No agency of {name} reported its staff.", name=view.name)
    count = _sworn(newest.officers or 0)
    if view.scope == STATE:
        text = ngettext(
            "The {count} agency of {name} that gave figures together had {officers} on 31 October "
            "{year}",
            "The {count} agencies of {name} that gave figures together had {officers} on 31 "
            "October {year}",
            newest.reporting,
            count=words.number(newest.reporting),
            name=view.name,
            officers=count,
            year=newest.year,
        )
    else:
        text = gettext(
            "{name} had {officers} on 31 October {year}",
            name=words.capitalised(view.name),
            officers=count,
            year=newest.year,
        )
    return f"{text}{_women(newest)}{_since(view, newest=newest)}."


def _sworn(count: int) -> str:
    return ngettext(
        "{count} sworn officer", "{count} sworn officers", count, count=words.number(count)
    )


def _women(year: OfficersYear) -> str:
    if year.women is None:
        return ""
    share = women_share(year)
    part = "" if share is None else f" ({words.percent(share)})"
    return words.of_them_women(year.women) + part


def _since(view: OfficersView, *, newest: OfficersYear) -> str:
    """The change from the first year; not said of one year's figures, nor of a sum with gaps."""
    first = view.known[0]
    if view.propagated or first.year == newest.year or first.lacking or newest.lacking:
        return ""
    then = gettext("in {year}", year=first.year)
    if first.agencies != newest.agencies:
        then = ngettext(
            "the {count} agency of {year}",
            "the {count} agencies of {year}",
            first.agencies,
            count=words.number(first.agencies),
            year=first.year,
        )
    change = (newest.officers or 0) - (first.officers or 0)
    if change == 0:
        return gettext(": as many as {then}", then=then)
    count = words.number(abs(change))
    if change > 0:
        return gettext(": {count} more than {then}", count=count, then=then)
    return gettext(": {count} fewer than {then}", count=count, then=then)


def sex_summary(view: OfficersView) -> str:
    """What the areas show, and which years are not whole."""
    if view.newest is None:
        return gettext("No staff figures were reported.")
    parts = [_shares(view) if view.measure is StaffMeasure.SHARE else _counts(view)]
    parts += _gaps(view)
    return " ".join([*parts, propagated_words(view)]).strip()


def _counts(view: OfficersView) -> str:
    pairs = tuple(
        gettext("{count} in {year}", count=words.number(year.officers or 0), year=year.year)
        for year in _ends(view.known)
    )
    women = tuple(words.number(year.women or 0) for year in _ends(view.known))
    return gettext(
        "Sworn officers: {counts}; women among them: {women}.",
        counts=words.joined(pairs),
        women=words.joined(women),
    )


def _shares(view: OfficersView) -> str:
    shares = [(year, share) for year in view.known if (share := women_share(year)) is not None]
    if not shares:
        return gettext(
            "Fewer than {fewest} sworn officers: a share would say little; none is shown.",
            fewest=words.TOO_FEW,
        )
    told = tuple(
        gettext("{percent} in {year}", percent=words.percent(share), year=year.year)
        for year, share in _ends(tuple(shares))
    )
    few = len(view.known) - len(shares)
    text = gettext("Women were {shares} of the sworn officers.", shares=words.joined(told))
    if few:
        text += ngettext(
            " {count} year has no share, with fewer than {fewest} officers.",
            " {count} years have no share, with fewer than {fewest} officers.",
            few,
            count=few,
            fewest=words.TOO_FEW,
        )
    return text


_Item = TypeVar("_Item")


def _ends(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """The first and the last, once where they are the same."""
    return items if len(items) < 2 else (items[0], items[-1])  # noqa: PLR2004 - two ends


def _gaps(view: OfficersView) -> list[str]:
    """Years without figures, years before the police, and sums that lack an agency."""
    unlisted = tuple(str(year.year) for year in view.years if not year.agencies)
    silent = tuple(str(y.year) for y in view.years if y.agencies and y.officers is None)
    sentences = []
    if unlisted:
        years = words.joined(unlisted)
        sentences.append(gettext("Not on the list of agencies in {years}.", years=years))
    if silent:
        sentences.append(
            gettext(
                "No staff figures were reported for {years}: a gap, not a zero.",
                years=words.joined(silent),
            )
        )
    return [*sentences, *(_partial(year) for year in view.known if year.lacking)]


def _partial(year: OfficersYear) -> str:
    named = words.joined(year.lacking[:_NAMED])
    if len(year.lacking) > _NAMED:
        named = gettext("{names} and others", names=", ".join(year.lacking[:_NAMED]))
    return gettext(
        "The sum of {year} is over {count} of {all} agencies; it lacks {names}.",
        year=year.year,
        count=year.reporting,
        all=year.agencies,
        names=named,
    )


def propagated_words(view: OfficersView) -> str:
    """What it means that one year's figures stand in all; empty for reported ones."""
    if not view.propagated:
        return ""
    return gettext(
        "Every year shows the figures of {year} (or an agency's last ones) for the agencies that "
        "were listed then. That is not what was reported in the earlier years; it only serves to "
        "compare with work that was done so.",
        year=view.latest,
    )


def rate_summary(view: OfficersView) -> str:
    """The newest rate with its denominator, and the civilians."""
    newest = view.newest
    if newest is None:
        return gettext("No staff figures were reported.")
    beside = _civilians_words(newest)
    rate = newest.per_1000
    if rate is None:
        text = gettext(
            "The FBI assigns no residents to these agencies, so there is no rate per 1,000 people."
        )
    else:
        text = gettext(
            "{rate} sworn officers per 1,000 people in {year}, over the {people} people that the "
            "FBI assigns to these agencies for that year.",
            rate=words.decimal(rate, places=2),
            year=newest.year,
            people=words.number(newest.people or 0),
        )
    return f"{text} {beside}".strip()


def _civilians_words(year: OfficersYear) -> str:
    if year.civilians is None:
        return ""
    return ngettext(
        "{count} civilian worked beside them.",
        "{count} civilians worked beside them.",
        year.civilians,
        count=words.number(year.civilians),
    )
