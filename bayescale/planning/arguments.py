"""From the arguments of `allocate` and its kin to fits, limits and settings."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from bayescale.compute.accounting import SixND
from bayescale.compute.hardware import Hardware
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human, unknown_name
from bayescale.errors import PlanError
from bayescale.planning.choices import choices_of
from bayescale.planning.limits import Limits
from bayescale.planning.pools import Pool
from bayescale.posterior.fit import Fit

BUDGETS = ("flops", "gpu_hours", "dollars")
"""The units in which a budget may be given."""

TOLERANCE = 0.001
"""Relative loss within which a size counts as nearly optimal."""

_KNOWN = list(
    dict.fromkeys(
        [
            *BUDGETS,
            *(field.name for field in fields(Limits) if field.name != "serving_weight"),
            *("hardware", "serving", "risk", "tolerance"),
        ]
    )
)


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
    if unknown := [name for name in given if name not in _KNOWN]:
        raise PlanError(unknown_name("limit", unknown[0], _KNOWN))
    rest = {name: value for name, value in given.items() if value is not None}
    inputs = _one_choice(rest.pop("inputs", {}))
    if pools := tuple(rest.pop("pools", ())):
        rest["unique_tokens"] = _tokens_of(pools, rest.get("unique_tokens"))
    for each in fits.values():
        require_split(each, inputs, known=("quality",) if pools else ())
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
        pools=pools,
        rule=rest.pop("rule", SixND()).given(inputs),
        candidates=tuple(rest.pop("candidates", ())),
        repeats_priced=all(
            "unique_tokens" in each.model.columns.values() for each in fits.values()
        ),
        **rest,
    )
    _require_total_params(limits)
    limits.warn_of_units()
    return fits, limits, settings


def _tokens_of(pools: tuple[Pool, ...], unique_tokens: float | None) -> float:
    total = sum(pool.tokens for pool in pools)
    if unique_tokens is not None:
        raise PlanError(
            f"pools of {human(total)} tokens and unique_tokens = {human(unique_tokens)} "
            "conflict; give one of them"
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
    if sparse and limits.max_memory is not None and isinstance(limits.rule, SixND):
        raise PlanError(
            f"max_memory = {limits.max_memory:g} must hold every expert, and 6ND knows only the "
            "active parameters; give the shape: rule=bs.Transformer(vocabulary=..., context=...)"
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


def require_split(fit: Fit, inputs: Mapping[str, float], known: tuple[str, ...] = ()) -> None:
    """Refuse a fit that cannot say how to split a budget.

    Parameters
    ----------
    fit : Fit
        The fit.
    inputs : mapping of str to float
        The further inputs given.
    known : tuple of str
        Those that follow from the limits.
    """
    columns = list(fit.model.columns.values())
    splits = "params" in columns and {"tokens", "flops"} & set(columns)
    if not splits or fit.model.law.target != "loss":
        raise PlanError(
            f"{fit.model.name} gives {fit.model.law.target} from {' and '.join(columns)}, so it "
            "cannot say how to split a budget; fit a law of params and tokens, such as chinchilla"
        )
    if unused := [name for name in known if name not in columns]:
        raise PlanError(
            f"{fit.model.name} knows nothing of {unused[0]}, so pools are all the same to it; "
            "give unique_tokens, or fit a law that does, such as data_quality"
        )
    counts = ("params", "tokens", "flops", "unique_tokens", *known)
    if missing := [column for column in columns if column not in (*counts, *inputs)]:
        raise PlanError(
            f"{fit.model.name} also takes {missing[0]}; give its value with "
            f"inputs={{'{missing[0]}': ...}}"
        )
    if unknown := [name for name in inputs if name not in columns or name in counts]:
        others = [column for column in columns if column not in counts]
        raise PlanError(
            f"inputs: {unknown[0]!r} is not among the further inputs of {fit.model.name} "
            f"({', '.join(others) or 'it has none'})"
        )
