"""A worker holds what it needs to answer, and nothing of what only training needs."""

import json
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_TRAINING = ("sklearn", "imblearn", "pandas", "pyarrow", "dask")
_SCRIPT = f"""
import json, sys
from webapp.lean import import_lightgbm_alone
import_lightgbm_alone()
import core.risk.explain, core.risk.storage, core.volume.forecast, core.volume.storage, webapp.app
loaded = [name for name in {_TRAINING} if name in sys.modules]
from sklearn.linear_model import LogisticRegression
import pandas
print(json.dumps([loaded, LogisticRegression.__name__, pandas.DataFrame([1]).size]))
"""


def test_a_server_loads_nothing_that_only_training_needs() -> None:
    """In a process of its own: this one has loaded everything long ago."""
    said = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", _SCRIPT], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == [[], "LogisticRegression", 1]
