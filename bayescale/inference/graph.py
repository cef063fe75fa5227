"""From a model card and runs to the PyMC model it states."""

import inspect
from collections.abc import Callable, Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.compile.mode import Mode

from bayescale.core.border import checked
from bayescale.errors import ModelError
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.model.likelihood import (
    MOST_CONCENTRATION,
    SHARE_BOUNDS,
    BetaBinomial,
    Likelihood,
    StudentT,
)
from bayescale.model.pooling import OFFSET
from bayescale.model.prior import FIXED, Prior
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs

type Bend = Callable[[Any, Mapping[str, Any]], Any]
"""``bend(misfit, noise)``: adds to the model how its law bends, and returns by how much the log
loss of each run differs from the law for it; given how far the runs are from the law, and the
numbers of the noise."""

# Graphs evaluated only once run in NumPy: compiling them would take longer.
UNCOMPILED = Mode(linker="py", optimizer="fast_compile")


@checked(ModelError)
def build_model(model: str | Path | Model, runs: Runs) -> pm.Model:
    """Return the model as it is stated on the card: priors on the parameters of the law.

    Parameters
    ----------
    model : str, Path or Model
        The model card.
    runs : Runs
        The runs to observe.

    Returns
    -------
    pymc.Model
        With dimension ``run`` and one for each pooled group; the observed variable is
        ``log_loss``, or ``correct`` for counts of right answers.
    """
    return state(Problem.of(get_model(model), runs))


def state(problem: Problem) -> pm.Model:
    """Return the PyMC model that a card states of some runs; see `build_model`."""
    model = problem.model
    coords = {"run": problem.runs.table.index.to_numpy(), **problem.levels}
    if problem.basis is not None:
        coords["mode"] = np.arange(problem.basis.modes)
    with pm.Model(coords=coords) as pm_model:
        data = register(problem.data, dims="run")
        scale = data["loss_scale"]
        values = {name: variable(name, prior, scale) for name, prior in model.priors.items()}
        for vector, (name, group) in model.pooled.items():
            spread = variable(f"{name}_spread", model.pool[name].spread, scale)
            centre = values.get(name, 0.0)  # the typical offset is nothing
            if model.varies_by_factors(name):
                values[vector] = pm.LogNormal(vector, pt.log(centre), spread, dims=group)
            else:
                values[vector] = pm.Normal(vector, centre, spread, dims=group)
        predict_and_observe(model, data, values, _stated_bend(problem, scale), dims="run")
    return pm_model


def _stated_bend(problem: Problem, loss_scale: Any) -> Bend | None:
    given, basis = problem.model.discrepancy, problem.basis
    if given is None or basis is None:
        return None

    def bend(misfit: Any, noise: Mapping[str, Any]) -> Any:  # noqa: ARG001
        scale = variable(BEND, given.bend, loss_scale) / given.unit
        return scale * pt.dot(basis.features(problem.runs.table), pm.Normal(SHAPE, dims="mode"))

    return bend


def register(
    values: Mapping[str, Any],
    dims: str | None = None,
    shapes: Mapping[str, tuple[int | None, ...]] | None = None,
) -> dict[str, Any]:
    """Register the data of a `Problem` with the PyMC model being built.

    Parameters
    ----------
    values : mapping of str to array_like
        The data by name.
    dims : str, optional
        The dimension of those that are arrays.
    shapes : mapping of str to tuple, optional
        The shapes of those that are not of shape () or (runs,), None standing for the runs.
    """
    shapes = shapes or {}
    return {
        name: pm.Data(name, value, dims=dims if np.ndim(value) else None, shape=shapes.get(name))
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


def predict_and_observe(
    model: Model,
    data: Mapping[str, Any],
    values: Mapping[str, Any],
    bend: Bend | None = None,
    dims: str | None = None,
) -> None:
    """Add what the law predicts, and its likelihood, to the PyMC model being built.

    Parameters
    ----------
    model : Model
        The model card.
    data : mapping
        What `register` returned.
    values : mapping
        The parameters of the law and the vectors of group values, by name.
    bend : callable, optional
        How the law bends, where it may.
    dims : str, optional
        The dimension of the runs.
    """
    of_run = {
        name: values[vector][pt.cast(data[f"{group}_index"], "int64")]
        for vector, (name, group) in model.pooled.items()
    }
    columns = {column: data[symbol] for symbol, column in model.columns.items()}
    reference = {symbol: data[f"{symbol}_ref"] for symbol in model.columns}
    mean = model.predict_at(columns, reference, {**values, **of_run})
    noise = {
        name: variable(name, prior, data["loss_scale"])
        for name, prior in model.likelihood.priors.items()
    }
    offset = of_run.get(OFFSET, 0.0)
    if bend is not None:
        offset = offset + bend(data["observed"] - pt.log(mean) - offset, noise)
    noise_of_run = model.likelihood.at(noise, data.get("noise_times"))
    observe(model.likelihood, model.observed, mean, offset, noise_of_run, data, dims)


@singledispatch
def observe(
    likelihood: Likelihood,
    name: str,
    mean: Any,
    offset: Any,
    noise: Mapping[str, Any],
    data: Mapping[str, Any],
    dims: str | None,
) -> None:
    """Add the observed variable of a likelihood to the PyMC model being built.

    Parameters
    ----------
    likelihood : Likelihood
        Its class decides what is added.
    name : str
        The name of the variable.
    mean : tensor, shape (runs,)
        What the law predicts.
    offset : tensor or float
        By how much groups of runs differ from it in the logarithm.
    noise : mapping of str to tensor
        The numbers of the noise, a scalar or of shape (runs,) each.
    data : mapping of str to tensor
        ``observed`` and what else `Likelihood.observe` returned.
    dims : str, optional
        The dimension of the runs.
    """
    raise NotImplementedError(f"no variable for {type(likelihood).__name__}")


@observe.register
def _(_: StudentT, name: str, mean: Any, offset: Any, noise: Any, data: Any, dims: Any) -> None:
    mu = pt.log(mean) + offset
    pm.StudentT(name, mu=mu, **noise, observed=data["observed"], dims=dims)


@observe.register
def _(_: BetaBinomial, name: str, mean: Any, offset: Any, noise: Any, data: Any, dims: Any) -> None:  # noqa: ARG001
    share = pt.clip(mean, *SHARE_BOUNDS)
    concentration = pt.minimum(noise["concentration"], MOST_CONCENTRATION)
    successes, failures = (part * concentration for part in (share, 1 - share))
    # PyTensor batches a random variable by its first parameter, so n has to depend on draws.
    items = pt.cast(data["items"] + 0.0 * noise["concentration"], "int64")
    counts = {"alpha": successes, "beta": failures, "n": items}
    pm.BetaBinomial(name, **counts, observed=data["observed"], dims=dims)
