"""How far a question lies beyond the runs that answer it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from bayescale.core.quantities import quantity_of
from bayescale.core.text import human
from bayescale.runs.table import Runs

FAR_DECADES = 1.0
"""Beyond this many decades an answer is called an extrapolation."""


def decades_beyond(runs: Runs, point: Mapping[str, xr.DataArray]) -> xr.Dataset:
    """Return by how many decades a point lies outside the range of the runs.

    Parameters
    ----------
    runs : Runs
        The runs of the fit.
    point : mapping of str to DataArray
        Columns of the point (``params``, ``tokens``, ``flops``), counts.

    Returns
    -------
    Dataset
        One variable for each column that the runs also have (if positive throughout), and
        ``tokens_per_param``; in decades (base-10 logarithm), zero inside the range.
    """
    asked = _with_ratio({name: v.reset_coords(drop=True) for name, v in point.items()})
    seen = _with_ratio({name: runs.table[name] for name in asked if name in runs.table})
    beyond = {}
    for name in (name for name in asked if name in seen and seen[name].min() > 0):
        low, high = np.log10(seen[name].min()), np.log10(seen[name].max())
        position = np.log10(asked[name])
        beyond[name] = np.maximum(np.maximum(position - high, low - position), 0.0)
    return xr.Dataset(beyond)


def _with_ratio(counts: dict[str, Any]) -> dict[str, Any]:
    if {"params", "tokens"} <= set(counts):
        return {**counts, "tokens_per_param": counts["tokens"] / counts["params"]}
    return counts


def furthest(beyond: xr.Dataset) -> xr.DataArray:
    """Return the largest distance over the columns, in decades."""
    return beyond.to_dataarray("column").max("column")


def describe_distance(runs: Runs, column: str, decades: float) -> str:
    """Say in words how far a column lies beyond the runs."""
    times = human(10**decades, 2)
    if column == "tokens_per_param":
        return f"tokens per parameter {times} times outside the runs"
    values = runs.table[column]
    extent = f"{human(values.min())} to {human(values.max())}"
    return f"{quantity_of(column).label} {times} times outside the runs ({extent})"
