"""Weights of a mixture of models."""

import numpy as np
from scipy.special import logsumexp

from bayescale.core.quantities import FloatArray

_STEPS, _PRIOR_COUNT = 2000, 1.0


def stack(elpd: FloatArray) -> FloatArray:
    """Return the weights of a mixture that predicts what was held out well (Yao et al. 2018).

    A few observations hardly tell small differences, so the weights have a Dirichlet prior that
    draws them together: their most likely value, by expectation maximisation.

    Parameters
    ----------
    elpd : ndarray, shape (models, observations)
        Log predictive densities.

    Returns
    -------
    ndarray, shape (models,)
    """
    models, observations = elpd.shape
    weights = np.full(models, 1 / models)
    for _ in range(_STEPS):
        joint = np.log(weights)[:, None] + elpd
        shares = np.exp(joint - logsumexp(joint, axis=0)).sum(axis=1)
        weights = (shares + _PRIOR_COUNT) / (observations + models * _PRIOR_COUNT)
    return np.asarray(weights)
