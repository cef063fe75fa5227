"""What would change the answer: the plan made again with one thing different at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.evaluation.reweighting import thinned, without_rows
from bayescale.planning.allocating import allocate
from bayescale.planning.limits import BUDGETS
from bayescale.planning.plan import Plan
from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import Interval, count

DRAWS = 400
"""Draws that plans are made again from: differences need fewer than numbers to sign."""

CHEAPEST = (0.1, 0.05, 0.02)
"""Shares of the runs, the cheapest, that are left out: the first that the draws can tell."""


@dataclass(frozen=True)
class Outcome:
    """What a plan would be, relative to the one that is reported.

    Attributes
    ----------
    label : str
        What is different.
    size : float
        The size over that of the plan.
    loss : float
        The loss minus that of the plan.
    """

    label: str
    size: float
    loss: float


@dataclass(frozen=True)
class Change:
    """One thing that may be otherwise, and the plans that it leads to, or why that is not known."""

    cause: str
    outcomes: tuple[Outcome, ...]
    unknown: str = ""


def changes_of(fit: Fit, plan: Plan, interval: Interval) -> list[Change]:
    """Return what would change the first budget of a plan, the largest change of size first."""
    found = [_posterior(plan, interval)]
    if plan.by_model:
        found.append(_forms(plan))
    elif plan.model == fit.model.name:
        found += _again(fit, plan)
    return sorted(found, key=lambda change: -_reach(change))


def _reach(change: Change) -> float:
    return max((abs(np.log(outcome.size)) for outcome in change.outcomes), default=-1.0)


def _posterior(plan: Plan, interval: Interval) -> Change:
    """Return how far the runs leave the best size and the loss of the plan open."""
    committed, loss = float(plan.committed["params"][0]), plan.outcome["loss"].isel(budget=0)
    _, *sizes = interval.of(plan.optimum["params"].isel(budget=0))
    _, *losses = interval.of(loss)
    middle = float(loss.mean())
    # What makes the best size smaller is not what makes the loss lower: two ranges, not two cases.
    outcomes = tuple(
        Outcome(f"{end} end", size / committed, bound - middle)
        for end, size, bound in zip(("lower", "upper"), sizes, losses, strict=True)
    )
    return Change("what the runs leave open", outcomes)


def _forms(plan: Plan) -> Change:
    outcomes = tuple(_against(plan, each, name) for name, each in plan.by_model.items())
    return Change("the form of the law", outcomes)


def _again(fit: Fit, plan: Plan) -> Iterator[Change]:
    asked = plan.by_choice[plan.choice(0)].limits if plan.by_choice else plan.limits
    asked = {name: value for name, value in asked.items() if name not in BUDGETS}
    asked["flops"] = float(plan.committed["flops"][0])
    few = thinned(fit, min(DRAWS, fit.samples))
    base = allocate(few, **asked)
    for cause, name in (("the unique tokens", "unique_tokens"), ("the demand", "inference_tokens")):
        if asked[name]:
            yield Change(cause, tuple(_with(few, base, asked, name, share) for share in (0.5, 2.0)))
    yield _without_cheapest(fit, base, asked)


def _with(few: Fit, base: Plan, asked: dict[str, Any], name: str, share: float) -> Outcome:
    value = share * asked[name]
    label = f"{'half' if share < 1 else 'twice'} as many, {count(value)}"
    return _against(base, allocate(few, **asked | {name: value}), label)


def _without_cheapest(fit: Fit, base: Plan, asked: dict[str, Any]) -> Change:
    cause, table = "the cheapest runs", fit.runs.table
    if "flops" not in table or "log_likelihood" not in fit.tree:
        return Change(cause, (), "the compute of the runs is not known")
    flops = table["flops"].to_numpy(float)
    for share in CHEAPEST:
        rows = np.flatnonzero(flops <= np.quantile(flops, share))
        other = without_rows(fit, rows, min(DRAWS, fit.samples))
        if other is not None:
            label = f"without the {len(rows)} cheapest of {len(flops)} runs"
            return Change(cause, (_against(base, allocate(other, **asked), label),))
    return Change(cause, (), "only a new fit without them can tell")


def _against(base: Plan, other: Plan, label: str) -> Outcome:
    sizes = [float(plan.committed["params"][0]) for plan in (base, other)]
    losses = [float(plan.outcome["loss"].isel(budget=0).mean()) for plan in (base, other)]
    return Outcome(label, sizes[1] / sizes[0], losses[1] - losses[0])
