"""The best size and the best token count against compute, beside what others published."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bayescale.compute.recorded import tokens_within
from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.allocating import allocate
from bayescale.plotting.frontier import frontier_of
from bayescale.plotting.isoflops import require_plane
from bayescale.plotting.style import (
    BLUE,
    GREY,
    ORANGE,
    SHADE,
    figure_of,
    finish,
    label_ends,
    label_of,
    log_axis,
    new_figure,
    stamp,
    style,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings

GRID = 4000
"""Sizes among which the best of published constants is looked for, over all that is drawn."""

DASHES = ((0, (5, 2)), (0, (2, 2)), (0, (7, 2, 2, 2)), (0, (1, 1)))

BUDGETS = 12


@checked(PlanError)
def plot_optimum(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    others: Mapping[str, Fit] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw the best size and token count against compute, and where published constants lead.

    Parameters
    ----------
    fit : Fit
        A fit of a law of parameters and tokens.
    targets : float or sequence of float, optional
        Budgets to reach beyond, in training FLOPs; a hundredfold beyond the runs by default.
    others : mapping of str to Fit, optional
        Fits of other forms to the same runs, whose lines are drawn under these names.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the two panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        The median and the interval of the fit in blue, published constants as dashed grey lines,
        other forms as orange ones, the runs as dots.

    Raises
    ------
    PlanError
        If the law takes something other than parameters and tokens, or a budget is not positive.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_optimum(fit, targets=1e24)  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    require_plane(fit)
    curve = frontier_of(fit, targets, {}).values
    flops = np.geomspace(float(curve[0]), float(curve[-1]), BUDGETS)
    own = _of_fit(fit, flops, prob, ci_kind)
    lines = {name: (_published(fit, name, flops), GREY) for name in fit.model.published}
    for name, other in (others or {}).items():
        require_plane(other)
        found = _of_fit(other, flops, prob, ci_kind)
        lines[name] = ({column: band[0] for column, band in found.items()}, ORANGE)
    with style():
        part = new_figure(7.2) if figure is None else figure
        axes = part.subplots(2, 1, sharex=True)
        for ax, column in zip(axes, ("params", "tokens"), strict=True):
            chosen = {name: (found[column], colour) for name, (found, colour) in lines.items()}
            _panel(ax, fit, column, flops, own[column], chosen)
        axes[0].set_xlabel("")
        text = f"blue: this fit, median and {prob:.0%} interval\ngrey dots: the runs"
        axes[0].text(0.02, 0.96, text, transform=axes[0].transAxes, va="top", fontsize=9.5)
        stamp(axes[0], fit.runs.simulated)
        return figure_of(part)


def _of_fit(
    fit: Fit, flops: FloatArray, prob: float, kind: IntervalKind | None
) -> dict[str, list[FloatArray]]:
    """Return median, lower and upper end of the best counts at each budget."""
    plan = allocate(fit, flops=list(flops))
    found = {}
    for column in ("params", "tokens"):
        band = credible_interval(plan.optimum[column], prob, kind)
        found[column] = [band[name].to_numpy() for name in ("median", "lower", "upper")]
    return found


def _published(fit: Fit, name: str, flops: FloatArray) -> dict[str, FloatArray]:
    """Return the best counts at each budget by constants that others published."""
    sizes = np.geomspace(np.sqrt(flops[0]) / 1e4, np.sqrt(flops[-1]) * 1e2, GRID)
    tokens = tokens_within(fit.rule, flops[:, None], sizes)
    raw = dict.fromkeys(fit.model.law.inputs, 1.0)
    values = fit.model.published[name].values
    losses: Any = fit.model.predict_at({"params": sizes, "tokens": tokens}, raw, values)
    best = np.argmin(losses, axis=1)
    return {"params": sizes[best], "tokens": tokens[np.arange(len(flops)), best]}


def _panel(
    ax: Axes,
    fit: Fit,
    column: str,
    flops: FloatArray,
    own: list[FloatArray],
    lines: Mapping[str, tuple[FloatArray, str]],
) -> None:
    table = fit.runs.table
    seen = table["flops"].to_numpy(float)
    ax.axvspan(seen.max(), flops[-1] * 100, color=SHADE, linewidth=0, zorder=0)
    dots = table[column].to_numpy(float)
    ax.scatter(seen, dots, s=12, color=GREY, alpha=0.5, linewidths=0, zorder=1)
    median, lower, upper = own
    ax.fill_between(flops, lower, upper, color=BLUE, alpha=0.3, linewidth=0, zorder=2)
    ax.plot(flops, median, color=BLUE, lw=1.8, zorder=4)
    labels = [("this fit", float(median[-1]), BLUE)]
    for k, (name, (values, colour)) in enumerate(lines.items()):
        ax.plot(flops, values, color=colour, lw=1.3, ls=DASHES[k % len(DASHES)], zorder=3)
        labels.append((name, float(values[-1]), colour))
    drawn = [values for values, _ in lines.values()]
    log_axis(ax, "x", [*flops, *seen], label_of("flops"))
    log_axis(ax, "y", np.concatenate([lower, upper, dots, *drawn]), label_of(column))
    finish(ax)
    label_ends(ax, labels)
