"""An embedded chart in a page of somebody else."""

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def newspaper() -> Iterator[Callable[[str], str]]:
    """Put an address into a frame of another site; yields a function that returns its address."""
    frames: list[str] = []

    class Newspaper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (
                "<h1>A newspaper</h1><link rel='icon' href='data:,'><script>"
                "window.addEventListener('message', (said) => {"
                "document.title = said.data.type + ' ' + said.data.height; });</script>"
                f'<iframe src="{frames[-1]}" width="600" height="700"></iframe>'
            )
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Newspaper)
    Thread(target=server.serve_forever, daemon=True).start()

    def publish(address: str) -> str:
        frames.append(address)
        return f"http://127.0.0.1:{server.server_port}/"

    yield publish
    server.shutdown()
    server.server_close()


def test_a_chart_stands_in_a_foreign_page_and_its_towns_open_outside(
    connecticut: str, visit: Callable[..., Page], newspaper: Callable[[str], str]
) -> None:
    page = visit(f"{connecticut}/embed?measure=count", width=700)
    expect(page.locator("#map .js-plotly-plot .choroplethlayer path").first).to_be_visible()
    assert page.locator("select, .tools, header, nav").count() == 0
    expect(page.locator(".embed-foot")).to_contain_text("simulated")
    with page.expect_popup() as opened:
        page.evaluate("window.ctcrimes.go('/town/hartford')")
    assert opened.value.url == f"{connecticut}/town/hartford"
    assert "/embed" in page.url

    host = visit(newspaper(f"{connecticut}/embed/town/hartford?chart=kinds"))
    frame = host.frame_locator("iframe")
    expect(frame.locator(".card-title")).to_contain_text("Hartford")
    expect(frame.locator(".main-svg").first).to_be_visible()
    expect(host).to_have_title(re.compile(r"ctcrimes:height [3-9]\d\d"))
    whole = frame.locator("[data-whole]")
    expect(whole).to_have_attribute("href", f"{connecticut}/town/hartford")


def test_the_frame_to_copy_holds_what_is_shown(
    connecticut: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{connecticut}/town/hartford?of=larceny")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#months button[data-action=embed]").click()
    expect(page.locator("#months button[data-action=embed]")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    address = page.evaluate(
        "html => { const t = document.createElement('template'); t.innerHTML = html;"
        "return t.content.firstChild.getAttribute('src'); }",
        text,
    )
    assert address == f"{connecticut}/embed/town/hartford?of=larceny&chart=months"
    embedded = visit(address, width=600)
    expect(embedded.locator(".card-title")).to_contain_text("larceny", ignore_case=True)


def test_the_citation_to_copy_names_the_chart_the_data_and_its_address(
    connecticut: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{connecticut}/town/hartford?of=larceny")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#months button[data-action=cite]").click()
    expect(page.locator("#months button[data-action=cite]")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    told = page.request.get(
        f"{connecticut}/data/months.metadata.json?place=hartford&of=larceny"
    ).json()
    assert "larceny" in told["citation"]
    assert "simulated" in told["citation"]
    assert text == f"{told['citation']} {connecticut}/town/hartford?of=larceny#months"


def test_a_citation_that_does_not_come_is_said(
    connecticut: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{connecticut}/town/hartford")
    page.route("**/*.metadata.json*", lambda route: route.fulfill(status=404))
    page.locator("#months button[data-action=cite]").click()
    expect(page.locator("#months button[data-action=cite]")).to_have_text("No answer")
