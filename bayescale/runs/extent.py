"""Whether runs vary enough to learn from: over decades, and in each input apart from the others."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from bayescale.core.note import Note
from bayescale.core.quantities import OUTCOMES, quantity_of

MIN_RATIO_SPREAD = 3.0
MIN_DECADES = 1.0


def find_narrow(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[Note]:
    """Find inputs that vary together, or hardly at all.

    Parameters
    ----------
    table : DataFrame
        The runs.
    columns : sequence of str
        The inputs in question.
    """
    if {"params", "tokens"} <= set(columns):
        ratio = (table["tokens"] / table["params"]).to_numpy()
        low, high = np.quantile(ratio, [0.05, 0.95])
        if high < MIN_RATIO_SPREAD * low:
            yield Note(
                "constant_ratio",
                "warning",
                f"N and D cannot be told apart in these runs: tokens per parameter lie between "
                f"{low:.3g} and {high:.3g}, less than a factor of {MIN_RATIO_SPREAD:g}.",
                "Add runs of other shapes: the same sizes on more and on fewer tokens.",
            )
    for column in columns:
        # Laws of the loss look at a small part of a decade of it, and at no power of it.
        if column in OUTCOMES or not quantity_of(column).scale or table[column].min() == 0:
            continue
        spanned = decades(table[column])
        if spanned < MIN_DECADES:
            yield Note(
                "few_decades",
                "warning",
                f"{column} spans {spanned:.2f} decades, so its exponent rests on the prior; "
                f"{MIN_DECADES:g} decade is the least.",
                f"Add runs with smaller or larger {column}.",
            )


def decades(values: pd.Series) -> float:
    """Return how many powers of ten positive numbers span."""
    return float(np.log10(values.max() / values.min()))
