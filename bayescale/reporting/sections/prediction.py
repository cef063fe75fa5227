"""The loss to expect beyond the runs."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from bayescale.core.note import Note
from bayescale.errors import PlanError
from bayescale.plotting import plot_prediction
from bayescale.posterior.fit import Fit
from bayescale.posterior.witnesses import notes_beyond
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question, limits_of_curve
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import label_of


@dataclass(frozen=True)
class PredictionContext:
    """The curve of predictions, or why there is none."""

    column: str
    limited: bool
    figure: Markup
    why_not: str
    notes: tuple[Note, ...]


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
        notes=_doubts(fit, question),
    )


def _doubts(fit: Fit, question: Question) -> tuple[Note, ...]:
    """Return both forecasts of the loss at the furthest budget, where they do not agree."""
    targets, _ = limits_of_curve(question)
    return notes_beyond(fit, np.array(targets or ())) if "params" in fit.runs.table else ()


SECTION = Section("prediction", "Beyond the runs", after="data", show=show_prediction)


def _curve(fit: Fit, question: Question) -> Markup:
    interval = question.interval
    targets, limits = limits_of_curve(question)
    drawn = plot_prediction(
        fit, targets=targets, ci_prob=interval.prob, ci_kind=interval.kind, **limits
    )
    return inline_svg(drawn, "prediction", "Predicted loss beyond the runs")
