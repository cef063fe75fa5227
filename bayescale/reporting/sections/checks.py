"""Whether the fit can be trusted."""

from dataclasses import dataclass

from bayescale.core.note import Note
from bayescale.posterior.fit import Fit
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section


@dataclass(frozen=True)
class ChecksContext:
    """What the checks found, errors first."""

    notes: tuple[Note, ...]


def show_checks(_: Fit, question: Question) -> ChecksContext:
    """Return what the checks found."""
    return ChecksContext(notes=question.checks.notes)


SECTION = Section("checks", "Checks", after="posterior", show=show_checks)
