"""View of past offences by class: of towns, of their regions or of the State."""

from dataclasses import dataclass

from core.nibrs.codes import BroadGroup
from webapp.language import gettext
from webapp.urlstate.risk import ANY_LOCATION
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.risk import location_name, years_words
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "PastClass",
    "PastScope",
    "RiskHistoryView",
    "history_summary",
    "history_table",
    "history_title",
    "share_words",
]

_LEAST = 0.001


@dataclass(frozen=True, kw_only=True)
class PastClass:
    """A class; its group is null for the rest."""

    slug: str
    label: str
    group: BroadGroup | None


@dataclass(frozen=True, kw_only=True)
class PastScope:
    """Past offences of a town, a region or the State.

    Attributes:
        name: Of whom, as a sentence says it.
        file: The same in names of files, which are English in every language.
        counts: One for each class of the view.
    """

    name: str
    file: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)

    def share(self, at: int) -> float | None:
        """Share of a class by its position; null where the total is too small for one."""
        return self.counts[at] / self.total if self.total >= words.TOO_FEW else None


@dataclass(frozen=True, kw_only=True)
class RiskHistoryView:
    """Past offences at one kind of location.

    Attributes:
        classes: The commonest over all scopes first, the rest last.
        scopes: One to three.
        location: Code of the location type, or :data:`~webapp.urlstate.risk.ANY_LOCATION`.
        years: Years that are counted.
        provenance: Source.
    """

    classes: tuple[PastClass, ...]
    scopes: tuple[PastScope, ...]
    location: str
    years: tuple[int, ...]
    provenance: Provenance

    @property
    def is_round(self) -> bool:
        """Whether it is one scope with offences enough for shares."""
        return len(self.scopes) == 1 and self.scopes[0].total >= words.TOO_FEW


def history_title(view: RiskHistoryView) -> str:
    """Title of the figure."""
    where = words.joined(tuple(scope.name for scope in view.scopes))
    title = gettext(
        "What was reported in {places}, {location}, {years}",
        places=where,
        location=location_name(view.location),
        years=_when(view),
    )
    return words.simulated(title) if view.provenance.synthetic else title


def _when(view: RiskHistoryView) -> str:
    return years_words(view.years)


def history_summary(view: RiskHistoryView) -> str:
    """One sentence a scope: the total and the commonest classes."""
    return " ".join(_scope_words(view, scope=scope) for scope in view.scopes)


def _scope_words(view: RiskHistoryView, *, scope: PastScope) -> str:
    if not scope.total:
        return gettext("No offence is on file for {place}.", place=scope.name)
    name = words.capitalised(scope.name)
    total = words.offences(scope.total)
    if scope.total < words.TOO_FEW:
        return gettext("{place}: {offences}, too few for shares.", place=name, offences=total)
    ranked = sorted(range(len(scope.counts)), key=lambda at: -scope.counts[at])[:3]
    top = words.joined(
        tuple(
            f"{_lower(view.classes[at].label)} ({words.percent(scope.counts[at] / scope.total)})"
            for at in ranked
            if scope.counts[at]
        )
    )
    return gettext(
        "{place}: {offences} at any hour, most of them {top}.",
        place=name,
        offences=total,
        top=top,
    )


def _lower(label: str) -> str:
    return f"{label[0].lower()}{label[1:]}"


def history_table(view: RiskHistoryView) -> TableView:
    """A row for each class of each scope, and one for all classes."""
    number, text = ColumnKind.NUMBER, ColumnKind.TEXT
    where = "_".join(scope.file for scope in view.scopes)
    location = "any-location" if view.location == ANY_LOCATION else f"location-{view.location}"
    when = f"{view.years[0]}-{view.years[-1]}"
    return TableView(
        caption=history_title(view),
        columns=(
            Column(name="kind", label=gettext("Kind"), kind=text),
            Column(name="group", label=gettext("Group"), kind=text),
            Column(name="where", label=gettext("Where"), kind=text),
            Column(name="offences", label=gettext("Offences"), kind=number),
            Column(name="share", label=gettext("Share"), kind=number),
        ),
        rows=tuple(
            row for scope in view.scopes for row in (*_rows(view, scope=scope), _whole(scope))
        ),
        links=(),
        file=f"{where}_past-classes_{location}_{when}",
        source=view.provenance.source,
    )


def _rows(view: RiskHistoryView, *, scope: PastScope) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(text=each.label),
            Cell(text=words.group_word(each.group) if each.group else gettext("several")),
            Cell(text=scope.name),
            Cell(text=words.number(count), value=count),
            _share(scope.share(at)),
        )
        for at, (each, count) in enumerate(zip(view.classes, scope.counts, strict=True))
    )


def share_words(share: float) -> str:
    """``28 %``; of little it says ``under 0.1 %``, which is not none."""
    if 0 < share < _LEAST:
        return gettext("under {least}", least=words.percent(_LEAST))
    return words.percent(share)


def _share(share: float | None) -> Cell:
    return Cell(text=gettext("too few") if share is None else share_words(share), value=share)


def _whole(scope: PastScope) -> tuple[Cell, ...]:
    return (
        Cell(text=gettext("All kinds")),
        Cell(text=""),
        Cell(text=scope.name),
        Cell(text=words.number(scope.total), value=scope.total),
        _share(1.0 if scope.total >= words.TOO_FEW else None),
    )
