"""What to know before the expected end of a run is trusted."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from bayescale.core.note import Note
from bayescale.core.text import counted, percent
from bayescale.forecasting.curves import Curve
from bayescale.forecasting.remaining import look_at, surprise
from bayescale.forecasting.rungs import Beside
from bayescale.posterior.fit import Fit

MEASURED_FROM = 0.1
"""Earlier in its training little is known of how well the end of a run is foretold."""

FEW_RUNGS = 5

UNLIKE = 4.0
"""A run that has just fallen so many standard deviations less or more is of another kind."""

FAR_DECADES = 1.0


def doubt_run(run: Curve, rungs: Sequence[Curve]) -> Iterator[Note]:
    """Say what to know of a run and of those it is set beside."""
    seen = look_at(run, rungs)
    off = surprise(seen)
    if abs(off) > UNLIKE:
        yield Note(
            "curve_unlike",
            "warning",
            f"{run.name} has just fallen {abs(off):.0f} standard deviations "
            f"{'more' if off > 0 else 'less'} than the finished runs had at its progress: it may "
            "be of another schedule or other data, or have spiked.",
            "See that it is of their recipe, and look again later.",
        )
    if seen.progress < MEASURED_FROM:
        yield Note(
            "early",
            "warning",
            f"{run.name} is {percent(seen.progress)} through its training; how well its end can be "
            f"told was measured from {percent(MEASURED_FROM)} on.",
            "Look again later.",
        )
    if "fallen" not in seen.kinds:
        yield Note(
            "no_earlier",
            "info",
            f"No checkpoint of all runs lies well before {percent(seen.progress)} of the training, "
            "so that what the run has just fallen is not known.",
        )
    computes = np.array([rung.log_compute for rung in rungs]) / np.log(10)
    own = run.log_compute / np.log(10)
    beyond = max(own - computes.max(), computes.min() - own)
    if beyond > FAR_DECADES:
        yield Note(
            "far_run",
            "warning",
            f"{run.name} has {10**beyond:.2g} times the compute of the nearest finished run, or so "
            "many times less.",
            "Finish a run in between.",
        )
    if len(rungs) < FEW_RUNGS:
        yield Note(
            "few_rungs",
            "info",
            f"{counted(len(rungs), 'finished run')} tell little of how far runs of a schedule "
            "differ; the interval rests on what is usual.",
        )


def doubt_fit(agrees: bool, fit: Fit | None) -> Iterator[Note]:
    """Warn if a fit and the curve of a run contradict each other."""
    if fit is not None and not agrees:
        yield Note(
            "curve_against_fit",
            "warning",
            f"The curve of the run and the fit of {fit.model.name} contradict each other, so the "
            "end is told from the curve alone.",
            "See that the losses are comparable and the runs of one recipe.",
        )


def say_aside(beside: Beside, grid: Sequence[str]) -> Iterator[Note]:
    """Name what was left aside: of another schedule, or without checkpoints where it matters."""
    names = {**beside.aside, **dict.fromkeys(grid, "no checkpoint near the progress of the run")}
    if names:
        first, why = next(iter(names.items()))
        more = f", and {len(names) - 1} more" if len(names) > 1 else ""
        yield Note("rungs_aside", "info", f"Left aside: {first}, which has {why}{more}.")


def doubt_intervals(foretold: pd.DataFrame, prob: float) -> Iterator[Note]:
    """Warn if intervals held fewer of the finished runs than chance allows."""
    from scipy.stats import binom

    if len(foretold) < FEW_RUNGS:
        return
    inside = int(foretold["inside"].sum())
    if binom.cdf(inside, len(foretold), prob) < 0.05:
        yield Note(
            "rungs_missed",
            "warning",
            f"Of {len(foretold)} finished runs, each left out in turn, {inside} ended inside their "
            f"{prob:.0%} interval, so intervals are too narrow here.",
            "See whether the runs are of one schedule, and trust the interval less.",
        )
