"""The quantities of a training run: their letters, columns, units, accounting and formatting.

Tables speak in words (``params``), formulas in the letters of the field (``N``). This module is
the one place where the two meet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """Something that is measured of a training run.

    Attributes
    ----------
    symbol : str
        The letter used in formulas.
    column : str
        The name of the column in a table of runs.
    label : str
        The words used on axes and in sentences.
    scale : str
        Quantities of one scale are divided by one reference value, that of the first of them in
        the law, so that ratios such as D / U keep their meaning. Without a scale the values enter
        formulas as they are.
    span : tuple of float
        The range over which runs are usually made; simulated designs are drawn from it.
    least, most : float
        The smallest value but zero and the largest that have a meaning; without bounds of its own
        a quantity has those between which products of two do not leave the numbers.
    may_be_zero : bool
        Whether zero has a meaning.
    """

    symbol: str
    column: str
    label: str
    scale: str = ""
    span: tuple[float, float] = (1.0, 100.0)
    least: float = 1e-75
    most: float = 1e75
    may_be_zero: bool = False


QUANTITIES = {
    quantity.symbol: quantity
    for quantity in (
        Quantity("N", "params", "parameters", "params", (2e7, 4e9)),
        Quantity("D", "tokens", "training tokens", "tokens", (5e8, 2e11)),
        Quantity("C", "flops", "training FLOPs", "flops", (1e17, 1e22)),
        Quantity("U", "unique_tokens", "unique tokens", "tokens", (1e8, 1e11)),
        Quantity("S", "steps", "optimizer steps", "steps", (1e3, 1e6)),
        Quantity("F", "finetune_tokens", "fine-tuning tokens", "finetune_tokens", (1e6, 1e9)),
        Quantity("D_i", "tokens_i", "tokens of the first modality", "modal_tokens", (1e9, 1e11)),
        Quantity("D_j", "tokens_j", "tokens of the second modality", "modal_tokens", (1e9, 1e11)),
        Quantity("X", "experts", "experts", span=(1, 64)),
        Quantity("P_w", "weight_bits", "bits of a weight", span=(3, 16)),
        Quantity("P_a", "activation_bits", "bits of an activation", span=(3, 16)),
        Quantity("P_kv", "cache_bits", "bits of the key-value cache", span=(3, 16)),
        Quantity("Q", "quality", "quality of the data", span=(0.1, 1.0), most=1.0),
        Quantity("W", "weight_decay", "weight decay", span=(0.1, 1.0)),
        Quantity("S1", "forward_area", "forward area of the learning rate", "area", (1.0, 100.0)),
        Quantity(
            "S2",
            "annealing_area",
            "annealing area of the learning rate",
            "area",
            (0.01, 1.0),
            may_be_zero=True,
        ),
        Quantity("L", "loss", "loss", "loss", (2.0, 4.0)),
        Quantity("p", "accuracy", "accuracy", span=(0.0, 1.0), most=1.0, may_be_zero=True),
        Quantity("n", "items", "test items", span=(1e3, 1e4)),
        Quantity("v", "tokens_per_second", "training tokens per second", span=(1e4, 1e7)),
        Quantity("eta", "best_learning_rate", "best learning rate", span=(1e-4, 1e-2)),
        Quantity("b", "best_batch", "best batch", span=(1e5, 1e7)),
    )
}
"""What is known of a run, by letter: what a law may take, what it predicts, how it was measured."""

BY_COLUMN = {quantity.column: quantity for quantity in QUANTITIES.values()}

OUTCOMES = ("loss", "accuracy", "items", "tokens_per_second", "best_learning_rate", "best_batch")
"""The columns that say what came out of a run, rather than what went into it."""

SHARE_PREFIX = "share_"
"""Columns so named hold the share of a domain in the training tokens."""


def quantity_of(column: str) -> Quantity:
    """Return what a column measures; a column of the user's own is a count with its own scale."""
    if column in BY_COLUMN:
        return BY_COLUMN[column]
    words = column.replace("_", " ")
    if column.startswith(SHARE_PREFIX):
        label = f"share of {words.removeprefix(SHARE_PREFIX.replace('_', ' '))}"
        return Quantity(column, column, label, span=(0.05, 0.95), most=1.0, may_be_zero=True)
    return Quantity(column, column, words, scale=column)
