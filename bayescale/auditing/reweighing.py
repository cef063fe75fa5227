"""What a fit would be without one run, or with other weight on its priors, by its own draws."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bayescale.auditing.answering import Answers
from bayescale.core.quantities import FloatArray
from bayescale.evaluation.answers import log_prior_of
from bayescale.evaluation.psis import MOST_K, smooth
from bayescale.posterior.fit import Fit

POWERS = {"half as strong": 0.5, "twice as strong": 2.0}
"""To which powers the priors are taken (Kallioinen et al. 2024)."""

MOST_REFITS = 5
"""So many runs at most are left out by new fits, where the draws do not tell."""

SHOWN = 5
"""So many of the runs without which the answers move most are named."""


@dataclass(frozen=True)
class Influence:
    """How the answers move without single runs.

    Attributes
    ----------
    told : dict of int to dict of str to float
        By position of a run: the answers without it, where the draws of the fit tell.
    unknown : ndarray of int
        The runs for which they do not, those of most apparent influence first.
    """

    told: dict[int, dict[str, float]]
    unknown: np.ndarray

    @property
    def to_refit(self) -> list[int]:
        """The runs that are left out by a new fit."""
        return [int(run) for run in self.unknown[:MOST_REFITS]]


def influence_of(answers: Answers, density: FloatArray) -> Influence:
    """Return how the answers move without each run, by importance weights.

    Parameters
    ----------
    answers : Answers
        Draws of the answers.
    density : ndarray, shape (samples, runs)
        The log likelihood of each run by the same draws.
    """
    log_weights, k = smooth(-density)
    reliable, middle, widths = k <= MOST_K, answers.middle, answers.widths
    moved = answers.weighted(log_weights)
    reach = [max(abs(m[n] - middle[n]) / widths[n] for n in middle) for m in moved]
    order = np.argsort(-np.array(reach))
    told = {int(run): moved[run] for run in order if reliable[run]}
    return Influence(told, order[~reliable[order]])


def other_priors(fit: Fit, answers: Answers) -> Iterator[tuple[str, dict[str, float] | None]]:
    """Yield the answers with priors of other strength, or None where the draws do not tell."""
    log_prior = log_prior_of(fit)
    for words, power in POWERS.items():
        log_weights, k = smooth((power - 1) * log_prior[:, None])
        yield words, answers.weighted(log_weights)[0] if k[0] <= MOST_K else None
