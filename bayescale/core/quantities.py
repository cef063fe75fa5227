"""The quantities of a training run: their letters, columns, units, accounting and formatting.

Tables speak in words (``params``), formulas in the letters of the field (``N``). This module is
the one place where the two meet.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayescale.errors import BayescaleError

type FloatArray = NDArray[np.float64]

FLOPS_PER_PARAM_TOKEN = 6.0
"""Training FLOPs per parameter and token: 2 forward, 4 backward (Kaplan et al. 2020, sec. 2.1)."""


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
    most : float
        The largest value that has a meaning.
    may_be_zero : bool
        Whether zero has a meaning.
    """

    symbol: str
    column: str
    label: str
    scale: str = ""
    span: tuple[float, float] = (1.0, 100.0)
    most: float = math.inf
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
    )
}
"""What is known of a run, by letter: what a law may take, what it predicts, how it was measured."""

BY_COLUMN = {quantity.column: quantity for quantity in QUANTITIES.values()}

OUTCOMES = ("loss", "accuracy", "items")
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


def train_flops(params: ArrayLike, tokens: ArrayLike) -> FloatArray:
    """Return the training FLOPs C = 6 N D, in floating point so that nothing overflows."""
    flops: FloatArray = (
        FLOPS_PER_PARAM_TOKEN * np.asarray(params, float) * np.asarray(tokens, float)
    )
    return flops


def params_for(flops: ArrayLike, tokens: ArrayLike) -> FloatArray:
    """Return the parameters N = C / (6 D) that spend a compute budget on given tokens."""
    return np.asarray(flops, float) / (FLOPS_PER_PARAM_TOKEN * np.asarray(tokens, float))


def tokens_for(flops: ArrayLike, params: ArrayLike) -> FloatArray:
    """Return the tokens D = C / (6 N) that spend a compute budget on given parameters."""
    return params_for(flops, params)


CRITICAL_BATCH_SCALE = 2.1e8
"""Tokens of the critical batch at a loss of one nat per token (Kaplan et al. 2020, table 5)."""

CRITICAL_BATCH_EXPONENT = 0.21
"""The loss falls as the critical batch to the power of minus this (Kaplan et al. 2020, table 5)."""


def critical_batch(loss: ArrayLike) -> FloatArray:
    """Return the batch, in tokens, beyond which larger batches no longer save steps in proportion.

    Kaplan et al. 2020, eq. 1.4, for a loss in nats per token on WebText2.
    """
    shrinking: FloatArray = np.asarray(loss, float) ** (1 / CRITICAL_BATCH_EXPONENT)
    return CRITICAL_BATCH_SCALE / shrinking


def min_steps(steps: ArrayLike, batch: ArrayLike, loss: ArrayLike) -> FloatArray:
    """Return the fewest steps that reach a loss, given the steps taken at a batch in tokens.

    The steps of a batch far above the critical one (Kaplan et al. 2020, eq. 5.4).
    """
    more: FloatArray = critical_batch(loss) / np.asarray(batch, float)
    return np.asarray(steps, float) / (1 + more)


def min_flops(flops: ArrayLike, batch: ArrayLike, loss: ArrayLike) -> FloatArray:
    """Return the least FLOPs that reach a loss, given those spent at a batch in tokens.

    The compute of a batch far below the critical one (Kaplan et al. 2020, eq. 5.5).
    """
    more: FloatArray = np.asarray(batch, float) / critical_batch(loss)
    return np.asarray(flops, float) / (1 + more)


def reference_point(values: ArrayLike) -> float:
    """Return the low end of some values: their 10% quantile, rounded to one significant digit.

    Coefficients stated at the low end of the runs hardly correlate with their exponents, and a
    rounded number is one that people can discuss.
    """
    low = float(np.quantile(np.asarray(values, float), 0.1))
    magnitude = 10.0 ** math.floor(math.log10(low))
    return float(f"{round(low / magnitude) * magnitude:.0e}")


_SUFFIXES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def human(value: float, digits: int = 3) -> str:
    """Format a count for people: ``7e10`` as ``70B``, ``1.4e12`` as ``1.4T``.

    Parameters
    ----------
    value : float
        A count of parameters, tokens or FLOPs.
    digits : int, default 3
        Significant digits.
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.{digits - 1}e}")
    if 1e3 <= abs(rounded) < 1e15:
        suffix, size = max(
            (item for item in _SUFFIXES.items() if item[1] <= abs(rounded)), key=lambda x: x[1]
        )
        return f"{rounded / size:.{max(digits, 3)}g}{suffix}"
    plain = f"{rounded:.{max(digits, 3) if abs(rounded) < 1e3 else digits}g}"
    return plain.replace("e+", "e")


def parse_quantity(text: str) -> float:
    """Read a count as people write it: ``70B``, ``1.4T``, ``1e24`` or ``7_000_000``.

    Raises
    ------
    BayescaleError
        If the text is not a number with an optional suffix K, M, B or T.
    """
    match = re.fullmatch(r"\s*([-+0-9._eE]+?)\s*([KMBT]?)\s*", text, flags=re.IGNORECASE)
    try:
        if match is None:
            raise ValueError
        return float(match[1]) * _SUFFIXES.get(match[2].upper(), 1.0)
    except ValueError:
        raise BayescaleError(
            f"{text!r} is not a count: write a number such as 1e24, or with a suffix "
            "K, M, B or T such as 70B"
        ) from None
