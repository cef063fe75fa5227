"""Gather draws and what follows from them into the tree that ArviZ reads."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from bayescale.inference.evaluating import evaluate
from bayescale.inference.graph import build_model, model_data
from bayescale.inference.prior_draws import draw_prior
from bayescale.model.card import Model
from bayescale.model.problem import group_levels, scales
from bayescale.runs.table import Runs

PRIOR_DRAWS = 500
"""How many draws the groups ``prior`` and ``prior_predictive`` hold."""

# What is kept of nutpie's statistics, under the names of the ArviZ schema.
_ARVIZ_NAMES = {"depth": "tree_depth", "logp": "lp", "mean_tree_accept": "acceptance_rate"}
_STATISTICS = ("diverging", "energy", "n_steps", "step_size")


def assemble(
    model: Model, runs: Runs, posterior: Mapping[str, np.ndarray], stats: xr.Dataset, seed: int
) -> xr.DataTree:
    """Return the groups of a fit: draws, predictions, densities and data.

    Parameters
    ----------
    model : Model
        The model card.
    runs : Runs
        The observed runs.
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
    prior = draw_prior(model, runs, PRIOR_DRAWS, seed)
    both = {name: np.concatenate([prior[name], posterior[name]]) for name in posterior}
    evaluated = evaluate(build_model(model, runs), both, seed)
    prior_predictive = {
        name: values[:PRIOR_DRAWS] for name, values in evaluated["predictive"].items()
    }
    chains, prior_chain = (stats.sizes["chain"], stats.sizes["draw"]), (1, PRIOR_DRAWS)
    constants = _constants(model, runs)
    observed = model_data(model, runs)["observed"]

    def of_posterior(group: str) -> xr.Dataset:
        kept = {name: values[PRIOR_DRAWS:] for name, values in evaluated[group].items()}
        return _dataset(model, runs, kept, chains)

    groups = {
        "posterior": _dataset(model, runs, posterior, chains),
        "sample_stats": stats.rename(_ARVIZ_NAMES)[[*_ARVIZ_NAMES.values(), *_STATISTICS]],
        "prior": _dataset(model, runs, prior, prior_chain),
        "prior_predictive": _dataset(model, runs, prior_predictive, prior_chain),
        "posterior_predictive": of_posterior("predictive"),
        "log_likelihood": of_posterior("log_likelihood"),
        "log_prior": of_posterior("log_prior"),
        "observed_data": xr.Dataset({model.observed: ("run", observed)}, constants.coords),
        "constant_data": constants,
    }
    reference = [float(constants[f"{symbol}_ref"]) for symbol in model.law.inputs]
    for name in ("prior", "posterior"):
        values: dict[Any, Any] = {**model.fixed, **groups[name].data_vars}
        groups[name] = groups[name].assign(model.law.derive(reference, values))
    return xr.DataTree.from_dict(groups)


def _dataset(
    model: Model, runs: Runs, values: Mapping[str, np.ndarray], samples: tuple[int, int]
) -> xr.Dataset:
    """Give draws their dimensions: chain and draw, then group or run."""
    coords: dict[str, Any] = {"chain": np.arange(samples[0]), "draw": np.arange(samples[1])}
    known = {"run": runs.table.index.to_numpy(), **group_levels(model, runs)}
    variables: dict[str, Any] = {}
    for name, value in values.items():
        dims = ["chain", "draw"]
        if value.ndim > 1:
            dims.append(model.pooled[name][1] if name in model.pooled else "run")
            coords[dims[-1]] = known[dims[-1]]
        variables[name] = (dims, value.reshape(samples + value.shape[1:]))
    return xr.Dataset(variables, coords)


def _constants(model: Model, runs: Runs) -> xr.Dataset:
    columns = {name: ("run", runs.table[name].to_numpy()) for name in runs.table.columns}
    return xr.Dataset({**columns, **scales(model, runs)}, {"run": runs.table.index.to_numpy()})
