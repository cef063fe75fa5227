import os

# Two threads each of several processes only wait for one another. Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from bayescale.model.catalogue import models
from bayescale.posterior.saving import load
from bayescale.runs.reading import load_runs
from bayescale.runs.table import Runs
from tests.fits import straight


@pytest.fixture(scope="session")
def simulated_runs() -> Runs:
    card = models()["chinchilla"]
    rng = np.random.default_rng(20240415)
    sizes = np.geomspace(6e7, 4e9, 8)
    tokens_per_param = np.geomspace(3.0, 150.0, 5)
    params = np.round(np.repeat(sizes, len(tokens_per_param)))
    tokens = np.round(params * np.tile(tokens_per_param, len(sizes)))
    noise = 0.005 * rng.standard_t(4.0, size=params.size)
    loss = card.law.loss(params, tokens, **card.published["besiroglu2024"].values) * np.exp(noise)
    table = pd.DataFrame({"params": params, "tokens": tokens, "loss": loss})
    return load_runs(table, name="the besiroglu2024 constants", simulated=True)


@pytest.fixture
def table() -> pd.DataFrame:
    """Four runs, as a user might give them."""
    return pd.DataFrame(
        {
            "params": [1e8, 2e8, 4e8, 8e8],
            "tokens": [2e9, 4e9, 8e9, 1.6e10],
            "loss": [3.5, 3.3, 3.1, 2.9],
        }
    )


@pytest.fixture(scope="session")
def fitted(simulated_runs, tmp_path_factory, worker_id):
    """A short fit of the simulated runs by NUTS, made by the first process that asks for it.

    The law is taken for the truth, so that its answers are those of the formula.
    """
    from bayescale.inference.fitting import fit

    if worker_id == "master":
        return fit(simulated_runs, straight("chinchilla"), random_seed=1, draws=300)
    path = tmp_path_factory.getbasetemp().parent / "fitted.nc"
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            fit(simulated_runs, straight("chinchilla"), random_seed=1, draws=300).save(path)
    return load(path)


@pytest.fixture(scope="session")
def public_table() -> Callable[[str], pd.DataFrame]:
    """Read a public table by name from the folder that BAYESCALE_DATA names, or skip."""

    def read(name: str) -> pd.DataFrame:
        folder = os.environ.get("BAYESCALE_DATA", "")
        path = Path(folder) / name
        if not folder or not path.exists():
            pytest.skip(f"needs {name} in the folder BAYESCALE_DATA ({folder or 'unset'})")
        return pd.read_csv(path)

    return read


FEW = {"draws": 150, "tune": 250, "chains": 2}
"""How long refits sample where a test does not look at their draws."""

CUTS = (0.03, 0.3)
"""Where the shared back-test cuts, as shares of the compute of the largest run."""


@pytest.fixture(scope="session")
def swift() -> Iterator[dict[str, int]]:
    """Let refits sample little."""
    from bayescale.inference import bulk

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "SHORT", FEW)
        yield FEW


@pytest.fixture(scope="session")
def back_tested(swift, simulated_runs):  # noqa: ARG001
    """Return a back-test of two forms at two cuts."""
    from bayescale.auditing.backtesting import backtest

    return backtest(simulated_runs, ["chinchilla", "kaplan"], cuts=CUTS, random_seed=1)


@pytest.fixture(scope="session")
def below(simulated_runs) -> list[np.ndarray]:
    """Return which runs lie below each of its cuts, lowest first."""
    flops = simulated_runs.table["flops"].to_numpy()
    return [np.asarray(flops <= cut * flops.max()) for cut in CUTS]


@pytest.fixture(scope="session")
def fragile(swift, fitted):  # noqa: ARG001
    """Return what moves the answer of the short fit."""
    from bayescale.auditing.fragile import fragility

    return fragility(fitted)
