"""What a loss costs, what more data is worth, and where more compute stops to pay."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import xarray as xr

from bayescale.core.asking import argument
from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.core.roots import find_root
from bayescale.core.shown import Shown
from bayescale.core.text import human
from bayescale.errors import PlanError
from bayescale.planning.allocating import plan_within
from bayescale.planning.arguments import limits_of, require_no_budget
from bayescale.planning.feasible import PARAMS_BOUNDS, TOKENS_BOUNDS, Limits
from bayescale.planning.limits import BUDGETS, LimitArguments
from bayescale.planning.optimising import best_of, searchable
from bayescale.planning.plan import Plan
from bayescale.planning.surface import Member, Surface, surface_of
from bayescale.planning.wording import describe_plan
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import interval_settings


@dataclass(frozen=True, repr=False)
class Reach(Shown):
    """The cheapest way to a loss.

    Attributes
    ----------
    target_loss : float
        The loss to reach.
    flops : DataArray
        What it costs, in FLOPs of training and serving, for each draw; infinite where it cannot be
        reached. Dimensions (chain, draw).
    unreachable : float
        The probability that no budget within the bounds of the search reaches it, because the
        irreducible loss, the data or the limits stand in the way.
    confidence : float
        The probability with which the plan's budget suffices for the best plan.
    plan : Plan
        The plan for that budget.
    """

    target_loss: float
    flops: xr.DataArray
    unreachable: float
    confidence: float
    plan: Plan

    def __str__(self) -> str:
        """Say what the loss costs, then the plan."""
        return describe_reach(self)


def describe_reach(found: Reach, ci_prob: float | None = None) -> str:
    """Say what a loss costs, then the plan that gets there."""
    lines = "\n".join(describe_cost(found, ci_prob))
    return f"{lines}\n\n{describe_plan(found.plan, ci_prob)}"


def describe_cost(found: Reach, ci_prob: float | None = None) -> list[str]:
    """Say what a loss costs and how sure that is, in a few lines."""
    prob, _ = interval_settings(ci_prob)
    tails = [(1 - prob) / 2, 0.5, (1 + prob) / 2]
    # A draw that never gets there is infinite, so no interpolation between draws.
    costs = np.quantile(found.flops, tails, method="higher")
    low, middle, high = (cost_in_words(float(cost)) for cost in costs)
    interval = f"{prob:.0%} interval {low} to {high}"
    lines = [f"a loss of {found.target_loss:.4g} costs {middle} ({interval})"]
    if found.unreachable > 0:
        lines.append(f"it cannot be reached with probability {found.unreachable:.2f}")
    return [*lines, f"the budget below suffices with probability {found.confidence:.2f}"]


@checked(PlanError, beside=BUDGETS)
def reach(
    fit: Fit | Mapping[str, Fit],
    *,
    target_loss: float,
    confidence: float = 0.5,
    weights: Mapping[str, float] | None = None,
    **limits: Unpack[LimitArguments],
) -> Reach:
    """Find the cheapest way to a loss, as a distribution, and a plan that gets there.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        A fit, or several to be averaged.
    target_loss : float
        The loss to reach, in the unit of the runs.
    confidence : float, default 0.5
        The probability with which the budget of the plan has to suffice.
    weights : mapping of str to float, optional
        Weights of several fits.
    **limits
        Limits, risk and tolerance, as in `allocate`, without a budget.

    Returns
    -------
    Reach

    Raises
    ------
    PlanError
        If the loss cannot be reached with that confidence.

    References
    ----------
    Sardana et al. 2023, arXiv:2401.00448: the same with ``inference_tokens``.

    Examples
    --------
    >>> bs.reach(fit, target_loss=2.0, inference_tokens=5e12)  # doctest: +SKIP
    """
    if not (np.isfinite(target_loss) and target_loss > 0):
        raise PlanError(f"{argument('target_loss')} = {target_loss:g} must be positive and finite")
    if not 0 < confidence < 1:
        raise PlanError(
            f"{argument('confidence')} = {confidence:g} must lie between 0 and 1, for example 0.9"
        )
    require_no_budget(limits)
    fits, within, asked = limits_of(fit, {**limits, "weights": weights})
    surface = searchable(surface_of(fits, asked["weights"]), within.require_size())
    flops = cheapest(surface, within, np.full(surface.samples, float(target_loss)))
    unreachable = float(np.mean(~np.isfinite(flops)))
    budget = float(np.quantile(flops, confidence, method="higher"))
    if not np.isfinite(budget):
        raise PlanError(
            f"{argument('target_loss')} = {target_loss:g} cannot be reached with probability "
            f"{unreachable:.2f} under these limits, so not with confidence {confidence:g}; ask "
            "for a higher loss or loosen the limits"
        )
    within = replace(within, flops=np.array([budget]))
    plan = plan_within(surface, within, asked | {"flops": [budget]}, spare=False)
    draws = surface.as_draws(flops[:, None]).isel(budget=0)
    return Reach(target_loss, draws, unreachable, confidence, plan)


def cheapest(surface: Surface, limits: Limits, losses: FloatArray) -> FloatArray:
    """Return the least budget with which each draw reaches a loss, shape (samples,).

    Infinite where no budget within the bounds of the search does.
    """
    parts, start = [], 0
    for member in surface.members:
        stop = start + member.samples
        parts.append(_cheapest_of(member, limits, losses[start:stop]))
        start = stop
    return np.concatenate(parts)


def _cheapest_of(member: Member, limits: Limits, losses: FloatArray) -> FloatArray:
    names = list(member.draws)

    def excess(log_flops: FloatArray, loss: FloatArray, *values: FloatArray) -> FloatArray:
        draws = dict(zip(names, values, strict=True))
        return np.asarray(_least_loss(member, limits, np.exp(log_flops), draws) - loss)

    low, high = (np.full_like(losses, np.log(bound)) for bound in _budget_bounds(limits))
    arguments = (losses, *member.draws.values())
    reached, needed = excess(high, *arguments) < 0, excess(low, *arguments) > 0
    found = np.where(reached, np.exp(low), np.inf)
    inside = reached & needed
    if inside.any():
        root = find_root(
            excess,
            (low[inside], high[inside]),
            arguments=tuple(argument[inside] for argument in arguments),
            tolerances={"xatol": 1e-8},
        )
        found[inside] = np.exp(root.x)
    return np.asarray(found)


def _least_loss(
    member: Member, limits: Limits, flops: FloatArray, draws: Mapping[str, FloatArray]
) -> FloatArray:
    within = replace(limits, flops=flops)
    best = best_of(member, within, draws)
    return np.asarray(member.losses(within, best.params, best.flops, draws))


def _budget_bounds(limits: Limits) -> tuple[float, float]:
    least = limits.smallest
    serving = float(limits.serving_flops(np.float64(least)))
    low = serving + float(limits.rule.train(np.float64(least))) * TOKENS_BOUNDS[0]
    high = float(limits.rule.train(np.float64(PARAMS_BOUNDS[1]))) * TOKENS_BOUNDS[1]
    return 1.001 * low, 0.999 * high


def cost_in_words(flops: float) -> str:
    """Write FLOPs, which are infinite where no budget suffices."""
    return f"{human(flops)} FLOPs" if np.isfinite(flops) else "more than any budget"
