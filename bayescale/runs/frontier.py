"""The compute frontier: which training curve has the least loss at each budget."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayescale.core.asking import setting
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human
from bayescale.errors import RunsError
from bayescale.runs.rules import refusals

if TYPE_CHECKING:
    from bayescale.runs.table import Runs


LEAST_CURVES = 3
"""With fewer curves no winner lies between a smaller and a larger model."""

SAME_SIZE = 0.01
"""How far the parameters of one training run may differ between its checkpoints."""


def frontier(
    runs: "Runs", run: str | None = None, budgets: float | Sequence[float] | None = None
) -> "Runs":
    """Return the best point of all training curves at each of some compute budgets.

    Approach 1 of Hoffmann et al. 2022: the log loss of each curve is interpolated in log FLOPs,
    within its range, and the curve with the least loss wins.

    Parameters
    ----------
    runs : Runs
        Checkpoints of training curves.
    run : str, optional
        The group column that names the training run; by default the one that was named when the
        runs were loaded.
    budgets : float or sequence of float, optional
        Compute budgets in training FLOPs. By default as many as there are curves, equally spaced
        in log FLOPs over the range of the checkpoints: more of them interpolate the same curves
        again, and a fit would take the repeats for evidence.

    Returns
    -------
    Runs
        ``params``, ``tokens``, ``flops`` and ``loss`` of the winner at each budget, and the group
        column, which names it. Budgets without an answer are listed in `Runs.refused`: fewer than
        three curves reach them, or the smallest or the largest of the models that do has the
        least loss, so that a better size may lie beyond.

    Raises
    ------
    RunsError
        If the rows are not checkpoints of training curves, or no budget has an answer.

    Notes
    -----
    A winner owes its place to luck as well as to its size (the winner's curse). Where the losses
    of m curves differ by less than their noise, of standard deviation s in log loss, the least of
    them lies below the truth by s times the expected maximum of m standard normal variables:
    0.85 s for 3 curves, 1.5 s for 10. Take the sizes from the frontier, but the loss to expect
    from a fit of all the runs.

    The checkpoints of a curve whose learning rate decays over a longer horizon are worse than runs
    planned for their budgets; where all curves share a horizon this raises the exponent.

    Examples
    --------
    >>> frontier(runs, run="run_id", budgets=[1e19, 1e20])  # doctest: +SKIP
    """
    named = _named(runs, run)
    curves = [_curve(str(n), part) for n, part in runs.table.groupby(runs.levels(named))]
    asked = _default_budgets(runs, len(curves)) if budgets is None else np.atleast_1d(budgets)
    winners = {float(budget): _winner(curves, float(budget)) for budget in asked}
    points = [
        (best.params, best.tokens_at(budget), budget, best.loss_at(budget), best.name)
        for budget, best in winners.items()
        if isinstance(best, _Curve)
    ]
    lost = refusals(
        (f"budget {human(budget)}", "flops", f"{budget:.4g}", reason)
        for budget, reason in winners.items()
        if isinstance(reason, str)
    )
    if not points:
        raise RunsError(
            f"{runs.source}: no budget has a best model: at {lost['row'][0]}, "
            f"{lost['reason'][0]}; give curves of more model sizes, or other budgets"
        )
    parts = [part for part in (runs.refused, lost) if len(part)]
    return replace(
        runs,
        table=pd.DataFrame(points, columns=["params", "tokens", "flops", "loss", named]),
        refused=pd.concat(parts, ignore_index=True) if parts else lost,
        source=f"the frontier of {runs.source}",
        groups=(named,),
        run=None,
        provenance=replace(runs.provenance, repeats=()),
    )


@dataclass(frozen=True)
class _Curve:
    """One training run: logarithms of its checkpoints, in order of compute."""

    name: str
    params: float
    flops: FloatArray
    loss: FloatArray
    tokens: FloatArray

    def reaches(self, budget: float) -> bool:
        return bool(self.flops[0] <= np.log(budget) <= self.flops[-1])

    def loss_at(self, budget: float) -> float:
        return float(np.exp(np.interp(np.log(budget), self.flops, self.loss)))

    def tokens_at(self, budget: float) -> float:
        return float(np.exp(np.interp(np.log(budget), self.flops, self.tokens)))


def _named(runs: "Runs", run: str | None) -> str:
    if missing := [name for name in ("params", "tokens", "flops") if name not in runs.table]:
        raise RunsError(
            f"{runs.source}: a frontier needs {missing[0]}; name the column when loading the runs"
        )
    named = run or runs.run
    if named is None:
        raise RunsError(
            f"{runs.source}: which rows are checkpoints of one training run? Name the column with "
            f"{setting('run', ...)} when loading the runs"
        )
    return named


def _curve(name: str, checkpoints: pd.DataFrame) -> _Curve:
    params = checkpoints["params"]
    if params.max() > (1 + SAME_SIZE) * params.min():
        raise RunsError(
            f"training run {name} has params from {human(params.min())} to {human(params.max())}; "
            "a curve is of one model, so name a column that tells the models apart"
        )
    checkpoints = checkpoints.sort_values("flops")
    if checkpoints["flops"].duplicated().any():
        raise RunsError(
            f"training run {name} has two losses at the same FLOPs; name a column that tells "
            "repeats of a run apart"
        )
    flops, loss, tokens = (np.log(checkpoints[c].to_numpy()) for c in ("flops", "loss", "tokens"))
    return _Curve(name, float(params.median()), flops, loss, tokens)


def _default_budgets(runs: "Runs", count: int) -> FloatArray:
    flops = runs.table["flops"]
    return np.geomspace(flops.min(), flops.max(), count + 2)[1:-1]


def _winner(curves: list[_Curve], budget: float) -> _Curve | str:
    """Return the curve with the least loss at a budget, or why there is none."""
    competing = [curve for curve in curves if curve.reaches(budget)]
    if len(competing) < LEAST_CURVES:
        return f"{len(competing)} curves reach this budget, a best one needs {LEAST_CURVES}"
    best = min(competing, key=lambda curve: curve.loss_at(budget))
    sizes = {curve.params for curve in competing}
    if best.params == min(sizes):
        return f"the smallest of {len(sizes)} models has the least loss; smaller ones may be better"
    if best.params == max(sizes):
        return f"the largest of {len(sizes)} models has the least loss; larger ones may be better"
    return best
