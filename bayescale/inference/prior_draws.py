"""Draws from the priors of a card."""

from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.model.card import Model
from bayescale.model.discrepancy import SHAPE
from bayescale.model.prior import Prior
from bayescale.model.problem import Problem


def draw_prior(problem: Problem, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw the free variables of the stated model from their priors.

    Returns
    -------
    dict of str to ndarray
        Shape (draws,), (draws, groups) for the values of a parameter in each group, or
        (draws, modes) for the shape of a discrepancy.
    """
    model, rng = problem.model, np.random.default_rng(seed)
    drawn = {
        name: _draw(prior, problem.loss_scale, draws, rng)
        for name, prior in model.all_priors.items()
    }
    for vector, (name, group) in model.pooled.items():
        drawn[vector] = scatter(model, name, drawn, len(problem.levels[group]), rng)
    if problem.basis is not None:
        drawn[SHAPE] = rng.standard_normal((draws, problem.basis.modes))
    return drawn


def scatter(
    model: Model,
    name: str,
    draws: Mapping[str, np.ndarray],
    groups: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw the values that a pooled parameter has in groups that are not known.

    Parameters
    ----------
    model : Model
        The model card.
    name : str
        The pooled parameter.
    draws : mapping of str to ndarray, shape (draws,)
        Draws of the parameter and its spread.
    groups : int
        The number of groups.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    ndarray, shape (draws, groups)
    """
    columns = {key: np.asarray(values)[:, None] for key, values in draws.items()}
    samples = len(columns[f"{name}_spread"])
    found: np.ndarray = model.unseen(name, columns, rng.standard_normal((samples, groups)))
    return found


def _draw(prior: Prior, loss_scale: float, size: int, rng: np.random.Generator) -> FloatArray:
    """Draw from a prior by NumPy if it is a common one, and by PyMC otherwise."""
    arguments = prior.arguments(loss_scale)
    known = _DRAWN.get((prior.dist, *sorted(arguments)))
    if known is not None:
        return np.asarray(known(rng, size, **arguments), float)
    import pymc as pm

    from bayescale.inference.graph import UNCOMPILED, variable

    free = variable(None, prior, loss_scale, size=size)
    seed = int(rng.integers(2**31))
    return np.asarray(pm.draw(free, random_seed=seed, mode=UNCOMPILED), float)


def _truncated(
    rng: np.random.Generator,
    size: int,
    mu: float,
    sigma: float,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> FloatArray:
    """Draw from the part of a normal distribution between two ends, by its quantiles."""
    normal = NormalDist()
    # In the lower half, where the quantiles of small probabilities are exact.
    turned = -1.0 if lower > mu else 1.0
    ends = sorted(turned * (end - mu) / sigma for end in (lower, upper))
    low, high = (normal.cdf(end) for end in ends)
    shares = np.maximum(low + (high - low) * rng.uniform(size=size), np.finfo(float).tiny)
    return mu + turned * sigma * np.array([normal.inv_cdf(share) for share in shares])


_DRAWN: dict[tuple[str, ...], Callable[..., Any]] = {
    ("Beta", "alpha", "beta"): lambda rng, n, alpha, beta: rng.beta(alpha, beta, n),
    ("Exponential", "lam"): lambda rng, n, lam: rng.exponential(1 / lam, n),
    ("Gamma", "alpha", "beta"): lambda rng, n, alpha, beta: rng.gamma(alpha, 1 / beta, n),
    ("HalfNormal", "sigma"): lambda rng, n, sigma: np.abs(rng.normal(0.0, sigma, n)),
    ("HalfStudentT", "nu", "sigma"): lambda rng, n, nu, sigma: (
        sigma * np.abs(rng.standard_t(nu, n))
    ),
    ("LogNormal", "mu", "sigma"): lambda rng, n, mu, sigma: rng.lognormal(mu, sigma, n),
    ("Normal", "mu", "sigma"): lambda rng, n, mu, sigma: rng.normal(mu, sigma, n),
    ("TruncatedNormal", "lower", "mu", "sigma"): _truncated,
    ("TruncatedNormal", "lower", "mu", "sigma", "upper"): _truncated,
    ("Uniform", "lower", "upper"): lambda rng, n, lower, upper: rng.uniform(lower, upper, n),
}
"""How to draw by NumPy, by distribution and its arguments."""
