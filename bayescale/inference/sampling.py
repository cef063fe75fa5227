"""How long and how carefully NUTS samples, and which draws are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.inference.nuts import run_nuts
from bayescale.posterior.diagnosing import ess_bulk, ess_tail

TARGET_ACCEPTS = (0.9, 0.98, 0.995)
"""Acceptance rates tried in turn until no transition diverges."""

SLOW, LONGER = 0.15, 4
"""Where fewer than this share of the draws are effective, so many times as many are taken."""


@dataclass(frozen=True)
class Sampled:
    """What NUTS drew, and how.

    Attributes
    ----------
    points : ndarray, shape (chains, draws, dim)
        Draws in the unconstrained space.
    statistics : dict of str to ndarray, shape (chains, draws)
        Of each draw, under the names that nutpie has.
    target_accept : float
        The acceptance rate it took.
    thin : int
        Of how many draws one was kept.
    """

    points: FloatArray
    statistics: dict[str, np.ndarray]
    target_accept: float
    thin: int = 1

    @property
    def rows(self) -> FloatArray:
        """The points, chain after chain, shape (samples, dim)."""
        return self.points.reshape(-1, self.points.shape[-1])

    @property
    def effective_share(self) -> float:
        """The least effective sample size of a coordinate, as a share of the draws."""
        coordinates = np.moveaxis(self.points, -1, 0)
        sizes = [min(ess_bulk(draws), ess_tail(draws)) for draws in coordinates]
        return float(min(sizes) / coordinates[0].size)


def sample(compiled: Any, settings: Mapping[str, Any]) -> Sampled:
    """Return draws of a compiled density.

    Parameters
    ----------
    compiled : nutpie.CompiledModel
        The density.
    settings : mapping of str to object
        Arguments of ``nutpie.sample``; a ``target_accept`` among them is the only one tried.
    """
    settings = {"adaptation": "low_rank", **settings}
    tries = [settings.pop("target_accept")] if "target_accept" in settings else TARGET_ACCEPTS
    sampled = _escalate(compiled, settings, tries)
    if not sampled.effective_share < SLOW:
        return sampled
    settings["draws"] *= LONGER
    careful = [rate for rate in tries if rate >= sampled.target_accept]
    return thin_out(_escalate(compiled, settings, careful))


def _escalate(compiled: Any, settings: Mapping[str, Any], tries: Sequence[float]) -> Sampled:
    """Raise the acceptance rate until no transition diverges."""
    for target_accept in tries:
        points, statistics = run_nuts(compiled, {**settings, "target_accept": target_accept})
        if not statistics["diverging"].any():
            break
    return Sampled(points, statistics, target_accept)


def thin_out(sampled: Sampled) -> Sampled:
    """Keep the last of every few draws, which counts as divergent if one of them is."""
    kept = slice(LONGER - 1, None, LONGER)
    statistics = {name: values[:, kept] for name, values in sampled.statistics.items()}
    diverging = sampled.statistics["diverging"]
    statistics["diverging"] = diverging.reshape(len(diverging), -1, LONGER).any(axis=-1)
    return Sampled(sampled.points[:, kept], statistics, sampled.target_accept, LONGER)
