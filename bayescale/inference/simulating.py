"""Simulate a sweep before it is trained: a design of inputs, and runs drawn from a model."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray, quantity_of
from bayescale.core.text import shorten, unknown_name
from bayescale.core.whole import require_seed
from bayescale.errors import ModelError
from bayescale.inference.prior_draws import draw_prior
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model
from bayescale.model.design import design
from bayescale.model.problem import Problem, typical_point
from bayescale.runs.rules import find_invalid
from bayescale.runs.table import Runs

LOW_LOSS = 2.5
"""The low end of simulated losses, in nats, where priors decide."""

_PRIOR_DRAWS = 501
_FALLOFF = 0.3

LARGEST_NOISE = 10.0
"""Far more than any: residuals of log loss of this scale multiply it by ten thousands."""


@checked(ModelError)
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
        binomial noise instead; ``items`` in the table says of how many items (1000). Where the
        noise of the model falls with a column, it is that of a typical run and falls with the
        exponent ``falloff`` among the values (0.3).
    seed : int, default 0
        The seed of design, priors and noise.

    Returns
    -------
    Runs
        Labelled as simulated.

    Raises
    ------
    ModelError
        If the model or the published constants are not known, the table lacks an input or the
        column that the noise falls with, or the values a parameter, or a number is out of its
        range.

    Examples
    --------
    >>> import bayescale as bs
    >>> len(bs.simulate("chinchilla", 40, values="besiroglu2024"))
    40
    """
    require_seed(seed, ModelError)
    model = get_model(model)
    if not 0 <= noise < LARGEST_NOISE:
        raise ModelError(f"noise = {noise:g} must be from 0 to {LARGEST_NOISE:g}, such as 0.005")
    table = design(model, table, seed=seed) if isinstance(table, int) else table.copy()
    rng, target = np.random.default_rng(seed), model.law.target
    scale = _noise_of_runs(model, table, values, noise)
    mean = _mean(model, table, values, seed)
    drawn = model.likelihood.simulate(rng, mean, table, scale)
    table = table.assign(**{target: drawn.pop("observed"), **drawn})
    return Runs(table, source=f"the model {model.name} (seed {seed})", simulated=True)


def typical_values(problem: Problem, seed: int = 0) -> dict[str, float]:
    """Return the medians of the priors of a law's parameters, for given runs.

    A parameter of uncertain sign is taken one standard deviation up instead: a median near zero
    would switch its term off.
    """
    drawn = draw_prior(problem, _PRIOR_DRAWS, seed)
    typical = {}
    for name in (name for name in problem.model.priors if name in drawn):
        median, upper = np.quantile(drawn[name], [0.5, 0.84])
        typical[name] = float(median if drawn[name].min() > 0 or median > upper - median else upper)
    return {**typical, **problem.model.fixed}


def _mean(
    model: Model, table: pd.DataFrame, values: Mapping[str, float] | str | None, seed: int
) -> np.ndarray:
    if isinstance(values, str):
        if values not in model.published:
            raise ModelError(unknown_name("published set", values, model.published))
        values = model.published[values].values
    _require_inputs(model, table, values)
    reference: Mapping[str, float] = dict.fromkeys(model.law.inputs, 1.0)
    if values is None:
        reference, values = stated_values(model, table, seed)
    return np.asarray(model.predict_at(model.inputs_of(table), reference, values), float)


def _noise_of_runs(
    model: Model, table: pd.DataFrame, values: Mapping[str, float] | str | None, noise: float
) -> float | FloatArray:
    column = model.likelihood.varies_with
    if column is None:
        return noise
    if column not in table:
        raise ModelError(
            f"the noise of {model.name} falls with {column}; give it as a column of the table"
        )
    falloff = values.get("falloff", _FALLOFF) if isinstance(values, Mapping) else _FALLOFF
    times = table[column].to_numpy(float) / typical_point(table[column])
    numbers = {"sigma": noise, "falloff": falloff, "nu": np.nan}  # residuals have their own
    return np.asarray(model.likelihood.at(numbers, times)["sigma"], float)


def _require_inputs(model: Model, table: pd.DataFrame, values: Mapping[str, float] | None) -> None:
    """Raise if the law cannot be evaluated on a table, or with some values."""
    if missing := [name for name in model.columns.values() if name not in table]:
        raise ModelError(f"{model.name} takes {missing[0]}, which the table does not have; add it")
    if table.empty:
        raise ModelError("the table of inputs has no row; give one for each run")
    inputs = table[list(model.columns.values())].reset_index(drop=True)
    wrong = find_invalid(inputs, inputs.apply(pd.to_numeric, errors="coerce").astype(float))
    for odd in wrong.head(1).itertuples():
        raise ModelError(f"table: {odd.column} = {shorten(odd.value)} {odd.reason}; mend the row")
    given = model.priors if values is None else values
    if missing := [name for name in model.law.parameters if name not in given]:
        raise ModelError(f"values lack {missing[0]} of law {model.law.name}; give every parameter")


def stated_values(
    model: Model, table: pd.DataFrame, seed: int = 0
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the reference run of a table of inputs and the values `simulate` draws from there."""
    low, high = quantity_of(model.law.target).span
    usual = LOW_LOSS if model.law.target == "loss" else (low * high) ** 0.5
    problem = Problem.of(model, Runs(table.assign(**{model.law.target: usual})))
    return problem.reference, typical_values(problem, seed)
