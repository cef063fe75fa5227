"""Runs with fewer unique tokens than tokens, and the model that is fitted to them."""

import pytest

from bayescale.model.catalogue import models
from bayescale.runs.reading import load_runs


@pytest.fixture(scope="module")
def runs(simulated_runs):
    return load_runs(
        simulated_runs.table.assign(unique_tokens=simulated_runs.table["tokens"] / 4),
        simulated=True,
    )


@pytest.fixture(scope="module")
def chinchilla():
    return models()["chinchilla"]
