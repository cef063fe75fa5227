"""A plan in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.planning.plan import Plan
from bayescale.planning.wording import (
    ALL,
    describe_budget,
    describe_choice,
    describe_limits,
    describe_marginal,
)
from bayescale.posterior.intervals import credible_interval, interval_settings
from bayescale.reporting.budget import tolerance_text
from bayescale.reporting.digits import Interval, decimals, estimate, fixed, percent


def show(plan: Plan) -> Markup:
    """Return what to commit to for each budget, what it yields, and what to know before."""
    budgets = range(plan.committed.sizes["budget"])
    return Markup().join([*(_budget(plan, budget) for budget in budgets), parts.notes(plan.notes)])


def _budget(plan: Plan, budget: int) -> Markup:
    choice = {str(name): float(v[budget]) for name, v in plan.committed.data_vars.items()}
    share = choice["spent_share"]
    spend = f"spend {percent(share)}, " if share < ALL else ""
    lead = Markup("With {}, {}train <b>{}</b> parameters on <b>{}</b> tokens").format(
        describe_budget(plan, budget), spend, human(choice["params"]), human(choice["tokens"])
    )
    if plan.by_choice:
        lead += Markup(", with {}").format(describe_choice(plan, budget))
    under = "; ".join(describe_limits(plan, budgets=False))
    soft = f"By {plan.model}{f', under {under}' if under else ''}."
    worth = (
        parts.line(sentence[0].upper() + sentence[1:] + ".", "soft")
        for sentence in describe_marginal(plan, budget)
    )
    return Markup().join([parts.title(lead, soft=soft), _tiles(plan, budget, choice), *worth])


def _tiles(plan: Plan, budget: int, choice: dict[str, float]) -> Markup:
    prob, kind = interval_settings()
    interval = Interval(prob, "hdi" if kind == "hdi" else "eti")
    outcome = plan.outcome.isel(budget=budget)
    loss = estimate(outcome["loss"], interval, float(outcome["loss"].mean()))
    low, high = (human(float(plan.near_optimal[f"params_{e}"][budget])) for e in ("low", "high"))
    size = credible_interval(plan.optimum["params"].isel(budget=budget), prob)
    ends = (human(float(size[end])) for end in ("lower", "upper"))
    regret = float(outcome["regret"].mean())
    facts: dict[str, object] = {"Tokens per parameter": f"{choice['tokens_per_param']:.3g}"}
    if "epochs" in choice:
        facts["Epochs"] = f"{choice['epochs']:.2f}"
    facts |= {
        "Expected loss": (loss.value, f"{loss.lower} to {loss.upper}"),
        "Nearly as good": (f"{low} to {high}", f"within {tolerance_text(plan)} of the loss"),
        "Where the best size lies": (human(float(size["median"])), " to ".join(ends)),
        "Loss given away": (
            fixed(regret, min(decimals(regret), 6)),
            f"{percent(float(outcome['wasted_compute'].mean()))} of the compute spent",
        ),
    }
    return parts.tiles(facts)
