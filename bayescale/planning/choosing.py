"""Choose a batch of runs, one after another, by what each gains beside those chosen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.planning.learning import Beliefs

type By = Literal["regret", "interval"]

_ROUNDING, _POWERS = 1e-6, (1.0, 0.5, 0.0)
"""Batches are built by the gain per FLOP, per root of a FLOP and per run: none is always best."""


@dataclass(frozen=True)
class Choice:
    """What a batch is chosen by.

    Attributes
    ----------
    beliefs : Beliefs
        What is believed now.
    costs : ndarray, shape (candidates,)
        The FLOPs of each candidate.
    budget : float
        The FLOPs for all of them.
    size : int
        The size that would be chosen now, whose interval counts.
    by : {"regret", "interval"}
        What the batch is to lower: the expected loss of the size that will be chosen, or the
        standard deviation of the loss of the size that would be chosen now.
    least : float
        A gain below this is none.
    """

    beliefs: Beliefs
    costs: FloatArray
    budget: float
    size: int
    by: By
    least: float

    def best(self) -> tuple[int, ...]:
        """Return the best batch that was found, in the order in which it was chosen."""
        return max(map(self._batch, _POWERS), key=self.gain)

    def gain(self, chosen: tuple[int, ...]) -> float:
        """Return what a batch gains."""
        return self._standing(self.beliefs) - self._standing(self.beliefs.given(chosen))

    def gains(self, chosen: tuple[int, ...] = ()) -> FloatArray:
        """Return what each candidate gains beside those chosen; none twice."""
        state = self.beliefs.given(chosen)
        left = state.best_losses if self.by == "regret" else state.spreads(self.size)
        gains = self._standing(state) - left
        gains[list(chosen)] = 0.0
        return np.asarray(np.maximum(gains, 0.0))

    def _standing(self, state: Beliefs) -> float:
        return state.best_loss if self.by == "regret" else state.spread(self.size)

    def _batch(self, power: float) -> tuple[int, ...]:
        """Return a batch that takes what gains most for a power of its cost."""
        chosen: tuple[int, ...] = ()
        while True:
            left = self.budget * (1 + _ROUNDING) - self.costs[list(chosen)].sum()
            gains = np.where(self.costs <= left, self.gains(chosen), 0.0)
            gains[gains < self.least] = 0.0
            if not gains.any():
                return chosen
            chosen += (int(np.argmax(gains / self.costs**power)),)
