"""Make the tables of figures that the simulated Connecticut is built from.

    python scripts/make_reference_tables.py SOURCE [TARGET]

SOURCE holds ``reference/`` (the published Connecticut totals of 2021-2024), ``ct-partial/`` (the
Connecticut offences that carry a criminal activity, and the agency files), ``vermont/VT-2024.zip``
and ``louisiana/LA-2016.zip`` to ``LA-2019.zip`` (FBI Crime Data Explorer state bundles). TARGET is
``core/demo/data`` unless it is given. The result is small tables of counts and shares; no row of an
offence is kept.
"""

import io
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from core.nibrs.codes import CATEGORIES, CATEGORY_OF_CODE, LOCATION_TYPES

COMPLETE = (
    "animal-cruelty",
    "counterfeiting",
    "drugs",
    "pornography",
    "stolen-property",
    "weapons",
)
"""Categories of which the partial Connecticut files hold every offence."""

YEARS = (2021, 2022, 2023, 2024)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SLUG_OF_NAME = {category.name: slug for slug, category in CATEGORIES.items()}
CODE_OF_LOCATION = {location.name: code for code, location in LOCATION_TYPES.items()}
ALL_AREAS = "any"
SCALE = 10_000
HOUR_CELL_ROWS = 400
"""Weighted rows that a category needs in an area to have hours of its own there."""


def read_member(path: Path, name: str) -> pl.DataFrame:
    """One member of a bundle as text, with lower-case headers."""
    with zipfile.ZipFile(path) as archive:
        member = next(m for m in archive.namelist() if m.split("/")[-1].lower() == name.lower())
        table = pl.read_csv(io.BytesIO(archive.read(member)), infer_schema=False)
    return table.rename({column: column.lower() for column in table.columns})


def read_offences(path: Path) -> pl.DataFrame:
    """Offences of one bundle, one row each, with category, location code and area."""
    incident = read_member(path, "NIBRS_incident.csv")
    offence = read_member(path, "NIBRS_OFFENSE.csv")
    if "offense_code" not in offence.columns:
        types = read_member(path, "NIBRS_OFFENSE_TYPE.csv").select(
            "offense_type_id", "offense_code"
        )
        offence = offence.join(types, on="offense_type_id", validate="m:1")
    place = read_member(path, "NIBRS_LOCATION_TYPE.csv").select("location_id", "location_code")
    style = "%Y-%m-%d" if incident["incident_date"][0][:4].isdigit() else "%d-%b-%y"
    code = pl.col("offense_code")
    return (
        offence.select("offense_id", "incident_id", "offense_code", "location_id")
        .join(place, on="location_id", validate="m:1")
        .join(
            incident.select("incident_id", "agency_id", "incident_date", "incident_hour"),
            on="incident_id",
            validate="m:1",
        )
        .select(
            "incident_id",
            pl.col("agency_id").cast(pl.Int64),
            pl.col("incident_date").str.to_titlecase().str.to_date(style).alias("date"),
            pl.col("incident_hour").cast(pl.Int64).alias("hour"),
            code.alias("code"),
            code.replace_strict({c: v.slug for c, v in CATEGORY_OF_CODE.items()}).alias("category"),
            pl.col("location_code").alias("location"),
            pl.col("location_code")
            .replace_strict({c: v.area.value for c, v in LOCATION_TYPES.items()})
            .alias("area"),
        )
        .sort("incident_id", "code")
    )


def weighted_sample(source: Path) -> pl.DataFrame:
    """All offences of the three states with a weight: nearer to Connecticut counts for more."""
    complete = pl.col("category").is_in(list(COMPLETE))
    parts = {
        "ct-partial": pl.when(complete).then(8.0).otherwise(3.0),
        "vermont": pl.when(complete).then(1.0).otherwise(8.0),
        "louisiana": pl.when(complete).then(0.2).otherwise(1.0),
    }
    frames = [
        read_offences(path).with_columns(weight, pl.lit(folder).alias("state"))
        for folder, weight in ((f, w.alias("weight")) for f, w in parts.items())
        for path in sorted((source / folder).glob("*.zip"))
    ]
    return pl.concat(frames)


def shares(table: pl.DataFrame, *, by: Sequence[str], over: str) -> pl.DataFrame:
    """Weighted shares of ``over`` within ``by``, per 10,000; shares that round to 0 are dropped."""
    total = table.group_by(*by, over).agg(pl.col("weight").sum())
    share = pl.col("weight") / pl.col("weight").sum().over(*by)
    return (
        total.with_columns((share * SCALE).round().cast(pl.Int64).alias("share"))
        .filter(pl.col("share") > 0)
        .drop("weight")
        .sort(*by, over)
    )


def wide_shares(
    table: pl.DataFrame, *, over: str, values: Sequence[int], prior: float
) -> pl.DataFrame:
    """One row a category, one column a value: shares shrunk to those of all categories."""
    everything = table.group_by(over).agg(pl.col("weight").sum().alias("all"))
    everything = everything.with_columns(pl.col("all") / pl.col("all").sum())
    grid = table.select(pl.col("category").unique()).join(everything, how="cross")
    counted = table.group_by("category", over).agg(pl.col("weight").sum())
    shrunk = (
        grid.join(counted, on=["category", over], how="left", validate="1:1")
        .with_columns(pl.col("weight").fill_null(0.0) + prior * pl.col("all"))
        .with_columns(pl.col("weight") / pl.col("weight").sum().over("category"))
    )
    per = shrunk.with_columns((pl.col("weight") * SCALE).round().cast(pl.Int64))
    wide = per.pivot(on=over, index="category", values="weight", aggregate_function="sum")
    return wide.select("category", *(pl.col(str(v)) for v in values)).sort("category")


def hour_table(sample: pl.DataFrame) -> pl.DataFrame:
    """Hours per category, day type and, where there are rows enough, area of the location."""
    known = sample.filter(pl.col("hour").is_not_null()).with_columns(
        pl.when(pl.col("date").dt.weekday() >= 6)  # noqa: PLR2004 - Saturday, ISO
        .then(pl.lit("weekend"))
        .otherwise(pl.lit("weekday"))
        .alias("day_type")
    )
    rows = known.group_by("category", "area").agg(pl.col("weight").sum().alias("rows"))
    rich = rows.filter(pl.col("rows") >= HOUR_CELL_ROWS).select("category", "area")
    own = known.join(rich, on=["category", "area"], how="semi")
    parts = [
        wide_hours(own.with_columns(pl.concat_str("category", "area", separator="|").alias("key"))),
        wide_hours(
            known.with_columns((pl.col("category") + "|" + ALL_AREAS).alias("key")),
        ),
    ]
    return pl.concat(parts).sort("category", "area", "day_type")


def wide_hours(table: pl.DataFrame) -> pl.DataFrame:
    """Hours per key, shrunk from key and day type to key."""
    frames = []
    for day_type in ("weekday", "weekend"):
        mixed = table.with_columns(
            pl.when(pl.col("day_type") == day_type)
            .then(pl.col("weight"))
            .otherwise(pl.col("weight") * 0.1)
        ).with_columns(pl.col("key").alias("category"))
        wide = wide_shares(mixed, over="hour", values=range(24), prior=40.0)
        frames.append(
            wide.select(
                pl.col("category").str.split("|").list.first().alias("category"),
                pl.col("category").str.split("|").list.last().alias("area"),
                pl.lit(day_type).alias("day_type"),
                pl.exclude("category"),
            )
        )
    return pl.concat(frames)


def pair_table(sample: pl.DataFrame) -> pl.DataFrame:
    """How much likelier than chance two categories share an incident (``lift``, both orders)."""
    whole = sample.filter(pl.col("state") != "ct-partial").with_columns(
        pl.when(pl.col("state") == "vermont").then(8.0).otherwise(1.0).alias("weight")
    )
    count = whole.group_by("category").agg(pl.col("weight").sum().alias("n"))
    both = whole.join(whole, on="incident_id", suffix="_b").filter(
        pl.col("code") != pl.col("code_b")
    )
    pairs = both.group_by("category", "category_b").agg(pl.col("weight").sum().alias("pairs"))
    total = count["n"].sum()
    lift = pl.col("pairs") * total / (pl.col("n") * pl.col("n_b"))
    return (
        pairs.filter(pl.col("pairs") >= 20)  # noqa: PLR2004 - fewer say nothing
        .join(count, on="category", validate="m:1")
        .join(count, left_on="category_b", right_on="category", suffix="_b", validate="m:1")
        .select("category", "category_b", lift.round(4).alias("lift"))
        .sort("category", "category_b")
    )


def ratio_by_agency(
    partial: pl.DataFrame, *, over: str, values: Sequence[str], prior: float
) -> pl.DataFrame:
    """Observed over expected counts by agency; its categories set the expectation."""
    by_category = partial.group_by("category", over).agg(pl.len().alias("n"))
    by_category = by_category.with_columns(pl.col("n") / pl.col("n").sum().over("category"))
    mix = partial.group_by("agency_id", "category").agg(pl.len().alias("rows"))
    expected = (
        mix.join(by_category, on="category")
        .group_by("agency_id", over)
        .agg((pl.col("rows") * pl.col("n")).sum().alias("expected"))
    )
    observed = partial.group_by("agency_id", over).agg(pl.len().alias("observed"))
    ratio = (pl.col("observed").fill_null(0) + prior) / (pl.col("expected") + prior)
    wide = (
        expected.join(observed, on=["agency_id", over], how="left", validate="1:1")
        .with_columns(ratio.round(3).alias("ratio"))
        .pivot(on=over, index="agency_id", values="ratio", aggregate_function="sum")
    )
    return wide.select("agency_id", *(pl.col(v).fill_null(1.0) for v in values))


def agency_profiles(sample: pl.DataFrame, agencies: pl.DataFrame) -> pl.DataFrame:
    """Per agency: offences of the complete categories, rows at hour 0, area and weekday ratios."""
    partial = sample.filter(pl.col("state") == "ct-partial").with_columns(
        pl.col("date").dt.weekday().cast(pl.String).alias("weekday")
    )
    counts = partial.group_by("agency_id").agg(
        *((pl.col("category") == slug).sum().alias(slug) for slug in COMPLETE),
        pl.len().alias("rows"),
        (pl.col("hour") == 0).sum().alias("hour_0"),
    )
    areas = sorted(partial["area"].unique().to_list())
    area = ratio_by_agency(partial, over="area", values=areas, prior=40.0)
    weekday = ratio_by_agency(partial, over="weekday", values=list("1234567"), prior=60.0)
    table = agencies.select("agency_id")
    for part in (counts, area, weekday.rename({d: f"weekday_{d}" for d in "1234567"})):
        table = table.join(part, on="agency_id", how="left", validate="1:1")
    ratios = [*areas, *(f"weekday_{d}" for d in "1234567")]
    return table.with_columns(pl.col(ratios).fill_null(1.0)).fill_null(0).sort("agency_id")


def published_totals(source: Path) -> pl.DataFrame:
    """Published totals by dimension, with the names of this project: dimension, value, offences."""
    table = pl.read_csv(source / "reference" / "ct_marginals_2021_2024.csv", infer_schema=False)
    names = {
        "month": {name: str(number) for number, name in enumerate(MONTHS, start=1)},
        "weekday": {name: str(number) for number, name in enumerate(WEEKDAYS, start=1)},
        "location_area": CODE_OF_LOCATION,
        "offense_category": SLUG_OF_NAME,
    }
    renamed = {"location_area": "location", "offense_category": "category"}
    rows = [
        (renamed.get(dimension, dimension), names.get(dimension, {}).get(value, value), n, error)
        for dimension, value, n, error in table.rows()
    ]
    earlier = pl.read_csv(source / "reference" / "ct_offence_categories.csv", infer_schema=False)
    rows += [
        ("category_2021_2023", SLUG_OF_NAME[name], n, "0")
        for name, n in earlier.select("offense_category_name", "offences_2021_2023").rows()
    ]
    return pl.DataFrame(rows, schema=["dimension", "value", "offences", "error"], orient="row")


def agency_files(source: Path) -> pl.DataFrame:
    """The four agency files of Connecticut, as text."""
    folder = source / "ct-partial"
    earlier = [read_member(folder / f"CT-{year}.zip", "agencies.csv") for year in YEARS[:-1]]
    last = pl.read_csv(folder / "CT-2024-agencies.csv", infer_schema=False)
    return pl.concat([*earlier, last]).with_columns(pl.col("agency_id").cast(pl.Int64))


def category_years(sample: pl.DataFrame) -> pl.DataFrame:
    """Offences a year of the complete categories: category, 2021, 2022, 2023."""
    partial = sample.filter(
        (pl.col("state") == "ct-partial") & pl.col("category").is_in(list(COMPLETE))
    ).with_columns(pl.col("date").dt.year().cast(pl.String).alias("year"))
    wide = (
        partial.group_by("category", "year")
        .len()
        .pivot(on="year", index="category", values="len", aggregate_function="sum")
    )
    return wide.select("category", "2021", "2022", "2023").sort("category")


def agency_tables(source: Path, sample: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Names, population, staff, offences and profiles of the agencies."""
    files = agency_files(source)
    published = source / "reference" / "ct_agency_offences_2021_2024.csv"
    reporting = pl.read_csv(published).sort("agency_id")
    names = ["ori", "ucr_agency_name", "ncic_agency_name", "pub_agency_name", "agency_type_name"]
    staff = ["male_officer", "male_civilian", "female_officer", "female_civilian"]
    year = ["pub_agency_unit", "population", "suburban_area_flag", "population_group_id"]
    offences = ["offences_2021_2023", "offences_2024", "error"]
    latest = files.sort("agency_id", "data_year").unique("agency_id", keep="last")
    return {
        "agencies": latest.select("agency_id", *names, "nibrs_start_date").sort("agency_id"),
        "agency_years": files.select(
            "agency_id", "data_year", *year, *staff, "county_name", "msa_name"
        ).sort("agency_id", "data_year"),
        "agency_offences": reporting.select("agency_id", *offences),
        "agency_profiles": agency_profiles(sample, reporting),
    }


def category_tables(sample: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """When, where, under which code and with which others the offences of a category occur."""
    dated = sample.with_columns(
        pl.col("date").dt.weekday().alias("weekday"), pl.col("date").dt.month().alias("month")
    )
    specified = sample.filter(pl.col("code") != "23*")
    return {
        "category_years": category_years(sample),
        "category_weekdays": wide_shares(dated, over="weekday", values=range(1, 8), prior=200.0),
        "category_months": wide_shares(dated, over="month", values=range(1, 13), prior=2000.0),
        "category_locations": shares(sample, by=["category"], over="location"),
        "category_codes": shares(specified, by=["category", "area"], over="code"),
        "category_hours": hour_table(sample),
        "category_pairs": pair_table(sample),
    }


def look_ups(source: Path) -> dict[str, pl.DataFrame]:
    """What the bundles' look-ups say beyond the names that the program has."""
    path = source / "ct-partial" / "CT-2023.zip"
    types = read_member(path, "NIBRS_OFFENSE_TYPE.csv").drop("offense_category_name")
    places = read_member(path, "NIBRS_LOCATION_TYPE.csv").drop("location_name")
    return {
        "offence_types": types.sort("offense_code"),
        "location_types": places.sort("location_code"),
    }


def make_tables(source: Path) -> dict[str, pl.DataFrame]:
    """Every table by the name of its file."""
    sample = weighted_sample(source)
    return {
        **agency_tables(source, sample),
        "published_totals": published_totals(source),
        **category_tables(sample),
        **look_ups(source),
    }


def main(arguments: Sequence[str]) -> int:
    """Write every table and print its size.

    Args:
        arguments: SOURCE and, if wanted, TARGET.

    Returns:
        The exit status.
    """
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 - SOURCE [TARGET]
        print(__doc__)
        return 2
    here = Path(__file__).resolve().parent.parent
    target = Path(arguments[1]) if len(arguments) > 1 else here / "core" / "demo" / "data"
    target.mkdir(parents=True, exist_ok=True)
    for name, table in make_tables(Path(arguments[0])).items():
        path = target / f"{name}.csv"
        table.write_csv(path)
        print(f"{path.name}: {table.height} rows, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
