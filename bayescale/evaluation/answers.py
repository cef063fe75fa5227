"""The answers that people take from a fit, and what they would be if draws had other weights."""

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray, quantity_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

FURTHER = 10.0
"""How many times the compute of the largest run the loss is asked for."""


def answers(fit: Fit) -> dict[str, xr.DataArray]:
    """Return draws of the parameters of the law and of what is decided by them.

    Parameters
    ----------
    fit : Fit
        The fit; of pooled parameters, the typical value counts.

    Returns
    -------
    dict of str to DataArray
        By words for people, dimensions (chain, draw): the parameters that were learnt, the
        exponent ``a_opt`` of the best size where the law derives it, and the logarithm of what it
        predicts at ten times the compute of the largest run.
    """
    posterior, assumed = fit.posterior, fit.assumed.get("parameters", ())
    learnt = [n for n in fit.model.law.parameters if n in posterior and n not in assumed]
    found = {name: posterior[name] for name in learnt}
    if "a_opt" in posterior and "a_opt" not in found:
        found["the exponent of the best size in compute"] = posterior["a_opt"]
    where = f"at {FURTHER:g} times the compute of the largest run"
    found[f"the {fit.model.law.target} {where}"] = further(fit, FURTHER)
    return found


def further(fit: Fit, times: float) -> xr.DataArray:
    """Return draws of the log of what the law predicts at so many times the largest run.

    Parameters
    ----------
    fit : Fit
        The fit; of pooled parameters, the typical value counts.
    times : float
        How many times its compute or, where compute is not known, its first input.
    """
    table, columns = fit.runs.table, list(fit.model.columns.values())
    by = "flops" if "flops" in table else columns[0]
    largest = {column: float(table[column].iloc[int(table[by].argmax())]) for column in columns}
    # Size and tokens share the factor, as they do along a frontier.
    factor = times**0.5 if {"params", "tokens"} <= set(columns) else times
    point = {
        column: value * factor if quantity_of(column).scale and column != "loss" else value
        for column, value in largest.items()
    }
    posterior, fixed = fit.posterior, fit.model.fixed
    values = {n: fixed.get(n, posterior.get(n)) for n in fit.model.law.parameters}
    some = posterior[next(iter(fit.model.all_priors))]
    predicted = fit.model.predict_at(point, fit.reference, values) * fit.bent_by(point)
    found: xr.DataArray = xr.zeros_like(some, dtype=float) + np.log(predicted)
    return found


def in_sds(values: FloatArray, log_weights: FloatArray) -> tuple[float, float]:
    """Return by how much weights move an answer, and how wide they leave it.

    Parameters
    ----------
    values : ndarray, shape (samples,)
        Draws of the answer.
    log_weights : ndarray, shape (samples,)
        Their weights.

    Returns
    -------
    shift, width : float
        The move of the mean and the standard deviation, in those of the posterior.
    """
    values = (values - values.mean()) / max(float(values.std()), 1e-300)
    weights = np.exp(log_weights - np.max(log_weights))
    weights = weights / weights.sum()
    shift = float(weights @ values)
    return shift, float(np.sqrt(max(weights @ (values - shift) ** 2, 0.0)))


def log_prior_of(fit: Fit) -> FloatArray:
    """Return the log density of the priors at each draw, shape (samples,)."""
    parts = [by_samples(part) for part in fit.tree["log_prior"].to_dataset().data_vars.values()]
    return np.asarray(sum(part.reshape(len(part), -1).sum(axis=1) for part in parts))
