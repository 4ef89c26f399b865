"""The sections of the methods page that no evaluation fills: data, words, models, limits."""

from dash import html
from dash.development.base_component import Component

from core import __version__
from core.nibrs.codes import BroadGroup
from webapp.components.attributes import wild
from webapp.components.choices import worded
from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.definitions import (
    GROUP_DEFINITIONS,
    MEASURE_DEFINITIONS,
)
from webapp.views.methods import DataView, categories_of, citation, data_facts, size_words
from webapp.views.methods_words import (
    AGENCY_RULE,
    COUNTING_RULES,
    COUNTY_RULE,
    LIMITS,
    TOWN_RULE,
)

__all__ = [
    "cite_section",
    "counting_section",
    "data_section",
    "definitions_section",
    "limits_section",
    "paragraphs",
    "programs_section",
    "section",
]


def section(anchor: str, heading: str, children: list[Component]) -> html.Section:
    """A section that an address can lead to."""
    return html.Section(
        [html.H2(heading, id=anchor, tabIndex=-1), *children],
        className="methods-section",
        **wild(aria_labelledby=anchor),
    )


def paragraphs(*texts: str) -> list[Component]:
    """Each text as a paragraph."""
    return [html.P(text) for text in texts]


def data_section(view: DataView) -> html.Section:
    """What the manifest says."""
    return section(
        "data",
        gettext("What the data are"),
        [
            *([html.P(gettext(_SIMULATED), className="methods-notice")] if view.synthetic else []),
            *paragraphs(
                gettext(_SOURCES, files=_boundary_files(view)),
            ),
            html.Dl(
                [html.Div([html.Dt(label), html.Dd(value)]) for label, value in data_facts(view)],
                className="facts-list",
            ),
            *_bundles(view),
        ],
    )


def _boundary_files(view: DataView) -> str:
    if view.borders is None:
        return gettext("the US Census Bureau's boundary files")
    return gettext("the US Census Bureau's cartographic boundary files ({year})", year=view.borders)


_SOURCES = gettext_noop(
    "The offences come from the National Incident-Based Reporting System (NIBRS) of the FBI, "
    "officers and population of agencies from its Police Employee data, borders from {files}. The "
    "program reads the state bundles of the FBI's Crime Data Explorer and writes a dataset with a "
    "list of its files; everything on these pages comes from that."
)
_SIMULATED = gettext_noop(
    "The incidents of this dataset are simulated. They add up to the published totals by year, "
    "town and kind, but no day, hour or place of a single one of them is real. Officers, "
    "population and borders are real. What follows about models is measured on these simulated "
    "incidents."
)


def _bundles(view: DataView) -> list[Component]:
    if not view.bundles:
        return []
    head = (
        gettext("Bundle"),
        gettext("Year"),
        gettext("Incidents"),
        gettext("Offences"),
        gettext("Size"),
        "SHA-256",
    )
    rows = [
        html.Tr(
            [
                html.Th(each.name, scope="row"),
                html.Td(str(each.year), className="number"),
                html.Td(words.number(each.incidents), className="number"),
                html.Td(words.number(each.offences), className="number"),
                html.Td(size_words(each.size), className="number"),
                html.Td(html.Code(each.sha256[:16], title=each.sha256)),
            ]
        )
        for each in view.bundles
    ]
    table = html.Table(
        [
            html.Caption(gettext("Bundles that the dataset was built from"), className="sr-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Th(label, scope="col", className="number" if 0 < i < 5 else "")  # noqa: PLR2004 - between the name and the hash
                        for i, label in enumerate(head)
                    ]
                )
            ),
            html.Tbody(rows),
        ],
        className="data",
    )
    region = wild(aria_label=gettext("Bundles that the dataset was built from"))
    return [
        html.H3(gettext("Bundles")),
        html.Div(table, className="scroll", tabIndex=0, role="region", **region),
    ]


def counting_section(view: DataView) -> html.Section:
    """Unit, and what a month without a report means."""
    rules = (*COUNTING_RULES, _map_rule(view))
    return section(
        "counting",
        gettext("What is counted, and when a month is known"),
        [
            *paragraphs(
                gettext(
                    "The counting unit is the offence. One incident may hold several; where a page "
                    "counts incidents it says so. An offence belongs to the day of its incident. "
                    "Where the agency gave only the day of the report, that day is taken."
                )
            ),
            html.Ul([html.Li(gettext(text, fewest=words.TOO_FEW)) for text in rules]),
        ],
    )


def _map_rule(view: DataView) -> str:
    if not view.towns:
        return COUNTY_RULE
    return TOWN_RULE if view.state_police else AGENCY_RULE


def definitions_section() -> html.Section:
    """Measures, and each category of offences: a script fills the lists."""
    groups = [
        html.Details(
            [
                html.Summary(
                    [
                        html.Strong(words.group_heading(group)),
                        f" {gettext(GROUP_DEFINITIONS[group])}",
                    ]
                ),
                _definitions("class", *(each.slug for each in categories_of(group))),
            ],
            id=f"group-{group.value}",
        )
        for group in BroadGroup
    ]
    return section(
        "definitions",
        gettext("What the words mean"),
        [
            _definitions("measure", *MEASURE_DEFINITIONS),
            html.H3(gettext("Kinds of offences")),
            *paragraphs(
                gettext(
                    "The categories and codes are the FBI's; the three broad groups are ours. "
                    "Group B offences are known from arrests alone and rarely stand in these data."
                )
            ),
            *groups,
        ],
    )


def _definitions(prefix: str, *keys: str) -> html.Dl:
    """The prefix and a key between them make the anchor of a definition."""
    return html.Dl(
        className="definitions", **wild(data_definitions=" ".join(keys), data_prefix=prefix)
    )


def limits_section() -> html.Section:
    """What must not be read into it."""
    return section(
        "limits",
        gettext("Limits"),
        [
            html.Ul(
                [
                    html.Li([html.Strong(gettext(strong)), f" {gettext(text)}"])
                    for strong, text in LIMITS
                ]
            )
        ],
    )


def cite_section(view: DataView) -> html.Section:
    """How to cite, and how changes are told."""
    return section(
        "cite",
        gettext("Changes, and how to cite"),
        [
            html.P(citation(view, version=__version__), className="citation"),
            *paragraphs(
                gettext(
                    "A dataset is never changed in place: when it is built anew, its hash is "
                    "another, and the hash stands on every download and at the foot of every "
                    "page. Two figures under the same hash are the same. Source of the offences: "
                    "Federal Bureau of Investigation, Crime Data Explorer, NIBRS."
                )
            ),
        ],
    )


def programs_section() -> html.Section:
    """Where programs find the same figures."""
    return section(
        "programs",
        gettext("For programs"),
        [
            html.P(
                worded(
                    _PROGRAMS,
                    folder=html.Code("/data/"),
                    metadata=html.Code(".metadata.json"),
                    example=html.A(gettext("all places as CSV"), href="/data/places.csv"),
                    description=html.A(gettext("one file (OpenAPI)"), href="/data/openapi.json"),
                )
            )
        ],
    )


_PROGRAMS = gettext_noop(
    "Behind each chart stands a table under {folder} as CSV and JSON, with what its columns mean "
    "in {metadata}: for example {example}. The query string is that of the page. Every address is "
    "described in {description}."
)
