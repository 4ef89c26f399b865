"""The application: one factory, no state outside it."""

import logging
from pathlib import Path
from typing import Any

from dash import Dash, dcc, html, set_props
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core import __version__
from core.dataset import Dataset, find_datasets, open_dataset
from core.errors import DatasetError, DatasetMissingError
from webapp import ids
from webapp.cache import ViewCache, code_digest, open_cache
from webapp.components.document import DocumentParts, document, embedded_document, error_document
from webapp.downloads import register_downloads, register_theme
from webapp.guard import register_guard
from webapp.health import register_health
from webapp.logs import register_request_ids, start_logging
from webapp.pages.router import page_head, register_pages, route_of
from webapp.queries import Queries
from webapp.security import register_security
from webapp.settings import DEMO_DATASET, Settings
from webapp.site import Site, open_site

__all__ = ["choose_dataset", "create_app"]

_ROOT = Path(__file__).resolve().parent.parent
_LOG = logging.getLogger("ctcrimes")
_UNAVAILABLE = 503
_LARGEST_BODY = 64 * 1024  # bytes; the callbacks of a page send about 2,000
_NOT_FOUND = 404
_WITHOUT_DATASET = ("/health", "/ready", "/theme.css", "/assets/")


class SiteDash(Dash):
    """Dash with this application's HTML document."""

    site: Site

    def interpolate_index(self, *_args: Any, **parts: Any) -> str:  # noqa: ANN401 - inherited
        """The document of the page that is asked for."""
        route = route_of(request.path, places=self.site.queries.scope.places)
        search = request.query_string.decode("utf-8", "replace")
        around = embedded_document if route.embedded else document
        return around(
            page_head(route, site=self.site, search=search),
            dataset=self.site.queries.dataset,
            parts=DocumentParts(
                css=parts["css"],
                config=parts["config"],
                scripts=parts["scripts"],
                renderer=parts["renderer"],
            ),
            base=request.host_url,
        )


def create_app(settings: Settings) -> Dash:
    """The application for the settings.

    Without a dataset that can be opened, the application starts all the same: the reason is
    logged in one line, and every page says it in words with status 503.
    """
    start_logging(settings.log_level)
    server = _server(settings)
    try:
        site = _open(settings, server=server)
    except DatasetError as error:
        _LOG.error("no dataset to show: %s", error)
        return _closed_app(server, reason=str(error))
    app = _dash(server, site=site)
    app.layout = _layout
    register_pages(app, site=site)
    register_guard(app)
    register_downloads(server, site=site)
    register_health(server, dataset=site.queries.dataset, version=__version__, reason="")
    register_theme(server)
    _set_status(server, site=site)
    register_security(server, script_hashes=app.csp_hashes())
    _answer_once(app)
    return app


def _server(settings: Settings) -> Flask:
    """Flask without files of its own, behind as many proxies as the settings say."""
    server = Flask("ctcrimes", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    if settings.proxies:
        count = settings.proxies
        proxied = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)
        server.wsgi_app = proxied  # type: ignore[method-assign]  # how Flask takes middleware
    register_request_ids(server)
    return server


def choose_dataset(settings: Settings) -> Dataset:
    """The dataset of the settings; else the newest one of reported offences; else the demo.

    A dataset that nobody named and that cannot be opened is passed over with a line in the log.

    Raises:
        DatasetError: There is none, or the named one cannot be opened.
    """
    if settings.dataset is not None:
        return open_dataset(settings.dataset)
    opened = []
    for folder in find_datasets(settings.artifacts):
        try:
            opened.append(open_dataset(folder))
        except DatasetError as error:
            _LOG.warning("a dataset is passed over: %s", error)
    reported = [dataset for dataset in opened if not dataset.facts.synthetic]
    if reported:
        return max(reported, key=lambda dataset: (dataset.facts.built_at, dataset.name))
    demo = [dataset for dataset in opened if dataset.name == DEMO_DATASET]
    if demo:
        return demo[0]
    raise DatasetMissingError(
        f"{settings.artifacts}: no dataset of reported offences and no {DEMO_DATASET}; build one "
        "with 'ctcrimes build BUNDLE... --out artifacts/NAME', or simulate one with 'make demo'"
    )


def _open(settings: Settings, *, server: Flask) -> Site:
    dataset = choose_dataset(settings)
    version = f"{dataset.manifest.dataset_sha256}-{code_digest()}"
    cache = ViewCache(open_cache(server, settings=settings), version=version)
    _LOG.info("showing dataset %s (%s)", dataset.name, dataset.manifest.dataset_sha256[:12])
    return open_site(Queries(dataset, cache=cache))


def _dash(server: Flask, *, site: Site) -> SiteDash:
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
    app.site = site
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
    words = "This view could not be drawn. Reload the page, or choose something else."
    set_props(ids.NOTICE, {"children": html.P(words)})


def _answer_once(app: SiteDash) -> None:
    """Answer a first request before there are visitors.

    Dash collects the scripts that it may serve during the first request, and answers others that
    come in the meantime with an error: a browser asks a fresh worker for six at a time.
    """
    app.server.test_client().get("/")


def _set_status(server: Flask, *, site: Site) -> None:
    """A page that does not exist answers 404, although Dash serves the same document."""

    @server.after_request
    def status(response: Response) -> Response:
        is_page = response.mimetype == "text/html" and not request.path.startswith("/_dash")
        if is_page and request.method == "GET" and request.path != "/health":
            route = route_of(request.path, places=site.queries.scope.places)
            if route.page is None:
                response.status_code = _NOT_FOUND
        return response


def _closed_app(server: Flask, *, reason: str) -> Dash:
    """An application that only says why it has nothing to show."""
    text = error_document(
        title="There is no data to show",
        text=f"The server is running, but its dataset could not be opened. {reason}",
    )

    @server.before_request
    def closed() -> tuple[str, int] | None:
        return None if request.path.startswith(_WITHOUT_DATASET) else (text, _UNAVAILABLE)

    declared: Any = server  # Dash declares no Flask here
    app = Dash(__name__, server=declared, assets_folder=str(_ROOT / "assets"))
    app.layout = html.Div()
    register_health(server, dataset=None, version=__version__, reason=reason)
    register_theme(server)
    register_security(server, script_hashes=app.csp_hashes())
    return app
