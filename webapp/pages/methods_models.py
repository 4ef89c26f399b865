"""The cards of the two models, and what their evaluations say in words."""

from dash import html
from dash.development.base_component import Component

from webapp import ids
from webapp.components.card import table_card
from webapp.language import gettext, gettext_noop, ngettext, pgettext
from webapp.pages.methods_text import paragraphs
from webapp.views import words
from webapp.views.methods import DataView, learned_words
from webapp.views.methods_risk import (
    RiskEvaluation,
    better_models,
    class_model_label,
    served_class_scores,
)
from webapp.views.methods_volume import (
    VolumeEvaluation,
    better_methods,
    model_label,
    served_scores,
)
from webapp.views.methods_words import CLASS_CARD, FORECAST_CARD, FORECAST_SPLIT

__all__ = [
    "classes_card",
    "classes_words",
    "forecast_card",
    "group_table",
    "pit_list",
    "quality_table",
    "volume_words",
]


def _card(rows: list[tuple[str, str]]) -> html.Dl:
    return html.Dl(
        [html.Div([html.Dt(gettext(label)), html.Dd(gettext(text))]) for label, text in rows],
        className="model-card",
    )


def forecast_card(data: DataView, *, evaluation: VolumeEvaluation | None) -> list[Component]:
    """What the forecasts are made with."""
    rows = list(FORECAST_CARD)
    if data.learned_with:
        rows.append((gettext_noop("Learned from"), learned_words(data)))
    if evaluation is not None:
        rows.append((gettext_noop("What was chosen"), _chosen(evaluation)))
    return [
        _card(rows),
        html.H3(gettext("How the days are split")),
        *paragraphs(gettext(FORECAST_SPLIT)),
    ]


def _chosen(evaluation: VolumeEvaluation) -> str:
    if evaluation.by_baseline:
        spoke = ngettext(
            "in {count} place a baseline spoke in at least one test window",
            "in {count} places a baseline spoke in at least one test window",
            evaluation.by_baseline,
            count=words.number(evaluation.by_baseline),
        )
    else:
        spoke = gettext("no place needed a baseline in the test")
    return gettext(
        "By {count} validation windows: {model}; {spoke}.",
        count=evaluation.validated,
        model=model_label(evaluation.way),
        spoke=spoke,
    )


def volume_words(evaluation: VolumeEvaluation) -> list[Component]:
    """What the back-test says, beginning with where it is not in our favour."""
    served = served_scores(evaluation)
    better = better_methods(evaluation)
    accuracy = _percent(served.volume_accuracy_mean), _percent(served.volume_accuracy_min)
    beaten = [
        f"{model_label(each.name)} ({words.percent(each.share)})"
        for each in evaluation.beaten
        if each.name not in ("direct", "recursive")
    ]
    return [
        *paragraphs(
            gettext(
                "{count} places were forecast blind, {when}, by the model that is served and by "
                "every baseline, and then laid beside what was reported.",
                count=evaluation.places,
                when=evaluation.when,
            )
        ),
        *(
            [html.P(gettext("Another method is better than what is served in:")), _list(better)]
            if better
            else paragraphs(
                gettext("In no measure of the table is another method better than what is served.")
            )
        ),
        *paragraphs(
            gettext(
                "Share of the places in which the served forecast has the smaller deviance than "
                "each baseline: {shares}.",
                shares=words.joined(tuple(beaten)),
            )
            if beaten
            else "",
            gettext(
                "A forecast that knew every true rate would still have a deviance of {deviance} "
                "and a WAPE of {wape}: that much is chance. Over all places and 30 days together "
                "the volume was right to {mean} on average over {count} windows, {worst} at "
                "worst.",
                deviance=_three(evaluation.floor_deviance),
                wape=_three(evaluation.floor_wape),
                mean=accuracy[0],
                count=evaluation.origins,
                worst=accuracy[1],
            ),
        ),
    ]


def _list(items: tuple[str, ...]) -> html.Ul:
    return html.Ul([html.Li(item) for item in items])


def _percent(value: float | None) -> str:
    if value is None:
        return gettext("an unknown part")
    return f"{words.decimal(value * 100)}\N{NO-BREAK SPACE}%"


def _three(value: float | None) -> str:
    return gettext("unknown size") if value is None else words.decimal(value, places=3)


def pit_list(evaluation: VolumeEvaluation) -> list[Component]:
    """The probability integral transform as ten bars."""
    highest = max(evaluation.pit) or 1.0
    return [
        html.H3(gettext("Where in the forecast distribution the counts fell")),
        *paragraphs(
            gettext(
                "The distribution of each day is cut into ten parts that are equally likely. If "
                "it is right, a tenth of the counts falls into each; more at both ends would mean "
                "intervals that are too narrow, more on one side a forecast that is too high or "
                "too low."
            )
        ),
        html.Ol(
            [
                html.Li(
                    [
                        html.Span(
                            gettext("{low} to {high}", low=10 * n, high=10 * n + 10),
                            className="spread-label",
                        ),
                        html.Span(
                            [
                                html.Span(
                                    className="spread-bar",
                                    style={"width": f"{70 * share / highest:.1f}%"},
                                ),
                                html.Span(_percent(share), className="spread-count"),
                            ],
                            className="spread-track",
                        ),
                    ]
                )
                for n, share in enumerate(evaluation.pit)
            ],
            className="pit",
        ),
    ]


def classes_card(evaluation: RiskEvaluation | None) -> list[Component]:
    """What the probabilities of classes are made with."""
    rows = list(CLASS_CARD)
    if evaluation is None:
        return [_card(rows)]
    alone = words.joined(evaluation.history_only)
    rows.append(
        (
            gettext_noop("History alone for"),
            alone or gettext("no group: the model was better than history for each on validation"),
        )
    )
    split = (
        (gettext("Training from"), evaluation.train),
        (gettext("Settings chosen from"), evaluation.validation),
        (gettext("Calibrated from"), evaluation.calibration),
        (gettext("Judged from"), evaluation.test),
        (pgettext("last day", "to"), evaluation.last_day),
    )
    return [
        _card(rows),
        html.H3(gettext("How the days are split")),
        html.Dl(
            [html.Div([html.Dt(label), html.Dd(words.day(day))]) for label, day in split],
            className="facts-list",
        ),
    ]


def classes_words(evaluation: RiskEvaluation) -> list[Component]:
    """What the comparison says, beginning with where it is not in our favour."""
    served = served_class_scores(evaluation)
    better = better_models(evaluation)
    return [
        *paragraphs(
            gettext(
                "{when}: each model learned from what was reported before and told a probability "
                "for each class of each offence.",
                when=words.capitalised(evaluation.when),
            )
        ),
        *(
            [html.P(gettext("Another model is better than what is served in:")), _list(better)]
            if better
            else paragraphs(
                gettext("In no measure of error is another model better than what is served.")
            )
        ),
        *paragraphs(
            gettext(
                "Brier skill against the historical shares of the context: {skill}. Its likeliest "
                "class was right for {first} of the offences, and the class was among its three "
                "likeliest for {three}.",
                skill=_percent(served.brier_skill_13),
                first=_percent(served.top1_13),
                three=_percent(served.top3_13),
            ),
            gettext(
                "Rare classes can be made likelier by resampling the training data, as is often "
                "done. The table tells what that does to the probabilities; on validation the "
                "best way was “{name}”.",
                name=class_model_label(evaluation.chosen),
            ),
        ),
    ]


def quality_table() -> html.Section:
    """Each class: told, happened, and how well it is decided."""
    return table_card(
        ids.CHART_CLASS_QUALITY,
        heading=gettext("Class by class"),
        note=gettext(
            "Precision and recall are those of the class that is named, by the decision rule."
        ),
    )


def group_table() -> html.Section:
    """The audit of groups."""
    return table_card(
        ids.CHART_CLASS_GROUPS,
        heading=gettext("Groups of test offences with their error"),
        note=gettext(
            "The interval is drawn by incident; a Brier skill whose interval lies below zero means "
            "that history alone does better there."
        ),
    )
