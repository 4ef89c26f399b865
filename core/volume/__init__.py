"""Volume: how many offences each series will report on each coming day, and how sure that is."""
