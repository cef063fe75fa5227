"""What people take from a fit, at one budget: floor, exponents, the best size and its loss."""

from dataclasses import dataclass

import numpy as np

from bayescale.auditing.deciding import can_split
from bayescale.core.quantities import FloatArray
from bayescale.errors import FitError
from bayescale.evaluation.answers import further
from bayescale.planning.arguments import limits_of
from bayescale.planning.optimising import best_splits
from bayescale.planning.surface import surface_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples
from bayescale.posterior.sources import FLOOR

EXPONENTS = "alpha"
"""What the names of a law's exponents begin with."""

SLOPE, SIZE, LOSS = "exponent of the best size", "best size", "loss"

LOGARITHMS = (SIZE, LOSS)
"""The answers whose draws are logarithms."""

_DECADE = 10.0


@dataclass(frozen=True)
class Answers:
    """Draws of the answers of a fit.

    Attributes
    ----------
    draws : dict of str to ndarray, shape (samples,)
        By name; the best size and the loss as logarithms.
    """

    draws: dict[str, FloatArray]

    @property
    def middle(self) -> dict[str, float]:
        """The median of each answer."""
        return {name: float(np.median(values)) for name, values in self.draws.items()}

    def weighted(self, log_weights: FloatArray) -> list[dict[str, float]]:
        """Return the medians of draws with other weights, shape (samples, items), by item."""
        medians = {name: _medians(values, log_weights) for name, values in self.draws.items()}
        items = range(log_weights.shape[1])
        return [{name: float(found[item]) for name, found in medians.items()} for item in items]

    @property
    def widths(self) -> dict[str, float]:
        """Half the width of the central 68%: a standard deviation that far draws do not move."""
        ends = {name: np.quantile(values, [0.16, 0.84]) for name, values in self.draws.items()}
        return {name: max(float(high - low) / 2, 1e-12) for name, (low, high) in ends.items()}


def answers_of(fit: Fit, flops: float, rows: np.ndarray | None = None) -> Answers:
    """Return what people take from a fit.

    Parameters
    ----------
    fit : Fit
        The fit.
    flops : float
        The budget.
    rows : ndarray of int, optional
        Which draws, counted chain after chain; all by default.

    Returns
    -------
    Answers
        The floor and the exponents that the law has. Where it can split a budget, the exponent of
        the best size over the decade below the budget, the best size and its loss; otherwise what
        it predicts so far beyond the largest run.

    Raises
    ------
    FitError
        If the runs have no compute, from which a law that cannot split is asked further.
    """
    found = {
        name: by_samples(fit.posterior[name])
        for name in fit.model.law.parameters
        if name in fit.posterior and (name == FLOOR or name.startswith(EXPONENTS))
    }
    if can_split(fit):
        found |= _of_split(fit, flops)
    else:
        found[LOSS] = by_samples(further(fit, flops / largest_compute(fit)))
    return Answers({n: v if rows is None else v[rows] for n, v in found.items()})


def largest_compute(fit: Fit) -> float:
    """Return the compute of the largest run.

    Raises
    ------
    FitError
        If the runs have none.
    """
    if "flops" not in fit.runs.table:
        raise FitError(
            f"{fit.runs.source}: the runs have no compute, so no target lies beyond them; load "
            "them with flops, or with params and tokens"
        )
    return float(fit.runs.table["flops"].max())


def _of_split(fit: Fit, flops: float) -> dict[str, FloatArray]:
    fits, limits, _ = limits_of(fit, {"flops": [flops / _DECADE, flops]})
    surface = surface_of(fits)
    best = best_splits(surface, limits)
    sizes = np.log(best.params)
    losses = surface.losses(limits, best.params, best.flops)
    return {
        SLOPE: (sizes[:, 1] - sizes[:, 0]) / np.log(_DECADE),
        SIZE: sizes[:, 1],
        LOSS: np.log(losses[:, 1]),
    }


def _medians(values: FloatArray, log_weights: FloatArray) -> FloatArray:
    """Return the median of values under each of several weights, shape (items,)."""
    order = np.argsort(values)
    weights = np.exp(log_weights[order] - log_weights.max(axis=0))
    shares = np.cumsum(weights, axis=0) - weights / 2
    places = [
        np.interp(0.5 * total, share, np.arange(len(values)))
        for share, total in zip(shares.T, weights.sum(axis=0), strict=True)
    ]
    return np.asarray(np.interp(places, np.arange(len(values)), values[order]))
