"""Draw runs from published constants."""

import numpy as np
import pandas as pd

from bayescale.compute.flops import FLOPS_PER_PARAM_TOKEN, tokens_for
from bayescale.datasets.card import Simulation
from bayescale.model.catalogue import get_model
from bayescale.runs.reading import load_runs
from bayescale.runs.table import Runs


def simulate(simulation: Simulation) -> Runs:
    """Draw a sweep of model sizes around the best one, at each of some compute budgets.

    Parameters
    ----------
    simulation : Simulation
        The constants, the grid, the noise and the seed.

    Returns
    -------
    Runs
        Labelled as simulated.
    """
    model = get_model(simulation.model)
    truth = model.published[simulation.published].values
    budgets = np.array(simulation.flops)
    best, _ = model.law.best_split(budgets / FLOPS_PER_PARAM_TOKEN, truth)
    params = np.outer(best, simulation.sizes).ravel()
    flops = np.repeat(budgets, len(simulation.sizes))
    table = pd.DataFrame({"params": params, "tokens": tokens_for(flops, params), "flops": flops})
    raw = dict.fromkeys(model.law.inputs, 1.0)
    loss = model.predict_at(model.inputs_of(table), raw, truth)
    noise = np.random.default_rng(simulation.seed).standard_t(simulation.noise.nu, len(table))
    table["loss"] = loss * np.exp(simulation.noise.scale * noise)
    return load_runs(table, name=describe(simulation), simulated=True)


def describe(simulation: Simulation) -> str:
    """Say in plain words that runs are simulated, and from what.

    Parameters
    ----------
    simulation : Simulation
        The constants and the seed.

    Returns
    -------
    str
    """
    return (
        f"the constants {simulation.published} of the model card "
        f"{simulation.model} (seed {simulation.seed}; nothing was trained)"
    )
