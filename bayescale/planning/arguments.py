"""From the arguments of `allocate` and its kin to fits, limits and what was asked."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from bayescale.compute.accounting import FlopsRule, SixND
from bayescale.compute.hardware import Hardware
from bayescale.compute.recorded import Recorded
from bayescale.core.asking import argument, either
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human, unknown_name
from bayescale.errors import PlanError
from bayescale.planning.choices import choices_of
from bayescale.planning.feasible import Limits
from bayescale.planning.limits import BUDGETS, LIMITS, Limit
from bayescale.planning.pools import Pool
from bayescale.planning.reproducing import typed
from bayescale.planning.splitting import require_split
from bayescale.posterior.fit import Fit
from bayescale.posterior.mixture import weights_of

_SUCH_AS = Hardware(flops_per_second=989e12, utilization=0.4, price_per_hour=2)


def limits_of(
    fit: Fit | Mapping[str, Fit], given: Mapping[str, Any]
) -> tuple[Mapping[str, Fit], Limits, dict[str, Any]]:
    """Return the fits by name, the limits, and what was asked, from arguments of `allocate`.

    What was asked holds every argument by name, in the form of `Plan.limits`.

    Raises
    ------
    PlanError
        If a fit cannot split a budget, or a limit is not known or wrong.
    """
    fits = {fit.model.name: fit} if isinstance(fit, Fit) else fit
    if not fits:
        raise PlanError("fit = {} holds no fit; give at least one")
    known = {limit.name: limit.default for limit in LIMITS}
    if unknown := [name for name in given if name not in known]:
        raise PlanError(unknown_name("limit", unknown[0], known))
    asked = known | {name: value for name, value in given.items() if value is not None}
    asked["inputs"] = _one_choice(asked["inputs"])
    pools = tuple(asked["pools"] or ())
    for each in fits.values():
        require_split(each, asked["inputs"], known=("quality",) if pools else ())
    if not 0 < asked["tolerance"] < 1:
        raise PlanError(
            f"{argument('tolerance')} = {asked['tolerance']:g} must lie between 0 and 1, for "
            "example 0.001"
        )
    priced = all("unique_tokens" in each.model.columns.values() for each in fits.values())
    limits = _limits(asked | {"rule": _rule(fits, asked["rule"])}, pools, priced)
    _require_total_params(limits)
    limits.warn_of_units()
    if len(fits) > 1 and asked["weights"] is None:
        asked["weights"] = weights_of(fits)
    return fits, limits, {limit.name: _plain(limit, asked[limit.name]) for limit in LIMITS}


def require_no_budget(given: Mapping[str, Any]) -> None:
    """Refuse a budget where the question finds or has its own.

    Raises
    ------
    PlanError
        If there is one.
    """
    if budgets := [name for name in BUDGETS if given.get(name) is not None]:
        raise PlanError(
            f"{argument(budgets[0])} = {given[budgets[0]]} has no meaning here: the budget is "
            "what is asked for; leave it out, or use allocate"
        )


def _rule(fits: Mapping[str, Fit], asked: FlopsRule | None) -> FlopsRule:
    """Return what a token costs: what was asked, or what it cost the runs."""
    if asked is not None:
        return asked
    rules = {name: each.rule for name, each in fits.items()}
    first, rule = next(iter(rules.items()))
    for name, other in rules.items():
        if other != rule:
            raise PlanError(
                f"the runs of {first} and {name} count FLOPs differently ({rule.name}; "
                f"{other.name}), so a budget means two things; say what a token costs: "
                + either(
                    "rule=bs.SixND(), or the rule of one of the fits, rule=fit.rule", "--rule 6ND"
                )
            )
    return rule


def _plain(limit: Limit, value: Any) -> Any:
    """Return a value as a plan holds it, without arrays."""
    if limit.many and hasattr(value, "__array__"):
        array = np.asarray(value, float)
        value = array.ravel().tolist() if array.ndim else float(array)
    return limit.as_plain(value)


def _limits(asked: Mapping[str, Any], pools: tuple[Pool, ...], repeats_priced: bool) -> Limits:
    budgets = {name: asked[name] for name in BUDGETS if asked[name] is not None}
    unique = asked["unique_tokens"]
    worked_out = {
        "flops": budget_in_flops(budgets, asked["hardware"]),
        "serving_weight": _serving_weight(asked["hardware"], asked["serving"]),
        "unique_tokens": _tokens_of(pools, unique) if pools else unique,
        "pools": pools,
        "candidates": () if asked["candidates"] is None else tuple(asked["candidates"]),
        "rule": asked["rule"].given(asked["inputs"]),
        "inference_tokens": asked["inference_tokens"] or 0.0,
        "repeats_priced": repeats_priced,
    }
    names = {part.name for part in fields(Limits)} & set(asked)
    return Limits(**{name: asked[name] for name in names} | worked_out)


def _tokens_of(pools: tuple[Pool, ...], unique_tokens: float | None) -> float:
    total = sum(pool.tokens for pool in pools)
    if unique_tokens is not None:
        raise PlanError(
            f"pools of {human(total)} tokens and {argument('unique_tokens')} = "
            f"{human(unique_tokens)} conflict; give one of them"
        )
    return total


def _one_choice(inputs: Any) -> dict[str, float]:
    choices = choices_of(inputs)
    if len(choices) > 1:
        raise PlanError(
            f"inputs offer {len(choices)} choices, from {choices[0]} to {choices[-1]}; only "
            "allocate chooses among them, so give one value of each"
        )
    return choices[0]


def _require_total_params(limits: Limits) -> None:
    sparse = limits.inputs.get("experts", 1.0) > 1
    by_active = isinstance(limits.rule, SixND | Recorded)
    if sparse and limits.max_memory is not None and by_active:
        known = "6ND knows" if isinstance(limits.rule, SixND) else "recorded FLOPs know"
        raise PlanError(
            f"{argument('max_memory')} = {limits.max_memory:g} must hold every expert, and "
            f"{known} only the active parameters; give the shape: "
            + either(
                "rule=bs.Transformer(vocabulary=..., context=...)",
                "--rule Transformer,vocabulary=...,context=...",
            )
        )


def budget_in_flops(budgets: Mapping[str, Any], hardware: Hardware | None) -> FloatArray:
    """Return budgets in FLOPs, shape (budgets,), whatever they were given in; none if none."""
    if not budgets:
        return np.empty(0)
    if len(budgets) > 1:
        raise PlanError(
            f"{' and '.join(map(argument, budgets))} are both budgets; give one of them"
        )
    ((unit, amounts),) = budgets.items()
    numbers = np.atleast_1d(np.asarray(amounts, float)).ravel()
    if unit == "flops":
        return numbers
    if hardware is None:
        raise PlanError(
            f"{argument(unit)} need hardware to become FLOPs: {typed('hardware', _SUCH_AS)}"
        )
    convert = hardware.flops_of_hours if unit == "gpu_hours" else hardware.flops_of_dollars
    return np.array([convert(float(number)) for number in numbers])


def _serving_weight(hardware: Hardware | None, serving: Hardware | None) -> float:
    if serving is None:
        return 1.0
    if hardware is None:
        raise PlanError("serving hardware needs hardware for training to compare with; give both")
    return serving.dollars_per_flop / hardware.dollars_per_flop
