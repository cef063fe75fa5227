"""What a report is asked to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from bayescale.evaluation.checking import Checks
from bayescale.evaluation.comparing import Comparison
from bayescale.evaluation.scoring import Score
from bayescale.planning.limits import LimitArguments
from bayescale.planning.plan import Plan
from bayescale.reporting.digits import Interval

# The limits that the curve of predictions keeps to; others move it little and may forbid a budget.
_OF_A_CURVE = ("unique_tokens", "pools", "max_epochs", "inputs", "rule")


@dataclass(frozen=True)
class Question:
    """What a report is asked to say about a fit.

    Attributes
    ----------
    interval : Interval
        Probability and kind of every interval.
    plan : Plan or None
        A plan made from the fit.
    comparison : Comparison or None
        A comparison with other models.
    held_out : Score or None
        How well the fit foretold runs that it was not fitted to.
    checks : Checks
        The checks of the fit.
    targets : tuple of float
        The budgets that were asked for, in FLOPs; values of its input for a law of one variable.
    title : str or None
        The title of the report, if not the usual one.
    scenarios : mapping of str to Plan
        Other plans to set beside this one, by name.
    author, date, loss_unit : str
        Who answers for the report, the date of the decision and the unit of the loss; may be empty.
    static : bool
        Whether the page has no script.
    """

    interval: Interval
    plan: Plan | None
    comparison: Comparison | None
    held_out: Score | None
    checks: Checks
    targets: tuple[float, ...]
    title: str | None = None
    scenarios: Mapping[str, Plan] = field(default_factory=dict)
    author: str = ""
    date: str = ""
    loss_unit: str = ""
    static: bool = False


def limits_of_curve(question: Question) -> tuple[tuple[float, ...] | None, LimitArguments]:
    """Return what a curve of predictions marks, if anything, and the limits that it keeps to."""
    plan = question.plan
    if plan is None:
        return question.targets or None, {}
    limits = {name: plan.limits.get(name) for name in _OF_A_CURVE}
    return tuple(plan.committed["flops"].to_numpy()), cast(LimitArguments, limits)
