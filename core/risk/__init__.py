"""Which offence, in which context: the distribution over classes, given that one is reported."""
