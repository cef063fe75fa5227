"""Whole numbers that have to lie in a range."""

import operator
from typing import Any

from bayescale.core.asking import argument
from bayescale.core.text import show
from bayescale.errors import BayescaleError

LARGEST_SEED = 2**63 - 1


def require_whole(name: str, value: Any, least: int, most: int, error: type[BayescaleError]) -> int:
    """Return a whole number, or raise if it is none or lies outside of a range.

    Parameters
    ----------
    name : str
        What the number is called where it was given.
    value : int
        The number; one of NumPy will do.
    least, most : int
        The range, ends included.
    error : type
        The error to raise.
    """
    try:
        whole = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        whole = None
    if whole is None or not least <= whole <= most:
        raise error(
            f"{argument(name)} = {show(value)} must be a whole number from {least} to {most}; "
            "give such a number, or leave it out"
        )
    return whole


def require_seed(value: Any, error: type[BayescaleError]) -> int:
    """Return a seed of random numbers, or raise if it is none."""
    return require_whole("random_seed", value, 0, LARGEST_SEED, error)
