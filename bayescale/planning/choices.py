"""Choices beside size, such as experts or bits: one plan for each, and the best of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.plan import Plan
from bayescale.posterior.intervals import SAMPLE_DIMS

type Inputs = Mapping[str, float | Sequence[float]] | Sequence[Mapping[str, float]]


def choices_of(inputs: Inputs | None) -> list[dict[str, float]]:
    """Return every combination of inputs on offer.

    Examples
    --------
    >>> choices_of({"experts": [1, 8]})
    [{'experts': 1.0}, {'experts': 8.0}]
    >>> choices_of([{"weight_bits": 8, "cache_bits": 8}])
    [{'weight_bits': 8.0, 'cache_bits': 8.0}]
    """
    if inputs is None or isinstance(inputs, Mapping):
        lists = {name: np.atleast_1d(values) for name, values in (inputs or {}).items()}
        given: list[Any] = [
            dict(zip(lists, each, strict=True)) for each in product(*lists.values())
        ]
    else:
        given = list(inputs)
    choices = [{name: float(value) for name, value in each.items()} for each in given]
    if not choices or any(set(each) != set(choices[0]) for each in choices):
        raise PlanError(f"inputs = {inputs!r}: every choice must name the same inputs, once")
    return choices


def merge(
    choices: Sequence[Mapping[str, float]],
    plans: Sequence[Plan],
    judge: Callable[[FloatArray], FloatArray],
) -> Plan:
    """Return the plan that makes the best choice at each budget.

    Parameters
    ----------
    choices : sequence of mapping
        The inputs of each plan.
    plans : sequence of Plan
        One for each choice, of the same fits and budgets.
    judge : callable
        What the plans minimise; see `bayescale.planning.risk.risk_of`.

    Returns
    -------
    Plan
        ``committed`` and ``optimum`` also hold the inputs chosen.
    """
    risks = [judge(plan.outcome["loss"].stack(sample=SAMPLE_DIMS).to_numpy()) for plan in plans]
    chosen = xr.DataArray(np.argmin(risks, axis=0), dims="budget")
    inputs = {
        name: ("choice", np.array([choice[name] for choice in choices])) for name in choices[0]
    }

    def stacked(part: str) -> xr.Dataset:
        parts: list[xr.Dataset] = [getattr(plan, part) for plan in plans]
        return xr.concat(parts, dim="choice")

    optimum = stacked("optimum").assign(inputs)
    best = optimum["loss"].argmin("choice")
    optimum, marginal = optimum.isel(choice=best), stacked("marginal").isel(choice=best)
    committed = stacked("committed").assign(inputs).isel(choice=chosen)
    outcome = stacked("outcome").isel(choice=chosen)
    outcome = outcome.assign(regret=(outcome["loss"] - optimum["loss"]).clip(min=0.0))
    kept = [plans[index] for index in np.unique(chosen)]
    notes = dict.fromkeys(note for plan in kept for note in plan.notes)
    by_model = {
        name: merge(choices, [plan.by_model[name] for plan in plans], judge)
        for name in plans[0].by_model
    }
    return replace(
        plans[0],
        limits=plans[0].limits | {"inputs": [dict(choice) for choice in choices]},
        optimum=optimum,
        committed=committed,
        outcome=outcome,
        marginal=marginal,
        near_optimal=stacked("near_optimal").isel(choice=chosen),
        binding=stacked("binding").isel(choice=chosen),
        extrapolation=stacked("extrapolation").isel(choice=chosen),
        notes=tuple(notes),
        by_model=by_model,
        by_choice={_label(choice): plan for choice, plan in zip(choices, plans, strict=True)},
    )


def _label(choice: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in choice.items())
