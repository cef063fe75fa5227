"""Pools of tokens of different quality, of which the best are used first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.core.text import human
from bayescale.errors import PlanError


@dataclass(frozen=True)
class Pool:
    """Distinct tokens of one quality.

    Parameters
    ----------
    tokens : float
        How many there are.
    quality : float
        Their quality, in (0, 1], as the runs measured it.
    name : str, default ""
        What people call them.

    Raises
    ------
    PlanError
        If a value is outside its range.
    """

    tokens: float
    quality: float
    name: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.tokens) and self.tokens > 0):
            raise PlanError(f"a pool of {self.tokens:g} tokens must be positive and finite")
        if not 0 < self.quality <= 1:
            raise PlanError(
                f"quality = {self.quality:g} of a pool of {human(self.tokens)} tokens must be "
                "above 0 and at most 1, the best"
            )


def fill(pools: Sequence[Pool], epochs: float, tokens: Any) -> tuple[FloatArray, FloatArray]:
    """Return the mean quality and the distinct tokens of a training set, best pools first.

    Parameters
    ----------
    pools : sequence of Pool
        What there is, in any order.
    epochs : float
        How often each pool may be used.
    tokens : array_like
        Tokens to train on, of any shape.

    Returns
    -------
    tuple of ndarray
        Mean quality and distinct tokens, of the shape of ``tokens``.
    """
    rest = np.asarray(tokens, float)
    quality = distinct = np.zeros_like(rest)
    for pool in sorted(pools, key=lambda pool: -pool.quality):
        used = np.minimum(rest, pool.tokens * epochs)
        quality = quality + used * pool.quality
        distinct = distinct + np.minimum(used, pool.tokens)
        rest = rest - used
    return quality / (np.asarray(tokens, float) - rest), distinct
