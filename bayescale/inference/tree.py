"""Gather draws and what follows from them into the tree that ArviZ reads."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from bayescale.inference.evaluating import predictive
from bayescale.inference.nuts import STATISTICS
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.thinning import kept, thinned, thinning
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem

PRIOR_DRAWS = 500
"""How many draws the groups ``prior`` and ``prior_predictive`` hold."""

# What is kept of nutpie's statistics, under the names of the ArviZ schema.
_ARVIZ_NAMES = {"depth": "tree_depth", "logp": "lp", "mean_tree_accept": "acceptance_rate"}


def assemble(
    problem: Problem,
    posterior: Mapping[str, np.ndarray],
    evaluated: Mapping[str, np.ndarray],
    log_prior: Mapping[str, np.ndarray],
    statistics: Mapping[str, np.ndarray],
    seed: int,
    thin: int = 1,
) -> xr.DataTree:
    """Return the groups of a fit: draws, predictions, densities and data.

    Parameters
    ----------
    problem : Problem
        The model and the observed runs.
    posterior : mapping of str to ndarray, shape (samples, ...)
        Draws of the free variables of the stated model, chain after chain.
    evaluated : mapping of str to ndarray, shape (samples // thin, runs)
        What `bayescale.inference.evaluating.evaluate` makes of them, or of every few of each chain.
    log_prior : mapping of str to ndarray, shape (samples, ...)
        The log density of these draws under the priors of the stated model.
    statistics : mapping of str to ndarray, shape (chains, draws)
        What nutpie says of each draw, under its own names.
    seed : int
        Seed of prior and predictive draws.
    thin : int, default 1
        Of how many draws the log likelihood and the predictions of one are given, see
        `bayescale.inference.thinning`.

    Returns
    -------
    DataTree
    """
    model = problem.model
    prior = draw_prior(problem, PRIOR_DRAWS, seed)
    thin_before = thinning((1, PRIOR_DRAWS), len(problem.runs))
    chains, prior_chain = statistics["energy"].shape, (1, PRIOR_DRAWS)
    before = predictive(problem, thinned(prior, prior_chain, thin_before), seed)
    constants = constant_data(problem)
    observed = xr.Dataset(
        {model.observed: ("run", problem.data["observed"])}, {"run": constants["run"]}
    )

    def of_runs(values: np.ndarray, samples: tuple[int, int], thin: int) -> xr.Dataset:
        chains, draws = samples
        found = _dataset(problem, {model.observed: values}, (chains, draws // thin))
        return found.assign_coords(draw=np.arange(draws)[kept(draws, thin)])

    def parameters(values: Mapping[str, np.ndarray], samples: tuple[int, int]) -> xr.Dataset:
        draws = _dataset(problem, values, samples)
        return draws.assign(model.derived(problem.reference, draws.data_vars))

    return xr.DataTree.from_dict(
        {
            "posterior": parameters(posterior, chains),
            "sample_stats": _dataset(problem, _renamed(statistics), chains),
            "prior": parameters(prior, prior_chain),
            "prior_predictive": of_runs(before, prior_chain, thin_before),
            "posterior_predictive": of_runs(evaluated["predictive"], chains, thin),
            "log_likelihood": of_runs(evaluated["log_likelihood"], chains, thin),
            "log_prior": _dataset(problem, log_prior, chains),
            "observed_data": observed,
            "constant_data": constants,
        }
    )


def _renamed(statistics: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the statistics that are kept of each draw, one number a draw, as ArviZ names them."""
    return {_ARVIZ_NAMES.get(name, name): statistics[name].ravel() for name in STATISTICS}


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
