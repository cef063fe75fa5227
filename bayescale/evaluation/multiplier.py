"""How much compute a recipe is worth: new runs against the surface of a baseline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.compute.recorded import growth
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray, quantity_of
from bayescale.core.shown import Shown
from bayescale.core.text import counted, of_draws, probability
from bayescale.core.whole import require_seed
from bayescale.errors import FitError, PlanError
from bayescale.evaluation.comparability import doubt_intercept, doubt_losses, doubt_scales
from bayescale.evaluation.costs import flops_ratio, time_of
from bayescale.evaluation.multiplying import MOST, expected_at, solve
from bayescale.evaluation.power import POWER, power_of, resolved_ratio
from bayescale.evaluation.versus_notes import COUNTS, found_in, notes_on
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
from bayescale.runs.table import Runs

TREND_DECADES = 0.5
"""The new runs must span so many decades of the resource for a trend to be told."""

EXAMPLE = 1.05
"""The multiplier whose power is told."""

_FAR = 1e9
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
    in_flops : DataArray or None
        The geometric mean of the multipliers counted in the FLOPs that the new runs recorded, where
        a token cost them other than the baseline; dimensions (chain, draw).
    in_time : DataArray or None
        The geometric mean of the multipliers counted in time, where both tables have
        ``tokens_per_second`` of the same hardware; dimensions (chain, draw).
    """

    multiplier: xr.DataArray
    overall: xr.DataArray
    trend: xr.DataArray | None
    unreachable: xr.DataArray
    resource: str
    notes: tuple[Note, ...]
    in_flops: xr.DataArray | None = None
    in_time: xr.DataArray | None = None

    def power(self, ratio: float, ci_prob: float | None = None) -> float:
        """Return how probably runs like these would tell a multiplier from one.

        Parameters
        ----------
        ratio : float
            The multiplier that is supposed to be true, such as 1.05.
        ci_prob : float, optional
            Probability of the interval that has to leave out one; ArviZ's setting by default.

        Raises
        ------
        PlanError
            If the ratio is not positive.
        """
        if not 0 < ratio < np.inf:
            raise PlanError(f"ratio = {ratio:g} must be positive and finite, such as 1.05")
        return power_of(self._log_overall, ratio, interval_settings(ci_prob)[0])

    def resolves(self, ci_prob: float | None = None) -> float:
        """Return the least multiplier above one that is told from one four times in five."""
        return resolved_ratio(self._log_overall, interval_settings(ci_prob)[0])

    def interval_of(
        self, draws: xr.DataArray | None, ci_prob: float | None = None
    ) -> dict[str, float] | None:
        """Return median, lower and upper of `in_flops` or `in_time`; None where there is none."""
        return None if draws is None else _floats(_interval(draws, ci_prob))

    @property
    def _log_overall(self) -> FloatArray:
        draws = np.log(self.overall.clip(min=1 / MOST, max=MOST).to_numpy())
        return np.asarray(draws[np.isfinite(draws)])

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
        last["unreachable"] = float((~found_in(self.multiplier)).any("run").mean())
        table.index = table.index.astype(object)
        table.loc["overall", list(last)] = list(last.values())
        counts = [name for name in (*COUNTS, "loss") if name in table]
        return table[[*counts, *last]]

    def __str__(self) -> str:
        """Write what the new runs are worth in a sentence, then the trend and the notes."""
        return describe_versus(self)


def describe_versus(found: Versus, ci_prob: float | None = None) -> str:
    """Say what new runs are worth in a sentence, then the trend, the costs and the notes."""
    prob, _ = interval_settings(ci_prob)
    lines = [f"{_headline(found, prob)}, over {counted(found.multiplier.sizes['run'], 'run')}"]
    if found.trend is not None:
        factor = _floats(credible_interval(10**found.trend, prob))
        lines.append(
            f"at ten times the {found.resource} the multiplier is {factor['median']:.3g} times "
            f"as large, {prob:.0%} interval {factor['lower']:.3g} to {factor['upper']:.3g}; "
            f"it grows in {of_draws(float((found.trend > 0).mean()))}"
        )
    if not _out_of_reach(found) and found.overall.notnull().any():
        lines += [*_describe_costs(found, prob), _describe_power(found, prob)]
    return "\n".join([*lines, *map(str, found.notes)])


def _headline(found: Versus, prob: float) -> str:
    worth = _floats(_interval(found.overall, prob))
    if _out_of_reach(found):
        out, runs = int((found.unreachable > 0.5).sum()), found.unreachable.size
        which = f" of {out} of {counted(runs, 'run')}" if 0 < out < runs else ""
        return f"no multiple of {found.resource} explains the losses{which}"
    return (
        f"worth {_times(worth['median'], 'x')} {found.resource}, "
        f"{prob:.0%} interval {_times(worth['lower'])} to {_times(worth['upper'])}"
    )


def _out_of_reach(found: Versus) -> bool:
    worth = _floats(_interval(found.overall))["median"]
    return worth < 1 / MOST or worth > MOST


def _describe_costs(found: Versus, prob: float) -> Iterator[str]:
    counted_in = {
        "in the FLOPs that the new runs recorded": found.in_flops,
        "in time, at the tokens per second of the tables": found.in_time,
    }
    for words, draws in counted_in.items():
        if draws is not None:
            worth = _floats(_interval(draws, prob))
            yield (
                f"{words}, worth {_times(worth['median'], 'x')}, {prob:.0%} interval "
                f"{_times(worth['lower'])} to {_times(worth['upper'])}"
            )


def _describe_power(found: Versus, prob: float) -> str:
    least = found.resolves(prob)
    told = f"{least:.3g}x" if least < MOST else f"nothing below {MOST:g}x"
    return (
        f"runs like these tell a truth of {EXAMPLE:g}x from 1x with "
        f"{probability(found.power(EXAMPLE, prob))} probability, and {told} with {POWER:.0%}"
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
    doubts = [*doubt_losses(new_runs.loss, expected, fit.model.name)]
    doubts += doubt_scales(fit.runs, new_runs)
    log_m = solve(fit, point, powers, _loss_behind(fit, new_runs, random_seed))
    with np.errstate(invalid="ignore"):  # better and worse than the bounds in one draw: undefined
        overall = np.exp(log_m.mean(axis=-1))
    multiplier = _label(fit, np.exp(log_m), new_runs)
    unreachable = (~found_in(multiplier)).mean(SAMPLE_DIMS)
    amount = _amount(fit.model, new_runs, powers)
    slopes = _slopes(log_m, amount)
    if not doubts:
        multiplied = expected_at(fit, point, powers)
        doubts += doubt_intercept(
            new_runs.loss, multiplied, float(np.ptp(np.log10(amount))), resource
        )
    in_flops, in_time = _costs(fit, new_runs, log_m) if resource == "compute" else (None, None)
    return Versus(
        multiplier=multiplier,
        overall=_label(fit, overall).rename("overall"),
        trend=None if slopes is None else _label(fit, slopes).rename("trend"),
        unreachable=unreachable.rename("unreachable"),
        resource=resource,
        notes=(*doubts, *notes_on(fit, new_runs, point, powers, multiplier, unreachable)),
        in_flops=in_flops,
        in_time=in_time,
    )


def _costs(
    fit: Fit, new_runs: Runs, log_m: FloatArray
) -> tuple[xr.DataArray | None, xr.DataArray | None]:
    """Return what the new runs are worth in FLOPs as they recorded them, and in time."""
    ratio, log_time = flops_ratio(fit.rule, new_runs), time_of(log_m, fit.runs, new_runs)
    counted_in = {
        "in_flops": None if ratio is None else log_m - np.log(ratio),
        "in_time": log_time,
    }
    found = [
        None if logs is None else _label(fit, np.exp(logs.mean(axis=-1))).rename(name)
        for name, logs in counted_in.items()
    ]
    return found[0], found[1]


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
            f"({', '.join([*COUNTS, 'steps'])}); give a fit of a law of one of them"
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
    known = [name for name in (*COUNTS, "loss") if name in runs.table]
    values: dict[str, Any] = {name: ("run", runs.table[name].to_numpy(float)) for name in known}
    return labelled.assign_coords({"run": runs.table.index.to_numpy(), **values})


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
