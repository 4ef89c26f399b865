"""Postal abbreviations of the states and territories whose agencies report to NIBRS."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["STATE_NAMES", "postal_abbreviation"]

_NAMES = """
AL Alabama; AK Alaska; AS American Samoa; AZ Arizona; AR Arkansas; CA California; CO Colorado;
CT Connecticut; DE Delaware; DC District of Columbia; FL Florida; GA Georgia; GU Guam; HI Hawaii;
ID Idaho; IL Illinois; IN Indiana; IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine;
MD Maryland; MA Massachusetts; MI Michigan; MN Minnesota; MS Mississippi; MO Missouri; MT Montana;
NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey; NM New Mexico; NY New York;
NC North Carolina; ND North Dakota; MP Northern Mariana Islands; OH Ohio; OK Oklahoma; OR Oregon;
PA Pennsylvania; PR Puerto Rico; RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee;
TX Texas; UT Utah; VT Vermont; VI Virgin Islands; VA Virginia; WA Washington; WV West Virginia;
WI Wisconsin; WY Wyoming
"""

STATE_NAMES: Mapping[str, str] = MappingProxyType(
    {entry.split()[0]: " ".join(entry.split()[1:]) for entry in _NAMES.split(";")}
)
"""Postal abbreviation to name: fifty states, the District of Columbia and five territories."""

_FBI_ABBREVIATIONS = {"NB": "NE", "GM": "GU"}


def postal_abbreviation(text: str) -> str | None:
    """The postal abbreviation of a state as the FBI abbreviates it.

    Args:
        text: Two letters; the FBI writes NB for Nebraska and GM for Guam.

    Returns:
        A key of :data:`STATE_NAMES`, or None when there is no such state.

    >>> postal_abbreviation("NB"), postal_abbreviation("XX")
    ('NE', None)
    """
    code = text.strip().upper()
    code = _FBI_ABBREVIATIONS.get(code, code)
    return code if code in STATE_NAMES else None
