"""From the views of single places to places side by side."""

from webapp.queries.frames import Frames, PlaceRecord
from webapp.urlstate import Scope
from webapp.urlstate.compare import MOST_COMPARED, CompareScope

__all__ = ["compare_scope", "people_by_year"]


def compare_scope(frames: Frames, *, dataset: Scope) -> CompareScope:
    """Places that can stand side by side; by default those with most people, whatever happened."""
    listed = [place for place in frames.places.values() if place.agencies]
    reporting = [place for place in listed if frames.status[frames.index[place.slug]].any()]
    largest = sorted(reporting or listed, key=lambda place: -_people(frames, place))
    return CompareScope(
        dataset=dataset,
        places={place.slug: place.name for place in listed},
        default=tuple(place.slug for place in largest[:MOST_COMPARED]),
    )


def _people(frames: Frames, place: PlaceRecord) -> int:
    """Residents; where the dataset has none, whom the FBI assigns to the agency."""
    if not place.town and frames.has_towns:
        return 0
    return place.residents or max(
        (people or 0 for people in people_by_year(frames, slug=place.slug)), default=0
    )


def people_by_year(frames: Frames, *, slug: str) -> tuple[int | None, ...]:
    """People whom the FBI assigns to the agencies of a place, for each year of the arrays."""
    years = range(frames.years[0], frames.years[-1] + 1)
    found = (frames.staff.get((slug, year)) for year in years)
    return tuple(staff.people if staff else None for staff in found)
