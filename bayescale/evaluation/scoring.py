"""Score a fit on runs that it has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

import bayescale
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.shown import Shown
from bayescale.core.text import counted, format_table
from bayescale.errors import FitError
from bayescale.evaluation.comparability import doubt_losses, doubt_scales
from bayescale.evaluation.scores import log_score
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import (
    SAMPLE_DIMS,
    IntervalKind,
    credible_interval,
    interval_settings,
)
from bayescale.posterior.mixture import draws_of_each, name_of, pooled
from bayescale.posterior.predicting import target_point
from bayescale.runs.provenance import Provenance
from bayescale.runs.support import decades_beyond, furthest
from bayescale.runs.table import Runs

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Score(Shown):
    """How well a fit foretold runs that it has not seen.

    Attributes
    ----------
    table : DataFrame
        One row a run, with the index of the runs: what the law takes and the ``flops``, the
        observed ``loss`` (or what else the law predicts), ``median``, ``lower`` and ``upper`` of
        the prediction of one run with its noise, whether the observed value lies ``inside``, its
        relative ``error`` (predicted / observed - 1), the log predictive density ``elpd``, and the
        ``extrapolation`` in decades.
    model, target : str
        The model that was fitted, and the column that it predicts.
    source : str
        Where the runs come from.
    ci_prob : float
        Probability of the intervals.
    notes : tuple of Note
        What to know before trusting the score.
    provenance : Provenance
        How the runs came out of their table.
    """

    table: pd.DataFrame
    model: str
    target: str
    source: str
    ci_prob: float
    notes: tuple[Note, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def inputs(self) -> list[str]:
        """The columns of the table that went into the runs."""
        columns = list(map(str, self.table))
        return columns[: columns.index(self.target)]

    @property
    def elpd(self) -> float:
        """Log predictive density of all runs; larger is better."""
        return float(self.table["elpd"].sum())

    @property
    def error(self) -> float:
        """Mean absolute relative error of the predicted medians."""
        return float(self.table["error"].abs().mean())

    @property
    def bias(self) -> float:
        """Mean relative error of the predicted medians; positive where they are too high."""
        return float(self.table["error"].mean())

    @property
    def coverage(self) -> float:
        """Share of the runs that lie inside their interval."""
        return float(self.table["inside"].mean())

    def plot(self) -> "Figure":
        """Draw each run beside its interval; see `bayescale.plot_score`."""
        return bayescale.plot_score(self)

    def __str__(self) -> str:
        """Write a sentence, the table and the notes."""
        return "\n".join([describe_score(self), format_table(self.table), *map(str, self.notes)])


def describe_score(score: Score) -> str:
    """Say in a sentence how well a fit foretold runs."""
    inside, runs = int(score.table["inside"].sum()), len(score.table)
    if any(note.code == "comparable" for note in score.notes):
        return (
            f"the losses of {counted(runs, 'run')} may not be comparable with those that "
            f"{score.model} was fitted to, so how far its predictions are off says nothing of it: "
            f"{inside} came out inside {'its' if runs == 1 else 'their'} {score.ci_prob:.0%} "
            f"{'interval' if runs == 1 else 'intervals'}"
        )
    aim = {1: "too high", -1: "too low"}.get(int(np.sign(round(score.bias, 4))))
    bias = f"{abs(score.bias):.2%} {aim}" if aim else "neither too high nor too low"
    return (
        f"{inside} of {counted(runs, 'run')} that {score.model} was not fitted to "
        f"came out inside {'its' if runs == 1 else 'their'} {score.ci_prob:.0%} "
        f"{'interval' if runs == 1 else 'intervals'}; the predicted medians are {score.error:.2%} "
        f"away on average, {bias}"
    )


@checked(FitError)
def score(
    fit: Fit | Mapping[str, Fit],
    runs: Runs,
    *,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    weights: Mapping[str, float] | None = None,
) -> Score:
    """Score a fit on runs that it has not seen, such as the largest of a sweep.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        The fit; or several of the same runs, whose draws are mixed.
    runs : Runs
        Runs that were held out, with the columns that the model needs.
    ci_prob, ci_kind : optional
        Probability and kind of the predictive intervals; ArviZ's settings by default.
    weights : mapping of str to float, optional
        How much each of several fits counts: as the `Mixture` has it, or equally, by default.

    Returns
    -------
    Score

    Raises
    ------
    RunsError
        If there are no runs, or they lack a column.
    FitError
        If the fit was already made to some of these runs.
    BayescaleError
        If the interval is not a known one.

    Notes
    -----
    The intervals are of one new run: they hold the uncertainty of the surface and the noise. For
    groups that the fit pools over, runs of a known group are predicted by its parameters, others
    by those of a group that has not been seen.

    Examples
    --------
    >>> print(bs.score(fit, bs.load_runs("large.csv")))  # doctest: +SKIP
    """
    fits = {fit.model.name: fit} if isinstance(fit, Fit) else fit
    if not fits:
        raise FitError("fit = {} holds no fit; give at least one")
    fit = next(iter(fits.values()))
    for each in fits.values():
        each.require(runs)
    runs = runs.counted_by(fit.rule)
    _refuse_fitted(fit, runs)
    prob, _ = interval_settings(ci_prob, ci_kind)
    predictive, log_density = foretold(fits, runs, weights)
    draws = xr.DataArray(predictive[None], dims=[*SAMPLE_DIMS, "run"])
    interval = credible_interval(draws, prob, ci_kind)
    target = fit.model.law.target
    taken = list(dict.fromkeys(fit.model.columns.values()))
    known = [*taken, *({"flops"} & set(runs.table) - set(taken))]
    table = runs.table[[*known, target]].copy()
    for name in ("median", "lower", "upper"):
        table[name] = interval[name].to_numpy()
    table["inside"] = table[target].between(table["lower"], table["upper"])
    table["error"] = table["median"] / table[target] - 1
    table["elpd"] = log_score(log_density)
    beyond = decades_beyond(fit.runs, target_point(runs.table[known]))
    table["extrapolation"] = furthest(beyond).to_numpy()
    notes = list(runs.notes)
    if target == "loss":
        observed, predicted = (table[name].to_numpy(float) for name in (target, "median"))
        doubts = [*doubt_losses(observed, predicted, name_of(fits))]
        doubts += doubt_scales(fit.runs, runs)
        notes = [*doubts, *notes]
    return Score(table, name_of(fits), target, runs.source, prob, tuple(notes), runs.provenance)


def foretold(
    fits: Mapping[str, Fit],
    runs: Runs,
    weights: Mapping[str, float] | None = None,
    *,
    as_observed: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Return draws of what the runs may show and of their log density, shape (samples, runs).

    Parameters
    ----------
    fits : mapping of str to Fit
        A fit, or several whose draws are mixed.
    runs : Runs
        Runs that were held out.
    weights : mapping of str to float, optional
        How much each of several fits counts.
    as_observed : bool, default False
        Draw the observed variable, such as log loss, rather than what the law predicts.
    """
    from bayescale.inference.evaluating import evaluate_on

    predictive, log_density = {}, {}
    for name, fit in fits.items():
        evaluated = evaluate_on(fit, runs)
        drawn = evaluated["predictive"]
        predictive[name] = drawn if as_observed else fit.on_target_scale(drawn, runs)
        log_density[name] = evaluated["log_likelihood"]
    chosen = draws_of_each(fits, weights)
    return pooled(predictive, chosen), pooled(log_density, chosen)


def _refuse_fitted(fit: Fit, runs: Runs) -> None:
    """Refuse a score of runs that the fit has seen: it would not be a forecast."""
    fitted = fit.runs.table
    # All that both tables hold: a law of size alone must not take other tokens for the same run.
    # But FLOPs that were worked out differ from recorded ones, of the same run too.
    worked_out = {"flops"} & {*runs.derived, *fit.runs.derived}
    columns = [name for name in runs.table if name in fitted and name not in worked_out]
    seen = pd.MultiIndex.from_frame(fitted[columns])
    again = pd.MultiIndex.from_frame(runs.table[columns]).isin(seen)
    if again.any():
        raise FitError(
            f"{runs.source}: {again.sum()} of the {len(runs)} runs are among those that "
            f"{fit.model.name} was fitted to, row {runs.table.index[again][0]} first; score runs "
            "that were held out"
        )
