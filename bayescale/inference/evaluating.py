"""Evaluate a model at many draws, by the law on arrays, and a fit on runs it has not seen."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.inference.prior_draws import scatter
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.model.pooling import OFFSET
from bayescale.model.problem import Problem
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs

_BLOCK = 500_000
"""How many numbers are computed at once; the memory that takes is a few times theirs."""


type Bend = Callable[[Mapping[str, FloatArray]], FloatArray]
"""From draws to how the log loss of each run differs from that of the law, (samples, runs)."""


def evaluate(problem: Problem, draws: Mapping[str, FloatArray], seed: int) -> dict[str, FloatArray]:
    """Evaluate the model that a card states of some runs at draws of its variables.

    Parameters
    ----------
    problem : Problem
        The model and the runs.
    draws : mapping of str to ndarray, shape (samples, ...)
        Values of the free variables.
    seed : int
        Seed of the predictive draws.

    Returns
    -------
    dict of str to ndarray, shape (samples, runs)
        ``log_likelihood``, and ``predictive`` draws of the observed variable.
    """
    density = np.empty((len(next(iter(draws.values()))), len(problem.runs)))
    drawn = np.empty_like(density)
    likelihood, data, rng = problem.model.likelihood, problem.data, np.random.default_rng(seed)
    for block, mean, offset, noise in _blocks(problem, draws, _stated_bend(problem)):
        density[block] = likelihood.log_density(mean, offset, noise, data)
        drawn[block] = likelihood.draw_observed(rng, mean, offset, noise, data)
    return {"log_likelihood": density, "predictive": drawn}


def predictive(problem: Problem, draws: Mapping[str, FloatArray], seed: int) -> FloatArray:
    """Return predictive draws alone, as `evaluate` has them, shape (samples, runs)."""
    drawn = np.empty((len(next(iter(draws.values()))), len(problem.runs)))
    likelihood, data, rng = problem.model.likelihood, problem.data, np.random.default_rng(seed)
    for block, mean, offset, noise in _blocks(problem, draws, _stated_bend(problem)):
        drawn[block] = likelihood.draw_observed(rng, mean, offset, noise, data)
    return drawn


def log_likelihood(
    problem: Problem, draws: Mapping[str, FloatArray], bend: Bend | None = None
) -> FloatArray:
    """Return the log likelihood of all runs, shape (samples,).

    Parameters
    ----------
    problem : Problem
        The model and the runs.
    draws : mapping of str to ndarray, shape (samples, ...)
        Values of the free variables, but for the shape of a discrepancy.
    bend : callable, optional
        From draws to by how much the log loss of each run differs from that of the law.
    """
    found = np.empty(len(next(iter(draws.values()))))
    for block, mean, offset, noise in _blocks(problem, draws, bend):
        of_runs = problem.model.likelihood.log_density(mean, offset, noise, problem.data)
        found[block] = of_runs.sum(axis=1)
    return found


def _stated_bend(problem: Problem) -> Bend | None:
    if (given := problem.model.discrepancy) is None or problem.basis is None:
        return None
    features, unit = problem.basis.features(problem.runs.table).T, given.unit

    def bend(draws: Mapping[str, FloatArray]) -> FloatArray:
        return np.asarray((draws[BEND][:, None] / unit * draws[SHAPE]) @ features)

    return bend


def _blocks(
    problem: Problem, draws: Mapping[str, FloatArray], bend: Bend | None
) -> Iterator[tuple[slice, FloatArray, Any, Mapping[str, FloatArray]]]:
    """Yield which draws, what the law predicts of each run, offsets and numbers of the noise."""
    samples, runs = len(next(iter(draws.values()))), len(problem.runs)
    size = max(1, _BLOCK // runs)
    # Some draws of a prior are of no use, and no sampler asks for them.
    with np.errstate(all="ignore"):
        for start in range(0, samples, size):
            block = slice(start, min(start + size, samples))
            some = {name: values[block] for name, values in draws.items()}
            mean, offset, noise = _of_runs(problem, some)
            bent = 0.0 if bend is None else bend(some)
            yield block, np.broadcast_to(mean, (block.stop - start, runs)), offset + bent, noise


def _of_runs(problem: Problem, draws: Mapping[str, FloatArray]) -> tuple[Any, Any, Any]:
    model, data = problem.model, problem.data
    values: dict[str, Any] = {name: draws[name][:, None] for name in model.all_priors} | dict(
        model.fixed
    )
    of_runs = {
        name: draws[vector][:, problem.positions[group]]
        for vector, (name, group) in model.pooled.items()
    }
    columns = {column: data[symbol] for symbol, column in model.columns.items()}
    mean = model.predict_at(columns, problem.reference, {**values, **of_runs})
    noise = {name: values[name] for name in model.likelihood.priors}
    return mean, of_runs.get(OFFSET, 0.0), model.likelihood.at(noise, data.get("noise_times"))


def evaluate_on(fit: Fit, runs: Runs) -> dict[str, FloatArray]:
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
    draws: dict[str, FloatArray] = {
        name: fit.posterior[name].to_numpy().ravel() for name in fit.model.all_priors
    }
    if fit.basis is not None:
        draws[SHAPE] = fit.posterior[SHAPE].to_numpy().reshape(fit.samples, -1)
    draws |= _of_groups(fit, draws, problem.levels, np.random.default_rng(seed))
    return evaluate(problem, draws, seed)


def _of_groups(
    fit: Fit,
    draws: Mapping[str, FloatArray],
    levels: Mapping[str, np.ndarray],
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    """Return the group values for given levels; levels the fit has not seen are drawn anew."""
    values = {}
    for vector, (name, group) in fit.model.pooled.items():
        known = fit.posterior[vector].stack(sample=("chain", "draw")).transpose("sample", group)
        values[vector] = scatter(fit.model, name, draws, len(levels[group]), rng)
        for i, level in enumerate(levels[group]):
            if level in known[group]:
                values[vector][:, i] = known.sel({group: level})
    return values
