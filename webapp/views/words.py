"""Numbers, dates and labels in words: one place for how the pages speak."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from unicodedata import normalize

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, BroadGroup
from core.sentences import Sentence
from webapp.language import (
    Language,
    decimal_marks,
    gettext,
    gettext_noop,
    in_pattern,
    ngettext,
    spoken,
)
from webapp.urlstate import Unit

__all__ = [
    "TOO_FEW",
    "capitalised",
    "change_in_words",
    "day",
    "decimal",
    "either",
    "group_heading",
    "group_word",
    "holiday",
    "joined",
    "kind_heading",
    "kind_label",
    "month",
    "month_name",
    "noun",
    "number",
    "of_kind",
    "of_them_women",
    "offences",
    "percent",
    "rate",
    "said",
    "short_day",
    "short_month",
    "short_month_name",
    "short_weekday",
    "short_weekday_name",
    "signed_percent",
    "simulated",
    "weekday",
    "weekday_and_day",
    "weekday_name",
    "years_span",
]

TOO_FEW = 20
"""A rate, a share or a change on a base below this says more about chance than about a place."""

_NARROW = "\N{NO-BREAK SPACE}"
_A_MONDAY = date(2024, 1, 1)
_MINUS = "\N{MINUS SIGN}"
_GROUP_LABELS = {
    ALL_OFFENCES: gettext_noop("All kinds"),
    BroadGroup.VIOLENT: gettext_noop("Violent offences"),
    BroadGroup.PROPERTY: gettext_noop("Property offences"),
    BroadGroup.OTHER: gettext_noop("Other offences, all"),
}
_GROUP_WORDS = {
    BroadGroup.VIOLENT: gettext_noop("violent"),
    BroadGroup.PROPERTY: gettext_noop("property"),
    BroadGroup.OTHER: gettext_noop("other"),
}
_GROUP_HEADINGS = {
    BroadGroup.VIOLENT: gettext_noop("Violent offences"),
    BroadGroup.PROPERTY: gettext_noop("Property offences"),
    BroadGroup.OTHER: gettext_noop("Other offences"),
}
_OF_KIND = {
    (Unit.OFFENCES, BroadGroup.VIOLENT): (
        gettext_noop("violent offence"),
        gettext_noop("violent offences"),
    ),
    (Unit.INCIDENTS, BroadGroup.VIOLENT): (
        gettext_noop("violent incident"),
        gettext_noop("violent incidents"),
    ),
    (Unit.OFFENCES, BroadGroup.PROPERTY): (
        gettext_noop("property offence"),
        gettext_noop("property offences"),
    ),
    (Unit.INCIDENTS, BroadGroup.PROPERTY): (
        gettext_noop("property incident"),
        gettext_noop("property incidents"),
    ),
    (Unit.OFFENCES, BroadGroup.OTHER): (
        gettext_noop("other offence"),
        gettext_noop("other offences"),
    ),
    (Unit.INCIDENTS, BroadGroup.OTHER): (
        gettext_noop("other incident"),
        gettext_noop("other incidents"),
    ),
}
_HEADINGS = {
    (Unit.OFFENCES, ALL_OFFENCES): gettext_noop("Reported offences"),
    (Unit.INCIDENTS, ALL_OFFENCES): gettext_noop("Reported incidents"),
    (Unit.OFFENCES, BroadGroup.VIOLENT): gettext_noop("Reported violent offences"),
    (Unit.INCIDENTS, BroadGroup.VIOLENT): gettext_noop("Reported violent incidents"),
    (Unit.OFFENCES, BroadGroup.PROPERTY): gettext_noop("Reported property offences"),
    (Unit.INCIDENTS, BroadGroup.PROPERTY): gettext_noop("Reported property incidents"),
    (Unit.OFFENCES, BroadGroup.OTHER): gettext_noop("Other reported offences"),
    (Unit.INCIDENTS, BroadGroup.OTHER): gettext_noop("Other reported incidents"),
}


def number(value: int) -> str:
    """``12,345``."""
    return _localised(f"{value:,}")


def decimal(value: float, *, places: int = 1) -> str:
    """``1,234.5``, with as many decimals as asked for."""
    return _localised(f"{value:,.{places}f}")


def rate(value: float) -> str:
    """One decimal below a hundred: ``77.9``, ``104``."""
    return decimal(value, places=1 if value < 99.95 else 0)  # noqa: PLR2004 - rounds to 100.0


def percent(share: float) -> str:
    """``15 %``; ``share`` is a fraction. Below one per cent, one decimal."""
    places = 1 if 0 < abs(share) < 0.0095 else 0  # noqa: PLR2004 - rounds to 1 %
    return f"{decimal(share * 100, places=places)}{_NARROW}%"


def signed_percent(change: float) -> str:
    """``+20 %``, a true minus sign below zero; ``change`` is a fraction."""
    rounded = round(change * 100)
    if rounded == 0:
        return f"0{_NARROW}%"
    sign = "+" if rounded > 0 else _MINUS
    return f"{sign}{number(abs(rounded))}{_NARROW}%"


def change_in_words(change: float, *, than: str) -> str:
    """``20 % more than in 2023``; ``change`` is a fraction."""
    rounded = round(abs(change) * 100)
    if rounded == 0:
        return gettext("about as many as in {year}", year=than)
    share = f"{number(rounded)}{_NARROW}%"
    if change > 0:
        return gettext("{percent} more than in {year}", percent=share, year=than)
    return gettext("{percent} fewer than in {year}", percent=share, year=than)


def joined(items: tuple[str, ...]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:  # noqa: PLR2004 - one item needs no "and"
        return "".join(items)
    *before, last = items
    if spoken() is Language.SPANISH and _begins_with_i(last):
        return f"{', '.join(before)} e {last}"
    return gettext("{list} and {last}", list=", ".join(before), last=last)


def either(one: str, other: str) -> str:
    """``a or b``."""
    if spoken() is Language.SPANISH and other.lower().startswith(("o", "ho")):
        return f"{one} u {other}"
    return gettext("{one} or {other}", one=one, other=other)


def _begins_with_i(word: str) -> bool:
    """Whether "y" before the word would become "e" in Spanish: "Fairfield e Illinois"."""
    start = word.lower()
    return start.startswith(("i", "hi")) and not start.startswith(("hia", "hie", "ia", "ie"))


def day(value: date) -> str:
    """``31 Dec 2024``."""
    return in_pattern(value, "d MMM y")


def short_day(value: date) -> str:
    """``31 Dec``."""
    return in_pattern(value, "d MMM")


def weekday(value: date) -> str:
    """``Tuesday``."""
    return in_pattern(value, "EEEE")


def short_weekday(value: date) -> str:
    """``Tue``."""
    return in_pattern(value, "EEE")


def weekday_name(number_of_day: int) -> str:
    """``Monday``, as in the middle of a sentence; days are numbered from 0."""
    return weekday(_A_MONDAY + timedelta(days=number_of_day))


def short_weekday_name(number_of_day: int) -> str:
    """``Mon``; days are numbered from 0."""
    return short_weekday(_A_MONDAY + timedelta(days=number_of_day))


def short_month_name(number_of_month: int) -> str:
    """``Dec``; months are numbered from 1."""
    return in_pattern(date(2000, number_of_month, 1), "LLL")


def weekday_and_day(value: date) -> str:
    """``Tuesday 31 December 2024``."""
    return in_pattern(
        value, "EEEE d 'de' MMMM 'de' y" if spoken() is Language.SPANISH else "EEEE d MMMM y"
    )


def month(value: date) -> str:
    """``December 2024``."""
    return in_pattern(value, "MMMM 'de' y" if spoken() is Language.SPANISH else "MMMM y")


def month_name(number_of_month: int) -> str:
    """``December``, as in the middle of a sentence; months are numbered from 1."""
    return in_pattern(date(2000, number_of_month, 1), "LLLL")


def short_month(value: date) -> str:
    """``Dec 2024``."""
    return in_pattern(value, "MMM y")


def noun(unit: Unit, *, count: int = 2) -> str:
    """``offence`` or ``offences``, ``incident`` or ``incidents``."""
    if unit is Unit.OFFENCES:
        return ngettext("offence", "offences", count)
    return ngettext("incident", "incidents", count)


def offences(count: int) -> str:
    """``1 offence``, ``2,345 offences``."""
    return ngettext("{count} offence", "{count} offences", count, count=number(count))


def of_them_women(count: int) -> str:
    """``, 3 of them women``, behind a number of officers."""
    return ngettext(
        ", {count} of them a woman", ", {count} of them women", count, count=number(count)
    )


def kind_label(kind: str) -> str:
    """The name of a selection of offences, as a control or a table shows it."""
    return gettext(_GROUP_LABELS[kind] if kind in _GROUP_LABELS else CATEGORIES[kind].label)


def group_word(group: BroadGroup) -> str:
    """``violent``, ``property`` or ``other``, as a word beside a colour."""
    return gettext(_GROUP_WORDS[group])


def group_heading(group: BroadGroup) -> str:
    """``Violent offences``, over the kinds of a group."""
    return gettext(_GROUP_HEADINGS[group])


def of_kind(unit: Unit, *, kind: str, count: int = 2) -> str:
    """What is counted: ``offences``, ``violent offences``, ``incidents (robbery)``, or one."""
    if kind in CATEGORIES:
        label = gettext(CATEGORIES[kind].label)
        return f"{noun(unit, count=count)} ({label[0].lower()}{label[1:]})"
    if kind == ALL_OFFENCES:
        return noun(unit, count=count)
    one, several = _OF_KIND[unit, BroadGroup(kind)]
    return gettext(one if count == 1 else several)


def kind_heading(unit: Unit, *, kind: str) -> str:
    """:func:`of_kind` at the beginning of a title: ``Reported violent offences``."""
    if kind in CATEGORIES:
        label = gettext(CATEGORIES[kind].label)
        return f"{gettext(_HEADINGS[unit, ALL_OFFENCES])} ({label[0].lower()}{label[1:]})"
    return gettext(_HEADINGS[unit, kind])


def simulated(title: str) -> str:
    """A title that says that what it names is simulated."""
    return gettext("{title} (simulated)", title=title)


def holiday(name: str) -> str:
    """A holiday, or several of one day with commas between them."""
    whole = gettext(name)
    return ", ".join(map(gettext, name.split(", "))) if whole == name else whole


def said(sentence: Sentence) -> str:
    """A sentence of core in the spoken language, the words that go into it too."""
    values = {
        name: said(value) if isinstance(value, Sentence) else gettext(value)
        for name, value in sentence.values.items()
    }
    return gettext(sentence.message, **values)


def capitalised(text: str) -> str:
    """The text with a capital first letter; unlike ``str.capitalize``, the rest stays."""
    return text[:1].upper() + text[1:]


def _localised(written: str) -> str:
    """A number as Python writes it, with the marks of the spoken language and a true minus."""
    point, group = decimal_marks()
    return written.translate({ord(","): group, ord("."): point, ord("-"): _MINUS})


def file_part(name: str) -> str:
    """A name as it stands in the names of files.

    >>> file_part("Cañon City / Troop D")
    'canon-city-troop-d'
    """
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def years_span(years: Sequence[int]) -> str:
    """``2021-2024`` with an en dash, or the one year.

    Args:
        years: At least one, ascending.
    """
    first, last = years[0], years[-1]
    return str(first) if first == last else f"{first}\N{EN DASH}{last}"
