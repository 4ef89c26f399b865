"""Slugs and display names: the words by which a place is known in addresses and on pages."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.errors import PlaceError

__all__ = [
    "AgencyName",
    "NamedAgency",
    "name_agencies",
    "slug_of",
    "spelled",
    "title_case",
    "told_apart",
]


@dataclass(frozen=True, kw_only=True)
class AgencyName:
    """What an agency file says about one agency's name."""

    agency_id: int
    ori: str
    name: str
    unit: str | None
    type: str


@dataclass(frozen=True, kw_only=True)
class NamedAgency:
    """The unique slug of one agency, and the name to show."""

    agency_id: int
    slug: str
    name: str


def slug_of(text: str) -> str:
    """Return ``text`` in lower-case ASCII with single hyphens: ``"St. Albans"`` is ``st-albans``.

    Accents are dropped, apostrophes vanish, ``&`` is read as "and"; all else that is neither a
    letter nor a digit becomes a hyphen. The result may be empty.
    """
    spelled = (
        text.replace("&", " and ").replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def spelled(text: str) -> str:
    """Return ``text`` in capitals without accents, a Saint as ``ST`` or ``STE``, to be compared."""
    plain = unicodedata.normalize("NFKD", text.upper()).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"\bSAINTE?\b", lambda word: "STE" if word.group()[-1] == "E" else "ST", plain)


def title_case(text: str) -> str:
    """Return ``text`` with a capital at the start of each word: ``"EAST CARROLL"``."""
    return re.sub(r"(?<![\w'])\w", lambda match: match.group().upper(), text.lower())


def name_agencies(
    agencies: Sequence[AgencyName], *, taken: Collection[str] = frozenset()
) -> list[NamedAgency]:
    """Give every agency a slug and a display name that no other agency has.

    An agency is known by its name alone when that is unique. Agencies of one name are told apart
    by their unit, or where they have none by their type, then by ORI, last by agency id. All
    agencies that share a slug step on together, so that the result does not depend on order.

    Args:
        agencies: One entry per agency.
        taken: Slugs that no agency may have.

    Returns:
        One entry per agency, in the order of ``agencies``.

    Raises:
        PlaceError: Two entries cannot be told apart even by their agency id.
    """
    names = told_apart([_choices(agency) for agency in agencies], taken=taken)
    slugs = [slug_of(name) for name in names]
    for index in _clashes(slugs, taken=taken):
        raise PlaceError(
            f"agency {agencies[index].agency_id} ({names[index]!r}) has the slug "
            f"{slugs[index]!r} of another place; give each agency one agency id"
        )
    return [
        NamedAgency(agency_id=agency.agency_id, slug=slug, name=name)
        for agency, slug, name in zip(agencies, slugs, names, strict=True)
    ]


def told_apart(
    choices: Sequence[Sequence[str]], *, taken: Collection[str] = frozenset()
) -> list[str]:
    """One of the names of each place, so that as few as can be share a slug.

    All that share one step on to their next name together, so that the result does not depend on
    their order; where names run out, the last one stays and the slug is shared.

    Args:
        choices: The names of each place, from the shortest on; at least one.
        taken: Slugs that no place may have.
    """
    steps = [0] * len(choices)
    while True:
        names = [choice[step] for choice, step in zip(choices, steps, strict=True)]
        clashing = _clashes([slug_of(name) for name in names], taken=taken)
        further = [at for at in clashing if steps[at] + 1 < len(choices[at])]
        if not further:
            return names
        for at in further:
            steps[at] += 1


def _clashes(slugs: Sequence[str], *, taken: Collection[str]) -> list[int]:
    counts = Counter(slugs)
    return [
        index for index, slug in enumerate(slugs) if not slug or slug in taken or counts[slug] > 1
    ]


def _choices(agency: AgencyName) -> list[str]:
    """Return the display names of one agency, from the shortest to the one that must be unique."""
    name = agency.name.strip().rstrip(":").rstrip()
    # The FBI writes a colon after a name that only the unit completes: "State Police:".
    if agency.unit and agency.name.strip().endswith(":"):
        longer = f"{name}: {agency.unit}"
    else:
        longer = f"{name} ({agency.unit or agency.type})"
    return [
        name,
        longer,
        f"{longer}, {agency.ori}",
        f"{longer}, {agency.ori}, agency {agency.agency_id}",
    ]
