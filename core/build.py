"""The whole way from bundles to a dataset on disk.

No two bundles are in memory together: each becomes parts in a folder beside the dataset
(:mod:`core.parts`), the tables are streamed from the parts (:mod:`core.tables`), and the models are
fitted from the tables.
"""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import polars as pl

from core import __version__
from core.dataset import BOUNDARIES, Dataset, DatasetFacts, SourceRecord, write_dataset
from core.dataset_files import writing
from core.errors import MixedBundlesError, NothingToLearnError, RequestError
from core.parts import BundleParts, refuse_mixed, write_parts
from core.places.of_state import MapLevel
from core.places.town_maps import TownMap
from core.tables import BuiltTables, write_tables
from core.workers import ALONE, Workers

__all__ = ["BuildStep", "Model", "build_dataset"]

_CLASS_COLUMNS = ("agency_id", "date", "hour", "offence_code", "location_code")


class Model(StrEnum):
    """What may be fitted."""

    COUNTS = "counts"
    CLASSES = "classes"


@dataclass(frozen=True, kw_only=True)
class BuildStep:
    """One finished step of a build, for a progress bar.

    Attributes:
        done: Steps finished, this one included.
        of: Steps in all.
        label: What was done.
        note: What a reader of the dataset should know of it; mostly empty.
    """

    done: int
    of: int
    label: str
    note: str = ""


def build_dataset(
    bundles: Sequence[Path],
    *,
    out: Path,
    state: str | None = None,
    models: Collection[Model] = tuple(Model),
    divided_by: MapLevel | TownMap | None = None,
    workers: Workers = ALONE,
    on_step: Callable[[BuildStep], None] | None = None,
) -> Dataset:
    """Read bundles, make every table, fit the models, and write the dataset.

    What is read goes through a hidden folder beside the dataset, ``.<name>.building``, which takes
    about as much room as the dataset and is removed at the end and on any failure. Only one build
    of a dataset may run at a time: it starts by removing what a killed one left there.

    Args:
        bundles: State bundles of one state, one a year, in any order.
        out: The dataset's folder, ``artifacts/<name>``. An older dataset there is replaced in one
            step; nothing changes when anything fails.
        state: Postal abbreviation of the State that the bundles must be of; null takes any.
        models: Which models to fit. Too little data for one is no error: its step then says why
            there is none.
        divided_by: What the map is divided into: towns or counties, or the towns of a map of
            another State than Connecticut; by default towns in Connecticut, counties elsewhere.
        workers: Who reads bundles, makes tables and fits models; they see the same folders.
        on_step: Called after each bundle, the tables, each model, and the end.

    Returns:
        The dataset.

    Raises:
        RequestError: There is no bundle.
        BundleError: A bundle is not as the FBI writes it, or the bundles do not go together.
        PlaceError: An agency's place cannot be told, or there is no such map of the State.
        DatasetError: The folder cannot be written.
        ClusterError: The workers cannot do it.

    Examples:
        With ``bundle`` the path of a state bundle and ``folder`` a folder:

        >>> dataset = build_dataset([bundle], out=folder / "vt-2024", models=())
        >>> dataset.facts.agencies_with_incidents
        2
        >>> dataset.table("panel")["offences"].sum()
        9
    """
    if not bundles:
        raise RequestError("paths: there is no bundle to read; expected at least one zip file.")
    of = len(bundles) + 2 + len(models)
    done = 0

    def step(label: str, *, note: str = "") -> None:
        nonlocal done
        done += 1
        if on_step is not None:
            on_step(BuildStep(done=done, of=of, label=label, note=note))

    with writing(out), _work_folder(out) as work:
        parts = _read(bundles, state=state, folder=work, workers=workers, step=step)
        tables = workers.start(_make_tables, parts, folder=work, divided_by=divided_by).result()
        step("made the tables", note=_unmatched_words(tables))
        files = {BOUNDARIES: tables.boundaries}
        fits = [
            workers.start(_FITS[model], tables.files, state=parts[0].state)
            for model in Model
            if model in models
        ]
        for job in fits:
            fitted, label = job.result()
            files |= fitted
            step(label, note="" if fitted else label)
        facts = _facts(parts, tables=tables)
        dataset = write_dataset(out, facts=facts, tables=tables.files, files=files)
    step(f"wrote {out}")
    return dataset


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    folder = out.absolute().parent / f".{out.absolute().name}.building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unmatched_words(tables: BuiltTables) -> str:
    if tables.townless:
        return (
            "it cannot be told by name which town of the map these agencies police, so they are "
            f"places of their own: {', '.join(tables.townless)}"
        )
    if not tables.unmatched:
        return ""
    return (
        f"no county of the map is called {', '.join(tables.unmatched)}: agencies of that name are "
        "in the dataset, and in no county's figure"
    )


def _read(
    bundles: Sequence[Path],
    *,
    state: str | None,
    folder: Path,
    workers: Workers,
    step: Callable[[str], None],
) -> tuple[BundleParts, ...]:
    """The parts of all bundles by year; a bundle that does not go with the others ends it."""
    read: list[BundleParts] = []
    jobs = [workers.start(write_parts, bundle.absolute(), folder=folder) for bundle in bundles]
    for job in jobs:
        parts = job.result()
        _refuse_other_state(parts, expected=state)
        refuse_mixed(parts, earlier=read)
        read.append(parts)
        step(f"read {parts.state} {parts.year}")
    return tuple(sorted(read, key=lambda parts: parts.year))


def _make_tables(
    parts: tuple[BundleParts, ...], *, folder: Path, divided_by: MapLevel | TownMap | None
) -> BuiltTables:
    """The tables in a folder of this call alone: a task may be done twice at a time."""
    mine = folder / uuid4().hex
    mine.mkdir()
    return write_tables(parts, folder=mine, divided_by=divided_by)


def _refuse_other_state(parts: BundleParts, *, expected: str | None) -> None:
    if expected is not None and parts.state != expected:
        raise MixedBundlesError(
            f"{parts.source.name} is a bundle of {parts.state}, expected {expected}; leave it out "
            f"or build a dataset of {parts.state}"
        )


def _fit_counts(tables: Mapping[str, Path], *, state: str) -> tuple[dict[str, bytes], str]:
    """The model of daily counts as files, and what became of it."""
    # LightGBM takes a second to import, and tables alone need none of it.
    from core.volume.fit import SHORTEST_DATA, fit_counts  # noqa: PLC0415
    from core.volume.inputs import counts_of_files  # noqa: PLC0415
    from core.volume.storage import save_models  # noqa: PLC0415

    counts = counts_of_files(
        panel=tables["panel"], staffing=tables["staffing"], state=state, national=False
    )
    if counts is None:
        return {}, "no forecast: no place has reported a month"
    if counts.days < SHORTEST_DATA:
        return {}, f"no forecast: {counts.days} days of data, {SHORTEST_DATA} are needed"
    try:
        models = fit_counts(counts)
    except NothingToLearnError as error:
        return {}, f"no forecast: {error}"
    return save_models(models), "fitted the model of daily counts"


def _fit_classes(tables: Mapping[str, Path], *, state: str) -> tuple[dict[str, bytes], str]:
    """The model of classes as files, and what became of it."""
    from core.risk.groups import with_agency_populations  # noqa: PLC0415 - as above
    from core.risk.storage import risk_to_files  # noqa: PLC0415
    from core.risk.training import FEWEST_OFFENCES, fit_risk  # noqa: PLC0415

    offences = pl.read_parquet(tables["offences"], columns=list(_CLASS_COLUMNS), glob=False)
    if offences.height < FEWEST_OFFENCES:
        return {}, f"no classes: {offences.height} offences, {FEWEST_OFFENCES} are needed"
    places, agencies, agency_places = (
        pl.read_parquet(tables[name], glob=False)
        for name in ("places", "agencies", "agency_places")
    )
    places = with_agency_populations(places, agencies=agencies, agency_places=agency_places)
    try:
        model = fit_risk(offences, places=places, agency_places=agency_places, state=state)
    except RequestError as error:
        return {}, f"no classes: {error}"
    return risk_to_files(model), "fitted the model of classes"


_FITS: Mapping[Model, Callable[..., tuple[dict[str, bytes], str]]] = MappingProxyType(
    {Model.COUNTS: _fit_counts, Model.CLASSES: _fit_classes}
)


def _facts(parts: Sequence[BundleParts], *, tables: BuiltTables) -> DatasetFacts:
    years = tuple(each.year for each in parts)
    return DatasetFacts(
        state=parts[0].state,
        state_name=parts[0].state_name,
        years=years,
        synthetic=parts[0].synthetic,
        incidents=sum(each.incidents for each in parts),
        offences=sum(each.offences for each in parts),
        agencies=tables.agencies,
        agencies_with_incidents=tables.agencies_with_incidents,
        towns=tables.towns,
        first_day=date(years[0], 1, 1),
        last_day=date(years[-1], 12, 31),
        sources=tuple(_source(each) for each in parts),
        versions={"ct-crimes": __version__, "polars": pl.__version__},
        built_at=datetime.now(UTC).replace(microsecond=0),
    )


def _source(parts: BundleParts) -> SourceRecord:
    return SourceRecord(
        name=parts.source.name,
        sha256=parts.source.sha256,
        size=parts.source.size,
        year=parts.year,
        incidents=parts.incidents,
        offences=parts.offences,
    )
