"""Find the cheapest way to a loss, and what it costs."""

from typing import Annotated, Any, TypedDict

from bayescale.cli.answer import described, print_answer
from bayescale.cli.inputs import choose_fits, fits_of
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFiles, Json, Levels, Probability, amount
from bayescale.cli.panels import Panel
from bayescale.cli.planned import PlanAnswer, plan_content
from bayescale.core.measures import NUMBER
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = ("bayescale reach fit.nc --target-loss 2.2 --confidence 90% --inference-tokens 5T",)


@described
class Answer(TypedDict):
    """What a loss costs, and the plan that gets there."""

    flops: float
    """The budget that suffices with the confidence that was asked for."""
    target_loss: float
    """The loss to reach."""
    confidence: float
    """How surely the budget has to do."""
    unreachable: float
    """The probability that no budget reaches the loss."""
    plan: PlanAnswer
    """The plan for that budget."""


@takes_limits(budgets=False)
def reach(
    *,
    fit: FitFiles,
    target_loss: Annotated[float, amount(NUMBER, "The loss to reach.", "LOSS")],
    confidence: Annotated[
        float, amount(NUMBER, "How surely the budget must do, such as 90%.", "SHARE")
    ] = 0.5,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Find the cheapest way to a loss, and what it costs."""
    from bayescale.planning.reaching import describe_reach
    from bayescale.planning.reaching import reach as reach_loss
    from bayescale.posterior.intervals import interval_settings

    chosen = choose_fits(fit, in_group, assume)
    with step("searching for the budget"):
        found = reach_loss(chosen, target_loss=target_loss, confidence=confidence, **gather(limits))
    print_answer(
        as_json,
        describe_reach(found, ci_prob),
        command="reach",
        ci_prob=interval_settings(ci_prob)[0],
        of=fits_of(chosen),
        flops=float(found.plan.committed["flops"][0]),
        target_loss=target_loss,
        confidence=confidence,
        unreachable=found.unreachable,
        plan=plan_content(found.plan, ci_prob),
    )
