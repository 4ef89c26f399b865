"""The newest staff figures of a State, a region or a place, each with a small line."""

from dataclasses import dataclass

from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.cards import KeyFigure
from webapp.views.officers import OfficersView, OfficersYear, Value, women_share

__all__ = ["status_figures"]


def status_figures(view: OfficersView) -> tuple[KeyFigure, ...]:
    """The newest figures with a small line over the years; none without a report."""
    newest = view.newest
    if newest is None:
        return ()
    return tuple(
        KeyFigure(
            label=row.label,
            value=row.value,
            note=row.note,
            # One year's figures in every year make no line.
            spark=() if view.propagated else tuple(row.of(year) for year in view.years),
            spark_label=gettext("{what} by year", what=row.label),
        )
        for row in (*_sworn(newest), _civilians(newest), _rate(newest))
    )


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One figure of the newest year, and where it is found in any year."""

    label: str
    value: str
    note: str
    of: Value


def _sworn(newest: OfficersYear) -> tuple[_Row, ...]:
    share = women_share(newest)
    if share is None:
        men_part, women_part = "", _few()
    else:
        men_part, women_part = (
            gettext("{percent} of all", percent=words.percent(part)) for part in (1 - share, share)
        )
    return (
        _Row(
            label=gettext("Sworn officers"),
            value=words.number(newest.officers or 0),
            note=_agencies(newest.reporting),
            of=lambda year: year.officers,
        ),
        _Row(
            label=gettext("Men"),
            value=_number(newest.men),
            note=men_part,
            of=lambda year: year.men,
        ),
        _Row(
            label=gettext("Women"),
            value=_number(newest.women),
            note=women_part,
            of=lambda year: year.women,
        ),
    )


def _civilians(newest: OfficersYear) -> _Row:
    return _Row(
        label=gettext("Civilians"),
        value=_number(newest.civilians),
        note=gettext("beside the sworn officers"),
        of=lambda year: year.civilians,
    )


def _rate(newest: OfficersYear) -> _Row:
    note = gettext("no residents assigned")
    if newest.people:
        note = gettext(
            "{count} people in {year}", count=words.number(newest.people), year=newest.year
        )
    rate = newest.per_1000
    return _Row(
        label=gettext("Officers per 1,000 people"),
        value=gettext("no rate") if rate is None else words.decimal(rate, places=2),
        note=note,
        of=lambda year: year.per_1000,
    )


def _agencies(count: int) -> str:
    return ngettext("{count} agency", "{count} agencies", count, count=words.number(count))


def _few() -> str:
    return gettext("under {fewest} officers: no share", fewest=words.TOO_FEW)


def _number(value: int | None) -> str:
    return gettext("no report") if value is None else words.number(value)
