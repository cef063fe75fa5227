"""How good forecasts were: error, width, coverage and proper scores of draws of log loss."""

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from bayescale.core.quantities import FloatArray

SHARES = (0.5, 0.8, 0.9, 0.95)
"""The probabilities of the intervals whose coverage is looked at."""

WIDE = 0.9
"""The one whose width and interval score are told."""


def inside(share: float) -> str:
    """Return what the column of an interval's coverage is called: ``inside_90``."""
    return f"inside_{100 * share:.0f}"


def scores_of(draws: FloatArray, observed: FloatArray) -> pd.DataFrame:
    """Score draws of the log loss of runs against what came out.

    Parameters
    ----------
    draws : ndarray, shape (samples, runs)
        Predictive draws of log loss.
    observed : ndarray, shape (runs,)
        The log losses.

    Returns
    -------
    DataFrame
        One row a run. ``error`` and ``bias``: how far the median of the loss is off, relative to
        the loss, absolute and with its sign (positive where it is too high). ``width`` and
        ``interval_score`` (Gneiting and Raftery 2007) of the 90% interval and ``crps``, of log
        loss, so relative to the loss as well; smaller is better. ``inside_50`` to ``inside_95``:
        whether the run lies in the central interval.
    """
    low, high = interval(draws, WIDE)
    missed = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
    off = np.expm1(np.median(draws, axis=0) - observed)
    found = {
        "error": np.abs(off),
        "bias": off,
        "crps": crps(draws, observed),
        "width": high - low,
        "interval_score": high - low + 2 / (1 - WIDE) * missed,
    }
    found |= {inside(share): held(draws, observed, share) for share in SHARES}
    return pd.DataFrame(found).astype(float)


def interval(draws: FloatArray, share: float) -> FloatArray:
    """Return the ends of the central interval of each column, shape (2, runs)."""
    return np.asarray(np.quantile(draws, [(1 - share) / 2, (1 + share) / 2], axis=0))


def held(draws: FloatArray, observed: FloatArray, share: float) -> np.ndarray:
    """Return whether what was observed lies in the central interval, shape (runs,)."""
    low, high = interval(draws, share)
    return np.asarray((observed >= low) & (observed <= high))


def crps(draws: FloatArray, observed: FloatArray) -> FloatArray:
    """Return the continuous ranked probability score of draws, shape (runs,).

    Gneiting and Raftery 2007, equation 21, of the empirical distribution of the draws.
    """
    ordered, samples = np.sort(draws, axis=0), len(draws)
    ranks = 2 * np.arange(1, samples + 1) - samples - 1
    spread = (ranks[:, None] * ordered).sum(axis=0) / samples**2
    return np.asarray(np.abs(draws - observed).mean(axis=0) - spread)


def log_score(density: FloatArray) -> FloatArray:
    """Return the log predictive density of each run, shape (runs,), from (samples, runs)."""
    return np.asarray(logsumexp(density, axis=0) - np.log(len(density)))
