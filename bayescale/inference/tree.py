"""Gather draws and what follows from them into the tree that ArviZ reads."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from bayescale.inference.evaluating import evaluate
from bayescale.inference.graph import state
from bayescale.inference.prior_draws import draw_prior
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem

PRIOR_DRAWS = 500
"""How many draws the groups ``prior`` and ``prior_predictive`` hold."""

# What is kept of nutpie's statistics, under the names of the ArviZ schema.
_ARVIZ_NAMES = {"depth": "tree_depth", "logp": "lp", "mean_tree_accept": "acceptance_rate"}
_STATISTICS = ("diverging", "energy", "n_steps", "step_size")


def assemble(
    problem: Problem, posterior: Mapping[str, np.ndarray], stats: xr.Dataset, seed: int
) -> xr.DataTree:
    """Return the groups of a fit: draws, predictions, densities and data.

    Parameters
    ----------
    problem : Problem
        The model and the observed runs.
    posterior : mapping of str to ndarray, shape (samples, ...)
        Draws of the free variables of the stated model, chain after chain.
    stats : Dataset
        The statistics of nutpie, dimensions (chain, draw).
    seed : int
        Seed of prior and predictive draws.

    Returns
    -------
    DataTree
    """
    model = problem.model
    prior = draw_prior(problem, PRIOR_DRAWS, seed)
    both = {name: np.concatenate([prior[name], posterior[name]]) for name in posterior}
    evaluated = evaluate(state(problem), both, seed)
    prior_predictive = {
        name: values[:PRIOR_DRAWS] for name, values in evaluated["predictive"].items()
    }
    chains, prior_chain = (stats.sizes["chain"], stats.sizes["draw"]), (1, PRIOR_DRAWS)
    constants = constant_data(problem)
    observed = xr.Dataset(
        {model.observed: ("run", problem.data["observed"])}, {"run": constants["run"]}
    )

    def of_posterior(group: str) -> xr.Dataset:
        kept = {name: values[PRIOR_DRAWS:] for name, values in evaluated[group].items()}
        return _dataset(problem, kept, chains)

    def parameters(values: Mapping[str, np.ndarray], samples: tuple[int, int]) -> xr.Dataset:
        draws = _dataset(problem, values, samples)
        return draws.assign(model.derived(problem.reference, draws.data_vars))

    return xr.DataTree.from_dict(
        {
            "posterior": parameters(posterior, chains),
            "sample_stats": stats.rename(_ARVIZ_NAMES)[[*_ARVIZ_NAMES.values(), *_STATISTICS]],
            "prior": parameters(prior, prior_chain),
            "prior_predictive": _dataset(problem, prior_predictive, prior_chain),
            "posterior_predictive": of_posterior("predictive"),
            "log_likelihood": of_posterior("log_likelihood"),
            "log_prior": of_posterior("log_prior"),
            "observed_data": observed,
            "constant_data": constants,
        }
    )


def constant_data(problem: Problem) -> xr.Dataset:
    """Return the table of runs, dimension (run,), the scales, and what the law bends by."""
    table = problem.runs.table
    columns = {name: ("run", table[name].to_numpy()) for name in table.columns}
    constants = xr.Dataset({**columns, **problem.scales}, {"run": table.index.to_numpy()})
    if problem.basis is not None:
        constants = constants.merge(problem.basis.to_dataset())
    return constants


def _dataset(
    problem: Problem, values: Mapping[str, np.ndarray], samples: tuple[int, int]
) -> xr.Dataset:
    """Give draws their dimensions: chain and draw, then group, mode or run."""
    coords: dict[str, Any] = {"chain": np.arange(samples[0]), "draw": np.arange(samples[1])}
    known = {"run": problem.runs.table.index.to_numpy(), **problem.levels}
    over = {vector: group for vector, (_, group) in problem.model.pooled.items()}
    if problem.basis is not None:
        known["mode"], over[SHAPE] = np.arange(problem.basis.modes), "mode"
    variables: dict[str, Any] = {}
    for name, value in values.items():
        dims = ["chain", "draw"]
        if value.ndim > 1:
            dims.append(over.get(name, "run"))
            coords[dims[-1]] = known[dims[-1]]
        variables[name] = (dims, value.reshape(samples + value.shape[1:]))
    return xr.Dataset(variables, coords)
