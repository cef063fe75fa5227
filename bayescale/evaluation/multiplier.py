"""How much compute a recipe is worth: new runs against the surface of a baseline."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.compute.recorded import growth
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray, quantity_of
from bayescale.core.roots import find_root
from bayescale.core.shown import Shown
from bayescale.core.text import counted, of_draws
from bayescale.core.whole import require_seed
from bayescale.errors import FitError, PlanError
from bayescale.evaluation.comparability import doubt_losses
from bayescale.model.card import Model
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import (
    SAMPLE_DIMS,
    IntervalKind,
    credible_interval,
    interval_settings,
)
from bayescale.posterior.predicting import log_noise, mean_loss, target_point
from bayescale.runs.labels import CONFIGURATION
from bayescale.runs.support import FAR_DECADES, decades_beyond, describe_distance
from bayescale.runs.table import Runs

MOST = 1e3
"""Multipliers are searched from one over this to this."""

TREND_DECADES = 0.5
"""The new runs must span so many decades of the resource for a trend to be told."""

_STEPS = 24
_SHOWN = 5
_FAR = 1e9
_COUNTS = ("params", "tokens", "flops")
_DATA = ("tokens", "steps", "tokens_i", "tokens_j")


@dataclass(frozen=True, repr=False)
class Versus(Shown):
    """Where new runs lie against the expected curve of a baseline.

    Attributes
    ----------
    multiplier : DataArray
        How many times the resource of each run the baseline needs for the loss behind that run;
        dimensions (chain, draw, run), with the counts and the loss of the runs as coordinates.
        Infinite where 1000 times the resource does not reach the loss, zero where one thousandth
        of it does better.
    overall : DataArray
        The geometric mean over the runs; dimensions (chain, draw).
    trend : DataArray or None
        Slope of log ``multiplier`` against the log of the resource; dimensions (chain, draw). Zero
        where the recipe is worth the same at every scale. In draws where a run is unreachable it
        enters at the bound of the search. None if the runs span less than half a decade.
    unreachable : DataArray
        Probability that no multiplier from 1/1000 to 1000 gives the loss; dimension (run).
    resource : str
        What is multiplied: ``"compute"``, or ``"parameters"`` or ``"training tokens"`` where the
        law knows of nothing else.
    notes : tuple of Note
        What to know before the multiplier is quoted.
    """

    multiplier: xr.DataArray
    overall: xr.DataArray
    trend: xr.DataArray | None
    unreachable: xr.DataArray
    resource: str
    notes: tuple[Note, ...]

    def summary(
        self, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
    ) -> pd.DataFrame:
        """Return the multipliers as a table, one row a run and one for all of them.

        Parameters
        ----------
        ci_prob, ci_kind : optional
            Probability and kind of the intervals; ArviZ's settings by default.

        Returns
        -------
        DataFrame
            Index: the rows of the new runs, and ``overall``. Columns: ``params``, ``tokens`` and
            ``flops`` as far as they are known, ``loss``, then ``median``, ``lower`` and ``upper``
            of the multiplier and the probability ``unreachable``, of any run for ``overall``.
        """
        table = _interval(self.multiplier, ci_prob, ci_kind).to_dataframe()
        table["unreachable"] = self.unreachable.to_numpy()
        whole = _interval(self.overall, ci_prob, ci_kind)
        last = {str(name): float(values) for name, values in whole.data_vars.items()}
        last["unreachable"] = float((~_found(self.multiplier)).any("run").mean())
        table.index = table.index.astype(object)
        table.loc["overall", list(last)] = list(last.values())
        counts = [name for name in (*_COUNTS, "loss") if name in table]
        return table[[*counts, *last]]

    def __str__(self) -> str:
        """Write what the new runs are worth in a sentence, then the trend and the notes."""
        return describe_versus(self)


def describe_versus(found: Versus, ci_prob: float | None = None) -> str:
    """Say what new runs are worth in a sentence, then the trend and the notes."""
    prob, _ = interval_settings(ci_prob)
    lines = [f"{_headline(found, prob)}, over {counted(found.multiplier.sizes['run'], 'run')}"]
    if found.trend is not None:
        factor = _floats(credible_interval(10**found.trend, prob))
        lines.append(
            f"at ten times the {found.resource} the multiplier is {factor['median']:.3g} times "
            f"as large, {prob:.0%} interval {factor['lower']:.3g} to {factor['upper']:.3g}; "
            f"it grows in {of_draws(float((found.trend > 0).mean()))}"
        )
    return "\n".join([*lines, *map(str, found.notes)])


def _headline(found: Versus, prob: float) -> str:
    worth = _floats(_interval(found.overall, prob))
    doubted = any(note.code == "comparable" for note in found.notes)
    if doubted and not 1 / MOST <= worth["median"] <= MOST:
        return f"no multiple of {found.resource} explains the losses"
    return (
        f"worth {_times(worth['median'], 'x')} {found.resource}, "
        f"{prob:.0%} interval {_times(worth['lower'])} to {_times(worth['upper'])}"
    )


@checked(FitError)
def versus(fit: Fit, new_runs: Runs, *, random_seed: int | None = None) -> Versus:
    """Say how much compute new runs are worth against the expected curve of a baseline.

    A run of N parameters on D tokens with the loss of a baseline run of sqrt(m) N parameters on
    sqrt(m) D tokens is worth m times its compute C = 6 N D, at the same tokens per parameter.
    Where the runs of the baseline recorded that FLOPs per token grow as N^p about the sizes of the
    new runs, m^(1 / (1 + p)) times the parameters and the tokens cost m times the compute.

    Parameters
    ----------
    fit : Fit
        The fit of the baseline.
    new_runs : Runs
        Runs of the recipe in question, with the columns that the law takes.
    random_seed : int, optional
        Seed of the noise of the runs; by default that of the fit.

    Returns
    -------
    Versus

    Raises
    ------
    FitError
        If the law does not predict a loss or takes no resource, or the fit is of several groups
        of which none was chosen.
    RunsError
        If there are no new runs, or they lack a column.
    PlanError
        If the law gives no positive loss at one of the runs.

    Notes
    -----
    A law of FLOPs takes m times the FLOPs; steps (at a constant batch) count as tokens do. A law
    of parameters alone or of tokens alone says nothing of the other, so that m multiplies the one
    it knows, and `Versus.resource` says which. Further inputs are held fixed. So are unique
    tokens, though never more than the tokens processed: tokens beyond them are repeated.

    The loss of a run owes something to its noise. Behind an observed loss l lies the mean loss
    l exp(-e) with e drawn from the residuals of the fit, so the interval holds both the noise of
    the runs and the uncertainty of the baseline. All runs share the draws of the baseline, whose
    uncertainty does not average out over them; their noise is independent. Where the law is not
    monotone, m is the nearest to one: above it for a run better than the baseline, else below it.

    Examples
    --------
    >>> print(bs.versus(fit, bs.load_runs("muon.csv")))  # doctest: +SKIP
    """
    resource, powers = _resource(fit, new_runs)
    fit.require(new_runs)
    new_runs = new_runs.counted_by(fit.rule)
    point = target_point(new_runs.table[new_runs.quantities])
    expected = mean_loss(fit, point).median(SAMPLE_DIMS).to_numpy()
    doubts = doubt_losses(new_runs.loss, expected, fit.model.name)
    log_m = _solve(fit, point, powers, _loss_behind(fit, new_runs, random_seed))
    with np.errstate(invalid="ignore"):  # better and worse than the bounds in one draw: undefined
        overall = np.exp(log_m.mean(axis=-1))
    multiplier = _label(fit, np.exp(log_m), new_runs)
    unreachable = (~_found(multiplier)).mean(SAMPLE_DIMS)
    slopes = _slopes(log_m, _amount(fit.model, new_runs, powers))
    return Versus(
        multiplier=multiplier,
        overall=_label(fit, overall).rename("overall"),
        trend=None if slopes is None else _label(fit, slopes).rename("trend"),
        unreachable=unreachable.rename("unreachable"),
        resource=resource,
        notes=(*doubts, *_notes(fit, new_runs, point, powers, multiplier, unreachable)),
    )


def _resource(fit: Fit, new_runs: Runs) -> tuple[str, dict[str, float]]:
    """Return what is multiplied, and the power of the multiplier by which each column grows."""
    model, columns = fit.model, list(fit.model.columns.values())
    if model.law.target != "loss":
        raise FitError(
            f"{model.name} predicts {model.law.target}, a multiplier is read off a curve of the "
            "loss; give a fit of a law of the loss, such as chinchilla"
        )
    size, data = "params" in columns, [name for name in columns if name in _DATA]
    if "flops" in columns or (size and data):
        sizes = new_runs.table.get("params", pd.Series([1.0]))
        share = 1 / (1 + growth(fit.rule, float(np.exp(np.log(sizes).mean()))))
        return "compute", {"flops": 1.0, **dict.fromkeys(("params", *_DATA), share)}
    powers = dict.fromkeys(["params"] if size else data, 1.0)
    if not powers:
        raise FitError(
            f"{model.name} takes {' and '.join(columns)}, none of which is a resource to multiply "
            f"({', '.join([*_COUNTS, 'steps'])}); give a fit of a law of one of them"
        )
    return " and ".join(quantity_of(name).label for name in powers), powers


def _loss_behind(fit: Fit, runs: Runs, random_seed: int | None) -> FloatArray:
    """Draw the mean losses behind the observed ones, shape (chain, draw, run)."""
    seed = fit.attrs["random_seed"] if random_seed is None else random_seed
    rng, sizes, levels = (
        np.random.default_rng(require_seed(seed, PlanError)),
        fit.posterior.sizes,
        None,
    )
    if fit.model.offset_over in (*runs.groups, CONFIGURATION):
        levels = runs.levels(fit.model.offset_over)
    noise = log_noise(fit, (sizes["chain"], sizes["draw"], len(runs)), rng, runs.table, levels)
    return cast(FloatArray, runs.loss * np.exp(-noise))


def _solve(
    fit: Fit, point: Mapping[str, xr.DataArray], powers: Mapping[str, float], goal: FloatArray
) -> FloatArray:
    """Return the log multipliers that give some losses, infinite where none does."""
    parameters = fit.surface_draws
    taken = list(dict.fromkeys(fit.model.columns.values()))

    def excess(log_m: FloatArray, goal: FloatArray, *arguments: FloatArray) -> FloatArray:
        given = dict(zip([*taken, *parameters], arguments, strict=True))
        at = _multiplied({name: given[name] for name in taken}, powers, np.exp(log_m))
        loss: FloatArray = fit.losses_at(at, given)
        return loss - goal

    draws = [values.to_numpy()[..., None] for values in parameters.values()]
    counts = [point[name].to_numpy() for name in taken]
    with np.errstate(all="ignore"):  # laws may leave floating point far from the runs
        return _nearest_roots(excess, np.broadcast_arrays(goal, *counts, *draws))


def _multiplied(
    point: Mapping[str, Any], powers: Mapping[str, float], multiplier: Any
) -> dict[str, Any]:
    """Return a point of the surface with its resource multiplied."""
    scaled = {name: value * multiplier ** powers.get(name, 0.0) for name, value in point.items()}
    if {"tokens", "unique_tokens"} <= set(scaled):
        scaled["unique_tokens"] = np.minimum(scaled["tokens"], point["unique_tokens"])
    return scaled


def _nearest_roots(excess: Any, arguments: tuple[FloatArray, ...]) -> FloatArray:
    """Return the root nearest to zero: above zero where the excess there is positive."""
    start = excess(np.zeros(arguments[0].shape), *arguments)
    direction = np.where(start < 0, -1.0, 1.0)
    inner, outer = np.zeros(start.shape), np.zeros(start.shape)
    bracketed = np.zeros(start.shape, bool)
    steps = np.linspace(0.0, np.log(MOST), _STEPS + 1)
    for near, far in pairwise(steps):
        crossed = ~bracketed & (excess(direction * far, *arguments) * start <= 0)
        inner[crossed], outer[crossed] = (direction * near)[crossed], (direction * far)[crossed]
        bracketed |= crossed
        if bracketed.all():
            break
    roots = direction * np.inf
    if bracketed.any():
        bracket = (inner[bracketed], outer[bracketed])
        inside = tuple(argument[bracketed] for argument in arguments)
        found = find_root(excess, bracket, arguments=inside)
        roots[bracketed] = np.where(found.success, found.x, np.nan)
    return roots


def _amount(model: Model, runs: Runs, powers: Mapping[str, float]) -> FloatArray:
    """Return the resource that each run took, up to a constant factor."""
    table, columns = runs.table, set(model.columns.values())
    if "flops" in powers and "flops" in table:
        return table["flops"].to_numpy(float)
    amount = np.ones(len(table))
    if "params" in columns:
        amount *= table["params"].to_numpy(float)
    if data := [name for name in _DATA if name in columns]:
        amount *= table[data].to_numpy(float).sum(axis=1)
    return amount


def _slopes(log_m: FloatArray, amount: FloatArray) -> FloatArray | None:
    """Return the least-squares slopes of log multipliers against the log of the resource."""
    position = np.log(amount)
    if np.ptp(position) < TREND_DECADES * np.log(10):
        return None
    position -= position.mean()
    bounded = np.clip(log_m, -np.log(MOST), np.log(MOST))
    return cast(FloatArray, bounded @ position / (position @ position))


def _label(fit: Fit, draws: FloatArray, runs: Runs | None = None) -> xr.DataArray:
    coords = {name: fit.posterior[name].to_numpy() for name in SAMPLE_DIMS}
    labelled = xr.DataArray(draws[..., None] if runs is None else draws, dims=[*SAMPLE_DIMS, "run"])
    labelled = labelled.assign_coords(coords).rename("multiplier")
    if runs is None:
        return labelled.isel(run=0)
    known = [name for name in (*_COUNTS, "loss") if name in runs.table]
    values: dict[str, Any] = {name: ("run", runs.table[name].to_numpy(float)) for name in known}
    return labelled.assign_coords({"run": runs.table.index.to_numpy(), **values})


def _found(multiplier: xr.DataArray) -> xr.DataArray:
    return cast(xr.DataArray, np.isfinite(multiplier) & (multiplier > 0))


def _interval(
    draws: xr.DataArray, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
) -> xr.Dataset:
    """Return median and interval of draws some of which may be infinite or undefined."""
    # Quantiles between a number and infinity are undefined, so a very large number stands for it.
    found = credible_interval(draws.clip(max=_FAR), ci_prob, ci_kind)
    found = found.where(found <= MOST, np.inf)
    return found.where(draws.notnull().all(SAMPLE_DIMS))


def _floats(interval: xr.Dataset) -> dict[str, float]:
    return {str(name): float(values) for name, values in interval.data_vars.items()}


def _times(value: float, unit: str = "") -> str:
    if np.isnan(value):
        return "an undefined multiple of" if unit else "undefined"
    if value > MOST:
        return f"more than {MOST:g}{unit}"
    return f"less than {1 / MOST:g}{unit}" if value < 1 / MOST else f"{value:.3g}{unit}"


def _notes(
    fit: Fit,
    new_runs: Runs,
    point: Mapping[str, xr.DataArray],
    powers: Mapping[str, float],
    multiplier: xr.DataArray,
    unreachable: xr.DataArray,
) -> list[Note]:
    notes = []
    if (lost := unreachable.to_numpy() > 0).any():
        names = [*map(str, unreachable["run"].to_numpy()[lost][:_SHOWN]), "..."]
        sentence = (
            f"No multiplier from {1 / MOST:g} to {MOST:g} gives the loss of {lost.sum()} of "
            f"{counted(lost.size, 'run')} ({', '.join(names[: lost.sum()])}), in "
            f"{'up to ' if unreachable.max() < 1 else ''}{of_draws(float(unreachable.max()))}."
        )
        remedy = "Quote the probability with the multiplier, and look at these runs."
        notes.append(Note("unreachable", "warning", sentence, remedy))
    middle = xr.DataArray(np.median(multiplier.to_numpy(), axis=(0, 1)), dims="target")
    middle = middle.where(_found(middle), 1.0)
    asked = {name: values for name, values in point.items() if name in {*_COUNTS, *fit.model.needs}}
    # The surface is asked where the baseline has the loss of the run, not only where the run is.
    reached = [decades_beyond(fit.runs, asked)]
    reached.append(decades_beyond(fit.runs, _multiplied(asked, powers, middle)))
    far = {str(name): max(float(part[name].max()) for part in reached) for name in reached[0]}
    if far := {name: decades for name, decades in far.items() if decades > FAR_DECADES}:
        reach = "; ".join(describe_distance(fit.runs, *item) for item in sorted(far.items()))
        sentence = f"The multiplier rests on an extrapolation of the baseline: {reach}."
        remedy = "Train a run of the baseline there and see whether it comes out at 1x."
        notes.append(Note("extrapolation", "warning", sentence, remedy))
    for whose, runs in (("Baseline", fit.runs), ("New runs", new_runs)):
        notes += [replace(note, sentence=f"{whose}: {note.sentence}") for note in runs.notes]
    return notes
