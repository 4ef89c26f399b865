"""What the methods page says of the data: the manifest in words, and the definitions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.nibrs.codes import CATEGORIES, BroadGroup, OffenceCategory
from webapp.language import gettext, gettext_noop, pgettext
from webapp.views import words

__all__ = [
    "DataView",
    "SourceBundle",
    "Version",
    "categories_of",
    "citation",
    "data_facts",
    "data_sentence",
    "learned_words",
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
        learned_with: Names of other States whose days the forecasting model has learned from too.
        has_classes: Whether there is a model of classes.
        state_police: Whether it is known that State Police have the towns without police.
        borders: Year of the Census Bureau's boundary files; null where it is not known.
    """

    name: str
    state_name: str
    years: tuple[int, ...]
    first_day: date
    last_day: date
    synthetic: bool
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
    learned_with: tuple[str, ...]
    has_classes: bool
    state_police: bool
    borders: int | None


def learned_words(view: DataView) -> str:
    """Whose days the forecasting model has learned from, where others' are among them."""
    return gettext(
        "The days of {state} together with those of {others}, each as far as they were known by "
        "then. What was chosen, and how far counts scatter, was measured in {state} alone.",
        state=view.state_name,
        others=words.joined(view.learned_with),
    )


def data_sentence(view: DataView) -> str:
    """The page's first sentence."""
    message = (
        gettext_noop(
            "{offences} simulated offences in {incidents} incidents of {agencies} agencies of "
            "{state}, {first} to {last}."
        )
        if view.synthetic
        else gettext_noop(
            "{offences} reported offences in {incidents} incidents of {agencies} agencies of "
            "{state}, {first} to {last}."
        )
    )
    return gettext(
        message,
        offences=words.number(view.offences),
        incidents=words.number(view.incidents),
        agencies=view.agencies_with_incidents,
        state=view.state_name,
        first=words.day(view.first_day),
        last=words.day(view.last_day),
    )


def data_facts(view: DataView) -> tuple[tuple[str, str], ...]:
    """The manifest as pairs of a label and a value."""
    return (
        (gettext("Dataset"), view.name),
        (
            pgettext("data", "Kind"),
            gettext("simulated incidents")
            if view.synthetic
            else gettext("offences as reported to the FBI"),
        ),
        (
            gettext("Days"),
            gettext(
                "{first} to {last}",
                first=words.day(view.first_day),
                last=words.day(view.last_day),
            ),
        ),
        (gettext("Offences"), words.number(view.offences)),
        (gettext("Incidents"), words.number(view.incidents)),
        (
            gettext("Agencies"),
            gettext(
                "{all}, of which {count} had an incident",
                all=view.agencies,
                count=view.agencies_with_incidents,
            ),
        ),
        *(((gettext("Towns"), str(view.towns)),) if view.towns else ()),
        (gettext("Built on"), f"{words.day(view.built_on)} (UTC)"),
        (
            gettext("Made with"),
            ", ".join(f"{each.name} {each.version}" for each in view.versions)
            or gettext("not told"),
        ),
        (gettext("Size"), size_words(view.size)),
        ("SHA-256", view.sha256),
    )


def size_words(size: int) -> str:
    """``2.6 MB``, ``340 kB``."""
    if size >= _MEGA:
        return f"{words.decimal(size / _MEGA)} MB"
    return f"{words.decimal(size / _KILO, places=0)} kB"


def citation(view: DataView, *, version: str) -> str:
    """How to cite what is shown."""
    simulated = gettext(" (simulated incidents, not real ones)") if view.synthetic else ""
    return gettext(
        "CT-Crimes {version}, dataset {dataset} ({hash}), data of {state} to {day}{simulated}, "
        "built on {built}.",
        version=version,
        dataset=view.name,
        hash=view.sha256[:12],
        state=view.state_name,
        day=words.day(view.last_day),
        simulated=simulated,
        built=words.day(view.built_on),
    )


def categories_of(group: BroadGroup) -> Iterable[OffenceCategory]:
    """The FBI's categories of a broad group."""
    return (each for each in CATEGORIES.values() if each.broad is group)
