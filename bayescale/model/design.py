"""A space-filling design: inputs of a sweep that has not been trained."""

from pathlib import Path

import numpy as np
import pandas as pd

from bayescale.core.border import checked
from bayescale.core.quantities import SHARE_PREFIX, quantity_of
from bayescale.core.whole import require_seed, require_whole
from bayescale.errors import ModelError
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model
from bayescale.runs.rules import complete_flops

EPOCHS = 30.0
"""How often a simulated sweep repeats its unique tokens, at most."""

MOST_RUNS = 10**6


@checked(ModelError)
def design(model: str | Path | Model, runs: int = 60, *, seed: int = 0) -> pd.DataFrame:
    """Return inputs that cover what a law takes: a space-filling design over the usual ranges.

    Parameters
    ----------
    model : str, Path or Model
        The model.
    runs : int, default 60
        The number of runs.
    seed : int, default 0
        The seed of the design.

    Returns
    -------
    DataFrame
        One column for each input of the law, and those that follow from C = 6 N D.

    Raises
    ------
    ModelError
        If the model is not known, or there are no runs or more than a million.
    """
    require_whole("runs", runs, 1, MOST_RUNS, ModelError)
    require_seed(seed, ModelError)
    columns = list(get_model(model).columns.values())
    if "flops" in columns and "params" in columns and "tokens" not in columns:
        # The budget of a run follows from its size and tokens; drawn on its own it could be absurd.
        columns[columns.index("flops")] = "tokens"
    from scipy.stats import qmc  # half a second to import, which no fit needs

    cube = qmc.Sobol(len(columns), rng=seed).random(1 << max(runs - 1, 1).bit_length())[:runs]
    table = pd.DataFrame(
        {name: _spread(name, part) for name, part in zip(columns, cube.T, strict=True)}
    )
    if {"tokens", "unique_tokens"} <= set(columns):
        unique = table["tokens"] / EPOCHS ** cube[:, columns.index("unique_tokens")]
        # A model with more parameters than unique tokens memorises them.
        if "params" in table:
            unique = np.minimum(np.maximum(unique, table["params"]), table["tokens"])
        table["unique_tokens"] = unique
    shares = [name for name in columns if name.startswith(SHARE_PREFIX)]
    if len(shares) > 1:
        table[shares] = table[shares].div(table[shares].sum(axis=1), axis=0)
    return complete_flops(table, "6ND")[0]


def _spread(column: str, uniform: np.ndarray) -> np.ndarray:
    low, high = quantity_of(column).span
    if low <= 0:
        return np.asarray(low + uniform * (high - low))
    return np.asarray(low * (high / low) ** uniform)
