"""Draws from the priors of a card."""

from collections.abc import Mapping

import numpy as np
import pymc as pm

from bayescale.inference.graph import UNCOMPILED, variable
from bayescale.model.card import Model
from bayescale.model.pooling import POOLED_LOSS
from bayescale.model.problem import group_levels
from bayescale.runs.table import Runs


def draw_prior(model: Model, runs: Runs, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw the free variables of `build_model` from their priors.

    Returns
    -------
    dict of str to ndarray
        Shape (draws,), or (draws, groups) for the values of a parameter in each group.
    """
    scale = runs.low_end(model.law.target)
    variables = {
        name: variable(None, prior, scale, size=draws) for name, prior in model.all_priors.items()
    }
    values = pm.draw(list(variables.values()), random_seed=seed, mode=UNCOMPILED)
    drawn = dict(zip(variables, values, strict=True))
    levels, rng = group_levels(model, runs), np.random.default_rng(seed)
    for vector, (name, group) in model.pooled.items():
        drawn[vector] = scatter(model, name, drawn, len(levels[group]), rng)
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
    spread = np.asarray(draws[f"{name}_spread"])[:, None]
    deviation = spread * rng.standard_normal((len(spread), groups))
    if name == POOLED_LOSS:
        return deviation
    centre = np.asarray(draws[name])[:, None]
    return centre * np.exp(deviation) if model.priors[name].positive else centre + deviation
