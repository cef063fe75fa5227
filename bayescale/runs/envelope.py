"""The best loss at each compute as a witness of its own: one power law, fitted to the best runs."""

import numpy as np
import pandas as pd

from bayescale.core.quantities import FloatArray
from bayescale.runs.table import Runs

PER_DECADE = 4
"""So many bins of compute in a decade, of each of which the best run counts."""

LEAST_POINTS, LEAST_DECADES = 6, 1.5
"""With fewer points, or over less compute, one power law above a floor says nothing."""

_NEAR, _LEAST_NEAR = 4.0, 7
"""The best of a bin is the bottom of a valley through the runs within this factor of the best
size, if they are so many: the least of many noisy losses is too low."""

_FLOORS, _SLOPES, _REWEIGHTED = 120, 120, 8
_SLOPE_RANGE = (0.01, 1.0)


def envelope_of(runs: Runs) -> tuple[FloatArray, FloatArray] | None:
    """Return compute and loss of the best runs, or None where they are too few to tell.

    A run counts if it is the best of its bin and no cheaper one is better.
    """
    if not {"flops", "loss"} <= set(runs.table):
        return None
    table = runs.table.sort_values("flops")
    bins = np.floor(PER_DECADE * np.log10(table["flops"]))
    best = pd.DataFrame([_best_of(part) for _, part in table.groupby(bins)])
    best = best[best["loss"] < best["loss"].cummin().shift(fill_value=np.inf)]
    flops, loss = (best[name].to_numpy(float) for name in ("flops", "loss"))
    if len(flops) < LEAST_POINTS or np.log10(flops[-1] / flops[0]) < LEAST_DECADES:
        return None
    return flops, loss


def _best_of(table: pd.DataFrame) -> dict[str, float]:
    """Return compute of the best run, and the loss there without its luck where that is known."""
    best = table.iloc[int(table["loss"].argmin())]
    least = {"flops": float(best["flops"]), "loss": float(best["loss"])}
    if "params" not in table:
        return least
    away = np.log(table[["params", "flops"]].to_numpy(float))
    away = away - away[int(table["loss"].argmin())]
    near = np.abs(away[:, 0]) <= np.log(_NEAR)
    size, compute = away[near].T
    if len(np.unique(size)) < _LEAST_NEAR:
        return least
    bottom = _bottom(size, compute, np.log(table["loss"].to_numpy(float)[near]))
    return least if bottom is None else least | {"loss": float(np.exp(bottom))}


def _bottom(size: FloatArray, compute: FloatArray, loss: FloatArray) -> float | None:
    """Return the least of a parabola in log size through log losses, or None without a valley.

    By weights of a Student t with three degrees of freedom: runs fail now and then.
    """
    columns = np.column_stack([np.ones_like(size), size, size**2, compute])
    weights = np.ones_like(loss)
    for _ in range(_REWEIGHTED):
        found = np.linalg.lstsq(columns * weights[:, None], loss * weights)[0]
        residual = loss - columns @ found
        scale = max(float(np.median(np.abs(residual))) / 0.67, 1e-12)
        weights = np.sqrt(4 / (3 + (residual / scale) ** 2))
    level, slope, curvature, _ = found
    if curvature <= 0:
        return None
    lowest = np.clip(-slope / (2 * curvature), size.min(), size.max())
    return float(level + slope * lowest + curvature * lowest**2)


def foretell(flops: FloatArray, loss: FloatArray, target: float, prob: float) -> FloatArray:
    """Return the interval of the loss at a compute by the best runs alone.

    log L = log(E + A C^-a) with normal residuals, their scale integrated out, and flat in E from
    zero to the least loss, in log A and in log a: the runs alone speak.

    Parameters
    ----------
    flops, loss : ndarray, shape (points,)
        The best runs.
    target : float
        Training FLOPs.
    prob : float
        The probability of the interval.

    Returns
    -------
    ndarray, shape (2,)
    """
    floors = np.linspace(0, 1, _FLOORS, endpoint=False)[:, None, None] * loss.min()
    slopes = np.geomspace(*_SLOPE_RANGE, _SLOPES)[None, :, None]
    # Given floor and slope, A is the one that fits best: the rest is known far better than these.
    shape = (flops / flops[-1]) ** -slopes
    excess = (loss - floors) / shape
    weight = ((loss - floors) / loss) ** 2
    log_A = (weight * np.log(excess)).sum(-1, keepdims=True) / weight.sum(-1, keepdims=True)
    residual = np.log(loss) - np.log(floors + np.exp(log_A) * shape)
    misfit = (residual**2).sum(-1)
    log_weights = -(len(loss) - 1) / 2 * np.log(misfit)
    weights = np.exp(log_weights - log_weights.max()).ravel()
    found = (floors + np.exp(log_A) * (target / flops[-1]) ** -slopes)[..., 0].ravel()
    order = np.argsort(found)
    shares = np.cumsum(weights[order]) / weights.sum()
    places = np.searchsorted(shares, [(1 - prob) / 2, (1 + prob) / 2])
    return np.asarray(found[order][np.minimum(places, len(found) - 1)])
