"""How a value that came out stands to the quantiles that were foretold of it."""

import numpy as np
from numpy.typing import ArrayLike

from bayescale.core.quantities import FloatArray
from bayescale.evaluation.scores import SHARES, WIDE

LEVELS = (0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99)
"""The probabilities that forecast hubs ask quantiles of: eleven intervals around the median."""

CENTRAL, SHOWN = SHARES, WIDE
"""The intervals that answers speak of, and the one that tables show."""


def bounds_of(prob: float) -> tuple[float, float]:
    """Return the levels of a central interval."""
    return round((1 - prob) / 2, 6), round((1 + prob) / 2, 6)


def weighted_interval_score(
    levels: ArrayLike, quantiles: ArrayLike, observed: float | FloatArray
) -> FloatArray:
    """Return the weighted interval score, which is less for the better forecast.

    It is twice the mean quantile score, and nears the CRPS as quantiles grow dense.

    Parameters
    ----------
    levels : array_like, shape (levels,)
        Probabilities, symmetric around one half.
    quantiles : array_like, shape (..., levels)
        The quantiles, in the unit of what is observed.
    observed : float or ndarray, shape (...)
        What came out.

    Returns
    -------
    ndarray, shape (...)
        In the unit of what is observed.

    References
    ----------
    Bracher, Ray, Gneiting and Reich 2021, arXiv 2005.12881, equation 1.
    """
    probability = np.asarray(levels, float)
    above = np.asarray(observed, float)[..., None] - np.asarray(quantiles, float)
    score = np.maximum(probability * above, (probability - 1) * above)
    return np.asarray(2 * score.mean(-1))


def probability_integral(levels: ArrayLike, quantiles: ArrayLike, observed: float) -> float:
    """Return the probability that was foretold of a lower value than came out (PIT).

    Between quantiles and beyond them the forecast is taken to be normal through the two nearest.

    Parameters
    ----------
    levels, quantiles : array_like, shape (levels,)
        Probabilities and quantiles, in increasing order.
    observed : float
        What came out.
    """
    from scipy.special import ndtr, ndtri

    values, first = np.unique(np.asarray(quantiles, float), return_index=True)
    scores = ndtri(np.asarray(levels, float)[first])
    if len(values) == 1:
        return float(0.5 * (1 + np.sign(observed - values[0])))
    place = int(np.clip(np.searchsorted(values, observed), 1, len(values) - 1))
    low, high = place - 1, place
    along = (observed - values[low]) / (values[high] - values[low])
    return float(ndtr(scores[low] + along * (scores[high] - scores[low])))
