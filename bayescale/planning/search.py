"""Search for the best split of a budget between size and tokens, for many functions at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.core.minimizing import minimize
from bayescale.core.quantities import FloatArray
from bayescale.planning.feasible import TOKENS_BOUNDS, Limits

type Value = Callable[..., FloatArray]
"""``value(log_params, log_flops, *arguments)``, elementwise: the loss of sizes on budgets, or what
a plan is judged by."""

_LOG_TOLERANCE = 1e-6
# Where the loss may rise with tokens, what is spent is searched for each size.
_OUTER_POINTS, _INNER_POINTS, _NESTED_TOLERANCE = 24, 10, 1e-4


@dataclass(frozen=True)
class Split:
    """Sizes and the compute spent on them, arrays of one shape.

    Attributes
    ----------
    params : ndarray
        Parameters.
    flops : ndarray
        FLOPs of training and serving that are spent, at most the budget.
    """

    params: FloatArray
    flops: FloatArray

    def where(self, condition: Any, other: "Split") -> "Split":
        """Return this split where a condition holds, another elsewhere."""
        return Split(
            np.where(condition, self.params, other.params),
            np.where(condition, self.flops, other.flops),
        )


@dataclass(frozen=True)
class Search:
    """A search for the best split.

    Attributes
    ----------
    limits : Limits
        What sizes and tokens are allowed.
    value : callable
        What is minimised.
    falls_in_params, falls_in_tokens : bool
        Whether more parameters, or more tokens, never raise it.
    points : int, optional
        Sizes tried before refining.
    """

    limits: Limits
    value: Value
    falls_in_params: bool
    falls_in_tokens: bool
    points: int | None = None

    def between(
        self,
        low: FloatArray,
        high: FloatArray,
        log_flops: FloatArray,
        arguments: tuple[FloatArray, ...] = (),
    ) -> Split:
        """Return the best split between bounds of log size, on a budget or on a part of it."""
        if self.limits.candidates:
            sizes = self.limits.allowed_candidates
            full = (np.full(log_flops.shape, size) for size in np.log(sizes))
            each = [self.at_best(size, log_flops, *arguments) for size in full]
            params = sizes[np.stack(each).argmin(axis=0)]
        else:
            if not self.falls_in_params:
                low = np.full_like(low, np.log(self.limits.least_params))
            settings: dict[str, Any] = {"points": self.points, "tolerance": _LOG_TOLERANCE}
            if not self.falls_in_tokens:
                settings = {"points": _OUTER_POINTS, "tolerance": _NESTED_TOLERANCE}
            best = minimize(self.at_best, low, high, (log_flops, *arguments), **settings)
            params = np.exp(best)
        most = np.broadcast_to(log_flops, params.shape)
        return Split(params, np.exp(self.spending(np.log(params), most, *arguments)))

    def at_best(
        self, log_params: FloatArray, log_most: FloatArray, *arguments: FloatArray
    ) -> FloatArray:
        """Return the value of sizes on as much of a budget as is best."""
        spent = self.spending(log_params, log_most, *arguments)
        return self.value(log_params, spent, *arguments)

    def spending(
        self, log_params: FloatArray, log_most: FloatArray, *arguments: FloatArray
    ) -> FloatArray:
        """Return the log of the compute that is best spent on sizes: repeating may hurt."""
        if self.falls_in_tokens:
            return log_most
        params = np.exp(log_params)
        low = np.log(self.limits.cost(params, TOKENS_BOUNDS[0]))
        high = np.log(self.limits.cost(params, self.limits.allowed(params)))
        high = np.minimum(log_most, high)

        def loss(log_flops: FloatArray, log_params: FloatArray, *rest: FloatArray) -> FloatArray:
            return self.value(log_params, log_flops, *rest)

        settings: dict[str, Any] = {"points": _INNER_POINTS, "tolerance": _NESTED_TOLERANCE}
        found = minimize(loss, np.minimum(low, high), high, (log_params, *arguments), **settings)
        if self.limits.unique_tokens is None:
            return found
        # Up to a first pass over the data nothing is repeated, and a law may bend there.
        once = np.log(self.limits.cost(params, self.limits.fresh_tokens))
        once = np.minimum(np.broadcast_to(once, found.shape), high)
        better = self.value(log_params, once, *arguments) <= self.value(
            log_params, found, *arguments
        )
        return np.where(better, once, found)
