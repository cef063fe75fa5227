"""Find the runs that are worth training before a plan is signed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
import pandas as pd

from bayescale.core.asking import argument, setting
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import counted, human, percent
from bayescale.errors import PlanError
from bayescale.planning.allocating import plan_within
from bayescale.planning.arguments import limits_of, require_no_budget
from bayescale.planning.candidates import Candidates, candidates_of
from bayescale.planning.choosing import By, Choice
from bayescale.planning.feasible import Limits
from bayescale.planning.learning import Beliefs
from bayescale.planning.limits import BUDGETS, LimitsOfExpected
from bayescale.planning.optimising import search_for, searchable
from bayescale.planning.plan import Plan
from bayescale.planning.proposal import NextRuns
from bayescale.planning.risk import risk_of
from bayescale.planning.surface import Surface, surface_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import credible_interval, interval_settings
from bayescale.posterior.predicting import log_noise

_SIZES, _TAIL = 48, 0.002
"""The sizes that may be chosen in the end: those that are best in all draws but a few."""

LEAST_SHARE = 0.01
"""A run that removes less of the regret, or of the width, is not worth the trouble."""

_ROUNDING = 1e-9

_QUARTILES_OF_NORMAL = 1.349
"""Their distance, in standard deviations."""


@checked(PlanError, beside=BUDGETS)
def next_runs(
    fit: Fit | Mapping[str, Fit],
    *,
    budget: float,
    target: float,
    candidates: Candidates | None = None,
    by: By = "regret",
    weights: Mapping[str, float] | None = None,
    **limits: Unpack[LimitsOfExpected],
) -> NextRuns:
    """Say which runs to train next, by what they are expected to teach about a plan.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        A fit of a law of parameters and tokens (or compute); or several to be averaged.
    budget : float
        The FLOPs that further runs may take together.
    target : float
        The FLOPs of the plan that they are to improve.
    candidates : DataFrame or mapping, optional
        The runs on offer, one row a run: two of ``params``, ``tokens`` and ``flops``, and further
        inputs of the law. Each is trained once at most; offer a run twice to allow a repeat. By
        default sizes up to eight times smaller and larger than the best one, for the whole budget,
        its half, its quarter and so on.
    by : {"regret", "interval"}, default "regret"
        What they are to lower: the loss that the size chosen at the target is expected to give
        away, or the width of the interval of the loss there.
    weights : mapping of str to float, optional
        How much each of several fits counts.
    **limits
        What the plan keeps to, as in `allocate`. Unique tokens, further inputs and the rule that
        counts FLOPs hold for the runs too.

    Returns
    -------
    NextRuns
        The batch, and all candidates ranked.

    Raises
    ------
    PlanError
        If the budget pays for no candidate or for the plan itself, a column of the candidates is
        unknown or missing, or the law cannot split a budget.

    Notes
    -----
    The gain of a run is the expected value of its sample information: by how much the expected loss
    of the best choice falls once its outcome is known, averaged over the outcomes that the fit
    foretells, noise included. Draws of the surface, its bending included, are taken for jointly
    normal, so that what a batch teaches is known without a refit: on fits of simulated sweeps this
    agrees with draws reweighted by each outcome and with refits to it (docs/next_runs.md). Batches
    are chosen greedily. To know the noise better counts for nothing.

    References
    ----------
    Raiffa and Schlaifer 1961, "Applied Statistical Decision Theory"; Frazier, Powell and Dayanik
    2009, "The knowledge-gradient policy for correlated normal beliefs".

    Examples
    --------
    >>> bs.next_runs(fit, budget=1e21, target=1e24)  # doctest: +SKIP
    """
    require_no_budget(limits)
    _require_less(budget, target)
    fits, within, asked = limits_of(fit, {**limits, "flops": target, "weights": weights})
    surface = searchable(surface_of(fits, asked["weights"]), within.require_room())
    table, notes = candidates_of(candidates, surface, within, budget)
    plan = plan_within(surface, within, asked)
    losses = _losses_at_target(surface, within, plan)
    beliefs = Beliefs.of(_log_losses(surface, table), _scatter(surface, table), losses)
    prospect = _Prospect(beliefs, int(losses.mean(axis=0).argmin()), _standing(plan, losses))
    costs, least = table["flops"].to_numpy(), prospect.least(by)
    choice = Choice(beliefs, costs, budget, prospect.size, by, least)
    found = NextRuns(
        budget=budget,
        by=by,
        plan=plan,
        batch=_batch(table, prospect, choice.best()),
        ranking=_ranking(table, prospect, by),
        now=prospect.now,
        ci_prob=interval_settings()[0],
        runs=surface.members[0].fit.runs,
    )
    return replace(found, notes=(*_notes(found, surface), *notes, *plan.notes))


def _require_less(budget: float, target: float) -> None:
    for name, value in (("budget", budget), ("target", target)):
        if not (np.isfinite(value) and value > 0):
            raise PlanError(f"{argument(name)} = {value:g} must be positive and finite")
    if budget >= target:
        raise PlanError(
            f"{argument('budget')} = {human(budget)} FLOPs for further runs is no less than "
            f"{argument('target')} = {human(target)}, which they are to improve; give a part of it"
        )


@dataclass(frozen=True)
class _Prospect:
    """What is left of the regret and of the width of the interval, as beliefs change."""

    beliefs: Beliefs
    size: int
    now: dict[str, float]

    def least(self, by: By) -> float:
        """Return the least gain that counts, in the unit of what runs are chosen by."""
        whole = self.now["regret"] if by == "regret" else self.beliefs.spread(self.size)
        return max(LEAST_SHARE * whole, _ROUNDING * self.beliefs.best_loss)

    def regret(self, best_loss: FloatArray | float) -> Any:
        left = self.now["regret"] - (self.beliefs.best_loss - np.asarray(best_loss))
        return np.clip(left, 0.0, self.now["regret"])

    def width(self, spread: FloatArray | float) -> Any:
        return self.now["width"] * np.asarray(spread) / max(self.beliefs.spread(self.size), 1e-300)


def _standing(plan: Plan, losses: FloatArray) -> dict[str, float]:
    """Return what is expected of the plan as it is.

    What a plan gives away on purpose, to spend less than its budget, no run could win back.
    """
    outcome = plan.outcome.isel(budget=0)
    interval = credible_interval(outcome["loss"])
    return {
        "regret": float(losses.mean(axis=0).min() - losses.min(axis=1).mean()),
        "width": float(interval["upper"] - interval["lower"]),
        "wasted_flops": float(outcome["wasted_compute"].mean() * plan.committed["spent"][0]),
    }


def _losses_at_target(surface: Surface, limits: Limits, plan: Plan) -> FloatArray:
    """Return draws of the loss of the sizes that may be chosen, shape (samples, sizes)."""
    best = plan.optimum["params"].to_numpy().ravel()
    low, high = np.quantile([*best, float(plan.committed["params"][0])], [_TAIL, 1 - _TAIL])
    sizes = np.geomspace(low, high, _SIZES)
    search = search_for(surface, limits, risk_of("mean"))
    spent = search.spending(np.log(sizes), np.full(_SIZES, np.log(limits.flops[0])))
    return surface.losses(limits, sizes, np.exp(spent))


def _log_losses(surface: Surface, table: pd.DataFrame) -> FloatArray:
    """Return draws of log loss at candidates, shape (samples, candidates)."""
    counts = {str(name): table[name].to_numpy(float) for name in table}
    parts = []
    for member in surface.members:
        own = {**counts, "flops": member.fit.rule.train(counts["params"]) * counts["tokens"]}
        parts.append(np.log(member.fit.losses_at(own, member.stacked)))
    return np.concatenate(parts)


def _scatter(surface: Surface, table: pd.DataFrame) -> FloatArray:
    """Return the variance of the log loss of a run about the surface, shape (candidates,).

    That of a normal with the quartiles of the noise: outliers teach less and do not count more.
    """
    rng = np.random.default_rng(0)
    found, samples = np.zeros(len(table)), 0
    for member in surface.members:
        sizes = member.fit.posterior.sizes
        shape = (sizes["chain"], sizes["draw"], len(table))
        noise = log_noise(member.fit, shape, rng, table).reshape(-1, len(table))
        low, high = np.quantile(noise, [0.25, 0.75], axis=0)
        found += member.samples * ((high - low) / _QUARTILES_OF_NORMAL) ** 2
        samples += member.samples
    return found / samples


def _batch(table: pd.DataFrame, prospect: _Prospect, chosen: tuple[int, ...]) -> pd.DataFrame:
    """Return the runs that were chosen, with what is left after each."""
    states = [prospect.beliefs.given(chosen[: count + 1]) for count in range(len(chosen))]
    regret = prospect.regret(np.array([state.best_loss for state in states]))
    width = prospect.width(np.array([state.spread(prospect.size) for state in states]))
    batch = table.iloc[list(chosen)].assign(regret=regret, width=width)
    return batch.rename_axis("candidate")


def _ranking(table: pd.DataFrame, prospect: _Prospect, by: By) -> pd.DataFrame:
    """Return all candidates with what is left if one alone is trained, the best first."""
    beliefs = prospect.beliefs
    regret = prospect.regret(beliefs.best_losses)
    width = prospect.width(beliefs.spreads(prospect.size))
    left = {"regret": regret, "width": width}
    name = "regret" if by == "regret" else "width"
    gained = (prospect.now[name] - left[name]) / table["flops"]
    ranking = table.assign(**left, gain_per_flop=gained)
    return ranking.sort_values("gain_per_flop", ascending=False).rename_axis("candidate")


def _notes(found: NextRuns, surface: Surface) -> list[Note]:
    """Say where further runs do not help or do not pay, and where the target is no forecast."""
    notes = []
    if found.batch.empty:
        sentence = (
            f"No run within {human(found.budget)} FLOPs is expected to lower the {found.by} at "
            f"{human(found.target)} FLOPs by {percent(LEAST_SHARE)} of what it is."
        )
        remedy = "Sign the plan, or ask again with a larger budget."
        notes.append(Note("nothing_helps", "warning", sentence, remedy))
    elif found.by == "regret" and found.saved_flops < found.flops:
        sentence = (
            f"The runs take {human(found.flops)} FLOPs and are expected to save "
            f"{human(found.saved_flops)} at the target."
        )
        remedy = "Train them if you want to be sure, not to save compute."
        notes.append(Note("costs_more", "warning", sentence, remedy))
    if len(found.batch) > 1:
        sentence = (
            "Half of the budget first, a fit to what comes out, and then the other half does "
            "better than all at once."
        )
        remedy = f"Ask with {setting('budget', found.budget / 2)}."
        notes.append(Note("ask_twice", "info", sentence, remedy))
    largest = max(float(member.fit.runs.table["flops"].max()) for member in surface.members)
    if found.target <= largest:
        sentence = (
            f"The target of {human(found.target)} FLOPs lies inside the runs, the largest of which "
            f"took {human(largest)}."
        )
        notes.append(Note("target_inside", "warning", sentence, "Ask about a budget beyond them."))
    if again := int((found.batch["trained"] > 0).sum()):
        sentence = f"{counted(again, 'run')} of the batch repeat runs that were trained already."
        notes.append(Note("repeats_chosen", "info", sentence))
    return notes
