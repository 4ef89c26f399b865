"""The newest staff figures of a State, a region or a place, each with a small line."""

from webapp.language import gettext, ngettext
from webapp.views import words
from webapp.views.cards import KeyFigure
from webapp.views.officers import OfficersView, Value, women_share

__all__ = ["status_figures"]


def status_figures(view: OfficersView) -> tuple[KeyFigure, ...]:
    """The newest figures with a small line over the years; none without a report."""
    newest = view.newest
    if newest is None:
        return ()
    share, rate = women_share(newest), newest.per_1000
    people = ""
    if newest.people:
        people = gettext(
            "{count} people in {year}", count=words.number(newest.people), year=newest.year
        )
    rows: tuple[tuple[str, str, str, Value], ...] = (
        (
            gettext("Sworn officers"),
            words.number(newest.officers or 0),
            _agencies(newest.reporting),
            lambda year: year.officers,
        ),
        (
            gettext("Men"),
            _number(newest.men),
            "" if share is None else gettext("{percent} of all", percent=words.percent(1 - share)),
            lambda year: year.men,
        ),
        (
            gettext("Women"),
            _number(newest.women),
            _few() if share is None else gettext("{percent} of all", percent=words.percent(share)),
            lambda year: year.women,
        ),
        (
            gettext("Civilians"),
            _number(newest.civilians),
            gettext("beside the sworn officers"),
            lambda year: year.civilians,
        ),
        (
            gettext("Officers per 1,000 people"),
            gettext("no rate") if rate is None else words.decimal(rate, places=2),
            people or gettext("no residents assigned"),
            lambda year: year.per_1000,
        ),
    )
    return tuple(
        KeyFigure(
            label=label,
            value=value,
            note=note,
            # One year's figures in every year make no line.
            spark=() if view.propagated else tuple(of(year) for year in view.years),
            spark_label=gettext("{what} by year", what=label),
        )
        for label, value, note, of in rows
    )


def _agencies(count: int) -> str:
    return ngettext("{count} agency", "{count} agencies", count, count=words.number(count))


def _few() -> str:
    return gettext("under {fewest} officers: no share", fewest=words.TOO_FEW)


def _number(value: int | None) -> str:
    return gettext("no report") if value is None else words.number(value)
