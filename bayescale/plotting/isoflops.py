"""Valleys of equal compute: the loss against size at several budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.compute.recorded import tokens_within
from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.allocating import allocate
from bayescale.planning.plan import Plan
from bayescale.plotting.style import (
    direct_label,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
    tick_text,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings
from bayescale.posterior.predicting import predict

BUDGETS = 6
"""How many budgets are drawn where none are asked for."""

NEAR = 0.15
"""Runs within so many decades of a budget are drawn in its colour, the others not at all."""

WIDE = 0.8
"""Decades that a valley reaches to either side of its best size."""

POINTS = 41

COLOURS, LIGHTEST = "viridis", 0.55
"""The part of the colours that stands out from paper, the largest budget darkest."""


@checked(PlanError)
def plot_isoflops(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the loss against size at equal compute, one valley a budget, and the runs in them.

    Parameters
    ----------
    fit : Fit
        A fit of a law of parameters and tokens.
    targets : float or sequence of float, optional
        The budgets, in training FLOPs; by default six that span the runs.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        A curve with its band for each budget, runs of about that budget as dots, and at the bottom
        of each valley the interval of the best size.

    Raises
    ------
    PlanError
        If the law takes something other than parameters and tokens, or a budget is not positive.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_isoflops(fit, targets=[1e20, 1e21, 1e22])  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    require_plane(fit)
    plan = allocate(fit, flops=list(_budgets(fit, targets)))
    valleys = [_valley(fit, plan, k, prob, ci_kind) for k in range(len(plan.committed["flops"]))]
    shades = colormaps[COLOURS](np.linspace(LIGHTEST, 0.0, len(valleys)))
    with style():
        ax = new_axes(ax, 5.0)
        for valley, shade in zip(valleys, shades, strict=True):
            _draw(ax, valley, tuple(shade))
        log_axis(ax, "x", np.concatenate([valley.widths for valley in valleys]), label_of("params"))
        log_axis(ax, "y", np.concatenate([valley.heights for valley in valleys]), "loss")
        finish(ax)
        text = f"dots: runs of about that budget\nbars: {prob:.0%} interval of the best size"
        ax.text(0.02, 0.04, text, transform=ax.transAxes, fontsize=9.5)
        stamp(ax, fit.runs.simulated)
        return figure_of(ax)


def require_plane(fit: Fit) -> None:
    """Raise if a law does not take parameters and tokens, and nothing else.

    Raises
    ------
    PlanError
        If it does not.
    """
    columns = list(fit.model.columns.values())
    if set(columns) != {"params", "tokens"}:
        raise PlanError(
            f"{fit.model.name} gives the loss from {' and '.join(columns)}, this figure is of laws "
            "of params and tokens alone; draw plot_prediction instead"
        )


@dataclass(frozen=True)
class _Valley:
    """One budget: the curve, its band, the runs of about that budget and the best size."""

    flops: float
    sizes: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray
    run_sizes: FloatArray
    run_losses: FloatArray
    best: tuple[float, float]
    bottom: float

    @property
    def widths(self) -> FloatArray:
        return np.concatenate([self.sizes, self.run_sizes, self.best])

    @property
    def heights(self) -> FloatArray:
        return np.concatenate([self.lower, self.upper, self.run_losses])


def _budgets(fit: Fit, targets: float | Sequence[float] | None) -> FloatArray:
    if targets is not None:
        return np.sort(np.atleast_1d(np.asarray(targets, float)))
    seen = fit.runs.table["flops"]
    return np.unique(np.geomspace(seen.min(), seen.max(), BUDGETS))


def _valley(fit: Fit, plan: Plan, k: int, prob: float, kind: IntervalKind | None) -> _Valley:
    flops, best = (float(plan.committed[name][k]) for name in ("flops", "params"))
    interval = credible_interval(plan.optimum["params"].isel(budget=k), prob, kind)
    table = fit.runs.table
    near = (np.abs(np.log10(table["flops"].to_numpy(float) / flops)) < NEAR).nonzero()[0]
    seen = table["params"].to_numpy(float)[near]
    reach = 10.0**WIDE
    low, high = (end([best, *seen]) for end in (min, max))
    sizes = np.geomspace(min(best / reach, low), max(best * reach, high), POINTS)
    draws = predict(fit, params=sizes, tokens=tokens_within(fit.rule, flops, sizes))
    band = credible_interval(draws, prob, kind)
    median = band["median"].to_numpy()
    return _Valley(
        flops=flops,
        sizes=sizes,
        median=median,
        lower=band["lower"].to_numpy(),
        upper=band["upper"].to_numpy(),
        run_sizes=seen,
        run_losses=fit.runs.loss[near],
        best=(float(interval["lower"]), float(interval["upper"])),
        bottom=float(np.interp(np.log(best), np.log(sizes), median)),
    )


def _draw(ax: Axes, valley: _Valley, colour: Any) -> None:
    band = (valley.lower, valley.upper)
    ax.fill_between(valley.sizes, *band, color=colour, alpha=0.22, linewidth=0)
    ax.plot(valley.sizes, valley.median, color=colour, lw=1.4)
    runs = (valley.run_sizes, valley.run_losses)
    ax.scatter(*runs, color=[colour], s=18, linewidths=0.4, edgecolors="white", zorder=3)
    ax.plot(valley.best, [valley.bottom] * 2, color=colour, lw=5, solid_capstyle="butt", zorder=4)
    at = (float(valley.sizes[-1]), float(valley.median[-1]))
    direct_label(ax, f"{tick_text(valley.flops)} FLOPs", at, (4, 0), colour)
