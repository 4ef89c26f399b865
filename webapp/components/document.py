"""The HTML document around the application: head, header, banner, footer.

It is whole before any script runs, so that nothing jumps and a reader without scripts still sees
what this is, where the data come from, and a way to them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from webapp.components.browser_words import browser_words, plotly_locale
from webapp.figures.theme import LIGHT, swap, template
from webapp.language import Language, gettext, gettext_noop, locale, spoken
from webapp.static import BOOTSTRAP_STYLES, PLOTLY_SCRIPT
from webapp.urlstate.language import LANGUAGE_KEY
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
    languages: Mapping[Language, str],
    shelves: Sequence[ShelfView] = (),
) -> str:
    """The whole document.

    Args:
        head: Of this page.
        dataset: What is shown.
        parts: Dash's tags.
        base: Scheme and host of the request, for absolute links in previews.
        languages: Where the same page is in each language, without scheme and host.
        shelves: The datasets that can be chosen.
    """
    return f"""<!DOCTYPE html>
<html lang="{spoken()}" data-set="{escape(dataset.name)}">
<head>
{_head(head, parts=parts, base=base)}
{_alternates(languages, base=base)}
</head>
<body>
<a class="skip" href="#main">{gettext("Skip to the content")}</a>
{_header(dataset, languages=languages)}
{_banner(dataset)}
<main id="main" tabindex="-1">
<div id="react-entry-point"><div class="skeleton" aria-hidden="true">{_SKELETON}</div></div>
<noscript><p class="noscript">{_without_scripts(dataset)}</p></noscript>
</main>
{_footer(dataset, shelves=shelves)}
{_definition()}
{_themes()}
{parts.config}
{parts.scripts}
{parts.renderer}
</body>
</html>"""


def _themes() -> str:
    """What figures and scripts share, sent once: colours, template, words, Plotly's locale."""
    shared = {
        "theme-swap": swap(),
        "theme-template": template(LIGHT).to_plotly_json(),
        "words": browser_words(),
        "plotly-locale": plotly_locale(),
    }
    return "".join(
        f'<script type="application/json" id="{name}">{_embeddable(content)}</script>'
        for name, content in shared.items()
    )


def _definition() -> str:
    """The panel that a script fills with definitions and opens next to a button."""
    return f"""<div id="definition" class="definition" popover role="dialog" tabindex="-1"
 aria-label="{gettext("What the words mean")}">
<div class="definition-head"><span>{gettext("What the words mean")}</span>
<button type="button" class="tool" data-close>{gettext("Close")}</button></div>
<dl></dl><a href="/methods#definitions" data-nav>{gettext("All definitions")}</a></div>"""


def _embeddable(content: object) -> str:
    """JSON in which nothing can end the tag around it."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def _alternates(languages: Mapping[Language, str], *, base: str) -> str:
    return "\n".join(
        f'<link rel="alternate" hreflang="{language}" href="{escape(base.rstrip("/") + path)}">'
        for language, path in languages.items()
    )


def _without_scripts(dataset: DatasetView) -> str:
    text = gettext("The charts need JavaScript. The figures are also here as a table:")
    label = gettext("all towns (CSV)") if dataset.has_towns else gettext("all agencies (CSV)")
    return f'{text} <a href="/data/places.csv">{label}</a>.'


def embedded_document(
    head: PageHead, *, dataset: DatasetView, parts: DocumentParts, base: str
) -> str:
    """The document around one chart in the page of somebody else; arguments as above."""
    url = escape(f"{base.rstrip('/')}{head.path}")
    kind = _kind_of_data(dataset)
    until = gettext("data to {day}", day=words.day(dataset.last_day))
    return f"""<!DOCTYPE html>
<html lang="{spoken()}" data-set="{escape(dataset.name)}">
<head>
{_head(head, parts=parts, base=base)}
<meta name="robots" content="noindex">
</head>
<body class="embed">
<main id="main" tabindex="-1">
<div id="react-entry-point"></div>
<noscript><p class="noscript">{gettext("The chart needs JavaScript; see")}
<a href="{url}" target="_blank">{escape(head.title)}</a>.</p></noscript>
</main>
<footer class="embed-foot"><p><a href="{url}" target="_blank" data-whole>{_WORDMARK}</a> ·
{kind} · {until}</p></footer>
{_themes()}
{parts.config}
{parts.scripts}
{parts.renderer}
</body>
</html>"""


def error_document(*, title: str, text: str) -> str:
    """A page in words without scripts, for when there is nothing to show."""
    header = (
        f'<header class="top"><div class="wrap"><a class="wordmark" href="/">{_WORDMARK}</a>'
        "</div></header>"
    )
    return f"""<!DOCTYPE html>
<html lang="{spoken()}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · CT-Crimes</title>
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/assets/site.css">
<script src="/assets/theme.js"></script>
</head>
<body>
{header}
<main id="main"><div class="wrap lost"><h1>{escape(title)}</h1><p>{escape(text)}</p></div></main>
</body>
</html>"""


_PAGES: tuple[tuple[str, str, str], ...] = (
    ("/compare", "compare", gettext_noop("Compare")),
    ("/risk", "risk", gettext_noop("Which offence")),
    ("/officers", "officers", gettext_noop("Officers")),
    ("/methods", "methods", gettext_noop("Methods")),
)
"""Path, name and label of the pages beside the start."""
_LANGUAGE_NAMES: Mapping[Language, str] = {Language.ENGLISH: "English", Language.SPANISH: "Español"}
"""Each language in its own words."""
_SEVERAL = 2
_WORDMARK = "CT\N{NON-BREAKING HYPHEN}Crimes"
_SKELETON = (
    '<div class="wrap"><div class="bone bone-title"></div><div class="bone bone-line"></div>'
    '<div class="bone bone-strip"></div><div class="bone bone-card"></div></div>'
)


def _head(head: PageHead, *, parts: DocumentParts, base: str) -> str:
    title, description = escape(head.title), escape(head.description)
    own = "" if spoken() is Language.ENGLISH else f"?{LANGUAGE_KEY}={spoken()}"
    url = escape(f"{base.rstrip('/')}{head.path}{own}")
    return f"""<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{description}">
<meta property="og:site_name" content="CT-Crimes">
<meta property="og:locale" content="{locale()}">
<meta property="og:type" content="website">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{url}">
<link rel="canonical" href="{url}">
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<script src="/assets/theme.js"></script>
<link rel="stylesheet" href="{BOOTSTRAP_STYLES}">
<link rel="stylesheet" href="/theme.css">
<link rel="preload" as="script" href="{PLOTLY_SCRIPT}" data-plotly>
{parts.css}"""


def _header(dataset: DatasetView, *, languages: Mapping[Language, str]) -> str:
    start = gettext("Map") if dataset.has_map else gettext("Places")
    if dataset.has_towns:
        find, found = gettext("Find a town"), gettext("Towns found")
    else:
        find, found = gettext("Find a place"), gettext("Places found")
    pages = "\n".join(
        f'<a href="{path}" data-nav data-page="{name}">{gettext(label)}</a>'
        for path, name, label in _PAGES
    )
    return f"""<header class="top"><div class="wrap">
<a class="wordmark" href="/" data-nav>{_WORDMARK}</a>
<nav aria-label="{gettext("Pages")}"><a href="/" data-nav="keep" data-page="map">{start}</a>
{pages}</nav>
<div class="find" role="search">
<label class="sr-only" for="find">{find}</label>
<input id="find" type="text" role="combobox" aria-expanded="false" aria-controls="find-list"
 aria-autocomplete="list" autocomplete="off" autocapitalize="off" spellcheck="false"
 placeholder="{find}"><kbd aria-hidden="true">/</kbd>
<ul id="find-list" role="listbox" aria-label="{found}" hidden></ul>
<p id="find-status" class="sr-only" role="status"></p>
</div>
{_language_links(languages)}
<button id="theme-toggle" type="button" class="theme-toggle"
 aria-label="{gettext("Colour theme: system")}"><span aria-hidden="true"></span></button>
</div></header>"""


def _language_links(languages: Mapping[Language, str]) -> str:
    """The same page in the languages that are not spoken now, each in its own words."""
    return "".join(
        f'<a class="language" href="{escape(path)}" lang="{language}" hreflang="{language}" '
        f'data-language="{language}">{_LANGUAGE_NAMES[language]}</a>'
        for language, path in languages.items()
        if language is not spoken()
    )


def _banner(dataset: DatasetView) -> str:
    if not dataset.synthetic:
        return ""
    years = words.years_span(dataset.years)
    text = gettext(
        "They reproduce the published {years} totals, not what happened on a given day. "
        "Officers, population and borders are real.",
        years=years,
    )
    return (
        f'<aside class="banner" aria-label="{gettext("Simulated data")}"><div class="wrap"><p>'
        f"<strong>{gettext('Simulated incidents.')}</strong> {text}</p></div></aside>"
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
        f'<p class="picker"><label for="choose-data">{gettext("Data shown")}</label> '
        f'<select id="choose-data" data-dataset>{options}</select></p>'
    )


def _kind_of_data(dataset: DatasetView) -> str:
    if dataset.synthetic:
        return gettext("simulated incidents")
    return gettext("reported offences, not all crime")


def _footer(dataset: DatasetView, *, shelves: Sequence[ShelfView]) -> str:
    until = words.day(dataset.last_day)
    name = escape(dataset.name)
    source = gettext(
        "Source: FBI NIBRS and Police Employee Data, US Census Bureau · data to {day} · "
        "dataset {dataset} · {kind}",
        day=until,
        dataset=name,
        kind=_kind_of_data(dataset),
    )
    unit = gettext(
        "Counting unit: the offence; one incident may hold several. A month that an agency did "
        "not report is left open and never counts as zero."
    )
    citation = gettext(
        "CT-Crimes, dataset {dataset} ({hash}), data to {day}, from the National Incident-Based "
        "Reporting System and the Police Employee Data of the FBI",
        dataset=name,
        hash=dataset.sha256[:12],
        day=until,
    )
    simulated = f" ({gettext('simulated incidents')})" if dataset.synthetic else ""
    of_charts = gettext("“Cite” above a chart copies the citation of that chart.")
    return f"""<footer class="foot"><div class="wrap">
{_picker(dataset, shelves=shelves)}
<p>{source}</p>
<p>{unit}</p>
<details><summary>{gettext("How to cite")}</summary>
<p>{citation}{simulated}. {of_charts}</p></details>
</div></footer>"""
