"""Words for the budget of a plan, which more than one section says."""

from bayescale.planning.plan import Plan
from bayescale.reporting.digits import chosen_percent, count
from bayescale.reporting.numbers import Cost


def flops_words(plan: Plan) -> str:
    """Return what the FLOPs of a budget are spent on."""
    return "FLOPs to train and serve" if plan.limits["inference_tokens"] else "training FLOPs"


def tolerance_text(plan: Plan) -> str:
    """Return how much more loss a size as good as the committed one may cost."""
    return chosen_percent(plan.limits["tolerance"])


def cost_texts(cost: Cost) -> list[str]:
    """Write a cost in every unit in which it is known, FLOPs first."""
    found = [f"{count(cost.flops)} FLOPs"]
    if cost.gpu_hours is not None:
        found.append(f"{count(cost.gpu_hours)} GPU hours")
    if cost.dollars is not None:
        found.append(f"{count(cost.dollars)} dollars")
    return found
