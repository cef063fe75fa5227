"""The best size for each draw, the size to commit to, and the sizes that are as good."""

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr
from scipy.optimize import elementwise

from bayescale.compute.accounting import SixND
from bayescale.compute.flops import FLOPS_PER_PARAM_TOKEN
from bayescale.core.minimizing import minimize
from bayescale.core.quantities import FloatArray
from bayescale.planning.feasible import TOKENS_BOUNDS, Limits
from bayescale.planning.surface import Member, Surface

type Judge = Callable[[FloatArray], FloatArray]

# The optima of the draws bracket the plan to commit to so closely that few points suffice.
_FEW_POINTS = 8
_RANGE = 1e3
_LOG_TOLERANCE = 1e-6


def best_params(surface: Surface, limits: Limits) -> FloatArray:
    """Return the best size for each draw and budget, shape (samples, budgets)."""
    return np.concatenate([best_of(member, limits, member.stacked) for member in surface.members])


def best_of(member: Member, limits: Limits, draws: Mapping[str, FloatArray]) -> FloatArray:
    """Return the best size of one fit.

    Parameters
    ----------
    member : Member
        The fit.
    limits : Limits
        The limits; their budgets are broadcast against the draws.
    draws : mapping of str to ndarray
        Parameters of the law.

    Returns
    -------
    ndarray
        Of the broadcast shape.
    """
    if limits.candidates:
        sizes = _allowed_candidates(limits)
        losses = np.stack([member.losses(limits, n, limits.flops, draws) for n in sizes])
        return np.asarray(sizes[losses.argmin(axis=0)])
    low, high = limits.bounds
    if _has_closed_form(member, limits):
        reference = member.fit.reference
        product = limits.flops / (FLOPS_PER_PARAM_TOKEN * reference["N"] * reference["D"])
        best = member.fit.model.law.best_split(product, draws)[0] * reference["N"]
        return np.asarray(np.clip(best, low, high))

    def loss(log_params: FloatArray, flops: FloatArray, *values: FloatArray) -> FloatArray:
        named = dict(zip(draws, values, strict=True))
        return np.asarray(member.losses(limits, np.exp(log_params), flops, named))

    arguments = (limits.flops, *draws.values())
    return np.asarray(np.exp(minimize(loss, np.log(low), np.log(high), arguments)))


def judged(surface: Surface, limits: Limits, judge: Judge) -> Callable[..., FloatArray]:
    """Return what the plan minimises, as a function of log sizes and budgets of one shape."""

    def value(log_params: FloatArray, flops: FloatArray) -> FloatArray:
        log_params, flops = np.broadcast_arrays(log_params, flops)
        losses = surface.losses(limits, np.exp(log_params.ravel()), flops.ravel())
        return np.asarray(judge(losses.T)).reshape(log_params.shape)

    return value


def committed_params(
    surface: Surface, limits: Limits, best: FloatArray, judge: Judge
) -> FloatArray:
    """Return the one size for each budget that the judge likes best, shape (budgets,)."""
    value = judged(surface, limits, judge)
    if limits.candidates:
        sizes = _allowed_candidates(limits)
        values = np.stack([value(np.log(n) + 0.0 * limits.flops, limits.flops) for n in sizes])
        return np.asarray(sizes[values.argmin(axis=0)])
    # What all draws agree on no risk can move: nothing outside the range of their optima is best.
    low, high = np.log(best.min(axis=0)), np.log(best.max(axis=0))
    closed = all(_has_closed_form(member, limits) for member in surface.members)
    points = _FEW_POINTS if closed else None
    found = minimize(value, low, high, (limits.flops,), points=points, tolerance=_LOG_TOLERANCE)
    return np.asarray(np.exp(found))


def best_tokens(surface: Surface, limits: Limits, params: FloatArray, judge: Judge) -> FloatArray:
    """Return how many of the tokens that the limits allow are best for given sizes.

    Parameters
    ----------
    surface, limits, judge
        As for `committed_params`.
    params : ndarray, shape (budgets,)
        Sizes.

    Returns
    -------
    ndarray, shape (budgets,)
        Fewer than allowed where the law says that repeating hurts.
    """
    value = judged(surface, limits, judge)
    allowed = limits.tokens(params, limits.flops)
    laws = [member.fit.model.law for member in surface.members]
    if all(law.falls_in is None or "D" in law.falls_in for law in laws) and not limits.pools:
        return np.asarray(allowed)
    costs = limits.rule.train(params)
    most = limits.serving_flops(params) + costs * allowed
    least = limits.serving_flops(params) + costs * np.maximum(allowed / _RANGE, TOKENS_BOUNDS[0])

    def loss(log_flops: FloatArray, log_params: FloatArray) -> FloatArray:
        return value(log_params, np.exp(log_flops))

    found = np.exp(minimize(loss, np.log(least), np.log(most), (np.log(params),)))
    return np.asarray(limits.tokens(params, found))


def near_optimal(
    surface: Surface, limits: Limits, committed: FloatArray, judge: Judge, tolerance: float
) -> xr.Dataset:
    """Return the range of sizes within a relative tolerance of the plan, on both sides of it.

    Returns
    -------
    Dataset
        ``params_low`` and ``params_high``, and the tokens that they are trained on,
        ``tokens_at_low`` and ``tokens_at_high``; dimension (budget).
    """
    value = judged(surface, limits, judge)
    best, flops = np.log(committed), limits.flops
    target = (1 + tolerance) * value(best, flops)
    if limits.candidates:
        return _near_candidates(limits, value, target)

    def excess(log_params: FloatArray, budget: FloatArray, goal: FloatArray) -> FloatArray:
        return np.asarray(value(log_params, budget) - goal)

    edges = {}
    for name, bound in zip(("params_low", "params_high"), limits.bounds, strict=True):
        edge = np.log(bound)
        crossing = excess(edge, flops, target) > 0
        if crossing.any():
            bracket = (best[crossing], edge[crossing])
            arguments = (flops[crossing], target[crossing])
            settings = {"xatol": _LOG_TOLERANCE}
            found = elementwise.find_root(excess, bracket, args=arguments, tolerances=settings)
            edge[crossing] = found.x
        edges[name] = np.exp(edge)
    return _range(limits, edges["params_low"], edges["params_high"])


def _range(limits: Limits, low: FloatArray, high: FloatArray) -> xr.Dataset:
    edges = {
        "params_low": low,
        "params_high": high,
        "tokens_at_low": limits.tokens(low, limits.flops),
        "tokens_at_high": limits.tokens(high, limits.flops),
    }
    arrays = {name: ("budget", values) for name, values in edges.items()}
    return xr.Dataset(arrays).assign_coords(flops=("budget", limits.flops))


def _near_candidates(
    limits: Limits, value: Callable[..., FloatArray], target: FloatArray
) -> xr.Dataset:
    sizes = _allowed_candidates(limits)
    good = np.stack([value(np.log(n) + 0.0 * limits.flops, limits.flops) <= target for n in sizes])
    grid = np.broadcast_to(sizes[:, None], good.shape)
    low, high = np.where(good, grid, np.inf).min(axis=0), np.where(good, grid, 0.0).max(axis=0)
    return _range(limits, low, high)


def _allowed_candidates(limits: Limits) -> FloatArray:
    sizes = np.sort(np.asarray(limits.candidates, float))
    return np.asarray(sizes[sizes <= limits.most_params])


def _has_closed_form(member: Member, limits: Limits) -> bool:
    simple = isinstance(limits.rule, SixND) and not limits.inference_tokens
    return simple and member.fit.model.law.optimum is not None
