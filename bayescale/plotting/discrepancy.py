"""By how much the truth may bend away from a law, along compute and beyond the runs."""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.limits import LimitArguments
from bayescale.plotting.frontier import Frontier, draw_reach, frontier_of
from bayescale.plotting.style import (
    BLUE,
    GREY,
    INK,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import (
    IntervalKind,
    by_samples,
    credible_interval,
    interval_settings,
)

LINES = 12
"""How many draws are drawn one by one."""


@checked(PlanError)
def plot_discrepancy(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    ax: Axes | None = None,
    **limits: Unpack[LimitArguments],
) -> Figure:
    """Draw by how much the draws bend away from the law, along the best splits of budgets.

    Parameters
    ----------
    fit : Fit
        A fit of a law that may bend.
    targets : float or sequence of float, optional
        Values of the horizontal axis to reach beyond; a hundredfold beyond the runs by default.
    ci_prob, ci_kind : optional
        Probability and kind of the interval; ArviZ's settings by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **limits
        Limits and further inputs of every plan along the curve, as in `allocate`.

    Returns
    -------
    matplotlib.figure.Figure
        The bending in percent of the loss of the law: its interval, twelve of its draws, and how
        far the runs lie from the law.

    Raises
    ------
    PlanError
        If the law is taken for the truth, or gives no one curve.
    BayescaleError
        If the interval is not a known one.

    Notes
    -----
    The runs tell the sum of law and bending. Where the law of a draw lies above the runs, its
    bending leads back to them; beyond the runs nothing does.

    Examples
    --------
    >>> figure = bs.plot_discrepancy(fit, targets=1e24)  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    if fit.bending is None:
        raise PlanError(
            f"{fit.model.name} takes its law for the truth, so that nothing bends; fit it with "
            "discrepancy=True"
        )
    frontier = frontier_of(fit, targets, limits)
    bent = 100 * (fit.bent_by(_columns(fit, frontier)) - 1)
    band = credible_interval(bent, prob, ci_kind)
    with style():
        ax = new_axes(ax)
        ax.fill_between(
            frontier.values, band["lower"], band["upper"], color=BLUE, alpha=0.25, linewidth=0
        )
        lines = by_samples(bent)
        for line in lines[np.linspace(0, len(lines) - 1, LINES).astype(int)]:
            ax.plot(frontier.values, line, color=BLUE, lw=0.8, alpha=0.7)
        away = _runs_away(fit)
        ax.scatter(frontier.seen, away, s=12, color=GREY, alpha=0.6, linewidths=0, zorder=1.5)
        ax.axhline(0, color=INK, lw=0.9)
        log_axis(ax, "x", frontier.values, label_of(frontier.column))
        ax.set_ylabel("loss against that of the law, %")
        _frame(ax, np.concatenate([lines.ravel(), away]))
        draw_reach(ax, frontier)
        text = f"blue: {prob:.0%} interval and {LINES} draws of the bending\ngrey: the runs"
        ax.text(0.02, 0.04, text, transform=ax.transAxes, color=BLUE, fontsize=9.5)
        finish(ax)
        stamp(ax, fit.runs.simulated)
        return figure_of(ax)


def _columns(fit: Fit, frontier: Frontier) -> dict[str, Any]:
    """Return the inputs over which the law bends, along the curve."""
    known = frontier.points | {frontier.column: frontier.values}
    return {name: xr.DataArray(known[name], dims="target") for name in fit.model.bent_columns}


def _runs_away(fit: Fit) -> FloatArray:
    """Return by how much each run lies off the law of the median draw, in percent."""
    columns = {
        name: xr.DataArray(values, dims="run")
        for name, values in fit.model.inputs_of(fit.runs.table).items()
    }
    law = fit.model.predict_at(columns, fit.reference, fit.parameters).median(["chain", "draw"])
    return np.asarray(100 * (fit.runs.table[fit.model.law.target].to_numpy(float) / law - 1))


def _frame(ax: Axes, shown: FloatArray) -> None:
    """Leave room for the words above and below what is drawn."""
    low, high = (float(end) for end in np.quantile(shown, [0.001, 0.999]))
    ax.set_ylim(low - 0.3 * (high - low), high + 0.15 * (high - low))
