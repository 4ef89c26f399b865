"""LightGBM as a server needs it: to predict.

LightGBM imports scikit-learn and pandas where it finds them, for interfaces that only training
uses. They would be 130 MB of a worker and half of its start (benchmarks/worker.py).
"""

import sys
from typing import Any, Final

__all__ = ["import_lightgbm_alone"]

_NOT_NEEDED: Final = ("sklearn", "pandas", "pyarrow", "dask", "matplotlib")


def import_lightgbm_alone() -> None:
    """Import LightGBM as if what it only needs to train were not installed.

    Everything else finds those packages as before.
    """
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in _NOT_NEEDED if name not in modules]
    # Python's own way to say that there is no such module (import system, section 5.3.1).
    modules.update(dict.fromkeys(hidden))
    try:
        import lightgbm  # noqa: F401, PLC0415 - is in memory then, for whoever imports it next
    finally:
        for name in hidden:
            del modules[name]
