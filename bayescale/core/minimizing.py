"""Minimise many functions of one variable at once."""

from collections.abc import Callable

import numpy as np

from bayescale.core.quantities import FloatArray

GRID_POINTS = 48
"""Points tried before refining: finds the valley of a function that is not unimodal."""


def minimize(
    function: Callable[..., FloatArray],
    low: FloatArray,
    high: FloatArray,
    arguments: tuple[FloatArray, ...] = (),
    *,
    points: int | None = None,
    tolerance: float | None = None,
) -> FloatArray:
    """Return where functions are least within bounds.

    Parameters
    ----------
    function : callable
        ``function(x, *arguments)``, elementwise.
    low, high : ndarray
        Bounds of x, broadcast against the arguments.
    arguments : tuple of ndarray, default ()
        Further arguments.
    points : int, optional
        Points tried before refining, `GRID_POINTS` by default; a few do for one valley.
    tolerance : float, optional
        How exact x need be; as exact as numbers allow by default.

    Returns
    -------
    ndarray
        The best x, of the broadcast shape. At a bound where the function falls towards it.
    """
    low, high, *arguments_ = np.broadcast_arrays(low, high, *arguments)
    steps = np.linspace(0.0, 1.0, points or GRID_POINTS)
    best_value = np.full(low.shape, np.inf)
    best_step = np.zeros(low.shape, int)
    for index, step in enumerate(steps):
        value = function(low + step * (high - low), *arguments_)
        better = value < best_value
        best_value[better], best_step[better] = value[better], index
    x = low + steps[best_step] * (high - low)
    inside = (best_step > 0) & (best_step < len(steps) - 1) & (high > low)
    if inside.any():
        from scipy.optimize import elementwise

        width = (high - low)[inside] * steps[1]
        bracket = (x[inside] - width, x[inside], x[inside] + width)
        found = elementwise.find_minimum(
            function,
            bracket,
            args=tuple(argument[inside] for argument in arguments_),
            tolerances={} if tolerance is None else {"xatol": tolerance},
        )
        x[inside] = np.where(found.success, found.x, x[inside])
    return x
