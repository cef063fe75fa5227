"""Choose model size and tokens for a budget, given a posterior and limits."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from bayescale.accounting import FlopsRule
from bayescale.errors import PlanError
from bayescale.extrapolating import decades_beyond
from bayescale.fits import Fit
from bayescale.hardware import Hardware
from bayescale.intervals import SAMPLE_DIMS
from bayescale.limits import Limits
from bayescale.marginal import marginal_values
from bayescale.optimising import best_params, committed_params, near_optimal
from bayescale.plan import Plan
from bayescale.plan_notes import disagreement, plan_notes
from bayescale.suggest import unknown_name
from bayescale.surface import Surface, surface_of
from bayescale.units import FloatArray
from bayescale.utility import Risk, risk_of

BUDGETS = ("flops", "gpu_hours", "dollars")
"""The units in which a budget may be given."""

TOLERANCE = 0.001
"""Relative loss within which a size counts as nearly optimal."""


def allocate(
    fit: Fit | Mapping[str, Fit],
    *,
    weights: Mapping[str, float] | None = None,
    flops: float | Sequence[float] | None = None,
    gpu_hours: float | Sequence[float] | None = None,
    dollars: float | Sequence[float] | None = None,
    hardware: Hardware | None = None,
    unique_tokens: float | None = None,
    max_epochs: float | None = None,
    max_params: float | None = None,
    max_memory: float | None = None,
    bytes_per_param: float = 2.0,
    max_tokens_per_param: float | None = None,
    inference_tokens: float = 0.0,
    serving: Hardware | None = None,
    candidates: Sequence[float] = (),
    inputs: Mapping[str, float] | None = None,
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
        How much each of several fits counts, such as the stacking weights of a comparison.
    flops, gpu_hours, dollars : float or sequence of float
        The budgets, in one of these; hours and dollars need ``hardware``. They pay for training,
        and for serving if ``inference_tokens`` is given.
    hardware : Hardware, optional
        What training runs on.
    unique_tokens : float, optional
        Distinct tokens at hand: at most ``unique_tokens * max_epochs`` tokens are processed.
    max_epochs : float, optional
        How often the unique tokens may be used; 1 by default.
    max_params : float, optional
        The largest model.
    max_memory, bytes_per_param : float, optional
        Bytes that must hold the weights, and bytes that each takes (2 by default, for bfloat16).
    max_tokens_per_param : float, optional
        The most training tokens for each parameter.
    inference_tokens : float, optional
        Tokens that the model will serve in its life.
    serving : Hardware, optional
        What serving runs on, if a FLOP costs something else there; as training by default.
    candidates : sequence of float, optional
        The only sizes to choose from.
    inputs : mapping of str to float, optional
        Further inputs that the law takes, by column, the same for every size: ``{"experts": 8}``.
    rule : FlopsRule, optional
        What a token costs: `SixND` by default, or a `Transformer`.
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
    is searched within bounds. The whole budget is spent unless a limit forbids it.

    Examples
    --------
    >>> bs.allocate(fit, flops=1e24, unique_tokens=2e12, max_epochs=4)  # doctest: +SKIP
    """
    given = {
        "flops": flops,
        "gpu_hours": gpu_hours,
        "dollars": dollars,
        "hardware": hardware,
        "unique_tokens": unique_tokens,
        "max_epochs": max_epochs,
        "max_params": max_params,
        "max_memory": max_memory,
        "bytes_per_param": bytes_per_param,
        "max_tokens_per_param": max_tokens_per_param,
        "inference_tokens": inference_tokens,
        "serving": serving,
        "candidates": candidates,
        "inputs": inputs,
        "rule": rule,
        "risk": risk,
        "tolerance": tolerance,
    }
    fits, limits, settings = limits_of(fit, given)
    if not limits.flops.size:
        raise PlanError("there is no budget; give flops, gpu_hours or dollars")
    limits.require_room()
    plan = plan_within(surface_of(fits, weights), limits, **settings)
    if len(fits) == 1:
        return plan
    each = {
        name: plan_within(surface_of({name: one}), limits, **settings) for name, one in fits.items()
    }
    return replace(plan, by_model=each, notes=(*plan.notes, *disagreement(each)))


def limits_of(
    fit: Fit | Mapping[str, Fit], given: Mapping[str, Any]
) -> tuple[dict[str, Fit], Limits, dict[str, Any]]:
    """Return the fits by name, the limits, and risk and tolerance, from arguments of `allocate`.

    Raises
    ------
    PlanError
        If a fit cannot split a budget, or a limit is not known or wrong.
    """
    fits = {fit.model.name: fit} if isinstance(fit, Fit) else dict(fit)
    names = [name for name in inspect.signature(allocate).parameters if name != "fit"]
    if unknown := [name for name in given if name not in names]:
        raise PlanError(unknown_name("limit", unknown[0], names))
    rest = {name: value for name, value in given.items() if value is not None}
    inputs = dict(rest.pop("inputs", {}))
    for each in fits.values():
        require_split(each, inputs)
    settings = {"risk": rest.pop("risk", "mean"), "tolerance": rest.pop("tolerance", TOLERANCE)}
    if not 0 < settings["tolerance"] < 1:
        raise PlanError(
            f"tolerance = {settings['tolerance']:g} must lie between 0 and 1, for example 0.001"
        )
    hardware, serving = rest.pop("hardware", None), rest.pop("serving", None)
    budgets = {name: rest.pop(name) for name in BUDGETS if name in rest}
    limits = Limits(
        flops=budget_in_flops(budgets, hardware),
        serving_weight=_serving_weight(hardware, serving),
        inputs=inputs,
        candidates=tuple(rest.pop("candidates", ())),
        **rest,
    )
    limits.warn_of_units()
    return fits, limits, settings


def plan_within(surface: Surface, limits: Limits, *, risk: Risk, tolerance: float) -> Plan:
    """Return the plan under limits; see `allocate`."""
    judge = risk_of(risk)
    best = best_params(surface, limits)
    binding = _binding(limits, best)
    _refuse_unbounded(surface.name, binding)
    choice = committed_params(surface, limits, best, judge)
    optimum, committed = (_split(surface, limits, sizes) for sizes in (best, choice))
    marginal = marginal_values(surface, limits, best)
    counts = committed.drop_vars("loss").drop_dims(SAMPLE_DIMS, errors="ignore")
    fit = surface.members[0].fit
    beyond = decades_beyond(fit.runs, {n: counts[n] for n in ("flops", "params", "tokens")})
    return Plan(
        model=surface.name,
        limits=_given(limits) | {"risk": risk, "tolerance": tolerance},
        optimum=optimum,
        committed=counts,
        outcome=_outcome(committed["loss"], optimum["loss"], marginal["per_log_flops"]),
        near_optimal=near_optimal(surface, limits, choice, judge, tolerance),
        binding=binding,
        marginal=marginal,
        extrapolation=beyond,
        notes=tuple(plan_notes(fit, limits, counts, beyond, binding)),
    )


def budget_in_flops(budgets: Mapping[str, Any], hardware: Hardware | None) -> FloatArray:
    """Return budgets in FLOPs, shape (budgets,), whatever they were given in; none if none."""
    if not budgets:
        return np.empty(0)
    if len(budgets) > 1:
        raise PlanError(f"{' and '.join(budgets)} are both budgets; give one of them")
    ((unit, amounts),) = budgets.items()
    numbers = np.atleast_1d(np.asarray(amounts, float)).ravel()
    if unit == "flops":
        return numbers
    if hardware is None:
        raise PlanError(
            f"{unit} need hardware to become FLOPs: "
            "hardware=bs.Hardware(flops_per_second=989e12, utilization=0.4, price_per_hour=2)"
        )
    convert = hardware.flops_of_hours if unit == "gpu_hours" else hardware.flops_of_dollars
    return np.array([convert(float(number)) for number in numbers])


def _serving_weight(hardware: Hardware | None, serving: Hardware | None) -> float:
    if serving is None:
        return 1.0
    if hardware is None:
        raise PlanError("serving hardware needs hardware for training to compare with; give both")
    return serving.dollars_per_flop / hardware.dollars_per_flop


def require_split(fit: Fit, inputs: Mapping[str, float]) -> None:
    """Refuse a fit that cannot say how to split a budget."""
    columns = list(fit.model.columns.values())
    splits = "params" in columns and {"tokens", "flops"} & set(columns)
    if not splits or fit.model.law.target != "loss":
        raise PlanError(
            f"{fit.model.name} gives {fit.model.law.target} from {' and '.join(columns)}, so it "
            "cannot say how to split a budget; fit a law of params and tokens, such as chinchilla"
        )
    known = ("params", "tokens", "flops", "unique_tokens", *inputs)
    if missing := [column for column in columns if column not in known]:
        raise PlanError(
            f"{fit.model.name} also takes {missing[0]}; give its value with "
            f"inputs={{'{missing[0]}': ...}}"
        )
    if unknown := [name for name in inputs if name not in columns or name in known[:4]]:
        others = [column for column in columns if column not in known[:4]]
        raise PlanError(
            f"inputs: {unknown[0]!r} is not among the further inputs of {fit.model.name} "
            f"({', '.join(others) or 'it has none'})"
        )


def _split(surface: Surface, limits: Limits, sizes: FloatArray) -> xr.Dataset:
    """Return the counts and the loss of sizes of shape (samples, budgets) or (budgets,)."""
    tokens = limits.tokens(sizes, limits.flops)
    values = {"params": sizes, "tokens": tokens, "tokens_per_param": tokens / sizes}
    if limits.unique_tokens is not None:
        values["epochs"] = tokens / limits.unique_tokens
    if limits.inference_tokens:
        values["serving_share"] = limits.serving_flops(sizes) / limits.flops
    values["loss"] = surface.losses(limits, sizes, limits.flops)
    arrays = {
        name: surface.as_draws(value) if value.ndim > 1 else xr.DataArray(value, dims="budget")
        for name, value in values.items()
    }
    return xr.Dataset(arrays).assign_coords(flops=("budget", limits.flops))


def _outcome(loss: xr.DataArray, least: xr.DataArray, slope: xr.DataArray) -> xr.Dataset:
    # Two ways of computing one minimum may differ in the last digit.
    regret = (loss - least).clip(min=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        wasted = xr.DataArray(-np.expm1(-regret / np.abs(slope))).fillna(0.0)
    return xr.Dataset({"loss": loss, "regret": regret, "wasted_compute": wasted})


def _binding(limits: Limits, best: FloatArray) -> xr.Dataset:
    tokens, affordable = limits.tokens(best, limits.flops), limits.affordable(best, limits.flops)
    within = 1 - 1e-6
    by_size = best >= within * limits.most_params
    capped = tokens < limits.affordable(best, limits.flops) * within
    at_data = tokens >= within * limits.most_tokens
    at_ratio = tokens >= within * (limits.max_tokens_per_param or np.inf) * best
    limited = limits.size_limit_given
    _, high = limits.bounds
    at_edge = (best <= limits.least_params / within) | (best >= within * high)
    probabilities = {
        "compute": ~capped & (affordable > 0),
        "tokens": at_data & (limits.unique_tokens is not None),
        "tokens_per_param": at_ratio,
        "size": by_size & limited,
        "bounds": at_edge & ~(by_size & limited) & (not limits.candidates),
    }
    arrays = {name: ("budget", value.mean(axis=0)) for name, value in probabilities.items()}
    return xr.Dataset(arrays).assign_coords(flops=("budget", limits.flops))


def _given(limits: Limits) -> dict[str, Any]:
    names = (
        "unique_tokens",
        "max_epochs",
        "max_params",
        "max_memory",
        "max_tokens_per_param",
        "inference_tokens",
        "candidates",
    )
    values: dict[str, Any] = {name: getattr(limits, name) or None for name in names}
    return values | {"rule": limits.rule.name, "inputs": dict(limits.inputs) or None}


def _refuse_unbounded(name: str, binding: xr.Dataset) -> None:
    for flops, share in zip(binding["flops"].to_numpy(), binding["bounds"].to_numpy(), strict=True):
        if share > 0.5:
            raise PlanError(
                f"{name} has no optimum at {flops:g} FLOPs: in {share:.0%} of the draws "
                "its loss keeps falling to the bounds of the search; limit the plan with "
                "unique_tokens, or choose a law with an optimum, such as outer_power"
            )
