"""Budgets and scenarios side by side."""

from dataclasses import dataclass

from bayescale.errors import PlanError
from bayescale.evaluation.reweighting import thinned
from bayescale.planning.allocating import allocate
from bayescale.planning.limits import BUDGETS
from bayescale.planning.plan import Plan
from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import NOTHING, count, decimals, fixed, percent
from bayescale.reporting.numbers import PlanNumbers, all_numbers
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section

DRAWS = 1000
"""Draws from which budgets that nobody asked for are planned."""


@dataclass(frozen=True)
class ScenariosContext:
    """A table of plans."""

    headings: list[str]
    rows: list[list[str]]


def show_scenarios(fit: Fit, question: Question) -> ScenariosContext | None:
    """Return plans side by side, if there is one."""
    plan = question.plan
    if plan is None:
        return None
    named = {"This plan": plan, **question.scenarios}
    if len(named) == 1 and plan.committed.sizes["budget"] == 1 and plan.model == fit.model.name:
        few = thinned(fit, min(DRAWS, fit.samples))
        beside = {"Half the budget": _at(few, plan, 0.5), "This plan": plan}
        beside["Twice the budget"] = _at(few, plan, 2.0)
        named = {name: each for name, each in beside.items() if each is not None}
    rows = []
    for name, each in named.items():
        numbers = all_numbers(fit, each, question.interval)
        rows += [_row(name, one, len(numbers) > 1) for one in numbers]
    used = [heading for heading in rows[0] if any(row[heading] for row in rows)]
    return ScenariosContext(used, [[row[heading] for heading in used] for row in rows])


SECTION = Section(
    "scenarios", "Side by side", after="trust", show=show_scenarios, above_navigation=True
)


def _at(fit: Fit, plan: Plan, share: float) -> Plan | None:
    """Return the plan for a share of the budget, if that is enough for one."""
    asked = {name: value for name, value in plan.limits.items() if name not in BUDGETS}
    try:
        return allocate(fit, **asked, flops=share * float(plan.committed["flops"][0]))
    except PlanError:
        return None


def _row(name: str, each: PlanNumbers, several: bool) -> dict[str, str]:
    loss, share = each.loss, each.regret / each.loss.value
    places = decimals(loss.upper - loss.lower)
    middle, lower, upper = (fixed(value, places) for value in (loss.value, loss.lower, loss.upper))
    return {
        "plan": f"{name}, {count(each.flops)}" if several else name,
        "FLOPs": count(each.cost.flops),
        "GPU hours": "" if each.cost.gpu_hours is None else count(each.cost.gpu_hours),
        "dollars": "" if each.cost.dollars is None else count(each.cost.dollars),
        "parameters": count(each.params),
        "tokens": count(each.tokens),
        "epochs": "" if each.epochs is None else f"{each.epochs:.3g}",
        "expected loss": f"{middle} ({lower} to {upper})",
        "given away": f"{percent(share)}" if each.regret > NOTHING else "nothing",
    }
