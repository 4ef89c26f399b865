"""What visits to the application ask for, as requests of one mix."""

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

SEED = 20240101
CALLBACK = "/_dash-update-component"
PLACES = (
    "hartford",
    "new-haven",
    "bridgeport",
    "stamford",
    "waterbury",
    "avon",
    "norwich",
    "union",
)
KINDS = ("all", "violent", "property", "larceny", "burglary", "motor-vehicle-theft")
CHARTS_OF_A_TOWN = ("months", "days", "kinds", "officers")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request; a body makes it a callback."""

    path: str
    body: bytes | None = None


def mix() -> list[Asked]:
    """Half callbacks, a quarter pages, a quarter data, as visits make them; always the same."""
    dice = random.Random(SEED)  # noqa: S311 - a mix to be repeated, not a secret
    made: list[Asked] = []
    for place, kind, year in itertools.product(PLACES, KINDS, (2022, 2023, 2024)):
        town, query = f"/town/{place}", f"?of={kind}&year={year}"
        chart = dice.choice(CHARTS_OF_A_TOWN)
        made += [
            Asked(path=f"{town}{query}"),
            Asked(path=CALLBACK, body=message("page.children", town, query)),
            Asked(path=CALLBACK, body=filled(town, query, charts=CHARTS_OF_A_TOWN)),
            Asked(path=CALLBACK, body=filled("/", query, charts=("map",))),
            Asked(path=f"/data/{chart}.csv{query}&place={place}"),
            Asked(path=CALLBACK, body=filled("/compare", f"?towns={place},avon", charts=())),
            Asked(path=f"/data/cards.json{query}"),
            Asked(path=f"/?{query[1:]}&measure=count"),
        ]
    dice.shuffle(made)
    return made


def message(output: str, path: str, search: str | None) -> bytes:
    """A callback's message that asks for a page."""
    identifier, prop = output.split(".")
    state = [{"id": "location", "property": "search", "value": search}]
    return json.dumps(
        {
            "output": output,
            "outputs": {"id": identifier, "property": prop},
            "inputs": [{"id": "location", "property": "pathname", "value": path}],
            "state": [] if search is None else state,
            "changedPropIds": ["location.pathname"],
        }
    ).encode()


FILL = (
    "..notice.children...tab-title.data...{headlines}.children...{titles}.children..."
    "{summaries}.children...{specs}.data...{asides}.children.."
)


def filled(path: str, search: str, *, charts: Sequence[str]) -> bytes:
    """A callback's message that asks for the charts of a page."""

    def wild(kind: str, key: str, prop: str, names: Sequence[str]) -> list[dict[str, object]]:
        return [{"id": {"type": kind, key: name}, "property": prop} for name in names]

    def any_of(kind: str, key: str) -> str:
        return json.dumps({key: ["ALL"], "type": kind}, separators=(",", ":"))

    output = FILL.format(
        headlines=any_of("headline", "page"),
        titles=any_of("title", "chart"),
        summaries=any_of("summary", "chart"),
        specs=any_of("spec", "chart"),
        asides=any_of("aside", "chart"),
    )
    return json.dumps(
        {
            "output": output,
            "outputs": [
                {"id": "notice", "property": "children"},
                {"id": "tab-title", "property": "data"},
                [],
                wild("title", "chart", "children", charts),
                wild("summary", "chart", "children", charts),
                wild("spec", "chart", "data", charts),
                [],
            ],
            "inputs": [{"id": "location", "property": "search", "value": search}],
            "state": [{"id": "location", "property": "pathname", "value": path}],
            "changedPropIds": ["location.search"],
        }
    ).encode()
