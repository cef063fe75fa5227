"""Whether compiled code computes the model: its density against the law on arrays, draw by draw."""

from collections.abc import Mapping

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.inference.compiling import Density
from bayescale.inference.evaluating import log_likelihood
from bayescale.inference.modes import bend_of_runs
from bayescale.inference.sampling import Sampled
from bayescale.model.problem import Problem

_DIFFERENCE = 1e-7
"""As a share of the density. Rounding makes 1e-14; a law that differs by 1e-6 of the loss, 1e-5."""


def is_proved(
    problem: Problem,
    density: Density,
    sampled: Sampled,
    found: Mapping[str, FloatArray],
    of_runs: FloatArray,
) -> bool:
    """Whether the density of each draw is its prior and what the law, on arrays, says of the runs.

    Code that was kept is told apart by the code of the law; this finds what no key can see, such
    as a helper of the law that was changed behind its back.

    Parameters
    ----------
    problem : Problem
        The model and the runs.
    density : Density
        The compiled density.
    sampled : Sampled
        What was drawn from it.
    found : mapping of str to ndarray, shape (samples, ...)
        The parameters of these draws, as the density gives them.
    of_runs : ndarray, shape (draws, runs)
        The log likelihood of the stated model, of all of these draws or fewer.
    """
    rest = density.rest(sampled.rows)
    if rest is None:
        return True
    if problem.basis is not None:  # the modes that are not sampled move the runs a little
        likelihood = log_likelihood(problem, found, bend_of_runs(problem))
    elif len(of_runs) < len(sampled.rows):
        likelihood = log_likelihood(problem, found)
    else:
        likelihood = of_runs.sum(axis=1)
    computed = sampled.statistics["logp"].ravel()
    scale = np.abs(computed) + np.abs(likelihood) + 1.0
    return bool((np.abs(computed - rest - likelihood) <= _DIFFERENCE * scale).all())
