"""What would change the answer, one thing at a time."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from bayescale.plotting.tornado import plot_tornado
from bayescale.posterior.fit import Fit
from bayescale.reporting.changes import Change, Outcome, changes_of
from bayescale.reporting.digits import decimals, fixed
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section


@dataclass(frozen=True)
class ChangesContext:
    """What the section says of changes."""

    figure: Markup
    rows: list[list[str]]
    unknown: list[tuple[str, str]]
    largest: str


def show_changes(fit: Fit, question: Question) -> ChangesContext | None:
    """Return what would change the plan, if there is one."""
    plan = question.plan
    if plan is None:
        return None
    found = changes_of(fit, plan, question.interval)
    known = [change for change in found if change.outcomes]
    table = pd.DataFrame(
        [
            {"cause": change.cause, "size": outcome.size, "loss": outcome.loss}
            for change in known
            for outcome in change.outcomes
        ]
    )
    drawn = plot_tornado(table, simulated=fit.runs.simulated)
    largest = known[0].cause
    label = f"What would change the plan most: {largest}"
    return ChangesContext(
        figure=inline_svg(drawn, "tornado", label),
        rows=[_row(change, outcome) for change in known for outcome in change.outcomes],
        unknown=[(change.cause, change.unknown) for change in found if change.unknown],
        largest=largest,
    )


SECTION = Section(
    "changes", "What would change it", after="scenarios", show=show_changes, above_navigation=True
)


def _row(change: Change, outcome: Outcome) -> list[str]:
    places = max(decimals(abs(outcome.loss)), 3)
    sign = "+" if round(outcome.loss, places) > 0 else ""
    loss = f"{sign}{fixed(outcome.loss, places)}"
    return [change.cause, outcome.label, f"× {outcome.size:.2f}", loss]
