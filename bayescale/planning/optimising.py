"""The best split of a budget for each draw, the split to commit to, and the sizes as good."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import xarray as xr

from bayescale.compute.accounting import SixND
from bayescale.compute.flops import FLOPS_PER_PARAM_TOKEN
from bayescale.core.quantities import FloatArray
from bayescale.planning.feasible import Limits
from bayescale.planning.search import Search, Split
from bayescale.planning.surface import Member, Surface
from bayescale.planning.thrift import edges, thrifty

type Judge = Callable[[FloatArray], FloatArray]

# The optima of the draws bracket the plan to commit to so closely that few points suffice.
_FEW_POINTS = 8
_NESTED_DRAWS = 800


def best_splits(surface: Surface, limits: Limits) -> Split:
    """Return the best split for each draw and budget, shape (samples, budgets)."""
    return _joined([best_of(member, limits, member.stacked) for member in surface.members])


def thrifty_splits(surface: Surface, limits: Limits, best: Split, tolerance: float) -> Split:
    """Return the cheapest split within a tolerance of the best, for each draw and budget."""
    parts, start = [], 0
    for member in surface.members:
        rows = slice(start, start := start + member.samples)
        some = Split(best.params[rows], best.flops[rows])
        draws = tuple(np.broadcast_to(v, some.params.shape) for v in member.stacked.values())
        parts.append(thrifty(_search_of(member, limits), some, tolerance, draws))
    return _joined(parts)


def _joined(parts: list[Split]) -> Split:
    params, flops = (
        np.concatenate([getattr(p, name) for p in parts]) for name in ("params", "flops")
    )
    return Split(params, flops)


def best_of(member: Member, limits: Limits, draws: Mapping[str, FloatArray]) -> Split:
    """Return the best split of one fit.

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
    Split
        Arrays of the broadcast shape.
    """
    low, high = limits.bounds
    if not limits.candidates and _has_closed_form(member, limits):
        reference = member.fit.reference
        product = limits.flops / (FLOPS_PER_PARAM_TOKEN * reference["N"] * reference["D"])
        params = member.fit.model.law.best_split(product, draws)[0] * reference["N"]
        params = np.clip(params, low, high)
        return Split(params, np.broadcast_to(limits.flops, params.shape))
    log_flops, *values = np.broadcast_arrays(np.log(limits.flops), *draws.values())
    search = _search_of(member, limits)
    return search.between(np.log(low), np.log(high), log_flops, tuple(values))


def _search_of(member: Member, limits: Limits) -> Search:
    """Return a search for the least loss of each draw of a fit."""
    names = list(member.draws)

    def loss(log_params: FloatArray, log_flops: FloatArray, *values: FloatArray) -> FloatArray:
        named = dict(zip(names, values, strict=True))
        return np.asarray(member.losses(limits, np.exp(log_params), np.exp(log_flops), named))

    return Search(limits, loss, *_falls([member], limits))


def search_for(surface: Surface, limits: Limits, judge: Judge) -> Search:
    """Return a search for what a judge of all draws likes best."""

    def value(log_params: FloatArray, log_flops: FloatArray) -> FloatArray:
        log_params, log_flops = np.broadcast_arrays(log_params, log_flops)
        losses = surface.losses(limits, np.exp(log_params.ravel()), np.exp(log_flops.ravel()))
        return np.asarray(judge(losses.T)).reshape(log_params.shape)

    closed = all(_has_closed_form(member, limits) for member in surface.members)
    return Search(limits, value, *_falls(surface.members, limits), _FEW_POINTS if closed else None)


def liked_split(search: Search, best: Split) -> Split:
    """Return the one split for each budget that the judge likes best, shape (budgets,).

    What all draws agree on no risk can move: nothing outside the range of their optima is best.
    """
    low, high = np.log(best.params.min(axis=0)), np.log(best.params.max(axis=0))
    return search.between(low, high, np.log(search.limits.flops))


def near_optimal(search: Search, liked: Split, tolerance: float) -> xr.Dataset:
    """Return the range of sizes within a relative tolerance of what the judge likes best.

    Returns
    -------
    Dataset
        ``params_low`` and ``params_high``, and the tokens that they are trained on,
        ``tokens_at_low`` and ``tokens_at_high``; dimension (budget).
    """
    limits = search.limits
    target = (1 + tolerance) * search.value(np.log(liked.params), np.log(liked.flops))
    low, high = edges(search, liked, target)
    log_flops = np.log(limits.flops)
    spent = (np.exp(search.spending(np.log(size), log_flops)) for size in (low, high))
    found = {
        "params_low": low,
        "params_high": high,
        "tokens_at_low": limits.tokens(low, next(spent)),
        "tokens_at_high": limits.tokens(high, next(spent)),
    }
    arrays = {name: ("budget", values) for name, values in found.items()}
    return xr.Dataset(arrays).assign_coords(flops=("budget", limits.flops))


def searchable(surface: Surface, limits: Limits) -> Surface:
    """Return the surface with as many draws as can be searched in seconds.

    Where the loss may rise with tokens, compute is searched for each size: some hundred times the
    work, for which fewer draws do.
    """
    _, in_tokens = _falls(surface.members, limits)
    return surface if in_tokens else surface.thinned(_NESTED_DRAWS)


def _falls(members: Sequence[Member], limits: Limits) -> tuple[bool, bool]:
    """Whether more parameters, and more tokens, never raise the loss."""
    laws = [member.fit.model.law for member in members]
    size, data = (
        all(
            law.falls_in is None or letter in law.falls_in or letter not in law.inputs
            for law in laws
        )
        for letter in ("N", "D")
    )
    return size, data and not limits.pools


def _has_closed_form(member: Member, limits: Limits) -> bool:
    simple = isinstance(limits.rule, SixND) and not limits.inference_tokens
    simple = simple and member.fit.bending is None
    return simple and member.fit.model.law.optimum is not None
