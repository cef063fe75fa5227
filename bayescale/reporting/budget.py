"""Words for the budget of a plan, which more than one section says."""

from bayescale.planning.plan import Plan
from bayescale.reporting.digits import chosen_percent


def flops_words(plan: Plan) -> str:
    """Return what the FLOPs of a budget are spent on."""
    return "FLOPs to train and serve" if plan.limits["inference_tokens"] else "training FLOPs"


def tolerance_text(plan: Plan) -> str:
    """Return how much more loss a size as good as the committed one may cost."""
    return chosen_percent(plan.limits["tolerance"])
