"""View of up to three places side by side: what each is, in the order chosen."""

from dataclasses import dataclass

from webapp.language import gettext, pgettext
from webapp.urlstate import Measure, Unit
from webapp.urlstate.compare import CompareMeasure
from webapp.views import words
from webapp.views.cards import CardFact
from webapp.views.common import Provenance
from webapp.views.forecast import ForecastView
from webapp.views.map import PlaceRow, cell_text, value_of
from webapp.views.mix import MixView
from webapp.views.officers import OfficersView
from webapp.views.series import MonthsView
from webapp.views.table import Cell

__all__ = [
    "CompareCard",
    "CompareView",
    "ComparedPlace",
    "compare_cards",
    "compare_lead",
    "number_cell",
    "per_1000",
    "place_names",
    "simulated",
]

_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class ComparedPlace:
    """One place with what its own page shows.

    Attributes:
        slug: Identifier.
        name: Name.
        row: The figures of the chosen year.
        people: People served, for each year of the data; null where the FBI assigns none.
        months: History by month.
        mix: The chosen year by kind.
        officers: Officers by year.
        forecast: The next 30 days; null where the dataset holds no forecast.
    """

    slug: str
    name: str
    row: PlaceRow
    people: tuple[int | None, ...]
    months: MonthsView
    mix: MixView
    officers: OfficersView
    forecast: ForecastView | None

    @property
    def newest_people(self) -> int | None:
        """People served in the newest year that has any."""
        known = [people for people in self.people if people]
        return known[-1] if known else None


@dataclass(frozen=True, kw_only=True)
class CompareView:
    """The places in the order chosen, which is no ranking.

    Attributes:
        places: One to three.
        measure: Rates or counts.
        kind: The selection of offences.
        year: The chosen year.
        unit: What is counted.
        provenance: Source.
    """

    places: tuple[ComparedPlace, ...]
    measure: CompareMeasure
    kind: str
    year: int
    unit: Unit
    provenance: Provenance

    @property
    def rates(self) -> bool:
        """Whether places stand on an axis per 1,000 people."""
        return self.measure is CompareMeasure.RATE

    @property
    def slugs(self) -> str:
        """The places, for the names of files."""
        return "_".join(place.slug for place in self.places)


@dataclass(frozen=True, kw_only=True)
class CompareCard:
    """What the card of a place says."""

    slug: str
    name: str
    facts: tuple[CardFact, ...]


def place_names(view: CompareView) -> str:
    """``Alder, Birch and Fir``."""
    return words.joined(tuple(place.name for place in view.places))


def simulated(title: str, *, view: CompareView) -> str:
    """A title of figures that are simulated says so."""
    return gettext("{title} (simulated)", title=title) if view.provenance.synthetic else title


def per_1000(value: float | None, *, people: int | None) -> float | None:
    """A value per 1,000 people; null where either is unknown."""
    return 1000 * value / people if value is not None and people else None


def number_cell(value: float | None, *, missing: str, digits: int = 0) -> Cell:
    """A number, or in a word or two why there is none."""
    text = missing if value is None else words.decimal(value, places=digits)
    return Cell(text=text, value=value)


def compare_cards(view: CompareView) -> tuple[CompareCard, ...]:
    """A card a place."""
    return tuple(
        CompareCard(slug=place.slug, name=place.name, facts=_facts(place, view=view))
        for place in view.places
    )


def _facts(place: ComparedPlace, *, view: CompareView) -> tuple[CardFact, ...]:
    row, year = place.row, view.year
    of = words.of_kind(view.unit, kind=view.kind)
    officers = value_of(row, measure=Measure.OFFICERS)
    facts = [
        (
            gettext("People, {year}", year=year),
            gettext("none assigned") if row.people is None else words.number(row.people),
        ),
        (gettext("Sworn officers, 31 Oct {year}", year=year), _reported(row.officers)),
        (
            gettext("Officers per 1,000 people"),
            gettext("no rate") if officers is None else words.decimal(officers, places=2),
        ),
        (
            words.capitalised(gettext("Reported {offences}, {year}", offences=of, year=year)),
            _reported(row.count),
        ),
        (gettext("Reported per 1,000 people"), cell_text(row, measure=Measure.RATE)),
        (
            gettext("Months reported, {year}", year=year),
            gettext("{count} of {total}", count=row.months, total=_YEAR),
        ),
        *_expected(place),
    ]
    return tuple(CardFact(label=label, value=value, note="") for label, value in facts)


def _reported(value: int | None) -> str:
    return gettext("no report") if value is None else words.number(value)


def _expected(place: ComparedPlace) -> list[tuple[str, str]]:
    if place.forecast is None:
        return []
    total, label = place.forecast.total, gettext("Next 30 days, all kinds")
    if total is None:
        return [(label, gettext("no forecast"))]
    limits = pgettext(
        "interval",
        "{low} to {high}",
        low=words.number(total.lower_80),
        high=words.number(total.upper_80),
    )
    return [(label, words.number(total.median)), (gettext("Four times in five"), limits)]


def compare_lead(view: CompareView) -> str:
    """One clause a place, in the order chosen."""
    text = gettext(
        "Reported {offences} in {year}: {clauses}.",
        offences=words.of_kind(view.unit, kind=view.kind),
        year=view.year,
        clauses="; ".join(_clause(place, year=view.year) for place in view.places),
    )
    return words.capitalised(text)


def _clause(place: ComparedPlace, *, year: int) -> str:
    row, name = place.row, place.name
    if row.count is None or row.months == 0:
        return gettext("{place} filed no report for {year}", place=name, year=year)
    text = gettext("{count} in {place}", count=words.number(row.count), place=name)
    rate = value_of(row, measure=Measure.RATE)
    if rate is not None:
        return gettext("{text} ({rate} per 1,000 people)", text=text, rate=words.rate(rate))
    if row.months < _YEAR:
        return gettext("{text} ({count} of {total} months)", text=text, count=row.months,
                       total=_YEAR)  # fmt: skip
    return gettext("{text} (too few for a rate)", text=text) if row.people else text
