"""Whether runs go together, and whether repeats agree better with each other than with the law."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import fdtrc, ndtri

from bayescale.core.asking import setting, verb
from bayescale.core.note import Note
from bayescale.core.text import counted
from bayescale.model.pooling import OFFSET
from bayescale.posterior.fit import Fit
from bayescale.runs.labels import CONFIGURATION
from bayescale.runs.repeats import Repeats, describe_repeats

LACK_OF_FIT, MISFIT = 0.001, 1.5


def find(fit: Fit) -> Iterator[Note]:
    """Find rows that are not independent runs, and set repeats against the residuals."""
    runs, over = fit.runs, fit.model.offset_over
    for repeats in runs.provenance.repeats:
        note = describe_repeats(repeats)
        if note is not None and not _is_heeded(repeats, fit):
            yield note
            return
    repeated = len(runs) - len(np.unique(runs.levels(CONFIGURATION)))
    if repeated and over is None:
        told_apart = Note(
            "repeats",
            "info",
            f"{counted(repeated, 'run')} {'repeats' if repeated == 1 else 'repeat'} the inputs of "
            "another: the noise between seeds and the misfit of the law can be told apart.",
            f"Fit with {setting('pool', {OFFSET: CONFIGURATION})} to do so.",
        )
        yield from list(_lack_of_fit(fit, repeated)) or [told_apart]


def _is_heeded(repeats: Repeats, fit: Fit) -> bool:
    """Return whether the model already tells the rows apart."""
    if repeats.kind == "checkpoints":
        # An offset for each run widens the intervals, but a rate that decays biases them still.
        stays = repeats.constant_rate or "forward_area" in fit.model.columns.values()
        return stays and fit.model.offset_over is not None
    return repeats.column in {*fit.group_levels, *(g for _, g in fit.model.pooled.values())}


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
    typical = float(np.median(np.abs(residual))) / ndtri(0.75)
    if fdtrc(free, repeats, ratio) < LACK_OF_FIT and typical > MISFIT * np.sqrt(noise):
        yield Note(
            "lack_of_fit",
            "warning",
            f"The residuals scatter by {typical:.1%}, runs that repeat another by "
            f"{np.sqrt(noise):.1%}: {fit.model.name} misses something that is not noise.",
            f"See where the residuals bend ({verb('plot_fit')}), compare other forms, and fit "
            "without the cheapest runs: how far the answer moves is an uncertainty that no "
            "interval holds.",
        )
