"""Find the cheapest way to a loss, and what it costs."""

from typing import Annotated, Any

import typer

from bayescale.cli.inputs import choose_fit
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFile, Json, Levels
from bayescale.cli.output import plan_as_json, print_out
from bayescale.cli.panels import Panel

PANEL = Panel.PLAN


@takes_limits(budgets=False)
def reach(
    *,
    fit: FitFile,
    target_loss: Annotated[float, typer.Option(help="The loss to reach.")],
    confidence: Annotated[float, typer.Option(help="How surely the budget must do.")] = 0.5,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Find the cheapest way to a loss, and what it costs."""
    from bayescale.planning.reaching import reach as reach_loss

    found = reach_loss(
        choose_fit(fit, in_group, assume),
        target_loss=target_loss,
        confidence=confidence,
        **gather(limits),
    )
    print_out(
        as_json,
        found,
        flops=float(found.plan.committed["flops"][0]),
        unreachable=found.unreachable,
        confidence=confidence,
        plan=plan_as_json(found.plan, None),
    )
