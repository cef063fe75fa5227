"""The numbers of a plan, one budget at a time, for whatever writes them."""

from dataclasses import dataclass
from typing import Any

import xarray as xr

from bayescale.errors import PlanError
from bayescale.planning.plan import Plan
from bayescale.posterior.fit import Fit
from bayescale.posterior.predicting import predict
from bayescale.reporting.digits import Interval


@dataclass(frozen=True)
class Range:
    """A number with its interval."""

    value: float
    lower: float
    upper: float

    @classmethod
    def of(cls, draws: xr.DataArray, interval: Interval, mean: bool = False) -> "Range":
        """Return median, or mean, and interval of draws."""
        median, lower, upper = interval.of(draws)
        return cls(float(draws.mean()) if mean else median, lower, upper)


@dataclass(frozen=True)
class Cost:
    """What a plan costs; hours and dollars where the hardware and its price are known."""

    flops: float
    gpu_hours: float | None
    dollars: float | None

    @classmethod
    def of(cls, plan: Plan, flops: float) -> "Cost":
        """Return what so many FLOPs cost on the hardware of a plan."""
        hardware = plan.limits["hardware"]
        if hardware is None:
            return cls(flops, None, None)
        priced = hardware.price_per_hour is not None
        dollars = flops * hardware.dollars_per_flop if priced else None
        return cls(flops, flops / hardware.flops_of_hours(1.0), dollars)


@dataclass(frozen=True)
class PlanNumbers:
    """One budget of a plan.

    Attributes
    ----------
    flops : float
        The budget.
    cost : Cost
        What the plan spends of it.
    spent_share : float
        That over the budget.
    params, tokens, tokens_per_param : float
        The plan to commit to.
    epochs : float or None
        How often the unique tokens are used; None without a limit on them.
    loss : Range
        The mean of the loss to expect and its interval.
    single_run : Range or None
        Where one run will land, its noise included; None if the noise there is not known.
    best_params, best_tokens : Range
        Where the best split lies.
    near_params, near_tokens : tuple of float
        The smallest and the largest size that are as good, and the tokens for them.
    regret, regret_upper : float
        The loss given away on average, and at most with the probability ``upper_probability``.
    upper_probability : float
        See above.
    wasted_compute : float
        The share of the compute spent that this is worth.
    limited_by_tokens : float
        The probability that the limit on tokens binds.
    """

    flops: float
    cost: Cost
    spent_share: float
    params: float
    tokens: float
    tokens_per_param: float
    epochs: float | None
    loss: Range
    single_run: Range | None
    best_params: Range
    best_tokens: Range
    near_params: tuple[float, float]
    near_tokens: tuple[float, float]
    regret: float
    regret_upper: float
    upper_probability: float
    wasted_compute: float
    limited_by_tokens: float


def numbers_of(fit: Fit, plan: Plan, budget: int, interval: Interval) -> PlanNumbers:
    """Return the numbers of one budget of a plan."""
    committed = {str(n): float(v[budget]) for n, v in plan.committed.data_vars.items()}
    outcome, optimum, near = (
        part.isel(budget=budget) for part in (plan.outcome, plan.optimum, plan.near_optimal)
    )
    upper = (1 + interval.prob) / 2
    return PlanNumbers(
        flops=float(plan.committed["flops"][budget]),
        cost=Cost.of(plan, committed["spent"]),
        spent_share=committed["spent_share"],
        params=committed["params"],
        tokens=committed["tokens"],
        tokens_per_param=committed["tokens_per_param"],
        epochs=committed.get("epochs"),
        loss=Range.of(outcome["loss"], interval, mean=True),
        single_run=_single_run(fit, plan, budget, interval),
        best_params=Range.of(optimum["params"], interval),
        best_tokens=Range.of(optimum["tokens"], interval),
        near_params=(float(near["params_low"]), float(near["params_high"])),
        near_tokens=(float(near["tokens_at_low"]), float(near["tokens_at_high"])),
        regret=float(outcome["regret"].mean()),
        regret_upper=float(outcome["regret"].quantile(upper)),
        upper_probability=upper,
        wasted_compute=float(outcome["wasted_compute"].mean()),
        limited_by_tokens=float(plan.binding["tokens"][budget]),
    )


def all_numbers(fit: Fit, plan: Plan, interval: Interval) -> list[PlanNumbers]:
    """Return the numbers of every budget of a plan."""
    budgets = range(plan.committed.sizes["budget"])
    return [numbers_of(fit, plan, budget, interval) for budget in budgets]


def _single_run(fit: Fit, plan: Plan, budget: int, interval: Interval) -> Range | None:
    if plan.by_model:
        return None
    columns = set(fit.model.columns.values()) - {"flops"}
    try:
        point = plan.point(columns | {"params", "tokens"})
    except (PlanError, KeyError):
        return None
    return one_run(fit, point, budget, interval)


def one_run(fit: Fit, point: dict[str, Any], target: int, interval: Interval) -> Range | None:
    """Return where a single run would land, if its noise is known there."""
    try:
        draws = predict(fit, new_run=True, **point)
    except PlanError:
        return None
    return Range.of(draws.isel(target=target), interval)
