"""What a run in progress has still to fall, told from finished runs of the same schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.forecasting.curves import Curve, reached
from bayescale.forecasting.regression import Normals, Prior, regress

EXPONENT = 0.3
"""The power of progress by which losses usually fall, of which prior slopes are made."""

DOUBT = 0.5
"""How far the slope on what a run has just fallen may be from that, as a share of it."""

WITH_COMPUTE = 0.1
"""By how much of itself what remains may differ between runs of compute a factor of e apart."""

SCATTER, SCATTER_SPREAD = 0.003, 1.0
"""Median of the scatter of log losses about the line, and spread of its logarithm."""

_LEAST_LAG = 1.3
"""What a run has just fallen is told from no less than this factor of its progress."""

_SAME_COMPUTE = 0.05


@dataclass(frozen=True)
class Seen:
    """What is known of a run at some progress, and of finished runs at the same progress.

    Attributes
    ----------
    rungs : tuple of Curve
        The finished runs.
    progress : float
        How far the run has come.
    lag : float
        The earlier progress from which on it is known what a run has just fallen; equal to the
        progress if that is not known.
    level : float
        The logarithm of its loss there.
    columns : ndarray, shape (rungs, columns)
        What explains how much is still to fall: the logarithm of compute if it differs, and what
        a run has just fallen if it is known.
    at : ndarray, shape (columns,)
        The same of the run.
    kinds : tuple of str
        What the columns are: "compute", "fallen".
    """

    rungs: tuple[Curve, ...]
    progress: float
    lag: float
    level: float
    columns: FloatArray
    at: FloatArray
    kinds: tuple[str, ...]


def look_at(run: Curve, rungs: Sequence[Curve]) -> Seen:
    """Return what is known of a run at its last checkpoint."""
    progress = float(run.progress[-1])
    first = max(float(curve.progress[0]) for curve in (run, *rungs))
    lag = max(progress / 2, first)
    level = run.level(progress)
    computes = np.array([rung.log_compute for rung in rungs])
    parts: dict[str, tuple[FloatArray, float]] = {}
    if np.ptp([*computes, run.log_compute]) > _SAME_COMPUTE:
        parts["compute"] = (computes, run.log_compute)
    fallen = reached(rungs, lag) - reached(rungs, progress)
    own = run.level(lag) - level
    if progress >= _LEAST_LAG * lag and np.isfinite([*fallen, own]).all():
        parts["fallen"] = (fallen, own)
    columns = np.column_stack([each for each, _ in parts.values()] or [np.zeros((len(rungs), 0))])
    at = np.array([own for _, own in parts.values()])
    return Seen(tuple(rungs), progress, lag, level, columns, at, tuple(parts))


def expect(seen: Seen, target: float = 1.0) -> Normals:
    """Return the distribution of the log loss of a run at a later progress.

    What finished runs fell from here to there is regressed on what they had just fallen and on the
    logarithm of their compute. If losses fall as a power of progress, the two falls are in
    proportion: that is the prior slope, with a doubt of half of it. The intercept is free, and
    takes what annealing adds.

    Parameters
    ----------
    seen : Seen
        What is known of the run and of finished ones.
    target : float, default 1
        The later progress; its end by default.
    """
    falls = reached(seen.rungs, seen.progress) - reached(seen.rungs, target)
    return (
        regress(falls, seen.columns, seen.at, _prior(seen, falls, target))
        .predictive()
        .from_above(seen.level)
    )


def surprise(seen: Seen) -> float:
    """Return by how many standard deviations what a run has just fallen is unlike the others."""
    if "fallen" not in seen.kinds:
        return 0.0
    place = seen.kinds.index("fallen")
    fallen, own = seen.columns[:, place], seen.at[place]
    rest = np.delete(seen.columns, place, axis=1)
    size = float(np.abs(fallen).mean())
    spreads = np.full(rest.shape[1], WITH_COMPUTE * size)
    prior = Prior(np.zeros(rest.shape[1]), spreads, SCATTER, SCATTER_SPREAD)
    found = regress(fallen, rest, np.delete(seen.at, place), prior).predictive()
    low, middle, high = found.quantile(np.array([0.16, 0.5, 0.84]))
    return float((own - middle) / ((high - low) / 2))


def _prior(seen: Seen, falls: FloatArray, target: float) -> Prior:
    slopes, spreads = [], []
    for kind in seen.kinds:
        if kind == "compute":
            slopes.append(0.0)
            spreads.append(WITH_COMPUTE * float(np.abs(falls).mean()))
        else:
            after = seen.progress**-EXPONENT - target**-EXPONENT
            before = seen.lag**-EXPONENT - seen.progress**-EXPONENT
            slopes.append(after / before)
            spreads.append(DOUBT * after / before)
    return Prior(np.array(slopes), np.array(spreads), SCATTER, SCATTER_SPREAD)
