"""What a little more compute or data is worth at a plan."""

from dataclasses import replace

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray
from bayescale.planning.feasible import Limits
from bayescale.planning.surface import Surface

_STEP = 1e-4


def marginal_values(surface: Surface, limits: Limits, best: FloatArray) -> xr.Dataset:
    """Return how the best loss changes with more compute and more unique tokens.

    By the envelope theorem the best size need not be found anew: a size inside its bounds stays,
    a size at a bound moves with it.

    Parameters
    ----------
    surface : Surface
        What is known of the loss.
    limits : Limits
        The limits of the plan.
    best : ndarray, shape (samples, budgets)
        The best size for each draw.

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


def outcome_of(loss: xr.DataArray, least: xr.DataArray, per_log_flops: xr.DataArray) -> xr.Dataset:
    """Return what a plan yields: its loss, the regret, and the compute that the regret is worth.

    Parameters
    ----------
    loss, least : DataArray
        Loss of the plan and of the optimum of the same draw, dimensions (chain, draw, budget).
    per_log_flops : DataArray
        What compute gains at the optimum; see `marginal_values`.
    """
    # Two ways of computing one minimum may differ in the last digit.
    regret = (loss - least).clip(min=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        wasted = xr.DataArray(-np.expm1(-regret / np.abs(per_log_flops))).fillna(0.0)
    return xr.Dataset({"loss": loss, "regret": regret, "wasted_compute": wasted})


def _slope(surface: Surface, before: Limits, after: Limits, best: FloatArray) -> FloatArray:
    moved = _moved(before, after, best)
    first = surface.losses(before, best, before.flops)
    second = surface.losses(after, moved, after.flops)
    return np.asarray((second - first) / _STEP)


def _moved(before: Limits, after: Limits, best: FloatArray) -> FloatArray:
    if before.candidates:
        return best
    (low, high), (new_low, new_high) = before.bounds, after.bounds
    moved = np.where(np.isclose(best, low, rtol=1e-9), new_low, best)
    moved = np.where(np.isclose(best, high, rtol=1e-9), new_high, moved)
    return np.asarray(np.clip(moved, new_low, new_high))
