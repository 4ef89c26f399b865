"""Models of six simulated series, fitted once."""

import numpy as np
import pytest

from core.daily_counts import DailyCounts
from core.volume.fit import fit_counts
from core.volume.model import VolumeModels
from tests.support.counts import as_counts, simulated_matrix


@pytest.fixture(scope="session")
def counts() -> DailyCounts:
    """Two years; the first series stopped, the second just began, the third reported nothing."""
    matrix = simulated_matrix(days=740)
    matrix[0, 670:] = np.nan
    matrix[1, :700] = np.nan
    matrix[2] = np.nan
    return as_counts(matrix)


@pytest.fixture(scope="session")
def models(counts: DailyCounts) -> VolumeModels:
    return fit_counts(counts)
