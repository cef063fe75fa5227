"""The density of a model in the coordinates that NUTS explores best."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayescale.card import POOLED_LOSS, Model
from bayescale.model import model_data, observe, register, variable
from bayescale.references import group_levels
from bayescale.runs import Runs

CENTRED_RUNS = 8
"""From this many runs in the typical group on, the runs place its values better than the prior."""


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
        for vector in model.pooled:
            values[vector] = _group_values(model, runs, vector, values, scale)
        observe(model, data, values)
    return pm_model


def is_centred(runs: Runs, group: str) -> bool:
    """Whether the typical level of a group has runs enough to be sampled as it is."""
    _, counts = np.unique(runs.levels(group), return_counts=True)
    return bool(np.median(counts) >= CENTRED_RUNS)


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


def _group_values(
    model: Model, runs: Runs, vector: str, values: Mapping[str, Any], scale: Any
) -> Any:
    name, group = model.pooled[vector]
    spread = variable(f"{name}_spread", model.pool[name].spread, scale)
    shape = len(group_levels(model, runs)[group])
    positive = name != POOLED_LOSS and model.priors[name].positive
    centre: Any = 0.0
    if name != POOLED_LOSS:
        centre = pt.log(values[name]) if positive else values[name]
    if is_centred(runs, group):
        free = pm.Normal(f"free_{vector}", centre, spread, shape=shape)
    else:
        free = centre + spread * pm.Normal(f"deviation_{vector}", 0.0, 1.0, shape=shape)
    return pm.Deterministic(vector, pt.exp(free) if positive else free)
