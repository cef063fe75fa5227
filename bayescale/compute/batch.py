"""The critical batch, and the least steps and FLOPs that reach a loss."""

import numpy as np
from numpy.typing import ArrayLike

from bayescale.core.quantities import FloatArray

CRITICAL_BATCH_SCALE = 2.1e8
"""Tokens of the critical batch at a loss of one nat per token (Kaplan et al. 2020, table 5)."""


CRITICAL_BATCH_EXPONENT = 0.21
"""The loss falls as the critical batch to the power of minus this (Kaplan et al. 2020, table 5)."""


def critical_batch(loss: ArrayLike) -> FloatArray:
    """Return the batch, in tokens, beyond which larger batches no longer save steps in proportion.

    Kaplan et al. 2020, eq. 1.4, for a loss in nats per token on WebText2.
    """
    shrinking: FloatArray = np.asarray(loss, float) ** (1 / CRITICAL_BATCH_EXPONENT)
    return CRITICAL_BATCH_SCALE / shrinking


def min_steps(steps: ArrayLike, batch: ArrayLike, loss: ArrayLike) -> FloatArray:
    """Return the fewest steps that reach a loss, given the steps taken at a batch in tokens.

    The steps of a batch far above the critical one (Kaplan et al. 2020, eq. 5.4).
    """
    more: FloatArray = critical_batch(loss) / np.asarray(batch, float)
    return np.asarray(steps, float) / (1 + more)


def min_flops(flops: ArrayLike, batch: ArrayLike, loss: ArrayLike) -> FloatArray:
    """Return the least FLOPs that reach a loss, given those spent at a batch in tokens.

    The compute of a batch far below the critical one (Kaplan et al. 2020, eq. 5.5).
    """
    more: FloatArray = np.asarray(batch, float) / critical_batch(loss)
    return np.asarray(flops, float) / (1 + more)
