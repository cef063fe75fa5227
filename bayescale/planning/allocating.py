"""Choose model size and tokens for a budget, given a posterior and limits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from bayescale.compute.accounting import FlopsRule
from bayescale.compute.hardware import Hardware
from bayescale.core.asking import argument
from bayescale.core.border import checked
from bayescale.core.text import shorten
from bayescale.errors import PlanError
from bayescale.planning.arguments import limits_of
from bayescale.planning.choices import Inputs, choices_of, merge
from bayescale.planning.feasible import Limits
from bayescale.planning.limits import BUDGETS, TOLERANCE
from bayescale.planning.notes import disagreement, plan_notes
from bayescale.planning.optimising import (
    best_splits,
    liked_split,
    near_optimal,
    search_for,
    searchable,
    thrifty_splits,
)
from bayescale.planning.plan import Plan
from bayescale.planning.pools import Pool
from bayescale.planning.risk import Risk, risk_of
from bayescale.planning.search import Split
from bayescale.planning.surface import Surface, surface_of
from bayescale.planning.thrift import thrifty
from bayescale.planning.worth import marginal_values, wasted_compute
from bayescale.posterior.fit import Fit
from bayescale.runs.support import decades_beyond


@checked(PlanError)
def allocate(
    fit: Fit | Mapping[str, Fit],
    *,
    weights: Mapping[str, float] | None = None,
    flops: float | Sequence[float] | None = None,
    gpu_hours: float | Sequence[float] | None = None,
    dollars: float | Sequence[float] | None = None,
    hardware: Hardware | None = None,
    unique_tokens: float | None = None,
    pools: Sequence[Pool] | None = (),
    max_epochs: float | None = None,
    max_params: float | None = None,
    max_memory: float | None = None,
    bytes_per_param: float | None = None,
    max_tokens_per_param: float | None = None,
    inference_tokens: float | None = 0.0,
    serving: Hardware | None = None,
    candidates: Sequence[float] | None = (),
    inputs: Inputs | None = None,
    rule: FlopsRule | None = None,
    risk: Risk = "mean",
    tolerance: float = TOLERANCE,
) -> Plan:
    """Choose model size and token count for budgets, under limits.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        A fit of a law of parameters and tokens (or compute); or several to be averaged.
    weights : mapping of str to float, optional
        How much each of several fits counts: ``comparison.largest["weight"]`` by how they
        extrapolate, ``comparison.loo["weight"]`` by how they interpolate.
    flops, gpu_hours, dollars : float or sequence of float
        The budgets, in one of these; hours and dollars need ``hardware``. They pay for training,
        and for serving if ``inference_tokens`` is given.
    hardware : Hardware, optional
        What training runs on.
    unique_tokens : float, optional
        Distinct tokens at hand: at most ``unique_tokens * max_epochs`` tokens are processed.
    pools : sequence of Pool, optional
        In place of ``unique_tokens``: distinct tokens of different quality, the best used first,
        for a law that knows quality.
    max_epochs : float, optional
        How often the unique tokens may be used; by default as often as is best if the law prices
        repetition, and once if it does not.
    max_params : float, optional
        The largest model.
    max_memory, bytes_per_param : float, optional
        Bytes that must hold the weights, and bytes that each takes: an eighth of ``weight_bits``
        where ``inputs`` say them, 2 otherwise (bfloat16).
    max_tokens_per_param : float, optional
        The most training tokens for each parameter.
    inference_tokens : float, optional
        Tokens that the model will serve in its life.
    serving : Hardware, optional
        What serving runs on, if a FLOP costs something else there; as training by default.
    candidates : sequence of float, optional
        The only sizes to choose from.
    inputs : mapping or sequence of mappings, optional
        Further inputs that the law takes, by column: ``{"experts": 8}``. Several values are
        choices, and the plan makes the best: ``{"experts": [1, 8, 64]}``. Choices that go together
        are a list: ``[{"weight_bits": b, "activation_bits": b} for b in (4, 8, 16)]``.
    rule : FlopsRule, optional
        What a token costs: by default what it cost the runs (`Fit.rule`), which is 6ND unless
        their FLOPs were recorded; `SixND`, `Recorded`, a `Transformer`, or `PerBit` of one.
    risk : str, tuple or callable, default "mean"
        What the plan to commit to minimises: the expected loss, ``("quantile", 0.9)``,
        ``("cvar", 0.9)`` or a function of the losses.
    tolerance : float, default 0.001
        Relative loss within which a size counts as nearly optimal.

    Returns
    -------
    Plan

    Raises
    ------
    PlanError
        If the law cannot split a budget or has no optimum, a limit is not a positive number, or
        two limits contradict each other.

    Notes
    -----
    The posterior of the optimum takes the best size of each draw. The plan to commit to minimises
    the risk over all draws. Where the law declares a closed form it is used; otherwise the minimum
    is searched within bounds. The whole budget is spent while nothing else limits the plan. From
    the budget on at which data or size are used up, both answers are the cheapest split within the
    tolerance of the best: what is left would be spent for nothing. A law that prices repetition
    chooses the epochs.

    Examples
    --------
    >>> bs.allocate(fit, flops=1e24, unique_tokens=2e12, max_epochs=4)  # doctest: +SKIP
    """
    given = {name: value for name, value in locals().items() if name != "fit"}
    choices = choices_of(inputs)
    plans = [_allocate(fit, {**given, "inputs": choice}) for choice in choices]
    return merge(choices, plans, risk_of(risk)) if len(plans) > 1 else plans[0]


def _allocate(fit: Fit | Mapping[str, Fit], given: Mapping[str, Any]) -> Plan:
    """Return the plan for one choice of the further inputs."""
    fits, limits, asked = limits_of(fit, given)
    if not limits.flops.size:
        raise PlanError(f"there is no budget; give {' or '.join(map(argument, BUDGETS))}")
    if len(np.unique(limits.flops)) < limits.flops.size:
        raise PlanError(
            f"{argument('flops')} = {shorten(limits.flops)}: a budget is given twice; give each "
            "once"
        )
    limits.require_room()
    plan = plan_within(surface_of(fits, asked["weights"]), limits, asked)
    if len(fits) == 1:
        return plan
    alone = asked | {"weights": None}
    each = {name: plan_within(surface_of({name: one}), limits, alone) for name, one in fits.items()}
    return replace(plan, by_model=each, notes=(*plan.notes, *disagreement(each)))


def plan_within(
    surface: Surface, limits: Limits, asked: dict[str, Any], *, spare: bool = True
) -> Plan:
    """Return the plan under limits, which are what was asked; see `allocate`.

    Parameters
    ----------
    surface : Surface
        What is known of the loss.
    limits : Limits
        A budget and what limits it.
    asked : dict
        The arguments of `allocate`, by name.
    spare : bool, default True
        Whether compute that hardly helps is left unspent.
    """
    surface, tolerance = searchable(surface, limits), asked["tolerance"]
    best = best_splits(surface, limits)
    binding = _binding(limits, best)
    _refuse_unbounded(surface.name, binding)
    search = search_for(surface, limits, risk_of(asked["risk"]))
    liked = liked_split(search, best)
    choice, where = liked, best
    if spare:
        choice = thrifty(search, liked, tolerance)
        where = thrifty_splits(surface, limits, best, tolerance)
    least = _loss(surface, limits, best)
    counts = _counts(surface, limits, choice)
    fit = surface.members[0].fit
    params, tokens, accounting = counts["params"], counts["tokens"], fit.rule
    trained = xr.DataArray(accounting.train(params), dims="budget") * tokens
    beyond = decades_beyond(fit.runs, {"flops": trained, "params": params, "tokens": tokens})
    return Plan(
        model=surface.name,
        limits=asked,
        optimum=_counts(surface, limits, where).assign(loss=least),
        committed=counts,
        outcome=_outcome(surface, limits, least, choice),
        near_optimal=near_optimal(search, liked, tolerance),
        binding=binding,
        marginal=marginal_values(surface, limits, best),
        extrapolation=beyond,
        notes=tuple(plan_notes(fit, limits, counts, beyond, binding, tolerance)),
        accounting=accounting,
    )


def _outcome(surface: Surface, limits: Limits, least: xr.DataArray, choice: Split) -> xr.Dataset:
    """Return what a plan yields, set against the least loss of each draw on the whole budget."""
    loss = _loss(surface, limits, choice)
    # What the plan leaves unspent it does not waste: it is held to the compute that it spends.
    own = replace(limits, flops=choice.flops)
    best_of_own = best_splits(surface, own)
    slope = marginal_values(surface, own, best_of_own)["per_log_flops"]
    wasted = wasted_compute(loss - _loss(surface, own, best_of_own), slope)
    # Two ways of computing one minimum may differ in the last digit.
    found = {"loss": loss, "regret": (loss - least).clip(min=0.0), "wasted_compute": wasted}
    return xr.Dataset(found).assign_coords(flops=("budget", limits.flops))


def _loss(surface: Surface, limits: Limits, split: Split) -> xr.DataArray:
    return surface.as_draws(surface.losses(limits, split.params, split.flops))


def _counts(surface: Surface, limits: Limits, split: Split) -> xr.Dataset:
    """Return the counts of a split of shape (samples, budgets) or (budgets,)."""
    params, tokens = split.params, limits.tokens(split.params, split.flops)
    spent = limits.cost(params, tokens)
    values = {"params": params, "tokens": tokens, "tokens_per_param": tokens / params}
    if limits.unique_tokens is not None:
        values |= {"epochs": tokens / limits.unique_tokens, **limits.data_of(tokens)}
    values |= {"spent": spent, "spent_share": np.minimum(spent / limits.flops, 1.0)}
    if limits.inference_tokens:
        values["serving_share"] = limits.serving_flops(params) / spent
    arrays = {
        name: surface.as_draws(value) if value.ndim > 1 else xr.DataArray(value, dims="budget")
        for name, value in values.items()
    }
    return xr.Dataset(arrays).assign_coords(flops=("budget", limits.flops))


def _binding(limits: Limits, split: Split) -> xr.Dataset:
    best = split.params
    tokens, affordable = limits.tokens(best, split.flops), limits.affordable(best, limits.flops)
    within = 1 - 1e-6
    by_size = best >= within * limits.most_params
    capped = tokens < affordable * within
    at_data = tokens >= within * limits.most_tokens
    at_ratio = tokens >= within * (limits.max_tokens_per_param or np.inf) * best
    limited = limits.bound("size")
    _, high = limits.bounds
    at_edge = (best <= limits.least_params / within) | (best >= within * high)
    probabilities = {
        "compute": ~capped & (affordable > 0),
        "tokens": at_data & limits.bound("tokens"),
        "tokens_per_param": at_ratio,
        "size": by_size & limited,
        # More parameters on data that are used up gain next to nothing, whatever the bounds.
        "bounds": at_edge & ~(by_size & limited) & ~at_data & (not limits.candidates),
    }
    arrays = {name: ("budget", value.mean(axis=0)) for name, value in probabilities.items()}
    return xr.Dataset(arrays).assign_coords(flops=("budget", limits.flops))


def _refuse_unbounded(name: str, binding: xr.Dataset) -> None:
    for flops, share in zip(binding["flops"].to_numpy(), binding["bounds"].to_numpy(), strict=True):
        if share > 0.5:
            raise PlanError(
                f"{name} has no optimum at {flops:g} FLOPs: in {share:.0%} of the draws "
                "its loss keeps falling to the bounds of the search; limit the plan with "
                f"{argument('unique_tokens')}, or choose a law with an optimum, such as outer_power"
            )
