"""From a model card and runs to PyMC models, and vectorised evaluation of such a model."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph

from bayescale.card import Model, Prior
from bayescale.errors import ModelError
from bayescale.runs import Runs
from bayescale.units import reference_point

OBSERVED = "log_loss"
"""The observed variable: every model observes log loss, so that LOO compares like with like."""

# Graphs evaluated only once run in NumPy: compiling them would take longer.
UNCOMPILED = Mode(linker="py", optimizer="fast_compile")


def scales(model: Model, runs: Runs) -> dict[str, float]:
    """Return what the coordinates of a model rest on: reference points and the scale of losses.

    Returns
    -------
    dict of str to float
        ``<letter>_ref`` for each input, in counts, and ``loss_scale`` in the unit of the loss.
    """
    references = {
        f"{symbol}_ref": reference_point(runs.table[column].to_numpy(float))
        for symbol, column in model.columns.items()
    }
    return {**references, "loss_scale": runs.loss_scale}


def model_data(
    model: Model, runs: Runs, fixed_scales: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return everything a PyMC model takes from the runs.

    Parameters
    ----------
    model : Model
        The model card.
    runs : Runs
        The runs to observe.
    fixed_scales : mapping, optional
        The `scales` of other runs, to evaluate these runs with parameters fitted to those.

    Returns
    -------
    dict
        The inputs by letter and ``observed_log_loss`` as arrays of shape (runs,), and the scalars
        that `scales` returns.
    """
    inputs = {
        symbol: runs.table[column].to_numpy(float) for symbol, column in model.columns.items()
    }
    return {
        **inputs,
        **(fixed_scales or scales(model, runs)),
        "observed_log_loss": np.log(runs.loss),
    }


def build_model(
    model: Model, runs: Runs, fixed_scales: Mapping[str, float] | None = None
) -> pm.Model:
    """Return the model as it is stated on the card: priors on the parameters of the law.

    Parameters
    ----------
    model : Model
        The model card.
    runs : Runs
        The runs to observe.
    fixed_scales : mapping, optional
        The `scales` of the runs the parameters were fitted to, if those are not ``runs``.

    Returns
    -------
    pymc.Model
        With dimension ``run``; the observed variable is ``log_loss``.
    """
    with pm.Model(coords={"run": runs.table.index.to_numpy()}) as pm_model:
        data = _register(model_data(model, runs, fixed_scales), dims="run")
        parameters = {
            name: _variable(name, prior, data["loss_scale"]) for name, prior in model.priors.items()
        }
        _observe(model, data, parameters, dims="run")
    return pm_model


def build_sampling_model(model: Model, runs: Runs) -> pm.Model:
    """Return the same density in the coordinates that NUTS explores best.

    The additive terms of a law (floor, size term, data term) trade off against each other while
    their total at the reference run is known well. Sampling the log of the total and the log ratio
    of each term to the first removes that ridge. The priors stay those of the card, through the
    Jacobian: log terms and (log total, log ratios) are related by a map of determinant one, so the
    density of the log terms carries over as it is.
    """
    with pm.Model() as pm_model:
        data = _register(model_data(model, runs))
        scale = data["loss_scale"]
        terms = _terms(model, scale)
        parameters = {
            name: terms[name] if name in terms else _variable(name, prior, scale)
            for name, prior in model.priors.items()
        }
        _observe(model, data, parameters)
    return pm_model


def _register(values: Mapping[str, Any], dims: str | None = None) -> dict[str, Any]:
    return {
        name: pm.Data(name, value, dims=dims if np.ndim(value) else None)
        for name, value in values.items()
    }


def _terms(model: Model, scale: Any) -> dict[str, Any]:
    names = model.law.terms
    if not names or not all(model.priors[name].positive for name in names):
        return {}
    total = pm.Flat("log_total")
    ratios = [pt.zeros(()), *(pm.Flat(f"log_ratio_{name}", initval=-1.0) for name in names[1:])]
    first = total - pt.log(sum(pt.exp(ratio) for ratio in ratios))
    terms = {}
    for name, ratio in zip(names, ratios, strict=True):
        terms[name] = pm.Deterministic(name, pt.exp(first + ratio))
        density = pm.logp(_variable(None, model.priors[name], scale), terms[name])
        pm.Potential(f"prior_{name}", density + first + ratio)
    return terms


def _variable(name: str | None, prior: Prior, loss_scale: Any, size: int | None = None) -> Any:
    distribution: Any = getattr(pm, prior.dist, None)
    known = isinstance(distribution, type) and issubclass(distribution, pm.Continuous)
    if not known:
        raise ModelError(
            f"prior {prior}: PyMC has no continuous distribution {prior.dist!r}; "
            "see pymc.distributions for the names"
        )
    arguments = prior.arguments(loss_scale)
    # PyMC ignores what it does not know, so a misspelt argument would pass in silence.
    accepted = [
        name
        for name, parameter in inspect.signature(distribution.dist).parameters.items()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if unknown := [name for name in arguments if name not in accepted]:
        raise ModelError(
            f"prior {prior}: {unknown[0]!r} is not an argument of {prior.dist}, "
            f"which takes {', '.join(accepted)}"
        )
    try:
        if name is None:
            return distribution.dist(**arguments, size=size)
        return distribution(name, **arguments)
    except (TypeError, ValueError) as error:
        raise ModelError(f"prior {prior}: {error}") from None


def _observe(
    model: Model, data: Mapping[str, Any], parameters: Mapping[str, Any], dims: str | None = None
) -> None:
    likelihood = model.likelihood
    sigma = _variable("sigma", likelihood.sigma, data["loss_scale"])
    nu = _variable("nu", likelihood.nu, data["loss_scale"])
    inputs = [data[symbol] / data[f"{symbol}_ref"] for symbol in model.law.inputs]
    mean = pt.log(model.law.loss(*inputs, **parameters))
    observed = data["observed_log_loss"]
    pm.StudentT(OBSERVED, nu=nu, mu=mean, sigma=sigma, observed=observed, dims=dims)


def draw_prior(model: Model, runs: Runs, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw the free variables of `build_model` from their priors.

    Returns
    -------
    dict of str to ndarray, shape (draws,)
    """
    scale = runs.loss_scale
    variables = {
        name: _variable(None, prior, scale, size=draws) for name, prior in model.all_priors.items()
    }
    values = pm.draw(list(variables.values()), random_seed=seed, mode=UNCOMPILED)
    return dict(zip(variables, values, strict=True))


def evaluate(
    pm_model: pm.Model, draws: Mapping[str, np.ndarray], seed: int
) -> dict[str, dict[str, np.ndarray]]:
    """Evaluate a model at draws of its free variables, all at once.

    Parameters
    ----------
    pm_model : pymc.Model
        As `build_model` returns it.
    draws : mapping of str to ndarray, shape (samples,)
        Values of the free variables.
    seed : int
        Seed of the predictive draws.

    Returns
    -------
    dict of dict of str to ndarray
        ``log_prior`` with shape (samples,) for each free variable; ``log_likelihood`` and
        ``predictive`` draws with shape (samples, runs).
    """
    free = pm_model.free_RVs
    (observed,) = pm_model.observed_RVs
    outputs = [
        *(pm.logp(variable, variable) for variable in free),
        pm.logp(observed, pm_model.rvs_to_values[observed]),
        observed,
    ]
    batched = {variable: pt.vector(variable.name) for variable in free}
    vectorized = vectorize_graph(outputs, replace=batched)
    inputs = list(batched.values())
    function = pm.compile(inputs, vectorized, random_seed=seed, mode=UNCOMPILED)
    *log_prior, log_likelihood, predictive = function(*(draws[variable.name] for variable in free))
    return {
        "log_prior": {v.name: value for v, value in zip(free, log_prior, strict=True)},
        "log_likelihood": {OBSERVED: log_likelihood},
        "predictive": {OBSERVED: predictive},
    }
