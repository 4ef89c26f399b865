"""Numbers, dates and labels in words: one place for how the pages speak."""

from datetime import date

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, BroadGroup
from webapp.urlstate import Unit

__all__ = [
    "TOO_FEW",
    "change_in_words",
    "day",
    "joined",
    "kind_heading",
    "kind_label",
    "month",
    "noun",
    "number",
    "of_kind",
    "percent",
    "plural",
    "rate",
    "signed_percent",
]

TOO_FEW = 20
"""A rate, a share or a change on a base below this says more about chance than about a place."""

_NARROW = "\N{NO-BREAK SPACE}"
_GROUP_LABELS = {
    ALL_OFFENCES: "All kinds",
    BroadGroup.VIOLENT: "Violent offences",
    BroadGroup.PROPERTY: "Property offences",
    BroadGroup.OTHER: "Other offences, all",
}


def number(value: int) -> str:
    """``12,345``."""
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def rate(value: float) -> str:
    """One decimal below a hundred: ``77.9``, ``104``."""
    return f"{value:,.1f}" if value < 99.95 else f"{value:,.0f}"  # noqa: PLR2004 - rounds to 100.0


def percent(share: float) -> str:
    """``15 %``; ``share`` is a fraction. Below one per cent, one decimal."""
    shown = f"{share * 100:.1f}" if 0 < abs(share) < 0.0095 else f"{share * 100:.0f}"  # noqa: PLR2004
    return f"{shown}{_NARROW}%"


def signed_percent(change: float) -> str:
    """``+20 %``, a true minus sign below zero; ``change`` is a fraction."""
    rounded = round(change * 100)
    if rounded == 0:
        return f"0{_NARROW}%"
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(rounded):,}{_NARROW}%"


def change_in_words(change: float, *, than: str) -> str:
    """``20 % more than in 2023``; ``change`` is a fraction."""
    rounded = round(abs(change) * 100)
    if rounded == 0:
        return f"about as many as in {than}"
    return f"{rounded:,}{_NARROW}% {'more' if change > 0 else 'fewer'} than in {than}"


def plural(count: int, *, one: str, many: str) -> str:
    """``1 offence``, ``2 offences``."""
    return f"{number(count)} {one if count == 1 else many}"


def joined(items: tuple[str, ...]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:  # noqa: PLR2004 - one item needs no "and"
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def day(value: date) -> str:
    """``31 Dec 2024``."""
    return f"{value.day} {value:%b %Y}"


def month(value: date) -> str:
    """``December 2024``."""
    return f"{value:%B %Y}"


def noun(unit: Unit, *, count: int = 2) -> str:
    """``offence`` or ``offences``, ``incident`` or ``incidents``."""
    return unit.removesuffix("s") if count == 1 else str(unit)


def kind_label(kind: str) -> str:
    """The name of a selection of offences, as a control or a table shows it."""
    return _GROUP_LABELS[kind] if kind in _GROUP_LABELS else CATEGORIES[kind].label


def of_kind(unit: Unit, *, kind: str) -> str:
    """What is counted: ``offences``, ``violent offences``, ``incidents (robbery)``."""
    if kind == ALL_OFFENCES:
        return str(unit)
    if kind in (BroadGroup.VIOLENT, BroadGroup.PROPERTY):
        return f"{kind} {unit}"
    if kind == BroadGroup.OTHER:
        return f"other {unit}"
    label = CATEGORIES[kind].label
    return f"{unit} ({label[0].lower()}{label[1:]})"


def kind_heading(unit: Unit, *, kind: str) -> str:
    """:func:`of_kind` at the beginning of a title: ``Reported violent offences``."""
    return f"Reported {of_kind(unit, kind=kind)}"
