"""What a little more compute or data is worth at a plan."""

from dataclasses import replace

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray
from bayescale.planning.feasible import Limits
from bayescale.planning.search import Split
from bayescale.planning.surface import Surface

_STEP = 1e-4


def marginal_values(surface: Surface, limits: Limits, best: Split) -> xr.Dataset:
    """Return how the best loss changes with more compute and more unique tokens.

    By the envelope theorem the best size need not be found anew: a size inside its bounds stays,
    a size at a bound moves with it.

    Parameters
    ----------
    surface : Surface
        What is known of the loss.
    limits : Limits
        The limits of the plan.
    best : Split
        The best split for each draw, shape (samples, budgets).

    Returns
    -------
    Dataset
        ``per_log_flops`` and, with unique tokens, ``per_log_unique_tokens``: the change of the loss
        for a change of the logarithm (negative where more is better), and ``exchange``: by how
        much the logarithm of compute would have to grow for what one unit of the logarithm of
        unique tokens gains (infinite where compute gains nothing). Dimensions (chain, draw,
        budget).
    """
    more = replace(limits, flops=limits.flops * np.exp(_STEP))
    found = {"per_log_flops": _slope(surface, limits, more, best)}
    if limits.unique_tokens is not None:
        fresher = replace(limits, unique_tokens=limits.unique_tokens * float(np.exp(_STEP)))
        found["per_log_unique_tokens"] = _slope(surface, limits, fresher, best)
        with np.errstate(divide="ignore", invalid="ignore"):
            found["exchange"] = np.abs(found["per_log_unique_tokens"] / found["per_log_flops"])
    draws = {name: surface.as_draws(values) for name, values in found.items()}
    return xr.Dataset(draws).assign_coords(flops=("budget", limits.flops))


def wasted_compute(excess: xr.DataArray, per_log_flops: xr.DataArray) -> xr.DataArray:
    """Return the share of the compute spent that a loss above the best one is worth.

    Parameters
    ----------
    excess : DataArray
        Loss of a plan above that of the best plan of the same compute, dimensions (chain, draw,
        budget).
    per_log_flops : DataArray
        What compute gains at the best plan; see `marginal_values`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = -np.expm1(-excess.clip(min=0.0) / np.abs(per_log_flops))
    return xr.DataArray(share).fillna(0.0)


def _slope(surface: Surface, before: Limits, after: Limits, best: Split) -> FloatArray:
    params, flops = _moved(before, after, best)
    first = surface.losses(before, best.params, best.flops)
    second = surface.losses(after, params, flops)
    return np.asarray((second - first) / _STEP)


def _moved(before: Limits, after: Limits, best: Split) -> tuple[FloatArray, FloatArray]:
    """Return a split that stays where it is inside its bounds, and moves with one it lies at."""
    whole = np.isclose(best.flops, before.flops, rtol=1e-9)
    flops = np.where(whole, after.flops, best.flops)
    if before.candidates:
        return best.params, flops
    (low, high), (new_low, new_high) = before.bounds, after.bounds
    params = np.where(np.isclose(best.params, low, rtol=1e-9), new_low, best.params)
    params = np.where(np.isclose(params, high, rtol=1e-9), new_high, params)
    return np.asarray(np.minimum(params, new_high)), flops
