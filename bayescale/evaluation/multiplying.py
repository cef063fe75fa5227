"""The resource of a run multiplied until a baseline has its loss."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray
from bayescale.core.roots import find_root
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import SAMPLE_DIMS
from bayescale.posterior.predicting import mean_loss

MOST = 1e3
"""Multipliers are searched from one over this to this."""

_STEPS = 24


def solve(
    fit: Fit, point: Mapping[str, xr.DataArray], powers: Mapping[str, float], goal: FloatArray
) -> FloatArray:
    """Return the log multipliers that give some losses, infinite where none does."""
    parameters = fit.surface_draws
    taken = list(dict.fromkeys(fit.model.columns.values()))

    def excess(log_m: FloatArray, goal: FloatArray, *arguments: FloatArray) -> FloatArray:
        given = dict(zip([*taken, *parameters], arguments, strict=True))
        at = multiplied({name: given[name] for name in taken}, powers, np.exp(log_m))
        loss: FloatArray = fit.losses_at(at, given)
        return loss - goal

    draws = [values.to_numpy()[..., None] for values in parameters.values()]
    counts = [point[name].to_numpy() for name in taken]
    with np.errstate(all="ignore"):  # laws may leave floating point far from the runs
        return _nearest_roots(excess, np.broadcast_arrays(goal, *counts, *draws))


def expected_at(
    fit: Fit, point: Mapping[str, xr.DataArray], powers: Mapping[str, float]
) -> FloatArray:
    """Return the losses of the baseline at multiples of the resource, shape (multiples, runs)."""
    steps = np.exp(np.linspace(-np.log(MOST), np.log(MOST), 2 * _STEPS + 1))
    return np.stack(
        [
            mean_loss(fit, multiplied(point, powers, step)).median(SAMPLE_DIMS).to_numpy()
            for step in steps
        ]
    )


def multiplied(
    point: Mapping[str, Any], powers: Mapping[str, float], multiplier: Any
) -> dict[str, Any]:
    """Return a point of the surface with its resource multiplied."""
    scaled = {name: value * multiplier ** powers.get(name, 0.0) for name, value in point.items()}
    if {"tokens", "unique_tokens"} <= set(scaled):
        scaled["unique_tokens"] = np.minimum(scaled["tokens"], point["unique_tokens"])
    return scaled


def _nearest_roots(excess: Any, arguments: tuple[FloatArray, ...]) -> FloatArray:
    """Return the root nearest to zero: above zero where the excess there is positive."""
    start = excess(np.zeros(arguments[0].shape), *arguments)
    direction = np.where(start < 0, -1.0, 1.0)
    inner, outer = np.zeros(start.shape), np.zeros(start.shape)
    bracketed = np.zeros(start.shape, bool)
    steps = np.linspace(0.0, np.log(MOST), _STEPS + 1)
    for near, far in pairwise(steps):
        crossed = ~bracketed & (excess(direction * far, *arguments) * start <= 0)
        inner[crossed], outer[crossed] = (direction * near)[crossed], (direction * far)[crossed]
        bracketed |= crossed
        if bracketed.all():
            break
    roots = direction * np.inf
    if bracketed.any():
        bracket = (inner[bracketed], outer[bracketed])
        inside = tuple(argument[bracketed] for argument in arguments)
        found = find_root(excess, bracket, arguments=inside)
        roots[bracketed] = np.where(found.success, found.x, np.nan)
    return roots
