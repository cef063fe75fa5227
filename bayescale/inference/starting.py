"""Where chains start: the best of a few descents, so that none stays where a law bends wrongly."""

from collections import deque
from collections.abc import Callable, Iterable

import numpy as np

from bayescale.core.quantities import FloatArray

type Density = Callable[[FloatArray], tuple[float, FloatArray]]
"""The log density of a point, minus infinity where it has none, and its gradient."""

STARTS = 6
"""Points of the prior that each chain descends from; with three, one chain in twenty of a broken
power law was left 500 nats below the others."""

_STEPS, _MEMORY = 150, 8
"""Descents converge: after 30 steps chains of a broken power law began 16 nats below the best."""

_SMALLEST_GAIN = 1e-9
_SUFFICIENT, _SHORTER, _TRIES = 1e-4, 0.4, 20


def best_start(density: Density, points: Iterable[FloatArray]) -> FloatArray:
    """Return the point of highest density that L-BFGS leads to.

    Parameters
    ----------
    density : callable
        The log density of a point, and its gradient.
    points : iterable of ndarray, shape (dim,)
        Where to start.
    """
    return max((_climb(density, point) for point in points), key=lambda found: found[1])[0]


def _climb(density: Density, point: FloatArray) -> tuple[FloatArray, float]:
    """Climb by L-BFGS with backtracking (Nocedal & Wright 2006, algorithms 7.4 and 3.1)."""
    value, slope = density(point)
    memory: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=_MEMORY)
    for _ in range(_STEPS if np.isfinite(value) else 0):
        direction = _direction(slope, memory)
        if direction @ slope <= 0:
            memory.clear()
            direction = _direction(slope, memory)
        for step in _SHORTER ** np.arange(_TRIES):
            there = point + step * direction
            height, steepness = density(there)
            if height >= value + _SUFFICIENT * step * (direction @ slope):
                break
        else:
            break
        moved, turned = there - point, slope - steepness
        if moved @ turned > 0:
            memory.append((moved, turned))
        gained, point, value, slope = height - value, there, height, steepness
        if gained < _SMALLEST_GAIN * (1 + abs(value)):
            break
    return point, value


def _direction(slope: FloatArray, memory: deque[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return the inverse Hessian of the last steps times the slope, by the two-loop recursion."""
    direction = slope.copy()
    shares = []
    for moved, turned in reversed(memory):
        shares.append((moved @ direction) / (moved @ turned))
        direction -= shares[-1] * turned
    if memory:
        moved, turned = memory[-1]
        direction *= (moved @ turned) / (turned @ turned)
    else:
        direction /= max(1.0, float(np.abs(slope).sum()))
    for (moved, turned), share in zip(memory, reversed(shares), strict=True):
        direction += (share - (turned @ direction) / (moved @ turned)) * moved
    return direction
