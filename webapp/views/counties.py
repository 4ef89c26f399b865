"""What a county's figure rests on: its agencies, as far as they serve it alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.language import gettext, gettext_noop, ngettext
from webapp.urlstate import Measure
from webapp.views import words

__all__ = ["CountyBase", "base_words", "counties_note", "shared_words"]

_NAMED = 3
_NOTE = gettext_noop(
    "A county's figure is the sum of its agencies that reported every month; what an agency "
    "outside these data has on file is not in it."
)
_NOTES = {
    Measure.FORECAST: gettext_noop(
        "A county's forecast adds up those of its agencies, limits included, so its interval is "
        "rather too wide."
    ),
    Measure.OFFICERS: gettext_noop(
        "A county's figure is of its agencies that gave their officers, whether they reported "
        "offences or not."
    ),
}


@dataclass(frozen=True, kw_only=True)
class CountyBase:
    """The agencies behind a county's figure in one year.

    Attributes:
        agencies: Agencies on the list that serve this county alone.
        full: Those of them that reported every month.
        shared: Names of agencies that serve this county and others: what they report cannot be
            divided, and is in no county's figure.
    """

    agencies: int
    full: int
    shared: tuple[str, ...]


def base_words(base: CountyBase) -> str:
    """How many of the county's agencies its figure is of."""
    if not base.agencies:
        return gettext("no agency in these data")
    return ngettext(
        "{full} of {count} agency reported every month",
        "{full} of {count} agencies reported every month",
        base.agencies,
        full=words.number(base.full),
        count=words.number(base.agencies),
    )


def shared_words(base: CountyBase) -> str:
    """Which agencies are left out because they serve other counties too; empty where none are."""
    if not base.shared:
        return ""
    names = ", ".join(base.shared[:_NAMED])
    rest = len(base.shared) - _NAMED
    if rest > 0:
        names = gettext("{names} and {count} more", names=names, count=rest)
    return gettext("without {agencies}, of several counties", agencies=names)


def counties_note(bases: Sequence[CountyBase], *, measure: Measure) -> str:
    """What the figures of a map of counties are."""
    text = gettext(_NOTES.get(measure, _NOTE))
    shared = {name for base in bases for name in base.shared}
    if not shared:
        return text
    return f"{text} " + ngettext(
        "{count} agency serves several counties and is in no county's figure.",
        "{count} agencies serve several counties and are in no county's figure.",
        len(shared),
        count=words.number(len(shared)),
    )
