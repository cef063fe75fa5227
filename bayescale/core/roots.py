"""Find where many functions of one variable are zero, at once."""

from collections.abc import Callable
from typing import Any

import numpy as np


def find_root(
    function: Callable[..., Any],
    bracket: tuple[Any, Any],
    arguments: tuple[np.ndarray, ...] = (),
    tolerances: dict[str, float] | None = None,
) -> Any:
    """Return what ``scipy.optimize.elementwise.find_root`` finds, which takes a while to import.

    Parameters
    ----------
    function : callable
        ``function(x, *arguments)``, elementwise.
    bracket : tuple of ndarray
        Two ends between which each function changes its sign.
    arguments : tuple of ndarray, default ()
        Further arguments.
    tolerances : dict of str to float, optional
        How exact the roots need be; as exact as numbers allow by default.

    Returns
    -------
    object
        With the roots ``x`` and ``success``, whether there is one.
    """
    from scipy.optimize import elementwise

    return elementwise.find_root(function, bracket, args=arguments, tolerances=tolerances)
