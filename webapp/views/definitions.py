"""What the words mean: measures of the pages, and each category of offences, in a sentence.

The categories are the FBI's (National Incident-Based Reporting System User Manual, 2023.0, section
2); the sentences are ours, shorter than the manual's definitions.
"""

from collections.abc import Mapping
from types import MappingProxyType

from core.nibrs.codes import BroadGroup
from webapp.language import gettext_noop

__all__ = ["CATEGORY_DEFINITIONS", "GROUP_DEFINITIONS", "MEASURE_DEFINITIONS"]

MEASURE_DEFINITIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "offence": (
            gettext_noop("Offence"),
            gettext_noop(
                "The counting unit: one entry of a reporting agency under one of the FBI's codes. "
                "An incident may hold several, each is counted."
            ),
        ),
        "incident": (
            gettext_noop("Incident"),
            gettext_noop(
                "One event as the agency recorded it: same place, same time, same people. The "
                "number of incidents can be chosen instead of that of offences."
            ),
        ),
        "reported": (
            gettext_noop("Reported"),
            gettext_noop(
                "What an agency recorded and sent to the FBI. What nobody told the police is not "
                "in it, and how much that is differs by offence and by place."
            ),
        ),
        "rate": (
            gettext_noop("Per 1,000 people"),
            gettext_noop(
                "Offences of a year over the population that the FBI gives for the agency in that "
                "year, times 1,000. Not shown under {fewest} offences, or if a month is missing."
            ),
        ),
        "change": (
            gettext_noop("Change on the year before"),
            gettext_noop(
                "Offences of the year over those of the year before, less 1. Not shown where the "
                "year before had fewer than {fewest}, or where a month is missing in either year."
            ),
        ),
        "officers": (
            gettext_noop("Sworn officers per 1,000"),
            gettext_noop(
                "Officers with arrest powers on 31 October of the year, over the population, times "
                "1,000. Civilians are not among them."
            ),
        ),
        "median": (
            gettext_noop("Forecast, median"),
            gettext_noop("The count that is as likely to be exceeded as not to be reached."),
        ),
        "interval": (
            gettext_noop("50, 80 and 95 % interval"),
            gettext_noop(
                "Limits that the count should lie between once in two, four times in five and 19 "
                "times in 20. How often it did is measured under “Do the intervals hold?”."
            ),
        ),
        "baseline": (
            gettext_noop("Baseline"),
            gettext_noop(
                "A forecast by a simple rule, such as the mean of the last 56 days. A model that "
                "is not better than it is not worth its trouble."
            ),
        ),
        "wape": (
            gettext_noop("WAPE"),
            gettext_noop(
                "Sum of all absolute errors over the sum of all counts. For small counts it "
                "rewards forecasts that are too low; so it never stands alone here."
            ),
        ),
        "deviance": (
            gettext_noop("Poisson deviance"),
            gettext_noop(
                "Error of a forecast of counts that punishes a forecast near zero where something "
                "happened. 0 is a perfect forecast; chance alone makes it about 1."
            ),
        ),
        "crps": (
            gettext_noop("CRPS"),
            gettext_noop(
                "Error of a whole distribution of counts; of a single number, its absolute error."
            ),
        ),
        "mase": (
            gettext_noop("MASE, RMSSE"),
            gettext_noop(
                "Absolute and squared error over those of a forecast that repeats the last day."
            ),
        ),
        "bias": (
            gettext_noop("Bias"),
            gettext_noop("Sum of the forecasts over the sum of the counts, less 1."),
        ),
        "volume-accuracy": (
            gettext_noop("Volume accuracy"),
            gettext_noop("1 less the absolute bias of all places and 30 days together."),
        ),
        "log-loss": (
            gettext_noop("Log loss"),
            gettext_noop(
                "Mean of the negative logarithm of the probability of the class that was reported, "
                "in nats. Less is better."
            ),
        ),
        "brier-skill": (
            gettext_noop("Brier skill"),
            gettext_noop(
                "How much smaller the squared error of the probabilities is than that of the past "
                "shares of the same place and location type. Below zero, history does better."
            ),
        ),
        "calibration-error": (
            gettext_noop("Calibration error"),
            gettext_noop(
                "Mean distance between the probability that was told and how often it happened, in "
                "ten bins a class, mean over classes."
            ),
        ),
    }
)
"""Anchor to term and meaning; ``{fewest}`` is the least base of a rate."""

GROUP_DEFINITIONS: Mapping[BroadGroup, str] = MappingProxyType(
    {
        BroadGroup.VIOLENT: gettext_noop("Against a person, and robbery."),
        BroadGroup.PROPERTY: gettext_noop(
            "To take or destroy property: theft in all its kinds, and arson."
        ),
        BroadGroup.OTHER: gettext_noop(
            "All else: against society, fraud and forgery, vandalism, and what agencies report of "
            "lesser matters."
        ),
    }
)
"""What each of the three broad groups, which are ours and not the FBI's, gathers."""

CATEGORY_DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "assault": gettext_noop("An attack on a person, simple or aggravated, and intimidation."),
        "homicide": gettext_noop("Murder, negligent manslaughter, and justifiable homicide."),
        "human-trafficking": gettext_noop(
            "Making a person do commercial sex acts or labour by force or fraud."
        ),
        "kidnapping": gettext_noop("Holding or taking a person away against their will."),
        "robbery": gettext_noop("Taking something from a person by force or threat."),
        "sex-offences": gettext_noop(
            "Rape, sodomy, assault with an object, and fondling without consent."
        ),
        "sex-offences-non-forcible": gettext_noop("Incest and statutory rape."),
        "arson": gettext_noop("Damaging property by fire or explosion on purpose."),
        "burglary": gettext_noop(
            "Entering a building unlawfully to steal or to commit a serious offence."
        ),
        "larceny": gettext_noop(
            "Taking property without force: shoplifting, theft from vehicles or buildings."
        ),
        "motor-vehicle-theft": gettext_noop(
            "Stealing a vehicle that runs on land under its own power."
        ),
        "stolen-property": gettext_noop(
            "Buying, holding, selling or hiding property known to be stolen."
        ),
        "animal-cruelty": gettext_noop(
            "Harming an animal, or neglecting one, on purpose or knowingly."
        ),
        "bribery": gettext_noop(
            "Giving or taking something of value to sway a judgement or an act."
        ),
        "counterfeiting": gettext_noop(
            "Copying or altering money, documents or goods to pass them as genuine."
        ),
        "vandalism": gettext_noop(
            "Destroying or damaging property without the owner's consent, not by fire."
        ),
        "drugs": gettext_noop(
            "Having, making, selling or using drugs unlawfully, or the equipment for them."
        ),
        "embezzlement": gettext_noop("Keeping for oneself what one was entrusted with."),
        "extortion": gettext_noop(
            "Getting something by threats that are not of immediate violence."
        ),
        "fraud": gettext_noop(
            "Getting something by deceit: false pretences, card fraud, taking an identity."
        ),
        "gambling": gettext_noop("Betting unlawfully, or running or promoting it."),
        "pornography": gettext_noop("Making, selling or having unlawful obscene material."),
        "prostitution": gettext_noop(
            "Commercial sex, assisting or promoting it, and purchasing it."
        ),
        "weapons": gettext_noop("Breaking laws on making, selling, carrying or having weapons."),
        "other-offences": gettext_noop(
            "Rarer codes together: of federal and tribal agencies, immigration, wildlife, treason, "
            "and what no other category holds."
        ),
        "all-other": gettext_noop("What an arrest was for that no other category holds (Group B)."),
        "bad-checks": gettext_noop("Paying with a cheque that is not covered (Group B)."),
        "curfew": gettext_noop("Breaking a curfew, loitering, vagrancy (Group B)."),
        "disorderly-conduct": gettext_noop("Behaviour that disturbs the peace (Group B)."),
        "driving-under-influence": gettext_noop("Driving impaired by alcohol or drugs (Group B)."),
        "drunkenness": gettext_noop(
            "Drinking to the point of being unable to control oneself (Group B)."
        ),
        "family-offences": gettext_noop(
            "Non-violent acts against family members, such as neglect (Group B)."
        ),
        "liquor-law": gettext_noop("Breaking laws on making, selling or having alcohol (Group B)."),
        "peeping-tom": gettext_noop("Looking secretly through a window or the like (Group B)."),
        "trespass": gettext_noop(
            "Entering land or a building unlawfully without intent to steal (Group B)."
        ),
    }
)
"""Slug of a category to what it gathers."""
