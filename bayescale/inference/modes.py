"""How a law bends at the runs, by modes: the directions that they tell most of stand first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.model.card import Model
from bayescale.model.discrepancy import BEND, SHAPE
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
        # All directions, but never a square as large as the runs.
        wide = len(features) < features.shape[1]
        left, values, directions = np.linalg.svd(features, full_matrices=wide)
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


def mode_shapes(model: Model) -> dict[str, tuple[int | None, ...]]:
    """Return the shapes of the data that are neither numbers nor vectors over the runs."""
    if (given := model.discrepancy) is None:
        return {}
    return {"mode_vectors": (None, given.modes), "mode_root": (given.modes,)}


def bend_of_runs(problem: Problem) -> Callable[[Mapping[str, FloatArray]], FloatArray]:
    """Return a function of draws: how the law bends at each run by the modes that are sampled.

    Parameters
    ----------
    problem : Problem
        The model and the runs.

    Returns
    -------
    callable
        From the bend, shape (samples,), and the leading modes, shape (samples, modes kept), to
        an array of shape (samples, runs).
    """
    given = problem.model.discrepancy
    assert given is not None
    modes, unit = Modes.of(problem, given.modes), given.unit

    def bend(draws: Mapping[str, FloatArray]) -> FloatArray:
        root = draws[BEND][:, None] / unit * modes.root
        return np.asarray((root * draws[LEADING]) @ modes.vectors.T)

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


def parameter_names(model: Model) -> list[str]:
    """Return what is asked of each point that is sampled: what the draws of a fit follow from."""
    return [LEADING if name == SHAPE else name for name in model.sampled]
