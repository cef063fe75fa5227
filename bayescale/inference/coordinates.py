"""The density of a model in the coordinates that NUTS explores best."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayescale.inference.bending import bend_by_modes
from bayescale.inference.graph import predict_and_observe, register, variable
from bayescale.inference.modes import mode_shapes, sampling_data
from bayescale.model.card import Model
from bayescale.model.problem import Problem


def build_sampling_model(problem: Problem) -> pm.Model:
    """Return the same density as the stated model in the coordinates that NUTS explores best.

    The additive terms of a law (floor, size term, data term) trade off against each other while
    their total at the reference run is known well. Sampling the log of the total and the log ratio
    of each term to the first removes that ridge. The priors stay those of the card, through the
    Jacobian: log terms and (log total, log ratios) are related by a map of determinant one, so the
    density of the log terms carries over as it is.

    Values of groups are sampled as they are where the runs of a group determine them (centred),
    and as standardised deviations from the typical value where they hardly do. How a law bends has
    coordinates of its own, see `bayescale.inference.bending`.
    """
    model = problem.model
    with pm.Model() as pm_model:
        data = register(sampling_data(problem), shapes=mode_shapes(model))
        scale = data["loss_scale"]
        values = _terms(model, scale)
        for name, prior in model.priors.items():
            if name not in values:
                values[name] = variable(name, prior, scale)
        for group in problem.levels:
            values |= _pooled(problem, group, values, scale)
        predict_and_observe(model, data, values, bend_by_modes(problem, data))
    return pm_model


def _terms(model: Model, scale: Any) -> dict[str, Any]:
    names = [name for name in model.law.terms if name not in model.fixed]
    if len(names) < 2 or not all(model.priors[name].positive for name in names):
        return {}
    total = pm.Flat("log_total")
    ratios = [pt.zeros(()), *(pm.Flat(f"log_ratio_{name}", initval=-1.0) for name in names[1:])]
    first = total - pt.log(sum(pt.exp(ratio) for ratio in ratios))
    terms = {}
    for name, ratio in zip(names, ratios, strict=True):
        terms[name] = pm.Deterministic(name, pt.exp(first + ratio))
        density = pm.logp(variable(None, model.priors[name], scale), terms[name])
        pm.Potential(f"prior_{name}", density + first + ratio)
    return terms


def _pooled(problem: Problem, group: str, values: Mapping[str, Any], scale: Any) -> dict[str, Any]:
    """Return the vectors of every parameter that is pooled over a group column."""
    model, size = problem.model, len(problem.levels[group])
    names = {name: vector for vector, (name, over) in model.pooled.items() if over == group}
    spreads = {name: variable(f"{name}_spread", model.pool[name].spread, scale) for name in names}
    by_factors = {name for name in names if model.varies_by_factors(name)}
    terms = [name for name in model.law.terms if name in by_factors]
    centred = problem.is_centred(group)
    free = _terms_of_groups(terms, values, spreads, size, centred) if len(terms) > 1 else {}
    for name in (name for name in names if name not in free):
        centre = values.get(name, 0.0)  # the typical offset is nothing
        centre = pt.log(centre) if name in by_factors else centre
        free[name] = _deviating(name, centre, spreads[name], size, centred)
    return {
        vector: pm.Deterministic(vector, pt.exp(free[name]) if name in by_factors else free[name])
        for name, vector in names.items()
    }


def _deviating(name: str, centre: Any, spread: Any, size: int, centred: bool) -> Any:
    if centred:
        return pm.Normal(f"free_{name}", centre, spread, shape=size)
    return centre + spread * pm.Normal(f"deviation_{name}", 0.0, 1.0, shape=size)


def _terms_of_groups(
    names: list[str],
    values: Mapping[str, Any],
    spreads: Mapping[str, Any],
    size: int,
    centred: bool,
) -> dict[str, Any]:
    """Return log terms of each group through their total, which a few runs determine already.

    The ratios of the terms are what few runs leave open: they are sampled as deviations from the
    typical ratio, in units of how much it may vary. The density of the log terms carries over with
    the logarithm of that unit.
    """
    first, *others = names
    total = pm.Flat(f"log_total_{first}", shape=size, initval=np.zeros(size))
    ratios: list[Any] = [pt.zeros(size)]
    for name in others:
        typical = pt.log(values[name]) - pt.log(values[first])
        unit = 1.0 if centred else pt.sqrt(spreads[name] ** 2 + spreads[first] ** 2)
        deviation = pm.Flat(f"ratio_{name}", shape=size, initval=np.zeros(size))
        ratios.append(typical + unit * deviation)
        if not centred:
            pm.Potential(f"unit_{name}", size * pt.log(unit))
    log_first = total - pt.log(sum(pt.exp(ratio) for ratio in ratios))
    logs = {name: log_first + ratio for name, ratio in zip(names, ratios, strict=True)}
    for name, log_term in logs.items():
        stated = pm.Normal.dist(pt.log(values[name]), spreads[name])
        pm.Potential(f"groups_{name}", pm.logp(stated, log_term).sum())
    return logs
