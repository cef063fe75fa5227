"""What a fit leaves unexplained of its runs, and what the law could still have explained."""

from collections.abc import Mapping

import numpy as np

from bayescale.core.quantities import FloatArray, quantity_of
from bayescale.posterior.fit import Fit

SIGNIFICANCE = 0.001
"""The chance of a false alarm of each test of the residuals."""

_STEP, _POINTS = 1e-4, 200


def residuals_of(fit: Fit) -> FloatArray | None:
    """Return observed minus predicted log losses, shape (runs,), or None without logarithms."""
    if not fit.model.likelihood.of_logarithm:
        return None
    observed = fit.tree["observed_data"][fit.model.observed].to_numpy()
    replicated = fit.tree["posterior_predictive"][fit.model.observed]
    return np.asarray(observed - replicated.median(["chain", "draw"]).to_numpy())


def log_inputs(fit: Fit) -> dict[str, FloatArray]:
    """Return the logarithm of the inputs that the runs vary over factors, centred, by column."""
    columns = {n: v for n, v in fit.model.inputs_of(fit.runs.table).items() if v.min() > 0}
    logs = {n: np.log(v) for n, v in columns.items() if quantity_of(n).scale and np.ptp(v) > 0}
    return {name: values - values.mean() for name, values in logs.items()}


def log_scale(fit: Fit) -> tuple[str, FloatArray] | None:
    """Return what says how large the runs are, compute if it is known, and its logarithm."""
    table, inputs = fit.runs.table, log_inputs(fit)
    if "flops" in table and table["flops"].nunique() > 1:
        return "compute", np.log(table["flops"].to_numpy(float))
    return next(iter(inputs.items())) if inputs else None


def gradients(fit: Fit, inputs: Mapping[str, FloatArray] | None = None) -> FloatArray:
    """Return how the log of each prediction moves with each free parameter.

    Parameters
    ----------
    fit : Fit
        A fit that pools no parameter of the law.
    inputs : mapping of str to ndarray, optional
        The inputs by column, in counts; those of the runs by default.

    Returns
    -------
    ndarray, shape (runs, parameters)
        For a relative change of the parameter, at the posterior medians.
    """
    inputs = fit.model.inputs_of(fit.runs.table) if inputs is None else inputs
    medians = _medians(fit)
    columns = []
    for name in (name for name in medians if name not in fit.model.fixed):
        up, down = (
            _log_prediction(fit, inputs, {**medians, name: medians[name] * (1 + way * _STEP)})
            for way in (1, -1)
        )
        columns.append((up - down) / (2 * _STEP))
    return np.stack(columns, axis=1)


def rescalings(fit: Fit) -> FloatArray:
    """Return how the parameters answer to inputs counted in another unit.

    Returns
    -------
    ndarray, shape (scales, parameters)
        The relative change of each free parameter that leaves the predictions what they are, by
        the relative change of the reference of the inputs that share a scale.
    """
    rng, table = np.random.default_rng(0), fit.runs.table
    inputs: dict[str, FloatArray] = {}
    scales: dict[str, list[str]] = {}
    for symbol, column in fit.model.columns.items():
        if scale := quantity_of(column).scale:
            inputs[column] = fit.reference[symbol] * 10 ** rng.uniform(0, 2, _POINTS)
            scales.setdefault(scale, []).append(column)
        else:
            inputs[column] = rng.choice(table[column].to_numpy(float), _POINTS)
    known, medians = gradients(fit, inputs), _medians(fit)
    moves = []
    for columns in scales.values():
        up, down = (
            _log_prediction(
                fit, inputs | {c: inputs[c] * (1 + way * _STEP) for c in columns}, medians
            )
            for way in (1, -1)
        )
        moves.append(np.linalg.lstsq(known, (up - down) / (2 * _STEP), 1e-9)[0])
    return np.reshape(moves, (len(moves), known.shape[1]))


def _medians(fit: Fit) -> dict[str, float]:
    return {name: float(draws.median()) for name, draws in fit.parameters.items()}


def _log_prediction(
    fit: Fit, inputs: Mapping[str, FloatArray], values: Mapping[str, float]
) -> FloatArray:
    predicted = np.asarray(fit.model.predict_at(inputs, fit.reference, values), float)
    return np.log(np.broadcast_to(predicted, len(next(iter(inputs.values())))))
