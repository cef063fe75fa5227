"""Whether residuals next to each other on a curve go together."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.evaluation.residuals import SIGNIFICANCE, log_inputs, residuals_of
from bayescale.posterior.fit import Fit

LEAST_PAIRS = 10


def find(fit: Fit) -> Iterator[Note]:
    """Find residuals that follow each other along a curve, by their lag-one rank correlation."""
    residual = residuals_of(fit)
    pairs = None if residual is None else _pairs(fit)
    if residual is None or pairs is None or len(pairs) < LEAST_PAIRS:
        return
    ranks = ndtri(pd.Series(residual).rank().to_numpy() / (len(residual) + 1))
    together = float(np.corrcoef(ranks[pairs[:, 0]], ranks[pairs[:, 1]])[0, 1])
    if ndtr(-together * np.sqrt(len(pairs))) < SIGNIFICANCE:
        yield Note(
            "neighbours",
            "warning",
            f"Residuals next to each other on a curve go together (correlation {together:.2f} over "
            f"{len(pairs)} pairs): the rows are fewer than they seem, or the curve bends, and "
            "intervals are too narrow.",
            "Keep rows that are far apart, or compare forms that bend.",
        )


def _pairs(fit: Fit) -> np.ndarray | None:
    """Return which rows follow each other, shape (pairs, 2), or None where no curve is."""
    runs, inputs = fit.runs, log_inputs(fit)
    if runs.run is not None and "tokens" in runs.table:
        # Without offsets of the runs, that they go together is told already.
        along = runs.table["tokens"].to_numpy(float) if fit.model.offset_over == runs.run else None
        curve = runs.levels(runs.run)
    else:
        along = next(iter(inputs.values())) if len(fit.model.columns) == len(inputs) == 1 else None
        curve = np.zeros(len(runs))
    return None if along is None else _following(curve, along)


def _following(curve: np.ndarray, along: FloatArray) -> np.ndarray:
    order = np.lexsort([along, curve])
    pairs = np.column_stack([order[:-1], order[1:]])
    on_one = curve[pairs[:, 0]] == curve[pairs[:, 1]]
    # Rows at one place are repeats, not neighbours.
    apart = along[pairs[:, 0]] != along[pairs[:, 1]]
    return np.asarray(pairs[on_one & apart])
