"""A fit without some of its runs, by importance weights: no new fit is needed."""

from dataclasses import replace

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray
from bayescale.evaluation.psis import MOST_K, smooth
from bayescale.posterior.fit import Fit


def weights_without(density: FloatArray, rows: np.ndarray) -> FloatArray | None:
    """Return log weights of the draws without some rows, or None if they cannot be had.

    Parameters
    ----------
    density : ndarray, shape (samples, runs)
        The log likelihood.
    rows : ndarray of int
        The rows to leave out.
    """
    weights, k = smooth(-density[:, rows].sum(axis=1, keepdims=True))
    return weights[:, 0] if k[0] <= MOST_K else None


def without_rows(fit: Fit, rows: np.ndarray, draws: int) -> Fit | None:
    """Return a fit as it would be without some rows, or None where its draws do not tell.

    Parameters
    ----------
    fit : Fit
        The fit.
    rows : ndarray of int
        The rows to leave out.
    draws : int
        How many draws it shall have.

    Returns
    -------
    Fit or None
        Posterior, prior and constants alone: enough for predictions and plans.
    """
    density, kept = fit.log_likelihood()
    log_weights = weights_without(density, rows)
    if log_weights is None:
        return None
    weights = np.exp(log_weights - log_weights.max())
    return with_draws(fit, kept[resample(weights / weights.sum(), draws)])


def resample(weights: FloatArray, draws: int) -> np.ndarray:
    """Return which of weighted draws stand for them, each about as often as its weight says.

    Parameters
    ----------
    weights : ndarray, shape (samples,)
        The weights, which sum to one.
    draws : int
        How many are to stand for them.

    Returns
    -------
    ndarray of int, shape (draws,)
    """
    ends = np.cumsum(weights)
    # Evenly spaced points on the cumulated weights scatter less than random ones.
    return np.searchsorted(ends, (np.arange(draws) + 0.5) / draws).clip(max=len(ends) - 1)


def thinned(fit: Fit, draws: int) -> Fit:
    """Return a fit of evenly spaced draws, of posterior, prior and constants alone."""
    return with_draws(fit, np.linspace(0, fit.samples - 1, draws).round().astype(int))


def with_draws(fit: Fit, chosen: np.ndarray) -> Fit:
    """Return a fit of some draws, numbered chain after chain, as one chain."""
    posterior = fit.posterior.stack(sample=("chain", "draw")).isel(sample=chosen)
    posterior = posterior.drop_vars(["sample", "chain", "draw"]).rename(sample="draw")
    posterior = posterior.expand_dims("chain").transpose("chain", "draw", ...)
    kept = {"posterior": posterior}
    kept |= {name: fit.tree[name].to_dataset() for name in ("prior", "constant_data")}
    tree = xr.DataTree.from_dict(kept)
    tree.attrs = fit.tree.attrs
    return replace(fit, tree=tree)
