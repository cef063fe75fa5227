"""What more data is worth, and where more compute stops to pay."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
import xarray as xr

from bayescale.core.asking import argument
from bayescale.core.border import checked
from bayescale.core.text import human
from bayescale.core.whole import require_whole
from bayescale.errors import PlanError
from bayescale.planning.arguments import limits_of, require_no_budget
from bayescale.planning.limits import BUDGETS, LimitArguments, LimitsBesideData
from bayescale.planning.optimising import best_splits, searchable
from bayescale.planning.reaching import cheapest, cost_in_words
from bayescale.planning.surface import surface_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import credible_interval, interval_settings

MOST_DOUBLINGS = 100
"""More than lie between the smallest and the largest budget that can be planned for."""


@checked(PlanError, beside=BUDGETS)
def worth_of_data(
    fit: Fit | Mapping[str, Fit],
    *,
    flops: float,
    unique_tokens: float,
    more_tokens: float,
    weights: Mapping[str, float] | None = None,
    **limits: Unpack[LimitsBesideData],
) -> xr.DataArray:
    """Return how many times the compute would do what more unique tokens do.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        A fit, or several to be averaged.
    flops : float
        The budget.
    unique_tokens, more_tokens : float
        The distinct tokens at hand, and how many more are offered.
    weights : mapping of str to float, optional
        Weights of several fits.
    **limits
        Limits as in `allocate`.

    Returns
    -------
    DataArray
        The multiple of the budget, dimensions (chain, draw): 1.7 means that the tokens are worth
        1.7 times the compute; infinite where no compute would do.

    Raises
    ------
    PlanError
        If a number is not positive, or the limits contradict each other.
    """
    if not (np.isfinite(more_tokens) and more_tokens > 0):
        raise PlanError(f"{argument('more_tokens')} = {more_tokens:g} must be positive and finite")
    given = {**limits, "flops": flops, "unique_tokens": unique_tokens}
    fits, within, _ = limits_of(fit, given)
    surface = searchable(surface_of(fits, weights), within)
    richer = replace(within, unique_tokens=unique_tokens + more_tokens)
    best = best_splits(surface, richer)
    losses = surface.losses(richer, best.params, best.flops)[:, 0]
    multiple = cheapest(surface, within, losses) / float(within.flops[0])
    return surface.as_draws(multiple[:, None]).isel(budget=0).rename("compute_multiple")


@checked(PlanError, beside=BUDGETS)
def returns(
    fit: Fit | Mapping[str, Fit],
    *,
    least_gain: float,
    start: float,
    doublings: int = 20,
    weights: Mapping[str, float] | None = None,
    **limits: Unpack[LimitArguments],
) -> xr.Dataset:
    """Return what each doubling of the budget gains, and where it stops to pay.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        A fit, or several to be averaged.
    least_gain : float
        The loss that a doubling has to gain to be worth it, in the unit of the runs.
    start : float
        The first budget, in FLOPs.
    doublings : int, default 20
        How many doublings to look at.
    weights : mapping of str to float, optional
        Weights of several fits.
    **limits
        Limits as in `allocate`.

    Returns
    -------
    Dataset
        ``loss`` at each budget and ``gain`` of doubling it, dimensions (chain, draw, budget);
        ``pays_until``, the first budget whose doubling gains less, dimensions (chain, draw),
        infinite if every one looked at gains more.

    Raises
    ------
    PlanError
        If a number is not positive, or the limits contradict each other.
    """
    if not (np.isfinite(least_gain) and least_gain > 0):
        raise PlanError(f"{argument('least_gain')} = {least_gain:g} must be positive and finite")
    require_no_budget(limits)
    doublings = require_whole("doublings", doublings, 1, MOST_DOUBLINGS, PlanError)
    budgets = np.asarray(start * 2.0 ** np.arange(doublings + 1), float)
    fits, within, _ = limits_of(fit, {**limits, "flops": budgets})
    surface = searchable(surface_of(fits, weights), within)
    best = best_splits(surface, within)
    losses = surface.losses(within, best.params, best.flops)
    gains = losses[:, :-1] - losses[:, 1:]
    too_little = gains < least_gain
    first = np.where(too_little.any(axis=1), budgets[too_little.argmax(axis=1)], np.inf)
    arrays = {
        "loss": surface.as_draws(losses[:, :-1]),
        "gain": surface.as_draws(gains),
        "pays_until": surface.as_draws(first[:, None]).isel(budget=0),
    }
    return xr.Dataset(arrays).assign_coords(flops=("budget", budgets[:-1]))


def describe_returns(found: xr.Dataset, least_gain: float, ci_prob: float | None = None) -> str:
    """Say in a sentence where more compute stops to pay."""
    interval = credible_interval(found["pays_until"], ci_prob)
    low, middle, high = (cost_in_words(float(interval[k])) for k in ("lower", "median", "upper"))
    return f"doubling the budget gains {least_gain:g} or more up to {middle} ({low} to {high})"


def describe_worth(multiple: xr.DataArray, more_tokens: float, ci_prob: float | None = None) -> str:
    """Say in a sentence what more unique tokens are worth in compute."""
    prob, _ = interval_settings(ci_prob)
    interval = credible_interval(multiple, ci_prob)
    low, middle, high = (_times(float(interval[key])) for key in ("lower", "median", "upper"))
    return (
        f"{human(more_tokens)} more unique tokens are worth {middle} the compute "
        f"({prob:.0%} interval {low} to {high})"
    )


def _times(multiple: float) -> str:
    return f"{multiple:.3g} times" if np.isfinite(multiple) else "more than any number of times"
