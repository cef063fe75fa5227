"""Evaluate a PyMC model at many draws at once, and a fit on runs it has not seen."""

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.replace import vectorize_graph

from bayescale.inference.graph import UNCOMPILED, state
from bayescale.inference.prior_draws import scatter
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs


def evaluate(
    pm_model: pm.Model, draws: Mapping[str, np.ndarray], seed: int
) -> dict[str, dict[str, np.ndarray]]:
    """Evaluate a model at draws of its free variables, all at once.

    Parameters
    ----------
    pm_model : pymc.Model
        As `bayescale.inference.graph.state` returns it.
    draws : mapping of str to ndarray, shape (samples, ...)
        Values of the free variables.
    seed : int
        Seed of the predictive draws.

    Returns
    -------
    dict of dict of str to ndarray
        ``log_prior`` for each free variable, with its shape; ``log_likelihood`` and ``predictive``
        draws of the observed variable with shape (samples, runs).
    """
    free = pm_model.free_RVs
    (observed,) = pm_model.observed_RVs
    outputs = [
        *(pm.logp(variable, variable) for variable in free),
        pm.logp(observed, pm_model.rvs_to_values[observed]),
        observed,
    ]
    batched = {
        variable: pt.tensor(variable.name, shape=(None,) * (variable.ndim + 1), dtype="float64")
        for variable in free
    }
    vectorized = vectorize_graph(outputs, replace=batched)
    inputs = list(batched.values())
    function = pm.compile(inputs, vectorized, random_seed=seed, mode=UNCOMPILED)
    *log_prior, log_likelihood, predictive = function(*(draws[variable.name] for variable in free))
    return {
        "log_prior": {v.name: value for v, value in zip(free, log_prior, strict=True)},
        "log_likelihood": {observed.name: log_likelihood},
        "predictive": {observed.name: predictive},
    }


def evaluate_on(fit: Fit, runs: Runs) -> dict[str, np.ndarray]:
    """Evaluate a fit on runs it has not seen.

    Parameters
    ----------
    fit : Fit
        The fit.
    runs : Runs
        Other runs with the same columns.

    Returns
    -------
    dict of str to ndarray, shape (samples, runs)
        ``log_likelihood`` of the runs and ``predictive`` draws, both of log loss.
    """
    problem = Problem.of(fit.model, runs, fit.scales, fit.basis)
    seed = int(fit.attrs["random_seed"])
    draws: dict[str, np.ndarray] = {
        name: fit.posterior[name].to_numpy().ravel() for name in fit.model.all_priors
    }
    if fit.basis is not None:
        draws[SHAPE] = fit.posterior[SHAPE].to_numpy().reshape(fit.samples, -1)
    draws |= _of_groups(fit, draws, problem.levels, np.random.default_rng(seed))
    evaluated = evaluate(state(problem), draws, seed)
    return {name: evaluated[name][fit.model.observed] for name in ("log_likelihood", "predictive")}


def _of_groups(
    fit: Fit,
    draws: Mapping[str, np.ndarray],
    levels: Mapping[str, np.ndarray],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Return the group values for given levels; levels the fit has not seen are drawn anew."""
    values = {}
    for vector, (name, group) in fit.model.pooled.items():
        known = fit.posterior[vector].stack(sample=("chain", "draw")).transpose("sample", group)
        values[vector] = scatter(fit.model, name, draws, len(levels[group]), rng)
        for i, level in enumerate(levels[group]):
            if level in known[group]:
                values[vector][:, i] = known.sel({group: level})
    return values
