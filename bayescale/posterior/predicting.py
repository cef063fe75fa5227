"""Predict the loss of runs that do not exist yet."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.compute.accounting import SixND
from bayescale.core.asking import argument, setting
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.quantities import BY_COLUMN
from bayescale.core.text import unknown_name
from bayescale.core.whole import require_seed
from bayescale.errors import PlanError
from bayescale.model.pooling import OFFSET
from bayescale.model.problem import noise_times
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import SAMPLE_DIMS, by_samples
from bayescale.posterior.mixture import draws_of_each, weights_of
from bayescale.posterior.prediction import Prediction, mix
from bayescale.posterior.sources import split_width
from bayescale.posterior.witnesses import notes_beyond
from bayescale.runs.rules import complete_flops, find_invalid
from bayescale.runs.support import decades_beyond, furthest

_LINKED = ("params", "tokens", "flops")

type Counts = float | Sequence[float] | np.ndarray


@checked(PlanError)
def predict(
    fit: Fit | Mapping[str, Fit],
    *,
    params: Counts | None = None,
    tokens: Counts | None = None,
    flops: Counts | None = None,
    unique_tokens: Counts | None = None,
    loss: Counts | xr.DataArray | None = None,
    inputs: Mapping[str, Counts] | None = None,
    new_run: bool = False,
    random_seed: int | None = None,
    weights: Mapping[str, float] | None = None,
) -> Prediction:
    """Draw the loss (or what else the law predicts) at given inputs from the posterior.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        The fit; or several, whose draws are mixed.
    params, tokens, flops, unique_tokens : float or sequence of float
        The runs to predict, broadcast against each other. Two of the first three give the third
        through C = 6 N D, or through the FLOPs that the runs recorded (`Fit.rule`). Unique tokens
        beyond the tokens are not read and do not count.
    loss : float, sequence of float or DataArray, optional
        The loss, for laws that take it. What `predict` returned for another fit carries its
        uncertainty along.
    inputs : mapping, optional
        Further inputs that the law takes, by column, such as ``{"experts": 32}``.
    new_run : bool, default False
        Predict one new run, with its noise, rather than the mean surface.
    random_seed : int, optional
        Seed of the noise; by default that of the fit.
    weights : mapping of str to float, optional
        How much each of several fits counts: as the `Mixture` has it, or equally, by default.

    Returns
    -------
    Prediction
        A DataArray: ``loss``, or ``accuracy``, with dimensions (chain, draw, target), in the unit
        of the observed ones. The coordinates of ``target`` are the given counts and
        ``extrapolation``: how many decades the target lies outside the runs, in whichever count is
        furthest. Its ``sources()`` say where its width comes from, its ``notes`` what speaks
        against it.

    Raises
    ------
    PlanError
        If an input of the law is missing, given twice or outside its range, the law takes no such
        input, or it gives no positive number there; or the noise of a new run depends on a column
        that is not given.

    Examples
    --------
    >>> bs.predict(fit, params=[7e9, 70e9], tokens=1.4e12)  # doctest: +SKIP
    """
    counts: dict[str, Any] = {"params": params, "tokens": tokens, "flops": flops}
    counts |= {"unique_tokens": unique_tokens, "loss": loss}
    fits = {fit.model.name: fit} if isinstance(fit, Fit) else fit
    if not fits:
        raise PlanError("fit = {} holds no fit; give at least one")
    shares = weights_of(fits, weights)
    found = {
        name: _predict_one(each, counts, inputs or {}, new_run, random_seed)
        for name, each in fits.items()
    }
    return mix(found, draws_of_each(fits, shares)) if len(found) > 1 else found.popitem()[1]


def _predict_one(
    fit: Fit,
    counts: Mapping[str, Any],
    inputs: Mapping[str, Counts],
    new_run: bool,
    random_seed: int | None,
) -> Prediction:
    given = _given_once(fit, counts, inputs)
    draws = {
        name: v
        for name, v in given.items()
        if isinstance(v, xr.DataArray) and set(SAMPLE_DIMS) & set(v.dims)
    }
    targets = _targets(fit, {name: v for name, v in given.items() if name not in draws}, draws)
    found = mean_loss(fit, {**targets, **{name: _same_draws(fit, v) for name, v in draws.items()}})
    if new_run:
        found = _add_noise(fit, found, targets, random_seed)
    medians = {name: v.median(SAMPLE_DIMS).reset_coords(drop=True) for name, v in draws.items()}
    beyond = furthest(decades_beyond(fit.runs, {**targets, **medians}))
    found = found.assign_coords({**targets, "extrapolation": beyond})
    found = found.rename(fit.model.law.target).assign_attrs(
        model=fit.model.name, new_run=int(new_run)
    )
    split, doubt = partial(_sources, fit, targets, found), partial(_doubts, fit, targets)
    return Prediction.of(found, split, doubt)


def _doubts(fit: Fit, targets: Mapping[str, xr.DataArray]) -> tuple[Note, ...]:
    """Return what the best runs say against the surface at the furthest target."""
    if not {"params", "tokens"} <= set(targets):
        return ()
    flops = fit.rule.train(targets["params"].to_numpy()) * targets["tokens"].to_numpy()
    return notes_beyond(fit, flops)


def _given_once(fit: Fit, counts: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given, by column, if the law has a use for it."""
    counts = {name: value for name, value in counts.items() if value is not None}
    if twice := [name for name in inputs if name in counts]:
        raise PlanError(
            f"{argument(twice[0])} = {counts[twice[0]]} and "
            f"{setting('inputs', {twice[0]: inputs[twice[0]]})}: "
            f"{twice[0]} is given twice; leave one out"
        )
    given = {**counts, **{name: value for name, value in inputs.items() if value is not None}}
    taken = [*fit.model.columns.values(), *fit.model.likelihood.needs]
    # Two of these give the third.
    known = [*taken, *(_LINKED if set(_LINKED) & set(taken) else ())]
    for name in given:
        if name not in BY_COLUMN and name not in known:
            raise PlanError(unknown_name("input", name, known))
        if name not in known:
            given_as = f"{argument(name)} = {given[name]}"
            if name in inputs:
                given_as = setting("inputs", {name: given[name]})
            raise PlanError(
                f"{given_as}: {fit.model.name} takes "
                f"{', '.join(dict.fromkeys(known))} and no {name}; leave it out, or choose a "
                "model that takes it"
            )
    return given


def mean_loss(fit: Fit, point: dict[str, xr.DataArray]) -> xr.DataArray:
    """Return draws of the loss surface at a point.

    Parameters
    ----------
    fit : Fit
        The fit.
    point : dict of str to DataArray
        The columns that the law takes, in counts.

    Returns
    -------
    DataArray
        Dimensions (chain, draw) and those of the point, in the unit of the observed losses.
    """
    loss: xr.DataArray = fit.losses_at(point, fit.surface_draws)
    least = float(loss.min())
    if not (np.isfinite(loss).all() and least > 0):
        value = f"down to {least:.3g}" if np.isfinite(least) else "that are not numbers"
        raise PlanError(
            f"{fit.model.name} gives values {value} there, outside of its domain; ask nearer to "
            "the runs, or choose another model"
        )
    return loss.transpose("chain", "draw", ...)


def _targets(
    fit: Fit, given: dict[str, Counts], draws: Mapping[str, xr.DataArray]
) -> dict[str, xr.DataArray]:
    needed = [name for name in fit.model.columns.values() if name not in draws]
    arrays = {name: np.atleast_1d(np.asarray(value, float)) for name, value in given.items()}
    try:
        flat = [np.ravel(values) for values in np.broadcast_arrays(*arrays.values())]
    except ValueError:
        sizes = ", ".join(f"{len(values)} {name}" for name, values in arrays.items())
        raise PlanError(
            f"{sizes} do not pair up; give the same number of each, or a single value"
        ) from None
    table = pd.DataFrame(dict(zip(arrays, flat, strict=True)))
    if arrays and table.empty:
        raise PlanError(f"{' and '.join(arrays)} hold no target; give at least one number of each")
    if len(wrong := find_invalid(table, table)):
        raise PlanError(f"{wrong['column'][0]} = {wrong['value'][0]:g} {wrong['reason'][0]}")
    # Only of FLOPs that follow a formula can all three contradict each other.
    rule = fit.rule
    held_to = "6ND" if isinstance(rule, SixND) else "recorded"
    table, contradictions = complete_flops(table, held_to, rule)
    if len(contradictions):
        raise PlanError(
            f"flops = {contradictions['value'][0]} contradicts 6 x params x tokens; "
            "give two of the three"
        )
    if missing := [name for name in needed if name not in table]:
        raise PlanError(
            f"{fit.model.name} needs {' and '.join(missing)} to predict {fit.model.law.target}; "
            "give it"
        )
    if {"unique_tokens", "tokens"} <= set(table):
        # Tokens that are never read are worth nothing.
        table["unique_tokens"] = table[["unique_tokens", "tokens"]].min(axis=1)
    return target_point(table)


def _sources(fit: Fit, targets: Mapping[str, xr.DataArray], found: xr.DataArray) -> pd.DataFrame:
    """Split the width of what was predicted at targets; see `Prediction.sources`."""
    if missing := [name for name in fit.model.columns.values() if name not in targets]:
        raise PlanError(
            f"{missing[0]} was given as draws, whose width is split by no parameter of "
            f"{fit.model.name}; ask the sources of the prediction that gave them"
        )
    law = fit.model.predict_at(targets, fit.reference, fit.parameters)
    surface = mean_loss(fit, dict(targets))
    log_surface, log_law, log_found = (np.log(by_samples(draws)) for draws in (surface, law, found))
    parameters = {name: draws.to_numpy().ravel() for name, draws in fit.parameters.items()}
    run = log_found if found.attrs["new_run"] else None
    split = split_width(log_surface, log_law, parameters, run)
    counts = {name: values.to_numpy() for name, values in targets.items()}
    return split.set_index(pd.MultiIndex.from_frame(pd.DataFrame(counts)))


def _same_draws(fit: Fit, values: xr.DataArray) -> xr.DataArray:
    """Return draws of another fit without their coordinates, to pair with those of this one."""
    sizes = fit.posterior.sizes
    if any(values.sizes.get(dim) != sizes[dim] for dim in SAMPLE_DIMS):
        raise PlanError(
            f"{values.name}: {values.sizes.get('chain')} x {values.sizes.get('draw')} draws do not "
            f"pair with the {sizes['chain']} x {sizes['draw']} of {fit.model.name}; fit both with "
            "the same draws and chains"
        )
    return values.reset_coords(drop=True)


def target_point(table: pd.DataFrame) -> dict[str, xr.DataArray]:
    """Return the counts of a table, one row a target, as a point of the loss surface."""
    return {str(name): xr.DataArray(table[name].to_numpy(float), dims="target") for name in table}


def _add_noise(
    fit: Fit, mean: xr.DataArray, targets: Mapping[str, xr.DataArray], random_seed: int | None
) -> xr.DataArray:
    seed = fit.attrs["random_seed"] if random_seed is None else random_seed
    rng = np.random.default_rng(require_seed(seed, PlanError))
    columns = {name: values.to_numpy() for name, values in targets.items()}
    noise = _noise_draws(fit, columns)
    drawn = fit.model.likelihood.new_runs(rng, mean.to_numpy(), noise, columns)
    if fit.model.offset_over is not None:
        drawn = drawn * np.exp(_offsets(fit, mean.shape, rng, None))
    return mean.copy(data=drawn)


def log_noise(
    fit: Fit,
    shape: tuple[int, ...],
    rng: np.random.Generator,
    columns: Mapping[str, Any] | pd.DataFrame,
    levels: np.ndarray | None = None,
) -> np.ndarray:
    """Draw by how much the log losses of runs differ from the surface.

    Parameters
    ----------
    fit : Fit
        A fit whose likelihood observes the logarithm of the loss.
    shape : tuple of int
        Chains, draws and runs.
    rng : Generator
        The source of randomness.
    columns : mapping of str to array_like, or DataFrame
        What is known of the runs.
    levels : ndarray, shape (runs,), optional
        The group of each run, where the fit pools the residuals: runs of one group share its
        offset. By default every run is a group of its own.

    Returns
    -------
    ndarray, shape (chains, draws, runs)
    """
    scatter = fit.model.likelihood.log_scatter(rng, _noise_draws(fit, columns), shape)
    if fit.model.offset_over is not None:
        scatter = scatter + _offsets(fit, shape, rng, levels)
    return scatter


def _noise_draws(fit: Fit, columns: Mapping[str, Any] | pd.DataFrame) -> Mapping[str, np.ndarray]:
    """Return the numbers of the noise of single runs, shape (chains, draws, 1 or runs)."""
    likelihood = fit.model.likelihood
    draws = {n: fit.posterior[n].to_numpy()[..., None] for n in likelihood.priors}
    column = likelihood.varies_with
    if column is None:
        return draws
    if column not in columns:
        raise PlanError(
            f"the noise of {fit.model.name} falls with {column}, which is not known of the new "
            f"run; give {column} too, or ask for the mean surface"
        )
    return likelihood.at(draws, noise_times(columns[column], fit.scales))


def _offsets(
    fit: Fit, shape: tuple[int, ...], rng: np.random.Generator, levels: np.ndarray | None
) -> np.ndarray:
    """Draw offsets in log loss of groups that have not been seen, runs of a level alike."""
    deviates = rng.standard_normal(shape)
    if levels is not None:
        _, first, level = np.unique(levels, return_index=True, return_inverse=True)
        deviates = deviates[..., first[level]]
    spread = f"{OFFSET}_spread"
    draws = {spread: fit.posterior[spread].to_numpy()[..., None]}
    return np.asarray(fit.model.unseen(OFFSET, draws, deviates))
