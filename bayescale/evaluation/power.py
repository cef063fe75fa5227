"""What difference a comparison can tell: the power of its design."""

import numpy as np
from scipy.special import ndtr, ndtri

from bayescale.core.quantities import FloatArray

POWER = 0.8
"""The probability with which a difference has to be told to be called resolved."""


def power_of(log_ratio: FloatArray, ratio: float, prob: float) -> float:
    """Return how probably an interval would leave out one, if a ratio were the truth.

    Parameters
    ----------
    log_ratio : ndarray
        Draws of the log ratio; their spread is that of the design.
    ratio : float
        The supposed truth.
    prob : float
        Probability of the interval.

    Notes
    -----
    Normal approximation: an estimate scatters about the truth as the draws do about their median.
    """
    spread, shift = _spread(log_ratio), abs(float(np.log(ratio)))
    if spread == 0:
        return float(shift > 0)
    margin = ndtri((1 + prob) / 2)
    return float(ndtr(shift / spread - margin) + ndtr(-shift / spread - margin))


def resolved_ratio(log_ratio: FloatArray, prob: float) -> float:
    """Return the least ratio above one that is told from one with probability `POWER`."""
    return float(np.exp(_spread(log_ratio) * (ndtri((1 + prob) / 2) + ndtri(POWER))))


def _spread(log_ratio: FloatArray) -> float:
    """Return the standard deviation by quantiles, which draws at the bounds do not move."""
    low, high = np.quantile(log_ratio, ndtr([-1, 1]))
    return float(high - low) / 2
