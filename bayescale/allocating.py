"""Split compute budgets between parameters and tokens, given a posterior."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import xarray as xr
from scipy.optimize import elementwise

from bayescale.errors import PlanError
from bayescale.extrapolating import FAR_DECADES, decades_beyond, describe_distance
from bayescale.fits import Fit
from bayescale.intervals import SAMPLE_DIMS
from bayescale.minimizing import minimize
from bayescale.notes import Note
from bayescale.plan import Plan
from bayescale.predicting import mean_loss
from bayescale.units import FLOPS_PER_PARAM_TOKEN, FloatArray, human, params_for

PARAMS_BOUNDS = (1e3, 1e16)
TOKENS_BOUNDS = (1e3, 1e18)
"""Models and data sets are searched within these bounds only."""

TOLERANCE = 0.001
"""Relative loss within which a size counts as nearly optimal."""


@dataclass(frozen=True)
class _Search:
    """Budgets with the sizes that are allowed for each; arrays of shape (budgets,)."""

    flops: FloatArray
    low: FloatArray
    high: FloatArray
    tokens_cap: float
    unique_tokens: float = np.inf
    inputs: dict[str, float] = field(default_factory=dict)

    def point(self, params: Any, flops: Any) -> dict[str, Any]:
        """Return every column that a law may take, for models of some size on some budget."""
        tokens = flops / (FLOPS_PER_PARAM_TOKEN * params)
        unique = np.minimum(tokens, self.unique_tokens)
        counts = {"params": params, "tokens": tokens, "flops": flops, "unique_tokens": unique}
        return {**counts, **self.inputs}


def allocate(
    fit: Fit,
    *,
    flops: float | Sequence[float],
    unique_tokens: float | None = None,
    max_epochs: float | None = None,
    inputs: Mapping[str, float] | None = None,
    tolerance: float = TOLERANCE,
) -> Plan:
    """Choose model size and token count for compute budgets, with C = 6 N D.

    Parameters
    ----------
    fit : Fit
        A fit of a law of parameters and tokens.
    flops : float or sequence of float
        Compute budgets in training FLOPs.
    unique_tokens : float, optional
        Distinct tokens at hand: at most ``unique_tokens * max_epochs`` tokens are processed.
    max_epochs : float, optional
        How often the unique tokens may be used; 1 by default.
    inputs : mapping of str to float, optional
        Further inputs that the law takes, by column, the same for every size: ``{"experts": 8}``.
    tolerance : float, default 0.001
        Relative loss within which a size counts as nearly optimal.

    Returns
    -------
    Plan

    Raises
    ------
    PlanError
        If the law does not take parameters and tokens, a limit is not a positive number, or no
        plan satisfies the limits.

    Notes
    -----
    The posterior of the optimum takes the best split of each draw. The plan to commit to minimises
    the loss expected over all draws. Where the law declares a closed form it is used; otherwise,
    and for the expected loss, the minimum is searched within bounds.
    """
    _require_split(fit, inputs or {})
    search = replace(
        _limits(flops, unique_tokens, max_epochs),
        unique_tokens=unique_tokens or np.inf,
        inputs=dict(inputs or {}),
    )
    if not 0 < tolerance < 1:
        raise PlanError(f"tolerance = {tolerance:g} must lie between 0 and 1, for example 0.001")
    best_params = _optimum(fit, search)
    optimum = _split(fit, best_params, search, unique_tokens)
    committed_params = _commit(fit, best_params, search)
    committed = _split(fit, xr.DataArray(committed_params, dims="budget"), search, unique_tokens)
    loss = committed["loss"]
    # Two ways of computing one minimum may differ in the last digit.
    regret = (loss - optimum["loss"]).clip(min=0.0)
    outcome = xr.Dataset({"loss": loss, "regret": regret})
    committed = committed.drop_vars("loss").drop_dims(SAMPLE_DIMS)
    counts = {name: committed[name] for name in ("flops", "params", "tokens")}
    beyond = decades_beyond(fit.runs, counts)
    binding = _binding(best_params, search)
    _refuse_unbounded(fit, binding)
    limits = {"unique_tokens": unique_tokens, "max_epochs": max_epochs, "tolerance": tolerance}
    return Plan(
        model=fit.model.name,
        limits=limits,
        optimum=optimum,
        committed=committed,
        outcome=outcome,
        near_optimal=_near_optimal(fit, committed_params, search, tolerance),
        binding=binding,
        extrapolation=beyond,
        notes=tuple(_notes(fit, committed, beyond, binding, limits)),
    )


def _require_split(fit: Fit, inputs: Mapping[str, float]) -> None:
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


def _limits(
    flops: float | Sequence[float], unique_tokens: float | None, max_epochs: float | None
) -> _Search:
    budgets = np.atleast_1d(np.asarray(flops, float)).ravel()
    smallest = FLOPS_PER_PARAM_TOKEN * PARAMS_BOUNDS[0] * TOKENS_BOUNDS[0]
    largest = FLOPS_PER_PARAM_TOKEN * PARAMS_BOUNDS[1] * TOKENS_BOUNDS[1]
    for budget in budgets:
        if not smallest <= budget <= largest:
            raise PlanError(
                f"flops = {budget:g} must lie between {smallest:.0e} and {largest:.0e}; "
                "give training FLOPs, for example 1e24"
            )
    for name, limit in (("unique_tokens", unique_tokens), ("max_epochs", max_epochs)):
        if limit is not None and not (np.isfinite(limit) and limit > 0):
            raise PlanError(f"{name} = {limit:g} must be positive and finite")
    if max_epochs is not None and unique_tokens is None:
        raise PlanError(
            f"max_epochs = {max_epochs:g} limits nothing without unique_tokens; give both"
        )
    cap = np.inf if unique_tokens is None else unique_tokens * (max_epochs or 1.0)
    low = np.maximum(params_for(budgets, min(cap, TOKENS_BOUNDS[1])), PARAMS_BOUNDS[0])
    high = np.minimum(params_for(budgets, TOKENS_BOUNDS[0]), PARAMS_BOUNDS[1])
    for budget, least, most in zip(budgets, low, high, strict=True):
        if least > most:
            raise PlanError(
                f"no plan spends flops = {budget:g} on at most {human(cap)} tokens: the model "
                f"would need {human(least)} parameters, the bound is {human(most)}; "
                "allow more tokens or a smaller budget"
            )
    return _Search(budgets, low, high, cap)


def _optimum(fit: Fit, search: _Search) -> xr.DataArray:
    flops = xr.DataArray(search.flops, dims="budget")
    law, parameters = fit.model.law, fit.parameters
    if law.optimum is not None:
        reference = fit.reference
        product = flops / (FLOPS_PER_PARAM_TOKEN * reference["N"] * reference["D"])
        best = law.best_split(product, parameters)[0] * reference["N"]
    else:
        best = _optimum_numerically(fit, search)
    low, high = (xr.DataArray(bound, dims="budget") for bound in (search.low, search.high))
    best = best.clip(low, high).transpose("chain", "draw", "budget")
    return cast(xr.DataArray, best)


def _optimum_numerically(fit: Fit, search: _Search) -> xr.DataArray:
    parameters = fit.parameters
    shape = next(iter(parameters.values())).shape
    draws = [values.to_numpy().reshape(-1, 1) for values in parameters.values()]

    def loss(log_params: FloatArray, flops: FloatArray, *values: FloatArray) -> FloatArray:
        named = dict(zip(parameters, values, strict=True))
        return _loss_of_size(fit, search, log_params, flops, named)

    best = minimize(loss, np.log(search.low), np.log(search.high), (search.flops, *draws))
    return xr.DataArray(
        np.exp(best).reshape(*shape, len(search.flops)), dims=("chain", "draw", "budget")
    )


def _loss_of_size(
    fit: Fit,
    search: _Search,
    log_params: FloatArray,
    flops: FloatArray,
    parameters: dict[str, FloatArray],
) -> FloatArray:
    columns = search.point(np.exp(log_params), flops)
    reference = fit.reference
    inputs = [columns[column] / reference[symbol] for symbol, column in fit.model.columns.items()]
    loss: FloatArray = fit.model.law.loss(*inputs, **parameters)
    return loss


def _expected_loss(
    fit: Fit, search: _Search, log_params: FloatArray, flops: FloatArray
) -> FloatArray:
    """Return the loss averaged over all draws at each of some sizes; shape as ``log_params``."""
    draws = {name: values.to_numpy().ravel() for name, values in fit.parameters.items()}
    flat, flops = np.ravel(log_params)[:, None], np.broadcast_to(flops, np.shape(log_params))
    losses = _loss_of_size(fit, search, flat, np.ravel(flops)[:, None], draws)
    return losses.mean(axis=1).reshape(np.shape(log_params))


def _commit(fit: Fit, best_params: xr.DataArray, search: _Search) -> FloatArray:
    # The expected loss cannot be least outside the range of the optima of the single draws.
    low = np.log(best_params.min(SAMPLE_DIMS).to_numpy())
    high = np.log(best_params.max(SAMPLE_DIMS).to_numpy())

    def expected(log_params: FloatArray, flops: FloatArray) -> FloatArray:
        return _expected_loss(fit, search, log_params, flops)

    found: FloatArray = np.exp(minimize(expected, low, high, (search.flops,)))
    return found


def _split(
    fit: Fit, params: xr.DataArray, search: _Search, unique_tokens: float | None
) -> xr.Dataset:
    flops = xr.DataArray(search.flops, dims="budget", name="flops")
    point = search.point(params, flops)
    tokens = point["tokens"]
    split = {"params": params, "tokens": tokens, "tokens_per_param": tokens / params}
    if unique_tokens is not None:
        split["epochs"] = tokens / unique_tokens
    split["loss"] = mean_loss(fit, point)
    return xr.Dataset(split).assign_coords(flops=flops)


def _near_optimal(fit: Fit, committed: FloatArray, search: _Search, tolerance: float) -> xr.Dataset:
    best = np.log(committed)
    target = (1 + tolerance) * _expected_loss(fit, search, best, search.flops)

    def excess(log_params: FloatArray, flops: FloatArray, goal: FloatArray) -> FloatArray:
        return _expected_loss(fit, search, log_params, flops) - goal

    edges = {}
    for name, bound in (("params_low", np.log(search.low)), ("params_high", np.log(search.high))):
        edge = bound.copy()
        crossing = excess(bound, search.flops, target) > 0
        if crossing.any():
            arguments = (search.flops[crossing], target[crossing])
            found = elementwise.find_root(excess, (best[crossing], bound[crossing]), args=arguments)
            edge[crossing] = found.x
        edges[name] = ("budget", np.exp(edge))
    return xr.Dataset(edges).assign_coords(flops=("budget", search.flops))


def _binding(best_params: xr.DataArray, search: _Search) -> xr.Dataset:
    low, high = (xr.DataArray(bound, dims="budget") for bound in (search.low, search.high))
    at_low, at_high = best_params <= low * (1 + 1e-9), best_params >= high * (1 - 1e-9)
    by_cap = np.isclose(low * search.tokens_cap * FLOPS_PER_PARAM_TOKEN, search.flops)
    return xr.Dataset(
        {
            "tokens": (at_low & by_cap).mean(SAMPLE_DIMS),
            "bounds": ((at_low & ~by_cap) | at_high).mean(SAMPLE_DIMS),
        }
    ).assign_coords(flops=("budget", search.flops))


def _refuse_unbounded(fit: Fit, binding: xr.Dataset) -> None:
    for flops, share in zip(binding["flops"].to_numpy(), binding["bounds"].to_numpy(), strict=True):
        if share > 0.5:
            raise PlanError(
                f"{fit.model.name} has no optimum at {flops:g} FLOPs: in {share:.0%} of the draws "
                "its loss keeps falling to the bounds of the search; limit the plan with "
                "unique_tokens, or choose a law with an optimum, such as outer_power"
            )


def _notes(
    fit: Fit,
    committed: xr.Dataset,
    beyond: xr.Dataset,
    binding: xr.Dataset,
    limits: dict[str, float | None],
) -> list[Note]:
    notes = []
    for budget, flops in enumerate(committed["flops"].to_numpy()):
        far = {
            str(name): float(values[budget])
            for name, values in beyond.data_vars.items()
            if values[budget] > FAR_DECADES
        }
        if far:
            reach = "; ".join(describe_distance(fit.runs, *item) for item in sorted(far.items()))
            sentence = f"The plan for {human(flops)} FLOPs is an extrapolation: {reach}."
            remedy = "Train a run in between and see whether it lands in its predictive interval."
            notes.append(Note("extrapolation", "warning", sentence, remedy))
        if binding["bounds"][budget] > 0:
            sentence = (
                f"At {human(flops)} FLOPs the search ended at its bounds in "
                f"{float(binding['bounds'][budget]):.0%} of draws: the law has no optimum there."
            )
            notes.append(Note("bounds", "warning", sentence, "Do not trust this split."))
    notes.append(_repetition_note(fit, limits))
    notes.extend(fit.runs.notes)
    return notes


def _repetition_note(fit: Fit, limits: dict[str, float | None]) -> Note:
    epochs = limits["max_epochs"] or 1.0
    if limits["unique_tokens"] is None:
        sentence = "The plan assumes that fresh tokens never run out."
        return Note("fresh_data", "info", sentence, "Give unique_tokens if they are limited.")
    if epochs > 1 and "unique_tokens" in fit.model.columns.values():
        sentence = f"Repetition, up to {epochs:g} epochs, is priced as {fit.model.name} fitted it."
        return Note("repetition", "info", sentence)
    if epochs > 1:
        sentence = (
            f"The law counts each of up to {epochs:g} epochs as fresh data; "
            "about 4 are nearly free on web text, many more are not (Muennighoff et al. 2023)."
        )
        severity = "info" if epochs <= 4 else "warning"
        return Note("repetition", severity, sentence)  # type: ignore[arg-type]
    return Note("no_repetition", "info", "Every token is used at most once.")
