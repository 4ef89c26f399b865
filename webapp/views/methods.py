"""What the methods page says of the data: the manifest in words, and the definitions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.nibrs.codes import CATEGORIES, BroadGroup, OffenceCategory
from webapp.views import words

__all__ = [
    "DataView",
    "SourceBundle",
    "Version",
    "categories_of",
    "citation",
    "data_facts",
    "data_sentence",
    "size_words",
]

_MEGA, _KILO = 1_000_000, 1_000


@dataclass(frozen=True, kw_only=True)
class SourceBundle:
    """A file that the dataset was built from; ``size`` in bytes."""

    name: str
    year: int
    incidents: int
    offences: int
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Version:
    """A library that made the tables."""

    name: str
    version: str


@dataclass(frozen=True, kw_only=True)
class DataView:
    """The dataset as the methods page tells it.

    Attributes:
        name: Folder name.
        state_name: Name of the State.
        years: Data years, ascending.
        first_day: First day of the data.
        last_day: Last day of the data.
        synthetic: Whether the incidents are simulated.
        has_map: Whether there are towns with boundaries.
        incidents: Incidents in all.
        offences: Offences in all.
        agencies: Agencies on the lists.
        agencies_with_incidents: Those with at least one incident.
        towns: Towns; 0 without a map.
        bundles: The files that it was built from.
        versions: What made the tables.
        built_on: Day of the build, UTC.
        sha256: Hash over all files.
        size: Bytes of all files.
        trained_to: Last day that the newest forecasting model has seen; null without one.
        has_classes: Whether there is a model of classes.
    """

    name: str
    state_name: str
    years: tuple[int, ...]
    first_day: date
    last_day: date
    synthetic: bool
    has_map: bool
    incidents: int
    offences: int
    agencies: int
    agencies_with_incidents: int
    towns: int
    bundles: tuple[SourceBundle, ...]
    versions: tuple[Version, ...]
    built_on: date
    sha256: str
    size: int
    trained_to: date | None
    has_classes: bool


def data_sentence(view: DataView) -> str:
    """The page's first sentence."""
    what = "simulated offences" if view.synthetic else "reported offences"
    return (
        f"{words.number(view.offences)} {what} in {words.number(view.incidents)} incidents of "
        f"{view.agencies_with_incidents} agencies of {view.state_name}, "
        f"{words.day(view.first_day)} to {words.day(view.last_day)}."
    )


def data_facts(view: DataView) -> tuple[tuple[str, str], ...]:
    """The manifest as pairs of a label and a value."""
    return (
        ("Dataset", view.name),
        ("Kind", "simulated incidents" if view.synthetic else "offences as reported to the FBI"),
        ("Days", f"{words.day(view.first_day)} to {words.day(view.last_day)}"),
        ("Offences", words.number(view.offences)),
        ("Incidents", words.number(view.incidents)),
        (
            "Agencies",
            f"{view.agencies}, of which {view.agencies_with_incidents} had an incident",
        ),
        *((("Towns", str(view.towns)),) if view.towns else ()),
        ("Built on", f"{words.day(view.built_on)} (UTC)"),
        (
            "Made with",
            ", ".join(f"{each.name} {each.version}" for each in view.versions) or "not told",
        ),
        ("Size", size_words(view.size)),
        ("SHA-256", view.sha256),
    )


def size_words(size: int) -> str:
    """``2.6 MB``, ``340 kB``."""
    if size >= _MEGA:
        return f"{size / _MEGA:,.1f} MB"
    return f"{size / _KILO:,.0f} kB"


def citation(view: DataView, *, version: str) -> str:
    """How to cite what is shown."""
    simulated = " (simulated incidents, not real ones)" if view.synthetic else ""
    return (
        f"CT-Crimes {version}, dataset {view.name} ({view.sha256[:12]}), data of "
        f"{view.state_name} to {words.day(view.last_day)}{simulated}, built on "
        f"{words.day(view.built_on)}."
    )


def categories_of(group: BroadGroup) -> Iterable[OffenceCategory]:
    """The FBI's categories of a broad group."""
    return (each for each in CATEGORIES.values() if each.broad is group)
