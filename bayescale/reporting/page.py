"""What every template of a report may use."""

from dataclasses import dataclass

from bayescale.core.note import Note
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind
from bayescale.reporting.digits import chosen_percent
from bayescale.reporting.question import Question
from bayescale.reporting.trust import Light, trust_in


@dataclass(frozen=True)
class Page:
    """What a page says of itself, and its sections of it, as text."""

    title: str
    author: str
    date: str
    loss_unit: str
    model: str
    runs: int
    source: str
    simulated: bool
    probability: str
    kind: IntervalKind
    failed: bool
    bends: bool
    errors: list[Note]
    light: Light
    trust: str
    reason: str
    static: bool


def describe_page(fit: Fit, question: Question) -> Page:
    """Return what every template may use."""
    trust = trust_in(question)
    interval, checks, runs = question.interval, question.checks, fit.runs
    kind = "simulated runs" if runs.simulated else "runs"
    return Page(
        author=question.author,
        date=question.date,
        loss_unit=question.loss_unit,
        title=question.title or f"What {len(runs)} {kind} say about scaling",
        model=fit.model.name,
        runs=len(runs),
        source=runs.source,
        simulated=runs.simulated,
        probability=chosen_percent(interval.prob),
        kind=interval.kind,
        bends=fit.model.discrepancy is not None,
        failed=not checks.ok,
        errors=list(checks.errors),
        light=trust.light,
        trust=trust.words,
        reason=f"{trust.reasons[0].plain.finding}." if trust.reasons else "",
        static=question.static,
    )
