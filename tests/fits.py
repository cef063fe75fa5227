"""Fits made without sampling: draws around known constants, assembled as a real fit would be."""

from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.datasets import load
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.model.problem import Problem
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs

CHAINS, DRAWS = 4, 150

# The constants at the reference run (2e8 parameters, 4e9 tokens; 1e18 FLOPs) and their spread.
_CENTRES = {
    "chinchilla": {"E": 1.817, "A": 0.624, "B": 0.637, "alpha_N": 0.348, "alpha_D": 0.366},
    "power_law": {"E": 1.817, "A": 1.75, "alpha_x": 0.19},
}
_SPREAD = 0.01
_NOISE = {"sigma": 0.005, "nu": 5.0}


def straight(model: str) -> Model:
    """Return a card by name whose law is taken for the truth, under the name of the card."""
    card = models()[model]
    return card.with_discrepancy(False).model_copy(update={"name": card.name})


@cache
def synthetic_fit(model: str = "chinchilla", draws: int = DRAWS, *, bends: bool = False) -> Fit:
    """Return a fit of the simulated data set whose draws scatter by one percent."""
    return fit_to(load("simulated"), model, draws, bends=bends)


def fit_to(
    runs: Runs, model: str = "chinchilla", draws: int = DRAWS, *, bends: bool = False
) -> Fit:
    """Return a fit of given runs whose draws scatter by one percent around known constants.

    Its law is taken for the truth, so that the answers are those of the law, unless it bends.
    """
    from bayescale.inference.density import log_densities
    from bayescale.inference.evaluating import evaluate
    from bayescale.inference.fitting import describe
    from bayescale.inference.graph import state
    from bayescale.inference.tree import assemble

    card = models()[model] if bends else straight(model)
    rng = np.random.default_rng(7)
    size = CHAINS * draws
    centres = {**_centres(runs, model), **_NOISE}
    posterior = {
        name: centre * np.exp(_SPREAD * rng.standard_normal(size))
        for name, centre in centres.items()
    }
    problem = Problem.of(card, runs)
    if problem.basis is not None:
        posterior[BEND] = 0.01 * np.exp(0.3 * rng.standard_normal(size))
        posterior[SHAPE] = rng.standard_normal((size, problem.basis.modes))
    evaluated = evaluate(problem, posterior, 7)
    log_prior = log_densities(state(problem), posterior)["log_prior"]
    tree = assemble(problem, posterior, evaluated, log_prior, _statistics(rng, draws), seed=7)
    tree.attrs = describe(problem, 7, {"model": card.name}) | {
        "target_accept": 0.9,
        "compile_seconds": 0.0,
        "sampling_seconds": 0.0,
    }
    return Fit(tree, card)


def constant_fit(name: str, values: dict[str, float] | str, runs: Runs | None = None) -> Fit:
    """Return a fit whose draws all equal constants in raw units, or a published set of them."""
    from bayescale.inference.fitting import describe
    from bayescale.inference.simulating import simulate
    from bayescale.inference.tree import constant_data

    card = straight(name)
    card = card.model_copy(update={"reference": dict.fromkeys(card.law.inputs, 1.0)})
    values = card.published[values].values if isinstance(values, str) else values
    runs = simulate(name, 40) if runs is None else runs
    problem = Problem.of(card, runs)
    draws = {n: (("chain", "draw"), np.full((1, 100), v)) for n, v in (values | _NOISE).items()}
    groups = {"posterior": xr.Dataset(draws), "prior": xr.Dataset(draws)}
    tree = xr.DataTree.from_dict({**groups, "constant_data": constant_data(problem)})
    tree.attrs = describe(problem, 7, {"model": card.name})
    return Fit(tree, card)


def _centres(runs: Runs, model: str) -> dict[str, float]:
    centres = dict(_CENTRES[model])
    assert set(centres) == set(models()[model].law.parameters)
    reference = Problem.of(models()[model], runs).reference
    if model != "power_law":
        published = models()["chinchilla"].published["besiroglu2024"].values
        centres["A"] = published["A"] * reference["N"] ** -published["alpha_N"]
        centres["B"] = published["B"] * reference["D"] ** -published["alpha_D"]
    return centres


def _statistics(rng: np.random.Generator, draws: int) -> dict[str, np.ndarray]:
    shape = (CHAINS, draws)
    return {
        "depth": np.full(shape, 3),
        "logp": rng.standard_normal(shape),
        "mean_tree_accept": np.full(shape, 0.95),
        "diverging": np.zeros(shape, bool),
        "energy": rng.standard_normal(shape),
        "n_steps": np.full(shape, 7),
        "step_size": np.full(shape, 0.5),
    }


def recorded_cost(params: np.ndarray) -> np.ndarray:
    """Return FLOPs per token of a trainer that counts 3.6 times 6ND at 8M and 1.8 times at 15B."""
    falling = np.log(15.6 / 4.8) / np.log(15e9 / 8e6)
    return np.asarray(params * (6 + 15.6 * (params / 8e6) ** -falling))


def recorded_runs() -> Runs:
    """Return the simulated data set with FLOPs as that trainer recorded them."""
    table = load("simulated").table
    flops = recorded_cost(table["params"].to_numpy()) * table["tokens"]
    return Runs(table.assign(flops=flops), source="runs.csv", flops_rule="recorded")


@cache
def recorded_fit() -> Fit:
    """Return a fit of the runs whose FLOPs were recorded."""
    return fit_to(recorded_runs())


def real_runs(source: str = "a table of ours", refused: pd.DataFrame | None = None) -> Runs:
    """Return the simulated data set as if it had been trained."""
    given = load("simulated")
    return Runs(given.table, given.refused if refused is None else refused, source)


def fit_of_card(name: str, runs: Runs, draws: int = DRAWS, *, bends: bool = False) -> Fit:
    """Return a fit of any card whose draws scatter by one percent around medians of its priors."""
    from bayescale.inference.fitting import describe
    from bayescale.inference.prior_draws import draw_prior
    from bayescale.inference.tree import constant_data

    card = models()[name] if bends else straight(name)
    problem = Problem.of(card, runs)
    rng = np.random.default_rng(11)
    prior = draw_prior(problem, 400, 11)
    posterior = {}
    for parameter in card.all_priors:
        centre = float(np.median(np.asarray(prior[parameter])))
        scatter = rng.standard_normal((CHAINS, draws))
        posterior[parameter] = (("chain", "draw"), centre * np.exp(_SPREAD * scatter))
    if problem.basis is not None:
        size = (CHAINS, draws, problem.basis.modes)
        posterior[SHAPE] = (("chain", "draw", "mode"), rng.standard_normal(size))
    groups = {"posterior": xr.Dataset(posterior), "prior": xr.Dataset(posterior)}
    tree = xr.DataTree.from_dict({**groups, "constant_data": constant_data(problem)})
    tree.attrs = describe(problem, 7, {"model": card.name})
    return Fit(tree, card)
