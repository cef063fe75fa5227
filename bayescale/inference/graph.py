"""From a model card and runs to the PyMC model it states, and vectorised evaluation of it."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.compile.mode import Mode

from bayescale.errors import ModelError
from bayescale.model.card import Model
from bayescale.model.likelihood import BetaBinomial
from bayescale.model.pooling import POOLED_LOSS
from bayescale.model.prior import FIXED, Prior
from bayescale.model.problem import group_levels, scales
from bayescale.runs.table import Runs


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
        Arrays of shape (runs,): the inputs by letter, the position ``<group>_index`` of each run
        among the levels of a pooled group, ``observed`` and, for counts, ``items``. Scalars: what
        `scales` returns.
    """
    table = runs.table
    data = {symbol: table[column].to_numpy(float) for symbol, column in model.columns.items()}
    for group in group_levels(model, runs):
        data[f"{group}_index"] = np.unique(runs.levels(group), return_inverse=True)[1].astype(float)
    observed = table[model.law.target].to_numpy(float)
    if isinstance(model.likelihood, BetaBinomial):
        data["items"] = np.round(table["items"].to_numpy(float))
        data["observed"] = np.round(observed * data["items"])
    else:
        data["observed"] = np.log(observed)
    return {**data, **(fixed_scales or scales(model, runs))}


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
        With dimension ``run`` and one for each pooled group; the observed variable is
        ``log_loss``, or ``correct`` for counts of right answers.
    """
    coords = {"run": runs.table.index.to_numpy(), **group_levels(model, runs)}
    with pm.Model(coords=coords) as pm_model:
        data = register(model_data(model, runs, fixed_scales), dims="run")
        scale = data["loss_scale"]
        values = {name: variable(name, prior, scale) for name, prior in model.priors.items()}
        for vector, (name, group) in model.pooled.items():
            spread = variable(f"{name}_spread", model.pool[name].spread, scale)
            if name == POOLED_LOSS:
                values[vector] = pm.Normal(vector, 0.0, spread, dims=group)
            elif model.priors[name].positive:
                values[vector] = pm.LogNormal(vector, pt.log(values[name]), spread, dims=group)
            else:
                values[vector] = pm.Normal(vector, values[name], spread, dims=group)
        observe(model, data, values, dims="run")
    return pm_model


def register(values: Mapping[str, Any], dims: str | None = None) -> dict[str, Any]:
    """Register the data of `model_data` with the PyMC model being built."""
    return {
        name: pm.Data(name, value, dims=dims if np.ndim(value) else None)
        for name, value in values.items()
    }


def variable(name: str | None, prior: Prior, loss_scale: Any, size: int | None = None) -> Any:
    """Return a PyMC variable with a prior: named in the model, or a free-standing distribution.

    Raises
    ------
    ModelError
        If PyMC has no such distribution or it takes other arguments.
    """
    if prior.dist == FIXED:
        return pt.as_tensor_variable(prior.args["value"], dtype="float64")
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


def observe(
    model: Model, data: Mapping[str, Any], values: Mapping[str, Any], dims: str | None = None
) -> None:
    """Add the likelihood to the PyMC model being built.

    Parameters
    ----------
    model : Model
        The model card.
    data : mapping
        What `register` returned.
    values : mapping
        The parameters of the law and the vectors of group values, by name.
    dims : str, optional
        The dimension of the runs.
    """
    by_run = {name: values[name] for name in model.law.parameters}
    offset: Any = 0.0
    for vector, (name, group) in model.pooled.items():
        of_run = values[vector][pt.cast(data[f"{group}_index"], "int64")]
        if name == POOLED_LOSS:
            offset = of_run
        else:
            by_run[name] = of_run
    inputs = [data[symbol] / data[f"{symbol}_ref"] for symbol in model.law.inputs]
    mean = model.law.loss(*inputs, **by_run)
    noise = {
        name: variable(name, prior, data["loss_scale"])
        for name, prior in model.likelihood.priors.items()
    }
    common = {"observed": data["observed"], "dims": dims}
    if isinstance(model.likelihood, BetaBinomial):
        share = pt.clip(mean, 1e-6, 1 - 1e-6)
        successes, failures = (part * noise["concentration"] for part in (share, 1 - share))
        # PyTensor batches a random variable by its first parameter, so n has to depend on draws.
        items = pt.cast(data["items"] + 0.0 * noise["concentration"], "int64")
        counts = {"alpha": successes, "beta": failures, "n": items}
        pm.BetaBinomial(model.observed, **counts, **common)
    else:
        pm.StudentT(model.observed, mu=pt.log(mean) + offset, **noise, **common)


# Graphs evaluated only once run in NumPy: compiling them would take longer.
UNCOMPILED = Mode(linker="py", optimizer="fast_compile")
