"""Whether the residuals are of one size over all scales."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import stdtr

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import percent
from bayescale.evaluation.residuals import SIGNIFICANCE, log_scale, residuals_of
from bayescale.posterior.fit import Fit

LEAST_RUNS, LEAST_FACTOR = 15, 1.5


def find(fit: Fit) -> Iterator[Note]:
    """Find residuals that grow or shrink with compute, by their rank correlation."""
    residual, scale = residuals_of(fit), log_scale(fit)
    if residual is None or scale is None or len(residual) < LEAST_RUNS:
        return
    name, size = scale
    spread = np.abs(residual)
    chance = _chance(size, spread)
    low, high = np.quantile(size, [1 / 3, 2 / 3])
    small, large = (float(np.median(spread[at])) for at in (size <= low, size >= high))
    if chance < SIGNIFICANCE and max(small, large) > LEAST_FACTOR * min(small, large):
        yield Note(
            "noise_scale",
            "warning",
            f"The residuals {'shrink' if large < small else 'grow'} with {name}: half of them are "
            f"below {percent(small)} in the lowest third and below {percent(large)} in the highest "
            f"(p = {chance:.1g}, below {SIGNIFICANCE:g}). The data ask for noise that depends on "
            f"{name}; with one scale for all, {'the small' if large < small else 'the large'} runs "
            "weigh too much.",
            "Fit without the cheapest runs and see how far the answer moves.",
        )


def _chance(size: FloatArray, spread: FloatArray) -> float:
    """Return the chance of such a rank correlation (Spearman's) of two that are independent."""
    together = float(np.corrcoef(pd.Series(size).rank(), pd.Series(spread).rank())[0, 1])
    free = len(size) - 2
    t = abs(together) * np.sqrt(free / max(1 - together**2, 1e-300))
    return float(2 * stdtr(free, -t))
