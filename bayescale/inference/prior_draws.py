"""Draws from the priors of a card."""

from collections.abc import Mapping

import numpy as np
import pymc as pm

from bayescale.inference.graph import UNCOMPILED, variable
from bayescale.model.card import Model
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem


def draw_prior(problem: Problem, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw the free variables of the stated model from their priors.

    Returns
    -------
    dict of str to ndarray
        Shape (draws,), (draws, groups) for the values of a parameter in each group, or
        (draws, modes) for the shape of a discrepancy.
    """
    model, scale = problem.model, problem.loss_scale
    variables = {
        name: variable(None, prior, scale, size=draws) for name, prior in model.all_priors.items()
    }
    values = pm.draw(list(variables.values()), random_seed=seed, mode=UNCOMPILED)
    drawn = dict(zip(variables, values, strict=True))
    rng = np.random.default_rng(seed)
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
