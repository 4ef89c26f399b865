"""The HTML document around the application: head, header, banner, footer.

It is whole before any script runs, so that nothing jumps and a reader without scripts still sees
what this is, where the data come from, and a way to them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from webapp.figures.theme import LIGHT, swap, template
from webapp.static import PLOTLY_SCRIPT
from webapp.views import words
from webapp.views.common import DatasetView, ShelfView

__all__ = ["DocumentParts", "PageHead", "document", "embedded_document", "error_document"]


@dataclass(frozen=True, kw_only=True)
class PageHead:
    """What search engines and link previews are told of a page."""

    title: str
    description: str
    path: str


@dataclass(frozen=True, kw_only=True)
class DocumentParts:
    """The pieces that Dash makes."""

    css: str
    config: str
    scripts: str
    renderer: str


def document(
    head: PageHead,
    *,
    dataset: DatasetView,
    parts: DocumentParts,
    base: str,
    shelves: Sequence[ShelfView] = (),
) -> str:
    """The whole document.

    Args:
        head: Of this page.
        dataset: What is shown.
        parts: Dash's tags.
        base: Scheme and host of the request, for absolute links in previews.
        shelves: The datasets that can be chosen.
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
{_head(head, parts=parts, base=base)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
{_header(dataset)}
{_banner(dataset)}
<main id="main" tabindex="-1">
<div id="react-entry-point"><div class="skeleton" aria-hidden="true">{_SKELETON}</div></div>
<noscript><p class="noscript">The charts need JavaScript. The figures are also here as a table:
<a href="/data/places.csv">all {dataset.places_noun} (CSV)</a>.</p></noscript>
</main>
{_footer(dataset, shelves=shelves)}
{_themes()}
{parts.config}
{parts.scripts}
{parts.renderer}
</body>
</html>"""


def _themes() -> str:
    """What every figure shares, sent once: the partners of the colours, and the template."""
    shared = {"theme-swap": swap(), "theme-template": template(LIGHT).to_plotly_json()}
    return "".join(
        f'<script type="application/json" id="{name}">{json.dumps(content)}</script>'
        for name, content in shared.items()
    )


def embedded_document(
    head: PageHead, *, dataset: DatasetView, parts: DocumentParts, base: str
) -> str:
    """The document around one chart in the page of somebody else; arguments as above."""
    url = escape(f"{base.rstrip('/')}{head.path}")
    kind = "simulated incidents" if dataset.synthetic else "reported offences, not all crime"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
{_head(head, parts=parts, base=base)}
<meta name="robots" content="noindex">
</head>
<body class="embed">
<main id="main" tabindex="-1">
<div id="react-entry-point"></div>
<noscript><p class="noscript">The chart needs JavaScript; see <a href="{url}" target="_blank">
{escape(head.title)}</a>.</p></noscript>
</main>
<footer class="embed-foot"><p><a href="{url}" target="_blank" data-whole>{_WORDMARK}</a> ·
{kind} · data to {words.day(dataset.last_day)}</p></footer>
{_themes()}
{parts.config}
{parts.scripts}
{parts.renderer}
</body>
</html>"""


def error_document(*, title: str, text: str, dataset: DatasetView | None = None) -> str:
    """A page in words without scripts, for when there is nothing to show."""
    header = _header(dataset) if dataset else '<header class="top"><div class="wrap">'
    closing = "" if dataset else f'<a class="wordmark" href="/">{_WORDMARK}</a></div></header>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · CT-Crimes</title>
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/assets/site.css">
<script src="/assets/theme.js"></script>
</head>
<body>
{header}{closing}
<main id="main"><div class="wrap lost"><h1>{escape(title)}</h1><p>{escape(text)}</p></div></main>
</body>
</html>"""


_PAGES: tuple[tuple[str, str, str], ...] = (
    ("/compare", "compare", "Compare"),
    ("/risk", "risk", "Which offence"),
    ("/officers", "officers", "Officers"),
    ("/methods", "methods", "Methods"),
)
"""Path, name and label of the pages beside the start."""
_SEVERAL = 2
_WORDMARK = "CT\N{NON-BREAKING HYPHEN}Crimes"
_SKELETON = (
    '<div class="wrap"><div class="bone bone-title"></div><div class="bone bone-line"></div>'
    '<div class="bone bone-strip"></div><div class="bone bone-card"></div></div>'
)


def _head(head: PageHead, *, parts: DocumentParts, base: str) -> str:
    title, description = escape(head.title), escape(head.description)
    url = escape(f"{base.rstrip('/')}{head.path}")
    return f"""<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{description}">
<meta property="og:site_name" content="CT-Crimes">
<meta property="og:type" content="website">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{url}">
<link rel="canonical" href="{url}">
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<script src="/assets/theme.js"></script>
<link rel="stylesheet" href="/theme.css">
<link rel="preload" as="script" href="{PLOTLY_SCRIPT}" data-plotly>
{parts.css}"""


def _header(dataset: DatasetView) -> str:
    noun, start = ("town", "Map") if dataset.has_map else ("place", "Places")
    pages = "\n".join(
        f'<a href="{path}" data-nav data-page="{name}">{label}</a>' for path, name, label in _PAGES
    )
    return f"""<header class="top"><div class="wrap">
<a class="wordmark" href="/" data-nav>{_WORDMARK}</a>
<nav aria-label="Pages"><a href="/" data-nav="keep" data-page="map">{start}</a>
{pages}</nav>
<div class="find" role="search">
<label class="sr-only" for="find">Find a {noun}</label>
<input id="find" type="text" role="combobox" aria-expanded="false" aria-controls="find-list"
 aria-autocomplete="list" autocomplete="off" autocapitalize="off" spellcheck="false"
 placeholder="Find a {noun}"><kbd aria-hidden="true">/</kbd>
<ul id="find-list" role="listbox" aria-label="{noun.capitalize()}s found" hidden></ul>
<p id="find-status" class="sr-only" role="status"></p>
</div>
<button id="theme-toggle" type="button" class="theme-toggle" aria-label="Colour theme: system">
<span aria-hidden="true"></span></button>
</div></header>"""


def _banner(dataset: DatasetView) -> str:
    if not dataset.synthetic:
        return ""
    first, last = dataset.years[0], dataset.years[-1]
    return (
        '<aside class="banner" aria-label="Simulated data"><div class="wrap"><p>'
        "<strong>Simulated incidents.</strong> They reproduce the published "
        f"{first}\N{EN DASH}{last} totals, not what happened on a given day. Officers, "
        "population and borders are real.</p></div></aside>"
    )


def _picker(dataset: DatasetView, *, shelves: Sequence[ShelfView]) -> str:
    """A choice of dataset, where there is one."""
    if len(shelves) < _SEVERAL:
        return ""
    options = "".join(
        f'<option value="{escape(shelf.name)}"{" selected" if shelf.name == dataset.name else ""}>'
        f"{escape(shelf.label)}</option>"
        for shelf in shelves
    )
    return (
        '<p class="picker"><label for="choose-data">Data shown</label> '
        f'<select id="choose-data" data-dataset>{options}</select></p>'
    )


def _footer(dataset: DatasetView, *, shelves: Sequence[ShelfView]) -> str:
    until = words.day(dataset.last_day)
    kind = "simulated incidents" if dataset.synthetic else "reported offences, not all crime"
    name = escape(dataset.name)
    simulated = " (simulated incidents)" if dataset.synthetic else ""
    return f"""<footer class="foot"><div class="wrap">
{_picker(dataset, shelves=shelves)}
<p>Source: FBI NIBRS and Police Employee Data, US Census Bureau · data to {until} ·
dataset {name} · {kind}</p>
<p>Counting unit: the offence; one incident may hold several. A month that an agency did not report
is left open and never counts as zero.</p>
<details><summary>How to cite</summary>
<p>CT-Crimes, dataset {name} ({dataset.sha256[:12]}), data to {until}, from the National
Incident-Based Reporting System of the FBI{simulated}.</p></details>
</div></footer>"""
