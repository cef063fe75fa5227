"""What every template of a report may use."""

from dataclasses import dataclass

from bayescale.core.note import Note
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind
from bayescale.reporting.digits import chosen_percent
from bayescale.reporting.question import Question


@dataclass(frozen=True)
class Page:
    """What a page says of itself, and its sections of it, as text."""

    title: str
    model: str
    runs: int
    source: str
    simulated: bool
    probability: str
    kind: IntervalKind
    failed: bool
    errors: list[Note]
    warnings: list[Note]


def describe_page(fit: Fit, question: Question) -> Page:
    """Return what every template may use."""
    interval, checks, runs = question.interval, question.checks, fit.runs
    kind = "simulated runs" if runs.simulated else "runs"
    return Page(
        title=question.title or f"What {len(runs)} {kind} say about scaling",
        model=fit.model.name,
        runs=len(runs),
        source=runs.source,
        simulated=runs.simulated,
        probability=chosen_percent(interval.prob),
        kind=interval.kind,
        failed=not checks.ok,
        errors=list(checks.errors),
        warnings=[note for note in checks.notes if note.severity == "warning"],
    )
