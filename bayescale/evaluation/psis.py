"""Pareto smoothed importance sampling (Vehtari et al. 2024, arXiv:1507.02646).

What ArviZ computes, for all runs at once, where nothing else of ArviZ is needed. Draws count as
independent: what chains of few effective draws are worth is told by the checks of the sampler.
"""

import numpy as np

from bayescale.core.quantities import FloatArray

MOST_K = 0.7
"""Above this Pareto k weights are no use, however many draws there are."""

_LEAST_TAIL = 5
_PRIOR_SIZE, _PRIOR_K, _GRID_SCALE = 10, 0.5, 3


def smooth(log_ratios: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return smoothed log weights and the Pareto k of each item.

    Parameters
    ----------
    log_ratios : ndarray, shape (samples, items)
        The logarithm of the ratio of the densities wanted and drawn from, up to a constant.

    Returns
    -------
    log_weights : ndarray, shape (samples, items)
        They sum to one as weights.
    k : ndarray, shape (items,)
        Above `MOST_K` weights are no use; infinite where the tail holds no two values.
    """
    weights = log_ratios - log_ratios.max(axis=0)
    places, tail, cutoff = _tail_of(weights)
    k, sigma = _generalised_pareto(tail - cutoff)
    probabilities = ((np.arange(len(tail)) + 0.5) / len(tail))[:, None]
    known = np.isfinite(k)
    with np.errstate(all="ignore"):
        quantiles = cutoff + sigma * np.expm1(-k * np.log1p(-probabilities)) / k
        smoothed = np.where(known, np.log(np.minimum(quantiles, 1.0)), np.log(tail))
    np.put_along_axis(weights, places, smoothed, axis=0)
    return weights - np.log(np.exp(weights).sum(axis=0)), k


def pareto_k(log_ratios: FloatArray) -> FloatArray:
    """Return the Pareto k of each item as `smooth` does, shape (items,), without its weights."""
    _, tail, cutoff = _tail_of(log_ratios - log_ratios.max(axis=0))
    return _generalised_pareto(tail - cutoff)[0]


def good_k(samples: int) -> float:
    """Return the Pareto k up to which so many draws suffice."""
    return float(min(1 - 1 / np.log10(samples), MOST_K))


def _tail_of(log_weights: FloatArray) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Return the places of the largest weights, these in order, and the next one below."""
    samples = len(log_weights)
    size = int(3 * samples**0.5) if samples > 225 else samples // 5
    size = min(max(size, _LEAST_TAIL), samples - 1)
    largest = np.argpartition(log_weights, samples - size - 1, axis=0)[samples - size - 1 :]
    values = np.take_along_axis(log_weights, largest, axis=0)
    order = np.argsort(values, axis=0)
    ratios = np.exp(np.take_along_axis(values, order, axis=0))
    return np.take_along_axis(largest, order, axis=0)[1:], ratios[1:], ratios[0]


def _generalised_pareto(excess: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return shape and scale of generalised Pareto distributions of sorted values above zero.

    By the profile likelihood averaged over a grid (Zhang and Stephens 2009), and a weak prior of
    the shape about a half.

    Parameters
    ----------
    excess : ndarray, shape (size, items)
        The values, in order.
    """
    size = len(excess)
    points = 30 + int(size**0.5)
    quartile = excess[int(size / 4 + 0.5) - 1]
    is_tail = quartile > excess[0]
    with np.errstate(all="ignore"):
        steps = 1 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))
        grid = steps[:, None] / (_GRID_SCALE * quartile) + 1 / excess[-1]
        shapes = np.stack([np.log1p(-at * excess).mean(axis=0) for at in grid])
        profile = size * (np.log(-grid / shapes) - shapes - 1)
        weights = np.exp(profile - profile.max(axis=0))
        mean = (weights * grid).sum(axis=0) / weights.sum(axis=0)
        shape = np.log1p(-mean * excess).mean(axis=0)
        sigma = -shape / mean
        k = (size * shape + _PRIOR_SIZE * _PRIOR_K) / (size + _PRIOR_SIZE)
    return np.where(is_tail & np.isfinite(k), k, np.inf), sigma
