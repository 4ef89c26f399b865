"""CT-Crimes as a library: what a town reported by week, and what is expected next.

    python examples/quiet_and_busy_weeks.py [DATASET] [PLACE]

Reads a dataset with Polars alone, then asks its models. Nothing of the web application is imported.
"""

import argparse
from pathlib import Path

import polars as pl

from core.dataset import open_dataset
from core.volume.forecast import forecast
from core.volume.inputs import place_counts
from core.volume.storage import load_models

_DEMO = Path(__file__).resolve().parent.parent / "artifacts" / "ct-demo"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", nargs="?", type=Path, default=_DEMO)
    parser.add_argument("place", nargs="?", default="new-haven")
    options = parser.parse_args()
    dataset, place = open_dataset(options.dataset), options.place
    said = "simulated offences" if dataset.facts.synthetic else "reported offences"

    weeks = (
        dataset.scan("panel")
        .filter(pl.col("place") == place)
        .sort("date")
        .group_by_dynamic("date", every="1w")
        # A week with a day that nobody reported is no week with few offences.
        .agg(pl.col("offences").sum(), whole=pl.col("offences").is_not_null().all())
        .filter("whole")
        .collect()
    )
    low, middle, high = (weeks["offences"].quantile(share) for share in (0.1, 0.5, 0.9))
    print(f"{place}: {middle:.0f} {said} in the middle week, {low:.0f} to {high:.0f} in most")

    counts = place_counts(
        dataset.table("panel"), staffing=dataset.table("staffing"), state=dataset.facts.state
    )
    ahead = forecast(
        load_models(dataset.model_files()), counts, origin=dataset.facts.last_day, horizon=7
    )
    week = ahead.totals.filter(pl.col("series") == place).row(0, named=True)
    print(
        f"the 7 days after {dataset.facts.last_day}: about {week['median']}, "
        f"four times in five {week['lower_80']} to {week['upper_80']}"
    )


if __name__ == "__main__":
    main()
