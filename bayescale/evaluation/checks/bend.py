"""Whether a discrepancy has taken over from the law."""

from collections.abc import Iterator

from bayescale.core.note import Note
from bayescale.model.discrepancy import BEND
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import credible_interval

BEND_WARNING = 0.03
"""Above this bend a decade, intervals beyond the runs missed on public ladders all the same: losses
near chance, and small runs whose learning rates were not tuned."""


def find(fit: Fit) -> Iterator[Note]:
    """Find a law from which the truth bends away by more than a correction."""
    if fit.model.discrepancy is None:
        return
    interval = credible_interval(fit.posterior[BEND])
    median, lower, upper = (float(interval[name]) for name in ("median", "lower", "upper"))
    if median > BEND_WARNING:
        yield Note(
            "bend",
            "warning",
            f"The truth bends away from {fit.model.name} by {median:.1%} a decade ({lower:.1%} to "
            f"{upper:.1%}), more than {BEND_WARNING:.0%}: the discrepancy has taken over.",
            "Trust no interval far beyond the runs; fit without the cheapest runs, look for runs "
            "that were not tuned, and compare other forms.",
        )
