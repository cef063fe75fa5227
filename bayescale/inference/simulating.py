"""Simulate a sweep before it is trained: a design of inputs, and runs drawn from a model."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from bayescale.core.quantities import quantity_of
from bayescale.core.text import unknown_name
from bayescale.errors import ModelError
from bayescale.inference.prior_draws import draw_prior
from bayescale.model.card import Model, get_model
from bayescale.model.design import design
from bayescale.model.likelihood import BetaBinomial
from bayescale.model.problem import scales
from bayescale.runs.table import Runs

LOW_LOSS = 2.5
"""The low end of simulated losses, in nats, where priors decide."""

_PRIOR_DRAWS = 501


def simulate(
    model: str | Path | Model,
    table: pd.DataFrame | int = 60,
    *,
    values: Mapping[str, float] | str | None = None,
    noise: float = 0.005,
    seed: int = 0,
) -> Runs:
    """Draw the outcome of a sweep from a model, for instance to see what it could tell.

    Parameters
    ----------
    model : str, Path or Model
        The model.
    table : DataFrame or int, default 60
        The inputs of the runs, by column; a number takes that many from `design`.
    values : mapping or str, optional
        The parameters of the law in raw units (a reference of one), as papers print them, or the
        name of a set of published constants. By default the medians of the priors, with a low
        loss of 2.5 nats.
    noise : float, default 0.005
        The scale of Student-t residuals (5 degrees of freedom) of log loss. Accuracies have
        binomial noise instead; ``items`` in the table says of how many items (1000).
    seed : int, default 0
        The seed of design, priors and noise.

    Returns
    -------
    Runs
        Labelled as simulated.

    Raises
    ------
    ModelError
        If the model or the published constants are not known.

    Examples
    --------
    >>> import bayescale as bs
    >>> len(bs.simulate("chinchilla", 40, values="besiroglu2024"))
    40
    """
    model = get_model(model)
    table = design(model, table, seed=seed) if isinstance(table, int) else table.copy()
    rng, target = np.random.default_rng(seed), model.law.target
    mean = _mean(model, table, values, seed)
    if isinstance(model.likelihood, BetaBinomial):
        table["items"] = table.get("items", 1000.0)
        table[target] = rng.binomial(table["items"].astype(int), mean) / table["items"]
    else:
        table[target] = mean * np.exp(noise * rng.standard_t(5.0, len(table)))
    return Runs(table, source=f"the model {model.name} (seed {seed})", simulated=True)


def typical_values(model: Model, runs: Runs, seed: int = 0) -> dict[str, float]:
    """Return the medians of the priors of a law's parameters, for given runs.

    A parameter of uncertain sign is taken one standard deviation up instead: a median near zero
    would switch its term off.
    """
    drawn = draw_prior(model, runs, _PRIOR_DRAWS, seed)
    typical = {}
    for name in (name for name in model.priors if name in drawn):
        median, upper = np.quantile(drawn[name], [0.5, 0.84])
        typical[name] = float(median if drawn[name].min() > 0 or median > upper - median else upper)
    return {**typical, **model.fixed}


def _mean(
    model: Model, table: pd.DataFrame, values: Mapping[str, float] | str | None, seed: int
) -> np.ndarray:
    inputs = {symbol: table[column].to_numpy(float) for symbol, column in model.columns.items()}
    if isinstance(values, str):
        if values not in model.published:
            raise ModelError(unknown_name("published set", values, model.published))
        values = model.published[values].values
    if values is not None:
        return np.asarray(model.law.loss(*inputs.values(), **values), float)
    reference, values = stated_values(model, table, seed)
    ratios = [value / reference[f"{symbol}_ref"] for symbol, value in inputs.items()]
    return np.asarray(model.law.loss(*ratios, **values), float)


def stated_values(
    model: Model, table: pd.DataFrame, seed: int = 0
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the reference run of a table of inputs and the values `simulate` draws from there."""
    low, high = quantity_of(model.law.target).span
    usual = LOW_LOSS if model.law.target == "loss" else (low * high) ** 0.5
    runs = Runs(table.assign(**{model.law.target: usual}))
    return scales(model, runs), typical_values(model, runs, seed)
