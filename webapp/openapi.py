"""The addresses for programs, described as OpenAPI 3.1 from the pages that they belong to."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core import __version__
from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, LOCATION_TYPES, BroadGroup
from webapp import ids
from webapp.failures import PROBLEM
from webapp.language import Language
from webapp.pages.parts import PageKind
from webapp.urlstate import DAYS_LAST_6, DAYS_LAST_12, HORIZONS, Measure, Unit
from webapp.urlstate.compare import CompareMeasure
from webapp.urlstate.officers import StaffFigures, StaffMeasure
from webapp.urlstate.risk import (
    ALL_CLASSES,
    ALL_YEARS,
    ANY_HOUR,
    ANY_LOCATION,
    FEW_CLASSES,
    MOST_PLACES,
    HistoryScope,
)

__all__ = ["PARAMETERS", "PLACES_TABLE", "PLAIN_CELLS", "openapi_document"]

PLAIN_CELLS: Final = "plain"
"""Cells of a CSV as numbers for programs, not as the page shows them."""


PLACES_TABLE: Final = "places"
"""The places of a dataset, under one address whatever its map is divided into."""

_TEXT: Final = {"type": "string"}
_DAY: Final = {"type": "string", "format": "date"}
_KINDS: Final = [ALL_OFFENCES, *BroadGroup, *CATEGORIES]
_UNKNOWN: Final = "Another value is replaced by the default."


def _one_of(*values: str | int) -> dict[str, Any]:
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": list(values)}


_PLACE: Final[tuple[str, Mapping[str, Any]]] = (
    "The place, by the last part of its address; /data/search.json lists all.",
    _TEXT,
)

_LANGUAGE: Final[tuple[str, Mapping[str, Any]]] = (
    "Language of labels, captions and words in cells; names of columns and numbers stay.",
    _one_of(*Language),
)

_DATA: Final[tuple[str, Mapping[str, Any]]] = (
    "Name of the dataset, where a server shows several; another name is answered with their list.",
    _TEXT,
)

_CELLS: Final[tuple[str, Mapping[str, Any]]] = (
    (
        "shown: cells as on the page. plain: numbers without separators, shares and changes as "
        f"fractions, nothing where there is no figure, and why in a column note. {_UNKNOWN}"
    ),
    _one_of("shown", PLAIN_CELLS),
)

PARAMETERS: Final[Mapping[str, Mapping[str, tuple[str, Mapping[str, Any]]]]] = {
    "map": {
        "measure": (f"What the map shows. {_UNKNOWN}", _one_of(*Measure)),
        "of": (f"Offences of which kind. {_UNKNOWN}", _one_of(*_KINDS)),
        "year": ("Year of the data; the last one by default.", {"type": "integer"}),
        "unit": (f"What is counted. {_UNKNOWN}", _one_of(*Unit)),
    },
    "town": {
        "of": (f"Offences of which kind. {_UNKNOWN}", _one_of(*_KINDS)),
        "year": ("Year of the data; the last one by default.", {"type": "integer"}),
        "unit": (f"What is counted. {_UNKNOWN}", _one_of(*Unit)),
        "days": (f"Days shown one by one: {DAYS_LAST_12}, {DAYS_LAST_6} or a year.", _TEXT),
        "horizon": (f"Days of the forecast. {_UNKNOWN}", _one_of(*HORIZONS)),
        "origin": ("Last day that the forecast may know; the end of the data by default.", _DAY),
        "bridge": (
            "Last day without data that the forecast is carried over; none by default.",
            _DAY,
        ),
    },
    "compare": {
        "towns": ("One to three places between commas, by the last part of their address.", _TEXT),
        "measure": (f"Rates or counts. {_UNKNOWN}", _one_of(*CompareMeasure)),
        "of": (f"Offences of which kind. {_UNKNOWN}", _one_of(*_KINDS)),
        "year": ("Year of the data; the last one by default.", {"type": "integer"}),
        "unit": (f"What is counted. {_UNKNOWN}", _one_of(*Unit)),
    },
    "officers": {
        "scope": (f"state, a region or a place, as in the page's list. {_UNKNOWN}", _TEXT),
        "view": (f"Numbers or shares. {_UNKNOWN}", _one_of(*StaffMeasure)),
        "figures": (
            f"Each year's own, or the newest year's in every year. {_UNKNOWN}",
            _one_of(*StaffFigures),
        ),
    },
    "risk": {
        "towns": (
            f"Up to {MOST_PLACES} places between commas, by the last parts of their addresses.",
            _TEXT,
        ),
        "location": (
            f"The FBI's two digits of a location type, or {ANY_LOCATION}. {_UNKNOWN}",
            _one_of(ANY_LOCATION, *LOCATION_TYPES),
        ),
        "date": ("The day; the last one of the data by default.", _DAY),
        "hour": (f"0 to 23, or {ANY_HOUR}, the default.", _TEXT),
        "classes": (f"How many the chart shows. {_UNKNOWN}", _one_of(FEW_CLASSES, ALL_CLASSES)),
        "scope": (f"Whose past offences. {_UNKNOWN}", _one_of(*HistoryScope)),
        "year": (f"Year of the past offences, or {ALL_YEARS}, the default.", _TEXT),
    },
    "methods": {},
}
"""For each page what its addresses take: name, description and schema."""


def openapi_document(pages: Sequence[PageKind]) -> dict[str, Any]:
    """The description of every address below ``/data``, and of the two for monitors.

    Args:
        pages: Whose charts have tables.
    """
    paths: dict[str, Any] = {}
    for page in pages:
        for chart in page.charts:
            paths |= _chart_paths(page, chart=chart)
        if ids.CHART_MAP in page.charts:
            paths |= _chart_paths(page, chart=PLACES_TABLE)
    paths |= {
        "/data/search.json": _get(
            "Every place, and every county of a map of counties",
            "Slug, name, region, whether it is a town, and whether it is a county.",
            parameters=_EVERYWHERE,
            answer={**_JSON_LIST, **_NO_DATASET, **_TOO_OFTEN},
        ),
        "/data/definitions.json": _get(
            "What the words mean",
            "Term and meaning by key; the kinds of offences; the key of each choice on the pages.",
            parameters=[_parameter("lang", *_LANGUAGE)],
            answer={**_JSON_OBJECT, **_TOO_OFTEN},
        ),
        "/data/cards.json": _get(
            "The card of each place beside the map",
            "Under the selection of the map.",
            parameters=[*_parameters(PARAMETERS["map"]), *_EVERYWHERE],
            answer={**_JSON_OBJECT, **_NO_DATASET, **_TOO_OFTEN},
        ),
        "/data/openapi.json": _get("This description", "", answer={**_JSON_OBJECT, **_TOO_OFTEN}),
        "/health": _get("Alive", "Answers OK.", answer=_answer("text/html", _TEXT)),
        "/ready": _get("Ready", "Whether there is a dataset to show.", answer=_READY),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CT-Crimes",
            "version": __version__,
            "description": (
                "Reported offences by place: the table behind every chart. The same query "
                "strings as on the pages; a value that does not exist is replaced by its default. "
                "A cell without a figure says why; it never means zero."
            ),
        },
        "paths": paths,
    }


def _answer(mimetype: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "Found", "content": {mimetype: {"schema": schema}}}}


_JSON_LIST: Final = _answer("application/json", {"type": "array"})
_JSON_OBJECT: Final = _answer("application/json", {"type": "object"})
_READY: Final = {**_JSON_OBJECT, "503": {"description": "There is no dataset"}}
_PROBLEM: Final = {
    "content": {
        PROBLEM: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": _TEXT,
                    "title": _TEXT,
                    "status": {"type": "integer"},
                    "detail": {"type": "string", "description": "What is wrong and what to do."},
                },
            }
        }
    }
}
_NO_TABLE: Final = {
    "404": {"description": "No such table, no such place, or nothing in it", **_PROBLEM}
}
_NO_DATASET: Final = {"404": {"description": "No such dataset", **_PROBLEM}}
_TOO_OFTEN: Final = {
    "429": {
        "description": "Asked too often, where the server limits it",
        **_PROBLEM,
        "headers": {
            "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}
        },
    }
}
_TABLE: Final = {
    "type": "object",
    "required": ["caption", "columns", "rows", "links", "source"],
    "properties": {
        "caption": _TEXT,
        "columns": {"type": "array", "items": {"type": "array"}},
        "rows": {"type": "array", "items": {"type": "array"}},
        "links": {"type": "array", "items": _TEXT},
        "source": _TEXT,
    },
}
_METADATA: Final = {
    "type": "object",
    "required": ["title", "source", "columns", "rows", "dataset", "version", "csv", "json"],
}


def _chart_paths(page: PageKind, *, chart: str) -> dict[str, Any]:
    parameters = [*_parameters(PARAMETERS.get(page.name, {})), *_EVERYWHERE]
    if page.about_a_place:
        parameters = [_parameter("place", *_PLACE, required=True), *parameters]
    answers = {
        "csv": ("The table as CSV", _answer("text/csv", _TEXT)),
        "json": ("The table as JSON", _answer("application/json", _TABLE)),
        "metadata.json": ("What the table holds", _answer("application/json", _METADATA)),
    }
    return {
        f"/data/{chart}.{ending}": _get(
            f"{title}: {chart}",
            f"Behind the chart “{chart}” on {page.path}.",
            parameters=[*parameters, *([_parameter("cells", *_CELLS)] if ending == "csv" else [])],
            answer={**answer, **_NO_TABLE, **_TOO_OFTEN},
        )
        for ending, (title, answer) in answers.items()
    }


def _parameters(of_page: Mapping[str, tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    return [_parameter(name, *described) for name, described in of_page.items()]


def _parameter(
    name: str, description: str, schema: Mapping[str, Any], *, required: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }


_EVERYWHERE: Final = (_parameter("data", *_DATA), _parameter("lang", *_LANGUAGE))


def _get(
    summary: str,
    description: str,
    *,
    answer: Mapping[str, Any],
    parameters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "description": description,
            "parameters": list(parameters),
            "responses": dict(answer),
        }
    }
