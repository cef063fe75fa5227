"""How a law bends, in the coordinates that NUTS explores best."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayescale.core.quantities import FloatArray
from bayescale.inference.graph import Bend, variable
from bayescale.model.discrepancy import BEND
from bayescale.model.problem import Problem

LEADING = "bend_modes"
"""What the sampled coordinates say of the leading modes, standard normal a priori."""

_SMALLEST_ROOT = 1e-7
"""The singular value of a mode of which runs tell nothing, so that its density is a number."""


@dataclass(frozen=True)
class Modes:
    """The features of the runs by singular values: what they tell most of stands first.

    Attributes
    ----------
    vectors : ndarray, shape (runs, modes kept)
        What each mode does to each run; zero where there are fewer modes than asked for, so that
        one compiled density serves all runs.
    root : ndarray, shape (modes kept,)
        The singular values.
    directions : ndarray, shape (modes, modes)
        The modes as directions of zeta, one a row: those kept, then the others.
    """

    vectors: FloatArray
    root: FloatArray
    directions: FloatArray

    @classmethod
    def of(cls, problem: Problem, kept: int) -> "Modes":
        """Return the modes of a problem's runs, as many as are kept."""
        assert problem.basis is not None
        features = problem.basis.features(problem.runs.table)
        left, values, directions = np.linalg.svd(features)
        found = min(kept, len(values))
        vectors = np.zeros((len(features), kept))
        vectors[:, :found] = left[:, :found]
        root = np.full(kept, _SMALLEST_ROOT)
        root[:found] = np.maximum(values[:found], _SMALLEST_ROOT)
        return cls(vectors, root, directions)


def sampling_data(problem: Problem) -> dict[str, Any]:
    """Return the data that the sampled density takes from the runs."""
    if (given := problem.model.discrepancy) is None:
        return dict(problem.data)
    modes = Modes.of(problem, given.modes)
    return {**problem.data, "mode_vectors": modes.vectors, "mode_root": modes.root}


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
        seen = (vectors * misfit[:, None]).sum(axis=0)
        deviation = pt.sqrt(prior * scatter / (prior + scatter))
        mode = prior * seen / (prior + scatter) + deviation * free
        density = -0.5 * mode**2 / prior - 0.5 * pt.log(2 * np.pi * prior) + pt.log(deviation)
        pm.Potential("bend_density", density.sum())
        pm.Deterministic(LEADING, mode / root)
        return (vectors * mode[None, :]).sum(axis=1)

    return bend


def whole_shape(problem: Problem, leading: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return draws of zeta, given its leading modes; the others are as they are a priori.

    Parameters
    ----------
    problem : Problem
        The model and the runs.
    leading : ndarray, shape (samples, modes kept)
        Draws of the leading modes.
    rng : Generator
        The source of randomness.

    Returns
    -------
    ndarray, shape (samples, modes)
    """
    assert problem.basis is not None
    directions = Modes.of(problem, leading.shape[1]).directions
    known = min(leading.shape[1], len(directions), len(problem.runs))
    unknown = rng.standard_normal((len(leading), len(directions) - known))
    return np.asarray(leading[:, :known] @ directions[:known] + unknown @ directions[known:])
