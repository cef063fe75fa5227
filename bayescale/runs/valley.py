"""How the loss of one configuration depends on its settings: where it is least, and how flat."""

from dataclasses import dataclass

import numpy as np

from bayescale.core.quantities import FloatArray

_WINDOWS = (0.01, 0.02, 0.04, 0.08, np.inf)
"""How far above the least loss, as a share of it, rows may lie that shape the valley."""

_SPARE = 2
"""How many rows more than coefficients a parabola needs."""


@dataclass(frozen=True)
class Valley:
    """A parabola of log loss in the logarithms of the settings, around the least loss.

    Attributes
    ----------
    best : int
        The row of the least loss.
    vertex : ndarray, shape (settings,)
        The logarithms of the settings where the parabola is least; those of the best row where
        the rows do not tell.
    level : float
        The log loss there.
    curvature : ndarray, shape (settings, settings)
        The second derivatives; NaN where the rows do not tell.
    told : bool
        Whether the rows tell of a valley within what was tried.
    at_edge : ndarray of bool, shape (settings,)
        Whether the best row has the least or the largest value that was tried.
    """

    best: int
    vertex: FloatArray
    level: float
    curvature: FloatArray
    told: bool
    at_edge: np.ndarray

    def excess(self, settings: FloatArray) -> float:
        """Return by what share the loss at some settings, in logarithms, lies above the least."""
        off = settings - self.vertex
        return float(np.expm1(0.5 * off @ self.curvature @ off))

    def reach(self, share: float) -> FloatArray:
        """Return how far each log setting can move alone before the loss rises by a share."""
        return np.asarray(np.sqrt(2 * np.log1p(share) / np.diag(self.curvature)))


def find_valley(settings: FloatArray, losses: FloatArray) -> Valley:
    """Fit a parabola to the lower part of what was tried.

    Parameters
    ----------
    settings : ndarray, shape (rows, settings)
        The logarithms of the settings.
    losses : ndarray, shape (rows,)
        The log losses.
    """
    best = int(np.argmin(losses))
    low, high = settings.min(axis=0), settings.max(axis=0)
    at_edge = ((settings[best] <= low) | (settings[best] >= high)) & (high > low)
    flat = np.full((settings.shape[1],) * 2, np.nan)
    none = Valley(best, settings[best], float(losses[best]), flat, False, at_edge)
    near = _near(settings, losses)
    if near is None:
        return none
    centre = settings[best]
    design = _design(settings[near] - centre)
    coefficients, _, rank, _ = np.linalg.lstsq(design, losses[near], rcond=None)
    count = settings.shape[1]
    slope, curvature = coefficients[1 : count + 1], _symmetric(coefficients[count + 1 :], count)
    if rank < design.shape[1] or np.linalg.eigvalsh(curvature).min() <= 0:
        return none
    vertex = centre - np.linalg.solve(curvature, slope)
    if np.any(vertex < low) or np.any(vertex > high):
        return none
    level = float(coefficients[0] + 0.5 * slope @ (vertex - centre))
    return Valley(best, vertex, level, curvature, True, at_edge)


def _near(settings: FloatArray, losses: FloatArray) -> np.ndarray | None:
    """Return the rows that shape the valley: the nearest to the least loss that are enough."""
    count = settings.shape[1]
    least = 1 + count + count * (count + 1) // 2 + (_SPARE if count > 1 else 0)
    for window in _WINDOWS:
        near = np.asarray(losses <= losses.min() + np.log1p(window))
        if near.sum() >= least and all(len(np.unique(x)) >= 3 for x in settings[near].T):
            return near
    return None


def _design(offsets: FloatArray) -> FloatArray:
    rows, count = offsets.shape
    squares = [
        offsets[:, i] * offsets[:, j] * (0.5 if i == j else 1.0)
        for i in range(count)
        for j in range(i, count)
    ]
    return np.column_stack([np.ones(rows), offsets, *squares])


def _symmetric(values: FloatArray, count: int) -> FloatArray:
    found = np.zeros((count, count))
    found[np.triu_indices(count)] = values
    return found + np.triu(found, 1).T
