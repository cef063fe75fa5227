"""Predict the loss of runs that do not exist yet."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.errors import PlanError
from bayescale.extrapolating import decades_beyond, furthest
from bayescale.fits import Fit
from bayescale.runs_rules import complete_flops
from bayescale.units import BY_COLUMN

type Counts = float | Sequence[float] | np.ndarray


def predict(
    fit: Fit,
    *,
    params: Counts | None = None,
    tokens: Counts | None = None,
    flops: Counts | None = None,
    unique_tokens: Counts | None = None,
    new_run: bool = False,
    random_seed: int | None = None,
) -> xr.DataArray:
    """Draw the loss at given sizes and token counts from the posterior.

    Parameters
    ----------
    fit : Fit
        The fit.
    params, tokens, flops, unique_tokens : float or sequence of float
        The runs to predict, broadcast against each other. Two of the first three give the third
        through C = 6 N D.
    new_run : bool, default False
        Predict one new run, with its noise, rather than the mean surface.
    random_seed : int, optional
        Seed of the noise; by default that of the fit.

    Returns
    -------
    DataArray
        ``loss`` with dimensions (chain, draw, target), in the unit of the observed losses. The
        coordinates of ``target`` are the given counts and ``extrapolation``: how many decades the
        target lies outside the runs, in whichever count is furthest.

    Raises
    ------
    PlanError
        If an input of the law is missing, or a count is not positive and finite.

    Examples
    --------
    >>> bs.predict(fit, params=[7e9, 70e9], tokens=1.4e12)  # doctest: +SKIP
    """
    given = {"params": params, "tokens": tokens, "flops": flops, "unique_tokens": unique_tokens}
    targets = _targets(fit, {name: value for name, value in given.items() if value is not None})
    loss = mean_loss(fit, targets)
    if new_run:
        loss = _add_noise(fit, loss, random_seed)
    beyond = furthest(decades_beyond(fit.runs, targets))
    loss = loss.assign_coords({**targets, "extrapolation": beyond})
    return loss.rename("loss").assign_attrs(model=fit.model.name, new_run=int(new_run))


def mean_loss(fit: Fit, point: dict[str, xr.DataArray]) -> xr.DataArray:
    """Return draws of the loss surface at a point.

    Parameters
    ----------
    fit : Fit
        The fit.
    point : dict of str to DataArray
        The columns that the law takes, in counts.

    Returns
    -------
    DataArray
        Dimensions (chain, draw) and those of the point, in the unit of the observed losses.
    """
    reference = fit.reference
    inputs = [point[column] / reference[symbol] for symbol, column in fit.model.columns.items()]
    loss: xr.DataArray = fit.model.law.loss(*inputs, **fit.parameters)
    return loss.transpose("chain", "draw", ...)


def _targets(fit: Fit, given: dict[str, Counts]) -> dict[str, xr.DataArray]:
    arrays = {name: np.atleast_1d(np.asarray(value, float)) for name, value in given.items()}
    for name, values in arrays.items():
        if bad := [value for value in values.ravel() if not (np.isfinite(value) and value > 0)]:
            raise PlanError(f"{name} = {bad[0]:g} must be positive and finite")
    try:
        flat = [np.ravel(values) for values in np.broadcast_arrays(*arrays.values())]
    except ValueError:
        sizes = ", ".join(f"{len(values)} {name}" for name, values in arrays.items())
        raise PlanError(
            f"{sizes} do not pair up; give the same number of each, or a single value"
        ) from None
    table, contradictions = complete_flops(
        pd.DataFrame(dict(zip(arrays, flat, strict=True))), "6ND"
    )
    if len(contradictions):
        raise PlanError(
            f"flops = {contradictions['value'][0]} contradicts 6 x params x tokens; "
            "give two of the three"
        )
    if missing := [name for name in fit.model.columns.values() if name not in table]:
        raise PlanError(
            f"{fit.model.name} needs {' and '.join(missing)} to predict a loss; give it"
        )
    return target_point(table)


def target_point(table: pd.DataFrame) -> dict[str, xr.DataArray]:
    """Return the counts of a table, one row a target, as a point of the loss surface."""
    counts = [name for name in table if name in BY_COLUMN]
    return {name: xr.DataArray(table[name].to_numpy(float), dims="target") for name in counts}


def _add_noise(fit: Fit, loss: xr.DataArray, random_seed: int | None) -> xr.DataArray:
    seed = fit.attrs["random_seed"] if random_seed is None else random_seed
    posterior = fit.posterior
    nu, sigma = posterior["nu"].to_numpy()[..., None], posterior["sigma"].to_numpy()[..., None]
    noise = sigma * np.random.default_rng(int(seed)).standard_t(nu, size=loss.shape)
    return loss * np.exp(noise)
