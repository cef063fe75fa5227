"""Whether a run goes faster or slower than expected, as a multiple of its compute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.forecasting.curves import Curve
from bayescale.forecasting.regression import Prior, regress
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples
from bayescale.posterior.predicting import predict

_USUAL = Prior(np.array([-0.05, 0.006]), np.array([0.03, 0.008]), 0.005, 1.0)
"""How the logarithm of the loss at the end goes with that of compute, and how it bends.

A power law above a floor bends up, the more so where tokens do not grow with size.
"""

_LEAST_RANGE = 2.0
"""Runs whose compute differs by less say nothing of what compute is worth."""

_LONGEST = np.log(1e4)
"""A run goes like none of more times its compute, whatever a flat slope says."""

_HALF_STEP = 2.0**0.5
"""By how much compute is changed to either side to see what it is worth."""


@dataclass(frozen=True)
class Before:
    """What was expected of the end of a run before it began.

    Attributes
    ----------
    level : ndarray, shape (samples,)
        Draws of the log loss at its end, by how much single runs differ included.
    slope : ndarray, shape (samples,)
        By how much it falls with the logarithm of compute there.
    run : ndarray, shape (samples,), or None
        The same with other chances of the single run, where a fit gives them.
    source : str
        What says so, in words.
    """

    level: FloatArray
    slope: FloatArray
    run: FloatArray | None
    source: str

    def pace(self, log_loss: FloatArray) -> FloatArray:
        """Return of what multiple of its compute a run that ends at some losses was expected.

        Parameters
        ----------
        log_loss : ndarray, shape (samples,)
            Draws of the log loss at its end.
        """
        times = (log_loss - self.level) / self.slope
        return np.asarray(np.exp(np.clip(times, -_LONGEST, _LONGEST)))


def before_by_rungs(run: Curve, rungs: Sequence[Curve], samples: int) -> Before | None:
    """Return what finished runs said of a run: a power law of compute that bends, by their ends.

    None where their compute is all the same.
    """
    computes = np.array([rung.log_compute for rung in rungs])
    if run.params is None or np.ptp(computes) < np.log(_LEAST_RANGE):
        return None
    ends = np.array([rung.log_loss[-1] for rung in rungs])
    away = computes - run.log_compute
    line = regress(ends, np.column_stack([away, away**2]), np.zeros(2), _USUAL)
    # Twice as many, since a loss that does not fall with compute is worth no compute.
    level, slope, _ = line.sample(2 * samples, np.random.default_rng(0)).T
    falls = np.flatnonzero(slope < 0)[:samples]
    if len(falls) < samples:
        return None
    return Before(level[falls], slope[falls], None, "the finished runs")


def before_by_fit(run: Curve, fit: Fit, samples: int) -> Before:
    """Return what a fit says of a run.

    Raises
    ------
    PlanError
        If its law takes more than size, tokens and compute, or the size of the run is not known.
    """
    known: dict[str, float | None] = {"params": run.params, "tokens": run.total}
    known["flops"] = None if run.params is None else 6 * run.params * run.total
    taken = list(dict.fromkeys(fit.model.columns.values()))
    if missing := [name for name in taken if known.get(name) is None]:
        raise PlanError(
            f"{fit.model.name} needs {missing[0]}, which is not known of {run.name}; give a fit of "
            "params and tokens, and checkpoints that hold both"
        )
    here: dict[str, Any] = {name: known[name] for name in taken}
    level, smaller, larger = (
        _log_losses(fit, _scaled(here, step), samples) for step in (1.0, 1 / _HALF_STEP, _HALF_STEP)
    )
    one = _thin(np.log(by_samples(predict(fit, **here, new_run=True))[:, 0]), samples)
    slope = np.minimum((larger - smaller) / np.log(2.0), -1e-6)
    others = level + np.random.default_rng(0).permutation(one - level)
    return Before(others, slope, one, f"the fit of {fit.model.name}")


def _scaled(counts: dict[str, Any], step: float) -> dict[str, Any]:
    """Return counts of a run of step times the compute, its tokens per parameter kept."""
    halves = {"params": 0.5, "tokens": 0.5, "flops": 1.0}
    if len(counts) == 1:
        return {name: value * step for name, value in counts.items()}
    return {name: value * step ** halves[name] for name, value in counts.items()}


def _log_losses(fit: Fit, counts: dict[str, Any], samples: int) -> FloatArray:
    return _thin(np.log(by_samples(predict(fit, **counts))[:, 0]), samples)


def _thin(draws: FloatArray, samples: int) -> FloatArray:
    """Return as many draws, evenly spaced through the chains."""
    chosen = np.linspace(0, len(draws) - 1, samples).round().astype(int)
    return np.asarray(draws[chosen])
