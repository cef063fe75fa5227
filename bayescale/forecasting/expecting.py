"""Ask of a run in progress where it will end."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayescale.core.asking import argument
from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.core.text import counted, percent
from bayescale.errors import RunsError
from bayescale.evaluation.reweighting import resample
from bayescale.forecasting.cautions import doubt_fit, doubt_intervals, doubt_run, say_aside
from bayescale.forecasting.curves import Curve, curves_of, reached
from bayescale.forecasting.outlook import Outlook
from bayescale.forecasting.pace import Before, before_by_fit, before_by_rungs
from bayescale.forecasting.regression import Normals
from bayescale.forecasting.remaining import expect, look_at
from bayescale.forecasting.rungs import LEAST_RUNGS, Beside, set_beside
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import interval_settings
from bayescale.runs.table import Runs

LOOKS = (0.15, 0.3, 0.6)
"""How far a run has come where one usually looks."""

SAMPLES = 2000

_LEAST_EFFECTIVE = 50
"""With fewer effective draws a fit and the curve contradict each other."""

_WIDE = np.array([0.005, 0.995])

_STEPS = 9


@checked(RunsError)
def expect_end(
    curves: Runs,
    name: str,
    *,
    total_tokens: float | None = None,
    at: float | Sequence[float] | None = None,
    rate: str | None = None,
    fit: Fit | None = None,
    ci_prob: float | None = None,
) -> Outlook:
    """Say where a run in progress will end, from finished runs of the same schedule.

    Parameters
    ----------
    curves : Runs
        Checkpoints of the run and of at least three finished ones, loaded with ``run=``: the
        tokens seen, the loss, and the parameters where these differ. The last checkpoint of each
        finished run is its end. What is kept by ``groups=`` has to be alike: name the column of
        the schedule there, if there is one.
    name : str
        The run in progress, as the table calls it.
    total_tokens : float, optional
        The tokens it will have seen at its end; by default those of the finished runs, if these
        are alike.
    at : float or sequence of float, optional
        How far the run had come when it is looked at, as shares of its training: no later
        checkpoint is used. By default 15%, 30% and 60%, as far as it has come, and its last
        checkpoint.
    rate : str, optional
        The column of the learning rate; a finished run in which it went otherwise is left aside.
        By default ``learning_rate`` or ``lr``, if the table has one.
    fit : Fit, optional
        A fit of finished runs. What it says of the end before the run began counts too, and tells
        whether the run is faster or slower than expected; without one the finished runs do.
    ci_prob : float, optional
        Probability of the intervals; ArviZ's setting by default.

    Returns
    -------
    Outlook

    Raises
    ------
    RunsError
        If a run is not in the table or has ended, fewer than three finished runs are of its
        schedule and have checkpoints where it is looked at, or how long it will be is not known.
    PlanError
        If the fit needs what is not known of the run.

    Notes
    -----
    The fall of log loss from here to the end is regressed, over the finished runs, on what each
    had just fallen (from half the progress on) and on the logarithm of its compute, with normal
    residuals of one scale, a prior for both slopes (see `bayescale.forecasting.remaining`) and a
    free intercept. It rests on runs that share their schedule, data and recipe; nothing but the
    learning rate and the groups of the table can show that they do. A spike or a change of data
    later on is not foreseen.

    Examples
    --------
    >>> curves = bs.load_runs("checkpoints.csv", run="run_id")  # doctest: +SKIP
    >>> print(bs.expect_end(curves, "7b", total_tokens=1.4e12))  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob)
    beside = set_beside(curves_of(curves, rate), curves, name, total_tokens)
    before = _before(beside, fit)
    looks = [_look(beside, place, before, prob) for place in _places(beside, at)]
    latest = beside.run.until(looks[-1]["progress"])
    rungs, grid_aside = _with_checkpoints(beside.rungs, latest)
    notes = [*doubt_run(latest, rungs), *doubt_fit(bool(looks[-1]["agrees"]), fit)]
    notes += say_aside(beside, grid_aside)
    foretold = _left_out(latest, rungs, prob)
    return Outlook(
        run=name,
        table=pd.DataFrame(looks).drop(columns="agrees"),
        rungs=foretold,
        path=_path(latest, rungs, prob),
        curves=_seen([beside.run, *rungs]),
        total_tokens=beside.run.total,
        expected_by="" if before is None else before.source,
        ci_prob=prob,
        source=curves.source,
        notes=(*notes, *doubt_intervals(foretold, prob), *curves.notes),
    )


def _before(beside: Beside, fit: Fit | None) -> Before | None:
    if fit is None:
        return before_by_rungs(beside.run, beside.rungs, SAMPLES)
    return before_by_fit(beside.run, fit, SAMPLES)


def _places(beside: Beside, at: float | Sequence[float] | None) -> list[float]:
    """Return at which progress to look, each that of a checkpoint."""
    run = beside.run
    last = float(run.progress[-1])
    asked = [at] if isinstance(at, int | float) else at
    if asked is None:
        usual = [place for place in LOOKS if run.progress[0] <= place < 0.95 * last]
        known = [
            place for place in usual if _known(beside.rungs, run.until(place)).sum() >= LEAST_RUNGS
        ]
        asked = [*known, last]
    places = []
    for place in sorted(asked):
        if not run.progress[0] * (1 - 1e-9) <= place <= 1:
            raise RunsError(
                f"{argument('at')} = {place:g}: {run.name} has checkpoints from "
                f"{percent(run.progress[0])} to {percent(last)} of its training; ask between these"
            )
        places.append(float(run.until(place).progress[-1]))
    if not places:
        raise RunsError(f"{argument('at')} = [] holds no share; give at least one such as 0.3")
    return list(dict.fromkeys(places))


def _known(rungs: Sequence[Curve], run: Curve) -> np.ndarray:
    """Return which finished runs have checkpoints where a run is, shape (rungs,)."""
    return np.isfinite(reached(rungs, float(run.progress[-1])))


def _with_checkpoints(rungs: Sequence[Curve], run: Curve) -> tuple[list[Curve], list[str]]:
    """Return the finished runs that have checkpoints where a run is, and the names of others."""
    progress = float(run.progress[-1])
    known = _known(rungs, run)
    kept = [rung for rung, has in zip(rungs, known, strict=True) if has]
    if len(kept) < LEAST_RUNGS:
        raise RunsError(
            f"{counted(len(kept), 'finished run')} with checkpoints near {percent(progress)} of "
            f"the training, where {run.name} is; {LEAST_RUNGS} are needed, so look where they have "
            f"some with {argument('at')}, or give more checkpoints"
        )
    return kept, [rung.name for rung, has in zip(rungs, known, strict=True) if not has]


def _look(beside: Beside, progress: float, before: Before | None, prob: float) -> dict[str, float]:
    """Say what is expected of the end at some progress."""
    run = beside.run.until(progress)
    rungs, _ = _with_checkpoints(beside.rungs, run)
    seen = look_at(run, rungs)
    from_curve = expect(seen)
    ends, rows, agrees = from_curve.draws(SAMPLES), np.arange(SAMPLES), 1.0
    if before is not None and before.run is not None:
        weights = np.exp(_centred(from_curve.log_density(before.run)))
        weights /= weights.sum()
        agrees = float(
            _overlap(from_curve, before.run) and 1 / (weights**2).sum() >= _LEAST_EFFECTIVE
        )
        if agrees:
            rows = resample(weights, len(weights))
            ends = before.run[rows]
    if before is None or before.run is None or not agrees:
        ends = np.random.default_rng(0).permutation(ends)
    row = {"progress": progress, "tokens": progress * run.total, "loss": float(np.exp(seen.level))}
    row |= _interval(np.exp(ends), prob, ("median", "lower", "upper"))
    paces = np.full(1, np.nan) if before is None else _paces(before, ends, rows)
    return row | _interval(paces, prob, ("pace", "pace_lower", "pace_upper")) | {"agrees": agrees}


def _overlap(curve: Normals, draws: FloatArray) -> bool:
    """Return whether the 99% intervals of two witnesses have anything in common."""
    low, high = curve.quantile(_WIDE)
    least, most = np.quantile(draws, _WIDE)
    return bool(low <= most and least <= high)


def _centred(log_density: FloatArray) -> FloatArray:
    return log_density - log_density.max()


def _paces(before: Before, ends: FloatArray, rows: np.ndarray) -> FloatArray:
    return Before(before.level[rows], before.slope[rows], None, "").pace(ends)


def _interval(values: FloatArray, prob: float, names: Sequence[str]) -> dict[str, float]:
    edge = (1 - prob) / 2
    return dict(zip(names, np.quantile(values, [0.5, edge, 1 - edge]).tolist(), strict=True))


def _left_out(run: Curve, rungs: Sequence[Curve], prob: float) -> pd.DataFrame:
    """Foretell each finished run from the others, as if it had come as far as the run."""
    rows = []
    edge = (1 - prob) / 2
    for rung in rungs if len(rungs) > LEAST_RUNGS else ():
        others = [other for other in rungs if other is not rung]
        part = rung.until(float(run.progress[-1]))
        if not len(part.progress) or not np.isfinite(reached(others, part.progress[-1])).all():
            continue
        quantiles = expect(look_at(part, others)).quantile(np.array([0.5, edge, 1 - edge]))
        median, lower, upper = np.exp(quantiles)
        loss = float(np.exp(rung.log_loss[-1]))
        row = {"run": rung.name, "params": rung.params, "tokens": rung.total, "loss": loss}
        row |= {"median": median, "lower": lower, "upper": upper}
        rows.append(row | {"inside": lower <= loss <= upper, "error": median / loss - 1})
    return pd.DataFrame(rows)


def _path(run: Curve, rungs: Sequence[Curve], prob: float) -> pd.DataFrame:
    """Return what is expected on the way from the latest checkpoint to the end."""
    seen, edge = look_at(run, rungs), (1 - prob) / 2
    rows = [{"progress": seen.progress, **dict.fromkeys(("median", "lower", "upper"), seen.level)}]
    for target in np.geomspace(seen.progress, 1.0, _STEPS)[1:]:
        if np.isfinite(reached(rungs, float(target))).all():
            found = expect(seen, float(target)).quantile(np.array([0.5, edge, 1 - edge]))
            named = dict(zip(("median", "lower", "upper"), found, strict=True))
            rows.append({"progress": float(target), **named})
    table = pd.DataFrame(rows)
    return table.assign(**{name: np.exp(table[name]) for name in ("median", "lower", "upper")})


def _seen(curves: Sequence[Curve]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {"run": curve.name, "progress": curve.progress, "loss": np.exp(curve.log_loss)}
        )
        for curve in curves
    ]
    return pd.concat(parts, ignore_index=True)
