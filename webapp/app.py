"""The application: one factory, no state outside it."""

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from dash import Dash, dcc, html, set_props
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core import __version__
from core.dataset import Dataset
from core.errors import DatasetError
from webapp import ids
from webapp.answers import keep_no_answer, register_answers
from webapp.cache import ViewCache, code_digest, open_cache
from webapp.components.document import DocumentParts, document, embedded_document, error_document
from webapp.components.notice import notice
from webapp.downloads import register_downloads, register_glossary, register_theme
from webapp.failures import asked_by_a_program, problem, register_failures
from webapp.figures.theme import stylesheet
from webapp.guard import plain_queries, register_guard
from webapp.health import register_health
from webapp.language import gettext
from webapp.library import Library
from webapp.limits import register_limits
from webapp.logs import register_request_ids, start_logging
from webapp.metrics import Metrics, register_metrics
from webapp.mirror import Mirror
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES, page_head, register_pages, route_of, site_of
from webapp.queries import Queries
from webapp.reopening import Reopening, register_reopening
from webapp.security import register_security, without_versions
from webapp.settings import Settings
from webapp.site import Site, open_site
from webapp.speech import register_speech
from webapp.static import (
    BOOTSTRAP_STYLES,
    PLOTLY_SCRIPT,
    asset_digests,
    bootstrap_styles,
    plotly_script,
    register_compression,
    register_static,
    with_digests,
)
from webapp.urlstate.language import same_page

__all__ = ["SiteDash", "create_app", "warm_up"]

_ROOT = Path(__file__).resolve().parent.parent
_LOG = logging.getLogger("ctcrimes")
_UNAVAILABLE = 503
_LARGEST_BODY = 64 * 1024  # bytes
_OK = 200
_NOT_FOUND = 404
_WITHOUT_DATASET = ("/health", "/ready", "/theme.css", BOOTSTRAP_STYLES, "/assets/")


class SiteDash(Dash):
    """Dash with this application's HTML document."""

    library: Library
    digests: Mapping[str, str]

    def interpolate_index(self, *_args: Any, **parts: Any) -> str:  # noqa: ANN401 - inherited
        """The document of the page that is asked for."""
        search = request.query_string.decode("utf-8", "replace")
        site, _ = site_of(search, library=self.library)
        route = route_of(request.path, places=site.queries.scope.places)
        around = (
            embedded_document
            if route.embedded
            else partial(
                document,
                languages=same_page(request.path, search=search),
                shelves=self.library.shelves(),
            )
        )
        whole = around(
            page_head(route, site=site, search=search),
            dataset=site.queries.dataset,
            parts=DocumentParts(
                css=parts["css"],
                config=without_versions(parts["config"]),
                scripts=parts["scripts"],
                renderer=parts["renderer"],
            ),
            base=request.host_url,
        )
        return with_digests(whole, digests=self.digests)


def create_app(settings: Settings) -> Dash:
    """The application for the settings.

    Without a dataset that can be opened, the application starts all the same: the reason is
    logged in one line, and every page says it in words with status 503, until a later look finds
    one.
    """
    start_logging(settings.log_level)
    mirror = Mirror(settings)
    try:
        return _first_app(settings, mirror=mirror)
    except DatasetError as error:
        reason = mirror.fault or str(error)
        _LOG.error("no dataset to show: %s", reason)
        app = _closed_app(_server(settings, metrics=Metrics()), reason=reason)

    def reopen() -> Any:  # noqa: ANN401 - Flask's own
        mirror.look_when_due()
        try:
            return _open_app(settings, mirror=mirror).server.wsgi_app
        except DatasetError:
            return None

    server: Any = app.server
    server.wsgi_app = Reopening(server.wsgi_app, reopen=reopen)
    return app


def _first_app(settings: Settings, *, mirror: Mirror) -> SiteDash:
    """The application with what is on this machine; only without it, object storage is waited for.

    Raises:
        DatasetError: There is no dataset that can be opened.
    """
    try:
        return _open_app(settings, mirror=mirror)
    except DatasetError:
        if not mirror.is_remote:
            raise
    mirror.bring()
    return _open_app(settings, mirror=mirror)


def _open_app(settings: Settings, *, mirror: Mirror) -> SiteDash:
    """The application with a dataset.

    Raises:
        DatasetError: There is none that can be opened.
    """
    metrics = Metrics()
    server = _server(settings, metrics=metrics)
    library = _library(settings, mirror=mirror, server=server, metrics=metrics)
    register_reopening(server, library=library)
    register_answers(server, library=library, metrics=metrics, megabytes=settings.answers_mb)
    app = _dash(server, library=library)
    app.layout = _layout
    register_pages(app, library=library)
    register_guard(app)
    register_downloads(server, library=library)
    register_health(server, library=library, version=__version__, reason="")
    register_glossary(server)
    register_theme(server)
    _set_status(server, library=library)
    register_security(server, script_hashes=app.csp_hashes())
    _answer_once(app)
    return app


def warm_up(app: SiteDash) -> Thread:
    """Make every page once in the background, so that no visitor waits for models to be opened."""

    def make_all() -> None:
        site = app.library.default
        site.queries.prepare()
        slug = site.queries.places[0].slug if site.queries.places else ""
        for page in PAGES:
            visit = Visit(site=site, slug=slug if page.about_a_place else "")
            page.layout(visit)
            for chart in page.charts.values():
                chart.parts(visit)

    thread = Thread(target=make_all, name="warm-up", daemon=True)
    thread.start()
    return thread


def _server(settings: Settings, *, metrics: Metrics) -> Flask:
    """Flask without files of its own, behind as many proxies as the settings say."""
    server = Flask("ctcrimes", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    taken: Any = server  # how Flask takes middleware
    taken.wsgi_app = plain_queries(server.wsgi_app)
    if settings.proxies:
        count = settings.proxies
        proxied = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)
        taken.wsgi_app = proxied
    if settings.metrics:  # first, so that what the others refuse is counted too
        register_metrics(server, metrics=metrics)
    register_request_ids(server)
    register_speech(server)
    register_limits(server, settings=settings)
    register_failures(server)
    return server


def _library(settings: Settings, *, mirror: Mirror, server: Flask, metrics: Metrics) -> Library:
    store = open_cache(server, settings=settings, on_error=metrics.cache_failed)
    code = code_digest()

    def make_site(dataset: Dataset) -> Site:
        # The hash is over files; views also hold the name and whether incidents are simulated.
        facts = f"{dataset.name}-{dataset.facts.synthetic}"
        version = f"{facts}-{dataset.manifest.dataset_sha256}-{code}"
        cache = ViewCache(store, version=version, on_view=metrics.view_from)
        return open_site(Queries(dataset, cache=cache))

    return Library(settings, make_site=make_site, mirror=mirror)


def _dash(server: Flask, *, library: Library) -> SiteDash:
    declared: Any = server  # Dash declares no Flask here
    app = SiteDash(
        __name__,
        server=declared,
        assets_folder=str(_ROOT / "assets"),
        assets_ignore=r"^theme\.js$",
        compress=True,
        update_title="",
        suppress_callback_exceptions=True,
        on_error=_failed,
    )
    app.library = library
    others = {
        "/theme.css": stylesheet().encode(),
        BOOTSTRAP_STYLES: bootstrap_styles().encode(),
        PLOTLY_SCRIPT: plotly_script(),
    }
    app.digests = asset_digests(_ROOT / "assets", others=others)
    # What is registered last comes first: the keeping is decided, then what is kept compressed.
    register_compression(server)
    register_static(server, digests=app.digests)
    return app


def _layout() -> html.Div:
    return html.Div(
        [
            dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
            dcc.Store(id=ids.THEME),
            dcc.Store(id=ids.TAB_TITLE),
            html.Div(id=ids.NOTICE, className="wrap notice", role="status"),
            html.Div(id=ids.CONTENT),
        ]
    )


def _failed(error: Exception) -> None:
    """What a visitor sees of a mistake of ours: words; the log has the rest."""
    _LOG.exception("a callback failed", exc_info=error)
    keep_no_answer()
    words = gettext("This view could not be drawn. Reload the page, or choose something else.")
    set_props(ids.NOTICE, {"children": notice(words)})


def _answer_once(app: SiteDash) -> None:
    """Answer a first request before there are visitors.

    Dash collects the scripts that it may serve during the first request, and answers others that
    come in the meantime with an error: a browser asks a fresh worker for six at a time.
    """
    app.server.test_client().get("/")


def _set_status(server: Flask, *, library: Library) -> None:
    """A page that does not exist answers 404, although Dash serves the same document."""

    @server.after_request
    def status(response: Response) -> Response:
        is_page = response.mimetype == "text/html"
        is_made = response.status_code == _OK and request.method in {"GET", "HEAD"}
        if is_page and is_made and request.path != "/health":
            site, _ = site_of(request.query_string.decode("utf-8", "replace"), library=library)
            route = route_of(request.path, places=site.queries.scope.places)
            if route.page is None:
                response.status_code = _NOT_FOUND
        return response


def _closed_app(server: Flask, *, reason: str) -> Dash:
    """An application that only says why it has nothing to show."""

    @server.before_request
    def closed() -> Response | tuple[str, int] | None:
        if request.path.startswith(_WITHOUT_DATASET):
            return None
        text = gettext(
            "The server is running, but its dataset could not be opened. {reason}", reason=reason
        )
        if asked_by_a_program():
            return problem(_UNAVAILABLE, detail=text)
        return error_document(title=gettext("There is no data to show"), text=text), _UNAVAILABLE

    declared: Any = server  # Dash declares no Flask here
    app = Dash(__name__, server=declared, assets_folder=str(_ROOT / "assets"))
    app.layout = html.Div()
    register_health(server, library=None, version=__version__, reason=reason)
    register_theme(server)
    register_security(server, script_hashes=app.csp_hashes())
    return app
