"""Choose model size and token count for a compute budget."""

from typing import Any

from bayescale.cli.inputs import choose_fit
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFile, Json, Levels, Probability
from bayescale.cli.output import plan_as_json, print_out
from bayescale.cli.panels import Panel

PANEL = Panel.PLAN


@takes_limits(budgets=True)
def allocate(
    *,
    fit: FitFile,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Choose model size and token count for a compute budget."""
    from bayescale.planning.allocating import allocate as allocate_budget
    from bayescale.planning.wording import describe_plan

    plan = allocate_budget(choose_fit(fit, in_group, assume), **gather(limits))
    print_out(as_json, describe_plan(plan, ci_prob), **plan_as_json(plan, ci_prob))
