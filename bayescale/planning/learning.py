"""What runs would teach, before they are trained: normal beliefs, conditioned on outcomes."""

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np

from bayescale.core.quantities import FloatArray

_OUTCOMES, _DIRECTIONS = 1000, 6
"""How many outcomes are imagined, and how many directions of them: expected losses of neighbouring
sizes move together, so that a few hold all that matters."""


@dataclass(frozen=True)
class Beliefs:
    """What is believed of runs that may be trained, and of the sizes to choose from in the end.

    The log losses of candidates and the losses of sizes at the target are taken for jointly normal,
    with the moments of the draws. To see how runs came out then moves the expected losses linearly
    and lowers every variance by an amount that does not depend on the outcome.

    Attributes
    ----------
    covariance : ndarray, shape (candidates + sizes, candidates + sizes)
        Of log losses of candidates, then of losses of sizes.
    expected : ndarray, shape (outcomes, sizes)
        The loss to expect of each size, for each imagined outcome of the runs that were chosen.
    scatter : ndarray, shape (candidates,)
        The variance of the log loss of a run about the surface.
    chosen : tuple of int
        The candidates whose outcomes are imagined.

    References
    ----------
    Frazier, Powell and Dayanik 2009, "The knowledge-gradient policy for correlated normal beliefs",
    INFORMS Journal on Computing 21 (4).
    """

    covariance: FloatArray
    expected: FloatArray
    scatter: FloatArray
    chosen: tuple[int, ...] = ()

    @classmethod
    def of(cls, log_losses: FloatArray, scatter: FloatArray, losses: FloatArray) -> "Beliefs":
        """Return the beliefs that draws state.

        Parameters
        ----------
        log_losses : ndarray, shape (samples, candidates)
            Draws of the surface at the candidates.
        scatter : ndarray, shape (candidates,)
            The variance of a run about it.
        losses : ndarray, shape (samples, sizes)
            Draws of the loss of each size at the target.
        """
        both = np.concatenate([log_losses, losses], axis=1)
        expected = np.tile(losses.mean(axis=0), (_OUTCOMES, 1))
        return cls(np.cov(both, rowvar=False), expected, scatter)

    def given(self, chosen: tuple[int, ...]) -> "Beliefs":
        """Return what will be believed when candidates were trained, for each imagined outcome."""
        rows = list(chosen)
        seen = self.covariance[np.ix_(rows, rows)] + np.diag(self.scatter[rows])
        half = np.linalg.solve(np.linalg.cholesky(seen), self.covariance[rows])
        _, values, directions = np.linalg.svd(half[:, len(self.scatter) :], full_matrices=False)
        moves = (values[:, None] * directions)[:_DIRECTIONS]
        expected = self.expected + _DEVIATES[:, : len(moves)] @ moves
        return Beliefs(self.covariance - half.T @ half, expected, self.scatter, chosen)

    @property
    def best_loss(self) -> float:
        """The loss to expect of the size that will be chosen."""
        return float(self.expected.min(axis=1).mean())

    @property
    def best_losses(self) -> FloatArray:
        """The same if one candidate more is trained, shape (candidates,)."""
        deviates = _DEVIATES[:, [-1]]
        moved = [(self.expected + deviates * pull).min(axis=1).mean() for pull in self._pulls]
        return np.array(moved)

    def spread(self, size: int) -> float:
        """Return the standard deviation of the loss of a size."""
        place = len(self.scatter) + size
        return float(np.sqrt(max(self.covariance[place, place], 0.0)))

    def spreads(self, size: int) -> FloatArray:
        """Return the same if one candidate more is trained, shape (candidates,)."""
        left = self.spread(size) ** 2 - self._pulls[:, size] ** 2
        return np.asarray(np.sqrt(np.maximum(left, 0.0)))

    @cached_property
    def _pulls(self) -> FloatArray:
        """By how much a standard deviation of each outcome moves losses, (candidates, sizes)."""
        count = len(self.scatter)
        outcome = np.sqrt(np.maximum(np.diag(self.covariance)[:count], 0.0) + self.scatter)
        return np.asarray(self.covariance[:count, count:] / outcome[:, None])


def _deviates() -> FloatArray:
    """Return normal deviates that are symmetric and uncorrelated, one column a direction."""
    half = _OUTCOMES // 2
    scores = np.array([NormalDist().inv_cdf((place + 0.5) / half) for place in range(half)])
    rng = np.random.default_rng(0)
    columns = np.stack([rng.permutation(scores) for _ in range(_DIRECTIONS + 1)], axis=1)
    both = np.concatenate([columns, -columns])
    root = np.linalg.cholesky(both.T @ both / len(both))
    return np.asarray(np.linalg.solve(root, both.T).T)


_DEVIATES = _deviates()
