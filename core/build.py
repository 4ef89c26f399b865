"""The whole way from bundles to a dataset on disk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from core import __version__
from core.dataset import (
    BOUNDARIES,
    TABLE_SCHEMAS,
    Dataset,
    DatasetFacts,
    SourceRecord,
    write_dataset,
)
from core.errors import MixedBundlesError, RequestError
from core.nibrs.bundle import Bundle, read_bundles
from core.panel import agency_months, daily_panel, month_counts, place_months
from core.places.of_state import MapLevel, Places, places_of_state
from core.places.towns import PlaceKind
from core.staffing import staffing

__all__ = ["BuildStep", "build_dataset"]


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
    models: bool = True,
    level: MapLevel | None = None,
    on_step: Callable[[BuildStep], None] | None = None,
) -> Dataset:
    """Read bundles, make every table, fit the models, and write the dataset.

    Args:
        bundles: State bundles of one state, one a year, in any order.
        out: The dataset's folder, ``artifacts/<name>``. An older dataset there is replaced in one
            step; nothing changes when anything fails.
        state: Postal abbreviation of the State that the bundles must be of; null takes any.
        models: Whether to fit the models of daily counts and of classes. Too little data for one
            is no error: its step then says why there is none.
        level: What the map is divided into; by default towns in Connecticut, counties elsewhere.
        on_step: Called after each bundle, the tables, each model, and the end.

    Returns:
        The dataset.

    Raises:
        BundleError: A bundle is not as the FBI writes it, or the bundles do not go together.
        PlaceError: An agency's place cannot be told, or there is no such map of the State.
        DatasetError: The folder cannot be written.
    """
    of = len(bundles) + 2 + 2 * models
    done = 0

    def step(label: str, *, note: str = "") -> None:
        nonlocal done
        done += 1
        if on_step is not None:
            on_step(BuildStep(done=done, of=of, label=label, note=note))

    def on_read(bundle: Bundle) -> None:
        _check_state(bundle, expected=state)
        step(f"read {bundle.state} {bundle.year}")

    read = read_bundles(bundles, on_read=on_read)
    agencies = pl.concat([bundle.agencies for bundle in read]).sort("agency_id", "year")
    places = places_of_state(read[0].state, agencies=agencies, level=level)
    tables = _tables(read, agencies=agencies, places=places)
    step("made the tables", note=_unmatched_words(places))
    files = {BOUNDARIES: places.boundaries}
    for fit in (_fit_counts, _fit_classes) if models else ():
        fitted, label = fit(tables, state=read[0].state)
        files |= fitted
        step(label, note="" if fitted else label)
    dataset = write_dataset(out, facts=_facts(read, places=places), tables=tables, files=files)
    step(f"wrote {out}")
    return dataset


def _check_state(bundle: Bundle, *, expected: str | None) -> None:
    if expected is not None and bundle.state != expected:
        raise MixedBundlesError(
            f"{bundle.source.name} is a bundle of {bundle.state}, expected {expected}; leave it "
            f"out or build a dataset of {bundle.state}"
        )


def _unmatched_words(places: Places) -> str:
    if not places.unmatched:
        return ""
    return (
        f"no county of the map is called {', '.join(places.unmatched)}: agencies of that name are "
        "in the dataset, and in no county's figure"
    )


def _tables(
    bundles: Sequence[Bundle], *, agencies: pl.DataFrame, places: Places
) -> dict[str, pl.DataFrame]:
    offences = _placed(
        pl.concat([bundle.offences for bundle in bundles]), agency_places=places.agency_places
    )
    incidents = _placed(
        pl.concat([bundle.incidents.select("agency_id", "date") for bundle in bundles]),
        agency_places=places.agency_places,
    )
    months = agency_months(bundles)
    by_place = place_months(
        months,
        agencies=agencies,
        agency_places=places.agency_places,
        places=places.places["place"],
    )
    return {
        "places": _with_agency_names(
            places.places, agencies=agencies, agency_places=places.agency_places
        ),
        "neighbours": places.neighbours,
        "agencies": agencies,
        "agency_places": places.agency_places,
        "agency_months": months,
        "place_months": by_place,
        "panel": daily_panel(offences, incidents=incidents, months=by_place),
        "month_counts": month_counts(offences),
        "offences": offences.select(list(TABLE_SCHEMAS["offences"])).sort(
            "agency_id", "date", "incident_id", "offence_code"
        ),
        "staffing": staffing(agencies, agency_places=places.agency_places),
    }


def _fit_counts(tables: Mapping[str, pl.DataFrame], *, state: str) -> tuple[dict[str, bytes], str]:
    """The model of daily counts as files, and what became of it."""
    # LightGBM takes a second to import, and tables alone need none of it.
    from core.volume.fit import SHORTEST_DATA, fit_counts  # noqa: PLC0415
    from core.volume.inputs import place_counts  # noqa: PLC0415
    from core.volume.storage import save_models  # noqa: PLC0415

    if tables["panel"]["offences"].null_count() == tables["panel"].height:
        return {}, "no forecast: no place has reported a month"
    counts = place_counts(tables["panel"], staffing=tables["staffing"], state=state)
    if counts.days < SHORTEST_DATA:
        return {}, f"no forecast: {counts.days} days of data, {SHORTEST_DATA} are needed"
    return save_models(fit_counts(counts)), "fitted the model of daily counts"


def _fit_classes(tables: Mapping[str, pl.DataFrame], *, state: str) -> tuple[dict[str, bytes], str]:
    """The model of classes as files, and what became of it."""
    from core.risk.groups import with_agency_populations  # noqa: PLC0415 - as above
    from core.risk.storage import risk_to_files  # noqa: PLC0415
    from core.risk.training import FEWEST_OFFENCES, fit_risk  # noqa: PLC0415

    offences = tables["offences"]
    if offences.height < FEWEST_OFFENCES:
        return {}, f"no classes: {offences.height} offences, {FEWEST_OFFENCES} are needed"
    places = with_agency_populations(
        tables["places"], agencies=tables["agencies"], agency_places=tables["agency_places"]
    )
    try:
        model = fit_risk(
            offences, places=places, agency_places=tables["agency_places"], state=state
        )
    except RequestError as error:
        return {}, f"no classes: {error}"
    return risk_to_files(model), "fitted the model of classes"


def _placed(rows: pl.DataFrame, *, agency_places: pl.DataFrame) -> pl.DataFrame:
    return rows.join(agency_places, on="agency_id", how="inner", validate="m:1")


def _with_agency_names(
    places: pl.DataFrame, *, agencies: pl.DataFrame, agency_places: pl.DataFrame
) -> pl.DataFrame:
    """Add the newest names of each place's agencies, joined by a semicolon."""
    names = (
        agencies.sort("agency_id", "year")
        .group_by("agency_id", maintain_order=True)
        .agg(pl.col("name").last())
        .join(agency_places, on="agency_id", how="inner", validate="1:1")
        .sort("place", "name")
        .group_by("place", maintain_order=True)
        .agg(agencies=pl.col("name").str.join("; "))
    )
    return places.join(names, on="place", how="left", validate="1:1").sort("place")


def _facts(bundles: Sequence[Bundle], *, places: Places) -> DatasetFacts:
    listed = pl.concat([bundle.agencies.select("agency_id") for bundle in bundles])
    active = pl.concat([bundle.incidents.select("agency_id") for bundle in bundles])
    years = tuple(bundle.year for bundle in bundles)
    return DatasetFacts(
        state=bundles[0].state,
        state_name=bundles[0].state_name,
        years=years,
        synthetic=bundles[0].synthetic,
        incidents=sum(bundle.incidents.height for bundle in bundles),
        offences=sum(bundle.offences.height for bundle in bundles),
        agencies=listed["agency_id"].n_unique(),
        agencies_with_incidents=active["agency_id"].n_unique(),
        towns=places.places.filter(pl.col("kind") == PlaceKind.TOWN).height,
        first_day=date(years[0], 1, 1),
        last_day=date(years[-1], 12, 31),
        sources=tuple(_source(bundle) for bundle in bundles),
        versions={"ct-crimes": __version__, "polars": pl.__version__},
        built_at=datetime.now(UTC).replace(microsecond=0),
    )


def _source(bundle: Bundle) -> SourceRecord:
    return SourceRecord(
        name=bundle.source.name,
        sha256=bundle.source.sha256,
        size=bundle.source.size,
        year=bundle.year,
        incidents=bundle.incidents.height,
        offences=bundle.offences.height,
    )
