"""What the words mean: measures of the pages, and each category of offences, in a sentence.

The categories are the FBI's (National Incident-Based Reporting System User Manual, 2023.0, section
2); the sentences are ours, shorter than the manual's definitions.
"""

from collections.abc import Mapping
from types import MappingProxyType

from core.nibrs.codes import BroadGroup
from webapp.views.words import TOO_FEW

__all__ = ["CATEGORY_DEFINITIONS", "GROUP_DEFINITIONS", "MEASURE_DEFINITIONS"]

MEASURE_DEFINITIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "offence": (
            "Offence",
            (
                "The counting unit: one entry of a reporting agency under one of the FBI's codes. "
                "An incident may hold several, each is counted."
            ),
        ),
        "incident": (
            "Incident",
            (
                "One event as the agency recorded it: same place, same time, same people. The "
                "number of incidents can be chosen instead of that of offences."
            ),
        ),
        "reported": (
            "Reported",
            (
                "What an agency recorded and sent to the FBI. What nobody told the police is not "
                "in it, and how much that is differs by offence and by place."
            ),
        ),
        "rate": (
            "Per 1,000 people",
            (
                "Offences of a year over the population that the FBI gives for the agency in that "
                f"year, times 1,000. Not shown under {TOO_FEW} offences, or if a month is missing."
            ),
        ),
        "change": (
            "Change on the year before",
            (
                "Offences of the year over those of the year before, less 1. Not shown where the "
                f"year before had fewer than {TOO_FEW}, or where a month is missing in either year."
            ),
        ),
        "officers": (
            "Sworn officers per 1,000",
            (
                "Officers with arrest powers on 31 October of the year, over the population, times "
                "1,000. Civilians are not among them."
            ),
        ),
        "median": (
            "Forecast, median",
            "The count that is as likely to be exceeded as not to be reached.",
        ),
        "interval": (
            "50, 80 and 95 % interval",
            (
                "Limits that the count should lie between once in two, four times in five and 19 "
                "times in 20. How often it did is measured under “Do the intervals hold?”."
            ),
        ),
        "baseline": (
            "Baseline",
            (
                "A forecast by a simple rule, such as the mean of the last 56 days. A model that "
                "is not better than it is not worth its trouble."
            ),
        ),
        "wape": (
            "WAPE",
            (
                "Sum of all absolute errors over the sum of all counts. For small counts it "
                "rewards forecasts that are too low; so it never stands alone here."
            ),
        ),
        "deviance": (
            "Poisson deviance",
            (
                "Error of a forecast of counts that punishes a forecast near zero where something "
                "happened. 0 is a perfect forecast; chance alone makes it about 1."
            ),
        ),
        "crps": (
            "CRPS",
            "Error of a whole distribution of counts; of a single number, its absolute error.",
        ),
        "mase": (
            "MASE, RMSSE",
            "Absolute and squared error over those of a forecast that repeats the last day.",
        ),
        "bias": ("Bias", "Sum of the forecasts over the sum of the counts, less 1."),
        "volume-accuracy": (
            "Volume accuracy",
            "1 less the absolute bias of all places and 30 days together.",
        ),
        "log-loss": (
            "Log loss",
            (
                "Mean of the negative logarithm of the probability of the class that was reported, "
                "in nats. Less is better."
            ),
        ),
        "brier-skill": (
            "Brier skill",
            (
                "How much smaller the squared error of the probabilities is than that of the past "
                "shares of the same place and location type. Below zero, history does better."
            ),
        ),
        "calibration-error": (
            "Calibration error",
            (
                "Mean distance between the probability that was told and how often it happened, in "
                "ten bins a class, mean over classes."
            ),
        ),
    }
)
"""Anchor to term and meaning."""

GROUP_DEFINITIONS: Mapping[BroadGroup, str] = MappingProxyType(
    {
        BroadGroup.VIOLENT: "Against a person, and robbery.",
        BroadGroup.PROPERTY: "To take or destroy property: theft in all its kinds, and arson.",
        BroadGroup.OTHER: (
            "All else: against society, fraud and forgery, vandalism, and what agencies report of "
            "lesser matters."
        ),
    }
)
"""What each of the three broad groups, which are ours and not the FBI's, gathers."""

CATEGORY_DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "assault": "An attack on a person, simple or aggravated, and intimidation.",
        "homicide": "Murder, negligent manslaughter, and justifiable homicide.",
        "human-trafficking": "Making a person do commercial sex acts or labour by force or fraud.",
        "kidnapping": "Holding or taking a person away against their will.",
        "robbery": "Taking something from a person by force or threat.",
        "sex-offences": "Rape, sodomy, assault with an object, and fondling without consent.",
        "sex-offences-non-forcible": "Incest and statutory rape.",
        "arson": "Damaging property by fire or explosion on purpose.",
        "burglary": "Entering a building unlawfully to steal or to commit a serious offence.",
        "larceny": "Taking property without force: shoplifting, theft from vehicles or buildings.",
        "motor-vehicle-theft": "Stealing a vehicle that runs on land under its own power.",
        "stolen-property": "Buying, holding, selling or hiding property known to be stolen.",
        "animal-cruelty": "Harming an animal, or neglecting one, on purpose or knowingly.",
        "bribery": "Giving or taking something of value to sway a judgement or an act.",
        "counterfeiting": "Copying or altering money, documents or goods to pass them as genuine.",
        "vandalism": "Destroying or damaging property without the owner's consent, not by fire.",
        "drugs": "Having, making, selling or using drugs unlawfully, or the equipment for them.",
        "embezzlement": "Keeping for oneself what one was entrusted with.",
        "extortion": "Getting something by threats that are not of immediate violence.",
        "fraud": "Getting something by deceit: false pretences, card fraud, taking an identity.",
        "gambling": "Betting unlawfully, or running or promoting it.",
        "pornography": "Making, selling or having unlawful obscene material.",
        "prostitution": "Commercial sex, assisting or promoting it, and purchasing it.",
        "weapons": "Breaking laws on making, selling, carrying or having weapons.",
        "other-offences": (
            "Rarer codes together: of federal and tribal agencies, immigration, wildlife, treason, "
            "and what no other category holds."
        ),
        "all-other": "What an arrest was for that no other category holds (Group B).",
        "bad-checks": "Paying with a cheque that is not covered (Group B).",
        "curfew": "Breaking a curfew, loitering, vagrancy (Group B).",
        "disorderly-conduct": "Behaviour that disturbs the peace (Group B).",
        "driving-under-influence": "Driving impaired by alcohol or drugs (Group B).",
        "drunkenness": "Drinking to the point of being unable to control oneself (Group B).",
        "family-offences": "Non-violent acts against family members, such as neglect (Group B).",
        "liquor-law": "Breaking laws on making, selling or having alcohol (Group B).",
        "peeping-tom": "Looking secretly through a window or the like (Group B).",
        "trespass": "Entering land or a building unlawfully without intent to steal (Group B).",
    }
)
"""Slug of a category to what it gathers."""
