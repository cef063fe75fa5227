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
    """

    symbol: str
    column: str
    label: str


QUANTITIES = {
    quantity.symbol: quantity
    for quantity in (
        Quantity("N", "params", "parameters"),
        Quantity("D", "tokens", "training tokens"),
        Quantity("C", "flops", "training FLOPs"),
        Quantity("U", "unique_tokens", "unique tokens"),
    )
}
"""The inputs a law may take, by letter."""

BY_COLUMN = {quantity.column: quantity for quantity in QUANTITIES.values()}


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
