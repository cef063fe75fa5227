"""What unique tokens are worth at a budget, and how often it pays to read them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.evaluation.reweighting import thinned
from bayescale.planning.allocating import allocate
from bayescale.planning.plan import Plan
from bayescale.plotting.frontier import DRAWS
from bayescale.plotting.style import (
    BLUE,
    GREEN,
    INK,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_figure,
    stamp,
    style,
    tick_text,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings

POINTS = 13

TENFOLD = 10.0

SCARCE, PLENTY = 1 / 100, 4.0
"""The unique tokens that are drawn, as shares of what the budget reads where there are enough."""


@checked(PlanError)
def plot_data(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    max_epochs: float | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw the best loss and the epochs at a budget against the unique tokens at hand.

    Parameters
    ----------
    fit : Fit
        A fit of a law that can split a budget.
    targets : float or sequence of float, optional
        The budget, in training FLOPs; ten times that of the largest run by default.
    max_epochs : float, optional
        How often the tokens may be read; by default as often as is best if the law prices
        repetition, and once if it does not.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the two panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        The dashed line is the loss where there is more text than the budget can read.

    Raises
    ------
    PlanError
        If the law cannot split a budget, there are several, or a number is not positive.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_data(fit, targets=1e24)  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    flops = _budget(fit, targets)
    few = thinned(fit, min(DRAWS, fit.samples))
    free = allocate(few, flops=flops)
    unique = float(free.committed["tokens"][0]) * np.geomspace(SCARCE, PLENTY, POINTS)
    plans = [
        allocate(few, flops=flops, unique_tokens=float(count), max_epochs=max_epochs)
        for count in unique
    ]
    enough = float(free.outcome["loss"].median())
    with style():
        part = new_figure(6.2) if figure is None else figure
        above, below = part.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        _losses(above, unique, _bands(plans, prob, ci_kind), enough)
        epochs = np.array([float(plan.committed["epochs"][0]) for plan in plans])
        below.plot(unique, epochs, color=GREEN, lw=1.8)
        log_axis(below, "y", [*epochs, 1.0], "epochs of the plan")
        for ax in (above, below):
            log_axis(ax, "x", unique, label_of("unique_tokens") if ax is below else "")
            finish(ax)
        text = f"{tick_text(flops)} FLOPs; {prob:.0%} interval"
        above.text(0.98, 0.95, text, transform=above.transAxes, ha="right", va="top", color=BLUE)
        stamp(above, fit.runs.simulated)
        return figure_of(part)


def _budget(fit: Fit, targets: float | Sequence[float] | None) -> float:
    if targets is None:
        return TENFOLD * float(fit.runs.table["flops"].max())
    budgets = np.atleast_1d(np.asarray(targets, float))
    if len(budgets) != 1:
        raise PlanError(f"targets = {targets}: this figure is of one budget; give one")
    return float(budgets[0])


def _bands(plans: list[Plan], prob: float, kind: IntervalKind | None) -> FloatArray:
    """Return median, lower and upper end of the loss of each plan, shape (3, plans)."""
    bands: list[Any] = [
        credible_interval(plan.outcome["loss"].isel(budget=0), prob, kind) for plan in plans
    ]
    return np.array([[float(b[name]) for b in bands] for name in ("median", "lower", "upper")])


def _losses(ax: Axes, unique: FloatArray, bands: FloatArray, enough: float) -> None:
    median, lower, upper = bands
    ax.fill_between(unique, lower, upper, color=BLUE, alpha=0.25, linewidth=0)
    ax.plot(unique, median, color=BLUE, lw=1.8)
    ax.axhline(enough, color=INK, lw=0.9, ls=(0, (4, 3)))
    ax.annotate(
        "with all the text it could read",
        (0.02, enough),
        xycoords=("axes fraction", "data"),
        xytext=(0, -4),
        textcoords="offset points",
        va="top",
        fontsize=9.5,
    )
    ax.set_ylabel("loss of the plan")
