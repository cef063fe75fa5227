"""Findings as text for people."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from bayescale.compute.accounting import SixND
from bayescale.core.text import human, percent
from bayescale.planning.limits import BINDING, LIMITS, Limit
from bayescale.posterior.intervals import credible_interval, interval_settings

if TYPE_CHECKING:
    from bayescale.planning.plan import Plan


_MORE = 1.1
# More compute than this in exchange for a tenth more tokens is no number to quote.
_FAR_MORE = 10.0
# Larger powers of a tenth more are not told apart: they would overflow.
_HUGE = 200.0
_NOTHING = 1e-9
_SHOWN = 0.005

ALL = 0.999
"""A plan that spends more than this share of its budget spends all of it."""


def describe_plan(plan: "Plan", ci_prob: float | None = None) -> str:
    """Write a plan in sentences, one paragraph for each budget, then its notes."""
    budgets = range(plan.committed.sizes["budget"])
    paragraphs = [_describe_budget(plan, budget, ci_prob) for budget in budgets]
    return "\n\n".join([*paragraphs, "\n".join(map(str, plan.notes))])


def _describe_budget(plan: "Plan", budget: int, ci_prob: float | None) -> str:
    prob, _ = interval_settings(ci_prob)
    choice = {name: float(v[budget]) for name, v in plan.committed.data_vars.items()}
    epochs = f", {choice['epochs']:.2f} epochs" if "epochs" in choice else ""
    commit = (
        f"{human(choice['params'])} parameters on {human(choice['tokens'])} tokens "
        f"({choice['tokens_per_param']:.3g} tokens per parameter{epochs})"
    )
    lines = [
        ("under", "; ".join(describe_limits(plan, budgets=False))),
        *_describe_spending(plan, choice),
    ]
    if plan.by_choice:
        lines.append(("choose", describe_choice(plan, budget)))
    lines.append(("commit to", commit))
    if "quality" in choice:
        lines.append(("", f"of mean quality {choice['quality']:.3g}, the best data first"))
    lines += _describe_outcome(plan, budget, prob)
    binding = plan.binding.isel(budget=budget)
    lines += [
        ("limit", f"{words} with probability {float(binding[name]):.2f}")
        for name, words in BINDING.items()
        if float(binding[name]) >= _SHOWN
    ]
    lines += [("worth", sentence) for sentence in describe_marginal(plan, budget, prob)]
    title = f"{describe_budget(plan, budget)}, by {plan.model}:"
    return "\n".join([title, *(f"  {label:13} {text}" for label, text in lines if text)])


def describe_budget(plan: "Plan", budget: int) -> str:
    """Say a budget in the unit it was given in."""
    flops = f"{human(float(plan.committed['flops'][budget]))} FLOPs"
    for limit in (limit for limit in LIMITS if limit.says and limit.budget):
        if (amounts := plan.limits[limit.name]) is not None:
            return f"{_phrase(limit, limit.kind.split(amounts)[budget])} for {flops}"
    return flops


def _describe_spending(plan: "Plan", choice: Mapping[Any, float]) -> list[tuple[str, str]]:
    share = choice["spent_share"]
    if share >= ALL:
        return []
    rest = f"the rest would lower the loss by less than {plan.limits['tolerance']:.2%}"
    return [("spend", f"{percent(share)} of the budget, {human(choice['spent'])} FLOPs: {rest}")]


def _describe_outcome(plan: "Plan", budget: int, prob: float) -> list[tuple[str, str]]:
    optimum, outcome = plan.optimum.isel(budget=budget), plan.outcome.isel(budget=budget)
    loss, regret = (credible_interval(outcome[name], prob) for name in ("loss", "regret"))
    low, high = (float(plan.near_optimal[f"params_{end}"][budget]) for end in ("low", "high"))
    spans = " and ".join(_span(optimum[name], prob, name) for name in ("params", "tokens"))
    wasted = outcome["wasted_compute"]
    return [
        (
            "expected loss",
            f"{float(outcome['loss'].mean()):.4g} ({prob:.0%} interval "
            f"{float(loss['lower']):.4g} to {float(loss['upper']):.4g})",
        ),
        ("the optimum", f"lies at {spans} ({prob:.0%} intervals)"),
        (
            "nearly as good",
            f"any size from {human(low)} to {human(high)}: "
            f"less than {plan.limits['tolerance']:.2%} of the loss away",
        ),
        (
            "regret",
            f"{float(outcome['regret'].mean()):.2g} expected, "
            f"at most {float(regret['upper']):.2g} with {50 * (1 + prob):.3g}% probability",
        ),
        (
            "",
            f"as if {float(wasted.mean()):.2%} of what is spent were wasted, "
            f"at most {float(wasted.quantile((1 + prob) / 2)):.2%}",
        ),
    ]


def describe_limits(plan: "Plan", budgets: bool = True) -> list[str]:
    """Say what a plan had to keep to, one phrase for each limit; its budgets if wanted."""
    asked = dict(plan.limits)
    if not isinstance(plan.accounting, SixND):
        asked["rule"] = plan.rule
    values = {
        limit: asked.get(limit.name)
        for limit in LIMITS
        if limit.says and (budgets or not limit.budget)
    }
    said = {limit: value for limit, value in values.items() if not limit.is_usual(value)}
    return [_phrase(limit, value) for limit, value in said.items()]


def _phrase(limit: Limit, value: Any) -> str:
    """Say one limit, its noun in the singular where there is one of it."""
    says = limit.says.removesuffix("s") if value == 1 else limit.says
    return says.format(limit.in_words(value))


def describe_marginal(plan: "Plan", budget: int, prob: float | None = None) -> list[str]:
    """Say what a tenth more compute and unique tokens would gain, and what they exchange for."""
    marginal, more = plan.marginal.isel(budget=budget), f"{_MORE - 1:.0%} more"
    prob, _ = interval_settings(prob)
    found = []
    for name, what in {
        "per_log_flops": "compute",
        "per_log_unique_tokens": "unique tokens",
    }.items():
        if name in marginal:
            gain = credible_interval(-np.log(_MORE) * marginal[name], prob)
            if float(gain["upper"]) <= _NOTHING:
                found.append(f"{more} {what} would gain nothing")
            elif float(gain["median"]) < 0:
                loss = credible_interval(np.log(_MORE) * marginal[name], prob)
                found.append(f"{more} {what} would raise the loss by {_between(loss, '.2g')}")
            else:
                found.append(f"{more} {what} would lower the loss by {_between(gain, '.2g')}")
    exchange = marginal.get("exchange", xr.DataArray(0.0))
    # Infinite where compute gains nothing: no amount of it is worth the tokens.
    if bool(((exchange > 0) & np.isfinite(exchange)).all()):
        worth = credible_interval(_MORE ** exchange.clip(max=_HUGE) - 1, prob)
        amount = f"as much as {_between(worth, '.2%')}"
        if float(worth["upper"]) > _FAR_MORE:
            amount = f"at least {float(worth['lower']):.2%}"
        found.append(f"{more} unique tokens are worth {amount} more compute")
    return found


def _between(interval: xr.Dataset, form: str) -> str:
    # What rounding leaves of nothing is nothing, and has no sign.
    numbers = (float(interval[key]) for key in ("median", "lower", "upper"))
    median, lower, upper = (f"{n if abs(n) > _NOTHING else 0.0:{form}}" for n in numbers)
    return f"{median} ({lower} to {upper})"


def describe_choice(plan: "Plan", budget: int) -> str:
    """Name the choice of further inputs at a budget and how sure it is."""
    table = plan.compare_choices().xs(float(plan.committed["flops"][budget]), level="flops")
    chosen = plan.choice(budget)
    probability = float(table["probability_best"][chosen])
    return f"{chosen}, the best of {len(table)} with probability {probability:.2f}"


def _span(draws: xr.DataArray, prob: float, name: str) -> str:
    interval = credible_interval(draws, prob)
    words = {"params": "parameters"}.get(name, name)
    median, lower, upper = (human(float(interval[k])) for k in ("median", "lower", "upper"))
    if float(draws.max()) <= float(draws.min()) * (1 + _NOTHING):
        return f"{median} {words} (fixed by the limit)"
    return f"{median} {words} ({lower} to {upper})"
