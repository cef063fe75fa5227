"""Rules that say which runs to train next: ours, and what people do."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import bayescale as bs

OURS, TWICE = "next_runs", "next_runs, half and half"


@dataclass(frozen=True)
class Question:
    """What a rule is asked.

    Attributes
    ----------
    fit : Fit
        What is known.
    budget, target : float
        The FLOPs of further runs, and of the plan.
    offered : DataFrame
        Runs that may be trained: ``params``, ``tokens``, ``flops``.
    free : bool
        Whether any other run may be trained too.
    rng : Generator
        For what is left to chance.
    """

    fit: bs.Fit
    budget: float
    target: float
    offered: pd.DataFrame
    free: bool
    rng: np.random.Generator


def ours(asked: Question) -> pd.DataFrame:
    """The batch of `bayescale.next_runs`."""
    given = None if asked.free else asked.offered[["params", "tokens"]]
    found = bs.next_runs(asked.fit, budget=asked.budget, target=asked.target, candidates=given)
    return found.batch


def at_random(asked: Question) -> pd.DataFrame:
    """Whatever is affordable, in any order."""
    order = asked.rng.permutation(len(asked.offered))
    return _while_affordable(asked, asked.offered.iloc[order])


def largest_first(asked: Question) -> pd.DataFrame:
    """One run of the best shape for all of it; or the largest runs there are."""
    if asked.free:
        return _of_sizes(_best_size(asked.fit, asked.budget), asked.budget)
    return _while_affordable(asked, asked.offered.sort_values("flops", ascending=False))


def isoflop(asked: Question) -> pd.DataFrame:
    """One IsoFLOP budget: five sizes from a quarter to four times the best one."""
    return _profiles(asked, np.array([1.0]), 5)


def isoflops(asked: Question) -> pd.DataFrame:
    """Three IsoFLOP budgets, each a third of the next, of seven sizes."""
    return _profiles(asked, np.array([1.0, 1 / 3, 1 / 9]), 7)


def d_optimal(asked: Question) -> pd.DataFrame:
    """What tells most of the parameters of the law per FLOP: greedily Bayesian D-optimal."""
    offered, fit = asked.offered, asked.fit
    columns = {name: offered[name].to_numpy() for name in ("params", "tokens", "flops")}
    draws = {name: v.to_numpy().ravel()[:, None] for name, v in fit.surface_draws.items()}
    surface = np.log(fit.losses_at(columns, draws))
    law = np.stack([v.to_numpy().ravel() for v in fit.parameters.values()], axis=1)
    count, cost = surface.shape[1], offered["flops"].to_numpy()
    # Scaled, so that the determinant is not lost to rounding.
    covariance = np.cov(np.concatenate([surface, law / law.std(axis=0)], axis=1).T)
    noise = float(np.median(fit.posterior["sigma"])) ** 2
    chosen: list[int] = []
    while True:
        seen = covariance[:count, count:]
        outcome = np.diag(covariance)[:count] + noise
        told = np.einsum("cp,pq,cq->c", seen, np.linalg.pinv(covariance[count:, count:]), seen)
        gain = -np.log1p(-np.clip(told / outcome, 0.0, 1 - 1e-9)) / cost
        gain[cost > asked.budget * 1.000001 - cost[chosen].sum()] = 0.0
        gain[chosen] = 0.0
        if not gain.any():
            return offered.iloc[chosen]
        chosen.append(int(gain.argmax()))
        column = covariance[:, chosen[-1]]
        covariance = covariance - np.outer(column, column) / outcome[chosen[-1]]


RULES: dict[str, Callable[[Question], pd.DataFrame]] = {
    OURS: ours,
    "IsoFLOP, one budget": isoflop,
    "IsoFLOP, three budgets": isoflops,
    "D-optimal": d_optimal,
    "largest first": largest_first,
    "random": at_random,
}


def _profiles(asked: Question, budgets: np.ndarray, sizes: int) -> pd.DataFrame:
    if not asked.free:
        return _profiles_offered(asked, len(budgets), sizes)
    each = budgets * asked.budget / (sizes * budgets.sum())
    factors = np.geomspace(0.25, 4.0, sizes)
    return pd.concat([_of_sizes(_best_size(asked.fit, c) * factors, c) for c in each])


def _profiles_offered(asked: Question, budgets: int, sizes: int) -> pd.DataFrame:
    """Return some sizes of the dearest quarter decades of compute that are affordable."""
    share, parts = asked.budget / budgets, []
    log_flops = np.log10(asked.offered["flops"])
    for _, level in sorted(asked.offered.groupby((4 * log_flops).round()), reverse=True):
        spread = level.sort_values("params")
        spread = spread.iloc[np.unique(np.linspace(0, len(spread) - 1, sizes).round().astype(int))]
        if len(spread) >= min(sizes, 3) and spread["flops"].sum() <= share:
            parts.append(spread)
        if len(parts) == budgets:
            break
    return pd.concat(parts) if parts else asked.offered.iloc[:0]


def _of_sizes(sizes: np.ndarray | float, flops: float) -> pd.DataFrame:
    params = np.atleast_1d(np.asarray(sizes, float))
    return pd.DataFrame({"params": params, "tokens": flops / 6 / params, "flops": flops})


def _best_size(fit: bs.Fit, flops: float) -> float:
    return float(bs.allocate(fit, flops=flops).committed["params"][0])


def _while_affordable(asked: Question, ordered: pd.DataFrame) -> pd.DataFrame:
    chosen, left = [], asked.budget * 1.000001
    for place, flops in enumerate(ordered["flops"]):
        if flops <= left:
            chosen.append(place)
            left -= flops
    return ordered.iloc[chosen]
