"""Which runs of a sweep lie below a cut in compute."""

from collections.abc import Iterable, Sequence

import numpy as np

from bayescale.core.asking import argument
from bayescale.core.text import human
from bayescale.errors import FitError
from bayescale.model.card import Model
from bayescale.runs.table import Runs


def compute_of(runs: Runs, why: str) -> np.ndarray:
    """Return the training FLOPs of runs, shape (runs,).

    Parameters
    ----------
    runs : Runs
        The runs.
    why : str
        What needs their compute, in a few words.

    Raises
    ------
    FitError
        If they have none.
    """
    if "flops" not in runs.table:
        raise FitError(
            f"{why} needs the compute of the runs, and {runs.source} has none; load the runs with "
            "flops, or with params and tokens"
        )
    return runs.table["flops"].to_numpy(float)


def without_largest(flops: np.ndarray, shares: Sequence[float]) -> list[np.ndarray]:
    """Return which runs are left, shape (runs,), without shares of them of most compute.

    Shares that leave the same runs give one answer.
    """
    tops = (np.quantile(flops, 1 - share, method="higher") for share in shares)
    return [np.asarray(flops < top) for top in dict.fromkeys(tops)]


def several(cuts: float | Sequence[float], name: str) -> list[float]:
    """Return one cut or several as a list.

    Raises
    ------
    FitError
        If there is none.
    """
    found = [float(cut) for cut in np.atleast_1d(cuts)]
    if not found:
        raise FitError(f"{argument(name)} = [] names no cut; give one, or leave it out")
    return found


def up_to(flops: np.ndarray, cut: float, name: str = "cut") -> np.ndarray:
    """Return which runs took at most so much compute, shape (runs,).

    Parameters
    ----------
    flops : ndarray, shape (runs,)
        The compute of the runs.
    cut : float
        Training FLOPs; or, below one, a share of the compute of the largest run.
    name : str
        The argument that gave it.

    Raises
    ------
    FitError
        If it is not positive, or all runs lie on one side of it.
    """
    most = float(flops.max())
    if not cut > 0:
        raise FitError(
            f"{argument(name)} = {cut:g} must be training FLOPs, such as {human(0.1 * most)}, or "
            "a share of the compute of the largest run, such as 0.1"
        )
    below = np.asarray(flops <= (cut * most if cut < 1 else cut))
    return require_both_sides(flops, below, f"{argument(name)} = {cut:g}")


def require_both_sides(flops: np.ndarray, below: np.ndarray, what: str) -> np.ndarray:
    """Return which runs lie below a cut, if some do and others do not.

    Raises
    ------
    FitError
        If all runs lie on one side.
    """
    if below.all() or not below.any():
        raise FitError(
            f"{what} leaves {below.sum()} runs below and {(~below).sum()} above; choose one "
            f"between {flops.min():.3g} and {flops.max():.3g} FLOPs"
        )
    return below


def least_runs(cards: Iterable[Model]) -> int:
    """Return how many runs a cut has to leave below, so that each model can learn from them."""
    return 2 + max(len(card.law.parameters) for card in cards)
