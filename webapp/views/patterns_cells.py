"""Small counts of sex offences in a breakdown stand as "under 10": they point at nobody."""

from collections.abc import Sequence

from webapp.language import gettext
from webapp.views import words
from webapp.views.table import Cell

__all__ = ["UNDER", "count_cell", "hidden_cells", "is_protected", "under_text"]

UNDER = 10
"""Of sex offences, a cell of a breakdown below this is not shown (guidelines for small numbers of
the Washington State Department of Health, 2018)."""
_PROTECTED = frozenset({"sex-offences", "sex-offences-non-forcible"})


def is_protected(kind: str) -> bool:
    """Whether small cells of a selection of offences are not shown."""
    return kind in _PROTECTED


def hidden_cells(counts: Sequence[int], *, kind: str) -> tuple[bool, ...]:
    """Which cells of a breakdown are not shown.

    Those below :data:`UNDER`, and the next larger ones until what the hidden cells hold together
    cannot be told from the total: at least two cells, at least ten.

    >>> hidden_cells((40, 12, 3), kind="sex-offences")
    (False, True, True)
    >>> hidden_cells((40, 12, 3), kind="robbery")
    (False, False, False)
    """
    hidden = [is_protected(kind) and count < UNDER for count in counts]
    if not any(hidden):
        return tuple(hidden)
    for at in sorted(range(len(counts)), key=lambda at: counts[at]):
        together = sum(count for count, off in zip(counts, hidden, strict=True) if off)
        if sum(hidden) > 1 and together >= UNDER:
            break
        hidden[at] = True
    return tuple(hidden)


def under_text() -> str:
    """What stands for a count that is not shown."""
    return gettext("under {fewest}", fewest=UNDER)


def count_cell(count: int, *, hidden: bool) -> Cell:
    """A count, or that it is not shown."""
    return Cell(text=under_text()) if hidden else Cell(text=words.number(count), value=count)
