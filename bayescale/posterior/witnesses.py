"""Two witnesses of the loss further out: the surface, and one power law through the best runs."""

from dataclasses import dataclass

import numpy as np

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples
from bayescale.runs.envelope import envelope_of, foretell

PROB = 0.9
"""The probability of the intervals that are set against each other."""

_SIZES, _DRAWS, _ROOM = 60, 500, 10.0


@dataclass(frozen=True)
class Witnesses:
    """What surface and best runs foretell of the least loss at a compute.

    Attributes
    ----------
    flops : float
        The compute, in training FLOPs.
    surface, best_runs : tuple of float
        The ends of the 90% intervals, in the unit of the loss.
    points : int
        How many best runs there are.
    """

    flops: float
    surface: tuple[float, float]
    best_runs: tuple[float, float]
    points: int

    @property
    def agree(self) -> bool:
        """Whether the intervals meet."""
        (low, high), (least, most) = self.surface, self.best_runs
        return low <= most and least <= high

    @property
    def notes(self) -> tuple[Note, ...]:
        """Both forecasts, where they do not agree."""
        if self.agree:
            return ()
        surface, best = (f"{low:.4g} to {high:.4g}" for low, high in (self.surface, self.best_runs))
        sentence = (
            f"At {human(self.flops)} FLOPs the surface foretells a loss of {surface}, one power "
            f"law through the best {self.points} runs {best} ({PROB:.0%} intervals): the two do "
            "not agree."
        )
        remedy = (
            "Trust neither alone; fit without the cheapest runs, compare other forms, and train a "
            "run in between."
        )
        return (Note("witnesses", "warning", sentence, remedy),)


def witnesses_of(fit: Fit, flops: float) -> Witnesses | None:
    """Return what surface and best runs foretell, or None where there are no two witnesses.

    Parameters
    ----------
    fit : Fit
        The fit.
    flops : float
        Training FLOPs, beyond the runs.
    """
    columns = set(fit.model.columns.values())
    if not {"params"} < columns <= {"params", "tokens", "flops"} or fit.model.pooled_parameters:
        return None
    if fit.model.law.target != "loss" or (points := envelope_of(fit.runs)) is None:
        return None
    low, high = foretell(*points, flops, PROB)
    least, most = np.quantile(_least_losses(fit, flops), [(1 - PROB) / 2, (1 + PROB) / 2])
    return Witnesses(flops, (float(least), float(most)), (float(low), float(high)), len(points[0]))


def notes_beyond(fit: Fit, flops: FloatArray) -> tuple[Note, ...]:
    """Return both forecasts at the furthest of some computes, if it lies beyond the runs.

    Nothing is said where they agree, or are not two.
    """
    if "flops" not in fit.runs.table or not np.size(flops):
        return ()
    furthest = float(np.max(flops))
    if furthest <= fit.runs.table["flops"].max():
        return ()
    found = witnesses_of(fit, furthest)
    return () if found is None else found.notes


def _least_losses(fit: Fit, flops: float) -> FloatArray:
    """Return the least loss of some draws at a compute, over sizes from far below to far above."""
    table = fit.runs.table
    times = max(flops / float(table["flops"].max()), 1.0)
    sizes = np.geomspace(table["params"].min(), table["params"].max() * times * _ROOM, _SIZES)
    some = np.linspace(0, fit.samples - 1, min(_DRAWS, fit.samples)).round().astype(int)
    draws = {name: by_samples(draw)[some, None] for name, draw in fit.surface_draws.items()}
    tokens = flops / fit.rule.train(sizes)
    columns = {"params": sizes, "tokens": tokens, "flops": np.full(_SIZES, flops)}
    return np.asarray(fit.losses_at(columns, draws)).min(axis=1)
