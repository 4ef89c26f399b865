"""What every view carries: where its figures come from, and which dataset they stand in."""

from dataclasses import dataclass
from datetime import date

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
        has_map: Whether there are towns with boundaries.
        places_noun: What the dataset's places are called, in the plural.
    """

    name: str
    sha256: str
    state_name: str
    years: tuple[int, ...]
    last_day: date
    synthetic: bool
    has_map: bool
    places_noun: str


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
    text = (
        f"Simulated incidents, not real ones · CT-Crimes {dataset.name} · to {until}"
        if dataset.synthetic
        else f"Source: FBI NIBRS, reported offences · data to {until}"
    )
    staff = "Source: FBI Police Employee Data, 31 October of each year"
    if dataset.synthetic:
        staff += " · only incidents are simulated"
    return Provenance(source=text, staff_source=staff, synthetic=dataset.synthetic)
