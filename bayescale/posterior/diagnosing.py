"""R-hat, effective sample sizes and Monte Carlo errors (Vehtari et al. 2021, arXiv:1903.08008).

What ArviZ computes, for the many times that nothing else of ArviZ is needed, which takes longer to
import than all of this to compute.
"""

from collections.abc import Callable
from functools import cache
from statistics import NormalDist

import numpy as np

from bayescale.core.quantities import FloatArray

TAILS = (0.11, 0.89)
"""The quantiles whose effective sample size counts for the tails; ArviZ takes these."""

_SAME = np.finfo(float).resolution


def rhat(draws: FloatArray) -> float:
    """Return rank-normalised split R-hat of draws, shape (chains, draws); NaN of one chain."""
    if not _is_valid(draws, chains=2):
        return float("nan")
    halves = _split(draws)
    folded = np.abs(halves - np.median(halves))
    return max(_rhat(_z_scale(halves)), _rhat(_z_scale(folded)))


def ess_bulk(draws: FloatArray) -> float:
    """Return the effective sample size of the bulk of draws, shape (chains, draws)."""
    return _ess(draws, lambda given: _z_scale(_split(given)))


def ess_tail(draws: FloatArray) -> float:
    """Return the lesser effective sample size of two quantiles far out."""
    if not _is_valid(draws, chains=1):
        return float("nan")
    ends = np.quantile(draws, TAILS)
    return min(_ess(draws <= end, _split) for end in ends)


def mcse_mean(draws: FloatArray) -> float:
    """Return the Monte Carlo error of the mean."""
    return float(draws.std(ddof=1) / np.sqrt(_ess(draws, _split)))


def mcse_sd(draws: FloatArray) -> float:
    """Return the Monte Carlo error of the standard deviation."""
    squares = (draws - draws.mean()) ** 2
    variance = squares.mean()
    of_variance = ((squares**2).mean() - variance**2) / _ess(squares, _split)
    return float(np.sqrt(of_variance / variance / 4))


def bfmi(energy: FloatArray) -> FloatArray:
    """Return the energy fraction of missing information of each chain, shape (chains,)."""
    return np.asarray((np.diff(energy, axis=1) ** 2).mean(axis=1) / energy.var(axis=1, ddof=1))


def _is_valid(draws: FloatArray, chains: int) -> bool:
    enough = draws.shape[0] >= chains and draws.shape[1] >= 4
    return enough and not bool(np.isnan(draws).any())


def _split(draws: FloatArray) -> FloatArray:
    half = draws.shape[1] // 2
    return np.vstack([draws[:, :half], draws[:, -half:]])


def _z_scale(draws: FloatArray) -> FloatArray:
    """Return the normal quantiles of the ranks of draws; of equal ones, those of the mean rank."""
    _, place, counts = np.unique(draws, return_inverse=True, return_counts=True)
    twice = 2 * np.cumsum(counts) - counts + 1
    return np.asarray(_quantiles(draws.size)[twice[place]].reshape(draws.shape))


@cache
def _quantiles(size: int) -> FloatArray:
    """Return normal quantiles of the ranks 0, 0.5, 1, ... among so many (Blom 1958)."""
    normal, shares = NormalDist(), (np.arange(2 * size + 1) / 2 - 3 / 8) / (size + 1 / 4)
    return np.array([np.nan, np.nan, *(normal.inv_cdf(share) for share in shares[2:])])


def _rhat(draws: FloatArray) -> float:
    length = draws.shape[1]
    between = length * draws.mean(axis=1).var(ddof=1)
    within = draws.var(axis=1, ddof=1).mean()
    with np.errstate(all="ignore"):  # draws that are all the same have no R-hat
        return float(np.sqrt((between / within + length - 1) / length))


def _ess(draws: FloatArray, prepare: Callable[[FloatArray], FloatArray]) -> float:
    """Return the effective sample size of what is made of draws, by Geyer's monotone sequence."""
    if not _is_valid(draws, chains=1):
        return float("nan")
    series = np.asarray(prepare(draws), float)
    if np.ptp(series) < _SAME:
        return float(series.size)
    chains, length = series.shape
    covariance = _autocovariance(series).mean(axis=0)
    within = covariance[0] * length / (length - 1)
    total = covariance[0] + (series.mean(axis=1).var(ddof=1) if chains > 1 else 0.0)
    correlation = 1 - (within - covariance) / total
    correlation[0] = 1.0
    pairs = correlation[: 2 * max((length - 1) // 2, 1)].reshape(-1, 2).sum(axis=1)
    stop = int(np.argmax(pairs < 0)) if (pairs < 0).any() else len(pairs) - 1
    kept, last = np.minimum.accumulate(pairs[:stop]).sum(), max(correlation[2 * stop], 0.0)
    time = max(2 * kept + last - 1, 1 / np.log10(series.size))
    return float(series.size / time)


def _autocovariance(series: FloatArray) -> FloatArray:
    """Return the autocovariance of each chain at every lag."""
    length = series.shape[1]
    centred = series - series.mean(axis=1, keepdims=True)
    transformed = np.fft.rfft(centred, n=2 * length, axis=1)
    found = np.fft.irfft(np.abs(transformed) ** 2, n=2 * length, axis=1)
    return np.asarray(found[:, :length] / length)
