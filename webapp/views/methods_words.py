"""The long texts of the methods page: rules, limits, and what the two models are."""

from webapp.language import gettext_noop

__all__ = [
    "AGENCY_RULE",
    "CLASS_CARD",
    "COUNTING_RULES",
    "COUNTY_RULE",
    "FORECAST_CARD",
    "FORECAST_SPLIT",
    "LIMITS",
    "TOWN_RULE",
]

COUNTING_RULES: tuple[str, ...] = (
    gettext_noop(
        "A month of an agency is known when it filed for it. From 2021 the bundles "
        "no longer tell a month of zero offences from one that was not reported; "
        "such a month is left open."
    ),
    gettext_noop(
        "A month that holds under a tenth of what the agency usually reports counts "
        "as not reported: late or partial filing would look like a fall in crime."
    ),
    gettext_noop(
        "A place's month is complete when all of its agencies reported, in part when "
        "those that did police four fifths of its people, else it is not known."
    ),
    gettext_noop(
        "A day of an unknown month is a gap in every chart and never a zero; no line "
        "is drawn through it. Rates and changes are shown for whole years only."
    ),
    gettext_noop("On a base under {fewest} only the count is shown, no rate and no change."),
)
"""When a figure is known, and how it counts; ``{fewest}`` is the least base of a rate."""

TOWN_RULE: str = gettext_noop(
    "Towns without a police department are served by State Police, whose reports "
    "do not say in which town an offence happened. They are hatched on the map."
)
"""What no figure of a town can say."""

AGENCY_RULE: str = gettext_noop(
    "An agency reports for a town when its name tells that it is the town's. A town without an "
    "agency of its own in the data has no figure, whoever polices it; it is hatched on the map."
)
"""The same where it is not known who polices a town without police."""

COUNTY_RULE: str = gettext_noop(
    "A county's figure adds up its agencies that reported every month. An agency of several "
    "counties is in none of theirs, and a county without an agency in the data is hatched."
)
"""What a figure of a county is."""

FORECAST_CARD: tuple[tuple[str, str], ...] = (
    (
        gettext_noop("What it tells"),
        gettext_noop(
            "How many offences of all kinds will be reported in a place on each of the next days, "
            "with 50, 80 and 95 % intervals, and the total of these days with its own."
        ),
    ),
    (
        gettext_noop("How"),
        gettext_noop(
            "One gradient-boosted model (LightGBM, Poisson) for all places. It starts from the "
            "recent level of the place, its weekday pattern and the drift of the State, and "
            "multiplies."
        ),
    ),
    (
        gettext_noop("What it knows"),
        gettext_noop(
            "Counts up to the origin (levels over several spans, same weekdays, days since), the "
            "state's counts, the calendar with named holidays, and officers per 1,000 of the year "
            "before. Nothing of persons, addresses or neighbourhoods."
        ),
    ),
    (
        gettext_noop("Intervals"),
        gettext_noop(
            "Negative binomial; how far counts scatter is measured on past forecasts, by place and "
            "volume, and grows with the days ahead. Totals have a spread of their own."
        ),
    ),
    (
        gettext_noop("Who speaks"),
        gettext_noop(
            "Either way to the horizon (all days at once, or day after day) and every baseline is "
            "tried for each volume band on validation windows; the best is served."
        ),
    ),
    (
        gettext_noop("Not for"),
        gettext_noop("Patrols, persons, addresses, single streets, or the ranking of places."),
    ),
)
"""Label and text of each row of the forecasts' card."""

FORECAST_SPLIT = gettext_noop(
    "Every model is trained on days before a date, its settings are chosen on later windows of 30 "
    "days, its intervals are measured on those same windows, and it is judged on windows later "
    "still. Nothing that is shown here was chosen on the windows that judge. A replay from an "
    "earlier day uses the newest model that had seen no day after it."
)
"""Which days the model learns from, and which judge it."""

CLASS_CARD: tuple[tuple[str, str], ...] = (
    (
        gettext_noop("What it tells"),
        gettext_noop(
            "Given that an offence is reported in a place, on a day, at an hour, at a type of "
            "location: of 100 such offences, about how many were of which class. It does not tell "
            "whether one will be."
        ),
    ),
    (
        gettext_noop("How"),
        gettext_noop(
            "Gradient-boosted trees (LightGBM) that start from the historical shares of place and "
            "location type, averaged with a log-linear model, and calibrated on later offences."
        ),
    ),
    (
        gettext_noop("What it knows"),
        gettext_noop(
            "Place, region and size of the town, location type, hour, weekday, season, holidays, "
            "and past shares. Nothing of persons: no age, sex, race or ethnicity."
        ),
    ),
    (
        gettext_noop("Beside it"),
        gettext_noop(
            "The historical shares of the same context, with the number of offences behind them. "
            "Where the model is not better than they are for a group, only they are shown."
        ),
    ),
    (gettext_noop("Not for"), gettext_noop("Anybody's own risk, patrols, persons, addresses.")),
)
"""The same for the model of classes."""

LIMITS: tuple[tuple[str, str], ...] = (
    (
        gettext_noop("Reported is not occurred."),
        gettext_noop(
            "How often people report differs by offence, by place and by trust in "
            "the police. A forecast here is a forecast of reports."
        ),
    ),
    (
        gettext_noop("No ranking."),
        gettext_noop(
            "Figures of two places differ with what is reported, who is counted as "
            "resident and who comes to work or to shop. The FBI itself warns "
            "against ranking agencies."
        ),
    ),
    (
        gettext_noop("Not for patrols, not for persons."),
        gettext_noop(
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
        gettext_noop("Small counts vary by chance."),
        gettext_noop(
            "In a small town half as many or twice as many as last year may mean "
            "nothing; the intervals say how much chance alone does."
        ),
    ),
    (
        gettext_noop("Officers are no cause."),
        gettext_noop("Their numbers stand beside offences and do not explain them."),
    ),
    (
        gettext_noop("Holidays are marked, not blamed."),
        gettext_noop("A day that is often higher is told by name; why it is, no count says."),
    ),
)
"""What must not be read into the figures: the rule, and why."""
