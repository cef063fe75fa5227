"""What fits recommend for a budget, and what later runs say that recommendations lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.allocating import plan_within
from bayescale.planning.arguments import limits_of
from bayescale.planning.feasible import Limits
from bayescale.planning.plan import Plan
from bayescale.planning.splitting import require_split
from bayescale.planning.surface import Surface, surface_of
from bayescale.planning.worth import wasted_compute
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import SAMPLE_DIMS


@dataclass(frozen=True)
class Decision:
    """A plan for one budget, and the surface that it was read off.

    Attributes
    ----------
    plan : Plan
        The plan.
    surface : Surface
        What the fits know of the loss.
    limits : Limits
        The budget.
    """

    plan: Plan
    surface: Surface
    limits: Limits

    @property
    def params(self) -> float:
        """The size to commit to."""
        return float(self.plan.committed["params"][0])

    def regret(self, params: Sequence[float]) -> tuple[FloatArray, FloatArray]:
        """Return what other sizes lose on the same budget, by this surface.

        Parameters
        ----------
        params : sequence of float, length k
            The sizes.

        Returns
        -------
        regret : ndarray, shape (k,)
            The expected loss above that of this plan, in the unit of the loss.
        wasted : ndarray, shape (k,)
            The share of the compute without which this plan would have done as well.
        """
        sizes = np.array([self.params, *params])
        budget = np.full(len(sizes), float(self.limits.flops[0]))
        loss = self.surface.losses(self.limits, sizes, budget).mean(axis=0)
        # The size of the plan is found within a tolerance, so that another may be better by a hair.
        regret = (loss[1:] - loss[0]).clip(min=0.0)
        slope = self.plan.marginal["per_log_flops"].mean(SAMPLE_DIMS)
        return regret, wasted_compute(xr.DataArray(regret), slope.item()).to_numpy()


def can_split(fit: Fit) -> bool:
    """Return whether a law can say how to split a budget."""
    try:
        require_split(fit, {})
    except PlanError:
        return False
    return True


def decide(
    fits: Mapping[str, Fit], flops: float, weights: Mapping[str, float] | None = None
) -> Decision:
    """Return the plan of a fit, or of several that are averaged, for a budget.

    Parameters
    ----------
    fits : mapping of str to Fit
        The fits, by name.
    flops : float
        Training FLOPs.
    weights : mapping of str to float, optional
        How much each counts; equally by default.

    Raises
    ------
    PlanError
        If a law cannot split a budget or has no optimum there.
    FitError
        If the parameters differ between groups.
    """
    fits, limits, asked = limits_of(fits, {"flops": flops, "weights": weights})
    surface = surface_of(fits, asked["weights"])
    # Nothing but the budget limits the plan, so nothing of it is left unspent.
    return Decision(plan_within(surface, limits, asked, spare=False), surface, limits)
