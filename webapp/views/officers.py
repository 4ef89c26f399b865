"""View of the officers of a State, a region or a place by year: by sex, per 1,000, civilians."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from webapp.urlstate.officers import STATE, StaffFigures, StaffMeasure
from webapp.views import words
from webapp.views.cards import KeyFigure
from webapp.views.common import Provenance
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "OfficersView",
    "OfficersYear",
    "Value",
    "officers_lead",
    "officers_table",
    "propagated_words",
    "rate_summary",
    "rate_title",
    "sex_summary",
    "sex_title",
    "status_figures",
    "women_share",
]

_DAY = "31 October"
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
    return f"{span}, with the figures of {view.latest} in every year" if view.propagated else span


def sex_title(view: OfficersView) -> str:
    """Title of the figure by sex; officers are real in the simulated dataset too."""
    if view.measure is StaffMeasure.SHARE:
        return f"Shares of men and women among sworn officers of {view.name}, {_when(view)}"
    return f"Sworn officers of {view.name}, men and women, {_when(view)}"


def rate_title(view: OfficersView) -> str:
    """Title of the figure per 1,000 people."""
    return f"Sworn officers per 1,000 people and civilian staff of {view.name}, {_when(view)}"


def officers_lead(view: OfficersView) -> str:
    """The answer first: how many, how many of them women, and since when."""
    newest = view.newest
    if newest is None:
        return f"No agency of {view.name} reported its staff."
    count = words.plural(newest.officers or 0, one="sworn officer", many="sworn officers")
    text = f"{_subject(view, newest=newest)} {count} on {_DAY} {newest.year}{_women(newest)}"
    return f"{text}{_since(view, newest=newest)}."


def _subject(view: OfficersView, *, newest: OfficersYear) -> str:
    if view.scope == STATE:
        agencies = words.plural(newest.reporting, one="agency", many="agencies")
        return f"The {agencies} of {view.name} that gave figures together had"
    return f"{view.name[0].upper()}{view.name[1:]} had"


def _women(year: OfficersYear) -> str:
    if year.women is None:
        return ""
    share = women_share(year)
    part = "" if share is None else f" ({words.percent(share)})"
    return f", {words.number(year.women)} of them women{part}"


def _since(view: OfficersView, *, newest: OfficersYear) -> str:
    """The change from the first year; not said of one year's figures, nor of a sum with gaps."""
    first = view.known[0]
    if view.propagated or first.year == newest.year or first.lacking or newest.lacking:
        return ""
    then = f"in {first.year}"
    if first.agencies != newest.agencies:
        agencies = words.plural(first.agencies, one="agency", many="agencies")
        then = f"the {agencies} of {first.year}"
    change = (newest.officers or 0) - (first.officers or 0)
    if change == 0:
        return f": as many as {then}"
    return f": {words.number(abs(change))} {'more' if change > 0 else 'fewer'} than {then}"


def status_figures(view: OfficersView) -> tuple[KeyFigure, ...]:
    """The newest figures with a small line over the years; none without a report."""
    newest = view.newest
    if newest is None:
        return ()
    share, rate = women_share(newest), newest.per_1000
    people = f"{words.number(newest.people)} people in {newest.year}" if newest.people else ""
    rows: tuple[tuple[str, str, str, Value], ...] = (
        (
            "Sworn officers",
            words.number(newest.officers or 0),
            words.plural(newest.reporting, one="agency", many="agencies"),
            lambda year: year.officers,
        ),
        (
            "Men",
            _number(newest.men),
            "" if share is None else f"{words.percent(1 - share)} of all",
            lambda year: year.men,
        ),
        (
            "Women",
            _number(newest.women),
            _FEW if share is None else f"{words.percent(share)} of all",
            lambda year: year.women,
        ),
        (
            "Civilians",
            _number(newest.civilians),
            "beside the sworn officers",
            lambda year: year.civilians,
        ),
        (
            "Officers per 1,000 people",
            "no rate" if rate is None else f"{rate:.2f}",
            people or "no residents assigned",
            lambda year: year.per_1000,
        ),
    )
    return tuple(
        KeyFigure(
            label=label,
            value=value,
            note=note,
            # One year's figures in every year make no line.
            spark=() if view.propagated else tuple(of(year) for year in view.years),
            spark_label=f"{label} by year",
        )
        for label, value, note, of in rows
    )


_FEW = f"under {words.TOO_FEW} officers: no share"


def _number(value: int | None) -> str:
    return "no report" if value is None else words.number(value)


def sex_summary(view: OfficersView) -> str:
    """What the areas show, and which years are not whole."""
    if view.newest is None:
        return "No staff figures were reported."
    parts = [_shares(view) if view.measure is StaffMeasure.SHARE else _counts(view)]
    parts += _gaps(view)
    return " ".join([*parts, propagated_words(view)]).strip()


def _counts(view: OfficersView) -> str:
    pairs = tuple(
        f"{words.number(year.officers or 0)} in {year.year}" for year in _ends(view.known)
    )
    women = tuple(words.number(year.women or 0) for year in _ends(view.known))
    return f"Sworn officers: {words.joined(pairs)}; women among them: {words.joined(women)}."


def _shares(view: OfficersView) -> str:
    shares = [(year, share) for year in view.known if (share := women_share(year)) is not None]
    if not shares:
        return (
            f"Fewer than {words.TOO_FEW} sworn officers: a share would say little; none is shown."
        )
    told = tuple(f"{words.percent(share)} in {year.year}" for year, share in _ends(tuple(shares)))
    few = len(view.known) - len(shares)
    text = f"Women were {words.joined(told)} of the sworn officers."
    if few:
        years = words.plural(few, one="year has", many="years have")
        text += f" {years} no share, with fewer than {words.TOO_FEW} officers."
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
        sentences.append(f"Not on the list of agencies in {words.joined(unlisted)}.")
    if silent:
        sentences.append(
            f"No staff figures were reported for {words.joined(silent)}: a gap, not a zero."
        )
    return [*sentences, *(_partial(year) for year in view.known if year.lacking)]


def _partial(year: OfficersYear) -> str:
    named = words.joined(year.lacking[:_NAMED])
    if len(year.lacking) > _NAMED:
        named = f"{words.joined(year.lacking[:_NAMED]).replace(' and ', ', ')} and others"
    return (
        f"The sum of {year.year} is over {year.reporting} of {year.agencies} agencies; it lacks "
        f"{named}."
    )


def propagated_words(view: OfficersView) -> str:
    """What it means that one year's figures stand in all; empty for reported ones."""
    if not view.propagated:
        return ""
    return (
        f"Every year shows the figures of {view.latest} (or an agency's last ones) for the "
        "agencies that were listed then. That is not what was reported in the earlier years; it "
        "only serves to compare with work that was done so."
    )


def rate_summary(view: OfficersView) -> str:
    """The newest rate with its denominator, and the civilians."""
    newest = view.newest
    if newest is None:
        return "No staff figures were reported."
    civilians = words.plural(newest.civilians or 0, one="civilian", many="civilians")
    beside = "" if newest.civilians is None else f"{civilians} worked beside them."
    rate = newest.per_1000
    if rate is None:
        return (
            "The FBI assigns no residents to these agencies, so there is no rate per 1,000 people. "
            f"{beside}"
        ).strip()
    people = words.number(newest.people or 0)
    return (
        f"{rate:.2f} sworn officers per 1,000 people in {newest.year}, over the {people} people "
        f"that the FBI assigns to these agencies for that year. {beside}"
    ).strip()


def officers_table(view: OfficersView, *, title: str) -> TableView:
    """A row a year: the table twin of both figures."""
    labels = ("Sworn officers", "Men", "Women", "Share of women", "Civilians", "Per 1,000 people",
              "People", "Agencies with figures")  # fmt: skip
    return TableView(
        caption=f"{title}, as of {_DAY}",
        columns=(
            Column(name="year", label="Year", kind=ColumnKind.TEXT),
            *(Column(name=_column(label), label=label, kind=ColumnKind.NUMBER) for label in labels),
        ),
        rows=tuple(_row(year) for year in view.years),
        links=(),
        file=f"{view.scope}_officers_{view.figures}",
        source=view.provenance.staff_source,
    )


def _column(label: str) -> str:
    return label.lower().replace(" ", "_").replace(",", "")


def _row(year: OfficersYear) -> tuple[Cell, ...]:
    share, rate = women_share(year), year.per_1000
    few = "too few" if year.officers is not None else "no report"
    return (
        Cell(text=str(year.year), value=year.year),
        *(_amount(value, year=year) for value in (year.officers, year.men, year.women)),
        Cell(text=few if share is None else words.percent(share), value=share),
        _amount(year.civilians, year=year),
        Cell(text=_NO_RATE if rate is None else f"{rate:.2f}", value=rate),
        Cell(text=_NO_RATE if year.people is None else words.number(year.people),
             value=year.people),
        Cell(text=f"{year.reporting} of {year.agencies}", value=year.reporting),
    )  # fmt: skip


_NO_RATE = "\N{EN DASH}"


def _amount(value: int | None, *, year: OfficersYear) -> Cell:
    if value is None:
        return Cell(text="no report" if year.agencies else "not listed")
    return Cell(text=words.number(value), value=value)
