"""The long texts of the methods page: rules, limits, and what the two models are."""

from webapp.views.words import TOO_FEW

__all__ = ["CLASS_CARD", "COUNTING_RULES", "FORECAST_CARD", "FORECAST_SPLIT", "LIMITS"]

COUNTING_RULES: tuple[str, ...] = (
    (
        "A month of an agency is known when it filed for it. From 2021 the bundles "
        "no longer tell a month of zero offences from one that was not reported; "
        "such a month is left open."
    ),
    (
        "A month that holds under a tenth of what the agency usually reports counts "
        "as not reported: late or partial filing would look like a fall in crime."
    ),
    (
        "A place's month is complete when all of its agencies reported, in part when "
        "those that did police four fifths of its people, else it is not known."
    ),
    (
        "A day of an unknown month is a gap in every chart and never a zero; no line "
        "is drawn through it. Rates and changes are shown for whole years only."
    ),
    (f"On a base under {TOO_FEW} only the count is shown, no rate and no change."),
    (
        "Towns without a police department are served by State Police, whose reports "
        "do not say in which town an offence happened. They are hatched on the map."
    ),
)
"""When a figure is known, and how it counts."""

FORECAST_CARD: tuple[tuple[str, str], ...] = (
    (
        "What it tells",
        (
            "How many offences of all kinds will be reported in a place on each of the next days, "
            "with 50, 80 and 95 % intervals, and the total of these days with its own."
        ),
    ),
    (
        "How",
        (
            "One gradient-boosted model (LightGBM, Poisson) for all places. It starts from the "
            "recent level of the place, its weekday pattern and the drift of the State, and "
            "multiplies."
        ),
    ),
    (
        "What it knows",
        (
            "Counts up to the origin (levels over several spans, same weekdays, days since), the "
            "state's counts, the calendar with named holidays, and officers per 1,000 of the year "
            "before. Nothing of persons, addresses or neighbourhoods."
        ),
    ),
    (
        "Intervals",
        (
            "Negative binomial; how far counts scatter is measured on past forecasts, by place and "
            "volume, and grows with the days ahead. Totals have a spread of their own."
        ),
    ),
    (
        "Who speaks",
        (
            "Either way to the horizon (all days at once, or day after day) and every baseline is "
            "tried for each volume band on validation windows; the best is served."
        ),
    ),
    (
        "Not for",
        "Patrols, persons, addresses, single streets, or the ranking of places.",
    ),
)
"""Label and text of each row of the forecasts' card."""

FORECAST_SPLIT = (
    "Every model is trained on days before a date, its settings are chosen on later windows of 30 "
    "days, its intervals are measured on those same windows, and it is judged on windows later "
    "still. Nothing that is shown here was chosen on the windows that judge. A replay from an "
    "earlier day uses the newest model that had seen no day after it."
)
"""Which days the model learns from, and which judge it."""

CLASS_CARD: tuple[tuple[str, str], ...] = (
    (
        "What it tells",
        (
            "Given that an offence is reported in a place, on a day, at an hour, at a type of "
            "location: of 100 such offences, about how many were of which class. It does not tell "
            "whether one will be."
        ),
    ),
    (
        "How",
        (
            "Gradient-boosted trees (LightGBM) that start from the historical shares of place and "
            "location type, averaged with a log-linear model, and calibrated on later offences."
        ),
    ),
    (
        "What it knows",
        (
            "Place, region and size of the town, location type, hour, weekday, season, holidays, "
            "and past shares. Nothing of persons: no age, sex, race or ethnicity."
        ),
    ),
    (
        "Beside it",
        (
            "The historical shares of the same context, with the number of offences behind them. "
            "Where the model is not better than they are for a group, only they are shown."
        ),
    ),
    ("Not for", "Anybody's own risk, patrols, persons, addresses."),
)
"""The same for the model of classes."""

LIMITS: tuple[tuple[str, str], ...] = (
    (
        "Reported is not occurred.",
        (
            "How often people report differs by offence, by place and by trust in "
            "the police. A forecast here is a forecast of reports."
        ),
    ),
    (
        "No ranking.",
        (
            "Figures of two places differ with what is reported, who is counted as "
            "resident and who comes to work or to shop. The FBI itself warns "
            "against ranking agencies."
        ),
    ),
    (
        "Not for patrols, not for persons.",
        (
            "Where police go, they record more; a model that learns from these "
            "records and sends them there again confirms itself (Lum and Isaac, “To "
            "predict and serve?”, Significance 2016; Ensign and others, “Runaway "
            "feedback loops in predictive policing”, FAT* 2018). So there is "
            "nothing here below the level of a town and a day, and no person, "
            "address, victim or suspect. Race, ethnicity and nationality are in "
            "no model."
        ),
    ),
    (
        "Small counts vary by chance.",
        (
            "In a small town half as many or twice as many as last year may mean "
            "nothing; the intervals say how much chance alone does."
        ),
    ),
    (
        "Officers are no cause.",
        "Their numbers stand beside offences and do not explain them.",
    ),
    (
        "Holidays are marked, not blamed.",
        "A day that is often higher is told by name; why it is, no count says.",
    ),
)
"""What must not be read into the figures: the rule, and why."""
