"""The loss over size and tokens, with the runs and the best split of every budget."""

from collections.abc import Sequence
from typing import Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.limits import LimitArguments
from bayescale.plotting.frontier import Frontier, frontier_of
from bayescale.plotting.isoflops import require_plane
from bayescale.plotting.style import (
    AXIS,
    BLUE,
    COLOUR_MAP,
    INK,
    PAPER,
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
from bayescale.posterior.predicting import predict

GRID = 41

LEVELS = 12
"""How many contours there are; losses fall fast at first, so they are spaced by logarithm."""


@checked(PlanError)
def plot_surface(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    ax: Axes | None = None,
    **limits: Unpack[LimitArguments],
) -> Figure:
    """Draw contours of the median loss over size and tokens, the runs and the best splits.

    Parameters
    ----------
    fit : Fit
        A fit of a law of parameters and tokens.
    targets : float or sequence of float, optional
        Budgets whose plan is marked, in training FLOPs; the surface reaches beyond them, and by
        default to a hundred times the largest run.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **limits
        Limits of every plan along the line of best splits, as in `allocate`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    PlanError
        If the law takes something other than parameters and tokens, or a budget is not positive.

    Examples
    --------
    >>> figure = bs.plot_surface(fit, targets=1e24)  # doctest: +SKIP
    """
    require_plane(fit)
    frontier = frontier_of(fit, targets, limits)
    path = [np.asarray(frontier.points[name], float) for name in ("params", "tokens")]
    seen = [fit.runs.table[name].to_numpy(float) for name in ("params", "tokens")]
    spans = [np.concatenate(pair) for pair in zip(path, seen, strict=True)]
    with style():
        ax = new_axes(ax, 5.4)
        for which, values, name in zip("xy", spans, ("params", "tokens"), strict=True):
            log_axis(ax, "x" if which == "x" else "y", values, label_of(name))
        _contours(ax, fit)
        ax.plot(*seen, "o", color=INK, alpha=0.7, ms=4.5, mew=0.4, mec=PAPER, zorder=3)
        ax.plot(*path, color=BLUE, lw=2, zorder=4)
        _name(ax, frontier, path, seen)
        finish(ax)
        stamp(ax, fit.runs.simulated)
        return figure_of(ax)


def _contours(ax: Axes, fit: Fit) -> None:
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    sizes, tokens = np.geomspace(left, right, GRID), np.geomspace(bottom, top, GRID)
    plane = np.meshgrid(sizes, tokens)
    draws = predict(fit, params=plane[0].ravel(), tokens=plane[1].ravel())
    loss = draws.median(["chain", "draw"]).to_numpy().reshape(GRID, GRID)
    levels = np.geomspace(loss.min(), loss.max(), LEVELS)
    ax.contourf(*plane, loss, levels=levels, cmap=COLOUR_MAP, alpha=0.35)
    lines = ax.contour(*plane, loss, levels=levels[1:-1], colors=AXIS, linewidths=0.8)
    ax.clabel(lines, fmt="%.2f", fontsize=8.5, colors=INK)


def _name(ax: Axes, frontier: Frontier, path: list[FloatArray], seen: list[FloatArray]) -> None:
    """Name the line, the runs and the plans beside them."""
    middle, first = len(frontier.values) // 2, int(np.argmin(seen[1]))
    at = float(path[0][middle]), float(path[1][middle])
    direct_label(ax, "best split", at, (10, -8), BLUE, over=True)
    lowest = float(seen[0][first]), float(seen[1][first])
    direct_label(ax, "runs", lowest, (8, 0), INK, over=True)
    for mark in frontier.marks:
        params, tokens = (float(values[frontier.index(mark)]) for values in path)
        ax.plot([params], [tokens], "o", color=BLUE, mec=PAPER, ms=9, zorder=5)
        words = f"{tick_text(mark)} FLOPs:\n{tick_text(params)} on {tick_text(tokens)} tokens"
        direct_label(ax, words, (params, tokens), (-10, 0), INK, over=True)
