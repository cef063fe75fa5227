"""Smooth functions of the logarithms of a few inputs, as sums of known ones: a Gaussian process."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayescale.core.quantities import FloatArray

if TYPE_CHECKING:
    import xarray as xr

# Where the process is known: a decade below the runs, about every decade among them, and up to 4.5
# decades above. Beyond, it stays as it is at the edge.
_BELOW, _AMONG, _ABOVE = 1.0, 1.0, (0.75, 1.75, 3.0, 4.5)
_USUAL_LENGTH = 4.0

_LEAST_EIGENVALUE = 1e-10
"""Below this share of one, rounding is all that is left of a direction of the grid."""

_NODES_PER_LENGTH, _MARGIN = 12, 5
"""Nodes of the splines that draws are kept as, and how many of them stand beyond the grid, where
splines feel their end."""


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
        The largest compute among the runs, where the amplitude is one, as a decimal logarithm: that
        of the FLOPs, or of the product of the inputs if these are none of them.
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
        top = float(_compute(columns, list(logs.T)).max())
        return cls(columns, grid, top, length, slope)

    @classmethod
    def read(cls, constants: "xr.Dataset", length: float, slope: float) -> "Basis":
        """Return the basis that `to_dataset` wrote."""
        columns = tuple(map(str, constants["bent_column"].to_numpy()))
        grid = constants["bend_grid"].to_numpy()
        return cls(columns, grid, float(constants["bend_top"]), length, slope)

    def to_dataset(self) -> "xr.Dataset":
        """Return columns, grid and top as they are kept with a fit."""
        import xarray as xr

        coords = {"mode": np.arange(self.modes), "bent_column": list(self.columns)}
        grid = (("mode", "bent_column"), self.grid)
        return xr.Dataset({"bend_grid": grid, "bend_top": self.top}, coords)

    @property
    def modes(self) -> int:
        """The number of standard normal numbers that a function is made of."""
        return len(self.grid)

    def features(self, table: pd.DataFrame) -> FloatArray:
        """Return amplitude(u) psi(u) for each run, shape (runs, modes)."""
        logs = [np.log10(table[name].to_numpy(float)) for name in self.columns]
        return self.amplitude(logs)[:, None] * self.near(self.inside(logs))

    def near(self, logs: list[FloatArray]) -> FloatArray:
        """Return psi at points, one array of logarithms an input; shape (points, modes)."""
        return np.asarray(self._correlations(np.stack(logs, axis=-1)) @ self.root)

    def inside(self, logs: list[FloatArray]) -> list[FloatArray]:
        """Return logarithms, those beyond the grid moved to its edge."""
        return [np.clip(log, *edges) for log, edges in zip(logs, self.box, strict=True)]

    def amplitude(self, logs: list[FloatArray]) -> FloatArray:
        """Return how large delta is at points, in units of its size at the largest runs."""
        # Far below the runs it would grow without bound, and nobody asks there.
        above = [np.maximum(log, low) for log, (low, _) in zip(logs, self.box, strict=True)]
        return np.asarray(10.0 ** (self.slope * (self.top - _compute(self.columns, above))))

    @cached_property
    def box(self) -> list[tuple[float, float]]:
        """The least and the greatest logarithm of each input on the grid."""
        return [(float(axis.min()), float(axis.max())) for axis in self.grid.T]

    @cached_property
    def root(self) -> FloatArray:
        """The symmetric root of the inverse covariance of the grid."""
        values, vectors = np.linalg.eigh(self._correlations(self.grid))
        return np.asarray(vectors / np.sqrt(np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T)

    def _correlations(self, points: FloatArray) -> FloatArray:
        distance = np.linalg.norm(points[:, None] - self.grid, axis=-1)
        return np.asarray(correlation(distance / self.length))


@dataclass(frozen=True)
class Bending:
    """Draws of delta: every draw is one smooth function of the inputs.

    A plan asks for millions of values, so delta over its amplitude is kept as a cubic spline, on a
    grid so fine that it differs by less than a thousandth of its size.

    Attributes
    ----------
    basis : Basis
        What the functions are made of.
    coefficients : ndarray, shape (samples, nodes of the first input, ...)
        Those of the B-splines around each node.
    step : float
        The distance of nodes, in decades.
    """

    basis: Basis
    coefficients: FloatArray
    step: float

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
        step = basis.length / _NODES_PER_LENGTH
        axes = [
            low + step * np.arange(-_MARGIN, np.ceil((high - low) / step) + _MARGIN + 1)
            for low, high in basis.box
        ]
        nodes = [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]
        # Coefficients are linear in the nodes' values, so those of a mode serve all draws.
        found = basis.near(nodes).T.reshape(-1, *map(len, axes))
        for place, axis in enumerate(axes, start=1):
            found = np.moveaxis(found, place, -1) @ _to_splines(len(axis)).T
            found = np.moveaxis(found, -1, place)
        draws = (scale[:, None] * shape) @ found.reshape(len(found), -1)
        return cls(basis, draws.reshape(-1, *map(len, axes)), step)

    def at(self, columns: Mapping[str, Any], draw: Any) -> Any:
        """Return delta, by which log loss differs from that of the law.

        Parameters
        ----------
        columns : mapping of str to array_like or DataArray
            The inputs by column, in counts.
        draw : array_like or DataArray of int
            Which draw is asked for; broadcast against the inputs.
        """
        import xarray as xr

        return xr.apply_ufunc(self._evaluate, draw, *(columns[c] for c in self.basis.columns))

    def _evaluate(self, draw: Any, *counts: Any) -> FloatArray:
        logs = [np.log10(np.asarray(count, float)) for count in counts]
        cell, splines = np.asarray(draw, int), []
        sizes = self.coefficients.shape[1:]
        for log, (low, _), size in zip(self.basis.inside(logs), self.basis.box, sizes, strict=True):
            place = (log - low) / self.step + _MARGIN
            node = np.floor(place).astype(int)
            cell = cell * size + node - 1
            splines.append(_cubic_splines(place - node))
        strides = np.cumprod([1, *sizes[:0:-1]])[::-1]
        flat, total = self.coefficients.ravel(), np.asarray(0.0)
        for taps in product(range(4), repeat=len(sizes)):
            weight: Any = math.prod(parts[tap] for parts, tap in zip(splines, taps, strict=True))
            total = total + weight * flat[cell + int(np.dot(strides, taps))]
        return np.asarray(self.basis.amplitude(logs) * total)


def _compute(columns: tuple[str, ...], logs: list[FloatArray]) -> FloatArray:
    """Return the logarithm of the compute of points, but for a constant."""
    return logs[columns.index("flops")] if "flops" in columns else np.asarray(sum(logs))


def _cubic_splines(part: FloatArray) -> list[FloatArray]:
    """Return the four cubic B-splines that reach a point, for its place between two nodes."""
    rest = 1 - part
    return [
        rest**3 / 6,
        (4 - 6 * part**2 + 3 * part**3) / 6,
        (4 - 6 * rest**2 + 3 * rest**3) / 6,
        part**3 / 6,
    ]


def _to_splines(size: int) -> FloatArray:
    """Return what makes coefficients of cubic B-splines of values at nodes, mirrored at the ends.

    Returns
    -------
    ndarray, shape (size, size)
        The inverse of what `_cubic_splines` weigh coefficients with at a node.
    """
    weights = (4 * np.eye(size) + np.eye(size, k=1) + np.eye(size, k=-1)) / 6
    weights[0, 1] = weights[-1, -2] = 1 / 3
    return np.linalg.inv(weights)


def _axis(low: float, high: float, step: float) -> FloatArray:
    inner = np.linspace(low, high, max(2, int(np.ceil((high - low) / step)) + 1))
    return np.concatenate([[low - _BELOW], inner, high + np.array(_ABOVE)])
