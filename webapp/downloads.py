"""What the browser fetches beside the pages: tables as JSON and CSV, cards, places, map layers."""

import csv
import io
from typing import NoReturn
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, jsonify, request

from core import __version__
from core.errors import DatasetError
from webapp import ids
from webapp.components.spark import spark_path
from webapp.figures.theme import stylesheet
from webapp.language import gettext, gettext_noop, spoken
from webapp.library import Library
from webapp.openapi import PLACES_TABLE, PLAIN_CELLS, openapi_document
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES, chart_named
from webapp.site import Site
from webapp.static import BOOTSTRAP_STYLES, FOREVER, bootstrap_styles
from webapp.urlstate import parse_search, shortened
from webapp.views import words
from webapp.views.cards import Card
from webapp.views.common import DatasetView
from webapp.views.definitions import CATEGORY_DEFINITIONS
from webapp.views.glossary import CHOICE_TERMS, definitions
from webapp.views.table import Cell, ColumnKind, TableView

__all__ = [
    "plain_csv",
    "register_downloads",
    "register_glossary",
    "register_theme",
    "safe_cell",
    "table_csv",
]

_DIGEST = 12
# Some spreadsheets take the wide forms of East Asian text for the plain ones.
_NOTHING = ("", "\N{EN DASH}")
_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
_MINUS = "\N{MINUS SIGN}"


def register_theme(server: Flask) -> None:
    """The style sheet with the tokens, and Bootstrap's."""
    _register_styles(server, "/theme.css", text=stylesheet())
    _register_styles(server, BOOTSTRAP_STYLES, text=bootstrap_styles())


def _register_styles(server: Flask, address: str, *, text: str) -> None:
    def styles() -> Response:
        response = Response(text, mimetype="text/css")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    server.add_url_rule(address, endpoint=address, view_func=styles)


def register_downloads(server: Flask, *, library: Library) -> None:
    """Add every address below ``/data`` and ``/geo``."""
    _register_tables(server, library=library)
    _register_lists(server, library=library)
    _register_geography(server, library=library)


def _register_tables(server: Flask, *, library: Library) -> None:
    """The table behind every chart, and what it holds."""

    @server.get("/data/<chart>.<any(csv, json):ending>")
    def table(chart: str, ending: str) -> Response:
        slug = request.args.get("place", "")
        site = _site(library)
        view = _table(chart, slug=slug, site=site)
        name = site.queries.dataset.name
        response = (
            _csv_response(view, dataset=name) if ending == "csv" else jsonify(_plain_table(view))
        )
        # Where a program finds what the table holds (W3C, "Model for Tabular Data", section 5.2).
        metadata = _address(chart, ending="metadata.json")
        response.headers["Link"] = f'<{metadata}>; rel="describedby"; type="application/json"'
        return response

    @server.get("/data/<chart>.metadata.json")
    def metadata(chart: str) -> Response:
        site = _site(library)
        view = _table(chart, slug=request.args.get("place", ""), site=site)
        return jsonify(_metadata(view, chart=chart, dataset=site.queries.dataset))


def _register_lists(server: Flask, *, library: Library) -> None:
    """What the routes are, the places to search, and the card of each place."""

    @server.get("/data/<path:address>")
    def nothing(address: str) -> Response:
        _missing(
            gettext(
                "There is no address “{address}” here; /data/openapi.json lists all.",
                address=shortened(address),
            )
        )

    @server.get("/data/openapi.json")
    def openapi() -> Response:
        return jsonify(openapi_document(PAGES))

    @server.get("/data/search.json")
    def search() -> Response:
        entries = _site(library).queries.entries
        return jsonify(
            [
                [each.slug, each.name, each.region if each.town else "", each.town, each.county]
                for each in entries
            ]
        )

    @server.get("/data/cards.json")
    def cards() -> Response:
        queries = _site(library).queries
        view = queries.cards(parse_search(_search(), scope=queries.scope).selection)
        return jsonify(
            {
                "sparkLabel": view.spark_label,
                "cards": [_plain_card(card) for card in view.cards],
                "counties": sorted(queries.scope.counties),
            }
        )


def _register_geography(server: Flask, *, library: Library) -> None:
    """Layers of the map and outlines of places: their addresses name their content."""

    @server.get("/geo/<digest>/<layer>.geojson")
    def geography(digest: str, layer: str) -> Response:
        site = library.with_geometry(digest)
        content = _layers(site).get(f"/geo/{digest}/{layer}.geojson") if site else None
        if content is None:
            _missing(gettext("There is no such map; reload the page that shows it."))
        response = Response(content, mimetype="application/geo+json")
        response.headers["Cache-Control"] = FOREVER
        return response

    @server.get("/geo/<digest>/<feature>.svg")
    def picture(digest: str, feature: str) -> Response:
        site = library.with_geometry(digest)
        content = site.shapes.pictures.get(feature) if site and site.shapes else None
        if content is None:
            _missing(gettext("There is no such map; reload the page that shows it."))
        response = Response(content, mimetype="image/svg+xml")
        response.headers["Cache-Control"] = FOREVER
        return response


def register_glossary(server: Flask) -> None:
    """What the words mean, for the panels that open next to them."""

    @server.get("/data/definitions.json")
    def glossary() -> Response:
        terms = {key: [each.term, each.meaning, each.codes] for key, each in definitions().items()}
        return jsonify({"terms": terms, "kinds": [*CATEGORY_DEFINITIONS], "choices": CHOICE_TERMS})


def _layers(site: Site) -> dict[str, bytes]:
    if site.shapes is None or site.layers is None:
        return {}
    shapes, layers = site.shapes, site.layers
    return {
        layers.towns: shapes.towns,
        layers.rising: shapes.rising,
        layers.falling: shapes.falling,
        layers.state: shapes.state,
    }


def _missing(detail: str) -> NoReturn:
    """404, with what is missing and where to look."""
    abort(404, description=detail)


def _site(library: Library) -> Site:
    """The dataset that is asked for; 404 for one that is not here."""
    name = request.args.get("data", "")
    try:
        return library.site(name)
    except DatasetError:
        _missing(
            gettext(
                "There is no dataset “{name}” here, only {names}.",
                name=shortened(name),
                names=words.joined(tuple(shelf.name for shelf in library.shelves())),
            )
        )


def _search() -> str:
    return request.query_string.decode("utf-8", "replace")


def _table(chart: str, *, slug: str, site: Site) -> TableView:
    """The table twin of a chart under the selection of the query string; 404 for anything else."""
    if chart == PLACES_TABLE:
        chart = ids.CHART_AGENCIES if site.queries.scope.counties else ids.CHART_MAP
    found = chart_named(chart)
    if found is None:
        _missing(
            gettext(
                "There is no table “{table}”; /data/openapi.json lists all.",
                table=shortened(chart),
            )
        )
    page, named = found
    if page.about_a_place and slug not in site.queries.scope.places:
        _missing(_no_place(slug))
    view = named.table(Visit(site=site, search=_search(), slug=slug))
    if view is None:
        _missing(
            gettext(
                "The dataset {dataset} holds nothing for the table “{table}”.",
                dataset=site.queries.dataset.name,
                table=chart,
            )
        )
    return view


def _no_place(slug: str) -> str:
    if not slug:
        return gettext(
            "This table is about one place: add “place=” and the last part of its address, as "
            "/data/search.json lists them."
        )
    return gettext(
        "There is no place “{place}” here; /data/search.json lists all.", place=shortened(slug)
    )


def _address(chart: str, *, ending: str) -> str:
    query = urlencode(list(request.args.items(multi=True)))
    return f"/data/{quote(chart)}.{ending}{'?' if query else ''}{query}"


def _metadata(view: TableView, *, chart: str, dataset: DatasetView) -> dict[str, object]:
    """What stands beside a table, so that it can be read and cited on its own."""
    return {
        "title": view.caption,
        "source": view.source,
        "columns": [
            {"name": column.name, "label": column.label, "kind": column.kind}
            for column in view.columns
        ],
        "rows": len(view.rows),
        "missing": gettext("A cell without a figure says why in words; it never means zero."),
        "dataset": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "state": dataset.state_name,
            "years": list(dataset.years),
            "last_day": dataset.last_day.isoformat(),
            "simulated": dataset.synthetic,
        },
        "version": __version__,
        "citation": _citation(view, dataset=dataset),
        "language": str(spoken()),
        "csv": _address(chart, ending="csv"),
        "json": _address(chart, ending="json"),
    }


def _citation(view: TableView, *, dataset: DatasetView) -> str:
    message = (
        gettext_noop(
            "CT-Crimes {version}, dataset {dataset} ({hash}), data to {day}, simulated incidents: "
            "{title}."
        )
        if dataset.synthetic
        else gettext_noop(
            "CT-Crimes {version}, dataset {dataset} ({hash}), data to {day}: {title}."
        )
    )
    return gettext(
        message,
        version=__version__,
        dataset=dataset.name,
        hash=dataset.sha256[:_DIGEST],
        day=words.day(dataset.last_day),
        title=view.caption,
    )


def _plain_table(view: TableView) -> dict[str, object]:
    return {
        "caption": view.caption,
        "columns": [[column.label, column.kind] for column in view.columns],
        "rows": [[_plain_cell(cell) for cell in row] for row in view.rows],
        "links": view.links,
        "source": view.source,
    }


def _plain_cell(cell: Cell) -> object:
    return cell.text if cell.value is None else [cell.text, cell.value]


def _plain_card(card: Card) -> dict[str, object]:
    return {
        "slug": card.slug,
        "name": card.name,
        "lead": card.lead,
        "facts": [[fact.label, fact.value, fact.note] for fact in card.facts],
        "spark": spark_path(card.spark),
        **({"agencies": [[one.slug, one.name] for one in card.agencies]} if card.agencies else {}),
    }


def _csv_response(view: TableView, *, dataset: str) -> Response:
    plain = request.args.get("cells") == PLAIN_CELLS
    content = plain_csv(view) if plain else table_csv(view)
    response = Response(content, mimetype="text/csv")
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in f"{view.file}_{dataset}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def table_csv(view: TableView) -> str:
    """The table as CSV: what the page shows, and a last column that names the source."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*(column.name for column in view.columns), "source"])
    for row in view.rows:
        writer.writerow([*(safe_cell(cell) for cell in row), view.source])
    return text.getvalue()


def plain_csv(view: TableView) -> str:
    """The table as CSV for programs: whole numbers and fractions, nothing where there is none.

    What the page shows in place of a number stands in the column ``note``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*(column.name for column in view.columns), "note", "source"])
    for row in view.rows:
        told: list[str] = []
        cells: list[str] = []
        for column, cell in zip(view.columns, row, strict=True):
            if column.kind is not ColumnKind.NUMBER:
                cells.append(safe_cell(cell))
            elif cell.value is not None:
                cells.append(f"{cell.value:.12g}")
            else:
                cells.append("")
                told.append(cell.text)
        notes = dict.fromkeys(each for each in told if each not in _NOTHING)
        writer.writerow([*cells, safe_cell(Cell(text="; ".join(notes))), view.source])
    return text.getvalue()


def safe_cell(cell: Cell) -> str:
    """A cell that no spreadsheet takes for a formula; a number stands without separators."""
    if cell.value is not None and _is_plain_number(cell.text):
        return cell.text.replace(",", "")
    text = cell.text.replace(_MINUS, "-") if cell.value is not None else cell.text
    return f"'{text}" if text.startswith(_FORMULA) else text


def _is_plain_number(text: str) -> bool:
    digits = text.replace(",", "").replace(".", "", 1)
    return digits.isdecimal()
