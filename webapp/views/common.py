"""What every view carries: where its figures come from, and which dataset they stand in."""

from dataclasses import dataclass
from datetime import date

from webapp.language import gettext
from webapp.views import words

__all__ = ["DatasetView", "Provenance", "ShelfView", "source_line"]


@dataclass(frozen=True, kw_only=True)
class DatasetView:
    """The dataset as the frame of every page tells it.

    Attributes:
        name: Folder name.
        sha256: Hash over its files.
        state_name: Name of the State.
        years: Data years, ascending.
        last_day: Last day of the data.
        synthetic: Whether the incidents are simulated.
        has_map: Whether there is a map, of towns or of counties.
        has_towns: Whether places are towns, or agencies alone.
        state_police: Whether it is known that State Police have the towns without police.
    """

    name: str
    sha256: str
    state_name: str
    years: tuple[int, ...]
    last_day: date
    synthetic: bool
    has_map: bool
    has_towns: bool
    state_police: bool


@dataclass(frozen=True, kw_only=True)
class ShelfView:
    """A dataset that can be chosen: its name in addresses, and what it is called."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The line that stands in every figure, table and file; staff figures have their own."""

    source: str
    staff_source: str
    synthetic: bool


def source_line(dataset: DatasetView) -> Provenance:
    """Source and date of the data; says first when they are simulated."""
    until = words.day(dataset.last_day)
    if dataset.synthetic:
        text = gettext(
            "Simulated incidents, not real ones · CT-Crimes {dataset} · to {day}",
            dataset=dataset.name,
            day=until,
        )
        staff = gettext(
            "Source: FBI Police Employee Data, 31 October of each year · "
            "only incidents are simulated"
        )
    else:
        text = gettext("Source: FBI NIBRS, reported offences · data to {day}", day=until)
        staff = gettext("Source: FBI Police Employee Data, 31 October of each year")
    return Provenance(source=text, staff_source=staff, synthetic=dataset.synthetic)
