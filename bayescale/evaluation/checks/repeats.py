"""Whether runs go together, and whether repeats agree better with each other than with the law."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from bayescale.core.note import Note
from bayescale.core.text import counted
from bayescale.model.pooling import OFFSET
from bayescale.posterior.fit import Fit
from bayescale.runs.table import CONFIGURATION

LACK_OF_FIT, MISFIT = 0.001, 1.5


def find(fit: Fit) -> Iterator[Note]:
    """Find checkpoints of one run, and set repeats against the residuals."""
    if fit.model.offset_over is not None:
        return
    runs = fit.runs
    if runs.run is not None and len(runs) > (trained := len(np.unique(runs.levels(runs.run)))):
        yield Note(
            "checkpoints",
            "warning",
            f"The {len(runs)} rows are checkpoints of {counted(trained, 'training run')}, whose "
            "errors go together: intervals are narrower than they should be.",
            f"Keep the last row of each run, or fit with pool={{'{OFFSET}': '{runs.run}'}}.",
        )
        return
    repeats = len(runs) - len(np.unique(runs.levels(CONFIGURATION)))
    if repeats:
        told_apart = Note(
            "repeats",
            "info",
            f"{counted(repeats, 'run')} {'repeats' if repeats == 1 else 'repeat'} the inputs of "
            f"another: the noise between seeds and the misfit "
            "of the law can be told apart.",
            f"Fit with pool={{'{OFFSET}': '{CONFIGURATION}'}} to do so.",
        )
        yield from list(_lack_of_fit(fit, repeats)) or [told_apart]


def _lack_of_fit(fit: Fit, repeats: int) -> Iterator[Note]:
    """Test the residuals against the scatter of repeated runs, by the F test of lack of fit."""
    if not fit.model.likelihood.of_logarithm:
        return
    observed = fit.tree["observed_data"][fit.model.observed].to_numpy()
    replicated = fit.tree["posterior_predictive"][fit.model.observed]
    residual = observed - replicated.median(["chain", "draw"]).to_numpy()
    levels = fit.runs.levels(CONFIGURATION)
    within = observed - pd.Series(observed).groupby(levels).transform("mean").to_numpy()
    noise = float(within @ within) / repeats
    free = len(observed) - repeats - sum(n not in fit.model.fixed for n in fit.model.law.parameters)
    if free < 1 or noise == 0:
        return
    ratio = float(residual @ residual - within @ within) / free / noise
    # The typical residual too: one bad run is no lack of fit.
    typical = float(np.median(np.abs(residual))) / stats.norm.ppf(0.75)
    if stats.f.sf(ratio, free, repeats) < LACK_OF_FIT and typical > MISFIT * np.sqrt(noise):
        yield Note(
            "lack_of_fit",
            "warning",
            f"The residuals scatter by {typical:.1%}, runs that repeat another by "
            f"{np.sqrt(noise):.1%}: {fit.model.name} misses something that is not noise.",
            "See where the residuals bend (bs.plot_fit), compare other forms, and fit without the "
            "cheapest runs: how far the answer moves is an uncertainty that no interval holds.",
        )
