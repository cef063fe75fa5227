"""What the coordinates of a model rest on: reference points, the scale of losses, the groups."""

import math

import numpy as np
from numpy.typing import ArrayLike

from bayescale.core.quantities import quantity_of
from bayescale.model.card import Model
from bayescale.runs.table import Runs


def scales(model: Model, runs: Runs) -> dict[str, float]:
    """Return what the coordinates of a model rest on: reference points and the scale of losses.

    Returns
    -------
    dict of str to float
        ``<letter>_ref`` for each input, in counts (one if it has no scale), and ``loss_scale``,
        the low end of what the law predicts.
    """
    references: dict[str, float] = {}
    of_scale: dict[str, float] = {}
    for symbol, column in model.columns.items():
        # What has no scale shares its reference with nothing else.
        scale = quantity_of(column).scale or symbol
        if symbol in model.reference:
            of_scale[scale] = model.reference[symbol]
        elif scale not in of_scale:
            counted = scale != symbol
            values = runs.table[column].to_numpy(float)
            of_scale[scale] = reference_point(values) if counted else 1.0
        references[f"{symbol}_ref"] = of_scale[scale]
    return {**references, "loss_scale": runs.low_end(model.law.target)}


def group_levels(model: Model, runs: Runs) -> dict[str, np.ndarray]:
    """Return the levels of each group column that a model pools over, in order."""
    groups = dict.fromkeys(group for _, group in model.pooled.values())
    return {group: np.unique(runs.levels(group)) for group in groups}


def reference_point(values: ArrayLike) -> float:
    """Return the low end of some values: their 10% quantile, rounded to one significant digit.

    Coefficients stated at the low end of the runs hardly correlate with their exponents, and a
    rounded number is one that people can discuss.
    """
    low = float(np.quantile(np.asarray(values, float), 0.1))
    magnitude = 10.0 ** math.floor(math.log10(low))
    return float(f"{round(low / magnitude) * magnitude:.0e}")
