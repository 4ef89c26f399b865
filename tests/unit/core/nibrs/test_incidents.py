import polars as pl
import pytest

from core.errors import BundleError
from core.nibrs import incidents
from core.nibrs.archive import Member
from core.nibrs.schema import Column
from core.nibrs.table import Table


def test_a_join_that_adds_rows_is_a_named_fault() -> None:
    table = Table(
        member=Member(archive="VT-2024.zip", name="NIBRS_OFFENSE.csv", data=b"offense_id\n1\n"),
        columns=(Column(name="offense_id"),),
        frame=pl.DataFrame({"offense_id": [1]}),
    )
    incidents._refuse_fan_out(table, frame=pl.DataFrame({"offense_id": [1]}))
    with pytest.raises(BundleError, match=r"VT-2024\.zip: NIBRS_OFFENSE\.csv grew from 1 to 2"):
        incidents._refuse_fan_out(table, frame=pl.DataFrame({"offense_id": [1, 1]}))
