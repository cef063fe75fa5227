"""What a report is asked to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bayescale.evaluation.checking import Checks
from bayescale.evaluation.comparing import Comparison
from bayescale.evaluation.scoring import Score
from bayescale.planning.plan import Plan
from bayescale.reporting.digits import Interval


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
