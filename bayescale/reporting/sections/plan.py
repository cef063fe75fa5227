"""The plan of each budget, and what else would do."""

from dataclasses import dataclass
from typing import cast

import pandas as pd
from markupsafe import Markup

from bayescale.core.note import Note
from bayescale.planning.plan import Plan
from bayescale.planning.wording import describe_limits, describe_marginal
from bayescale.plotting import plot_plan
from bayescale.posterior.fit import Fit
from bayescale.reporting.budget import flops_words, tolerance_text
from bayescale.reporting.digits import Interval, count, decimals, fixed, percent
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section


@dataclass(frozen=True)
class BudgetContext:
    """The plan of one budget: rows of a quantity, and what a little more would be worth."""

    flops: str
    rows: list[list[str]]
    worth: list[str]


@dataclass(frozen=True)
class PlanContext:
    """What the section says of the plan."""

    budgets: list[BudgetContext]
    notes: tuple[Note, ...]
    limits: list[str]
    flops_words: str
    tolerance: str
    forms: list[list[str]]
    choices: list[list[str]]
    figure: Markup


def show_plan(_: Fit, question: Question) -> PlanContext | None:
    """Return what to say of the plan, if there is one."""
    plan, interval = question.plan, question.interval
    if plan is None:
        return None
    drawn = plot_plan(plan, ci_prob=interval.prob, ci_kind=interval.kind)
    return PlanContext(
        budgets=_budgets(plan, interval),
        notes=plan.notes,
        limits=describe_limits(plan),
        flops_words=flops_words(plan),
        tolerance=tolerance_text(plan),
        forms=_side_by_side_rows(plan.compare_models()),
        choices=_side_by_side_rows(plan.compare_choices()),
        figure=inline_svg(drawn, "plan", "The plan and how flat the loss is around it"),
    )


SECTION = Section("plan", "The plan in numbers", after="explore", show=show_plan)


def _budgets(plan: Plan, interval: Interval) -> list[BudgetContext]:
    table = plan.summary(interval.prob, interval.kind)
    return [
        BudgetContext(
            flops=count(float(flops)),
            rows=[_row(str(name), row) for name, row in table.loc[flops].iterrows()],
            worth=describe_marginal(plan, budget, interval.prob),
        )
        for budget, flops in enumerate(table.index.get_level_values("flops").unique())
    ]


def _row(name: str, row: pd.Series) -> list[str]:
    """Return a quantity, its committed value, median and bounds."""
    values = [row[key] for key in ("committed", "median", "lower", "upper")]
    if name in {"params", "tokens"}:
        texts = [count(value) for value in values]
    elif name in {"wasted_compute", "serving_share", "spent_share"}:
        texts = [percent(value) for value in values]
    elif name in {"tokens_per_param", "epochs", "quality"}:
        texts = [f"{value:.3g}" for value in values]
    else:
        places = decimals(row["upper"] - row["lower"])
        texts = [fixed(value, places) for value in values]
    return [name, *texts]


def _side_by_side_rows(table: pd.DataFrame) -> list[list[str]]:
    """Return budget, name, parameters, tokens, expected loss and nearly as good sizes of plans.

    The probability of being the best stands last, if the table has it.
    """
    rows = []
    for index, row in table.iterrows():
        flops, name = cast(tuple[float, str], index)
        counts = [count(row[key]) for key in ("params", "tokens")]
        span = f"{count(row['params_low'])} to {count(row['params_high'])}"
        share = [percent(row["probability_best"])] if "probability_best" in row else []
        loss = f"{row['expected_loss']:.4g}"
        rows.append([f"{count(float(flops))}, {name}", *counts, loss, span, *share])
    return rows
