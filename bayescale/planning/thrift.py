"""The cheapest split that is as good as the best, where a limit keeps compute from helping.

While nothing but the budget limits a plan, all of it is spent. Once data or size are limited, more
compute gains less and less, until it is spent for nothing. So from the budget at which a limit is
first met, the plan is the cheapest within a tolerance of the best; and so it is where a law has
come so close to its floor that a quarter of the budget would do. It moves continuously with the
budget.
"""

from collections.abc import Callable

import numpy as np

from bayescale.core.minimizing import minimize
from bayescale.core.quantities import FloatArray
from bayescale.core.roots import find_root
from bayescale.planning.feasible import PARAMS_BOUNDS, TOKENS_BOUNDS
from bayescale.planning.search import Search, Split

_STEP = 1e-4
_TOLERANCE = {"xatol": 1e-6}
# A contour of the loss has one cheapest point.
_FEW_POINTS = 12
_ROUNDING = 1e-6
_MARGIN = 2.0


def thrifty(
    search: Search, best: Split, tolerance: float, arguments: tuple[FloatArray, ...] = ()
) -> Split:
    """Return the cheapest split within a tolerance of the best, where a limit is met.

    Parameters
    ----------
    search : Search
        What is allowed and what is judged.
    best : Split
        The best split within the budgets.
    tolerance : float
        Relative loss that may be given away.
    arguments : tuple of ndarray, default ()
        Further arguments of what is judged, of the shape of the split.

    Returns
    -------
    Split
    """
    limits, value = search.limits, search.value
    log_params, log_flops = np.log(best.params), np.log(best.flops)
    target = (1 + tolerance) * value(log_params, log_flops, *arguments)
    met = limits.met(best.params, limits.tokens(best.params, best.flops))
    # The law itself may come to its floor; the cheapest split need not be found to see that it
    # has not.
    at_half = value(log_params, log_flops - np.log(2), *arguments)
    idle = np.logical_not(met) & (at_half <= target + _MARGIN * tolerance * np.abs(target))
    found = Split(best.params.copy(), best.flops.copy())
    for some, spare in ((met, _until_met), (idle, _until_idle)):
        if some.any():
            part = Split(best.params[some], best.flops[some])
            rest = tuple(argument[some] for argument in arguments)
            cheapest = _cheapest(search, part, target[some], rest)
            chosen = spare(search, cheapest, part.flops, rest)
            found.params[some], found.flops[some] = chosen.params, chosen.flops
    return found


def _until_met(
    search: Search, cheapest: Split, flops: FloatArray, arguments: tuple[FloatArray, ...]
) -> Split:
    """Return the cheapest split, but no cheaper than where the first limit is met."""
    first = _first_met(search, flops, arguments)
    return cheapest.where(cheapest.flops >= first.flops, first)


def _until_idle(
    search: Search, cheapest: Split, flops: FloatArray, arguments: tuple[FloatArray, ...]
) -> Split:
    """Return the whole budget where it takes half of it or more, the cheapest below a quarter."""
    share = np.log(cheapest.flops / flops)
    weight = np.clip((share - np.log(0.25)) / (np.log(0.5) - np.log(0.25)), 0.0, 1.0)
    spent = np.log(cheapest.flops) - weight * share
    low = np.full_like(spent, np.log(search.limits.least_params))
    high = np.log(np.minimum(search.limits.largest(np.exp(spent)), search.limits.most_params))
    return search.between(low, high, spent, arguments)


def edges(
    search: Search, best: Split, target: FloatArray, arguments: tuple[FloatArray, ...] = ()
) -> tuple[FloatArray, FloatArray]:
    """Return the smallest and the largest size that reach a target with the compute of a split."""
    limits, log_best, log_flops = search.limits, np.log(best.params), np.log(best.flops)

    def excess(
        log_params: FloatArray, log_flops: FloatArray, goal: FloatArray, *rest: FloatArray
    ) -> FloatArray:
        return np.asarray(search.at_best(log_params, log_flops, *rest) - goal)

    if limits.candidates:
        good = {
            size: excess(np.full_like(log_best, np.log(size)), log_flops, target, *arguments) <= 0
            for size in limits.allowed_candidates
        }
        sizes = np.array([np.where(fine, size, best.params) for size, fine in good.items()])
        return sizes.min(axis=0), sizes.max(axis=0)
    found = []
    highest = np.minimum(limits.largest(best.flops), limits.most_params)
    for bound in (np.full_like(log_best, limits.least_params), highest):
        edge = np.log(np.maximum(bound, limits.least_params))
        crossing = excess(edge, log_flops, target, *arguments) > 0
        if crossing.any():
            bracket = (log_best[crossing], edge[crossing])
            given = (log_flops[crossing], target[crossing], *(a[crossing] for a in arguments))
            root = find_root(excess, bracket, arguments=given, tolerances=_TOLERANCE)
            edge[crossing] = np.where(root.success, root.x, log_best[crossing])
        found.append(np.exp(edge))
    return found[0], found[1]


def _cheapest(
    search: Search, best: Split, target: FloatArray, arguments: tuple[FloatArray, ...]
) -> Split:
    """Return the cheapest split that reaches a target."""

    def needed(
        log_params: FloatArray, log_most: FloatArray, goal: FloatArray, *rest: FloatArray
    ) -> FloatArray:
        return _needed(search, log_params, log_most, goal, rest)

    given = (np.log(best.flops), target, *arguments)
    if search.limits.candidates:
        sizes = search.limits.allowed_candidates
        costs = np.stack([needed(np.full_like(target, np.log(size)), *given) for size in sizes])
        return Split(sizes[costs.argmin(axis=0)], np.exp(costs.min(axis=0)))
    low, high = edges(search, best, target, arguments)
    tolerance = _TOLERANCE["xatol"]
    log_low, log_high = np.log(low), np.log(high)
    log_params = minimize(needed, log_low, log_high, given, points=_FEW_POINTS, tolerance=tolerance)
    return Split(np.exp(log_params), np.exp(needed(log_params, *given)))


def _needed(
    search: Search,
    log_params: FloatArray,
    log_most: FloatArray,
    goal: FloatArray,
    arguments: tuple[FloatArray, ...],
) -> FloatArray:
    """Return the log of the least compute with which sizes reach a goal; infinite if none does."""
    limits, params = search.limits, np.exp(log_params)

    def excess(
        log_flops: FloatArray, log_params: FloatArray, goal: FloatArray, *rest: FloatArray
    ) -> FloatArray:
        return np.asarray(search.value(log_params, log_flops, *rest) - goal)

    allowed = np.log(limits.cost(params, limits.allowed(params)))
    most = search.spending(log_params, np.minimum(log_most, allowed), *arguments)
    least = np.minimum(np.log(limits.cost(params, TOKENS_BOUNDS[0])), most)
    given = (log_params, goal, *arguments)
    at_least, at_most = (excess(end, *given) for end in (least, most))
    # At the edges of what reaches the goal, rounding decides.
    found = np.where(at_most <= _ROUNDING * goal, np.where(at_least <= 0, least, most), np.inf)
    inside = (at_least > 0) & (at_most < 0)
    if inside.any():
        some = tuple(np.broadcast_to(a, found.shape)[inside] for a in given)
        bracket = (least[inside], most[inside])
        root = find_root(excess, bracket, arguments=some, tolerances=_TOLERANCE)
        found[inside] = np.where(root.success, root.x, found[inside])
    return found


def _first_met(search: Search, flops: FloatArray, arguments: tuple[FloatArray, ...]) -> Split:
    """Return the split of the budget at which the first limit is met, at most that of a budget.

    At a limit on tokens it is where fewer tokens for a larger model would be no better; at a limit
    on size, where a smaller model on more tokens would not.
    """
    limits, value = search.limits, search.value
    corners = []
    if limits.unique_tokens is not None:
        ratio = limits.max_tokens_per_param or np.inf

        def larger(log_params: FloatArray, *rest: FloatArray) -> FloatArray:
            log_flops = np.log(limits.cost(np.exp(log_params), limits.fresh_tokens))
            return value(log_params + _STEP, log_flops, *rest) - value(log_params, log_flops, *rest)

        ends = (max(limits.least_params, limits.fresh_tokens / ratio), PARAMS_BOUNDS[1])
        params = np.exp(_sign_change(larger, np.log(ends), flops.shape, arguments))
        corners.append(Split(params, limits.cost(params, limits.fresh_tokens)))
    if limits.largest_allowed is not None:
        largest = limits.largest_allowed
        most = np.log(largest)

        def smaller(log_tokens: FloatArray, *rest: FloatArray) -> FloatArray:
            log_flops = np.log(limits.cost(largest, np.exp(log_tokens)))
            size = most + 0 * log_tokens
            return value(size - _STEP, log_flops, *rest) - value(size, log_flops, *rest)

        upper = max(float(limits.allowed(largest)), 2 * TOKENS_BOUNDS[0])
        ends = (TOKENS_BOUNDS[0], upper)
        tokens = np.exp(_sign_change(smaller, np.log(ends), flops.shape, arguments))
        params = np.full(flops.shape, largest)
        corners.append(Split(params, limits.cost(params, tokens)))
    first = corners[0]
    for corner in corners[1:]:
        first = first.where(first.flops <= corner.flops, corner)
    return Split(first.params, np.minimum(first.flops, flops))


def _sign_change(
    function: Callable[..., FloatArray],
    ends: FloatArray,
    shape: tuple[int, ...],
    arguments: tuple[FloatArray, ...],
) -> FloatArray:
    """Return where a function turns from negative to positive, an end where it never does."""
    low, high = (np.full(shape, end) for end in ends)
    at_low, at_high = (function(end, *arguments) for end in (low, high))
    found = np.where(at_low >= 0, low, high)
    inside = (at_low < 0) & (at_high > 0)
    if inside.any():
        some = tuple(argument[inside] for argument in arguments)
        bracket = (low[inside], high[inside])
        root = find_root(function, bracket, arguments=some, tolerances=_TOLERANCE)
        found[inside] = np.where(root.success, root.x, found[inside])
    return found
