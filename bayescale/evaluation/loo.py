"""Leave-one-out scores of fits, by runs or by groups of runs."""

import warnings
from typing import Any

import numpy as np
import xarray as xr
from scipy.special import logsumexp

from bayescale.core.quantities import FloatArray
from bayescale.model.likelihood import log_student_t
from bayescale.model.pooling import OFFSET
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

_NODES, _STEPS = 15, 4


def psis_loo(fit: Fit, over: str | None = None) -> Any:
    """Return PSIS-LOO of a fit with pointwise values (Vehtari et al. 2024).

    Parameters
    ----------
    fit : Fit
        The fit.
    over : str, optional
        The column whose groups are left out, all runs of a group at once: where losses are pooled
        over it, a run is no news to the offset that its group has. By default that column, or
        else runs are left out one by one.

    Returns
    -------
    arviz_stats.ELPDData
        Scores of log loss; ``pareto_k`` and ``elpd_i`` have dimension ``run``, or that of the
        group.

    Raises
    ------
    FitError
        If the fit has too few draws.
    """
    import arviz_stats

    with warnings.catch_warnings():
        # Whoever asks reports high Pareto k in its own words.
        warnings.filterwarnings("ignore", "Estimated shape parameter of Pareto", UserWarning)
        return arviz_stats.loo(_densities(fit, over), pointwise=True)


def unit_densities(fit: Fit) -> xr.DataArray:
    """Return the log densities of what `psis_loo` leaves out, each run or a whole group.

    Returns
    -------
    DataArray
        Dimensions (chain, draw, run), or that of the group instead of the last.
    """
    return _densities(fit)["log_likelihood"].to_dataset()[fit.model.observed]


def _densities(fit: Fit, over: str | None = None) -> xr.DataTree:
    """Return posterior and log likelihood of runs, or of whole groups."""
    fit.require_draws()
    over = fit.model.offset_over if over is None else over
    return _by_run(fit) if over is None else _by_group(fit, over)


def _by_run(fit: Fit) -> xr.DataTree:
    """Return log likelihood of runs, and posterior of the draws that it is kept of."""
    density = fit.tree["log_likelihood"].to_dataset()
    posterior = fit.posterior.sel(draw=density["draw"])
    return xr.DataTree.from_dict({"posterior": posterior, "log_likelihood": density})


def _by_group(fit: Fit, over: str) -> xr.DataTree:
    """Return posterior and log likelihood of whole groups, offsets integrated out."""
    levels, group = np.unique(fit.runs.levels(over), return_inverse=True)
    if fit.model.offset_over is None:
        density, rows = fit.log_likelihood()
        parts = [density[:, group == i].sum(axis=1) for i in range(len(levels))]
        posterior = fit.posterior.isel(draw=rows[: len(rows) // fit.posterior.sizes["chain"]])
    else:
        parts = _without_offsets(fit, group, len(levels))
        posterior = fit.posterior
    sizes = posterior.sizes
    values = np.stack(parts, axis=1).reshape(sizes["chain"], sizes["draw"], len(levels))
    joint = xr.DataArray(values, dims=("chain", "draw", over), coords={over: levels})
    return xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "log_likelihood": xr.Dataset({fit.model.observed: joint}),
        }
    )


def _without_offsets(fit: Fit, group: np.ndarray, groups: int) -> list[FloatArray]:
    """Return log densities of groups, shape (samples,) each, over all offsets they might have."""
    residual, draws = _residuals(fit), fit.posterior
    noise = {name: by_samples(draws[name])[:, None] for name in ("sigma", "nu")}
    spread = by_samples(draws[f"{OFFSET}_spread"])
    _, own = np.unique(fit.runs.levels(str(fit.model.offset_over)), return_inverse=True)
    found = [np.zeros(len(residual)) for _ in range(groups)]
    # Groups that hold several offsets integrate each.
    for i, offset in sorted({*zip(group.tolist(), own.tolist(), strict=True)}):
        rows = (group == i) & (own == offset)
        found[i] += _integral(residual[:, rows], noise["sigma"], noise["nu"], spread)
    return found


def _residuals(fit: Fit) -> FloatArray:
    """Return observed minus predicted logarithms without offsets, shape (samples, runs)."""
    model, draws, runs = fit.model, fit.posterior, fit.runs
    values: dict[str, Any] = {
        name: model.fixed[name] if name in model.fixed else by_samples(draws[name])[:, None]
        for name in model.law.parameters
    }
    for vector, (name, column) in model.pooled_parameters.items():
        of_groups = draws[vector].sel({column: runs.levels(column)})
        values[name] = by_samples(of_groups.drop_vars(column))
    predicted = model.predict_at(model.inputs_of(runs.table), fit.reference, values)
    return np.asarray(fit.tree["observed_data"][model.observed].to_numpy() - np.log(predicted))


def _integral(
    residual: FloatArray, sigma: FloatArray, nu: FloatArray, spread: FloatArray
) -> FloatArray:
    """Return the log density of residuals that share an offset, integrated over it.

    By Gauss-Hermite quadrature about the most likely offset of each draw.

    Parameters
    ----------
    residual : ndarray, shape (samples, runs)
        The residuals of one group.
    sigma, nu : ndarray, shape (samples, 1)
        Scale and degrees of freedom of the noise.
    spread : ndarray, shape (samples,)
        Standard deviation of offsets.
    """
    offset = np.median(residual, axis=1)
    for _ in range(_STEPS):
        weight = (nu + 1) / (nu + ((residual - offset[:, None]) / sigma) ** 2) / sigma**2
        precision = weight.sum(axis=1) + spread**-2
        offset = (weight * residual).sum(axis=1) / precision
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    parts = []
    for node, weight_of_node in zip(nodes, weights, strict=True):
        at = offset + node / np.sqrt(precision)
        density = log_student_t(residual - at[:, None], sigma, nu).sum(axis=1)
        prior = -0.5 * (at / spread) ** 2 - np.log(spread)
        parts.append(density + prior + np.log(weight_of_node) + node**2 / 2)
    log_normal = -0.5 * (np.log(2 * np.pi) + np.log(precision))
    return np.asarray(logsumexp(parts, axis=0) + log_normal)
