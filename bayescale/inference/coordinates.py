"""The density of a model in the coordinates that NUTS explores best."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayescale.inference.graph import model_data, observe, register, variable
from bayescale.model.card import Model
from bayescale.model.pooling import POOLED_LOSS
from bayescale.model.problem import group_levels
from bayescale.runs.table import Runs

RUNS_PER_VALUE = 2.0
"""From this many runs for each of its values on, a group is better placed by its runs than by the
others: measured on five groups of 3, 6 and 24 runs with 3 and 5 pooled parameters."""


def build_sampling_model(model: Model, runs: Runs) -> pm.Model:
    """Return the same density as `build_model` in the coordinates that NUTS explores best.

    The additive terms of a law (floor, size term, data term) trade off against each other while
    their total at the reference run is known well. Sampling the log of the total and the log ratio
    of each term to the first removes that ridge. The priors stay those of the card, through the
    Jacobian: log terms and (log total, log ratios) are related by a map of determinant one, so the
    density of the log terms carries over as it is.

    Values of groups are sampled as they are where the runs of a group determine them (centred),
    and as standardised deviations from the typical value where they hardly do.
    """
    with pm.Model() as pm_model:
        data = register(model_data(model, runs))
        scale = data["loss_scale"]
        values = _terms(model, scale)
        for name, prior in model.priors.items():
            if name not in values:
                values[name] = variable(name, prior, scale)
        for group in group_levels(model, runs):
            values |= _pooled(model, runs, group, values, scale)
        observe(model, data, values)
    return pm_model


def is_centred(model: Model, runs: Runs, group: str) -> bool:
    """Whether the typical group has runs enough for its values to be sampled as they are."""
    _, counts = np.unique(runs.levels(group), return_counts=True)
    values = sum(over == group for _, over in model.pooled.values())
    return bool(np.median(counts) >= RUNS_PER_VALUE * values)


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


def _pooled(
    model: Model, runs: Runs, group: str, values: Mapping[str, Any], scale: Any
) -> dict[str, Any]:
    """Return the vectors of every parameter that is pooled over a group column."""
    names = {name: vector for vector, (name, over) in model.pooled.items() if over == group}
    size = len(group_levels(model, runs)[group])
    spreads = {name: variable(f"{name}_spread", model.pool[name].spread, scale) for name in names}
    terms = [n for n in model.law.terms if n in names and model.priors[n].positive]
    centred = is_centred(model, runs, group)
    free = _terms_of_groups(terms, values, spreads, size, centred) if len(terms) > 1 else {}
    for name in names:
        if name not in free:
            centre = _centre(model, name, values)
            free[name] = _deviating(name, centre, spreads[name], size, centred)
    return {
        vector: pm.Deterministic(vector, pt.exp(free[n]) if _is_positive(model, n) else free[n])
        for n, vector in names.items()
    }


def _is_positive(model: Model, name: str) -> bool:
    return name != POOLED_LOSS and model.priors[name].positive


def _centre(model: Model, name: str, values: Mapping[str, Any]) -> Any:
    if name == POOLED_LOSS:
        return 0.0
    return pt.log(values[name]) if _is_positive(model, name) else values[name]


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
