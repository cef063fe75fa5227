"""How a law bends, in the coordinates that NUTS explores best."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayescale.inference.graph import Bend, variable
from bayescale.inference.modes import LEADING
from bayescale.model.discrepancy import BEND
from bayescale.model.problem import Problem


def bend_by_modes(problem: Problem, data: Mapping[str, Any]) -> Bend | None:
    """Return what adds the bending of the runs to the density that is sampled.

    The runs determine the sum of law and bending, not each: a mode v of delta is sampled as a
    standardised deviation from what it would be, given the law, if the residuals were normal with
    the variance that has the curvature of the Student-t. The density of v, normal with variance
    (scale root)^2, carries over with the logarithm of the standard deviation. The gradient of
    elementwise sums compiles four times faster than that of dot products.
    """
    given = problem.model.discrepancy
    if given is None:
        return None

    def bend(misfit: Any, noise: Mapping[str, Any]) -> Any:
        scale = variable(BEND, given.bend, data["loss_scale"]) / given.unit
        free = pm.Flat("bend_free", shape=given.modes, initval=np.zeros(given.modes))
        vectors, root = data["mode_vectors"], scale * data["mode_root"]
        prior, scatter = root**2, noise["sigma"] ** 2 * (noise["nu"] + 3) / (noise["nu"] + 1)
        seen = pt.dot(vectors.T, misfit)
        deviation = pt.sqrt(prior * scatter / (prior + scatter))
        mode = prior * seen / (prior + scatter) + deviation * free
        density = -0.5 * mode**2 / prior - 0.5 * pt.log(2 * np.pi * prior) + pt.log(deviation)
        pm.Potential("bend_density", density.sum())
        pm.Deterministic(LEADING, mode / root)
        return pt.dot(vectors, mode)

    return bend
