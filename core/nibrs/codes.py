"""The vocabulary of NIBRS: offence codes, categories, broad groups, location types.

The codes are the FBI's (National Incident-Based Reporting System User Manual, 2023.0, section 2 for
offences and data element 9 for locations). The broad groups and the location areas are this
project's own: see docs/decisions/0003-broad-groups.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = [
    "ALL_OFFENCES",
    "CATEGORIES",
    "CATEGORY_OF_CODE",
    "LOCATION_TYPES",
    "SELECTIONS",
    "BroadGroup",
    "LocationArea",
    "LocationType",
    "OffenceCategory",
    "categories_of_selection",
]

ALL_OFFENCES = "all"
"""The selection that holds every offence."""


class BroadGroup(StrEnum):
    """Three groups that every category belongs to."""

    VIOLENT = "violent"
    PROPERTY = "property"
    OTHER = "other"


class LocationArea(StrEnum):
    """Seven kinds of surroundings that the FBI's location types are gathered in."""

    COMMERCIAL = "commercial"
    EDUCATION = "education"
    NIGHTLIFE = "nightlife"
    RESIDENTIAL = "residential"
    RETAIL = "retail"
    STREET = "street"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class OffenceCategory:
    """One of the FBI's offence categories.

    Attributes:
        slug: Identifier in URLs, tables and file names.
        name: The FBI's ``offense_category_name``.
        label: Short name for a chart or a table.
        broad: The broad group.
        codes: The FBI's offence codes, as in ``offense_code``.
    """

    slug: str
    name: str
    label: str
    broad: BroadGroup
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LocationType:
    """One of the FBI's location types (data element 9).

    Attributes:
        code: Two digits, as in ``location_code``; the same in every era, unlike ``location_id``.
        name: The FBI's ``location_name`` of 2024.
        area: The kind of surroundings.
    """

    code: str
    name: str
    area: LocationArea


def _category(slug: str, name: str, label: str, broad: BroadGroup, codes: str) -> OffenceCategory:
    return OffenceCategory(
        slug=slug, name=name, label=label, broad=broad, codes=tuple(codes.split())
    )


_V, _P, _O = BroadGroup.VIOLENT, BroadGroup.PROPERTY, BroadGroup.OTHER

CATEGORIES: Mapping[str, OffenceCategory] = MappingProxyType(
    {
        category.slug: category
        for category in (
            _category("assault", "Assault Offenses", "Assault", _V, "13A 13B 13C"),
            _category("homicide", "Homicide Offenses", "Homicide", _V, "09A 09B 09C"),
            _category("human-trafficking", "Human Trafficking", "Human trafficking", _V, "64A 64B"),
            _category("kidnapping", "Kidnapping/Abduction", "Kidnapping", _V, "100"),
            _category("robbery", "Robbery", "Robbery", _V, "120"),
            _category("sex-offences", "Sex Offenses", "Sex offences", _V, "11A 11B 11C 11D"),
            _category(
                "sex-offences-non-forcible",
                "Sex Offenses, Non-forcible",
                "Sex offences, non-forcible",
                _V,
                "36A 36B",
            ),
            _category("arson", "Arson", "Arson", _P, "200"),
            _category("burglary", "Burglary/Breaking & Entering", "Burglary", _P, "220"),
            _category(
                "larceny",
                "Larceny/Theft Offenses",
                "Larceny",
                _P,
                "23* 23A 23B 23C 23D 23E 23F 23G 23H",
            ),
            _category(
                "motor-vehicle-theft", "Motor Vehicle Theft", "Motor vehicle theft", _P, "240"
            ),
            _category("stolen-property", "Stolen Property Offenses", "Stolen property", _P, "280"),
            _category("animal-cruelty", "Animal Cruelty", "Animal cruelty", _O, "720"),
            _category("bribery", "Bribery", "Bribery", _O, "510"),
            _category(
                "counterfeiting", "Counterfeiting/Forgery", "Counterfeiting and forgery", _O, "250"
            ),
            _category(
                "vandalism", "Destruction/Damage/Vandalism of Property", "Vandalism", _O, "290"
            ),
            _category("drugs", "Drug/Narcotic Offenses", "Drugs", _O, "35A 35B"),
            _category("embezzlement", "Embezzlement", "Embezzlement", _O, "270"),
            _category("extortion", "Extortion/Blackmail", "Extortion and blackmail", _O, "210"),
            _category("fraud", "Fraud Offenses", "Fraud", _O, "26A 26B 26C 26D 26E 26F 26G"),
            _category("gambling", "Gambling Offenses", "Gambling", _O, "39A 39B 39C 39D"),
            _category("pornography", "Pornography/Obscene Material", "Obscene material", _O, "370"),
            _category("prostitution", "Prostitution Offenses", "Prostitution", _O, "40A 40B 40C"),
            _category("weapons", "Weapon Law Violations", "Weapon law violations", _O, "520"),
            _category(
                "other-offences",
                "Other Offenses",
                "Other offences",
                _O,
                "101 103 26H 30A 30B 30C 30D 360 49A 49B 49C 521 522 526 58A 58B 61A 61B 620 90I "
                "90K 90L 90M",
            ),
            # Group B: in arrest files only today, but the look-ups of every bundle name them.
            _category("all-other", "All Other Offenses", "All other offences", _O, "90Z"),
            _category("bad-checks", "Bad Checks", "Bad checks", _O, "90A"),
            _category(
                "curfew",
                "Curfew/Loitering/Vagrancy Violations",
                "Curfew, loitering, vagrancy",
                _O,
                "90B",
            ),
            _category("disorderly-conduct", "Disorderly Conduct", "Disorderly conduct", _O, "90C"),
            _category(
                "driving-under-influence",
                "Driving Under the Influence",
                "Driving under the influence",
                _O,
                "90D",
            ),
            _category("drunkenness", "Drunkenness", "Drunkenness", _O, "90E"),
            _category(
                "family-offences", "Family Offenses, Nonviolent", "Family offences", _O, "90F"
            ),
            _category("liquor-law", "Liquor Law Violations", "Liquor law violations", _O, "90G"),
            _category("peeping-tom", "Peeping Tom", "Peeping tom", _O, "90H"),
            _category("trespass", "Trespass of Real Property", "Trespass", _O, "90J"),
        )
    }
)
"""Every offence category by slug; iteration order is the order of broad groups, then of names."""

CATEGORY_OF_CODE: Mapping[str, OffenceCategory] = MappingProxyType(
    {code: category for category in CATEGORIES.values() for code in category.codes}
)
"""Offence code to category; a code that is not here is unknown."""

SELECTIONS: tuple[str, ...] = (ALL_OFFENCES, *BroadGroup, *CATEGORIES)
"""What a visitor can choose to count: everything, a broad group, or one category."""


def categories_of_selection(selection: str) -> tuple[OffenceCategory, ...]:
    """The categories that a selection counts.

    Args:
        selection: One of :data:`SELECTIONS`.

    Returns:
        At least one category.

    Raises:
        KeyError: The selection is not in :data:`SELECTIONS`; callers validate first.

    >>> [category.label for category in categories_of_selection("robbery")]
    ['Robbery']
    """
    if selection == ALL_OFFENCES:
        return tuple(CATEGORIES.values())
    if selection in frozenset(BroadGroup):
        return tuple(c for c in CATEGORIES.values() if c.broad == selection)
    return (CATEGORIES[selection],)


_C, _E, _N, _R, _S, _T, _X = (
    LocationArea.COMMERCIAL,
    LocationArea.EDUCATION,
    LocationArea.NIGHTLIFE,
    LocationArea.RESIDENTIAL,
    LocationArea.RETAIL,
    LocationArea.STREET,
    LocationArea.OTHER,
)

LOCATION_TYPES: Mapping[str, LocationType] = MappingProxyType(
    {
        code: LocationType(code=code, name=name, area=area)
        for code, name, area in (
            ("00", "Not Specified", _X),
            ("01", "Air/Bus/Train Terminal", _T),
            ("02", "Bank/Savings and Loan", _C),
            ("03", "Bar/Nightclub", _N),
            ("04", "Church/Synagogue/Temple/Mosque", _X),
            ("05", "Commercial/Office Building", _C),
            ("06", "Construction Site", _C),
            ("07", "Convenience Store", _S),
            ("08", "Department/Discount Store", _S),
            ("09", "Drug Store/Doctor's Office/Hospital", _C),
            ("10", "Field/Woods", _X),
            ("11", "Government/Public Building", _X),
            ("12", "Grocery/Supermarket", _S),
            ("13", "Highway/Road/Alley/Street/Sidewalk", _T),
            ("14", "Hotel/Motel/Etc.", _C),
            ("15", "Jail/Prison/Penitentiary/Corrections Facility", _X),
            ("16", "Lake/Waterway/Beach", _X),
            ("17", "Liquor Store", _S),
            ("18", "Parking/Drop Lot/Garage", _T),
            ("19", "Rental Storage Facility", _C),
            ("20", "Residence/Home", _R),
            ("21", "Restaurant", _N),
            ("22", "School/College", _E),
            ("23", "Service/Gas Station", _S),
            ("24", "Specialty Store", _S),
            ("25", "Other/Unknown", _X),
            ("37", "Abandoned/Condemned Structure", _X),
            ("38", "Amusement Park", _X),
            ("39", "Arena/Stadium/Fairgrounds/Coliseum", _X),
            ("40", "ATM Separate from Bank", _C),
            ("41", "Auto Dealership New/Used", _S),
            ("42", "Camp/Campground", _X),
            ("44", "Daycare Facility", _E),
            ("45", "Dock/Wharf/Freight/Modal Terminal", _C),
            ("46", "Farm Facility", _X),
            ("47", "Gambling Facility/Casino/Race Track", _N),
            ("48", "Industrial Site", _C),
            ("49", "Military Installation", _X),
            ("50", "Park/Playground", _T),
            ("51", "Rest Area", _T),
            ("52", "School-College/University", _E),
            ("53", "School-Elementary/Secondary", _E),
            ("54", "Shelter-Mission/Homeless", _R),
            ("55", "Shopping Mall", _S),
            ("56", "Tribal Lands", _X),
            ("57", "Community Center", _X),
            ("58", "Cyberspace", _X),
        )
    }
)
"""Every location type by its code."""
