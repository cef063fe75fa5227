"""The fit against the runs, and its residuals."""

from dataclasses import dataclass

from markupsafe import Markup

from bayescale.plotting import plot_fit
from bayescale.posterior.fit import Fit
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section


@dataclass(frozen=True)
class FitContext:
    """What the section shows of the fit."""

    figure: Markup


def show_fit(fit: Fit, question: Question) -> FitContext:
    """Return the figure of the fit."""
    drawn = plot_fit(fit, ci_prob=question.interval.prob, ci_kind=question.interval.kind)
    label = "Observed and predicted losses, with residuals"
    return FitContext(figure=inline_svg(drawn, "fit", label))


SECTION = Section("fit", "Fit against data", after="law", show=show_fit)
