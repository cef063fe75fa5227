"""Of how many draws a fit of many runs keeps what is as large as the runs."""

from collections.abc import Mapping

import numpy as np

from bayescale.core.quantities import FloatArray

MANY_RUNS = 10_000
"""From so many runs on, log likelihoods and predictions of all draws are more than anyone reads."""

_NUMBERS, _LEAST = 10_000_000, 100
"""How many numbers a group then holds, and of how many draws at least."""


def thinning(samples: tuple[int, int], runs: int) -> int:
    """Return of how many draws one is kept.

    Parameters
    ----------
    samples : tuple of int
        The numbers of chains and of draws of each.
    runs : int
        The number of runs.

    Returns
    -------
    int
        A divisor of the number of draws; one for fewer than 10,000 runs.
    """
    if runs < MANY_RUNS:
        return 1
    chains, draws = samples
    most = chains * draws / max(_NUMBERS / runs, _LEAST)
    return max(thin for thin in range(1, draws + 1) if not draws % thin and thin <= max(most, 1))


def kept(draws: int, thin: int) -> np.ndarray:
    """Return which draws of a chain are kept: the last of every few, shape (draws // thin,)."""
    return np.arange(thin - 1, draws, thin)


def thinned(
    found: Mapping[str, FloatArray], samples: tuple[int, int], thin: int
) -> dict[str, FloatArray]:
    """Return the draws that are kept of each chain, chain after chain."""
    if thin == 1:
        return dict(found)
    chains, draws = samples
    rows = (np.arange(chains)[:, None] * draws + kept(draws, thin)).ravel()
    return {name: values[rows] for name, values in found.items()}
