"""What the command line prints of a plan for machines."""

from typing import TYPE_CHECKING, Any, TypedDict

from bayescale.cli.answer import NoteRecord, described, notes_of, records_of
from bayescale.planning.limits import LIMITS, Limit

if TYPE_CHECKING:
    from bayescale.planning.plan import Plan


@described
class PlanRow(TypedDict):
    """A quantity of the plan for a budget."""

    flops: float
    """The budget."""
    quantity: str
    """What it is of: params, tokens, regret and so on."""
    committed: float | None
    """The plan to commit to; null for what only the optimum has."""
    median: float | None
    """Of the posterior of the optimum, or of what the plan yields."""
    lower: float | None
    """The lower end of the interval."""
    upper: float | None
    """The upper end of the interval."""


@described
class PlanAnswer(TypedDict):
    """A plan."""

    model: str
    """The name of the fitted model."""
    limits: dict[str, Any]
    """What was asked, by option; objects as the command line takes them."""
    summary: list[PlanRow]
    """Both answers: what to commit to, and where the optimum lies."""
    near_optimal: list[dict[str, float | None]]
    """For each budget, the smallest and the largest size that is nearly as good."""
    binding: list[dict[str, float | None]]
    """For each budget, the probability that each limit binds."""
    marginal: list[dict[str, float | None]]
    """For each budget, the change of the loss by the logarithm of compute and unique tokens."""
    choices: list[dict[str, Any]]
    """What each choice of further inputs yields; empty if there was none."""
    notes: list[NoteRecord]
    """What to know before signing."""


def plan_content(plan: "Plan", ci_prob: float | None) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {
        "model": plan.model,
        "limits": {limit.name: _as_typed(limit, plan.limits[limit.name]) for limit in LIMITS},
        "summary": records_of(plan.summary(ci_prob).reset_index()),
        "near_optimal": records_of(plan.near_optimal.to_dataframe()),
        "binding": records_of(plan.binding.to_dataframe()),
        "marginal": records_of(plan.marginal.mean(["chain", "draw"]).to_dataframe()),
        "choices": records_of(plan.compare_choices().reset_index()),
        "notes": notes_of(plan.notes),
    }


def _as_typed(limit: Limit, value: Any) -> Any:
    """Return numbers as they are, and what JSON knows nothing of as the command line takes it."""
    parts = value if isinstance(value, list) else [value]
    if all(part is None or isinstance(part, float | str | dict) for part in parts):
        return value
    texts = limit.texts(value)
    return texts if limit.many else texts[0]
