"""What is compiled of a PyMC model, as graphs of one point and the data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pymc as pm
import pytensor.tensor as pt
from pymc.initial_point import make_initial_point_expression
from pytensor.compile.mode import Mode
from pytensor.graph.replace import clone_replace

from bayescale.inference.nuts import POINT

# As PyTensor simplifies graphs before it compiles them, but for what only its own loops want.
_MODE = Mode(linker="py", optimizer="fast_run").excluding("fusion", "inplace", "BlasOpt")


@dataclass(frozen=True)
class Graphs:
    """The graphs of a model in the coordinates that are sampled.

    Attributes
    ----------
    pm_model : pymc.Model
        The model.
    """

    pm_model: pm.Model

    @cached_property
    def values(self) -> list[Any]:
        """The variables of the unconstrained space, in the order of a point."""
        return [self.pm_model.rvs_to_values[variable] for variable in self.pm_model.free_RVs]

    @cached_property
    def places(self) -> list[tuple[slice, tuple[int, ...]]]:
        """Where each value lies in a point, and its shape."""
        return places_of([value.type.shape for value in self.values])

    @property
    def dim(self) -> int:
        """The number of dimensions of a point."""
        return sum(math.prod(shape) for _, shape in self.places)

    @cached_property
    def point(self) -> Any:
        """The point that every graph is of."""
        return pt.vector(POINT, shape=(self.dim,))

    def density(self) -> list[Any]:
        """Return the log density and its gradient."""
        logp = self.pm_model.logp()
        gradient = pt.concatenate([pt.flatten(part) for part in pt.grad(logp, self.values)])
        return self._at_point([logp, gradient])

    def rest(self) -> list[Any]:
        """Return the log density without the likelihood."""
        free, potentials = self.pm_model.free_RVs, self.pm_model.potentials
        return self._at_point([self.pm_model.logp(vars=[*free, *potentials])])

    def parameters(self, names: Sequence[str]) -> list[Any]:
        """Return variables of the model."""
        return self._at_point(
            self.pm_model.replace_rvs_by_values([self.pm_model[name] for name in names])
        )

    def start(self) -> list[Any]:
        """Return the point about which chains start."""
        expressions = make_initial_point_expression(
            free_rvs=self.pm_model.free_RVs,
            rvs_to_transforms=self.pm_model.rvs_to_transforms,
            initval_strategies=self.pm_model.rvs_to_initial_values,
            return_transformed=True,
        )
        return [pt.flatten(part) for part in expressions]

    def _at_point(self, outputs: list[Any]) -> list[Any]:
        parts = {
            value: self.point[where].reshape(shape) if shape else self.point[where.start]
            for value, (where, shape) in zip(self.values, self.places, strict=True)
        }
        return list(clone_replace(outputs, parts))


def log_priors(pm_model: pm.Model, names: Sequence[str], sizes: Sequence[int]) -> tuple[Any, Any]:
    """Return a point of free variables of the stated model, and their log priors there.

    Parameters
    ----------
    pm_model : pymc.Model
        As `bayescale.inference.graph.state` returns it.
    names : sequence of str
        The variables.
    sizes : sequence of int
        How many numbers each has, zero for a single one.
    """
    variables = [pm_model[name] for name in names]
    point = pt.vector(POINT, shape=(sum(max(size, 1) for size in sizes),))
    shapes = [(size,) if size else () for size in sizes]
    parts = {
        variable: point[where].reshape(shape) if shape else point[where.start]
        for variable, (where, shape) in zip(variables, places_of(shapes), strict=True)
    }
    densities = [pm.logp(variable, variable) for variable in variables]
    return point, clone_replace(densities, parts)


def places_of(shapes: Sequence[tuple[int, ...]]) -> list[tuple[slice, tuple[int, ...]]]:
    """Return where values of given shapes lie, one after the other."""
    found, position = [], 0
    for shape in shapes:
        size = math.prod(shape)
        found.append((slice(position, position + size), shape))
        position += size
    return found


def simplify(point: Any, outputs: list[Any]) -> Any:
    """Return a function of a point, simplified as PyTensor does before it compiles."""
    return pm.compile([point], outputs, mode=_MODE, on_unused_input="ignore")
