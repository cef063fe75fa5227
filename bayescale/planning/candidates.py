"""Runs that may be trained next: those on offer, or a grid over sizes and tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bayescale.compute.accounting import SixND
from bayescale.core.asking import argument, setting
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import counted, human, shorten, unknown_name
from bayescale.errors import PlanError
from bayescale.planning.feasible import Limits
from bayescale.planning.optimising import best_splits
from bayescale.planning.surface import Surface
from bayescale.runs.numbers import read_numbers
from bayescale.runs.rules import COUNTS, complete_flops, find_invalid
from bayescale.runs.table import Runs

type Candidates = pd.DataFrame | Mapping[str, Sequence[float]]

MOST = 2000
"""More candidates take longer than anyone waits."""

_HALVINGS, _SIZES, _FACTOR = 8, 13, 8.0
"""A grid halves the budget, and tries sizes up to a factor from the best one for such a run."""

_DRAWS, _ROUNDING, _SAME = 200, 1e-6, 0.01


def candidates_of(
    given: Candidates | None, surface: Surface, limits: Limits, budget: float
) -> tuple[pd.DataFrame, list[Note]]:
    """Return runs that a budget pays for, and what to know of those it does not.

    Parameters
    ----------
    given : DataFrame, mapping or None
        Those on offer, one row a run, by column; a grid if none are.
    surface : Surface
        What is known of the loss.
    limits : Limits
        Those of the plan, whose rule, data and further inputs are those of the runs too.
    budget : float
        The FLOPs for all of them.

    Returns
    -------
    table : DataFrame
        ``params``, ``tokens``, ``flops`` (what the run costs), further inputs, and ``trained``, how
        many runs of the fit are of that size and number of tokens.
    notes : list of Note

    Raises
    ------
    PlanError
        If a column is unknown or missing, a value is none, or the budget pays for no candidate.
    """
    table = _grid(surface, limits, budget) if given is None else _read(given, surface, limits)
    table = table.assign(trained=_trained(table, surface.members[0].fit.runs))
    affordable = table["flops"] <= budget * (1 + _ROUNDING)
    dear = table.loc[~affordable, "flops"]
    if not affordable.any():
        raise PlanError(
            f"{argument('budget')} = {human(budget)} FLOPs pays for no candidate: the cheapest "
            f"takes {human(dear.min())}; raise the budget or offer smaller runs"
        )
    if dear.empty:
        return table, []
    sentence = (
        f"{len(dear)} of {counted(len(table), 'candidate')} take more than the budget of "
        f"{human(budget)} FLOPs and were left out; the cheapest of them takes {human(dear.min())}."
    )
    return table[affordable], [Note("dear_candidates", "info", sentence)]


def _grid(surface: Surface, limits: Limits, budget: float) -> pd.DataFrame:
    """Return sizes around the best one for the whole budget, its half, its quarter and so on.

    None that is cheaper than every run so far: no run tells how the loss bends down there.
    """
    least = min(float(member.fit.runs.table["flops"].min()) for member in surface.members)
    costs: FloatArray = budget * 0.5 ** np.arange(_HALVINGS, dtype=np.float64)
    costs = costs[costs >= least]
    if not costs.size:
        raise PlanError(
            f"{argument('budget')} = {human(budget)} FLOPs is less than the cheapest run took, "
            f"{human(least)}; raise the budget, or offer candidates"
        )
    training = replace(
        limits,
        flops=costs,
        max_params=None,
        max_memory=None,
        max_tokens_per_param=None,
        inference_tokens=0.0,
    )
    best = np.median(best_splits(surface.thinned(_DRAWS), training).params, axis=0)
    params = (best[:, None] * np.geomspace(1 / _FACTOR, _FACTOR, _SIZES)).ravel()
    tokens = training.tokens(params, np.repeat(costs, _SIZES))
    counts = {"params": params, "tokens": tokens, "flops": training.cost(params, tokens)}
    further = training.data_of(tokens) if limits.unique_tokens is not None else {}
    return pd.DataFrame({**counts, **further, **limits.inputs}).drop_duplicates(ignore_index=True)


def _read(given: Candidates, surface: Surface, limits: Limits) -> pd.DataFrame:
    """Return what was offered as numbers, with FLOPs and further inputs."""
    cells = pd.DataFrame(given)
    if not 0 < len(cells) <= MOST:
        raise PlanError(f"there are {len(cells)} candidates; offer 1 to {MOST:,}")
    taken = _taken(surface)
    if unknown := [column for column in cells if column not in taken]:
        raise PlanError(unknown_name("column of candidates", str(unknown[0]), taken))
    if cells.columns.has_duplicates:
        raise PlanError("candidates: a column stands there twice; leave one out")
    numbers = cells.apply(read_numbers)
    if len(wrong := find_invalid(cells, numbers)):
        row, column, value, reason = wrong.iloc[0]
        raise PlanError(f"candidates, row {row}: {column} = {shorten(value)} {reason}")
    if len(set(COUNTS) & set(numbers)) < 2:
        raise PlanError(f"candidates have {', '.join(map(str, cells))}; give params and tokens")
    rule = "6ND" if isinstance(limits.rule, SixND) else "recorded"
    table, wrong = complete_flops(numbers, rule, limits.rule)
    if len(wrong):
        row, column, value, reason = wrong.iloc[0]
        raise PlanError(
            f"candidates, row {row}: {column} = {value} {reason}; leave {column} out to have it "
            "derived"
        )
    table = table.assign(**{key: v for key, v in limits.inputs.items() if key not in table})
    if "unique_tokens" in taken and "unique_tokens" not in table:
        table["unique_tokens"] = np.minimum(table["tokens"], limits.unique_tokens or np.inf)
    if missing := [column for column in taken if column not in table]:
        raise PlanError(
            f"candidates lack {missing[0]}, which the law takes; add the column, or give one value "
            f"for all with {setting('inputs', {missing[0]: ...})}"
        )
    return table


def _taken(surface: Surface) -> list[str]:
    """Return the columns that candidates may have."""
    models = [member.fit.model for member in surface.members]
    further = [column for model in models for column in model.columns.values()]
    noise = [column for model in models if (column := model.likelihood.varies_with)]
    return list(dict.fromkeys([*COUNTS, *further, *noise]))


def _trained(table: pd.DataFrame, runs: Runs) -> FloatArray:
    """Return how many runs are of the size and the tokens of each candidate."""
    if not {"params", "tokens"} <= set(runs.table):
        return np.zeros(len(table), int)
    offered, done = (np.log(t[["params", "tokens"]].to_numpy(float)) for t in (table, runs.table))
    near = np.abs(offered[:, None] - done).max(axis=-1) < _SAME
    return np.asarray(near.sum(axis=1))
