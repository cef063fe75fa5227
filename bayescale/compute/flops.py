"""Training FLOPs by the usual rule, C = 6 N D, solved for each of the three."""

import numpy as np
from numpy.typing import ArrayLike

from bayescale.core.quantities import FloatArray

FLOPS_PER_PARAM_TOKEN = 6.0
"""Training FLOPs per parameter and token: 2 forward, 4 backward (Kaplan et al. 2020, sec. 2.1)."""


def train_flops(params: ArrayLike, tokens: ArrayLike) -> FloatArray:
    """Return the training FLOPs C = 6 N D, in floating point so that nothing overflows."""
    flops: FloatArray = (
        FLOPS_PER_PARAM_TOKEN * np.asarray(params, float) * np.asarray(tokens, float)
    )
    return flops


def params_for(flops: ArrayLike, tokens: ArrayLike) -> FloatArray:
    """Return the parameters N = C / (6 D) that spend a compute budget on given tokens."""
    return np.asarray(flops, float) / (FLOPS_PER_PARAM_TOKEN * np.asarray(tokens, float))


def tokens_for(flops: ArrayLike, params: ArrayLike) -> FloatArray:
    """Return the tokens D = C / (6 N) that spend a compute budget on given parameters."""
    return params_for(flops, params)
