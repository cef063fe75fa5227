"""Draws of a loss surface, of one fit or of several that are averaged."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from bayescale.compute.accounting import FlopsRule
from bayescale.core.quantities import FloatArray
from bayescale.planning.feasible import Limits
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import SAMPLE_DIMS
from bayescale.posterior.mixture import draws_of_each, weights_of


@dataclass(frozen=True)
class Member:
    """A fit and what its surface takes of the draws that take part, shape (samples,) each."""

    fit: Fit
    draws: Mapping[str, FloatArray]

    def losses(self, limits: Limits, params: Any, flops: Any, draws: Mapping[str, Any]) -> Any:
        """Return the loss of models of some size on some budget, for given draws."""
        columns = limits.columns(params, flops, self._accounting)
        return self.fit.losses_at(columns, draws)

    @cached_property
    def _accounting(self) -> FlopsRule:
        return self.fit.rule

    @property
    def samples(self) -> int:
        """The number of draws."""
        return len(next(iter(self.draws.values())))

    @property
    def stacked(self) -> dict[str, FloatArray]:
        """The draws with an axis for budgets, shape (samples, 1)."""
        return {name: values[:, None] for name, values in self.draws.items()}


@dataclass(frozen=True)
class Surface:
    """What is known of the loss as a function of size and tokens.

    Attributes
    ----------
    members : tuple of Member
        The fits; their draws follow one another.
    shape : tuple of int
        Chains and draws, whose product is the number of samples.
    """

    members: tuple[Member, ...]
    shape: tuple[int, int]

    @property
    def name(self) -> str:
        """The names of the models, with their shares if there are several."""
        if len(self.members) == 1:
            return self.members[0].fit.model.name
        shares = (member.samples / self.samples for member in self.members)
        names = (member.fit.model.name for member in self.members)
        return ", ".join(f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True))

    @cached_property
    def samples(self) -> int:
        """The number of draws."""
        return self.shape[0] * self.shape[1]

    def thinned(self, most: int) -> "Surface":
        """Return the surface with every few of its draws, no more than so many for each fit."""
        members = []
        for member in self.members:
            step = -(-member.samples // most)
            draws = {name: values[::step] for name, values in member.draws.items()}
            members.append(Member(member.fit, draws))
        return Surface(tuple(members), (1, sum(member.samples for member in members)))

    def losses(self, limits: Limits, params: FloatArray, flops: FloatArray) -> FloatArray:
        """Return the loss for each draw.

        Parameters
        ----------
        limits : Limits
            What turns a size and a budget into the inputs of a law.
        params : ndarray, shape (samples, k) or (k,)
            Sizes, for each draw or for all.
        flops : ndarray, shape (samples, k) or (k,)
            Budgets, for each draw or for all.

        Returns
        -------
        ndarray, shape (samples, k)
        """
        parts, start = [], 0
        for member in self.members:
            rows = slice(start, start := start + member.samples)
            sizes, budgets = (v[rows] if np.ndim(v) > 1 else v for v in (params, flops))
            losses = member.losses(limits, sizes, budgets, member.stacked)
            parts.append(np.broadcast_to(losses, (member.samples, losses.shape[-1])))
        return np.concatenate(parts)

    def as_draws(self, values: FloatArray) -> xr.DataArray:
        """Give values of shape (samples, budgets) the dimensions (chain, draw, budget)."""
        return xr.DataArray(values.reshape(*self.shape, -1), dims=(*SAMPLE_DIMS, "budget"))


def surface_of(fits: Mapping[str, Fit], weights: Mapping[str, float] | None = None) -> Surface:
    """Return the surface of one fit, or of several weighted ones.

    Parameters
    ----------
    fits : mapping of str to Fit
        The fits by name.
    weights : mapping of str to float, optional
        Weights that need not sum to one; equal ones by default.

    Returns
    -------
    Surface

    Raises
    ------
    PlanError
        If a weight is missing, negative or of no fit, all are zero, or there is one fit alone.
    """
    weights = weights_of(fits, weights)
    draws = {name: _flat(fit) for name, fit in fits.items()}
    if len(fits) == 1:
        ((name, fit),) = fits.items()
        sizes = fit.posterior.sizes
        return Surface((Member(fit, draws[name]),), (sizes["chain"], sizes["draw"]))
    members = [
        Member(fits[name], {key: values[chosen] for key, values in draws[name].items()})
        for name, chosen in draws_of_each(fits, weights).items()
    ]
    samples = sum(member.samples for member in members)
    return Surface(tuple(members), (1, samples))


def _flat(fit: Fit) -> dict[str, FloatArray]:
    return {name: values.to_numpy().ravel() for name, values in fit.surface_draws.items()}
