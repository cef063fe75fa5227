"""Choose model size and token count for a compute budget."""

from typing import Any

from bayescale.cli.answer import print_answer
from bayescale.cli.inputs import choose_fits, fits_of
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFiles, Json, Levels, Probability
from bayescale.cli.panels import Panel
from bayescale.cli.planned import PlanAnswer, plan_content
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale allocate fit.nc --flops 1e24 --unique-tokens 2T --max-epochs 4",
    "bayescale allocate fit.nc --flops 1e24 --max-memory 80GB --inference-tokens 5T",
    "bayescale allocate fit.nc --dollars '$1.2M' "
    "--hardware flops_per_second=989e12,utilization=40%,price_per_hour=2.5",
    "bayescale allocate fit.nc other.nc --weights fit=0.7,other=0.3 --flops 1e24",
)


Answer = PlanAnswer


@takes_limits(budgets=True)
def allocate(
    *,
    fit: FitFiles,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Choose model size and token count for a compute budget."""
    from bayescale.planning.allocating import allocate as allocate_budget
    from bayescale.planning.wording import describe_plan
    from bayescale.posterior.intervals import interval_settings

    chosen = choose_fits(fit, in_group, assume)
    with step("planning"):
        plan = allocate_budget(chosen, **gather(limits))
    print_answer(
        as_json,
        describe_plan(plan, ci_prob),
        command="allocate",
        ci_prob=interval_settings(ci_prob)[0],
        of=fits_of(chosen),
        **plan_content(plan, ci_prob),
    )
