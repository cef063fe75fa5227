"""Smooth functions of the logarithms of a few inputs, as sums of known ones: a Gaussian process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.core.quantities import FloatArray

# Where the process is known: a decade below the runs, about every decade among them, and up to 4.5
# decades above. Beyond, it stays as it is at the edge.
_BELOW, _AMONG, _ABOVE = 1.0, 1.0, (0.75, 1.75, 3.0, 4.5)
_USUAL_LENGTH = 4.0

_LEAST_EIGENVALUE = 1e-10
"""Below this share of one, rounding is all that is left of a direction of the grid."""


def correlation(distance: Any) -> Any:
    """Return the Matern-5/2 correlation at a distance, in units of the length."""
    scaled = np.sqrt(5.0) * distance
    return (1 + scaled + scaled**2 / 3) * np.exp(-scaled)


def bend_of_unit(length: float) -> float:
    """Return the standard deviation of the second difference over one decade.

    For a process of standard deviation one whose length is given in decades.
    """
    return float(np.sqrt(6 - 8 * correlation(1 / length) + 2 * correlation(2 / length)))


@dataclass(frozen=True)
class Basis:
    """What the bending of a law is made of, given where the runs are.

    delta(u) = amplitude(u) psi(u)' zeta for u the decimal logarithms of the inputs, with zeta
    standard normal; psi interpolates a Gaussian process of unit variance between grid points.

    Attributes
    ----------
    columns : tuple of str
        The columns of the inputs.
    grid : ndarray, shape (modes, inputs)
        The grid points, as decimal logarithms of counts.
    top : float
        The largest sum of logarithms among the runs, where the amplitude is one.
    length, slope : float
        See `bayescale.model.discrepancy.Discrepancy`.
    """

    columns: tuple[str, ...]
    grid: FloatArray
    top: float
    length: float
    slope: float

    @classmethod
    def around(
        cls, table: pd.DataFrame, columns: tuple[str, ...], length: float, slope: float
    ) -> "Basis":
        """Return the basis for a table of runs."""
        logs = np.log10(table[list(columns)].to_numpy(float))
        step = _AMONG * min(1.0, length / _USUAL_LENGTH)
        axes = [_axis(low, high, step) for low, high in zip(logs.min(0), logs.max(0), strict=True)]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(columns))
        return cls(columns, grid, float(logs.sum(axis=1).max()), length, slope)

    @classmethod
    def read(cls, constants: xr.Dataset, length: float, slope: float) -> "Basis":
        """Return the basis that `to_dataset` wrote."""
        columns = tuple(map(str, constants["bent_column"].to_numpy()))
        grid = constants["bend_grid"].to_numpy()
        return cls(columns, grid, float(constants["bend_top"]), length, slope)

    def to_dataset(self) -> xr.Dataset:
        """Return columns, grid and top as they are kept with a fit."""
        coords = {"mode": np.arange(self.modes), "bent_column": list(self.columns)}
        grid = (("mode", "bent_column"), self.grid)
        return xr.Dataset({"bend_grid": grid, "bend_top": self.top}, coords)

    @property
    def modes(self) -> int:
        """The number of standard normal numbers that a function is made of."""
        return len(self.grid)

    def features(self, table: pd.DataFrame) -> FloatArray:
        """Return amplitude(u) psi(u) for each run, shape (runs, modes)."""
        logs = [np.log10(table[name].to_numpy(float))[:, None] for name in self.columns]
        return self._amplitude(logs) * (self._near(logs, self.grid.T) @ self._root)

    def weights(self, shape: FloatArray) -> FloatArray:
        """Return what each grid point contributes, for given zeta; both of shape (..., modes)."""
        return np.asarray(shape @ self._root)

    def sum_up(self, logs: list[FloatArray], weights: Iterable[FloatArray]) -> FloatArray:
        """Return delta at points, one array of logarithms an input and of weights a grid point.

        All are broadcast against each other.
        """
        total: Any = 0.0
        for point, weight in zip(self.grid, weights, strict=True):
            total = total + self._near(logs, point) * weight
        return np.asarray(self._amplitude(logs) * total)

    @cached_property
    def _root(self) -> FloatArray:
        """The symmetric root of the inverse covariance of the grid."""
        covariance = self._near(list(self.grid.T[:, :, None]), self.grid.T)
        values, vectors = np.linalg.eigh(covariance)
        return np.asarray(vectors / np.sqrt(np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T)

    @cached_property
    def _box(self) -> list[tuple[float, float]]:
        return [(float(axis.min()), float(axis.max())) for axis in self.grid.T]

    def _near(self, logs: list[FloatArray], points: FloatArray) -> FloatArray:
        """Return the correlation of points with grid points, given by their coordinates."""
        squares: Any = 0.0
        for log, (low, high), at in zip(logs, self._box, points, strict=True):
            squares = squares + (np.clip(log, low, high) - at) ** 2
        return np.asarray(correlation(np.sqrt(squares) / self.length))

    def _amplitude(self, logs: list[FloatArray]) -> FloatArray:
        # Far below the runs it would grow without bound, and nobody asks there.
        inside = [np.maximum(log, low) for log, (low, _) in zip(logs, self._box, strict=True)]
        total: Any = sum(inside)
        return np.asarray(10.0 ** (self.slope * (self.top - total)))


@dataclass(frozen=True)
class Bending:
    """Draws of delta: every draw is one smooth function of the inputs.

    Attributes
    ----------
    basis : Basis
        What the functions are made of.
    weights : ndarray, shape (modes, samples)
        What each grid point contributes to each draw.
    """

    basis: Basis
    weights: FloatArray

    @classmethod
    def of(cls, basis: Basis, scale: FloatArray, shape: FloatArray) -> "Bending":
        """Return the functions of given draws.

        Parameters
        ----------
        basis : Basis
            What they are made of.
        scale : ndarray, shape (samples,)
            The standard deviation of delta at the largest runs.
        shape : ndarray, shape (samples, modes)
            Draws of zeta.
        """
        weights = (scale[:, None] * basis.weights(shape)).T
        return cls(basis, np.ascontiguousarray(weights))

    def at(self, columns: Mapping[str, Any], draw: Any) -> Any:
        """Return delta, by which log loss differs from that of the law.

        Parameters
        ----------
        columns : mapping of str to array_like or DataArray
            The inputs by column, in counts.
        draw : array_like or DataArray of int
            Which draw is asked for; broadcast against the inputs.
        """
        return xr.apply_ufunc(self._evaluate, draw, *(columns[c] for c in self.basis.columns))

    def _evaluate(self, draw: Any, *counts: Any) -> FloatArray:
        index = np.asarray(draw, int)
        logs = [np.log10(np.asarray(count, float)) for count in counts]
        return self.basis.sum_up(logs, (weight[index] for weight in self.weights))


def _axis(low: float, high: float, step: float) -> FloatArray:
    inner = np.linspace(low, high, max(2, int(np.ceil((high - low) / step)) + 1))
    return np.concatenate([[low - _BELOW], inner, high + np.array(_ABOVE)])
