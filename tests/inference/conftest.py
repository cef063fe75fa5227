"""Runs with fewer unique tokens than tokens, and the model that is fitted to them."""

import pytest

from bayescale.runs.reading import load_runs
from tests.fits import straight


@pytest.fixture(scope="module")
def runs(simulated_runs):
    return load_runs(
        simulated_runs.table.assign(unique_tokens=simulated_runs.table["tokens"] / 4),
        simulated=True,
    )


@pytest.fixture(scope="module")
def chinchilla():
    """The card whose law is taken for the truth."""
    return straight("chinchilla")
