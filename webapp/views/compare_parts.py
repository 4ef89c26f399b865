"""Places side by side in parts: what is reported by kind, and officers by sex."""

from dataclasses import dataclass

from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate import Unit
from webapp.views import words
from webapp.views.compare import (
    ComparedPlace,
    CompareView,
    number_cell,
    per_1000,
    place_names,
    simulated,
)
from webapp.views.mix import MixView
from webapp.views.officers import OfficersYear
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "ComparedKind",
    "compared_kinds",
    "compared_kinds_summary",
    "compared_kinds_table",
    "compared_kinds_title",
    "compared_officers_summary",
    "compared_officers_table",
    "compared_officers_title",
    "kind_value",
    "officer_values",
]

_SHOWN = 9
_TOLD = 3


@dataclass(frozen=True, kw_only=True)
class ComparedKind:
    """One category with a count a place; null where the place filed no report."""

    label: str
    counts: tuple[int | None, ...]


def _count(mix: MixView, *, label: str) -> int | None:
    if not mix.months:
        return None
    return next((row.count for row in mix.rows if row.label == label), 0)


def _all_kinds(view: CompareView) -> tuple[ComparedKind, ...]:
    """Every kind that any place reported, those with the largest shares on the whole first."""
    labels = {row.label for place in view.places for row in place.mix.rows if row.count}
    kinds = [
        ComparedKind(
            label=gettext(label),
            counts=tuple(_count(place.mix, label=label) for place in view.places),
        )
        for label in labels
    ]
    return tuple(sorted(kinds, key=lambda kind: (-_weight(kind, view=view), kind.label)))


def _weight(kind: ComparedKind, *, view: CompareView) -> float:
    """The sum of its shares, so that a large place does not outweigh a small one."""
    pairs = zip(kind.counts, view.places, strict=True)
    return sum((count or 0) / (place.mix.total or 1) for count, place in pairs)


def compared_kinds(view: CompareView) -> tuple[ComparedKind, ...]:
    """The kinds that the figure draws; the rest are one row where they can be added up."""
    kinds = _all_kinds(view)
    rest = kinds[_SHOWN:]
    if len(rest) < 2 or view.unit is Unit.INCIDENTS:  # noqa: PLR2004 - one needs no gathering
        return kinds[: _SHOWN + 1]
    gathered = ComparedKind(
        label=gettext("{count} other kinds", count=len(rest)),
        counts=tuple(
            None if None in column else sum(count or 0 for count in column)
            for column in zip(*(kind.counts for kind in rest), strict=True)
        ),
    )
    return (*kinds[:_SHOWN], gathered)


def kind_value(kind: ComparedKind, *, at: int, view: CompareView) -> float | None:
    """The share (or the count) of a kind in a place; a share only of 20 and more."""
    count, mix = kind.counts[at], view.places[at].mix
    if count is None or not view.rates:
        return count
    return count / mix.total if mix.shows_shares else None


def compared_kinds_title(view: CompareView) -> str:
    """Title of the kinds."""
    message = (
        gettext_noop("Shares of the kinds among all {offences} reported in {places}, {year}")
        if view.rates
        else gettext_noop("Kinds of {offences} reported in {places}, {year}")
    )
    title = gettext(
        message, offences=words.noun(view.unit), places=place_names(view), year=view.year
    )
    return simulated(title, view=view)


def compared_kinds_summary(view: CompareView) -> str:
    """The most frequent kinds of each place, in the order chosen."""
    clauses = [_most(place, year=view.year) for place in view.places]
    return f"{'; '.join(clauses)}."


def _most(place: ComparedPlace, *, year: int) -> str:
    mix = place.mix
    if not mix.months:
        return gettext("{place} filed no report for {year}", place=place.name, year=year)
    top = tuple(
        _lowered(gettext(row.label))
        + (f" ({words.percent(row.count / mix.total)})" if mix.shows_shares else "")
        for row in mix.rows[:_TOLD]
        if row.count
    )
    kinds = words.joined(top) or gettext("nothing")
    if mix.shows_shares:
        return gettext("{place}: most often {kinds}", place=place.name, kinds=kinds)
    return gettext(
        "{place}: most often {kinds}, with {count} in all too few for shares",
        place=place.name,
        kinds=kinds,
        count=words.number(mix.total),
    )


def _lowered(label: str) -> str:
    """A label in the middle of a sentence."""
    return f"{label[0].lower()}{label[1:]}"


def compared_kinds_table(view: CompareView) -> TableView:
    """Every kind with count and share of each place."""
    number = ColumnKind.NUMBER
    return TableView(
        caption=gettext(
            "{title}: {offences} by kind",
            title=compared_kinds_title(view),
            offences=words.noun(view.unit),
        ),
        columns=(
            Column(name="kind", label=gettext("Kind"), kind=ColumnKind.TEXT),
            *(
                Column(name=f"{place.slug}{name}", label=label, kind=number)
                for place in view.places
                for name, label in (
                    ("", place.name),
                    ("_share", gettext("{place}, share", place=place.name)),
                )
            ),
        ),
        rows=tuple(_kind_row(kind, view=view) for kind in _all_kinds(view)),
        links=(),
        file=f"compare_{view.slugs}_kinds_{view.unit}_{view.year}",
        source=view.provenance.source,
    )


def _kind_row(kind: ComparedKind, *, view: CompareView) -> tuple[Cell, ...]:
    cells = [Cell(text=kind.label)]
    for count, place in zip(kind.counts, view.places, strict=True):
        cells.append(number_cell(count, missing=gettext("no report")))
        cells.append(_share_cell(count, mix=place.mix))
    return tuple(cells)


def _share_cell(count: int | None, *, mix: MixView) -> Cell:
    if count is None:
        return Cell(text=gettext("no report"))
    if not mix.shows_shares:
        return Cell(text=gettext("too few"))
    return Cell(text=words.percent(count / mix.total), value=count / mix.total)


def officer_values(year: OfficersYear, *, rates: bool) -> tuple[float | None, float | None]:
    """Men and women, as they are or per 1,000 people."""
    if not rates:
        return year.men, year.women
    return per_1000(year.men, people=year.people), per_1000(year.women, people=year.people)


def compared_officers_title(view: CompareView) -> str:
    """Title of the officers; they are real in the simulated dataset too."""
    message = (
        gettext_noop(
            "Sworn officers per 1,000 people, men and women, in {places}, {years}, 31 October"
        )
        if view.rates
        else gettext_noop("Sworn officers, men and women, in {places}, {years}, 31 October")
    )
    years = tuple(year.year for year in view.places[0].officers.years)
    return gettext(message, places=place_names(view), years=words.years_span(years))


def compared_officers_summary(view: CompareView) -> str:
    """The newest figures of each place."""
    return f"{'; '.join(_officers(place) for place in view.places)}."


def _officers(place: ComparedPlace) -> str:
    newest = place.officers.newest
    if newest is None:
        return gettext("{place} reported no staff", place=place.name)
    count = newest.officers or 0
    text = ngettext(
        "{place}: {count} officer in {year}",
        "{place}: {count} officers in {year}",
        count,
        place=place.name,
        count=words.number(count),
        year=newest.year,
    )
    rate = newest.per_1000
    if rate is None:
        return text
    return gettext("{text}, {rate} per 1,000 people", text=text, rate=words.decimal(rate, places=2))


_PARTS = {
    "officers": gettext_noop("officers"),
    "men": gettext_noop("men"),
    "women": gettext_noop("women"),
    "per_1000": gettext_noop("per 1,000 people"),
}


def compared_officers_table(view: CompareView) -> TableView:
    """A row a year with the officers of each place."""
    number = ColumnKind.NUMBER
    years = [place.officers.years for place in view.places]
    span = words.years_span(tuple(year.year for year in years[0]))
    return TableView(
        caption=compared_officers_title(view),
        columns=(
            Column(name="year", label=gettext("Year"), kind=ColumnKind.TEXT),
            *(
                Column(
                    name=f"{place.slug}_{name}",
                    label=f"{place.name}, {gettext(label)}",
                    kind=number,
                )
                for place in view.places
                for name, label in _PARTS.items()
            ),
        ),
        rows=tuple(_year_row(row) for row in zip(*years, strict=True)),
        links=(),
        file=f"compare_{view.slugs}_officers_{span}",
        source=view.provenance.staff_source,
    )


def _year_row(years: tuple[OfficersYear, ...]) -> tuple[Cell, ...]:
    cells = [Cell(text=str(years[0].year), value=years[0].year)]
    for year in years:
        missing = gettext("no report") if year.agencies else gettext("not listed")
        cells += [
            number_cell(value, missing=missing) for value in (year.officers, year.men, year.women)
        ]
        cells.append(number_cell(year.per_1000, missing="\N{EN DASH}", digits=2))
    return tuple(cells)
