"""How far the plan can be trusted, and what would make it more certain."""

from dataclasses import dataclass

from bayescale.posterior.fit import Fit
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.trust import Trust, trust_in


@dataclass(frozen=True)
class TrustContext:
    """The traffic light."""

    verdict: Trust


def show_trust(_: Fit, question: Question) -> TrustContext:
    """Return the traffic light."""
    return TrustContext(verdict=trust_in(question))


SECTION = Section(
    "trust", "How far to trust it", after="headline", show=show_trust, above_navigation=True
)
