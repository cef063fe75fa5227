"""The loss to expect beyond the runs."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bayescale.errors import PlanError
from bayescale.plotting import plot_prediction
from bayescale.posterior.fit import Fit
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import label_of

# The limits that the curve of predictions keeps to; others move it little and may forbid a budget.
_OF_A_CURVE = ("unique_tokens", "pools", "max_epochs", "inputs", "rule")


@dataclass(frozen=True)
class PredictionContext:
    """The curve of predictions, or why there is none."""

    column: str
    limited: bool
    figure: Markup
    why_not: str


def show_prediction(fit: Fit, question: Question) -> PredictionContext:
    """Return the curve of predictions, or why there is none."""
    columns, plan = list(fit.model.columns.values()), question.plan
    figure, why_not = Markup(), ""
    try:
        figure = _curve(fit, question)
    except PlanError as error:
        why_not = str(error)
    return PredictionContext(
        column=label_of(columns[0]) if len(columns) == 1 else "",
        limited=plan is not None and plan.unique_tokens is not None,
        figure=figure,
        why_not=why_not,
    )


SECTION = Section("prediction", "Beyond the runs", after="data", show=show_prediction)


def _curve(fit: Fit, question: Question) -> Markup:
    plan, interval = question.plan, question.interval
    limits: dict[str, Any] = {}
    targets = question.targets
    if plan is not None:
        limits = {name: plan.limits.get(name) for name in _OF_A_CURVE}
        targets = tuple(plan.committed["flops"].to_numpy())
    drawn = plot_prediction(
        fit, targets=targets or None, ci_prob=interval.prob, ci_kind=interval.kind, **limits
    )
    return inline_svg(drawn, "prediction", "Predicted loss beyond the runs")
